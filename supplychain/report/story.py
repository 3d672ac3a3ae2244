"""The whole story: every section of the report, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.report.blocks import Section
from supplychain.report.facts import Facts
from supplychain.report.story_answer import answer, ladder
from supplychain.report.story_chains import binding, chokepoints, dependency
from supplychain.report.story_ledger import (
    assumptions,
    backtests,
    quality,
    reproduce,
    scenarios,
    sources,
)
from supplychain.report.story_member import brings_and_gets, unchanged
from supplychain.report.story_questions import questions

if TYPE_CHECKING:
    from supplychain.report.extras import Extras
    from supplychain.scenarios.analysis import Analysis

__all__ = ["PLACED", "story"]

PLACED = ("ladder", "chains", "map", "tornado")
"""Figures that stand in a section; others are gathered in one of their own."""


def story(
    analysis: Analysis, extras: Extras, *, scenario: str = ""
) -> tuple[Section, ...]:
    """Turn an analysis into sections of sentences, tables and figures.

    Parameters
    ----------
    analysis : Analysis
    extras : Extras
    scenario : str
        Name of the scenario applied, if any.

    Returns
    -------
    tuple of Section
    """
    facts = Facts(analysis)
    parts = [
        part(facts, extras) for part in (
            answer, questions, ladder, brings_and_gets, unchanged, dependency, binding,
            chokepoints, scenarios,
        )
    ]
    others = tuple(f for name, f in extras.figures.items() if name not in PLACED)
    if others:
        parts.append(Section("figures", "Further figures", others))
    parts += [part(facts, extras) for part in (assumptions, quality, backtests,
    sources)]
    return (*parts, reproduce(facts, scenario))
