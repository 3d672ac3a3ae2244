"""What is being built: the capacity that projects add by a year, and its feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.world.secondary import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.tables.model import Model
    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

__all__ = ["PLAN_COLUMNS", "RULES", "feed_table", "with_projects"]

RULES: dict[str, tuple[str, ...]] = {
    "operating": ("operating",),
    "under_construction": ("operating", "under_construction"),
    "announced": ("operating", "under_construction", "announced"),
}
"""Which statuses count under each rule: each takes in those before it."""

PLAN_COLUMNS = (
    "project", "name", "good", "country", "status", "start", "capacity", "unit",
    "factor", "added", "good_unit", "counted", "reason", "source_id", "confidence",
)


def _reason(row: object, model: Model, in_network: bool, factor: float | None) -> str:
    """Return why a project does not count; empty if it does."""
    scope, status = model.scope, row.status  # type: ignore[attr-defined]
    start, capacity = row.start, row.capacity  # type: ignore[attr-defined]
    if not in_network:
        return "its good has no output of its own in the network"
    if pd.isna(capacity):
        return "capacity unknown"
    if factor is None:
        return "no sourced conversion into the unit of the good"
    if status not in RULES[scope.projects]:
        return f"{status}: not counted under the rule {scope.projects}"
    if pd.isna(start):
        return "start unknown"
    if start <= scope.year:
        return f"begins by {scope.year}: part of the calibration year"
    if start > (scope.capacity_year or scope.year):
        return "begins later"
    return ""


def with_projects(
    tables: Tables, model: Model, goods: pd.DataFrame, nodes: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Add the capacity of projects that run by the World's year.

    .. math:: K^+_n = u \sum_{projects} K

    with u the utilization. A project counts if its status is in the rule, its
    first output lies after the calibration year and by the World's year, and its
    capacity is stated in a unit that a source converts into the good's.

    Parameters
    ----------
    tables : Tables
        With ``projects`` and ``conversions``.
    model : Model
        With the year, the rule and ``project_utilization`` [1].
    goods : pandas.DataFrame
        Indexed by good: unit, kit, stage.
    nodes : pandas.DataFrame
        Indexed by (good, country).

    Returns
    -------
    nodes : pandas.DataFrame
        With column added [unit a year]; countries that make nothing yet included.
    plans : pandas.DataFrame
        One row a project: what it adds and why, or why not.
    """
    nodes = nodes.assign(added=0.0)
    table = tables["projects"]
    if model.scope.goods != "all":
        table = table[table.good.isin(model.scope.goods)]
    factors: Mapping[tuple[str, str], float] = (
        tables["conversions"].set_index(["good", "unit"]).factor.to_dict()
    )
    use = model.value("project_utilization")
    records = []
    for row in table.itertuples():
        in_network = (
            row.good in goods.index
            and goods.kit[row.good] == 0 and goods.stage[row.good] != "capital"
        )
        unit = str(goods.unit[row.good]) if row.good in goods.index else ""
        factor = 1.0 if row.unit == unit else factors.get((row.good, row.unit))
        reason = _reason(row, model, in_network, factor)
        counts = not reason and factor is not None
        records.append({
            "project": row.project, "name": row.name, "good": row.good,
            "country": row.iso3, "status": row.status, "start": row.start,
            "capacity": row.capacity, "unit": row.unit,
            "factor": factor,
            "added": use * row.capacity * factor if counts and factor else 0.0,
            "good_unit": unit, "counted": int(counts), "reason": reason,
            "source_id": row.source_id, "confidence": row.confidence,
        })
    plans = pd.DataFrame(records, columns=list(PLAN_COLUMNS))
    extra = []
    for (good, country), part in plans[plans.added > 0].groupby(["good", "country"]):
        if (good, country) in nodes.index:
            nodes.loc[(good, country), "added"] = part.added.sum()
            continue
        extra.append({
            "good": good, "country": country, "output": 0.0, "secondary": 0.0,
            "capacity": 0.0, "added": part.added.sum(), "basis": "project",
            "year": int(part.start.max()), "source_id": ";".join(
                sorted(set(part.source_id))), "confidence": "low",
        })
    if extra:
        new = pd.DataFrame(extra).set_index(["good", "country"])
        nodes = pd.concat([nodes, new[nodes.columns]])
    return in_order(nodes, goods), plans


def feed_table(world: World) -> pd.DataFrame:
    r"""Return what the new plants of each country need, beside what it makes.

    For each node with K+ and each input, what the new capacity would use and what
    the country's own output of that input (its projects included) leaves after
    what is used there already,

    .. math:: \min\{1, \max(0,\; q_{ck} + K^+_{ck} - N_{ck}) / (b_{kp} K^+_{cp})\}

    is the share of it that need not be imported.

    Parameters
    ----------
    world : World
        At a year.

    Returns
    -------
    pandas.DataFrame
        good, country, added, input, needed, made_at_home, used_already,
        home_share [1], unit, input_unit.
    """
    rows = []
    nodes = world.nodes
    net = world.network
    for (good, country), added in nodes.added[nodes.added > 0].items():
        for used in net.inputs[good]:
            needed = float(world.recipes.b[good, used]) * added
            made = nodes.output.get((used, country), 0.0) + nodes.added.get(
                (used, country), 0.0)
            already = net.need[used].get(country, 0.0) * net.unit[used]
            share = min(1.0, max(0.0, made - already) / needed) if needed > 0 else 1.0
            rows.append({
                "good": good, "country": country, "added": added,
                "unit": world.goods.unit[good], "input": used, "needed": needed,
                "made_at_home": made, "used_already": already,
                "input_unit": world.goods.unit[used], "home_share": share,
            })
    return pd.DataFrame(rows, columns=[
        "good", "country", "added", "unit", "input", "needed", "made_at_home",
        "used_already", "input_unit", "home_share",
    ])
