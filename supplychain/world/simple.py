"""A world from two plain tables: who makes and needs what, and what it takes.

For one's own data, where the full set of tables (``data/``) is more than there is:
every user buys from every producer in proportion to output, and all assumptions are
those of a model.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd

from supplychain.errors import DataError, Fault, ScenarioError
from supplychain.home import data_dir
from supplychain.ids import NOBODY
from supplychain.tables.model import Model, load_model
from supplychain.tables.names import nearest
from supplychain.tables.reader import read_tables
from supplychain.world.export import world_from_frames

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from supplychain.world.world import World

__all__ = ["world_from_tables"]

_BALANCE = 1e-9
_MISSING = "column is missing"
_REQUIRED: Mapping[str, Mapping[str, type]] = {
    "balance": {"good": str, "country": str, "output": float, "demand": float},
    "recipes": {"good": str, "input": str, "quantity": float},
}
_OPTIONAL: Mapping[str, Mapping[str, type]] = {
    "balance": {"capacity": float, "unit": str}, "recipes": {"phi": float},
}
_KEYS = {"balance": ["good", "country"], "recipes": ["good", "input"]}
_ABSENT: Mapping[str, object] = {"capacity": math.nan, "unit": "unit", "phi": math.nan}


def world_from_tables(
    balance: pd.DataFrame | str | Path,
    recipes: pd.DataFrame | str | Path,
    *,
    country: str,
    target: str,
    statuses: Mapping[str, str] | None = None,
    prices: Mapping[str, float] | None = None,
    model: str | Path | Model = "pax_silica",
    year: int | None = None,
) -> World:
    r"""Make a world from two tables.

    Flows are proportional: j buys of g from i

    .. math:: x_{gij} = N_{gj}\, q^0_{gi} / \sum_h q^0_{gh}

    with need N what its own plants use and final demand. Output that neither uses
    is other use that belongs to nobody, and is said in ``world.notes``.

    Parameters
    ----------
    balance : pandas.DataFrame or path of a CSV file
        One row a good and country: ``good``, ``country``, ``output``, ``demand``
        (final) [unit of the good a year; empty: none]; optionally ``capacity``
        (empty: unknown, then output can surge as the model says) and ``unit``.
    recipes : pandas.DataFrame or path of a CSV file
        One row a good and input: ``good``, ``input``, ``quantity`` [units of the
        input a unit of the good]; optionally ``phi``, the share of output that
        stops with the input, 0..1 (empty: as the model says).
    country, target : str
        The country studied and the dominant supplier.
    statuses : mapping of str to str, optional
        Status by country in the alliance of the model; nobody is in by default.
    prices : mapping of str to float, optional
        By good [USD per unit]; a good without one weighs as the model values
        goods without a price.
    model : str, pathlib.Path or Model
        The assumptions; what it says of tools (capital goods) is left out.
    year : int, optional
        Of the tables, for captions; the model's by default.

    Returns
    -------
    World
        Without source tables: what needs those (projects, episodes, dates) says so.

    Raises
    ------
    DataError
        With every fault of both tables; whether they balance is looked at once
        every cell is sound.
    ScenarioError
        If a country or status is unknown.

    Examples
    --------
    >>> made = pd.DataFrame({
    ...     "good": ["ore", "ore", "magnet", "magnet"],
    ...     "country": ["AAA", "BBB", "AAA", "CCC"],
    ...     "output": [90, 10, 50, 0], "demand": [0, 0, 10, 40]})
    >>> takes = pd.DataFrame({"good": ["magnet"], "input": ["ore"], "quantity": [2]})
    >>> world = world_from_tables(made, takes, country="CCC", target="AAA")
    >>> float(world.flows.flow["magnet", "AAA", "CCC"])
    40.0
    """
    faults: list[Fault] = []
    names = {"balance": _name(balance, "balance"), "recipes": _name(recipes, "recipes")}
    made = _read(balance, "balance", names["balance"], faults)
    takes = _read(recipes, "recipes", names["recipes"], faults)
    if any(f.problem == _MISSING for f in faults):
        raise DataError(faults)
    order = _order(made, takes, names, faults)
    if faults:
        raise DataError(faults)
    made["output"], made["demand"] = made.output.fillna(0.0), made.demand.fillna(0.0)
    total = made.groupby("good").output.sum()
    used = _use(made, takes)
    faults = _balanced(made, total, used, names["balance"])
    faults += [
        Fault("prices", None, g, f"is no price above 0 of a good ({p})",
              f"give USD per unit; {nearest(g, order)}")
        for g, p in (prices or {}).items() if g not in order or not p > 0
    ]
    if faults:
        raise DataError(faults)
    read = model if isinstance(model, Model) else load_model(model)
    held = _checked(read, set(made.country), country, target, statuses or {})
    read = read.revised(
        country=country, target=target, goods="all", capital={},
        year=read.scope.year if year is None else year,
    )
    demand, notes = _demand(made, total, used)
    world = world_from_frames(read, {
        "goods": _goods(read, made, order, total, prices or {}),
        "nodes": made[made.output > 0].assign(
            basis="own", year="", source_id=names["balance"], confidence="",
        ).drop(columns=["demand", "unit"]),
        "recipes": takes.rename(columns={"quantity": "b"}).assign(
            phi=[read.phi(r.good, r.input) if math.isnan(r.phi) else r.phi
                 for r in takes.itertuples()],
            basis="own", scope="world", source_id=names["recipes"], confidence="",
        ),
        "flows": _flows(made, total, used, demand),
        "demand": demand,
        "memberships": pd.DataFrame([
            {"alliance": read.scope.alliance, "country": c, "status": s,
             "eu_represented": 0, "source_id": "own"} for c, s in held.items()
        ]),
        "countries": _countries({*made.country, *held, NOBODY}),
    })
    return replace(world, notes=notes)


def _name(given: pd.DataFrame | str | Path, name: str) -> str:
    return name if isinstance(given, pd.DataFrame) else Path(given).name


def _read(
    given: pd.DataFrame | str | Path, kind: str, name: str, faults: list[Fault]
) -> pd.DataFrame:
    """Return a table with typed columns; every fault of it is added."""
    frame = given if isinstance(given, pd.DataFrame) else pd.read_csv(
        given, keep_default_na=False, na_values=[""])
    missing = [c for c in _REQUIRED[kind] if c not in frame]
    faults += [Fault(name, 1, c, _MISSING, "add it") for c in missing]
    columns = {**_REQUIRED[kind], **_OPTIONAL[kind]}
    unknown = [str(c) for c in frame if c not in columns]
    faults += [Fault(name, 1, c, "column is unknown", nearest(c, columns))
               for c in unknown]
    if missing:
        return pd.DataFrame(columns=list(columns))
    result = pd.DataFrame(index=range(len(frame)))
    for column, what in columns.items():
        cells = (frame[column] if column in frame else pd.Series(
            [_ABSENT[column]] * len(frame))).reset_index(drop=True)
        if what is str:
            result[column] = cells.fillna("").astype(str).str.strip()
            if column in _KEYS[kind]:
                faults += [_fault(name, at, column, "is empty", "name it")
                           for at in result.index[result[column] == ""]]
        else:
            result[column] = pd.to_numeric(cells, errors="coerce")
            faults += _numbers(name, column, cells, result[column])
    twice = result.duplicated(_KEYS[kind])
    faults += [_fault(name, at, _KEYS[kind][0], "stands here a second time",
                      "give one row for each " + " and ".join(_KEYS[kind]))
               for at in result.index[twice]]
    return result


def _fault(
    name: str, at: Hashable, field: str, problem: str, remedy: str
) -> Fault:
    """Return a fault of a row; row 1 of a file is its header."""
    return Fault(name, int(str(at)) + 2, field, problem, remedy)


def _numbers(
    name: str, column: str, cells: pd.Series, read: pd.Series
) -> list[Fault]:
    most = 1.0 if column == "phi" else math.inf
    needed = column == "quantity"  # a recipe without a quantity says nothing
    faults = []
    for at, (cell, value) in enumerate(zip(cells, read, strict=True)):
        if pd.isna(cell) and not needed:
            continue
        positive = value > 0 if needed else value >= 0
        if not (positive and value <= most and math.isfinite(value)):
            kind = "above 0" if needed else "from 0 to 1" if most == 1 else "0 or more"
            faults.append(_fault(name, at, column, f"{cell!r} is no number {kind}",
                                 "correct it"))
    return faults


def _order(
    made: pd.DataFrame, takes: pd.DataFrame, names: Mapping[str, str],
    faults: list[Fault],
) -> list[str]:
    """Return the goods, inputs first; unknown goods and circles are faults."""
    goods = sorted(set(made.good))
    for column in ("good", "input"):
        faults += [
            _fault(names["recipes"], at, column, f"no good {g!r} in {names['balance']}",
                   nearest(g, goods))
            for at, g in takes[column].items() if g not in goods
        ]
    graph = nx.DiGraph(list(zip(takes.input, takes.good, strict=True)))
    graph.add_nodes_from(goods)
    if not nx.is_directed_acyclic_graph(graph):
        circle = " -> ".join(str(a) for a, _ in nx.find_cycle(graph))
        faults.append(Fault(names["recipes"], None, "input",
                            f"goes in a circle: {circle}", "leave one recipe out"))
        return goods
    return list(nx.lexicographical_topological_sort(graph))


def _use(made: pd.DataFrame, takes: pd.DataFrame) -> pd.Series:
    """Return what plants use of each input, by good and country."""
    both = made[["good", "country", "output"]].merge(takes, on="good")
    both = both.assign(use=both.quantity * both.output)
    used = both.groupby(["input", "country"]).use.sum()
    return used[used > 0].rename_axis(["good", "country"])


def _balanced(
    made: pd.DataFrame, total: pd.Series, used: pd.Series, name: str
) -> list[Fault]:
    """Return goods that are needed beyond their output, and capacities below it."""
    need = used.groupby(level=0).sum().add(
        made.groupby("good").demand.sum(), fill_value=0.0)
    faults = [
        Fault(name, None, str(g), f"recipes and demand take {need[g]:.6g}, the world "
              f"makes {made_of:.6g}", "correct one of them; none is scaled")
        for g, made_of in total.items() if need[g] > made_of * (1 + _BALANCE)
    ]
    faults += [
        Fault(name, None, str(g), "nobody makes it", "give an output or leave it out")
        for g, made_of in total.items() if made_of == 0 and need[g] == 0
    ]
    faults += [
        _fault(name, at, "capacity", "is less than output", "correct one of them")
        for at in made.index[made.capacity < made.output]
    ]
    if not (made.demand > 0).any():
        faults.append(Fault(name, None, "demand", "nobody needs a final product",
                            "give the demand for at least one"))
    return faults


def _checked(
    model: Model, places: set[str], country: str, target: str,
    statuses: Mapping[str, str],
) -> dict[str, str]:
    """Return every status, that of the country studied the lowest by default."""
    for place in (country, target, *statuses):
        if place not in places:
            raise ScenarioError(f"no country {place!r}; {nearest(place, places)}")
    if country == target:
        raise ScenarioError(f"country and target are both {country!r}; name two")
    for status in statuses.values():
        model.intensity(status)  # raises if unknown
    return {country: model.scope.rungs[0], **statuses}


def _demand(
    made: pd.DataFrame, total: pd.Series, used: pd.Series
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return final demand and what is left over, and what was left over in words."""
    rows = made[made.demand > 0][["good", "country", "demand"]]
    rows = rows.rename(columns={"demand": "final"}).assign(other=0.0)
    notes, extra = [], []
    for good, output in total.items():
        taken = float(used.get(good, pd.Series(dtype=float)).sum())
        left = float(output) - taken - float(rows.final[rows.good == good].sum())
        if left > _BALANCE * float(output):
            notes.append(f"{good}: {left:.4g} of {output:.4g} has no user in the "
                         "tables and is other use of nobody")
            extra.append({"good": good, "country": NOBODY, "final": 0.0, "other": left})
    return pd.concat([rows, pd.DataFrame(extra, columns=rows.columns)],
                     ignore_index=True) if extra else rows, tuple(notes)


def _flows(
    made: pd.DataFrame, total: pd.Series, used: pd.Series, demand: pd.DataFrame
) -> pd.DataFrame:
    """Return flows in proportion to output."""
    wanted = demand.set_index(["good", "country"]).sum(axis=1)
    need = wanted.add(used, fill_value=0.0).rename("need").rename_axis(
        ["good", "importer"]).reset_index()
    made = made[made.output > 0][["good", "country", "output"]]
    both = made.rename(columns={"country": "exporter"}).merge(need, on="good")
    flow = both.need * both.output / both.good.map(total)
    return both[["good", "exporter", "importer"]].assign(flow=flow, flow_basis="prior")


def _goods(
    model: Model, made: pd.DataFrame, order: list[str], total: pd.Series,
    prices: Mapping[str, float],
) -> pd.DataFrame:
    """Return the goods with totals and values [USD per unit]."""
    final = set(made.good[made.demand > 0])
    unit = made.groupby("good").unit.first()
    other = model.value("other_use_value")
    return pd.DataFrame([
        {"good": g, "name": g, "stage": "", "unit": unit[g], "chain": "", "host": "",
         "kit": 0, "total": float(total[g]), "primary": float(total[g]),
         "final": g in final, "price": prices.get(g, math.nan),
         "value": prices.get(g, other / float(total[g])),
         "value_basis": "price" if g in prices else "other_use_value"}
        for g in order
    ])


def _countries(codes: set[str]) -> pd.DataFrame:
    """Return what is known of the countries; of codes that are one's own nothing."""
    known = read_tables(data_dir())["countries"].set_index("iso3")
    nothing = {"region": "", "eu_member": 0, "aggregate": 0, "latitude": math.nan,
               "longitude": math.nan, "members": ""}
    rows = [
        {"iso3": c, **({k: known.loc[c, k] for k in ("name", *nothing)}
                       if c in known.index else {"name": c, **nothing})}
        for c in sorted(codes)
    ]
    return pd.DataFrame(rows)
