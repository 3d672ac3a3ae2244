"""Commands that run scenarios: analyze, what-if, scenarios, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from supplychain.cli.options import (
    CapacityYear,
    Code,
    Data,
    Day,
    ModelName,
    Rule,
    app,
    bar_of,
    console_of,
    world_of,
)


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
    """Run the analysis, print the headline tables, write everything to OUT.

    Example: supplychain analyze --country IND --alliance pax_silica --out results
    """
    from time import perf_counter

    began = perf_counter()
    from supplychain.report.analyze import analyze as run
    from supplychain.report.analyze import write_run
    from supplychain.report.screen import screen

    console = console_of()
    with bar_of("reading tables") as bar:

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


@app.command()
def report(
    model: ModelName = "pax_silica",
    country: Code = None,
    alliance: Annotated[str | None, typer.Option(help="Alliance under study.")] = None,
    target: Code = None,
    as_of: Day = None,
    scenario: Annotated[
        str | None, typer.Option(help="Named scenario to start from.")
    ] = None,
    year: CapacityYear = None,
    projects: Rule = None,
    panel: Annotated[
        bool, typer.Option(help="Compute the what-if panel too.")
    ] = True,
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("report"),
    data: Data = None,
) -> None:
    """Write report.html and report.md: one file to mail, with a what-if panel.

    Takes some minutes; what is finished is kept in OUT/kept, so that an interrupted
    run goes on there.

    Example: supplychain report --country VNM --out vietnam
    """
    from supplychain.report.analyze import analyze as run
    from supplychain.report.analyze import write_run
    from supplychain.report.extras import all_extras
    from supplychain.report.panel import panel_of

    kept = out / "kept"
    with bar_of("reading tables") as show:
        found = run(
            model, country=country, alliance=alliance, target=target, as_of=as_of,
            scenario=scenario, year=year, projects=projects, data=data, progress=show,
        )
        extras = all_extras(found.world, progress=show, keep=kept)
        page = panel_of(found.world, progress=show, keep=kept) if panel else ""
        show("writing", 1, 1)
        write_run(found, out, scenario=scenario or "", extras=extras, panel=page)
    console_of().print(f"{out / 'report.html'}, {out / 'report.md'}", highlight=False)


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

    world = world_of(model, as_of, year, projects, data, country)
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
    what_if_screen(found, console_of())
    if out is not None:
        write_tables(
            found.after,
            {f"what_if_{name}.csv": getattr(found, name)
             for name in ("rows", "binding", "drivers")},
            out, scenario="; ".join(scenario or []),
        )


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
        world = world_of(model, None, None, None, data)
        with bar_of("scenarios") as show:
            found = outcomes(world, progress=show)
    if out is not None and found is not None:
        write_text(out, found.to_csv(index=False, float_format="%.6g"))
    scenarios_screen(read, found, console_of(), detail=detail)


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
    """Print path, shares, binding input, sources and assumptions of a number.

    Example: supplychain explain ndfeb_magnet --country IND --measure LTD
    """
    from supplychain.report.explain import explain as show

    world = world_of(model, as_of, year, projects, data)
    show(world, good, console_of(), country=country, measure=measure.upper())
