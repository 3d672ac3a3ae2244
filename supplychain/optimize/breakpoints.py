"""The kinks of a convex piecewise linear function, found exactly from tangents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Point", "breakpoints"]

# Values are in per cent and read to 1e-4; shares to 1e-6, below which two kinks are
# one. The solver's rounding of a share enters a value times the slope.
_SAME = 1e-7
_CLOSE = 1e-7


@dataclass(frozen=True)
class Point:
    """A point of the frontier.

    Attributes
    ----------
    share : float
        kappa, the cap on the target's share [1].
    value : float
        V, in the unit of the costs.
    slope : float
        A subgradient of V: the dual of the cap [per unit of share].
    """

    share: float
    value: float
    slope: float

    def at(self, share: float) -> float:
        """Return the height of the tangent at another share."""
        return self.value + self.slope * (share - self.share)


def breakpoints(
    solve: Callable[[float], Point], low: float, high: float
) -> tuple[Point, ...]:
    """Return the ends and every kink of a convex piecewise linear function.

    Where the tangents of two points meet lies a kink between them, or new
    tangents: each solve finds a kink or a new piece, so the search ends, and each
    kink is itself a point that was solved.

    Parameters
    ----------
    solve : callable
        From a share to the point there.
    low, high : float
        Ends of the search, both solvable.

    Returns
    -------
    tuple of Point
        By rising share; neighbours differ in the slope between them.

    Examples
    --------
    >>> def bent(x):
    ...     return Point(x, max(0.0, 1 - 2 * x), -2.0 if x < 0.5 else 0.0)
    >>> [(p.share, p.value) for p in breakpoints(bent, 0.0, 1.0)]
    [(0.0, 1.0), (0.5, 0.0), (1.0, 0.0)]
    """
    ends = solve(low), solve(high)
    found = [ends[0], *_between(solve, *ends), ends[1]]
    kept = found[:1]
    for n, point in enumerate(found[1:-1], start=1):
        chord = _chord(kept[-1], found[n + 1], point.share)
        if abs(chord - point.value) > _tolerance(kept[-1], point):
            kept.append(point)
    return (*kept, found[-1])


def _between(
    solve: Callable[[float], Point], left: Point, right: Point
) -> list[Point]:
    """Return points strictly between two, among them every kink."""
    close = _tolerance(left, right)
    met = (
        abs(left.at(right.share) - right.value) <= close
        or abs(right.at(left.share) - left.value) <= close
    )
    turn = right.slope - left.slope
    if met or turn <= 0 or right.share - left.share <= _CLOSE:
        return []
    # Where the two tangents meet.
    share = left.share + (right.at(left.share) - left.value) / -turn
    if not left.share + _CLOSE < share < right.share - _CLOSE:
        return []
    middle = solve(share)
    if abs(left.at(share) - middle.value) <= close:
        return [middle]
    return [*_between(solve, left, middle), middle, *_between(solve, middle, right)]


def _chord(a: Point, b: Point, share: float) -> float:
    return a.value + (b.value - a.value) * (share - a.share) / (b.share - a.share)


def _tolerance(*points: Point) -> float:
    return _SAME * max(1.0, *(max(abs(p.value), abs(p.slope)) for p in points))
