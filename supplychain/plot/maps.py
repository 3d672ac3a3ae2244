"""A world map of one chain: who makes each stage, and who is in the alliance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import patheffects
from matplotlib.collections import PatchCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch

from supplychain.plot import basemap, style
from supplychain.plot.basemap import BORDERS, EDGE
from supplychain.plot.packing import Box, Points, apart, cluster, place_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from shapely.geometry import Polygon

__all__ = ["chain_map", "producer_shares"]

LARGEST = 640_000.0
"""Radius of the circle of the whole world's output [m on the map]."""
WIDTH = 10.8
"""Width of the figure [inch]."""
KEYS = 7.8
"""Width of the words on the stages [inch]."""


@dataclass(frozen=True)
class _Pack:
    """Circles of one country.

    Attributes
    ----------
    country : str
    centres : numpy.ndarray
        Centre of each circle (n, 2) [m].
    radii : numpy.ndarray
        Radius of each circle [m].
    stages : tuple of int
        Stage of each circle.
    anchor : numpy.ndarray
        Label point of the country [m].
    """

    country: str
    centres: Points
    radii: Points
    stages: tuple[int, ...]
    anchor: Points

    @property
    def centre(self) -> Points:
        """Middle of all circles."""
        return np.average(self.centres, axis=0, weights=self.radii**2)

    @property
    def reach(self) -> float:
        """Radius of a disc around the middle that holds all circles."""
        away = np.hypot(*(self.centres - self.centre).T)
        return float((away + self.radii).max())

    @property
    def box(self) -> Box:
        """Box around all circles."""
        low = (self.centres - self.radii[:, None]).min(axis=0)
        high = (self.centres + self.radii[:, None]).max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def producer_shares(output: pd.Series, goods: Sequence[str]) -> pd.DataFrame:
    """Return each country's share of the world output of some goods.

    Parameters
    ----------
    output : pandas.Series
        Indexed by (good, country), as ``world.nodes["output"]``.
    goods : sequence of str

    Returns
    -------
    pandas.DataFrame
        Columns good, country, share [share of world output].

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_tuples(
    ...     [("ga", "CHN"), ("ga", "JPN")], names=["good", "country"])
    >>> producer_shares(pd.Series([3.0, 1.0], index=index), ["ga"]).share.tolist()
    [0.75, 0.25]
    """
    part = output[output.index.get_level_values("good").isin(list(goods))]
    shares = part / part.groupby(level="good").transform("sum")
    return shares.rename("share").reset_index()


def chain_map(
    geo: gpd.GeoDataFrame,
    nodes: pd.DataFrame,
    *,
    stages: Sequence[tuple[str, str]],
    statuses: pd.Series,
    points: pd.DataFrame,
    title: str,
    as_of: str,
    country: str = "",
    target: str = "",
    label_from: float = 0.01,
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw who makes each stage of a chain, over the alliance at a date.

    Land is tinted by status; a circle's area is a share of world output; circles
    of one country stand side by side near its label point.

    Parameters
    ----------
    geo : geopandas.GeoDataFrame
        Outlines: iso3, geometry in degrees.
    nodes : pandas.DataFrame
        Columns good, country, share [share of world output].
    stages : sequence of (str, str)
        Good and its words, first to last; at most six.
    statuses : pandas.Series
        Status by country (iso3) at the date.
    points : pandas.DataFrame
        Columns iso3, name, latitude, longitude; those without an outline
        in ``geo`` (aggregates) are written below the map with their shares.
    title : str
        The chain, the alliance.
    as_of : str
        The date of the statuses.
    country, target : str
        Country studied and dominant supplier: outlined, and named if they produce.
    label_from : float
        Countries with this share of any stage are named [1].
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.
    caption : str
        Written below a new figure, with a line on the borders.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more stages than colours.
    """
    if len(stages) > len(style.STAGES):
        message = f"{len(stages)} stages, {len(style.STAGES)} colours: split the chain"
        raise ValueError(message)
    known = points.set_index("iso3")
    placed = basemap.project(known[known.index.isin(geo.iso3) & known.latitude.notna()])
    words = [
        _stage_words(nodes[nodes.good == good], text, known["name"], set(placed.index))
        for good, text in stages
    ]
    heading = f"{title}; alliance status on {as_of}"
    with style.applied():
        globe = basemap.globe()
        if ax is None:
            ax = _page(globe, words, heading, f"{caption} {BORDERS}".strip())
        else:
            ax.set_title(heading)
        frame = basemap.sea(ax, globe)
        lines = {target: style.TARGET, country: style.COUNTRY}
        land = basemap.land(ax, geo, statuses, lines)
        basemap.specks(ax, land, statuses, placed)
        packs = _packs(nodes, stages, placed)
        taken = [*_circles(ax, packs), _scale(ax, frame)]
        named = _named(packs, nodes, label_from, {country, target})
        _labels(ax, named, known["name"], taken, frame)
        outlined = {
            f"{known['name'].get(iso3, iso3)}, {mark.label}": mark
            for iso3, mark in lines.items() if iso3
        }
        _keys(ax, words, set(statuses), outlined)
    return ax


def _page(globe: Polygon, words: list[str], title: str, caption: str) -> Axes:
    """Make a figure in which the map fills the width and the keys have room."""
    west, south, east, north = globe.bounds
    tall = (WIDTH - 2 * EDGE) * (north - south) / (east - west)
    keys = 0.08 + 0.165 * max(sum(text.count("\n") + 1 for text in words), 4)
    page = style.page(WIDTH, tall + keys, title=title, caption=caption)
    page.leave(left=EDGE, right=EDGE, above=0.05, below=keys - 0.05)
    return page.fig.add_subplot()


def _packs(
    nodes: pd.DataFrame, stages: Sequence[tuple[str, str]], placed: pd.DataFrame
) -> list[_Pack]:
    """Return the circles of every country that has a place, moved apart."""
    gap = LARGEST / 14
    order = {good: k for k, (good, _) in enumerate(stages)}
    part = nodes[nodes.good.isin(list(order)) & nodes.country.isin(placed.index)]
    part = part[part.share > 0]
    packs = []
    for iso3, rows in part.groupby("country"):
        ranks = sorted(zip(rows.good.map(order), rows.share, strict=True))
        radii = LARGEST * np.sqrt(np.array([share for _, share in ranks], dtype=float))
        anchor = placed.loc[iso3, ["x", "y"]].to_numpy(dtype=float)
        centres = cluster(list(radii), gap=gap / 3) + anchor
        order_of = tuple(k for k, _ in ranks)
        packs.append(_Pack(str(iso3), centres, radii, order_of, anchor))
    if not packs:
        return []
    old = np.array([pack.centre for pack in packs])
    new = apart(old, np.array([pack.reach for pack in packs]), gap=gap)
    return [
        _Pack(p.country, p.centres + shift, p.radii, p.stages, p.anchor)
        for p, shift in zip(packs, new - old, strict=True)
    ]


def _circles(ax: Axes, packs: list[_Pack]) -> list[Box]:
    """Draw all circles, a line home where they moved; return what they cover."""
    boxes: list[Box] = []
    for pack in packs:
        if np.hypot(*(pack.centre - pack.anchor)) > pack.reach + LARGEST / 10:
            ax.plot(*np.column_stack([pack.anchor, pack.centre]), lw=0.6,
                    color=style.INK, zorder=4)
            ax.plot(*pack.anchor, ".", ms=2.5, color=style.INK, zorder=4)
        for centre, radius, stage in zip(
            pack.centres, pack.radii, pack.stages, strict=True
        ):
            edge = {"edgecolor": "white", "lw": 0.6} if radius > 0.1 * LARGEST else {}
            ax.add_patch(Circle(centre, radius, facecolor=style.STAGES[stage], zorder=5,
                                **{"edgecolor": style.INK, "lw": 0.3, **edge}))
            x, y = centre
            boxes.append((x - radius, y - radius, x + radius, y + radius))
    return boxes


def _scale(ax: Axes, frame: Box) -> Box:
    """Draw the key of areas in the empty south-east Pacific; return its box."""
    x, y = frame[0] * 0.56, frame[1] * 0.93
    shares = (1.0, 0.5, 0.1)
    sizes = [LARGEST * np.sqrt(share) for share in shares]
    rings = [Circle((x, y + size), size) for size in sizes]
    ax.add_collection(PatchCollection(rings, facecolor="none", edgecolor=style.MUTED,
                                      lw=0.7, zorder=3))
    for share, size in zip(shares, sizes, strict=True):
        top = y + 2 * size
        ax.plot([x, x + LARGEST * 1.25], [top, top], lw=0.4, color=style.MUTED,
                zorder=3)
        ax.text(x + LARGEST * 1.35, top, style.percent(share), size=style.TINY,
                va="center", color=style.MUTED)
    ax.text(x, y + 2.5 * LARGEST, "share of world output", size=style.TINY,
            ha="center", color=style.MUTED)
    return (x - 1.6 * LARGEST, y, x + 2.6 * LARGEST, y + 3.0 * LARGEST)


def _named(
    packs: list[_Pack], nodes: pd.DataFrame, least: float, always: set[str]
) -> list[_Pack]:
    """Return the packs that get a name, largest first."""
    top = nodes.groupby("country").share.max()
    named = [p for p in packs if p.country in always or top[p.country] >= least]
    return sorted(named, key=lambda pack: -pack.reach)


def _labels(
    ax: Axes, packs: list[_Pack], names: pd.Series, taken: list[Box], frame: Box
) -> None:
    """Write the names where they cover neither circles nor one another."""
    inch = (frame[2] - frame[0]) / (WIDTH - 2 * EDGE)
    halo = [patheffects.withStroke(linewidth=1.8, foreground="white")]
    taken = list(taken)
    for pack in packs:
        text = str(names.get(pack.country, pack.country))
        size = style.SMALL
        wide = (style.text_width(text, size) + 0.08) * inch
        tall = size * 1.25 / 72 * inch
        box = place_box(pack.box, (wide, tall), taken=taken, frame=frame)
        taken.append(box)
        ax.text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text, size=size,
                ha="center", va="center", zorder=6, path_effects=halo)


def _keys(
    ax: Axes, words: list[str], statuses: set[str], outlined: dict[str, style.Mark]
) -> None:
    """Write below the map: the stages, and statuses with the two outlines."""
    rows = [
        Line2D([], [], ls="none", marker="o", ms=7, mec="white", mfc=colour, label=text)
        for text, colour in zip(words, style.STAGES, strict=False)
    ]
    first = ax.legend(handles=rows, loc="upper left", bbox_to_anchor=(0, 0), ncols=1,
                      borderaxespad=0.3, handletextpad=0.4, labelspacing=0.35)
    ax.add_artist(first)
    areas = [
        Patch(facecolor=mark.colour, edgecolor=style.LAND_EDGE, lw=0.4,
              label=mark.label, hatch=mark.hatch or None)
        for key, mark in style.STATUSES.items()
        if key in statuses or key == "none"
    ]
    areas += [
        Patch(facecolor="none", edgecolor=mark.colour, lw=1.3, label=label)
        for label, mark in outlined.items()
    ]
    ax.legend(handles=areas, loc="upper right", bbox_to_anchor=(1, 0), ncols=2,
              borderaxespad=0.3, columnspacing=1.2, handletextpad=0.5,
              labelspacing=0.35)


def _stage_words(
    rows: pd.DataFrame, words: str, names: pd.Series, placed: set[str]
) -> str:
    """Return the words of a stage: the three largest, and what has no place."""
    ranked = rows[rows.share > 0].sort_values("share", ascending=False, kind="stable")
    there = ranked.country.isin(placed)
    texts = [
        f"{names.get(iso3, iso3)} {style.percent(float(share))}"
        for iso3, share in zip(ranked.country, ranked.share, strict=True)
    ]
    top = [text for text, here in zip(texts, there, strict=True) if here][:3]
    away = [text for text, here in zip(texts, there, strict=True) if not here]
    text = f"{words}: {', '.join(top) or 'no country known'}"
    if away:
        text += f"; not on the map: {', '.join(away)}"
    return style.wrap(text, width=KEYS, size=style.SMALL)
