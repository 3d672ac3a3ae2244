"""Dependency by chain, binding stages, chokepoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.report.blocks import Block, Column, Heading, Section, Table
from supplychain.report.facts import listed, pick
from supplychain.report.sentences import Choice, Number, Sentence, Value, when
from supplychain.report.story_answer import HALF, constraints
from supplychain.report.story_member import not_computed
from supplychain.report.words import NOT_OBSERVED

if TYPE_CHECKING:
    import pandas as pd

    from supplychain.report.extras import Extras
    from supplychain.report.facts import Facts

# A dual below this does not decide.
_WEIGHT = 1e-4
_AMONG = "one of the costliest is"

__all__ = ["begins_at", "binding", "chokepoints", "dependency"]


def begins_at(facts: Facts) -> pd.Series:
    """Return, by final product, the node at which its loss begins.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    pandas.Series
        Codes ``good@country``; the last step of the binding path of those final
        products of which something is lost.
    """
    frame = facts.dependency()
    frame = frame[frame.index.isin(facts.weights().index) & (frame.ltd > 0)]
    return frame.binding_path.str.split(" < ").str[-1].str.removesuffix(" (use)")


def dependency(facts: Facts, extras: Extras) -> Section:
    """Return how far each chain rests on the target.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    frame, ranges = facts.dependency(), facts.id_range()
    finals = frame[frame.index.isin(facts.weights().index)]
    high = finals[finals.id >= HALF].sort_values("id", ascending=False)
    free = finals[finals.id < HALF / 100]
    names: dict[str, Value] = {
        **facts.names, "half": Number.of(HALF, "whole"),
        "total": Number.of(len(finals), "count"),
        "high": listed([facts.good(str(g)) for g in high.index], 8),
        "free": listed([facts.good(str(g)) for g in free.index], 8),
        "count_high": Number.of(len(high), "count"),
        "count_free": Number.of(len(free), "count"),
        "nothing": "nothing that shows",
    }
    blocks: list[Block] = [
        Sentence(
            "DD is bought from {target} directly; LTD looks through every tier, all "
            "users rationed alike; LTP does so with this chain first in line; ID "
            "remains after all re-sourcing that harms nobody else. Each is a share of "
            "need, for a halt of all exports of {target}; no membership enters.", names,
        ),
        Sentence("{count_high} of {total} final products would lose {half} of need or "
                 "beyond after re-sourcing: {high}.", names, (when("named", "high"),)),
        Sentence("{count_free} of {total} final products would lose {nothing} after "
                 "re-sourcing: {free}.", names, (when("named", "free"),)),
    ]
    if "chains" in extras.figures:
        blocks.append(extras.figures["chains"])
    blocks.append(_table(facts, frame, ranges))
    if "map" in extras.figures:
        blocks.append(extras.figures["map"])
    return Section("dependency", "Dependency by chain", tuple(blocks))


def _table(facts: Facts, frame: pd.DataFrame, ranges: dict[str, Number]) -> Table:
    rupture = facts.dependency(kind="rupture").id
    owner = facts.dependency(control="owner").id
    mine = facts.dependency("country")
    finals = set(facts.weights().index)
    rows = []
    for good, r in frame.sort_values("id", ascending=False).iterrows():
        own: str | Number = "–"
        if good in mine.index:
            seen = mine.flow_basis[good] in ("reported", "sourced_share")
            own = Number.of(mine.id[good]) if seen else NOT_OBSERVED
        rows.append((
            facts.words.good(str(good)), "product" if good in finals else "input",
            Number.of(r.dd), Number.of(r.ltp), Number.of(r.ltd), Number.of(r.id),
            ranges[str(good)],
            Number.of(rupture[good]) if good in rupture.index else "–",
            Number.of(owner[good]) if good in owner.index else "–", own,
            facts.words.node(str(r.binding_path).split(" < ")[-1]),
        ))
    target, country = facts.names["target"], facts.names["country"]
    numeric = ("DD", "LTP", "LTD", "ID", "ID, range", "ID, rupture",
               "ID, owners", f"ID of {country}")
    return Table(
        "table-dependency",
        f"Dependence of the world outside {target} on {target}. The range of ID runs "
        "from first claim for this chain to output and uses that no source allocates "
        f"counted as {target}'s, and over conflicting sources; rupture: {target} stops "
        "buying too; owners: what its firms control elsewhere counts as its own",
        (Column("Good"), Column("Kind"),
         *(Column(n, numeric=True) for n in numeric), Column("Loss begins at")),
        tuple(rows), "dependency.csv",
    )


def binding(facts: Facts, extras: Extras) -> Section:  # noqa: ARG001
    """Return the stages at which losses begin, and what binds in each shock.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    blocks: list[Block] = list(stages(facts))
    frame = facts.dependency().sort_values("id", ascending=False)
    begun = begins_at(facts)
    rows = tuple(
        (facts.words.good(str(good)), Number.of(r.ltd), facts.words.node(begun[good]),
         Number.of(r.id), _after(facts, str(r.id_binding)))
        for good, r in frame[frame.index.isin(begun.index)].iterrows()
    )
    blocks.append(Table(
        "table-binding", "Where the loss of each final product begins with trade as it "
        "was, and what limits re-sourcing (world outside "
        f"{facts.names['target']}, a halt of all exports)",
        (Column("Final product"), Column("Lost before re-sourcing", numeric=True),
         Column("Loss begins at"), Column("Lost after (ID)", numeric=True),
         Column("What limits re-sourcing")), rows, "dependency.csv",
    ))
    for shock in facts.shocks:
        for status, channels in (("any", "off"), (facts.rungs[-1], "central")):
            blocks.append(Sentence(
                "{shock} (severity {severity}), {run}: what binds first is {binding}.",
                {**facts.names, "shock": facts.words.shock(shock),
                 "severity": Number.of(facts.severity, "whole"),
                 "run": "without any membership effect" if channels == "off"
                 else f"{facts.names['country']} being {status}",
                 "binding": constraints(facts, shock, status, channels)},
                (when("named", "binding"),),
            ))
    return Section("binding", "Binding stages", tuple(blocks))


def _after(facts: Facts, binding: str) -> str:
    """Return in words what binds once all is re-sourced; none of no weight."""
    said = []
    for part in filter(None, binding.split("; ")):
        family, what, weight = part.rsplit(" ", 2)[-3:]
        if float(weight.strip("()")) >= _WEIGHT:
            said.append(facts.words.constraint(family, what))
    return "; ".join(said) or "–"


def stages(facts: Facts) -> list[Sentence]:
    """Say at which stages of the chain losses begin.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    list of Sentence
    """
    begun = begins_at(facts)
    if begun.empty:
        return []
    good = begun.str.partition("@")[0]
    inner = good[good != good.index.to_series()]
    counted = inner.value_counts()
    names = [f"{facts.good(str(g))} ({n})" for g, n in counted.items()]
    values: dict[str, Value] = {
        **facts.names, "total": Number.of(len(begun), "count"),
        "inputs": Number.of(len(inner), "count"), "stages": listed(names, 8),
    }
    return [Sentence(
        "Of {total} final products of the world outside {target} that lose something, "
        "the loss of {inputs} begins at an input and not at the product itself; by "
        "stage, with the number of products: {stages}.", values,
        (when("named", "stages"),),
    )]


def chokepoints(facts: Facts, extras: Extras) -> Section:
    """Return concentration, and what the loss of one node costs.

    Parameters
    ----------
    facts : Facts
    extras : Extras

    Returns
    -------
    Section
    """
    frame = facts.analysis.concentration
    top = frame[frame.top1_share.notna()].sort_values("top1_share", ascending=False)
    lead = pick(top, top1=facts.analysis.world.model.scope.target)
    short = top[top.n1_coverage_world_demand < HALF]
    blocks: list[Block] = [
        Sentence(
            "{target} is the first producer of {count} of {total} goods of the "
            "network; without its first producer, whoever it is, the others' output "
            "would not cover {half} of world demand for {short}.",
            {**facts.names, "count": Number.of(len(lead), "count"),
             "total": Number.of(len(top), "count"),
             "half": Number.of(HALF, "whole"),
             "short": Number.of(len(short), "count")},
        ),
    ]
    blocks += _nodes(facts, extras)
    rows = tuple(
        (facts.words.good(r.good), r.stage, facts.words.country(r.top1),
         Number.of(r.top1_share), Number.of(r.top3_share), Number.of(r.hhi, "ratio"),
         Number.of(r.n1_coverage_world_demand))
        for r in top.itertuples()
    )
    blocks.append(Table(
        "table-concentration",
        "Concentration of world output by good; N-1: output of all but the first "
        "producer as a share of world demand",
        (Column("Good"), Column("Stage"), Column("First producer"),
         Column("Its share", numeric=True), Column("First three", numeric=True),
         Column("HHI (0-1)", numeric=True), Column("N-1 coverage", numeric=True)),
        rows, "concentration.csv",
    ))
    return Section("chokepoints", "Chokepoints", tuple(blocks))


def _nodes(facts: Facts, extras: Extras) -> list[Block]:
    found = extras.chokepoints
    if found is None:
        return [not_computed("What the world loses if one node stops for a year",
                             "chokepoints")]
    nodes = found.nodes[found.nodes.loss_max > 0]
    place = {
        "alliance": f"in {facts.names['alliance']}", "target": facts.names["target"],
        "country": facts.names["country"], "nobody": "no country in particular",
        "other": "elsewhere",
    }
    named = nodes[nodes.lies_in != "nobody"]
    lost = [Number(r.loss_min, r.loss_max) for r in named.head(2).itertuples()]
    said: list[Block] = [
        Sentence(
            "If one node stops for a year, {which} {node}: the world goes without "
            "{loss} of its final products by value ({off} without any membership "
            "effect, {free} with trade free).",
            {**facts.names, "node": facts.words.node(f"{r.good}@{r.country}"),
             "loss": lost[0], "lead": lost[0].less(lost[-1]),
             "which": Choice("lead", {"up": "the costliest is", "still": _AMONG,
                                      "open": _AMONG, "down": _AMONG}),
             "off": Number(r.loss_off_min, r.loss_off_max),
             "free": Number(r.loss_free_min, r.loss_free_max)},
        ) for r in named.head(1).itertuples()
    ]
    rows = tuple(
        (facts.words.node(f"{r.good}@{r.country}"), place[r.lies_in],
         Number.of(r.share), Number(r.loss_min, r.loss_max),
         Number(r.loss_off_min, r.loss_off_max),
         Number(r.loss_free_min, r.loss_free_max))
        for r in nodes.head(25).itertuples()
    )
    return [*said, Heading("nodes", "One node at a time"), Table(
        "table-chokepoints", "Final value lost in the world when a node stops for a "
        "year: the costliest 25",
        (Column("Node"), Column("Lies"), Column("Share of world output", numeric=True),
         Column("Lost", numeric=True), Column("No membership effect", numeric=True),
         Column("Trade free", numeric=True)), rows, "chokepoints.csv",
    )]
