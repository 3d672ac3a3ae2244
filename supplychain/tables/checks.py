"""Rules between tables: one function a rule, each returns every fault it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import networkx as nx
import pandas as pd

from supplychain.errors import Fault

__all__ = ["RULES", "check_tables"]

Frames = Mapping[str, pd.DataFrame]

_GOOD_COLUMNS = {
    "production": ("good",), "capacity": ("good",), "world_totals": ("good",),
    "recipes": ("good", "input"), "trade": ("good",), "trade_shares": ("good",),
    "demand": ("good",), "prices": ("good",), "stocks": ("good",),
}
_PLACE_COLUMNS = {
    "production": ("iso3",), "capacity": ("iso3",), "demand": ("iso3",),
    "trade": ("exporter", "importer"), "trade_shares": ("exporter", "importer"),
    "governance": ("iso3",),
}
_UNIT_TABLES = ("production", "capacity", "world_totals", "demand", "prices")
_SOURCED = (
    "production", "capacity", "world_totals", "recipes", "trade", "trade_shares",
    "demand", "prices", "stocks", "alliances", "memberships", "events", "governance",
)
# Tolerance of a comparison between two printed figures.
_ROUNDING = 1e-6


def known_names(frames: Frames) -> list[Fault]:
    """Every good, country, alliance and source that is named exists."""
    faults = []
    wanted: list[tuple[dict[str, tuple[str, ...]], set[str], str, str]] = [
        (_GOOD_COLUMNS, set(frames["goods"].good), "good", "goods.csv"),
        (_PLACE_COLUMNS, set(frames["countries"].iso3), "country", "countries.csv"),
        (dict.fromkeys(_SOURCED, ("source_id",)), set(frames["sources"].source_id),
         "source", "sources.csv"),
        ({"memberships": ("alliance",)}, set(frames["alliances"].alliance),
         "alliance", "alliances.csv"),
    ]
    for columns_of, known, what, home in wanted:
        for table, columns in columns_of.items():
            frame = frames[table]
            for column in columns:
                bad = frame[~frame[column].isin(known)]
                faults += [
                    Fault(f"{table}.csv", int(row), column,
                          f"{what} {value!r} is unknown", f"add it to {home}")
                    for row, value in zip(bad.row, bad[column], strict=True)
                ]
    hosts = frames["goods"].dropna(subset=["host"])
    faults += [
        Fault("goods.csv", int(row), "host", f"good {host!r} is unknown",
              "name a good of the table")
        for row, host in zip(hosts.row, hosts.host, strict=True)
        if host not in set(frames["goods"].good)
    ]
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
    faults = []
    table = frames["memberships"].sort_values(["alliance", "iso3", "valid_from"])
    for (alliance, iso3), rows in table.groupby(["alliance", "iso3"]):
        before = None
        for r in rows.itertuples():
            open_end = before is not None and pd.isna(before.valid_to)
            if before is not None and (open_end or before.valid_to >= r.valid_from):
                faults.append(
                    Fault("memberships.csv", int(r.row), "valid_from",
                          f"{iso3} in {alliance}: overlaps row {before.row}",
                          "end the earlier row on the day before")
                )
            before = r
    return faults


def no_cycle(frames: Frames) -> list[Fault]:
    """Recipes and hosts have no cycle: nothing is made of itself."""
    edges = [
        (r.input, r.good, int(r.row)) for r in frames["recipes"].itertuples()
    ]
    graph = nx.DiGraph([(a, b) for a, b, _ in edges])
    graph.add_edges_from(
        (r.host, r.good) for r in frames["goods"].dropna(subset=["host"]).itertuples()
    )
    try:
        cycle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return []
    pairs = {(a, b) for a, b, *_ in cycle}
    row = next((line for a, b, line in edges if (a, b) in pairs), None)
    path = " -> ".join([*(a for a, *_ in cycle), cycle[0][0]])
    return [
        Fault("recipes.csv", row, "input", f"the recipes run in a circle: {path}",
              "remove one of these rows")
    ]


def chain_has_a_producer(frames: Frames) -> list[Fault]:
    """See that an input that a recipe uses is made somewhere."""
    goods = frames["goods"]
    made = set(frames["production"].good) | set(goods[goods.kit == 1].good)
    capital = set(goods[goods.stage == "capital"].good)
    return [
        Fault("recipes.csv", int(r.row), column,
              f"{getattr(r, column)} has no producer in production.csv",
              "add its output, or remove the row and list the gap in gaps.csv")
        for r in frames["recipes"].itertuples()
        for column in ("good", "input")
        if getattr(r, column) in set(goods.good) - made - capital
    ]


RULES: tuple[Callable[[Frames], list[Fault]], ...] = (
    known_names,
    one_unit_a_good,
    capacity_covers_output,
    shares_within_one,
    percent_of_world,
    no_overlap,
    no_cycle,
    chain_has_a_producer,
)
"""Every rule between tables."""


def check_tables(frames: Frames) -> list[Fault]:
    """Run every rule between tables.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        The tables, as read.

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
    return [fault for rule in RULES for fault in rule(frames)]
