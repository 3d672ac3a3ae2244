"""Marginal values under the world program: who gains when a member is in."""

from __future__ import annotations

import pytest
from worlds import make_world, tiny_model

from supplychain.scenarios.marginal import marginal_values
from supplychain.scenarios.players import Player

STUDIED = Player("IND", ("IND",), "country studied")
JAPAN = Player("JPN", ("JPN",))
KOREA = Player("KOR", ("KOR",), "candidate")


def friends():
    """India buys chips of CHN; JPN, a member, and KOR, an observer, make more."""
    return make_world(
        order=("chip",),
        output={("chip", "CHN"): 60.0, ("chip", "JPN"): 20.0, ("chip", "KOR"): 20.0},
        capacity={("chip", "JPN"): 40.0, ("chip", "KOR"): 40.0},
        recipes={},
        flows={("chip", "CHN", "IND"): 60.0, ("chip", "JPN", "IND"): 20.0,
               ("chip", "KOR", "IND"): 20.0},
        final={("chip", "IND"): 100.0},
        members={"IND": "full", "JPN": "full", "KOR": "observer"},
        model=tiny_model(nu0=0.05, nu1=0.3, surge=1.0),
    )


@pytest.fixture(scope="module")
def found():
    rows = marginal_values(
        friends(), players=(STUDIED, JAPAN, KOREA), shock="halt_everyone", severity=1.0)
    return rows.set_index(["player", "group"])


def test_a_member_is_worth_the_access_that_it_grants(found):
    """Half the capacity outside CHN is JPN's: .30 - .05 of need, halved."""
    row = found.loc[("JPN", "alliance")]
    assert row.difference == pytest.approx(0.5 * 0.25)
    assert row.change == "excluded if it were out"
    assert row.difference_min <= row.difference <= row.difference_max


def test_a_candidate_is_worth_what_it_would_add(found):
    """As an observer it grants .05 + .25 * .25 already."""
    row = found.loc[("KOR", "alliance")]
    assert row.difference == pytest.approx(0.5 * 0.25 * 0.75)
    assert row.change == "becomes full"


def test_with_the_country_studied_out_nobody_grants_it_anything(found):
    row = found.loc[("IND", "IND")]
    assert row.before == pytest.approx(0.4 + 0.05)
    assert row.off == pytest.approx(0.45)
    assert row.after == pytest.approx(0.4 + 0.5 * (0.3 + 0.05 + 0.25 * 0.25))


def test_groups_of_the_shipped_world_leave_together(world):
    pair = (Player("gulf", ("ARE", "QAT")), Player("TWN", ("TWN",), "candidate"))
    rows = marginal_values(world, players=pair, severity=0.75)
    assert set(rows.player) == {"gulf", "TWN"}
    alliance = rows[rows.group == "alliance"]
    assert (alliance.difference_min <= alliance.difference_max).all()
    assert alliance.off.nunique() == 1
    assert ((rows.after >= 0) & (rows.after <= 1)).all()
