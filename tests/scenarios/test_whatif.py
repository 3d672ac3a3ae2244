"""What-ifs: words become deltas and shocks, and base and variant are paired."""

from __future__ import annotations

import re

import pytest
from worlds import one_of_each

from supplychain.errors import DataError, ScenarioError
from supplychain.measures.dependency import capital_multiplier
from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.catalog import chosen, kept_outcomes, outcomes
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.parse import parse_change, parse_shock
from supplychain.scenarios.whatif import ALL, Question, ask, what_if
from supplychain.tables.model_parts import (
    AssumptionDelta,
    MembershipDelta,
    OutageDelta,
    Scenario,
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


def test_a_country_cut_off_neither_sells_nor_buys():
    world = one_of_each()
    _, shock = parse_shock(world, "JPN-is-cut-off")
    assert {(e.kind, e.good) for e in shock.effects} == {
        ("export_halt", "chip"), ("import_halt", "ore"), ("import_halt", "gallium"),
        ("import_halt", "chip"),
    }
    flow = Levers(world).bounds(world, shock, 1.0).flow
    at_jpn = {a: cap for a, cap in flow.items() if "JPN" in a[1:] and a[1] != a[2]}
    assert set(at_jpn.values()) == {0.0}
    assert flow["chip", "JPN", "JPN"] == float("inf")


def test_tools_withheld_cost_output_where_they_serve(world):
    _, shock = parse_shock(world, "netherlands,united-states-withholds-tools@KOR")
    assert {e.actor for e in shock.effects} == {"KOR"}
    service = capital_multiplier(world, ("NLD", "USA"))
    bounds = Levers(world).bounds(world, shock, 0.5)
    node = ("memory", "KOR")
    lost = 1 - bounds.output[node] / world.network.ceiling[node]
    assert lost == pytest.approx(0.5 * (1 - service["memory"]))


def test_shocks_joined_by_plus_act_together(world):
    levers = Levers(world)
    parts = ["halt_country", "qatar-loses:helium", "china-halts:gallium"]
    alone = [
        levers.bounds(world, parse_shock(world, p)[1], 1.0) for p in parts
    ]
    known, shock = parse_shock(world, " + ".join(parts))
    assert known.model.shocks[" + ".join(parts)] == shock
    both = levers.bounds(world, shock, 1.0)
    assert both.output == alone[1].output
    for arc, cap in both.flow.items():
        if arc[1] == "CHN" and arc[1] != arc[2]:
            others = [b.flow[arc] for b in (alone[0], alone[2])]
            assert cap <= min(others) + 1e-12


def test_no_shock_is_a_shock_too(world):
    assert parse_shock(world, "none") == (world, None)
    found = what_if(world, [], shock="none", drivers=False)
    assert found.rows.after.min() == pytest.approx(1.0)


@pytest.mark.parametrize(("text", "said"), [
    ("halt_everone", "did you mean halt_everyone"),
    ("halt_everyone + halt_country", "do not add up"),
    ("china-is-cut-off@IND", "takes neither"),
    ("china-loses:gallium@IND", "takes no country"),
    ("china-withholds-tools", "WHO-withholds-tools@COUNTRY"),
    ("norway-withholds-tools@IND", "makes nothing in the network"),
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


def test_a_comparison_says_who_halts_what(world):
    found = what_if(world, [], shock="halt_country", drivers=False)
    assert repr(found) == (
        "Comparison(China halts exports to India alone, severity 0.75)")


def test_a_change_that_changes_no_bound_is_worth_nothing(world):
    """Against mere signatories full membership is the same by the min rule."""
    found = what_if(world, {"pax_silica.IND": "full"}, drivers=False)
    for column in ("difference", "difference_min", "difference_max"):
        assert (found.rows[column] == 0).all()


def test_beside_it_stands_the_run_without_any_membership(world):
    found = what_if(world, {"pax_silica.IND": "full"}, shock="halt_everyone",
                    drivers=False)
    rows = found.rows[found.rows.good == ALL].set_index("group")
    levers, shock = Levers(world), world.model.shocks["halt_everyone"]
    run = Response(world.network, weights_of(world))
    off = run.serve(levers.bounds(world, shock, 0.75, off=True), world.groups)
    assert rows.off["IND"] == pytest.approx(off.groups["country"].middle, abs=1e-6)
    assert rows.off["IND"] < rows.after["IND"]


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


# -- scenarios ------------------------------------------------------------------------
MINE = """
mine:
  title: Taiwan signs while China halts gallium
  deltas: [{kind: membership, alliance: pax_silica, country: TWN, status: full}]
  shock: "china-halts:gallium"
  severity: 0.5
other:
  title: in 2030
  year: 2030
  base: {shock: none}
"""


def test_scenarios_compose(world, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    asked = Question.of(
        chosen(world.model, [f"{path}:mine", "india_excluded", f"{path}:other"])
    )
    assert [d.country for d in asked.changes] == ["TWN", "IND"]
    assert asked.shock == "china-halts:gallium"
    assert (asked.base_shock, asked.severity, asked.year) == ("none", 0.5, 2030)
    assert len(chosen(world.model, [str(path)])) == 2
    found = ask(world, asked, drivers=False)
    assert found.base_shock is None
    assert found.after.model.scope.capacity_year == 2030
    assert found.after.status("pax_silica", "IND") == "excluded"
    assert found.before.status("pax_silica", "TWN") == "observer"


def test_a_scenario_without_any_shock_may_say_so():
    assert Question.of([Scenario(title="a", shock="none")]).shock == "none"
    assert Question.of([Scenario(title="a")]).shock == "halt_everyone"
    halt = Scenario(title="b", shock="halt_country")
    calm = Scenario(title="a", shock="none")
    assert Question.of([calm, halt]).shock == "halt_country"


def test_scenarios_that_contradict_do_not_compose(world, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    with pytest.raises(ScenarioError, match="severity"):
        Question.of(chosen(world.model, [f"{path}:mine", "qatar_helium_lost"]))


@pytest.mark.parametrize(("text", "said"), [
    ("mine: {title: a, deltas: [{kind: membership, alliance: x, country: IND, "
     "status: ful}]}", "did you mean full"),
    ("mine: {titel: a}", "titel"),
    ("mine: {title: a, severity: 2}", "severity"),
])
def test_a_fault_in_a_file_of_scenarios_names_the_file(world, tmp_path, text, said):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(DataError) as error:
        chosen(world.model, [str(path)])
    assert "mine.yaml" in str(error.value)
    assert said in str(error.value)


def test_an_unknown_scenario_names_the_nearest(world, tmp_path):
    with pytest.raises(ScenarioError, match="did you mean india_full"):
        chosen(world.model, ["india_ful"])
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    with pytest.raises(ScenarioError, match="did you mean mine"):
        chosen(world.model, [f"{path}:mines"])


def test_every_shipped_scenario_says_what_would_make_it_wrong(world):
    for name, scenario in world.model.scenarios.items():
        assert scenario.wrong_if, name
        assert scenario.verdict, name
    kept = kept_outcomes("pax_silica")
    assert set(kept.scenario) == set(world.model.scenarios)
    assert set(kept.world) == {world.hash}


@pytest.mark.parametrize("names", [
    ["india_excluded", "tools_withheld_from_china", "india_full"],
    pytest.param(None, marks=pytest.mark.slow),
])
def test_shipped_scenarios_give_the_numbers_that_are_kept(world, names):
    mine = outcomes(world, names).set_index(["scenario", "group"])
    kept = kept_outcomes("pax_silica").set_index(["scenario", "group"])
    kept = kept.loc[mine.index]
    for column in mine.columns.drop(["unit", "world"]):
        assert kept[column].to_numpy() == pytest.approx(
            mine[column].to_numpy(), abs=2e-6, rel=2e-6), column
