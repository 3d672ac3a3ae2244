"""What each step away costs, and which member, project or stock buys resilience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.report.blocks import Block, Cell, Column, Table
from supplychain.report.facts import listed
from supplychain.report.sentences import (
    Choice,
    Number,
    Sentence,
    Value,
    direction,
    when,
)
from supplychain.report.story_answer import VERDICT
from supplychain.report.story_member import not_computed
from supplychain.scenarios.frontier_tables import OFF

if TYPE_CHECKING:
    from supplychain.report.extras import Extras
    from supplychain.report.facts import Facts

__all__ = ["buys", "steps"]


def steps(facts: Facts, extras: Extras) -> list[Block]:
    """Say what each step away from the target costs in the long run.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    list of Block
    """
    if not extras.frontiers:
        return [not_computed("Cost of each step", "frontiers")]
    found = list(extras.frontiers.values())
    cap = facts.analysis.world.model.value("share_cap")
    within = [f for f in found if f.today <= cap]
    by_year = [f for f in found if f.reached <= cap]
    at_all = [f for f in found if f.least <= cap]
    values: dict[str, Value] = {
        **facts.names, "cap": Number.of(cap, "whole"),
        "total": Number.of(len(found), "count"),
        "within": Number.of(len(within), "count"), "year": str(found[0].task.year),
        "reach": Number.of(len(by_year), "count"),
        "possible": Number.of(len(at_all), "count"),
    }
    rows: list[tuple[Cell, ...]] = []
    for f in found:
        mark = f.marks[(f.marks.mark == "share_cap") & (f.marks.membership == OFF)]
        blocked = listed([facts.good(str(b)) for b in f.blocking_by_year], 3)
        rows += [
            (facts.words.good(f.task.good), Number.of(f.today), Number.of(f.reached),
             Number.of(f.least), Number(r.premium_low, r.premium_high, "percent"),
             Number.of(r.capacity, "percent"), "yes" if r.reachable else "no",
             r.note or blocked)
            for r in mark.itertuples()
        ]
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
             Column("What limits it by then")),
            tuple(rows), "frontier.csv",
        ),
    ]
    premiums = [r[4] for r in rows]
    priced = [(p.low, p.high) for p in premiums if isinstance(p, Number) and p.known]
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


_MARKS = ("stock_of_binding_input", "more_capacity_outside_target", "free_rerouting")


def buys(facts: Facts, extras: Extras) -> list[Block]:
    """Say which member, capacity or stock adds resilience.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    list of Block
    """
    scope, model = facts.analysis.world.model.scope, facts.analysis.world.model
    blocks: list[Block] = []
    for shock in facts.shocks:
        stock, plants, free = (
            facts.served(shock, m, ladder="benchmark", channels="off") for m in _MARKS
        )
        blocks.append(Sentence(
            "Where {shock} (severity {severity}), {country} is served {off} without "
            "any membership effect; {days} of stock of the binding input make it "
            "{stock}, {extra} additional capacity everywhere outside {target} "
            "{plants}, free trade {free}, and {highest} membership with incumbents "
            "acting in full {last}.",
            {**facts.names, "shock": facts.words.shock(shock), "stock": stock,
             "severity": Number.of(facts.severity, "whole"), "off": facts.off(shock),
             "days": Number.of(model.value("benchmark_stock_days"), "days"),
             "extra": Number.of(model.value("benchmark_capacity"), "whole"),
             "plants": plants,
             "free": free, "last": facts.served(shock, facts.rungs[-1])},
        ))
        for later in map(str, scope.capacity_path[-1:]):
            now, then = (
                facts.off(shock, capacity=year) for year in (scope.capacity, later)
            )
            blocks.append(Sentence(
                "With the capacity of {later} and no membership effect, {country} is "
                "served {then} there: {verdict} ({gain}).",
                {**facts.names,
                 "later": later.replace(":", ", projects ").replace("_", " "),
                 "then": then, "gain": then.less(now),
                 "verdict": Choice("gain", VERDICT)},
            ))
    blocks.append(Sentence(
        "The single project or stockpile to choose stays open: projects of a year are "
        "valued together, and a stock of one good at a time.", facts.names))
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
             "player": facts.words.player(r.player), "lead": gain.less(second),
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
