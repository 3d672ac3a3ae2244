"""The ladder: value served on each rung of membership, shock by shock."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["ladder", "ladder_figure"]

FINAL = "final products"
NO_NAMES: Mapping[str, str] = MappingProxyType({})
BESIDE, STEP = 0.65, 0.25
"""Distance of the benchmarks from the last rung and from each other [rungs]."""
LINE = 0.046
"""Height of a line of a label [share of the axis]; holds for panels of 2.3 inch."""


def ladder(
    rows: pd.DataFrame,
    *,
    names: Mapping[str, str] = NO_NAMES,
    limits: tuple[float, float] = (-0.05, 1.1),
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw the ladder under one shock of one severity.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``ladder.csv`` of one shock, severity, group and good: ladder,
        channels, no_harm, status, value, min, max [share of baseline].
    names : mapping of str to str
        Words for shocks, statuses and benchmarks.
    limits : tuple of float
        Ends of the vertical axis [1].
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure with legend and caption where not given.
    caption : str
        Written below a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the rows mix several shocks, severities, groups or goods.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(ladder="A", channels="central", no_harm=0, shock="halt",
    ...     severity=1.0, group="IND", good="final products")
    >>> rows = pd.DataFrame([{**row, "status": status, "value": value,
    ...     "min": value, "max": value}
    ...     for status, value in [("excluded", 0.8), ("full", 0.9)]])
    >>> [tick.get_text() for tick in ladder(rows).get_xticklabels()]
    ['excluded', 'full member']
    """
    _one_of_each(rows)
    with style.applied():
        if ax is None:
            page = style.page(5.4, 3.9, caption=caption)
            page.leave(left=0.7, right=0.2, above=0.85, below=0.62)
            ax = page.fig.add_subplot()
            _legend(page, rows, columns=2)
        _panel(ax, rows, names, limits)
    return ax


def ladder_figure(
    rows: pd.DataFrame,
    *,
    country: str,
    names: Mapping[str, str] = NO_NAMES,
    good: str = FINAL,
    severities: Sequence[float] | None = None,
    caption: str = "",
) -> Figure:
    """Draw the ladder of a country: a panel a shock, a row a severity.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``ladder.csv``: ladder, channels, no_harm, shock, severity, status,
        group, good, value, min, max, unit.
    country : str
        The country studied, as it stands in column group.
    names : mapping of str to str
        Words for the country, the shocks, statuses and benchmarks.
    good : str
        What is served: ``final products`` or one good.
    severities : sequence of float, optional
        Rows of panels; every severity there is where not given.
    caption : str
        What, where, when, unit, source, scenario.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(ladder="A", channels="central", no_harm=0, shock="halt",
    ...     group="IND", good="final products", status="full",
    ...     value=0.9, min=0.9, max=0.9)
    >>> rows = pd.DataFrame([{**row, "severity": s} for s in (0.75, 1.0)])
    >>> len(ladder_figure(rows, country="IND", names={"IND": "India"}).axes)
    2
    """
    part = rows[(rows.group == country) & (rows.good == good)]
    shocks = list(dict.fromkeys(part.shock))
    levels = sorted(set(part.severity)) if severities is None else list(severities)
    who = names.get(country, country)
    with style.applied():
        words = names.get(good, FINAL if good == FINAL else good.replace("_", " "))
        title = f"{who}: {words} served under each shock, by {who}'s status"
        page = style.page(10.8, 1.42 + 2.5 * len(levels), title=title, caption=caption)
        page.leave(left=0.85, right=0.15, above=0.78, below=0.62)
        grid = page.fig.subplots(
            len(levels), len(shocks), squeeze=False,
            gridspec_kw={"wspace": 0.06, "hspace": 0.08},
        )
        for level, line in zip(levels, grid, strict=True):
            here = part[part.severity == level]
            for shock, ax in zip(shocks, line, strict=True):
                _panel(ax, here[here.shock == shock], names, _limits(here))
                ax.label_outer(remove_inner_ticks=True)
                if level != levels[0]:
                    ax.set_title("")
            line[0].set_ylabel(
                f"Exports cut by {style.percent(level)}\nshare of baseline value served"
            )
        _legend(page, part, columns=4)
    return page.fig


def _one_of_each(rows: pd.DataFrame) -> None:
    """Refuse rows that belong into several panels."""
    for column in ("shock", "severity", "group", "good"):
        found = sorted(map(str, set(rows[column])))
        if len(found) > 1:
            message = f"one {column} a panel, not {', '.join(found)}; select rows first"
            raise ValueError(message)


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Return common ends of the vertical axis: from nought unless all is high."""
    low, high = float(rows["min"].min()), float(rows["max"].max())
    if low < 0.5:
        return -0.05, 1.1
    step = 0.1 if low < 0.85 else 0.05
    return float(np.floor(low / step) * step), max(high, 1) + step / 5


def _rungs(rows: pd.DataFrame) -> list[str]:
    """Return the statuses of Ladder A and B, bottom up."""
    found = list(dict.fromkeys(rows[rows.ladder.isin(list(style.LADDERS))].status))
    known = [status for status in style.STATUSES if status in found]
    return known + [s for s in found if s not in known and s != "any"]


def _cells(
    rows: pd.DataFrame, rungs: list[str], ladder: str, channels: str
) -> pd.DataFrame:
    """Return value, min, max by rung of one line (no-harm runs left out)."""
    keep = (rows.ladder == ladder) & (rows.channels == channels) & (rows.no_harm == 0)
    part = rows[keep].set_index("status")[["value", "min", "max"]]
    return part[~part.index.duplicated()].reindex(rungs).astype(float)


def _panel(
    ax: Axes,
    rows: pd.DataFrame,
    names: Mapping[str, str],
    limits: tuple[float, float],
) -> None:
    """Fill one panel: off, band, Ladder A, Ladder B, benchmarks, axes."""
    rungs = _rungs(rows)
    last = len(rungs) - 1
    off = _cells(rows, ["any"], "A", "off").iloc[0]
    _off(ax, off, last)
    _band(ax, _cells(rows, rungs, "A", "low"), _cells(rows, rungs, "A", "high"))
    _line(ax, _cells(rows, rungs, "B", "central"), style.LADDERS["B"], thin=True)
    central = _cells(rows, rungs, "A", "central")
    _line(ax, central, style.LADDERS["A"], thin=False)
    _ends(ax, central, _cells(rows, rungs, "B", "central"))
    marks = rows[rows.ladder == "benchmark"].set_index("status")
    _benchmarks(ax, marks, last, names, limits)
    _axes(ax, rungs, names, limits, bool(len(marks)))
    shock = str(rows.shock.iloc[0]) if len(rows) else ""
    ax.set_title(style.wrap(names.get(shock, shock), width=2.75, size=9))


def _off(ax: Axes, off: pd.Series, last: int) -> None:
    """Draw what is served without any membership effect."""
    mark = style.CHANNELS["off"]
    if np.isfinite(off["value"]):
        ax.plot([-0.3, last + 0.3], [off["value"]] * 2, mark.dash, color=mark.colour,
                lw=1.1, zorder=2.5)
    elif np.isfinite(off["min"]):
        ax.fill_between([-0.3, last + 0.3], off["min"], off["max"], lw=0,
                        color=mark.colour, alpha=0.25, zorder=1)


def _band(ax: Axes, low: pd.DataFrame, high: pd.DataFrame) -> None:
    """Fill between the channels' low and high ends, ranges included."""
    bottom = np.fmin(_end(low, "min"), _end(high, "min"))
    top = np.fmax(_end(low, "max"), _end(high, "max"))
    ax.fill_between(range(len(low)), bottom, top, lw=0, zorder=1.5,
                    color=style.CHANNELS["low"].colour)


def _end(cells: pd.DataFrame, end: str) -> NDArray[np.float64]:
    """Return the values, the end of the range where there is none."""
    return np.asarray(cells["value"].fillna(cells[end]), dtype=float)


def _line(ax: Axes, cells: pd.DataFrame, mark: style.Mark, *, thin: bool) -> None:
    """Draw one ladder; where a rung has no value, its range only."""
    x = np.arange(len(cells))
    known = cells["value"].notna().to_numpy()
    aside = np.where(known, 0.0, 0.09 if thin else -0.09)
    ax.vlines(x + aside, cells["min"], cells["max"], color=mark.colour, zorder=3,
              lw=np.where(known, 1.2, 4.5))
    ax.plot(x, cells["value"].to_numpy(), ls=mark.dash, color=mark.colour,
            marker=mark.marker, lw=0.9 if thin else 1.8, ms=7.5 if thin else 4.5,
            mfc=mark.colour if mark.filled else "none", mew=0.9,
            zorder=4 if thin else 5)


def _ends(ax: Axes, cells: pd.DataFrame, other: pd.DataFrame) -> None:
    """Write the first and the last value of Ladder A, away from Ladder B."""
    for place in (0, len(cells) - 1):
        if place < 0 or not np.isfinite(cells["value"].iloc[place]):
            continue
        value = float(cells["value"].iloc[place])
        below = bool(other["value"].iloc[place] > value + 0.005)
        ax.annotate(style.percent(value), (place, value),
                    xytext=(0, -5 if below else 5),
                    textcoords="offset points", ha="center",
                    va="top" if below else "bottom", size=style.TINY,
                    color=style.LADDERS["A"].colour, zorder=6)


def _benchmarks(
    ax: Axes,
    rows: pd.DataFrame,
    last: int,
    names: Mapping[str, str],
    limits: tuple[float, float],
) -> None:
    """Mark the plain benchmarks right of the rungs, each with its label."""
    if rows.empty:
        return
    line = LINE * (limits[1] - limits[0])
    middles = list(rows["value"].fillna((rows["min"] + rows["max"]) / 2))
    texts = [_words(str(key), row, names) for key, row in rows.iterrows()]
    heights = [line * (text.count("\n") + 1.4) for text in texts]
    places = style.spread(middles, heights=heights, low=limits[0], high=limits[1])
    end = last + BESIDE + STEP * len(texts)
    for number, (key, row) in enumerate(rows.iterrows()):
        x = last + BESIDE + STEP * number
        middle, place = middles[number], places[number]
        mark = style.pick(style.BENCHMARKS, str(key))
        ax.vlines(x, row["min"], row["max"], color=mark.colour, lw=1.2, zorder=3)
        if np.isfinite(row["value"]):
            ax.plot(x, row["value"], mark.marker, color=mark.colour, ms=5.5, zorder=5,
                    mfc=mark.colour if mark.filled else "white", clip_on=False)
        ax.plot([x + 0.13, end, end + 0.2], [middle, middle, place],
                color=style.MUTED, lw=0.5)
        ax.text(end + 0.25, place, texts[number], size=style.TINY, va="center",
                linespacing=1.05)


def _words(key: str, row: pd.Series, names: Mapping[str, str]) -> str:
    """Return the label of one benchmark: words and value or range."""
    words = names.get(key, style.pick(style.BENCHMARKS, key).label)
    if np.isfinite(row["value"]):
        number = style.percent(float(row["value"]))
    else:
        low, high = (style.percent(float(row[end])) for end in ("min", "max"))
        number = f"{low} to {high}"
    return style.wrap(f"{words} {number}", width=1.08, size=style.TINY)


def _axes(
    ax: Axes,
    rungs: list[str],
    names: Mapping[str, str],
    limits: tuple[float, float],
    beside: bool,
) -> None:
    """Set ticks, limits and grid of one panel."""
    labels = [names.get(s, style.pick(style.STATUSES, s).label) for s in rungs]
    ax.set_xticks(range(len(rungs)), labels, rotation=38, ha="right",
                  rotation_mode="anchor")
    ax.tick_params(axis="x", length=0, pad=2)
    ax.set_xlim(-0.55, len(rungs) - 1 + (BESIDE + 4.4 if beside else 0.55))
    ax.set_ylim(*limits)
    style.dress(ax)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: style.percent(y)))
    ax.grid(axis="y", color=style.GRID, lw=0.6)
    ax.set_ylabel("share of baseline value served")


def _legend(page: style.Page, rows: pd.DataFrame, *, columns: int) -> None:
    """Write the key of lines and areas under the title."""
    rows = rows[rows.no_harm == 0]
    central = rows[(rows.channels == "central") & rows.ladder.isin(list(style.LADDERS))]
    a, b, off = style.LADDERS["A"], style.LADDERS["B"], style.CHANNELS["off"]
    candidates = [
        (True, Line2D([], [], color=a.colour, marker=a.marker, lw=1.8, ms=4.5,
                      label=a.label)),
        (rows.channels.isin(["low", "high"]).any(),
         Patch(color=style.CHANNELS["low"].colour,
               label="Ladder A, channels low to high")),
        ((rows.ladder == "B").any(),
         Line2D([], [], color=b.colour, marker=b.marker, ls=b.dash, mfc="none",
                lw=0.9, ms=7.5, mew=0.9, label=b.label)),
        (True, Line2D([], [], color=off.colour, ls=off.dash, lw=1.1, label=off.label)),
        (central["value"].isna().any(),
         Line2D([], [], color=a.colour, marker="|", lw=0, ms=10, mew=4.5,
                label="range only: the optimum is not unique")),
    ]
    handles = [handle for there, handle in candidates if there]
    top = 1 - page.top / float(page.fig.get_figheight())
    page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                    ncols=columns, columnspacing=1.6, handlelength=2.2)
