"""The figures of a run as images of the report, each with what it shows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.report.blocks import Figure
from supplychain.report.facts import Facts, listed
from supplychain.report.sentences import Number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supplychain.scenarios.analysis import Analysis

__all__ = ["run_figures"]


def run_figures(analysis: Analysis, folder: Path) -> Mapping[str, Figure]:
    """Return the figures that a run has drawn into a folder.

    Parameters
    ----------
    analysis : Analysis
    folder : pathlib.Path
        Where :func:`supplychain.report.figures.write_figures` wrote them.

    Returns
    -------
    mapping of str to Figure
        Those of ladder, chains, map and tornado that are there.
    """
    facts = Facts(analysis)
    told = {
        "ladder": _ladder(facts), "chains": _chains(facts), "map": _map(facts),
        "tornado": _tornado(facts),
    }
    found = {}
    for name, (caption, alt) in told.items():
        path = folder / f"{name}.png"
        if path.is_file():
            found[name] = Figure(path.read_bytes(), alt, caption)
    return found


def _ladder(facts: Facts) -> tuple[str, str]:
    runs = [
        f"{facts.words.shock(s)}: {facts.off(s)} without any membership effect, "
        f"{facts.served(s, facts.rungs[0])} if {facts.rungs[0]}, "
        f"{facts.served(s, facts.rungs[-1])} if {facts.rungs[-1]}"
        for s in facts.shocks if facts.off(s).known
    ]
    country = facts.names["country"]
    return (
        f"What each status is worth to {country}: share of its final products served "
        "in the year of a halt.",
        f"Chart by status of {country}, severity {facts.severity:.0%}. "
        f"{'. '.join(runs)}.",
    )


def _chains(facts: Facts) -> tuple[str, str]:
    frame = facts.dependency()
    finals = frame[frame.index.isin(facts.weights().index)]
    values = [
        f"{facts.words.short(str(g))} {Number.of(x, 'whole')}"
        for g, x in finals.id.sort_values(ascending=False).items()
    ]
    target = facts.names["target"]
    return (
        f"Dependence of the world outside {target} on {target}, by good.",
        f"Bars of DD, LTP, LTD and ID by good. ID of final products: "
        f"{listed(values, len(values))}.",
    )


def _map(facts: Facts) -> tuple[str, str]:
    return (
        "One chain by stage and place, and who holds which status in "
        f"{facts.names['alliance']}.",
        "World maps, one a stage, with a disc for each country's share of world "
        f"output and its status in {facts.names['alliance']} by color. The shares of "
        "first producers stand in the table of concentration.",
    )


def _tornado(facts: Facts) -> tuple[str, str]:
    frame = facts.analysis.sensitivity
    rows = frame[frame.headline == "gain_halt_country"].sort_values(
        "effect", ascending=False).head(5)
    moved = [
        f"{r.meaning or r.assumption}: {Number.of(r.at_low, 'points')} at its low, "
        f"{Number.of(r.at_high, 'points')} at its high"
        for r in rows.itertuples()
    ]
    return (
        f"What moves {facts.names['country']}'s gain from full membership when the "
        "halt is aimed at it alone.",
        f"Bar chart, the five assumptions that move it most. {'. '.join(moved)}.",
    )
