"""What the numbers rest on: assumptions, data, back-tests, scenarios, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.report.blocks import Block, Cell, Column, Link, Section, Table
from supplychain.report.facts import listed
from supplychain.report.record import run_record
from supplychain.report.screen import observed_share
from supplychain.report.sentences import Number, Sentence, when
from supplychain.report.story_member import not_computed
from supplychain.scenarios.backtest import FAILS, HOLDS, NONE
from supplychain.scenarios.sensitivity import HEADLINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supplychain.report.extras import Extras
    from supplychain.report.facts import Facts

__all__ = ["assumptions", "backtests", "quality", "reproduce", "scenarios", "sources"]


def _plain(value: object) -> Cell:
    """Return a value of a frame as a cell; empty where there is none."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return Number.of(value, "plain") if isinstance(value, float | int) else str(value)


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> tuple[tuple[Cell, ...], ...]:
    named = [frame[c].tolist() for c in columns]
    return tuple(
        tuple(_plain(v) for v in row) for row in zip(*named, strict=True)
    )


def assumptions(facts: Facts, extras: Extras) -> Section:
    """Return every assumption, and what moves the headline numbers.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    frame = facts.analysis.assumptions
    judged = frame[frame.assumption.astype(bool)]
    blocks: list[Block] = [Sentence(
        "{total} values in force are no facts of the tables; {judged} are marked as "
        "assumptions, the others cite evidence for their value.",
        {"total": Number.of(len(frame), "count"),
                   "judged": Number.of(len(judged), "count")},
    )]
    for headline, text in HEADLINES.items():
        central, over, mover = facts.swing(headline)
        blocks.append(Sentence(
            "{what}: {central}, {over} over the ranges of the assumptions, moved one "
            "at a time; {furthest}: {mover}.",
            {"what": text, "central": central, "over": over, "mover": mover,
             "furthest": "moved the furthest by"},
            (when("named", "mover"),),
        ))
    if "tornado" in extras.figures:
        blocks.append(extras.figures["tornado"])
    columns = ("name", "value", "low", "central", "high", "unit", "assumption",
               "meaning", "evidence", "used_by")
    blocks.append(Table(
        "table-assumptions", "The assumption ledger: every value in force that is no "
        "fact", tuple(
            Column(c.replace("_", " "), numeric=c in {"value", "low", "central",
            "high"})
            for c in columns),
        _rows(frame, columns), "assumptions.csv",
    ))
    return Section("assumptions", "The assumption ledger", tuple(blocks))


def quality(facts: Facts, extras: Extras) -> Section:  # noqa: ARG001
    """Return what is known of each good, conflicts and gaps.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    frame = facts.analysis.coverage
    goods, gaps = frame[frame.kind == "good"], frame[frame.kind == "gap"]
    counts = goods.confidence.value_counts()
    torn = goods[goods.conflicts != ""]
    residual = float(facts.analysis.world.residuals.residual.max())
    rounded = float(f"{residual:.1g}")
    blocks: list[Block] = [
        Sentence(
            "{total} goods are in the network; confidence in their output figures is "
            "{counts}. Sources disagree on {torn} of them, and the range is carried; "
            "{gaps} gaps are listed.",
            {"total": Number.of(len(goods), "count"),
             "counts": listed([f"{k} for {v}" for k, v in counts.items()]),
             "torn": Number.of(len(torn), "count"),
             "gaps": Number.of(len(gaps), "count")}),
        Sentence(
            "{observed} of the value of {country}'s imports in the network rests on "
            "reported or sourced flows.",
            {**facts.names, "observed": Number.of(observed_share(facts.analysis))}),
        Sentence("Calibrated flows meet the margins of each good to within {residual} "
                 "of its total.", {"residual": Number.of(rounded, "plain")}),
    ]
    columns = ("good", "stage", "year", "share_allocated", "confidence",
               "vintages_in_chain", "conflicts", "source_id")
    rows = tuple(
        (facts.words.good(str(r.good)), str(r.stage), f"{r.year:.0f}",
         Number.of(r.share_allocated), str(r.confidence), str(r.vintages_in_chain),
         str(r.conflicts), str(r.source_id).replace(";", "; "))
        for r in goods.itertuples()
    )
    blocks.append(Table(
        "table-coverage", "What is known of each good: year, share of output allocated "
        "to countries, confidence, and where sources disagree",
        tuple(Column(c.replace("_", " "), numeric=c == "share_allocated")
              for c in columns), rows, "coverage.csv",
    ))
    blocks.append(Table(
        "table-gaps", "Gaps: what was looked for and not found",
        tuple(map(Column, ("good", "field", "what is missing", "looked for in",
                           "treatment"))),
        _rows(gaps, ("good", "stage", "missing", "looked_for_in", "treatment"))
        if len(gaps) else (), "coverage.csv",
    ))
    return Section("quality", "Data quality", tuple(blocks))


def backtests(facts: Facts, extras: Extras) -> Section:  # noqa: ARG001
    """Return the model held against history, errors included.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    found = extras.backtest
    blocks: list[Block] = []
    if found is None:
        blocks.append(not_computed("Back-tests against documented disruptions",
                                   "backtest"))
        return Section("backtests", "Back-tests", tuple(blocks))
    blocks.append(Sentence(
        "Of {total} documented quantities, the prediction holds for {holds} (predicted "
        "and observed ranges meet), fails for {fails}, and cannot be made for {none}; "
        "parameters are as shipped, tuned on no episode.",
        {"total": Number.of(len(found.rows), "count"),
         "holds": Number.of(found.count(HOLDS), "count"),
         "fails": Number.of(found.count(FAILS), "count"),
         "none": Number.of(found.count(NONE), "count")},
    ))
    rows = tuple(
        (str(r.title), str(r.what), _span(r.predicted_low, r.predicted_high),
         _span(r.observed_low, r.observed_high, r.observed),
         Number.of(r.error, "ratio"), str(r.unit), str(r.verdict),
         "" if pd.isna(r.reason) else str(r.reason))
        for r in found.rows.itertuples()
    )
    blocks.append(Table(
        "table-backtests", "Predicted with parameters as shipped, beside what was "
        "observed; error is predicted less observed",
        (Column("Episode"), Column("Quantity"), Column("Predicted", numeric=True),
         Column("Observed", numeric=True), Column("Error", numeric=True),
         Column("Unit"), Column("Verdict"), Column("Why")), rows, "backtest.csv",
    ))
    return Section("backtests", "Back-tests", tuple(blocks))


def _span(low: float, high: float, middle: float = float("nan")) -> Cell:
    if middle == middle:
        return Number.of(middle, "ratio")
    if pd.isna(low) and pd.isna(high):
        return "–"
    if pd.isna(high):
        return f"at least {Number.of(low, 'ratio')}"
    if pd.isna(low):
        return f"at most {Number.of(high, 'ratio')}"
    return Number(low, high, "ratio")


def scenarios(facts: Facts, extras: Extras) -> Section:
    """Return what the named scenarios do to the reference groups.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    frame, title = extras.outcomes, "Named scenarios"
    if frame is None:
        return Section("scenarios", title,
                       (not_computed("Outcomes of the named scenarios", "outcomes"),))
    named = facts.analysis.world.model.scenarios
    rows = tuple(
        (str(facts.words.filled(named[r.scenario].title)) if r.scenario in named
         else str(r.scenario), facts.words.group(r.group),
         Number(r.before_min, r.before_max), Number(r.after_min, r.after_max),
         Number(r.off_min, r.off_max),
         Number(r.difference_min, r.difference_max, "points"))
        for r in frame.itertuples()
    )
    return Section("scenarios", title, (Table(
        "table-scenarios",
        f"Share of final products served, by value, under the shock of each scenario "
        f"(else a halt aimed at everyone, severity "
        f"{facts.analysis.world.model.severities.central:.0%})",
        (Column("Scenario"), Column("Who"), Column("Before", numeric=True),
         Column("After", numeric=True), Column("No membership effect", numeric=True),
         Column("Difference, percentage points", numeric=True)), rows, "outcomes.csv",
    ),))


def sources(facts: Facts, extras: Extras) -> Section:  # noqa: ARG001
    """Return the sources that the run rests on.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    frame = facts.analysis.sources
    count = Number.of(len(frame), "count")
    blocks: list[Block] = [Sentence(
        "The run rests on {count} sources.", {"count": count}, (when("up", "count"),),
    ), Sentence("This world came without its table of sources.", {"count": count},
                (when("still", "count"),))]
    if len(frame):
        rows = tuple(
            (str(r.source_id), Link(str(r.title), str(r.url)), str(r.publisher),
             _plain(str(r.year)), str(r.license), str(r.retrieved))
            for r in frame.itertuples()
        )
        blocks.append(Table(
            "table-sources", "Sources", tuple(map(Column, (
                "identifier", "title", "publisher", "year", "license", "retrieved"))),
            rows, "sources.csv",
        ))
    return Section("sources", "Sources", tuple(blocks))


def reproduce(facts: Facts, scenario: str) -> Section:
    """Return the command, hashes and seed behind the report.

    Parameters
    ----------
    facts : Facts
    scenario : str
        Name of the scenario applied, if any.

    Returns
    -------
    Section
    """
    analysis = facts.analysis
    record = run_record(analysis.world, scenario)
    scope = analysis.world.model.scope
    command = (
        f"supplychain analyze --model {scope.name} --country {scope.country} "
        f"--alliance {scope.alliance} "
        f"--target {scope.target} --as-of {scope.as_of}"
        + (f" --scenario {scenario}" if scenario else "")
        + (f" --year {scope.capacity_year} --projects {scope.projects}"
           if scope.capacity_year else "")
    )
    rows: list[tuple[Cell, ...]] = [
        ("Command", command), ("Run", record["run"]), ("Version", record["version"]),
        ("Seed", str(record["seed"])), ("Model", record["scenario"]["model_hash"]),
        ("World", record["world"]["hash"]), ("Python", record["python"]),
        ("Programs solved", str(sum(analysis.solves.values()))),
        ("Confirmed by a cold solve", str(analysis.confirmed)),
        ("Overrides", "; ".join(
            f"{k}={v:g}" for k, v in analysis.world.model.overrides.items()) or "none"),
    ]
    rows += [(f"Library {k}", v) for k, v in record["libraries"].items()]
    rows += [(f"Table {k}", v) for k, v in record["tables"].items()]
    return Section("reproduce", "How to reproduce", (Sentence(
        "Each number of this report stands in a file beside it, each row with the "
        "run's identifier {run}.", {"run": str(record["run"])},
    ), Table("table-reproduce", "Command, hashes, seed and versions",
             (Column("What"), Column("Value")), tuple(rows), "run.json")))
