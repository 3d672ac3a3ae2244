"""Outcomes are ranges over all optima: by hand on a world with many of them."""

from __future__ import annotations

import pytest
from worlds import make_world

from supplychain.optimize.program import Weights
from supplychain.optimize.response import Bounds, Response
from supplychain.scenarios.ladder import Cell, Ladder

ONE_BLOCK, MANY = Weights(1, 3.0, 10.0), Weights(20, 3.0, 10.0)
GROUPS = {"india": ("IND",), "usa": ("USA",), "both": ("IND", "USA")}
HALT = Bounds(output={("chip", "CHN"): 0.0}, flow={})


@pytest.fixture
def rivals():
    """Chips of CHN and JPN, 50 each; IND and USA need 50 each, all alike."""
    return make_world(
        order=("chip",), recipes={},
        output={("chip", "CHN"): 50.0, ("chip", "JPN"): 50.0},
        flows={("chip", i, j): 25.0 for i in ("CHN", "JPN") for j in ("IND", "USA")},
        final={("chip", "IND"): 50.0, ("chip", "USA"): 50.0},
        members={"USA": "signatory", "JPN": "signatory"},
    )


def test_who_is_served_is_open_where_all_units_are_worth_the_same(rivals):
    found = Response(rivals.network, ONE_BLOCK).serve(HALT, GROUPS).groups
    for name in ("india", "usa"):
        assert (found[name].low, found[name].high) == pytest.approx((0.0, 1.0))


def test_what_both_receive_together_is_one_number(rivals):
    found = Response(rivals.network, ONE_BLOCK).serve(HALT, GROUPS).groups["both"]
    assert (found.low, found.value, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_a_demand_curve_shares_scarcity_out(rivals):
    """Twenty blocks: both are served the same ten."""
    found = Response(rivals.network, MANY).serve(HALT, GROUPS).groups
    for name in ("india", "usa"):
        assert (found[name].low, found[name].high) == pytest.approx((0.5, 0.5))


def test_a_floor_is_kept_and_paid_for_by_others(rivals):
    bounds = Bounds(HALT.flow, HALT.output, floor={"USA": 40.0})
    found = Response(rivals.network, MANY).serve(bounds, GROUPS).groups
    assert found["usa"].value == pytest.approx(0.8)
    assert found["india"].value == pytest.approx(0.2)


def test_one_country_is_told_good_by_good(rivals):
    found = Response(rivals.network, MANY).serve(HALT, {}, country="IND").goods
    assert set(found) == {("chip", "final")}
    assert found["chip", "final"].value == pytest.approx(0.5)


def test_ranges_do_not_move_the_optimum_that_follows(rivals):
    run = Response(rivals.network, MANY)
    before = run.solve(HALT).objective
    run.serve(Bounds({}), GROUPS, country="IND")
    assert run.solve(HALT).objective == pytest.approx(before)


def test_a_wide_range_is_published_without_a_value(rivals):
    """Free re-routing, one block: India gets anything between nothing and all."""
    cell = Cell("benchmark", "off", False, "halt_everyone", 1.0, "free_rerouting")
    rows = Ladder(rivals).run([cell]).rows.set_index("group")
    assert rows.value.isna()["IND"]
    assert (rows["min"]["IND"], rows["max"]["IND"]) == pytest.approx((0.0, 1.0))
    assert rows.value["world_outside_CHN"] == pytest.approx(0.5)


def test_a_number_that_the_face_fixes_takes_no_further_solve(rivals):
    """Nobody is short: every block is full, the optimum is one point for the goods."""
    run = Response(rivals.network, MANY)
    run.serve(Bounds({}), {}, country="IND")
    assert run.solves == 1
    found = run.serve(HALT, {}, country="IND").goods["chip", "final"]
    assert (found.low, found.high) == pytest.approx((0.5, 0.5))
