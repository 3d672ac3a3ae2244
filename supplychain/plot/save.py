"""Write a figure as PNG, SVG or PDF, whole or not at all, the same bytes each time."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_pdf import Op, PdfFile, RendererPdf

from supplychain.plot.style import applied

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DPI", "ENDINGS", "save", "save_as"]

DPI = 150.0
"""Dots per inch of a PNG where nothing else is asked."""

ENDINGS = (".png", ".svg", ".pdf")
"""What a figure can be written as."""

_INCH = 25.4
_POINTS = 72


def save(fig: Figure, folder: Path | str, name: str) -> tuple[Path, Path]:
    """Write ``name.png`` and ``name.svg`` into a folder and empty the figure.

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
    png = save_as(fig, folder / f"{name}.png")
    svg = save_as(fig, folder / f"{name}.svg")
    fig.clear()
    return png, svg


def save_as(
    fig: Figure, path: Path | str, *, width: float | None = None, dpi: float = DPI
) -> Path:
    """Write a figure in the format that the file's ending names.

    The file appears under its name only when it is complete. No date and no
    random identifier goes into it: the same figure gives the same bytes.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    path : path
        Ends in .png, .svg or .pdf; its folder is made where it does not exist.
    width : float, optional
        Printed width [mm]: everything is scaled together, type included, so that
        nothing comes to overlap. The width it was drawn for by default.
    dpi : float
        Dots an inch of a PNG.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        If the ending is another.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_as(Figure(figsize=(4, 3)), Path(folder) / "f.svg", width=50.8)
    ...     'width="144pt"' in path.read_text()
    True
    """
    path = Path(path)
    if path.suffix not in ENDINGS:
        message = f"cannot write {path.name!r}: end it in {', '.join(ENDINGS)}"
        raise ValueError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    scale = 1.0 if width is None else width / _INCH / float(fig.get_figwidth())
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with applied():
            if path.suffix == ".png":
                fig.savefig(part, format="png", dpi=dpi * scale)
            elif path.suffix == ".svg":
                _svg(fig, part, path.stem, scale)
            else:
                _pdf(fig, part, path.stem, scale)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _svg(fig: Figure, path: Path, title: str, scale: float) -> None:
    """Write an SVG; the box it is drawn in stays, its size on paper is scaled."""
    fig.savefig(path, format="svg", metadata={"Date": None, "Title": title})
    if scale == 1:
        return
    text = path.read_text(encoding="utf-8")
    for side in ("width", "height"):
        text = re.sub(
            rf'(<svg [^>]*\b{side}=")([\d.]+)(pt")',
            lambda m: f"{m[1]}{float(m[2]) * scale:.6g}{m[3]}", text, count=1,
        )
    path.write_text(text, encoding="utf-8")


def _pdf(fig: Figure, path: Path, title: str, scale: float) -> None:
    """Write a PDF of one page on which everything is scaled."""
    info: dict[str, Any] = {"Title": title, "CreationDate": None}
    width, height = fig.get_size_inches()
    before = fig.dpi
    fig.dpi = _POINTS
    file = PdfFile(path, metadata=info)
    try:
        file.newPage(width * scale, height * scale)
        file.output(scale, 0, 0, scale, 0, 0, Op.concat_matrix)
        inner = RendererPdf(file, _POINTS, height, width)
        renderer = MixedModeRenderer(fig, width, height, _POINTS, inner)
        fig.draw(renderer)
        renderer.finalize()
        file.finalize()
    finally:
        file.close()
        fig.dpi = before
