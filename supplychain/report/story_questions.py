"""The seven headline questions: answered with numbers, or left open and said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.report.blocks import Block, Column, Heading, Section, Table
from supplychain.report.facts import ALL, listed, pick
from supplychain.report.sentences import Choice, Number, Sentence, direction, when
from supplychain.report.story_answer import VERDICT, aimed, constraints
from supplychain.report.story_chains import stages
from supplychain.report.story_member import not_computed
from supplychain.scenarios.frontier_tables import OFF

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
        _retaliation(facts, extras), _steps(facts, extras), _buys(facts, extras),
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
                "Where {shock} (severity {severity}), the step from {lowest} to {highest} is "
                "{verdict} for {group} ({gain}): served {first} and {last}, against {off} "
                "without any membership effect.",
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
        (f"{facts.names['country']} being {facts.rungs[-1]}", facts.rungs[-1], "central"),
    ):
        blocks.append(Sentence(
            "Where {shock} (severity {severity}), {run}, what binds first is: {binding}.",
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
        values = {
            **facts.names, "good": facts.good(r.good), "holder": r.holder,
            "severity": severity, "frozen": Number(r.days_low, r.days, "days"),
            "eased": Number.of(r.days_high, "days"),
        }
        blocks += [
            Sentence(
                "If {severity} of {target}'s sales of {good} stop, a stock as sourced for "
                "{holder} lasts users in {country} {frozen} where nothing is re-routed "
                "(without any membership effect) and up to {eased} with the re-routing "
                "that recorded memberships allow.", values, (when("finite", "eased"),)),
            Sentence(
                "If {severity} of {target}'s sales of {good} stop, a stock as sourced for "
                "{holder} lasts users in {country} {frozen} where nothing is re-routed "
                "(without any membership effect); re-routing replaces what is lost.",
                values, (when("endless", "eased"),)),
        ]
    rows = tuple(
        (facts.words.good(r.good), facts.words.country(r.country), r.holder,
         Number(r.stock_low, r.stock_high, "days"), Number.of(r.lost),
         Number(r.days_low, r.days, "days"), Number.of(r.days_high, "days"),
         r.source_id)
        for r in known.itertuples()
    )
    if rows:
        blocks.append(Table(
            "table-stops",
            f"Days until a sourced stock is used up when {severity} of "
            f"{facts.names['target']}'s sales stop",
            (Column("Good"), Column("User"), Column("Stock as sourced for"),
             Column("Stock", numeric=True), Column("Supply lost", numeric=True),
             Column("Lasts, nothing re-routed", numeric=True),
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
        values = {
            **facts.names, "status": r.status, "shock": facts.words.shock(r.shock),
            "severity": Number.of(r.severity, "whole"), "extra": Number(*extra),
            "theta": Number(r.theta_star_min, r.theta_star_max, "ratio"),
            "member": Number(r.loss_member_min, r.loss_member_max),
            "outside": Number(r.loss_outside_min, r.loss_outside_max),
            "off": Number(r.loss_channels_off_min, r.loss_channels_off_max),
        }
        said = (
            "Where {shock} (severity {severity}): if {status}, {country} loses {member} of its final "
            "products by value, outside {outside}, without any membership effect {off}"
        )
        blocks += [
            Sentence(said + "; joining pays until retaliation adds {extra} to that loss "
                     "(break-even ratio {theta}).", values,
                     (when("finite", "extra"), when("up", "theta"))),
            Sentence(said + "; no retaliation in proportion to that loss cancels it.",
                     values, (when("endless", "extra"),)),
            Sentence(said + "; joining does not pay even without retaliation.", values,
                     (when("finite", "extra"), when("down", "theta"))),
            Sentence(said + "; the optimum leaves open whether joining pays "
                     "(break-even ratio {theta}).", values,
                     (when("finite", "extra"), when("open", "theta"))),
            Sentence(said + "; there is no gain to cancel.", values,
                     (when("finite", "extra"), when("still", "theta"))),
        ]
    blocks.append(Sentence(
        "The break-even compares losses in this network alone; retaliation on goods "
        "outside it, or in trade policy, is not counted.", facts.names))
    return blocks


def _steps(facts: Facts, extras: Extras) -> list[Block]:
    if not extras.frontiers:
        return [not_computed("Cost of each step", "frontiers")]
    found = list(extras.frontiers.values())
    cap = facts.analysis.world.model.value("share_cap")
    within = [f for f in found if f.today <= cap]
    by_year = [f for f in found if f.reached <= cap]
    at_all = [f for f in found if f.least <= cap]
    values = {
        **facts.names, "cap": Number.of(cap, "whole"), "total": Number.of(len(found), "count"),
        "within": Number.of(len(within), "count"), "year": str(found[0].task.year),
        "reach": Number.of(len(by_year), "count"),
        "possible": Number.of(len(at_all), "count"),
    }
    rows = []
    for f in found:
        mark = f.marks[(f.marks.mark == "share_cap") & (f.marks.membership == OFF)]
        for r in mark.itertuples():
            rows.append((
                facts.words.good(f.task.good), Number.of(f.today),
                Number.of(f.reached), Number.of(f.least),
                Number(r.premium_low, r.premium_high, "percent"),
                Number.of(r.capacity, "percent"),
                "yes" if r.reachable else "no", r.note or listed(
                    [facts.good(str(b)) for b in f.blocking_by_year], 3),
            ))
    blocks: list[Block] = [
        Sentence(
            "Of {total} chains of final products, {within} keep {target} within {cap} "
            "of each stage today; {reach} can by {year} with idle plants and listed "
            "projects, {possible} in the long run whatever it costs.", values),
        Table(
            "table-frontier",
            f"Long run: {facts.names['target']}'s largest share over the stages of a "
            f"chain, and what a cap of {cap:.0%} on every stage costs (new plants in "
            "per cent of one stage; premium in per cent of the chain's cost, between "
            "bounds where prices are not sourced); no membership effect",
            (Column("Chain of"), Column("Share today", numeric=True),
             Column(f"Reachable by {found[0].task.year}", numeric=True),
             Column("Reachable at all", numeric=True),
             Column("Premium at the cap", numeric=True),
             Column("New plants at the cap", numeric=True),
             Column(f"Cap reachable by {found[0].task.year}"),
             Column("What blocks it by then")),
            tuple(rows), "frontier.csv",
        ),
    ]
    priced = [(r[4].low, r[4].high) for r in rows if r[4].known]
    if priced:
        blocks.append(Sentence(
            "At that cap the premium lies within {premium} of the chain's cost for "
            "each of the {priced} chains whose prices are bounded; for {open} it is "
            "not known, since a price is missing or the cap cannot be kept.",
            {"premium": Number(min(p for p, _ in priced), max(p for _, p in priced),
                               "percent"),
             "priced": Number.of(len(priced), "count"),
             "open": Number.of(len(rows) - len(priced), "count")},
        ))
    acting = [str(r.channel) for r in found[0].channels.itertuples() if r.acts]
    blocks += [
        Sentence("With membership the premium changes by finance alone: {acting} acts.",
                 {"acting": listed(acting)}, (when("named", "acting"),)),
        Sentence("No channel of membership that is switched on acts on these costs, so "
                 "that the run with memberships is this one.",
                 {"acting": listed(acting)}, (when("unnamed", "acting"),)),
    ]
    return blocks


def _player(facts: Facts, name: str) -> str:
    """Return a player of the game in words: a country, or a group of the model."""
    known = name in facts.analysis.world.countries.index
    return facts.words.country(name) if known else name.replace("_", " ").capitalize()


_MARKS = ("stock_of_binding_input", "more_capacity_outside_target", "free_rerouting")


def _buys(facts: Facts, extras: Extras) -> list[Block]:
    scope, model = facts.analysis.world.model.scope, facts.analysis.world.model
    blocks: list[Block] = []
    for shock in facts.shocks:
        stock, plants, free = (
            facts.served(shock, m, ladder="benchmark", channels="off") for m in _MARKS
        )
        blocks.append(Sentence(
            "Where {shock} (severity {severity}), {country} is served {off} without any membership "
            "effect; {days} of stock of the binding input make it {stock}, {extra} "
            "additional capacity everywhere outside {target} {plants}, free trade {free}, "
            "and {highest} membership with incumbents acting in full {last}.",
            {**facts.names, "shock": facts.words.shock(shock), "stock": stock,
             "severity": Number.of(facts.severity, "whole"), "off": facts.off(shock),
             "days": Number.of(model.value("benchmark_stock_days"), "days"),
             "extra": Number.of(model.value("benchmark_capacity"), "whole"), "plants": plants,
             "free": free, "last": facts.served(shock, facts.rungs[-1])},
        ))
        for later in map(str, scope.capacity_path[-1:]):
            now, then = (
                facts.off(shock, capacity=year) for year in (scope.capacity, later)
            )
            blocks.append(Sentence(
                "With the capacity of {later} and no membership effect, {country} is served "
                "{then} there: {verdict} ({gain}).",
                {**facts.names, "later": later.replace(":", ", projects ").replace("_", " "),
                 "then": then, "gain": then.less(now),
                 "verdict": Choice("gain", VERDICT)},
            ))
    blocks.append(Sentence(
        "Which single project or stockpile buys the most stays open: projects of a "
        "year are valued together, and a stock of one good at a time.", facts.names))
    frame = extras.marginal
    if frame is None:
        blocks.append(not_computed("Which member adds the most", "marginal"))
        return blocks
    rows = frame[frame.group.str.startswith("alliance without")]
    rows = rows.sort_values("difference", ascending=False)
    added = [Number(r.difference_min, r.difference_max, "points")
             for r in rows.itertuples()]
    for r, gain, second in zip(rows.head(1).itertuples(), added, added[1:],
                               strict=False):
        blocks.append(Sentence(
            "Of {total} members and candidates, {player} {adds} to the others where "
            "{shock}: {gain} (served {off} without any membership effect).",
            {"total": Number.of(len(rows), "count"), "gain": gain,
             "player": _player(facts, r.player), "lead": gain.less(second),
             "adds": Choice("lead", {
                 "up": "adds the most", "still": "is among those that add the most",
                 "open": "is among those that add the most"}),
             "shock": facts.words.shock(r.shock), "off": Number(r.off_min, r.off_max)},
        ))
    blocks.append(Sentence(
        "Of {total} members and candidates {clear} add to the others an amount that is "
        "clear of zero; for the others it does not show, or the optimum leaves its "
        "sign open.",
        {"total": Number.of(len(rows), "count"),
         "clear": Number.of(sum(direction(n) == "up" for n in added), "count")},
    ))
    return blocks
