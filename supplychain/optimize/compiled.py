"""The compiled path: a Pyomo statement turned once into arrays, re-solved warm.

Columns and rows keep the names of the Pyomo statement, so that bounds, costs and
duals are set and read by name. A program can be restricted to some columns and
rows; restriction is how dependency programs come out of the world program.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pyomo.environ as pyo
import scipy.sparse as sp
from numpy.typing import NDArray
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from supplychain.errors import AuditError, InfeasibleError
from supplychain.optimize.audit import Audit, audit, inner

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Program", "Session", "Solution", "compile_program", "solver_program"]

Vector = NDArray[np.float64]
Name = tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """A linear program as arrays: min c x under bounds of rows and columns.

    Attributes
    ----------
    columns, rows : tuple of tuple
        Names: component first, then its index, e.g. ``("x", "gallium", "CHN", "JPN")``.
    cost, low, high : ndarray
        Objective (minimized) and column bounds.
    matrix : scipy.sparse.csc_array
    row_low, row_high : ndarray
    """

    columns: tuple[Name, ...]
    rows: tuple[Name, ...]
    cost: Vector
    low: Vector
    high: Vector
    matrix: sp.csc_array
    row_low: Vector
    row_high: Vector

    @cached_property
    def column(self) -> dict[Name, int]:
        """Position of each column."""
        return {name: i for i, name in enumerate(self.columns)}

    @cached_property
    def row(self) -> dict[Name, int]:
        """Position of each row."""
        return {name: i for i, name in enumerate(self.rows)}

    @cached_property
    def positions(self) -> dict[str, NDArray[np.int32]]:
        """Positions of all columns of each component."""
        result: dict[str, list[int]] = {}
        for i, name in enumerate(self.columns):
            result.setdefault(name[0], []).append(i)
        return {k: np.array(v, dtype=np.int32) for k, v in result.items()}

    def respliced(self, part: Program, families: tuple[str, ...]) -> Program:
        """Return the program with some families stated anew.

        Parameters
        ----------
        part : Program
            The same model compiled with these families only.
        families : tuple of str
            Rows of these come from `part`, and the objective; with ``capacity``
            the bounds of output too.

        Returns
        -------
        Program
        """
        at = np.array([self.column[name] for name in part.columns])
        cost, high = np.zeros_like(self.cost), self.high.copy()
        cost[at] = part.cost
        if "capacity" in families:
            outputs = part.positions["q"]
            high[at[outputs]] = part.high[outputs]
        keep = [i for i, name in enumerate(self.rows) if name[0] not in families]
        moved = sp.coo_array(part.matrix)
        fresh = sp.csr_array(
            (moved.data, (moved.coords[0], at[moved.coords[1]])),
            shape=(len(part.rows), len(self.columns)),
        )
        matrix = sp.vstack([self.matrix.tocsr()[keep, :], fresh]).tocsr()
        low = np.concatenate([self.row_low[keep], part.row_low])
        top = np.concatenate([self.row_high[keep], part.row_high])
        # In the old order, so that a basis of this program fits the new one.
        names = [*(self.rows[i] for i in keep), *part.rows]
        place = {name: i for i, name in enumerate(names)}
        order = np.array([place[name] for name in self.rows], dtype=np.intp)
        return Program(
            self.columns, self.rows, cost, self.low, high,
            sp.csc_array(matrix[order, :].tocsc()), low[order], top[order],
        )

    def restrict(
        self, keep_column: Callable[[Name], bool], keep_row: Callable[[Name], bool]
    ) -> Program:
        """Return the program of some columns and rows; other columns are 0."""
        cols = [i for i, n in enumerate(self.columns) if keep_column(n)]
        rows = [i for i, n in enumerate(self.rows) if keep_row(n)]
        part = self.matrix[:, cols].tocsr()[rows, :].tocsc()
        return Program(
            tuple(self.columns[i] for i in cols), tuple(self.rows[i] for i in rows),
            self.cost[cols], self.low[cols], self.high[cols], part,
            self.row_low[rows], self.row_high[rows],
        )


def _names(model: pyo.ConcreteModel, kind: type) -> dict[int, Name]:
    """Return the name of every part of a model's components of a kind, by id."""
    names: dict[int, Name] = {}
    for component in model.component_objects(kind, active=True):
        for index, part in component.items():
            parts = index if isinstance(index, tuple) else (index,)
            tail = () if index is None else tuple(map(str, parts))
            names[id(part)] = (component.local_name, *tail)
    return names


def compile_program(model: pyo.ConcreteModel) -> Program:
    """Turn a Pyomo statement into arrays; maximization becomes minimization.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel

    Returns
    -------
    Program

    Examples
    --------
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var([1, 2], bounds=(0, 5))
    >>> m.c = pyo.Constraint(expr=m.x[1] + m.x[2] <= 4)
    >>> m.o = pyo.Objective(expr=m.x[1] + 2 * m.x[2], sense=pyo.maximize)
    >>> Session(compile_program(m)).solve().objective
    -8.0
    """
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    names = _names(model, pyo.Var)
    seen = {id(v) for v in form.columns}
    # Variables that no constraint mentions stand last.
    everything = [*form.columns, *(
        v for v in model.component_data_objects(pyo.Var, active=True)
        if id(v) not in seen
    )]
    columns = [names[id(v)] for v in everything]
    low = [_bound(v.lb, -np.inf) for v in everything]
    high = [_bound(v.ub, np.inf) for v in everything]
    matrix = sp.csc_array(form.A)
    matrix.resize((matrix.shape[0], len(columns)))
    cost = np.zeros(len(columns))
    cost[: len(form.columns)] = form.c.toarray()[0]
    rhs = np.asarray(form.rhs, dtype=float)
    kinds = np.array([entry.bound_type for entry in form.rows])
    row_low = np.where(kinds <= 0, rhs, -np.inf)
    row_high = np.where(kinds >= 0, rhs, np.inf)
    labels = _names(model, pyo.Constraint)
    rows = tuple(labels[id(entry.constraint)] for entry in form.rows)
    return Program(
        tuple(columns), rows, cost, np.array(low), np.array(high), matrix,
        row_low, row_high,
    )


def _bound(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def solver_program(program: Program) -> highspy.HighsLp:
    """Return a program as the solver takes it.

    Parameters
    ----------
    program : Program

    Returns
    -------
    highspy.HighsLp

    Examples
    --------
    >>> one = np.ones(1)
    >>> p = Program((("x",),), (("r",),), one, 0 * one, one, sp.csc_array([[1.0]]),
    ...             0 * one, one)
    >>> solver_program(p).num_col_
    1
    """
    lp, a = highspy.HighsLp(), program.matrix
    lp.num_row_, lp.num_col_ = a.shape
    lp.col_cost_ = program.cost
    lp.col_lower_, lp.col_upper_ = program.low, program.high
    lp.row_lower_, lp.row_upper_ = program.row_low, program.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = a.indptr
    lp.a_matrix_.index_ = a.indices
    lp.a_matrix_.value_ = a.data
    return lp


@dataclass(frozen=True)
class Solution:
    """An audited optimum.

    Attributes
    ----------
    objective : float
        Value of the (minimized) objective.
    x, reduced_cost : ndarray
        By column.
    activity, dual : ndarray
        By row.
    audit : Audit
        Residuals and gap, all within tolerance.
    """

    objective: float
    x: Vector
    reduced_cost: Vector
    activity: Vector
    dual: Vector
    audit: Audit


@dataclass
class Session:
    """One long-lived HiGHS object on one program, re-solved warm.

    Parameters
    ----------
    program : Program
    primal : bool
        Use the primal simplex: right where only costs change.

    Examples
    --------
    >>> p = Program((("x",),), (("r",),), np.array([-1.0]), np.zeros(1),
    ...             np.full(1, 9.0), sp.csc_array([[1.0]]), np.array([-np.inf]),
    ...             np.array([4.0]))
    >>> s = Session(p)
    >>> s.solve().x
    array([4.])
    >>> s.set_bounds(np.zeros(1), np.full(1, 3.0)); float(s.solve().x[0])
    3.0
    """

    program: Program
    primal: bool = False
    solves: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.low = self.program.low.copy()
        self.high = self.program.high.copy()
        self.row_low = self.program.row_low.copy()
        self.row_high = self.program.row_high.copy()
        self.cost = self.program.cost.copy()
        self._columns = np.arange(len(self.low), dtype=np.int32)
        self._rows = np.arange(len(self.row_low), dtype=np.int32)
        self._transposed = self.program.matrix.T.tocsr()
        self._by_row = self.program.matrix.tocsr()
        self._highs = highspy.Highs()
        self._start()

    def _start(self) -> None:
        h = self._highs
        h.clear()
        h.setOptionValue("output_flag", False)
        h.setOptionValue("threads", 1)
        h.setOptionValue("random_seed", 0)
        # Tighter than the solver's 1e-7, so that audits have room.
        h.setOptionValue("primal_feasibility_tolerance", 1e-9)
        h.setOptionValue("dual_feasibility_tolerance", 1e-9)
        h.setOptionValue("simplex_strategy", 4 if self.primal else 1)
        lp = solver_program(replace(
            self.program, cost=self.cost, low=self.low, high=self.high,
            row_low=self.row_low, row_high=self.row_high,
        ))
        h.passModel(lp)

    def set_bounds(self, low: Vector, high: Vector) -> None:
        """Set all column bounds."""
        changed = np.flatnonzero((low != self.low) | (high != self.high))
        if len(changed):
            self.low, self.high = low.copy(), high.copy()
            at = changed.astype(np.int32)
            self._highs.changeColsBounds(len(at), at, low[at], high[at])

    def set_rows(self, low: Vector, high: Vector) -> None:
        """Set all row bounds."""
        changed = np.flatnonzero((low != self.row_low) | (high != self.row_high))
        if len(changed):
            at = changed.astype(np.int32)
            self._highs.changeRowsBounds(len(at), at, low[at], high[at])
        self.row_low, self.row_high = low.copy(), high.copy()

    def set_cost(self, cost: Vector) -> None:
        """Set the whole objective (minimized)."""
        changed = np.flatnonzero(cost != self.cost).astype(np.int32)
        if len(changed):
            self.cost = cost.copy()
            self._highs.changeColsCost(len(changed), changed, cost[changed])

    def basis(self) -> Any:  # noqa: ANN401  (a type of the solver)
        """Return the current basis, to start another session from."""
        return self._highs.getBasis()

    def start_from(self, basis: Any) -> None:  # noqa: ANN401
        """Start the next solve from a basis of the same program."""
        self._highs.setBasis(basis)

    def solve(self) -> Solution:
        """Solve, audit, and return the optimum.

        Only a cold solve is believed when it says that there is no solution
        or fails its audit: a warm one that does so is repeated cold once.

        Raises
        ------
        InfeasibleError
            If there is no solution; names the constraint family at fault.
        AuditError
            If residuals or gap exceed their tolerance.
        """
        try:
            return self._once()
        except (AuditError, InfeasibleError):
            self._start()
            return self._once()

    def cold(self) -> Solution:
        """Solve from scratch: confirms a warm result."""
        self._start()
        return self._once()

    def _once(self) -> Solution:
        self._highs.run()
        self.solves += 1
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise InfeasibleError(
                f"no solution: {self._conflict()} cannot all hold"
            )
        if status != highspy.HighsModelStatus.kOptimal:
            text = self._highs.modelStatusToString(status)
            raise AuditError(f"solver stopped with status {text}")
        found = self._highs.getSolution()
        x = np.array(found.col_value)
        dual = np.array(found.row_dual)
        reduced = self.cost - self._transposed @ dual
        checked = audit(
            x=x, dual=dual, reduced=reduced, activity=self._by_row @ x,
            cost=self.cost, low=self.low, high=self.high,
            row_low=self.row_low, row_high=self.row_high,
        )
        return Solution(
            inner(self.cost, x), x, reduced, self._by_row @ x, dual, checked
        )

    def _conflict(self) -> str:
        """Name the families whose rows or bounds an elastic solve has to break."""
        size = len(self.row_low)
        extra = sp.csc_array(
            sp.hstack([self.program.matrix, sp.eye_array(size), -sp.eye_array(size)])
        )
        n = len(self.low)
        columns = (*self.program.columns, *[("slack", str(i)) for i in range(2 * size)])
        elastic = Program(
            columns, self.program.rows,
            np.concatenate([np.zeros(n), np.ones(2 * size)]),
            np.concatenate([np.minimum(self.low, self.high), np.zeros(2 * size)]),
            np.concatenate([self.high, np.full(2 * size, np.inf)]),
            extra, self.row_low, self.row_high,
        )
        crossed = {
            self.program.columns[i][0] for i in np.flatnonzero(self.low > self.high)
        }
        session = Session(elastic)
        session._highs.run()
        x = np.array(session._highs.getSolution().col_value)[n:]
        broken = np.flatnonzero(x[:size] + x[size:] > 1e-9)
        names = sorted({self.program.rows[i][0] for i in broken})
        bounds = sorted(f"bounds of {name}" for name in crossed)
        return ", ".join([*names, *bounds]) or "bounds"
