"""The worst attacks: published goldens, enumeration, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import strategies as st
from pyomo.contrib.solver.common.factory import SolverFactory
from strategies import sampled, worlds
from worlds import one_of_each

from supplychain.errors import AuditError, ScenarioError
from supplychain.optimize.attacker import interdiction_program, worth_of_nodes
from supplychain.optimize.compiled import compile_program
from supplychain.optimize.interdiction import Interdiction
from supplychain.optimize.program import Weights, world_program
from supplychain.optimize.response import weights_of


def close(one, other, scale=1.0):
    return abs(one - other) <= 1e-6 * max(1.0, abs(scale))


def flow_model(arcs, supply, lack):
    """State a flow from supply (+) to demand (-); what is not met costs `lack`."""
    m = pyo.ConcreteModel()
    places = sorted({p for arc in arcs for p in arc})
    m.x = pyo.Var(list(arcs), bounds=lambda _, *a: (0, arcs[a][0]))
    m.unmet = pyo.Var(places, bounds=(0, None))
    m.balance = pyo.Constraint(places, rule=lambda m, p: (
        sum(m.x[a] for a in arcs if a[1] == p) - sum(m.x[a] for a in arcs if a[0] == p)
        + supply.get(p, 0) + (m.unmet[p] if supply.get(p, 0) < 0
                              else -m.unmet[p] if supply.get(p, 0) > 0 else 0) == 0
    ))
    m.objective = pyo.Objective(expr=(
        sum(cost * m.x[a] for a, (_, cost) in arcs.items())
        + lack * sum(m.unmet.values())
    ))
    return m


def attacks_on_arcs(model, worth, most):
    program = compile_program(model)
    arcs = {n: worth for n in program.columns if n[0] == "x"}
    return Interdiction(program, arcs).attacks(most)


def objective(net, blocks=1, slope=0.0, other=0.0):
    """Compile the world program and find the most a unit of each good is worth."""
    program = compile_program(world_program(net, Weights(blocks, slope, other)))
    best: dict[str, float] = {}
    for name, cost in zip(program.columns, program.cost, strict=True):
        if name[0] == "y":
            best[name[1]] = max(best.get(name[1], 0.0), -cost)
    return program, best


def nodes_of(net, program, best):
    worth = worth_of_nodes(net, best)
    return {("q", *n): m for n, m in worth.items() if ("q", *n) in program.column}


def enumerated(run, program, names, most):
    """Return the worst value for each k by trying every attack."""
    at = [program.column[n] for n in names]
    worst = [run.value()]
    for k in range(1, most + 1):
        left = [run.value(attack) for attack in combinations(at, min(k, len(at)))]
        worst.append(min(left))
    return worst


# -- published examples ----------------------------------------------------------------
def test_max_flow_interdiction_of_the_pyomo_gallery():
    capacity = {
        ("Start", "B"): 10, ("Start", "C"): 70, ("C", "B"): 30, ("B", "End"): 100,
        ("C", "D"): 40, ("D", "End"): 50,
    }
    m = flow_model({a: (c, 0) for a, c in capacity.items()},
                   {"Start": 1000, "End": -1000}, lack=0.5)
    found = attacks_on_arcs(m, 1.0, 2)  # unsent and unmet: 2 x 0.5 a unit of flow
    assert [1000 + a.value for a in found] == pytest.approx([80, 10, 0])
    assert found[1].removed == (("x", "Start", "C"),)
    assert all(a.proved for a in found)


def test_shortest_path_interdiction_of_the_pyomo_gallery():
    cost = {
        ("Start", "B"): 10, ("Start", "C"): 2, ("C", "B"): 2, ("B", "End"): 1,
        ("C", "D"): 7, ("D", "End"): 8,
    }
    m = flow_model({a: (1, c) for a, c in cost.items()},
                   {"Start": 1, "End": -1}, lack=50.0)
    found = attacks_on_arcs(m, 100.0, 2)
    assert [-a.value for a in found] == pytest.approx([5, 17, 100])
    assert found[1].removed == (("x", "B", "End"),)


@pytest.fixture
def magnet_run(magnets):
    net = magnets.network
    program, best = objective(net)
    return net, program, nodes_of(net, program, best)


def test_multiplier_bounds_of_the_five_country_world(magnet_run):
    """A tonne of ore makes a third of a tonne of magnets, one of oxide two thirds."""
    net, _, worth = magnet_run
    per_tonne = {g: worth["q", g, "CHN"] / net.unit[g] * 0.58 for g in net.goods}
    assert per_tonne == pytest.approx({"ore": 1 / 3, "oxide": 2 / 3, "magnet": 1.0})


def test_interdiction_of_the_five_country_world(magnet_run):
    _, program, worth = magnet_run
    found = Interdiction(program, worth).attacks(3)
    assert [0.58 * a.value for a in found] == pytest.approx([58, 9, 3, 1])
    assert [0.58 * a.bound for a in found] == pytest.approx([58, 9, 3, 1], abs=1e-4)


@pytest.mark.parametrize(("k", "left"), [(0, 58), (1, 9), (2, 3)])
def test_pyomo_itself_finds_the_same(magnet_run, k, left):
    _, program, worth = magnet_run
    model = interdiction_program(program, worth, k)
    found = SolverFactory("highs").solve(model)
    assert 0.58 * found.incumbent_objective == pytest.approx(left, abs=1e-4)


def test_a_host_takes_its_by_product_along():
    """Without its ore China has no gallium; chips need half of theirs."""
    net = one_of_each().network
    worth = worth_of_nodes(net, {"chip": 1.0})
    ore, gallium = net.inputs["chip"]["ore"], net.inputs["chip"]["gallium"]
    by = gallium[1] / gallium[0]
    assert worth["gallium", "CHN"] == pytest.approx(by)
    assert worth["ore", "CHN"] == pytest.approx(
        ore[1] / ore[0] + net.host_yield("gallium", "CHN") * by
    )


# -- it is what enumeration finds ------------------------------------------------------
@sampled(worlds(), st.integers(0, 2**32 - 1), few=8, many=60)
def test_the_worst_attack_is_what_enumeration_finds(world, seed):
    """Several inputs, by-products, kits, scrap, projects: P12 and the M of each."""
    net, weights = world.network, weights_of(world)
    program, best = objective(net, weights.blocks, weights.slope, weights.other)
    worth = nodes_of(net, program, best)
    names = list(worth)
    rng = np.random.default_rng(seed)
    some = [names[i] for i in rng.permutation(len(names))[:8]]
    run = Interdiction(program, {n: worth[n] for n in some})
    found = run.attacks(3)
    worst = enumerated(run, program, some, 3)
    for a, left in zip(found, worst, strict=True):
        assert a.proved
        assert close(a.value, left, worst[0])
        assert len(a.removed) <= a.k
    assert np.all(np.diff([a.value for a in found]) <= 1e-9)


@sampled(worlds(), few=8, many=60)
def test_no_single_loss_costs_more_than_m_says(world):
    """V(n removed) >= V - M_n q_n, whichever n: what the search prunes by."""
    net = world.network
    program, best = objective(net, 4, 3.0, 10.0)
    worth = nodes_of(net, program, best)
    run = Interdiction(program, worth)
    solved = run.session.solve()
    for name, m in worth.items():
        at = program.column[name]
        lost = -solved.objective - run.value([at])
        assert lost <= m * solved.x[at] + 1e-6 * abs(solved.objective)


# -- what is not proved says so --------------------------------------------------------
def test_without_time_the_value_is_a_bound_and_says_so(magnet_run):
    _, program, worth = magnet_run
    attack = Interdiction(program, worth).attacks(2, time_limit=0.0)[2]
    assert attack.bound <= 3 / 0.58 <= attack.value + 1e-9
    assert not attack.proved
    assert attack.gap > 0


def test_what_does_no_harm_is_not_attacked():
    """One supplier is all there is: a second attack has nothing to remove."""
    m = flow_model({("a", "b"): (5, 0), ("c", "b"): (5, 0)}, {"a": 5, "b": -5}, 1.0)
    found = attacks_on_arcs(m, 2.0, 2)
    assert [a.removed for a in found] == [(), (("x", "a", "b"),), (("x", "a", "b"),)]


# -- what is refused -------------------------------------------------------------------
def test_an_m_that_is_too_small_is_found_out(magnet_run):
    _, program, worth = magnet_run
    run = Interdiction(program, {n: m / 10 for n, m in worth.items()})
    with pytest.raises(AuditError, match="an M is too small"):
        run.attacks(2)


def three_goods(magnets):
    """Ore 0-4, oxide 1-4 and magnets up to a bound for a need of 6."""
    m = pyo.ConcreteModel()
    m.q = pyo.Var(["ore", "oxide", "magnet"], bounds=(0, 4))
    m.q["oxide"].setlb(1)
    m.q["magnet"].setub(magnets)
    m.need = pyo.Constraint(expr=sum(m.q.values()) <= 6)
    m.objective = pyo.Objective(expr=sum(m.q.values()), sense=pyo.maximize)
    return compile_program(m)


@pytest.mark.parametrize(("name", "worth", "message"), [
    ("or", 1.0, r"no column 'q\|or'; did you mean q\|ore"),
    ("oxide", 1.0, "cannot be removed"),
    ("magnet", 1.0, "cannot be removed"),
    ("ore", -1.0, "M of q.ore is -1"),
    ("ore", np.inf, "M of q.ore is inf"),
])
def test_a_column_that_cannot_be_removed_is_refused(name, worth, message):
    with pytest.raises(ScenarioError, match=message):
        Interdiction(three_goods(magnets=None), {("q", name): worth})


def test_lower_bounds_of_other_columns_are_kept():
    """Without ore there are 4 of oxide, which makes 1 at least, and 1 of magnets."""
    program = three_goods(magnets=1)
    found = Interdiction(program, {("q", "ore"): 1.0}).attacks(1)
    assert [a.value for a in found] == pytest.approx([6.0, 5.0])
    model = interdiction_program(program, {("q", "ore"): 1.0}, 1)
    assert SolverFactory("highs").solve(model).incumbent_objective == pytest.approx(5.0)
