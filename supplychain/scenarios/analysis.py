"""The whole analysis: every table of a run, from one world."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from supplychain.scenarios.batch import Progress, run_batch
from supplychain.scenarios.chains import ChainResults, Control, Unallocated, chains
from supplychain.scenarios.ladder import Cell, Ladder, LadderResults, ladder_cells
from supplychain.scenarios.sensitivity import assumption_names, sensitivity
from supplychain.scenarios.summaries import (
    assumption_table,
    capacity_worlds,
    concentration_table,
    coverage_table,
    feed_of_path,
    project_table,
    source_table,
)
from supplychain.views import View

if TYPE_CHECKING:
    from supplychain.measures.dependency import Path
    from supplychain.world.world import World

__all__ = ["Analysis", "analyze_world"]

OWNED_CELLS = 5
"""Dependency by ownership is computed once so many cells are sourced."""


@dataclass(frozen=True)
class Analysis:
    """Everything an analysis found, as tidy frames.

    Attributes
    ----------
    world : World
        The world that was analyzed.
    dependency, unlocked, ladder, binding, concentration, coverage, sensitivity,
    assumptions, sources, projects, feed : pandas.DataFrame
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
    plot : Plots
        Its figures; see :class:`supplychain.report.accessors.Plots`.
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
    projects: pd.DataFrame
    feed: pd.DataFrame
    paths: Mapping[tuple[str, str], Path]
    solves: Mapping[str, int]
    seconds: Mapping[str, float]
    wall: float
    confirmed: int

    plot = View()

    def __repr__(self) -> str:
        return (
            f"Analysis({self.world!r}, {sum(self.solves.values())} solves, "
            f"{self.wall:.1f} s)"
        )


# -- tasks: each runs on its own, in a process or here ---------------------------
def _task(world: World, task: tuple[str, Any]) -> tuple[str, Any, float]:
    began = time.perf_counter()
    kind, argument = task
    found: Any
    if kind == "chains":
        found = _chains(world, *argument)
    elif kind == "ladder":
        path, cells = argument
        if path is None:
            found = Ladder(world).run(cells, confirm=_headline)
        else:
            later = world.at_year(path.year, path.projects)
            found = Ladder(later, by_good=False).run(cells)
    else:
        found = sensitivity(world, argument)
    return kind, found, time.perf_counter() - began


def _headline(cell: Cell) -> bool:
    return cell.ladder == "A" and cell.channels == "central" and not cell.no_harm


def _chains(
    world: World, unallocated_as: Unallocated, conflicts: str, control: Control
) -> ChainResults:
    if control == "owner":
        touched = {good for good, _ in world.controlled}
        return chains(
            world, unallocated_as=unallocated_as, control=control,
            goods=_downstream(world, touched), with_status=False,
        )
    if conflicts == "central" or world.tables is None:
        return chains(
            world, unallocated_as=unallocated_as,
            with_status=unallocated_as != "target_and_demand",
        )
    return chains(
        world.with_conflicts(conflicts), unallocated_as=unallocated_as,
        conflicts_as=conflicts, goods=_downstream(world, _conflicted(world)),
        with_status=False,
    )


def _downstream(world: World, touched: set[str]) -> tuple[str, ...]:
    """Return the goods whose chain contains one of some goods."""
    net = world.network
    return tuple(g for g in net.goods if touched & set(net.upstream[g]))


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
    tasks += [("ladder", (None, [c for c in cells if c.shock == s])) for s in shocks]
    tasks += [
        ("chains", ("not_target", "central", "place")),
        ("chains", ("target", "central", "place")),
        ("chains", ("target_and_demand", "central", "place")),
    ]
    if _conflicted(world):
        tasks += [("chains", ("not_target", end, "place")) for end in ("low", "high")]
    if len(world.controlled) >= OWNED_CELLS:
        tasks.append(("chains", ("not_target", "central", "owner")))
    if world.tables is not None:
        plain = [c for c in cells if _headline(c) or c.channels == "off"]
        plain = [c for c in plain if c.ladder == "A"]
        tasks += [("ladder", (path, plain)) for path in world.model.scope.capacity_path]
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
    results = run_batch(
        world, _task, _tasks(world), executor=executor, progress=progress,
        title=lambda task: str(task[0]),
    )
    return _collect(world, results, time.perf_counter() - began)


def _collect(
    world: World, results: list[tuple[str, Any, float]], wall: float
) -> Analysis:
    found: list[ChainResults] = [r for k, r, _ in results if k == "chains"]
    rungs: list[LadderResults] = [r for k, r, _ in results if k == "ladder"]
    swings: list[tuple[pd.DataFrame, int]] = [
        r for k, r, _ in results if k == "sensitivity"
    ]
    order = {"not_target": 0, "target": 1, "target_and_demand": 2, "central": 0,
             "low": 1, "high": 2, "place": 0, "owner": 1}
    found.sort(key=lambda r: tuple(
        order[r.dependency[column].iloc[0]]
        for column in ("control", "unallocated_as", "conflicts_as")
    ))
    first = found[0]
    cells = {c: n for n, c in enumerate(_cell_keys(world))}
    ladder = pd.concat([r.rows for r in rungs], ignore_index=True)
    own = world.model.scope.capacity
    position = [
        (f != own, f, cells.get((a, b, bool(c), d, e), 0)) for a, b, c, d, e, f in zip(
            ladder.ladder, ladder.channels, ladder.no_harm, ladder.shock,
            ladder.severity, ladder.capacity, strict=True,
        )
    ]
    ranked = sorted(range(len(position)), key=position.__getitem__)
    ladder = ladder.iloc[ranked].reset_index(drop=True)
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
    worlds = capacity_worlds(world)
    return Analysis(
        world=world,
        dependency=pd.concat([r.dependency for r in found], ignore_index=True),
        unlocked=pd.concat(
            [r.unlocked for r in found if len(r.unlocked)], ignore_index=True
        ),
        ladder=ladder,
        binding=pd.concat([r.binding for r in rungs], ignore_index=True).sort_values(
            ["capacity", "shock", "severity", "ladder", "channels", "no_harm",
             "status", "rank"],
            ignore_index=True,
        ),
        concentration=concentration_table(world),
        coverage=coverage_table(world),
        sensitivity=swing.reset_index(drop=True),
        assumptions=assumption_table(world),
        sources=source_table(world),
        projects=project_table(worlds),
        feed=feed_of_path(worlds),
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
