"""Who held which status when: a ribbon a country, events as numbered marks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import matplotlib.dates as dates
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

__all__ = ["timeline"]

LINE = 0.17
"""Height of a ribbon with its gap [inch]."""
TALLER = 0.25
"""The same where a row is named on two lines [inch]."""
LABELS = 2.3
"""Width of the rows in words [inch]."""
WIDTH = 6.7
"""Width of the figure [inch]."""
NOTHING: Mapping[str, str] = MappingProxyType({})


def timeline(
    spans: pd.DataFrame,
    *,
    start: object,
    end: object,
    events: pd.DataFrame | None = None,
    marked: str = "",
    today: object = None,
    title: str = "",
    ax: Axes | None = None,
    caption: str = "",
) -> Axes:
    """Draw statuses over time.

    Parameters
    ----------
    spans : pandas.DataFrame
        In drawing order: row (words of the ribbon), status, valid_from, valid_to
        (dates; no valid_to: still so).
    start, end : date
        Ends of the time axis.
    events : pandas.DataFrame, optional
        date, title: each gets a number on the axis, the titles stand below.
    marked : str
        The row that is set in bold: the country studied.
    today : date, optional
        The day at which statuses are read: a line, and the end of the ribbons.
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
    >>> spans = pd.DataFrame([
    ...     dict(row="India", status="invited", valid_from="2026-01-12",
    ...          valid_to="2026-02-19"),
    ...     dict(row="India", status="signatory", valid_from="2026-02-20",
    ...          valid_to=None)])
    >>> ax = timeline(spans, start="2026-01-01", end="2026-12-31")
    >>> [label.get_text() for label in ax.get_yticklabels()], len(ax.patches)
    (['India'], 2)
    """
    rows = list(dict.fromkeys(spans.row))
    first, last = (_number(day) for day in (start, end))
    numbered = _numbered(events, first, last)
    with style.applied():
        line = TALLER if any("\n" in _label(row) for row in rows) else LINE
        if ax is None:
            texts = [f"{n}  {day}: {text}" for n, day, text in numbered]
            # Two columns; a column is half the page.
            lines = [style.wrap(text, width=WIDTH / 2 - 0.3, size=style.TINY)
                     for text in texts]
            left, right = _columns(lines)
            below = 0.32 + style.TINY * 1.3 / 72 * max(
                left.count("\n") + 1, right.count("\n") + 1)
            page = style.page(WIDTH, line * len(rows) + 0.62 + below, title=title,
                              caption=caption)
            page.leave(left=LABELS + 0.2, right=0.32, above=0.62, below=below)
            ax = page.fig.add_subplot()
            low = (page.bottom + below - 0.3) / float(page.fig.get_figheight())
            for x, text in ((0.12 / WIDTH, left), (0.5 + 0.06 / WIDTH, right)):
                page.fig.text(x, low, text, size=style.TINY, va="top", linespacing=1.2)
        else:
            ax.set_title(style.wrap(title, width=5, size=9), pad=44)
        _ribbons(ax, spans, rows, first, last if today is None else _number(today))
        _events(ax, numbered, len(rows), (first, last), 0.15 / line)
        _frame(ax, rows, first, last, marked, today)
        _key(ax, spans, today)
    return ax


def _number(day: object) -> float:
    """Return a day as matplotlib counts days."""
    return float(dates.date2num(pd.Timestamp(day)))


def _numbered(
    events: pd.DataFrame | None, first: float, last: float
) -> list[tuple[int, str, str]]:
    """Return the events within the axis: number, day, title, by day."""
    if events is None:
        return []
    inside = [(str(day), str(text)) for day, text in zip(
        events.date, events.title, strict=True) if first <= _number(day) <= last]
    return [(n, day, text) for n, (day, text) in enumerate(sorted(inside), start=1)]


def _columns(lines: list[str]) -> tuple[str, str]:
    """Break texts into two columns of like height."""
    total = sum(text.count("\n") + 1 for text in lines)
    cut, used = 0, 0
    while cut < len(lines) and used < total / 2:
        used += lines[cut].count("\n") + 1
        cut += 1
    return "\n".join(lines[:cut]), "\n".join(lines[cut:])


def _label(row: str) -> str:
    """Return the name of a row, on two lines where it is long."""
    return style.wrap(row, width=LABELS / 1.1, size=style.SMALL)


def _ribbons(
    ax: Axes, spans: pd.DataFrame, rows: list[str], first: float, last: float
) -> None:
    """Draw the ribbons, cut at the ends of the axis."""
    place = {row: y for y, row in enumerate(rows)}
    for r in spans.itertuples():
        a = max(first, _number(r.valid_from))
        open_end = r.valid_to is None or pd.isna(r.valid_to) or r.valid_to == ""
        b = last if open_end else min(last, _number(r.valid_to) + 1)
        if b <= a:
            continue
        mark = style.pick(style.STATUSES, str(r.status))
        ax.barh(place[str(r.row)], b - a, left=a, height=0.74, color=mark.colour,
                hatch=mark.hatch or None, edgecolor="#A0A0A0", lw=0.3, zorder=2)


def _events(
    ax: Axes, numbered: list[tuple[int, str, str]], count: int,
    ends: tuple[float, float], lift: float,
) -> None:
    """Write the numbers of events above the ribbons, each with a thin line down."""
    first, last = ends
    days = sorted({day for _, day, _ in numbered})
    texts = [
        ",".join(str(n) for n, d, _ in numbered if d == day) for day in days
    ]
    inches = WIDTH - LABELS - 0.52
    unit = (last - first) / inches
    widths = [(style.text_width(t, style.TINY) + 0.07) * unit for t in texts]
    places = style.spread([_number(d) for d in days], heights=widths, low=first,
                          high=last)
    top = -0.55
    for day, text, place in zip(days, texts, places, strict=True):
        x = _number(day)
        ax.plot([place, x, x], [top - lift, top, count - 0.4], color=style.INK, lw=0.45,
                alpha=0.55, zorder=3, clip_on=False)
        ax.text(place, top - 1.05 * lift, text, size=style.TINY, ha="center",
                va="bottom")


def _frame(
    ax: Axes, rows: list[str], first: float, last: float, marked: str, today: object
) -> None:
    """Set axes, row names, the day of the statuses."""
    ax.set_xlim(first, last)
    ax.set_ylim(len(rows) - 0.4, -0.55)
    style.dress(ax)
    ax.set_yticks(range(len(rows)), [_label(row) for row in rows], linespacing=0.95)
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row == marked else "normal")
    years = (last - first) / 365
    locator = dates.AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.DateFormatter("%Y" if years > 4 else "%b %Y"))
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=style.GRID, lw=0.5)
    if today is not None:
        ax.axvline(_number(today), color=style.COUNTRY.colour, lw=1.2, zorder=4)


def _key(ax: Axes, spans: pd.DataFrame, today: object) -> None:
    """Write the key of the statuses above the axes."""
    found = set(spans.status)
    table = {**style.STATUSES, **{s: style.pick(style.STATUSES, s) for s in found}}
    handles: list[Patch | Line2D] = [
        Patch(facecolor=mark.colour, hatch=mark.hatch or None, edgecolor="#A0A0A0",
              lw=0.3, label=mark.label)
        for key, mark in table.items() if key in found
    ]
    if today is not None:
        handles.append(Line2D([], [], color=style.COUNTRY.colour, lw=1.2,
                              label="statuses read"))
    ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=7,
              borderaxespad=0, columnspacing=1.0, handletextpad=0.4, handlelength=1.2,
              bbox_transform=ax.transAxes + _up(ax, 0.3))


def _up(ax: Axes, inches: float) -> ScaledTranslation:
    """Return a shift upwards [inch]."""
    return ScaledTranslation(0, inches, ax.figure.dpi_scale_trans)
