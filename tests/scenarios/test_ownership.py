"""Dependency by owner: what the target's firms control elsewhere is withheld too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from worlds import make_world, tiny_model

from supplychain.measures.dependency import direct, look_through, survival
from supplychain.optimize.dependency import Chain, Setting, restricted
from supplychain.scenarios.chains import chains, compiled_world
from supplychain.scenarios.levers import Levers
from supplychain.tables.reader import Tables

CHINA = frozenset({"CHN"})
PLAIN = tiny_model()


def owned_world(*rows):
    """Ore of CHN 50 and COD 50, chips of JPN 100; rows of good, place, owner, share."""
    world = make_world(
        order=("ore", "chip"), recipes={("chip", "ore"): (1.0, 1.0)},
        output={("ore", "CHN"): 50.0, ("ore", "COD"): 50.0, ("chip", "JPN"): 100.0},
        flows={("ore", "CHN", "JPN"): 50.0, ("ore", "COD", "JPN"): 50.0,
               ("chip", "JPN", "JPN"): 100.0},
        final={("chip", "JPN"): 100.0}, model=PLAIN,
    )
    frames = {
        "ownership": pd.DataFrame(rows, columns=["good", "iso3", "owner", "share"]),
        "alliances": pd.DataFrame(columns=["alliance", "hub"]),
    }
    return replace(world, tables=Tables(Path(), frames, {}))


def measured(world, *, by_owner=True):
    """Return DD of ore and LTD and ID of chips in JPN."""
    net, levers = world.network, Levers(world, by_owner=by_owner)
    owned = levers.controlled
    left = survival(net, CHINA, {}, owned)
    chain = Chain(Setting(net, CHINA, {}, left, owned),
                  restricted(compiled_world(net), net, "chip"), "chip")
    return (direct(net, "ore", CHINA, owned)["JPN"],
            look_through(net, "chip", left)["JPN"],
            chain.solve(("JPN",), "protected", "free")[0])


# -- by hand ---------------------------------------------------------------------------
def test_by_place_an_owner_does_not_count():
    world = owned_world(("ore", "COD", "CHN", 0.4))
    assert measured(world, by_owner=False) == pytest.approx((0.5, 0.5, 0.5), abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_mine_that_the_targets_firms_own_is_withheld_by_its_share(share):
    """50 in CHN and `share` of the 50 in COD."""
    lost = 0.5 + 0.5 * share
    found = measured(owned_world(("ore", "COD", "CHN", share)))
    assert found == pytest.approx((lost, lost, lost), abs=1e-6)


def test_frozen_trade_loses_what_is_owned_too():
    world = owned_world(("ore", "COD", "CHN", 0.4))
    found = chains(world, control="owner", goods=("chip",), with_status=False)
    row = found.dependency[found.dependency.group == "world_outside_CHN"].iloc[0]
    # The chip has one maker, in JPN: its DD is 0.
    assert (row.dd, row.ltp, row.ltd) == pytest.approx((0.0, 0.7, 0.7), abs=1e-6)
    assert set(found.dependency.control) == {"owner"}


def test_owners_along_a_chain_add_up():
    """The maker of chips is .5 CHN's as well: of 30 ore, half is left."""
    world = owned_world(("ore", "COD", "CHN", 0.4), ("chip", "JPN", "CHN", 0.5))
    _, ltd, irreducible = measured(world)
    assert ltd == pytest.approx(1 - 0.3 * 0.5)
    # Free to choose, JPN makes 30 of the 50 that are left to it.
    assert irreducible == pytest.approx(0.7, abs=1e-6)


def test_a_third_countrys_owner_withholds_nothing():
    found = measured(owned_world(("ore", "COD", "CHE", 0.9)))
    assert found == pytest.approx((0.5, 0.5, 0.5), abs=1e-6)


def test_plants_in_the_target_stay_the_targets_whoever_owns_them():
    world = owned_world(("ore", "CHN", "JPN", 1.0))
    assert Levers(world, by_owner=True).controlled == {}
    assert measured(world) == pytest.approx((0.5, 0.5, 0.5), abs=1e-6)


def test_owners_of_what_is_not_in_the_world_are_left_out():
    world = owned_world(("ore", "MLI", "CHN", 1.0), ("cobalt", "COD", "CHN", 1.0))
    assert Levers(world, by_owner=True).controlled == {}


def test_a_world_without_tables_has_no_owners():
    world = replace(owned_world(("ore", "COD", "CHN", 0.4)), tables=None)
    assert Levers(world, by_owner=True).controlled == {}


# -- the shipped world -----------------------------------------------------------------
@pytest.fixture(scope="module")
def owned(world):
    return Levers(world, by_owner=True)


def test_only_plants_outside_the_target_are_controlled(owned, world):
    assert owned.controlled["nickel_refined", "IDN"] == 0.75
    assert all(place != "CHN" for _, place in owned.controlled)
    assert set(owned.controlled) <= set(world.network.output)
    assert Levers(world).controlled == {}


def test_counting_owners_never_lowers_direct_or_look_through_dependency(owned, world):
    net = world.network
    place = survival(net, owned.targets, owned.capital)
    owner = survival(net, owned.targets, owned.capital, owned.controlled)
    risen = set()
    for good in net.goods:
        for old, new in (
            (direct(net, good, owned.targets),
             direct(net, good, owned.targets, owned.controlled)),
            (look_through(net, good, place), look_through(net, good, owner)),
        ):
            assert all(new[c] >= old[c] - 1e-12 for c in old), good
            if any(new[c] > old[c] + 1e-6 for c in old):
                risen.add(good)
    assert {g for g, _ in owned.controlled} <= risen
    assert {"aluminium", "copper_refined", "rf_chip"} <= risen  # downstream


def test_counting_owners_never_lowers_any_measure_of_a_chain(world):
    keys = ["good", "group", "kind"]
    place, owner = (
        chains(world, control=control, goods=("nickel_refined", "cathode"),
               with_status=False).dependency.set_index(keys)
        for control in ("place", "owner")
    )
    for measure in ("dd", "ltp", "ltd"):
        assert (owner[measure] >= place[measure] - 1e-6).all(), measure
    everyone = ("nickel_refined", "world_outside_CHN", "export_halt")
    for measure in ("dd", "ltp", "ltd", "id"):
        assert owner.loc[everyone, measure] > place.loc[everyone, measure], measure
