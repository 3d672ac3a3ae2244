"""From memberships and shocks to bounds: the only door to the programs.

A membership acts through the access caps C4 alone within a year. No alliance is
named here: everything comes from the pair intensities of the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from supplychain.errors import ScenarioError
from supplychain.ids import NOBODY, UNALLOCATED
from supplychain.measures.dependency import capital_multiplier
from supplychain.optimize.response import Bounds
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from supplychain.tables.model import Model
    from supplychain.tables.model_parts import Effect, Shock
    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = ["Levers", "access_caps", "shock_targets"]

Arc = tuple[str, str, str]
Node = tuple[str, str]
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Arcs:
    """The arcs of a network as arrays, the fixed part of C4."""

    arcs: tuple[Arc, ...]
    source: NDArray[np.int64]
    sink: NDArray[np.int64]
    base: NDArray[np.float64]
    offer: NDArray[np.float64]
    domestic: NDArray[np.bool_]

    @classmethod
    def of(
        cls, net: Network, places: tuple[str, ...], withheld: Collection[Node]
    ) -> Arcs:
        r"""Collect arcs with x0 and the offer :math:`w_{ip} N_{jp}`.

        w is over the capacity that is not withheld, K+ of projects included; N
        counts what the importer's own projects would need besides.
        """
        at = {c: i for i, c in enumerate(places)}
        arcs = [(g, i, j) for g in net.goods for i, j in net.arcs(g)]
        outside = {
            g: sum(
                net.capacity[g, i] for i in net.producers[g] if (g, i) not in withheld
            )
            for g in net.goods
        }
        offer = [
            net.capacity[g, i] / outside[g]
            * (net.need[g][j] + net.planned[g].get(j, 0.0))
            if (g, i) not in withheld and outside[g] > 0 else 0.0
            for g, i, j in arcs
        ]
        return cls(
            tuple(arcs),
            np.array([at[i] for _, i, _ in arcs]),
            np.array([at[j] for *_, j in arcs]),
            np.array([net.flow.get(a, 0.0) for a in arcs]),
            np.array(offer),
            np.array([i == j for _, i, j in arcs]),
        )

    @cached_property
    def sales(self) -> Mapping[Node, NDArray[np.int64]]:
        """Positions of the arcs on which each (good, exporter) sells abroad."""
        return self._abroad(1)

    @cached_property
    def purchases(self) -> Mapping[Node, NDArray[np.int64]]:
        """Positions of the arcs on which each (good, importer) buys abroad."""
        return self._abroad(2)

    def _abroad(self, end: int) -> dict[Node, NDArray[np.int64]]:
        at: dict[Node, list[int]] = {}
        for n in np.flatnonzero(~self.domestic):
            arc = self.arcs[n]
            at.setdefault((arc[0], arc[end]), []).append(int(n))
        return {node: np.array(where) for node, where in at.items()}


def access_caps(
    arcs: Arcs,
    mu: NDArray[np.float64],
    *,
    nu0: float,
    nu1: float,
    eta: float,
    hit: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    r"""Return the caps C4 of all arcs; domestic deliveries are uncapped.

    .. math::
        x_{ijp} \le x^0_{ijp}[1-\eta(1-\mu_{ij})] + \nu(\mu_{ij})\,w_{ip} N_{jp},
        \quad \nu(\mu) = \nu_0 + (\nu_1-\nu_0)\mu

    Parameters
    ----------
    arcs : Arcs
    mu : ndarray, shape (places, places) [1]
        Pair intensity.
    nu0, nu1, eta : float
        Access of strangers and of full partners; hoarding.
    hit : ndarray of bool, optional
        Arcs of goods that the shock hits: hoarding acts on these only.

    Returns
    -------
    ndarray
        By arc [scaled]; ``inf`` for domestic deliveries.
    """
    pair = mu[arcs.source, arcs.sink]
    hoard = eta * (1 - pair)
    if hit is not None:
        hoard = np.where(hit, hoard, 0.0)
    caps = arcs.base * (1 - hoard) + (nu0 + (nu1 - nu0) * pair) * arcs.offer
    return np.where(arcs.domestic, np.inf, caps)


def shock_targets(world: World, shock: Shock) -> frozenset[str]:
    """Return whom the target stops selling to.

    The alliance is the incumbents at the date *and* the country studied, on
    every rung alike, so that only membership moves along a ladder.

    Parameters
    ----------
    world : World
    shock : Shock

    Returns
    -------
    frozenset of str
        Countries, without the target.
    """
    return _aimed(world, shock.targets, world.model.scope.target)


def _aimed(world: World, targets: str | tuple[str, ...], actor: str) -> frozenset[str]:
    country = world.model.scope.country
    if isinstance(targets, tuple):
        return frozenset(targets) - {actor}
    if targets == "country":
        return frozenset({country}) - {actor}
    if targets == "alliance":
        return frozenset({*world.incumbents, country}) - {actor}
    return frozenset(world.places) - {actor}


@dataclass(frozen=True)
class Levers:
    """Everything that stays fixed while shocks and memberships vary.

    Parameters
    ----------
    world : World
        Its network, model, target and baseline memberships.
    unallocated_is_target : bool
        Count output that no source allocates as the target's.
    demand_is_target : bool
        Count demand that no source allocates as the target's too.
    by_owner : bool
        Count what firms of the target control elsewhere as withheld too, in the
        dependency programs; plants in the target are the target's whoever owns
        them, because a halt is law where they stand. DD and LTD never fall by it;
        ID may, because the claims of others fall with what they are left with.
    """

    world: World
    unallocated_is_target: bool = False
    demand_is_target: bool = False
    by_owner: bool = False

    @cached_property
    def targets(self) -> frozenset[str]:
        """T: the target, with what belongs to nobody if that counts as it."""
        output = {UNALLOCATED} if self.unallocated_is_target else set()
        demand = {NOBODY} if self.demand_is_target else set()
        return frozenset({self.world.model.scope.target, *output, *demand})

    @cached_property
    def arcs(self) -> Arcs:
        """The arcs and their fixed offers."""
        return Arcs.of(self.world.network, self.world.places, self._withheld)

    @cached_property
    def _withheld(self) -> frozenset[Node]:
        """What the target makes."""
        return frozenset(
            n for n in self.world.network.output if n[1] in self.targets
        )

    @cached_property
    def controlled(self) -> Mapping[Node, float]:
        """Share of each node elsewhere that firms of the target control."""
        if not self.by_owner:
            return {}
        return {
            node: share for node, share in self.world.controlled.items()
            if node[1] not in self.targets and node in self.world.network.output
        }

    def shock(self, name: str) -> Shock:
        """Return a shock of the model by name."""
        model: Model = self.world.model
        if name not in model.shocks:
            raise ScenarioError(f"no shock {name!r}; {nearest(name, model.shocks)}")
        return model.shocks[name]

    def bounds(
        self,
        world: World,
        shock: Shock | None,
        severity: float,
        *,
        off: bool = False,
        free: bool = False,
    ) -> Bounds:
        """Return the bounds of one run.

        Parameters
        ----------
        world : World
            A variant of the base world: other statuses or assumptions.
        shock : Shock or None
            None: no shock, the baseline is optimal.
        severity : float
            Share of the halted sales that stops, 0..1.
        off : bool
            Channels off: no alliance acts and nobody hoards.
        free : bool
            No access caps at all (the benchmark of free re-routing).

        Returns
        -------
        Bounds
        """
        model = world.model
        arcs = self._arcs_under(shock)
        mu = world.pair_intensity("access", off=off)
        if free:
            caps = np.full(len(arcs.arcs), np.inf)
        else:
            caps = access_caps(
                arcs, mu, nu0=model.value("nu0"), nu1=model.value("nu1"),
                eta=0.0 if off or shock is None else model.value("eta"),
                hit=self._hit_by(shock),
            )
        if shock is None or shock.kind != "event":
            caps = self._halted(caps, shock, severity)
        effects = shock.effects if shock is not None else ()
        caps, outages = self._after(effects, caps, severity)
        flow = dict(zip(arcs.arcs, caps.tolist(), strict=True))
        return Bounds(flow, self._lost(world, outages))

    def calm(self, world: World, *, off: bool = False, free: bool = False) -> Bounds:
        """Return the bounds of a year in which nobody halts anything.

        Everyone is under C4, the target too, whose capacity counts in w.

        Parameters
        ----------
        world : World
            A variant of the base world.
        off : bool
            Channels off.
        free : bool
            No access caps at all.

        Returns
        -------
        Bounds
        """
        if free:
            return Bounds({}, self._lost(world, {}))
        arcs = self._arcs_without(frozenset())
        caps = access_caps(
            arcs, world.pair_intensity("access", off=off),
            nu0=world.model.value("nu0"), nu1=world.model.value("nu1"), eta=0.0,
        )
        flow = dict(zip(arcs.arcs, caps.tolist(), strict=True))
        return Bounds(flow, self._lost(world, {}))

    def _halted(
        self, caps: NDArray[np.float64], shock: Shock | None, severity: float
    ) -> NDArray[np.float64]:
        """Return the caps under a halt of the target; its trade does not grow."""
        sold, bought = self._trade_of_targets
        aimed = shock_targets(self.world, shock) if shock else frozenset()
        cut = sold & self._member(self.arcs.sink, aimed)
        if shock is not None and shock.kind == "rupture":
            cut = cut | bought
        base = self.arcs.base
        caps = np.where(sold | bought, base, caps)
        return np.where(cut, base * (1 - severity), caps)

    def _after(
        self, effects: tuple[Effect, ...], caps: NDArray[np.float64], severity: float
    ) -> tuple[NDArray[np.float64], dict[Node, float]]:
        r"""Return caps and losses of output under the effects of an event.

        Sales of an actor fall to :math:`x^0(1-s)` where they are aimed at and stay
        at or below :math:`x^0` elsewhere, its purchases likewise; whoever else
        sells is under C4; output that is lost lowers C3.
        """
        arcs, caps = self.arcs, caps.copy()
        outages: dict[Node, float] = {}
        for effect in effects:
            share = severity if effect.share is None else effect.share
            node = (effect.good, effect.actor)
            if effect.kind in {"outage", "service"}:
                if effect.kind == "service":
                    share = (effect.share or 0.0) * severity
                if node in self.world.network.output:
                    outages[node] = max(share, outages.get(node, 0.0))
                continue
            sells = effect.kind == "export_halt"
            at = (arcs.sales if sells else arcs.purchases).get(node, _NONE)
            other = (arcs.sink if sells else arcs.source)[at]
            aimed = _aimed(self.world, effect.targets, effect.actor)
            kept = np.where(self._member(other, aimed), 1 - share, 1.0)
            caps[at] = np.minimum(caps[at], arcs.base[at] * kept)
        return caps, outages

    def _lost(self, world: World, outages: Mapping[Node, float]) -> dict[Node, float]:
        """Return the bounds on output of nodes that lose capacity."""
        lost = dict(world.outages)
        for node, loss in outages.items():
            lost[node] = max(loss, lost.get(node, 0.0))
        ceiling = self.world.network.ceiling
        return {node: ceiling[node] * (1 - loss) for node, loss in lost.items()}

    def _arcs_under(self, shock: Shock | None) -> Arcs:
        """Return the arcs with what a shock's actors withhold left out of w."""
        if shock is None or not shock.effects:
            return self.arcs
        withheld = frozenset(
            (e.good, e.actor) for e in shock.effects if e.kind == "export_halt"
        )
        if shock.kind != "event":
            withheld |= self._withheld
        return self._arcs_without(withheld)

    def _arcs_without(self, withheld: frozenset[Node]) -> Arcs:
        """Return the arcs with w over what is not withheld."""
        if withheld not in self._arcs_of:
            self._arcs_of[withheld] = Arcs.of(
                self.world.network, self.world.places, withheld
            )
        return self._arcs_of[withheld]

    def _hit_by(self, shock: Shock | None) -> NDArray[np.bool_]:
        """Arcs of the goods that a shock hits: hoarding acts on these only."""
        if shock is None or not shock.effects:
            return self._hit
        goods = {e.good for e in shock.effects}
        hit = np.array([g in goods for g, *_ in self.arcs.arcs])
        return hit if shock.kind == "event" else hit | self._hit

    @cached_property
    def _arcs_of(self) -> dict[frozenset[Node], Arcs]:
        return {}

    def _member(
        self, at: NDArray[np.int64], group: Collection[str]
    ) -> NDArray[np.bool_]:
        """Tell which arcs begin or end in a group."""
        inside = np.array([c in group for c in self.world.places])
        return inside[at]

    @cached_property
    def _trade_of_targets(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Arcs on which the target sells abroad, and on which it buys abroad."""
        arcs = self.arcs
        sells = self._member(arcs.source, self.targets) & ~arcs.domestic
        buys = self._member(arcs.sink, self.targets) & ~arcs.domestic & ~sells
        return sells, buys

    @cached_property
    def _hit(self) -> NDArray[np.bool_]:
        """Arcs of goods that the target sells abroad at all."""
        net, targets = self.world.network, self.targets
        hit = {
            g for (g, i, j), v in net.flow.items()
            if i in targets and j not in targets and v > 0
        }
        return np.array([g in hit for g, *_ in self.arcs.arcs])

    @cached_property
    def capital(self) -> Mapping[str, float]:
        """M by good when the target's toolmakers stop serving."""
        return capital_multiplier(self.world, self.targets)
