"""The layered network of one product: tiers left to right, who feeds whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import patheffects
from matplotlib.patches import FancyBboxPatch, Patch, PathPatch, Rectangle
from matplotlib.path import Path

from supplychain.plot import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["network"]

NO_NAMES: Mapping[str, str] = MappingProxyType({})
WIDTH, EDGE = 6.7, 0.12
"""Width of the figure and its edge [inch]."""
BLOCK = 0.075
"""Width of a bar [inch]."""
HEAD = 0.3
"""Room above a bar for the name of its good [inch]."""
LINE = style.TINY * 1.16 / 72
"""Height of a line of a label [inch]."""
LABEL_FROM = 0.03
"""Suppliers with less of the world's output are not named [1]."""


@dataclass(frozen=True)
class _Segment:
    """One supplier's part of a bar: left end, bottom, height [inch]."""

    x: float
    bottom: float
    height: float


def network(
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    *,
    names: Mapping[str, str] = NO_NAMES,
    height: float | None = None,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw who makes each good of a chain, and for whom.

    A bar is a good, its parts are suppliers by share of the world's output. A band is
    what a maker uses of a supplier's good: it leaves as wide as its share of the
    world's output, and arrives in the lane of that input (all lanes as wide) as wide
    as its share of what the maker uses of it.

    Parameters
    ----------
    nodes : pandas.DataFrame
        good, place, tier (0, 1, ... left to right), share [share of world output],
        lies_in (a key of ``style.LIES_IN``), chokepoint (bool), in drawing order.
        Place ``others`` folds the small ones.
    links : pandas.DataFrame
        good, place, to_good, to_place, share [share of world output of good].
    names : mapping of str to str
        Goods and places in words; the keys of ``style.LIES_IN`` too.
    height : float, optional
        Of the axes [inch]; by the fullest tier where not given.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.
    caption : str
        Written below a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        In inches: 1 is an inch of the figure drawn for.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame([
    ...     dict(good="ore", place="AUS", tier=0, share=1., lies_in="alliance",
    ...          chokepoint=True),
    ...     dict(good="metal", place="CHN", tier=1, share=1., lies_in="target",
    ...          chokepoint=True)])
    >>> links = pd.DataFrame([dict(good="ore", place="AUS", to_good="metal",
    ...     to_place="CHN", share=1.)])
    >>> ax = network(nodes, links, names={"AUS": "Australia", "CHN": "China"})
    >>> [text.get_text().split()[0] for text in ax.texts]
    ['Ore', 'Australia', 'Metal', 'China']
    """
    fullest = int(nodes.groupby("tier").good.nunique().max())
    tall = height or min(8.2, max(3.0, 1.25 * fullest))
    with style.applied():
        if ax is None:
            page = style.page(WIDTH, tall + 0.32, title=title, caption=caption)
            page.leave(left=EDGE, right=EDGE, above=0.3, below=0.02)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(style.wrap(title, width=5, size=9), pad=20)
        wide = WIDTH - 2 * EDGE
        ax.set_xlim(0, wide)
        ax.set_ylim(0, tall)
        ax.set_axis_off()
        segments = _segments(nodes, wide, tall)
        _bands(ax, nodes, links, segments)
        _bars(ax, nodes, segments)
        _words(ax, nodes, names, segments, wide)
        _key(ax, nodes, names)
    return ax


def _segments(
    nodes: pd.DataFrame, wide: float, tall: float
) -> dict[tuple[str, str], _Segment]:
    """Return where each supplier's part of a bar stands."""
    tiers = int(nodes.tier.max()) + 1
    step = wide / tiers
    fullest = int(nodes.groupby("tier").good.nunique().max())
    unit = tall / fullest - HEAD - 0.08
    segments = {}
    for tier, part in nodes.groupby("tier"):
        goods = list(dict.fromkeys(part.good))
        room = tall / len(goods)
        size = min(unit * 1.35, room - HEAD - 0.08)
        for order, good in enumerate(goods):
            # Each good stands in the middle of an equal share of the height.
            top = tall - order * room - HEAD - (room - HEAD - size) / 2
            for place, share in zip(
                part.place[part.good == good], part.share[part.good == good],
                strict=True,
            ):
                height = size * float(share)
                top -= height
                segments[good, str(place)] = _Segment(
                    0.05 + float(str(tier)) * step, top, height)
    return segments


def _bands(
    ax: Axes, nodes: pd.DataFrame, links: pd.DataFrame,
    segments: Mapping[tuple[str, str], _Segment],
) -> None:
    """Draw the bands, widest below; each leaves and enters in order of height."""
    lies = {(g, p): w for g, p, w in zip(nodes.good, nodes.place, nodes.lies_in,
                                          strict=True)}
    made = nodes.set_index(["good", "place"]).share
    known = links[[key in segments and to in segments for key, to in zip(
        zip(links.good, links.place, strict=True),
        zip(links.to_good, links.to_place, strict=True), strict=True)]]
    rows = sorted(
        known.itertuples(),
        key=lambda r: (-segments[r.good, r.place].bottom,
                       -segments[r.to_good, r.to_place].bottom),
    )
    out = {key: one.bottom + one.height for key, one in segments.items()}
    into: dict[tuple[str, tuple[str, str]], float] = {}
    fed = known.groupby(["to_good", "to_place", "good"]).share.sum()
    # A maker's part has a lane for each input, in the order of their bars.
    heights = {g: max(s.bottom for (h, _), s in segments.items() if h == g)
               for g in set(known.good)}
    order = {key: sorted(set(part.good), key=lambda g: -heights[g])
             for key, part in known.groupby(["to_good", "to_place"])}
    for r in rows:
        start, end = (r.good, r.place), (r.to_good, r.to_place)
        a, b = segments[start], segments[end]
        share = float(r.share)
        thick_a = a.height * share / float(made[start])
        lane = b.height / len(order[end])
        thick_b = lane * share / float(fed[r.to_good, r.to_place, r.good])
        y_a = out[start]
        top = b.bottom + b.height - lane * order[end].index(r.good)
        y_b = into.get((r.good, end), top)
        out[start], into[r.good, end] = y_a - thick_a, y_b - thick_b
        if max(thick_a, thick_b) > 0.004:
            ax.add_patch(_band(a.x + BLOCK, y_a, thick_a, b.x, y_b, thick_b,
                               style.LIES_IN[lies[start]].colour))


def _band(
    x0: float, y0: float, t0: float, x1: float, y1: float, t1: float, colour: str
) -> PathPatch:
    """Return a band that leaves and arrives level."""
    bend = (x0 + x1) / 2
    points = [
        (x0, y0), (bend, y0), (bend, y1), (x1, y1), (x1, y1 - t1), (bend, y1 - t1),
        (bend, y0 - t0), (x0, y0 - t0), (x0, y0),
    ]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3,
             Path.CLOSEPOLY]
    return PathPatch(Path(points, codes), facecolor=colour, alpha=0.45, lw=0, zorder=1)


def _bars(
    ax: Axes, nodes: pd.DataFrame, segments: Mapping[tuple[str, str], _Segment]
) -> None:
    """Draw the bars; a chokepoint is ringed."""
    for row in nodes.itertuples():
        one = segments[str(row.good), str(row.place)]
        mark = style.LIES_IN[str(row.lies_in)]
        ax.add_patch(Rectangle(
            (one.x, one.bottom), BLOCK, one.height, facecolor=mark.colour, lw=0.4,
            edgecolor="white", hatch=mark.hatch or None, zorder=3))
        if row.chokepoint:
            ax.add_patch(FancyBboxPatch(
                (one.x, one.bottom), BLOCK, one.height, facecolor="none", zorder=5,
                boxstyle="round,pad=0.025,rounding_size=0.05", edgecolor=style.INK,
                lw=1.1, mutation_aspect=1))


def _words(
    ax: Axes,
    nodes: pd.DataFrame,
    names: Mapping[str, str],
    segments: Mapping[tuple[str, str], _Segment],
    wide: float,
) -> None:
    """Name each good above its bar and its suppliers beside it."""
    step = wide / (int(nodes.tier.max()) + 1)
    for good, part in nodes.groupby("good", sort=False):
        bars = [segments[str(good), str(p)] for p in part.place]
        top = max(one.bottom + one.height for one in bars)
        low = min(one.bottom for one in bars)
        word = names.get(str(good), str(good).replace("_", " "))
        text = style.wrap(word[:1].upper() + word[1:], width=(step - 0.1) / 1.13,
                          size=style.TINY)
        ax.text(bars[0].x, top + 0.05, text, size=style.TINY, weight="bold",
                va="bottom", linespacing=1.0, zorder=6, path_effects=_halo())
        _suppliers(ax, part, bars, names, step, (low, top))


def _suppliers(
    ax: Axes, part: pd.DataFrame, bars: list[_Segment], names: Mapping[str, str],
    step: float, ends: tuple[float, float],
) -> None:
    """Write suppliers right of a bar, as far apart as they need."""
    named = [(row, one) for row, one in zip(part.itertuples(), bars, strict=True)
             if row.share >= LABEL_FROM]
    texts = [
        style.wrap(f"{names.get(str(r.place), str(r.place))} "
                   f"{100 * r.share:.0f}\N{NO-BREAK SPACE}%",
                   width=min(step - BLOCK - 0.15, 1.0), size=style.TINY)
        for r, _ in named
    ]
    heights = [LINE * (text.count("\n") + 1) for text in texts]
    room = max(0.0, sum(heights) - (ends[1] - ends[0]))
    places = style.spread(
        [one.bottom + one.height / 2 for _, one in named], heights=heights,
        low=ends[0] - room, high=ends[1])
    for (_, one), text, place in zip(named, texts, np.asarray(places), strict=True):
        ax.text(one.x + BLOCK + 0.05, place, text, size=style.TINY, va="center",
                linespacing=1.0, zorder=6, path_effects=_halo())


def _halo() -> list[patheffects.withStroke]:
    """Return a light edge that keeps letters readable over bands."""
    return [patheffects.withStroke(linewidth=1.2, foreground="white", alpha=0.7)]


def _key(ax: Axes, nodes: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Write the key above the axes."""
    handles = [
        Patch(facecolor=mark.colour, hatch=mark.hatch or None, edgecolor=style.MUTED,
              lw=0.3, label=names.get(key, mark.label))
        for key, mark in style.LIES_IN.items() if (nodes.lies_in == key).any()
    ]
    if nodes.chokepoint.any():
        handles.append(Patch(facecolor="none", edgecolor=style.INK, lw=1.1,
                             label="chokepoint"))
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=6,
              borderaxespad=0.1, columnspacing=1.0, handletextpad=0.4,
              handlelength=1.2)
