"""Events, projects, conversions and owners that do not hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_bad_input import check, only

from supplychain.tables.reader import read_tables

if TYPE_CHECKING:
    from conftest import Facts

BAN = {"event_id": "2024-12-03-chn-ban-to-usa", "good": "gallium"}


# -- events ----------------------------------------------------------------------------
def test_effect_of_an_unknown_event(facts: Facts):
    row = facts.set("event_effects", facts.row("event_effects", **BAN),
                    event_id="2024-12-03-chn-ban-to-us")
    fault = only(facts.faults())
    check(fault, "event_effects.csv", row, "event_id",
          "event '2024-12-03-chn-ban-to-us' is unknown")
    assert BAN["event_id"] in fault.remedy
    assert "events.csv" in fault.remedy


@pytest.mark.parametrize(("targets", "name"), [
    ("USX", "USX"), ("JPN;USX", "USX"), ("JPN; USA", " USA"), ("", ""),
    ("everyone;USA", "everyone"),
])
def test_target_that_is_no_country(facts: Facts, targets: str, name: str):
    row = facts.set("event_effects", facts.row("event_effects", **BAN),
                    targets=targets)
    fault = only(facts.faults())
    check(fault, "event_effects.csv", row, "targets", f"{name!r} is no country")
    assert "countries with ;" in fault.remedy


def test_several_targets_are_fine(facts: Facts):
    facts.set("event_effects", facts.row("event_effects", **BAN), targets="JPN;USA")
    read_tables(facts.path)


def test_effect_that_ends_before_it_begins(facts: Facts):
    row = facts.set("event_effects", facts.row("event_effects", **BAN),
                    valid_from="2025-12-03")
    fault = only(facts.faults())
    check(fault, "event_effects.csv", row, "valid_to",
          "2025-11-08 is before valid_from 2025-12-03")
    assert "days" in fault.remedy


def test_effect_of_one_day(facts: Facts):
    facts.set("event_effects", facts.row("event_effects", **BAN),
              valid_from="2025-11-08")
    read_tables(facts.path)


@pytest.mark.parametrize(("column", "value", "problem"), [
    ("share", "1.2", "less than or equal to 1"),
    ("share", "-0.1", "greater than or equal to 0"),
    ("kind", "import_halt", "'import_halt'"),
    ("valid_from", "2024-12", "date"),
])
def test_cell_of_an_effect(facts: Facts, column: str, value: str, problem: str):
    row = facts.set("event_effects", facts.row("event_effects", **BAN),
                    **{column: value})
    check(only(facts.faults()), "event_effects.csv", row, column, problem)


def test_share_of_an_effect_outside_its_range(facts: Facts):
    row = facts.set("event_effects", facts.row("event_effects", **BAN), high="0.9")
    check(only(facts.faults()), "event_effects.csv", row, "high", "")


# -- projects and conversions ----------------------------------------------------------
def test_capacity_without_a_unit(facts: Facts):
    at = facts.row("projects", project="tata_dholera_fab")
    row = facts.set("projects", at, unit="")
    fault = only(facts.faults())
    check(fault, "projects.csv", row, "unit", "is empty beside a capacity")
    assert "capacity empty" in fault.remedy


def test_unit_without_a_capacity_is_fine(facts: Facts):
    facts.set("projects", facts.row("projects", project="tata_dholera_fab"),
              capacity="")
    read_tables(facts.path)


@pytest.mark.parametrize(("cells", "field"), [
    ({"start_low": "2028"}, "start_low"), ({"start_high": "2026"}, "start_high"),
])
def test_start_outside_its_range(facts: Facts, cells: dict[str, str], field: str):
    at = facts.row("projects", project="tata_dholera_fab", start="2027")
    row = facts.set("projects", at, **cells)
    check(only(facts.faults()), "projects.csv", row, field, "")


def test_unknown_status_of_a_project(facts: Facts):
    at = facts.row("projects", project="tata_dholera_fab")
    row = facts.set("projects", at, status="building")
    fault = only(facts.faults())
    check(fault, "projects.csv", row, "status", "'building'")
    assert "under_construction" in fault.remedy


def test_conversion_to_another_unit(facts: Facts):
    at = facts.row("conversions", good="gallium")
    row = facts.set("conversions", at, good_unit="% of world")
    fault = only(facts.faults())
    check(fault, "conversions.csv", row, "good_unit",
          "'% of world' is not the unit of gallium")
    assert fault.remedy == "use 't'"


@pytest.mark.parametrize("factor", ["-1", "inf", ""])
def test_factor_that_is_none(facts: Facts, factor: str):
    row = facts.set("conversions", facts.row("conversions", good="gallium"),
                    factor=factor)
    check(only(facts.faults()), "conversions.csv", row, "factor", "")


# -- owners ----------------------------------------------------------------------------
def test_owners_of_more_than_all(facts: Facts):
    """China and Switzerland own cobalt in the Congo: .5052 and .5."""
    at = facts.row("ownership", good="cobalt_mined", iso3="COD", owner="CHE")
    row = facts.set("ownership", at, share="0.5")
    fault = only(facts.faults())
    check(fault, "ownership.csv", row, "share",
          "owners of cobalt_mined in COD add up to 1.005")
    assert "at or below 1" in fault.remedy


def test_owners_of_all_are_fine(facts: Facts):
    at = facts.row("ownership", good="cobalt_mined", iso3="COD", owner="CHE")
    facts.set("ownership", at, share="0.4948")
    read_tables(facts.path)


def test_one_owner_of_more_than_all(facts: Facts):
    at = facts.row("ownership", good="nickel_refined", iso3="IDN")
    row = facts.set("ownership", at, share="1.1")
    check(only(facts.faults()), "ownership.csv", row, "share",
          "less than or equal to 1")


def test_owner_that_is_the_country_itself(facts: Facts):
    at = facts.row("ownership", good="nickel_refined", iso3="IDN")
    row = facts.set("ownership", at, owner="IDN")
    fault = only(facts.faults())
    check(fault, "ownership.csv", row, "owner", "is the country itself")
    assert "another country" in fault.remedy


def test_share_of_an_owner_outside_its_range(facts: Facts):
    at = facts.row("ownership", good="nickel_refined", iso3="IDN")
    row = facts.set("ownership", at, low="0.8")
    check(only(facts.faults()), "ownership.csv", row, "low", "")


# -- hubs ------------------------------------------------------------------------------
def test_hub_that_is_no_country(facts: Facts):
    at = facts.row("alliances", alliance="us_critical_minerals_agreement")
    row = facts.set("alliances", at, hub="USX")
    check(only(facts.faults()), "alliances.csv", row, "hub", "'USX' is unknown")
