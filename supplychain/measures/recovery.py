"""Time: how long a stock lasts, what is lost until recovery, the resilience triangle.

The single-site case of the time-to-survive and time-to-recover programs of
Simchi-Levi et al. (2014): one stock, one use, one supply that is left.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Ends",
    "Triangle",
    "days_until_stop",
    "lost_until_recovered",
    "resilience_triangle",
    "time_to_survive",
]


class Ends(NamedTuple):
    """A number with its range: low, central, high."""

    low: float
    central: float
    high: float


class Triangle(NamedTuple):
    """Loss over time, after Bruneau et al. (2003).

    Attributes
    ----------
    depth : float
        Largest loss [% of baseline].
    area : float
        Loss summed over time [% x days].
    days_to_90 : float
        Last day below 90 % of the baseline [days]; inf if it stays below.
    """

    depth: float
    area: float
    days_to_90: float


def time_to_survive(stock: float, use: float, supply: float) -> float:
    r"""Return TTS: how long a stock bridges a supply that is too small.

    .. math:: TTS = \frac{I}{u - a} \text{ if } a < u, \quad \infty \text{ otherwise}

    Parameters
    ----------
    stock : float
        I: all stocks of the product and its part [units].
    use : float
        u: use a day [units/day].
    supply : float
        a: supply that is left a day [units/day].

    Returns
    -------
    float
        Days; inf where the supply suffices.

    Examples
    --------
    >>> round(time_to_survive(stock=50 + 200, use=10, supply=4), 3)
    41.667
    >>> time_to_survive(stock=90, use=1, supply=0.25)
    120.0
    """
    return stock / (use - supply) if supply < use else math.inf


def lost_until_recovered(
    stock: float, use: float, supply: float, days: float
) -> float:
    r"""Return what is lost until recovery; 0 exactly where TTS >= TTR.

    .. math:: PI = \max\{0,\ (u - a)\,TTR - I\}

    Parameters
    ----------
    stock : float
        I [units].
    use : float
        u [units/day].
    supply : float
        a [units/day].
    days : float
        TTR: time to recover [days].

    Returns
    -------
    float
        Units.

    Examples
    --------
    >>> lost_until_recovered(stock=50 + 200, use=10, supply=4, days=60)
    110.0
    """
    return max(0.0, float((use - supply) * days - stock))


def days_until_stop(stock_days: Ends | None, lost_share: Ends) -> Ends | None:
    r"""Return the days until lines stop, as a range.

    .. math:: TTS = I / L

    with I the stock in days of normal use and L the share of the supply that is
    lost after re-routing. The low end joins the least stock and the largest loss.

    Parameters
    ----------
    stock_days : Ends or None
        I [days of use]; None where no stock is sourced.
    lost_share : Ends
        L [1].

    Returns
    -------
    Ends or None
        Days, inf where nothing is lost; None (unknown) where no stock is sourced:
        unknown is not zero.

    Examples
    --------
    >>> days_until_stop(Ends(90, 90, 90), Ends(0.5, 0.75, 1.0))
    Ends(low=90.0, central=120.0, high=180.0)
    >>> days_until_stop(None, Ends(0.5, 0.75, 1.0)) is None
    True
    """
    if stock_days is None:
        return None
    return Ends(
        time_to_survive(stock_days.low, 1.0, 1.0 - lost_share.high),
        time_to_survive(stock_days.central, 1.0, 1.0 - lost_share.central),
        time_to_survive(stock_days.high, 1.0, 1.0 - lost_share.low),
    )


def resilience_triangle(days: Sequence[float], served: Sequence[float]) -> Triangle:
    r"""Return depth, area and time to 90 % of a curve of what is served.

    .. math:: R = \int_{t_0}^{t_1} (100 - Q(t))\, dt

    by trapezoids; a step is two points of the same day.

    Parameters
    ----------
    days : sequence of float
        Days, not decreasing.
    served : sequence of float
        Q [% of baseline].

    Returns
    -------
    Triangle

    Raises
    ------
    ValueError
        If the days go back, or the two sequences differ in length.

    Examples
    --------
    >>> resilience_triangle([0, 60], [100, 100]).area
    0.0
    >>> resilience_triangle([0, 0, 30, 30], [100, 60, 60, 100])
    Triangle(depth=40.0, area=1200.0, days_to_90=30.0)
    """
    t, q = np.asarray(days, dtype=float), np.asarray(served, dtype=float)
    if t.shape != q.shape or t.size == 0 or (np.diff(t) < 0).any():
        raise ValueError("give as many days as values, in order")
    area = float(np.trapezoid(100.0 - q, t))
    return Triangle(float(max(0.0, 100.0 - q.min())), area, _last_below(t, q, 90.0))


def _last_below(
    t: NDArray[np.float64], q: NDArray[np.float64], level: float
) -> float:
    """Return the day after which the curve stays at or above a level."""
    below = np.flatnonzero(q < level)
    if below.size == 0:
        return 0.0
    last = int(below[-1])
    if last == len(t) - 1:
        return math.inf
    rise = (level - q[last]) / (q[last + 1] - q[last])
    return float(t[last] + rise * (t[last + 1] - t[last]))
