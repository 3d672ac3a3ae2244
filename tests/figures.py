"""Looking at a figure as a reader would: is each word whole and by itself?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from shapely import box
from shapely.affinity import rotate

from supplychain.plot import style

ROOM = 1.0
"""Overlap that nobody sees [px at 200 dpi]."""


def written(fig):
    """Draw a figure at print resolution; return its texts with their outlines [px]."""
    fig.set_dpi(200)
    canvas = FigureCanvasAgg(fig)
    with style.applied():
        canvas.draw()
        renderer = canvas.get_renderer()
        unseen = set(_beyond(fig))
        return [
            (text.get_text(), _outline(text, renderer))
            for text in fig.findobj(Text)
            if text not in unseen and text.get_visible() and text.get_text().strip()
            and (text.axes is None or text.axes.get_visible())
            and text.get_window_extent(renderer).width > 0
        ]


def _beyond(fig):
    """Yield labels of ticks beyond the ends of an axis, which are not drawn."""
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            room = 1e-9 * max(abs(low), abs(high))
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not ax.axison or not low - room <= tick.get_loc() <= high + room:
                    yield from (tick.label1, tick.label2)


def _outline(text, renderer):
    """Return the box of a text, turned with it where it stands aslant."""
    angle = text.get_rotation()
    if angle % 90 == 0:
        return box(*text.get_window_extent(renderer).extents)
    assert text.get_rotation_mode() == "anchor"
    text.set_rotation(0)
    level = box(*text.get_window_extent(renderer).extents)
    text.set_rotation(angle)
    foot = text.get_transform().transform(text.get_unitless_position())
    return rotate(level, angle, origin=tuple(foot))


def faults(fig):
    """Return the pairs of texts that lie on each other, and the texts cut off."""
    boxes = written(fig)
    page = box(*fig.bbox.extents).buffer(ROOM)
    found = [
        f"{one!r} covers {two!r}" for (one, a), (two, b) in combinations(boxes, 2)
        if a.buffer(-ROOM / 2).intersects(b.buffer(-ROOM / 2))
    ]
    return found + [
        f"{text!r} leaves the page" for text, outline in boxes
        if not page.contains(outline)
    ]


def assert_legible(fig):
    """Assert that there is text, that none is cut off and none lies on another."""
    assert written(fig)
    found = faults(fig)
    assert not found, "; ".join(found)


def colours(fig):
    """Return every colour of lines, areas and bars of a figure, as hex."""
    found = set()
    for line in fig.findobj(Line2D):
        found.add(to_hex(line.get_color()))
    for patch in fig.findobj(Patch):
        if patch.get_fill() and patch.get_facecolor()[3] > 0:
            found.add(to_hex(patch.get_facecolor()))
    for group in fig.findobj(Collection):
        for rgba in np.atleast_2d(group.get_facecolor()):
            if len(rgba) == 4 and rgba[3] > 0:
                found.add(to_hex(rgba))
    return {colour.upper() for colour in found}
