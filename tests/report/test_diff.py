"""Two runs side by side: what was changed, and which numbers moved."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from supplychain.errors import DataError
from supplychain.report.diff import diff_runs

RECORD = {
    "version": "0.2.0", "seed": 0, "libraries": {"highspy": "1"},
    "tables": {"goods": "a", "production": "b"},
    "scenario": {"model": "pax_silica", "country": "IND", "overrides": {}},
}


def write_run(folder, *, record=None, gallium=0.9):
    """Write the files of a small run."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(record or RECORD))
    head = {"good": "gallium", "group": "IND", "unallocated_as": "not_target"}
    pd.DataFrame([{
        **head, "kind": "export_halt", "conflicts_as": "central", "control": "place",
        "dd": 0.9, "ltp": 0.9, "ltd": 0.95, "id": gallium,
    }]).to_csv(folder / "dependency.csv", index=False)
    pd.DataFrame([{**head, "status": "full", "id_lambda": 0.5}]).to_csv(
        folder / "id_lambda.csv", index=False)
    pd.DataFrame([{
        "capacity": "2024", "ladder": "A", "channels": "off", "no_harm": 0,
        "shock": "halt_country", "severity": 0.75, "status": "any", "group": "IND",
        "good": "final products", "min": 0.8, "max": 0.9, "value": "",
    }]).to_csv(folder / "ladder.csv", index=False)
    return folder


def test_a_run_does_not_differ_from_itself(tmp_path):
    one = write_run(tmp_path / "one")
    found = diff_runs(one, one)
    assert found.causes.empty
    assert found.numbers.empty


def test_the_number_that_moved_is_found(tmp_path):
    found = diff_runs(write_run(tmp_path / "a"), write_run(tmp_path / "b", gallium=0.7))
    (row,) = found.numbers.itertuples()
    assert (row.table, row.measure) == ("dependency", "id")
    assert row.row.startswith("gallium|IND|export_halt")
    assert row.difference == pytest.approx(-0.2)


@pytest.mark.parametrize(("changes", "cause", "what"), [
    ({"tables": {"goods": "a", "production": "c"}}, "data", "production.csv"),
    ({"tables": {"goods": "a"}}, "data", "production.csv"),
    ({"version": "0.3.0"}, "code", "version"),
    ({"scenario": {**RECORD["scenario"], "overrides": {"nu0": 0.2}}}, "scenario",
     "overrides"),
    ({"libraries": {"highspy": "2"}}, "solver", "highspy"),
])
def test_what_was_changed_is_named(tmp_path, changes, cause, what):
    other = write_run(tmp_path / "b", record={**RECORD, **changes})
    (row,) = diff_runs(write_run(tmp_path / "a"), other).causes.itertuples()
    assert (row.cause, row.what) == (cause, what)


def test_a_row_of_one_run_only_is_listed(tmp_path):
    one, two = write_run(tmp_path / "a"), write_run(tmp_path / "b")
    frame = pd.read_csv(two / "dependency.csv").assign(good="germanium")
    frame.to_csv(two / "dependency.csv", index=False)
    found = diff_runs(one, two).numbers
    assert len(found) == 8
    assert found.difference.isna().all()


def test_a_folder_without_a_run_reports_every_fault(tmp_path):
    with pytest.raises(DataError) as caught:
        diff_runs(write_run(tmp_path / "a"), tmp_path / "none")
    assert len(caught.value.faults) == 4
    assert all(fault.remedy for fault in caught.value.faults)
