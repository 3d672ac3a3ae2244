"""One assumption at a time, low and high: what it does to five headline numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.measures.dependency import survival
from supplychain.optimize.dependency import Chain, Setting, restricted
from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.levers import Levers
from supplychain.world.world import REBUILDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supplychain.optimize.compiled import Program, Solution
    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = [
    "BOUNDS_ONLY",
    "HEADLINES",
    "Headlines",
    "assumption_names",
    "headlines",
    "sensitivity",
]

HEADLINES: dict[str, str] = {
    "id_world": "ID of final products, world outside the target, value-weighted",
    "id_country": "ID of final products, the country studied, value-weighted",
    "gain_halt_country": "gain from full membership, halt aimed at the country, "
    "severity 0.75",
    "gain_halt_alliance": "gain from full membership, halt aimed at the alliance, "
    "severity 0.75",
    "world_halt_everyone": "value served, world outside the target, halt aimed at "
    "everyone, severity 0.75",
}
"""Five headline numbers, each a share between 0 and 1."""

_OF_SHOCKS = ("gain_halt_country", "gain_halt_alliance", "world_halt_everyone")
CONFLICTS = "conflicts of sources about the target"
SCRAP = "scrap rates, all together"
_SCRAP = "secondary"
_SEVERITY = 0.75
# These act on bounds alone: programs and dependencies stay as they are.
BOUNDS_ONLY = ("nu0", "nu1", "eta", "unallocated_intensity", "status:")
# These act on weights alone: what each product's ID is stays as it is.
_WEIGHTS_ONLY = ("demand_slope", "other_use", "value:")
# What has to be stated anew; without an entry the world is built again.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "phi": ("feedstock",),
    "surge": ("feedstock", "capacity", "by_product"),
    "by_product_potential": ("by_product",),
    "demand_slope": (),
    "other_use": ("value",),
    "value:": ("value",),
}
_BENCHMARK = "benchmark_"
_PROJECTS = "project_utilization"
# What plants of later decades cost: no headline is about them.
_LONG_RUN = (
    "new_plant_premium", "capital_share", "plant_life", "cost_of_capital",
    "finance_gap_closed",
)
# These stand in the rows of one constraint family.
_ONE_ROW = ("phi:", "by_product_potential:")
_DUAL = 1e-9


@dataclass(frozen=True)
class Headlines:
    """The five numbers of one world, and the programs solved for them."""

    values: Mapping[str, float]
    ids: Ids
    solves: int
    behind: Mapping[tuple[str, str], Optima] = field(default_factory=dict)
    """Programs behind each ID, and behind the shocks under ``("shocks", "")``."""


Ids = Mapping[tuple[str, str], float]
Optima = list[tuple["Program", "Solution"]]
_SHOCKS = ("shocks", "")


def _product_ids(
    world: World, program: Program, known: Ids, behind: dict[tuple[str, str], Optima]
) -> Ids:
    """Return ID by (group key, final product); those known are taken over."""
    net = world.network
    levers = Levers(world)
    left = survival(net, levers.targets, levers.capital)
    setting = Setting(net, levers.targets, levers.capital, left)
    found: dict[tuple[str, str], float] = dict(known)
    for good in sorted(net.finals - {g for _, g in known}):
        chain = Chain(setting, restricted(program, net, good), good)
        for key in ("world_outside_target", "country"):
            group = [c for c in world.groups[key] if c not in levers.targets]
            if any((good, c) in net.final for c in group):
                found[key, good], solution = chain.solve(group, "protected", "free")
                if solution is not None:
                    behind[key, good] = [(chain.program, solution)]
    return found


def _weighted_id(world: World, ids: Ids, key: str) -> float:
    """Return the value-weighted mean of the IDs of a group; NaN without any."""
    net = world.network
    pairs = [
        (net.value[g] * sum(net.final.get((g, c), 0.0) for c in world.groups[key]), x)
        for (k, g), x in ids.items() if k == key
    ]
    total = sum(v for v, _ in pairs)
    return sum(v * x for v, x in pairs) / total if total > 0 else float("nan")


def headlines(
    world: World,
    response: Response | None = None,
    known: Ids | None = None,
    shocks: Mapping[str, float] | None = None,
) -> Headlines:
    """Compute the five headline numbers of a world.

    Parameters
    ----------
    world : World
    response : Response, optional
        A compiled program that is right for this world.
    known : mapping, optional
        IDs by group and product that are known not to change.
    shocks : mapping of str to float, optional
        Headline numbers of shocks that are known not to change.

    Returns
    -------
    Headlines

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = headlines(load_world()).values
    >>> all(-1 <= v <= 1 for v in found.values())
    True
    """
    run = response or Response(world.network, weights_of(world))
    before = run.solves
    behind: dict[tuple[str, str], Optima] = {_SHOCKS: []}
    ids = _product_ids(world, run.program, known or {}, behind)
    values = {
        "id_world": _weighted_id(world, ids, "world_outside_target"),
        "id_country": _weighted_id(world, ids, "country"),
    }
    if shocks is not None:
        return Headlines({**shocks, **values}, ids, len(behind) - 1)
    levers = Levers(world)
    scope = world.model.scope
    named = {
        s.targets: name for name, s in world.model.shocks.items() if not s.effects
    }
    ladder = world.ladder_a()
    net = world.network

    def served(targets: str, status: str, group: Iterable[str]) -> float:
        name = named.get(targets)  # type: ignore[call-overload]
        if name is None:
            return float("nan")  # the model ships no such halt
        variant = ladder.with_statuses({scope.country: status})
        bounds = levers.bounds(variant, levers.shock(name), _SEVERITY)
        places = [c for c in group if any((g, c) in net.final for g in net.finals)]
        if not places:
            return float("nan")
        served = run.serve(bounds, {"group": places})
        behind[_SHOCKS].append((run.program, served.solution))
        found = served.groups["group"]
        return found.middle

    lowest, highest = scope.rungs[0], scope.rungs[-1]
    one = (scope.country,)
    for key, targets in (("gain_halt_country", "country"),
                         ("gain_halt_alliance", "alliance")):
        values[key] = served(targets, highest, one) - served(targets, lowest, one)
    values["world_halt_everyone"] = served(
        "everyone", highest, world.groups["world_outside_target"]
    )
    return Headlines(values, ids, run.solves - before, behind)


def assumption_names(world: World) -> list[str]:
    """List what is varied: assumptions, intensities, conflicts of sources.

    Parameters
    ----------
    world : World

    Returns
    -------
    list of str
        Only names with a range; scrap rates together, one by one on request.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> "nu1" in assumption_names(load_world())
    True
    """
    model = world.model
    ranged = [n for n, a in model.assumptions.items() if a.low < a.high]
    ranged = [n for n in ranged if _in_scope(world, n)]
    names = [n for n in ranged if not n.startswith(_SCRAP)]
    names += [f"status:{s}" for s, a in model.statuses.items() if a.low < a.high]
    return [*names, *([SCRAP] if len(names) < len(ranged) else []), CONFLICTS]


def _in_scope(world: World, name: str) -> bool:
    """Tell whether an assumption is about a good, or a recipe, of the world."""
    family, *named = name.split(":")
    if family == "phi" and named:
        return tuple(named) in world.recipes.index
    if family == "cost_of_capital":
        return True
    return not named or named[0] in world.goods.index


def sensitivity(world: World, names: Iterable[str]) -> tuple[pd.DataFrame, int]:
    """Recompute the headline numbers with one assumption at its ends.

    Parameters
    ----------
    world : World
    names : iterable of str
        From :func:`assumption_names`.

    Returns
    -------
    frame : pandas.DataFrame
        assumption, meaning, low, central, high, headline, at_low, at_central,
        at_high, effect (largest absolute change), note, unit.
    solves : int
        Programs solved.
    """
    run = Response(world.network, weights_of(world))
    base = headlines(world, run)
    solves = base.solves
    rows = []
    for name in names:
        at: dict[str, Mapping[str, float]] = {}
        note, screened = "", []
        for end in ("low", "high"):
            if name.startswith(_BENCHMARK):
                at[end], note = base.values, "moves its benchmark only"
                continue
            if name.startswith(_LONG_RUN):
                at[end], note = base.values, "moves the long-run frontier only"
                continue
            if name == _PROJECTS and world.model.scope.capacity_year is None:
                at[end], note = base.values, "moves the capacity of later years only"
                continue
            if world.tables is None and name.startswith((*REBUILDS, SCRAP)):
                at[end] = base.values
                note = "not moved: enters the calibration, and the tables are not here"
                continue
            variant = _variant(world, name, end)
            if variant is None:
                at[end] = base.values
                continue
            known = _unmoved(name, world, base.ids)
            shocks = None
            if name.startswith(_ONE_ROW):
                known = _still(name, world, variant, base)
                if _stay(name, world, variant, base.behind[_SHOCKS]):
                    shocks = {k: base.values[k] for k in _OF_SHOCKS}
            if shocks is not None and len(known) == len(base.ids):
                at[end] = base.values
                screened.append(end)
                continue
            found = headlines(variant, _response(name, variant, run), known, shocks)
            solves += found.solves
            at[end] = found.values
        if screened:
            note = "not binding in any headline run" + (
                "" if len(screened) == len(_ends(world, name)) else
                f" at its {screened[0]} end"
            )
        meaning, low, central, high = _described(world, name)
        for headline, text in HEADLINES.items():
            middle = base.values[headline]
            ends = [at["low"][headline], at["high"][headline]]
            rows.append({
                "assumption": name, "meaning": meaning, "low": low,
                "central": central, "high": high, "headline": headline,
                "headline_text": text, "at_low": ends[0], "at_central": middle,
                "at_high": ends[1], "effect": max(abs(e - middle) for e in ends),
                "note": note, "unit": "share (0-1)",
            })
    return pd.DataFrame(rows), solves


def _ends(world: World, name: str) -> list[str]:
    """Return the ends of an assumption that differ from its central value."""
    a = world.model.ranged(name)
    return [e for e, v in (("low", a.low), ("high", a.high)) if v != a.central]


def _still(name: str, world: World, variant: World, base: Headlines) -> Ids:
    """Return the IDs that another essentiality leaves as they are.

    Those of goods that are not downstream; and those whose claims (what is left
    of each node upstream) stay and whose optimum stays optimal.
    """
    upstream = world.network.upstream
    changed = name.split(":")[1]
    targets, capital = {world.model.scope.target}, Levers(world).capital
    before = survival(world.network, targets, capital)
    after = survival(variant.network, targets, capital)
    moved = {g for (g, c), r in before.items() if abs(after[g, c] - r) > _DUAL}
    lost = {
        good for key, good in base.ids
        if changed in upstream[good] and (
            moved & set(upstream[good])
            or not _stay(name, world, variant, base.behind.get((key, good), []))
        )
    }
    return {(key, good): x for (key, good), x in base.ids.items() if good not in lost}


def _stay(name: str, world: World, variant: World, optima: Optima) -> bool:
    """Tell whether optima stay optimal under another value of an assumption.

    They do where the rows that it stands in (C1 or C6) have no dual, and still
    hold with the other value: the same primal and dual pair is then feasible and
    complementary in the changed program.
    """
    family, good, *used = name.split(":")
    for program, solution in optima:
        for country in world.network.producers[good]:
            if family == "phi":
                row = program.row.get(("feedstock", used[0], good, country))
            else:
                row = program.row.get(("by_product", good, country))
            if row is None:
                continue
            if abs(solution.dual[row]) > _DUAL:
                return False
            made = solution.x[program.column["q", good, country]]
            most = _most(variant.network, program, solution, good, country, *used)
            if made > most + _DUAL:
                return False
    return True


def _most(
    net: Network,
    program: Program,
    solution: Solution,
    good: str,
    country: str,
    *used: str,
) -> float:
    """Return the right side of C1 for an input, or of C6 for a by-product."""
    scrap = net.secondary[good, country]
    if not used:
        ratio = net.host_yield(good, country)
        if ratio is None:
            return math.inf
        host = program.column["q", net.host[good][0], country]
        return ratio * float(solution.x[host]) + scrap
    b, phi = net.inputs[good][used[0]]
    room = (1 + net.surge) * net.primary(good, country) + net.added[good, country]
    use = float(solution.x[program.column["use", used[0], good, country]])
    return phi / b * use + (1 - phi) * room + scrap


def _response(name: str, world: World, base: Response) -> Response | None:
    """Return the program of a variant, stating anew only what `name` moves."""
    if name.startswith(BOUNDS_ONLY):
        return base
    for prefix, families in _FAMILIES.items():
        if name.startswith(prefix):
            return Response(
                world.network, weights_of(world), like=base, changed=families
            )
    return None


def _unmoved(name: str, world: World, ids: Ids) -> Ids:
    """Return the IDs that an assumption cannot move."""
    if name.startswith((*BOUNDS_ONLY, *_WEIGHTS_ONLY)):
        return ids
    if name.startswith("phi:"):
        good = name.split(":")[1]
        upstream = world.network.upstream
        return {(k, g): x for (k, g), x in ids.items() if good not in upstream[g]}
    return {}


def _described(world: World, name: str) -> tuple[str, object, object, object]:
    model = world.model
    if name == CONFLICTS:
        return "cells of the target at the ends of their sources", "low", "as", "high"
    if name == SCRAP:
        return "share of use met by scrap, every material", "low", "as", "high"
    a = model.ranged(name)
    kind, _, status = name.partition("status:")
    meaning = a.meaning if kind else f"intensity of {status}"
    return meaning, a.low, a.central, a.high


def _variant(world: World, name: str, end: str) -> World | None:
    """Return the world with one assumption at an end; None if that is central."""
    model = world.model
    if name == CONFLICTS:
        return None if world.tables is None else world.with_conflicts(end)
    if name == SCRAP:
        return world.with_values({
            n: a.low if end == "low" else a.high for n, a in model.assumptions.items()
            if n.startswith(_SCRAP)
        })
    assumption = model.ranged(name)
    value = assumption.low if end == "low" else assumption.high
    if value == assumption.central:
        return None
    return world.with_values({name: value})
