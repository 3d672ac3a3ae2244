"""The one style table: colours, marks and words of every figure, and the caption.

Colours are safe for colour-blind readers and differ in lightness, so that a
figure printed in grey still reads; marks differ in shape or dash as well. A
thing has the same colour in every figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

__all__ = [
    "BENCHMARKS",
    "CHANNELS",
    "COUNTRY",
    "GRID",
    "INK",
    "LADDERS",
    "LAND_EDGE",
    "MEASURES",
    "MUTED",
    "RC",
    "SEA",
    "SMALL",
    "STAGES",
    "STATUSES",
    "TARGET",
    "TINY",
    "Mark",
    "add_caption",
    "applied",
    "new_figure",
    "percent",
    "pick",
    "spread",
    "text_width",
    "wrap",
]


@dataclass(frozen=True)
class Mark:
    """How one thing is drawn.

    Attributes
    ----------
    colour : str
        Main colour, hex.
    marker : str
        Marker of matplotlib, empty for none.
    dash : str
        Line style of matplotlib.
    hatch : str
        Hatch of an area.
    label : str
        Words in a legend.
    filled : bool
        Marker filled, not open.
    """

    colour: str
    marker: str = ""
    dash: str = "-"
    hatch: str = ""
    label: str = ""
    filled: bool = True


INK = "#1A1A1A"
MUTED = "#6B6B6B"
GRID = "#DDDDDD"
SEA = "#F7F8FA"
LAND_EDGE = "#9AA0A6"

SMALL = 7.5
"""Size of labels inside a figure [pt]."""

TINY = 6.5
"""Size of the smallest text [pt]."""

TARGET = Mark("#B2182B", "s", label="target")
"""The dominant supplier."""

COUNTRY = Mark("#E08214", "D", label="country studied")
"""The country whose membership moves."""

STATUSES: Mapping[str, Mark] = MappingProxyType(
    {
        "none": Mark("#ECECEC", label="no status"),
        "excluded": Mark("#ECECEC", hatch="////", label="excluded"),
        "invited": Mark("#D3E8DF", label="invited"),
        "observer": Mark("#A8D1CB", label="observer"),
        "signatory": Mark("#5FA6AE", label="signatory"),
        "full": Mark("#2B6A84", label="full member"),
    }
)
"""Statuses of an alliance, which are also the rungs of the ladder, bottom up."""

CHANNELS: Mapping[str, Mark] = MappingProxyType(
    {
        "off": Mark(MUTED, dash="--", label="no membership effect (channels off)"),
        "low": Mark("#BFD7EA", dash=":", label="channels low"),
        "central": Mark("#0B4F8A", "o", label="channels central"),
        "high": Mark("#BFD7EA", dash=":", label="channels high"),
    }
)

LADDERS: Mapping[str, Mark] = MappingProxyType(
    {
        "A": Mark("#0B4F8A", "o", label="Ladder A: incumbents full members"),
        "B": Mark(
            "#D55E00", "s", "-.", label="Ladder B: recorded statuses", filled=False
        ),
    }
)

BENCHMARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "stock_of_binding_input": Mark(INK, "v", label="stock of binding input"),
        "more_capacity_outside_target": Mark(
            INK, "^", label="more capacity outside the target", filled=False
        ),
        "free_rerouting": Mark(INK, "*", label="free re-routing"),
    }
)
"""Plain benchmarks beside the ladder; pass other words for them as names."""

MEASURES: Mapping[str, Mark] = MappingProxyType(
    {
        "dd": Mark("#5C5C5C", "|", label="DD, direct"),
        "ltp": Mark("#E69F00", "^", label="LTP, some path runs through the target"),
        "ltd": Mark(
            "#56B4E9", "s", label="LTD, through every tier, no re-sourcing", filled=False
        ),
        "id": Mark("#8B1A4A", "o", label="ID, after the best re-sourcing (headline)"),
    }
)

STAGES: tuple[str, ...] = ("#FDD835", "#F07818", "#B0185C", "#3B1560", "#0D7A4F", "#111111")
"""Stages of a chain, first to last; lightness falls along the chain."""

RC: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",
        "font.size": 8.5,
        "axes.titlesize": 9,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 8.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.axisbelow": True,
        "axes.linewidth": 0.7,
        "text.color": INK,
        "text.parse_math": False,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "figure.titlesize": 11,
        "figure.titleweight": "bold",
        "figure.facecolor": "white",
        "hatch.linewidth": 0.5,
        "hatch.color": "#A0A0A0",
        "svg.fonttype": "path",
        "svg.hashsalt": "supplychain",
    }
)
"""What differs from matplotlib's own defaults, inside `applied` only."""


@contextmanager
def applied() -> Iterator[None]:
    """Draw in the style of the package, then restore what was set before.

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["svg.hashsalt"]
    >>> with applied():
    ...     inside = matplotlib.rcParams["svg.hashsalt"]
    >>> inside, matplotlib.rcParams["svg.hashsalt"] == before
    ('supplychain', True)
    """
    with matplotlib.style.context(dict(RC), after_reset=True):
        yield


def pick(table: Mapping[str, Mark], key: str) -> Mark:
    """Return the mark of a key, grey where the table has none.

    Parameters
    ----------
    table : mapping of str to Mark
    key : str

    Returns
    -------
    Mark

    Examples
    --------
    >>> pick(STATUSES, "withdrawn").label
    'withdrawn'
    """
    return table.get(key, Mark(MUTED, "x", label=key.replace("_", " ")))


def percent(share: float) -> str:
    """Write a share in per cent, one decimal, none where it is round.

    Parameters
    ----------
    share : float
        A share [1].

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.9724), percent(1.0)
    ('97.2 %', '100 %')
    """
    return f"{100 * share:.1f}".removesuffix(".0") + "\N{NO-BREAK SPACE}%"


def new_figure(width: float, height: float) -> Figure:
    """Return a figure that lays itself out and belongs to nobody else.

    Parameters
    ----------
    width, height : float
        Size [inch].

    Returns
    -------
    matplotlib.figure.Figure
    """
    return Figure(figsize=(width, height), layout="constrained")


@cache
def _ruler() -> RendererAgg:
    """Return a renderer that only measures; 144 dots an inch."""
    return RendererAgg(1, 1, 144)


def text_width(text: str, size: float) -> float:
    """Measure one line of text in the package's type.

    Parameters
    ----------
    text : str
    size : float
        Type size [pt].

    Returns
    -------
    float
        Width [inch].

    Examples
    --------
    >>> 0.1 < text_width("gallium", 8) < 0.6
    True
    """
    font = FontProperties(family="DejaVu Sans", size=size)
    return float(_ruler().get_text_width_height_descent(text, font, False)[0]) / 144


def wrap(text: str, *, width: float, size: float) -> str:
    """Break a text at spaces so that no line is wider than a width.

    Parameters
    ----------
    text : str
        Line breaks in it are kept.
    width : float
        Width of a line [inch].
    size : float
        Type size [pt].

    Returns
    -------
    str

    Examples
    --------
    >>> wrap("one two three", width=0.6, size=8).count(chr(10))
    1
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)


def add_caption(fig: Figure, text: str, *, size: float = 7.5) -> None:
    """Write a caption below the figure, which grows by as much as it needs.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Figure with the constrained layout; its content keeps its size.
    text : str
        What, where, when, unit, source, scenario. Nothing where empty.
    size : float
        Type size [pt].

    Examples
    --------
    >>> fig = new_figure(4, 3)
    >>> add_caption(fig, "Share of world output, 2024. " * 5)
    >>> float(fig.get_figheight()) > 3
    True
    """
    if not text:
        return
    edge = 0.12
    width, height = (float(v) for v in fig.get_size_inches())
    lines = wrap(text, width=width - 2 * edge, size=size)
    below = (lines.count("\n") + 1) * size * 1.32 / 72 + 1.5 * edge
    total = height + below
    fig.set_size_inches(width, total)
    fig.set_layout_engine("constrained", rect=(0, below / total, 1, height / total))
    fig.text(
        edge / width, (below - 0.3 * edge) / total, lines,
        size=size, color=INK, va="top", linespacing=1.3,
    )


def spread(
    wanted: Sequence[float] | Iterable[float], *, gap: float, low: float, high: float
) -> NDArray[np.float64]:
    """Move labels apart as little as possible.

    Parameters
    ----------
    wanted : sequence of float
        Where each label would sit best, in any order.
    gap : float
        Least distance between two neighbours.
    low, high : float
        Ends of the room there is; the gap gives way before the ends do.

    Returns
    -------
    numpy.ndarray
        Where each label sits: least squares, same order as given.

    Examples
    --------
    >>> spread([1.0, 1.0, 0.0], gap=0.5, low=0, high=1.5).tolist()
    [0.75, 1.25, 0.0]
    """
    places = np.asarray(list(wanted), dtype=float)
    if places.size == 0:
        return places
    gap = min(gap, (high - low) / max(places.size - 1, 1))
    order = np.argsort(places, kind="stable")
    steps = gap * np.arange(places.size)
    fitted = isotonic_regression(places[order] - steps).x
    result = np.empty_like(places)
    result[order] = np.clip(fitted, low, high - steps[-1]) + steps
    return result
