"""N-1: what the world loses when one node stops, worst first."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["ranking"]

NO_NAMES: Mapping[str, str] = MappingProxyType({})
LABELS = 2.55
"""Width of the nodes in words [inch]."""
PLOT = 3.6
"""Width of the axes [inch]."""
OFF = style.Mark(style.INK, "|", label="without any membership")
FREE = style.Mark(style.INK, "o", label="with trade free of caps", filled=False)


def ranking(
    nodes: pd.DataFrame,
    *,
    names: Mapping[str, str] = NO_NAMES,
    top: int = 20,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw the worst single points of failure.

    A bar is the loss under the memberships as recorded, its thin line the range over
    the optimal face; two marks are the same loss without any membership and with
    trade free: what remains with trade free is scarce capacity, the rest is access.

    Parameters
    ----------
    nodes : pandas.DataFrame
        Worst first: good, country, lies_in, share, loss, loss_off, loss_free, each
        loss with its least and most (``_min``, ``_max``) [share of baseline].
    names : mapping of str to str
        Goods and countries in words; the keys of ``style.LIES_IN`` too, to name the
        target and the country studied.
    top : int
        Most nodes shown.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.
    caption : str
        Written below a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(good="neon", country="UKR", lies_in="other", share=.5)
    >>> row |= {f"loss{m}{e}": .4 for m in ("", "_off", "_free")
    ...     for e in ("", "_min", "_max")}
    >>> ax = ranking(pd.DataFrame([row]), names={"neon": "Neon", "UKR": "Ukraine"})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Neon, Ukraine']
    """
    shown = nodes.head(top)
    with style.applied():
        if ax is None:
            page = style.page(LABELS + PLOT + 0.5, 0.27 * max(len(shown), 3) + 1.1,
                              title=title, caption=caption)
            page.leave(left=LABELS + 0.25, right=0.25, above=0.5, below=0.6)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(style.wrap(title, width=5, size=9), pad=48)
        _draw(ax, shown)
        labels = [_node(good, country, names)
                  for good, country in zip(shown.good, shown.country, strict=True)]
        ax.set_yticks(range(len(shown)), labels, linespacing=1.0)
        _frame(ax, len(shown), _left_out(nodes, shown))
        _key(ax, shown, names)
    return ax


def _node(good: str, country: str, names: Mapping[str, str]) -> str:
    """Return a node in words, on at most two lines."""
    what = names.get(good, good.replace("_", " "))
    text = f"{what.split(' (')[0]}, {names.get(country, country)}"
    return style.wrap(text, width=LABELS, size=style.SMALL)


def _draw(ax: Axes, shown: pd.DataFrame) -> None:
    """Draw a bar a node, its range, and the two other losses."""
    y = np.arange(len(shown))
    for key, mark in style.LIES_IN.items():
        here = (shown.lies_in == key).to_numpy()
        ax.barh(y[here], shown.loss[here], height=0.62, color=mark.colour, zorder=2,
                hatch=mark.hatch or None, edgecolor=style.MUTED, lw=0.4)
    wide = (shown.loss_max - shown.loss_min > 1e-3).to_numpy()
    ax.hlines(y[wide], shown.loss_min[wide], shown.loss_max[wide], color=style.INK,
              lw=1.0, zorder=3)
    ax.plot(shown.loss_off, y, ls="none", marker=OFF.marker, ms=11, mew=1.5,
            color=OFF.colour, zorder=4)
    ax.plot(shown.loss_free, y, ls="none", marker=FREE.marker, ms=5, mew=1.1,
            color=FREE.colour, mfc="white", zorder=5, clip_on=False)


def _frame(ax: Axes, count: int, note: str) -> None:
    """Set axes and grid; the worst on top."""
    ax.set_ylim(max(count, 1) - 0.4, -0.6)
    ax.set_xlim(left=-0.012 * ax.get_xlim()[1])
    style.dress(ax)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: style.percent(x)))
    label = f"value of final products the world loses, share of baseline{note}"
    ax.set_xlabel(style.wrap(label, width=PLOT, size=8.5))
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)


def _key(ax: Axes, shown: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Write the key above the axes: where a node lies, then the two marks."""
    where: list[Patch | Line2D] = [
        Patch(facecolor=mark.colour, hatch=mark.hatch or None, edgecolor=style.MUTED,
              lw=0.4, label=names.get(key, mark.label))
        for key, mark in style.LIES_IN.items() if (shown.lies_in == key).any()
    ]
    marks: list[Patch | Line2D] = [
        Line2D([], [], ls="none", marker=mark.marker, ms=size, mew=1.3,
               color=mark.colour, mfc="white", label=mark.label)
        for mark, size in ((OFF, 9), (FREE, 5))
    ]
    ax.legend(handles=[*where, *marks], loc="lower right", bbox_to_anchor=(1, 1),
              ncols=3, columnspacing=1.2, handletextpad=0.5, borderaxespad=0.3,
              handlelength=1.3)


def _left_out(nodes: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Say how many nodes are not in the figure."""
    rest = nodes.loss.iloc[len(shown):]
    some = int((rest > 1e-6).sum())
    if rest.empty:
        return ""
    parts = []
    if some:
        parts.append(f"{some} more, up to {style.percent(float(rest.max()))}")
    if len(rest) > some:
        parts.append(f"{len(rest) - some} without a loss")
    return f"\nnot shown: {'; '.join(parts)}"
