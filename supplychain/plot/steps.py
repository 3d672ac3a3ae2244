"""ID along the rungs of membership: what a status unlocks, good by good."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOVES", "select_steps", "steps", "steps_figure"]

MOVES = 0.01
"""Goods whose ID moves less along the rungs are not telling [1]."""
NO_NAMES: Mapping[str, str] = MappingProxyType({})
COLUMNS = 3
FREE = style.MEASURES["id"]
HALO = withStroke(linewidth=1.6, foreground="white")


def select_steps(unlocked: pd.DataFrame, *, group: str) -> pd.DataFrame:
    """Pick the rows of one group under the central treatment of gaps in sources.

    Parameters
    ----------
    unlocked : pandas.DataFrame
        ``id_lambda.csv``: good, group, unallocated_as, conflicts_as, control,
        status, id_lambda, id_frozen, id [share of need].
    group : str
        Whose need.

    Returns
    -------
    pandas.DataFrame
        The rows, with ``moved``: how far ID falls from the first rung to the last
        [1]; goods that move most first.

    Raises
    ------
    ValueError
        If no row is left.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(good="gallium", group="IND", unallocated_as="not_target",
    ...     conflicts_as="central", control="place", id_frozen=.9, id=.1)
    >>> frame = pd.DataFrame([{**row, "status": "excluded", "id_lambda": .8},
    ...     {**row, "status": "full", "id_lambda": .5}])
    >>> select_steps(frame, group="IND").moved.round(2).tolist()
    [0.3, 0.3]
    """
    part = unlocked[
        (unlocked.group == group)
        & (unlocked.unallocated_as == "not_target")
        & (unlocked.conflicts_as == "central")
        & (unlocked.control == "place")
    ]
    if part.empty:
        message = f"no rows for group {group!r}"
        raise ValueError(message)
    ends = part.groupby("good", sort=False).id_lambda.agg(["first", "last"])
    moved = (ends["first"] - ends["last"]).round(9)
    part = part.assign(moved=part.good.map(moved))
    return part.sort_values("moved", ascending=False, kind="stable")


def steps(
    rows: pd.DataFrame,
    *,
    off: float | None = None,
    names: Mapping[str, str] = NO_NAMES,
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw ID of one good on each rung.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of one good and group in the order of the rungs, see `select_steps`.
    off : float, optional
        ID without any membership effect [1].
    names : mapping of str to str
        Goods and statuses in words.
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
        If the rows hold several goods.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(good="gallium", id_frozen=.9, id=.1)
    >>> frame = pd.DataFrame([{**row, "status": "excluded", "id_lambda": .8},
    ...     {**row, "status": "full", "id_lambda": .5}])
    >>> [tick.get_text() for tick in steps(frame).get_xticklabels()]
    ['excluded', 'full member']
    """
    goods = list(dict.fromkeys(rows.good))
    if len(goods) != 1:
        message = f"one good a panel, not {', '.join(map(str, goods))}"
        raise ValueError(message)
    with style.applied():
        if ax is None:
            page = style.page(style.PRINT / 2, 2.9, caption=caption)
            page.leave(left=0.6, right=0.15, above=1.0, below=0.7)
            ax = page.fig.add_subplot()
            _key(page, columns=1, off=off is not None)
        _panel(ax, rows, off)
        _axes(ax, [str(s) for s in rows.status], names)
        words = names.get(goods[0], str(goods[0]).replace("_", " "))
        ax.set_title(style.wrap(words, width=1.7, size=8), size=8, pad=4)
    return ax


def steps_figure(
    unlocked: pd.DataFrame,
    *,
    group: str,
    off: Mapping[str, float] | None = None,
    names: Mapping[str, str] = NO_NAMES,
    limit: int = 9,
    title: str = "",
    caption: str = "",
) -> Figure:
    """Draw a panel a good, those first whose ID moves most along the rungs.

    Parameters
    ----------
    unlocked : pandas.DataFrame
        See `select_steps`.
    group : str
        Whose need.
    off : mapping of str to float, optional
        ID of each good without any membership effect [1].
    names : mapping of str to str
        Goods and statuses in words.
    limit : int
        Most goods shown; the rest is counted below.
    title, caption : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If no good moves.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(good="gallium", group="IND", unallocated_as="not_target",
    ...     conflicts_as="central", control="place", id_frozen=.9, id=.1)
    >>> frame = pd.DataFrame([{**row, "status": "excluded", "id_lambda": .8},
    ...     {**row, "status": "full", "id_lambda": .5}])
    >>> len(steps_figure(frame, group="IND").axes)
    1
    """
    every = select_steps(unlocked, group=group)
    moving = list(dict.fromkeys(every.good[every.moved >= MOVES]))
    if not moving:
        message = f"ID of no good moves along the rungs for {group!r}"
        raise ValueError(message)
    shown = moving[:limit]
    lines = -(-len(shown) // COLUMNS)
    note = _left_out(every, len(moving) - len(shown))
    with style.applied():
        page = style.page(style.PRINT, 1.12 + 1.55 * lines, title=title,
                          caption="\n".join(part for part in (note, caption) if part))
        page.leave(left=0.68, right=0.12, above=0.66, below=0.6)
        grid = page.fig.subplots(lines, COLUMNS, squeeze=False, sharey=True,
                                 gridspec_kw={"wspace": 0.1, "hspace": 0.36}).ravel()
        for place, (good, ax) in enumerate(zip(shown, grid, strict=False)):
            steps(every[every.good == good], names=names, ax=ax,
                  off=None if off is None else off.get(good))
            if place + COLUMNS < len(shown):
                ax.tick_params(axis="x", labelbottom=False)
            if place % COLUMNS:
                ax.set_ylabel("")
                ax.tick_params(axis="y", labelleft=False)
        for ax in grid[len(shown):]:
            ax.remove()
        _key(page, columns=2, off=off is not None)
    return page.fig


def _panel(ax: Axes, rows: pd.DataFrame, off: float | None) -> None:
    """Draw the steps between their two ends, and the first and last value."""
    values = rows.id_lambda.clip(lower=0).to_numpy(dtype=float)
    x = np.arange(len(values))
    edges = np.arange(len(values) + 1) - 0.5
    frozen, free = float(rows.id_frozen.iloc[0]), max(0.0, float(rows.id.iloc[0]))
    ax.hlines(frozen, edges[0], edges[-1], color=style.INK, lw=0.9, ls=":", zorder=2)
    ax.hlines(free, edges[0], edges[-1], color=FREE.colour, lw=0.9, ls="-.", zorder=2)
    if off is not None:
        mark = style.CHANNELS["off"]
        ax.hlines(off, edges[0], edges[-1], color=mark.colour, lw=0.9, ls=mark.dash,
                  zorder=2.5)
    line = style.LADDERS["A"]
    ax.stairs(values, edges, baseline=None, color=line.colour, lw=1.6, zorder=4)
    ax.fill_between(edges, np.append(values, values[-1]), step="post", lw=0,
                    color=style.CHANNELS["low"].colour, alpha=0.6, zorder=1)
    for place in sorted({0, len(values) - 1}):
        below = values[place] > 0.16
        ax.annotate(style.percent(values[place]), (x[place], values[place]),
                    xytext=(0, -2.5 if below else 2.5), textcoords="offset points",
                    ha="center", va="top" if below else "bottom", size=style.TINY,
                    color=line.colour, zorder=5, path_effects=[HALO])


def _axes(ax: Axes, rungs: list[str], names: Mapping[str, str]) -> None:
    """Set ticks, limits and grid."""
    labels = [names.get(s, style.pick(style.STATUSES, s).label) for s in rungs]
    ax.set_xticks(range(len(rungs)), labels, rotation=38, ha="right",
                  rotation_mode="anchor")
    ax.tick_params(axis="x", length=0, pad=2)
    ax.set_xlim(-0.5, len(rungs) - 0.5)
    ax.set_ylim(-0.03, 1.03)
    style.dress(ax)
    ax.set_yticks([0, 0.5, 1])
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: style.percent(y)))
    ax.grid(axis="y", color=style.GRID, lw=0.6)
    ax.set_ylabel("share of need lost")


def _key(page: style.Page, *, columns: int, off: bool) -> None:
    """Write the key under the title."""
    line, none = style.LADDERS["A"], style.CHANNELS["off"]
    handles = [
        Line2D([], [], color=line.colour, lw=1.6, label="ID(λ), on each rung"),
        Line2D([], [], color=style.INK, lw=0.9, ls=":",
               label="no re-sourcing at all (trade frozen)"),
        Line2D([], [], color=FREE.colour, lw=0.9, ls="-.",
               label="ID, re-sourcing without caps"),
    ]
    if off:
        handles.insert(1, Line2D([], [], color=none.colour, lw=0.9, ls=none.dash,
                                 label=none.label))
    top = 1 - page.top / float(page.fig.get_figheight())
    page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                    ncols=columns, columnspacing=1.6, handlelength=2.4)


def _left_out(every: pd.DataFrame, more: int) -> str:
    """Say how many goods are not in the figure, and why."""
    still = every[every.moved < MOVES].drop_duplicates("good")
    none = int((still.id_lambda < MOVES).sum())
    parts = []
    if more:
        parts.append(f"{more} more that move")
    if none:
        parts.append(f"{none} with ID(λ) under {style.percent(MOVES)} on every rung")
    if len(still) > none:
        parts.append(f"{len(still) - none} that stay above it whatever the status")
    return f"Goods not shown: {'; '.join(parts)}." if parts else ""
