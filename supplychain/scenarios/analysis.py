"""The whole analysis: every table of a run, from one world."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supplychain.ids import ROW, UNALLOCATED
from supplychain.measures.concentration import concentration
from supplychain.scenarios.chains import ChainResults, Unallocated, chains
from supplychain.scenarios.ladder import Cell, Ladder, LadderResults, ladder_cells
from supplychain.scenarios.sensitivity import assumption_names, sensitivity

if TYPE_CHECKING:
    from supplychain.measures.dependency import Path
    from supplychain.world.world import World

__all__ = ["Analysis", "analyze_world", "assumption_table", "coverage_table"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Analysis:
    """Everything an analysis found, as tidy frames.

    Attributes
    ----------
    world : World
        The world that was analyzed.
    dependency, unlocked, ladder, binding, concentration, coverage, sensitivity,
    assumptions, sources : pandas.DataFrame
        The tables that are written as CSV; every row carries its unit.
    paths : mapping of (good, group) to Path
        Binding paths with their steps.
    solves : mapping of str to int
        Programs solved, by step.
    seconds : mapping of str to float
        Wall time of each step in its own process.
    wall : float
        Wall time of the whole analysis [s].
    confirmed : int
        Headline runs confirmed by a cold solve.
    """

    world: World
    dependency: pd.DataFrame
    unlocked: pd.DataFrame
    ladder: pd.DataFrame
    binding: pd.DataFrame
    concentration: pd.DataFrame
    coverage: pd.DataFrame
    sensitivity: pd.DataFrame
    assumptions: pd.DataFrame
    sources: pd.DataFrame
    paths: Mapping[tuple[str, str], Path]
    solves: Mapping[str, int]
    seconds: Mapping[str, float]
    wall: float
    confirmed: int

    def __repr__(self) -> str:
        return (
            f"Analysis({self.world!r}, {sum(self.solves.values())} solves, "
            f"{self.wall:.1f} s)"
        )


# -- tasks: run in worker processes on the world they were started with ----------
_WORLD: World | None = None


def _start(world: World) -> None:
    global _WORLD
    _WORLD = world


def _run(task: tuple[str, Any]) -> tuple[str, Any, float]:
    """Run one task on the process's world."""
    if _WORLD is None:
        raise RuntimeError("worker started without a world")
    return _task(_WORLD, task)


def _task(world: World, task: tuple[str, Any]) -> tuple[str, Any, float]:
    began = time.perf_counter()
    kind, argument = task
    found: Any
    if kind == "chains":
        found = _chains(world, *argument)
    elif kind == "ladder":
        found = Ladder(world).run(argument, confirm=_headline)
    else:
        found = sensitivity(world, argument)
    return kind, found, time.perf_counter() - began


def _headline(cell: Cell) -> bool:
    return cell.ladder == "A" and cell.channels == "central" and not cell.no_harm


def _chains(world: World, unallocated_as: Unallocated, conflicts: str) -> ChainResults:
    if conflicts == "central" or world.tables is None:
        return chains(
            world, unallocated_as=unallocated_as,
            with_status=unallocated_as != "target_and_demand",
        )
    variant = world.with_conflicts(conflicts)
    touched = _conflicted(world)
    goods = tuple(
        g for g in world.network.goods if touched & set(world.network.upstream[g])
    )
    return chains(
        variant, unallocated_as=unallocated_as, conflicts_as=conflicts, goods=goods,
        with_status=False,
    )


def _conflicted(world: World) -> set[str]:
    """Return goods whose target cell has a range of sources."""
    if world.tables is None:
        return set()
    made = world.tables["production"]
    rows = made[(made.iso3 == world.model.scope.target)
                & (made.low.notna() | made.high.notna())]
    return set(rows.good)


def _tasks(world: World) -> list[tuple[str, Any]]:
    """List the tasks, longest first."""
    cells = ladder_cells(world)
    names = assumption_names(world)
    parts = 2  # one a process: each begins with a base run of its own
    tasks: list[tuple[str, Any]] = [
        ("sensitivity", names[k::parts]) for k in range(parts)
    ]
    shocks = list(world.model.shocks)
    tasks += [("ladder", [c for c in cells if c.shock == s]) for s in shocks]
    tasks += [
        ("chains", ("not_target", "central")), ("chains", ("target", "central")),
        ("chains", ("target_and_demand", "central")),
    ]
    if _conflicted(world):
        tasks += [("chains", ("not_target", end)) for end in ("low", "high")]
    return tasks


def analyze_world(
    world: World,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Run the whole analysis on a world.

    Parameters
    ----------
    world : World
    executor : concurrent.futures.Executor, optional
        Where tasks run; two processes by default. One's own is sent the world
        with each task.
    progress : callable, optional
        Called with (what was done, tasks done, tasks in all).

    Returns
    -------
    Analysis
    """
    began = time.perf_counter()
    tasks = _tasks(world)
    results: list[tuple[str, Any, float]] = []

    def done(result: tuple[str, Any, float]) -> None:
        results.append(result)
        if progress is not None:
            progress(result[0], len(results), len(tasks))

    own = executor is None
    workers = min(2, os.cpu_count() or 1)
    pool: Executor | None = executor
    if own and workers > 1:
        pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context(_method()),
            initializer=_start, initargs=(world,),
        )
    if pool is None:
        for task in tasks:
            done(_task(world, task))
    else:
        job = _run if own else partial(_task, world)
        try:
            futures = [pool.submit(job, task) for task in tasks]
            for future in as_completed(futures):
                done(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        if own:
            pool.shutdown()
    return _collect(world, results, time.perf_counter() - began)


def _method() -> str:
    """Fork where it is safe and quick, else spawn."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"


def _collect(
    world: World, results: list[tuple[str, Any, float]], wall: float
) -> Analysis:
    found: list[ChainResults] = [r for k, r, _ in results if k == "chains"]
    rungs: list[LadderResults] = [r for k, r, _ in results if k == "ladder"]
    swings: list[tuple[pd.DataFrame, int]] = [
        r for k, r, _ in results if k == "sensitivity"
    ]
    order = {"not_target": 0, "target": 1, "target_and_demand": 2, "central": 0,
             "low": 1, "high": 2}
    found.sort(key=lambda r: (
        order[r.dependency.unallocated_as.iloc[0]],
        order[r.dependency.conflicts_as.iloc[0]],
    ))
    first = found[0]
    cells = {c: n for n, c in enumerate(_cell_keys(world))}
    ladder = pd.concat([r.rows for r in rungs], ignore_index=True)
    position = [
        cells.get((a, b, bool(c), d, e), 0) for a, b, c, d, e in zip(
            ladder.ladder, ladder.channels, ladder.no_harm, ladder.shock,
            ladder.severity, strict=True,
        )
    ]
    ladder = ladder.iloc[np.argsort(position, kind="stable")].reset_index(drop=True)
    swing = pd.concat([f for f, _ in swings], ignore_index=True)
    rank = swing.groupby("assumption").effect.max().sort_values(ascending=False)
    swing["rank"] = swing.assumption.map({n: i for i, n in enumerate(rank.index)})
    swing = swing.sort_values(["rank", "headline"]).drop(columns="rank")
    solves: dict[str, int] = {
        "dependency": sum(r.solves for r in found),
        "ladder": sum(r.solves for r in rungs),
        "sensitivity": sum(n for _, n in swings),
    }
    names = {"chains": "dependency"}
    seconds: dict[str, float] = {}
    for kind, _, took in results:
        seconds[names.get(kind, kind)] = seconds.get(names.get(kind, kind), 0.0) + took
    return Analysis(
        world=world,
        dependency=pd.concat([r.dependency for r in found], ignore_index=True),
        unlocked=pd.concat(
            [r.unlocked for r in found if len(r.unlocked)], ignore_index=True
        ),
        ladder=ladder,
        binding=pd.concat([r.binding for r in rungs], ignore_index=True).sort_values(
            ["shock", "severity", "ladder", "channels", "no_harm", "status", "rank"],
            ignore_index=True,
        ),
        concentration=concentration_table(world),
        coverage=coverage_table(world),
        sensitivity=swing.reset_index(drop=True),
        assumptions=assumption_table(world),
        sources=source_table(world),
        paths=first.paths,
        solves=solves,
        seconds=seconds,
        wall=wall,
        confirmed=sum(r.confirmed for r in rungs),
    )


def _cell_keys(world: World) -> list[tuple[str, str, bool, str, float]]:
    seen: dict[tuple[str, str, bool, str, float], None] = {}
    for c in ladder_cells(world):
        seen[c.ladder, c.channels, c.no_harm, c.shock, c.severity] = None
    return list(seen)


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
        output = world.nodes.output.loc[good]
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
        total = float(nodes.output.sum())
        loose = nodes.output[nodes.index.isin([ROW, UNALLOCATED])].sum()
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
                nodes.output.get(scope.target, 0.0) / total),
            f"share_{scope.country}": float("nan") if kit else float(
                nodes.output.get(scope.country, 0.0) / total),
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
