"""A built wheel, installed in a fresh environment, run from another directory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    assert (elsewhere / "found" / "ladder.csv").exists()
    assert (elsewhere / "found" / "map.png").exists()
