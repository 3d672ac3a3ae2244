"""What-ifs: words become deltas and shocks, and base and variant are paired."""

from __future__ import annotations

import re

import pytest
from worlds import one_of_each

from supplychain.errors import ScenarioError
from supplychain.scenarios.whatif import parse_change, parse_shock, what_if
from supplychain.tables.model_parts import (
    AssumptionDelta,
    MembershipDelta,
    OutageDelta,
    StrengthDelta,
)


@pytest.mark.parametrize(("text", "delta"), [
    ("pax_silica.TWN=full",
     MembershipDelta(alliance="pax_silica", country="TWN", status="full")),
    ("forge.access=0.5",
     StrengthDelta(alliance="forge", channel="access", value=0.5)),
    ("outage.gallium.JPN=0.25",
     OutageDelta(good="gallium", country="JPN", loss=0.25)),
    (" nu0 = 0.2 ", AssumptionDelta(name="nu0", value=0.2)),
    ("status:full=0.9", AssumptionDelta(name="status:full", value=0.9)),
])
def test_words_become_a_delta(world, text, delta):
    assert parse_change(world, text) == delta


@pytest.mark.parametrize(("text", "said"), [
    ("pax_silica.IND", "changes nothing"),
    ("pax_silika.IND=full", "did you mean pax_silica"),
    ("pax_silica.IDN=ful", "did you mean full"),
    ("pax_silica.INX=full", "did you mean IND"),
    ("forge.acces=0.5", "no status '0.5'"),
    ("forge.access=2", "between 0 and 1"),
    ("nuo=0.2", "did you mean nu0"),
    ("nu0=much", "'much' is no number"),
    ("nu0=nan", "does not lie between"),
])
def test_a_misspelling_names_the_nearest(world, text, said):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        parse_change(world, text)


def test_a_halt_in_words_names_actor_goods_and_targets(world):
    _, shock = parse_shock(world, "china-halts:gallium,germanium@IND")
    assert {(e.actor, e.good, e.targets, e.share) for e in shock.effects} == {
        ("CHN", "gallium", ("IND",), None), ("CHN", "germanium", ("IND",), None)
    }
    _, everything = parse_shock(world, "CHN-halts")
    assert {e.good for e in everything.effects} == {
        g for g, c in world.network.output if c == "CHN"
    }
    assert all(e.targets == "everyone" for e in everything.effects)


@pytest.mark.parametrize(("text", "said"), [
    ("halt_everone", "did you mean halt_everyone"),
    ("chna-halts", "did you mean china"),
    ("china-halts:galium", "did you mean gallium"),
    ("netherlands-halts:gallium", "makes no 'gallium'"),
    ("event:nothing", "is unknown"),
])
def test_an_unknown_shock_names_the_nearest(world, text, said):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        parse_shock(world, text)


def test_a_change_of_nothing_changes_nothing(world):
    """The base against itself: the middles are equal, the ranges are the face's."""
    found = what_if(world, [], shock="halt_country", drivers=False)
    assert found.rows.difference.abs().max() < 1e-9
    assert (found.rows.before_min <= found.rows.before_max + 1e-9).all()


def test_the_pair_equals_the_ladder(world):
    """Ladder B: India excluded and as recorded, the halt aimed at India alone."""
    from supplychain.scenarios.ladder import Cell, Ladder

    found = what_if(
        world, {"pax_silica.IND": "excluded"}, shock="halt_country", severity=0.75,
        drivers=False,
    )
    run = Ladder(world, by_good=False)
    mine = found.rows[(found.rows.group == "IND")
                      & (found.rows.good == "final products")].iloc[0]
    for side, status in (("before", "signatory"), ("after", "excluded")):
        cell = Cell("B", "central", False, "halt_country", 0.75, status)
        served = run.serve(cell).groups["country"]
        assert mine[f"{side}_min"] == pytest.approx(served.low, abs=1e-6)
        assert mine[f"{side}_max"] == pytest.approx(served.high, abs=1e-6)


def test_the_difference_is_bounded_by_both_ranges(world):
    found = what_if(
        world, ["pax_silica.IND=full", "nu1=0.8"], shock="halt_everyone", severity=1.0,
        drivers=False,
    )
    r = found.rows
    assert (r.difference_min - (r.after_min - r.before_max)).abs().max() < 1e-12
    assert (r.difference_max - (r.after_max - r.before_min)).abs().max() < 1e-12
    assert found.before.model.value("nu1") == 0.6
    assert found.after.model.value("nu1") == 0.8


def test_drivers_are_the_assumptions_on_access(world):
    found = what_if(world, {"pax_silica.IND": "full"}, shock="halt_country")
    assert {"nu0", "nu1", "eta", "status:signatory"} <= set(found.drivers.assumption)
    # Without hoarding a seat is worth less to a signatory than with it.
    eta = found.drivers.set_index("assumption").loc["eta"]
    assert eta.difference_at_high >= eta.difference_at_low - 1e-9


def test_what_a_scenario_changes_can_be_the_base(world):
    out = world.model.scenario("india_excluded")
    found = what_if(world, ["pax_silica.IND=full"], shock="halt_country", compare=out,
                    drivers=False)
    assert found.before.status("pax_silica", "IND") == "excluded"
    assert found.after.status("pax_silica", "IND") == "full"
    mine = found.rows[found.rows.good == "final products"].set_index("group")
    assert mine.difference["IND"] > 0


@pytest.mark.parametrize("severity", [-0.1, 1.5])
def test_a_severity_that_is_no_share_is_refused(world, severity):
    with pytest.raises(ScenarioError, match="severity"):
        what_if(world, [], severity=severity)


def test_a_small_world_by_hand():
    """The whole halt of China's ore: what JPN needs of it is gone, unless it is met."""
    world = one_of_each()
    found = what_if(world, ["outage.chip.JPN=1"], shock="halt_everyone", severity=0.0,
                    drivers=False)
    rows = found.rows.set_index(["group", "good"])
    outside = rows.loc[("world_outside_CHN", "final products")]
    assert outside.before == pytest.approx(1.0)
    assert outside.after < outside.before
