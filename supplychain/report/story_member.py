"""What the country studied brings and gets, and where its status changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.report.blocks import Block, Column, Section, Table
from supplychain.report.extras import COMMANDS
from supplychain.report.facts import listed, pick
from supplychain.report.sentences import FLAT, Choice, Number, Sentence, when
from supplychain.report.story_answer import VERDICT

if TYPE_CHECKING:
    from supplychain.report.extras import Extras
    from supplychain.report.facts import Facts

__all__ = ["brings_and_gets", "not_computed", "reason", "unchanged"]

_NOTHING = 0.01


def not_computed(what: str, part: str) -> Sentence:
    """Return the sentence for a part that this run lacks.

    Parameters
    ----------
    what : str
        What is missing.
    part : str
        Key of COMMANDS.

    Returns
    -------
    Sentence
    """
    return Sentence("{what}: not computed in this run; {command} computes it.",
                    {"what": what, "command": f"`{COMMANDS[part]}`"})


def brings_and_gets(facts: Facts, extras: Extras) -> Section:
    """Return gains of the country by product, and of others by its joining.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    blocks: list[Block] = []
    for shock in facts.shocks:
        gets, incumbents, alliance = (
            facts.gain(shock, group=g)
            for g in ("country", "incumbents", "alliance_with_country")
        )
        blocks.append(Sentence(
            "{shock} (severity {severity}): the step from {lowest} to {highest} makes "
            "{own} for {country} ({gain}), {theirs} for incumbents ({gain_incumbents}) "
            "and {joint} for the alliance with {country} ({gain_alliance}).",
            {**facts.names, "shock": facts.words.shock(shock), "gain": gets,
             "severity": Number.of(facts.severity, "whole"),
             "gain_incumbents": incumbents,
             "gain_alliance": alliance, "own": Choice("gain", VERDICT),
             "theirs": Choice("gain_incumbents", VERDICT),
             "joint": Choice("gain_alliance", VERDICT)},
        ))
    blocks += _made(facts)
    game = extras.game
    name = facts.analysis.world.model.scope.country
    if game is None:
        blocks.append(not_computed(
            f"What {facts.names['country']} adds to a coalition that trades with "
            "itself alone", "game"))
    else:
        rows = game.rows[game.rows.player == name]
        blocks += [
            Sentence(
                "In a coalition that trades with itself alone, {country}'s Shapley "
                "share is {share} of the members' baseline, out of {total}; alone it "
                "serves {alone}.",
                {**facts.names, "share": Number(r.low, r.high, "percent"),
                 "total": Number.of(game.total, "percent"),
                 "alone": Number.of(r.alone, "percent")},
            ) for r in rows.itertuples()
        ]
    blocks.append(_products(facts))
    country = facts.names["country"]
    return Section("member", f"What {country} brings and gets", tuple(blocks))


def _made(facts: Facts) -> list[Block]:
    """Say which goods the country makes, from concentration.csv."""
    frame = facts.analysis.concentration
    share = frame.set_index("good")[f"share_{facts.analysis.world.model.scope.country}"]
    share = share[share > _NOTHING].sort_values(ascending=False)
    named = [
        f"{facts.good(str(g))} {Number.of(s)}" for g, s in share.items()
    ]
    return [
        Sentence(
            "{country} makes {threshold} of world output or beyond of {count} goods of "
            "the network's {total}: {goods}.",
            {**facts.names, "threshold": Number.of(_NOTHING, "whole"),
             "count": Number.of(len(named), "count"),
             "total": Number.of(len(frame), "count"), "goods": listed(named, 8)},
            (when("named", "goods"),),
        ),
        Sentence(
            "{country} makes {threshold} of world output of {nil} of the network's "
            "{total} goods.",
            {**facts.names, "threshold": Number.of(_NOTHING, "whole"), "nil": "not one",
             "goods": listed(named), "total": Number.of(len(frame), "count")},
            (when("unnamed", "goods"),),
        ),
    ]


def _products(facts: Facts) -> Table:
    """Return what the country is served by product, under each shock."""
    country = facts.labels["country"]
    frame = pick(facts.analysis.ladder, group=country, severity=facts.severity,
                 ladder="A", channels="central", no_harm=0,
                 capacity=facts.analysis.world.model.scope.capacity)
    goods = [g for g in pd.unique(frame.good) if g in facts.analysis.world.goods.index]
    rows = []
    for shock in facts.shocks:
        for good in goods:
            found = [facts.served(shock, r, good=good) for r in facts.rungs]
            off = facts.off(shock, good=good)
            if found[0].known and off.known:
                rows.append((
                    facts.words.good(good), facts.words.shock(shock), off,
                    found[0], found[-1], found[-1].less(found[0]),
                ))
    return Table(
        "table-products",
        f"What {facts.names['country']} is served of each final product, severity "
        f"{facts.severity:.0%} (share of its baseline; a wide range means that the "
        "optimum does not say which product gives way)",
        (Column("Final product"), Column("Shock"),
         Column("No membership effect", numeric=True),
         Column(facts.rungs[0], numeric=True), Column(facts.rungs[-1], numeric=True),
         Column("Difference, percentage points", numeric=True)),
        tuple(rows), "ladder.csv",
    )


_WHY = {
    "safe": "nothing is at risk, whatever trade does",
    "bare": "re-sourcing adds nothing, since capacity outside the target is what lacks",
    "easy": "re-sourcing within the year suffices on each status",
    "blind": "membership opens no room that helps, since what could replace the target "
    "lies with non-members, with nobody in particular, or lacks inputs itself",
    "moves": "membership moves the dependence",
}


def reason(first: float, last: float, frozen: float, free: float) -> str:
    """Tell why a membership changes the dependence on a good, or does not.

    Parameters
    ----------
    first, last : float
        ID(lambda) on the lowest and the highest rung [1].
    frozen, free : float
        With trade as it was, and re-sourced at will [1].

    Returns
    -------
    {"moves", "safe", "bare", "easy", "blind"}

    Examples
    --------
    >>> reason(0.8, 0.5, 0.9, 0.0), reason(0.9, 0.9, 0.9, 0.9)
    ('moves', 'bare')
    >>> reason(0.0, 0.0, 0.6, 0.0), reason(0.5, 0.5, 0.6, 0.0)
    ('easy', 'blind')
    """
    if first - last >= FLAT:
        return "moves"
    if frozen < FLAT:
        return "safe"
    if frozen - free < FLAT or first - free < FLAT <= free:
        return "bare"
    return "easy" if first < FLAT else "blind"


def unchanged(facts: Facts, extras: Extras) -> Section:  # noqa: ARG001
    """Return where the status changes nothing, and why.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    kept, low, high = facts.unlocked, facts.rungs[0], facts.rungs[-1]
    why = {
        str(g): reason(r[low], r[high], r.frozen, r.free) for g, r in kept.iterrows()
    }
    blocks: list[Block] = []
    for kind, text in _WHY.items():
        names = [facts.good(g) for g, k in why.items() if k == kind]
        blocks.append(Sentence(
            "For {count} of {total} goods that {country} uses, {why}: {goods}.",
            {**facts.names, "total": Number.of(len(why), "count"), "why": text,
             "count": Number.of(len(names), "count"), "goods": listed(names, 6)},
            (when("named", "goods"),),
        ))
    blocks += [
        Sentence(
            "{shock} (severity {severity}): for {group} the ladder is {flat} ({gain} "
            "from {lowest} to {highest}; served {off} without any membership effect).",
            {**facts.names, "group": facts.group(group),
             "severity": Number.of(facts.severity, "whole"),
             "flat": "flat to within half a point", "shock": facts.words.shock(shock),
             "off": facts.off(shock, group=group),
             "gain": facts.gain(shock, group=group)},
            (when("still", "gain"),),
        )
        for shock in facts.shocks
        for group in ("country", "incumbents", "world_outside_target")
    ]
    rows = tuple(
        (facts.words.good(str(g)), _WHY[why[str(g)]], Number.of(r.frozen),
         Number.of(r[low]), Number.of(r[high]), Number.of(r.free))
        for g, r in kept.iterrows()
    )
    blocks.append(Table(
        "table-unchanged",
        f"Dependence of {facts.names['country']} on {facts.names['target']} by good: "
        "share of need lost with trade as it was, re-sourced within the year as each "
        "status allows, and re-sourced at will",
        (Column("Good"), Column("Why"), Column("Trade as it was", numeric=True),
         Column(low, numeric=True), Column(high, numeric=True),
         Column("At will", numeric=True)),
        rows, "id_lambda.csv",
    ))
    return Section("unchanged", "Where it changes nothing, and why", tuple(blocks))
