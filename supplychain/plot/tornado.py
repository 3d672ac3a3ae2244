"""The tornado: one headline number, each assumption at its low and high end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["tornado"]

LOW, HIGH = "#8CC3E8", "#0B4F8A"
SAME = 1e-9
"""Effects up to this size are none."""
LEAST = 0.005
"""Effects below this share of the largest are too small to draw."""
LABELS = 3.1
"""Width of the assumptions in words [inch]."""


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
        at_low, at_central, at_high, effect, unit; headline_text if it is there.
    headline : str, optional
        The number; the first in the table where not given.
    top : int
        Most assumptions shown, largest effect first.
    title : str, optional
        The headline in other words; column headline_text where there is one.
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
    >>> [label.get_text() for label in tornado(frame).get_yticklabels()]
    ['switching (nu0)']
    """
    if headline is None and len(sensitivity):
        headline = str(sensitivity.headline.iloc[0])
    every = sensitivity[sensitivity.headline == headline]
    if every.empty:
        message = f"no row for headline {headline!r}"
        raise ValueError(message)
    shown = every.sort_values("effect", ascending=False, kind="stable").head(top)
    shown = shown[shown.effect > max(SAME, LEAST * float(shown.effect.max()))]
    words = _title(every) if title is None else title
    with style.applied():
        if ax is None:
            tall = 0.4 * max(len(shown), 2)
            page = style.page(8.6, tall + 0.84, title=words, caption=caption)
            page.leave(left=LABELS + 0.25, right=0.2, above=0.28, below=0.56)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(style.wrap(words, width=6, size=9), pad=20)
        _draw(ax, shown.iloc[::-1])
        _frame(ax, every, shown)
    return ax


def _title(rows: pd.DataFrame) -> str:
    """Return the headline in words."""
    column = "headline_text" if "headline_text" in rows else "headline"
    text = str(rows[column].iloc[0])
    return text[:1].upper() + text[1:]


def _draw(ax: Axes, shown: pd.DataFrame) -> None:
    """Draw two half bars a row: the low end above, the high end below."""
    for end, colour, place in (("low", LOW, 0.19), ("high", HIGH, -0.19)):
        width = (shown[f"at_{end}"] - shown.at_central).astype(float).fillna(0)
        y = np.arange(len(shown)) + place
        ax.barh(y, width, height=0.36, left=shown.at_central, color=colour, zorder=2)
        tips = (shown.at_central.astype(float) + width).to_numpy()
        for value, size, tip, level in zip(shown[end], width, tips, y, strict=True):
            left = size < -SAME or (abs(size) <= SAME and end == "low")
            ax.annotate(_text(value), (tip, level), xytext=(-3 if left else 3, -0.5),
                        textcoords="offset points", ha="right" if left else "left",
                        va="center", size=style.TINY, zorder=3)
    pairs = zip(shown.assumption, shown.meaning, strict=True)
    labels = [_meaning(*pair) for pair in pairs]
    ax.set_yticks(range(len(shown)), labels, linespacing=1.0)


def _meaning(key: str, meaning: object) -> str:
    """Return an assumption in words, with its key, on at most three lines."""
    text = f"{meaning} ({key})" if isinstance(meaning, str) and meaning else key
    wide = style.text_width(text, style.SMALL) > 2.6 * LABELS
    return style.wrap(text, width=LABELS, size=style.TINY if wide else style.SMALL)


def _text(value: object) -> str:
    """Write the value of an assumption."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    for size, word in ((1e9, " bn"), (1e6, " mn")):
        if abs(number) >= size:
            return f"{number / size:g}{word}"
    return f"{number:g}"


def _frame(ax: Axes, every: pd.DataFrame, shown: pd.DataFrame) -> None:
    """Set axis, central line, key and the note on what does not move it."""
    central = float(every.at_central.iloc[0])
    unit = str(every.unit.iloc[0])
    ends = pd.concat([shown.at_low, shown.at_high, every.at_central]).astype(float)
    room = max(float(ends.max() - ends.min()), 1e-6)
    ax.set_xlim(float(ends.min()) - 0.17 * room, float(ends.max()) + 0.17 * room)
    ax.set_ylim(-0.6, max(len(shown), 1) - 0.4)
    style.dress(ax)
    ax.axvline(central, color=style.INK, lw=0.9, zorder=4)
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    share = unit.startswith("share")
    if share:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: style.percent(x)))
    number = style.percent(central) if share else f"{central:.4g}"
    words = f"{unit.removesuffix(' (0-1)')}; central {number}"
    ax.set_xlabel(words + _rest(every, shown))
    handles = [Patch(color=LOW, label="assumption at its low end"),
               Patch(color=HIGH, label="assumption at its high end")]
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2,
              borderaxespad=0.2, columnspacing=1.2)


def _rest(every: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Say how many assumptions are not in the figure."""
    still = int((every.effect <= SAME).sum())
    less = len(every) - len(shown) - still
    parts = []
    if less:
        parts.append(f"{less} with a smaller effect")
    if still:
        parts.append(f"{still} without any effect")
    return f"\nassumptions not shown: {'; '.join(parts)}" if parts else ""
