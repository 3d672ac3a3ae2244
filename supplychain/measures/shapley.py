r"""Shapley value of a game with transferable utility, exact or sampled.

A coalition S of the players 0..n-1 is a bit mask; a game is the table of v(S) by
mask, of length 2^n with v(0) = 0, or a function of the mask where the table would
be too long. Values keep the unit of v.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

__all__ = [
    "LONGEST",
    "Sampled",
    "convexity_violation",
    "largest_excess",
    "marginals",
    "sampled_shapley",
    "shapley",
    "superadditivity_violation",
]

Vector = NDArray[np.float64]

LONGEST = 12
"""Most players whose 2^n coalitions are all valued; sample beyond."""

# Values come from solves that are good to 1e-7 of their size.
TOLERANCE = 1e-6
_CONFIDENCE = 0.95


def _table(values: ArrayLike) -> tuple[Vector, int]:
    """Return v as an array, and the number of players."""
    v = np.asarray(values, dtype=float)
    n = max(0, v.size.bit_length() - 1)
    if v.ndim != 1 or v.size != 1 << n or n < 1:
        raise ValueError(f"{v.size} values are no table of 2^n coalitions")
    if n > LONGEST:
        raise ValueError(
            f"{n} players have {v.size:,} coalitions; exact up to {LONGEST} players: "
            "use sampled_shapley, or let countries play in groups"
        )
    if not np.isfinite(v).all():
        raise ValueError("a coalition has no finite value")
    if abs(v[0]) > TOLERANCE * max(1.0, float(np.abs(v).max())):
        raise ValueError(f"the empty coalition has the value {v[0]:g}, not 0")
    return v, n


def _room(v: Vector) -> float:
    return TOLERANCE * max(1.0, float(np.abs(v).max()))


def shapley(values: ArrayLike) -> Vector:
    r"""Return the Shapley value of every player, exactly.

    .. math::
        \varphi_i = \sum_{S \not\ni i} \frac{|S|!\,(n-|S|-1)!}{n!}\,
        [v(S\cup i) - v(S)]

    Parameters
    ----------
    values : array_like, shape (2^n,)
        v by bit mask, the empty coalition first with value 0.

    Returns
    -------
    ndarray, shape (n,)
        In the unit of v; sums to v(N).

    Raises
    ------
    ValueError
        If the table is no game, or has more than 12 players: sample then.

    Examples
    --------
    One left glove and two right ones; a pair is worth 1:

    >>> shapley([0, 0, 0, 1, 0, 1, 0, 1]).round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    v, n = _table(values)
    masks = np.arange(v.size)
    size = np.array([bin(m).count("1") for m in masks])
    weight = np.array(
        [factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)]
    )
    result = np.empty(n)
    for i in range(n):
        without = masks[(masks >> i) & 1 == 0]
        gain = v[without | 1 << i] - v[without]
        result[i] = np.sum(weight[size[without]] * gain)
    return result


def marginals(values: ArrayLike) -> Vector:
    r"""Return what the grand coalition loses with each player, v(N) - v(N\i).

    Parameters
    ----------
    values : array_like, shape (2^n,)

    Returns
    -------
    ndarray, shape (n,)
        In the unit of v.

    Examples
    --------
    >>> marginals([0, 0, 0, 1, 0, 1, 0, 1]).tolist()
    [1.0, 0.0, 0.0]
    """
    v, n = _table(values)
    full = v.size - 1
    return np.array([v[full] - v[full & ~(1 << i)] for i in range(n)])


def superadditivity_violation(values: ArrayLike) -> tuple[int, int] | None:
    r"""Return the first pair of disjoint coalitions that lose by merging.

    .. math:: v(S \cup T) \ge v(S) + v(T), \qquad S \cap T = \emptyset

    Parameters
    ----------
    values : array_like, shape (2^n,)

    Returns
    -------
    (int, int) or None
        The masks of S and T; None: the game is super-additive.

    Examples
    --------
    >>> superadditivity_violation([0, 1, 1, 1.5])
    (1, 2)
    """
    v, _ = _table(values)
    room = _room(v)
    masks = np.arange(v.size)
    for s in range(1, v.size):
        apart = masks[(masks & s == 0) & (masks > s)]
        wrong = apart[v[apart | s] < v[apart] + v[s] - room]
        if len(wrong):
            return s, int(wrong[0])
    return None


def convexity_violation(values: ArrayLike) -> tuple[int, int, int] | None:
    r"""Return the first coalition and pair of players whose gains shrink together.

    .. math::
        v(S\cup\{i,j\}) - v(S\cup j) \ge v(S\cup i) - v(S), \qquad i,j \notin S

    In a convex game the Shapley value lies in the core.

    Parameters
    ----------
    values : array_like, shape (2^n,)

    Returns
    -------
    (int, int, int) or None
        The mask of S, and i and j; None: the game is convex.

    Examples
    --------
    >>> convexity_violation([0, 0, 0, 1, 0, 1, 0, 1])
    (1, 1, 2)
    """
    v, n = _table(values)
    room = _room(v)
    masks = np.arange(v.size)
    found: list[tuple[int, int, int]] = []
    for i in range(n):
        for j in range(i + 1, n):
            s = masks[masks & (1 << i | 1 << j) == 0]
            gain = v[s | 1 << i | 1 << j] - v[s | 1 << j] - v[s | 1 << i] + v[s]
            wrong = s[gain < -room]
            if len(wrong):
                found.append((int(wrong[0]), i, j))
    return min(found, default=None)


def largest_excess(values: ArrayLike, shares: ArrayLike) -> tuple[float, int]:
    r"""Return how much the worst-off coalition could gain by leaving.

    .. math:: e(x) = \max_{\emptyset \ne S \ne N} \; v(S) - \sum_{i \in S} x_i

    Shares that sum to v(N) lie in the core if and only if this is at most 0.

    Parameters
    ----------
    values : array_like, shape (2^n,)
    shares : array_like, shape (n,)
        x, in the unit of v.

    Returns
    -------
    excess : float
        In the unit of v.
    coalition : int
        The mask of S; 0 in a game of one player.

    Examples
    --------
    >>> excess, coalition = largest_excess(
    ...     [0, 0, 0, 1, 0, 1, 0, 1], [2 / 3, 1 / 6, 1 / 6])
    >>> round(excess, 4), coalition
    (0.1667, 3)
    """
    v, n = _table(values)
    x = np.asarray(shares, dtype=float)
    if n == 1:
        return 0.0, 0
    given = np.zeros(v.size)
    for i in range(n):
        given[1 << i : 2 << i] = given[: 1 << i] + x[i]
    excess = v - given
    at = 1 + int(np.argmax(excess[1:-1]))
    return float(excess[at]), at


@dataclass(frozen=True)
class Sampled:
    """Shapley values estimated from random orders of the players.

    Attributes
    ----------
    value, error, low, high : ndarray, shape (n,)
        Estimate, standard error and 95 % confidence interval [unit of v].
    pairs : int
        Orders drawn, each with its reverse.
    evaluated : int
        Coalitions valued.
    seed : int
    """

    value: Vector
    error: Vector
    low: Vector
    high: Vector
    pairs: int
    evaluated: int
    seed: int


def sampled_shapley(
    value: Callable[[int], float], players: int, *, pairs: int, seed: int
) -> Sampled:
    r"""Estimate the Shapley value from antithetic pairs of random orders.

    The mean gain that a player brings on joining, over random orders; each order
    is walked forwards and backwards, and the mean of the two is one draw. Draws
    are independent, so their spread gives the interval (Student's t).

    .. math::
        \hat\varphi_i = \tfrac1m \sum_{k=1}^m d_{ik}, \qquad
        se_i = \sqrt{\tfrac{1}{m(m-1)} \sum_k (d_{ik}-\hat\varphi_i)^2}

    Parameters
    ----------
    value : callable
        v of a mask; asked once a coalition.
    players : int
        n, at most 62.
    pairs : int
        m, at least 2.
    seed : int

    Returns
    -------
    Sampled
        Estimates sum to v(N) exactly, as every draw does.

    Raises
    ------
    ValueError
        If there is nothing to sample, or too little for an interval.

    Examples
    --------
    >>> found = sampled_shapley(lambda s: bin(s).count("1") ** 2, 3, pairs=4, seed=1)
    >>> found.value.tolist(), found.error.tolist()
    ([3.0, 3.0, 3.0], [0.0, 0.0, 0.0])
    """
    if not 1 <= players <= 62:
        raise ValueError(f"cannot sample a game of {players} players: 1 to 62")
    if pairs < 2:
        raise ValueError(f"{pairs} pair of orders gives no interval: draw 2 or more")
    known: dict[int, float] = {0: 0.0}

    def worth(mask: int) -> float:
        if mask not in known:
            known[mask] = float(value(mask))
        return known[mask]

    rng = np.random.default_rng(seed)
    draws = np.zeros((pairs, players))
    for k in range(pairs):
        order = rng.permutation(players).tolist()
        for walk in (order, order[::-1]):
            mask = 0
            for i in walk:
                draws[k, i] += (worth(mask | 1 << i) - worth(mask)) / 2
                mask |= 1 << i
    mean = draws.mean(axis=0)
    error = draws.std(axis=0, ddof=1) / np.sqrt(pairs)
    half = float(stdtrit(pairs - 1, (1 + _CONFIDENCE) / 2)) * error
    return Sampled(
        mean, error, mean - half, mean + half, pairs, len(known) - 1, seed
    )
