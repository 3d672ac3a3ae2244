"""The characteristic function: what it takes for granted, and its values.

What a coalition is worth depends on what those outside it do. :class:`Terms` says
it, and the same words stand beside every number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from supplychain.errors import ScenarioError
from supplychain.optimize.coalitions import Coalitions, Counts, Holdings
from supplychain.optimize.compiled import Program, compile_program
from supplychain.optimize.program import world_program
from supplychain.optimize.response import weights_of
from supplychain.scenarios.players import Player, players_of, sourced_stocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from supplychain.world.world import World

__all__ = ["UNIT", "Terms", "checked_players", "coalition_values", "coalitions", "held",
           "stated"]

UNIT = "% of the baseline value of all players together"
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

    def statement(self, target: str, *, joint_apart: bool = False) -> str:
        """Return the characteristic function in words.

        Parameters
        ----------
        target : str
        joint_apart : bool
            Joint figures are a player of their own.

        Returns
        -------
        str

        Examples
        --------
        >>> Terms(severity=0.75, outsiders=1, stocks=False).statement("CHN")[:43]
        'v(S): the value of final products served in'
        """
        joint = "that player inside" if joint_apart else "all of them inside"
        stocks = ", sourced stocks" if self.stocks else ""
        outside = (
            "places outside the game sell it nothing" if self.outsiders == 0 else
            f"places outside the game sell it up to {self.outsiders:.0%} of baseline"
        )
        return (
            f"v(S): {_COUNTED[self.counts]} in S at its own optimum, from its own "
            f"capacities{stocks} and trade inside S, uncapped; what sources give for "
            f"several countries jointly needs {joint}; {target} sells it "
            f"{1 - self.severity:.0%} of baseline, {outside}, players outside S sell "
            "it nothing; 100: the baseline of all players together"
        )


def stated(world: World, players: Sequence[Player], terms: Terms) -> str:
    """Return the characteristic function of these players in words.

    Parameters
    ----------
    world : World
    players : sequence of Player
    terms : Terms

    Returns
    -------
    str
    """
    apart = any(c in world.joint for p in players for c in p.places)
    return terms.statement(world.model.scope.target, joint_apart=apart)


@lru_cache(maxsize=1)
def _program(world: World) -> Program:
    return compile_program(world_program(world.network, weights_of(world)))


def coalitions(
    world: World, masks: Mapping[str, tuple[int, int, int]], terms: Terms
) -> Coalitions:
    """Return the programs of a game.

    Parameters
    ----------
    world : World
    masks : mapping of str to (int, int, int)
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
        masks, world.joint, sellers=sellers, lost=world.outages,
        stocks=sourced_stocks(world) if terms.stocks else {},
    )
    return Coalitions(world.network, _program(world), holdings, terms.counts)


def held(places: Sequence[Sequence[str]]) -> dict[str, tuple[int, int, int]]:
    """Give each player's places its bit, for all that they hold.

    Parameters
    ----------
    places : sequence of sequences of str
        By player.

    Returns
    -------
    dict of str to (int, int, int)
        By place, for :func:`coalitions`.

    Examples
    --------
    >>> held([("ARE", "QAT"), ("JPN",)])["JPN"]
    (2, 2, 2)
    """
    return {c: (1 << i,) * 3 for i, own in enumerate(places) for c in own}


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
    game = coalitions(world, held(places), Terms(**dict(terms)))
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
            if place not in world.places:
                raise ScenarioError(f"{player.name}: {place} is no place of the world")
            if taken.setdefault(place, player.name) != player.name:
                raise ScenarioError(f"{place} plays for {taken[place]} already")
    return found
