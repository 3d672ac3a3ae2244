"""Rules between tables: one function a rule, each returns every fault it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import networkx as nx
import pandas as pd

from supplychain.errors import Fault
from supplychain.tables.names import close

__all__ = ["NAME_RULES", "RULES", "check_tables"]

Frames = Mapping[str, pd.DataFrame]
Names = Mapping[str, frozenset[str]]

_UNIT_TABLES = ("production", "capacity", "world_totals", "demand", "prices")
# Tolerance of a comparison between two printed figures.
_ROUNDING = 1e-6
# Where each kind of name is at home: the table and its column of names.
_HOMES = {"goods": "good", "countries": "iso3", "sources": "source_id",
          "alliances": "alliance", "production": "good", "events": "event_id",
          "episodes": "episode"}


class _Reference(NamedTuple):
    """Columns, a table each, whose cells name what stands in a home table."""

    home: str
    what: str
    columns: Mapping[str, tuple[str, ...]]
    cut: str = ""
    """What separates several names in one cell."""


_REFERENCES = (
    _Reference("goods", "good", {
        "production": ("good",), "capacity": ("good",), "world_totals": ("good",),
        "recipes": ("good", "input"), "trade": ("good",), "trade_shares": ("good",),
        "demand": ("good",), "prices": ("good",), "stocks": ("good",),
        "goods": ("host",), "event_effects": ("good",), "projects": ("good",),
        "conversions": ("good",), "ownership": ("good",),
    }),
    _Reference("countries", "country", {
        "production": ("iso3",), "capacity": ("iso3",), "demand": ("iso3",),
        "trade": ("exporter", "importer"), "trade_shares": ("exporter", "importer"),
        "memberships": ("iso3",), "governance": ("iso3",), "alliances": ("hub",),
        "event_effects": ("actor",), "projects": ("iso3", "owner"),
        "ownership": ("iso3", "owner"), "episodes": ("actor",),
    }),
    _Reference("countries", "country", {"countries": ("members",)}, cut=";"),
    _Reference("events", "event", {
        "event_effects": ("event_id",), "episodes": ("event_id",),
    }),
    _Reference("episodes", "episode", {
        "episode_inputs": ("episode",), "episode_outcomes": ("episode",),
    }),
    _Reference("sources", "source", dict.fromkeys((
        "production", "capacity", "world_totals", "recipes", "trade", "trade_shares",
        "demand", "prices", "stocks", "alliances", "memberships", "events",
        "event_effects", "projects", "conversions", "ownership", "governance",
        "episodes", "episode_inputs", "episode_outcomes",
    ), ("source_id",))),
    _Reference("alliances", "alliance", {
        "memberships": ("alliance",), "alliances": ("successor",),
    }),
)


def _named(frame: pd.DataFrame, column: str, cut: str) -> Iterator[tuple[int, str]]:
    """Yield row and name for every name in a column, empty cells apart."""
    filled = frame[frame[column].notna() & (frame[column] != "")]
    for row, cell in zip(filled.row, filled[column], strict=True):
        for name in cell.split(cut) if cut else (cell,):
            yield int(row), name


def _no_rows(table: str) -> Fault:
    return Fault(f"{table}.csv", None, "file", "holds no rows", "add the rows")


def known_names(frames: Frames, names: Names) -> list[Fault]:
    """Every good, country, alliance and source that is named exists."""
    faults = []
    for home, what, columns_of, cut in _REFERENCES:
        if home not in names:
            continue
        if not names[home]:
            # A table that nothing names may be empty.
            if any(True for table, columns in columns_of.items()
                   for column in columns for _ in _named(frames[table], column, cut)):
                faults.append(_no_rows(home))
            continue
        hints: dict[str, str] = {}
        for table, columns in columns_of.items():
            for column in columns:
                for row, name in _named(frames[table], column, cut):
                    if name in names[home]:
                        continue
                    if name not in hints:
                        near = close(name, sorted(names[home]))
                        hints[name] = f"{near} else " if near else ""
                    faults.append(
                        Fault(f"{table}.csv", row, column, f"{what} {name!r} is "
                              "unknown", f"{hints[name]}add it to {home}.csv")
                    )
    return faults


def one_unit_a_good(frames: Frames) -> list[Fault]:
    """Every quantity of a good is in the good's own unit."""
    unit = dict(zip(frames["goods"].good, frames["goods"].unit, strict=True))
    return [
        Fault(f"{table}.csv", int(r.row), "unit",
              f"unit {r.unit!r} is not the unit of {r.good}", f"use {unit[r.good]!r}")
        for table in _UNIT_TABLES
        for r in frames[table].itertuples()
        if r.good in unit and r.unit != unit[r.good]
    ]


def capacity_covers_output(frames: Frames) -> list[Fault]:
    """Capacity is not below the output of the same country."""
    made = frames["production"].set_index(["good", "iso3"]).quantity.to_dict()
    return [
        Fault("capacity.csv", int(r.row), "quantity",
              f"capacity {r.quantity:g} is below output {made[r.good, r.iso3]:g}",
              "correct one of the two, or leave the capacity out")
        for r in frames["capacity"].itertuples()
        if r.quantity < made.get((r.good, r.iso3), 0.0) * (1 - _ROUNDING)
    ]


def shares_within_one(frames: Frames) -> list[Fault]:
    """Keep the shares of one input over its uses, and of one trade, within one."""
    faults = []
    recipes = frames["recipes"]
    for used, total in recipes.groupby("input").share_of_use.sum().items():
        if total > 1 + _ROUNDING:
            rows = recipes[(recipes.input == used) & recipes.share_of_use.notna()]
            faults.append(
                Fault("recipes.csv", int(rows.row.iloc[-1]), "share_of_use",
                      f"the shares of {used} add up to {total:.4g} (rows "
                      f"{', '.join(map(str, rows.row))})", "keep the sum at or below 1")
            )
    shares = frames["trade_shares"]
    for of, side in (("imports", "importer"), ("exports", "exporter")):
        part = shares[shares.of == of]
        for (good, place), total in part.groupby(["good", side]).share.sum().items():
            if total > 1 + _ROUNDING:
                rows = part[(part.good == good) & (part[side] == place)]
                faults.append(
                    Fault("trade_shares.csv", int(rows.row.iloc[-1]), "share",
                          f"shares of {place}'s {of} of {good} add up to {total:.4g}",
                          "keep the sum at or below 1")
                )
    return faults


def percent_of_world(frames: Frames) -> list[Fault]:
    """Keep a split in per cent of the world at or below 100, rounding apart."""
    goods = frames["goods"]
    in_percent = set(goods[goods.unit == "% of world"].good)
    part = frames["production"][frames["production"].good.isin(in_percent)]
    return [
        Fault("production.csv", int(part[part.good == good].row.iloc[-1]), "quantity",
              f"the shares of {good} add up to {total:.2f} %",
              "keep the sum within 100 (+0.5 of rounding)")
        for good, total in part.groupby("good").quantity.sum().items()
        if total > 100.5
    ]


def no_overlap(frames: Frames) -> list[Fault]:
    """Keep to one status of a country in an alliance on any day."""
    pair = ["alliance", "iso3"]
    table = frames["memberships"].sort_values([*pair, "valid_from"], kind="stable")
    table = table.assign(
        first=table.valid_from.map(dt.date.toordinal).astype(int),
        last=[
            dt.date.max.toordinal() if pd.isna(day) else day.toordinal()
            for day in table.valid_to
        ],
    )
    longest = table.groupby(pair)["last"].cummax()
    before = longest.groupby([table.alliance, table.iso3]).shift()
    faults = []
    for r in table[before >= table["first"]].itertuples():
        earlier = table[(table.alliance == r.alliance) & (table.iso3 == r.iso3)
                        & (table["last"] >= r.first)].loc[:r.Index]
        faults.append(
            Fault("memberships.csv", int(r.row), "valid_from",
                  f"{r.iso3} in {r.alliance}: overlaps row {int(earlier.row.iloc[-2])}",
                  "end the earlier row on the day before")
        )
    return faults


_EVERYONE = (("event_effects", "targets"), ("episodes", "targets"),
             ("episodes", "users"))


def targets_of_events(frames: Frames, names: Names) -> list[Fault]:
    """See that whom an event or an episode concerns is everyone, or countries."""
    if not names.get("countries"):
        return []
    places = names["countries"]
    return [
        Fault(f"{table}.csv", int(row), column, f"{name!r} is no country",
              f"{close(name, sorted(places)) or 'write everyone'} or countries with ;")
        for table, column in _EVERYONE
        for row, cell in zip(frames[table].row, frames[table][column], strict=True)
        for name in cell.split(";")
        if cell != "everyone" and name not in places
    ]


def conversions_fit(frames: Frames) -> list[Fault]:
    """See that a conversion leads to the unit of its good."""
    unit = dict(zip(frames["goods"].good, frames["goods"].unit, strict=True))
    return [
        Fault("conversions.csv", int(r.row), "good_unit",
              f"unit {r.good_unit!r} is not the unit of {r.good}",
              f"use {unit[r.good]!r}")
        for r in frames["conversions"].itertuples()
        if r.good in unit and r.good_unit != unit[r.good]
    ]


def owned_within_one(frames: Frames) -> list[Fault]:
    """Keep what foreign owners control of an output within all of it."""
    table = frames["ownership"]
    return [
        Fault("ownership.csv", int(part.row.iloc[-1]), "share",
              f"owners of {good} in {place} add up to {part.share.sum():.4g}",
              "keep the sum at or below 1")
        for (good, place), part in table.groupby(["good", "iso3"])
        if part.share.sum() > 1 + _ROUNDING
    ]


def no_cycle(frames: Frames) -> list[Fault]:
    """Recipes and hosts have no cycle: nothing is made of itself."""
    goods = frames["goods"].dropna(subset=["host"])
    recipes = frames["recipes"]
    lines = {
        (used, good): ("recipes.csv", int(row), "input")
        for good, used, row in zip(recipes.good, recipes.input, recipes.row,
                                   strict=True)
    }
    for good, host, row in zip(goods.good, goods.host, goods.row, strict=True):
        lines.setdefault((host, good), ("goods.csv", int(row), "host"))
    graph = nx.DiGraph(list(lines))
    faults = []
    for cycle in _cycles(graph):
        edges = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        # A recipe is easier to doubt than a host.
        file, row, field = max(
            (lines[edge] for edge in edges), key=lambda at: (at[0], -at[1])
        )
        path = " -> ".join([*cycle, cycle[0]])
        faults.append(
            Fault(file, row, field, f"the recipes run in a circle: {path}",
                  "remove one of these rows")
        )
    return faults


def _cycles(graph: nx.DiGraph) -> Iterator[list[str]]:
    """Yield one cycle of each strongly connected component."""
    for part in nx.strongly_connected_components(graph):
        inside = nx.DiGraph([(a, b) for a, b in graph.edges if {a, b} <= part])
        if inside.edges:
            first = next(node for node in graph if node in part)
            yield [a for a, _ in nx.find_cycle(inside, first)]


def chain_has_a_producer(frames: Frames, names: Names) -> list[Fault]:
    """See that an input that a recipe uses is made somewhere."""
    if not names.get("production"):
        return [_no_rows("production")] if "production" in names else []
    goods, recipes = frames["goods"], frames["recipes"]
    made = names["production"] | set(goods[goods.kit == 1].good)
    capital = set(goods[goods.stage == "capital"].good)
    lacking = set(goods.good) - made - capital
    return [
        Fault("recipes.csv", int(row), column,
              f"{good} has no producer in production.csv",
              "add its output, or remove the row and list the gap in gaps.csv")
        for column in ("good", "input")
        for row, good in zip(recipes.row, recipes[column], strict=True)
        if good in lacking
    ]


RULES: tuple[Callable[[Frames], list[Fault]], ...] = (
    one_unit_a_good,
    capacity_covers_output,
    shares_within_one,
    percent_of_world,
    no_overlap,
    conversions_fit,
    owned_within_one,
    no_cycle,
)
"""Rules over the rows that could be read."""

NAME_RULES: tuple[Callable[[Frames, Names], list[Fault]], ...] = (
    known_names,
    targets_of_events,
    chain_has_a_producer,
)
"""Rules over the names there are, those of rows with a fault included."""


def check_tables(
    frames: Frames, names: Mapping[str, Iterable[str]] | None = None
) -> list[Fault]:
    """Run every rule between tables.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        The tables, as read.
    names : mapping of str to iterable of str, optional
        The names that ``goods``, ``countries``, ``sources``, ``alliances`` and
        ``production`` give, rows with a fault included: what refers to such a
        row is not at fault. A table left out gives none that can be relied on,
        and no rule asks for its names. Taken from `frames` by default.

    Returns
    -------
    list of Fault
        Empty if all rules hold.

    Examples
    --------
    >>> from supplychain.home import data_dir
    >>> from supplychain.tables.reader import read_tables
    >>> check_tables(read_tables(data_dir()).frames)
    []
    """
    if any(name not in frames for name in ("goods", "countries", "sources")):
        return []
    if names is None:
        names = {home: frames[home][column] for home, column in _HOMES.items()}
    known = {home: frozenset(given) for home, given in names.items()}
    return [
        *(fault for rule in RULES for fault in rule(frames)),
        *(fault for rule in NAME_RULES for fault in rule(frames, known)),
    ]
