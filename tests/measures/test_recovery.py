"""Time to survive, time to recover, the resilience triangle: goldens and P13."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.measures.recovery import (
    Ends,
    days_until_stop,
    lost_until_recovered,
    resilience_triangle,
    time_to_survive,
)

whole = st.integers(0, 400)


def test_golden_two_stocks_and_a_second_supplier():
    """GOLDENS T1-F 9: 10 a day, stocks 50 + 200, another supplier of 4 a day."""
    assert time_to_survive(250, 10, 4) == pytest.approx(41.667, abs=5e-4)
    assert lost_until_recovered(250, 10, 4, 60) == pytest.approx(110)


def test_golden_magnets_of_2025():
    """GOLDENS T3 1: 90 days in stock last 120 at three quarters lost, 90 at all."""
    days = days_until_stop(Ends(90, 90, 90), Ends(0.75, 0.75, 1))
    assert days == pytest.approx((90, 120, 120))


def test_unknown_stock_is_not_zero():
    assert days_until_stop(None, Ends(0.5, 0.5, 0.5)) is None
    assert days_until_stop(Ends(0, 0, 0), Ends(0.5, 0.5, 0.5)) == (0, 0, 0)


def test_nothing_lost_never_stops():
    days = days_until_stop(Ends(10, 20, 30), Ends(0, 0, 0.5))
    assert days == (20, math.inf, math.inf)


@given(stock=whole, use=whole, supply=whole, days=st.integers(1, 400))
def test_p13_no_loss_iff_the_stock_outlasts_the_outage(stock, use, supply, days):
    # Exact numbers: a float on the edge may fall on either side.
    survives = (
        Fraction(stock, use - supply) >= days if supply < use else True
    )
    assert (lost_until_recovered(stock, use, supply, days) == 0) == survives
    if supply < use:
        assert time_to_survive(stock, use, supply) == pytest.approx(
            stock / (use - supply)
        )


@given(
    stock=st.tuples(*[st.floats(1, 400)] * 3).map(sorted),
    lost=st.tuples(*[st.floats(0.01, 1)] * 3).map(sorted),
)
def test_ends_stay_in_order(stock, lost):
    days = days_until_stop(Ends(*stock), Ends(*lost))
    assert days.low <= days.central <= days.high


def test_triangle_of_a_straight_recovery():
    found = resilience_triangle([0, 100], [40, 100])
    assert found == pytest.approx((60, 3000, 100 * 50 / 60))


def test_triangle_of_a_curve_with_a_step():
    """Nothing for 29 days, half on day 42, 88 % on day 74, all on day 97."""
    found = resilience_triangle([0, 0, 29, 42, 74, 97], [100, 0, 0, 50, 88, 100])
    by_hand = 29 * 100 + 13 * 75 + 32 * (50 + 12) / 2 + 23 * 6
    assert found.area == pytest.approx(by_hand)
    assert found.days_to_90 == pytest.approx(74 + 23 * 2 / 12)


def test_triangle_that_never_recovers():
    assert resilience_triangle([0, 10], [50, 60]).days_to_90 == math.inf


@pytest.mark.parametrize(("days", "served"), [
    ([], []), ([0, 1], [100]), ([0, 2, 1], [100, 50, 100]),
])
def test_curve_that_is_none(days, served):
    with pytest.raises(ValueError, match="in order"):
        resilience_triangle(days, served)
