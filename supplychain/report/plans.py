"""Projects and events on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.report.grid import grid
from supplychain.report.words import Words
from supplychain.scenarios.events import acts_on, effect_of, in_base
from supplychain.tables.names import nearest
from supplychain.world.projects import feed_table

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.world.world import World

__all__ = ["events_screen", "projects_screen", "weakest_screen"]


def _plain(value: object) -> str:
    return "–" if pd.isna(value) else f"{value:g}"


def projects_screen(world: World, console: Console, *, country: str | None) -> None:
    """Print the projects, what counts by the world's year, and their feedstock.

    Parameters
    ----------
    world : World
        At a year.
    console : rich.console.Console
    country : str, optional
        Only plants there.

    Raises
    ------
    ScenarioError
        If no project stands in that country.
    """
    words = Words(world)
    plans = world.plans
    if plans is None:
        raise ScenarioError("this world came without its table of projects")
    if country is not None:
        known = sorted(set(plans.country))
        if country not in known:
            raise ScenarioError(
                f"no project in {country!r}; {nearest(country, known)}"
            )
        plans = plans[plans.country == country]
    scope = world.model.scope
    counted = plans[plans.counted == 1]
    table = grid(
        f"Counted in {scope.capacity_year} under the rule {scope.projects} "
        f"(utilization {world.model.value('project_utilization'):g})",
        "project", "place", "good", "start", "capacity", "adds",
        right=("start", "capacity", "adds"),
    )
    for r in counted.sort_values(["country", "good"]).itertuples():
        table.add_row(
            r.name, words.country(r.country), words.short(r.good), _plain(r.start),
            f"{r.capacity:,g} {r.unit}", f"{r.added:,.3g} {r.good_unit}",
        )
    console.print(table)
    console.print()
    table = grid("Not counted, and why", "project", "place", "good", "status",
                   "start", "reason", right=("start",))
    for r in plans[plans.counted == 0].sort_values(["country", "good"]).itertuples():
        table.add_row(r.name, words.country(r.country), words.short(r.good), r.status,
                      _plain(r.start), r.reason)
    console.print(table)
    console.print()
    feed = feed_table(world)
    feed = feed[feed.country.isin(set(plans.country))]
    table = grid(
        "Feedstock: what the new plants would use, and the share of it that their "
        "own country makes beyond what it uses already",
        "new plants", "place", "input", "would use", "made at home", "used already",
        "home share", right=("would use", "made at home", "used already",
                             "home share"),
    )
    for f in feed.sort_values(["country", "good"]).itertuples():
        table.add_row(
            words.short(f.good), words.country(f.country), words.short(f.input),
            f"{f.needed:,.3g} {f.input_unit}", f"{f.made_at_home:,.3g}",
            f"{f.used_already:,.3g}", f"{f.home_share:.0%}",
        )
    console.print(table)


def events_screen(world: World, console: Console) -> None:
    """Print the events that have effects on record.

    Parameters
    ----------
    world : World
    console : rich.console.Console
    """
    if world.tables is None:
        raise ScenarioError("this world came without its table of events")
    words = Words(world)
    titles = world.tables["events"].set_index("event_id")
    table = grid("Events that can be run: supplychain analyze --shock event:ID",
                   "event", "what happened", "effects")
    effects = world.tables["event_effects"]
    held = in_base(effects, world.model.scope.year)
    for event, part in effects.groupby("event_id", sort=True):
        parts = []
        for r in part.itertuples():
            size = "size not sourced" if pd.isna(r.share) else f"−{r.share:.0%}"
            what = "output" if r.kind == "outage" else "sales"
            base = ", in the baseline already" if held[r.Index] else (
                "" if acts_on(world, effect_of(r)) else ", not in the network")
            parts.append(f"{words.short(r.good)}, {words.country(r.actor)}: {what} "
                         f"{size}{base}")
        table.add_row(str(event), str(titles.title[event]), "; ".join(parts))
    console.print(table)


def weakest_screen(found: pd.DataFrame, console: Console) -> None:
    """Print what each row's range does to the headline number it moves most.

    Parameters
    ----------
    found : pandas.DataFrame
        From :func:`supplychain.scenarios.rows.rows_sensitivity`.
    console : rich.console.Console
    """
    worst = found.sort_values("effect", ascending=False).drop_duplicates("key")
    table = grid("Rows whose range moves a headline number most", "table", "row",
                   "low", "central", "high", "headline", "at low", "at central",
                   "at high", right=("low", "central", "high", "at low", "at central",
                                     "at high"))
    for r in worst.itertuples():
        table.add_row(
            r.table, r.key, f"{r.low:.4g}", f"{r.central:.4g}", f"{r.high:.4g}",
            r.headline, f"{r.at_low:.3f}", f"{r.at_central:.3f}", f"{r.at_high:.3f}",
        )
    console.print(table)
