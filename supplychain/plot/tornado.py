"""The tornado: one headline number, each assumption at its low and high end."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

__all__ = ["tornado"]

LOW, HIGH = "#8CC3E8", "#0B4F8A"
SAME = 1e-9
"""Effects up to this size are none."""


def tornado(
    sensitivity: pd.DataFrame,
    *,
    headline: str | None = None,
    top: int = 12,
    title: str | None = None,
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw how far each assumption moves one headline number.

    Parameters
    ----------
    sensitivity : pandas.DataFrame
        ``sensitivity.csv``: assumption, meaning, low, central, high, headline,
        at_low, at_central, at_high, effect, unit.
    headline : str, optional
        The number; the first in the table where not given.
    top : int
        Most assumptions shown, largest effect first.
    title : str, optional
        The headline in other words.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.
    caption : str
        Written below a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the table has no row of this headline.

    Examples
    --------
    >>> row = dict(headline="ID of gallium", at_central=.8, unit="share (0-1)",
    ...     low=0, central=1, high=2, at_low=.7, at_high=.85, effect=.1)
    >>> frame = pd.DataFrame([{**row, "assumption": "nu0", "meaning": "switching"}])
    >>> tornado(frame).get_title(loc="left")
    'ID of gallium'
    """
    if headline is None and len(sensitivity):
        headline = str(sensitivity.headline.iloc[0])
    every = sensitivity[sensitivity.headline == headline]
    if every.empty:
        message = f"no row for headline {headline!r}"
        raise ValueError(message)
    moving = every[every.effect.abs() > SAME]
    shown = moving.sort_values("effect", ascending=False, kind="stable").head(top)
    with style.applied():
        if ax is None:
            fig = style.new_figure(8.6, 1.4 + 0.4 * max(len(shown), 2))
            made = fig.add_subplot()
            style.add_caption(fig, caption)
        else:
            made = ax
        _draw(made, shown.iloc[::-1])
        _frame(made, every, shown)
        words = title if title is not None else str(headline)
        made.set_title(style.wrap(words, width=6, size=9), pad=20)
    return made


def _draw(ax: Axes, shown: pd.DataFrame) -> None:
    """Draw two half bars a row: the low end above, the high end below."""
    for end, colour, place in (("low", LOW, 0.19), ("high", HIGH, -0.19)):
        width = (shown[f"at_{end}"] - shown.at_central).astype(float).fillna(0)
        y = np.arange(len(shown)) + place
        ax.barh(y, width, height=0.36, left=shown.at_central, color=colour, zorder=2)
        for row, size, level in zip(shown.itertuples(), width, y, strict=True):
            left = size < -SAME or (abs(size) <= SAME and end == "low")
            ax.annotate(_text(getattr(row, end)), (float(row.at_central) + size, level),
                        xytext=(-3 if left else 3, -0.5), textcoords="offset points",
                        ha="right" if left else "left", va="center", size=style.TINY,
                        zorder=3)
    labels = [style.wrap(_meaning(row), width=3.0, size=style.SMALL)
              for row in shown.itertuples()]
    ax.set_yticks(range(len(shown)), labels, linespacing=1.0)


def _meaning(row: object) -> str:
    """Return an assumption in words, its key where it has none."""
    words = getattr(row, "meaning", "")
    text = str(words) if isinstance(words, str) and words else ""
    return text or str(getattr(row, "assumption", "")).replace("_", " ")


def _text(value: object) -> str:
    """Write the value of an assumption."""
    if isinstance(value, float | int | np.number):
        return f"{float(value):,.4g}" if abs(float(value)) < 1e6 else f"{value:.3g}"
    return str(value)


def _frame(ax: Axes, every: pd.DataFrame, shown: pd.DataFrame) -> None:
    """Set axis, central line, key and the note on what does not move it."""
    central = float(every.at_central.iloc[0])
    unit = str(every.unit.iloc[0])
    ends = pd.concat([shown.at_low, shown.at_high, every.at_central]).astype(float)
    room = max(float(ends.max() - ends.min()), 1e-6)
    ax.set_xlim(float(ends.min()) - 0.17 * room, float(ends.max()) + 0.17 * room)
    ax.set_ylim(-0.6, max(len(shown), 1) - 0.4)
    ax.axvline(central, color=style.INK, lw=0.9, zorder=4)
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    share = unit.startswith("share")
    if share:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: style.percent(x)))
    number = style.percent(central) if share else f"{central:.4g}"
    ax.set_xlabel(f"{unit.removesuffix(' (0-1)')}; central {number}" + _rest(every, shown))
    handles = [Patch(color=LOW, label="assumption at its low end"),
               Patch(color=HIGH, label="assumption at its high end")]
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2,
              borderaxespad=0.2, columnspacing=1.2)


def _rest(every: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Say how many assumptions are not in the figure."""
    still = int((every.effect.abs() <= SAME).sum())
    less = len(every) - len(shown) - still
    parts = []
    if less:
        parts.append(f"{less} with a smaller effect")
    if still:
        parts.append(f"{still} without any effect")
    return f"\nassumptions not shown: {'; '.join(parts)}" if parts else ""
