"""Who holds which status when, and what a pair of countries shares."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from supplychain.tables.model import load_model
from supplychain.tables.model_parts import StrengthDelta
from supplychain.world.membership import (
    incumbents,
    intensities,
    pair_intensity,
    statuses_at,
)

MODEL = load_model("pax_silica")
PAX = MODEL.scope.alliance
PLACES = ["DEU", "FRA", "IND", "JPN", "UNA", "USA", "XDU"]
EU_MEMBERS = frozenset({"DEU", "FRA"})
JOINT = {"XDU": ("DEU", "USA")}


def statuses(**held):
    """Statuses in the alliance; a pair (status, 1) is covered by the EU only."""
    rows = [
        {"alliance": PAX, "country": c, "status": s if isinstance(s, str) else s[0],
         "eu_represented": 0 if isinstance(s, str) else s[1], "source_id": "hand"}
        for c, s in held.items()
    ]
    return pd.DataFrame(rows).set_index(["alliance", "country"])


HELD = statuses(
    EUU="signatory", DEU="full", FRA=("observer", 1), IND="invited", USA="full"
)


def level(country, held=HELD, model=MODEL):
    """Return lambda of one country."""
    return intensities(held, model, PAX, [country], JOINT)[0]


def mu(one, other, held=HELD, model=MODEL, *, off=False):
    """Return the pair intensity of two places for access."""
    table = pair_intensity(
        held, model, "access", PLACES, EU_MEMBERS, joint=JOINT, off=off
    )
    return table[PLACES.index(one), PLACES.index(other)]


# -- at a date ------------------------------------------------------------------------
MEMBERSHIPS = pd.DataFrame([
    {"alliance": PAX, "iso3": "IND", "status": "invited", "eu_represented": 0,
     "valid_from": dt.date(2026, 1, 12), "valid_to": dt.date(2026, 2, 19),
     "source_id": "hand"},
    {"alliance": PAX, "iso3": "IND", "status": "signatory", "eu_represented": 0,
     "valid_from": dt.date(2026, 2, 20), "valid_to": pd.NaT, "source_id": "hand"},
])


@pytest.mark.parametrize(("day", "status"), [
    (dt.date(2026, 1, 12), "invited"),
    (dt.date(2026, 2, 19), "invited"),
    (dt.date(2026, 2, 20), "signatory"),
])
def test_first_and_last_day_of_a_status_belong_to_it(day, status):
    assert statuses_at(MEMBERSHIPS, day).status.tolist() == [status]


def test_before_its_first_row_a_country_holds_nothing():
    assert statuses_at(MEMBERSHIPS, dt.date(2026, 1, 11)).empty


def test_no_country_holds_two_statuses_on_any_day_of_the_dated_path(tables):
    for day in MODEL.scope.dated_path:
        assert statuses_at(tables["memberships"], day).index.is_unique


# -- intensity of a country -----------------------------------------------------------
def test_a_country_without_a_row_has_no_intensity():
    assert level("JPN") == 0.0


def test_a_country_covered_by_the_eu_takes_the_eus_intensity():
    assert level("FRA") == MODEL.intensity("signatory")


def test_a_status_of_its_own_above_the_eus_stays():
    held = statuses(EUU="invited", FRA=("observer", 1))
    assert level("FRA", held) == MODEL.intensity("observer")


def test_a_member_state_with_its_own_signature_does_not_take_the_eus():
    held = statuses(EUU="full", DEU="signatory")
    assert level("DEU", held) == MODEL.intensity("signatory")


def test_a_joint_figure_takes_the_least_of_its_countries():
    assert level("XDU") == MODEL.intensity("full")
    assert level("XDU", statuses(DEU="observer", USA="full")) == 0.25
    assert level("XDU", statuses(USA="full")) == 0.0


def test_what_belongs_to_nobody_takes_the_intensity_that_the_model_gives_it():
    assert level("UNA") == 0.0
    assert level("UNA", model=MODEL.with_values({"unallocated_intensity": 1.0})) == 1.0


# -- intensity of a pair --------------------------------------------------------------
def test_a_pair_shares_what_the_lesser_of_the_two_has():
    assert mu("IND", "USA") == MODEL.intensity("invited")
    assert mu("FRA", "USA") == MODEL.intensity("signatory")


def test_members_of_the_eu_have_all_of_it_among_themselves():
    assert mu("DEU", "FRA") == 1.0


def test_with_channels_off_members_of_the_eu_keep_it_and_nobody_else_does():
    assert mu("DEU", "FRA", off=True) == 1.0
    assert mu("DEU", "USA", off=True) == mu("IND", "USA", off=True) == 0.0


def test_a_channel_that_is_switched_off_acts_for_nobody():
    access = MODEL.channels["access"].model_copy(update={"enabled": False})
    model = MODEL.model_copy(update={"channels": {**MODEL.channels, "access": access}})
    assert mu("DEU", "USA", model=model) == 0.0


def test_of_two_alliances_the_stronger_counts():
    second = HELD.rename(index={PAX: "forge"}).drop(("forge", "IND"))
    second.loc[("forge", "IND"), :] = ["full", 0, "hand"]
    held = pd.concat([HELD, second]).sort_index()
    strengths = {PAX: {"access": 1.0}, "forge": {"access": 0.5}}
    model = MODEL.model_copy(update={"strengths": strengths})
    assert mu("IND", "USA", held, model) == 0.5
    assert mu("DEU", "USA", held, model) == 1.0


@pytest.mark.parametrize("off", [True, False])
def test_pair_intensity_of_the_shipped_world_is_symmetric_and_a_share(world, off):
    found = world.pair_intensity("access", off=off)
    assert np.array_equal(found, found.T)
    assert (np.diag(found) == 1).all()
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("off", [True, False])
def test_eu_members_of_the_shipped_world_share_everything(world, off):
    inside = [i for i, c in enumerate(world.places) if c in world.eu_members]
    assert len(inside) > 5
    assert (world.pair_intensity(off=off)[np.ix_(inside, inside)] == 1).all()


def test_pair_intensity_never_falls_as_a_country_climbs_the_ladder(world):
    rungs = [
        world.with_statuses({"IND": rung}).pair_intensity()
        for rung in world.model.scope.rungs
    ]
    assert all((higher >= lower).all() for lower, higher in pairwise(rungs))


def test_other_alliances_act_only_where_a_scenario_turns_them_on(world):
    on = world.with_(StrengthDelta(alliance="quad", channel="access", value=1.0))
    at = [world.places.index(c) for c in ("IND", "AUS")]
    assert world.pair_intensity()[tuple(at)] == MODEL.intensity("signatory")
    assert on.pair_intensity()[tuple(at)] == MODEL.intensity("full")


# -- incumbents -----------------------------------------------------------------------
def test_incumbents_leave_out_the_country_studied():
    held = statuses(IND="full", USA="signatory", JPN="observer")
    assert incumbents(held, MODEL, PLACES) == ("USA",)


def test_those_covered_by_the_eu_are_incumbents_once_the_eu_is():
    before = statuses(EUU="observer", FRA=("observer", 1))
    after = statuses(EUU="signatory", FRA=("observer", 1))
    assert incumbents(before, MODEL, PLACES) == ()
    assert incumbents(after, MODEL, PLACES) == ("FRA",)


def test_a_joint_figure_is_an_incumbent_if_all_its_countries_are():
    assert "XDU" in incumbents(HELD, MODEL, PLACES, JOINT)
    assert "XDU" not in incumbents(HELD.drop((PAX, "USA")), MODEL, PLACES, JOINT)


def test_ladder_a_holds_every_incumbent_at_full(world):
    held = world.ladder_a()
    at = [world.places.index(c) for c in world.incumbents]
    assert (held.pair_intensity()[np.ix_(at, at)] == 1).all()


def test_ladder_a_leaves_observers_and_the_country_studied_where_they_are(world):
    held = world.ladder_a()
    for country in ("TWN", "CAN", "IND", "CHN"):
        assert held.status(PAX, country) == world.status(PAX, country)


def test_a_variant_does_not_change_the_world_it_comes_from(world):
    before = world.hash
    replace(world).ladder_a().with_statuses({"IND": "excluded"})
    assert world.hash == before
