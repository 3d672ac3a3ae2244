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
    from supplychain.world.world import World

__all__ = ["result_tables", "write_results", "write_tables"]


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
    return write_tables(
        analysis.world, result_tables(analysis), folder, scenario=scenario,
        solves=dict(analysis.solves), confirmed_cold=analysis.confirmed,
        seconds={k: round(v, 2) for k, v in analysis.seconds.items()},
        wall_seconds=round(analysis.wall, 2),
    )


def write_tables(
    world: World,
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    scenario: str = "",
    **more: object,
) -> list[Path]:
    """Write tables, each row with the run's hash, and the run record beside them.

    Parameters
    ----------
    world : World
        On which they were computed.
    tables : mapping of str to pandas.DataFrame
        By file name.
    folder : pathlib.Path
        Made if needed; other files in it stay.
    scenario : str
        Name of the scenario, for the record.
    **more : object
        What else the record says.

    Returns
    -------
    list of pathlib.Path
        The files, the record last.
    """
    run = run_hash(world)
    texts = {
        name: table.assign(run=run).to_csv(index=False, float_format="%.6g")
        for name, table in tables.items()
    }
    record = run_record(world, scenario, **more)
    texts["run.json"] = json.dumps(record, indent=1) + "\n"
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]
