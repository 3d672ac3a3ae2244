"""Dependency programs on worlds of one or two goods, solved on paper."""

from __future__ import annotations

import math

import pytest
from worlds import chain_of, make_world, tiny_model

from supplychain.ids import ROW


def solved(world, good, group, claim, trade, **options):
    return chain_of(world, good).solve(group, claim, trade, **options)[0]


@pytest.fixture
def buyers():
    """Chips of CHN and JPN, 50 each; IND and USA buy 25 of either."""
    return make_world(
        order=("chip",), recipes={},
        output={("chip", "CHN"): 50.0, ("chip", "JPN"): 50.0},
        flows={("chip", i, j): 25.0 for i in ("CHN", "JPN") for j in ("IND", "USA")},
        final={("chip", "IND"): 50.0, ("chip", "USA"): 50.0},
    )


@pytest.fixture
def shared_ore():
    """Ore of CHN and JPN, 50 each, all used in JPN: half for chips, half not."""
    return make_world(
        order=("ore", "chip"), recipes={("chip", "ore"): (1.0, 1.0)},
        output={("ore", "CHN"): 50.0, ("ore", "JPN"): 50.0, ("chip", "JPN"): 50.0},
        flows={("ore", "CHN", "JPN"): 50.0, ("ore", "JPN", "JPN"): 50.0,
               ("chip", "JPN", "JPN"): 50.0},
        final={("chip", "JPN"): 50.0}, other={("ore", "JPN"): 50.0},
    )


@pytest.fixture
def trading_ore():
    """JPN sells 40 of its 60 ore to CHN and buys 30 from it, for chips of its own."""
    return make_world(
        order=("ore", "chip"), recipes={("chip", "ore"): (1.0, 1.0)},
        output={("ore", "CHN"): 30.0, ("ore", "JPN"): 60.0,
                ("chip", "CHN"): 40.0, ("chip", "JPN"): 50.0},
        flows={("ore", "CHN", "JPN"): 30.0, ("ore", "JPN", "CHN"): 40.0,
               ("ore", "JPN", "JPN"): 20.0,
               ("chip", "CHN", "CHN"): 40.0, ("chip", "JPN", "JPN"): 50.0},
        final={("chip", "CHN"): 40.0, ("chip", "JPN"): 50.0},
    )


# -- who comes first -------------------------------------------------------------------
def test_whoever_comes_first_takes_what_others_bought(buyers):
    assert solved(buyers, "chip", ("IND",), "first", "free") == pytest.approx(0.0)


def test_protected_claims_leave_others_what_rationing_would(buyers):
    """The USA keeps half of its 50; 25 of JPN's 50 are left for India."""
    found = solved(buyers, "chip", ("IND",), "protected", "free")
    assert found == pytest.approx(0.5)


def test_a_group_does_not_protect_its_members_from_each_other(buyers):
    both = solved(buyers, "chip", ("IND", "USA"), "protected", "free")
    assert both == pytest.approx(0.5)


def test_a_chain_that_comes_first_takes_the_ore_of_other_uses(shared_ore):
    found = solved(shared_ore, "chip", ("JPN",), "first", "frozen")
    assert found == pytest.approx(0.0)


def test_other_uses_keep_their_ration_where_they_are_protected(shared_ore):
    """25 of JPN's 50 ore stay with other uses, 25 make chips."""
    found = solved(shared_ore, "chip", ("JPN",), "protected", "free")
    assert found == pytest.approx(0.5)


@pytest.mark.parametrize(("claim", "kind", "expected"), [
    ("protected", "export_halt", 0.6),  # CHN goes on buying 40: 20 are left for 50
    ("protected", "rupture", 0.0),  # JPN keeps all of its 60
    ("first", "export_halt", 0.0),
])
def test_the_target_goes_on_buying_under_a_halt(trading_ore, claim, kind, expected):
    found = solved(trading_ore, "chip", ("JPN",), claim, "free", kind=kind)
    assert found == pytest.approx(expected)


# -- what trade may do -----------------------------------------------------------------
def test_frozen_trade_keeps_every_buyer_at_its_baseline(buyers):
    found = solved(buyers, "chip", ("IND",), "first", "frozen")
    assert found == pytest.approx(0.5)


def test_caps_decide_what_a_status_may_move(buyers):
    """25 bought before and 10 more, of 50."""
    caps = {("chip", "JPN", "IND"): 35.0, ("chip", "JPN", "USA"): 25.0}
    found = solved(buyers, "chip", ("IND",), "first", "status", caps=caps)
    assert found == pytest.approx(1 - 35 / 50)


def test_existing_plants_add_their_surge(buyers):
    """JPN makes 60: 25 for the USA, 35 for India."""
    world = buyers.with_values({"surge": 0.2})
    found = solved(world, "chip", ("IND",), "protected", "free")
    assert found == pytest.approx(1 - 35 / 50)


def test_the_rest_of_the_world_is_no_one_market():
    """ROW makes 60 and needs 50, yet delivers no more than its 20 at home."""
    world = make_world(
        order=("ore",), recipes={},
        output={("ore", "CHN"): 30.0, ("ore", ROW): 60.0},
        flows={("ore", "CHN", ROW): 30.0, ("ore", ROW, ROW): 20.0,
               ("ore", ROW, "JPN"): 40.0},
        final={("ore", ROW): 50.0, ("ore", "JPN"): 40.0},
    )
    found = solved(world, "ore", (ROW,), "first", "free")
    assert found == pytest.approx(1 - 20 / 50)


# -- by-products and substitutes -------------------------------------------------------
def host_world(potential):
    """Gallium of JPN, from alumina that is made of CHN's bauxite by half."""
    return make_world(
        order=("bauxite", "alumina", "gallium"),
        output={("bauxite", "CHN"): 50.0, ("bauxite", "JPN"): 50.0,
                ("alumina", "JPN"): 100.0, ("gallium", "JPN"): 10.0},
        recipes={("alumina", "bauxite"): (1.0, 1.0)},
        flows={("bauxite", "CHN", "JPN"): 50.0, ("bauxite", "JPN", "JPN"): 50.0,
               ("alumina", "JPN", "JPN"): 100.0, ("gallium", "JPN", "JPN"): 10.0},
        hosts={"gallium": "alumina"}, other={("alumina", "JPN"): 100.0},
        final={("gallium", "JPN"): 10.0},
        model=tiny_model(**{"by_product_potential:gallium": potential}),
    )


@pytest.mark.parametrize(("potential", "expected"), [
    (1.0, 0.5),  # circuits take all that half of the alumina yields
    (1.6, 0.2),  # .5 x 1.6 = .8 of what was made
    (10.0, 0.0),  # the recovery circuits bind, not the host
])
def test_a_by_product_falls_with_its_host_as_far_as_the_host_binds(potential, expected):
    found = solved(host_world(potential), "gallium", ("JPN",), "protected", "free")
    assert found == pytest.approx(expected)


def test_what_an_input_is_not_essential_for_is_made_without_it():
    """phi .4: six chips in ten need no ore, and all ore is CHN's."""
    world = make_world(
        order=("ore", "chip"), recipes={("chip", "ore"): (1.0, 0.4)},
        output={("ore", "CHN"): 50.0, ("chip", "JPN"): 50.0},
        flows={("ore", "CHN", "JPN"): 50.0, ("chip", "JPN", "JPN"): 50.0},
        final={("chip", "JPN"): 50.0},
    )
    found = solved(world, "chip", ("JPN",), "protected", "free")
    assert found == pytest.approx(0.4)


# -- edges -----------------------------------------------------------------------------
def test_a_group_that_needs_nothing_has_no_value(buyers):
    found, solution = chain_of(buyers, "chip").solve(("AUS",), "first", "free")
    assert math.isnan(found)
    assert solution is None


def test_what_binds_is_named(buyers):
    chain = chain_of(buyers, "chip")
    _, solution = chain.solve(("IND",), "protected", "free")
    assert chain.binding(solution).startswith("capacity chip|JPN")


def test_the_order_of_questions_does_not_matter(trading_ore):
    """Warm solves of one chain, asked forwards and backwards."""
    asked = [("first", "frozen"), ("protected", "free"), ("first", "free"),
             ("protected", "frozen")]
    one, other = chain_of(trading_ore, "chip"), chain_of(trading_ore, "chip")
    forwards = {a: one.solve(("JPN",), *a)[0] for a in asked}
    backwards = {a: other.solve(("JPN",), *a)[0] for a in reversed(asked)}
    assert forwards == pytest.approx(backwards)
