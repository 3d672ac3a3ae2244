"""The first five minutes: tutorial."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supplychain.cli.options import app, console_of


@app.command()
def tutorial(
    folder: Annotated[
        Path, typer.Argument(help="Folder to write; new or empty.", metavar="[DIR]")
    ] = Path("supplychain-tutorial"),
    again: Annotated[
        bool, typer.Option("--again", help="Write nothing: run the folder as you have "
                           "changed it.")
    ] = False,
) -> None:
    """Write a small commented world of five countries, run it, show the result.

    Example: supplychain tutorial my-first-world
    """
    from supplychain.report.tutorial import (
        tutorial_screen,
        tutorial_world,
        write_tutorial,
    )

    if not again:
        write_tutorial(folder)
    tutorial_screen(tutorial_world(folder), console_of(), folder)
