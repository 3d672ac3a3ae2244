"""Figures of games and shocks: who brings what, what joining bears, what halts cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.plot import style
from supplychain.plot.retaliation import retaliation_figure
from supplychain.plot.sankey import sankey_figure
from supplychain.plot.shapley import shapley
from supplychain.report.figures_more import source_line
from supplychain.report.makers import figure_of
from supplychain.report.words import Words
from supplychain.scenarios.coalition import coalition_game
from supplychain.scenarios.losses import loss_curve, net_gain
from supplychain.scenarios.passage import OTHERS, UNSPLIT, flows_after, passage
from supplychain.scenarios.players import players_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from supplychain.scenarios.coalition import CoalitionGame
    from supplychain.world.world import World

__all__ = ["CHAIN", "make_retaliation", "make_sankey", "make_shapley"]

CHAIN = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet")
"""The chain that is followed unless another is named: rare earths to magnets."""


def make_shapley(
    world: World,
    *,
    games: Mapping[str, CoalitionGame] | None = None,
    candidates: bool = False,
) -> Figure:
    """Draw what each member is worth in two games: joint figures withheld, or apart.

    Parameters
    ----------
    world : World
    games : mapping of str to CoalitionGame, optional
        Solved games by their name in words; by default the two are solved here.
    candidates : bool
        Let those who may join play as well.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    if games is None:
        games = {
            f"Shapley value, {how}": coalition_game(world, players=players_of(
                world, candidates=candidates, joint_apart=apart))
            for how, apart in (("each country can withhold joint figures", False),
                               ("joint figures a player of their own", True))
        }
    rows = pd.concat(
        [game.rows.assign(game=name) for name, game in games.items()],
        ignore_index=True,
    )
    first = next(iter(games.values()))
    totals = sorted({round(game.total, 2) for game in games.values()})
    statement = first.statement.replace(scope.target, words.country(scope.target))
    return figure_of(shapley(
        rows, country=scope.country,
        names={p: words.player(p) for p in rows.player},
        title=f"What each player brings to {words.alliance(scope.alliance)} when "
        f"{words.country(scope.target)} denies its goods",
        caption=(
            f"Together: v(N) = {' or '.join(f'{t:g}' for t in totals)}. {statement} "
            "(each game differs only in who holds the joint figures). No membership "
            "effect enters: a coalition trades inside itself without caps. "
            f"{source_line(world, 'the target denies everything')}"
        ),
    ))


def make_retaliation(
    world: World,
    *,
    shocks: Sequence[str] | None = None,
    severity: float | None = None,
    most: float = 1.0,
    points: int = 21,
) -> Figure:
    """Draw what joining gains by retaliation and intensity, a panel a shock.

    Parameters
    ----------
    world : World
    shocks : sequence of str, optional
        Shocks of the model; all of them by default.
    severity : float, optional
        The model's central one by default.
    most : float
        Largest retaliation shown [1].
    points : int
        Intensities computed from 0 to 1.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    names = list(world.model.shocks) if shocks is None else list(shocks)
    depth = world.model.severities.central if severity is None else severity
    levels = [float(x) for x in np.linspace(0, 1, points)]
    curves = {
        name: loss_curve(world, shock=name, severity=depth, intensities=levels)
        for name in names
    }
    thetas = [float(x) for x in np.linspace(0, most, 81)]
    off = "; ".join(
        f"{words.shock(name)}: L(0) {style.percent(curve.loss.iloc[0])}, "
        f"L(1) {style.percent(curve.loss.iloc[-1])}, channels off "
        f"{style.percent(curve.loss_off.iloc[0])}"
        for name, curve in curves.items()
    )
    country = words.country(scope.country)
    return retaliation_figure(
        {words.shock(name): net_gain(c, thetas) for name, c in curves.items()},
        rungs={s: world.model.intensity(s) for s in scope.rungs},
        title=f"How much retaliation {country}'s membership of "
        f"{words.alliance(scope.alliance)} bears",
        caption=(
            f"Net gain of joining, L(0) − (1 + θλ) L(λ): share of {country}'s "
            "baseline value of final products [%]; L(λ) is the loss at intensity λ, "
            "incumbents held at full (Ladder A); θ is how much deeper the loss of a "
            f"full member is made. {off}. Without any membership effect nothing is "
            "gained at any θ, and retaliation costs θλ times the loss. "
            f"{source_line(world, f'each halt at severity {depth:g}')}"
        ),
    )


def make_sankey(
    world: World,
    goods: Sequence[str] = CHAIN,
    *,
    shock: str = "halt_everyone",
    severity: float | None = None,
) -> Figure:
    """Draw a chain as it runs today and under a shock, without and with membership.

    Parameters
    ----------
    world : World
    goods : sequence of str
        First stage to last.
    shock : str
        A shock of the model.
    severity : float, optional
        The model's central one by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    depth = world.model.severities.central if severity is None else severity
    runs = {
        f"Baseline, {scope.year}": passage(world, goods),
        f"{words.shock(shock)}, severity {depth:g}: channels off": passage(
            world, goods, flows=flows_after(world, shock, depth, off=True)),
        f"{words.shock(shock)}, severity {depth:g}: statuses as recorded": passage(
            world, goods, flows=flows_after(world, shock, depth)),
    }
    places = {p for found in runs.values() for p in found.bars.place}
    names = {p: words.country(p) for p in places}
    names |= {OTHERS: "others", UNSPLIT: "not split"}
    target = words.country(scope.target)
    return sankey_figure(
        {name: (found.bars, found.links) for name, found in runs.items()},
        stages=[*(words.good(g) for g in goods), "Users of the last stage"],
        names=names,
        title=f"{words.good(goods[-1])}, stage by stage: before and after a halt",
        caption=(
            "Heights: share of world baseline output of each stage [%]; a stage that "
            "is shorter than at the baseline has lost output. Bands: what passes to "
            "the next stage; no band leaves for other uses, nor for what is still made "
            "after the halt and finds no use. Flows after the halt are those nearest "
            f"to the baseline among all that serve as much (L2); {target} goes on "
            "buying. Most flows are calibrated, not observed. "
            f"{source_line(world, f'{words.shock(shock)}, severity {depth:g}')}"
        ),
    )
