"""What is known of each good, and every gap, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from supplychain.report.words import Words, number
from supplychain.scenarios.summaries import coverage_table

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.world.world import World

__all__ = ["coverage_screen"]


def coverage_screen(world: World, console: Console) -> None:
    """Print coverage good by good, conflicts, residuals, and gaps.

    Parameters
    ----------
    world : World
    console : rich.console.Console
    """
    words, scope = Words(world), world.model.scope
    frame = coverage_table(world)
    goods = frame[frame.kind == "good"]
    shown = [f"share_{scope.target}", f"share_{scope.country}"]
    table = Table(title=f"Coverage of {len(goods)} goods", title_justify="left",
                  box=None, pad_edge=False, header_style="dim")
    right = {"year", "allocated", *shown}
    for name in ("good", "stage", "year", "allocated", *shown, "confidence",
                 "vintages", "source"):
        table.add_column(
            words.country(name.removeprefix("share_")) if name in shown else name,
            justify="right" if name in right else "left", overflow="fold",
        )
    for _, r in goods.sort_values(["stage", "good"]).iterrows():
        table.add_row(
            r.good, r.stage, str(int(r.year)), number(r.share_allocated),
            *[number(r[name]) for name in shown], r.confidence,
            r.vintages_in_chain, r.source_id,
        )
    console.print(table)
    console.print()
    conflicts = goods[goods.conflicts != ""]
    table = Table(title="Where sources disagree: the range carried",
                  title_justify="left", box=None, pad_edge=False, header_style="dim")
    for name in ("good", "range"):
        table.add_column(name, overflow="fold")
    for r in conflicts.itertuples():
        table.add_row(r.good, r.conflicts)
    console.print(table)
    console.print()
    gaps = frame[frame.kind == "gap"]
    table = Table(title=f"{len(gaps)} gaps: what we looked for and did not find",
                  title_justify="left", box=None, pad_edge=False, header_style="dim")
    for name in ("good", "field", "missing", "looked for in", "instead"):
        table.add_column(name, overflow="fold")
    for r in gaps.sort_values(["good", "stage"]).itertuples():
        table.add_row(r.good, r.stage, r.missing, r.looked_for_in, r.treatment)
    console.print(table)
    console.print()
