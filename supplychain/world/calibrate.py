"""Baseline flows: the matrix nearest to what is observed that fits the margins."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supplychain.errors import InfeasibleError

__all__ = ["Calibrated", "ShareConstraint", "calibrate", "feasible", "ras"]

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

_TOLERANCE = 1e-12
_SEED_SHARE = 1e-6  # prior given to a zero cell, as a share of its row total


@dataclass(frozen=True)
class ShareConstraint:
    """A sourced share: x[row, column] = share of a row or column total.

    ``of='imports'``: of what the column receives from other rows than `own`;
    ``of='exports'``: of what the row sends to other columns than `own`.
    """

    row: int
    column: int
    share: float
    of: str
    own: int | None


@dataclass(frozen=True)
class Calibrated:
    """A calibrated matrix, how it was found and how well it fits.

    Attributes
    ----------
    flows : ndarray, shape (rows, columns) [unit of the good]
    method : str
        ``ras`` or ``qp``.
    residual : float
        Largest deviation from a margin, relative to the total [1].
    opened : tuple of (int, int)
        Cells with a zero prior that the solution uses.
    dropped : tuple of ShareConstraint
        Sourced shares that contradict the margins.
    """

    flows: Matrix
    method: str
    residual: float
    opened: tuple[tuple[int, int], ...] = ()
    dropped: tuple[ShareConstraint, ...] = ()


def ras(
    prior: Matrix, rows: Vector, columns: Vector, *, iterations: int = 20000
) -> Matrix:
    r"""Scale a prior matrix to given row and column sums (RAS, IPF).

    .. math:: x_{ij} = r_i\, x^0_{ij}\, s_j

    is the unique minimizer of :math:`\sum x\ln(x/x^0)-x+x^0` under the margins;
    the alternating scaling converges iff a matrix with that zero pattern exists.

    Parameters
    ----------
    prior : ndarray, shape (m, n) [unit of the good]
        Nonnegative prior.
    rows, columns : ndarray, shape (m,) and (n,) [unit of the good]
        Margins, with equal sums.
    iterations : int
        Stop after so many rounds.

    Returns
    -------
    ndarray, shape (m, n) [unit of the good]

    References
    ----------
    .. [1] Bacharach, M. (1965). Estimating nonnegative matrices from marginal
       data. International Economic Review 6(3), 294-310.

    Examples
    --------
    >>> ras(np.ones((2, 2)), np.array([30.0, 70.0]), np.array([40.0, 60.0])).round(6)
    array([[12., 18.],
           [28., 42.]])
    """
    x = prior.astype(float).copy()
    scale = max(float(rows.sum()), 1e-300)
    for _ in range(iterations):
        sums = x.sum(axis=1)
        x *= np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
        sums = x.sum(axis=0)
        x *= np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)
        if np.abs(x.sum(axis=1) - rows).max() <= _TOLERANCE * scale:
            break
    return x


def feasible(prior: Matrix, rows: Vector, columns: Vector) -> bool:
    """Tell whether a matrix with the prior's zero pattern has these margins.

    A maximum flow from rows to columns that fills every margin exists iff
    the matrix does.

    Parameters
    ----------
    prior : ndarray, shape (m, n)
        Its positive cells are the cells that may be used.
    rows, columns : ndarray [unit of the good]
        Margins.

    Returns
    -------
    bool

    Examples
    --------
    >>> feasible(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]))
    False
    """
    graph = nx.DiGraph()
    for i, total in enumerate(rows):
        graph.add_edge("source", ("row", i), capacity=float(total))
    for j, total in enumerate(columns):
        graph.add_edge(("column", j), "sink", capacity=float(total))
    for i, j in np.argwhere(prior > 0):
        graph.add_edge(("row", int(i)), ("column", int(j)))
    value = nx.maximum_flow_value(graph, "source", "sink")
    return bool(value >= rows.sum() * (1 - 1e-9))


def calibrate(
    prior: Matrix,
    rows: Vector,
    columns: Vector,
    shares: tuple[ShareConstraint, ...] = (),
) -> Calibrated:
    r"""Fit a prior to its margins, and to sourced shares where there are any.

    Without shares and with a feasible zero pattern this is :func:`ras`.
    Otherwise zero cells get a prior of 1e-6 of their row total and

    .. math:: \min \sum_{ij} (x_{ij}-x^0_{ij})^2 / x^0_{ij}

    is solved under margins and shares (a quadratic program). Shares that
    contradict the margins are dropped and returned.

    Parameters
    ----------
    prior : ndarray, shape (m, n) [unit of the good]
    rows, columns : ndarray [unit of the good]
        Margins, with equal sums.
    shares : tuple of ShareConstraint
        Sourced shares.

    Returns
    -------
    Calibrated

    Raises
    ------
    InfeasibleError
        If the margins do not have equal sums, or no program solves.

    Examples
    --------
    >>> fit = calibrate(np.ones((2, 2)), np.array([3.0, 7.0]), np.array([4.0, 6.0]))
    >>> fit.method, fit.residual < 1e-8
    ('ras', True)
    """
    total = float(rows.sum())
    if not np.isclose(total, columns.sum(), rtol=1e-9, atol=1e-12):
        raise InfeasibleError(
            f"calibration margins differ: rows {total:g}, columns {columns.sum():g}"
        )
    if total <= 0:
        return Calibrated(np.zeros_like(prior, dtype=float), "ras", 0.0)
    if not shares and (bool((prior > 0).all()) or feasible(prior, rows, columns)):
        x = ras(prior, rows, columns)
        gap = _residual(x, rows, columns)
        if gap <= 1e-8:
            return Calibrated(x, "ras", gap)
    seeded = np.where(prior > 0, prior, _SEED_SHARE * rows[:, None])
    start = ras(seeded, rows, columns) if not shares else seeded
    start = np.maximum(start, 1e-12 * total)
    # Shares of imports describe one buyer and come first; a share that no
    # matrix with these margins can meet is dropped and reported.
    kept: list[ShareConstraint] = []
    dropped: list[ShareConstraint] = []
    found = _quadratic(start, rows, columns, tuple(shares)) if shares else None
    if found is None:
        for share in sorted(shares, key=lambda s: s.of != "imports"):
            trial = _quadratic(start, rows, columns, (*kept, share))
            if trial is None:
                dropped.append(share)
            else:
                kept.append(share)
                found = trial
    if found is None:
        found = _quadratic(start, rows, columns, ())
    if found is None:
        raise InfeasibleError("calibration: no matrix has these margins")
    opened = tuple(
        (int(i), int(j))
        for i, j in np.argwhere((prior <= 0) & (found > 1e-7 * total))
    )
    gap = _residual(found, rows, columns)
    return Calibrated(found, "qp", gap, opened, tuple(dropped))


def _residual(x: Matrix, rows: Vector, columns: Vector) -> float:
    gap = max(
        float(np.abs(x.sum(axis=1) - rows).max()),
        float(np.abs(x.sum(axis=0) - columns).max()),
    )
    return gap / max(float(rows.sum()), 1e-300)


def _quadratic(
    start: Matrix, rows: Vector, columns: Vector, shares: tuple[ShareConstraint, ...]
) -> Matrix | None:
    """Solve the quadratic program in per cent of the total; None if infeasible."""
    m, n = start.shape
    scale = 100.0 / float(rows.sum())
    x0 = start.ravel() * scale
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_ = m * n
    lp.col_cost_ = np.full(m * n, -2.0)
    lp.col_lower_ = np.zeros(m * n)
    lp.col_upper_ = np.full(m * n, highspy.kHighsInf)
    lines: list[tuple[list[int], list[float], float]] = [
        (list(range(i * n, i * n + n)), [1.0] * n, float(rows[i]) * scale)
        for i in range(m)
    ]
    for j in range(n):
        cells = list(range(j, m * n, n))
        lines.append((cells, [1.0] * m, float(columns[j]) * scale))
    for s in shares:
        if s.of == "imports":
            cells = [i * n + s.column for i in range(m) if i != s.own]
        else:
            cells = [s.row * n + j for j in range(n) if j != s.own]
        here = s.row * n + s.column
        coefficients = [(1.0 if c == here else 0.0) - s.share for c in cells]
        lines.append((cells, coefficients, 0.0))
    lp.num_row_ = len(lines)
    bounds = np.array([rhs for *_, rhs in lines])
    lp.row_lower_ = bounds
    lp.row_upper_ = bounds
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(c) for c, *_ in lines])
    lp.a_matrix_.index_ = np.concatenate([c for c, *_ in lines])
    lp.a_matrix_.value_ = np.concatenate([v for _, v, _ in lines])
    model.passModel(lp)
    hessian = highspy.HighsHessian()
    hessian.dim_ = m * n
    hessian.format_ = highspy.HessianFormat.kTriangular
    hessian.start_ = np.arange(m * n + 1)
    hessian.index_ = np.arange(m * n)
    hessian.value_ = 2.0 / x0
    model.passHessian(hessian)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    x = np.maximum(np.array(model.getSolution().col_value), 0.0).reshape(m, n) / scale
    # The solver's feasibility tolerance is 1e-7: scale the last digits onto the
    # margins without leaving the solution's own pattern.
    return ras(x, rows, columns)
