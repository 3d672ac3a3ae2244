"""The one style table: colours, marks and words of every figure, and the caption.

Colours are safe for colour-blind readers and differ in lightness, so that a
figure printed in grey still reads; marks differ in shape or dash as well. A
thing has the same colour in every figure.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = [
    "BENCHMARKS",
    "CHANNELS",
    "COUNTRY",
    "GRID",
    "HEAT",
    "INK",
    "LADDERS",
    "LAND_EDGE",
    "LIES_IN",
    "MEASURES",
    "MEMBERSHIPS",
    "MUTED",
    "PRINT",
    "RC",
    "SEA",
    "SMALL",
    "STAGES",
    "STATUSES",
    "TARGET",
    "TINY",
    "TITLE",
    "VERDICTS",
    "Mark",
    "Page",
    "applied",
    "dress",
    "page",
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

TITLE = 10.5
"""Size of the title of a figure [pt]."""

PRINT = 170 / 25.4
"""Width of a printed page between its margins [inch]."""

TARGET = Mark("#B2182B", "s", label="target")
"""The dominant supplier."""

COUNTRY = Mark("#E08214", "D", label="country studied")
"""The country whose membership moves."""

LIES_IN: Mapping[str, Mark] = MappingProxyType(
    {
        "alliance": Mark("#5AA3B0", "o", label="alliance"),
        "target": Mark("#B2182B", "s", label="target"),
        "country": Mark("#E08214", "D", hatch="....", label="country studied"),
        "other": Mark("#B9B2A0", "^", label="other countries"),
        "nobody": Mark("#F2F2F2", "v", hatch="xxxx", label="not told apart by sources"),
    }
)
"""Where a supplier lies, seen from the alliance under study."""

STATUSES: Mapping[str, Mark] = MappingProxyType(
    {
        "none": Mark("#ECECEC", label="no status"),
        "excluded": Mark("#ECECEC", hatch="////", label="excluded"),
        "invited": Mark("#DDEEE8", label="invited"),
        "observer": Mark("#B9DDD6", label="observer"),
        "signatory": Mark("#86C0C1", label="signatory"),
        "full": Mark("#3F8797", label="full member"),
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
        "ltp": Mark(
            "#E69F00", "^", label="LTP, look-through, this chain first in line"
        ),
        "ltd": Mark(
            "#56B4E9", "s", label="LTD, look-through, all users rationed alike",
            filled=False,
        ),
        "id": Mark("#8B1A4A", "o", label="ID, after the best re-sourcing (headline)"),
    }
)

STAGES: tuple[str, ...] = (
    "#FCE34D", "#F29727", "#E0527E", "#8E44AD", "#4A2378", "#111111",
)
"""Stages of a chain, first to last; lightness falls along the chain."""

MEMBERSHIPS: Mapping[str, Mark] = MappingProxyType(
    {
        "channels off": Mark(MUTED, dash="-", hatch="", label="no membership effect"),
        "full": Mark("#0B4F8A", dash="-", hatch="", label="as a full member"),
    }
)

VERDICTS: Mapping[str, Mark] = MappingProxyType(
    {
        "holds": Mark("#0B4F8A", "D", label="observed; the prediction holds"),
        "fails": Mark("#D55E00", "X", label="observed; the prediction fails"),
        "no prediction": Mark(MUTED, "D", label="observed; no prediction",
                              filled=False),
    }
)
"""Predicted against observed."""

HEAT: tuple[str, ...] = ("#FFFFFF", "#D9E7F2", "#7FB2D6", "#2A72AF", "#08305C")
"""Shares, from none to all; lightness falls."""

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
        "figure.facecolor": "white",
        "hatch.linewidth": 0.5,
        "hatch.color": "#A0A0A0",
        "pdf.fonttype": 42,
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
    """Write a share in per cent, one decimal; none if round, more if tiny.

    Parameters
    ----------
    share : float
        A share [1].

    Returns
    -------
    str

    Examples
    --------
    >>> [percent(share).split()[0] for share in (0.9724, 1.0, 0.00035)]
    ['97.2', '100', '0.035']
    """
    number = 100 * share
    tiny = 1e-9 < abs(number) < 0.095
    text = f"{number:.2g}" if tiny else f"{number:.1f}".removesuffix(".0")
    return f"{text}\N{NO-BREAK SPACE}%"


@dataclass(frozen=True)
class Page:
    """A figure with its title on top and its caption below.

    Attributes
    ----------
    fig : matplotlib.figure.Figure
    top, bottom : float
        What title and caption take of it [inch].
    """

    fig: Figure
    top: float
    bottom: float

    def leave(self, *, left: float, right: float, above: float, below: float) -> None:
        """Set the room around the axes, title and caption apart [inch]."""
        width, height = self.fig.get_size_inches()
        self.fig.subplots_adjust(
            left=left / width,
            right=1 - right / width,
            bottom=(self.bottom + below) / height,
            top=1 - (self.top + above) / height,
        )


def page(width: float, height: float, *, title: str = "", caption: str = "") -> Page:
    """Make a figure; title and caption are wrapped and add to its height.

    Parameters
    ----------
    width, height : float
        Size without title and caption [inch].
    title : str
    caption : str
        What, where, when, unit, source, scenario.

    Returns
    -------
    Page

    Examples
    --------
    >>> made = page(4, 3, caption="Share of world output, 2024. " * 5)
    >>> float(made.fig.get_figheight()) > 3
    True
    """
    edge = 0.12
    inner = width - 2 * edge
    # Bold letters are set to whole dots: up to 4 % wider at some resolutions.
    head = wrap(title, width=inner / 1.04, size=TITLE, weight="bold") if title else ""
    foot = wrap(caption, width=inner, size=SMALL) if caption else ""
    top = edge + (head.count("\n") + 1) * TITLE * 1.3 / 72 if head else 0.0
    bottom = 2 * edge + (foot.count("\n") + 1) * SMALL * 1.4 / 72 if foot else 0.0
    total = height + top + bottom
    fig = Figure(figsize=(width, total))
    fig.text(edge / width, 1 - edge / total, head, size=TITLE, weight="bold", va="top",
             linespacing=1.2)
    fig.text(edge / width, edge / total, foot, size=SMALL, va="bottom", linespacing=1.3)
    return Page(fig, top, bottom)


def dress(ax: Axes) -> None:
    """Give axes from elsewhere the ticks and spines of the package.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    """
    ax.tick_params(labelsize=SMALL, color=MUTED, labelcolor=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)


@cache
def _ruler() -> RendererAgg:
    """Return a renderer that only measures; 144 dots an inch."""
    return RendererAgg(1, 1, 144)


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Measure one line of text in the package's type.

    Parameters
    ----------
    text : str
    size : float
        Type size [pt].
    weight : str
        ``normal`` or ``bold``, which is wider.

    Returns
    -------
    float
        Width [inch].

    Examples
    --------
    >>> 0.1 < text_width("gallium", 8) < 0.6
    True
    """
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(_ruler().get_text_width_height_descent(text, font, False)[0]) / 144


def wrap(text: str, *, width: float, size: float, weight: str = "normal") -> str:
    """Break a text at spaces so that no line is wider than a width.

    Parameters
    ----------
    text : str
        Line breaks in it are kept.
    width : float
        Width of a line [inch].
    size : float
        Type size [pt].
    weight : str
        ``normal`` or ``bold``.

    Returns
    -------
    str

    Examples
    --------
    >>> wrap("one two three", width=0.6, size=8).count(chr(10))
    1
    """
    space = text_width("n n", size, weight) - 2 * text_width("n", size, weight)
    lines: list[str] = []
    for paragraph in text.splitlines():
        line: list[str] = []
        used = 0.0
        for word in paragraph.split(" "):
            more = text_width(word, size, weight)
            if line and used + space + more > width:
                lines.append(" ".join(line))
                line, used = [], -space
            elif not line:
                used = -space
            line.append(word)
            used += space + more
        lines.append(" ".join(line))
    return "\n".join(lines)


def spread(
    wanted: Sequence[float], *, heights: Sequence[float], low: float, high: float
) -> NDArray[np.float64]:
    """Move labels apart as little as possible.

    Parameters
    ----------
    wanted : sequence of float
        Where the middle of each label would sit best, in any order.
    heights : sequence of float
        Height of each label.
    low, high : float
        Ends of the room there is; labels shrink together where it is too small.

    Returns
    -------
    numpy.ndarray
        Where each label sits: least squares, same order as given.

    Examples
    --------
    >>> spread([1.0, 1.0, 0.0], heights=[0.5, 0.5, 0.5], low=-1, high=2).tolist()
    [0.75, 1.25, 0.0]
    """
    places = np.asarray(wanted, dtype=float)
    if places.size == 0:
        return places
    order = np.argsort(places, kind="stable")
    tall = np.asarray(heights, dtype=float)[order]
    tall *= min(1.0, (high - low) / tall.sum())
    steps = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    fitted = isotonic_regression(places[order] - steps).x
    ends = low + tall[0] / 2, high - tall[-1] / 2 - steps[-1]
    result = np.empty_like(places)
    result[order] = np.clip(fitted, *ends) + steps
    return result
