"""The answer in three sentences, and the ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.report.blocks import Block, Cell, Column, Section, Table
from supplychain.report.facts import ALL, pick
from supplychain.report.screen import observed_share
from supplychain.report.sentences import Choice, Number, Sentence, Value, when

if TYPE_CHECKING:
    from supplychain.report.extras import Extras
    from supplychain.report.facts import Facts

__all__ = ["HALF", "VERDICT", "aimed", "answer", "constraints", "ladder"]

HALF = 0.5
VERDICT = {
    "up": "a gain", "down": "a loss", "still": "a change below half a point",
    "open": "a difference whose sign the optimum leaves open",
}


def aimed(facts: Facts, target: str) -> str:
    """Return the halt of the model that is aimed at someone, or nothing.

    Parameters
    ----------
    facts : Facts
    target : {"country", "alliance", "everyone"}

    Returns
    -------
    str
    """
    shocks = facts.analysis.world.model.shocks
    found = [n for n, s in shocks.items() if s.targets == target and not s.effects]
    return found[0] if found else ""


def answer(facts: Facts, extras: Extras) -> Section:  # noqa: ARG001
    """Return the answer: dependence, what a membership changes, what it does not.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    central, over, _ = facts.swing("id_world")
    finals = facts.dependency()
    finals = finals[finals.index.isin(facts.weights().index)]
    severity = Number.of(facts.severity, "whole")
    blocks: list[Block] = [Sentence(
        "If {target} halted all exports for a year, the world outside {target} would "
        "go without {lost} of its final products by value, after all re-sourcing that "
        "harms nobody else ({over} across the ranges of the assumptions, moved one at "
        "a time), and {count} of {total} final products would lose {half} of need or "
        "beyond.",
        {**facts.names, "lost": central, "over": over, "half": Number.of(HALF, "whole"),
         "count": Number.of(float((finals.id >= HALF).sum()), "count"),
         "total": Number.of(len(finals), "count")},
    )]
    shock = aimed(facts, "country")
    values: dict[str, Value] = {
        **facts.names, "shock": facts.words.shock(shock), "severity": severity,
        "off": facts.off(shock), "first": facts.served(shock, facts.rungs[0]),
        "last": facts.served(shock, facts.rungs[-1]), "gain": facts.gain(shock),
        "over": facts.swing("gain_halt_country")[1],
        "verdict": Choice("gain", VERDICT),
    }
    blocks.append(Sentence(
        "In a year in which {shock} ({severity} of those sales stop), {country} is "
        "served {off} of its final products by value without any membership effect, "
        "{first} with status {lowest} in {alliance} and {last} with status {highest}, "
        "incumbents acting in full: {verdict} ({gain}; {over} across the ranges of the "
        "assumptions, moved one at a time).", values,
    ))
    blocks.append(Sentence(
        "{country} wants no final product of the network: it has no ladder of its own.",
        {**facts.names, "ladder": facts.ladder_of_its_own},
        (when("unnamed", "ladder"),),
    ))
    everyone = aimed(facts, "everyone")
    worst = float(max(facts.analysis.world.model.severity_pair))
    kept = facts.unlocked
    moved = kept[facts.rungs[0]] - kept[facts.rungs[-1]] if len(kept) else None
    still = 0.0 if moved is None else float((moved.abs() < HALF / 100).sum())
    blocks.append(Sentence(
        "Where {shock} ({severity} of those sales stop), {country} is served {off} "
        "without any membership effect, and that step makes {verdict} ({gain}; {over} "
        "with the assumed strengths of membership at their ends), at severity {worst} "
        "{verdict_worst} ({gain_worst}); of {total} goods that {country} uses it "
        "leaves the dependence on {target} as it was for {still}.",
        {**facts.names, "shock": facts.words.shock(everyone), "severity": severity,
         "gain": facts.gain(everyone), "verdict": Choice("gain", VERDICT),
         "over": facts.gain_over_strengths(everyone),
         "worst": Number.of(worst, "whole"),
         "gain_worst": facts.gain(everyone, severity=worst),
         "verdict_worst": Choice("gain_worst", VERDICT),
         "off": facts.off(everyone),
         "total": Number.of(len(kept), "count"), "still": Number.of(still, "count")},
        (when("up", "total"),),
    ))
    return Section("answer", "The answer", tuple(blocks))


def constraints(facts: Facts, shock: str, status: str, channels: str) -> str:
    """Return what binds first in a run, in words.

    Parameters
    ----------
    facts : Facts
    shock, status, channels : str

    Returns
    -------
    str
        Empty where nothing does.
    """
    frame = facts.analysis.binding
    if frame.empty:
        return ""
    scope = facts.analysis.world.model.scope
    rows = pick(frame, capacity=scope.capacity, shock=shock, ladder="A",
                severity=facts.severity, channels=channels, no_harm=0, status=status)
    return "; ".join(
        facts.words.constraint(r.constraint, r.what)
        for r in rows.sort_values("rank").head(3).itertuples()
    )


def ladder(facts: Facts, extras: Extras) -> Section:
    """Return the ladder: tables, figure, and what binds on it.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    blocks: list[Block] = []
    scope = facts.analysis.world.model.scope
    if "ladder" in extras.figures:
        blocks.append(extras.figures["ladder"])
    cells = [
        (shock, float(severity)) for shock in facts.shocks
        for severity in facts.analysis.world.model.severity_pair
    ]
    for shock, severity in cells:
        first, last = (
            facts.served(shock, r, severity=severity)
            for r in (facts.rungs[0], facts.rungs[-1])
        )
        values: dict[str, Value] = {
            **facts.names, "shock": facts.words.shock(shock),
            "severity": Number.of(severity, "whole"), "gain": last.less(first),
            "off": facts.off(shock, severity=severity), "first": first, "last": last,
            "verdict": Choice("gain", VERDICT),
            "over": facts.gain_over_strengths(shock, severity=severity),
        }
        blocks.append(Sentence(
            "{shock} (severity {severity}): {country} is served {off} without any "
            "membership effect, {first} if {lowest}, {last} if {highest}: {verdict} "
            "({gain}; {over} with the assumed strengths at their ends).", values,
        ))
    blocks.append(Sentence(
        "{observed} of the value of {country}'s imports in the network rests on "
        "reported or sourced flows; for the rest {country} is taken to be supplied "
        "like the average buyer outside {target}.",
        {**facts.names, "observed": Number.of(observed_share(facts.analysis))},
    ))
    blocks.append(_table(facts))
    if len(scope.capacity_path) and facts.analysis.world.tables is not None:
        blocks.append(_capacity(facts))
    return Section(
        "ladder", "The ladder: what each status is worth", tuple(blocks)
    )


_GROUPS = ("country", "incumbents", "alliance_with_country", "world_outside_target")


def _table(facts: Facts) -> Table:
    """Return served shares by shock, severity and group, along the rungs."""
    rows: list[tuple[Cell, ...]] = []
    for shock in facts.shocks:
        for severity in facts.analysis.world.model.severity_pair:
            for group in _GROUPS:
                off = facts.served(shock, "any", channels="off", group=group,
                                   severity=severity)
                along = [facts.served(shock, r, group=group, severity=severity)
                         for r in facts.rungs]
                if off.known:
                    rows.append((
                        facts.words.shock(shock), Number.of(severity, "whole"),
                        facts.words.group(facts.labels[group]), off, *along,
                        along[-1].less(along[0]),
                    ))
    return Table(
        "table-ladder",
        f"Share of {ALL} served in the year, by value, by status of "
        f"{facts.names['country']} (incumbents at {facts.names['highest']}); ranges "
        "are those of the optimum",
        (Column("Shock"), Column("Severity", numeric=True), Column("Who"),
         Column("No membership effect", numeric=True),
         *(Column(r, numeric=True) for r in facts.rungs),
         Column(f"{facts.rungs[-1]} less {facts.rungs[0]}, percentage points",
                numeric=True)),
        tuple(rows), "ladder.csv",
    )


def _capacity(facts: Facts) -> Table:
    """Return the ladder with the capacity of later years."""
    scope = facts.analysis.world.model.scope
    rows: list[tuple[Cell, ...]] = []
    for shock in facts.shocks:
        for year in (scope.capacity, *map(str, scope.capacity_path)):
            off = facts.served(shock, "any", channels="off", capacity=year)
            along = [facts.served(shock, r, capacity=year) for r in facts.rungs]
            if off.known:
                rows.append((
                    facts.words.shock(shock), year.replace(":", ", ").replace("_", " "),
                    off, *along, along[-1].less(along[0]),
                ))
    return Table(
        "table-capacity",
        f"{facts.names['country']} with what is being built: capacity of the year, "
        f"flows and demand of {scope.year}, severity {facts.severity:.0%}",
        (Column("Shock"), Column("Capacity of"),
         Column("No membership effect", numeric=True),
         *(Column(r, numeric=True) for r in facts.rungs),
         Column(f"{facts.rungs[-1]} less {facts.rungs[0]}, percentage points",
                numeric=True)),
        tuple(rows), "ladder.csv",
    )
