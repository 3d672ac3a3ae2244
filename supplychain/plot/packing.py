"""Where circles and labels of a map go, so that none covers another.

Plain geometry in any unit; nothing here knows of maps or goods.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Box", "apart", "cluster", "overlap", "place_box"]

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

Points = NDArray[np.float64]


def cluster(radii: Sequence[float], *, gap: float = 0.0) -> Points:
    """Pack circles side by side around their common centre.

    Parameters
    ----------
    radii : sequence of float
    gap : float
        Least distance between two circles.

    Returns
    -------
    numpy.ndarray
        Centres (n, 2), area-weighted mean at the origin, order as given.

    Examples
    --------
    >>> cluster([1.0, 1.0]).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    sizes = np.asarray(radii, dtype=float) + gap / 2
    centres: list[Points] = []
    for place, size in enumerate(sizes):
        free = [
            spot
            for spot in _spots(centres, sizes, float(size))
            if all(
                np.hypot(*(spot - other)) >= size + sizes[k] - 1e-9 * size
                for k, other in enumerate(centres)
            )
        ]
        middle = np.mean(centres, axis=0) if place else np.zeros(2)
        centres.append(min(free, key=lambda s: float(np.hypot(*(s - middle)))))
    packed = np.asarray(centres).reshape(-1, 2)
    return packed - np.average(packed, axis=0, weights=sizes**2)


def _spots(centres: list[Points], sizes: Points, size: float) -> list[Points]:
    """List where a circle touches one or two of those already placed."""
    if not centres:
        return [np.zeros(2)]
    spots = [
        centre + (sizes[k] + size) * np.array(direction)
        for k, centre in enumerate(centres)
        for direction in ((1.0, 0.0), (-1.0, 0.0))
    ]
    for i, j in combinations(range(len(centres)), 2):
        step = centres[j] - centres[i]
        far = float(np.hypot(*step))
        a, b = sizes[i] + size, sizes[j] + size
        along = (a * a - b * b + far * far) / (2 * far)
        aside = a * a - along * along
        if aside >= 0:
            unit = step / far
            across = np.array([unit[1], -unit[0]]) * np.sqrt(aside)
            foot = centres[i] + along * unit
            spots += [foot + across, foot - across]
    return spots


def apart(
    centres: Points, radii: Points, *, gap: float = 0.0, rounds: int = 400
) -> Points:
    """Push discs apart until none overlaps; the larger of two moves less.

    Parameters
    ----------
    centres : numpy.ndarray
        (n, 2).
    radii : numpy.ndarray
        (n,).
    gap : float
        Least distance between two discs.
    rounds : int
        Most rounds.

    Returns
    -------
    numpy.ndarray
        New centres, order as given.

    Examples
    --------
    >>> apart(np.array([[0.0, 0], [1, 0]]), np.array([1.0, 1])).round(6).tolist()
    [[-0.5, 0.0], [1.5, 0.0]]
    """
    moved = np.array(centres, dtype=float)
    weight = np.asarray(radii, dtype=float) ** 2
    first, second = np.triu_indices(len(moved), 1)
    least = radii[first] + radii[second] + gap
    share = weight[second] / (weight[first] + weight[second])
    for _ in range(rounds):
        step = moved[second] - moved[first]
        far = np.hypot(step[:, 0], step[:, 1])
        lack = np.maximum(least - far, 0)
        if lack.max(initial=0) <= 1e-9 * least.max(initial=1):
            break
        step[far == 0] = (1.0, 0.0)
        push = step / np.maximum(far, 1e-12 + (far == 0))[:, None] * lack[:, None]
        np.add.at(moved, first, -push * share[:, None])
        np.add.at(moved, second, push * (1 - share)[:, None])
    return moved


def overlap(one: Box, other: Box) -> float:
    """Return the area two boxes share.

    Parameters
    ----------
    one, other : Box

    Returns
    -------
    float

    Examples
    --------
    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3))
    1
    """
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(tall, 0)


def place_box(
    around: Box, size: tuple[float, float], *, taken: Iterable[Box], frame: Box
) -> Box:
    """Find the place of a label beside a thing that covers least.

    Parameters
    ----------
    around : Box
        What the label belongs to.
    size : tuple of float
        Width and height of the label.
    taken : iterable of Box
        What must not be covered.
    frame : Box
        What must not be left.

    Returns
    -------
    Box

    Examples
    --------
    >>> place_box((-1, -1, 1, 1), (2, 1), taken=[], frame=(-9, -9, 9, 9))
    (1.0, -0.5, 3.0, 0.5)
    """
    obstacles = list(taken)
    wide, tall = size

    def cost(box: Box) -> float:
        lost = wide * tall - overlap(box, frame)
        covered = 3 * lost + sum(overlap(box, other) for other in obstacles)
        return covered if covered > 1e-9 * wide * tall else 0.0

    return min(_places(around, wide, tall), key=cost)


def _places(around: Box, wide: float, tall: float) -> list[Box]:
    """List the places of a label, best first: beside, over, under, further off."""
    x, y = (around[0] + around[2]) / 2, (around[1] + around[3]) / 2
    half_x, half_y = (around[2] - around[0]) / 2, (around[3] - around[1]) / 2
    boxes = []
    for away in (0.0, 0.6 * tall, 1.4 * tall, 2.4 * tall):
        for right, up in _DIRECTIONS:
            across = half_x * (0.8 if up else 1) + away + wide / 2
            along = half_y * (0.8 if right else 1) + away + tall / 2
            left, low = x + right * across - wide / 2, y + up * along - tall / 2
            boxes.append((left, low, left + wide, low + tall))
    return boxes


_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
"""Right, left, above, below, then the corners."""
