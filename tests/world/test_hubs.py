"""Bilateral texts tie a country to their hub, not to each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from supplychain.tables.model import load_model
from supplychain.tables.model_parts import StrengthDelta
from supplychain.world.membership import pair_intensity

MODEL = load_model("pax_silica").model_copy(
    update={"strengths": {"texts": {"access": 1.0}}}
)
PAX = "pax_silica"
PLACES = ["DEU", "EUU", "FRA", "IND", "JPN", "NOR", "USA"]
EU_MEMBERS = frozenset({"DEU", "FRA"})
WITH_USA = {"USA": "full", "IND": "signatory", "JPN": "observer"}
WITH_EU = {"EUU": "full", "DEU": ("observer", 1), "FRA": ("observer", 1),
           "IND": "signatory", "JPN": "observer"}


def statuses(alliance="texts", **held):
    """A pair (status, 1) is covered by the EU's signature only."""
    rows = [
        {"alliance": alliance, "country": c,
         "status": s if isinstance(s, str) else s[0],
         "eu_represented": 0 if isinstance(s, str) else s[1], "source_id": "hand"}
        for c, s in held.items()
    ]
    return pd.DataFrame(rows).set_index(["alliance", "country"])


def table(held, hub=None, model=MODEL):
    hubs = {"texts": hub} if hub else {}
    found = pair_intensity(held, model, "access", PLACES, EU_MEMBERS, hubs=hubs)
    return pd.DataFrame(found, index=PLACES, columns=PLACES)


def lam(status):
    return MODEL.intensity(status)


# -- by hand ---------------------------------------------------------------------------
def test_without_a_hub_all_are_tied_to_all():
    mu = table(statuses(**WITH_USA))
    assert mu.loc["IND", "JPN"] == lam("observer") > 0


def test_spokes_have_no_tie_to_each_other():
    mu = table(statuses(**WITH_USA), "USA")
    assert mu.loc["IND", "JPN"] == mu.loc["JPN", "IND"] == 0.0


@pytest.mark.parametrize(("spoke", "status"), [("IND", "signatory"),
                                               ("JPN", "observer")])
def test_a_spoke_shares_with_the_hub_what_the_lesser_has(spoke, status):
    mu = table(statuses(**WITH_USA), "USA")
    assert mu.loc["USA", spoke] == mu.loc[spoke, "USA"] == lam(status)


def test_a_hub_of_little_intensity_ties_little():
    mu = table(statuses(USA="observer", IND="full"), "USA")
    assert mu.loc["USA", "IND"] == lam("observer")


def test_a_hub_that_holds_nothing_ties_nobody():
    mu = table(statuses(IND="full", JPN="full"), "USA")
    assert (mu.loc["USA"].drop("USA") == 0).all()
    assert mu.loc["IND", "JPN"] == 0.0


def test_each_place_stays_whole_with_itself():
    mu = table(statuses(**WITH_USA), "USA")
    assert (np.diag(mu) == 1).all()
    assert (mu.to_numpy() == mu.to_numpy().T).all()


def test_the_texts_of_the_eu_bind_its_members():
    mu = table(statuses(**WITH_EU), "EUU")
    for member in ("EUU", "DEU", "FRA"):
        assert mu.loc[member, "IND"] == lam("signatory")
        assert mu.loc[member, "JPN"] == lam("observer")
    assert mu.loc["IND", "JPN"] == 0.0
    assert mu.loc["DEU", "FRA"] == 1.0


def test_a_member_of_the_eu_is_a_spoke_of_anothers_texts():
    held = statuses(USA="full", EUU="signatory", DEU=("observer", 1), IND="signatory")
    mu = table(held, "USA")
    assert mu.loc["USA", "DEU"] == lam("signatory")
    assert mu.loc["DEU", "IND"] == 0.0


def test_another_alliance_still_ties_the_spokes():
    held = pd.concat([
        statuses(**WITH_USA), statuses("club", IND="signatory", JPN="signatory"),
    ])
    strengths = {"texts": {"access": 1.0}, "club": {"access": 1.0}}
    model = MODEL.model_copy(update={"strengths": strengths})
    mu = table(held, "USA", model)
    assert mu.loc["IND", "JPN"] == lam("signatory")
    alone = MODEL.model_copy(update={"strengths": {"club": {"access": 1.0}}})
    assert table(held, "USA", alone).equals(table(held, None, alone))


# -- the shipped world -----------------------------------------------------------------
def test_every_hub_is_a_member_of_its_own_texts(world):
    assert world.hubs
    for alliance, hub in world.hubs.items():
        assert world.status(alliance, hub) != "none", alliance


@pytest.mark.parametrize("alliance", [
    "us_critical_minerals_agreement", "eu_raw_materials_partnership",
    "india_critical_minerals_agreement", "japan_critical_minerals_agreement",
])
def test_turning_texts_on_moves_pairs_with_their_hub_alone(world, alliance):
    on = world.with_(StrengthDelta(alliance=alliance, channel="access", value=1.0))
    before, after = world.pair_intensity(), on.pair_intensity()
    hub = world.hubs[alliance]
    bound = {hub} | (world.eu_members if hub == "EUU" else set())
    at_hub = np.array([c in bound for c in world.places])
    assert (after >= before).all()
    assert (after > before).any()
    spokes = np.ix_(~at_hub, ~at_hub)
    assert (after[spokes] == before[spokes]).all()


def test_an_alliance_that_is_no_set_of_texts_has_no_hub(world):
    assert PAX not in world.hubs
    assert "quad" not in world.hubs
