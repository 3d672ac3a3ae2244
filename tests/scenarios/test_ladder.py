"""The ladder: its grid, its ranges, and what holds rung by rung."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from supplychain.errors import ScenarioError
from supplychain.scenarios.ladder import WIDE, Cell, Ladder, ladder_cells

SEVERITY = 0.75
RUNGS = ("excluded", "invited", "observer", "signatory", "full")
DATED = {
    "2025-12-12": "excluded", "2026-01-12": "invited",
    "2026-02-20": "signatory", "2026-11-22": "signatory",
}


def cell(shock, status="any", **other):
    """Return a run of Ladder A, central, unless told otherwise."""
    plain = {"ladder": "A", "channels": "central", "no_harm": False,
             "severity": SEVERITY}
    return Cell(**{**plain, **other}, shock=shock, status=status)


@pytest.fixture(scope="module")
def run(world):
    return Ladder(world)


@pytest.fixture(scope="module")
def rows(world, run):
    """Every run of one severity, two shocks, as the rows that are published."""
    cells = [
        c for c in ladder_cells(world)
        if c.severity == SEVERITY and c.shock != "halt_everyone"
    ]
    return run.run(cells).rows


def objective(run, one):
    """Return the L1 value of a run."""
    return -run.response.solve(run.bounds(one)).objective


# -- the grid --------------------------------------------------------------------------
def test_every_shock_and_severity_has_the_same_runs(world):
    found = Counter((c.shock, c.severity) for c in ladder_cells(world))
    pairs = {(s, v) for s in world.model.shocks for v in world.model.severity_pair}
    assert set(found) == pairs
    assert len(set(found.values())) == 1


@pytest.mark.parametrize(("ladder", "channels", "no_harm"), [
    ("A", "central", False), ("A", "low", False), ("A", "high", False),
    ("A", "central", True), ("B", "central", False),
])
def test_each_ladder_has_all_rungs_in_order(world, ladder, channels, no_harm):
    found = [
        c.status for c in ladder_cells(world)
        if (c.ladder, c.channels, c.no_harm) == (ladder, channels, no_harm)
        and (c.shock, c.severity) == ("halt_country", 1.0)
    ]
    assert tuple(found) == RUNGS


def test_channels_off_and_three_benchmarks_stand_beside_the_ladder(world):
    here = [c for c in ladder_cells(world)
            if (c.shock, c.severity) == ("halt_country", 1.0) and c.channels == "off"]
    assert Counter(c.ladder for c in here) == {"A": 1, "benchmark": 3}


def test_no_run_is_made_twice(world):
    cells = ladder_cells(world)
    assert len(cells) == len(set(cells))


def test_the_dated_path_has_its_four_days(world):
    dated = {c.ladder.removeprefix("dated:") for c in ladder_cells(world)
             if c.ladder.startswith("dated:")}
    assert dated == set(DATED)


# -- what is published -----------------------------------------------------------------
def test_least_and_most_are_never_empty_and_on_the_scale(rows):
    assert rows[["min", "max"]].notna().all().all()
    assert rows["min"].between(0, 1).all()
    assert rows["max"].between(0, 1).all()


def test_a_value_lies_between_its_least_and_its_most(rows):
    told = rows[rows.value.notna()]
    assert len(told) > 100
    assert (told["min"] <= told.value).all()
    assert (told.value <= told["max"]).all()


def test_a_value_is_left_out_exactly_where_its_range_is_wide(rows):
    wide = rows["max"] - rows["min"] > WIDE
    assert (rows.value.isna() == wide).all()


def test_every_row_says_its_unit_and_its_group(rows):
    assert set(rows.group) == {
        "IND", "incumbents", "alliance_with_IND", "world_outside_CHN"
    }
    assert (rows.unit != "").all()


def test_statuses_of_the_dated_path(rows):
    dated = rows[rows.ladder.str.startswith("dated:")]
    days = dated.ladder.str.removeprefix("dated:")
    assert dict(zip(days, dated.status, strict=True)) == DATED


def test_a_cold_solve_confirms_the_warm_ones(run):
    cells = [cell("halt_country", rung) for rung in RUNGS]
    assert run.run(cells, confirm=lambda _: True).confirmed == len(cells)


# -- what holds rung by rung -----------------------------------------------------------
def test_a_halt_aimed_at_india_hurts_less_on_every_higher_rung(run):
    """P6: the L1 objective, never the share of one group."""
    values = [objective(run, cell("halt_country", rung)) for rung in RUNGS]
    assert all(after >= before - 1e-6 for before, after in pairwise(values))
    assert values[-1] > values[0]


@pytest.mark.parametrize("shock", ["halt_country", "halt_alliance", "halt_everyone"])
def test_membership_never_does_worse_than_channels_off(run, shock):
    off = objective(run, cell(shock, channels="off"))
    assert objective(run, cell(shock, "excluded")) >= off - 1e-6


@pytest.mark.parametrize("shock", ["halt_country", "halt_alliance"])
def test_free_rerouting_is_the_most_that_access_can_give(run, shock):
    free = cell(shock, "free_rerouting", ladder="benchmark", channels="off")
    assert objective(run, free) >= objective(run, cell(shock, "full")) - 1e-6


@pytest.mark.parametrize("name", ["stock_of_binding_input", "free_rerouting",
                                  "more_capacity_outside_target"])
def test_a_benchmark_never_does_worse_than_channels_off(run, name):
    benchmark = cell("halt_alliance", name, ladder="benchmark", channels="off")
    off = objective(run, cell("halt_alliance", channels="off"))
    assert objective(run, benchmark) >= off - 1e-6


def test_low_central_and_high_channels_are_ordered(run):
    values = [
        objective(run, cell("halt_country", "signatory", channels=level))
        for level in ("low", "central", "high")
    ]
    assert all(after >= before - 1e-6 for before, after in pairwise(values))


def test_off_is_one_run_whatever_the_status(run):
    bounds = [run.bounds(cell("halt_country", rung, channels="off")) for rung in RUNGS]
    assert all(other == bounds[0] for other in bounds)


def test_every_severity_of_a_halt_hurts_at_least_as_much(run):
    values = [objective(run, cell("halt_everyone", "full", severity=s))
              for s in (0.0, 0.5, 0.75, 1.0)]
    assert all(after <= before + 1e-6 for before, after in pairwise(values))


# -- Ladder B and the min rule ---------------------------------------------------------
def recorded(run, rung):
    return run.bounds(cell("halt_country", rung, ladder="B"))


def test_signatory_and_full_coincide_in_ladder_b_while_nobody_is_full(world, run):
    """Every incumbent has signed: the lesser of the two is the signature."""
    held = {world.status("pax_silica", c) for c in world.incumbents}
    assert "full" not in held
    assert recorded(run, "signatory") == recorded(run, "full")


def test_with_a_full_incumbent_full_is_worth_more_in_ladder_b(world):
    run = Ladder(world.with_statuses({"USA": "full"}))
    signed, full = recorded(run, "signatory").flow, recorded(run, "full").flow
    wider = {arc for arc, cap in full.items() if cap > signed[arc]}
    assert wider
    assert all({"IND", "USA"} == set(arc[1:]) for arc in wider)


def test_below_the_signature_both_ladders_give_india_the_same_partners(run):
    """The lesser of an observer and a signatory, or a full member, is the observer."""
    observed = cell("halt_country", "observer")
    a, b = (run.bounds(replace(observed, ladder=ladder)).flow for ladder in "AB")
    with_japan = [arc for arc in a if {"IND", "JPN"} == set(arc[1:])]
    assert with_japan
    assert all(a[arc] == b[arc] for arc in with_japan)


# -- runs that must not borrow from one another ----------------------------------------
def test_the_floor_of_no_harm_belongs_to_its_own_channels(world):
    """Stronger channels serve incumbents more, with and without the newcomer."""
    run = Ladder(world)
    weak, strong = (
        run.bounds(cell("halt_alliance", "full", channels=level, no_harm=True)).floor
        for level in ("low", "high")
    )
    assert sum(strong.values()) > sum(weak.values())


def test_a_dated_run_without_the_membership_table_is_refused(world):
    """A world loaded from an export cannot know who held what on another day."""
    exported = Ladder(replace(world, tables=None))
    with pytest.raises(ScenarioError):
        exported.variant(cell("halt_country", "", ladder="dated:2025-12-12"))
