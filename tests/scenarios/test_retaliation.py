"""Break-even retaliation: the formula, its ends, and P4."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import strategies as st
from strategies import sampled, severities, worlds
from worlds import make_world, tiny_model

from supplychain.errors import ScenarioError
from supplychain.optimize.response import Range, Response, weights_of
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.retaliation import (
    break_even,
    break_even_ratio,
    joining_pays,
    retaliated,
)

RUNGS = ("excluded", "invited", "observer", "signatory", "full")


def exact(value):
    return Range(value, value, value)


# -- the formula -----------------------------------------------------------------------
@pytest.mark.parametrize(("outside", "member", "intensity", "expected"), [
    (0.5, 0.25, 1.0, 1.0), (0.5, 0.25, 0.5, 2.0), (0.5, 0.5, 0.5, 0.0),
    (0.25, 0.5, 1.0, -0.5), (0.5, 0.0, 0.25, math.inf),
])
def test_theta(outside, member, intensity, expected):
    found = break_even_ratio(outside, member, intensity)
    assert found == expected
    if math.isfinite(found):  # there joining is worth exactly what it costs
        assert (1 + found * intensity) * member == pytest.approx(outside)


@pytest.mark.parametrize(("outside", "member", "intensity"), [
    (0.0, 0.0, 1.0), (0.0, 0.3, 1.0), (0.5, 0.25, 0.0),
])
def test_theta_is_undefined_without_a_loss_or_a_membership(outside, member, intensity):
    assert math.isnan(break_even_ratio(outside, member, intensity))


@pytest.mark.parametrize(("outside", "member", "said"), [
    (exact(0.5), exact(0.4), "yes"), (exact(0.4), exact(0.5), "no"),
    (exact(0.4), exact(0.4), "no difference"), (exact(0.0), exact(0.0), "no loss"),
    (Range(0.4, 0.3, 0.5), Range(0.4, 0.35, 0.45), "either"),
    (Range(0.4, 0.3, 0.5), Range(0.2, 0.1, 0.3), "yes"),
])
def test_whether_joining_pays(outside, member, said):
    assert joining_pays(outside, member) == said


def test_retaliation_deepens_the_shock_as_far_as_it_goes():
    assert retaliated(0.75, 0.0, 1.0) == 0.75
    assert retaliated(0.5, 0.5, 1.0) == 0.75
    assert retaliated(0.75, 5.0, 0.5) == 1.0
    assert retaliated(0.75, 0.5, 0.0) == 0.75
    with pytest.raises(ScenarioError, match="negative"):
        retaliated(0.5, -0.1, 1.0)


# -- on a world solved on paper --------------------------------------------------------
def friends(**values):
    """India buys 60 chips of CHN and 40 of JPN, a member that could make more."""
    return make_world(
        order=("chip",),
        output={("chip", "CHN"): 60.0, ("chip", "JPN"): 40.0},
        capacity={("chip", "JPN"): 100.0},
        recipes={},
        flows={("chip", "CHN", "IND"): 60.0, ("chip", "JPN", "IND"): 40.0},
        final={("chip", "IND"): 100.0},
        members={"JPN": "full"},
        model=tiny_model(nu0=0.1, nu1=0.3, surge=0.25, **values),
    )


def test_break_even_by_hand():
    """JPN may run 25 % above baseline: 10 more chips; strangers get that anyway."""
    found = break_even(friends(), severity=1.0).set_index(["good", "status"])
    total = found.loc["final products"]
    assert total.loss_outside.tolist() == pytest.approx([0.5] * 5)
    assert total.loss_member["full"] == pytest.approx(0.5)
    assert total.pays[1:].tolist() == ["no difference"] * 4
    assert total.theta_star["full"] == pytest.approx(0.0)


def test_break_even_where_access_binds():
    """With 5 % for strangers and 10 % for partners access binds, not capacity."""
    world = friends()
    world = world.with_values({"nu0": 0.05})
    found = break_even(world, severity=1.0).set_index(["good", "status"])
    full = found.loc[("final products", "full")]
    assert full.loss_outside == pytest.approx(0.6 - 0.05)
    assert full.loss_member == pytest.approx(0.6 - 0.1)
    assert full.theta_star == pytest.approx(0.55 / 0.5 - 1)
    assert full.loss_channels_off == pytest.approx(0.55)
    assert full.pays == "yes"
    # Just as much retaliation, as a longer list or a deeper shock, undoes it.
    assert found.loc[("chip", "full")].theta_star == pytest.approx(full.theta_star)


def test_retaliation_on_top_may_turn_the_sign():
    world = friends().with_values({"nu0": 0.05})
    calm, harsh = (
        break_even(world, severity=0.75, theta=theta).set_index(["good", "status"])
        .loc[("final products", "full")] for theta in (0.0, 0.5)
    )
    assert (calm.pays, harsh.pays) == ("yes", "no")
    assert harsh.severity_member == 1.0
    assert harsh.loss_member > calm.loss_member
    assert harsh.theta_star < 0


# -- the shipped world -----------------------------------------------------------------
@pytest.fixture(scope="module")
def found(world):
    return break_even(world)


def test_every_rung_and_good_has_its_number_or_says_why_not(found):
    assert tuple(dict.fromkeys(found.status)) == RUNGS
    assert set(found[found.status == "excluded"].note) == {"no membership"}
    member = found[found.status != "excluded"]
    missing = member[member.theta_star_min.isna()]
    assert set(missing.note) <= {"no loss"}
    assert (member.theta_star_min.fillna(0) <= member.theta_star_max.fillna(0)).all()


def test_ranges_hold_the_number(found):
    for name in ("loss_outside", "loss_member", "loss_channels_off", "theta_star"):
        part = found[found[name].notna()]
        assert (part[f"{name}_min"] <= part[name] + 1e-9).all()
        assert (part[name] <= part[f"{name}_max"] + 1e-9).all()


def test_a_longer_list_costs_more_than_membership_gains():
    """Outside, CHN halts chips; a member loses magnets as well: 100 + 20 wanted."""
    world = make_world(
        order=("chip", "magnet"),
        output={("chip", "CHN"): 60.0, ("chip", "JPN"): 40.0, ("magnet", "CHN"): 20.0},
        capacity={("chip", "JPN"): 100.0},
        recipes={},
        flows={("chip", "CHN", "IND"): 60.0, ("chip", "JPN", "IND"): 40.0,
               ("magnet", "CHN", "IND"): 20.0},
        final={("chip", "IND"): 100.0, ("magnet", "IND"): 20.0},
        members={"JPN": "full"}, model=tiny_model(nu0=0.05, nu1=0.1, surge=0.25),
    )
    found = break_even(
        world, shock="CHN-halts:chip", wider="CHN-halts:chip,magnet", severity=1.0
    ).set_index(["good", "status"])
    full = found.loc[("final products", "full")]
    assert full.loss_outside == pytest.approx(55 / 120)
    assert full.loss_member == pytest.approx((50 + 20) / 120)
    assert full.pays == "no"
    assert full.theta_star == pytest.approx(55 / 70 - 1)
    # By good: chips are served better, magnets not at all.
    assert found.loc[("chip", "full")].pays == "yes"
    assert found.loc[("magnet", "full")].note == "no loss"


@pytest.mark.parametrize(("changes", "message"), [
    ({"severity": 1.2}, "severity 1.2"), ({"shock": "halt_nobody"}, "no shock"),
    ({"wider": "CHN-halts:chpi"}, "did you mean chip"),
    ({"theta": -1.0}, "negative"),
])
def test_what_break_even_refuses(changes, message):
    with pytest.raises(ScenarioError, match=message):
        break_even(friends(), **changes)


# -- P4 --------------------------------------------------------------------------------
def climb(world, severity, theta):
    """Return the L1 value on each rung, T retaliating against the country studied."""
    levers, run = Levers(world), Response(world.network, weights_of(world))
    shock = levers.shock("halt_country")
    values = []
    for rung in RUNGS:
        variant = world.with_statuses({world.model.scope.country: rung})
        deeper = retaliated(severity, theta, world.model.intensity(rung))
        bounds = levers.bounds(variant, shock, deeper)
        values.append(-run.solve(bounds).objective)
    return values


def test_with_retaliation_more_access_may_serve_less():
    """P4: P2 fails along the rungs; the same world climbs without retaliation."""
    world = friends().with_values({"nu0": 0.05})
    calm, harsh = (climb(world, 0.75, theta) for theta in (0.0, 0.5))
    assert all(b >= a - 1e-6 for a, b in pairwise(calm))
    assert calm[-1] > calm[0]
    assert harsh[-1] < harsh[0]


@sampled(worlds(), severities(), few=25, many=200)
def test_without_retaliation_more_access_never_serves_less(world, severity):
    values = climb(world, severity, 0.0)
    assert all(b >= a - 1e-6 * max(1.0, abs(a)) for a, b in pairwise(values))


@sampled(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0.05, 1), few=50)
def test_theta_is_where_joining_stops_paying(outside, member, intensity):
    theta = break_even_ratio(outside, member, intensity)
    for less in (theta - 0.01, theta + 0.01):
        pays = (1 + less * intensity) * member <= outside
        assert pays == (less <= theta)
