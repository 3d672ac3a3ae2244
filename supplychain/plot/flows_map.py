"""Maps of one chain's main flows as arcs, and of one country's projects."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from supplychain.plot import basemap, style
from supplychain.plot.basemap import BORDERS, EDGE
from supplychain.plot.packing import Box, apart, place_box

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from matplotlib.axes import Axes

__all__ = ["PROJECTS", "flows_map", "projects_map"]

WIDTH = 9.6
"""Width of the map of flows [inch]."""
WIDEST = 24.0
"""Width of an arc that carries the whole world's output [pt]."""
BEND = 0.22
"""How far an arc bends, of the distance between its ends."""
LIST = 3.6
"""Width of the list of projects [inch]."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})

PROJECTS: Mapping[str, style.Mark] = MappingProxyType(
    {
        "operating": style.Mark("#111111", "o", label="operating"),
        "under_construction": style.Mark("#E08214", "D", label="under construction"),
        "announced": style.Mark("#FFFFFF", "o", label="announced", filled=False),
        "suspended": style.Mark(style.MUTED, "s", label="suspended"),
    }
)
"""Projects by how far they are."""


def flows_map(
    geo: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    *,
    points: pd.DataFrame,
    projects: pd.DataFrame | None = None,
    names: Mapping[str, str] = NO_NAMES,
    country: str = "",
    target: str = "",
    limit: int = 25,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw the main flows of a good between countries as arcs.

    An arc's width is a share of the world's output of its good, its colour where the
    exporter lies; it bends to the right of its way and ends in an arrow.

    Parameters
    ----------
    geo : geopandas.GeoDataFrame
        Outlines: iso3, geometry in degrees.
    flows : pandas.DataFrame
        exporter, importer, share [share of world output], lies_in (a key of
        ``style.LIES_IN``), largest first. Flows from or to what has no place on
        the map are written below it.
    points : pandas.DataFrame
        Columns iso3, name, latitude, longitude.
    projects : pandas.DataFrame, optional
        latitude, longitude, status: the country's projects in the good.
    names : mapping of str to str
        The keys of ``style.LIES_IN`` in other words.
    country, target : str
        Outlined.
    limit : int
        Most arcs.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.
    caption : str
        Written below a new figure, with a line on the borders.

    Returns
    -------
    matplotlib.axes.Axes
    """
    known = points.set_index("iso3")
    placed = basemap.project(known[known.index.isin(geo.iso3) & known.latitude.notna()])
    there = flows.exporter.isin(placed.index) & flows.importer.isin(placed.index)
    arcs, away = flows[there].head(limit), flows[~there]
    note = _away(away, known["name"], len(flows[there]) - len(arcs))
    with style.applied():
        globe = basemap.globe()
        west, south, east, north = globe.bounds
        if ax is None:
            tall = (WIDTH - 2 * EDGE) * (north - south) / (east - west)
            full = " ".join(part for part in (caption, note, BORDERS) if part)
            page = style.page(WIDTH, tall + 0.48, title=title, caption=full)
            page.leave(left=EDGE, right=EDGE, above=0.05, below=0.42)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(title)
        frame = basemap.sea(ax, globe)
        lines = {target: style.TARGET, country: style.COUNTRY}
        # Plain land: what is tinted by status is the map of the chain.
        plain = pd.Series(dtype=object)
        drawn = basemap.land(ax, geo, plain, lines)
        basemap.specks(ax, drawn, plain, placed)
        taken = _arcs(ax, arcs, placed)
        if projects is not None and len(projects):
            spots = _points(ax, projects, size=3.2)
            taken += [(x - 9e4, y - 9e4, x + 9e4, y + 9e4) for x, y in
                      spots.to_numpy()]
        _labels(ax, arcs, placed, known["name"], taken, frame)
        _key(ax, arcs, projects, names)
    return ax


def _arcs(ax: Axes, arcs: pd.DataFrame, placed: pd.DataFrame) -> list[Box]:
    """Draw the arcs, widest first; return boxes of what they cover."""
    taken: list[Box] = []
    for r in arcs.itertuples():
        a = placed.loc[str(r.exporter)].to_numpy(dtype=float)
        b = placed.loc[str(r.importer)].to_numpy(dtype=float)
        wide = max(0.5, WIDEST * float(str(r.share)))
        colour = style.LIES_IN[str(r.lies_in)].colour
        ax.add_patch(FancyArrowPatch(
            tuple(a), tuple(b), connectionstyle=f"arc3,rad={BEND}", lw=wide,
            arrowstyle=f"-|>,head_length={2.2 + wide / 2:.3g},"
            f"head_width={1.2 + wide / 2.5:.3g}",
            color=colour, alpha=0.8, zorder=4, shrinkA=2, shrinkB=2, mutation_scale=1,
            joinstyle="miter", capstyle="butt",
        ))
        bend = (a + b) / 2 + BEND * np.array([(b - a)[1], -(b - a)[0]])
        for t in np.linspace(0.05, 0.95, 19):
            x, y = (1 - t) ** 2 * a + 2 * t * (1 - t) * bend + t**2 * b
            taken.append((x - 6e4, y - 6e4, x + 6e4, y + 6e4))
    return taken


def _points(ax: Axes, projects: pd.DataFrame, *, size: float) -> pd.DataFrame:
    """Draw projects where they stand; return their places on the map."""
    where = basemap.project(projects)
    for key, mark in PROJECTS.items():
        x, y = where[(projects.status == key).to_numpy()].to_numpy().T
        ax.plot(x, y, ls="none", marker=mark.marker, ms=size, mew=0.7, zorder=7,
                mfc=mark.colour, mec=style.INK)
    return where


def _labels(
    ax: Axes, arcs: pd.DataFrame, placed: pd.DataFrame, names: pd.Series,
    taken: list[Box], frame: Box,
) -> None:
    """Name the ends of the arcs where the name covers least."""
    inch = (frame[2] - frame[0]) / (WIDTH - 2 * EDGE)
    halo = [patheffects.withStroke(linewidth=1.8, foreground="white")]
    ends = pd.concat([arcs.exporter, arcs.importer])
    for iso3 in ends.drop_duplicates():
        x, y = placed.loc[iso3]
        text, size = str(names.get(iso3, iso3)), style.TINY
        wide = (style.text_width(text, size) + 0.06) * inch
        tall = size * 1.2 / 72 * inch
        spot = (x - 1e5, y - 1e5, x + 1e5, y + 1e5)
        box = place_box(spot, (wide, tall), taken=taken, frame=frame)
        # A name on a name is worse than a name on an arc.
        taken += [box] * 3
        ax.text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text, size=size,
                ha="center", va="center", zorder=8, path_effects=halo)


def _away(away: pd.DataFrame, names: pd.Series, small: int) -> str:
    """Say which flows have no place on the map, and how many are too small."""
    parts = [
        f"{names.get(r.exporter, r.exporter)} to {names.get(r.importer, r.importer)} "
        f"{style.percent(float(str(r.share)))}" for r in away.head(5).itertuples()
    ]
    rest = len(away) - len(parts)
    text = ""
    if parts:
        more = f" and {rest} smaller" if rest else ""
        text = f"Not on the map, as no country: {', '.join(parts)}{more}."
    return f"{text} {small} smaller arcs left out.".strip() if small else text


def _key(
    ax: Axes, arcs: pd.DataFrame, projects: pd.DataFrame | None,
    names: Mapping[str, str],
) -> None:
    """Write below the map what colours and widths mean."""
    handles: list[Line2D] = [
        Line2D([], [], color=mark.colour, lw=3,
               label=f"from {names.get(key, mark.label)}")
        for key, mark in style.LIES_IN.items() if (arcs.lies_in == key).any()
    ]
    handles += [
        Line2D([], [], color=style.MUTED, lw=WIDEST * share,
               label=f"{style.percent(share)} of world output")
        for share in (0.02, 0.1)
    ]
    if projects is not None:
        handles += [
            Line2D([], [], ls="none", marker=mark.marker, ms=4, mew=0.7,
                   mec=style.INK, mfc=mark.colour, label=f"project, {mark.label}")
            for key, mark in PROJECTS.items() if (projects.status == key).any()
        ]
    rows = 2
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, 0),
              ncols=-(-len(handles) // rows), borderaxespad=0.2, columnspacing=1.4,
              handletextpad=0.5, labelspacing=0.35)


def projects_map(
    geo: gpd.GeoDataFrame,
    projects: pd.DataFrame,
    *,
    country: str,
    names: Mapping[str, str] = NO_NAMES,
    title: str = "",
    caption: str = "",
) -> Axes:
    """Draw a country's projects where they stand, numbered, with a list beside.

    Parameters
    ----------
    geo : geopandas.GeoDataFrame
        Outlines: iso3, geometry in degrees.
    projects : pandas.DataFrame
        name, good, status, start, capacity, unit, latitude, longitude; those without
        a place are listed only.
    country : str
        iso3.
    names : mapping of str to str
        Goods in words.
    title : str
    caption : str
        Written below, with a line on the borders.

    Returns
    -------
    matplotlib.axes.Axes
    """
    listed = projects.reset_index(drop=True)
    texts = [_entry(n, r, names) for n, r in enumerate(listed.itertuples(), start=1)]
    lines = [style.wrap(text, width=LIST - 0.2, size=style.TINY) for text in texts]
    line = style.TINY * 1.18 / 72
    tall = max(3.4, line * sum(text.count("\n") + 1 for text in lines) + 0.15)
    with style.applied():
        page = style.page(6.7, tall, title=title, caption=f"{caption} {BORDERS}")
        page.leave(left=EDGE, right=LIST + 0.25, above=0.05, below=0.1)
        ax = page.fig.add_subplot()
        ax.set_axis_off()
        ax.set_aspect("equal", anchor="NW")
        shape = geo[geo.iso3 == country].to_crs(basemap.PROJECTION).total_bounds
        pad = 0.04 * max(shape[2] - shape[0], shape[3] - shape[1])
        ax.set_xlim(shape[0] - pad, shape[2] + pad)
        ax.set_ylim(shape[1] - pad, shape[3] + pad)
        near = geo.cx[_degrees(geo, country, 0), _degrees(geo, country, 1)]
        basemap.land(ax, near, pd.Series(dtype=object), {country: style.COUNTRY},
                     detail=2_000)
        _numbers(ax, listed, (shape[2] - shape[0]) / (6.7 - LIST - 0.5))
        x = 1 - (LIST + 0.1) / 6.7
        top = 1 - (page.top + 0.05) / float(page.fig.get_figheight())
        page.fig.text(x, top, "\n".join(lines), size=style.TINY, va="top",
                      linespacing=1.2)
        handles = [
            Line2D([], [], ls="none", marker=mark.marker, ms=5, mew=0.7,
                   mec=style.INK, mfc=mark.colour, label=mark.label)
            for key, mark in PROJECTS.items() if (listed.status == key).any()
        ]
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.01),
                  ncols=1, borderaxespad=0)
    return ax


def _degrees(geo: gpd.GeoDataFrame, country: str, axis: int) -> slice:
    """Return what of the globe surrounds a country along an axis [degrees]."""
    box = geo[geo.iso3 == country].total_bounds
    return slice(float(box[axis]) - 8, float(box[axis + 2]) + 8)


def _entry(number: int, row: object, names: Mapping[str, str]) -> str:
    """Return a line of the list: number, name, good, capacity, start."""
    good = names.get(str(row.good), str(row.good))  # type: ignore[attr-defined]
    parts = [good]
    capacity, start = row.capacity, row.start  # type: ignore[attr-defined]
    if not pd.isna(capacity):
        parts.append(f"{capacity:,.10g} {row.unit}")  # type: ignore[attr-defined]
    if not pd.isna(start):
        parts.append(f"from {start:.0f}")
    place = "" if not pd.isna(row.latitude) else ", place unknown"  # type: ignore[attr-defined]
    name = row.name  # type: ignore[attr-defined]
    return f"{number}  {name}{place}: {', '.join(parts)}"


def _numbers(ax: Axes, listed: pd.DataFrame, inch: float) -> None:
    """Draw the projects with their numbers, moved apart where they share a place."""
    placed = listed[listed.latitude.notna()]
    where = basemap.project(placed).to_numpy()
    radius = 0.092 * inch
    spots = apart(where, np.full(len(where), radius), gap=0.2 * radius)
    for number, old, new, status in zip(placed.index + 1, where, spots, placed.status,
                                        strict=True):
        mark = style.pick(PROJECTS, str(status))
        if np.hypot(*(new - old)) > radius:
            ax.plot(*np.column_stack([old, new]), color=style.INK, lw=0.5, zorder=4)
            ax.plot(*old, ".", ms=2.5, color=style.INK, zorder=4)
        dark = mark.colour == "#111111"
        ax.plot(*new, marker=mark.marker, ms=10.5, mew=0.7, mec=style.INK,
                mfc=mark.colour, zorder=5)
        ax.text(new[0], new[1], str(number), size=style.TINY - 1, ha="center",
                va="center", color="white" if dark else style.INK, zorder=6)
