"""A what-if on one screen: before, after, difference, what drives it, what binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from supplychain.report.words import SHOWS, Words
from supplychain.scenarios.whatif import ALL

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.scenarios.whatif import Comparison

__all__ = ["what_if_screen"]


def _table(title: str, *columns: str, left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None,
                  pad_edge=False, header_style="dim")
    for at, name in enumerate(columns):
        table.add_column(name, justify="left" if at < left else "right",
                         overflow="fold")
    return table


def _span(middle: float, low: float, high: float, sign: str = "") -> str:
    if high - low < SHOWS:
        return f"{middle:{sign}.3f}"
    return f"{low:{sign}.2f} to {high:{sign}.2f}"


def what_if_screen(found: Comparison, console: Console) -> None:
    """Print a comparison.

    Parameters
    ----------
    found : Comparison
    console : rich.console.Console
    """
    words = Words(found.before)
    target = words.country(found.before.model.scope.target)
    title = found.shock.title.format(
        target=target, country=words.country(found.before.model.scope.country)
    )
    table = _table(
        f"{title}, severity {found.severity:g}: share of baseline served",
        "who", "what", "before", "after", "difference", left=2,
    )
    for r in found.rows.itertuples():
        name = r.good if r.good == ALL else words.good(r.good)
        small = max(abs(r.difference_min), abs(r.difference_max)) < SHOWS / 20
        if small and r.good != ALL:
            continue
        table.add_row(
            words.group(r.group), name,
            _span(r.before, r.before_min, r.before_max),
            _span(r.after, r.after_min, r.after_max),
            _span(r.difference, r.difference_min, r.difference_max, "+"),
        )
    console.print(table)
    console.print("Goods that do not change are left out. A difference is bounded by "
                  "the ranges of both runs.", style="dim")
    if len(found.drivers):
        console.print()
        table = _table("The country's difference with one assumption at its ends",
                       "assumption", "low", "high", "at low", "at high")
        for r in found.drivers.itertuples():
            table.add_row(r.assumption, f"{r.low:g}", f"{r.high:g}",
                          f"{r.difference_at_low:+.3f}", f"{r.difference_at_high:+.3f}")
        console.print(table)
    console.print()
    table = _table("What binds most", "run", "constraint", left=2)
    for run, part in found.binding.groupby("run", sort=False):
        for r in part.head(3).itertuples():
            table.add_row(str(run), words.constraint(r.constraint, r.what))
    console.print(table)
