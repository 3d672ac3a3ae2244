"""The shipped scenarios on one screen: three numbers each, and what they hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from supplychain.report.words import span

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from supplychain.tables.model import Model

__all__ = ["scenarios_screen"]


def scenarios_screen(
    model: Model, found: pd.DataFrame | None, console: Console, *, detail: bool = False
) -> None:
    """Print the scenarios of a model, with what each does, and its shocks.

    Parameters
    ----------
    model : Model
    found : pandas.DataFrame or None
        From :func:`~supplychain.scenarios.catalog.outcomes`; None: no numbers.
    console : rich.console.Console
    detail : bool
        Say what would make each number wrong, and how plausible it is.
    """
    scope = model.scope
    groups = {
        scope.country: scope.country,
        f"alliance_with_{scope.country}": f"alliance with {scope.country}",
        f"world_outside_{scope.target}": f"world outside {scope.target}",
    }
    table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left",
                  title="Scenarios: change in the share of final value served",
                  title_style="bold")
    table.add_column("scenario", overflow="fold")
    table.add_column("what", overflow="fold", ratio=1)
    for name in groups.values():
        table.add_column(name, justify="right", max_width=14)
    rows = {} if found is None else {
        (r.scenario, r.group): r for r in found.itertuples()
    }
    for name, scenario in model.scenarios.items():
        cells = []
        for group in groups:
            r = rows.get((name, group))
            cells.append("" if r is None else span(
                r.difference, r.difference_min, r.difference_max, "+"))
        table.add_row(name, scenario.title, *cells)
    console.print(table)
    console.print(
        "Under the shock of the scenario, or under a halt of the target's exports to "
        "everyone at the central severity; against the base that it names. Ranges are "
        "those of both optimal faces. Run one: supplychain what-if --scenario NAME.",
        style="dim", highlight=False,
    )
    for name, scenario in model.scenarios.items() if detail else ():
        console.print(f"\n{name}: {scenario.title}", style="bold", highlight=False)
        if scenario.wrong_if:
            console.print(f"Wrong if {scenario.wrong_if}.", highlight=False)
            console.print(f"Verdict: {scenario.verdict}.", highlight=False)
    console.print()
    for name, shock in model.shocks.items():
        title = shock.title.format(target=scope.target, country=scope.country)
        console.print(f"{name:18} {title} ({shock.kind})", highlight=False)
