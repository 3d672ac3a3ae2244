"""Worst attacks on worlds: what may be attacked, by whom, under which trade."""

from __future__ import annotations

import pickle
from itertools import combinations

import pytest
from worlds import make_world, one_chain, one_of_each, three_tiers, tiny_model

from supplychain.errors import ScenarioError
from supplychain.scenarios.attackable import known_well_enough
from supplychain.scenarios.interdiction import (
    NETWORK,
    Task,
    attack,
    interdict,
    problem,
)

FEW = {"min_producers": 1, "min_coverage": 0.0}


def rows(world, good, **options):
    """Return the rows of one task, by k."""
    options = {"channels": ["free"], **FEW, **options}
    return interdict(world, [good], **options).attacks.set_index("k")


# -- what may be attacked --------------------------------------------------------------
def test_every_good_may_be_attacked_or_is_listed_with_the_reason(world):
    allowed, left_out = known_well_enough(world)
    assert set(allowed) | set(left_out.good) == set(world.network.goods)
    assert not set(allowed) & set(left_out.good)
    assert left_out.reason.str.len().min() > 0


def test_each_reason_holds(world):
    _, left_out = known_well_enough(world)
    for row in left_out.itertuples():
        assert ("kit" in row.reason) == (row.good in world.network.kits)
        assert ("coverage" in row.reason) == (row.share_allocated < 0.95)
        few = row.listed_producers < 6 and "kit" not in row.reason
        assert ("producers" in row.reason) == few


def test_without_thresholds_only_kits_are_left_out(world):
    """And what only joint figures of several countries are said to make."""
    _, left_out = known_well_enough(world, **FEW)
    kits = left_out.good.isin(world.network.kits)
    assert set(left_out.good[kits]) == world.network.kits
    assert set(left_out.listed_producers[~kits]) == {0}


def test_what_is_no_country_is_never_attacked():
    """All ore but that of the rest of the world is China's."""
    found = rows(one_of_each(), "chip", most=4)
    assert "ROW" not in " ".join(found.attacked)
    assert found.nodes[0] == 4  # ore and gallium in China, chips in two countries


# -- values on paper -------------------------------------------------------------------
def test_five_countries_whole_network_and_chain(magnets):
    """GOLDENS T1-F 5: 58, 9, 3 and 1 of 58."""
    for good in (NETWORK, "magnet"):
        found = rows(magnets, good)
        assert list(found.value) == pytest.approx([1, 9 / 58, 3 / 58, 1 / 58])
        assert found.attacked[1] in {f"{g}|CHN" for g in magnets.network.goods}


def test_the_chain_of_an_intermediate_good():
    found = rows(three_tiers(), "oxide")  # 80 units: 70 in China, 10 in the USA
    assert list(found.value[:3]) == pytest.approx([1, 4 / 80, 0])
    assert found.attacked[1] == "ore|CHN"  # leaves 4 of ore; oxide there leaves 10


def test_an_attack_on_the_host_is_one_on_its_by_product():
    """China makes 60 % of the ore and 80 % of the gallium that comes of it."""
    found = rows(one_of_each(), "gallium", most=1, country="CHN")
    assert found.value[1] == pytest.approx(0.2 * 1.25)  # ROW's, surge included
    assert found.attacked[1] in {"gallium|CHN", "ore|CHN"}


def test_suppliers_that_replace_each_other_cost_something_only_together():
    world = make_world(
        order=("ore", "magnet"), recipes={("magnet", "ore"): (1.0, 1.0)},
        output={("ore", "AUS"): 50.0, ("ore", "USA"): 50.0, ("magnet", "JPN"): 100.0},
        capacity={("ore", "AUS"): 200.0, ("ore", "USA"): 200.0},
        flows={("ore", "AUS", "JPN"): 50.0, ("ore", "USA", "JPN"): 50.0,
               ("magnet", "JPN", "JPN"): 100.0},
        final={("magnet", "JPN"): 100.0}, model=tiny_model(surge=1.0),
    )
    found = rows(world, "magnet", most=2, spared=["JPN"])
    assert list(found.value) == pytest.approx([1, 1, 0])
    assert list(found.attacked) == ["", "", "ore|AUS; ore|USA"]


# -- who attacks what ------------------------------------------------------------------
def test_one_country_alone_is_no_worse_than_a_free_choice(magnets):
    free, one = rows(magnets, "magnet"), rows(magnets, "magnet", country="JPN")
    assert set(one.country) == {"JPN"}
    assert all(n.endswith("JPN") for a in one.attacked for n in a.split("; ") if n)
    assert (one.value >= free.value - 1e-9).all()
    assert one.value[1] == pytest.approx(1)  # China's 55 of 58 and 3 of others do


def test_a_country_that_is_spared_keeps_its_nodes(magnets):
    found = rows(magnets, "magnet", spared=["CHN"])
    assert "CHN" not in " ".join(found.attacked)
    assert found.spared[1] == "CHN"


def test_tighter_trade_makes_every_attack_worse(world):
    """P2, for each k: no caps, caps at recorded statuses, channels off."""
    found = interdict(
        world, ["si_wafer"], most=2, channels=["free", "central", "off"]
    ).attacks
    free, central, off = (
        found[found.channels == c].value.to_numpy() for c in ("free", "central", "off")
    )
    assert (free >= central - 1e-9).all()
    assert (central >= off - 1e-9).all()
    assert found.proved.all()


def test_a_shipped_chain_equals_enumeration(world):
    """All pairs of nodes that make silicon metal."""
    allowed, _ = known_well_enough(world)
    task = Task("si_wafer", "central", "held", 2, allowed, None, (), 20.0)
    run = problem(world, task)
    at = [run.program.column[n] for n in run.worth]
    worst = [run.value(), min(run.value([i]) for i in at),
             min(run.value(pair) for pair in combinations(at, 2))]
    found = run.attacks(2)
    assert [a.value for a in found] == pytest.approx(worst, abs=1e-6)
    assert worst[2] < worst[1] < worst[0]


def test_the_target_fills_a_gap_only_where_it_re_routes_as_others_do():
    """Half of the ore is China's, with capacity to spare, and America's is lost."""
    world = make_world(
        order=("ore", "magnet"), recipes={("magnet", "ore"): (1.0, 1.0)},
        output={("ore", "CHN"): 50.0, ("ore", "USA"): 50.0, ("magnet", "JPN"): 100.0},
        capacity={("ore", "CHN"): 100.0, ("ore", "USA"): 100.0},
        flows={("ore", "CHN", "JPN"): 50.0, ("ore", "USA", "JPN"): 50.0,
               ("magnet", "JPN", "JPN"): 100.0},
        final={("magnet", "JPN"): 100.0}, model=tiny_model(surge=1.0),
    )
    options = {"country": "USA", "channels": ["off"], "most": 1}
    held = rows(world, "magnet", target="held", **options)
    free = rows(world, "magnet", **options)
    more = world.model.value("nu0") * 0.5  # China has half of the capacity
    assert (held.value[1], free.value[1]) == pytest.approx((0.5, 0.5 + more))


# -- tasks and errors ------------------------------------------------------------------
def test_the_table_is_tidy_and_prints(magnets):
    found = interdict(magnets, ["magnet", NETWORK], channels=["off"], most=1, **FEW)
    assert list(found.attacks.good) == ["magnet"] * 2 + [NETWORK] * 2
    assert list(found.attacks.k) == [0, 1, 0, 1]
    assert (found.attacks.gap >= 0).all()
    assert "left out: 0 goods" in str(found)


def test_by_default_every_final_product_and_the_network_are_attacked():
    asked = interdict(one_chain(), most=0, channels=["off"]).attacks.good
    assert list(asked) == ["magnet", NETWORK]


def test_a_job_can_be_sent_to_a_process():
    assert pickle.loads(pickle.dumps(attack)) is attack


@pytest.mark.parametrize(("options", "message"), [
    ({"goods": ["magnets"]}, "no good 'magnets'; did you mean magnet"),
    ({"country": "CHM"}, "no country 'CHM'; did you mean CHN"),
    ({"spared": ["USB"]}, "no country 'USB'"),
    ({"channels": ["on"]}, "no channels 'on'"),
    ({"target": "free"}, "no target 'free'"),
])
def test_unknown_names_are_refused(magnets, options, message):
    with pytest.raises(ScenarioError, match=message):
        interdict(magnets, **options)
