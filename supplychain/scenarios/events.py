"""Dated events as shocks: what an actor took away of which goods."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.tables.model_parts import Effect, Shock
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

__all__ = ["PREFIX", "acts_on", "effect_of", "event_shock", "in_base", "with_event"]

PREFIX = "event:"
"""Before the id of an event, where a shock is asked for."""


def in_base(effects: pd.DataFrame, year: int) -> pd.Series:
    """Tell which effects were in force all through the calibration year.

    The baseline flows hold them already: applied again they would count twice.

    Parameters
    ----------
    effects : pandas.DataFrame
        Rows of ``event_effects``.
    year : int
        Calibration year.

    Returns
    -------
    pandas.Series of bool

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> effects = load_world().tables["event_effects"]
    >>> bool(in_base(effects, 1990).any())
    False
    """
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return pd.Series(
        [
            begin <= first and (pd.isna(end) or end >= last)
            for begin, end in zip(effects.valid_from, effects.valid_to, strict=True)
        ],
        index=effects.index, dtype=bool,
    )


def event_shock(tables: Tables, event: str, year: int | None = None) -> Shock:
    """Return an event as a shock: its effects as the table states them.

    An effect whose size no source states takes the severity of the run.

    Parameters
    ----------
    tables : Tables
        With ``events`` and ``event_effects``.
    event : str
        Id of the event.
    year : int, optional
        Calibration year: effects in force all through it are left out.

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
    if year is not None:
        known = sorted(set(effects[~in_base(effects, year)].event_id))
    if event not in set(effects.event_id):
        listed = event in set(tables["events"].event_id)
        why = "has no effect on record" if listed else "is unknown"
        raise ScenarioError(f"event {event!r} {why}; {nearest(event, known)}")
    rows = effects[effects.event_id == event]
    if year is not None:
        rows = rows[~in_base(rows, year)]
        if rows.empty:
            raise ScenarioError(
                f"event {event!r} was in force all through {year}: the baseline flows "
                f"hold it already; {nearest(event, known)}"
            )
    title = tables["events"].set_index("event_id").title[event]
    return Shock(
        kind="event", targets="everyone",
        # Braces would be taken for a name to fill in.
        title=str(title).replace("{", "(").replace("}", ")"),
        effects=tuple(effect_of(r) for r in rows.itertuples()),
    )


def effect_of(row: Any) -> Effect:  # noqa: ANN401  (a row of a frame)
    """Return the effect that a row of ``event_effects`` states.

    Parameters
    ----------
    row : namedtuple
        Of ``DataFrame.itertuples``.

    Returns
    -------
    Effect
    """
    everyone = row.targets == "everyone"
    return Effect(
        actor=row.actor, good=row.good, kind=row.kind,
        targets="everyone" if everyone else tuple(row.targets.split(";")),
        share=None if pd.isna(row.share) else float(row.share),
    )


def acts_on(world: World, effect: Effect) -> bool:
    """Tell whether an effect finds output, or a flow, to take away.

    Parameters
    ----------
    world : World
    effect : Effect

    Returns
    -------
    bool

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> acts_on(load_world(), Effect(actor="CHN", good="gallium", kind="outage"))
    True
    """
    net = world.network
    node = (effect.good, effect.actor)
    if net.output.get(node, 0.0) <= 0:
        return False
    if effect.kind == "outage":
        return True
    sold = {
        j for (g, i, j), x in net.flow.items() if (g, i) == node and x > 0 and i != j
    }
    return bool(sold if effect.targets == "everyone" else sold & set(effect.targets))


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
    if world.tables is None:
        raise ScenarioError("this world came without its tables of events")
    year = world.model.scope.year
    shock = event_shock(world.tables, name.removeprefix(PREFIX), year)
    kept = tuple(e for e in shock.effects if acts_on(world, e))
    lost = ", ".join(f"{e.good} {e.actor}" for e in shock.effects if e not in kept)
    if not kept:
        raise ScenarioError(
            f"{name} has nothing to act on: the network has no output or no flow of "
            f"{lost} there; see `supplychain events`"
        )
    title = shock.title + (f" (not in the network: {lost})" if lost else "")
    shock = shock.model_copy(update={"effects": kept, "title": title})
    return world.with_shock(name, shock)
