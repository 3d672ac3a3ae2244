"""The coalition game: what each player is worth, games side by side."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["shapley"]

NO_NAMES: Mapping[str, str] = MappingProxyType({})
LABELS = 1.75
"""Width of the players in words [inch]."""
BAR = 0.17
"""Height of a bar [inch]."""
FILLS = (("#0B4F8A", ""), ("#BFD7EA", "////"), ("#6B6B6B", ".."))
"""Games in order: told apart by lightness and by hatch."""


def shapley(
    rows: pd.DataFrame,
    *,
    names: Mapping[str, str] = NO_NAMES,
    country: str = "",
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw the Shapley value of each player, with what it is worth alone and last.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``CoalitionGame.rows`` of one game, or of several told apart by column
        ``game`` (its name in words): player, shapley, low, high, alone, marginal,
        unit.
    names : mapping of str to str
        Players in words.
    country : str
        The player whose name is written in its own colour.
    title : str
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure with its key where not given.
    caption : str
        Written below a new figure; states the characteristic function.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more games than fills, or several units.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([dict(player="IND", shapley=2., low=2., high=2., alone=.1,
    ...     marginal=8., unit="% of the baseline")])
    >>> ax = shapley(frame, names={"IND": "India"})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['India']
    """
    if rows.unit.nunique() > 1:
        message = "one unit an axis"
        raise ValueError(message)
    if "game" not in rows:
        rows = rows.assign(game="Shapley value")
    games = list(dict.fromkeys(rows.game))
    if len(games) > len(FILLS):
        message = f"{len(games)} games; at most {len(FILLS)} side by side"
        raise ValueError(message)
    order = rows.groupby("player", sort=False).shapley.max()
    players = list(order.sort_values(ascending=False, kind="stable").index)
    thick = BAR * len(games)
    with style.applied():
        if ax is None:
            keys = -(-(len(games) + 2) // 2) * 0.17 + 0.15
            page = style.page(style.PRINT, (thick + 0.11) * len(players) + keys + 0.5,
                              title=title, caption=caption)
            page.leave(left=LABELS + 0.25, right=0.25, above=keys, below=0.45)
            ax = page.fig.add_subplot()
            _key(page, rows, games)
        for number, game in enumerate(games):
            part = rows[rows.game == game].set_index("player").reindex(players)
            shift = BAR * (number - (len(games) - 1) / 2)
            _bars(ax, part, np.arange(len(players)) * (thick + 0.11) + shift, number)
        _frame(ax, rows, players, thick + 0.11, names, country)
    return ax


def _bars(ax: Axes, part: pd.DataFrame, y: np.ndarray, number: int) -> None:
    """Draw the bars of one game with its intervals, numbers and marks."""
    colour, hatch = FILLS[number]
    ax.barh(y, part.shapley, height=BAR * 0.86, color=colour, hatch=hatch,
            edgecolor="#4A6B88" if hatch else colour, lw=0.4, zorder=2)
    sampled = ((part.high - part.low) > 1e-9).to_numpy()
    ax.hlines(y[sampled], part.low[sampled], part.high[sampled], color=style.INK, lw=1,
              zorder=3)
    ax.plot(part.alone, y, ls="none", marker="|", ms=8, mew=1.4, zorder=4,
            color=style.TARGET.colour, clip_on=False)
    ax.plot(part.marginal, y, ls="none", marker="o", ms=4.2, mew=1.0, mfc="white",
            color=style.INK, zorder=4, clip_on=False)


def _frame(
    ax: Axes, rows: pd.DataFrame, players: list[str], pitch: float,
    names: Mapping[str, str], country: str,
) -> None:
    """Set axis, names and stripes."""
    style.dress(ax)
    y = np.arange(len(players)) * pitch
    words = [names.get(p, p.replace("_", " ")) for p in players]
    ax.set_yticks(y, [style.wrap(w, width=LABELS, size=style.SMALL) for w in words],
                  linespacing=1.0)
    for label, player in zip(ax.get_yticklabels(), players, strict=True):
        if player == country:
            label.set_color(style.COUNTRY.colour)
            label.set_fontweight("bold")
    ax.set_ylim(y[-1] + pitch / 2, -pitch / 2)
    ends = rows[["shapley", "low", "high", "alone", "marginal"]].to_numpy(dtype=float)
    low, high = min(0.0, float(np.nanmin(ends))), float(np.nanmax(ends))
    room = 0.03 * max(high - low, 1e-9)
    ax.set_xlim(low - room if low < -1e-9 else -room / 3, high + room)
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(str(rows.unit.iloc[0]))
    for place in range(0, len(players), 2):
        ax.axhspan(y[place] - pitch / 2, y[place] + pitch / 2, color="#F5F5F5", lw=0,
                   zorder=0)


def _key(page: style.Page, rows: pd.DataFrame, games: list[str]) -> None:
    """Write the key under the title."""
    handles: list[object] = [
        Patch(facecolor=fill, hatch=hatch, edgecolor="#4A6B88" if hatch else fill,
              lw=0.4, label=game)
        for game, (fill, hatch) in zip(games, FILLS, strict=False)
    ]
    handles += [
        Line2D([], [], ls="none", marker="|", ms=8, mew=1.4,
               color=style.TARGET.colour, label="alone, v({i})"),
        Line2D([], [], ls="none", marker="o", ms=4.2, mew=1.0, mfc="white",
               color=style.INK, label="last to join, v(N) − v(N∖i)"),
    ]
    if ((rows.high - rows.low) > 1e-9).any():
        handles.append(Line2D([], [], color=style.INK, lw=1.0,
                              label="95 % confidence interval (sampled)"))
    top = 1 - page.top / float(page.fig.get_figheight())
    page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                    ncols=2, columnspacing=1.4)
