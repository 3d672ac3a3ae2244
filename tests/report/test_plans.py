"""Projects, events and coverage on one screen, as a user asks for them."""

from __future__ import annotations

import sys

import pytest

from supplychain.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command in this process; return its status and what it printed."""

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["supplychain", *words])
        with pytest.raises(SystemExit) as left:
            main()
        shown = capsys.readouterr()
        # Tables fold long cells: read them without their line breaks.
        return left.value.code, shown.out, shown.err

    return command


def joined(text):
    """Return text with its runs of white space as one blank."""
    return " ".join(text.split())


def test_projects_shows_what_counts_why_not_and_the_feed(run):
    status, out, _ = run("projects", "--country", "IND", "--projects", "announced")
    assert status == 0
    counts, rest = out.split("Not counted, and why")
    reasons, feed = rest.split("Feedstock:")
    assert "Counted in 2030 under the rule announced (utilization 0.7)" in counts
    assert "Dholera" in counts
    assert "capacity unknown" in joined(reasons)
    magnets = [line for line in feed.splitlines() if "%" in line]
    assert any("India" in line for line in magnets)
    assert "United States" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_stricter_rule_counts_less(run):
    _, out, _ = run("projects", "--country", "IND", "--projects", "operating")
    counts, rest = out.split("Not counted, and why")
    assert "Dholera" not in counts
    assert "not counted under the rule operating" in joined(rest)


def test_projects_of_a_country_without_any_names_others(run):
    status, out, err = run("projects", "--country", "INX")
    assert (status, out) == (2, "")
    assert "no project in 'INX'" in err
    assert "IND" in err


@pytest.mark.parametrize("command", [
    ("projects", "--projects", "anounced"),
    ("explain", "gallium", "--projects", "anounced"),
])
def test_an_unknown_rule_names_the_rules(run, command):
    status, out, err = run(*command)
    assert (status, out) == (2, "")
    for rule in ("operating", "under_construction", "announced"):
        assert rule in err


def test_events_lists_each_event_with_effects(run, tables):
    status, out, _ = run("events")
    assert status == 0
    header = next(line for line in out.splitlines() if "what happened" in line)
    width = header.index("what happened")
    ids = "".join(line[:width].strip() for line in out.splitlines())
    for event in set(tables["event_effects"].event_id):
        assert event in ids
    assert "supplychain analyze --shock event:ID" in out
    assert "in the baseline already" in joined(out)
    assert "size not sourced" in joined(out)
    assert max(map(len, out.splitlines())) <= 100


def test_check_reports_coverage_and_gaps(run, tables):
    status, out, _ = run("check", "--report")
    assert status == 0
    coverage, rest = out.split("Where sources disagree")
    conflicts, gaps = rest.split("gaps: what we looked for and did not find")
    row = next(line for line in coverage.splitlines() if line.startswith("gallium "))
    assert "refine" in row
    assert conflicts.strip().endswith(str(len(tables["gaps"])))
    missing = tables["gaps"].what_is_missing.iloc[0].split()[0]
    assert missing in gaps
    assert "hold together" in rest
    assert max(map(len, out.splitlines())) <= 100
