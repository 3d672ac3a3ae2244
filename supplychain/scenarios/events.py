"""Dated events as shocks: what an actor took away of which goods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.tables.model import Effect, Shock, nearest

if TYPE_CHECKING:
    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

__all__ = ["PREFIX", "event_shock", "with_event"]

PREFIX = "event:"
"""Before the id of an event, where a shock is asked for."""


def event_shock(tables: Tables, event: str) -> Shock:
    """Return an event as a shock: its effects as the table states them.

    An effect whose size no source states takes the severity of the run.

    Parameters
    ----------
    tables : Tables
        With ``events`` and ``event_effects``.
    event : str
        Id of the event.

    Returns
    -------
    Shock

    Raises
    ------
    ScenarioError
        If there is no such event, or no effect of it is on record.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> tables = load_world().tables
    >>> first = tables["event_effects"].event_id.iloc[0]
    >>> event_shock(tables, first).kind
    'event'
    """
    effects = tables["event_effects"]
    known = sorted(set(effects.event_id))
    if event not in known:
        listed = event in set(tables["events"].event_id)
        why = "has no effect on record" if listed else "is unknown"
        raise ScenarioError(f"event {event!r} {why}; {nearest(event, known)}")
    rows = effects[effects.event_id == event]
    title = tables["events"].set_index("event_id").title[event]
    return Shock(
        kind="event", targets="everyone",
        # Braces would be taken for a name to fill in.
        title=str(title).replace("{", "(").replace("}", ")"),
        effects=tuple(
            Effect(
                actor=r.actor, good=r.good, kind=r.kind,
                targets="everyone" if r.targets == "everyone"
                else tuple(r.targets.split(";")),
                share=None if pd.isna(r.share) else float(r.share),
            )
            for r in rows.itertuples()
        ),
    )


def with_event(world: World, name: str) -> World:
    """Return the world whose model has an event among its shocks.

    Parameters
    ----------
    world : World
    name : str
        ``event:ID``.

    Returns
    -------
    World

    Raises
    ------
    ScenarioError
        If the name is no event with effects, or the world came without tables.
    """
    if not name.startswith(PREFIX):
        known = [*world.model.shocks]
        if name in known:
            return world
        raise ScenarioError(
            f"no shock {name!r}; {nearest(name, known)} or write {PREFIX}ID"
        )
    if world.tables is None:
        raise ScenarioError("this world came without its tables of events")
    shock = event_shock(world.tables, name.removeprefix(PREFIX))
    goods = set(world.network.goods)
    kept = tuple(e for e in shock.effects if e.good in goods)
    if not kept:
        named = ", ".join(sorted({e.good for e in shock.effects}))
        raise ScenarioError(f"{name} concerns {named}: not in this world")
    shock = shock.model_copy(update={"effects": kept})
    return replace(world, model=world.model.with_shock(name, shock))
