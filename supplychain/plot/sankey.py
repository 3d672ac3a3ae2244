"""One chain, stage by stage: countries as bars, what passes between as bands."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["sankey", "sankey_figure"]

NO_NAMES: Mapping[str, str] = MappingProxyType({})
WIDTH = 0.055
"""Width of a bar [stages]."""
GAP = 0.012
"""Room between two bars of a stage [share]."""
LEAST = 0.018
"""Bars below have no name [share]."""
ORDER = ("target", "country", "alliance", "other", "nobody")
"""Kinds of places from the top of each stage."""
HALO = withStroke(linewidth=1.8, foreground="white")

Spans = dict[tuple[int, str], tuple[float, float]]


def sankey(
    bars: pd.DataFrame,
    links: pd.DataFrame,
    *,
    stages: Sequence[str],
    names: Mapping[str, str] = NO_NAMES,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    r"""Draw a chain from its first stage on the left to its users on the right.

    Heights are shares of the baseline output of each stage, so that a bar that
    has shrunk is output lost.

    Parameters
    ----------
    bars : pandas.DataFrame
        stage (0, 1, …), place, kind (key of ``style.LIES_IN``), share [1].
    links : pandas.DataFrame
        stage, source, target, kind, out and into [1].
    stages : sequence of str
        Each stage in words, the users last.
    names : mapping of str to str
        Places in words.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure with its key where not given.
    caption : str
        Written below a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are not as many names of stages as stages.

    Examples
    --------
    >>> bars = pd.DataFrame([dict(stage=s, place="CHN", kind="target", share=1.)
    ...     for s in (0, 1)])
    >>> links = pd.DataFrame([dict(stage=0, source="CHN", target="CHN", kind="target",
    ...     out=.8, into=1.)])
    >>> ax = sankey(bars, links, stages=["mined", "users"], names={"CHN": "China"})
    >>> [text.get_text() for text in ax.texts].count("China 100\xa0%")
    2
    """
    count = int(bars.stage.max()) + 1
    if count != len(stages):
        message = f"{count} stages, {len(stages)} names"
        raise ValueError(message)
    with style.applied():
        if ax is None:
            page = style.page(style.PRINT, 4.4, title=title, caption=caption)
            page.leave(left=0.15, right=0.95, above=0.95, below=0.1)
            ax = page.fig.add_subplot()
            _key(page, bars)
        elif title:
            lines = max(_stage(text).count("\n") for text in stages) + 1
            ax.set_title(title, size=8.5, pad=5 + 1.2 * style.TINY * lines)
        ax.set_xlim(0, count - 1 + WIDTH)
        high = 1 + GAP * int(bars.groupby("stage").place.nunique().max())
        ax.set_ylim(high, -0.01)
        ax.axis("off")
        spans = _bars(ax, bars)
        _bands(ax, links, spans)
        _words(ax, bars, spans, names)
        for stage, text in enumerate(stages):
            ax.text(stage, -0.025, _stage(text),
                    size=style.TINY, weight="bold", va="bottom", ha="left",
                    linespacing=1.05)
    return ax


def sankey_figure(
    panels: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    *,
    stages: Sequence[str],
    names: Mapping[str, str] = NO_NAMES,
    title: str = "",
    caption: str = "",
) -> Figure:
    """Draw a chain at two dates, or before and after a shock, one below the other.

    On one page the panels stand in a column: their stages line up, and side by side
    the names of the countries would cover the bands.

    Parameters
    ----------
    panels : mapping of str to (bars, links)
        By what is shown, in words; see `sankey`.
    stages, names
        See `sankey`.
    title, caption : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style.applied():
        page = style.page(style.PRINT, 0.35 + 2.68 * len(panels), title=title,
                          caption=caption)
        page.leave(left=0.15, right=0.95, above=0.8, below=0.05)
        axes = page.fig.subplots(len(panels), 1, squeeze=False,
                                 gridspec_kw={"hspace": 0.3}).ravel()
        for ax, (name, (bars, links)) in zip(axes, panels.items(), strict=True):
            sankey(bars, links, stages=stages, names=names, title=name, ax=ax)
        _key(page, pd.concat([bars for bars, _ in panels.values()]))
    return page.fig


def _stage(text: str) -> str:
    """Return the name of a stage on lines that fit its column."""
    return style.wrap(text, width=0.95, size=style.TINY)


def _rank(place: str, kind: str) -> tuple[int, str]:
    """Return where a place stands in every stage: by kind, then by name."""
    kinds = list(ORDER)
    return (kinds.index(kind) if kind in kinds else len(kinds), place)


def _bars(ax: Axes, bars: pd.DataFrame) -> Spans:
    """Draw the bars of each stage from the top; return where each one begins."""
    spans: Spans = {}
    for stage, part in bars.groupby("stage"):
        top = 0.0
        rows = sorted(part.itertuples(), key=lambda r: _rank(r.place, r.kind))
        for row in rows:
            mark = style.pick(style.LIES_IN, row.kind)
            spans[int(stage), row.place] = (top, row.share)
            ax.add_patch(Rectangle(
                (stage, top), WIDTH, row.share, facecolor=mark.colour, lw=0.3,
                hatch=mark.hatch, edgecolor=style.INK, zorder=3, clip_on=False))
            top += row.share + GAP
    return spans


def _bands(ax: Axes, links: pd.DataFrame, spans: Spans) -> None:
    """Draw the bands; at each bar they leave and arrive in the order of the bars."""
    left, arrived = dict.fromkeys(spans, 0.0), dict.fromkeys(spans, 0.0)
    order = links.assign(
        a=[spans[s, p][0] for s, p in zip(links.stage, links.source, strict=True)],
        b=[spans[s + 1, p][0] for s, p in zip(links.stage, links.target, strict=True)],
    ).sort_values(["stage", "a", "b"])
    for row in order.itertuples():
        start, end = (row.stage, row.source), (row.stage + 1, row.target)
        y0, y1 = spans[start][0] + left[start], spans[end][0] + arrived[end]
        left[start] += row.out
        arrived[end] += row.into
        if max(row.out, row.into) < 5e-4:
            continue  # thinner than a line
        x0, x1 = row.stage + WIDTH, row.stage + 1
        ax.add_patch(PathPatch(
            _ribbon(x0, x1, (y0, y0 + row.out), (y1, y1 + row.into)), lw=0,
            facecolor=style.pick(style.LIES_IN, row.kind).colour, alpha=0.42, zorder=2))


def _ribbon(
    x0: float, x1: float, start: tuple[float, float], end: tuple[float, float]
) -> Path:
    """Return the outline of a band between two bars."""
    middle = (x0 + x1) / 2
    curve = [Path.CURVE4] * 3
    return Path(
        [(x0, start[0]), (middle, start[0]), (middle, end[0]), (x1, end[0]),
         (x1, end[1]), (middle, end[1]), (middle, start[1]), (x0, start[1]),
         (x0, start[0])],
        [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY],
    )


def _words(
    ax: Axes, bars: pd.DataFrame, spans: Spans, names: Mapping[str, str]
) -> None:
    """Name the bars on their right, names moved apart."""
    inch = ax.get_window_extent().height / ax.figure.dpi
    low, high = sorted(ax.get_ylim())
    line = 0.105 / inch * (high - low)
    for stage, part in bars[bars.share >= LEAST].groupby("stage"):
        rows = sorted(part.itertuples(), key=lambda r: spans[int(stage), r.place][0])
        middles = [spans[int(stage), r.place][0] + r.share / 2 for r in rows]
        places = style.spread(middles, heights=[line] * len(rows), low=low, high=high)
        for row, y in zip(rows, places, strict=True):
            text = f"{names.get(row.place, row.place)} {style.percent(row.share)}"
            ax.text(stage + WIDTH * 1.35, y, text, size=style.TINY,
                    va="center_baseline", path_effects=[HALO], zorder=5)


def _key(page: style.Page, bars: pd.DataFrame) -> None:
    """Write the key under the title."""
    kinds = [kind for kind in ORDER if (bars.kind == kind).any()]
    handles = [
        Patch(facecolor=style.LIES_IN[k].colour, hatch=style.LIES_IN[k].hatch,
              edgecolor=style.INK, lw=0.3, label=style.LIES_IN[k].label)
        for k in kinds
    ]
    top = 1 - page.top / float(page.fig.get_figheight())
    page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                    ncols=5, columnspacing=1.2, handlelength=1.2, handletextpad=0.5)
