"""The what-if cube: every status under every shock, year and strength of channels.

Made of runs of the ladder, so that a number of the cube is a number of the ladder.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.scenarios.batch import Progress, run_batch
from supplychain.scenarios.ladder import Cell, Ladder

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from supplychain.world.world import World

__all__ = ["CHANNELS", "LADDERS", "Cube", "what_if_cube"]

CHANNELS = ("low", "central", "high")
"""Strengths of the channels; ``off`` stands beside them, once for all statuses."""

LADDERS = ("A", "B")
"""What the incumbents hold: full membership, or what is on record."""

COLUMNS = ("capacity", "shock", "severity", "ladder", "channels", "status", "group",
           "good", "middle", "min", "max", "unit")
# What one run of the cube tells; the other columns say which run it is.
_TOLD = ("shock", "severity", "ladder", "channels", "status", "group", "good", "min",
         "max", "unit")

Task = tuple[int | None, str | None, str, float]


@dataclass(frozen=True)
class Cube:
    """What the country studied and its groups are served, for every setting.

    Attributes
    ----------
    rows : pandas.DataFrame
        capacity (``2024`` or ``2030:under_construction``), shock, severity, ladder,
        channels, status, group, good (``final products`` of a group, or a good in the
        country studied), middle, min and max over the optimal face
        [share of baseline, 0-1], unit. With channels off the status is ``any``: no
        membership acts, so that it is one run for all of them and for both ladders.
    cells : int
        Runs behind them.
    """

    rows: pd.DataFrame
    cells: int

    def __repr__(self) -> str:
        return f"Cube({self.cells} runs, {len(self.rows)} rows)"

    def values(self, column: str) -> list[object]:
        """Return the values of a column in the order of the runs.

        Parameters
        ----------
        column : str

        Returns
        -------
        list
        """
        return list(dict.fromkeys(self.rows[column].tolist()))


def _cells(world: World, shock: str, severity: float) -> list[Cell]:
    """List the runs of one shock and severity, channels off first."""
    return [
        Cell("A", "off", False, shock, severity, "any"),
        *(
            Cell(ladder, channels, False, shock, severity, rung)
            for ladder, channels, rung in product(
                LADDERS, CHANNELS, world.model.scope.rungs)
        ),
    ]


def _told(world: World, task: Task) -> list[list[object]]:
    """Run one year, shock and severity; a batch's job."""
    year, projects, shock, severity = task
    if year is not None:
        world = world.at_year(year, projects)
    rows = Ladder(world, by_good=True).run(_cells(world, shock, severity)).rows
    found: list[list[object]] = rows[list(_TOLD)].to_numpy(dtype=object).tolist()
    return [[world.model.scope.capacity, *row] for row in found]


def what_if_cube(
    world: World,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> Cube:
    """Run every status under every shock, severity, year and strength of channels.

    Parameters
    ----------
    world : World
        Statuses as recorded. Later years come from the model's ``capacity_path``; a
        world without its tables has the calibration year alone.
    executor, progress, keep
        See :func:`~supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    Cube

    Examples
    --------
    >>> from supplychain.world.build import build_world, load_world
    >>> world = load_world()
    >>> one = world.model.revised(
    ...     goods=("polysilicon_solar", "solar_panel"), rungs=("full",),
    ...     capital={}, capacity_path=())
    >>> what_if_cube(build_world(world.tables, one)).cells
    63
    """
    path = world.model.scope.capacity_path if world.tables is not None else ()
    years: list[tuple[int | None, str | None]] = [
        (None, None), *((p.year, p.projects) for p in path)
    ]
    tasks: list[Task] = [
        (*year, shock, severity)
        for year, shock, severity in product(
            years, world.model.shocks, severities(world))
    ]
    found = run_batch(world, _told, tasks, executor=executor, progress=progress,
                      keep=keep, title="what-if panel")
    rows = pd.DataFrame(
        [row for rows in found for row in rows], columns=["capacity", *_TOLD]
    ).astype({"severity": float, "min": float, "max": float})
    rows["middle"] = (rows["min"] + rows["max"]) / 2
    cells = sum(len(_cells(world, shock, severity)) for *_, shock, severity in tasks)
    return Cube(rows[list(COLUMNS)], cells)


def severities(world: World) -> tuple[float, ...]:
    """Return the severities of the model, least first, each once.

    Parameters
    ----------
    world : World

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> severities(load_world())
    (0.5, 0.75, 1.0)
    """
    s = world.model.severities
    return tuple(sorted({s.low, s.central, s.high}))
