"""Worst-case interdiction: which few nodes to lose hurts most (MODEL section 6).

One loss is enumerated, more are found by the attacker's mixed integer program
(:mod:`supplychain.optimize.attacker`). Losses are not submodular: two suppliers that
replace each other cost something only together, so that adding the worst loss to
the worst losses proves nothing beyond k = 1.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import highspy
import numpy as np

from supplychain.errors import AuditError
from supplychain.optimize.attacker import check_removable, interdiction_program
from supplychain.optimize.compiled import (
    Program,
    Session,
    Solution,
    compile_program,
    solver_program,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Attack", "Interdiction"]

Name = tuple[str, ...]

# A value and its bound this near (relative to the value without attack) are equal.
_PROVED = 1e-6


@dataclass(frozen=True)
class Attack:
    """The worst that k losses can do, and how surely.

    Attributes
    ----------
    k : int
        How many columns could be removed.
    removed : tuple of tuple
        Names of the columns removed; fewer than k where more do no further harm.
        Others may do the same harm.
    value : float
        Optimum with these removed, from an audited solve of the program itself.
    bound : float
        No k losses leave less than this; the value itself where it is proved, to
        1e-6 of the value without attack.
    proved : bool
        Whether the bound meets the value: nothing is worse. Else the search ran
        out of time, and the worst value lies between bound and value.
    seconds : float
    """

    k: int
    removed: tuple[Name, ...]
    value: float
    bound: float
    proved: bool
    seconds: float

    @property
    def gap(self) -> float:
        """How much worse than found it might be, in the unit of the value."""
        return self.value - self.bound


class Interdiction:
    """The worst attacks on one program, for k = 0, 1, 2, ...

    Parameters
    ----------
    program : Program
    worth : mapping of column name to float
        Columns that may be removed and M of each
        (:func:`supplychain.optimize.attacker.worth_of_nodes`).

    Examples
    --------
    Two suppliers of 6 for a need of 6: either alone is no loss.

    >>> import scipy.sparse as sp
    >>> p = Program((("a",), ("b",)), (("need",),), -np.ones(2), np.zeros(2),
    ...             np.full(2, 6.0), sp.csc_array([[1.0, 1.0]]), np.zeros(1),
    ...             np.array([6.0]))
    >>> found = Interdiction(p, {("a",): 1.0, ("b",): 1.0}).attacks(2)
    >>> [(a.value, len(a.removed), a.proved) for a in found]
    [(6.0, 0, True), (6.0, 0, True), (0.0, 2, True)]
    """

    def __init__(self, program: Program, worth: Mapping[Name, float]) -> None:
        check_removable(program, worth)
        self.program = program
        self.worth = dict(worth)
        self.session = Session(program)
        self._at = np.array([program.column[n] for n in worth], dtype=np.intp)
        self._big = np.array(list(worth.values()), dtype=float)

    def value(self, removed: Collection[int] = (), *, cold: bool = False) -> float:
        """Return the audited optimum without some columns.

        Parameters
        ----------
        removed : collection of int
            Positions of the columns.
        cold : bool
            Solve from scratch.

        Returns
        -------
        float
        """
        return 0.0 - self._solve(removed, cold=cold).objective  # never -0.0

    def _solve(self, removed: Collection[int], *, cold: bool = False) -> Solution:
        high = self.program.high.copy()
        high[list(removed)] = 0.0
        self.session.set_bounds(self.program.low, high)
        return self.session.cold() if cold else self.session.solve()

    def attacks(self, most: int, *, time_limit: float = 60.0) -> tuple[Attack, ...]:
        """Return the worst attack for each k from 0 to `most`.

        k = 1 is enumerated; beyond it the mixed integer program is solved, from the
        best single addition to the attack before. The value never rises in k.

        Parameters
        ----------
        most : int
            Largest k.
        time_limit : float
            For the mixed integer program of each k [s].

        Returns
        -------
        tuple of Attack
            By k.

        Raises
        ------
        AuditError
            If a solve fails its audit, or the mixed integer program promises more
            than its attack leaves: an M is too small.
        """
        before = self.value()
        found = [Attack(0, (), before, before, True, 0.0)]
        for k in range(1, most + 1):
            found.append(self._worse(found[-1], k, time_limit))
        return tuple(found)

    def _worse(self, before: Attack, k: int, time_limit: float) -> Attack:
        start = time.perf_counter()
        held = [self.program.column[n] for n in before.removed]
        attack, value = self._extended(held)
        bound = value if k == 1 else self._floor
        if not self._meets(bound, value):
            other, bound = self._by_program(attack, k, time_limit)
            left = self.value(other)
            if left < value:
                attack, value = other, left
        bound = min(max(bound, self._floor), value)
        proved = self._meets(bound, value)
        attack = self._needed(attack, value)
        value = self.value(attack, cold=True)
        return Attack(
            k, tuple(sorted(self.program.columns[j] for j in attack)), value,
            value if proved else min(bound, value), proved,
            time.perf_counter() - start,
        )

    def _meets(self, bound: float, value: float) -> bool:
        return value - bound <= _PROVED * self._scale

    @cached_property
    def _scale(self) -> float:
        return max(1e-9, abs(self.value()))

    @cached_property
    def _floor(self) -> float:
        """What is left when everything that may be removed is: no attack is worse."""
        return self.value(self._at)

    def _extended(self, held: list[int]) -> tuple[list[int], float]:
        r"""Return the worst attack that adds one column to some held, and its value.

        Removing n from an optimum leaves at least :math:`V - M_n x_n`; columns are
        tried by falling :math:`M_n x_n` until that cannot be worse than the worst.
        """
        solved = self._solve(held)
        best, value = held, -solved.objective
        loss = self._big * np.maximum(0.0, solved.x[self._at])
        for n in np.argsort(-loss):
            if -solved.objective - loss[n] >= value - 1e-12:
                break
            left = self.value([*held, self._at[n]])
            if left < value:
                best, value = [*held, int(self._at[n])], left
        return best, value

    def _needed(self, attack: list[int], value: float) -> list[int]:
        """Leave out of an attack what does no harm."""
        for j in list(attack):
            fewer = [i for i in attack if i != j]
            if self.value(fewer) <= value + 1e-9 * self._scale:
                attack = fewer
        return attack

    @cached_property
    def _statement(self) -> Program:
        return compile_program(interdiction_program(self.program, self.worth, 0))

    def _by_program(
        self, start: list[int], k: int, time_limit: float
    ) -> tuple[list[int], float]:
        """Solve the mixed integer program; return its attack and its bound."""
        stated = self._statement
        z = stated.positions["z"]
        columns = [int(stated.columns[i][1]) for i in z]
        lp = solver_program(stated)
        row_high = stated.row_high.copy()
        row_high[stated.row["budget",]] = k
        lp.row_upper_ = row_high
        kind = highspy.HighsVarType
        whole = set(z.tolist())
        lp.integrality_ = [
            kind.kInteger if i in whole else kind.kContinuous
            for i in range(len(stated.columns))
        ]
        h = highspy.Highs()
        for option, setting in (
            ("output_flag", False), ("threads", 1), ("random_seed", 0),
            ("time_limit", float(time_limit)), ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.1 * _PROVED * self._scale),
            # A z of 1e-6 would free 1e-6 M of a multiplier.
            ("mip_feasibility_tolerance", 1e-9),
        ):
            h.setOptionValue(option, setting)
        h.passModel(lp)
        chosen = np.isin(columns, start).astype(float)
        h.setSolution(len(z), z, chosen)
        h.run()
        info, status = h.getInfo(), h.getModelStatus()
        done = status == highspy.HighsModelStatus.kOptimal
        if not done and status != highspy.HighsModelStatus.kTimeLimit:
            raise AuditError(f"solver stopped with status {status.name}")
        attack = start
        feasible = highspy.SolutionStatus.kSolutionStatusFeasible
        if info.primal_solution_status == feasible:
            x = np.array(h.getSolution().col_value)[z]
            attack = [j for j, one in zip(columns, x, strict=True) if one > 0.5]
        excess = info.objective_function_value - self.value(attack)
        if done and excess > 10 * _PROVED * self._scale:
            raise AuditError(
                f"the attack leaves {excess:.2e} less than the dual program says: "
                "an M is too small"
            )
        return attack, float(info.mip_dual_bound)
