"""Explain one number: path, shares, binding input, source rows, assumptions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
from rich.table import Table
from rich.text import Text

from supplychain.errors import ScenarioError
from supplychain.measures.dependency import Path, binding_path
from supplychain.report.words import NOT_OBSERVED, Words, number
from supplychain.scenarios.chains import chains, flow_basis, group_labels
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.stops import days_until_lines_stop
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.world.world import World

__all__ = ["MEASURES", "explain"]

MEASURES = {"DD": "dd", "LTP": "ltp", "LTD": "ltd", "ID": "id"}
_MEANING = {
    "DD": "share bought from {target} directly",
    "LTP": "look-through, this chain first in line, trade frozen",
    "LTD": "look-through, every user rationed alike",
    "ID": "irreducible: after the best re-sourcing that harms nobody else",
}


def explain(
    world: World, good: str, console: Console, *, country: str, measure: str = "ID"
) -> None:
    """Print what stands behind one number.

    Parameters
    ----------
    world : World
    good : str
        Good of the network.
    console : rich.console.Console
    country : str
        Country whose number it is.
    measure : str
        DD, LTP, LTD or ID.

    Raises
    ------
    ScenarioError
        If good, country or measure is unknown; names the nearest ones.
    """
    net, words = world.network, Words(world)
    for value, known, what in (
        (good, net.goods, "good"),
        (country, world.countries.index, "country"),
        (measure, MEASURES, "measure"),
    ):
        if value not in known:
            raise ScenarioError(f"no {what} {value!r}; {nearest(value, known)}")
    if net.need[good].get(country, 0.0) <= 0:
        who = [c for c in sorted(net.need[good]) if c in world.countries.index]
        raise ScenarioError(
            f"{words.country(country)} needs no {good} in the network; "
            f"countries that do: {', '.join(who)}"
        )
    world = _studied(world, country)
    found = chains(world, goods=(good,), with_status=False).dependency
    row = found[(found.group == group_labels(world)["country"])
                & (found.kind == "export_halt")].iloc[0]
    rupture = found[(found.group == group_labels(world)["country"])
                    & (found.kind == "rupture")].iloc[0]
    target = words.country(world.model.scope.target)
    console.print(Text.assemble(
        (f"{measure} of {words.good(good)}, {words.country(country)}: ", "bold"),
        (number(row[MEASURES[measure]], 3), "bold"),
        f"  ({_MEANING[measure].format(target=target)}; share of need, 0–1)",
    ))
    console.print(
        f"DD {number(row.dd, 3)} ≤ LTP {number(row.ltp, 3)} ≤ LTD "
        f"{number(row.ltd, 3)};  ID {number(row.id_first, 3)} (first) to "
        f"{number(row.id, 3)} (protected), rupture {number(rupture.id, 3)}",
        highlight=False,
    )
    basis = flow_basis(world, good, (country,))
    if basis not in {"reported", "sourced_share"}:
        console.print(
            f"Flows: world share, {NOT_OBSERVED} (flow_basis {basis}).", highlight=False
        )
    if measure == "ID":
        console.print(f"Binding in the program: {row.id_binding or 'nothing'}",
                      highlight=False)
    levers = Levers(world)
    path = binding_path(net, good, country, levers.targets, levers.capital)
    console.print(_days(world, good, country), highlight=False)
    console.print(_path_table(words, path))
    console.print(_source_table(world, path))
    console.print(_assumption_table(world, path))


def _days(world: World, good: str, country: str) -> str:
    """Say how long sourced stocks last if the target withholds the good."""
    target = world.model.scope.target
    found = days_until_lines_stop(world, {(good, target): 1.0}, [country])
    known = found[found.days.notna()]
    head = f"Days until lines stop if {Words(world).country(target)} withholds all: "
    if found.empty:
        return head + "nothing is bought there"
    if known.empty:
        return head + "unknown, no stock is sourced"
    said = []
    for r in known.itertuples():
        most = "any" if math.isinf(r.days_high) else f"{r.days_high:.0f}"
        said.append(f"{r.days_low:.0f} to {most} ({r.holder}; {r.source_id})")
    return head + "; ".join(said)


def _studied(world: World, country: str) -> World:
    """Return the world with another country studied."""
    if country == world.model.scope.country:
        return world
    from dataclasses import replace

    return replace(world, model=world.model.revised(country=country))


def _path_table(words: Words, path: Path) -> Table:
    table = Table(title=f"Path of the loss of A ({path.loss:.3f}), from the user up",
                  title_justify="left", box=None, pad_edge=False)
    for name in ("good", "country", "A kept", "binding input", "σ", "suppliers (s, A)"):
        table.add_column(name, overflow="fold")
    for step in path.steps:
        offers = sorted(step.suppliers, key=lambda o: -o[1])[:4]
        country = step.country.removesuffix(" (use)")
        use = " (use)" if step.country.endswith(" (use)") else ""
        table.add_row(
            words.good(step.good), words.country(country) + use, f"{step.left:.3f}",
            words.good(step.input) if step.input else "–", f"{step.sigma:.3f}",
            "; ".join(f"{words.country(c)} {s:.2f}, {a:.2f}" for c, s, a in offers)
            or "–",
        )
    return table


def _source_table(world: World, path: Path) -> Table:
    table = Table(title="Source rows on the path", title_justify="left", box=None,
                  pad_edge=False)
    for name in ("row", "figure", "year", "source", "confidence"):
        table.add_column(name, overflow="fold")
    seen: set[tuple[str, str]] = set()
    for step in path.steps:
        for c in (step.country, *[m for m, *_ in step.suppliers[:4]]):
            good = step.input if c != step.country and step.input else step.good
            node = (good, c)
            if node in seen or node not in world.nodes.index:
                continue
            seen.add(node)
            r = world.nodes.loc[node]
            table.add_row(
                f"production {good}|{c}", f"{r.output:,.4g} {world.goods.unit[good]}",
                str(r.year), str(r.source_id), str(r.confidence),
            )
        recipe = (step.good, step.input)
        if step.input and recipe in world.recipes.index:
            r = world.recipes.loc[recipe]
            table.add_row(f"recipe {step.good} < {step.input}",
                          f"b {r.b:.4g} ({r.basis}, {r.scope})", "",
                          str(r.source_id), str(r.confidence))
    return table


def _assumption_table(world: World, path: Path) -> Table:
    model = world.model
    names = ["surge", "home_share", "capital_output_loss"]
    for step in path.steps:
        made = [f"{kind}:{step.good}" for kind in ("secondary", "secondary_within")]
        names += [scrap for scrap in made if scrap in model.assumptions]
        name = f"phi:{step.good}:{step.input}"
        if step.input:
            names.append(name if name in model.assumptions else "phi_default")
        if f"unallocated_share:{step.good}" in model.assumptions:
            names.append(f"unallocated_share:{step.good}")
    table = Table(title="Assumptions behind it", title_justify="left", box=None,
                  pad_edge=False)
    for column in ("assumption", "value", "range", "evidence"):
        table.add_column(column, overflow="fold")
    for name in pd.unique(pd.Series(names)):
        a = model.assumptions[name]
        span = f"{a.low:g}–{a.high:g}"
        table.add_row(name, f"{model.value(name):g}", span, a.evidence)
    return table
