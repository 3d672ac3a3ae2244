"""Before and after of a what-if: groups, then goods, with their ranges."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["before_after"]

NO_NAMES: Mapping[str, str] = MappingProxyType({})
ALL = "final products"
LABELS = 2.1
"""Width of groups and goods in words [inch]."""
NUMBERS = 1.2
"""Width of the differences in words [inch]."""
SHOWS = 5e-4
"""Differences below this are not drawn as such [1]."""
BEFORE = style.Mark(style.MUTED, "o", label="before", filled=False)
AFTER = style.Mark("#0B4F8A", "o", label="after")
OFF = style.Mark(style.INK, "|", label="after, if no membership acted")


def before_after(
    rows: pd.DataFrame,
    *,
    country: str,
    names: Mapping[str, str] = NO_NAMES,
    top: int = 12,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw what a change does: every group, and the country's goods that move most.

    Parameters
    ----------
    rows : pandas.DataFrame
        group, good, before, after, off and difference, each with its least and most
        over the optimal faces (``_min``, ``_max``) [share of baseline].
    country : str
        The country studied, as it stands in column group.
    names : mapping of str to str
        Groups and goods in words.
    top : int
        Most goods shown: those that move most, then those with the widest range.
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
    >>> row = dict(group="IND", good="final products")
    >>> row |= {f"{k}{e}": v for k, v in
    ...     dict(before=.5, after=.6, off=.4, difference=.1).items()
    ...     for e in ("", "_min", "_max")}
    >>> ax = before_after(pd.DataFrame([row]), country="IND", names={"IND": "India"})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['India, final products']
    """
    groups = rows[rows.good == ALL]
    goods = rows[(rows.good != ALL) & (rows.group == country)]
    reach = goods[["difference_min", "difference_max"]].abs().max(axis=1)
    moved = goods[reach > SHOWS].assign(by=goods.difference.abs().round(6), reach=reach)
    shown = moved.sort_values(["by", "reach"], ascending=False, kind="stable").head(top)
    y = np.concatenate([np.arange(len(groups)), len(groups) + 0.6 + np.arange(
        len(shown))])
    every = [*groups.itertuples(), *shown.itertuples()]
    with style.applied():
        if ax is None:
            page = style.page(6.7, 0.27 * (y[-1] + 1) + 1.2, title=title,
                              caption=caption)
            page.leave(left=LABELS + 0.25, right=NUMBERS + 0.15, above=0.55, below=0.56)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(style.wrap(title, width=5, size=9), pad=40)
        for at, row in zip(y, every, strict=True):
            _row(ax, float(at), row)
        ax.set_yticks(y, [_label(row, names, country) for row in every],
                      linespacing=1.0)
        _frame(ax, y, len(groups), len(shown), len(goods) - len(shown))
    return ax


def _row(ax: Axes, y: float, row: object) -> None:
    """Draw one row: ranges, an arrow from before to after, the number."""
    ends = {k: (getattr(row, f"{k}_min"), getattr(row, f"{k}_max"))
            for k in ("before", "after", "off", "difference")}
    before, after, off = (float(getattr(row, k)) for k in ("before", "after", "off"))
    up, down = y - 0.14, y + 0.14
    ax.hlines(up, *ends["before"], color=BEFORE.colour, lw=3.0, alpha=0.35, zorder=2)
    ax.hlines(down, *ends["after"], color=AFTER.colour, lw=3.0, alpha=0.35, zorder=2)
    ax.plot([before, after], [up, down], color=AFTER.colour, lw=0.8, zorder=3)
    ax.plot(before, up, BEFORE.marker, ms=5, mew=1.1, color=BEFORE.colour, mfc="white",
            zorder=4, clip_on=False)
    ax.plot(after, down, AFTER.marker, ms=5, color=AFTER.colour, zorder=5,
            clip_on=False)
    ax.plot(off, y, OFF.marker, ms=15, mew=1.4, color=OFF.colour, zorder=3.5,
            clip_on=False)
    ax.annotate(_number(float(row.difference), *ends["difference"]),  # type: ignore[attr-defined]
                (1, y), xycoords=("axes fraction", "data"), xytext=(8, 0),
                textcoords="offset points", va="center", size=style.SMALL)


def _number(middle: float, low: float, high: float) -> str:
    """Write a difference in points, or its range."""
    if high - low < 0.01:
        return _signed(middle, 2)
    return f"{_signed(low, 1)} to {_signed(high, 1)}"


def _signed(share: float, digits: int) -> str:
    """Write a share as points, with a sign unless it is none."""
    number = round(100 * share, digits) + 0.0
    return f"{number:+.{digits}f}".replace("-", "\N{MINUS SIGN}") if number else "0"


def _label(row: object, names: Mapping[str, str], country: str) -> str:
    """Return a row in words: a group, or a good of the country."""
    good, group = str(row.good), str(row.group)  # type: ignore[attr-defined]
    who = names.get(group, group.replace("_", " "))
    if good == ALL:
        text = f"{who}, {ALL}" if group == country else who
    else:
        code, _, other = good.partition(" (")
        text = names.get(code, code.replace("_", " ")).split(" (")[0]
        text += f" ({other}" if other else ""
    return style.wrap(text[:1].upper() + text[1:], width=LABELS, size=style.SMALL)


def _frame(ax: Axes, y: np.ndarray, groups: int, shown: int, rest: int) -> None:
    """Set axes, key, and the line between groups and goods."""
    ax.set_ylim(float(y[-1]) + 0.6, -0.6)
    ax.set_xlim(-0.01, 1.01)
    style.dress(ax)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: style.percent(x)))
    many = "good that does" if rest == 1 else "goods that do"
    note = f"\nnot shown: {rest} {many} not change" if rest else ""
    ax.set_xlabel("share of baseline value served" + note)
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)
    if shown and groups:
        ax.axhline(groups - 0.2, color=style.GRID, lw=0.8)
    ax.annotate("difference\n[% points]", (1, 1), xycoords="axes fraction",
                xytext=(8, 3), textcoords="offset points", size=style.SMALL,
                color=style.MUTED)
    handles = [
        Line2D([], [], ls="none", marker=mark.marker, ms=size, mew=1.2,
               color=mark.colour, mfc=mark.colour if mark.filled else "white",
               label=mark.label)
        for mark, size in ((BEFORE, 5), (AFTER, 5), (OFF, 9))
    ]
    handles.append(Line2D([], [], color=AFTER.colour, lw=3, alpha=0.35,
                          label="range over the optimal face"))
    ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=2,
              columnspacing=1.2, handletextpad=0.5, borderaxespad=0.3,
              handlelength=1.6)
