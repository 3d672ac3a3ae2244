"""What a member brings to a coalition, and what the coalition still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.ids import AGGREGATES
from supplychain.measures.shapley import shapley
from supplychain.scenarios.characteristic import (
    UNIT,
    Terms,
    checked_players,
    coalitions,
    stated,
)
from supplychain.scenarios.players import sourced_stocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supplychain.optimize.coalitions import Coalitions
    from supplychain.scenarios.players import Player
    from supplychain.world.world import World

__all__ = ["Shortfalls", "brings", "shortfalls"]

# The bits of the rest and of a member's endowments.
_REST, _CAPACITY, _DEMAND, _STOCK = 1, 2, 4, 8


def brings(
    world: World,
    *,
    players: Sequence[Player] | None = None,
    terms: Terms | None = None,
) -> pd.DataFrame:
    r"""Divide what each member adds to the rest among what it brings.

    A game of its own for each member m; its players are the member's capacity, its
    demand and its stocks, joining all others R:

    .. math:: v_m(A) = v(R \cup m|_A) - v(R), \qquad A \subseteq
        \{\text{capacity}, \text{demand}, \text{stock}\}

    A stock serves its holder alone, since a country ships its own output only.
    Where no source gives a member's stock it is unknown, and no player.

    Parameters
    ----------
    world : World
    players : sequence of Player, optional
        By default those of :func:`supplychain.scenarios.players.players_of`.
    terms : Terms, optional

    Returns
    -------
    pandas.DataFrame
        player, endowment, shapley, alone (that endowment without the others),
        joining (all together, v(N)-v(R)), note, unit, characteristic_function.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> from supplychain.scenarios.players import Player
    >>> pair = (Player("IND", ("IND",)), Player("CAN", ("CAN",)))
    >>> found = brings(load_world(), players=pair)
    >>> list(found[found.player == "CAN"].note)
    ['', '', 'unknown: no source gives a stock']
    """
    found, terms = checked_players(world, players), terms or Terms()
    stocked = {c for _, c in sourced_stocks(world)}
    statement = stated(world, found, terms)
    rows = []
    for member in found:
        held = {
            c: (_REST,) * 3 for p in found if p is not member for c in p.places
        }
        held |= dict.fromkeys(member.places, (_CAPACITY, _DEMAND, _STOCK))
        game = coalitions(world, held, terms)
        endowments = {"capacity": _CAPACITY, "demand": _DEMAND}
        if terms.stocks and stocked.intersection(member.places):
            endowments["stock"] = _STOCK
        bits = list(endowments.values())
        rest = game.value(_REST)
        v = np.zeros(1 << len(bits))
        for mask in range(1, len(v)):
            inside = sum(bit for i, bit in enumerate(bits) if mask >> i & 1)
            v[mask] = game.value(_REST | inside) - rest
        share = dict(zip(endowments, shapley(v), strict=True))
        alone = dict(zip(endowments, v[[1 << i for i in range(len(bits))]],
                         strict=True))
        unknown = "unknown: no source gives a stock" if terms.stocks else "not counted"
        rows += [
            {"player": member.name, "endowment": e,
             "shapley": share.get(e, np.nan), "alone": alone.get(e, np.nan),
             "joining": v[-1], "note": "" if e in endowments else unknown,
             "unit": UNIT, "characteristic_function": statement}
            for e in ("capacity", "demand", "stock")
        ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Shortfalls:
    """Why a coalition serves no more than it does.

    Attributes
    ----------
    products : pandas.DataFrame
        By final product: wanted by the players, served when it alone is served
        first [% of world demand], and the goods upstream that nobody inside makes.
    inputs : pandas.DataFrame
        By good that the players make less of than they need: need and capacity
        inside, capacity in the target, in third countries and allocated to nobody
        [% of world output], and how much v(N) would gain if the players had any
        amount of it.
    """

    products: pd.DataFrame
    inputs: pd.DataFrame


def shortfalls(
    world: World,
    *,
    players: Sequence[Player] | None = None,
    terms: Terms | None = None,
) -> Shortfalls:
    """Find what all players together lack.

    Parameters
    ----------
    world : World
    players : sequence of Player, optional
    terms : Terms, optional

    Returns
    -------
    Shortfalls
    """
    terms = terms or Terms()
    net, target = world.network, world.model.scope.target
    found = checked_players(world, players)
    game = coalitions(
        world, {c: (_REST,) * 3 for p in found for c in p.places}, terms
    )
    inside = game.places
    made: dict[str, dict[str, float]] = {g: {} for g in net.goods}
    for (g, c), top in net.ceiling.items():
        who = (
            "inside" if c in inside else "target" if c == target
            else "nobody" if c in AGGREGATES else "third"
        )
        made[g][who] = made[g].get(who, 0.0) + top
    statement = stated(world, found, terms)
    products = [
        {"good": g, "wanted": wanted, "served": game.most(_REST, g),
         "none_inside": "+".join(
             k for k in net.upstream[g] if made[k].get("inside", 0.0) <= 0),
         "unit": "% of world baseline demand", "characteristic_function": statement}
        for g in net.goods
        if (wanted := sum(net.final.get((g, c), 0.0) for c in inside)) > 0
    ]
    total = game.value(_REST)
    inputs = [
        {"good": g, "need": need, **{who: made[g].get(who, 0.0) for who in _MAKERS},
         "gain": _relaxed(game, g) - total,
         "unit": f"% of world baseline output; gain: {UNIT}",
         "characteristic_function": statement}
        for g in net.goods
        if made[g].get("inside", 0.0)
        < (need := sum(net.need[g].get(c, 0.0) for c in inside))
    ]
    return Shortfalls(
        pd.DataFrame(products),
        pd.DataFrame(inputs).sort_values("gain", ascending=False, ignore_index=True),
    )


_MAKERS = ("inside", "target", "third", "nobody")


def _relaxed(game: Coalitions, good: str) -> float:
    """Return v(N) with any amount of a good in every place inside."""
    needed = {(k, c): float("inf") for k, c in game.needs if k == good}
    return -game.solve(_REST, supply=needed).objective
