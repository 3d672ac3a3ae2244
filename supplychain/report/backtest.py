"""The model against history on one screen: predicted, observed, error, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from supplychain.report.grid import grid
from supplychain.scenarios.backtest import FAILS, HOLDS, NONE

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.scenarios.backtest import Backtest

__all__ = ["backtest_screen"]

_WORDS = {
    "served_share": "share served", "days_to_stop": "days to stop",
    "recovery_days": "days to recover", "resilience_area": "days of output lost",
    "price_ratio": "price, times before", "output_lost_share": "output lost",
}
_STYLE = {HOLDS: "green", FAILS: "red", NONE: "dim"}


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _predicted(r: Any) -> str:  # noqa: ANN401  (a row of a frame)
    if math.isnan(r.predicted):
        return "–"
    if r.predicted_low == r.predicted_high:
        return _number(r.predicted)
    low, high = _number(r.predicted_low), _number(r.predicted_high)
    return f"{_number(r.predicted)} ({low}–{high})"


def _observed(r: Any) -> str:  # noqa: ANN401  (a row of a frame)
    if not math.isnan(r.observed):
        return _number(r.observed)
    if math.isnan(r.observed_high):
        return f"≥ {_number(r.observed_low)}"
    if math.isnan(r.observed_low):
        return f"≤ {_number(r.observed_high)}"
    return f"{_number(r.observed_low)}–{_number(r.observed_high)}"


def _error(r: Any) -> str:  # noqa: ANN401  (a row of a frame)
    if math.isnan(r.error):
        return "–"
    return f"{r.error:+.2f}" if abs(r.error) < 10 else f"{r.error:+.0f}"


def backtest_screen(found: Backtest, console: Console) -> None:
    """Print what was predicted, what was observed, and why predictions fail.

    Parameters
    ----------
    found : Backtest
    console : rich.console.Console
    """
    rows = found.rows
    table = grid(
        "Held against history: parameters as shipped, inputs as known",
        "episode", "quantity", "predicted", "observed", "error", "%", "verdict",
        right=("predicted", "observed", "error", "%"),
    )
    for r in rows.itertuples():
        style = _STYLE[r.verdict]
        share = "–" if math.isnan(r.error) else f"{100 * r.relative_error:+.0f}"
        table.add_row(r.episode, _WORDS[r.quantity], _predicted(r), _observed(r),
                      _error(r), share, f"[{style}]{r.verdict}[/{style}]")
    console.print(table)
    spread = rows[rows.verdict == HOLDS].spread
    wide = "" if spread.empty else (
        " A wide range holds easily: those that hold have ends up to a factor of "
        f"{spread.max():.2g} apart, half of them less than {spread.median():.2g}."
    )
    console.print(
        f"{found.count(HOLDS)} of {len(rows)} hold (predicted and observed ranges "
        f"meet), {found.count(FAILS)} fail, {found.count(NONE)} are not predicted."
        f"{wide}", style="dim",
    )
    console.print()
    table = grid("Why, line by line", "episode", "observed of", "why", "inputs")
    for r in rows[rows.verdict != HOLDS].itertuples():
        beyond = f"; left out: {r.beyond}" if r.beyond else ""
        late = f"; known only later: {r.hindsight}" if r.hindsight else ""
        table.add_row(r.episode, r.what, f"{r.reason}{beyond}", f"{r.inputs}{late}")
    console.print(table)
    console.print()
    table = grid("Parameters as shipped", "assumption", "low", "central", "high",
                   "unit", right=("low", "central", "high"))
    for r in found.parameters.itertuples():
        table.add_row(r.parameter, f"{r.low:g}", f"{r.central:g}", f"{r.high:g}",
                      r.unit)
    console.print(table)
    console.print("Sources of every input and observation: episode_inputs.csv, "
                  "episode_outcomes.csv.", style="dim")
