"""The ground every map stands on: equal-earth land and sea, tinted by status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from shapely.geometry import MultiPolygon, Polygon

from supplychain.plot import style
from supplychain.plot.packing import Box, apart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from matplotlib.axes import Axes

__all__ = [
    "BORDERS", "EDGE", "PROJECTION", "globe", "land", "outline", "project",
    "read_land", "sea", "specks",
]

BORDERS = "Borders as published by Natural Earth."
"""Said in the caption of every map."""
PROJECTION = "+proj=eqearth +lon_0=0 +datum=WGS84 +units=m"
EDGE = 0.1
"""Edge of a map's figure [inch]."""
SOUTH, NORTH = -57.0, 84.0
DETAIL = 12_000.0
"""Outline detail that a page can show [m]."""
SPECK = 15_000.0
"""Countries with less land than this also get a dot [km2]."""
DOT, LESS = 95_000.0, 62_000.0
"""Radius of the dot of a small member, and of another small country [m]."""


def read_land(path: PathLike[str] | str) -> gpd.GeoDataFrame:
    """Read the outlines of countries.

    Parameters
    ----------
    path : path
        GeoJSON with properties iso3 and name, degrees.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns iso3, name, geometry.
    """
    return gpd.read_file(path)[["iso3", "name", "geometry"]]


def project(points: pd.DataFrame) -> pd.DataFrame:
    """Return map coordinates of places in degrees.

    Parameters
    ----------
    points : pandas.DataFrame
        Columns longitude, latitude [degrees].

    Returns
    -------
    pandas.DataFrame
        Columns x, y [m], index as given.

    Examples
    --------
    >>> where = project(pd.DataFrame({"longitude": [0.0], "latitude": [0.0]}))
    >>> where.round(6).to_numpy().tolist()
    [[0.0, 0.0]]
    """
    where = gpd.GeoSeries(
        gpd.points_from_xy(points.longitude, points.latitude), crs="EPSG:4326"
    ).to_crs(PROJECTION)
    return pd.DataFrame({"x": where.x.to_numpy(), "y": where.y.to_numpy()},
                        index=points.index)


def globe() -> Polygon:
    """Return the outline of the part of the globe that is shown.

    Returns
    -------
    shapely.Polygon
        In map coordinates [m].
    """
    lat = np.linspace(SOUTH, NORTH, 60)
    ring = np.vstack([np.column_stack([np.full(60, 180.0), lat]),
                      np.column_stack([np.full(60, -180.0), lat[::-1]])])
    return gpd.GeoSeries([Polygon(ring)], crs="EPSG:4326").to_crs(PROJECTION).iloc[0]


def sea(ax: Axes, shape: Polygon) -> Box:
    """Draw the globe and return its frame.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    shape : shapely.Polygon
        The globe.

    Returns
    -------
    Box
        Left, bottom, right, top [m].
    """
    x, y = shape.exterior.xy
    ax.fill(x, y, facecolor=style.SEA, edgecolor=style.GRID, lw=0.6, zorder=0)
    ax.set_aspect("equal")
    ax.set_axis_off()
    frame = (min(x), min(y), max(x), max(y))
    ax.set_xlim(frame[0], frame[2])
    ax.set_ylim(frame[1], frame[3])
    return frame


def land(
    ax: Axes,
    geo: gpd.GeoDataFrame,
    statuses: pd.Series,
    outlined: Mapping[str, style.Mark],
    *,
    detail: float = DETAIL,
) -> gpd.GeoDataFrame:
    """Tint land by status and outline some countries.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    geo : geopandas.GeoDataFrame
        iso3, geometry in degrees.
    statuses : pandas.Series
        Status by country; unknown ones count as none.
    outlined : mapping of str to Mark
        Countries outlined in the colour of their mark.
    detail : float
        Outline detail that shows [m].

    Returns
    -------
    geopandas.GeoDataFrame
        The land drawn, in map coordinates, with its area (km2).
    """
    drawn = geo[geo.iso3 != "ATA"].to_crs(PROJECTION)
    drawn = drawn.assign(km2=drawn.area / 1e6)
    drawn["geometry"] = drawn.geometry.simplify_coverage(detail)
    status = _status(drawn.iso3, statuses)
    for key, mark in style.STATUSES.items():
        part = drawn[status.to_numpy() == key]
        if len(part):
            ax.add_collection(PathCollection(
                [outline(shape) for shape in part.geometry], facecolor=mark.colour,
                edgecolor=style.LAND_EDGE, lw=0.3, zorder=1, hatch=mark.hatch or None,
            ))
    for iso3, mark in outlined.items():
        part = drawn[drawn.iso3 == iso3]
        if iso3 and len(part):
            ax.add_collection(PathCollection(
                [outline(shape) for shape in part.geometry], facecolor="none",
                edgecolor=mark.colour, lw=1.2, zorder=2,
            ))
    return drawn


def outline(shape: Polygon | MultiPolygon) -> Path:
    """Return the outline of an area, holes included.

    Parameters
    ----------
    shape : shapely.Polygon or shapely.MultiPolygon

    Returns
    -------
    matplotlib.path.Path

    Examples
    --------
    >>> len(outline(Polygon([(0, 0), (1, 0), (1, 1)])).vertices)
    4
    """
    parts = getattr(shape, "geoms", [shape])
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(
        *(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings)
    )


def _status(countries: pd.Series, statuses: pd.Series) -> pd.Series:
    """Return the status drawn for each country; unknown ones count as none."""
    found = countries.map(statuses.to_dict())
    return found.where(found.isin(list(style.STATUSES)), "none")


def specks(
    ax: Axes, drawn: gpd.GeoDataFrame, statuses: pd.Series, placed: pd.DataFrame
) -> None:
    """Mark countries whose land is too small to be seen; members larger.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    drawn : geopandas.GeoDataFrame
        What `land` returns.
    statuses : pandas.Series
        Status by country.
    placed : pandas.DataFrame
        Label point of each country: x, y [m].
    """
    small = drawn[(drawn.km2 < SPECK) & drawn.iso3.isin(placed.index)]
    status = _status(small.iso3, statuses).to_numpy()
    spots = placed.loc[small.iso3].to_numpy()
    spots = apart(spots, np.where(status == "none", LESS, DOT))
    for key, mark in style.STATUSES.items():
        x, y = spots[status == key].T
        member = key != "none"
        ax.plot(x, y, ls="none", marker="o", ms=3.6 if member else 2.2,
                mew=0.5, zorder=3 if member else 2.5, mfc=mark.colour,
                mec=style.INK if member else style.LAND_EDGE)
