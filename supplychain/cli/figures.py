"""The command that draws a figure: plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supplychain.cli.options import (
    CapacityYear,
    Code,
    Data,
    Day,
    ModelName,
    Rule,
    Severity,
    app,
    bar_of,
    console_of,
    world_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.report.context import Options


@app.command()
def plot(
    name: Annotated[
        str | None, typer.Argument(help="Name of the figure; without it, all names.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .png, .svg or .pdf.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--list", help="List all figures and what each reads.")
    ] = False,
    size: Annotated[
        str | None,
        typer.Option(help="Width, or width x height, in mm: 170 or 170x100. All of "
                     "the figure is scaled to fit, type included."),
    ] = None,
    dpi: Annotated[float, typer.Option(help="Dots an inch of a PNG.")] = 150.0,
    good: Annotated[str | None, typer.Option(help="Product or material.")] = None,
    shock: Annotated[
        str | None, typer.Option(help="Shock, in words; see what-if.")
    ] = None,
    severity: Severity = None,
    group: Annotated[
        str | None, typer.Option(help="Reference group, for example IND.")
    ] = None,
    headline: Annotated[
        str | None, typer.Option(help="Headline number of a tornado.")
    ] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Named scenario that is compared.")
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="What is changed; see what-if.")
    ] = None,
    count: Annotated[
        int | None, typer.Option(help="Most rows or goods shown.", min=1)
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--from", help="Folder of a run of `analyze`: what it has found "
                     "is not computed again."),
    ] = None,
    country: Code = None,
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Draw a figure by name, its title, units and source with it.

    Example: supplychain plot network --good gallium --size 170 --out gallium.pdf
    """
    from supplychain.errors import ScenarioError
    from supplychain.report.context import Context
    from supplychain.report.gallery import FIGURES, check_file, draw, maker

    console = console_of()
    if every or name is None:
        for known, made in FIGURES.items():
            reads = f" ({_options(made.reads)})" if made.reads else ""
            console.print(f"{known:<14}{made.what}{reads}", highlight=False,
                          soft_wrap=True)
        return
    given: dict[str, object] = {
        "good": good, "shock": shock, "severity": severity, "group": group,
        "headline": headline, "scenario": scenario, "changes": changes, "count": count,
    }
    options = _asked(given, maker(name).reads, name)
    if out is None:
        raise ScenarioError(f"say where to write: --out {name}.png, .svg or .pdf")
    check_file(out)
    box = None if size is None else _box(size)
    world = world_of(model, as_of, year, projects, data, country)
    with bar_of(name) as show:
        context = Context(world, options, folder=results, progress=show)
        draw(name, context, out, size=box, dpi=dpi)
    console.print(f"{out}", highlight=False, soft_wrap=True)


_WRITTEN = {"changes": "--set"}
"""Options that are written otherwise than they are called."""


def _options(names: tuple[str, ...]) -> str:
    """Return options as one writes them."""
    return " ".join(_WRITTEN.get(n, f"--{n}") for n in names)


def _asked(
    given: Mapping[str, object], reads: tuple[str, ...], name: str
) -> Options:
    """Return the options of a figure; an option that it does not read is refused."""
    from supplychain.errors import ScenarioError
    from supplychain.report.context import Options

    asked = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in given.items() if value not in (None, [])
    }
    if idle := tuple(key for key in asked if key not in reads):
        raise ScenarioError(
            f"{name} does not read {_options(idle)}; it reads "
            f"{_options(reads) or 'no option of its own'}")
    return Options(**asked)  # type: ignore[arg-type]


def _box(size: str) -> tuple[float, ...]:
    """Return the sides of a size in mm, as 170 or 170x100."""
    from supplychain.errors import ScenarioError

    try:
        sides = tuple(float(side) for side in size.lower().split("x"))
    except ValueError:
        sides = ()
    if len(sides) not in (1, 2):
        raise ScenarioError(f"no size {size!r}; write 170 or 170x100, in mm")
    return sides
