"""Check every solve: residuals and duality gap, with scale-derived tolerances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supplychain.errors import AuditError

__all__ = ["Audit", "audit", "inner"]

Vector = NDArray[np.float64]

# The solver works to 1e-7 absolute on programs scaled to 100; results are read
# to 1e-4, which leaves room.
PRIMAL = 1e-6
DUAL = 1e-6
GAP = 1e-7


@dataclass(frozen=True)
class Audit:
    """Largest violations of a solution, each relative to its scale.

    Attributes
    ----------
    primal : float
        Largest violation of a bound or row, over the largest value.
    dual : float
        Largest reduced cost of the wrong sign, over the largest cost.
    gap : float
        Duality gap, over the size of the objective.
    """

    primal: float
    dual: float
    gap: float


def inner(a: Vector, b: Vector) -> float:
    r"""Return the inner product :math:`\sum_i a_i b_i` of two vectors.

    Not ``a @ b``: above 10,000 entries BLAS calls its threads, which wait
    actively, so that two worker processes on two cores take five times as long.

    Parameters
    ----------
    a, b : ndarray, shape (n,)

    Returns
    -------
    float

    Examples
    --------
    >>> inner(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.sum(a * b))


def audit(
    *,
    x: Vector,
    dual: Vector,
    reduced: Vector,
    activity: Vector,
    cost: Vector,
    low: Vector,
    high: Vector,
    row_low: Vector,
    row_high: Vector,
) -> Audit:
    r"""Audit an optimum of min c x, row bounds and column bounds.

    Weak duality gives, for any multipliers :math:`\pi` of the rows and reduced
    costs :math:`d = c - A^T\pi`,

    .. math:: c^T x \ge \sum_i b_i(\pi_i)\pi_i + \sum_j \ell_j(d_j) d_j

    with the bound that each sign calls for; the audit measures the difference.

    Parameters
    ----------
    x, cost, low, high, reduced : ndarray
        By column.
    activity, dual, row_low, row_high : ndarray
        By row.

    Returns
    -------
    Audit

    Raises
    ------
    AuditError
        If any of the three exceeds its tolerance.

    Examples
    --------
    >>> one = np.ones(1)
    >>> audit(x=4 * one, dual=-one, reduced=0 * one, activity=4 * one, cost=-one,
    ...       low=0 * one, high=9 * one, row_low=-np.inf * one, row_high=4 * one).gap
    0.0
    """
    scale = max(1.0, float(np.abs(x).max(initial=0.0)))
    primal = max(
        float(np.maximum(low - x, x - high).max(initial=0.0)),
        float(np.maximum(row_low - activity, activity - row_high).max(initial=0.0)),
    ) / scale
    size = max(1.0, float(np.abs(cost).max(initial=0.0)))
    wrong = 0.0
    bound = 0.0
    for multiplier, lower, upper in ((reduced, low, high), (dual, row_low, row_high)):
        side = np.where(multiplier > 0, lower, upper)
        finite = np.isfinite(side)
        if not finite.all():
            wrong = max(wrong, float(np.abs(multiplier[~finite]).max()))
        bound += inner(multiplier[finite], side[finite])
    objective = inner(cost, x)
    gap = abs(objective - bound) / max(1.0, abs(objective))
    found = Audit(primal, wrong / size, gap)
    for name, value, limit in (
        ("primal residual", found.primal, PRIMAL),
        ("dual residual", found.dual, DUAL),
        ("duality gap", found.gap, GAP),
    ):
        if not value <= limit:
            raise AuditError(f"{name} {value:.2e} exceeds {limit:.0e}")
    return found
