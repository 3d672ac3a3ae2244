"""The seven headline questions: answered with numbers, or left open and said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.report.blocks import Block, Column, Heading, Section, Table
from supplychain.report.facts import ALL, pick
from supplychain.report.sentences import FLAT, Choice, Number, Sentence, Value, when
from supplychain.report.story_answer import VERDICT, aimed, constraints
from supplychain.report.story_chains import stages
from supplychain.report.story_choices import buys, steps
from supplychain.report.story_member import not_computed

if TYPE_CHECKING:
    from supplychain.report.extras import Extras
    from supplychain.report.facts import Facts

__all__ = ["QUESTIONS", "questions"]

QUESTIONS = (
    "How much of each chain rests on {target}: directly, looking through every tier, "
    "and after the best possible re-sourcing?",
    "What does {country}'s move along the ladder change, for {country}, for the "
    "incumbents, for the whole alliance? What stays the same?",
    "Where is the binding stage?",
    "How long until lines stop, and how long until they recover?",
    "At what retaliation does joining stop paying?",
    "What does each further step away from {target} cost?",
    "Which member, which project, which stockpile buys the most resilience?",
)
"""The headline questions of the project, names left open."""


def questions(facts: Facts, extras: Extras) -> Section:
    """Return the seven questions with what this run says about each.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    answers = (
        _rests(facts), _moves(facts), _binds(facts), _stops(facts, extras),
        _retaliation(facts, extras), steps(facts, extras), buys(facts, extras),
    )
    blocks: list[Block] = []
    for at, (question, found) in enumerate(zip(QUESTIONS, answers, strict=True), 1):
        blocks.append(
            Heading(f"question-{at}", f"{at}. {question.format_map(facts.names)}"))
        blocks += found
    return Section("questions", "The seven headline questions", tuple(blocks))


def _rests(facts: Facts) -> list[Block]:
    blocks: list[Block] = []
    for group, headline in (("world_outside_target", "id_world"),
                            ("country", "id_country")):
        frame, ranges = facts.dependency(group), facts.id_range(group)
        low, high = (
            facts.weighted(pd.Series({g: getattr(n, end) for g, n in ranges.items()}),
                           group)
            for end in ("low", "high")
        )
        blocks.append(Sentence(
            "Of the final products wanted by {group}, by value, {dd} come from "
            "{target} directly, {ltd} would be lost looking through every tier, and "
            "{id} remain lost after re-sourcing ({claims} depending on who comes first "
            "and on output that no source allocates; {over} across the ranges of the "
            "assumptions).",
            {**facts.names, "group": facts.group(group),
             "dd": Number.of(facts.weighted(frame.dd, group)),
             "ltd": Number.of(facts.weighted(frame.ltd, group)),
             "id": Number.of(facts.weighted(frame.id, group)),
             "claims": Number(low, high), "over": facts.swing(headline)[1]},
        ))
    blocks.append(Sentence(
        "These are the numbers without any membership effect: a halt of all exports of "
        "{target}, with trade first as it was and then free.", facts.names))
    return blocks


def _moves(facts: Facts) -> list[Block]:
    blocks: list[Block] = []
    for shock in facts.shocks:
        for group in ("country", "incumbents", "alliance_with_country"):
            gain = facts.gain(shock, group=group)
            blocks.append(Sentence(
                "Where {shock} (severity {severity}), the step from {lowest} to "
                "{highest} is {verdict} for {group} ({gain}): served {first} and "
                "{last}, against {off} without any membership effect.",
                {**facts.names, "shock": facts.words.shock(shock),
                 "severity": Number.of(facts.severity, "whole"),
                 "group": facts.group(group), "gain": gain,
                 "verdict": Choice("gain", VERDICT),
                 "off": facts.off(shock, group=group),
                 "first": facts.served(shock, facts.rungs[0], group=group),
                 "last": facts.served(shock, facts.rungs[-1], group=group)},
            ))
    return blocks


def _binds(facts: Facts) -> list[Block]:
    blocks: list[Block] = list(stages(facts))
    shock = aimed(facts, "everyone")
    for run, status, channels in (
        ("without any membership effect", "any", "off"),
        (f"{facts.names['country']} being {facts.rungs[-1]}", facts.rungs[-1],
        "central"),
    ):
        blocks.append(Sentence(
            "Where {shock} (severity {severity}), {run}, what binds first is: "
            "{binding}.",
            {"shock": facts.words.shock(shock), "run": run,
             "severity": Number.of(facts.severity, "whole"),
             "binding": constraints(facts, shock, status, channels)},
            (when("named", "binding"),),
        ))
    return blocks


def _stops(facts: Facts, extras: Extras) -> list[Block]:
    frame = extras.stops
    if frame is None:
        return [not_computed("Days until lines stop", "retaliation")]
    known = frame[frame.days.notna()]
    own = pick(known, country=facts.analysis.world.model.scope.country)
    severity = Number.of(facts.analysis.world.model.severities.central, "whole")
    blocks: list[Block] = [Sentence(
        "Of {total} pairs of a good and a user that {target} supplies, a stock is "
        "sourced for {known}; for the rest days until lines stop are unknown, and "
        "unknown is left open.",
        {**facts.names,
         "total": Number.of(len(frame.drop_duplicates(["good", "country"])), "count"),
         "known": Number.of(len(known.drop_duplicates(["good", "country"])), "count")},
    )]
    for r in own.itertuples():
        values: dict[str, Value] = {
            **facts.names, "good": facts.good(r.good), "holder": r.holder,
            "severity": severity, "frozen": Number(r.days_low, r.days, "days"),
            "eased": Number.of(r.days_high, "days"),
        }
        blocks += [
            Sentence(
                "If {severity} of {target}'s sales of {good} stop, a stock as sourced "
                "for {holder} lasts users in {country} {frozen} without re-routing "
                "(and without any membership effect), and up to {eased} with the "
                "re-routing that recorded memberships allow.", values,
                (when("finite", "eased"),)),
            Sentence(
                "If {severity} of {target}'s sales of {good} stop, a stock as sourced "
                "for {holder} lasts users in {country} {frozen} without re-routing "
                "(and without any membership effect); re-routing replaces what is "
                "lost.", values, (when("endless", "eased"),)),
        ]
    rows = tuple(
        (facts.words.good(r.good), facts.words.country(r.country), r.holder,
         Number(r.stock_low, r.stock_high, "days"), Number.of(r.lost),
         Number(r.days_low, r.days, "days"), Number.of(r.days_high, "days"),
         r.source_id)
        for r in known[known.lost >= FLAT].itertuples()
    )
    if rows:
        blocks.append(Table(
            "table-stops",
            f"Days until a sourced stock is used up when {severity} of "
            f"{facts.names['target']}'s sales stop",
            (Column("Good"), Column("User"), Column("Stock as sourced for"),
             Column("Stock", numeric=True), Column("Supply lost", numeric=True),
             Column("Lasts without re-routing", numeric=True),
             Column("Lasts, re-routed as memberships allow", numeric=True),
             Column("Source")), rows, "days_until_stop.csv",
        ))
    blocks.append(Sentence(
        "How long until they recover stays open: days to recover are sourced for "
        "damage to plants, not for a halt by decision, which lasts as long as it is "
        "upheld.", facts.names))
    return blocks


def _retaliation(facts: Facts, extras: Extras) -> list[Block]:
    if extras.retaliation is None:
        return [not_computed("Break-even retaliation", "retaliation")]
    frame = pick(extras.retaliation, good=ALL)
    blocks: list[Block] = []
    for r in frame[frame.intensity > 0].itertuples():
        extra = [r.theta_star_min * r.intensity, r.theta_star_max * r.intensity]
        values: dict[str, Value] = {
            **facts.names, "status": r.status, "shock": facts.words.shock(r.shock),
            "severity": Number.of(r.severity, "whole"), "extra": Number(*extra),
            "theta": Number(r.theta_star_min, r.theta_star_max, "ratio"),
            "member": Number(r.loss_member_min, r.loss_member_max),
            "outside": Number(r.loss_outside_min, r.loss_outside_max),
            "off": Number(r.loss_channels_off_min, r.loss_channels_off_max),
        }
        said = (
            "Where {shock} (severity {severity}): if {status}, {country} loses "
            "{member} of its final products by value, outside {outside}, without any "
            "membership effect {off}"
        )
        plain = {n: v for n, v in values.items() if n not in {"extra", "theta"}}
        blocks.append(Sentence(said + "; there is {note} to weigh.",
                               {**plain, "note": r.note}, (when("named", "note"),)))
        blocks += [
            Sentence(said + "; joining pays until retaliation adds {extra} to that "
                     "loss (break-even ratio {theta}).", values,
                     (when("finite", "extra"), when("up", "theta"))),
            Sentence(said + "; no retaliation in proportion to that loss cancels it.",
                     values, (when("endless", "extra"),)),
            Sentence(said + "; joining does not pay even without retaliation.", values,
                     (when("finite", "extra"), when("down", "theta"))),
            Sentence(said + "; the optimum leaves open whether joining pays "
                     "(break-even ratio {theta}).", values,
                     (when("finite", "extra"), when("open", "theta"))),
            Sentence(said + "; the break-even ratio is {theta}.", values,
                     (when("finite", "extra"), when("still", "theta"))),
        ]
    blocks.append(Sentence(
        "The break-even ratio is that addition over the intensity of the status. It "
        "compares losses in this network alone; retaliation on goods outside it, or in "
        "trade policy, is not counted.", facts.names))
    return blocks
