"""Who plays the coalition game, and which stocks a source gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from supplychain.ids import AGGREGATES, EU

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.world.world import World

__all__ = ["JOINT", "Player", "players_of", "sourced_stocks"]

Standing = Literal["country studied", "member", "candidate", "joint figures"]
JOINT = "joint figures"
"""Name of the player that holds what no source splits among countries."""
_DAYS = 365.0


@dataclass(frozen=True)
class Player:
    """One player: a country, or countries that act as one.

    Attributes
    ----------
    name : str
        Code of the country, or name of the group.
    places : tuple of str
        Its places in the network.
    standing : {"country studied", "member", "candidate", "joint figures"}
        A group with a member in it is a member.
    """

    name: str
    places: tuple[str, ...]
    standing: Standing = "member"


def players_of(
    world: World,
    *,
    candidates: bool = True,
    grouped: bool = True,
    joint_apart: bool = False,
) -> tuple[Player, ...]:
    """List the players: the country studied, the members, the candidates.

    Members hold an incumbent status at the date, or are covered by the Union's;
    candidates hold another status that counts for something. The target is never
    a player, nor is what belongs to nobody. A coalition commands a joint figure if
    it holds all of its countries.

    Parameters
    ----------
    world : World
        Statuses as recorded.
    candidates : bool
        Let those who may join play as well.
    grouped : bool
        Let the groups of the model (``player_groups``) act as one player each.
    joint_apart : bool
        Let the joint figures of players be a player of their own, so that what no
        source splits among countries is credited to none of them. Otherwise each
        of its countries can withhold a joint figure, which flatters them.

    Returns
    -------
    tuple of Player
        The country studied first, then members, then candidates, by name. A
        country without a place in the network is left out.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = players_of(load_world(), candidates=False)
    >>> len(found), found[0].name, found[0].standing
    (10, 'IND', 'country studied')
    """
    model = world.model
    scope = model.scope
    standing: dict[str, Standing] = dict.fromkeys(world.incumbents, "member")
    if candidates and scope.alliance in world.statuses.index.get_level_values(0):
        for country, status in world.statuses.loc[scope.alliance].status.items():
            if model.intensity(status) > 0:
                standing.setdefault(str(country), "candidate")
    standing[scope.country] = "country studied"
    named: dict[str, list[str]] = {}
    for place in sorted(standing):
        at_home = place in world.places and place not in world.joint
        if at_home and place not in AGGREGATES | {scope.target}:
            group = _group(world, place) if grouped else place
            named.setdefault(group, []).append(place)
    order: tuple[Standing, ...] = ("country studied", "member", "candidate")

    def rank(places: list[str]) -> Standing:
        return min((standing[c] for c in places), key=order.index)

    found = [Player(name, tuple(held), rank(held)) for name, held in named.items()]
    listed = tuple(sorted(found, key=lambda p: (order.index(p.standing), p.name)))
    if not joint_apart:
        return listed
    ours = {c for p in listed for c in p.places}
    unsplit = tuple(j for j, parts in world.joint.items() if ours.issuperset(parts))
    return (*listed, Player(JOINT, unsplit, "joint figures")) if unsplit else listed


def _group(world: World, place: str) -> str:
    """Return the player that a place belongs to; the country studied is its own."""
    scope = world.model.scope
    if place != scope.country:
        for group, named in scope.player_groups.items():
            if place in named or (EU in named and place in world.eu_members):
                return group
    return place


def sourced_stocks(world: World) -> Mapping[tuple[str, str], float]:
    """Return the stocks that a source gives, by good and country.

    Days count against the country's baseline need of the good. Of several holders
    in a country the largest counts, for one may be part of another. A row without
    a central figure, or of no country, is left out: unknown is not zero, so a
    stock that no row names is not said to be nothing.

    Parameters
    ----------
    world : World

    Returns
    -------
    mapping of (good, country) to float
        Stock [% of the good's world baseline output of a year].
    """
    net = world.network
    if world.tables is None:
        return {}
    found: dict[tuple[str, str], float] = {}
    for row in world.tables["stocks"].itertuples():
        good, place = str(row.good), str(row.iso3)
        need = net.need.get(good, {}).get(place, 0.0)
        if place in AGGREGATES or need <= 0 or pd.isna(row.central):
            continue
        amount = float(row.central)
        if row.unit == "days":
            amount *= need / _DAYS
        elif row.unit == world.goods.unit[good]:
            amount /= net.unit[good]
        else:
            continue  # no figure in a unit that the network knows
        found[good, place] = max(amount, found.get((good, place), 0.0))
    return found
