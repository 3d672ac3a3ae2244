"""Concentration: bounds that hold whatever the split is."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.measures.concentration import (
    concentration,
    hhi_bounds,
    hhi_outside,
    n_minus_one_coverage,
    top_share,
)

PLACES = ("CHN", "JPN", "USA", "IND", "ROW", "UNA")
ROUNDING = 1e-12
plenty = settings(max_examples=100, derandomize=True, database=None, deadline=None)


def splits(places=PLACES):
    """Draw who makes how much; the first listed country makes something."""
    amount = st.floats(0, 1e6, allow_subnormal=False)
    return st.lists(amount, min_size=len(places), max_size=len(places)).map(
        lambda made: pd.Series([1.0 + made[0], *made[1:]], index=list(places))
    )


@plenty
@given(splits())
def test_hhi_bounds_are_ordered_and_on_the_scale(output):
    low, high = hhi_bounds(output)
    assert 0 < low <= high <= 1 + ROUNDING


@plenty
@given(splits(PLACES[:4]))
def test_hhi_of_listed_producers_is_at_least_that_of_equals(output):
    low, high = hhi_bounds(output)
    assert low == high
    assert low >= 1 / len(output) - ROUNDING


@plenty
@given(splits(), st.integers(1, 5))
def test_hhi_lies_within_its_bounds_however_the_rest_is_split(output, parts):
    low, high = hhi_bounds(output)
    rest = output[["ROW", "UNA"]].sum()
    small = {f"small{n}": rest / parts for n in range(parts)}
    told = pd.concat([output.drop(["ROW", "UNA"]), pd.Series(small)])
    assert low - ROUNDING <= hhi_bounds(told)[0] <= high + ROUNDING


@plenty
@given(splits(), st.floats(1e-3, 1e3))
def test_hhi_does_not_depend_on_the_unit(output, factor):
    assert hhi_bounds(output * factor) == pytest.approx(hhi_bounds(output))


@plenty
@given(splits(), st.sets(st.sampled_from(PLACES[:4])), st.sampled_from(PLACES[:4]))
def test_hhi_outside_an_alliance_never_rises_as_it_grows(output, members, newcomer):
    before, after = (hhi_outside(output, m) for m in (members, members | {newcomer}))
    assert after <= before + ROUNDING


@plenty
@given(splits())
def test_more_producers_have_a_larger_top_share(output):
    shares = [top_share(output, n) for n in (1, 2, 3)]
    assert shares == sorted(shares)
    assert shares[-1] <= 1 + ROUNDING


@plenty
@given(splits())
def test_coverage_without_the_largest_is_what_others_make(output):
    expected = 1 - top_share(output)
    assert n_minus_one_coverage(output, output) == pytest.approx(expected, abs=1e-9)


@plenty
@given(splits(), splits())
def test_coverage_of_demand_outside_the_largest_is_never_smaller(output, need):
    world = n_minus_one_coverage(output, need)
    outside = n_minus_one_coverage(output, need, outside_top=True)
    assert math.isnan(outside) or outside >= world - ROUNDING


def test_coverage_without_demand_is_not_a_number():
    output = pd.Series({"CHN": 1.0})
    assert math.isnan(n_minus_one_coverage(output, pd.Series({"CHN": 0.0})))


def test_an_unallocated_residual_is_no_largest_producer():
    found = concentration(pd.Series({"CHN": 30.0, "UNA": 70.0}), pd.Series(), ())
    assert (found["top1"], found["unallocated_share"]) == ("CHN", pytest.approx(0.7))


def test_a_good_without_a_listed_producer_has_no_largest_one():
    found = concentration(pd.Series({"ROW": 5.0}), pd.Series({"JPN": 5.0}), ())
    assert (found["top1"], found["top1_share"], found["hhi"]) == ("", 0.0, 0.0)
