"""Decisions on the terminal: every command, read as its user reads it."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from supplychain.cli import app
from supplychain.errors import ScenarioError
from supplychain.report.decisions import chokepoints_screen, members_screen
from supplychain.scenarios.brings import brings
from supplychain.scenarios.chokepoints import capacity_worth, n_minus_1
from supplychain.scenarios.coalition import coalition_game
from supplychain.scenarios.marginal import marginal_values
from supplychain.scenarios.players import Player
from supplychain.scenarios.stops import days_until_lines_stop


def run(*words):
    found = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=120)


def test_scenarios_say_what_would_make_them_wrong():
    said = run("scenarios", "--detail")
    assert "taiwan_strait_closed" in said
    assert said.count("Wrong if") == said.count("Verdict:") > 20


def test_a_frontier_names_what_is_in_the_way(tmp_path):
    said = run("frontier", "gallium", "--cap", "0.5", "--out", str(tmp_path))
    for words in ("Gallium", "the regulation's", "reachable by 2030", "not enabled"):
        assert words in said
    marks = pd.read_csv(tmp_path / "frontier_marks.csv")
    assert 0.5 in set(marks.share)
    record = json.loads((tmp_path / "run.json").read_text())
    assert set(marks.run) == {record["run"]}


def test_retaliation_by_rung_and_good():
    said = run("retaliation")
    for words in ("Electric cars", "signatory", "no membership", "break-even"):
        assert words in said


def test_an_attack_is_told_with_what_was_left_out():
    said = run("interdict", "si_wafer", "--most", "1")
    assert "fewer than 6 listed producers" in said
    assert "photoresist" in said  # too few makers are listed to be attacked


def test_the_back_test_keeps_its_failures():
    said = run("backtest")
    assert "fails" in said
    assert "holds" in said


def test_a_misspelling_is_a_scenario_error():
    with pytest.raises(ScenarioError, match="did you mean gallium"):
        run("frontier", "galium")


def test_chokepoints_on_one_screen(world, console):
    found = n_minus_1(world, nodes=[("ndfeb_magnet", "CHN"), ("neon", "UNA")], detail=1)
    worth = capacity_worth(world, shock="halt_everyone", count=3)
    stops = days_until_lines_stop(world, {("ndfeb_magnet", "CHN"): 1.0})
    chokepoints_screen(world, found, worth, stops.assign(supplier="CHN"), console, 5)
    said = console.file.getvalue()
    assert "NdFeB permanent magnets, China" in said
    assert "30-64" in said  # days, of India's car makers and one of them
    assert "Left out: 1 nodes" in said


def test_members_on_one_screen(world, console):
    players = (Player("IND", ("IND",)), Player("JPN", ("JPN",)))
    game = coalition_game(world, players=players)
    members_screen(
        world, [game], brings(world, players=players),
        marginal_values(world, players=players[1:]), console,
    )
    said = console.file.getvalue()
    assert "v(S): the value of final products served" in said
    assert "core" in said
    assert "unknown" in said  # no source gives a stock of Japan


@pytest.mark.slow
def test_whole_commands(tmp_path):
    said = run("chokepoints", "--count", "5", "--out", str(tmp_path))
    assert "Where they lie" in said
    assert len(pd.read_csv(tmp_path / "chokepoints.csv")) > 900
    said = run("members", "--no-candidates", "--out", str(tmp_path))
    assert "India" in said
    assert abs(pd.read_csv(tmp_path / "shapley.csv").shapley.sum()) > 0
