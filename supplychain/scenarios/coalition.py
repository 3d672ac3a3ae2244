"""The coalition game on a world: what members are worth to each other.

The characteristic function is stated in every row, because it decides the number.
Values add up to more than their parts by construction; whether the Shapley value
also leaves no coalition a reason to leave is checked (the core).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
from supplychain.optimize.coalition import Coalitions, Counts, Holdings
from supplychain.optimize.compiled import Program, compile_program
from supplychain.optimize.core import Core, least_core
from supplychain.optimize.program import world_program
from supplychain.optimize.response import weights_of
from supplychain.scenarios.batch import Progress, chunks, run_batch
from supplychain.scenarios.players import Player, players_of, sourced_stocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from supplychain.world.world import World

__all__ = [
    "UNIT",
    "CoalitionGame",
    "Terms",
    "checked_players",
    "coalition_game",
    "coalition_values",
    "coalitions",
    "sampled_game",
]

UNIT = "% of the baseline value of all players together"
_PARTS = 8
_COUNTED: dict[Counts, str] = {
    "final": "the value of final products served",
    "curve": "the value of final products served along the demand curve",
    "all": "the value of final products and other uses along the demand curve",
}


@dataclass(frozen=True)
class Terms:
    """What the characteristic function takes for granted.

    Attributes
    ----------
    severity : float
        Share of the target's baseline sales to the coalition that stops, 0..1; 1:
        the target denies everything.
    outsiders : float
        Share of baseline sales that places outside the game (third countries,
        what belongs to nobody) go on selling, 0..1; 0: they keep to themselves.
        Players that stay out of a coalition sell it nothing in any case.
    counts : {"final", "curve", "all"}
        What is counted.
    stocks : bool
        Let a coalition draw the stocks that a source gives.
    """

    severity: float = 1.0
    outsiders: float = 0.0
    counts: Counts = "final"
    stocks: bool = True

    def __post_init__(self) -> None:
        for name in ("severity", "outsiders"):
            if not 0 <= getattr(self, name) <= 1:
                raise ScenarioError(
                    f"{name} {getattr(self, name):g} does not lie between 0 and 1"
                )
        if self.counts not in _COUNTED:
            raise ScenarioError(
                f"cannot count {self.counts!r}; known: {', '.join(_COUNTED)}"
            )

    def statement(self, target: str) -> str:
        """Return the characteristic function in words.

        Parameters
        ----------
        target : str

        Returns
        -------
        str

        Examples
        --------
        >>> Terms(severity=0.75, outsiders=1, stocks=False).statement("CHN")[:43]
        'v(S): the value of final products served in'
        """
        stocks = ", sourced stocks" if self.stocks else ""
        outside = (
            "places outside the game sell it nothing" if self.outsiders == 0 else
            f"places outside the game sell it up to {self.outsiders:.0%} of baseline"
        )
        return (
            f"v(S): {_COUNTED[self.counts]} in S at its own optimum, from its own "
            f"capacities{stocks} and trade inside S, uncapped; {target} sells it "
            f"{1 - self.severity:.0%} of baseline, {outside}, players outside S sell "
            "it nothing; 100: the baseline of all players together"
        )


@dataclass(frozen=True)
class CoalitionGame:
    """A solved game.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row a player: standing, places, shapley with low and high (equal to it
        where exact), method, alone v({i}), marginal v(N)-v(N\\i), least_core (one
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


@lru_cache(maxsize=1)
def _program(world: World) -> Program:
    return compile_program(world_program(world.network, weights_of(world)))


def coalitions(
    world: World, held: Mapping[str, tuple[int, int, int]], terms: Terms
) -> Coalitions:
    """Return the programs of a game.

    Parameters
    ----------
    world : World
    held : mapping of str to (int, int, int)
        By place, the players it takes for its capacity, its demand, its stocks.
    terms : Terms

    Returns
    -------
    Coalitions
    """
    target = world.model.scope.target
    sellers = dict.fromkeys(world.places, terms.outsiders)
    sellers[target] = 1 - terms.severity
    holdings = Holdings.split(
        held, world.joint, sellers=sellers, lost=world.outages,
        stocks=sourced_stocks(world) if terms.stocks else {},
    )
    return Coalitions(world.network, _program(world), holdings, terms.counts)


def _held(places: Sequence[Sequence[str]]) -> dict[str, tuple[int, int, int]]:
    """Give each player's places its bit, for all that they hold."""
    return {c: (1 << i,) * 3 for i, held in enumerate(places) for c in held}


def coalition_values(world: World, task: tuple[Any, ...]) -> list[float]:
    """Value some coalitions, each solve starting from the one before.

    Parameters
    ----------
    world : World
    task : (places by player, terms as pairs, masks)
        Plain tuples, so that the task can be sent, kept and told from others.

    Returns
    -------
    list of float
        v by mask [% of the baseline of all players].
    """
    places, terms, masks = task
    game = coalitions(world, _held(places), Terms(**dict(terms)))
    return [game.value(mask) for mask in masks]


def checked_players(
    world: World, players: Sequence[Player] | None, grouped: bool = True
) -> tuple[Player, ...]:
    """Return the players, or those of the model; each place plays for one of them.

    Parameters
    ----------
    world : World
    players : sequence of Player or None
    grouped : bool
        Take the groups of the model where `players` is None.

    Returns
    -------
    tuple of Player

    Raises
    ------
    ScenarioError
        If there is none, if two share a place, or if a place is no player's.
    """
    found = players_of(world, grouped=grouped) if players is None else tuple(players)
    if not found:
        raise ScenarioError("a game needs a player")
    taken: dict[str, str] = {}
    for player in found:
        for place in player.places:
            if place == world.model.scope.target:
                raise ScenarioError(f"{player.name}: {place} is the target")
            if place not in world.places or place in world.joint:
                raise ScenarioError(f"{player.name}: {place} is no place of the world")
            if taken.setdefault(place, player.name) != player.name:
                raise ScenarioError(f"{place} plays for {taken[place]} already")
    return found


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
    statement = terms.statement(world.model.scope.target)
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


COLUMNS = ("player", "standing", "places", "method", "shapley", "low", "high", "alone",
           "marginal", "least_core", "unit", "characteristic_function")


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

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> pair = (Player("IND", ("IND",)), Player("JPN", ("JPN",)))
    >>> game, sample = sampled_game(load_world(), players=pair, pairs=2)
    >>> sample.evaluated, set(game.rows.method)
    (3, {'sampled'})
    """
    found = checked_players(world, players, grouped=False)
    terms = terms or Terms()
    game = coalitions(world, _held([p.places for p in found]), terms)
    known: dict[int, float] = {}

    def value(mask: int) -> float:
        if mask not in known:
            known[mask] = game.value(mask)
        return known[mask]

    n = len(found)
    full = (1 << n) - 1
    sample = sampled_shapley(value, n, pairs=pairs, seed=seed)
    statement = terms.statement(world.model.scope.target)
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
