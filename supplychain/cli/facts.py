"""Commands on tables and runs: check, export, diff, projects, events, weakest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supplychain.cli.options import (
    Data,
    Day,
    ModelName,
    app,
    bar_of,
    console_of,
    world_of,
)


@app.command()
def check(
    model: ModelName = "pax_silica",
    data: Data = None,
    report: Annotated[
        bool, typer.Option("--report", help="Print coverage good by good, and gaps.")
    ] = False,
) -> None:
    """Validate all tables and a model; list what calibration had to say.

    Example: supplychain check --report
    """
    from supplychain.world.build import load_world

    world = load_world(model, data=data)
    console = console_of()
    if report:
        from supplychain.report.coverage import coverage_screen

        coverage_screen(world, console)
    console.print(f"{world!r}", highlight=False)
    console.print(
        f"Largest calibration residual {world.residuals.residual.max():.1e}; "
        f"{(world.residuals.method == 'qp').sum()} goods by quadratic program.",
        highlight=False,
    )
    for note in world.notes:
        console.print(f"- {note}", highlight=False)
    for good, dropped in world.residuals.dropped.items():
        if dropped:
            console.print(f"- {good}: sourced shares that contradict the margins: "
                          f"{dropped}", highlight=False)
    console.print("All tables and models hold together.")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write, made anew.")],
    model: ModelName = "pax_silica",
    as_of: Day = None,
    data: Data = None,
) -> None:
    """Write the world as CSV tables and GraphML.

    Example: supplychain export my-world --as-of 2026-01-31
    """
    from supplychain.world.build import load_world
    from supplychain.world.export import export_world

    world = load_world(model, as_of, data=data)
    files = export_world(world, folder)
    console_of().print(f"{len(files)} files in {folder}, world hash {world.hash}.",
                     highlight=False)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(help="Folder of a run.")],
    second: Annotated[Path, typer.Argument(help="Folder of another run.")],
    count: Annotated[int, typer.Option(help="How many differences.", min=1)] = 20,
) -> None:
    """Say what changed between two runs: data, code or scenario, and which numbers.

    Example: supplychain diff results-may results-june --count 10
    """
    from supplychain.report.diff import diff_runs, diff_screen

    diff_screen(diff_runs(first, second), console_of(), count)


@app.command()
def projects(
    country: Annotated[
        str | None, typer.Option(help="Only this country, ISO 3166-1 alpha-3.")
    ] = None,
    year: Annotated[int, typer.Option(help="Year whose capacity counts.")] = 2030,
    rule: Annotated[
        str, typer.Option("--projects",
                          help="operating, under_construction or announced.")
    ] = "under_construction",
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """List what is being built, what of it counts by a year, and its feedstock.

    Example: supplychain projects --country IND --year 2030 --projects announced
    """
    from supplychain.report.plans import projects_screen

    world = world_of(model, None, year, rule, data)
    projects_screen(world, console_of(), country=country)


@app.command()
def events(model: ModelName = "pax_silica", data: Data = None) -> None:
    """List the dated events that can be run as shocks (`analyze --shock event:ID`).

    Example: supplychain events
    """
    from supplychain.report.plans import events_screen

    events_screen(world_of(model, None, None, None, data), console_of())


@app.command()
def weakest(
    count: Annotated[int, typer.Option(help="How many rows.", min=1)] = 30,
    out: Annotated[Path | None, typer.Option(help="CSV file to write.")] = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Vary the rows on which sources disagree most: what each does to the headline.

    Example: supplychain weakest --count 10 --out weakest.csv
    """
    from supplychain.files import write_text
    from supplychain.report.plans import weakest_screen
    from supplychain.scenarios.rows import ranged_rows, rows_sensitivity

    world = world_of(model, None, None, None, data)
    rows = ranged_rows(world, count)
    console = console_of()
    with bar_of("rows at low and high") as show:
        found = rows_sensitivity(
            world, rows, progress=lambda done, _: show("", done, len(rows))
        )
    weakest_screen(found, console)
    if out is not None:
        write_text(out, found.to_csv(index=False, float_format="%.6g"))
