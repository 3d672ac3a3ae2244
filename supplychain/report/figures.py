"""The figures that a run writes beside its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.errors import ScenarioError
from supplychain.plot.save import save
from supplychain.report.context import context_of
from supplychain.report.gallery import figure

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.scenarios.analysis import Analysis

__all__ = ["OF_A_RUN", "write_figures"]

OF_A_RUN = ("ladder", "chains", "tornado", "map")
"""What is drawn from a run without computing more."""


def write_figures(
    analysis: Analysis, folder: Path, *, scenario: str = ""
) -> list[Path]:
    """Draw the ladder, dependency by chain, the tornado and the map.

    Parameters
    ----------
    analysis : Analysis
    folder : pathlib.Path
    scenario : str
        Name of the scenario, for the captions.

    Returns
    -------
    list of pathlib.Path
        PNG and SVG files.
    """
    context = context_of(analysis, scenario=scenario)
    files: list[Path] = []
    for name in OF_A_RUN:
        try:
            drawn = figure(name, context)
        except ScenarioError:
            # This world has no such figure; an earlier run's is not this one's.
            for ending in ("png", "svg"):
                (folder / f"{name}.{ending}").unlink(missing_ok=True)
        else:
            files += save(drawn, folder, name)
    return files
