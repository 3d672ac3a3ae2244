"""Direct and look-through dependency on a target, and the path that binds.

DD and LTD follow MODEL section 4. They are read off baseline flows alone:
memberships do not enter. The linear programs (LTP, ID) stand in
:mod:`supplychain.optimize.dependency`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = [
    "Path",
    "Step",
    "binding_path",
    "capital_multiplier",
    "direct",
    "look_through",
    "survival",
    "weighted",
]

Node = tuple[str, str]


def capital_multiplier(world: World, targets: Collection[str]) -> dict[str, float]:
    r"""Return what a year without the target's tools leaves of capacity.

    .. math:: m = \min_e\,[1 - d_e (1 - s_e)]

    with :math:`s_e` the share of tool family e whose makers still serve, taken
    from its world market (the installed base by country is not sourced), and
    :math:`d_e` the output lost per year without service and spares.

    Parameters
    ----------
    world : World
    targets : collection of str
        Countries whose makers stop serving.

    Returns
    -------
    dict of str to float
        For each good that uses capital, m [1]; goods without an entry have 1.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> m = capital_multiplier(load_world(), {"NLD"})
    >>> 0.9 < m["logic_advanced"] < 1
    True
    """
    loss = world.model.value("capital_output_loss")
    result: dict[str, float] = {}
    for family, goods in world.model.scope.capital.items():
        if family not in world.goods.index:
            continue
        made = world.nodes.output.loc[family]
        gone = float(made[made.index.isin(list(targets))].sum() / made.sum())
        for good in goods:
            result[good] = min(result.get(good, 1.0), 1 - loss * gone)
    return result


def direct(
    net: Network,
    good: str,
    targets: Collection[str],
    controlled: Mapping[Node, float] | None = None,
) -> dict[str, float]:
    r"""Return DD: the share of each country's supply bought from the target.

    .. math:: DD_{j} = \sum_{i \in T} s_{ij} + \sum_{i \notin T} s_{ij}\, o_i

    Parameters
    ----------
    net : Network
    good : str
    targets : collection of str
        T.
    controlled : mapping of (good, country) to float, optional
        o: share of a node elsewhere that firms of T control [1].

    Returns
    -------
    dict of str to float
        By importing country [1].

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> shares = direct(load_world().network, "ndfeb_magnet", {"CHN"})
    >>> all(0 <= share <= 1 for share in shares.values())
    True
    """
    owned = controlled or {}
    return {
        j: sum(
            s * (1.0 if i in targets else owned.get((good, i), 0.0))
            for i, s in net.suppliers[good, j]
        )
        for j in net.need[good]
    }


def _kept(
    net: Network,
    node: Node,
    primary: float,
    capital: Mapping[str, float],
    controlled: Mapping[Node, float] | None,
) -> float:
    r"""Return what a node keeps: primary output, scrap besides, less what T owns.

    .. math:: m_n\,(1-o_n)\,[z_n + (1 - z_n)\,r^{primary}_n]
    """
    scrap = net.scrap_share(*node)
    kept = scrap + (1 - scrap) * primary
    owned = controlled.get(node, 0.0) if controlled else 0.0
    return kept * capital.get(node[0], 1.0) * (1 - owned)


def survival(
    net: Network,
    targets: Collection[str],
    capital: Mapping[str, float],
    controlled: Mapping[Node, float] | None = None,
) -> dict[Node, float]:
    r"""Return r: what is left of each node when every user is rationed alike.

    .. math:: r_n = m_n (1-o_n)\,\{z_n + (1-z_n)
        \min_k\,[1 - \varphi_{kp}(1 - \sum_m s_m r_m)]\}

    with :math:`z_n` the scrap share; without inputs the minimum is 1; a
    by-product's primary output keeps at most what its host keeps; in the target 0.

    Parameters
    ----------
    net : Network
    targets : collection of str
        T.
    capital : mapping of str to float
        m by good, from :func:`capital_multiplier`.
    controlled : mapping of (good, country) to float, optional
        o: share of a node elsewhere that firms of T control and withhold [1].

    Returns
    -------
    dict of (good, country) to float
        r [1].

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> r = survival(load_world().network, {"CHN"}, {})
    >>> r["ndfeb_magnet", "CHN"]
    0.0
    """
    r: dict[Node, float] = {}
    for good in net.goods:
        for country in net.producers[good]:
            if country in targets:
                r[good, country] = 0.0
                continue
            value = 1.0
            inputs = net.inputs[good] if net.primary(good, country) > 0 else {}
            for used, (_, phi) in inputs.items():
                got = sum(s * r[used, m] for m, s in net.suppliers[used, country])
                value = min(value, 1 - phi * (1 - got))
            if good in net.host:
                value = min(value, r.get((net.host[good][0], country), 1.0))
            r[good, country] = _kept(net, (good, country), value, capital, controlled)
    return r


def _got(net: Network, good: str, j: str, r: Mapping[Node, float]) -> float:
    """Return the share of its supply that a user still gets."""
    return sum(s * r[good, m] for m, s in net.suppliers[good, j])


def look_through(net: Network, good: str, r: Mapping[Node, float]) -> dict[str, float]:
    r"""Return LTD by consuming country.

    .. math:: LTD_j = 1 - \sum_m s_{mj} r_m

    Parameters
    ----------
    net : Network
    good : str
    r : mapping
        From :func:`survival`.

    Returns
    -------
    dict of str to float
        By country [1].

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> net = load_world().network
    >>> ltd = look_through(net, "ndfeb_magnet", survival(net, {"CHN"}, {}))
    >>> 0 <= ltd["JPN"] <= 1 if "JPN" in ltd else True
    True
    """
    return {
        j: min(1.0, max(0.0, 1 - _got(net, good, j, r))) for j in net.need[good]
    }


def weighted(
    values: Mapping[str, float], need: Mapping[str, float], group: Collection[str]
) -> float:
    r"""Return the need-weighted mean over a group; NaN if it needs nothing.

    .. math:: \sum_{d\in\Omega} N_d v_d \,/\, \sum_{d\in\Omega} N_d

    Parameters
    ----------
    values, need : mapping of str to float
        By country.
    group : collection of str
        Omega.

    Returns
    -------
    float

    Examples
    --------
    >>> weighted({"A": 1.0, "B": 0.0}, {"A": 1.0, "B": 3.0}, {"A", "B"})
    0.25
    """
    total = sum(need.get(d, 0.0) for d in group)
    if total <= 0:
        return float("nan")
    return float(
        np.sum([need[d] * values[d] for d in sorted(group) if d in need]) / total
    )


@dataclass(frozen=True)
class Step:
    """One node on a binding path.

    Attributes
    ----------
    good, country : str
        The node.
    left : float
        A: what the node keeps when this chain is first in line [1].
    scrap : float
        Share of its baseline output that is secondary supply [1].
    input : str
        The binding input k, empty where none binds.
    sigma : float
        The chain's share of the country's use of k [1].
    suppliers : tuple of (country, share, left)
        All (m, s_m, A_m) of the binding input.
    """

    good: str
    country: str
    left: float
    input: str
    sigma: float
    suppliers: tuple[tuple[str, float, float], ...]
    scrap: float = 0.0


@dataclass(frozen=True)
class Path:
    """The binding path from a consumer up to the target or to a source.

    Attributes
    ----------
    good, country : str
        What is consumed, and where.
    loss : float
        1 - A of the consumer [1]; between LTP and LTD.
    steps : tuple of Step
        From the consumer (first) upstream.
    """

    good: str
    country: str
    loss: float
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return " < ".join(f"{s.good}@{s.country}" for s in self.steps)


def _chain_share(net: Network, good: str, used: str, country: str) -> float:
    """Return sigma_kc: the share of a country's use of k that its chain takes."""
    inside = set(net.upstream[good])
    taken = sum(
        net.inputs[p][used][0] * net.primary(p, country)
        for p in inside
        if used in net.inputs[p]
    )
    return min(1.0, taken / net.need[used][country])


def chain_survival(
    net: Network,
    good: str,
    targets: Collection[str],
    capital: Mapping[str, float],
    controlled: Mapping[Node, float] | None = None,
) -> dict[Node, float]:
    r"""Return A: what each node keeps when the chain of `good` is first in line.

    .. math::
        A_n = m_n\{z_n + (1-z_n)
        \min_k\,[1-\varphi_{kp}(1-\min(1,\sum_m s_m A_m/\sigma_{kc}))]\}

    Parameters
    ----------
    net : Network
    good : str
        The good whose chain is first in line.
    targets : collection of str
        T.
    capital : mapping of str to float
        m by good.
    controlled : mapping of (good, country) to float, optional
        o: share of a node elsewhere that firms of T control and withhold [1].

    Returns
    -------
    dict of (good, country) to float
        A on the upstream closure of `good` [1].
    """
    left: dict[Node, float] = {}
    for p in net.upstream[good]:
        for country in net.producers[p]:
            if country in targets:
                left[p, country] = 0.0
                continue
            value = 1.0
            inputs = net.inputs[p] if net.primary(p, country) > 0 else {}
            for used, (_, phi) in inputs.items():
                got = sum(s * left[used, m] for m, s in net.suppliers[used, country])
                sigma = _chain_share(net, good, used, country)
                value = min(value, 1 - phi * (1 - min(1.0, got / sigma)))
            if p in net.host:
                value = min(value, left.get((net.host[p][0], country), 1.0))
            left[p, country] = _kept(net, (p, country), value, capital, controlled)
    return left


def binding_path(
    net: Network,
    good: str,
    country: str,
    targets: Collection[str],
    capital: Mapping[str, float],
    left: Mapping[Node, float] | None = None,
) -> Path:
    """Follow the binding input upstream from a consumer.

    At each node the path goes to the input with the smallest term of A, and
    then to the supplier with the largest s_m (1 - A_m), down to the target or
    to a node without inputs. It explains the loss of A, not ID.

    Parameters
    ----------
    net : Network
    good, country : str
        What is consumed, and where.
    targets : collection of str
        T.
    capital : mapping of str to float
        m by good.
    left : mapping, optional
        From :func:`chain_survival`, to save computing it again.

    Returns
    -------
    Path
        Its steps hold what is needed to recompute each A.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> net = load_world().network
    >>> path = binding_path(net, "electric_car", "IND", {"CHN"}, {})
    >>> path.steps[0].good
    'electric_car'
    """
    a = chain_survival(net, good, targets, capital) if left is None else left
    offers = tuple((m, s, a[good, m]) for m, s in net.suppliers[good, country])
    kept = min(1.0, sum(s * x for _, s, x in offers))
    steps = [Step(good, f"{country} (use)", kept, good, 1.0, offers)]
    current = _largest_loss(offers)
    at = good
    while current is not None:
        step = _step(net, good, at, current, targets, a)
        steps.append(step)
        if not step.input:
            break
        if step.input == net.host.get(at, ("",))[0]:
            at = step.input
            continue
        at, current = step.input, _largest_loss(step.suppliers)
    return Path(good, country, 1 - kept, tuple(steps))


def _largest_loss(offers: tuple[tuple[str, float, float], ...]) -> str | None:
    lossy = [(s * (1 - x), m) for m, s, x in offers if s * (1 - x) > 1e-12]
    return max(lossy)[1] if lossy else None


def _step(
    net: Network,
    chain: str,
    at: str,
    country: str,
    targets: Collection[str],
    a: Mapping[Node, float],
) -> Step:
    here = a[at, country]
    scrap = net.scrap_share(at, country)
    if country in targets:
        return Step(at, country, here, "", 1.0, ())
    best: tuple[float, str, float, tuple[tuple[str, float, float], ...]] | None = None
    inputs = net.inputs[at] if net.primary(at, country) > 0 else {}
    for used, (_, phi) in sorted(inputs.items()):
        offers = tuple((m, s, a[used, m]) for m, s in net.suppliers[used, country])
        sigma = _chain_share(net, chain, used, country)
        got = sum(s * x for _, s, x in offers)
        term = 1 - phi * (1 - min(1.0, got / sigma))
        if best is None or term < best[0]:
            best = (term, used, sigma, offers)
    host = net.host.get(at, ("", 0.0))[0]
    if host and a.get((host, country), 1.0) < (best[0] if best else 1.0) - 1e-12:
        return Step(at, country, here, host, 1.0,
                    ((country, 1.0, a[host, country]),), scrap)
    if best is None or best[0] >= 1 - 1e-12:
        return Step(at, country, here, "", 1.0, (), scrap)
    return Step(at, country, here, best[1], best[2], best[3], scrap)
