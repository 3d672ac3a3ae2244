"""Dated events as shocks: what they take away, by hand and from the tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from worlds import one_chain, one_of_each

from supplychain.errors import ScenarioError
from supplychain.home import data_dir
from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.events import PREFIX, event_shock, in_base, with_event
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.whatif import parse_shock
from supplychain.tables.model_parts import Effect, Shock

YEAR = 2024
EVENTS = sorted(set(pd.read_csv(data_dir() / "event_effects.csv").event_id))
BAN = "2024-12-03-chn-ban-to-usa"
NICKEL = "2020-01-01-idn-nickel-ore-ban"
GRASBERG = "2025-09-08-idn-grasberg"


def event(**cells):
    """Return a shock of one effect."""
    return Shock(kind="event", targets="everyone", title="hand",
                 effects=(Effect(**cells),))


def halt(actor, good, *targets, share=None):
    return event(actor=actor, good=good, kind="export_halt", share=share,
                 targets=targets or "everyone")


def outage(actor, good, share=None):
    return event(actor=actor, good=good, kind="outage", share=share)


@pytest.fixture(scope="module")
def small():
    return one_of_each()


@pytest.fixture(scope="module")
def chain():
    """Ore of CHN 60 and of AUS 40, at capacity, magnets of JPN 100."""
    return one_chain()


def bounds(world, shock, severity=0.75, **options):
    return Levers(world).bounds(world, shock, severity, **options)


def served(world, shock, severity, country):
    run = Response(world.network, weights_of(world))
    out = run.serve(bounds(world, shock, severity), {"group": (country,)})
    return out.groups["group"].value


# -- from the tables -------------------------------------------------------------------
@pytest.mark.parametrize("name", EVENTS)
def test_each_event_is_a_shock_or_in_the_baseline_already(world, name):
    effects = world.tables["event_effects"]
    rows = effects[effects.event_id == name]
    kept = rows[~in_base(rows, YEAR)]
    if kept.empty:
        with pytest.raises(ScenarioError, match="hold it already"):
            event_shock(world.tables, name, YEAR)
    else:
        shock = event_shock(world.tables, name, YEAR)
        assert shock.kind == "event"
        assert [(e.good, e.actor) for e in shock.effects] == list(
            zip(kept.good, kept.actor, strict=True)
        )


def test_some_events_are_in_the_baseline_and_most_are_not(world):
    held = in_base(world.tables["event_effects"], YEAR)
    assert 0 < held.sum() < len(held) / 2


def test_an_event_that_held_all_year_is_refused_with_others_named(world):
    with pytest.raises(ScenarioError, match="all through 2024") as caught:
        event_shock(world.tables, NICKEL, YEAR)
    others = str(caught.value).split("did you mean")[1]
    assert NICKEL not in others
    assert "2023-06-10-idn-bauxite-ban" not in others  # in the base as well
    assert "2024-01-01-idn-tin-permits" in others


def test_without_a_year_every_effect_counts(world):
    assert event_shock(world.tables, NICKEL).effects[0].actor == "IDN"


def test_an_unknown_event_names_the_nearest(world):
    with pytest.raises(ScenarioError, match="is unknown") as caught:
        event_shock(world.tables, "2024-12-03-chn-ban-to-us")
    assert BAN in str(caught.value)


def test_an_event_without_effects_says_so(world):
    with pytest.raises(ScenarioError, match="has no effect on record"):
        event_shock(world.tables, "2025-12-12-usa-pax-silica-launch")


def test_targets_and_shares_are_those_of_the_table(world):
    ban = event_shock(world.tables, BAN, YEAR)
    assert {(e.actor, e.targets, e.share) for e in ban.effects} == {
        ("CHN", ("USA",), 1.0)
    }
    unknown = event_shock(world.tables, "2025-06-13-ind-irel-japan", YEAR)
    assert [e.share for e in unknown.effects] == [None]


@pytest.mark.parametrize(("begin", "end", "held"), [
    ("2024-01-01", "2024-12-31", True),
    ("2020-01-01", None, True),
    ("2024-01-02", None, False),
    ("2020-01-01", "2024-12-30", False),
    ("2025-01-01", None, False),
])
def test_in_the_baseline_is_what_held_from_first_to_last_day(begin, end, held):
    frame = pd.DataFrame([{
        "valid_from": dt.date.fromisoformat(begin),
        "valid_to": dt.date.fromisoformat(end) if end else pd.NaT,
    }])
    assert in_base(frame, YEAR).tolist() == [held]


# -- among the shocks of a model -------------------------------------------------------
def test_an_event_comes_beside_the_shocks_there_are(world):
    found = with_event(world, PREFIX + BAN).model.shocks
    assert set(found) == {*world.model.shocks, PREFIX + BAN}
    assert {n: found[n] for n in world.model.shocks} == world.model.shocks
    assert PREFIX + BAN not in world.model.shocks


def test_a_shock_of_the_model_needs_no_event(world):
    assert parse_shock(world, "halt_everyone")[0] is world


@pytest.mark.parametrize(("name", "hint"), [
    ("halt_everybody", "halt_everyone"),
    ("event:2024-12-03-chn-ban-to-us", BAN),
    (f"event:{NICKEL}", "hold it already"),
])
def test_a_name_that_is_no_shock_is_refused(world, name, hint):
    with pytest.raises(ScenarioError, match=hint):
        parse_shock(world, name)


def test_a_world_without_tables_has_no_events(small):
    with pytest.raises(ScenarioError, match="without its tables"):
        with_event(small, PREFIX + BAN)


def test_an_event_on_goods_that_are_not_here_is_refused(world, small):
    with pytest.raises(ScenarioError, match=r"nothing to act on.*copper_mined IDN"):
        with_event(replace(small, tables=world.tables), PREFIX + GRASBERG)


def test_a_ban_on_one_country_cuts_sales_to_it_alone(world):
    """The shipped ban on sales of gallium to the United States."""
    banned = with_event(world, PREFIX + BAN)
    shock = banned.model.shocks[PREFIX + BAN]
    flow = bounds(banned, shock, 0.0).flow
    before = world.network.flow
    assert flow["gallium", "CHN", "USA"] == 0.0
    others = {a: cap for a, cap in flow.items()
              if a[:2] == ("gallium", "CHN") and a[2] not in {"USA", "CHN"}}
    assert others
    assert others == pytest.approx({a: before.get(a, 0.0) for a in others})


# -- export halts by hand --------------------------------------------------------------
def test_the_actors_sales_to_the_targets_fall_by_the_share(small):
    flow = bounds(small, halt("CHN", "ore", "JPN", share=0.6)).flow
    assert flow["ore", "CHN", "JPN"] == pytest.approx(40 * 0.4)


def test_the_actors_other_sales_stay_at_or_below_the_baseline(small):
    flow = bounds(small, halt("CHN", "chip", "JPN", share=1.0)).flow
    assert flow["chip", "CHN", "JPN"] == 0.0
    assert flow["chip", "CHN", "ROW"] == pytest.approx(5.0)
    assert flow["chip", "CHN", "CHN"] == np.inf


def test_the_actors_other_goods_are_under_access_as_ever(small):
    """CHN has a quarter of all chips: 5 and nu0 x 25 % of the 50 that ROW needs."""
    nu0 = small.model.value("nu0")
    flow = bounds(small, halt("CHN", "ore", share=1.0)).flow
    assert flow["chip", "CHN", "ROW"] == pytest.approx(5 + nu0 * 0.25 * 50)


def test_an_actor_that_is_not_the_target_can_halt_too(small):
    flow = bounds(small, halt("ROW", "ore", share=0.25)).flow
    assert flow["ore", "ROW", "JPN"] == pytest.approx(20 * 0.75)
    assert flow["ore", "ROW", "CHN"] == 0.0


def test_others_sell_by_their_part_of_what_is_not_withheld(small):
    """CHN has all ore outside ROW; JPN needs 60, a stranger moves nu0 of it."""
    nu0 = small.model.value("nu0")
    flow = bounds(small, halt("ROW", "ore", share=1.0)).flow
    assert flow["ore", "CHN", "JPN"] == pytest.approx(40 + nu0 * 60)


def test_an_event_between_two_countries_leaves_a_third_free_to_sell(small):
    """Only what the actor sells is cut: CHN's ore flows on when ROW's does not."""
    flow = bounds(small, halt("ROW", "ore", "CHN", share=1.0)).flow
    assert flow["ore", "ROW", "JPN"] == pytest.approx(20.0)
    assert flow["ore", "CHN", "JPN"] > 40.0


def test_free_trade_frees_everybody_but_the_actor(small):
    flow = bounds(small, halt("CHN", "chip", "JPN", share=1.0), free=True).flow
    kept = {arc: cap for arc, cap in flow.items() if cap < np.inf}
    assert kept == {("chip", "CHN", "JPN"): 0.0, ("chip", "CHN", "ROW"): 5.0}


def test_domestic_sales_are_never_cut(small):
    flow = bounds(small, halt("CHN", "ore", share=1.0)).flow
    assert flow["ore", "CHN", "CHN"] == np.inf


def test_a_country_is_not_a_target_of_its_own_halt(small):
    flow = bounds(small, halt("CHN", "ore", "CHN", "JPN", share=1.0)).flow
    assert flow["ore", "CHN", "CHN"] == np.inf
    assert flow["ore", "CHN", "JPN"] == 0.0


@pytest.mark.parametrize(("share", "severity", "left"), [
    (None, 0.75, 0.25), (None, 0.3, 0.7), (0.6, 0.75, 0.4), (0.0, 0.75, 1.0),
])
def test_severity_stands_in_where_no_share_is_known(small, share, severity, left):
    flow = bounds(small, halt("CHN", "ore", "JPN", share=share), severity).flow
    assert flow["ore", "CHN", "JPN"] == pytest.approx(40 * left)
    lost = bounds(small, outage("ROW", "ore", share=share), severity).output
    assert lost["ore", "ROW"] == pytest.approx(45 * left)


def test_two_effects_on_the_same_sales_take_the_larger(small):
    one, other = halt("CHN", "ore", "JPN", share=0.2), halt("CHN", "ore", share=0.5)
    both = one.model_copy(update={"effects": (*one.effects, *other.effects)})
    flow = bounds(small, both).flow
    assert flow["ore", "CHN", "JPN"] == pytest.approx(20.0)


def test_hoarding_acts_on_the_goods_of_the_event_alone(small):
    world = replace(small, model=small.model.with_values({"eta": 0.25}))
    quiet = bounds(small, halt("ROW", "gallium", share=0.0)).flow
    flow = bounds(world, halt("ROW", "gallium", share=0.0)).flow
    assert flow["ore", "ROW", "JPN"] == quiet["ore", "ROW", "JPN"]
    taken = quiet["gallium", "CHN", "JPN"] - flow["gallium", "CHN", "JPN"]
    assert taken == pytest.approx(0.25 * 55)  # 5.5 t are 55 scaled


# -- outages by hand -------------------------------------------------------------------
def test_an_outage_lowers_output_and_no_sale(small):
    """ROW's 45 of ore fall by 40 %."""
    found = bounds(small, outage("ROW", "ore", share=0.4))
    assert found.output == {("ore", "ROW"): pytest.approx(27.0)}
    assert found.flow == bounds(small, outage("ROW", "ore", share=0.0)).flow


def test_an_outage_of_a_node_that_is_not_there_changes_nothing(small):
    assert bounds(small, outage("BRA", "ore", share=1.0)).output == {}


def test_the_larger_of_two_outages_counts(small):
    world = replace(small, outages={("ore", "ROW"): 0.8})
    found = bounds(world, outage("ROW", "ore", share=0.4)).output
    assert found["ore", "ROW"] == pytest.approx(45 * 0.2)


# -- what is served, by hand -----------------------------------------------------------
@pytest.mark.parametrize(("shock", "severity", "expected"), [
    (outage("AUS", "ore", share=0.5), 1.0, 0.8),  # 60 and half of 40
    (outage("AUS", "ore"), 0.25, 0.9),
    (halt("AUS", "ore", "JPN", share=0.5), 1.0, 0.8),
    (halt("AUS", "ore", "IND", share=1.0), 1.0, 1.0),  # aimed at somebody else
    (halt("CHN", "ore", share=1.0), 0.0, 0.4),
    (outage("JPN", "magnet", share=0.3), 1.0, 0.7),
])
def test_what_an_event_leaves_of_one_chain(chain, shock, severity, expected):
    found = served(chain, shock, severity, "JPN")
    assert found == pytest.approx(expected, abs=1e-6)


def test_an_event_without_a_node_or_a_flow_is_refused(world):
    with pytest.raises(ScenarioError, match=r"nothing to act on.*neon RUS"):
        with_event(world, "event:2022-05-30-rus-noble-gases")
    with pytest.raises(ScenarioError, match=r"nothing to act on.*aluminium QAT"):
        with_event(world, "event:2026-03-03-qat-qatalum")


def test_what_an_event_cannot_take_away_is_named_in_its_title(world):
    name = "event:2010-09-21-chn-ree-japan-halt"
    shock = with_event(world, name).model.shocks[name]
    assert "not in the network: cerium_lanthanum_oxide CHN" in shock.title
    assert "cerium_lanthanum_oxide" not in {e.good for e in shock.effects}
