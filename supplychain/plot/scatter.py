"""ID against LTD: what looks scary and is replaceable, what is a true chokepoint."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from supplychain.plot import style
from supplychain.plot.packing import Box, place_box

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["CORNERS", "scatter"]

CORNERS: Mapping[str, style.Mark] = MappingProxyType(
    {
        "chokepoint": style.Mark("#8B1A4A", "o", label="true chokepoint"),
        "replaceable": style.Mark("#56B4E9", "s", label="looks scary, replaceable"),
        "calm": style.Mark("#9A9A9A", ".", label="little dependence"),
    }
)
"""The corners of the figure; a good with ID above its LTD counts by its ID."""

NO_NAMES: Mapping[str, str] = MappingProxyType({})
WIDE, TALL = 4.2, 5.6
"""Size of the axes [inch]."""
BESIDE = 1.75
"""Width of the names beside the axes [inch]."""
CROWD = 0.8
"""Goods with LTD from here on are named beside the axes [1]."""
OVER = 0.04
"""Room beyond 0 and 1 [1]."""


def scatter(
    rows: pd.DataFrame,
    *,
    goods_names: Mapping[str, str] = NO_NAMES,
    scary: float = 0.5,
    bound: float = 0.5,
    label_from: float = 0.3,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw how dependent each good looks against how dependent it is.

    Parameters
    ----------
    rows : pandas.DataFrame
        Indexed by good: ltd, id and the span of id, id_first to id_upper [share of
        need]; as :func:`supplychain.plot.chains.select_chains` returns.
    goods_names : mapping of str to str
        Goods in words.
    scary : float
        Goods with LTD above look dependent [1].
    bound : float
        Goods with ID above are dependent [1].
    label_from : float
        Goods with LTD above are named where there is room [1].
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
    >>> rows = pd.DataFrame({"ltd": [.9, .9], "id": [.9, .1], "id_first": [.9, .1],
    ...     "id_upper": [.9, .2]}, index=["gallium", "nf3"])
    >>> ax = scatter(rows, goods_names={"gallium": "Gallium"})
    >>> {"Gallium", "nf3"} <= {text.get_text() for text in ax.texts}
    True
    """
    with style.applied():
        if ax is None:
            page = style.page(WIDE + BESIDE + 0.75, TALL + 0.74, title=title,
                              caption=caption)
            page.leave(left=0.65, right=BESIDE + 0.1, above=0.28, below=0.46)
            ax = page.fig.add_subplot()
        else:
            ax.set_title(style.wrap(title, width=WIDE, size=9), pad=20)
        _frame(ax, scary, bound)
        corner = [_corner(x, y, scary, bound)
                  for x, y in zip(rows.ltd, rows.id, strict=True)]
        for key, mark in CORNERS.items():
            part = rows[[c == key for c in corner]]
            ax.vlines(part.ltd, part.id_first, part.id_upper, color=mark.colour,
                      lw=0.8, alpha=0.35, zorder=2)
            ax.plot(part.ltd, part.id, ls="none", marker=mark.marker, ms=5,
                    color=mark.colour, mec="white", mew=0.4, zorder=4, clip_on=False)
        _names(ax, rows[rows.ltd.between(label_from, CROWD)], rows, goods_names)
        _beside(ax, rows[rows.ltd.gt(CROWD)], goods_names)
        handles = [
            Line2D([], [], ls="none", marker=mark.marker, ms=5, color=mark.colour,
                   mec="white", mew=0.4, label=f"{mark.label} ({corner.count(key)})")
            for key, mark in CORNERS.items()
        ]
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3,
                  borderaxespad=0.2, columnspacing=1.2, handletextpad=0.3)
    return ax


def _corner(ltd: float, found: float, scary: float, bound: float) -> str:
    """Return where a good lies."""
    if found > bound:
        return "chokepoint"
    return "replaceable" if ltd > scary else "calm"


def _frame(ax: Axes, scary: float, bound: float) -> None:
    """Draw axes, the two bounds and the line on which nothing is replaced."""
    ax.set_xlim(-OVER, 1 + OVER)
    ax.set_ylim(-OVER, 1 + OVER)
    ax.plot([0, 1], [0, 1], color=style.GRID, lw=0.8, zorder=1)
    ax.axvline(scary, color=style.MUTED, lw=0.7, dashes=(4, 3), zorder=1)
    ax.axhline(bound, color=style.MUTED, lw=0.7, dashes=(4, 3), zorder=1)
    style.dress(ax)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1, symbol="\N{NO-BREAK SPACE}%"))
    ax.set_xlabel("LTD: share of need that looks through to the target")
    ax.set_ylabel("ID: share of need lost after the best re-sourcing")


def _short(good: object, names: Mapping[str, str]) -> str:
    """Return a good's name up to its first bracket."""
    return names.get(str(good), str(good).replace("_", " ")).split(" (")[0]


def _beside(ax: Axes, rows: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Name the goods at the right end in a column beside the axes."""
    ranked = rows.sort_values(["id", "ltd"], kind="stable")
    line = style.TINY * 1.25 / 72 / TALL * (1 + 2 * OVER)
    places = style.spread(ranked.id.tolist(), heights=[line] * len(ranked), low=-OVER,
                          high=1 + OVER)
    end, start = 1 + 2.4 * OVER, 1 + OVER
    for good, x, y, place in zip(ranked.index, ranked.ltd, ranked.id, places,
                                 strict=True):
        ax.plot([x, start, end], [y, y, place], color=style.MUTED, lw=0.35, zorder=1.5,
                clip_on=False)
        size = style.TINY
        text = _short(good, names)
        if style.text_width(text, size) > BESIDE - 0.3:
            size *= (BESIDE - 0.3) / style.text_width(text, size)
        ax.text(end + 0.008, place, text, size=size, va="center")


def _names(
    ax: Axes, rows: pd.DataFrame, every: pd.DataFrame, names: Mapping[str, str]
) -> None:
    """Name goods, most exposed first, where the name covers nothing."""
    span = 1 + 2 * OVER
    x_inch, y_inch = span / WIDE, span / TALL
    dot_x, dot_y = 0.05 * x_inch, 0.05 * y_inch

    def mark(x: float, y: float) -> Box:
        return (x - dot_x, y - dot_y, x + dot_x, y + dot_y)

    taken = [mark(x, y) for x, y in zip(every.ltd, every.id, strict=True)]
    frame = (-OVER, -OVER, 1 + OVER, 1 + OVER)
    ranked = rows.assign(sum=rows.ltd + rows.id).sort_values("sum", ascending=False)
    for good, x, y in zip(ranked.index, ranked.ltd, ranked.id, strict=True):
        text, size = _short(good, names), style.TINY
        wide = (style.text_width(text, size) + 0.03) * x_inch
        tall = size * 1.15 / 72 * y_inch
        box = place_box(mark(x, y), (wide, tall), taken=taken, frame=frame)
        taken.append(box)
        ax.text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text, size=size,
                ha="center", va="center", zorder=5)
        near = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
        if abs(near[0] - x) > 1.5 * dot_x or abs(near[1] - y) > 1.5 * dot_y:
            ax.plot([x, near[0]], [y, near[1]], color=style.MUTED, lw=0.4, zorder=3)
