"""Write a figure as PNG and SVG, whole or not at all, the same bytes each time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supplychain.plot.style import applied

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["save"]

DPI = 150


def save(fig: Figure, folder: Path | str, name: str) -> tuple[Path, Path]:
    """Write ``name.png`` and ``name.svg`` into a folder and empty the figure.

    Each file appears under its name only when it is complete. No date and no
    random identifier goes into it: the same figure gives the same bytes.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Cleared afterwards, so that its memory is free.
    folder : path
        Made where it does not exist.
    name : str
        File name without ending.

    Returns
    -------
    tuple of pathlib.Path
        The PNG and the SVG.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save(Figure(), folder, "empty")]
    ['empty.png', 'empty.svg']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{name}.png", folder / f"{name}.svg"
    with applied():
        _write(fig, png, format="png", dpi=DPI)
        _write(fig, svg, format="svg", metadata={"Date": None, "Title": name})
    fig.clear()
    return png, svg


def _write(fig: Figure, path: Path, **options: Any) -> None:  # noqa: ANN401
    """Write one file under a temporary name, then give it its own."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        fig.savefig(part, **options)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
