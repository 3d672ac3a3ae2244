"""The main job: read, analyze, write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from supplychain.report.write import write_results
from supplychain.scenarios.analysis import Analysis, analyze_world
from supplychain.scenarios.parse import parse_shock
from supplychain.tables.model import Model, load_model
from supplychain.world.build import load_world

if TYPE_CHECKING:
    import datetime as dt
    from concurrent.futures import Executor

    from supplychain.report.extras import Extras
    from supplychain.scenarios.batch import Progress

__all__ = ["analyze", "write_run"]


def analyze(
    model: str | Path | Model = "pax_silica",
    *,
    country: str | None = None,
    alliance: str | None = None,
    target: str | None = None,
    as_of: str | dt.date | None = None,
    scenario: str | None = None,
    shock: str | None = None,
    year: int | None = None,
    projects: str | None = None,
    out: str | Path | None = None,
    figures: bool = True,
    data: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Run the resilience analysis and return it as tidy frames.

    Parameters
    ----------
    model : str, pathlib.Path or Model
        Shipped model, folder of a model, or a model already read.
    country, alliance, target : str, optional
        Whose membership moves, in which alliance, and on whom chains depend;
        the model's own by default.
    as_of : str or datetime.date, optional
        Day at which memberships are read.
    scenario : str, optional
        Named scenario of the model to start from.
    shock : str, optional
        One more shock to run: ``event:ID``, or a halt in words
        (:func:`supplychain.scenarios.whatif.parse_shock`).
    year : int, optional
        Year whose capacity counts: projects that begin by then are in.
    projects : {"operating", "under_construction", "announced"}, optional
        Which of them count.
    out : str or pathlib.Path, optional
        Folder to write tables, record and figures to; nothing without it.
    figures : bool
        Draw figures too.
    data : pathlib.Path, optional
        Another folder of tables.
    executor : concurrent.futures.Executor, optional
        Where the tasks run.
    progress : callable, optional
        Called after each task.

    Returns
    -------
    Analysis

    Raises
    ------
    DataError, ScenarioError, InfeasibleError, AuditError
        Before anything is written.
    """
    read = model if isinstance(model, Model) else load_model(model)
    if scenario is not None:
        chosen = read.named(scenario)
        shock = shock if shock is not None else chosen.shock
        year = year if year is not None else chosen.year
        projects = projects if projects is not None else chosen.projects
    changes = {"country": country, "alliance": alliance, "target": target,
               "as_of": as_of, "capacity_year": year, "projects": projects}
    given = {k: v for k, v in changes.items() if v is not None}
    if given:
        read = read.revised(**given)
    deltas = read.scenario(scenario) if scenario else ()
    world = load_world(read, data=data).with_(deltas)
    if shock is not None:
        world, _ = parse_shock(world, shock)
    found = analyze_world(world, executor=executor, progress=progress)
    if out is not None:
        write_run(found, Path(out), scenario=scenario or "", figures=figures)
    return found


def write_run(
    found: Analysis,
    folder: Path,
    *,
    scenario: str = "",
    figures: bool = True,
    extras: Extras | None = None,
    panel: str = "",
) -> None:
    """Write tables, run record, figures and report of an analysis into a folder.

    Parameters
    ----------
    found : Analysis
    folder : pathlib.Path
    scenario : str
        Name of the scenario, for the record.
    figures : bool
        Draw figures too, into the report as well.
    extras : Extras, optional
        Results beside the analysis for the report; by default those that take a few
        seconds.
    panel : str
        The what-if panel of the report, an HTML fragment of our own.
    """
    from supplychain.report.extras import quick_extras
    from supplychain.report.page import write_report

    write_results(found, folder, scenario=scenario)
    extras = quick_extras(found.world) if extras is None else extras
    if figures:
        from supplychain.report.figures import write_figures
        from supplychain.report.images import run_figures

        write_figures(found, folder, scenario=scenario)
        drawn = {**run_figures(found, folder), **extras.figures}
        extras = replace(extras, figures=drawn)
    write_report(found, folder, extras=extras, panel=panel, scenario=scenario)
