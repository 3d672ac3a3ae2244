"""Tables beside the results: coverage, concentration, assumptions, projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.ids import ROW, UNALLOCATED
from supplychain.measures.concentration import concentration
from supplychain.world.projects import feed_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supplychain.world.world import World

__all__ = [
    "assumption_table",
    "capacity_worlds",
    "concentration_table",
    "coverage_table",
    "feed_of_path",
    "project_table",
    "source_table",
]


def project_table(worlds: Sequence[World]) -> pd.DataFrame:
    """Return what each project adds, by capacity year, and why or why not.

    Parameters
    ----------
    worlds : sequence of World
        From :func:`capacity_worlds`.

    Returns
    -------
    pandas.DataFrame
        Column capacity_of names the year and the rule; capacity is in
        capacity_unit as the source states it, added in unit.
    """
    frames = [
        at.plans.rename(columns={"unit": "capacity_unit", "good_unit": "unit"})
        .assign(capacity_of=at.model.scope.capacity)
        for at in worlds if at.plans is not None
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def feed_of_path(worlds: Sequence[World]) -> pd.DataFrame:
    """Return what the new plants would use, beside what their country makes.

    Parameters
    ----------
    worlds : sequence of World
        From :func:`capacity_worlds`.

    Returns
    -------
    pandas.DataFrame
        From :func:`supplychain.world.projects.feed_table`, by capacity year.
    """
    frames = [
        feed_table(at).assign(capacity_of=at.model.scope.capacity)
        for at in worlds
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def capacity_worlds(world: World) -> list[World]:
    """Return the world itself and at each year of its capacity path.

    Parameters
    ----------
    world : World

    Returns
    -------
    list of World
    """
    if world.tables is None:
        return [world]
    path = world.model.scope.capacity_path
    return [world, *(world.at_year(p.year, p.projects) for p in path)]


def concentration_table(world: World) -> pd.DataFrame:
    """Return concentration of every good, with its denominators named.

    Parameters
    ----------
    world : World

    Returns
    -------
    pandas.DataFrame
        One row a good.
    """
    scope = world.model.scope
    members = {*world.incumbents, scope.country}
    rows = []
    for good in world.goods.index:
        if world.goods.kit[good] == 1:
            continue
        nodes = world.nodes.loc[good]
        # Scrap apart: the shares are those that sources print.
        output = (nodes.output - nodes.secondary)[lambda made: made > 0]
        need = pd.Series(
            world.network.need.get(good, {}), dtype=float
        ) * world.network.unit.get(good, 1.0)
        if need.empty:
            need = output * float("nan")
        rows.append({
            "good": good, "stage": world.goods.stage[good],
            **concentration(output, need, members),
            f"share_{scope.target}": float(
                output.get(scope.target, 0.0) / output.sum()
            ),
            f"share_{scope.country}": float(
                output.get(scope.country, 0.0) / output.sum()
            ),
            "basis": str(world.nodes.basis.loc[good].mode().iloc[0]),
            "unit": "HHI 0-1; shares 0-1",
        })
    return pd.DataFrame(rows)


def coverage_table(world: World) -> pd.DataFrame:
    """Return what is known of every good, and what is missing.

    Parameters
    ----------
    world : World

    Returns
    -------
    pandas.DataFrame
        One row a good of the network (kind ``good``) and one a gap (``gap``).
    """
    scope, net = world.model.scope, world.network
    rows: list[dict[str, object]] = []
    conflicts = _conflict_text(world)
    for good in world.goods.index:
        nodes = world.nodes.loc[good]
        nodes = nodes[~nodes.basis.isin(["scrap", "project"])]
        made = nodes.output - nodes.secondary
        total = float(made.sum())
        loose = made[made.index.isin([ROW, UNALLOCATED])].sum()
        chain = [g for g in net.upstream.get(good, (good,)) if g in world.nodes.index]
        years = sorted({int(y) for g in chain for y in world.nodes.year.loc[g]})
        kit = world.goods.kit[good] == 1
        rows.append({
            "kind": "good", "good": good, "stage": world.goods.stage[good],
            "year": int(nodes.year.mode().iloc[0]),
            "source_id": ";".join(sorted(set(nodes.source_id))),
            "share_allocated": float("nan") if kit else 1 - float(loose / total),
            "confidence": str(nodes.confidence.mode().iloc[0]),
            f"share_{scope.target}": float("nan") if kit else float(
                made.get(scope.target, 0.0) / total),
            f"share_{scope.country}": float("nan") if kit else float(
                made.get(scope.country, 0.0) / total),
            "basis": ";".join(sorted(set(nodes.basis))),
            "conflicts": conflicts.get(good, ""),
            "vintages_in_chain": f"{years[0]}-{years[-1]}",
            "treatment": "kit: demanded where it is consumed" if kit
            else "in the network",
            "missing": "", "looked_for_in": "", "unit": "shares 0-1",
        })
    if world.tables is not None:
        rows += [
            {
                "kind": "gap", "good": r.good, "stage": r.field,
                "missing": r.what_is_missing, "looked_for_in": r.looked_for_in,
                "treatment": r.treatment, "unit": "",
            }
            for r in world.tables["gaps"].itertuples()
        ]
    return pd.DataFrame(rows)


def _conflict_text(world: World) -> dict[str, str]:
    if world.tables is None:
        return {}
    made = world.tables["production"]
    rows = made[made.low.notna() | made.high.notna()]
    result: dict[str, list[str]] = {}
    for r in rows.itertuples():
        low = r.quantity if pd.isna(r.low) else r.low
        high = r.quantity if pd.isna(r.high) else r.high
        result.setdefault(r.good, []).append(f"{r.iso3} {low:g}-{high:g}")
    return {good: "; ".join(text) for good, text in result.items()}


def assumption_table(world: World) -> pd.DataFrame:
    """Return every assumption in force, with range and evidence.

    Parameters
    ----------
    world : World

    Returns
    -------
    pandas.DataFrame
        name, value, low, central, high, unit, symbol, assumption, meaning,
        evidence, used_by.
    """
    model = world.model
    rows = []
    named = {**model.assumptions,
             **{f"status:{s}": a for s, a in model.statuses.items()},
             "severity": model.severities}
    for name, a in named.items():
        rows.append({
            "name": name,
            "value": model.overrides.get(name, a.central),
            "low": a.low, "central": a.central, "high": a.high, "unit": a.unit,
            "symbol": a.symbol, "assumption": a.assumption,
            "meaning": a.meaning or name, "evidence": a.evidence,
            "used_by": a.used_by or (
                "lambda of the status" if name.startswith("status:") else "shocks"
            ),
        })
    for name, channel in model.channels.items():
        acts = channel.enabled and channel.horizon == "year"
        rows.append({
            "name": f"channel:{name}", "value": float(channel.enabled),
            "unit": "switch", "assumption": channel.assumption,
            "meaning": f"acts on {channel.acts_on}",
            "evidence": channel.evidence,
            "used_by": "this run" if acts else "not applicable at this horizon"
            if channel.horizon != "year" else "switched off",
        })
    return pd.DataFrame(rows)


def source_table(world: World) -> pd.DataFrame:
    """Return the sources that the world rests on.

    Parameters
    ----------
    world : World

    Returns
    -------
    pandas.DataFrame
        The rows of ``sources`` that a table of this run refers to.
    """
    if world.tables is None:
        return pd.DataFrame()
    used = set(world.nodes.source_id) | set(world.recipes.source_id)
    for table in ("production", "demand", "prices", "trade", "trade_shares",
                  "memberships", "capacity"):
        used |= set(world.tables[table].source_id)
    sources = world.tables["sources"].drop(columns="row")
    return sources[sources.source_id.isin(used)].reset_index(drop=True)
