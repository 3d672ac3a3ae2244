"""From memberships and shocks to bounds: C4 and the halts, arc by arc."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st
from strategies import halts, sampled, severities, worlds
from worlds import one_of_each

from supplychain.errors import ScenarioError
from supplychain.scenarios.levers import Arcs, Levers, access_caps, shock_targets
from supplychain.tables.model_parts import OutageDelta, Shock

HALT = Shock(kind="export_halt", targets="everyone", title="hand")
RUPTURE = Shock(kind="rupture", targets="everyone", title="hand")
NU = {"nu0": 0.1, "nu1": 0.6}


@pytest.fixture
def small():
    return one_of_each()


def withheld(world):
    """Everything that the target makes."""
    return {node for node in world.network.output if node[1] == "CHN"}


def cap(world, arc, **options):
    """Return the cap of one arc of the tiny world when nothing is halted."""
    arcs = Arcs.of(world.network, world.places, withheld(world))
    mu = world.pair_intensity(off=True)
    caps = access_caps(arcs, mu, **{**NU, "eta": 0.0, **options})
    return dict(zip(arcs.arcs, caps, strict=True))[arc]


# -- C4 --------------------------------------------------------------------------------
def test_a_stranger_adds_nu0_of_the_need_by_its_part_of_capacity(small):
    """ROW has all capacity for ore outside CHN, JPN needs 60: 20 + .1 x 60."""
    assert cap(small, ("ore", "ROW", "JPN")) == pytest.approx(20 + 0.1 * 60)


def test_an_arc_that_was_not_used_opens_too(small):
    """JPN has all capacity for chips outside CHN, whose need is 20."""
    assert cap(small, ("chip", "JPN", "CHN")) == pytest.approx(0.1 * 20)


def test_a_full_partner_adds_nu1(small):
    arcs = Arcs.of(small.network, small.places, withheld(small))
    caps = access_caps(arcs, np.ones((3, 3)), **NU, eta=0.0)
    at = arcs.arcs.index(("chip", "JPN", "ROW"))
    assert caps[at] == pytest.approx(45 + 0.6 * 50)


def test_domestic_deliveries_are_not_capped(small):
    assert cap(small, ("chip", "JPN", "JPN")) == np.inf


def test_hoarding_takes_from_strangers(small):
    assert cap(small, ("ore", "ROW", "JPN"), eta=0.25) == pytest.approx(0.75 * 20 + 6)


def test_hoarding_acts_on_goods_that_the_shock_hits_only(small):
    nothing = np.zeros(len(Levers(small).arcs.arcs), dtype=bool)
    capped = cap(small, ("ore", "ROW", "JPN"), eta=0.25, hit=nothing)
    assert capped == pytest.approx(26)


@sampled(worlds(), st.floats(0, 1), st.floats(0, 1))
def test_caps_rise_with_intensity_and_stay_above_the_baseline(world, one, other):
    arcs = Arcs.of(world.network, world.places, withheld(world))
    size = (len(world.places), len(world.places))
    low, high = (
        access_caps(arcs, np.full(size, mu), **NU, eta=0.0)
        for mu in sorted((one, other))
    )
    assert (low >= arcs.base - 1e-9).all()
    assert (high >= low).all()


# -- the shock -------------------------------------------------------------------------
def test_the_target_sells_less_and_goes_on_buying(small):
    bounds = Levers(small).bounds(small, HALT, 0.75).flow
    assert bounds["ore", "CHN", "JPN"] == pytest.approx(40 * 0.25)
    assert bounds["ore", "CHN", "CHN"] == np.inf  # at home
    assert bounds["ore", "ROW", "CHN"] == 0.0  # what it bought before: nothing


def test_a_rupture_stops_the_targets_purchases_too(tiers):
    world = replace(tiers, flows=tiers.flows.rename(index={"AUS": "JPN", "JPN": "CHN"}))
    bought = ("oxide", "USA", "CHN")
    before = world.network.flow[bought]
    assert Levers(world).bounds(world, HALT, 0.75).flow[bought] == before
    cut = Levers(world).bounds(world, RUPTURE, 0.75).flow[bought]
    assert cut == pytest.approx(0.25 * before)


def test_a_halt_aimed_at_one_country_leaves_sales_to_others(small):
    japan = replace(small, model=small.model.revised(country="JPN"))
    alone = HALT.model_copy(update={"targets": "country"})
    aimed = Levers(japan).bounds(japan, alone, 1.0).flow
    assert aimed["ore", "CHN", "JPN"] == 0.0
    assert aimed["chip", "CHN", "ROW"] == 5.0


def test_without_a_shock_the_target_keeps_its_sales(small):
    assert Levers(small).bounds(small, None, 1.0).flow["ore", "CHN", "JPN"] == 40.0


def test_free_trade_caps_nobody_but_the_target(small):
    flow = Levers(small).bounds(small, HALT, 1.0, free=True).flow
    assert {cap for arc, cap in flow.items() if "CHN" not in arc[1:]} == {np.inf}


def test_an_outage_lowers_what_a_node_may_make(small):
    lost = small.with_(OutageDelta(good="ore", country="ROW", loss=0.5))
    assert Levers(lost).bounds(lost, None, 0.0).output["ore", "ROW"] == 45 * 0.5


@sampled(worlds(), halts(), severities())
def test_a_bound_is_never_negative(world, halt, severity):
    bounds = Levers(world).bounds(world, halt, severity)
    assert min(bounds.flow.values(), default=0.0) >= 0.0


def test_an_unknown_shock_is_named_with_its_neighbours(small):
    with pytest.raises(ScenarioError, match="halt_country"):
        Levers(small).shock("halt_indai")


# -- whom it is aimed at ---------------------------------------------------------------
@pytest.mark.parametrize(("name", "in_it", "out_of_it"), [
    ("halt_country", {"IND"}, {"USA", "JPN", "CHN"}),
    ("halt_alliance", {"IND", "USA", "JPN"}, {"CHN", "BRA"}),
    ("halt_everyone", {"IND", "USA", "BRA", "ROW"}, {"CHN"}),
])
def test_whom_a_halt_is_aimed_at(world, name, in_it, out_of_it):
    aimed = shock_targets(world, Levers(world).shock(name))
    assert in_it <= aimed
    assert not out_of_it & aimed


@pytest.mark.parametrize("name", ["halt_country", "halt_alliance", "halt_everyone"])
def test_the_targets_of_a_shock_are_the_same_on_every_rung(world, name):
    levers = Levers(world)
    sales = [
        {
            arc: cap
            for arc, cap in levers.bounds(
                world.ladder_a().with_statuses({"IND": rung}), levers.shock(name), 0.75
            ).flow.items() if arc[1] == "CHN"
        }
        for rung in world.model.scope.rungs
    ]
    assert all(other == sales[0] for other in sales)


@pytest.mark.parametrize("name", ["halt_country", "halt_alliance", "halt_everyone"])
def test_channels_off_does_not_depend_on_status(world, name):
    levers = Levers(world)
    found = [
        levers.bounds(world.with_statuses({"IND": rung}), levers.shock(name), 1.0,
                      off=True).flow
        for rung in world.model.scope.rungs
    ]
    assert all(other == found[0] for other in found)


def test_what_belongs_to_nobody_is_the_targets_in_the_other_run(world):
    assert Levers(world).targets == {"CHN"}
    assert Levers(world, unallocated_is_target=True).targets == {"CHN", "UNA"}
    both = Levers(world, unallocated_is_target=True, demand_is_target=True)
    assert both.targets == {"CHN", "UNA", "OTH"}
