"""The compiled path: same optimum as Pyomo's own, warm or cold, and always audited."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import strategies as st
from pyomo.contrib.solver.common.factory import SolverFactory
from strategies import halts, networks, sampled, severities, worlds
from worlds import five_countries, one_chain, three_tiers

from supplychain.errors import AuditError, InfeasibleError
from supplychain.optimize.audit import audit
from supplychain.optimize.compiled import Session, compile_program
from supplychain.optimize.program import Weights, world_program
from supplychain.optimize.response import Bounds, Response, weights_of
from supplychain.scenarios.levers import Levers

WEIGHTS = Weights(blocks=4, slope=3.0, other=10.0)
TOLERANCE = 1e-7


def by_pyomo(model, bounds):
    """Return the optimum that Pyomo's own way to HiGHS finds."""
    for arc, cap in bounds.flow.items():
        upper = model.x[arc].ub
        model.x[arc].setub(cap if upper is None else min(cap, upper))
    for node, cap in bounds.output.items():
        model.q[node].setub(cap)
    found = SolverFactory("highs").solve(model)
    return found.incumbent_objective


def close(one, other):
    return abs(one - other) <= TOLERANCE * max(1.0, abs(other))


# -- compiled equals Pyomo -------------------------------------------------------------
@sampled(worlds(), halts(), severities(), few=15, many=100)
def test_compiled_and_pyomo_find_the_same_optimum(world, halt, severity):
    net, weights = world.network, weights_of(world)
    bounds = Levers(world).bounds(world, halt, severity)
    compiled = -Response(net, weights).solve(bounds).objective
    assert close(compiled, by_pyomo(world_program(net, weights), bounds))


def test_compiled_and_pyomo_agree_on_the_shipped_world(world):
    net, weights = world.network, weights_of(world)
    levers = Levers(world)
    bounds = levers.bounds(world, levers.shock("halt_alliance"), 0.75)
    compiled = -Response(net, weights).solve(bounds).objective
    assert close(compiled, by_pyomo(world_program(net, weights), bounds))


@sampled(networks(), st.integers(0, 2**32 - 1), few=10, many=100)
def test_any_costs_give_the_same_optimum(net, seed):
    """Same feasible set, another question: random weights on what is served."""
    model = world_program(net, WEIGHTS)
    weight = dict(zip(model.BLOCK, np.random.default_rng(seed).random(len(model.BLOCK)),
                      strict=True))
    model.objective.set_value(sum(w * model.y[b] for b, w in weight.items()))
    compiled = -Session(compile_program(model)).solve().objective
    assert close(compiled, by_pyomo(model, Bounds({})))


def test_names_of_columns_and_rows_survive():
    program = compile_program(world_program(three_tiers().network, WEIGHTS))
    assert program.columns[program.column["x", "ore", "CHN", "USA"]][0] == "x"
    assert ("balance", "oxide", "JPN") in program.row


def test_a_variable_that_no_row_mentions_keeps_its_bounds():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 4))
    model.y = pyo.Var(bounds=(1, 2))
    model.cap = pyo.Constraint(expr=model.x <= 3)
    model.objective = pyo.Objective(expr=model.x, sense=pyo.maximize)
    program = compile_program(model)
    at = program.column["y",]
    assert (program.low[at], program.high[at]) == (1.0, 2.0)


# -- warm equals cold ------------------------------------------------------------------
@sampled(worlds(), st.lists(st.tuples(halts(), severities()), min_size=2, max_size=4),
         few=10, many=100)
def test_a_chain_of_warm_solves_equals_cold_ones(world, shocks):
    levers, run = Levers(world), Response(world.network, weights_of(world))
    for halt, severity in shocks:
        bounds = levers.bounds(world, halt, severity)
        warm = run.solve(bounds).objective
        cold = Response(world.network, weights_of(world)).solve(bounds).objective
        assert close(warm, cold)


def test_a_cold_solve_forgets_what_came_before(magnets):
    run = Response(magnets.network, WEIGHTS)
    halted = Bounds(output={("magnet", "CHN"): 0.0}, flow={})
    before = run.solve(Bounds({})).objective
    run.solve(halted)
    assert run.solve(Bounds({}), cold=True).objective == pytest.approx(before)


def test_a_session_can_be_restricted_to_a_part_of_the_program():
    """Without the columns of magnets nothing can be served: others are 0."""
    program = compile_program(world_program(three_tiers().network, WEIGHTS))
    part = program.restrict(lambda n: "magnet" not in n, lambda n: "magnet" not in n)
    assert Session(part).solve().objective == 0.0
    assert not any("magnet" in name for name in part.columns)


# -- the audit -------------------------------------------------------------------------
@pytest.fixture
def session():
    """A halted chain: 40 of 100 magnets, and ore that is worth something."""
    session = Session(compile_program(world_program(one_chain().network, WEIGHTS)))
    high = session.high.copy()
    high[session.program.column["x", "ore", "CHN", "JPN"]] = 0.0
    session.set_bounds(session.low, high)
    return session


@pytest.fixture
def solved(session):
    """Everything the audit looks at, of a program that is solved well."""
    found = session.solve()
    return {
        "x": found.x, "dual": found.dual, "reduced": found.reduced_cost,
        "activity": found.activity, "cost": session.cost, "low": session.low,
        "high": session.high, "row_low": session.row_low, "row_high": session.row_high,
    }


def test_a_solution_passes_its_audit(solved):
    found = audit(**solved)
    assert max(found.primal, found.dual, found.gap) < TOLERANCE


def test_a_value_beyond_its_bound_fails_the_audit(solved):
    beyond = solved["x"].copy()
    beyond[0] = solved["low"][0] - 1.0
    with pytest.raises(AuditError, match="primal residual"):
        audit(**{**solved, "x": beyond})


def test_a_row_beyond_its_side_fails_the_audit(solved):
    with pytest.raises(AuditError, match="primal residual"):
        audit(**{**solved, "activity": solved["activity"] + 1.0})


def test_a_reduced_cost_of_the_wrong_sign_fails_the_audit(solved):
    free = np.flatnonzero(~np.isfinite(solved["high"]))[0]
    wrong = solved["reduced"].copy()
    wrong[free] = -1e3
    with pytest.raises(AuditError, match="dual residual"):
        audit(**{**solved, "reduced": wrong})


def test_a_feasible_point_that_is_no_optimum_fails_the_audit(session, solved):
    """Nothing made, nothing served."""
    program = session.program
    nothing = np.array([100.0 if n[0] == "u" else 0.0 for n in program.columns])
    with pytest.raises(AuditError, match="duality gap"):
        audit(**{**solved, "x": nothing, "activity": program.matrix @ nothing})


def test_a_dual_that_was_tampered_with_fails_the_audit(session, solved):
    dual = solved["dual"] * 1.1
    reduced = solved["cost"] - session.program.matrix.T @ dual
    with pytest.raises(AuditError, match=r"duality gap|dual residual"):
        audit(**{**solved, "dual": dual, "reduced": reduced})


def test_a_solution_that_is_not_a_number_fails_the_audit(solved):
    with pytest.raises(AuditError):
        audit(**{**solved, "x": solved["x"] * np.nan})


def test_a_program_without_a_best_solution_is_refused():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, None))
    model.least = pyo.Constraint(expr=model.x >= 4)
    model.objective = pyo.Objective(expr=model.x, sense=pyo.maximize)
    with pytest.raises(AuditError, match="Unbounded"):
        Session(compile_program(model)).solve()


# -- infeasible programs say what is at fault ------------------------------------------
def test_an_infeasible_program_names_the_family():
    run = Response(five_countries().network, WEIGHTS)
    too_much = Bounds({}, floor={"IND": 50.0})  # its whole demand is 8 of 58
    with pytest.raises(InfeasibleError, match="value"):
        run.solve(too_much)


def test_bounds_that_cross_are_named():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(["ore"], bounds=(0, 3))
    model.least = pyo.Constraint(expr=model.x["ore"] >= 1)
    model.objective = pyo.Objective(expr=model.x["ore"])
    session = Session(compile_program(model))
    session.set_bounds(np.array([5.0]), np.array([3.0]))
    with pytest.raises(InfeasibleError, match="bounds of x"):
        session.solve()


def test_after_an_infeasible_solve_the_session_goes_on():
    run = Response(five_countries().network, WEIGHTS)
    before = run.solve(Bounds({})).objective
    with pytest.raises(InfeasibleError):
        run.solve(Bounds({}, floor={"IND": 50.0}))
    assert run.solve(Bounds({})).objective == pytest.approx(before)


def test_a_family_that_cannot_hold_is_told_from_one_that_can():
    net = three_tiers().network
    model = world_program(net, replace(WEIGHTS, blocks=1))
    model.contract = pyo.Constraint(expr=model.q["magnet", "JPN"] >= 1e6)
    with pytest.raises(InfeasibleError, match="contract"):
        Session(compile_program(model)).solve()
