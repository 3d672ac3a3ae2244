"""A built wheel, installed in a fresh environment, run from another directory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 2**20


@pytest.mark.wheel
def test_wheel_is_small_and_runs_anywhere(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path),
         str(ROOT)],
        check=True, capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < 8 * MEGABYTE
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    subprocess.run([home / "bin" / "pip", "install", "-q", str(wheel)], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shown = subprocess.run(
        [home / "bin" / "supplychain", "analyze", "--out", "found"],
        cwd=elsewhere, capture_output=True, text=True, check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert max(map(len, shown.stdout.splitlines())) <= 100
    found = elsewhere / "found"
    written = {path.name for path in found.iterdir()}
    assert written >= {
        "dependency.csv", "ladder.csv", "concentration.csv", "coverage.csv",
        "sensitivity.csv", "assumptions.csv", "sources.csv", "run.json", "report.md",
        "ladder.png", "ladder.svg", "chains.png", "tornado.png", "map.png",
    }
    assert (found / "report.html").stat().st_size < 5 * MEGABYTE
    record = json.loads((found / "run.json").read_text())
    assert record["confirmed_cold"] == 30
    assert record["calibration"]["largest_residual"] <= 1e-8
    for name in written:
        if name.endswith(".csv"):
            assert set(pd.read_csv(found / name).run) == {record["run"]}, name
    shown = subprocess.run(
        [home / "bin" / "supplychain", "tutorial", "mine"],
        cwd=elsewhere, capture_output=True, text=True, check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert (elsewhere / "mine" / "model" / "model.yaml").exists()
