r"""The one-year world program, stated once: one function a constraint family.

Sets, letters and numbering follow MODEL section 3. Quantities are scaled so that
the world baseline of every good is 100 (:mod:`supplychain.world.network`).

Variables (all nonnegative)
    q[p,c] output, x[p,i,j] flow, use[k,p,c] input use (in_kn),
    y[g,d,o,s] demand served in block s of kind o (final, other),
    u[g,d,o] unserved, draw[k,c] stock drawn, take[k,c] use outside the
    recipes considered (0 in the world program; dependency programs bound it),
    V[d] value of final demand served, up/down[p,i,j] deviations (L2 only).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from supplychain.ids import ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from supplychain.world.network import Network

__all__ = ["FAMILIES", "Weights", "block_values", "world_program"]


@dataclass(frozen=True)
class Weights:
    """What the objective weighs.

    Attributes
    ----------
    blocks : int
        Number of equal demand blocks.
    slope : float
        How much more the first unit is worth than the last [1].
    other : float
        Multiple of the price at which other uses weigh [1].
    """

    blocks: int
    slope: float
    other: float


def block_values(blocks: int, slope: float) -> list[float]:
    r"""Return v_s, the value of a unit in each block of the demand curve.

    .. math:: v_s = 1 + slope\,(1 - (s - \tfrac12)/S), \quad s = 1..S

    Parameters
    ----------
    blocks : int
        S.
    slope : float
        Steepness [1].

    Returns
    -------
    list of float
        Falling, first units worth most.

    Examples
    --------
    >>> block_values(2, 3.0)
    [3.25, 1.75]
    """
    return [1 + slope * (1 - (s - 0.5) / blocks) for s in range(1, blocks + 1)]


def feedstock(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C1, feedstock: output needs each of its inputs.

    .. math::
        q_n - \varsigma_n \le \varphi_{kp}\, in_{kn}/b_{kp}
        + (1-\varphi_{kp})\,[(1+\bar\rho)(q^0_n-\varsigma_n) + K^+_n]
        \qquad \forall n=(c,p),\; k\in In(p)

    with :math:`\varsigma_n` the secondary supply, which needs no inputs.
    """

    def rule(m: pyo.ConcreteModel, k: str, p: str, c: str) -> object:
        b, phi = net.inputs[p][k]
        room = (1 + net.surge) * net.primary(p, c) + net.added[p, c]
        free = (1 - phi) * room + net.secondary[p, c]
        return m.q[p, c] <= phi / b * m.use[k, p, c] + free

    m.feedstock = pyo.Constraint(m.USE, rule=rule)


def balance(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C1b, balance: each unit that arrives is used once.

    .. math::
        \sum_{n=(c,p)} in_{kn} + y_{ck} + take_{ck}
        \le \sum_i x_{(i\to c),k} + draw_{kc} \qquad \forall (c,k)
    """
    users: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for k, p, c in m.USE:
        users.setdefault((k, c), []).append((k, p, c))
    blocks: dict[tuple[str, str], list[tuple[str, str, str, int]]] = {}
    for g, d, o, s in m.BLOCK:
        blocks.setdefault((g, d), []).append((g, d, o, s))

    def rule(m: pyo.ConcreteModel, k: str, c: str) -> object:
        used = sum(m.use[i] for i in users.get((k, c), ()))
        served = sum(m.y[i] for i in blocks.get((k, c), ()))
        arrives = sum(m.x[k, i, c] for i in net.producers[k] if (k, i, c) in m.ARC)
        return used + served + m.take[k, c] <= arrives + m.draw[k, c]

    m.balance = pyo.Constraint(m.NEED, rule=rule)


def shipment(m: pyo.ConcreteModel, net: Network) -> None:  # noqa: ARG001
    r"""C2, shipment: a country ships its own output and nothing else.

    .. math:: \sum_j x_{(c\to j),p} = q_{cp} \qquad \forall n=(c,p)
    """
    to: dict[tuple[str, str], list[str]] = {}
    for p, i, j in m.ARC:
        to.setdefault((p, i), []).append(j)

    def rule(m: pyo.ConcreteModel, p: str, c: str) -> object:
        return sum(m.x[p, c, j] for j in to.get((p, c), ())) == m.q[p, c]

    m.shipment = pyo.Constraint(m.NODE, rule=rule)


def capacity(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C3, capacity: a bound, because it concerns one variable.

    .. math:: q_n \le (\min\{K_n, (1+\bar\rho)q^0_n\} + K^+_n)(1-\delta_n)\,m_n

    Secondary supply does not surge; K+ is what projects add by the World's year.
    Stated with no outage and full service; shocks move the bound.
    """
    for n in m.NODE:
        m.q[n].setub(net.ceiling[n])


def access(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C4, access: a bound on each flow, set by the levers of membership.

    .. math::
        x_{ijp} \le x^0_{ijp}[1-\eta(1-\mu_{ij})] + \nu(\mu_{ij})\,w_{ip}N_{jp}

    Stated without caps, save that the rest of the world, one node, does not
    raise its domestic deliveries; :mod:`supplychain.scenarios.levers` sets them.
    """
    for p, i, j in m.ARC:
        if i == j == ROW:
            m.x[p, i, j].setub(net.flow.get((p, i, j), 0.0))


def demand(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C5, demand: what is served and what is not make up the demand.

    .. math:: \sum_s y_{dgs} + u_{dg} = D_{dg} \qquad \forall (d,g)
    """
    size = max((s for *_, s in m.BLOCK), default=0)

    def rule(m: pyo.ConcreteModel, g: str, d: str, o: str) -> object:
        total = net.final[g, d] if o == "final" else net.other[g, d]
        served = sum(m.y[g, d, o, s] for s in range(1, size + 1))
        return served + m.u[g, d, o] == total

    m.demand = pyo.Constraint(m.WANT, rule=rule)


def by_product(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C6, by-product: no more than its host yields in the same country.

    .. math:: q_{c,by} - \varsigma_{c,by} \le yield \cdot q_{c,host}

    A country without the host in the tables is bound by its own circuits alone.
    """

    def rule(m: pyo.ConcreteModel, p: str, c: str) -> object:
        ratio = net.host_yield(p, c)
        if ratio is None:
            return pyo.Constraint.Skip
        return m.q[p, c] <= ratio * m.q[net.host[p][0], c] + net.secondary[p, c]

    m.by_product = pyo.Constraint([n for n in m.NODE if n[0] in net.host], rule=rule)


def value(m: pyo.ConcreteModel, net: Network) -> None:
    r"""Value of the final demand served in a country, per cent of the world's.

    .. math:: V_d = \sum_{g\,final} \omega_g \sum_s y_{dgs}
    """
    terms: dict[str, list[tuple[float, tuple[str, str, str, int]]]] = {}
    world = _final_value(net)
    for g, d, o, s in m.BLOCK:
        if o == "final":
            weight = 100.0 * net.value[g] / world
            terms.setdefault(d, []).append((weight, (g, d, o, s)))

    def rule(m: pyo.ConcreteModel, d: str) -> object:
        return sum(w * m.y[i] for w, i in terms[d]) == m.V[d]

    m.value = pyo.Constraint(m.PLACE, rule=rule)


def deviation(m: pyo.ConcreteModel, net: Network) -> None:
    r"""L2, deviation from the baseline flow.

    .. math:: x = x^0 + e^+ - e^- \qquad \forall\text{ arcs}
    """

    def rule(m: pyo.ConcreteModel, p: str, i: str, j: str) -> object:
        base = net.flow.get((p, i, j), 0.0)
        return m.x[p, i, j] - m.up[p, i, j] + m.down[p, i, j] == base

    m.deviation = pyo.Constraint(m.ARC, rule=rule)


FAMILIES: dict[str, Callable[[pyo.ConcreteModel, Network], None]] = {
    "feedstock": feedstock,
    "balance": balance,
    "shipment": shipment,
    "capacity": capacity,
    "access": access,
    "demand": demand,
    "by_product": by_product,
    "value": value,
}
"""The constraint families of the world program, in the order they are added."""


def _final_value(net: Network) -> float:
    total = sum(net.value[g] * v for (g, _), v in net.final.items())
    return total if total > 0 else 1.0


def _declare(m: pyo.ConcreteModel, net: Network, blocks: int) -> None:
    """Declare the sparse index sets and the variables."""
    wants = [(g, d, "final") for g, d in net.final]
    wants += [(g, d, "other") for g, d in net.other]
    m.NODE = pyo.Set(initialize=list(net.output), dimen=2)
    m.ARC = pyo.Set(
        initialize=[(p, i, j) for p in net.goods for i, j in net.arcs(p)], dimen=3
    )
    m.USE = pyo.Set(
        initialize=[
            (k, p, c) for p, c in net.output if net.uses_inputs(p, c)
            for k in net.inputs[p]
        ],
        dimen=3,
    )
    m.NEED = pyo.Set(
        initialize=[(k, c) for k in net.goods for c in sorted(net.need[k])], dimen=2
    )
    m.WANT = pyo.Set(initialize=wants, dimen=3)
    m.BLOCK = pyo.Set(
        initialize=[(*w, s) for w in wants for s in range(1, blocks + 1)], dimen=4
    )
    m.PLACE = pyo.Set(initialize=sorted({d for _, d in net.final}))

    def block_bounds(
        m: pyo.ConcreteModel, g: str, d: str, o: str, s: int  # noqa: ARG001
    ) -> tuple[float, float]:
        total = net.final[g, d] if o == "final" else net.other[g, d]
        return 0.0, total / blocks

    m.q = pyo.Var(m.NODE, bounds=(0, None))
    m.x = pyo.Var(m.ARC, bounds=(0, None))
    m.use = pyo.Var(m.USE, bounds=(0, None))
    m.y = pyo.Var(m.BLOCK, bounds=block_bounds)
    m.u = pyo.Var(m.WANT, bounds=(0, None))
    m.draw = pyo.Var(m.NEED, bounds=(0, 0))
    m.take = pyo.Var(m.NEED, bounds=(0, 0))
    m.V = pyo.Var(m.PLACE, bounds=(0, None))


def world_program(
    net: Network,
    weights: Weights,
    *,
    families: tuple[str, ...] = tuple(FAMILIES),
    proximal: bool = False,
) -> pyo.ConcreteModel:
    r"""State the one-year world program.

    L1 serves the most valuable demand first,

    .. math:: \max \sum_{d,g} \omega_g \sum_s v_s\, y_{dgs},

    with other uses weighed at a multiple of their price. L2 (`proximal`) finds,
    among the solutions of L1, the one nearest to the baseline,

    .. math:: \min \sum_p \sum_a (e^+_a + e^-_a)/Q_p .

    Parameters
    ----------
    net : Network
        The world in scaled units.
    weights : Weights
        Blocks, slope and the weight of other uses.
    families : tuple of str
        Constraint families to add; all by default.
    proximal : bool
        State L2 in place of L1; the caller fixes what L1 served.

    Returns
    -------
    pyomo.environ.ConcreteModel

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> m = world_program(load_world().network, Weights(1, 3.0, 10.0))
    >>> len(m.q) > 100
    True
    """
    m = pyo.ConcreteModel(name="world")
    _declare(m, net, weights.blocks)
    for name in families:
        FAMILIES[name](m, net)
    if proximal:
        m.up = pyo.Var(m.ARC, bounds=(0, None))
        m.down = pyo.Var(m.ARC, bounds=(0, None))
        deviation(m, net)
        m.objective = pyo.Objective(
            expr=sum(m.up[a] + m.down[a] for a in m.ARC), sense=pyo.minimize
        )
        return m
    v = block_values(weights.blocks, weights.slope)
    world = _final_value(net)

    def weight(g: str, o: str, s: int) -> float:
        multiple = 1.0 if o == "final" else weights.other
        return multiple * 100.0 * net.value[g] / world * v[s - 1]

    m.objective = pyo.Objective(
        expr=sum(weight(g, o, s) * m.y[g, d, o, s] for g, d, o, s in m.BLOCK),
        sense=pyo.maximize,
    )
    return m
