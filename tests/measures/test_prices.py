"""Partial equilibrium of one market: goldens, the choke price, monotone."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.measures.prices import price_after

GOLDEN = {"demand_elasticity": 0.3, "supply_elasticity": 0.5, "surge": 0.25}


def test_golden_two_fifths_lost():
    """GOLDENS T1-F 11: Q = .6 x 1.25 = .75, P = (4/3)^(1/.3)."""
    found = price_after(0.4, 1, **GOLDEN)
    assert found.quantity == pytest.approx(0.75)
    assert found.ratio == pytest.approx(2.6089, abs=5e-5)
    assert not found.choked


def test_golden_that_explodes():
    """The same with .98: (1/.025)^(1/.3), about 2e5; a choke price holds it."""
    found = price_after(0.98, 1, **GOLDEN, choke=7)
    assert found.unbounded == pytest.approx(0.025 ** (-1 / 0.3))
    assert 2e5 < found.unbounded < 2.3e5
    assert found.ratio == 7
    assert found.choked


def test_others_below_capacity():
    """P^-.3 = .9 P^.5, so P = (1/.9)^(1/.8), before the cap of 25 % binds."""
    found = price_after(0.1, 1, **GOLDEN)
    assert found.ratio == pytest.approx((1 / 0.9) ** (1 / 0.8))
    assert found.quantity == pytest.approx(found.ratio**-0.3)


def test_no_supply_at_all():
    found = price_after(1, 1, **GOLDEN, choke=20)
    assert found.unbounded == math.inf
    assert (found.ratio, found.quantity) == (20, 0)


@pytest.mark.parametrize(("share", "shock"), [(0.0, 1.0), (0.9, 0.0)])
def test_no_loss_no_rise(share, shock):
    found = price_after(share, shock, **GOLDEN)
    assert (found.ratio, found.quantity) == (1, 1)


shares = st.floats(0.01, 0.95)
sizes = st.floats(0.05, 2)


@given(shares, st.floats(0.01, 1), sizes, sizes, st.floats(0, 0.5))
def test_the_market_clears_and_less_elastic_demand_costs_more(
    share, shock, demand, supply, surge
):
    market = {"supply_elasticity": supply, "surge": surge}
    found = price_after(share, shock, demand_elasticity=demand, **market)
    if found.ratio < 1e100:
        assert found.quantity == pytest.approx(found.ratio**-demand, abs=1e-9)
    stiffer = price_after(share, shock, demand_elasticity=demand / 2, **market)
    assert stiffer.ratio >= found.ratio * (1 - 1e-9)
    more = price_after(share, min(1, shock * 1.1), demand_elasticity=demand, **market)
    assert more.ratio >= found.ratio * (1 - 1e-9)


@pytest.mark.parametrize("wrong", [
    {"share": 1.2}, {"shock": -0.1}, {"demand_elasticity": 0.0},
    {"supply_elasticity": 0.0}, {"surge": -0.1}, {"choke": 0.5},
])
def test_numbers_that_are_none(wrong):
    asked = {"share": 0.4, "shock": 1.0, **GOLDEN, **wrong}
    with pytest.raises(ValueError, match=r"shares lie|are sizes"):
        price_after(asked.pop("share"), asked.pop("shock"), **asked)
