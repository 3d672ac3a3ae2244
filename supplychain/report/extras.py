"""What a report may hold beside the analysis itself, and how to compute it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from supplychain.scenarios.backtest import Backtest, backtest
from supplychain.scenarios.catalog import kept_outcomes
from supplychain.scenarios.chokepoints import Chokepoints, n_minus_1
from supplychain.scenarios.coalition import CoalitionGame, coalition_game
from supplychain.scenarios.frontier import Frontier, frontiers
from supplychain.scenarios.marginal import marginal_values
from supplychain.scenarios.retaliation import break_even
from supplychain.scenarios.stops import days_until_lines_stop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from supplychain.report.blocks import Figure
    from supplychain.scenarios.batch import Progress
    from supplychain.world.world import World

__all__ = ["COMMANDS", "Extras", "all_extras", "quick_extras"]

COMMANDS = {
    "chokepoints": "supplychain chokepoints",
    "game": "supplychain members",
    "marginal": "supplychain members",
    "retaliation": "supplychain retaliation",
    "frontiers": "supplychain frontier",
    "outcomes": "supplychain scenarios --run",
    "backtest": "supplychain backtest",
}
"""The command that computes what a report lacks."""
_FRONTIER = "share (0-1); premium: % of the chain's cost; capacity: % of one stage"


@dataclass(frozen=True)
class Extras:
    """Results beside the analysis; None or empty: not computed in this run.

    Attributes
    ----------
    chokepoints : Chokepoints or None
    game : CoalitionGame or None
    marginal, retaliation, stops, outcomes : pandas.DataFrame or None
        From :func:`~supplychain.scenarios.marginal.marginal_values`,
        :func:`~supplychain.scenarios.retaliation.break_even`,
        :func:`~supplychain.scenarios.stops.days_until_lines_stop` and
        :func:`~supplychain.scenarios.catalog.outcomes`.
    frontiers : mapping of str to Frontier
        By good.
    backtest : Backtest or None
    figures : mapping of str to Figure
        By name: ``ladder``, ``chains``, ``tornado``, ``map`` have their place, others
        stand in a section of their own.
    """

    chokepoints: Chokepoints | None = None
    game: CoalitionGame | None = None
    marginal: pd.DataFrame | None = None
    retaliation: pd.DataFrame | None = None
    stops: pd.DataFrame | None = None
    outcomes: pd.DataFrame | None = None
    frontiers: Mapping[str, Frontier] = field(default_factory=dict)
    backtest: Backtest | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the frames behind the report, by file name."""
        found = {
            "retaliation.csv": self.retaliation, "days_until_stop.csv": self.stops,
            "outcomes.csv": self.outcomes, "marginal.csv": self.marginal,
            "backtest.csv": None if self.backtest is None else self.backtest.rows,
            "shapley.csv": None if self.game is None else self.game.rows,
            "chokepoints.csv": None if self.chokepoints is None
            else self.chokepoints.nodes,
            "frontier.csv": pd.concat(
                [f.marks.assign(unit=_FRONTIER) for f in self.frontiers.values()],
                ignore_index=True) if self.frontiers else None,
        }
        return {name: frame for name, frame in found.items() if frame is not None}


def quick_extras(world: World) -> Extras:
    """Compute what takes a few seconds: retaliation, stops, frontiers, back-tests.

    Outcomes of scenarios are those that the model ships with, if they are of this
    very world.

    Parameters
    ----------
    world : World

    Returns
    -------
    Extras
    """
    scope, net = world.model.scope, world.network
    severity = world.model.severities.central
    withheld = {
        (g, scope.target): severity for g in net.goods
        if net.output.get((g, scope.target), 0.0) > 0
    }
    aimed = [n for n, s in world.model.shocks.items()
             if s.targets == "country" and not s.effects]
    needs = any((g, scope.country) in net.final for g in net.finals)
    kept = kept_outcomes(scope.name)
    if kept is not None and set(kept.world) != {world.hash}:
        kept = None
    return Extras(
        retaliation=break_even(world, shock=aimed[0]) if aimed and needs else None,
        stops=days_until_lines_stop(world, withheld),
        outcomes=kept,
        backtest=backtest(world) if world.tables is not None
        and len(world.tables["episodes"]) else None,
        frontiers=frontiers(world, sorted(net.finals))
        if world.tables is not None else {},
    )


def all_extras(
    world: World,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> Extras:
    """Compute everything a report can hold: some minutes on the shipped world.

    Parameters
    ----------
    world : World
    executor, progress, keep
        See :func:`~supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    Extras
    """
    batch: dict[str, Any] = {"executor": executor, "progress": progress, "keep": keep}
    return replace(
        quick_extras(world),
        chokepoints=n_minus_1(world, **batch),
        game=coalition_game(world, **batch),
        marginal=marginal_values(world),
    )
