r"""Worst-case interdiction: which few nodes to lose hurts most (MODEL section 6).

An attacker removes at most k columns of a linear program, each by setting its
upper bound to 0, so that the best that can still be done is worst:

.. math::
    \min_{z \in \{0,1\}^n,\; \sum z \le k} \;\; \max_x \{\, v^T x : \;
    b^- \le A x \le b^+, \;\; \ell \le x \le h \circ (1 - z) \,\}

The inner program is replaced by its dual (strong duality), which makes one mixed
integer program of it. Losses are not submodular (two suppliers that replace each
other cost something only together), so greedy attacks prove nothing beyond k = 1.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

from supplychain.errors import AuditError, ScenarioError
from supplychain.optimize.compiled import (
    Program,
    Session,
    Solution,
    compile_program,
    solver_program,
)
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from supplychain.world.network import Network

__all__ = ["Attack", "Interdiction", "interdiction_program", "worth_of_nodes"]

Name = tuple[str, ...]
Node = tuple[str, str]

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
        No k losses leave less than this.
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


def worth_of_nodes(net: Network, unit_value: Mapping[str, float]) -> dict[Node, float]:
    r"""Return M: what the loss of one unit of a node's output costs at most.

    A unit less of p is a unit less served, or :math:`\varphi_{pg}/b_{pg}` units
    less of a good g made of it (C1), whichever is worth more; a host takes its
    by-products along (C6), and host and by-product serve at the same time:

    .. math::
        M_{pc} = \max\{v_p,\; \max_{g:\,p\in In(g)} \tfrac{\varphi_{pg}}{b_{pg}}
        \max_d M_{gd}\} + \sum_{by:\,host(by)=p} yield_{by,c}\, M_{by,c}

    Everything else can stay as it was (unused input is free to lie, what is not
    shipped is not made), so the optimum falls by at most M times what is removed,
    and M bounds the multiplier of the node's upper bound.

    Parameters
    ----------
    net : Network
    unit_value : mapping of str to float
        v: most that a scaled unit of a good is worth where it is served; 0 for
        goods not named.

    Returns
    -------
    dict of (good, country) to float
        In the unit of v, by scaled unit of output.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> net = load_world().network
    >>> m = worth_of_nodes(net, {"ndfeb_magnet": 1.0})
    >>> m["ndfeb_magnet", "CHN"], m["helium", "USA"], m["ndpr_oxide", "CHN"] > 0
    (1.0, 0.0, True)
    """
    users: dict[str, list[tuple[str, float]]] = {}
    for g, used in net.inputs.items():
        for k, (b, phi) in used.items():
            users.setdefault(k, []).append((g, phi / b))
    joint: dict[str, list[str]] = {}
    for by, (host, _) in net.host.items():
        joint.setdefault(host, []).append(by)
    found: dict[Node, float] = {}

    def most(p: str) -> float:
        return max((worth(p, c) for c in net.producers[p]), default=0.0)

    def worth(p: str, c: str) -> float:
        if (p, c) not in found:
            made_of = [ratio * most(g) for g, ratio in users.get(p, ())]
            total = max([unit_value.get(p, 0.0), *made_of])
            for by in joint.get(p, ()):
                ratio = net.host_yield(by, c) if (by, c) in net.output else None
                if ratio is not None:
                    total += ratio * worth(by, c)
            found[p, c] = total
        return found[p, c]

    return {node: worth(*node) for node in net.output}


def interdiction_program(
    program: Program, worth: Mapping[Name, float], k: int
) -> pyo.ConcreteModel:
    r"""State the attacker's mixed integer program for a linear program.

    The dual of :math:`\max v^T x` has a multiplier for each finite side of a row
    (:math:`\pi^\pm`) and of a column (:math:`\mu` upper, :math:`\lambda` lower;
    without :math:`\lambda` where the lower bound is 0: its row is then an
    inequality). Removing column n makes its upper bound 0, so that multiplying
    with it costs nothing: :math:`w_n` is the part of its multiplier that is free.

    .. math::
        \min \; & b^{+T}\pi^+ - b^{-T}\pi^- + h^T\mu - \ell^T\lambda \\
        & A_j^T(\pi^+ - \pi^-) + \mu_j + w_j - \lambda_j = v_j
        \qquad \forall \text{ columns } j \\
        & 0 \le w_n \le M_n z_n, \quad \sum_n z_n \le k, \quad z_n \in \{0,1\}

    (MODEL's :math:`\mu_n` is :math:`\mu_n + w_n` here, which saves the rows
    :math:`w_n \le \mu_n`.)

    Parameters
    ----------
    program : Program
        Minimized, as compiled programs are: v is minus its cost.
    worth : mapping of column name to float
        Columns that may be removed and M of each: what the optimum loses at most
        by one unit less of its upper bound.
    k : int
        How many may be removed.

    Returns
    -------
    pyomo.environ.ConcreteModel

    Raises
    ------
    ScenarioError
        If a column is unknown, or its bounds do not let it be removed.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> p = Program((("x",),), (("r",),), np.array([-1.0]), np.zeros(1),
    ...             np.full(1, 9.0), sp.csc_array([[1.0]]), np.array([-np.inf]),
    ...             np.array([4.0]))
    >>> m = interdiction_program(p, {("x",): 1.0}, 1)
    >>> len(m.z), len(m.price)
    (1, 1)
    """
    _check(program, worth)
    low, high, value = program.low, program.high, -program.cost
    upper = np.flatnonzero(np.isfinite(program.row_high)).tolist()
    lower = np.flatnonzero(np.isfinite(program.row_low)).tolist()
    moving = np.flatnonzero((low != 0) | (high != 0)).tolist()
    bounded = [j for j in moving if np.isfinite(high[j])]
    raised = [j for j in moving if np.isfinite(low[j]) and low[j] != 0]
    big = {program.column[name]: m for name, m in worth.items()}
    m = pyo.ConcreteModel(name="interdiction")
    m.up = pyo.Var(upper, bounds=(0, None))
    m.down = pyo.Var(lower, bounds=(0, None))
    m.mu = pyo.Var(bounded, bounds=(0, None))
    m.lam = pyo.Var(raised, bounds=(0, None))
    m.w = pyo.Var(list(big), bounds=(0, None))
    m.z = pyo.Var(list(big), domain=pyo.Binary)
    at, row, entry = (
        program.matrix.indptr, program.matrix.indices, program.matrix.data
    )
    sides = [((m.up, 1.0), set(upper)), ((m.down, -1.0), set(lower))]

    def price(m: pyo.ConcreteModel, j: int) -> object:
        terms = [
            (sign * entry[n], multiplier[row[n]])
            for (multiplier, sign), known in sides
            for n in range(at[j], at[j + 1]) if row[n] in known
        ]
        terms += [(1.0, part[j]) for part in (m.mu, m.w) if j in part]
        if j in m.lam:
            terms.append((-1.0, m.lam[j]))
        total = _linear(terms)
        return total >= value[j] if low[j] == 0 else total == value[j]

    def only_if_removed(m: pyo.ConcreteModel, j: int) -> object:
        return m.w[j] <= big[j] * m.z[j]

    m.price = pyo.Constraint(moving, rule=price)
    m.only_if_removed = pyo.Constraint(list(big), rule=only_if_removed)
    m.budget = pyo.Constraint(expr=_linear([(1.0, z) for z in m.z.values()]) <= k)
    m.objective = pyo.Objective(expr=_linear([
        *((program.row_high[r], m.up[r]) for r in upper),
        *((-program.row_low[r], m.down[r]) for r in lower),
        *((high[j], m.mu[j]) for j in bounded),
        *((-low[j], m.lam[j]) for j in raised),
    ]))
    return m


def _linear(terms: list[tuple[float, object]]) -> Any:  # noqa: ANN401  (pyomo's)
    return LinearExpression(
        constant=0.0, linear_coefs=[float(a) for a, _ in terms],
        linear_vars=[x for _, x in terms],
    )


def _check(program: Program, worth: Mapping[Name, float]) -> None:
    """Raise unless every column named can be removed."""
    for name, m in worth.items():
        text = "|".join(name)
        if name not in program.column:
            known = ("|".join(c) for c in program.columns)
            raise ScenarioError(f"no column {text!r}; {nearest(text, known)}")
        j = program.column[name]
        if program.low[j] != 0 or not 0 <= program.high[j] < np.inf:
            raise ScenarioError(
                f"{text} cannot be removed: its bounds must be 0 and a number"
            )
        if not 0 <= m < np.inf:
            raise ScenarioError(f"M of {text} is {m:g}; it must be a number from 0 up")


class Interdiction:
    """The worst attacks on one program, for k = 0, 1, 2, ...

    Parameters
    ----------
    program : Program
    worth : mapping of column name to float
        Columns that may be removed and M of each (:func:`worth_of_nodes`).

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
        _check(program, worth)
        self.program = program
        self.worth = dict(worth)
        self.session = Session(program)
        self._at = np.array([program.column[n] for n in worth], dtype=np.intp)
        self._big = np.array(list(worth.values()), dtype=float)

    def value(self, removed: Collection[int] = ()) -> float:
        """Return the audited optimum without some columns, by position."""
        return 0.0 - self._solve(removed).objective  # never -0.0

    def _solve(self, removed: Collection[int]) -> Solution:
        high = self.program.high.copy()
        high[list(removed)] = 0.0
        self.session.set_bounds(self.program.low, high)
        return self.session.solve()

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
        if value - bound > _PROVED * self._scale:
            other, bound = self._by_program(attack, k, time_limit)
            left = self.value(other)
            if left < value:
                attack, value = other, left
        bound = min(max(bound, self._floor), value)
        proved = value - bound <= _PROVED * self._scale
        attack = self._needed(attack, value)
        value = self.value(attack)
        return Attack(
            k, tuple(sorted(self.program.columns[j] for j in attack)), value,
            min(bound, value), proved, time.perf_counter() - start,
        )

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
