"""Write the files of a run, each under a temporary name and then renamed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from supplychain.files import write_text
from supplychain.report.record import run_hash, run_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from supplychain.scenarios.analysis import Analysis

__all__ = ["result_tables", "write_results"]


def result_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return every table of a run by file name.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    dict of str to pandas.DataFrame
    """
    calibration = analysis.world.residuals.reset_index().assign(
        unit="largest deviation from a margin over the good's total"
    )
    return {
        "dependency.csv": analysis.dependency,
        "id_lambda.csv": analysis.unlocked,
        "ladder.csv": analysis.ladder,
        "binding.csv": analysis.binding,
        "concentration.csv": analysis.concentration,
        "coverage.csv": analysis.coverage,
        "sensitivity.csv": analysis.sensitivity,
        "assumptions.csv": analysis.assumptions,
        "sources.csv": analysis.sources,
        "projects.csv": analysis.projects,
        "feed.csv": analysis.feed,
        "calibration.csv": calibration,
    }


def write_results(
    analysis: Analysis, folder: Path, *, scenario: str = ""
) -> list[Path]:
    """Write tables and run record into a folder.

    Parameters
    ----------
    analysis : Analysis
    folder : pathlib.Path
        Made if needed; other files in it stay.
    scenario : str
        Name of the scenario, for the record.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    run = run_hash(analysis.world)
    texts: Mapping[str, str] = {
        **{name: table.assign(run=run).to_csv(index=False, float_format="%.6g")
           for name, table in result_tables(analysis).items()},
        "run.json": json.dumps(run_record(analysis, scenario), indent=1) + "\n",
    }
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]
