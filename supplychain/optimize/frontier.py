r"""The long-run frontier: least premium for each cap on the target's share.

For a good p, a group :math:`\Omega` without the target T and a cap
:math:`\kappa`: what does it cost at least that T supplies at most the share
:math:`\kappa` of what :math:`\Omega` needs, of p alone or of *every* stage k of
its chain? One linear program (MODEL section 4, frontier).

**What is long run.** Trade re-routes freely, so supply of each stage is a pool and
flows need no variables; recipes hold in full; demand is that of the calibration
year; T keeps what it needs; every other use keeps its amount *and* its share from
outside T, so the way out robs nobody. World output of each stage stays as it is: a
new plant outside T replaces one in T.

**What the cap counts.** Of a stage that p can partly do without, only the part that
p cannot: :math:`\Phi_p = 1`, :math:`\Phi_k = \max_u \varphi_{ku}\Phi_u` over its
users u in the chain, and :math:`\Phi_k` times T's share of k is at most
:math:`\kappa`. Of p itself, and where :math:`\varphi = 1`, that is the plain share.

**What each stage owes whom.** With :math:`f_{dg}` the use of g in d outside the
chain (:math:`f_{dp} = N_{dp}`, the whole need of p) and :math:`L_{kg}` the units of
k that one unit of g embodies through the chain,

.. math::
    R_{Tk} = \sum_{g} L_{kg} f_{Tg}, \qquad
    C_k = L_{kp} \sum_{d\in\Omega} N_{dp}, \qquad
    O_k = Q_k - R_{Tk} - C_k

are what T needs of k, what :math:`\Omega` needs of it for p, embodied amounts
included, and what everybody else needs. T serves itself first; its share of the
rest today is :math:`S^0_k = \max(0,\, q^0_{Tk} - R_{Tk})/(C_k + O_k)`, and what the
cap is held against is :math:`\max_k \Phi_k S^0_k`.

**Program.** q is output of existing plants (at most C3 without projects, at no
premium), z of new plants outside T:

.. math::
    V(\kappa) = \min \sum_{k,c} w_{kc} z_{kc} \quad\text{s.t.}\quad
    \textstyle\sum_c q_{kc} + \sum_c z_{kc} = Q_k, \quad
    \sum_{c\in T} q_{kc} \le R_{Tk} + S^0_k O_k + \kappa C_k/\Phi_k, \quad
    0 \le z_{kc} \le \bar z_{kc}

and C6 for by-products. Where the price of a stage is not sourced, its value added is
part of what a user with a price adds, in unknown parts: a group g of stages with a
known sum. Whatever the parts, the premium is at most the sum times
:math:`t_g \ge \sum_c r_{kc} z_{kc}/C_k` for each member k, r the premium of a site;
minimizing over t in place of z gives the upper bound. :math:`\kappa` stands in a right
side only, so V is convex, non-increasing and piecewise linear, and V is 0 at today's
share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from supplychain.optimize.breakpoints import Point
from supplychain.optimize.compiled import Session, Solution, compile_program
from supplychain.optimize.dependency import outside_use

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from supplychain.world.network import Network

__all__ = ["Requirement", "Tradeoff", "frontier_program", "requirement"]

Node = tuple[str, str]
Vector = NDArray[np.float64]
_KAPPA = ("kappa",)
_DUAL = 1e-9
# Less than this is needed by nobody [scaled].
_NOTHING = 1e-12


@dataclass(frozen=True)
class Requirement:
    """What each stage of a chain owes whom, all [scaled].

    Attributes
    ----------
    good : str
        p.
    stages : tuple of str
        Upstream first; hosts of by-products included.
    chain : mapping of str to float
        C: what the group needs for p, embodied amounts included; 0 for a host.
    target : mapping of str to float
        R_T: what the target needs for itself.
    others : mapping of str to float
        O: what everybody else needs, and the group for other ends.
    today : mapping of str to float
        S0: the target's share of C + O today [1].
    essential : mapping of str to float
        Phi: the part of p that cannot do without the stage [1].
    """

    good: str
    stages: tuple[str, ...]
    chain: Mapping[str, float]
    target: Mapping[str, float]
    others: Mapping[str, float]
    today: Mapping[str, float]
    essential: Mapping[str, float]

    @property
    def share(self) -> float:
        """What the cap is held against today: the largest Phi S0 of the chain [1]."""
        return max(
            self.essential[k] * self.today[k]
            for k in self.stages if self.chain[k] > _NOTHING
        )


def requirement(
    net: Network,
    good: str,
    group: Collection[str],
    targets: Collection[str],
    *,
    chain: bool = True,
) -> Requirement:
    """Return what each stage owes whom: R_T, C, O and S0 of the module's text.

    Parameters
    ----------
    net : Network
    good : str
        p.
    group : collection of str
        Omega; the target's members are left out.
    targets : collection of str
        T.
    chain : bool
        Every stage upstream of p; otherwise p alone (and its host).

    Returns
    -------
    Requirement

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> net = load_world().network
    >>> need = requirement(net, "gallium", [c for c in net.places if c != "CHN"],
    ...                    {"CHN"})
    >>> need.stages, 0.9 < need.share < 1
    (('bauxite', 'alumina', 'gallium'), True)
    """
    host = net.host[good][:1] if good in net.host else ()
    stages = net.upstream[good] if chain else (*host, good)
    outside = outside_use(net, stages)
    asked = {d: n for d, n in net.need[good].items() if n > 0}
    own = {
        k: sum(outside.get((k, c), 0.0) for c in targets) for k in stages
    }
    own[good] = sum(asked.get(c, 0.0) for c in targets)
    wanted = dict.fromkeys(stages, 0.0)
    essential = {**dict.fromkeys(stages, 0.0), good: 1.0}
    wanted[good] = sum(n for d, n in asked.items() if d in group and d not in targets)
    for p in reversed(stages):
        made = sum(net.output[p, c] for c in net.producers[p])
        primary = sum(net.primary(p, c) for c in net.producers[p])
        for k, (b, phi) in net.inputs[p].items():
            if k in wanted and made > 0:
                essential[k] = max(essential[k], phi * essential[p])
                own[k] += b * primary / made * own[p]
                wanted[k] += b * primary / made * wanted[p]
    others, today = {}, {}
    for k in stages:
        total = sum(net.output[k, c] for c in net.producers[k])
        sold = sum(net.output.get((k, c), 0.0) for c in targets) - own[k]
        others[k] = max(0.0, total - own[k] - wanted[k])
        rest = others[k] + wanted[k]
        today[k] = min(1.0, max(0.0, sold) / rest) if rest > _NOTHING else 0.0
    return Requirement(good, stages, wanted, own, others, today, essential)


def world_output(m: pyo.ConcreteModel, net: Network) -> None:
    r"""World output of a stage stays: a new plant replaces one elsewhere.

    .. math:: \sum_c q_{kc} + \sum_{c\notin T} z_{kc} = Q_k \qquad \forall k
    """

    def rule(m: pyo.ConcreteModel, k: str) -> object:
        total = sum(net.output[k, c] for c in net.producers[k])
        old = sum(m.q[n] for n in m.NODE if n[0] == k)
        return old + sum(m.z[n] for n in m.SITE if n[0] == k) == total

    m.world_output = pyo.Constraint(m.STAGE, rule=rule)


def target_share(
    m: pyo.ConcreteModel, need: Requirement, targets: Collection[str]
) -> None:
    r"""Cap T: its output covers T, the share of others, and kappa of the chain.

    .. math:: \sum_{c\in T} q_{kc} \le R_{Tk} + S^0_k O_k + \kappa\,C_k/\Phi_k
        \qquad \forall k: C_k, \Phi_k > 0
    """

    def rule(m: pyo.ConcreteModel, k: str) -> object:
        made = [m.q[n] for n in m.NODE if n[0] == k and n[1] in targets]
        if need.chain[k] <= _NOTHING or need.essential[k] <= 0 or not made:
            return pyo.Constraint.Skip
        kept = need.target[k] + need.today[k] * need.others[k]
        return sum(made) <= kept + need.chain[k] / need.essential[k] * m.kappa

    m.target_share = pyo.Constraint(m.STAGE, rule=rule)


def hosted(m: pyo.ConcreteModel, net: Network) -> None:
    r"""C6, by-product: no more than its host yields in the same country.

    .. math:: q_{c,by} + z_{c,by} - \varsigma_{c,by}
        \le yield\,(q_{c,host} + z_{c,host})
    """
    nodes = {n for n in (*m.NODE, *m.SITE) if n[0] in net.host}

    def rule(m: pyo.ConcreteModel, p: str, c: str) -> object:
        ratio = net.host_yield(p, c)
        if ratio is None:
            return pyo.Constraint.Skip
        host = (net.host[p][0], c)
        made = sum(v[p, c] for v in (m.q, m.z) if (p, c) in v)
        yields = sum(ratio * v[host] for v in (m.q, m.z) if host in v)
        return made <= yields + net.secondary.get((p, c), 0.0)

    m.hosted = pyo.Constraint(sorted(nodes), rule=rule)


def dearest(
    m: pyo.ConcreteModel, need: Requirement, rate: Mapping[Node, float]
) -> None:
    r"""Bound t below: the part of a group's value that new plants make dearer.

    .. math:: t_g \ge \sum_c r_{kc} z_{kc} / C_k \qquad \forall g,\; k\in g: C_k > 0
    """

    def rule(m: pyo.ConcreteModel, g: str, k: str) -> object:
        moved = [rate[n] * m.z[n] for n in m.SITE if n[0] == k]
        if need.chain[k] <= _NOTHING or not moved:
            return pyo.Constraint.Skip
        return sum(moved) <= need.chain[k] * m.t[g]

    m.dearest = pyo.Constraint(m.MEMBER, rule=rule)


def frontier_program(
    net: Network,
    need: Requirement,
    targets: Collection[str],
    sites: Mapping[Node, float],
    rate: Mapping[Node, float],
    groups: Mapping[str, tuple[str, ...]],
) -> pyo.ConcreteModel:
    """State the frontier's program; ``kappa`` is a variable that the caller bounds.

    Parameters
    ----------
    net : Network
    need : Requirement
    targets : collection of str
        T.
    sites : mapping of (stage, place) to float
        Where new plants may stand, and the most they may make [scaled].
    rate : mapping of (stage, place) to float
        r: premium of a new plant [share of value added].
    groups : mapping of str to tuple of str
        Stages whose value added is known only together, by the stage whose price
        is.

    Returns
    -------
    pyomo.environ.ConcreteModel
    """
    m = pyo.ConcreteModel(name="frontier")
    m.STAGE = pyo.Set(initialize=list(need.stages))
    m.NODE = pyo.Set(
        initialize=[(k, c) for k in need.stages for c in net.producers[k]], dimen=2
    )
    m.SITE = pyo.Set(initialize=sorted(sites), dimen=2)
    m.MEMBER = pyo.Set(
        initialize=[(g, k) for g, members in groups.items() for k in members], dimen=2
    )
    m.q = pyo.Var(
        m.NODE, bounds=lambda _, k, c: (0.0, net.ceiling[k, c] - net.added[k, c])
    )
    m.z = pyo.Var(m.SITE, bounds=lambda _, k, c: (
        0.0, None if np.isinf(sites[k, c]) else sites[k, c]
    ))
    m.t = pyo.Var(pyo.Set(initialize=list(groups)), bounds=(0, None))
    m.kappa = pyo.Var(bounds=(0, 1))
    world_output(m, net)
    target_share(m, need, targets)
    hosted(m, net)
    dearest(m, need, rate)
    m.premium = pyo.Objective(expr=sum(rate[n] * m.z[n] for n in m.SITE))
    return m


class Tradeoff:
    """The compiled frontier of one chain, re-solved warm for many caps.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        From :func:`frontier_program`.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> net = load_world().network
    >>> need = requirement(net, "gallium", ["JPN"], {"CHN"}, chain=False)
    >>> site = ("gallium", "AUS")
    >>> curve = Tradeoff(
    ...     frontier_program(net, need, {"CHN"}, {site: 90.0}, {site: 1.0}, {}))
    >>> least, _ = curve.least_share()
    >>> curve.at(need.share)[0].value < 1e-6 < curve.at(least + 1e-9)[0].value
    True
    """

    def __init__(self, model: pyo.ConcreteModel) -> None:
        self.program = compile_program(model)
        self.session = Session(self.program)
        self._cap = self.program.column[_KAPPA]

    def cost(
        self, by_site: Mapping[Node, float], by_group: Mapping[str, float] | None = None
    ) -> Vector:
        """Return the objective that weighs new plants and groups like this."""
        cost = np.zeros(len(self.program.columns))
        for node, weight in by_site.items():
            cost[self.program.column["z", *node]] = weight
        for group, weight in (by_group or {}).items():
            cost[self.program.column["t", group]] = weight
        return cost

    def _solve(self, cost: Vector, high: Vector) -> Solution:
        self.session.set_bounds(self.program.low, high)
        self.session.set_cost(cost)
        return self.session.solve()

    def least_share(
        self, sites: Mapping[Node, float] | None = None
    ) -> tuple[float, Solution]:
        """Return the smallest cap that can be kept at any price.

        Parameters
        ----------
        sites : mapping of (stage, place) to float, optional
            Other limits on new plants; a site not named is closed [scaled].

        Returns
        -------
        share : float
            [1].
        solution : Solution
            Its duals tell what stands in the way.
        """
        high = self.program.high.copy()
        if sites is not None:
            for name, i in self.program.column.items():
                if name[0] == "z":
                    high[i] = sites.get((name[1], name[2]), 0.0)
        cost = np.zeros(len(high))
        cost[self._cap] = 1.0
        found = self._solve(cost, high)
        return max(0.0, float(found.objective)), found

    def at(self, share: float, cost: Vector | None = None) -> tuple[Point, Solution]:
        """Return the least premium under a cap.

        Raises
        ------
        InfeasibleError
            If the cap cannot be kept.
        """
        high = self.program.high.copy()
        high[self._cap] = share
        found = self._solve(self.program.cost if cost is None else cost, high)
        slope = float(found.reduced_cost[self._cap])
        return Point(share, float(found.objective), slope), found

    def blocking(self, solution: Solution) -> tuple[str, ...]:
        """Return the stages whose cap carries a dual, the largest first."""
        at = [
            (abs(float(solution.dual[i])), name[1])
            for name, i in self.program.row.items()
            if name[0] == "target_share" and abs(solution.dual[i]) > _DUAL
        ]
        return tuple(stage for _, stage in sorted(at, reverse=True))

    def built(self, solution: Solution) -> dict[str, float]:
        """Return the output of new plants by stage [scaled]."""
        result: dict[str, float] = {}
        for name, i in self.program.column.items():
            if name[0] == "z":
                result[name[1]] = result.get(name[1], 0.0) + float(solution.x[i])
        return result
