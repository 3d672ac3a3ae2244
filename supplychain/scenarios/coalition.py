"""The coalition game on a world: what members are worth to each other.

Together they are worth at least the sum of their parts by construction. As in
every linear production game the core is not empty (Owen 1975), so a least core
above 0 would be a fault of a solve; the question is whether the Shapley value
lies in it, or leaves some coalition a reason to leave.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.measures.shapley import (
    LONGEST,
    Sampled,
    convexity_violation,
    largest_excess,
    marginals,
    sampled_shapley,
    shapley,
    superadditivity_violation,
)
from supplychain.optimize.core import Core, least_core
from supplychain.scenarios.batch import Progress, chunks, run_batch
from supplychain.scenarios.characteristic import (
    UNIT,
    Terms,
    checked_players,
    coalition_values,
    coalitions,
    held,
    stated,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from supplychain.scenarios.players import Player
    from supplychain.world.world import World

__all__ = ["CoalitionGame", "coalition_game", "sampled_game"]

# Runs of neighboring coalitions: each begins cold.
_PARTS = 8
COLUMNS = ("player", "standing", "places", "method", "shapley", "low", "high", "alone",
           "marginal", "least_core", "unit", "characteristic_function")


@dataclass(frozen=True)
class CoalitionGame:
    r"""A solved game.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row a player: standing, places, shapley with low and high (equal to it
        where exact), method, alone v({i}), marginal v(N)-v(N\i), least_core (one
        division that attains it; empty where sampled), unit, characteristic
        function.
    values : pandas.DataFrame
        One row a coalition: mask, members, value, unit; where sampled, none.
    players : tuple of Player
    terms : Terms
    total : float
        v(N) [% of the baseline of all players].
    core : Core or None
        The least core; None where sampled or with one player.
    excess : float
        What the worst-off coalition could gain by leaving the Shapley value
        [same unit]; at most 0: the Shapley value is in the core.
    blocking : tuple of str
        That coalition.
    superadditive, convex : bool or None
        None where sampled.
    statement : str
        The characteristic function.
    """

    rows: pd.DataFrame
    values: pd.DataFrame
    players: tuple[Player, ...]
    terms: Terms
    total: float
    core: Core | None
    excess: float
    blocking: tuple[str, ...]
    superadditive: bool | None
    convex: bool | None
    statement: str

    def __repr__(self) -> str:
        return f"CoalitionGame({len(self.players)} players, v(N) = {self.total:.4g})"


def coalition_game(
    world: World,
    *,
    players: Sequence[Player] | None = None,
    terms: Terms | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> CoalitionGame:
    """Value every coalition and divide what they are worth together.

    Parameters
    ----------
    world : World
    players : sequence of Player, optional
        At most 12; by default the country studied, members and candidates, in
        the groups of the model.
    terms : Terms, optional
        By default the target denies everything and outsiders keep to themselves.
    executor, progress, keep
        See :func:`supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    CoalitionGame

    Raises
    ------
    ScenarioError
        If there are too many players, or if they overlap.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> from supplychain.scenarios.players import Player
    >>> pair = (Player("IND", ("IND",)), Player("JPN", ("JPN",)))
    >>> game = coalition_game(load_world(), players=pair)
    >>> bool(abs(game.rows.shapley.sum() - game.total) < 1e-6)
    True
    """
    found, terms = checked_players(world, players), terms or Terms()
    n = len(found)
    if n > LONGEST:
        raise ScenarioError(
            f"{n} players have {2**n:,} coalitions; exact up to {LONGEST} players: "
            "use sampled_game, or let countries play in groups"
        )
    # Gray code: neighbors differ by one player, so that each solve starts warm.
    order = [i ^ (i >> 1) for i in range(1, 1 << n)]
    places = tuple(p.places for p in found)
    plain = tuple(asdict(terms).items())
    tasks = [(places, plain, part) for part in chunks(order, _PARTS)]
    parts = run_batch(
        world, coalition_values, tasks, executor=executor, progress=progress,
        keep=keep, title="coalitions",
    )
    v = np.zeros(1 << n)
    v[order] = [value for part in parts for value in part]
    return _solved(world, found, terms, v)


def _solved(
    world: World, players: tuple[Player, ...], terms: Terms, v: NDArray[np.float64]
) -> CoalitionGame:
    n = len(players)
    phi = shapley(v)
    core = least_core(v) if n > 1 else None
    excess, worst = largest_excess(v, phi)
    statement = stated(world, players, terms)
    values = pd.DataFrame({
        "mask": range(1, 1 << n),
        "members": ["+".join(_names(players, s)) for s in range(1, 1 << n)],
        "value": v[1:], "unit": UNIT,
    })
    rows = _rows(players, statement).assign(
        method="exact", shapley=phi, low=phi, high=phi,
        alone=[v[1 << i] for i in range(n)], marginal=marginals(v),
        least_core=core.shares if core else phi,
    )
    return CoalitionGame(
        rows[list(COLUMNS)], values, players, terms, float(v[-1]), core, excess,
        _names(players, worst), superadditivity_violation(v) is None,
        convexity_violation(v) is None, statement,
    )


def _rows(players: tuple[Player, ...], statement: str) -> pd.DataFrame:
    return pd.DataFrame({
        "player": [p.name for p in players],
        "standing": [p.standing for p in players],
        "places": ["+".join(p.places) for p in players],
        "unit": UNIT, "characteristic_function": statement,
    })


def _names(players: tuple[Player, ...], mask: int) -> tuple[str, ...]:
    return tuple(p.name for i, p in enumerate(players) if mask >> i & 1)


def sampled_game(
    world: World,
    *,
    players: Sequence[Player] | None = None,
    terms: Terms | None = None,
    pairs: int = 100,
    seed: int = 0,
) -> tuple[CoalitionGame, Sampled]:
    """Estimate the Shapley value of a game with many players.

    Parameters
    ----------
    world : World
    players : sequence of Player, optional
        By default every country plays for itself.
    terms : Terms, optional
    pairs : int
        Random orders, each with its reverse.
    seed : int

    Returns
    -------
    game : CoalitionGame
        With 95 % confidence intervals; without a table of coalitions, so that the
        core is not checked.
    sample : Sampled
        What was drawn.
    """
    found = checked_players(world, players, grouped=False)
    terms = terms or Terms()
    game = coalitions(world, held([p.places for p in found]), terms)
    known: dict[int, float] = {}

    def value(mask: int) -> float:
        if mask not in known:
            known[mask] = game.value(mask)
        return known[mask]

    n = len(found)
    full = (1 << n) - 1
    sample = sampled_shapley(value, n, pairs=pairs, seed=seed)
    statement = stated(world, found, terms)
    total = value(full)
    rows = _rows(found, statement).assign(
        method="sampled", shapley=sample.value, low=sample.low, high=sample.high,
        alone=[value(1 << i) for i in range(n)],
        marginal=[total - value(full & ~(1 << i)) for i in range(n)],
        least_core=float("nan"),
    )
    nothing = pd.DataFrame(columns=["mask", "members", "value", "unit"])
    return CoalitionGame(
        rows[list(COLUMNS)], nothing, found, terms, total, None, float("nan"), (),
        None, None, statement,
    ), sample
