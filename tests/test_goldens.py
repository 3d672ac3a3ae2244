"""Numbers that can be checked on paper (design document GOLDENS, T1-E and T1-F)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyomo.environ as pyo
import pytest
from worlds import chain_of

from supplychain.measures.concentration import (
    hhi_bounds,
    hhi_outside,
    n_minus_one_coverage,
    top_share,
)
from supplychain.measures.dependency import direct, look_through, survival
from supplychain.optimize.compiled import Session, compile_program
from supplychain.optimize.response import Bounds, Response, weights_of
from supplychain.world.calibrate import calibrate, ras

CHINA = frozenset({"CHN"})
REST = ("AUS", "USA", "IND", "JPN")


# -- T1-E: ore, oxide, magnets ------------------------------------------------------
def test_the_us_refiner_keeps_what_it_does_not_buy_from_china(tiers):
    assert survival(tiers.network, CHINA, {})["oxide", "USA"] == pytest.approx(0.4)


def test_look_through_dependency_of_the_magnet_maker(tiers):
    net = tiers.network
    found = look_through(net, "oxide", survival(net, CHINA, {}))
    assert found["JPN"] == pytest.approx(0.92)


def test_india_looks_half_dependent_and_is_almost_wholly_so(tiers):
    net = tiers.network
    dd = direct(net, "magnet", CHINA)["IND"]
    ltd = look_through(net, "magnet", survival(net, CHINA, {}))["IND"]
    assert (dd, ltd, ltd / dd) == pytest.approx((0.50, 0.96, 1.92))


# -- T1-F 1: minimum-cost flows of the networkx test suite ---------------------------
SIMPLE = (
    {"a": -5, "d": 5},
    {("a", "b"): (3, 4), ("a", "c"): (6, 10), ("b", "d"): (1, 9), ("c", "d"): (2, 5)},
    24,
)
TRANSSHIPMENT = (
    {"a": 1, "b": -2, "c": -2, "d": 3, "e": -4, "f": -4, "g": 3, "h": 2, "r": 3},
    {arc: (weight, None) for arc, weight in {
        ("a", "c"): 3, ("r", "a"): 2, ("b", "a"): 9, ("r", "c"): 0, ("b", "r"): -6,
        ("c", "d"): 5, ("e", "r"): 4, ("e", "f"): 3, ("h", "b"): 4, ("f", "d"): 7,
        ("f", "h"): 12, ("g", "d"): 12, ("f", "g"): -1, ("h", "g"): -10,
    }.items()},
    41,
)


@pytest.mark.parametrize(
    ("need", "arcs", "cost"), [SIMPLE, TRANSSHIPMENT], ids=["simple", "transshipment"]
)
def test_minimum_cost_flow(need, arcs, cost):
    m = pyo.ConcreteModel()
    m.x = pyo.Var(list(arcs), bounds=lambda _, *a: (0, arcs[a][1]))
    places = sorted({p for arc in arcs for p in arc})
    m.balance = pyo.Constraint(places, rule=lambda m, p: (
        sum(m.x[a] for a in arcs if a[1] == p) - sum(m.x[a] for a in arcs if a[0] == p)
        == need.get(p, 0)
    ))
    m.objective = pyo.Objective(expr=sum(w * m.x[a] for a, (w, _) in arcs.items()))
    assert Session(compile_program(m)).solve().objective == pytest.approx(cost)


# -- T1-F 5: five countries and magnets ---------------------------------------------
def served(world, bounds):
    """Return the final value served in tonnes of magnets, of 58."""
    net = world.network
    value = Response(net, weights_of(world)).serve(bounds, {}).value
    return {c: 58.0 * v / 100.0 for c, v in value.items()}


def without_china(world):
    """Nothing is made in China, nothing goes there: a rupture."""
    net = world.network
    return Bounds(
        flow={(g, i, j): 0.0 for g in net.goods for i, j in net.arcs(g)
              if "CHN" in (i, j)},
        output={n: 0.0 for n in net.output if n[1] == "CHN"},
    )


def test_everybody_is_served_where_nothing_stops(magnets):
    assert sum(served(magnets, Bounds({})).values()) == pytest.approx(58.0)


def test_the_rest_of_the_world_gets_nine_of_28_magnets_without_china(magnets):
    found = served(magnets, without_china(magnets))
    assert sum(found[c] for c in REST) == pytest.approx(9.0)
    assert found["CHN"] == pytest.approx(0.0)


@pytest.mark.parametrize("claim", ["first", "protected"])
def test_irreducible_dependency_of_the_rest_of_the_world(magnets, claim):
    chain = chain_of(magnets, "magnet")
    found, _ = chain.solve(REST, claim, "free", kind="rupture")
    assert found == pytest.approx(1 - 9 / 28)


# -- T1-F 10: RAS -------------------------------------------------------------------
ROWS, COLUMNS = np.array([30.0, 70.0]), np.array([40.0, 60.0])


def test_ras_of_an_even_prior_is_proportional():
    expected = [[12.0, 18.0], [28.0, 42.0]]
    assert ras(np.ones((2, 2)), ROWS, COLUMNS) == pytest.approx(np.array(expected))


def test_ras_of_an_uneven_prior():
    found = ras(np.array([[1.0, 2.0], [3.0, 1.0]]), ROWS, COLUMNS)
    expected = np.array([[4.41088, 25.58912], [35.58912, 34.41088]])
    assert np.abs(found - expected).max() < 1e-5


def test_ras_keeps_the_odds_ratio_of_its_prior():
    x = calibrate(np.array([[1.0, 2.0], [3.0, 1.0]]), ROWS, COLUMNS).flows
    assert x[0, 0] * x[1, 1] / (x[0, 1] * x[1, 0]) == pytest.approx(1 / 6)


# -- Concentration ------------------------------------------------------------------
MADE = pd.Series({"CHN": 60.0, "JPN": 20.0, "USA": 10.0, "ROW": 10.0})
USED = pd.Series({"CHN": 30.0, "JPN": 40.0, "USA": 30.0})


def test_hhi_lies_between_many_small_producers_and_one():
    assert hhi_bounds(MADE) == pytest.approx((0.36 + 0.04 + 0.01, 0.41 + 0.01))


def test_hhi_of_a_split_that_is_fully_known_is_one_number():
    assert hhi_bounds(MADE.drop("ROW")) == pytest.approx((41 / 81, 41 / 81))


def test_hhi_of_antimony_in_the_2020_study_of_the_eu():
    shares = pd.Series([74, 8, 4, 3, 3, 2, 2, 1, 1, 1], dtype=float)
    listed = pd.concat([shares, pd.Series({"UNA": 100 - shares.sum()})])
    assert hhi_bounds(listed)[0] == pytest.approx(0.5585, abs=1e-4)


def test_hhi_outside_an_alliance_leaves_its_members_out():
    assert hhi_outside(MADE, {"JPN"}) == pytest.approx(0.36 + 0.01)


def test_top_shares_count_listed_producers_only():
    assert top_share(MADE, 3) == pytest.approx(0.9)


def test_n_minus_one_coverage_has_two_denominators():
    assert n_minus_one_coverage(MADE, USED) == pytest.approx(40 / 100)
    assert n_minus_one_coverage(MADE, USED, outside_top=True) == pytest.approx(40 / 70)
