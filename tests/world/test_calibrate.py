"""Baseline flows: margins are met, and what could not be met is listed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.errors import InfeasibleError
from supplychain.world.calibrate import ShareConstraint, calibrate, feasible, ras

ROWS, COLUMNS = np.array([30.0, 70.0]), np.array([40.0, 60.0])
EVEN = np.ones((2, 2))
# Row 0 may only serve column 0 and row 1 only column 1: 30 is not 40.
TOO_SPARSE = np.eye(2)


def fits(x, rows=ROWS, columns=COLUMNS):
    """Tell whether a matrix has its margins, to 1e-8 of the total."""
    gaps = np.concatenate([x.sum(axis=1) - rows, x.sum(axis=0) - columns])
    return bool(np.abs(gaps).max() <= 1e-8 * rows.sum())


@settings(max_examples=50, derandomize=True, database=None, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_any_positive_prior_is_scaled_onto_its_margins(seed, m, n):
    rng = np.random.default_rng(seed)
    rows, columns = rng.uniform(0.1, 9, m), rng.uniform(0.1, 9, n)
    columns *= rows.sum() / columns.sum()
    fit = calibrate(rng.uniform(0.1, 9, (m, n)), rows, columns)
    assert fit.method == "ras"
    assert fits(fit.flows, rows, columns)


def test_a_prior_that_already_fits_is_returned_as_it_is():
    prior = np.array([[10.0, 20.0], [30.0, 40.0]])
    assert calibrate(prior, ROWS, COLUMNS).flows == pytest.approx(prior)


def test_zero_cells_stay_zero_where_a_matrix_exists():
    fit = calibrate(np.array([[1.0, 0.0], [1.0, 1.0]]), ROWS, COLUMNS)
    assert (fit.method, fit.opened) == ("ras", ())
    assert fit.flows == pytest.approx(np.array([[30.0, 0.0], [10.0, 60.0]]))


def test_a_zero_pattern_without_a_matrix_is_found_by_maximum_flow():
    assert not feasible(TOO_SPARSE, ROWS, COLUMNS)
    assert feasible(TOO_SPARSE, ROWS, ROWS)


def test_a_zero_pattern_without_a_matrix_opens_cells_and_lists_them():
    fit = calibrate(TOO_SPARSE, ROWS, COLUMNS)
    assert (fit.method, fit.opened) == ("qp", ((1, 0),))
    assert fit.residual <= 1e-8
    assert fit.flows == pytest.approx(np.array([[30.0, 0.0], [10.0, 60.0]]), abs=1e-3)


def test_a_row_without_a_cell_is_opened_too():
    fit = calibrate(np.array([[0.0, 0.0], [1.0, 1.0]]), ROWS, COLUMNS)
    assert set(fit.opened) == {(0, 0), (0, 1)}
    assert fits(fit.flows)


def test_a_share_that_leaves_no_freedom_fixes_the_matrix():
    share = ShareConstraint(row=0, column=0, share=0.25, of="imports", own=None)
    fit = calibrate(np.array([[1.0, 2.0], [3.0, 1.0]]), ROWS, COLUMNS, (share,))
    assert (fit.method, fit.dropped) == ("qp", ())
    assert fit.flows == pytest.approx(np.array([[10.0, 20.0], [30.0, 40.0]]))


def test_the_quadratic_program_finds_the_matrix_nearest_to_its_prior():
    """At the least of sum (x - x0)^2 / x0, x / x0 is made of the constraints alone."""
    prior = np.array([[2.0, 3.0, 4.0], [5.0, 2.0, 3.0], [1.0, 4.0, 2.0]])
    rows, columns = np.array([30.0, 40.0, 30.0]), np.array([35.0, 35.0, 30.0])
    share = ShareConstraint(row=0, column=0, share=0.3, of="imports", own=None)
    x = calibrate(prior, rows, columns, (share,)).flows
    unit, ones = np.eye(3), np.ones(3)
    along_rows = [np.outer(u, ones) for u in unit]
    along_columns = [np.outer(ones, u) for u in unit]
    cell = np.outer(unit[0], unit[0])
    basis = np.array([c.ravel() for c in (*along_rows, *along_columns, cell)]).T
    ratio = (x / prior).ravel()
    coefficients = np.linalg.lstsq(basis, ratio, rcond=None)[0]
    assert basis @ coefficients == pytest.approx(ratio, rel=1e-4)


def test_a_share_of_imports_leaves_domestic_supply_out():
    # Row 1 is column 0's own: its only import comes from rows 0 and 2.
    rows, columns = np.array([30.0, 40.0, 30.0]), np.array([50.0, 50.0])
    share = ShareConstraint(row=0, column=0, share=0.8, of="imports", own=1)
    x = calibrate(np.ones((3, 2)), rows, columns, (share,)).flows
    assert fits(x, rows, columns)
    assert x[0, 0] / (x[0, 0] + x[2, 0]) == pytest.approx(0.8, abs=1e-6)


def test_a_share_of_exports_leaves_domestic_deliveries_out():
    rows, columns = np.array([50.0, 50.0]), np.array([30.0, 40.0, 30.0])
    share = ShareConstraint(row=0, column=0, share=0.6, of="exports", own=1)
    x = calibrate(np.ones((2, 3)), rows, columns, (share,)).flows
    assert fits(x, rows, columns)
    assert x[0, 0] / (x[0, 0] + x[0, 2]) == pytest.approx(0.6, abs=1e-6)


def test_a_share_that_contradicts_the_margins_is_dropped_and_listed():
    # Row 0 makes 30, so it cannot be 90 % of the 60 that column 1 receives.
    share = ShareConstraint(row=0, column=1, share=0.9, of="imports", own=None)
    fit = calibrate(EVEN, ROWS, COLUMNS, (share,))
    assert fit.dropped == (share,)
    assert fits(fit.flows)


def test_a_contradictory_share_does_not_take_a_good_one_with_it():
    good = ShareConstraint(row=0, column=0, share=0.25, of="imports", own=None)
    bad = ShareConstraint(row=0, column=1, share=0.9, of="imports", own=None)
    fit = calibrate(EVEN, ROWS, COLUMNS, (bad, good))
    assert fit.dropped == (bad,)
    assert fit.flows[0, 0] / COLUMNS[0] == pytest.approx(0.25)


def test_of_two_shares_that_exclude_each_other_the_importers_stays():
    imports = ShareConstraint(row=0, column=0, share=0.25, of="imports", own=None)
    exports = ShareConstraint(row=0, column=0, share=0.9, of="exports", own=None)
    fit = calibrate(EVEN, ROWS, COLUMNS, (exports, imports))
    assert fit.dropped == (exports,)
    assert fit.flows[0, 0] == pytest.approx(10.0)


def test_margins_that_differ_are_refused():
    with pytest.raises(InfeasibleError, match="rows 100, columns 90"):
        calibrate(EVEN, ROWS, np.array([40.0, 50.0]))


def test_a_good_that_nobody_makes_flows_nowhere():
    fit = calibrate(EVEN, np.zeros(2), np.zeros(2))
    assert not fit.flows.any()


def test_ras_does_not_change_its_prior():
    prior = EVEN.copy()
    ras(prior, ROWS, COLUMNS)
    assert np.array_equal(prior, EVEN)


def test_every_margin_of_the_shipped_world_is_met(world):
    assert (world.residuals.residual <= 1e-8).all()


def test_flows_of_the_shipped_world_leave_and_arrive_as_outputs_and_needs(world):
    net = world.network
    left, arrived = dict.fromkeys(net.output, 0.0), {}
    for (g, i, j), x in net.flow.items():
        left[g, i] += x
        arrived[g, j] = arrived.get((g, j), 0.0) + x
    need = {(g, j): v for g, table in net.need.items() for j, v in table.items()}
    assert left == pytest.approx(dict(net.output), abs=1e-6)
    assert arrived == pytest.approx(need, abs=1e-6)
