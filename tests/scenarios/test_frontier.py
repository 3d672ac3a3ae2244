"""The long-run frontier: solved by hand, in closed form, and convex (P7)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from strategies import sampled, worlds
from worlds import make_world, tiny_model

from supplychain.errors import ScenarioError
from supplychain.optimize.frontier import requirement
from supplychain.scenarios.frontier import frontier, frontier_job, frontiers
from supplychain.scenarios.frontier_tables import FrontierTask
from supplychain.scenarios.plants import annuity, premium_of, stage_values

WORLD = "world_outside_target"


def two_stages(**changed):
    """Oxide CHN 90 AUS 10, magnets CHN 80 JPN 20 for CHN 20 and USA 80.

    China keeps 20 of each for itself, so that it sells 60 of 80 magnets (.75) and,
    embodied or not, 70 of 80 oxide (.875). Value added 1 and 2 of a price of 3.
    """
    stated = {
        "order": ("oxide", "magnet"),
        "output": {
            ("oxide", "CHN"): 90.0, ("oxide", "AUS"): 10.0,
            ("magnet", "CHN"): 80.0, ("magnet", "JPN"): 20.0,
        },
        "recipes": {("magnet", "oxide"): (1.0, 1.0)},
        "flows": {
            ("oxide", "CHN", "CHN"): 80.0, ("oxide", "CHN", "JPN"): 10.0,
            ("oxide", "AUS", "JPN"): 10.0,
            ("magnet", "CHN", "CHN"): 20.0, ("magnet", "CHN", "USA"): 60.0,
            ("magnet", "JPN", "USA"): 20.0,
        },
        "final": {("magnet", "CHN"): 20.0, ("magnet", "USA"): 80.0},
        "value": {"oxide": 1.0, "magnet": 3.0},
    }
    return make_world(**{**stated, **changed})


def with_stage(world, **stages):
    return replace(world, goods=world.goods.assign(
        stage=world.goods.stage.where(
            ~world.goods.index.isin(list(stages)),
            pd.Series(stages).reindex(world.goods.index),
        )
    ))


def curve(found, axis="premium", bound="exact"):
    part = found.points[(found.points.axis == axis) & (found.points.bound == bound)]
    return [tuple(map(float, row)) for row in part[["share", "value"]].to_numpy()]


# -- by hand ----------------------------------------------------------------------
def test_two_stages_have_the_kinks_worked_out_on_paper():
    found = frontier(two_stages(), "magnet")
    assert (found.today, found.direct) == pytest.approx((0.875, 0.75))
    # Per unit of share: oxide .5 x 1 x 80 / 240 = 16.67 %, magnets 33.33 %.
    assert np.array(curve(found)) == pytest.approx(np.array([
        (0.0, 2.08333 + 37.5), (0.75, 2.08333), (0.875, 0.0), (1.0, 0.0),
    ]), abs=1e-4)
    slopes = found.points[found.points.axis == "premium"].slope
    assert list(slopes) == pytest.approx([-50.0, -100 / 6, 0.0, 0.0], abs=1e-3)
    assert np.array(curve(found, "capacity")) == pytest.approx(np.array([
        (0.0, 162.5), (0.75, 12.5), (0.875, 0.0), (1.0, 0.0),
    ]), abs=1e-4)


def test_one_stage_is_capped_alone():
    found = frontier(two_stages(), "magnet", chain=False)
    assert np.array(curve(found)) == pytest.approx(
        np.array([(0.0, 25.0), (0.75, 0.0), (1.0, 0.0)]), abs=1e-4
    )


def test_idle_plants_come_before_new_ones():
    world = two_stages(
        capacity={("magnet", "JPN"): 40.0}, model=tiny_model(surge=1.0)
    )
    # Japan makes up to 40, so that CHN may fall to 60: (60 - 20) / 80.
    assert curve(frontier(world, "magnet", chain=False))[1][0] == pytest.approx(0.5)


def test_a_mine_grows_by_listed_projects_alone():
    world = with_stage(two_stages(added={("oxide", "AUS"): 20.0}), oxide="mine")
    found = frontier(world, "magnet")
    # 30 of 100 outside CHN: it supplies at least 70 - 20 of the 80.
    assert found.least == pytest.approx(0.625)
    assert found.blocking == ("oxide",)
    assert frontier(world, "magnet", chain=False).least == 0
    mark = found.marks.set_index("mark")
    assert mark.feasible["share_cap"]
    asked = frontier(world, "magnet", caps=(0.5,)).marks.set_index("mark").loc["asked"]
    assert not asked.feasible
    assert np.isnan(asked.premium_high)
    assert "oxide (listed projects)" in asked.note


def test_what_projects_do_not_reach_by_the_year_is_marked():
    found = frontier(two_stages(added={("magnet", "JPN"): 8.0}), "magnet", chain=False)
    assert found.reached == pytest.approx(0.65)
    assert found.least == 0
    points = found.points[found.points.axis == "premium"]
    assert list(points.reachable) == [False, True, True]
    marks = found.marks.set_index("mark").reachable
    assert marks["least by 2030"]
    assert marks["share_cap"]
    assert not marks["least"]


def test_what_magnets_can_do_without_is_capped_less():
    world = two_stages()
    half = replace(world, recipes=world.recipes.assign(phi=0.5))
    found = frontier(half, "magnet")
    # Oxide counts half: .4375 today, so that magnets alone bend the curve at .75.
    assert found.today == pytest.approx(0.75)
    assert [share for share, _ in curve(found)] == pytest.approx([0, 0.4375, 0.75, 1])


def test_a_by_product_stays_within_its_host():
    world = make_world(
        order=("ore", "gallium"),
        output={("ore", "CHN"): 50.0, ("ore", "AUS"): 50.0, ("gallium", "CHN"): 100.0},
        recipes={},
        flows={("ore", "CHN", "CHN"): 50.0, ("ore", "AUS", "USA"): 50.0,
               ("gallium", "CHN", "USA"): 100.0},
        final={("gallium", "USA"): 100.0}, hosts={"gallium": "ore"},
        other={("ore", "CHN"): 50.0, ("ore", "USA"): 50.0},
        model=tiny_model(**{"by_product_potential:gallium": 1.0}),
    )
    world = with_stage(world, ore="mine")
    found = frontier(world, "gallium")
    # Potential is 1 of 1 a unit of ore: Australia's 50 of ore yield 50 of gallium.
    assert found.least == pytest.approx(0.5)
    assert curve(found)[0][1] == pytest.approx(25.0, abs=1e-4)


# -- prices -----------------------------------------------------------------------
def test_a_price_that_is_missing_leaves_a_range_and_is_not_filled():
    world = two_stages()
    basis = world.goods.value_basis.where(world.goods.index != "oxide", "other")
    unknown = replace(world, goods=world.goods.assign(value_basis=basis))
    values = stage_values(unknown, ("oxide", "magnet"))
    assert values.low == {"oxide": 0.0, "magnet": 0.0}
    assert values.joint == {"magnet": 3.0}
    assert values.groups == {"magnet": ("magnet", "oxide")}
    assert values.unpriced == ("oxide",)
    marks = frontier(unknown, "magnet").marks.set_index("mark")
    truth = frontier(world, "magnet").marks.set_index("mark").premium_high
    assert (marks.premium_low <= truth + 1e-9).all()
    assert (truth <= marks.premium_high + 1e-9).all()
    # The dearest split: all value in the oxide, of which most moves, .5 x .875.
    assert marks.premium_high["least"] == pytest.approx(43.75, abs=1e-4)


def test_without_a_price_of_the_good_only_capacity_is_shown():
    world = two_stages()
    basis = world.goods.value_basis.where(world.goods.index != "magnet", "other")
    unknown = replace(world, goods=world.goods.assign(value_basis=basis))
    found = frontier(unknown, "magnet")
    assert set(found.points.axis) == {"capacity"}
    assert found.marks.premium_high.isna().all()
    assert found.marks.capacity.notna().all()


def test_inputs_that_cost_more_than_the_good_leave_no_point_estimate():
    world = two_stages(value={"oxide": 5.0, "magnet": 3.0})
    found = frontier(world, "magnet")
    assert set(found.points.bound) == {"exact", "low", "high"}
    basis = found.stages.set_index("stage").value_added
    assert basis["magnet"] == "inputs cost more"


# -- who and where ----------------------------------------------------------------
def test_another_target():
    names = {"CHN": "COD", "COD": "CHN"}
    world = two_stages()
    swapped = replace(
        world, model=world.model.revised(target="COD"),
        **{n: getattr(world, n).rename(index=names)
           for n in ("nodes", "demand", "flows", "statuses", "countries")},
    )
    assert np.array(curve(frontier(swapped, "magnet"))) == pytest.approx(
        np.array(curve(frontier(world, "magnet")))
    )
    # China, which is Congo's twin here, makes nothing: nobody depends on it.
    alone = replace(swapped, model=swapped.model.revised(target="CHN"))
    assert frontier(alone, "magnet").today == 0


def test_plants_in_the_country_studied_cost_what_its_capital_costs():
    world = two_stages(final={("magnet", "CHN"): 20.0, ("magnet", "IND"): 80.0})
    here = curve(frontier(world, "magnet", group="country", where="country"))
    there = curve(frontier(world, "magnet", group="country"))
    gap = annuity(0.10, 20) / annuity(0.06, 20)
    dearer = 1.5 * (1 + 0.5 * (gap - 1)) - 1
    assert premium_of(world.model, "IND") == pytest.approx(dearer)
    assert here[0][1] == pytest.approx(there[0][1] * dearer / 0.5)


def finance_on(world):
    model = world.model
    channel = model.channels["finance"].model_copy(update={"enabled": True})
    alliance = model.scope.alliance
    return replace(world, model=model.model_copy(update={
        "channels": {**model.channels, "finance": channel},
        "strengths": {**model.strengths, alliance: {"access": 1.0, "finance": 1.0}},
    }))


def test_a_membership_acts_only_where_its_channel_is_on():
    world = two_stages(
        final={("magnet", "CHN"): 20.0, ("magnet", "IND"): 80.0},
        members={"JPN": "signatory"},
    )
    asked = {"group": "country", "where": "country"}
    off = frontier(world, "magnet", **asked)
    assert set(off.points.membership) == {"channels off"}
    assert not off.channels.acts.any()
    assert off.channels.effect.str.startswith("not applicable").all()
    on = frontier(finance_on(world), "magnet", **asked)
    assert on.channels.set_index("channel").acts["finance"]
    top = on.marks[on.marks.mark == "least"].set_index("membership").premium_high
    ratio = (premium_of(world.model, "IND", 0.5)) / premium_of(world.model, "IND")
    assert top["full"] == pytest.approx(ratio * top["channels off"])
    assert top["channels off"] == pytest.approx(
        off.marks.set_index("mark").premium_high["least"]
    )


def test_a_batch_is_the_frontiers_one_by_one():
    world, told = two_stages(), []
    found = frontiers(
        world, ("oxide", "magnet"), progress=lambda *n: told.append(n[1:]), chain=False
    )
    assert told == [(1, 2), (2, 2)]
    alone = frontier_job(world, FrontierTask("oxide", chain=False))
    pd.testing.assert_frame_equal(found["oxide"].points, alone.points)


@pytest.mark.parametrize(("asked", "said"), [
    ({"good": "magnets"}, "no good 'magnets'; .*magnet"),
    ({"group": "world"}, "no group 'world'"),
    ({"where": "countries"}, "no group 'countries'; .*country"),
    ({"caps": (1.2,)}, "cap 1.2 does not lie between 0 and 1"),
    ({"group": "country"}, "needs no magnet"),
])
def test_what_cannot_be_asked(asked, said):
    with pytest.raises(ScenarioError, match=said):
        frontier(two_stages(), **{"good": "magnet", **asked})


# -- the shipped world --------------------------------------------------------------
def test_the_shipped_world_has_frontiers_of_each_kind(world):
    for good in ("ndfeb_magnet", "gallium", "battery_cell", "smartphone"):
        found = frontier(world, good)
        assert 0 <= found.least <= found.reached <= found.today <= 1
        marks = found.marks.set_index("mark")
        assert marks.share["share_cap"] == world.model.value("share_cap")
        assert marks.capacity["today"] == pytest.approx(0, abs=1e-3)
        assert len(found.stages) == len(world.network.upstream[good])
    # A mine without a project cannot replace another: the cap is out of reach.
    graphite = frontier(world, "natural_graphite", caps=(0.0,))
    asked = graphite.marks.set_index("mark").loc["asked"]
    assert not asked.feasible
    assert "no project" in asked.note


def test_a_dearer_plant_makes_the_curve_steeper_and_moves_no_kink(world):
    dear = world.with_values({"new_plant_premium": 2.0})
    one, two = curve(frontier(world, "gallium")), curve(frontier(dear, "gallium"))
    assert [s for s, _ in one] == pytest.approx([s for s, _ in two])
    assert two[0][1] == pytest.approx(2 * one[0][1])


# -- P7 ---------------------------------------------------------------------------
def asked_of(world):
    """Yield every frontier of a random world, its first good mined."""
    world = with_stage(world, good0="mine")
    for good in world.network.goods:
        if sum(world.network.need[good].get(c, 0) for c in world.groups[WORLD]) > 0:
            yield world, good, frontier(world, good)


@sampled(worlds(), few=8, many=40)
def test_p7_convex_and_non_increasing(world):
    for _, _, found in asked_of(world):
        assert found.least <= found.reached + 1e-7
        assert found.reached <= found.today + 1e-7
        for _, part in found.points.groupby(["axis", "bound"]):
            assert (np.diff(part.share) > 0).all()
            assert (np.diff(part.value) <= 1e-6).all()
            scale = 1e-5 * max(1.0, part.slope.abs().max())
            assert (np.diff(part.slope) >= -scale).all()
            at_today = np.interp(found.today, part.share, part.value)
            assert at_today == pytest.approx(0, abs=1e-5)


@sampled(worlds(by_product=False), few=8, many=40)
def test_new_plants_of_each_stage_are_what_its_cap_asks_for(world):
    # Without by-products stages are independent: a closed form.
    for here, good, found in asked_of(world):
        net = here.network
        need = requirement(net, good, here.groups[WORLD], {"CHN"})
        part = found.points[found.points.axis == "capacity"]
        for share in np.linspace(min(1.0, found.least + 1e-6), 1, 5):
            total = 0.0
            for k in need.stages:
                if need.chain[k] <= 1e-9 or need.essential[k] == 0:
                    continue
                made = sum(net.output[k, c] for c in net.producers[k])
                old = sum(
                    net.ceiling[k, c] - net.added[k, c]
                    for c in net.producers[k] if c != "CHN"
                )
                bound = need.target[k] + need.today[k] * need.others[k]
                bound += share * need.chain[k] / need.essential[k]
                total += max(0.0, made - bound - old) * 100 / need.chain[k]
            assert np.interp(share, part.share, part.value) == pytest.approx(
                total, rel=1e-5, abs=1e-3
            )
