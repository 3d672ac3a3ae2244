"""Make a world from tables and a model: outputs, recipes, needs, baseline flows."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Literal

import networkx as nx
import pandas as pd

from supplychain.errors import DataError, Fault, ScenarioError
from supplychain.home import data_dir
from supplychain.ids import NOBODY, ROW, UNALLOCATED
from supplychain.tables.model import Model, load_model
from supplychain.tables.model_checks import check_model
from supplychain.tables.reader import Tables, read_tables
from supplychain.world.flows import baseline_flows
from supplychain.world.membership import statuses_at
from supplychain.world.projects import with_projects
from supplychain.world.secondary import in_order, rate, with_scrap
from supplychain.world.world import World

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

__all__ = ["Conflicts", "build_world", "load_world", "moved"]

Conflicts = Literal["central", "low", "high"]

_BALANCE = 1e-9


def load_world(
    model: str | Path | Model = "pax_silica",
    as_of: str | dt.date | None = None,
    *,
    data: Path | None = None,
) -> World:
    """Read tables and model and return the world at a date.

    Parameters
    ----------
    model : str, pathlib.Path or Model
        Shipped model, folder of a model, or a model already read.
    as_of : str or datetime.date, optional
        Day at which memberships are read; the model's own day by default.
    data : pathlib.Path, optional
        Another folder of tables.

    Returns
    -------
    World

    Raises
    ------
    DataError
        With every fault of the tables or of the model.

    Examples
    --------
    >>> world = load_world(as_of="2026-01-31")
    >>> world.status("pax_silica", "IND")
    'invited'
    """
    read = model if isinstance(model, Model) else load_model(model)
    if as_of is not None:
        read = read.revised(as_of=as_of)
    tables = read_tables(data or data_dir())
    key = (tuple(sorted(tables.hashes.items())), read.hash)
    if key not in _BUILT:
        _BUILT[key] = build_world(tables, read)
    _BUILT.move_to_end(key)
    while len(_BUILT) > _KEPT:
        _BUILT.popitem(last=False)
    return _apart(_BUILT[key], tables)


_BUILT: OrderedDict[tuple[tuple[tuple[str, str], ...], str], World] = OrderedDict()
"""Worlds built in this process, by the contents of tables and model."""
_KEPT = 4


def _apart(world: World, tables: Tables) -> World:
    """Return a world with frames of its own: what is done to them stays with it."""
    frames = {
        f.name: value.copy(deep=False)  # pandas copies on write
        for f in fields(world)
        if isinstance(value := getattr(world, f.name), pd.DataFrame)
    }
    return replace(world, tables=tables, **frames)


def build_world(
    tables: Tables, model: Model, *, conflicts: Conflicts = "central"
) -> World:
    """Build the world from checked tables and a model.

    Parameters
    ----------
    tables : Tables
        The facts.
    model : Model
        The assumptions.
    conflicts : {"central", "low", "high"}
        Which end of the conflicting figures of the *target* to take; the rest
        of that split is scaled so that its world total stays.

    Returns
    -------
    World

    Raises
    ------
    DataError
        If recipes use more of a good than the world makes.
    ScenarioError
        If the model names a country, alliance or good the tables lack.
    """
    faults = check_model(model, tables.frames)
    if faults:
        raise DataError(faults)
    _known_scope(tables, model)
    output = _output(tables, model, conflicts)
    goods = _goods(tables, model, output)
    flows_goods = goods[goods.stage != "capital"].index
    recipes = _recipes(tables, model, goods)
    kits = _kits(tables, goods)
    nodes = _nodes(tables, model, output, kits, goods)
    recipe_use = _recipe_use(nodes, recipes)
    _use_within_output(tables, goods, recipes, recipe_use)
    demand, notes = _demand(tables, goods, recipe_use)
    nodes = with_scrap(nodes, goods, recipe_use, demand, model)
    flows, residuals, unused = baseline_flows(
        tables, model, flows_goods, nodes, recipe_use, demand
    )
    nodes, plans = with_projects(tables, model, goods, nodes)
    countries = tables["countries"].set_index("iso3").sort_index()
    return World(
        model=model,
        goods=goods,
        nodes=nodes,
        recipes=recipes,
        demand=demand,
        flows=flows,
        statuses=statuses_at(tables["memberships"], model.scope.as_of),
        countries=countries,
        residuals=residuals,
        notes=(*notes, *unused),
        plans=plans,
        tables=tables,
        conflicts=conflicts,
    )


def _known_scope(tables: Tables, model: Model) -> None:
    from supplychain.tables.names import nearest

    places = set(tables["countries"].iso3)
    for country in (model.scope.country, model.scope.target):
        if country not in places:
            raise ScenarioError(f"no country {country!r}; {nearest(country, places)}")
    if model.scope.country == model.scope.target:
        raise ScenarioError(
            f"country and target are both {model.scope.country!r}; name two"
        )
    alliances = set(tables["alliances"].alliance)
    if model.scope.alliance not in alliances:
        raise ScenarioError(
            f"no alliance {model.scope.alliance!r}; "
            f"{nearest(model.scope.alliance, alliances)}"
        )
    if model.scope.goods != "all":
        unknown = set(model.scope.goods) - set(tables["goods"].good)
        if unknown:
            hints = "; ".join(nearest(g, tables["goods"].good) for g in sorted(unknown))
            raise ScenarioError(f"no good {', '.join(sorted(unknown))}; {hints}")


def _output(tables: Tables, model: Model, conflicts: Conflicts) -> pd.DataFrame:
    """Return production, unallocated output added, the target at `conflicts`."""
    made = tables["production"].set_index(["good", "iso3"]).sort_index()
    if model.scope.goods != "all":
        made = made[made.index.get_level_values(0).isin(model.scope.goods)]
    quantity = made.quantity.copy()
    target = model.scope.target
    if conflicts != "central":
        for good, iso3 in made.index[made[conflicts].notna()]:
            if iso3 == target:
                new = float(made.loc[(good, iso3), conflicts])
                quantity.loc[good] = moved(quantity[good], iso3, new, made.unit[
                    good, iso3]).to_numpy()
    before = made.quantity.groupby(level=0).sum()
    made = made.assign(output=quantity)
    extra = []
    for good, total in quantity.groupby(level=0).sum().items():
        # The target alone is listed: what it does not make belongs to nobody.
        short = float(before[good] - total)
        first = made.loc[good].iloc[0]
        if first.unit == "% of world" and short > 1e-9 * float(before[good]):
            extra.append({
                "good": good, "iso3": UNALLOCATED, "unit": first.unit, "output": short,
                "year": first.year, "basis": "conflict", "source_id": first.source_id,
                "confidence": "low", "note": "rest of the target's lower figure",
            })
    for good in made.index.unique(0):
        name = f"unallocated_share:{good}"
        share = model.value(name) if name in model.assumptions else 0.0
        if share > 0 and (good, UNALLOCATED) not in made.index:
            first = made.loc[good].iloc[0]
            extra.append({
                "good": good, "iso3": UNALLOCATED, "unit": first.unit,
                "output": share / (1 - share) * made.loc[good].output.sum(),
                "year": first.year, "basis": "assumption", "source_id": name,
                "confidence": "low", "note": "size is an assumption of the model",
            })
    if extra:
        added = pd.DataFrame(extra).set_index(["good", "iso3"])
        made = pd.concat([made, added]).sort_index()
    return made[made.output > 0]


def moved(split: pd.Series, country: str, new: float, unit: str) -> pd.Series:
    """Return a split with another figure for one country.

    A split in per cent keeps its total, so that the others shrink or grow; a
    figure in tonnes comes with a world total of its own.

    Parameters
    ----------
    split : pandas.Series
        By country [unit].
    country : str
    new : float
        Its figure [unit].
    unit : str
        Unit of the split.

    Returns
    -------
    pandas.Series

    Examples
    --------
    >>> made = pd.Series({"CHN": 80.0, "JPN": 15.0, "USA": 5.0})
    >>> moved(made, "CHN", 60.0, "% of world").tolist()
    [60.0, 30.0, 10.0]
    """
    after = split.copy()
    rest = float(split.sum() - split[country])
    if unit == "% of world" and rest > 0:
        after *= max(float(split.sum()) - new, 0.0) / rest
    after[country] = new
    return after


def _goods(tables: Tables, model: Model, output: pd.DataFrame) -> pd.DataFrame:
    """Return the goods in scope in topological order, with totals and values."""
    table = tables["goods"].set_index("good")
    final = tables["demand"][tables["demand"].kind == "final"]
    wanted = set(output.index.unique(0)) | set(
        table[table.kit == 1].index.intersection(final.good)
    )
    if model.scope.goods != "all":
        wanted &= set(model.scope.goods)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(wanted))
    for r in tables["recipes"].itertuples():
        if r.good in wanted and r.input in wanted:
            graph.add_edge(r.input, r.good)
    for r in table[table.host.notna()].itertuples():
        if r.Index in wanted and r.host in wanted:
            graph.add_edge(r.host, r.Index)
    order = list(nx.lexicographical_topological_sort(graph))
    goods = table.loc[order, ["name", "stage", "unit", "chain", "host", "kit"]].copy()
    goods["host"] = [
        h if isinstance(h, str) and h in wanted else "" for h in goods.host
    ]
    made = output.output.groupby(level=0).sum()
    asked = final.groupby("good").quantity.sum()
    listed = [float(asked[g] if goods.kit[g] == 1 else made[g]) for g in order]
    goods["total"] = [
        q / (1 - rate(model, "secondary", g))
        for g, q in zip(order, listed, strict=True)
    ]
    goods["primary"] = [
        q * (1 - rate(model, "secondary_within", g))
        for g, q in zip(order, listed, strict=True)
    ]
    goods["final"] = [g in set(final.good) for g in order]
    prices = (
        tables["prices"].sort_values(["good", "year"])
        .groupby("good").usd_per_unit.last()
    )
    goods["price"] = [float(prices.get(g, math.nan)) for g in order]
    goods["value"] = [
        _unit_value(model, g, goods.price[g], goods.total[g]) for g in order
    ]
    goods["value_basis"] = [
        "price" if not math.isnan(goods.price[g])
        else f"value:{g}" if f"value:{g}" in model.assumptions else "other_use_value"
        for g in order
    ]
    return goods


def _unit_value(model: Model, good: str, price: float, total: float) -> float:
    """Return omega, USD per unit: the price, else the model's assumption."""
    if not math.isnan(price):
        return price
    if f"value:{good}" in model.assumptions:
        return model.value(f"value:{good}")
    return model.value("other_use_value") / total


def _recipes(tables: Tables, model: Model, goods: pd.DataFrame) -> pd.DataFrame:
    """Return b (units per unit) and phi for each (good, input)."""
    records = []
    for r in tables["recipes"].itertuples():
        if r.good not in goods.index or r.input not in goods.index:
            continue
        by_share = not pd.isna(r.share_of_use)
        b = (
            r.share_of_use * goods.total[r.input] / goods.primary[r.good]
            if by_share
            else r.quantity_per_unit
        )
        records.append({
            "good": r.good, "input": r.input, "b": float(b),
            "phi": model.phi(r.good, r.input),
            "basis": "share" if by_share else "engineering", "scope": r.scope,
            "source_id": r.source_id, "confidence": r.confidence,
        })
    columns = ["good", "input", "b", "phi", "basis", "scope", "source_id", "confidence"]
    frame = pd.DataFrame(records, columns=columns).set_index(["good", "input"])
    return frame[frame.b > 0].sort_index()


def _kits(tables: Tables, goods: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes of kits: made where they are consumed."""
    final = tables["demand"][tables["demand"].kind == "final"]
    kits = final[final.good.isin(goods[goods.kit == 1].index) & (final.quantity > 0)]
    frame = kits.assign(output=kits.quantity, basis="consumption")
    return frame.set_index(["good", "iso3"])


def _nodes(
    tables: Tables,
    model: Model,
    output: pd.DataFrame,
    kits: pd.DataFrame,
    goods: pd.DataFrame,
) -> pd.DataFrame:
    """Return one row a node (good, country): output, capacity, provenance."""
    columns = ["output", "basis", "year", "source_id", "confidence"]
    plain = output[output.index.get_level_values(0).isin(goods[goods.kit == 0].index)]
    nodes = pd.concat([plain[columns], kits[columns]])
    capacity = tables["capacity"].set_index(["good", "iso3"]).quantity
    nodes["capacity"] = capacity.reindex(nodes.index).astype(float)
    low = nodes.capacity < nodes.output
    nodes.loc[low, "capacity"] = math.nan  # of another year; surge bound applies
    nodes.index = nodes.index.set_names(["good", "country"])
    nodes["secondary"] = [
        q * rate(model, "secondary_within", g)
        for (g, _), q in zip(nodes.index, nodes.output, strict=True)
    ]
    return in_order(nodes, goods)


def _recipe_use(nodes: pd.DataFrame, recipes: pd.DataFrame) -> pd.Series:
    """Return use of each input by each country, b q0, summed over users.

    Secondary supply (scrap) needs no inputs.
    """
    primary = (nodes.output - nodes.secondary).rename("output")
    merged = primary.reset_index().merge(recipes.b.reset_index(), on="good")
    merged["use"] = merged.b * merged.output
    use = merged.groupby(["input", "country"]).use.sum()
    use.index = use.index.set_names(["good", "country"])
    return use


def _use_within_output(
    tables: Tables, goods: pd.DataFrame, recipes: pd.DataFrame, use: pd.Series
) -> None:
    faults = []
    rows = tables["recipes"].set_index(["good", "input"]).row
    for good, total in use.groupby(level=0).sum().items():
        if total > goods.total[good] * (1 + _BALANCE):
            users = [g for g, k in recipes.index if k == good]
            at = ", ".join(str(int(rows[g, good])) for g in users)
            faults.append(
                Fault("recipes.csv", int(rows[users[0], good]), "quantity_per_unit",
                      f"recipes use {total:.6g} of {good}, the world makes "
                      f"{goods.total[good]:.6g} (rows {at})",
                      "correct a recipe or the output; they are never scaled")
            )
    if faults:
        raise DataError(faults)


def _demand(
    tables: Tables, goods: pd.DataFrame, use: pd.Series
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return final demand and other uses by (good, country), and what was odd."""
    table = tables["demand"]
    asked = dict(list(table.groupby(["good", "kind"])))
    none = table.iloc[:0]
    notes: list[str] = []
    records: list[tuple[str, str, float, float]] = []
    used = use.groupby(level=0).sum()
    for good in goods.index[goods.stage != "capital"]:
        total = float(goods.total[good])
        rows = asked.get((good, "final"), none)
        final = rows.set_index("iso3").quantity.astype(float)
        left = total - float(used.get(good, 0.0)) - float(final.sum())
        if left < -_BALANCE * total:
            if float(used.get(good, 0.0)) > 0:
                raise DataError([
                    Fault("demand.csv", int(rows.row.iloc[0]), "quantity",
                          f"final demand and recipe use of {good} exceed its output "
                          f"by {-left:.6g}", "correct one of them; none is scaled")
                ])
            # A stock draw of the calibration year: what is short stays with the
            # demand that no country owns, else with the rest of the world.
            notes.append(f"{good}: demand exceeds output by {-left:.4g} "
                         f"({-left / total:.1%}); taken off {NOBODY} or {ROW}")
            for place in (NOBODY, ROW):
                cut = min(float(final.get(place, 0.0)), -left)
                if cut > 0:
                    final[place] -= cut
                    left += cut
            if left < -_BALANCE * total:
                raise DataError([
                    Fault("demand.csv", int(rows.row.iloc[0]), "quantity",
                          f"demand for {good} exceeds its output by {-left:.6g}",
                          "correct one of them; none is scaled")
                ])
        other = _other_uses(
            asked.get((good, "apparent"), none), good, max(left, 0.0), total, use, notes
        )
        records += [
            (good, c, float(final.get(c, 0.0)), other.get(c, 0.0))
            for c in sorted(set(final.index) | set(other))
        ]
    frame = pd.DataFrame(records, columns=["good", "country", "final", "other"])
    frame = frame[(frame.final > 0) | (frame.other > 0)]
    return frame.set_index(["good", "country"]).sort_index(), tuple(notes)


def _other_uses(
    rows: pd.DataFrame,
    good: str,
    left: float,
    total: float,
    use: pd.Series,
    notes: list[str],
) -> dict[str, float]:
    """Split what no recipe uses: apparent consumption, the rest nobody's."""
    result: dict[str, float] = {}
    for r in rows.itertuples():
        own = float(use.get((good, r.iso3), 0.0))
        if r.quantity < own:
            notes.append(f"{good}, {r.iso3}: apparent consumption {r.quantity:.4g} is "
                         f"below recipe use {own:.4g} and was replaced by it")
        else:
            result[r.iso3] = float(r.quantity) - own
    if sum(result.values()) > left * (1 + _BALANCE):
        notes.append(f"{good}: apparent consumption exceeds what is left after recipe "
                     f"use ({sum(result.values()):.4g} > {left:.4g}); not allocated")
        result = {}
    rest = left - sum(result.values())
    if rest > 1e-9 * total:
        result[NOBODY] = result.get(NOBODY, 0.0) + rest
    return {c: v for c, v in result.items() if v > 0}
