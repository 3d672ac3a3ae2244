"""Duals from the left and the right: between them lie all finite differences (P8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import strategies as st
from strategies import sampled, worlds

from supplychain.optimize.compiled import Program, Session
from supplychain.optimize.response import Bounds, Response, bounded, weights_of
from supplychain.optimize.sides import sided_duals
from supplychain.scenarios.levers import Levers

INF = np.inf


def kinked(capacity):
    """Two goods from one plant of 4: the first is worth 3 and wanted up to 4."""
    return Program(
        (("q",), ("a",), ("b",)), (("made",),), np.array([0.0, -3.0, -1.0]),
        np.zeros(3), np.array([capacity, 4.0, 9.0]),
        sp.csc_array([[-1.0, 1.0, 1.0]]), np.array([-INF]), np.array([0.0]),
    )


@pytest.mark.parametrize(("capacity", "left", "right"), [
    (3.0, 3.0, 3.0),  # within the first good
    (4.0, 3.0, 1.0),  # at the kink: less costs 3, more brings 1
    (5.0, 1.0, 1.0),
    (13.0, 1.0, 0.0),  # all is served
    (20.0, 0.0, 0.0),  # does not bind
])
def test_a_kink_has_two_sides(capacity, left, right):
    p = kinked(capacity)
    found = sided_duals(p, Session(p).solve(), p.low, p.high, [0])
    assert found[0] == pytest.approx((left, right))


@sampled(worlds(), st.floats(0.3, 1.0), st.integers(0, 99), few=12)
def test_finite_differences_lie_between_the_sides(world, severity, chosen):
    run = Response(world.network, weights_of(world))
    shock = world.model.shocks["halt_everyone"]
    bounds = Levers(world).bounds(world, shock, severity)
    nodes = [n for n in world.network.output if world.network.ceiling[n] > 1e-3]
    node = sorted(nodes)[chosen % len(nodes)]
    left, right = run.sided_duals(bounds, [node])[node]
    assert right <= left + 1e-9
    base = run.solve(bounds).objective
    top = bounds.output.get(node, world.network.ceiling[node])
    step = 1e-3 * top
    less, more = (
        run.solve(replace(bounds, output={**bounds.output, node: top + d})).objective
        for d in (-step, step)
    )
    size = 1e-6 * max(1.0, abs(base)) / step
    # Concave: less costs at least the left dual, more brings at most the right one.
    assert (less - base) / step >= left - size
    assert (base - more) / step <= right + size


def test_the_solver_s_dual_lies_between_the_sides(world):
    run = Response(world.network, weights_of(world))
    shock = world.model.shocks["halt_everyone"]
    bounds = Levers(world).bounds(world, shock, 0.75)
    solution = run.solve(bounds)
    at = run.program.positions["q"]
    worst = at[np.argsort(solution.reduced_cost[at])[:12]]
    nodes = [run.program.columns[i][1:] for i in worst]
    for i, (left, right) in zip(worst, run.sided_duals(bounds, nodes).values(),
                                strict=True):
        dual = -solution.reduced_cost[i]
        assert right - 1e-6 <= dual <= left + 1e-6
        assert left > 0


def test_capacity_that_does_not_bind_is_worth_nothing(world):
    run = Response(world.network, weights_of(world))
    assert run.sided_duals(Bounds({}), [("gallium", "CHN")]) == {
        ("gallium", "CHN"): (0.0, 0.0)
    }


@sampled(worlds(), st.floats(0.3, 1.0), few=10)
def test_primal_and_dual_are_worth_the_same(world, severity):
    """P8: what the binding bounds and rows are worth adds up to the objective."""
    run = Response(world.network, weights_of(world))
    shock = world.model.shocks["halt_everyone"]
    bounds = Levers(world).bounds(world, shock, severity)
    found, p = run.solve(bounds), run.program
    low, high = bounded(p, bounds)
    worth = 0.0
    for multiplier, least, most in (
        (found.dual, p.row_low, p.row_high), (found.reduced_cost, low, high),
    ):
        at = np.abs(multiplier) > 1e-9
        side = np.where(multiplier[at] > 0, least[at], most[at])
        worth += float(multiplier[at] @ side)
    assert worth == pytest.approx(found.objective, rel=1e-7, abs=1e-7)
