"""The gallery: every figure by name, drawn from a context, written as a file."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from supplychain.errors import ScenarioError
from supplychain.plot.save import DPI, ENDINGS, save_as
from supplychain.report.maker_world import WORLD
from supplychain.report.makers import RESULTS, Maker
from supplychain.report.makers_more import MORE
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from supplychain.report.context import Context

__all__ = ["FIGURES", "check_file", "draw", "figure", "maker"]

FIGURES: Mapping[str, Maker] = MappingProxyType({**RESULTS, **MORE, **WORLD})
"""Every figure by name; a module of further makers is one more mapping here."""


def maker(name: str) -> Maker:
    """Return how a figure is made.

    Parameters
    ----------
    name : str

    Returns
    -------
    Maker

    Raises
    ------
    ScenarioError
        If there is none of this name; names the nearest.

    Examples
    --------
    >>> maker("ladder").what
    'value served on each rung of membership, shock by shock'
    """
    if name not in FIGURES:
        raise ScenarioError(f"no figure {name!r}; {nearest(name, FIGURES)}")
    return FIGURES[name]


def figure(name: str, context: Context) -> Figure:
    """Draw a figure, its title and caption with it.

    Parameters
    ----------
    name : str
        Of `FIGURES`.
    context : Context

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ScenarioError
        If there is none of this name, or its options name something unknown.
    """
    return maker(name).make(context)


def check_file(path: Path) -> None:
    """Refuse a file whose ending names no format.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    ScenarioError

    Examples
    --------
    >>> check_file(Path("ladder.gif"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    supplychain.errors.ScenarioError: cannot write 'ladder.gif': end it in .png, ...
    """
    if path.suffix not in ENDINGS:
        raise ScenarioError(f"cannot write {path.name!r}: end it in "
                            f"{', '.join(ENDINGS)}")


def draw(
    name: str,
    context: Context,
    path: Path | str,
    *,
    size: float | tuple[float, ...] | None = None,
    dpi: float = DPI,
) -> Path:
    """Draw a figure and write it as PNG, SVG or PDF, by the file's ending.

    Parameters
    ----------
    name : str
        Of `FIGURES`.
    context : Context
    path : path
    size : float or tuple of float, optional
        Printed width [mm], or width and height of the box that it has to fit into;
        type is scaled with it. What it is drawn for by default.
    dpi : float
        Dots an inch of a PNG.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ScenarioError
        Before anything is computed: unknown name or ending, size or dpi not above 0.

    Examples
    --------
    >>> draw("laddr", None, "ladder.png")
    Traceback (most recent call last):
    supplychain.errors.ScenarioError: no figure 'laddr'; did you mean ladder?
    """
    path = Path(path)
    made = maker(name)
    check_file(path)
    box = size if isinstance(size, tuple) else () if size is None else (size,)
    if dpi <= 0 or any(side <= 0 for side in box):
        raise ScenarioError("size and dpi are numbers above 0")
    drawn = made.make(context)
    width, height = drawn.get_size_inches()
    widths = [side * by for side, by in zip(box, (1, width / height), strict=False)]
    return save_as(drawn, path, width=min(widths, default=None), dpi=dpi)
