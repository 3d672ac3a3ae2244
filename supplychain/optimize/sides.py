r"""What a bound is worth at the margin, from the left and from the right.

At a degenerate optimum the dual of a bound is not unique: the solver prints one of
many. The one-sided derivatives are,

.. math::
    f'(h; d) = \min_\delta \{ c\delta : \delta \text{ in the tangent cone at } x^*,
    \text{ its bound moved by } d \},

by linear-programming duality the largest and the smallest dual of the bound over the
optimal face of the dual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from supplychain.optimize.compiled import Program, Session, Solution

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["sided_duals"]

Vector = NDArray[np.float64]
# What lies so near to a bound, in its own scale, lies on it.
_ON = 1e-8


def _cone(x: Vector, low: Vector, high: Vector) -> tuple[Vector, Vector]:
    """Return the bounds of a move: none where x lies on a bound on that side."""
    near = _ON * np.maximum(1.0, np.abs(x))
    at_low = x <= low + near
    at_high = x >= high - near
    return np.where(at_low, 0.0, -np.inf), np.where(at_high, 0.0, np.inf)


def sided_duals(
    program: Program,
    solution: Solution,
    low: Vector,
    high: Vector,
    columns: Sequence[int],
    basis: Any = None,  # noqa: ANN401  (a type of the solver)
) -> dict[int, tuple[float, float]]:
    """Return left and right dual of the upper bound of some columns.

    Parameters
    ----------
    program : Program
        Minimizes.
    solution : Solution
        Its optimum under these bounds.
    low, high : ndarray, by column
    columns : sequence of int
    basis : optional
        Of that optimum, to start from.

    Returns
    -------
    dict of int to (float, float)
        What the objective loses per unit less of the bound, and gains per unit
        more; both nonnegative, the right one never larger; (0, 0) where x is not
        at its bound.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> p = Program((("x",), ("y",)), (("r",),), np.array([-3.0, -1.0]), np.zeros(2),
    ...             np.array([4.0, 9.0]), sp.csc_array([[1.0, 1.0]]),
    ...             np.array([-np.inf]), np.array([4.0]))
    >>> sided_duals(p, Session(p).solve(), p.low, p.high, [0])
    {0: (2.0, 0.0)}
    """
    at_bound = solution.x >= high - _ON * np.maximum(1.0, np.abs(solution.x))
    move_low, move_high = _cone(solution.x, low, high)
    session = Session(program)
    session.set_rows(*_cone(solution.activity, program.row_low, program.row_high))
    if basis is not None:
        session.start_from(basis)
    found: dict[int, tuple[float, float]] = {}
    for column in columns:
        if not at_bound[column]:
            found[column] = (0.0, 0.0)
            continue
        sides = []
        for step in (-1.0, 1.0):
            least, most = move_low.copy(), move_high.copy()
            least[column] = min(least[column], step)
            most[column] = step
            session.set_bounds(least, most)
            sides.append(session.solve().objective)
        left, right = sides[0], -sides[1]
        found[column] = (max(0.0, left), max(0.0, min(right, left)))
    return found
