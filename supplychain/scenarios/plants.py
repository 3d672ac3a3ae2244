"""New plants outside the target: where they may stand, how much, at what premium.

Rules of the long run. A stage that needs no ore of its own can be built anywhere at
the premium; a mine only where a project is listed (from discovery to output it takes
longer than any plan); a by-product where its host runs, within what the host yields,
and only by listed projects where that yield is unknown; a kit is made where it is
consumed and does not move.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supplychain.ids import NOBODY, UNALLOCATED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from supplychain.tables.model import Model
    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = [
    "ELSEWHERE", "Values", "annuity", "gap_closed", "listed_sites", "premium_of",
    "sites", "stage_values",
]

Node = tuple[str, str]
ELSEWHERE = "elsewhere"
"""Any place allowed whose cost of capital no assumption sets apart."""
_CHANNEL = "finance"


def annuity(rate: float, years: float) -> float:
    r"""Return the yearly payment for one unit of capital.

    .. math:: CRF(w, n) = \frac{w(1+w)^n}{(1+w)^n - 1}

    Parameters
    ----------
    rate : float
        w, cost of capital [1/year], above 0.
    years : float
        n, life of the plant [year].

    Returns
    -------
    float
        [1/year].

    Examples
    --------
    >>> round(annuity(0.12, 20), 6), round(annuity(0.06, 20), 6)
    (0.133879, 0.087185)
    """
    grown = math.pow(1 + rate, years)
    return rate * grown / (grown - 1)


def premium_of(model: Model, place: str, closed: float = 0.0) -> float:
    r"""Return what a unit of a new plant costs more than the unit it replaces.

    .. math::
        \pi\left[1 + a\left(\frac{CRF(w_c - \theta\mu(w_c - w), n)}{CRF(w, n)}
        - 1\right)\right] - 1

    with :math:`\pi` the premium on value added, a the share of capital in it, w the
    cost of capital in advanced economies and :math:`w_c` that of the place, taken
    as w where no assumption names it.

    Parameters
    ----------
    model : Model
    place : str
    closed : float
        :math:`\theta\mu`, the part of the gap that a membership closes [1].

    Returns
    -------
    float
        [share of the value added of the stage].

    Examples
    --------
    >>> from supplychain.tables.model import load_model
    >>> model = load_model()
    >>> round(premium_of(model, ELSEWHERE), 3), round(premium_of(model, "IND"), 3)
    (0.5, 0.76)
    """
    base, name = model.value("cost_of_capital_advanced"), f"cost_of_capital:{place}"
    own = model.value(name) if name in model.assumptions else base
    years = model.value("plant_life")
    dearer = annuity(own - closed * (own - base), years) / annuity(base, years) - 1
    capital = model.value("capital_share")
    return model.value("new_plant_premium") * (1 + capital * dearer) - 1


def gap_closed(world: World) -> float | None:
    r"""Return :math:`\theta\mu` for the country studied; None where it cannot act.

    mu is its largest pair intensity with an incumbent in the channel finance.

    Parameters
    ----------
    world : World

    Returns
    -------
    float or None
        [1].
    """
    model = world.model
    channel = model.channels.get(_CHANNEL)
    if channel is None or not channel.enabled:
        return None
    places = {c: i for i, c in enumerate(world.places)}
    country = model.scope.country
    if f"cost_of_capital:{country}" not in model.assumptions or country not in places:
        return None
    mu = world.pair_intensity(_CHANNEL)[places[country]]
    most = max((float(mu[places[c]]) for c in world.incumbents), default=0.0)
    return model.value("finance_gap_closed") * most


def listed_sites(
    net: Network, stages: Iterable[str], places: Collection[str]
) -> dict[Node, float]:
    """Return K+ of listed projects by site.

    Parameters
    ----------
    net : Network
        Of the world at the year in question.
    stages : iterable of str
    places : collection of str
        Where new plants may stand.

    Returns
    -------
    dict of (stage, place) to float
        [scaled].
    """
    inside = set(stages)
    return {
        n: new for n, new in net.added.items()
        if n[0] in inside and n[1] in places and new > 0
    }


def sites(
    world: World, stages: Iterable[str], places: Collection[str], listed: Network
) -> dict[Node, float]:
    """Return where new plants may stand in the long run, and the most they make.

    Parameters
    ----------
    world : World
    stages : iterable of str
    places : collection of str
        Where new plants may stand; what belongs to nobody is left out.
    listed : Network
        Of the world with every listed project.

    Returns
    -------
    dict of (stage, place) to float
        [scaled]; infinite where nothing but a host limits. Places that cost the
        same share one site, :data:`ELSEWHERE`.
    """
    net = world.network
    real = [c for c in places if c not in {NOBODY, UNALLOCATED}]
    named = [c for c in real if f"cost_of_capital:{c}" in world.model.assumptions]
    result: dict[Node, float] = {}
    for k in stages:
        if k in net.kits:
            continue
        if k in net.host:
            result |= listed_sites(listed, (k,), real)
            result |= {
                (k, c): math.inf for c in real if net.host_yield(k, c) is not None
            }
        elif world.goods.stage[k] == "mine":
            result |= listed_sites(listed, (k,), real)
        else:
            result |= {(k, c): math.inf for c in named}
            if len(real) > len(named):
                result[k, ELSEWHERE] = math.inf
    return result


@dataclass(frozen=True)
class Values:
    """Value added of the stages of a chain, as far as prices are sourced.

    Attributes
    ----------
    low : mapping of str to float
        What a stage adds at least [USD per scaled unit].
    joint : mapping of str to float
        What a priced stage adds together with the stages of its group [USD per
        scaled unit of the priced stage].
    groups : mapping of str to tuple of str
        Each priced stage with the stages without a price that feed it, directly or
        through one another: how they share what they add is not known.
    unpriced : tuple of str
        Stages without a sourced price.
    crossed : tuple of str
        Stages whose inputs cost more than the good by the sourced prices: between
        0 and the whole price.
    """

    low: Mapping[str, float]
    joint: Mapping[str, float]
    groups: Mapping[str, tuple[str, ...]]
    unpriced: tuple[str, ...]
    crossed: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether each stage belongs to a group."""
        return set(self.unpriced) <= {k for g in self.groups.values() for k in g}


def stage_values(world: World, stages: tuple[str, ...]) -> Values:
    r"""Return the value added of each stage: price less what its inputs cost.

    Where a price is not sourced it is not filled: a good costs at least what its
    inputs do, :math:`\underline p_k = \sum_i b_{ik}\underline p_i`, so that a stage
    with a price adds, together with what feeds it without one,
    :math:`p_k - \sum_i b_{ik}\underline p_i`; by itself it adds that if every input
    has a price, and otherwise between 0 and that.

    Parameters
    ----------
    world : World
    stages : tuple of str
        A chain, upstream first.

    Returns
    -------
    Values
    """
    net = world.network
    inside = set().union(*(net.upstream[k] for k in stages))
    order = [g for g in net.goods if g in inside]
    sourced = {
        g: float(world.goods.price[g]) * net.unit[g]
        for g in order if world.goods.value_basis[g] == "price"
    }
    least: dict[str, float] = {}
    feeding: dict[str, tuple[str, ...]] = {}
    for g in order:
        used = net.inputs[g]
        least[g] = sourced.get(g, sum(b * least[k] for k, (b, _) in used.items()))
        open_ended = [k for k in used if k not in sourced]
        found = {j for k in open_ended for j in (k, *feeding[k])}
        feeding[g] = tuple(sorted(found))
    priced = [g for g in stages if g in sourced]
    low, joint, crossed = dict.fromkeys(stages, 0.0), {}, []
    for g in priced:
        spent = sum(b * least[k] for k, (b, _) in net.inputs[g].items())
        joint[g] = sourced[g] - spent
        if joint[g] < 0:
            crossed.append(g)
            joint[g] = sourced[g]
        elif not feeding[g]:
            low[g] = joint[g]
    groups = {g: (g, *(k for k in feeding[g] if k in stages)) for g in priced}
    unpriced = tuple(g for g in stages if g not in sourced)
    return Values(low, joint, groups, unpriced, tuple(crossed))
