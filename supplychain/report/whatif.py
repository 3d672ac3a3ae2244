"""A what-if on one screen: before, after, difference, what drives it, what binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.report.grid import grid
from supplychain.report.record import run_hash
from supplychain.report.words import SHOWS, Words, span
from supplychain.scenarios.whatif import ALL

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.scenarios.whatif import Comparison
    from supplychain.tables.model_parts import Delta, Shock

__all__ = ["what_if_screen"]


def _said(delta: Delta) -> str:
    """Return a delta as one writes it on the command line."""
    if delta.kind == "membership":
        return f"{delta.alliance}.{delta.country}={delta.status}"
    if delta.kind == "strength":
        return f"{delta.alliance}.{delta.channel}={delta.value:g}"
    if delta.kind == "outage":
        return f"outage.{delta.good}.{delta.country}={delta.loss:g}"
    return f"{delta.name}={delta.value:g}"


def _side(words: Words, deltas: tuple[Delta, ...], shock: Shock | None) -> str:
    said = [_said(d) for d in deltas]
    said.append("no shock" if shock is None else words.title(shock))
    return ", ".join(said)


def what_if_screen(found: Comparison, console: Console) -> None:
    """Print a comparison.

    Parameters
    ----------
    found : Comparison
    console : rich.console.Console
    """
    words, scope = Words(found.before), found.before.model.scope
    console.print(words.filled(found.title), style="bold", highlight=False)
    console.print(
        f"before: {_side(words, found.compare, found.base_shock)}\n"
        f"after:  {_side(words, (*found.compare, *found.changes), found.shock)}\n"
        f"severity {found.severity:g}, capacity of {scope.capacity}, memberships of "
        f"{scope.as_of}, run {run_hash(found.after)}", style="dim", highlight=False,
    )
    console.print()
    table = grid(
        "Share of baseline served", "who", "what", "before", "after", "difference",
        "no membership acts", left=2,
    )
    for r in found.rows.itertuples():
        name = r.good if r.good == ALL else words.good(r.good)
        small = max(abs(r.difference_min), abs(r.difference_max)) < SHOWS / 20
        if r.good != ALL and (small or r.group != scope.country):
            continue
        table.add_row(
            words.group(r.group), name,
            span(r.before, r.before_min, r.before_max),
            span(r.after, r.after_min, r.after_max),
            span(r.difference, r.difference_min, r.difference_max, "+"),
            span(r.off, r.off_min, r.off_max),
        )
    console.print(table)
    console.print("Goods that do not change are left out; by good for the other groups "
                  "in what_if_rows.csv. A difference is bounded by "
                  "the ranges of both runs. Last column: after, if no alliance acted.",
                  style="dim", highlight=False)
    if len(found.drivers):
        console.print()
        table = grid("The country's difference with one assumption at its ends",
                       "assumption", "low", "high", "at low", "at high", left=1)
        for r in found.drivers.itertuples():
            table.add_row(r.assumption, f"{r.low:g}", f"{r.high:g}",
                          f"{r.difference_at_low:+.3f}", f"{r.difference_at_high:+.3f}")
        console.print(table)
    console.print()
    table = grid("What binds most", "run", "constraint", left=2)
    for run, part in found.binding.groupby("run", sort=False):
        for r in part.head(3).itertuples():
            table.add_row(str(run), words.constraint(r.constraint, r.what))
    console.print(table)
