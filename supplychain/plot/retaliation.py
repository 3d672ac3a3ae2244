"""What joining gains or costs, by retaliation and intensity of membership."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from supplychain.plot import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["retaliation", "retaliation_figure"]

NO_RUNGS: Mapping[str, float] = MappingProxyType({})
NO_NAMES: Mapping[str, str] = MappingProxyType({})
LEVELS = 25


def retaliation(
    gains: pd.DataFrame,
    *,
    rungs: Mapping[str, float] = NO_RUNGS,
    extent: tuple[float, float] | None = None,
    ax: Axes | None = None,
    title: str = "",
    caption: str = "",
) -> Axes:
    """Draw the net gain of joining, and the line on which it is nought.

    Parameters
    ----------
    gains : pandas.DataFrame
        theta, intensity [1], gain, gain_min, gain_max [share of baseline]: a full
        grid of theta and intensity.
    rungs : mapping of str to float
        Statuses and their intensities, named on top.
    extent : tuple of float, optional
        Gains at the ends of the scale, to share it among panels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure with key and scale where not given.
    title, caption : str
        Of a new figure; the title of the panel where axes are given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a point of the grid is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([dict(theta=t, intensity=i, gain=i * (.1 - t),
    ...     gain_min=i * (.1 - t) - .01, gain_max=i * (.1 - t) + .01)
    ...     for t in (0., .1, .2) for i in (0., .5, 1.)])
    >>> retaliation(frame).get_xlabel()
    'intensity of membership λ'
    """
    grids = {
        end: gains.pivot(index="theta", columns="intensity", values=end)
        for end in ("gain", "gain_min", "gain_max")
    }
    if grids["gain"].isna().any(axis=None):
        message = "a point of the grid of theta and intensity is missing"
        raise ValueError(message)
    with style.applied():
        norm = _norm(*(extent or (gains.gain.min(), gains.gain.max())))
        if ax is None:
            page = style.page(style.PRINT, 4.2, title=title, caption=caption)
            page.leave(left=0.75, right=1.15, above=1.05, below=0.5)
            ax = page.fig.add_subplot()
            _key(page)
            _scale(ax, [ax], norm)
        elif title:
            ax.set_title(style.wrap(title, width=1.5, size=8), size=8, pad=45)
        _fill(ax, grids, norm)
        _frame(ax, rungs)
    return ax


def retaliation_figure(
    panels: Mapping[str, pd.DataFrame],
    *,
    rungs: Mapping[str, float] = NO_RUNGS,
    title: str = "",
    caption: str = "",
) -> Figure:
    """Draw a panel a shock on one scale of colour.

    Parameters
    ----------
    panels : mapping of str to pandas.DataFrame
        Gains by shock, its name in words; see `retaliation`.
    rungs : mapping of str to float
    title, caption : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([dict(theta=t, intensity=i, gain=i * (.1 - t),
    ...     gain_min=i * (.1 - t), gain_max=i * (.1 - t))
    ...     for t in (0., .1, .2) for i in (0., .5, 1.)])
    >>> found = retaliation_figure({"halt": frame, "wider": frame})
    >>> [ax.get_title("left") for ax in found.axes[:2]]
    ['halt', 'wider']
    """
    low = min(float(g.gain.min()) for g in panels.values())
    high = max(float(g.gain.max()) for g in panels.values())
    with style.applied():
        page = style.page(style.PRINT, 4.6, title=title, caption=caption)
        page.leave(left=0.75, right=0.95, above=1.42, below=0.5)
        axes = page.fig.subplots(1, len(panels), squeeze=False, sharey=True,
                                 gridspec_kw={"wspace": 0.15}).ravel()
        for place, (ax, (name, gains)) in enumerate(
            zip(axes, panels.items(), strict=True)
        ):
            retaliation(gains, rungs=rungs, extent=(low, high), ax=ax, title=name)
            if place:
                ax.set_ylabel("")
                ax.tick_params(axis="y", labelleft=False)
        _scale(axes[-1], list(axes), _norm(low, high))
        _key(page)
    return page.fig


def _norm(low: float, high: float) -> TwoSlopeNorm:
    """Return the scale of colours: nought in the middle, one slope either side.

    Losses deeper than twice the largest gain share the darkest red: there is no
    end to them, and the gains would pale.
    """
    end = max(high, min(-low, 2 * high) if high > 0 else -low, 1e-9)
    return TwoSlopeNorm(0.0, -end, end)


def _colours() -> LinearSegmentedColormap:
    """Return red for a cost and blue for a gain; white is nought."""
    loss = style.TARGET.colour
    return LinearSegmentedColormap.from_list(
        "gain", ["#67001F", loss, "#DF8068", "#F5CDBD", "#FFFFFF", *style.HEAT[1:]])


def _fill(
    ax: Axes, grids: Mapping[str, pd.DataFrame], norm: TwoSlopeNorm
) -> None:
    """Fill the grid and draw where the gain, its least and its most are nought."""
    middle = grids["gain"]
    x, y = middle.columns.to_numpy(dtype=float), middle.index.to_numpy(dtype=float)
    ax.contourf(x, y, middle.to_numpy(), cmap=_colours(), norm=norm, extend="both",
                levels=np.linspace(norm.vmin or 0.0, norm.vmax or 0.0, LEVELS))
    for end, dash, width in (("gain_min", "--", 0.9), ("gain_max", "--", 0.9),
                             ("gain", "-", 1.8)):
        values = grids[end].to_numpy(dtype=float)[:, 1:]
        if values.size and values.min() < 0 < values.max():
            # At intensity 0 nothing is joined and the gain is nought throughout.
            ax.contour(x[1:], y, values, levels=[0.0], colors=[style.INK],
                       linestyles=[dash], linewidths=[width])


def _frame(ax: Axes, rungs: Mapping[str, float]) -> None:
    """Set axes, and name the statuses above."""
    style.dress(ax)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "¼", "½", "¾", "1"])
    ax.set_xlabel("intensity of membership λ")
    ax.set_ylabel("retaliation θ: more loss at λ = 1")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda t, _: style.percent(t)))
    inch = ax.get_window_extent().width / ax.figure.dpi
    named = {status: level for status, level in rungs.items() if level > 0}
    places = style.spread(list(named.values()), heights=[0.17 / inch] * len(named),
                          low=-0.06, high=1.08)
    for (status, level), place in zip(named.items(), places, strict=True):
        if level < 1:
            ax.axvline(level, color=style.INK, lw=0.5, ls=":")
        ax.annotate(style.pick(style.STATUSES, status).label, (level, 1),
                    xycoords=("data", "axes fraction"), xytext=(place, 1.04),
                    textcoords=("data", "axes fraction"), size=style.TINY, rotation=-45,
                    rotation_mode="anchor", ha="right", va="center",
                    annotation_clip=False,
                    arrowprops={"arrowstyle": "-", "lw": 0.5, "color": style.MUTED,
                                "shrinkA": 0, "shrinkB": 0})


def _scale(last: Axes, axes: list[Axes], norm: TwoSlopeNorm) -> None:
    """Draw the scale of colours right of the last panel."""
    inch = last.get_window_extent().width / last.figure.dpi
    bar = last.inset_axes((1 + 0.16 / inch, 0.0, 0.12 / inch, 1.0))
    axes[0].figure.colorbar(
        ScalarMappable(norm, _colours()), cax=bar, extend="min",
        format=FuncFormatter(lambda g, _: f"{100 * g:+.3g}" if g else "0"))
    bar.tick_params(labelsize=style.TINY, length=2)
    bar.set_ylabel("gain of joining [% of baseline value]", size=style.SMALL)


def _key(page: style.Page) -> None:
    """Write the key under the title."""
    handles = [
        Line2D([], [], color=style.INK, lw=1.8,
               label="break-even θ*: below it joining pays, above it joining costs"),
        Line2D([], [], color=style.INK, lw=0.9, ls="--",
               label="its range over the optimal faces"),
    ]
    top = 1 - page.top / float(page.fig.get_figheight())
    page.fig.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, top),
                    ncols=1)
