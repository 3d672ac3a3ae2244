"""The command line, as a user meets it."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from supplychain.cli import main
from supplychain.home import data_dir

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-W", "error::DeprecationWarning:supplychain", "-m",
           "supplychain.cli"]


def apart(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, cwd=cwd, check=False
    )


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command here: what it prints, and how it ends."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as m:
        m.setattr(sys, "argv", ["supplychain", *words])
        if cwd is not None:
            m.chdir(cwd)
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def test_help_names_every_command() -> None:
    shown = apart("--help")
    assert shown.returncode == 0
    for command in ("analyze", "explain", "check", "export", "scenarios"):
        assert command in shown.stdout


def test_what_if_prints_before_after_and_difference(tmp_path: Path) -> None:
    shown = run("what-if", "--set", "pax_silica.IND=excluded", "--shock",
                "halt_country", "--out", str(tmp_path / "found"))
    assert shown.returncode == 0, shown.stderr
    for words in ("before", "after", "difference", "India", "nu1", "What binds most"):
        assert words in shown.stdout
    rows = pd.read_csv(tmp_path / "found" / "what_if_rows.csv")
    assert {"before_min", "after_max", "difference", "unit"} <= set(rows)


def test_what_if_with_a_misspelling_ends_with_status_2() -> None:
    shown = apart("what-if", "--set", "pax_silica.IND=ful")
    assert shown.returncode == 2
    assert "did you mean full?" in shown.stderr


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, supplychain.cli\n"
        "heavy = {'pandas', 'numpy', 'pyomo', 'matplotlib', 'geopandas', 'highspy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                           check=True)
    assert shown.stdout.strip() == "[]"


def test_check_passes_on_the_shipped_tables() -> None:
    shown = run("check")
    assert shown.returncode == 0, shown.stderr
    assert "hold together" in shown.stdout


def test_check_reports_every_fault_with_status_2(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_dir(), folder)
    goods = folder / "goods.csv"
    goods.write_text(goods.read_text().replace(",mine,t,", ",mine,tt,", 1))
    prices = folder / "prices.csv"
    prices.write_text(prices.read_text().replace("gallium,", "galium,", 1))
    shown = run("check", "--data", str(folder))
    assert shown.returncode == 2
    assert "goods.csv, row" in shown.stderr
    assert "prices.csv, row" in shown.stderr
    assert shown.stdout == ""


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("explain", "galium"), "gallium"),
        (("explain", "gallium", "--country", "IDN"), "countries that do"),
        (("explain", "gallium", "--measure", "IDD"), "ID"),
        (("check", "--model", "pax_silca"), "pax_silica"),
        (("analyze", "--target", "CHM"), "CHN"),
        (("analyze", "--alliance", "pax_silika"), "pax_silica"),
        (("analyze", "--scenario", "india_ful"), "india_full"),
        (("analyze", "--as-of", "2026-13-01"), "as_of"),
    ],
)
def test_a_misspelling_names_the_nearest(
    words: tuple[str, ...], hint: str, tmp_path: Path
) -> None:
    shown = run(*words, cwd=tmp_path)
    assert shown.returncode == 2
    assert hint in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_scenarios_and_shocks_are_named_in_full() -> None:
    shown = run("scenarios")
    assert shown.returncode == 0, shown.stderr
    assert "CHN halts exports to IND alone" in shown.stdout
    assert "{" not in shown.stdout


def test_explain_traces_a_number_to_its_sources() -> None:
    shown = run("explain", "electric_car", "--country", "DEU", "--measure", "LTD")
    assert shown.returncode == 0, shown.stderr
    for part in ("LTD of Electric cars, Germany", "Source rows", "Assumptions behind"):
        assert part in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100


def test_export_writes_tables_and_graph(tmp_path: Path) -> None:
    shown = run("export", str(tmp_path / "world"))
    assert shown.returncode == 0, shown.stderr
    flows = pd.read_csv(tmp_path / "world" / "flows.csv")
    assert list(flows) == ["good", "exporter", "importer", "flow", "unit", "flow_basis"]
    assert (tmp_path / "world" / "graph.graphml").exists()


@pytest.mark.slow
def test_failure_leaves_earlier_results_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_dir(), folder)
    demand = folder / "demand.csv"
    demand.write_text(demand.read_text().replace("final", "finale", 1))
    out = tmp_path / "results"
    out.mkdir()
    (out / "ladder.csv").write_text("earlier")
    shown = run("analyze", "--data", str(folder), "--out", str(out))
    assert shown.returncode == 2
    assert (out / "ladder.csv").read_text() == "earlier"
    assert [p.name for p in out.iterdir()] == ["ladder.csv"]
