"""The long-run frontier: what it costs to cap the target's share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

__all__ = ["frontier", "frontier_figure"]

WORDS = {"share_cap": "cap of the regulation", "today": "today", "asked": "cap asked",
         "least": "least at any price"}
"""Marks on the axis in words."""
REACH, NEVER = "#F6F4EE", "#D3CEBF"
"""Ground where listed projects do not reach, and where nothing does."""


def frontier(
    points: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    axis: str = "premium",
    year: int = 2030,
    target: str = "the target",
    ax: Axes | None = None,
    title: str = "",
    caption: str = "",
) -> Axes:
    r"""Draw the least premium, or new capacity, for each cap on the target's share.

    Parameters
    ----------
    points : pandas.DataFrame
        ``Frontier.points``: membership, axis, bound (exact, low, high), share [1],
        value, reachable, unit. Linear between the breakpoints.
    marks : pandas.DataFrame
        ``Frontier.marks``: mark, share [1].
    axis : {"premium", "capacity"}
    year : int
        Projects listed for it tell what is reachable.
    target : str
        Whose share is capped, in words.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure with its key where not given.
    title, caption : str
        Of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no such axis in the points.

    Examples
    --------
    >>> import pandas as pd
    >>> points = pd.DataFrame([dict(membership="channels off", axis="premium",
    ...     bound="exact", share=s, value=v, reachable=s > .8, unit="% of cost")
    ...     for s, v in [(.2, 30), (.9, 0), (1., 0)]])
    >>> marks = pd.DataFrame([dict(mark="share_cap", share=.65),
    ...     dict(mark="least by 2030", share=.8), dict(mark="least", share=.2),
    ...     dict(mark="today", share=.9)])
    >>> frontier(points, marks).get_ylabel()
    'premium\n[% of cost]'
    """
    part = points[points.axis == axis]
    if part.empty:
        message = f"the points have no axis {axis!r}"
        raise ValueError(message)
    with style.applied():
        if ax is None:
            page = style.page(style.PRINT, 4.6, title=title, caption=caption)
            page.leave(left=0.75, right=0.2, above=1.85, below=0.5)
            ax = page.fig.add_subplot()
            _key(page, points, year)
        top = 1.08 * max(float(part.value.max()), 1e-6)
        _ground(ax, marks, year)
        for place, membership in enumerate(part.membership.unique()):
            _curve(ax, part[part.membership == membership],
                   style.pick(style.MEMBERSHIPS, str(membership)),
                   _reached(marks, year), 1.1 if place else 2.4)
        ax.set_ylim(-0.03 * top, top)
        _axes(ax, f"{'premium' if axis == 'premium' else 'new capacity'}\n"
                  f"[{part.unit.iloc[0]}]", target)
        _names(ax, marks)
    return ax


def frontier_figure(
    points: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    year: int = 2030,
    target: str = "the target",
    title: str = "",
    caption: str = "",
) -> Figure:
    """Draw premium and new capacity one above the other.

    Parameters
    ----------
    points, marks, year, target
        See `frontier`.
    title, caption : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    axes = [a for a in ("premium", "capacity") if (points.axis == a).any()]
    with style.applied():
        page = style.page(style.PRINT, 2.35 + 1.75 * len(axes), title=title,
                          caption=caption)
        page.leave(left=0.8, right=0.2, above=1.85, below=0.5)
        panels = page.fig.subplots(len(axes), 1, squeeze=False, sharex=True,
                                   gridspec_kw={"hspace": 0.1}).ravel()
        for place, (axis, ax) in enumerate(zip(axes, panels, strict=True)):
            frontier(points, marks, axis=axis, year=year, target=target, ax=ax)
            if place:
                for text in list(ax.texts):
                    text.remove()
            if place + 1 < len(axes):
                ax.set_xlabel("")
                ax.tick_params(axis="x", labelbottom=False)
        page.fig.align_ylabels(panels)
        _key(page, points, year)
    return page.fig


def _at(marks: pd.DataFrame, mark: str) -> float:
    """Return the share of a mark; 0 where there is none."""
    found = marks.share[marks["mark"] == mark]
    return float(found.iloc[0]) if len(found) else 0.0


def _reached(marks: pd.DataFrame, year: int) -> float:
    return _at(marks, f"least by {year}")


def _ground(ax: Axes, marks: pd.DataFrame, year: int) -> None:
    """Shade what cannot be reached by the year, and what nothing can reach."""
    least, reached = _at(marks, "least"), _reached(marks, year)
    ax.axvspan(least, reached, facecolor=REACH, edgecolor="#C9C2AE", hatch="/", lw=0,
               zorder=0)
    if least > 0:
        ax.axvspan(0, least, color=NEVER, lw=0, zorder=0)


def _curve(ax: Axes, part: pd.DataFrame, mark: style.Mark, reached: float,
           width: float) -> None:
    """Draw one curve, or the band between its bounds; dashed where out of reach."""
    ends = {bound: rows.sort_values("share") for bound, rows in part.groupby("bound")}
    if {"low", "high"} <= set(ends):
        low, high = ends["low"], ends["high"]
        x = np.union1d(low.share, high.share)
        ax.fill_between(x, np.interp(x, low.share, low.value),
                        np.interp(x, high.share, high.value), color=mark.colour,
                        alpha=0.22, lw=0, zorder=2)
    for rows in ends.values():
        x = np.union1d(rows.share, [reached])
        x = x[x >= rows.share.min()]
        y = np.interp(x, rows.share, rows.value)
        for keep, dash in ((x <= reached, (0, (3, 1.5))), (x >= reached, "-")):
            ax.plot(x[keep], y[keep], color=mark.colour, lw=width, ls=dash, zorder=4)
        at = rows.share.to_numpy() < 1
        ax.plot(rows.share[at], rows.value[at], ls="none", marker="o", ms=3.2,
                color=mark.colour, mfc="white", mew=0.9, zorder=5)


def _axes(ax: Axes, label: str, target: str) -> None:
    """Set limits, ticks, grid."""
    ax.set_xlim(0, 1)
    style.dress(ax)
    ax.xaxis.set_major_formatter(PercentFormatter(1, symbol="\N{NO-BREAK SPACE}%"))
    ax.set_xlabel(f"cap on {target}'s share at each stage")
    ax.set_ylabel(label)
    ax.grid(axis="y", color=style.GRID, lw=0.6)


def _names(ax: Axes, marks: pd.DataFrame) -> None:
    """Draw a line at each mark and name it above, names moved apart."""
    shown = marks.drop_duplicates(["mark", "share"])
    inch = ax.get_window_extent().width / ax.figure.dpi
    words = [_word(str(m), s) for m, s in zip(shown["mark"], shown.share, strict=True)]
    widths = [0.18 / inch] * len(words)
    places = style.spread(list(shown.share), heights=widths, low=-0.02, high=1.02)
    for word, mark, share, place in zip(words, shown["mark"], shown.share, places,
                                        strict=True):
        asked = mark in ("share_cap", "asked")
        ax.axvline(share, color=style.INK, lw=1.1 if asked else 0.8,
                   ls={"share_cap": "-", "asked": "-."}.get(mark, ":"), zorder=3)
        ax.annotate(word, (share, 1), xycoords=("data", "axes fraction"),
                    xytext=(place, 1.06), textcoords=("data", "axes fraction"),
                    rotation=-52, rotation_mode="anchor", ha="right", va="center",
                    size=style.TINY, annotation_clip=False,
                    arrowprops={"arrowstyle": "-", "lw": 0.5, "color": style.MUTED,
                                "shrinkA": 0, "shrinkB": 0})


def _word(mark: str, share: float) -> str:
    return f"{WORDS.get(mark, mark)} {style.percent(share)}"


def _key(page: style.Page, points: pd.DataFrame, year: int) -> Legend:
    """Write the key under the title."""
    handles: list[object] = []
    for membership in points.membership.unique():
        mark = style.pick(style.MEMBERSHIPS, str(membership))
        handles.append(Line2D(
            [], [], color=mark.colour, marker="o", ms=3.2, mfc="white",
            lw=1.1 if handles else 2.4, label=mark.label))
        if points.bound[points.membership == membership].isin(["low", "high"]).any():
            handles.append(Patch(color=mark.colour, alpha=0.22,
                                 label="… between its bounds: prices are missing"))
    handles += [
        Patch(facecolor=REACH, edgecolor="#C9C2AE", hatch="///", lw=0,
              label=f"not reachable by {year} with listed projects (dashed)"),
        Patch(color=NEVER, label="out of reach at any price"),
    ]
    top = 1 - page.top / float(page.fig.get_figheight())
    return page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                           ncols=2, columnspacing=1.4)
