"""What commands share: the app, options, the world of the options, console, bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.world.world import World

app = typer.Typer(
    help="Dependence, resilience and alliance membership in semiconductor and "
    "critical-mineral supply chains.\n\nStart with: supplychain tutorial\n\n"
    "Example: supplychain what-if --set pax_silica.IND=excluded",
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
Out = Annotated[Path | None, typer.Option(help="Folder to write CSV to.")]
Keep = Annotated[
    Path | None,
    typer.Option(help="Folder of finished parts: an interrupted run resumes there."),
]
Severity = Annotated[
    float | None, typer.Option(help="Share of the halted sales that stops, 0-1.")
]


def world_of(
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


def console_of(*, error: bool = False) -> Console:
    """Return the console that a command prints to."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Plain and wide enough when piped.
    return Console(stderr=error, width=None if stream.isatty() else 100, emoji=False)


@contextmanager
def bar_of(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on a terminal while something long runs; yields what moves it."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
        console=console_of(error=True), transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        line = bar.add_task(title, total=None)
        yield lambda what, done, total: bar.update(
            line, description=what or title, completed=done, total=total
        )
