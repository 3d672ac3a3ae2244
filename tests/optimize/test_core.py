"""The least core against conditions that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pyomo.contrib.solver.common.factory import SolverFactory

from supplychain.measures.shapley import largest_excess
from supplychain.optimize.core import core_program, least_core

GLOVES = [0, 0, 0, 1, 0, 1, 0, 1]
MAJORITY = [0, 0, 0, 1, 0, 1, 1, 1]


def test_the_scarce_glove_takes_all():
    core = least_core(GLOVES)
    assert core.nonempty
    assert core.shares == pytest.approx((1.0, 0.0, 0.0), abs=1e-9)


def test_any_two_of_three_leave_no_core():
    core = least_core(MAJORITY)
    assert not core.nonempty
    assert core.epsilon == pytest.approx(1 / 3)
    assert core.shares == pytest.approx((1 / 3,) * 3)
    assert core.tight == (0b011, 0b101, 0b110)


def test_two_players_halve_what_their_union_gains():
    core = least_core([0, 1, 2, 5])
    assert core.epsilon == pytest.approx(-1.0)
    assert core.shares == pytest.approx((2.0, 3.0))


def draws(n, count, seed):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        v = rng.integers(0, 12, 1 << n).astype(float)
        v[0] = 0.0
        yield v


def test_three_players_have_a_core_iff_no_balanced_family_does_better():
    """Bondareva and Shapley: the five minimal balanced families of three."""
    found = set()
    for v in draws(3, 40, seed=4):
        v[7] *= 3
        one, two, three = v[1], v[2], v[4]
        best = max(one + two + three, v[3] + three, v[5] + two, v[6] + one,
                   (v[3] + v[5] + v[6]) / 2)
        core = least_core(v)
        assert core.nonempty == (best <= v[7])
        found.add(core.nonempty)
    assert found == {True, False}


def test_its_epsilon_is_the_largest_excess_of_its_shares():
    for v in draws(5, 10, seed=6):
        core = least_core(v)
        assert sum(core.shares) == pytest.approx(v[-1])
        excess, _ = largest_excess(v, core.shares)
        assert excess == pytest.approx(core.epsilon, abs=1e-7)


def test_compiled_and_pyomo_find_the_same_epsilon():
    for v in draws(4, 5, seed=8):
        found = SolverFactory("highs").solve(core_program(v))
        assert least_core(v).epsilon == pytest.approx(found.incumbent_objective)


@pytest.mark.parametrize("values", [[0, 5], [0, 1, 2], [[0, 1], [1, 2]]])
def test_what_is_no_table_of_coalitions(values):
    with pytest.raises(ValueError, match="no table"):
        least_core(values)
