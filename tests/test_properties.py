"""Propositions of the model (design document MODEL, section 10) on random worlds.

Every property is tested on a small derandomized sample; the same property on a
large one is marked slow (`pytest -m slow`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import strategies as st
from strategies import (
    BY_PRODUCT,
    halts,
    less_essential,
    networks,
    sampled,
    severities,
    worlds,
)
from worlds import chain_of, relabelled, rescaled, split

from supplychain.measures.dependency import (
    chain_survival,
    direct,
    look_through,
    survival,
    weighted,
)
from supplychain.optimize.nearest import baseline_deviation
from supplychain.optimize.program import Weights
from supplychain.optimize.response import (
    Bounds,
    Response,
    weights_of,
)
from supplychain.scenarios.chains import rung_caps
from supplychain.scenarios.ladder import Cell, Ladder
from supplychain.scenarios.levers import Levers
from supplychain.world.network import BASELINE

TOLERANCE = 1e-6
SHOCKS = ("halt_country", "halt_alliance", "halt_everyone")


def objective(world, bounds):
    """Return the L1 value of a world under some bounds."""
    return -Response(world.network, weights_of(world)).solve(bounds).objective


def at_least(one, other):
    """Tell whether a value is no smaller than another, rounding aside."""
    return one >= other - TOLERANCE * max(1.0, abs(other))


def outside(world):
    """Return every place of a world but the target."""
    return tuple(c for c in world.places if c != world.model.scope.target)


# -- P1: mass balance ------------------------------------------------------------------
def amounts(world, bounds):
    """Return the solution by kind of variable, with what each node does."""
    run = Response(world.network, weights_of(world))
    found = run.solve(bounds)
    result = {}
    for (kind, *index), value in zip(run.program.columns, found.x, strict=True):
        result.setdefault(kind, {})[tuple(index)] = float(value)
    return result


@sampled(worlds(), halts(), severities())
def test_what_is_made_is_shipped(world, halt, severity):
    """P1: the flows that leave a node sum to its output."""
    found = amounts(world, Levers(world).bounds(world, halt, severity))
    shipped = Counter()
    for (good, exporter, _), value in found["x"].items():
        shipped[good, exporter] += value
    for node, made in found["q"].items():
        assert abs(shipped[node] - made) <= TOLERANCE * BASELINE


@sampled(worlds(), halts(), severities())
def test_what_arrives_is_used_once(world, halt, severity):
    """P1: input use and what is served stay within what arrives."""
    found = amounts(world, Levers(world).bounds(world, halt, severity))
    left = Counter()
    for (good, _, importer), value in found["x"].items():
        left[good, importer] += value
    for (used, _, country), value in found.get("use", {}).items():
        left[used, country] -= value
    for (good, country, *_), value in found["y"].items():
        left[good, country] -= value
    assert all(value >= -TOLERANCE * BASELINE for value in left.values())


@sampled(worlds(), halts(), severities())
def test_nothing_is_made_without_its_inputs(world, halt, severity):
    """P1: output stays within its recipe, or within what needs no input."""
    net = world.network
    found = amounts(world, Levers(world).bounds(world, halt, severity))
    for (used, good, country), value in found.get("use", {}).items():
        b, phi = net.inputs[good][used]
        scrap = net.secondary[good, country]
        room = (1 + net.surge) * (net.output[good, country] - scrap)
        free = (1 - phi) * (room + net.added[good, country]) + scrap
        made = found["q"][good, country]
        assert made <= phi * value / b + free + TOLERANCE * BASELINE


@sampled(worlds(by_product=True), halts(), severities())
def test_a_by_product_stays_within_what_its_host_yields(world, halt, severity):
    """C6: the same country's host, at the model's potential or its own ratio."""
    net = world.network
    found = amounts(world, Levers(world).bounds(world, halt, severity))
    for good, (host, potential) in net.host.items():
        for country in net.producers[good]:
            scrap = net.secondary[good, country]
            own = (net.output[good, country] - scrap) / net.output[host, country]
            world_share = sum(
                q - net.secondary[n] for n, q in net.output.items() if n[0] == good
            ) / 100
            ratio = max(potential * world_share, (1 + net.surge) * own)
            most = ratio * found["q"][host, country] + scrap
            assert found["q"][good, country] <= most + TOLERANCE * BASELINE


# -- P2: more of anything never hurts --------------------------------------------------
@sampled(worlds(), halts(), severities(), st.data())
def test_a_larger_right_side_or_stock_never_lowers_the_objective(
    world, halt, severity, data
):
    """P2, for capacity (C3), access (C4) and a stock (C7)."""
    net = world.network
    bounds = Levers(world).bounds(world, halt, severity)
    node = data.draw(st.sampled_from(sorted(net.output)), label="node")
    need = data.draw(
        st.sampled_from([(g, c) for g in net.goods for c in sorted(net.need[g])]),
        label="stock",
    )
    arc = data.draw(st.sampled_from([*sorted(bounds.flow), None]), label="arc")
    top = net.ceiling[node]
    wider = {
        "capacity": replace(bounds, output={node: 1.5 * top + 1.0}),
        "stock": replace(bounds, stock={need: 10.0}),
    }
    if arc is not None:
        more = 1.5 * bounds.flow[arc] + 1.0
        wider["access"] = replace(bounds, flow={**bounds.flow, arc: more})
    run = Response(net, weights_of(world))
    before = -run.solve(bounds).objective
    for name, other in wider.items():
        assert at_least(-run.solve(other).objective, before), name


# -- No harm ---------------------------------------------------------------------------
@sampled(worlds(), st.sampled_from(SHOCKS), severities(), few=10)
def test_no_harm_is_feasible_and_no_incumbent_is_served_less(world, shock, severity):
    """MODEL section 5: feasible by nesting where nobody hoards."""
    run = Ladder(world)
    cell = Cell("A", "central", True, shock, severity, "full")
    floor = run.bounds(cell).floor
    served = run.serve(cell)
    assert all(served.value[c] >= least - TOLERANCE for c, least in floor.items())


def test_no_harm_holds_in_the_shipped_world(world):
    run = Ladder(world)
    cell = Cell("A", "central", True, "halt_alliance", 0.75, "full")
    floor, served = run.bounds(cell).floor, run.serve(cell)
    assert len(floor) > 10
    assert all(served.value[c] >= least - TOLERANCE for c, least in floor.items())


def test_the_floor_of_no_harm_is_what_incumbents_have_without_the_newcomer(world):
    run = Ladder(world)
    cell = Cell("A", "central", True, "halt_alliance", 0.75, "full")
    floor = run.bounds(cell).floor
    without = run.bounds(replace(cell, no_harm=False, status="excluded"))
    whole = run.response.serve(Bounds({}), {}).value
    ranges = run.response.serve(without, {c: (c,) for c in floor}).groups
    for country, least in floor.items():
        share, found = least / whole[country], ranges[country]
        assert found.low - TOLERANCE <= share <= found.high + TOLERANCE


# -- P5: the bounds of section 4 -------------------------------------------------------
def consumers(world, good):
    """Return each place outside the target that needs a good."""
    return [c for c in outside(world) if world.network.need[good].get(c, 0.0) > 0]


@sampled(worlds())
def test_dependency_on_imports_is_at_most_that_of_the_first_in_line(world):
    """P5, consumer by consumer: DD <= LTP <= loss of A <= LTD."""
    net, targets = world.network, Levers(world).targets
    left = survival(net, targets, {})
    for good in net.goods:
        chain = chain_of(world, good)
        dd, ltd = direct(net, good, targets), look_through(net, good, left)
        kept = chain_survival(net, good, targets, {})
        for d in consumers(world, good):
            ltp, _ = chain.solve((d,), "first", "frozen")
            loss = 1 - sum(s * kept[good, m] for m, s in net.suppliers[good, d])
            found = [dd[d], ltp, loss, ltd[d]]
            assert all(at_least(b, a) for a, b in pairwise(found)), (good, d, found)


@sampled(worlds(), st.sampled_from(("export_halt", "rupture")))
def test_free_trade_leaves_least_and_rationing_most(world, kind):
    """P5: R(first, free) <= ID <= ID(full) <= ID(excluded) <= LTD."""
    net, levers = world.network, Levers(world)
    good = net.goods[-1]
    chain, caps = chain_of(world, good), rung_caps(levers, world)
    ltd = look_through(net, good, survival(net, levers.targets, {}))
    needing = consumers(world, good)
    together = [tuple(needing)] if needing else []
    for group in [(d,) for d in needing] + together:
        found = [
            chain.solve(group, "first", "free", kind=kind)[0],
            chain.solve(group, "protected", "free", kind=kind)[0],
            chain.solve(group, "protected", "status", kind=kind, caps=caps["full"])[0],
            chain.solve(
                group, "protected", "status", kind=kind, caps=caps["excluded"]
            )[0],
            weighted(ltd, net.need[good], group),
        ]
        assert all(at_least(b, a) for a, b in pairwise(found)), (group, found)


@sampled(worlds(), halts(), severities(), st.sampled_from((0.0, 0.5, 0.9)))
def test_value_never_falls_as_inputs_become_less_essential(
    world, halt, severity, factor
):
    """P5: the lower phi, the more is served."""
    bounds = Levers(world).bounds(world, halt, severity)
    eased = less_essential(world, factor)
    assert at_least(objective(eased, bounds), objective(world, bounds))


@sampled(worlds(), st.sampled_from((0.0, 0.5, 0.9)))
def test_dependency_never_rises_as_inputs_become_less_essential(world, factor):
    """P5: the same for LTD and ID."""
    good, group = world.network.goods[-1], outside(world)
    need = world.network.need[good]

    def found(variant):
        net, targets = variant.network, Levers(variant).targets
        ltd = look_through(net, good, survival(net, targets, {}))
        reached, _ = chain_of(variant, good).solve(group, "first", "free")
        return weighted(ltd, need, group), reached

    for less, more in zip(found(less_essential(world, factor)), found(world),
                          strict=True):
        assert np.isnan(more) or less <= more + TOLERANCE


# -- P6: the ladder climbs -------------------------------------------------------------
@sampled(worlds(), halts(), severities())
def test_the_objective_never_falls_along_the_rungs(world, halt, severity):
    """P6: the served share of one group need not rise, the objective does."""
    levers = Levers(world)
    run, base = Response(world.network, weights_of(world)), world.ladder_a()
    values = [
        -run.solve(
            levers.bounds(base.with_statuses({"IND": rung}), halt, severity)
        ).objective
        for rung in world.model.scope.rungs
    ]
    assert all(at_least(after, before) for before, after in pairwise(values))


@sampled(worlds())
def test_irreducible_dependency_never_rises_along_the_rungs(world):
    """P6: ID(lambda) falls weakly, for India and for everyone."""
    good = world.network.goods[-1]
    chain = chain_of(world, good)
    for group in [(d,) for d in consumers(world, good)]:
        found = [
            chain.solve(group, "protected", "status", caps=caps)[0]
            for caps in rung_caps(Levers(world), world).values()
        ]
        assert all(at_least(before, after) for before, after in pairwise(found))


# -- P10: the same world told differently ----------------------------------------------
def measured(world, good, group, halt, severity):
    """Return what must not depend on names, units or borders.

    DD, LTP, LTD, ID and its lower end of a group, and the L1 value. Concentration
    and binding paths speak of countries: a border does change them.
    """
    net, levers = world.network, Levers(world)
    chain, need = chain_of(world, good), net.need[good]
    ltd = look_through(net, good, survival(net, levers.targets, {}))
    return np.array([
        weighted(direct(net, good, levers.targets), need, group),
        chain.solve(group, "first", "frozen")[0],
        weighted(ltd, need, group),
        chain.solve(group, "protected", "free")[0],
        chain.solve(group, "first", "free")[0],
        objective(world, levers.bounds(world, halt, severity)) / BASELINE,
    ])


@sampled(worlds(), halts(), severities())
def test_names_do_not_matter(world, halt, severity):
    """P10: another name of a country or of a good, and another order of both."""
    net = world.network
    places = {"CHN": "NNN", "IND": "MMM", "USA": "ZZZ", "JPN": "AAA"}
    plain = [g for g in net.goods if g != BY_PRODUCT]
    goods = {g: f"z{len(plain) - n}" for n, g in enumerate(plain)}
    other = relabelled(world, places, goods)
    last = net.goods[-1]
    group = outside(world)
    assert measured(
        other, goods[last], [places.get(c, c) for c in group], halt, severity
    ) == pytest.approx(
        measured(world, last, group, halt, severity), abs=TOLERANCE, nan_ok=True
    )


@sampled(worlds(), halts(), severities(), st.data())
def test_units_do_not_matter(world, halt, severity, data):
    """P10: kilograms in place of tonnes."""
    good = data.draw(st.sampled_from(world.network.goods), label="good")
    other = rescaled(world, good, 1000.0)
    last, group = world.network.goods[-1], outside(world)
    assert measured(other, last, group, halt, severity) == pytest.approx(
        measured(world, last, group, halt, severity), abs=TOLERANCE, nan_ok=True
    )


@sampled(worlds(), halts(), severities())
def test_borders_do_not_matter(world, halt, severity):
    """P10: a country in two halves of equal status; what is aimed at it, at both."""
    other = split(world, "USA", "USB")
    last = world.network.goods[-1]
    assert measured(other, last, outside(other), halt, severity) == pytest.approx(
        measured(world, last, outside(world), halt, severity),
        abs=TOLERANCE, nan_ok=True,
    )


# -- P14: no shock, no change ----------------------------------------------------------
@sampled(worlds())
def test_without_a_shock_the_baseline_is_reproduced(world):
    """P14: flows and outputs to 1e-6 of the scale, with the caps of no shock."""
    bounds = Levers(world).bounds(world, None, 0.0)
    assert max(baseline_deviation(world, bounds).values()) <= TOLERANCE


@sampled(networks())
def test_without_a_shock_all_final_demand_is_served(net):
    """P14: the value served is 100 % of the world's."""
    found = Response(net, Weights(4, 3.0, 10.0)).serve(Bounds({}), {})
    assert sum(found.value.values()) == pytest.approx(100.0)


@pytest.mark.parametrize("capped", [True, False])
def test_without_a_shock_the_shipped_world_is_reproduced(world, capped):
    bounds = Levers(world).bounds(world, None, 0.0) if capped else Bounds({})
    assert max(baseline_deviation(world, bounds).values()) <= TOLERANCE


# -- P15: channels off -----------------------------------------------------------------
@pytest.mark.parametrize("shock", SHOCKS)
def test_channels_off_is_the_world_without_alliances(world, shock):
    """P15: all statuses gone but those of the EU; the halt aims at the same."""
    alone = replace(world, statuses=world.statuses.loc[["eu"]])
    levers = Levers(world)
    halt = levers.shock(shock)
    off = levers.bounds(world, halt, 0.75, off=True)
    without = levers.bounds(alone, halt, 0.75)
    assert off.flow == without.flow
    assert objective(world, off) == pytest.approx(objective(alone, without), abs=1e-9)


def test_channels_off_leaves_the_eu_to_itself(world):
    """P15: what remains is the EU's own market, not a world without any tie."""
    mu = world.pair_intensity(off=True)
    tied = {c for c, row in zip(world.places, mu, strict=True) if row.sum() > 1}
    assert tied <= {*world.eu_members, "EUU"}
