"""Episodes, their inputs and outcomes that do not hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_bad_input import check, only

from supplychain.tables.reader import read_tables

if TYPE_CHECKING:
    from conftest import Facts

NEON = {"episode": "neon_2022_large"}


QUOTA, HALT = "ree_quota_2010", "ree_japan_2010_reported"
WRONG = {
    "episodes": [
        (QUOTA, "", "actor", "CHX", "country 'CHX' is unknown"),
        (HALT, "", "event_id", "2010-09-21-chn-ree", "is unknown"),
        ("renesas_2021", "", "source_id", "nobody_1999", "is unknown"),
        ("neon_2022_large", "", "targets", "JPN;USX", "'USX' is no country"),
        ("neon_2022_small", "", "users", "USX", "'USX' is no country"),
        ("gallium_2023", "", "users", "JPN;USA", "match pattern"),
        ("germanium_2023", "", "kind", "import_halt", "'import_halt'"),
    ],
    "episode_inputs": [
        (QUOTA, "import_share", "input", "stock_weeks", "'stock_weeks'"),
        (QUOTA, "shock_size", "unit", "days", "'days' is not the unit of shock_size"),
        (HALT, "import_share", "central", "-0.1", "greater than or equal to 0"),
        (HALT, "shock_size", "central", "", "valid number"),
        (HALT, "actor_output_share", "known_at", "2010", "date"),
        (HALT, "actor_use_share", "source_id", "nobody_1999", "is unknown"),
    ],
    "episode_outcomes": [
        (QUOTA, "price_ratio", "quantity", "price", "'price'"),
        (HALT, "served_share", "low", "0.7", "low 0.7 is above value 0.641"),
        (HALT, "days_to_stop", "unit", "1", "'1' is not the unit of days_to_stop"),
    ],
}


@pytest.mark.parametrize("table", WRONG)
def test_one_wrong_cell_a_row(facts: Facts, table: str):
    """Each fault stands alone in its row, and all are named at once."""
    broken = {}
    for episode, name, column, value, problem in WRONG[table]:
        key = {"episode": episode}
        if name:
            key["input" if table == "episode_inputs" else "quantity"] = name
        row = facts.set(table, facts.row(table, **key), **{column: value})
        broken[row] = (column, problem)
    found = {fault.row: fault for fault in facts.faults()}
    assert set(found) == set(broken)
    for row, (column, problem) in broken.items():
        check(found[row], f"{table}.csv", row, column, problem)
        assert found[row].remedy


@pytest.mark.parametrize("table", ["episode_inputs", "episode_outcomes"])
def test_row_of_an_unknown_episode(facts: Facts, table: str):
    like = facts.row(table, **NEON)
    row = facts.append(table, like, episode="neon_2022_larg")
    fault = only(facts.faults())
    check(fault, f"{table}.csv", row, "episode", "episode 'neon_2022_larg' is unknown")
    assert "neon_2022_large" in fault.remedy
    assert "episodes.csv" in fault.remedy


def test_episode_that_ends_before_it_begins(facts: Facts):
    row = facts.set("episodes", facts.row("episodes", **NEON), end="2022-02-23")
    check(only(facts.faults()), "episodes.csv", row, "end",
          "2022-02-23 is before begin 2022-02-24")


@pytest.mark.parametrize(("cells", "field"), [
    ({"central": "1.2", "low": "", "high": ""}, "central"), ({"high": "1.2"}, "high"),
])
def test_share_above_one(facts: Facts, cells: dict[str, str], field: str):
    row = facts.set("episode_inputs", facts.row("episode_inputs", **NEON), **cells)
    check(only(facts.faults()), "episode_inputs.csv", row, field, "1.2 is no share")


def test_days_may_exceed_one(facts: Facts):
    at = facts.row("episode_inputs", **NEON, input="stock_days")
    facts.set("episode_inputs", at, central="80")
    read_tables(facts.path)


def test_outcome_without_any_figure(facts: Facts):
    at = facts.row("episode_outcomes", **NEON, quantity="days_to_stop")
    row = facts.set("episode_outcomes", at, low="")
    fault = only(facts.faults())
    check(fault, "episode_outcomes.csv", row, "value", "nothing was observed")
    assert "gaps.csv" in fault.remedy


def test_input_given_twice(facts: Facts):
    row = facts.append("episode_inputs", facts.row("episode_inputs", **NEON))
    check(only(facts.faults()), "episode_inputs.csv", row, "input", "repeats")
