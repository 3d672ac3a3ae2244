"""Models that do not hold together, and names that nobody knows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from supplychain.errors import DataError, Fault, ScenarioError
from supplychain.tables.model import load_model
from supplychain.tables.model_checks import check_model
from supplychain.tables.model_parts import (
    AssumptionDelta,
    Delta,
    MembershipDelta,
    OutageDelta,
    StrengthDelta,
)
from supplychain.world.build import build_world, load_world

if TYPE_CHECKING:
    from conftest import ModelFolder

    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

_FILES = ("model", "assumptions", "statuses", "channels", "shocks", "scenarios")


def check(faults: tuple[Fault, ...], file: str, field: str, problem: str = "") -> None:
    shown = "\n".join(map(str, faults[:5]))
    assert len(faults) == 1, f"{len(faults)} faults for one break:\n{shown}"
    fault = faults[0]
    assert fault.file == f"{file}.yaml", fault
    assert fault.field == field, fault
    assert problem in fault.problem, fault
    assert fault.remedy, fault


def test_the_fixture_itself_is_valid(model_folder: ModelFolder):
    assert load_model(model_folder.path).hash == load_model("pax_silica").hash


# -- files ------------------------------------------------------------------------
@pytest.mark.parametrize("name", _FILES)
def test_missing_file(model_folder: ModelFolder, name: str):
    (model_folder.path / f"{name}.yaml").unlink()
    check(model_folder.faults(), name, "file", "is missing")


@pytest.mark.parametrize("name", _FILES)
def test_file_that_is_not_yaml(model_folder: ModelFolder, name: str):
    (model_folder.path / f"{name}.yaml").write_text("a: [1\nb: 2\n", encoding="utf-8")
    faults = model_folder.faults()
    check(faults, name, "file", "is not YAML")
    assert faults[0].row == 2


def test_file_that_is_a_list(model_folder: ModelFolder):
    place = model_folder.path / "scenarios.yaml"
    place.write_text("- india_full\n- india_excluded\n", encoding="utf-8")
    assert {f.file for f in model_folder.faults()} == {"scenarios.yaml"}


def test_key_given_twice(model_folder: ModelFolder):
    # The second would silently win.
    place = model_folder.path / "assumptions.yaml"
    again = "\nsurge: {low: 0, central: 0, high: 0, assumption: true, evidence: x}\n"
    place.write_text(place.read_text(encoding="utf-8") + again, encoding="utf-8")
    faults = model_folder.faults()
    assert [f.file for f in faults] == ["assumptions.yaml"]
    assert "surge" in faults[0].field + faults[0].problem


# -- keys -------------------------------------------------------------------------
def _put(*path: str | int, **cells: object) -> Any:
    """Return an edit that sets `cells` at a place in the file."""
    def change(content: Any) -> None:
        for step in path:
            content = content[step]
        content.update(cells)
    return change


@pytest.mark.parametrize(
    ("file", "edit", "field"),
    [
        ("scenarios", _put("india_full", titel="India"), "india_full.titel"),
        ("scenarios", _put("india_full", "deltas", 0, contry="IND"),
         "india_full.deltas.0.membership.contry"),
        ("model", _put(alliances="pax_silica"), "alliances"),
        ("assumptions", _put("surge", hihg=0.3), "surge.hihg"),
        ("statuses", _put("full", hihg=1), "full.hihg"),
        ("channels", _put("channels", "access", switch=True), "access.switch"),
        ("channels", _put(strength={}), "strength"),
        ("shocks", _put("shocks", "halt_country", severity=1), "halt_country.severity"),
        ("shocks", _put(shoks={}), "shoks"),
    ],
)
def test_misspelt_key(model_folder: ModelFolder, file: str, edit: Any, field: str):
    model_folder.edit(file, edit)
    check(model_folder.faults(), file, field)


def test_misspelt_key_of_a_scenario_is_extra_and_missing(model_folder: ModelFolder):
    def rename(content: Any) -> None:
        delta = content["india_full"]["deltas"][0]
        delta["contry"] = delta.pop("country")

    model_folder.edit("scenarios", rename)
    faults = model_folder.faults()
    assert [(f.field.split(".")[-1], f.problem) for f in faults] == [
        ("contry", "Extra inputs are not permitted"), ("country", "Field required"),
    ]


def test_unknown_kind_of_delta(model_folder: ModelFolder):
    model_folder.edit("scenarios", _put("india_full", "deltas", 0, kind="membershp"))
    check(model_folder.faults(), "scenarios", "india_full.deltas.0", "'membershp'")


# -- values -----------------------------------------------------------------------
@pytest.mark.parametrize(
    "cells", [{"low": 0.2}, {"high": 0.1}, {"central": 0.3}, {"low": 9, "high": 1}]
)
@pytest.mark.parametrize(("file", "name"), [("assumptions", "surge")])
def test_central_outside_its_range(
    model_folder: ModelFolder, file: str, name: str, cells: dict[str, float]
):
    model_folder.edit(file, _put(name, **cells))
    check(model_folder.faults(), file, name, "low <= central <= high")


def test_status_outside_its_range(model_folder: ModelFolder):
    model_folder.edit("statuses", _put("signatory", low=0.6))
    check(model_folder.faults(), "statuses", "signatory", "low <= central <= high")


def test_assumption_without_evidence(model_folder: ModelFolder):
    model_folder.edit("assumptions", _put("surge", evidence="", assumption=False))
    faults = model_folder.faults()
    check(faults, "assumptions", "surge", "evidence")
    assert "assumption: true" in faults[0].problem


def test_assumption_that_says_nothing_of_evidence(model_folder: ModelFolder):
    model_folder.edit("assumptions", lambda c: c["surge"].pop("evidence"))
    check(model_folder.faults(), "assumptions", "surge.evidence", "required")


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("end", ["low", "high"])
def test_assumption_that_is_not_finite(
    model_folder: ModelFolder, end: str, value: float
):
    model_folder.edit("assumptions", _put("surge", **{end: value}))
    faults = model_folder.faults()
    assert {f.file for f in faults} == {"assumptions.yaml"}
    assert all(f.field.startswith("surge") for f in faults)


@pytest.mark.parametrize(
    ("name", "value", "options"),
    [("targets", "countr", "'country', 'alliance' or 'everyone'"),
     ("targets", "IND", "'country', 'alliance' or 'everyone'"),
     ("kind", "halt", "'export_halt', 'rupture' or 'event'")],
)
def test_unknown_shock_target_or_kind(
    model_folder: ModelFolder, name: str, value: str, options: str
):
    model_folder.edit("shocks", _put("shocks", "halt_country", **{name: value}))
    check(model_folder.faults(), "shocks", f"halt_country.{name}", options)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_strength_of_a_scenario_outside_0_1(model_folder: ModelFolder, value: float):
    model_folder.edit("scenarios", _put("forge_on", "deltas", 0, value=value))
    check(model_folder.faults(), "scenarios", "forge_on.deltas.0.strength.value")


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_strength_of_an_alliance_outside_0_1(model_folder: ModelFolder, value: float):
    model_folder.edit("channels", _put("strengths", "pax_silica", access=value))
    faults = model_folder.faults()
    assert {f.file for f in faults} == {"channels.yaml"}
    assert "pax_silica" in faults[0].field


@pytest.mark.parametrize("severity", [-0.5, 1.5, math.nan])
def test_severity_outside_0_1(model_folder: ModelFolder, severity: float):
    model_folder.edit("shocks", _put(pair=[0.75, severity]))
    assert {f.file for f in model_folder.faults()} == {"shocks.yaml"}


def test_intensity_above_one(model_folder: ModelFolder):
    model_folder.edit("statuses", _put("full", central=1.5, high=2))
    faults = model_folder.faults()
    assert {f.file for f in faults} == {"statuses.yaml"}
    assert faults[0].field.startswith("full")


def test_five_faults_at_once(model_folder: ModelFolder):
    model_folder.edit("assumptions", _put("surge", low=1))
    model_folder.edit("assumptions", _put("nu1", evidence="", assumption=False))
    model_folder.edit("channels", _put(strength={}))
    model_folder.edit("scenarios", _put("india_full", titel="India"))
    model_folder.edit("shocks", _put("shocks", "halt_country", targets="countr"))
    faults = model_folder.faults()
    assert [(f.file, f.field) for f in faults] == [
        ("assumptions.yaml", "nu1"), ("assumptions.yaml", "surge"),
        ("channels.yaml", "strength"), ("scenarios.yaml", "india_full.titel"),
        ("shocks.yaml", "halt_country.targets"),
    ]


def test_a_missing_file_does_not_hide_a_fault_in_another(model_folder: ModelFolder):
    (model_folder.path / "statuses.yaml").unlink()
    model_folder.edit("assumptions", _put("surge", low=1))
    assert {f.file for f in model_folder.faults()} == {
        "assumptions.yaml", "statuses.yaml"
    }


# -- names the model itself does not know ------------------------------------------
@pytest.mark.parametrize(
    ("file", "edit", "name"),
    [
        ("channels", _put("strengths", "pax_silica", acess=1), "acess"),
        ("channels", _put("channels", "access", parameters=["nu9"]), "nu9"),
        ("model", _put(rungs=["excluded", "ful"]), "ful"),
        ("model", _put(incumbent_statuses=["signatry"]), "signatry"),
        ("scenarios", _put("india_full", "deltas", 0, status="ful"), "ful"),
        ("scenarios", _put("forge_on", "deltas", 0, channel="acess"), "acess"),
    ],
)
def test_name_that_the_model_itself_does_not_know(
    model_folder: ModelFolder, file: str, edit: Any, name: str
):
    # Otherwise it has no effect, or is found in the middle of an analysis.
    model_folder.edit(file, edit)
    with pytest.raises((DataError, ScenarioError), match=name):
        load_model(model_folder.path)


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("phi:cathode:cobalt_refined", "phi:cathode:cobalt"),
        ("phi:cathode:cobalt_refined", "phi:cathod:cobalt_refined"),
        ("value:defence_radar", "value:defense_radar"),
        ("unallocated_share:memory", "unallocated_share:memmory"),
        ("by_product_potential:gallium", "by_product_potential:galium"),
    ],
)
def test_assumption_about_a_good_that_does_not_exist(
    model_folder: ModelFolder, tables: Tables, known: str, unknown: str
):
    # Silently, the default would apply instead.
    model_folder.edit("assumptions", lambda c: c.update({unknown: c.pop(known)}))
    with pytest.raises((DataError, ScenarioError), match=unknown.rsplit(":")[-1]):
        build_world(tables, load_model(model_folder.path))


@pytest.mark.parametrize(
    ("scope", "hint"),
    [({"country": "INX"}, "IND"), ({"target": "CHX"}, "CHN"),
     ({"alliance": "pax_silca"}, "pax_silica"), ({"goods": ["galium"]}, "gallium")],
)
def test_scope_that_the_tables_do_not_know(
    model_folder: ModelFolder, tables: Tables, scope: dict[str, object], hint: str
):
    model_folder.edit("model", _put(**scope))
    with pytest.raises(ScenarioError, match=f"did you mean.*{hint}"):
        build_world(tables, load_model(model_folder.path))


# -- unknown names asked for ------------------------------------------------------
def test_unknown_model():
    with pytest.raises(ScenarioError, match=r"'pax_silca'; did you mean pax_silica"):
        load_model("pax_silca")


def test_unknown_model_of_a_world():
    with pytest.raises(ScenarioError, match="did you mean pax_silica"):
        load_world("pax-silica")


def test_unknown_assumption():
    with pytest.raises(ScenarioError, match=r"'nu_1'; did you mean nu1"):
        load_model("pax_silica").value("nu_1")


def test_unknown_scenario():
    with pytest.raises(ScenarioError, match=r"'india_ful'; did you mean india_full"):
        load_model("pax_silica").scenario("india_ful")


def test_unknown_status():
    with pytest.raises(ScenarioError, match=r"'signatry'; did you mean signatory"):
        load_model("pax_silica").intensity("signatry")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("surg", "surge"), ("status:ful", "status:full"),
     ("phi:cathode:cobalt", "phi:cathode:cobalt_refined")],
)
def test_unknown_value(name: str, hint: str):
    with pytest.raises(ScenarioError, match=f"did you mean.*{hint}"):
        load_model("pax_silica").with_values({name: 1.0})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_value_that_is_not_finite(value: float):
    with pytest.raises((ScenarioError, DataError), match="surge"):
        load_model("pax_silica").with_values({"surge": value})


@pytest.mark.parametrize("scope", [{"contry": "IND"}, {"as_of": "yesterday"}])
def test_unknown_scope(scope: dict[str, str]):
    with pytest.raises(ScenarioError, match=next(iter(scope))):
        load_model("pax_silica").revised(**scope)


@pytest.mark.parametrize(
    ("delta", "hint"),
    [
        (MembershipDelta(alliance="pax_silca", country="IND", status="full"),
         "pax_silica"),
        (MembershipDelta(alliance="pax_silica", country="INX", status="full"), "IND"),
        (MembershipDelta(alliance="pax_silica", country="IND", status="ful"), "full"),
        (AssumptionDelta(name="surg", value=1), "surge"),
        (StrengthDelta(alliance="forg", channel="access", value=1), "forge"),
        (StrengthDelta(alliance="forge", channel="acces", value=1), "access"),
        (OutageDelta(good="galium", country="CHN", loss=1), "gallium"),
        (OutageDelta(good="gallium", country="CHM", loss=1), "CHN"),
    ],
)
def test_unknown_name_in_a_delta(world: World, delta: Delta, hint: str):
    with pytest.raises(ScenarioError, match=f"did you mean.*{hint}"):
        world.with_(delta)


def test_name_unlike_any_is_answered_with_all_of_them():
    with pytest.raises(ScenarioError, match=r"known: excluded, full, invited"):
        load_model("pax_silica").intensity("zzzzzzzz")


# -- players of the coalition game -------------------------------------------------
@pytest.mark.parametrize(("groups", "field", "problem"), [
    ({"pair": ["JPN", "ZZZ"]}, "player_groups.pair", "'ZZZ' is unknown"),
    ({"pair": ["JPN", "ROW"]}, "player_groups.pair", "'ROW' is unknown"),
    ({"union": ["EUU"], "pair": ["DEU", "JPN"]}, "player_groups.pair",
     "DEU is in union already"),
])
def test_group_of_players_that_the_tables_do_not_know(
    tables: Tables, groups: dict[str, list[str]], field: str, problem: str
):
    model = load_model("pax_silica").revised(player_groups=groups)
    check(tuple(check_model(model, tables.frames)), "model", field, problem)


@pytest.mark.parametrize(("groups", "problem"), [
    ({"one": ["JPN"], "other": ["JPN", "KOR"]}, "JPN more than once"),
    ({"none": []}, "at least 1 item"),
])
def test_groups_of_players_that_are_no_partition(
    groups: dict[str, list[str]], problem: str
):
    with pytest.raises(ScenarioError, match=problem):
        load_model("pax_silica").revised(player_groups=groups)
