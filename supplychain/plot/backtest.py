"""Back-tests: the range that was predicted against what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, NullLocator

from supplychain.plot import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["SCALES", "backtest", "backtest_figure", "scale_of"]

LABELS = 3.05
"""Width of what was predicted in words [inch]."""
GAP = 0.47
"""Height of the axis between two panels [inch]."""
VERDICT = 0.82
"""Width of the verdict on the right [inch]."""
LINE, SPARE = 0.102, 0.058
"""Height of a line of words, and of what parts two rows [inch]."""
BAR = 0.14
"""Height of a bar [inch]."""
RANGE = style.CHANNELS["low"].colour
CENTRAL = style.CHANNELS["central"].colour
SCALES = {
    "ratio": "price after over price before (log)",
    "share": "share",
    "days": "days",
}
"""One axis a unit: quantities on different ones are never drawn together."""


def scale_of(quantity: str, unit: str) -> str:
    """Return the axis that a quantity belongs to.

    Parameters
    ----------
    quantity : str
        For example ``price_ratio``.
    unit : str
        ``1`` or ``days``.

    Returns
    -------
    str
        A key of `SCALES`.

    Examples
    --------
    >>> scale_of("price_ratio", "1"), scale_of("served_share", "1")
    ('ratio', 'share')
    """
    if unit != "1":
        return unit
    return "ratio" if quantity.endswith("_ratio") else "share"


def backtest(
    rows: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str = "",
    caption: str = "",
) -> Axes:
    """Draw one row a quantity: the range predicted and what was observed.

    An observation of which only a bound is known ends in an arrow.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of one scale (`scale_of`): title, what, quantity, unit,
        predicted_low, predicted, predicted_high, observed_low, observed,
        observed_high, verdict.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure with its key where not given.
    title, caption : str
        Of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the rows mix scales.

    Examples
    --------
    >>> frame = pd.DataFrame([dict(title="Quota", what="price", quantity="price_ratio",
    ...     unit="1", predicted_low=1.5, predicted=4, predicted_high=20,
    ...     observed_low=None, observed=22, observed_high=None, verdict="fails")])
    >>> backtest(frame).get_xscale()
    'log'
    """
    scales = sorted({scale_of(q, u) for q, u in zip(rows.quantity, rows.unit,
                                                   strict=True)})
    if len(scales) != 1:
        message = f"one unit an axis, not {', '.join(scales)}; select rows first"
        raise ValueError(message)
    with style.applied():
        if ax is None:
            page = style.page(style.PRINT, _tall(rows) + 1.05, title=title,
                              caption=caption)
            page.leave(left=LABELS + 0.25, right=VERDICT + 0.1, above=0.55, below=0.45)
            ax = page.fig.add_subplot()
            _key(page)
        _axis(ax, rows, scales[0])
        _draw(ax, rows)
    return ax


def backtest_figure(
    rows: pd.DataFrame, *, title: str = "", caption: str = ""
) -> Figure:
    """Draw all back-tests, a panel a unit.

    Parameters
    ----------
    rows : pandas.DataFrame
        See `backtest`.
    title, caption : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> row = dict(title="Quota", what="price", predicted_low=1.5, predicted=4,
    ...     predicted_high=20, observed_low=None, observed=22, observed_high=None,
    ...     verdict="fails")
    >>> frame = pd.DataFrame([{**row, "quantity": "price_ratio", "unit": "1"},
    ...     {**row, "quantity": "days_to_stop", "unit": "days"}])
    >>> len(backtest_figure(frame).axes)
    2
    """
    scale = pd.Series([scale_of(q, u) for q, u in zip(rows.quantity, rows.unit,
                                                      strict=True)], rows.index)
    parts = [rows[scale == s] for s in dict.fromkeys([*SCALES, *scale])]
    parts = [part for part in parts if len(part)]
    with style.applied():
        tall = [_tall(part) for part in parts]
        page = style.page(
            style.PRINT, sum(tall) + GAP * (len(parts) - 1) + 0.95, title=title,
            caption=caption)
        page.leave(left=LABELS + 0.25, right=VERDICT + 0.1, above=0.5, below=0.45)
        axes = page.fig.subplots(
            len(parts), 1, squeeze=False,
            gridspec_kw={"height_ratios": tall,
                         "hspace": GAP * len(parts) / sum(tall)},
        ).ravel()
        for part, ax in zip(parts, axes, strict=True):
            backtest(part, ax=ax)
        _key(page)
    return page.fig


def _words(row: Any) -> list[str]:  # noqa: ANN401  (a row of a frame)
    """Return the lines of a label: the episode, then what was observed."""
    what = str(row.what)
    if not str(row.quantity).endswith("_ratio"):  # the axis says it of a ratio
        what = f"{str(row.quantity).replace('_', ' ')}: {what}"
    return [
        line for text in (str(row.title), what)
        for line in style.wrap(text, width=LABELS, size=style.TINY).splitlines()
    ]


def _edges(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return where rows begin and end, from the top [inch]."""
    heights = [LINE * len(_words(row)) + SPARE for row in rows.itertuples()]
    return np.concatenate([[0.0], np.cumsum(heights)])


def _tall(rows: pd.DataFrame) -> float:
    """Return the height of all rows [inch]."""
    return float(_edges(rows)[-1])


def _axis(ax: Axes, rows: pd.DataFrame, scale: str) -> None:
    """Set the axis of one unit."""
    columns = [f"{who}{end}" for who in ("predicted", "observed")
               for end in ("_low", "", "_high")]
    values = rows[columns].to_numpy(dtype=float)
    top = float(np.nanmax(values))
    style.dress(ax)
    if scale == "ratio":
        low = min(1.0, float(np.nanmin(values[values > 0])))
        ax.set_xscale("log")
        ax.set_xlim(low / 1.1, top * 1.35)
        ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
                 if low / 1.1 <= t <= top * 1.35]
        ax.set_xticks(ticks)
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g} ×"))
    elif scale == "share":
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: style.percent(x)))
    else:
        ax.set_xlim(0, top * 1.12)
    ax.set_xlabel(SCALES.get(scale, scale), labelpad=2)
    edges = _edges(rows)
    ax.set_ylim(edges[-1], 0)
    ax.grid(axis="x", color=style.GRID, lw=0.6)
    ax.tick_params(axis="y", length=0)
    for low, high in zip(edges[:-1:2], edges[1::2], strict=False):
        ax.axhspan(low, high, color="#F5F5F5", lw=0, zorder=0)


def _draw(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the ranges, the observations, the words and the verdicts."""
    labels = []
    edges = _edges(rows)
    places = (edges[1:] + edges[:-1]) / 2
    for y, row in zip(places, rows.itertuples(), strict=True):
        if np.isfinite(row.predicted):
            ax.barh(y, row.predicted_high - row.predicted_low, left=row.predicted_low,
                    height=BAR, color=RANGE, zorder=2)
            ax.vlines(row.predicted, y - BAR / 2, y + BAR / 2, color=CENTRAL, lw=1.8,
                      zorder=3)
        _observed(ax, y, row)
        fails = row.verdict == "fails"
        ax.annotate(str(row.verdict), (1, y), xycoords=("axes fraction", "data"),
                    xytext=(6, 0), textcoords="offset points", va="center",
                    size=style.SMALL, annotation_clip=False,
                    weight="bold" if fails else "normal",
                    color=style.pick(style.VERDICTS, row.verdict).colour)
        labels.append("\n".join(_words(row)))
    ax.set_yticks(places, labels, size=style.TINY, linespacing=1.1)


def _observed(ax: Axes, y: float, row: Any) -> None:  # noqa: ANN401
    """Draw one observation: a point, a range, or a bound with its open side."""
    mark = style.pick(style.VERDICTS, row.verdict)
    low, point, high = (
        float("nan") if pd.isna(v) else float(v)
        for v in (row.observed_low, row.observed, row.observed_high)
    )
    ends = [v for v in (low, point, high) if np.isfinite(v)]
    if len(ends) > 1:
        ax.plot([min(ends), max(ends)], [y, y], color=mark.colour, lw=1.3, zorder=4)
        if not np.isfinite(point):
            ax.plot(ends, [y, y], ls="none", marker="|", ms=6, mew=1.3,
                    color=mark.colour, zorder=4)
            point = (float(np.sqrt(min(ends) * max(ends)))
                     if ax.get_xscale() == "log" else sum(ends) / 2)
    elif not np.isfinite(point):
        point = ends[0]
        side = 1 if np.isfinite(low) else -1
        ax.annotate("", (point, y), xytext=(14 * side, 0), textcoords="offset points",
                    arrowprops={"arrowstyle": "<-", "color": mark.colour, "lw": 1.3,
                                "shrinkA": 0, "shrinkB": 0}, annotation_clip=False)
    ax.plot(point, y, mark.marker, color=mark.colour, ms=5, mew=0.9, zorder=5,
            mfc=mark.colour if mark.filled else "white", clip_on=False)


def _key(page: style.Page) -> None:
    """Write the key under the title."""
    handles: list[object] = [
        Patch(color=RANGE, label="predicted, low to high"),
        Line2D([], [], color=CENTRAL, lw=0, marker="|", ms=9, mew=1.8,
               label="predicted, central"),
    ]
    handles += [
        Line2D([], [], ls="none", marker=m.marker, color=m.colour, ms=5, label=m.label,
               mfc=m.colour if m.filled else "white")
        for m in style.VERDICTS.values()
    ]
    top = 1 - page.top / float(page.fig.get_figheight())
    page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                    ncols=3, columnspacing=1.4, handletextpad=0.6)
