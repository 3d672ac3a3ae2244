"""Figures of the world as it is: chains, maps, memberships, projects."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.home import data_dir
from supplychain.plot.basemap import read_land
from supplychain.plot.flows_map import flows_map, projects_map
from supplychain.plot.maps import chain_map, producer_shares
from supplychain.plot.network import network
from supplychain.plot.style import percent
from supplychain.plot.timeline import timeline
from supplychain.report.frames import HALF, layered_network, main_flows
from supplychain.report.makers import Maker, figure_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.figure import Figure

    from supplychain.report.context import Context
    from supplychain.tables.reader import Tables

__all__ = ["MAP_CHAIN", "WORLD"]

MAP_CHAIN = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet")
"""The chain on the map: rare earths from ore to magnets."""

FLOWING = "memory"
"""The good whose flows are drawn by default: many countries ship it."""

_KINDS = ("alliance", "india_path")
"""Categories of the events on a timeline."""
_MARGIN = dt.timedelta(days=8)


def _land() -> gpd.GeoDataFrame:
    return read_land(data_dir() / "geo" / "countries_50m.geojson")


def _lies(context: Context) -> dict[str, str]:
    """Return words for where a supplier lies."""
    return {"target": context.target, "country": context.country,
            "alliance": f"incumbents of {context.alliance}"}


def _statuses(context: Context) -> pd.Series:
    """Return who holds which status in the alliance under study."""
    found, alliance = context.world.statuses, context.world.model.scope.alliance
    if alliance not in found.index.get_level_values(0):
        return pd.Series(dtype=object)
    return found.loc[alliance].status


def _tables(context: Context) -> Tables:
    if context.world.tables is None:
        raise ScenarioError("this world came without its tables: no figure of them")
    return context.world.tables


def _network(context: Context) -> Figure:
    good = context.good("ndfeb_magnet")
    layers, words = layered_network(context.world, good), context.words
    left = len(layers.left_out)
    more = f"{left} goods upstream are not shown. " if left else ""
    return figure_of(network(
        layers.nodes, layers.links, names={**context.names, **_lies(context)},
        title=f"{words.good(good)}: who makes each tier, and for whom",
        caption=(
            "A bar is a good, its parts are suppliers by share of world output. A band "
            "is what a maker uses of a supplier's good: it leaves as wide as its share "
            "of world output and arrives, in one lane an input, as wide as its share "
            "of what the maker uses. Ringed: one country makes more than "
            f"{percent(HALF)}. Flows are calibrated to production, need and trade. "
            f"{more}"
            f"{context.when} {context.trace}"
        ),
    ))


def _map(context: Context) -> Figure:
    world, words = context.world, context.words
    scope = world.model.scope
    good = context.options.good
    goods = MAP_CHAIN if good is None else _main_line(context, context.good(""))
    stages = [(g, words.good(g)) for g in goods if g in world.goods.index]
    if not stages:
        raise ScenarioError("none of the map's goods is in this world: name one")
    if _statuses(context).empty:
        raise ScenarioError(f"nobody holds a status in {context.alliance} on the day")
    what = "Rare-earth magnets" if good is None else words.good(good)
    return figure_of(chain_map(
        _land(),
        producer_shares(world.nodes.output - world.nodes.secondary,
                        [g for g, _ in stages]),
        stages=stages, statuses=_statuses(context),
        points=world.countries.reset_index()[["iso3", "name", "latitude", "longitude"]],
        title=f"{what} by stage, and {context.alliance}",
        as_of=context.day, country=scope.country, target=scope.target,
        caption=f"Share of world output by country and stage, {scope.year} "
        f"(coverage.csv gives the year of each figure). {context.trace}",
    ))


def _main_line(context: Context, good: str) -> tuple[str, ...]:
    """Return a good and, tier by tier, its most needed input, ore first."""
    inputs, line = context.world.network.inputs, [good]
    while inputs[line[0]] and len(line) < 4:
        feeds = inputs[line[0]]
        line.insert(0, max(feeds, key=lambda g: (feeds[g][1], g)))
    return tuple(line)


def _flows(context: Context) -> Figure:
    world, scope = context.world, context.world.model.scope
    good = context.good(FLOWING)
    flows = main_flows(world, [good])
    placed = set(world.countries.index[world.countries["aggregate"] == 0])
    if not (flows.exporter.isin(placed) & flows.importer.isin(placed)).any():
        raise ScenarioError(f"no flow of {context.words.good(good)} between two "
                            "countries reaches 1 % of its world output")
    plans = None
    own = ""
    if world.tables is not None:
        table = world.tables["projects"]
        plans = table[(table.iso3 == scope.country) & table.latitude.notna()]
        own = f" Points: projects in {context.country}, of any good."
    return figure_of(flows_map(
        _land(), flows,
        points=world.countries.reset_index()[["iso3", "name", "latitude", "longitude"]],
        projects=plans, names=_lies(context),
        country=scope.country, target=scope.target,
        limit=context.options.count or 25,
        title=f"{context.words.good(good)}: main flows between countries",
        caption=(
            "An arc is a flow of at least 1 % of world output, as wide as its share, "
            f"{scope.year}; what stays at home is not drawn. Flows are calibrated to "
            f"production, need and trade, not all observed.{own} {context.when} "
            f"{context.trace}"
        ),
    ))


def _projects(context: Context) -> Figure:
    scope = context.world.model.scope
    table = _tables(context)["projects"]
    own = table[table.iso3 == scope.country]
    if context.options.good:
        own = own[own.good == context.good("")]
    if own.empty:
        raise ScenarioError(f"no project in {context.country} in the tables")
    order = {"operating": 0, "under_construction": 1, "announced": 2}
    own = own.assign(at=own.status.map(order).fillna(3)).sort_values(
        ["at", "good", "start", "project"], kind="stable")
    return figure_of(projects_map(
        _land(), own, country=scope.country, names=context.names,
        title=f"{context.country}'s projects on {context.day}",
        caption=(
            "Capacity as announced, in the unit of the source; start as last stated. "
            "Places are towns or districts; where several share one, they are moved "
            f"apart. Status by {context.day}: projects.csv gives the day of each. "
            f"{context.trace}"
        ),
    ))


def _timeline(context: Context) -> Figure:
    tables, scope = _tables(context), context.world.model.scope
    spans = tables["memberships"]
    spans = spans[spans.alliance == scope.alliance]
    if spans.empty:
        raise ScenarioError(f"no memberships of {scope.alliance} in the tables")
    spans, union = _folded(context, spans)
    through = f"Through the Union: {', '.join(union)}. " if union else ""
    start, end = min(spans.valid_from), scope.as_of + _MARGIN
    events = tables["events"]
    about = events.title.str.contains(_short(context.alliance), regex=False) | (
        events.event_id.str.contains(scope.alliance.replace("_", "-"), regex=False))
    return figure_of(timeline(
        spans, start=start - dt.timedelta(days=15), end=end,
        events=events[events.category.isin(_KINDS) & about],
        marked=context.country, today=scope.as_of,
        title=f"{context.alliance}: who held which status when",
        caption=(
            "Status of each country from its first to its last day; white: no row in "
            f"the tables. {through}Numbers are the events listed above. "
            f"{context.trace}"
        ),
    ))


def _short(name: str) -> str:
    """Return an alliance's name up to its first bracket."""
    return name.split(" (")[0]


def _folded(context: Context, spans: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return spans in drawing order; states that the Union stands for share one row.

    Ordered by the highest status and since when it is held.
    """
    words, scope = context.words, context.world.model.scope
    rank = {status: k for k, status in enumerate(scope.rungs)}
    stood = spans.groupby("iso3").eu_represented.transform("min") == 1
    folded = sorted(words.country(c) for c in set(spans.iso3[stood]))
    union = f"{len(folded)} states through the Union"
    rows = spans.assign(row=[union if s else words.country(c)
                             for c, s in zip(spans.iso3, stood, strict=True)])
    rows = rows.drop_duplicates(["row", "status", "valid_from", "valid_to"])
    rows = rows.assign(rank=[-rank.get(s, -1) for s in rows.status])
    best = rows.sort_values(["rank", "valid_from"]).drop_duplicates("row")
    place = {row: k for k, row in enumerate(
        best.sort_values(["rank", "valid_from", "row"]).row)}
    rows = rows.assign(place=rows.row.map(place)).sort_values(["place", "valid_from"])
    return rows.reset_index(drop=True), folded


def _memberships(context: Context) -> Figure:
    tables, scope, words = _tables(context), context.world.model.scope, context.words
    spans = tables["memberships"]
    spans = spans[spans.iso3 == scope.country]
    first = spans.groupby("alliance").valid_from.transform("min")
    rows = [_short(words.alliance(a)) for a in spans.alliance]
    spans = spans.assign(row=rows, first=first)
    spans = spans.sort_values(["first", "row", "valid_from"])
    events = tables["events"]
    return figure_of(timeline(
        spans, start=scope.as_of - dt.timedelta(days=5 * 365),
        end=scope.as_of + _MARGIN,
        events=events[events.category == "india_path"],
        marked=_short(words.alliance(scope.alliance)), today=scope.as_of,
        title=f"{context.country}'s statuses in every alliance, and its path",
        caption=(
            f"Status of {context.country} in each alliance over five years; white: no "
            f"row in the tables. Numbers are the events listed above. {context.trace}"
        ),
    ))


WORLD: Mapping[str, Maker] = MappingProxyType({
    "network": Maker(_network, "tiers of one product, who feeds whom", ("good",)),
    "map": Maker(_map, "share of each stage by country, over memberships", ("good",)),
    "flows": Maker(_flows, "main flows of a good between countries", ("good", "count")),
    "projects": Maker(_projects, "the country's projects on its map", ("good",)),
    "timeline": Maker(_timeline, "who held which status in the alliance when"),
    "memberships": Maker(_memberships, "the country's statuses in every alliance"),
})
"""Figures of the world, by name."""
