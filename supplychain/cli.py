"""The command line. Imports little, so that --help answers at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.world.world import World

app = typer.Typer(
    help="Dependence, resilience and alliance membership in semiconductor and "
    "critical-mineral supply chains.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ModelName = Annotated[str, typer.Option("--model", help="Shipped model or a folder.")]
Code = Annotated[str | None, typer.Option(help="ISO 3166-1 alpha-3 code.")]
Day = Annotated[
    str | None, typer.Option("--as-of", help="Day of the memberships, YYYY-MM-DD.")
]
Data = Annotated[Path | None, typer.Option(help="Another folder of tables.")]
CapacityYear = Annotated[
    int | None, typer.Option("--year", help="Year whose capacity counts, 2025-2035.")
]
Rule = Annotated[
    str | None,
    typer.Option("--projects", help="operating, under_construction or announced."),
]


@app.command()
def analyze(
    model: ModelName = "pax_silica",
    country: Code = None,
    alliance: Annotated[str | None, typer.Option(help="Alliance under study.")] = None,
    target: Code = None,
    as_of: Day = None,
    scenario: Annotated[
        str | None, typer.Option(help="Named scenario to start from.")
    ] = None,
    shock: Annotated[
        str | None, typer.Option(help="One more shock: event:ID (see `events`).")
    ] = None,
    year: CapacityYear = None,
    projects: Rule = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = Path("results"),
    data: Data = None,
    figures: Annotated[bool, typer.Option(help="Draw figures too.")] = True,
) -> None:
    """Run the analysis, print the headline tables, write everything to OUT."""
    from time import perf_counter

    began = perf_counter()
    from supplychain.report.analyze import analyze as run
    from supplychain.report.analyze import write_run
    from supplychain.report.screen import screen

    console = _console()
    with _bar("reading tables") as bar:

        def show(what: str, done: int, total: int) -> None:
            if figures:  # this process waits: it may load what it draws with
                import supplychain.report.figures  # noqa: F401
            bar(what, done, total)

        found = run(
            model, country=country, alliance=alliance, target=target, as_of=as_of,
            scenario=scenario, shock=shock, year=year, projects=projects, data=data,
            progress=show,
        )
        screen(found, console)
        bar("writing", 1, 1)
        write_run(found, out, scenario=scenario or "", figures=figures)
    solves = ", ".join(f"{k} {v}" for k, v in found.solves.items())
    seconds = ", ".join(f"{k} {v:.1f} s" for k, v in found.seconds.items())
    console.print(
        f"Solves: {solves}; {found.confirmed} confirmed cold. Time over both "
        f"processes: {seconds}; wall {perf_counter() - began:.1f} s. "
        f"Written to {out}.", style="dim", highlight=False, width=100,
    )


@app.command("what-if")
def what_if(
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="pax_silica.IND=full, forge.access=1, "
                     "outage.gallium.JPN=0.5 or nu0=0.2; as often as needed."),
    ] = None,
    shock: Annotated[
        str | None,
        typer.Option(help="halt_everyone (the default), none, event:ID, "
                     "china-halts:gallium,germanium@IND, taiwan-is-cut-off, "
                     "qatar-loses:helium; joined by +."),
    ] = None,
    severity: Annotated[
        float | None, typer.Option(help="Share of the halted sales that stops, 0-1.")
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Named scenario of the variant; composes.")
    ] = None,
    compare: Annotated[
        str, typer.Option(help="Scenario of the base; `base`: statuses as recorded.")
    ] = "base",
    country: Code = None,
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write CSV to.")] = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Change memberships or assumptions, and compare under the same shock.

    Example: supplychain what-if --set pax_silica.IND=excluded
    --shock china-halts:gallium,germanium --severity 0.75
    """
    from dataclasses import replace

    from supplychain.report.whatif import what_if_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.catalog import chosen
    from supplychain.scenarios.whatif import Question, ask

    world = _world(model, as_of, year, projects, data, country)
    question = Question.of(chosen(world.model, scenario or []))
    asked: dict[str, Any] = {
        "changes": (*question.changes, *(changes or ())),
        "year": None if year is not None else question.year,
        "projects": None if projects is not None else question.projects,
    }
    if shock is not None:
        asked["shock"] = shock
    if severity is not None:
        asked["severity"] = severity
    if compare != "base":
        base = Question.of(chosen(world.model, [compare]))
        asked |= {"compare": tuple(base.changes), "base_shock": (
            base.shock if world.model.named(compare).shock else None)}
    found = ask(world, replace(question, **asked))
    what_if_screen(found, _console())
    if out is not None:
        write_tables(
            found.after,
            {f"what_if_{name}.csv": getattr(found, name)
             for name in ("rows", "binding", "drivers")},
            out, scenario="; ".join(scenario or []),
        )


@app.command()
def explain(
    good: Annotated[str, typer.Argument(help="Good, for example ndfeb_magnet.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 alpha-3 code.")] = "IND",
    measure: Annotated[str, typer.Option(help="DD, LTP, LTD or ID.")] = "ID",
    model: ModelName = "pax_silica",
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    data: Data = None,
) -> None:
    """Print path, shares, binding input, sources and assumptions of a number."""
    from supplychain.report.explain import explain as show

    world = _world(model, as_of, year, projects, data)
    show(world, good, _console(), country=country, measure=measure.upper())


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
    """List what is being built, what of it counts by a year, and its feedstock."""
    from supplychain.report.plans import projects_screen

    world = _world(model, None, year, rule, data)
    projects_screen(world, _console(), country=country)


@app.command()
def events(model: ModelName = "pax_silica", data: Data = None) -> None:
    """List the dated events that can be run as shocks (`analyze --shock event:ID`)."""
    from supplychain.report.plans import events_screen

    events_screen(_world(model, None, None, None, data), _console())


@app.command()
def weakest(
    count: Annotated[int, typer.Option(help="How many rows.", min=1)] = 30,
    out: Annotated[Path | None, typer.Option(help="CSV file to write.")] = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Vary the rows on which sources disagree most: what each does to the headline."""
    from supplychain.files import write_text
    from supplychain.report.plans import weakest_screen
    from supplychain.scenarios.rows import ranged_rows, rows_sensitivity

    world = _world(model, None, None, None, data)
    rows = ranged_rows(world, count)
    console = _console()
    with _bar("rows at low and high") as show:
        found = rows_sensitivity(
            world, rows, progress=lambda done, _: show("", done, len(rows))
        )
    weakest_screen(found, console)
    if out is not None:
        write_text(out, found.to_csv(index=False, float_format="%.6g"))


@app.command()
def check(
    model: ModelName = "pax_silica",
    data: Data = None,
    report: Annotated[
        bool, typer.Option("--report", help="Print coverage good by good, and gaps.")
    ] = False,
) -> None:
    """Validate all tables and a model; list what calibration had to say."""
    from supplychain.world.build import load_world

    world = load_world(model, data=data)
    console = _console()
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
    """Write the world as CSV tables and GraphML."""
    from supplychain.world.build import load_world
    from supplychain.world.export import export_world

    world = load_world(model, as_of, data=data)
    files = export_world(world, folder)
    _console().print(f"{len(files)} files in {folder}, world hash {world.hash}.",
                     highlight=False)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(help="Folder of a run.")],
    second: Annotated[Path, typer.Argument(help="Folder of another run.")],
    count: Annotated[int, typer.Option(help="How many differences.", min=1)] = 20,
) -> None:
    """Say what changed between two runs: data, code or scenario, and which numbers."""
    from supplychain.report.diff import diff_runs, diff_screen

    diff_screen(diff_runs(first, second), _console(), count)


@app.command()
def scenarios(
    detail: Annotated[
        bool, typer.Option("--detail", help="Say what would make each number wrong.")
    ] = False,
    run: Annotated[
        bool, typer.Option("--run", help="Compute the numbers anew.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="CSV file to write; with --run.")
    ] = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """List the scenarios that a model ships, with three numbers each, and its shocks.

    Example: supplychain scenarios --detail
    """
    from supplychain.files import write_text
    from supplychain.report.scenarios import scenarios_screen
    from supplychain.scenarios.catalog import kept_outcomes, outcomes
    from supplychain.tables.model import load_model

    read = load_model(model)
    found = kept_outcomes(model)
    if run or out is not None:
        world = _world(model, None, None, None, data)
        with _bar("scenarios") as show:
            found = outcomes(world, progress=show)
    if out is not None and found is not None:
        write_text(out, found.to_csv(index=False, float_format="%.6g"))
    scenarios_screen(read, found, _console(), detail=detail)


@contextmanager
def _bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on a terminal while something long runs; yields what moves it."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
        console=_console(error=True), transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        line = bar.add_task(title, total=None)
        yield lambda what, done, total: bar.update(
            line, description=what or title, completed=done, total=total
        )


def _world(
    model: str,
    as_of: str | None,
    year: int | None,
    projects: str | None,
    data: Path | None,
    country: str | None = None,
) -> World:
    """Return the world of a command's options."""
    from supplychain.tables.model import load_model
    from supplychain.world.build import load_world

    read = load_model(model)
    given = {"capacity_year": year, "projects": projects, "country": country}
    changes = {k: v for k, v in given.items() if v is not None}
    return load_world(read.revised(**changes) if changes else read, as_of, data=data)


def _console(*, error: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Plain and wide enough when piped.
    return Console(stderr=error, width=None if stream.isatty() else 100, emoji=False)


def main() -> None:
    """Run the command; faults of the input end with status 2."""
    from supplychain.errors import SupplyChainError

    try:
        app(standalone_mode=True)
    except SupplyChainError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted; nothing was half written", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
