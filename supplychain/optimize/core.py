r"""The core of a coalition game, as a linear program.

A division x of v(N) is in the core if no coalition can do better alone. The least
core asks how far that can be met by all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from supplychain.optimize.compiled import Session, compile_program

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Core", "core_program", "least_core"]

# The epsilon of a core that is a single point may come out a hair above 0.
_SLACK = 1e-6


@dataclass(frozen=True)
class Core:
    """The least core of a game.

    Attributes
    ----------
    epsilon : float
        Least excess that some coalition keeps [unit of v]; at most 0 where the
        core is not empty, and then what every coalition gains at least.
    shares : tuple of float
        One division that attains it [unit of v]; others may too.
    tight : tuple of int
        Masks of the coalitions that hold it there.
    scale : float
        Largest value of a coalition [unit of v].
    """

    epsilon: float
    shares: tuple[float, ...]
    tight: tuple[int, ...]
    scale: float

    @property
    def nonempty(self) -> bool:
        """Whether some division leaves no coalition better off alone."""
        return self.epsilon <= _SLACK * max(1.0, self.scale)


def core_program(values: ArrayLike) -> pyo.ConcreteModel:
    r"""State the least core of a game.

    .. math::
        \min \varepsilon \quad\text{s.t.}\quad
        \sum_{i\in S} x_i \ge v(S) - \varepsilon \;\;\forall\,\emptyset\ne S\ne N,
        \qquad \sum_{i\in N} x_i = v(N)

    Parameters
    ----------
    values : array_like, shape (2^n,)
        v by bit mask; two players at least.

    Returns
    -------
    pyomo.environ.ConcreteModel
        Variables x[i] and epsilon, both free.

    Raises
    ------
    ValueError
        If the values are no table of coalitions.

    Examples
    --------
    >>> len(core_program([0, 1, 2, 4]).stays)
    2
    """
    v = np.asarray(values, dtype=float)
    n = v.size.bit_length() - 1
    if v.ndim != 1 or v.size != 1 << n or n < 2:
        raise ValueError(f"{v.size} values are no table of 2^n coalitions, n >= 2")
    m = pyo.ConcreteModel(name="least core")
    m.x = pyo.Var(range(n))
    m.epsilon = pyo.Var()

    def share(mask: int) -> object:
        return sum(m.x[i] for i in range(n) if mask >> i & 1)

    def stays(m: pyo.ConcreteModel, mask: int) -> object:
        return share(mask) + m.epsilon >= v[mask]

    m.stays = pyo.Constraint(range(1, v.size - 1), rule=stays)
    m.efficient = pyo.Constraint(expr=share(v.size - 1) == v[-1])
    m.objective = pyo.Objective(expr=m.epsilon, sense=pyo.minimize)
    return m


def least_core(values: ArrayLike) -> Core:
    """Solve the least core: the division that coalitions have least reason to leave.

    Parameters
    ----------
    values : array_like, shape (2^n,)
        v by bit mask.

    Returns
    -------
    Core

    Raises
    ------
    ValueError
        If the values are no table of coalitions.

    Examples
    --------
    Three players, any two of whom can take everything: the core is empty.

    >>> core = least_core([0, 0, 0, 1, 0, 1, 1, 1])
    >>> round(core.epsilon, 4), core.nonempty
    (0.3333, False)
    """
    program = compile_program(core_program(values))
    found = Session(program).solve()
    x: NDArray[np.float64] = found.x
    n = len(program.columns) - 1
    tight = [
        int(name[1]) for name, dual in zip(program.rows, found.dual, strict=True)
        if name[0] == "stays" and abs(dual) > 1e-9
    ]
    return Core(
        float(x[program.column["epsilon",]]),
        tuple(float(x[program.column["x", str(i)]]) for i in range(n)),
        tuple(sorted(tight)), float(np.abs(np.asarray(values, dtype=float)).max()),
    )
