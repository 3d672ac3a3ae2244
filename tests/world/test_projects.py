"""Capacity that projects add by a year, what of it counts, and what feeds it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from worlds import chain_of, make_world, tiny_model

from supplychain.errors import ScenarioError
from supplychain.optimize.nearest import baseline_deviation
from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.chains import chains
from supplychain.scenarios.levers import Levers
from supplychain.world.projects import RULES, feed_table, with_projects

PLAIN = tiny_model()
BUYERS = ("IND", "JPN")
YEAR = 2030


def chip_world(**added):
    """Chips of CHN for IND and of JPN for itself, each of 50 ore of its own supply.

    Projects by ``GOOD_COUNTRY``; India makes nothing yet.
    """
    plans = {tuple(name.split("_")): amount for name, amount in added.items()}
    return make_world(
        order=("ore", "chip"), recipes={("chip", "ore"): (1.0, 1.0)},
        output={("ore", "CHN"): 50.0, ("ore", "AUS"): 50.0,
                ("chip", "CHN"): 50.0, ("chip", "JPN"): 50.0},
        flows={("ore", "CHN", "CHN"): 50.0, ("ore", "AUS", "JPN"): 50.0,
               ("chip", "CHN", "IND"): 50.0, ("chip", "JPN", "JPN"): 50.0},
        final={("chip", "IND"): 50.0, ("chip", "JPN"): 50.0}, added=plans,
        model=PLAIN,
    )


def solved(world, claim="protected", trade="free", **options):
    return chain_of(world, "chip").solve(BUYERS, claim, trade, **options)[0]


# -- K+ by hand ------------------------------------------------------------------------
@pytest.mark.parametrize(("added", "expected"), [
    ({}, 0.5),  # JPN's 50 of 100
    ({"chip_IND": 30.0}, 0.5),  # a plant without feed adds nothing
    ({"ore_AUS": 30.0}, 0.5),  # feed without a plant neither
    ({"chip_IND": 30.0, "ore_AUS": 30.0}, 0.2),  # 80 of 100
    ({"chip_IND": 30.0, "ore_AUS": 10.0}, 0.4),  # as much as there is feed
    ({"chip_IND": 30.0, "ore_IND": 30.0}, 0.2),  # feed of its own, new as well
    ({"chip_IND": 30.0, "ore_CHN": 30.0}, 0.5),  # the target's feed is withheld
    ({"chip_CHN": 30.0, "ore_AUS": 30.0}, 0.5),  # so is a plant in the target
    ({"chip_JPN": 30.0, "ore_AUS": 30.0}, 0.2),  # beside a plant there is
])
def test_a_plant_adds_what_it_can_be_fed(added, expected):
    assert solved(chip_world(**added)) == pytest.approx(expected, abs=1e-6)


def test_new_capacity_comes_on_top_of_the_surge():
    """1.2 x 50 and 30 beside it; scaled, 1 t of ore or chips is 1."""
    world = replace(chip_world(chip_JPN=30.0), model=tiny_model(surge=0.2))
    assert world.network.ceiling["chip", "JPN"] == pytest.approx(90.0)
    assert world.network.ceiling["ore", "AUS"] == pytest.approx(60.0)


def test_new_capacity_comes_on_top_of_a_nameplate():
    world = make_world(
        order=("ore",), recipes={}, output={("ore", "JPN"): 100.0},
        capacity={("ore", "JPN"): 110.0}, added={("ore", "JPN"): 5.0},
        flows={("ore", "JPN", "JPN"): 100.0}, final={("ore", "JPN"): 100.0},
        model=tiny_model(surge=0.25),
    )
    assert world.network.ceiling["ore", "JPN"] == pytest.approx(115.0)


def test_a_plant_that_does_not_run_yet_needs_nothing_at_baseline():
    net = chip_world(chip_IND=30.0).network
    assert net.need["ore"]["IND"] == 0.0
    assert net.planned["ore"] == {"IND": pytest.approx(30.0)}
    assert net.suppliers["ore", "IND"] == ()


def test_frozen_trade_ignores_new_capacity():
    fed = chip_world(chip_IND=30.0, ore_AUS=30.0)
    assert solved(fed, "first", "frozen") == pytest.approx(0.5, abs=1e-6)


def test_a_halt_serves_more_where_a_fed_plant_stands():
    """C4 lets India buy nu0 of what its plant would need, of AUS and of JPN's chips."""
    served = []
    for added in ({}, {"chip_IND": 30.0, "ore_IND": 30.0}):
        world = chip_world(**added)
        levers = Levers(world)
        bounds = levers.bounds(world, levers.shock("halt_everyone"), 1.0)
        run = Response(world.network, weights_of(world))
        served.append(run.serve(bounds, {"all": BUYERS}).groups["all"].value)
    assert served == pytest.approx([0.5, 0.8], abs=1e-6)


def test_access_to_feed_counts_what_the_plant_would_need():
    """AUS has all ore outside CHN: nu0 of the 30 that India would use."""
    world = chip_world(chip_IND=30.0)
    caps = Levers(world).bounds(world, None, 0.0).flow
    nu0 = world.model.value("nu0")
    assert caps["ore", "AUS", "IND"] == pytest.approx(nu0 * 30.0)


# -- what feeds it ---------------------------------------------------------------------
def feed_world(**ore):
    """India mines 25 of ore, uses 10 for chips, and builds a fab for 30 more."""
    return make_world(
        order=("ore", "chip"), recipes={("chip", "ore"): (1.0, 1.0)},
        output={("ore", "IND"): 25.0, ("chip", "IND"): 10.0, ("chip", "JPN"): 15.0},
        flows={("ore", "IND", "IND"): 10.0, ("ore", "IND", "JPN"): 15.0,
               ("chip", "IND", "IND"): 10.0, ("chip", "JPN", "JPN"): 15.0},
        final={("chip", "IND"): 10.0, ("chip", "JPN"): 15.0},
        added={("chip", "IND"): 30.0, **{("ore", c): q for c, q in ore.items()}},
        model=PLAIN,
    )


@pytest.mark.parametrize(("ore", "share"), [
    ({}, (25 - 10) / 30),
    ({"IND": 6.0}, (25 + 6 - 10) / 30),
    ({"IND": 50.0}, 1.0),
    ({"JPN": 50.0}, (25 - 10) / 30),
])
def test_home_share_is_what_a_country_makes_beyond_its_use(ore, share):
    feed = feed_table(feed_world(**ore)).set_index(["good", "country", "input"])
    row = feed.loc[("chip", "IND", "ore")]
    assert len(feed) == 1
    assert row.needed == pytest.approx(30.0)
    assert row.used_already == pytest.approx(10.0)
    assert row.home_share == pytest.approx(share)


def test_a_country_without_the_input_imports_all_of_it():
    feed = feed_table(chip_world(chip_IND=30.0))
    assert feed.home_share.tolist() == [0.0]


def test_a_world_without_projects_has_no_feed_to_find():
    assert feed_table(chip_world()).empty


# -- which projects count --------------------------------------------------------------
@pytest.fixture(scope="module")
def plans(world, tables):
    """The shipped projects by 2030, under each rule."""
    found = {}
    for rule in RULES:
        model = world.model.revised(capacity_year=YEAR, projects=rule)
        found[rule] = with_projects(tables, model, world.goods, world.nodes)[1]
    return found


def counted(plans):
    return set(plans[plans.counted == 1].project)


def test_each_rule_takes_in_those_before_it(plans):
    assert (counted(plans["operating"]) < counted(plans["under_construction"])
            < counted(plans["announced"]))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_counts_its_statuses_alone(plans, rule):
    frame = plans[rule]
    assert set(frame[frame.counted == 1].status) <= set(RULES[rule])


@pytest.mark.parametrize("rule", RULES)
def test_what_does_not_count_says_why(plans, tables, rule):
    frame = plans[rule]
    assert set(frame.project) == set(tables["projects"].project)
    assert (frame[frame.counted == 0].reason != "").all()
    assert (frame[frame.counted == 1].reason == "").all()
    assert (frame[frame.counted == 0].added == 0).all()


def test_what_is_added_is_utilization_times_capacity_in_the_goods_unit(
    plans, tables, world
):
    use = world.model.value("project_utilization")
    factors = tables["conversions"].set_index(["good", "unit"]).factor
    frame = plans["announced"]
    frame = frame[frame.counted == 1]
    for r in frame.itertuples():
        same = r.unit == world.goods.unit[r.good]
        factor = 1.0 if same else factors[r.good, r.unit]
        assert r.added == pytest.approx(use * r.capacity * factor), r.project
    assert 0 < use < 1
    assert len(frame) > 10


def test_a_project_counts_after_the_calibration_year_and_by_the_worlds_year(plans):
    frame = plans["announced"]
    starts = frame[frame.counted == 1].start
    assert starts.between(2025, YEAR).all()


def test_later_years_count_more(world, tables):
    at = {
        year: counted(with_projects(
            tables, world.model.revised(capacity_year=year, projects="announced"),
            world.goods, world.nodes)[1])
        for year in (2025, 2027, 2035)
    }
    assert at[2025] < at[2027] < at[2035]


def made_up(tables, **cells):
    """Return the tables with one project alone, that of Dholera, changed."""
    one = tables["projects"][tables["projects"].project == "tata_dholera_fab"]
    return replace(
        tables, frames={**tables.frames, "projects": one.assign(**cells)}
    )


@pytest.mark.parametrize(("cells", "reason"), [
    ({}, ""),
    ({"status": "announced"}, "announced: not counted under the rule under_constr"),
    ({"status": "cancelled"}, "cancelled: not counted"),
    ({"start": float("nan")}, "start unknown"),
    ({"start": 2024.0}, "part of the calibration year"),
    ({"start": 2031.0}, "begins later"),
    ({"capacity": float("nan")}, "capacity unknown"),
    ({"unit": "football fields"}, "no sourced conversion"),
])
def test_the_reason_names_what_keeps_a_project_out(world, tables, cells, reason):
    model = world.model.revised(capacity_year=YEAR, projects="under_construction")
    changed = made_up(tables, **cells)
    row = with_projects(changed, model, world.goods, world.nodes)[1].iloc[0]
    assert reason in row.reason
    assert bool(row.counted) == (reason == "")
    assert (row.added > 0) == (reason == "")


# -- the shipped world at a year -------------------------------------------------------
@pytest.fixture(scope="module")
def later(world):
    return world.at_year(YEAR, "announced")


def test_another_year_leaves_the_baseline(world, later):
    for name in ("flows", "demand", "recipes", "goods", "statuses"):
        assert_frame_equal(getattr(later, name), getattr(world, name))
    assert (world.nodes.added == 0).all()
    old = later.nodes.loc[world.nodes.index]
    assert_frame_equal(old.drop(columns="added"), world.nodes.drop(columns="added"))
    new = later.nodes.drop(world.nodes.index)
    assert (new.output == 0).all()
    assert (new.added > 0).all()
    assert len(new) > 0


def test_nodes_add_what_their_projects_add(later):
    by_plan = later.plans[later.plans.counted == 1].groupby(["good", "country"]).added
    by_node = later.nodes.added[later.nodes.added > 0].sort_index()
    pd.testing.assert_series_equal(
        by_node, by_plan.sum(), check_names=False, check_index_type=False
    )


def test_without_a_year_nothing_is_added(world, later):
    back = later.at_year(None)
    assert back.hash == world.hash
    assert (back.plans.counted == 0).all()


def test_without_a_shock_every_demand_is_served_at_a_later_year(later):
    levers = Levers(later)
    run = Response(later.network, weights_of(later))
    bounds = levers.bounds(later, None, 0.0)
    out = run.serve(bounds, {"all": later.places})
    assert out.groups["all"].low == pytest.approx(1.0, abs=1e-6)


@pytest.mark.slow
def test_without_a_shock_a_later_year_runs_as_the_baseline(later):
    found = baseline_deviation(later, Levers(later).bounds(later, None, 0.0))
    assert max(found.values()) < 1e-5


GOODS = ("ndfeb_magnet", "gallium", "germanium", "antimony_refined")


def test_new_capacity_lowers_no_measure_but_irreducible_dependency(world, later):
    keys = ["good", "group", "kind"]
    old, new = (
        chains(w, goods=GOODS, with_status=False).dependency.set_index(keys)
        for w in (world, later)
    )
    # India and the others buy what they bought: new needs are not baseline needs.
    new = new.loc[old.index]
    for measure in ("dd", "ltp", "ltd"):
        assert new[measure].to_numpy() == pytest.approx(
            old[measure].to_numpy(), abs=1e-6
        )
    assert (new.id <= old.id + 1e-6).all()
    assert (new.id < old.id - 1e-3).any()


def test_a_host_that_is_only_planned_does_not_bind_its_by_product():
    """JPN makes gallium from residues; a refinery planned there changes nothing."""

    def world(added):
        return make_world(
            order=("alumina", "gallium"), recipes={},
            output={("alumina", "CHN"): 90.0, ("alumina", "AUS"): 10.0,
                    ("gallium", "JPN"): 50.0, ("gallium", "AUS"): 50.0},
            hosts={"gallium": "alumina"},
            flows={("alumina", "CHN", "CHN"): 90.0, ("alumina", "AUS", "AUS"): 10.0,
                   ("gallium", "JPN", "JPN"): 50.0, ("gallium", "AUS", "JPN"): 50.0},
            other={("alumina", "CHN"): 90.0, ("alumina", "AUS"): 10.0},
            final={("gallium", "JPN"): 100.0}, added=added,
            model=tiny_model(**{"by_product_potential:gallium": 2.0}),
        )

    for added in ({}, {("alumina", "JPN"): 1.0}):
        lost, _ = chain_of(world(added), "gallium").solve(("JPN",), "protected", "free")
        assert lost == pytest.approx(0.0, abs=1e-9), added


@pytest.mark.parametrize("year", [1990, 2023, 2036])
def test_a_year_that_is_not_studied_is_refused(world, year):
    with pytest.raises(ScenarioError, match=r"capacity_year.*2024 to 2035"):
        world.at_year(year)
