"""Dependence by chain: DD, LTP, LTD and ID of each good on one line."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["chains", "select_chains"]

LABELS = 2.15
"""Width of the goods in words [inch]."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})
KIND = "export_halt"
SIZES: Mapping[str, float] = MappingProxyType(
    {"dd": 11, "ltp": 5.5, "ltd": 8, "id": 5.5}
)
"""Marker sizes [pt]: marks on one spot stay apart, the larger behind."""


def select_chains(
    dependency: pd.DataFrame, *, group: str | None = None, kind: str = KIND
) -> pd.DataFrame:
    """Pick the rows one figure shows and add the upper end of ID.

    Parameters
    ----------
    dependency : pandas.DataFrame
        ``dependency.csv``: good, group, kind, unallocated_as, conflicts_as, dd,
        ltp, ltd, id, id_first, ...
    group : str, optional
        Whose need; the world outside the target where not given.
    kind : str
        export_halt or rupture.

    Returns
    -------
    pandas.DataFrame
        Indexed by good: dd, ltp, ltd, id, id_first, id_upper [share of need];
        id_first and id_upper span its lower end and ID under every treatment of
        unallocated output and of conflicts between sources that the table has.

    Raises
    ------
    ValueError
        If no row is left.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(good="gallium", group="world_outside_CHN", kind="export_halt",
    ...     conflicts_as="central", dd=.9, ltp=.9, ltd=.95, id=.8, id_first=.7)
    >>> frame = pd.DataFrame([{**row, "unallocated_as": "not_target"},
    ...     {**row, "unallocated_as": "target", "id": .9}])
    >>> select_chains(frame).loc["gallium", ["id_first", "id", "id_upper"]].tolist()
    [0.7, 0.8, 0.9]
    """
    if group is None:
        group = next(
            (g for g in dependency.group if str(g).startswith("world_outside")), ""
        )
    part = dependency[(dependency.group == group) & (dependency.kind == kind)]
    central = (part.unallocated_as == "not_target") & (part.conflicts_as == "central")
    base = part[central].set_index("good")
    if base.empty:
        message = f"no rows for group {group!r}, kind {kind!r}"
        raise ValueError(message)
    result = base[[*style.MEASURES, "id_first"]].astype(float)
    ends = part.groupby("good")["id"].agg(["min", "max"]).reindex(result.index)
    result["id_first"] = np.fmin(result["id_first"], ends["min"])
    return result.assign(id_upper=ends["max"])


def chains(
    dependency: pd.DataFrame,
    *,
    goods_names: Mapping[str, str] = NO_NAMES,
    group: str | None = None,
    kind: str = KIND,
    least: float = 0.05,
    limit: int = 30,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw how far each good depends on the target, measure by measure.

    Shown are the goods with the highest LTD, sorted by ID, then LTD: a good that
    looks dependent through its tiers and is not after re-sourcing stays in view.

    Parameters
    ----------
    dependency : pandas.DataFrame
        ``dependency.csv``, see `select_chains`.
    goods_names : mapping of str to str
        Goods in words.
    group, kind : str
        See `select_chains`.
    least : float
        Goods with LTD at or below are left out [1].
    limit : int
        Most goods shown; how many are left out is written below the axis.
    title : str
        Says of whom on whom.
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
    >>> row = dict(group="world_outside_CHN", kind="export_halt", dd=.9, ltp=.9,
    ...     ltd=.95, id=.8, id_first=.7, conflicts_as="central",
    ...     unallocated_as="not_target")
    >>> frame = pd.DataFrame([{**row, "good": "gallium"}])
    >>> ax = chains(frame, goods_names={"gallium": "Gallium"})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Gallium']
    """
    every = select_chains(dependency, group=group, kind=kind)
    shown = (
        every[every.ltd > least]
        .sort_values("ltd", ascending=False, kind="stable")
        .head(limit)
        .round(9)
        .sort_values(["id", "ltd"], kind="stable")
    )
    with style.applied():
        if ax is None:
            tall = 0.24 * max(len(shown), 3)
            page = style.page(7.6, tall + 1.16, title=title, caption=caption)
            page.leave(left=LABELS + 0.25, right=0.2, above=0.58, below=0.58)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(style.wrap(title, width=5, size=9), pad=48)
        _draw(ax, shown, goods_names)
        _frame(ax, len(shown), _left_out(every, shown, least))
        _key(ax)
    return ax


def _draw(ax: Axes, shown: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Draw a line a good: its span, the range of ID, the four marks."""
    y = np.arange(len(shown))
    four = shown[list(style.MEASURES)]
    ax.hlines(y, four.min(axis=1), four.max(axis=1), color="#BBBBBB", lw=0.8, zorder=1)
    colour = style.MEASURES["id"].colour
    ax.hlines(y, shown["id_first"], shown["id_upper"], color=colour, lw=3.2, alpha=0.35,
              zorder=2)
    for place, (key, mark) in enumerate(style.MEASURES.items()):
        ax.plot(four[key].to_numpy(), y, zorder=3 + place, **_look(key, mark))
    labels = [names.get(g, str(g).replace("_", " ")) for g in shown.index]
    wrapped = [style.wrap(label, width=LABELS, size=style.SMALL) for label in labels]
    ax.set_yticks(y, wrapped)


def _look(key: str, mark: style.Mark) -> dict[str, Any]:
    """Return how the marks of one measure are drawn."""
    return {
        "ls": "none", "marker": mark.marker, "ms": SIZES[key], "color": mark.colour,
        "mfc": mark.colour if mark.filled else "none", "clip_on": False,
        "mew": {"dd": 1.6, "ltd": 1.3}.get(key, 0.4),
        "mec": mark.colour if key in ("dd", "ltd") else "white",
    }


def _frame(ax: Axes, count: int, note: str) -> None:
    """Set axis and stripes."""
    ax.set_xlim(-0.012, 1.012)
    ax.set_ylim(-0.6, count - 0.4)
    style.dress(ax)
    ax.xaxis.set_major_formatter(PercentFormatter(1, symbol="\N{NO-BREAK SPACE}%"))
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_xlabel("share of need that rests on the target" + note)
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)
    for row in range(0, count, 2):
        ax.axhspan(row - 0.5, row + 0.5, color="#F5F5F5", lw=0, zorder=0)


def _key(ax: Axes) -> None:
    """Write the key above the axes, two columns."""
    handles = [
        Line2D([], [], label=mark.label, **_look(key, mark))
        for key, mark in style.MEASURES.items()
    ]
    bar = Line2D([], [], color=style.MEASURES["id"].colour, lw=3.2, alpha=0.35,
                 label="range of ID over unallocated output and source conflicts")
    ax.legend(handles=[*handles, bar], loc="lower right", bbox_to_anchor=(1, 1.0),
              ncols=2, columnspacing=1.4, handletextpad=0.6, borderaxespad=0.3,
              handlelength=1.6)


def _left_out(every: pd.DataFrame, shown: pd.DataFrame, least: float) -> str:
    """Say how many goods are not in the figure."""
    small = int((every.ltd <= least).sum())
    rest = len(every) - len(shown) - small
    parts = []
    if rest:
        parts.append(f"{rest} more with LTD up to {style.percent(_top(every, shown))}")
    if small:
        parts.append(f"{small} with LTD of {style.percent(least)} or less")
    return f"\nnot shown: {'; '.join(parts)}" if parts else ""


def _top(every: pd.DataFrame, shown: pd.DataFrame) -> float:
    """Return the highest LTD that is not shown."""
    return float(every.ltd[~every.index.isin(shown.index)].max())
