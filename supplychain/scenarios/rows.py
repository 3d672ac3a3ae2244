"""Rows of the tables whose range matters most: one at a time, low and high."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import DataError, ScenarioError
from supplychain.scenarios.sensitivity import HEADLINES, headlines
from supplychain.tables.names import nearest
from supplychain.tables.schema import KEYS
from supplychain.world.build import moved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

__all__ = ["ranged_rows", "rows_sensitivity", "with_row"]

_SPLITS = {
    "production": ("quantity", "low", "high"),
    "recipes": ("share_of_use", "share_low", "share_high"),
    "demand": ("quantity", "low", "high"),
}


def ranged_rows(world: World, count: int | None = None) -> pd.DataFrame:
    r"""List the rows on which sources disagree, those that weigh most first.

    Weighed by share times range,

    .. math:: (high - low) / Q

    with Q the world output of the good; shares of use are their own.

    Parameters
    ----------
    world : World
        With its tables.
    count : int, optional
        So many rows; all of them without it.

    Returns
    -------
    pandas.DataFrame
        table, key, good, central, low, high, weight [1], source_id, confidence.

    Raises
    ------
    ScenarioError
        If the world came without its tables.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> ranged_rows(load_world(), 3).weight.is_monotonic_decreasing
    True
    """
    tables = _tables(world)
    records = []
    for table, (value, low, high) in _SPLITS.items():
        frame = tables[table]
        frame = frame[(frame[low].notna() | frame[high].notna()) & frame[value].notna()]
        for row in frame.to_dict("records"):
            good = str(row["good"])
            if good not in world.goods.index:
                continue
            middle = float(row[value])
            ends = [middle if pd.isna(row[e]) else float(row[e]) for e in (low, high)]
            size = 1.0 if table == "recipes" else float(world.goods.total[good])
            records.append({
                "table": table,
                "key": "|".join(str(row[k]) for k in KEYS[table]), "good": good,
                "central": middle, "low": ends[0], "high": ends[1],
                "weight": (ends[1] - ends[0]) / size,
                "source_id": row["source_id"], "confidence": row["confidence"],
            })
    frame = pd.DataFrame(records)
    frame = frame[frame.weight > 0].sort_values("weight", ascending=False)
    return frame.head(count).reset_index(drop=True)


def with_row(world: World, table: str, key: str, value: float) -> World:
    """Return the world with another figure in one row of a table.

    A split in per cent keeps its total: the others shrink or grow alike.

    Parameters
    ----------
    world : World
        With its tables.
    table : {"production", "recipes", "demand"}
    key : str
        The row's identity, parts separated by ``|``.
    value : float
        The figure, in the row's unit.

    Returns
    -------
    World

    Raises
    ------
    DataError
        If the figure contradicts other rows.
    ScenarioError
        If there is no such table or row, or the figure is none.
    """
    tables = _tables(world)
    if table not in _SPLITS:
        raise ScenarioError(f"no such table: {nearest(table, _SPLITS)}")
    column, parts = _SPLITS[table][0], key.split("|")
    if len(parts) != len(KEYS[table]):
        raise ScenarioError(f"{key!r} is no row: write {'|'.join(KEYS[table])}")
    if not (math.isfinite(value) and value >= 0):
        raise ScenarioError(f"{value!r} is no figure: use a number, 0 or more")
    frame = tables[table].copy()
    at = pd.Series(data=True, index=frame.index)
    for name, part in zip(KEYS[table], parts, strict=True):
        at &= frame[name] == part
    if at.sum() != 1:
        raise ScenarioError(f"no row {key!r} in {table}.csv")
    if table == "production":
        split = frame[frame.good == parts[0]].set_index("iso3").quantity
        unit = str(frame[at].unit.iloc[0])
        new = moved(split, parts[1], value, unit)
        frame.loc[frame.good == parts[0], column] = new.to_numpy()
    else:
        frame.loc[at, column] = value
    frames = {**tables.frames, table: frame}
    return world.with_tables(replace(tables, frames=frames))


def rows_sensitivity(
    world: World,
    rows: pd.DataFrame,
    *,
    only: Sequence[str] = tuple(HEADLINES),
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Recompute the headline numbers with each row at its low and at its high.

    Parameters
    ----------
    world : World
    rows : pandas.DataFrame
        From :func:`ranged_rows`.
    only : sequence of str
        Headline numbers to keep.
    progress : callable, optional
        Called with (rows done, rows in all).

    Returns
    -------
    pandas.DataFrame
        The rows with headline, at_low, at_central, at_high, effect [1], note.
    """
    base = headlines(world).values
    records = []
    for done, row in enumerate(rows.to_dict("records"), start=1):
        found, note = {}, ""
        for end in ("low", "high"):
            found[end] = base
            if row[end] == row["central"]:
                continue
            try:
                variant = with_row(world, row["table"], row["key"], row[end])
            except DataError as error:
                note = f"{end} contradicts other rows: {error.faults[0].problem}"
                continue
            found[end] = headlines(variant).values
        for name in only:
            ends = [found["low"][name], found["high"][name]]
            records.append({
                **row, "headline": name, "at_low": ends[0], "at_central": base[name],
                "at_high": ends[1],
                "effect": max(abs(x - base[name]) for x in ends), "note": note,
                "unit": "share (0-1)",
            })
        if progress is not None:
            progress(done, len(rows))
    frame = pd.DataFrame(records)
    rank = frame.groupby("key").effect.transform("max")
    return frame.assign(rank=rank).sort_values(
        ["rank", "key", "headline"], ascending=[False, True, True], ignore_index=True
    ).drop(columns="rank")


def _tables(world: World) -> Tables:
    if world.tables is None:
        raise ScenarioError("this world came without its tables")
    return world.tables
