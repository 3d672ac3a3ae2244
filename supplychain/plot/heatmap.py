"""Goods by countries: one share a cell, goods in the order of their stages."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import PercentFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

__all__ = ["heatmap"]

NO_NAMES: Mapping[str, str] = MappingProxyType({})
NO_GROUPS: Mapping[str, str] = MappingProxyType({})
LABELS = 1.72
"""Width of the goods in words [inch]."""
ROW = 0.142
"""Height of a row [inch]."""
DARK = 0.45
"""Cells above are written in white [1]."""


def heatmap(
    cells: pd.DataFrame,
    *,
    goods: Sequence[str],
    countries: Sequence[str],
    groups: Mapping[str, str] = NO_GROUPS,
    marked: Mapping[str, style.Mark] | None = None,
    names: Mapping[str, str] = NO_NAMES,
    measure: str = "share",
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw a share for each good and country, with its number.

    A cell without a row stays white and without a number: nothing is known there,
    which is not nought.

    Parameters
    ----------
    cells : pandas.DataFrame
        good, country, share [1], one row a cell.
    goods, countries : sequence of str
        Rows from the top and columns from the left.
    groups : mapping of str to str
        What a good belongs to, in words (its stage); a line parts the groups.
    marked : mapping of str to Mark, optional
        Countries whose heading has a colour of its own.
    names : mapping of str to str
        Goods and countries in words.
    measure : str
        What a share is of, for the scale.
    title : str
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
        If a cell has two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"good": ["gallium"], "country": ["CHN"], "share": [.98]})
    >>> ax = heatmap(frame, goods=["gallium"], countries=["CHN"],
    ...     names={"CHN": "China"})
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['China']
    """
    if cells.duplicated(["good", "country"]).any():
        message = "a cell has two rows: one share a good and country"
        raise ValueError(message)
    table = cells.pivot(index="good", columns="country", values="share").reindex(
        index=list(goods), columns=list(countries)).astype(float)
    with style.applied():
        if ax is None:
            head = 0.12 + max(
                (style.text_width(_word(c, names), style.SMALL) for c in countries),
                default=0.5)
            page = style.page(style.PRINT, ROW * len(goods) + head + 0.52,
                              title=title, caption=caption)
            room = 0.12 + max(
                (style.text_width(g, style.TINY) for g in (groups or {}).values()),
                default=0.0)
            page.leave(left=LABELS + 0.2, right=room, above=head, below=0.5)
            ax = page.fig.add_subplot()
        colours = LinearSegmentedColormap.from_list("shares", style.HEAT)
        image = ax.imshow(table.to_numpy(), cmap=colours, vmin=0, vmax=1,
                          aspect="auto", interpolation="none")
        _numbers(ax, table)
        _frame(ax, table, names, marked or {})
        _groups(ax, [groups.get(good, "") for good in goods])
        _scale(ax, image, measure)
    return ax


def _word(key: str, names: Mapping[str, str]) -> str:
    return names.get(key, key.replace("_", " "))


def _shorten(text: str) -> str:
    """Cut the name of a good at a word so that it fits one line."""
    def fits(part: str) -> bool:
        return style.text_width(part, style.TINY) <= LABELS

    words = text.split(" ")
    while len(words) > 1 and not fits(text):
        words.pop()
        text = " ".join(words).rstrip(" ,(") + "…"
    return text


def _numbers(ax: Axes, table: pd.DataFrame) -> None:
    """Write each share in whole per cent; one below half a per cent as a dot."""
    for (row, column), share in np.ndenumerate(table.to_numpy()):
        if np.isfinite(share):
            text = f"{100 * share:.0f}" if share >= 0.005 else "·"
            ax.text(column, row, text, ha="center", va="center_baseline",
                    size=style.TINY - 0.5, clip_on=True,
                    color="white" if share > DARK else style.INK)


def _frame(
    ax: Axes, table: pd.DataFrame, names: Mapping[str, str],
    marked: Mapping[str, style.Mark],
) -> None:
    """Write goods on the left and countries on top, thin lines between cells."""
    labels = [_shorten(_word(str(g), names)) for g in table.index]
    ax.set_yticks(range(len(labels)), labels, size=style.TINY)
    ax.xaxis.tick_top()
    ax.set_xticks(range(table.shape[1]), [_word(str(c), names) for c in table.columns],
                  rotation=90, size=style.SMALL)
    for label, country in zip(ax.get_xticklabels(), table.columns, strict=True):
        if country in marked:
            label.set_color(marked[country].colour)
            label.set_fontweight("bold")
    ax.set_xticks(np.arange(-0.5, table.shape[1]), minor=True)
    ax.set_yticks(np.arange(-0.5, len(labels)), minor=True)
    ax.grid(which="minor", color="white", lw=0.8)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)


def _groups(ax: Axes, found: list[str]) -> None:
    """Part the groups by lines and name them on the right."""
    starts = [i for i, name in enumerate(found) if i == 0 or name != found[i - 1]]
    last = ax.get_xlim()[1]
    for start, end in zip(starts, [*starts[1:], len(found)], strict=True):
        if start:
            ax.axhline(start - 0.5, color=style.MUTED, lw=0.7, zorder=3)
        if found[start]:
            ax.annotate(found[start], (last, (start + end - 1) / 2), xytext=(4, 0),
                        textcoords="offset points", va="center", size=style.TINY,
                        color=style.MUTED, annotation_clip=False)


def _scale(ax: Axes, image: AxesImage, measure: str) -> None:
    """Draw the scale below the cells."""
    inch = ax.get_window_extent().height / ax.figure.dpi
    bar = ax.inset_axes((0.0, -0.17 / inch, 0.45, 0.09 / inch))
    ax.figure.colorbar(
        image, cax=bar, orientation="horizontal", ticks=[0, 0.25, 0.5, 0.75, 1],
        format=PercentFormatter(1, symbol="\N{NO-BREAK SPACE}%"))
    bar.tick_params(labelsize=style.TINY, length=2, pad=1)
    ax.annotate(measure, (0.49, -0.125 / inch), xycoords="axes fraction",
                va="center", size=style.TINY, annotation_clip=False)
