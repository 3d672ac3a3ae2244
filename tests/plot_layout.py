"""What a figure must not do: write over itself, or off its page."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from supplychain.plot.style import applied

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

DPI = 100
SLACK = 1.5
"""Dots that two texts may share: letters do not fill their boxes."""


def texts(fig: Figure) -> list[tuple[Text, Bbox]]:
    """Return every text that is seen, with its box in dots."""
    fig.set_dpi(DPI)
    canvas = FigureCanvasAgg(fig)
    with applied():
        canvas.draw()
    renderer = canvas.get_renderer()
    unseen = _unseen(fig)
    found = [
        (text, text.get_window_extent(renderer)) for text in fig.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in unseen
    ]
    return [(text, box) for text, box in found if box.width > 0]


def _unseen(fig: Figure) -> set[int]:
    """Return labels of ticks that are not drawn: beyond the ends, or axes off."""
    unseen: set[int] = set()
    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                inside = low - slack <= tick.get_loc() <= high + slack
                if not (axes.axison and axis.get_visible() and inside):
                    unseen |= {id(tick.label1), id(tick.label2)}
            if not axes.axison:
                unseen |= {id(axis.label), id(axis.offsetText)}
    return unseen


def faults(fig: Figure) -> list[str]:
    """Return the pairs of texts that cover each other, and those off the page."""
    found, shown = [], texts(fig)
    for (a, one), (b, other) in combinations(shown, 2):
        wide = min(one.x1, other.x1) - max(one.x0, other.x0)
        tall = min(one.y1, other.y1) - max(one.y0, other.y0)
        # Boxes of slanted texts overlap where the texts do not.
        slanted = a.get_rotation() % 90 and a.get_rotation() == b.get_rotation()
        if wide > SLACK and tall > SLACK and not slanted:
            found.append(f"{a.get_text()!r} covers {b.get_text()!r}")
    wide, tall = fig.get_size_inches() * DPI
    found += [
        f"{text.get_text()!r} leaves the page" for text, box in shown
        if box.x0 < 0 or box.y0 < 0 or box.x1 > wide or box.y1 > tall
    ]
    return found
