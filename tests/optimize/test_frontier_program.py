"""The frontier's program: its text, both paths, and every cap by itself."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyomo.contrib.solver.common.factory import SolverFactory
from strategies import sampled, worlds
from worlds import five_countries, one_of_each

from supplychain.errors import InfeasibleError
from supplychain.optimize.breakpoints import Point, breakpoints
from supplychain.optimize.frontier import Tradeoff, frontier_program, requirement

BASELINE = Path(__file__).parent.parent / "baselines" / "frontier" / "program.lp"
T = {"CHN"}


def outside(net):
    return [c for c in net.places if c not in T]


def program_of(net, good, *, cost=1.0, most=np.inf):
    """State the frontier with one site a stage, and by-products at their hosts."""
    need = requirement(net, good, outside(net), T)
    sites = {(k, "site"): most for k in need.stages if k not in net.host}
    sites |= {
        (k, c): most for k in need.stages if k in net.host
        for c in outside(net) if net.host_yield(k, c) is not None
    }
    price = {n: cost * (1 + at) for at, n in enumerate(sorted(sites))}
    return need, frontier_program(
        net, need, T, sites, price, {good: need.stages}
    )


def test_the_program_reads_as_its_baseline(tmp_path):
    _, model = program_of(one_of_each().network, "chip")
    path = tmp_path / "program.lp"
    model.write(str(path), io_options={"symbolic_solver_labels": True})
    found = path.read_text(encoding="utf-8")
    if os.environ.get("SUPPLYCHAIN_WRITE_BASELINES"):
        BASELINE.write_text(found, encoding="utf-8")
    assert found == BASELINE.read_text(encoding="utf-8")


def test_who_needs_what_of_a_chain():
    # GOLDENS T1-F 5: 58 magnets of 1.5 oxide, of 2 ore each; 64 are made.
    net = five_countries().network
    need = requirement(net, "magnet", outside(net), T)
    made = {"ore": 310.0, "oxide": 110.0, "magnet": 64.0}
    b = {"ore": 3.0, "oxide": 1.5, "magnet": 1.0}
    for good, each in b.items():
        assert need.chain[good] == pytest.approx(100 * 28 * each / made[good])
        assert need.target[good] == pytest.approx(100 * 30 * each / made[good])
    # CHN makes 55 of 64 magnets and keeps 30; what is made and not used is idle.
    assert need.today["magnet"] == pytest.approx(25 / 34)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_both_paths_give_the_same_premium(share):
    net = five_countries().network
    _, model = program_of(net, "magnet")
    point, _ = Tradeoff(model).at(share)
    model.kappa.setub(share)
    direct = SolverFactory("highs").solve(model)
    assert point.value == pytest.approx(direct.incumbent_objective, abs=1e-6)
    assert point.value > 0 or share == 0.9


def test_a_cap_below_the_least_has_no_solution():
    _, model = program_of(five_countries().network, "magnet", most=1.0)
    curve = Tradeoff(model)
    least, found = curve.least_share()
    assert least > 0.1
    assert curve.blocking(found)
    with pytest.raises(InfeasibleError, match="cannot all hold"):
        curve.at(least - 0.01)
    assert curve.at(least + 1e-6)[0].value > 0


def test_closed_sites_leave_what_idle_plants_reach():
    _, model = program_of(five_countries().network, "magnet")
    curve = Tradeoff(model)
    assert curve.least_share()[0] == pytest.approx(0, abs=1e-9)
    shut, found = curve.least_share({})
    assert shut > 0.5
    assert sum(curve.built(found).values()) == pytest.approx(0, abs=1e-9)


@sampled(worlds(), few=8, many=40)
def test_every_cap_solved_by_itself_lies_on_the_curve(world):
    # The epsilon-constraint method: cold solves at caps that no search chose.
    net = world.network
    for good in net.goods:
        if sum(net.need[good].get(c, 0.0) for c in outside(net)) <= 0:
            continue
        _, model = program_of(net, good)
        curve = Tradeoff(model)
        least = min(1.0, curve.least_share()[0] + 1e-6)
        points = breakpoints(lambda s, c=curve: c.at(s)[0], least, 1.0)
        shares, values = zip(*((p.share, p.value) for p in points), strict=True)
        for share in np.linspace(least, 1, 5):
            alone = Tradeoff(model).at(float(share))[0].value
            assert np.interp(share, shares, values) == pytest.approx(
                alone, rel=1e-6, abs=1e-4
            )


# -- the search for kinks ---------------------------------------------------------
@st.composite
def bent(draw):
    """Draw a convex function as the maximum of falling lines, and its kinks."""
    count = draw(st.integers(1, 6))
    turns = sorted(draw(st.lists(
        st.integers(1, 99), min_size=count, max_size=count, unique=True
    )))
    steps = draw(st.lists(st.integers(1, 50), min_size=count, max_size=count))
    kinks = [t / 100 for t in turns]
    return kinks, [float(s) for s in steps]


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(bent(), st.booleans())
def test_every_kink_is_found_and_nothing_else(drawn, steep):
    kinks, steps = drawn
    solved = []

    def solve(share):
        solved.append(share)
        value = sum(s * max(0.0, k - share) for k, s in zip(kinks, steps, strict=True))
        # At a kink any slope between the two is a dual.
        on = [(k >= share if steep else k > share) for k in kinks]
        return Point(share, value, -sum(s for s, o in zip(steps, on, strict=True) if o))

    found = breakpoints(solve, 0.0, 1.0)
    assert [p.share for p in found] == pytest.approx([0.0, *kinks, 1.0])
    assert len(solved) <= 2 * len(kinks) + 3


def test_a_straight_line_has_ends_only():
    assert len(breakpoints(lambda x: Point(x, 2 - x, -1.0), 0.0, 1.0)) == 2
