"""Scrap: a constant source that needs no inputs, does not surge, stands where used."""

from __future__ import annotations

import pytest
from worlds import chain_of, make_world, tiny_model

from supplychain.ids import NOBODY, UNALLOCATED
from supplychain.measures.dependency import direct, look_through, survival
from supplychain.optimize.program import Weights, world_program
from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.levers import Levers
from supplychain.world.secondary import rate

CHINA = {"CHN"}
PLAIN = tiny_model()


def rates(world, family):
    """Return the rates above 0 of a family, by good of the world."""
    found = {g: rate(world.model, family, g) for g in world.goods.index}
    return {g: r for g, r in found.items() if r > 0}


def metal_world(ore, model=PLAIN):
    """Metal of JPN, 80 of ore and 20 of scrap; ore of CHN, the rest of AUS."""
    return make_world(
        order=("ore", "metal"), recipes={("metal", "ore"): (1.0, 1.0)},
        output={**{("ore", c): q for c, q in ore.items()}, ("metal", "JPN"): 100.0},
        secondary={("metal", "JPN"): 20.0},
        flows={**{("ore", c, "JPN"): q for c, q in ore.items()},
               ("metal", "JPN", "JPN"): 100.0},
        final={("metal", "JPN"): 100.0}, model=model,
    )


@pytest.fixture(scope="module")
def metal():
    """All ore is CHN's."""
    return metal_world({"CHN": 80.0})


# -- by hand: no inputs ----------------------------------------------------------------
def test_scrap_needs_no_ore(metal):
    assert metal.network.need["ore"]["JPN"] == pytest.approx(100.0)  # 80 t of 80 t
    assert metal.network.inputs["metal"]["ore"][0] == pytest.approx(100 / 80)
    assert metal.network.primary("metal", "JPN") == pytest.approx(80.0)


def test_look_through_dependency_stops_at_the_scrap(metal):
    """80 of JPN's 100 are made of CHN's ore; nothing is bought from CHN itself."""
    net = metal.network
    assert direct(net, "metal", CHINA)["JPN"] == 0.0
    ltd = look_through(net, "metal", survival(net, CHINA, {}))
    assert ltd["JPN"] == pytest.approx(0.8)


@pytest.mark.parametrize(("claim", "trade"), [
    ("first", "frozen"), ("protected", "free"), ("first", "free"),
])
def test_no_claim_or_trade_replaces_more_than_the_scrap(metal, claim, trade):
    found, _ = chain_of(metal, "metal").solve(("JPN",), claim, trade)
    assert found == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize(("severity", "served"), [(0.0, 1.0), (0.75, 0.4), (1.0, 0.2)])
def test_a_halt_leaves_the_scrap_and_what_ore_still_comes(metal, severity, served):
    """20 of scrap and 80 x (1 - s) of ore."""
    levers = Levers(metal)
    bounds = levers.bounds(metal, levers.shock("halt_everyone"), severity)
    out = Response(metal.network, weights_of(metal)).serve(bounds, {"jpn": ("JPN",)})
    assert out.groups["jpn"].value == pytest.approx(served)


def test_scrap_in_the_target_is_the_targets():
    world = make_world(
        order=("metal",), recipes={}, output={("metal", "CHN"): 100.0},
        secondary={("metal", "CHN"): 40.0}, flows={("metal", "CHN", "JPN"): 100.0},
        final={("metal", "JPN"): 100.0},
    )
    net = world.network
    assert look_through(net, "metal", survival(net, CHINA, {}))["JPN"] == 1.0


def test_a_node_of_scrap_alone_has_no_inputs_in_the_program():
    """IND melts 10 of scrap; JPN makes 90 of ore."""
    world = make_world(
        order=("ore", "metal"), recipes={("metal", "ore"): (1.0, 1.0)},
        output={("ore", "CHN"): 90.0, ("metal", "JPN"): 90.0, ("metal", "IND"): 10.0},
        secondary={("metal", "IND"): 10.0},
        flows={("ore", "CHN", "JPN"): 90.0, ("metal", "JPN", "JPN"): 90.0,
               ("metal", "IND", "IND"): 10.0},
        final={("metal", "JPN"): 90.0, ("metal", "IND"): 10.0},
    )
    program = world_program(world.network, Weights(1, 1.0, 1.0))
    assert set(program.USE) == {("ore", "metal", "JPN")}
    assert "IND" not in world.network.need["ore"]
    assert survival(world.network, CHINA, {})["metal", "IND"] == 1.0


# -- by hand: no surge -----------------------------------------------------------------
def test_scrap_does_not_surge():
    """1.25 x 80 + 20, not 1.25 x 100."""
    net = metal_world({"CHN": 80.0}, tiny_model(surge=0.25)).network
    assert net.ceiling["metal", "JPN"] == pytest.approx(120.0)
    assert net.capacity["metal", "JPN"] == pytest.approx(120.0)


def test_ore_that_surges_comes_on_top_of_constant_scrap():
    """AUS makes 1.25 x 40 of ore: 50 and 20 of 100; scrap that surged gave 75."""
    world = metal_world({"CHN": 40.0, "AUS": 40.0}, tiny_model(surge=0.25))
    found, _ = chain_of(world, "metal").solve(("JPN",), "protected", "free")
    assert found == pytest.approx(0.3, abs=1e-6)


def test_what_an_input_is_not_essential_for_counts_primary_output_alone():
    """phi .5: half of the 80 is made without ore, and 20 is scrap."""
    world = make_world(
        order=("ore", "metal"), recipes={("metal", "ore"): (1.0, 0.5)},
        output={("ore", "CHN"): 80.0, ("metal", "JPN"): 100.0},
        secondary={("metal", "JPN"): 20.0},
        flows={("ore", "CHN", "JPN"): 80.0, ("metal", "JPN", "JPN"): 100.0},
        final={("metal", "JPN"): 100.0},
    )
    net = world.network
    ltd = look_through(net, "metal", survival(net, CHINA, {}))
    found, _ = chain_of(world, "metal").solve(("JPN",), "protected", "free")
    assert ltd["JPN"] == pytest.approx(0.4)
    assert found == pytest.approx(0.4, abs=1e-6)


# -- the shipped world -----------------------------------------------------------------
def test_scrap_on_top_is_its_rate_of_supply(world):
    found = rates(world, "secondary")
    assert len(found) > 10
    for good, r in found.items():
        scrap = world.nodes.secondary.loc[good].sum()
        assert scrap / world.goods.total[good] == pytest.approx(r), good


def test_scrap_on_top_scales_listed_output(world, tables):
    """Supply is 1/(1-r) times what the table lists."""
    listed = tables["production"].groupby("good").quantity.sum()
    for good, r in rates(world, "secondary").items():
        assert world.goods.total[good] * (1 - r) == pytest.approx(listed[good]), good
        assert world.goods.primary[good] == pytest.approx(listed[good]), good


def test_scrap_on_top_stands_where_the_use_is(world):
    net = world.network
    for good, r in rates(world, "secondary").items():
        expected: dict[str, float] = {}
        for country, need in net.need[good].items():
            place = UNALLOCATED if country == NOBODY else country
            scrap = r * need * net.unit[good]
            expected[place] = expected.get(place, 0.0) + scrap
        expected = {c: scrap for c, scrap in expected.items() if scrap > 0}
        found = world.nodes.secondary.loc[good]
        assert found[found > 0].to_dict() == pytest.approx(expected), good


def test_another_rate_scales_supply_with_it(world):
    good = next(iter(rates(world, "secondary")))
    high = world.model.assumptions[f"secondary:{good}"].high
    before = world.goods.total[good] * (1 - rate(world.model, "secondary", good))
    other = world.with_values({f"secondary:{good}": high})
    assert other.goods.total[good] * (1 - high) == pytest.approx(before)
    scrap = other.nodes.secondary.loc[good].sum()
    assert scrap == pytest.approx(high * other.goods.total[good])


def test_scrap_within_output_leaves_totals(world, tables):
    listed = tables["production"].groupby("good").quantity.sum()
    found = rates(world, "secondary_within")
    assert found
    for good, r in found.items():
        nodes = world.nodes.loc[good]
        assert world.goods.total[good] == pytest.approx(listed[good]), good
        assert world.goods.primary[good] == pytest.approx((1 - r) * listed[good]), good
        shares = nodes.secondary / nodes.output
        assert shares.to_numpy() == pytest.approx(r), good


def test_no_scrap_is_more_than_the_output_it_is_part_of(world):
    assert (world.nodes.secondary >= 0).all()
    assert (world.nodes.secondary <= world.nodes.output * (1 + 1e-12)).all()


def test_no_node_of_scrap_alone_uses_inputs_in_the_shipped_program(world):
    net = world.network
    alone = {
        (g, c) for g, c in net.output if net.inputs[g] and net.primary(g, c) == 0
    }
    used = {(p, c) for _, p, c in world_program(net, Weights(1, 1.0, 1.0)).USE}
    assert alone
    assert not alone & used
    assert used == {n for n in net.output if net.inputs[n[0]]} - alone
