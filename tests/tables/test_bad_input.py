"""Facts that do not hold together: break one thing, read what is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supplychain.errors import DataError, Fault
from supplychain.tables.model import load_model
from supplychain.tables.reader import read_tables
from supplychain.tables.schema import KEYS, TABLES
from supplychain.world.build import build_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Facts

_VAGUE = {"", "mend the row"}


def only(faults: tuple[Fault, ...]) -> Fault:
    """Return the one fault: what was broken once is reported once."""
    shown = "\n".join(map(str, faults[:5]))
    assert len(faults) == 1, f"{len(faults)} faults for one break:\n{shown}"
    return faults[0]


def check(fault: Fault, file: str, row: int | None, field: str, problem: str) -> None:
    assert (fault.file, fault.row) == (file, row), fault
    assert field in fault.field.split(", "), fault
    assert problem in fault.problem, fault
    assert fault.remedy not in _VAGUE, f"no remedy: {fault}"


def test_the_fixture_itself_is_valid(facts: Facts):
    assert set(read_tables(facts.path).frames) == set(TABLES)


# -- files and columns ------------------------------------------------------------
@pytest.mark.parametrize("table", list(TABLES))
def test_missing_table(facts: Facts, table: str):
    (facts.path / f"{table}.csv").unlink()
    found = [f for f in facts.faults() if f.file == f"{table}.csv"]
    check(only(tuple(found)), f"{table}.csv", None, "file", "is missing")


@pytest.mark.parametrize("table", list(TABLES))
def test_missing_column(facts: Facts, table: str):
    header, *rows = facts.read(table)
    facts.write(table, [header[1:], *(row[1:] for row in rows)])
    found = tuple(f for f in facts.faults() if f.file == f"{table}.csv")
    check(only(found), f"{table}.csv", 1, header[0], "column is missing")


def test_unknown_column(facts: Facts):
    header, *rows = facts.read("prices")
    facts.write("prices", [[*header, "colour"], *([*row, "red"] for row in rows)])
    fault = only(facts.faults())
    check(fault, "prices.csv", 1, "colour", "column is unknown")
    assert "usd_per_unit" in fault.remedy


def test_misspelt_column_is_missing_and_unknown(facts: Facts):
    header, *rows = facts.read("prices")
    header[header.index("usd_per_unit")] = "usd_per_units"
    facts.write("prices", [header, *rows])
    assert [f.field for f in facts.faults()] == ["usd_per_unit", "usd_per_units"]


def test_repeated_column(facts: Facts):
    header, *rows = facts.read("gaps")
    facts.write("gaps", [[*header, "good"], *([*row, "tin"] for row in rows)])
    fault = only(facts.faults())
    assert (fault.file, fault.row, fault.field) == ("gaps.csv", 1, "good")


def test_wrong_number_of_cells(facts: Facts):
    rows = facts.read("prices")
    rows[6].append("what is this")
    facts.write("prices", rows)
    fault = only(facts.faults())
    check(fault, "prices.csv", 7, "row", "cells")
    assert "quote" in fault.remedy


def test_text_that_is_not_utf8(facts: Facts):
    place = facts.path / "gaps.csv"
    place.write_bytes(place.read_bytes() + "x,y,Côte d'Ivoire,,\n".encode("latin-1"))
    fault = only(facts.faults())
    assert fault.file == "gaps.csv"
    assert "UTF-8" in fault.problem + fault.remedy


@pytest.mark.parametrize("table", ["goods", "countries", "sources", "alliances"])
def test_an_unreadable_list_of_names_does_not_make_every_name_unknown(
    facts: Facts, table: str
):
    # A table that cannot be read knows no names: what refers to it is not at fault.
    header, *rows = facts.read(table)
    facts.write(table, [header[1:], *(row[1:] for row in rows)])
    check(only(facts.faults()), f"{table}.csv", 1, header[0], "column is missing")


def test_one_bad_row_of_goods_does_not_make_its_good_unknown(facts: Facts):
    row = facts.set("goods", facts.row("goods", good="gallium"), unit="stone")
    check(only(facts.faults()), "goods.csv", row, "unit", "'stone'")


def test_one_bad_row_of_countries_does_not_make_its_country_unknown(facts: Facts):
    row = facts.set("countries", facts.row("countries", iso3="JPN"), latitude="nan")
    check(only(facts.faults()), "countries.csv", row, "latitude", "finite")


# -- names ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((t, "good") for t in (
            "production", "capacity", "world_totals", "recipes", "trade",
            "trade_shares", "demand", "prices", "stocks", "event_effects", "projects",
            "conversions", "ownership",
        )),
        ("recipes", "input"),
    ],
)
def test_unknown_good(facts: Facts, table: str, column: str):
    row = facts.set(table, 4, **{column: "unobtainium"})
    fault = only(facts.faults())
    check(fault, f"{table}.csv", row, column, "good 'unobtainium' is unknown")
    assert "goods.csv" in fault.remedy


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("production", "iso3"), ("capacity", "iso3"), ("demand", "iso3"),
        ("trade", "exporter"), ("trade", "importer"), ("trade_shares", "exporter"),
        ("trade_shares", "importer"), ("governance", "iso3"), ("memberships", "iso3"),
        ("event_effects", "actor"), ("projects", "iso3"), ("projects", "owner"),
        ("ownership", "iso3"), ("ownership", "owner"),
    ],
)
def test_unknown_country(facts: Facts, table: str, column: str):
    row = facts.set(table, 3, **{column: "QQQ"})
    fault = only(facts.faults())
    check(fault, f"{table}.csv", row, column, "country 'QQQ' is unknown")
    assert "countries.csv" in fault.remedy


def test_unknown_country_of_a_joint_figure(facts: Facts):
    header, *rows = facts.read("countries")
    at = header.index("members")
    row = next(n for n, r in enumerate(rows, start=2) if r[at])
    facts.set("countries", row, members="IND;QQQ")
    check(only(facts.faults()), "countries.csv", row, "members", "'QQQ'")


def test_country_in_words(facts: Facts):
    row = facts.set("production", 3, iso3="Brazil")
    check(only(facts.faults()), "production.csv", row, "iso3", "'Brazil'")


def test_unknown_unit(facts: Facts):
    row = facts.set("production", 3, unit="stone")
    fault = only(facts.faults())
    check(fault, "production.csv", row, "unit", "'stone'")
    assert "million_litres" in fault.remedy


@pytest.mark.parametrize(
    "table", ["production", "capacity", "world_totals", "demand", "prices"]
)
def test_unit_of_another_good(facts: Facts, table: str):
    good = facts.get(table, 2, "good")
    row = facts.set(table, 2, unit="GW")
    fault = only(facts.faults())
    check(fault, f"{table}.csv", row, "unit", f"not the unit of {good}")
    own = facts.get("goods", facts.row("goods", good=good), "unit")
    assert repr(own) in fault.remedy


_SOURCED = [t for t, schema in TABLES.items() if "source_id" in schema.model_fields]


@pytest.mark.parametrize("table", [t for t in _SOURCED if t != "sources"])
def test_unknown_source(facts: Facts, table: str):
    row = facts.set(table, 5, source_id="hearsay_2024")
    fault = only(facts.faults())
    check(fault, f"{table}.csv", row, "source_id", "source 'hearsay_2024' is unknown")
    assert "sources.csv" in fault.remedy


def test_unknown_alliance(facts: Facts):
    row = facts.set("memberships", 7, alliance="pax_silicia")
    check(only(facts.faults()), "memberships.csv", row, "alliance", "'pax_silicia'")


def test_unknown_host(facts: Facts):
    row = facts.set("goods", facts.row("goods", good="gallium"), host="aluminia")
    check(only(facts.faults()), "goods.csv", row, "host", "'aluminia' is unknown")


def test_unknown_status(facts: Facts):
    row = facts.set("memberships", 7, status="signatry")
    fault = only(facts.faults())
    check(fault, "memberships.csv", row, "status", "'signatry'")
    assert "signatory" in fault.remedy


# -- figures ----------------------------------------------------------------------
_FIGURES = [
    ("production", "quantity"), ("capacity", "quantity"), ("world_totals", "quantity"),
    ("recipes", "quantity_per_unit"), ("recipes", "share_of_use"),
    ("trade", "quantity"), ("trade_shares", "share"), ("demand", "quantity"),
    ("prices", "usd_per_unit"), ("stocks", "central"),
]


def _per_unit(facts: Facts, amount: str, **cells: str) -> int:
    """Give a shipped recipe in units a unit of the good, for a share of use."""
    return facts.set(
        "recipes", facts.row("recipes", **cells), quantity_per_unit=amount,
        share_of_use="", share_low="", share_high="",
    )


def test_a_recipe_may_give_units_a_unit(facts: Facts):
    # No shipped one does; 2 t of dried bauxite a tonne of alumina is within output.
    _per_unit(facts, "2", good="alumina", input="bauxite")
    world = build_world(read_tables(facts.path), load_model("pax_silica"))
    assert world.recipes.b["alumina", "bauxite"] == 2


def _filled(facts: Facts, table: str, column: str) -> int:
    """Return a row in which the figure is given."""
    if (table, column) == ("recipes", "quantity_per_unit"):
        return _per_unit(facts, "2", good="alumina", input="bauxite")
    header, *rows = facts.read(table)
    at = header.index(column)
    return next(n for n, values in enumerate(rows, start=2) if values[at])


@pytest.mark.parametrize(
    ("table", "column", "value", "problem"),
    [
        *((*figure, "-1", "greater than or equal to 0") for figure in _FIGURES),
        *((*figure, "inf", "finite") for figure in _FIGURES),
        *((*figure, "nan", "finite") for figure in _FIGURES),
        ("production", "quantity", "-inf", ""),
        ("production", "quantity", "12 t", "valid number"),
        ("production", "quantity", "1,5", "valid number"),
        ("recipes", "share_of_use", "50 %", "valid number"),
    ],
)
def test_figure_that_is_none(
    facts: Facts, table: str, column: str, value: str, problem: str
):
    row = facts.set(table, _filled(facts, table, column), **{column: value})
    fault = only(facts.faults())
    check(fault, f"{table}.csv", row, column, problem)
    assert repr(value) in fault.problem


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("governance", "value", "inf"), ("governance", "value", "nan"),
     ("production", "low", "nan"), ("demand", "high", "inf"),
     ("countries", "latitude", "nan")],
)
def test_other_figures_are_finite_too(
    facts: Facts, table: str, column: str, value: str
):
    row = facts.set(table, 2, **{column: value})
    faults = [f for f in facts.faults() if f.file == f"{table}.csv"]
    check(only(tuple(faults)), f"{table}.csv", row, column, "finite")


def test_empty_figure(facts: Facts):
    row = facts.set("production", 2, quantity="")
    check(only(facts.faults()), "production.csv", row, "quantity", "valid number")


@pytest.mark.parametrize("value", ["24", "2024.5", "last", ""])
def test_year(facts: Facts, value: str):
    row = facts.set("production", 2, year=value)
    check(only(facts.faults()), "production.csv", row, "year", "")


@pytest.mark.parametrize(
    ("table", "columns"),
    [("production", ("low", "quantity", "high")),
     ("demand", ("low", "quantity", "high")),
     ("stocks", ("low", "central", "high")),
     ("recipes", ("share_low", "share_of_use", "share_high"))],
)
@pytest.mark.parametrize("side", ["low", "high"])
def test_figure_outside_its_own_range(
    facts: Facts, table: str, columns: tuple[str, str, str], side: str
):
    low, middle, high = columns
    row = _filled(facts, table, middle)
    value = float(facts.get(table, row, middle))
    assert value > 0
    wrong = {low: str(value * 1.01)} if side == "low" else {high: str(value * 0.99)}
    facts.set(table, row, **wrong)
    check(only(facts.faults()), f"{table}.csv", row, next(iter(wrong)), "")


# -- rows -------------------------------------------------------------------------
@pytest.mark.parametrize("table", list(TABLES))
def test_duplicate_row(facts: Facts, table: str):
    row = facts.append(table, like=3)
    faults = [f for f in facts.faults() if "repeats" in f.problem]
    fault = only(tuple(faults))
    check(fault, f"{table}.csv", row, KEYS[table][0], "repeats row 3")


def test_duplicate_with_another_figure(facts: Facts):
    # Two sources that disagree are a range in one row, never two rows.
    first = facts.row("production", good="gallium", iso3="CHN")
    row = facts.append("production", like=first, quantity="1")
    fault = only(facts.faults())
    check(fault, "production.csv", row, "iso3", f"repeats row {first}")
    assert "low and high" in fault.remedy


# -- dates ------------------------------------------------------------------------
def _india(facts: Facts) -> int:
    return facts.row("memberships", alliance="pax_silica", iso3="IND",
                     status="signatory")


def test_overlapping_membership_dates(facts: Facts):
    row = facts.set("memberships", _india(facts), valid_from="2026-02-01")
    fault = only(facts.faults())
    check(fault, "memberships.csv", row, "valid_from", "IND in pax_silica")
    assert f"row {row - 1}" in fault.problem
    assert "day before" in fault.remedy


def test_membership_after_one_that_never_ended(facts: Facts):
    row = facts.append("memberships", like=_india(facts), valid_from="2026-06-01")
    fault = only(facts.faults())
    check(fault, "memberships.csv", row, "valid_from", "overlaps")


def test_memberships_may_touch(facts: Facts):
    row = _india(facts)
    end = facts.get("memberships", row - 1, "valid_to")
    assert (end, facts.get("memberships", row, "valid_from")) == (
        "2026-02-19", "2026-02-20"
    )
    read_tables(facts.path)


def test_valid_to_before_valid_from(facts: Facts):
    row = facts.set("memberships", _india(facts), valid_to="2026-02-19")
    check(only(facts.faults()), "memberships.csv", row, "valid_to",
          "before valid_from")


@pytest.mark.parametrize("value", ["20 February 2026", "2026-02-30", "2026", ""])
def test_date_that_is_none(facts: Facts, value: str):
    row = facts.set("memberships", _india(facts), valid_from=value)
    fault = only(facts.faults())
    check(fault, "memberships.csv", row, "valid_from", "date")
    assert "YYYY-MM-DD" in fault.remedy


# -- between tables ---------------------------------------------------------------
def test_share_above_one(facts: Facts):
    row = _filled(facts, "recipes", "share_of_use")
    facts.set("recipes", row, share_of_use="1.2")
    check(only(facts.faults()), "recipes.csv", row, "share_of_use",
          "less than or equal to 1")


def test_trade_share_above_one(facts: Facts):
    row = facts.set("trade_shares", 3, share="1.001")
    check(only(facts.faults()), "trade_shares.csv", row, "share",
          "less than or equal to 1")


def test_shares_of_use_add_up_to_more_than_one(facts: Facts):
    row = facts.row("recipes", good="ndfeb_magnet", input="gallium")
    facts.set("recipes", row, share_of_use="0.79", share_high="0.8")
    fault = only(facts.faults())
    assert fault.file == "recipes.csv"
    assert fault.field == "share_of_use"
    assert "gallium add up to 1.005" in fault.problem
    assert str(row) in fault.problem


@pytest.mark.parametrize(
    ("of", "good", "place", "side"),
    [("imports", "alumina", "USA", "importer"),
     ("exports", "ndfeb_magnet", "CHN", "exporter")],
)
def test_trade_shares_add_up_to_more_than_one(
    facts: Facts, of: str, good: str, place: str, side: str
):
    row = facts.row("trade_shares", good=good, of=of, **{side: place})
    facts.set("trade_shares", row, share="0.99")
    fault = only(facts.faults())
    assert (fault.file, fault.field) == ("trade_shares.csv", "share")
    assert f"shares of {place}'s {of} of {good}" in fault.problem


def test_capacity_below_output(facts: Facts):
    row = facts.row("capacity", good="gallium", iso3="CHN")
    facts.set("capacity", row, quantity="100")
    check(only(facts.faults()), "capacity.csv", row, "quantity", "below output 839")


def test_percent_of_world_above_the_rounding(facts: Facts):
    row = facts.row("production", good="dytb_mined", iso3="CHN")
    value = float(facts.get("production", row, "quantity"))
    facts.set("production", row, quantity=str(value + 0.49), high="")
    read_tables(facts.path)  # a rounding
    facts.set("production", row, quantity=str(value + 0.51))
    fault = only(facts.faults())
    assert (fault.file, fault.field) == ("production.csv", "quantity")
    assert "dytb_mined add up to 100.51 %" in fault.problem


def _recipe(facts: Facts, good: str, used: str) -> int:
    return facts.append(
        "recipes", like=2, good=good, input=used, quantity_per_unit="0.000001",
        share_of_use="", share_low="", share_high="",
    )


@pytest.mark.parametrize(
    ("good", "used", "circle"),
    [
        ("bauxite", "bauxite", "bauxite -> bauxite"),
        ("bauxite", "alumina", "alumina"),
        ("ndpr_mined", "ndfeb_magnet", "ndpr_mined -> ndpr_oxide -> ndfeb_magnet"),
        # gallium is a by-product of alumina: a host cannot be made of its guest
        ("alumina", "gallium", "alumina -> gallium -> alumina"),
    ],
)
def test_cyclic_recipe(facts: Facts, good: str, used: str, circle: str):
    row = _recipe(facts, good, used)
    fault = only(facts.faults())
    assert (fault.file, fault.field) == ("recipes.csv", "input")
    assert circle in fault.problem
    rows = facts.read("recipes")
    around = {rows[fault.row - 1][0], rows[fault.row - 1][1]}
    assert fault.row == row or around <= set(fault.problem.split())
    assert "remove" in fault.remedy


def test_two_cycles_are_both_reported(facts: Facts):
    _recipe(facts, "bauxite", "alumina")
    _recipe(facts, "fluorspar", "hf_high_purity")
    problems = " ".join(f.problem for f in facts.faults())
    assert "alumina" in problems
    assert "fluorspar" in problems


def test_input_without_a_producer(facts: Facts):
    facts.remove("production", good="tantalum")
    header, *recipes = facts.read("recipes")
    at = header.index("input")
    rows = [n for n, r in enumerate(recipes, start=2) if r[at] == "tantalum"]
    faults = facts.faults()
    assert len(faults) == len(rows) > 0  # each use of it once, and nothing else
    for fault, row in zip(faults, rows, strict=True):
        check(fault, "recipes.csv", row, "input", "tantalum has no producer")
        assert "gaps.csv" in fault.remedy


def test_recipe_use_above_output(facts: Facts):
    row = _per_unit(facts, "4", good="alumina", input="bauxite")
    tables = read_tables(facts.path)  # no table is wrong in itself
    with pytest.raises(DataError) as caught:
        build_world(tables, load_model("pax_silica"))
    fault = only(caught.value.faults)
    check(fault, "recipes.csv", row, "quantity_per_unit", "bauxite")
    assert "never scaled" in fault.remedy


def test_demand_above_output(facts: Facts):
    # Electric cars are no kit: final demand and output both have a source.
    row = facts.row("demand", good="electric_car", kind="final", iso3="CHN")
    facts.set("demand", row, quantity="30000000", high="")
    with pytest.raises(DataError) as caught:
        build_world(read_tables(facts.path), load_model("pax_silica"))
    fault = only(caught.value.faults)
    assert (fault.file, fault.field) == ("demand.csv", "quantity")
    assert "electric_car" in fault.problem


# -- all at once ------------------------------------------------------------------
def _break_six(facts: Facts) -> list[tuple[str, int, str]]:
    return [
        ("capacity.csv", facts.set("capacity", 2, quantity="1"), "quantity"),
        ("memberships.csv",
         facts.set("memberships", _india(facts), valid_from="2026-02-01"),
         "valid_from"),
        ("prices.csv", facts.set("prices", 4, usd_per_unit="-3"), "usd_per_unit"),
        ("prices.csv", facts.set("prices", 9, source_id="hearsay"), "source_id"),
        ("production.csv", facts.set("production", 5, quantity="inf"), "quantity"),
        ("trade.csv", facts.set("trade", 11, importer="QQQ"), "importer"),
    ]


def test_six_faults_at_once(facts: Facts):
    broken = _break_six(facts)
    faults = facts.faults()
    assert [(f.file, f.row, f.field) for f in faults] == broken
    assert all(f.remedy not in _VAGUE for f in faults)


def test_the_message_says_every_fault(facts: Facts):
    broken = _break_six(facts)
    with pytest.raises(DataError) as caught:
        read_tables(facts.path)
    head, *lines = str(caught.value).splitlines()
    assert head == "6 faults:"
    for line, (file, row, field) in zip(lines, broken, strict=True):
        assert line.startswith(f"- {file}, row {row}, {field}: ")


@pytest.mark.parametrize("order", [sorted, lambda f: sorted(f, reverse=True)])
def test_faults_are_sorted_and_said_once(
    order: Callable[[list[Fault]], list[Fault]]
):
    faults = [
        Fault("b.csv", 2, "x", "p", "r"), Fault("a.csv", 10, "x", "p", "r"),
        Fault("a.csv", 9, "y", "p", "r"), Fault("a.csv", 9, "x", "p", "r"),
    ]
    said = DataError(order([*faults, faults[0]])).faults
    assert [(f.file, f.row, f.field) for f in said] == [
        ("a.csv", 9, "x"), ("a.csv", 9, "y"), ("a.csv", 10, "x"), ("b.csv", 2, "x"),
    ]


def test_a_table_wide_fault_sorts_beside_numbered_ones():
    faults = [Fault("a.csv", 2, "x", "p", "r"), Fault("a.csv", None, "file", "p", "r")]
    assert [f.row for f in DataError(faults).faults] == [None, 2]
