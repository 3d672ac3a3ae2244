"""From words to what changes: statuses, strengths, outages, assumptions, shocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supplychain.errors import ScenarioError
from supplychain.measures.dependency import capital_multiplier
from supplychain.scenarios.events import PREFIX, with_event
from supplychain.tables.model_parts import (
    AssumptionDelta,
    Delta,
    Effect,
    MembershipDelta,
    OutageDelta,
    Shock,
    StrengthDelta,
)
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from supplychain.world.world import World

__all__ = ["CALM", "parse_change", "parse_shock"]

CALM = "none"
"""The shock of a run without one."""

_CHANGE = re.compile(r"(?P<name>[^=]+)=(?P<value>[^=]+)")
_ACT = re.compile(
    r"(?P<who>[\w .,-]+?)-(?P<act>halts|loses|is-cut-off|withholds-tools)"
    r"(?::(?P<goods>[\w,]+))?(?:@(?P<at>\w+))?"
)


def parse_change(world: World, text: str) -> Delta:
    """Return what ``NAME=VALUE`` changes.

    Parameters
    ----------
    world : World
    text : str
        ``pax_silica.IND=full`` a status, ``forge.access=1`` the strength of a
        channel, ``outage.gallium.JPN=0.5`` a loss of capacity, ``nu0=0.2`` an
        assumption.

    Returns
    -------
    Delta

    Raises
    ------
    ScenarioError
        If it names nothing that the world knows; names the nearest.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> parse_change(load_world(), "pax_silica.TWN=full").status
    'full'
    """
    match = _CHANGE.fullmatch(text.strip())
    if match is None:
        raise ScenarioError(
            f"{text!r} changes nothing: write ALLIANCE.COUNTRY=STATUS, "
            "ALLIANCE.CHANNEL=STRENGTH, outage.GOOD.COUNTRY=LOSS or ASSUMPTION=VALUE"
        )
    name, value = match["name"].strip(), match["value"].strip()
    head, *rest = name.split(".")
    if head == "outage" and len(rest) == 2:
        good, place = rest
        return OutageDelta(good=good, country=place, loss=_number(text, value, most=1))
    if len(rest) == 1:
        alliances = set(world.model.strengths)
        if world.tables is not None:
            alliances |= set(world.tables["alliances"].alliance)
        if head not in alliances:
            raise ScenarioError(f"no alliance {head!r}; {nearest(head, alliances)}")
        (what,) = rest
        if what in world.model.channels:
            strength = _number(text, value, most=1)
            return StrengthDelta(alliance=head, channel=what, value=strength)
        if value not in world.model.statuses:
            raise ScenarioError(
                f"no status {value!r}; {nearest(value, world.model.statuses)}"
            )
        if what not in world.countries.index:
            known = [*world.countries.index, *world.model.channels]
            raise ScenarioError(f"no country {what!r}; {nearest(what, known)}")
        return MembershipDelta(alliance=head, country=what, status=value)
    known = [*world.model.assumptions, *(f"status:{s}" for s in world.model.statuses)]
    if name not in known:
        raise ScenarioError(f"no assumption {name!r}; {nearest(name, known)}")
    return AssumptionDelta(name=name, value=_number(text, value))


def _number(text: str, value: str, most: float = float("inf")) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ScenarioError(f"{text!r}: {value!r} is no number") from None
    if not 0 <= number <= most:
        raise ScenarioError(f"{text!r}: {value} does not lie between 0 and {most:g}")
    return number


def parse_shock(world: World, text: str) -> tuple[World, Shock | None]:
    """Return a shock by its name or in words, and the world that knows it.

    Parameters
    ----------
    world : World
    text : str
        A shock of the model (``halt_everyone``), an event (``event:ID``), ``none``,
        or in words, where WHO is a country's name or code, or several with commas:

        - ``WHO-halts``, ``WHO-halts:good,good``, ``WHO-halts:good@COUNTRY``: its
          exports of all it makes or of some goods, to everyone, to one country,
          or to the ``alliance``;
        - ``WHO-is-cut-off``: it neither sells nor buys abroad;
        - ``WHO-loses:good,good``: it makes less of these goods;
        - ``WHO-withholds-tools@COUNTRY``: that country's fabs do without service
          and spares for the tools that WHO makes.

        Several, joined by ``+``, act together.

    Returns
    -------
    world : World
    shock : Shock or None

    Raises
    ------
    ScenarioError
        If there is no such shock, country or good; names the nearest.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> _, shock = parse_shock(load_world(), "china-halts:gallium,germanium")
    >>> [(e.actor, e.good) for e in shock.effects]
    [('CHN', 'gallium'), ('CHN', 'germanium')]
    """
    if text == CALM:
        return world, None
    parts = []
    for part in text.split("+"):
        world, found = _one_shock(world, part.strip())
        parts.append(found)
    if len(parts) == 1:
        return world, parts[0]
    shock = _together(parts)
    return world.with_shock(text, shock), shock


def _one_shock(world: World, text: str) -> tuple[World, Shock]:
    if text in world.model.shocks:
        return world, world.model.shocks[text]
    if text.startswith(PREFIX):
        world = with_event(world, text)
        return world, world.model.shocks[text]
    match = _ACT.fullmatch(text)
    if match is None:
        known = [*world.model.shocks, CALM, "china-halts:GOOD,GOOD", "event:ID"]
        raise ScenarioError(f"no shock {text!r}; {nearest(text, known)}")
    actors = tuple(_country(world, who.strip()) for who in match["who"].split(","))
    goods = tuple(match["goods"].split(",")) if match["goods"] else ()
    at = match["at"]
    if at is not None and at not in {"alliance", "country", "everyone"}:
        at = _country(world, at)
    title, effects = _ACTS[match["act"]](world, actors, goods, at)
    shock = Shock(kind="event", targets="everyone", title=title, effects=effects)
    return world.with_shock(text, shock), shock


def _together(shocks: list[Shock]) -> Shock:
    """Return one shock that does what several do."""
    halts = [s for s in shocks if s.kind != "event"]
    if len(halts) > 1:
        titles = " and ".join(s.title for s in halts)
        raise ScenarioError(
            f"two halts of everything do not add up: {titles}; name the wider one"
        )
    return Shock(
        kind=halts[0].kind if halts else "event",
        targets=halts[0].targets if halts else "everyone",
        title="; ".join(s.title for s in shocks),
        effects=tuple(e for s in shocks for e in s.effects),
    )


def _country(world: World, text: str) -> str:
    names = {
        str(name).lower().replace(" ", "-"): str(code)
        for code, name in world.countries.name.items()
    }
    code = text.upper()
    if code in world.countries.index:
        return code
    if text.lower() in names:
        return names[text.lower()]
    known = [*names, *world.countries.index]
    raise ScenarioError(f"no country {text!r}; {nearest(text.lower(), known)}")


def _called(world: World, actors: tuple[str, ...]) -> str:
    return " and ".join(str(world.countries.name[c]) for c in actors)


def _at(world: World, at: str | None) -> str:
    if at is None:
        return ""
    return f" to {world.countries.name[at] if at in world.countries.index else at}"


def _made(
    world: World, actor: str, goods: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what an actor makes of some goods, all it makes if none are named."""
    made = [g for g in world.network.goods if (g, actor) in world.network.output]
    for good in goods:
        if good not in made:
            raise ScenarioError(
                f"{world.countries.name[actor]} makes no {good!r} in the network; "
                f"{nearest(good, made)}"
            )
    return goods or tuple(made)


Said = tuple[str, tuple[Effect, ...]]


def _halts(
    world: World, actors: tuple[str, ...], goods: tuple[str, ...], at: str | None
) -> Said:
    whole = at in {None, "alliance", "country", "everyone"}
    effects = tuple(
        Effect(
            actor=actor, good=g, kind="export_halt",
            targets=(at or "everyone") if whole else (at,),
        )
        for actor in actors for g in _made(world, actor, goods)
    )
    what = ", ".join(goods) or "all it makes"
    return f"{_called(world, actors)} halts exports of {what}{_at(world, at)}", effects


def _cut_off(
    world: World, actors: tuple[str, ...], goods: tuple[str, ...], at: str | None
) -> Said:
    if goods or at:
        raise ScenarioError("WHO-is-cut-off takes neither goods nor a country")
    net = world.network
    effects = [
        Effect(actor=actor, good=g, kind="export_halt")
        for actor in actors for g in _made(world, actor, ())
    ]
    effects += [
        Effect(actor=actor, good=g, kind="import_halt")
        for actor in actors for g in net.goods if net.need[g].get(actor, 0.0) > 0
    ]
    return f"{_called(world, actors)} neither sells nor buys abroad", tuple(effects)


def _loses(
    world: World, actors: tuple[str, ...], goods: tuple[str, ...], at: str | None
) -> Said:
    if at:
        raise ScenarioError("WHO-loses takes no country after @: the loss is WHO's")
    effects = tuple(
        Effect(actor=actor, good=g, kind="outage")
        for actor in actors for g in _made(world, actor, goods)
    )
    what = ", ".join(goods) or "all it makes"
    return f"{_called(world, actors)} loses output of {what}", effects


def _withholds(
    world: World, actors: tuple[str, ...], goods: tuple[str, ...], at: str | None
) -> Said:
    if goods or at is None or at not in world.countries.index:
        raise ScenarioError(
            "write WHO-withholds-tools@COUNTRY: all tools, from one country"
        )
    service = capital_multiplier(world, actors)
    effects = tuple(
        Effect(actor=at, good=g, kind="service", share=1 - m)
        for g, m in service.items() if m < 1 and (g, at) in world.network.output
    )
    if not effects:
        raise ScenarioError(
            f"{world.countries.name[at]} makes nothing in the network with tools of "
            f"{_called(world, actors)}"
        )
    return (
        f"{_called(world, actors)} withhold service and spares of chip tools from "
        f"{world.countries.name[at]}", effects,
    )


_ACTS: dict[
    str, Callable[[World, tuple[str, ...], tuple[str, ...], str | None], Said]
] = {
    "halts": _halts,
    "loses": _loses,
    "is-cut-off": _cut_off,
    "withholds-tools": _withholds,
}
