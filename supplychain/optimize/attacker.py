r"""The attacker's program: a linear program without a few of its columns, at worst.

An attacker removes at most k columns of a linear program, each by setting its
upper bound to 0, so that the best that can still be done is worst:

.. math::
    \min_{z \in \{0,1\}^n,\; \sum z \le k} \;\; \max_x \{\, v^T x : \;
    b^- \le A x \le b^+, \;\; \ell \le x \le h \circ (1 - z) \,\}

The inner program is replaced by its dual (strong duality), which makes one mixed
integer program of it (MODEL section 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

from supplychain.errors import ScenarioError
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.optimize.compiled import Program
    from supplychain.world.network import Network

__all__ = ["check_removable", "interdiction_program", "worth_of_nodes"]

Name = tuple[str, ...]
Node = tuple[str, str]


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
    >>> from supplychain.optimize.compiled import Program
    >>> p = Program((("x",),), (("r",),), np.array([-1.0]), np.zeros(1),
    ...             np.full(1, 9.0), sp.csc_array([[1.0]]), np.array([-np.inf]),
    ...             np.array([4.0]))
    >>> m = interdiction_program(p, {("x",): 1.0}, 1)
    >>> len(m.z), len(m.price)
    (1, 1)
    """
    check_removable(program, worth)
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


def check_removable(program: Program, worth: Mapping[Name, float]) -> None:
    """Raise unless every column named can be removed.

    Parameters
    ----------
    program : Program
    worth : mapping of column name to float

    Raises
    ------
    ScenarioError
        If a column is unknown, its lower bound is not 0, its upper bound is no
        number, or its M is no number from 0 up.
    """
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
