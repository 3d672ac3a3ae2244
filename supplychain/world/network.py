"""The world as arrays: what measures and programs compute on.

Every good is scaled so that its world baseline is 100, which keeps programs
well conditioned and makes results independent of units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.world.world import World

__all__ = ["BASELINE", "Network"]

BASELINE = 100.0
"""World baseline of every good inside programs [scaled units]."""

# Less primary output than this is rounding [scaled].
_NOTHING = 1e-12
Node = tuple[str, str]
Arc = tuple[str, str, str]


@dataclass(frozen=True)
class Network:
    """Scaled quantities of a world, keyed by plain tuples.

    Attributes
    ----------
    goods : tuple of str
        Goods with flows, in topological order.
    unit : mapping of str to float
        Units of the good in one scaled unit, Q/100.
    output : mapping of (good, country) to float
        Baseline output q0, scrap included [scaled].
    secondary : mapping of (good, country) to float
        What of it is secondary supply (scrap), a constant without inputs [scaled].
    added : mapping of (good, country) to float
        K+: capacity that projects add by the World's year [scaled].
    capacity : mapping of (good, country) to float
        K + K+, with (1+rho) q0 for K where it is unknown [scaled].
    ceiling : mapping of (good, country) to float
        Right side of C3: min{K, (1+rho) q0} + K+ [scaled]; scrap does not surge.
    known_capacity : frozenset of (good, country)
        Nodes whose capacity a source gives.
    inputs : mapping of str to mapping of str to (float, float)
        For each good its inputs: b [scaled per scaled] and phi.
    need : mapping of str to mapping of str to float
        N: baseline need of each good by country [scaled].
    planned : mapping of str to mapping of str to float
        What the projects of a country would need besides, b K+ [scaled].
    final, other : mapping of (good, country) to float
        Final demand and other uses [scaled].
    flow : mapping of (good, exporter, importer) to float
        Baseline flow x0 [scaled].
    host : mapping of str to (str, float)
        By-product -> host good and yield [scaled per scaled].
    kits : frozenset of str
        Goods made where they are consumed.
    value : mapping of str to float
        omega: USD per scaled unit.
    """

    goods: tuple[str, ...]
    unit: Mapping[str, float]
    output: Mapping[Node, float]
    secondary: Mapping[Node, float]
    added: Mapping[Node, float]
    capacity: Mapping[Node, float]
    ceiling: Mapping[Node, float]
    known_capacity: frozenset[Node]
    inputs: Mapping[str, Mapping[str, tuple[float, float]]]
    need: Mapping[str, Mapping[str, float]]
    planned: Mapping[str, Mapping[str, float]]
    final: Mapping[Node, float]
    other: Mapping[Node, float]
    flow: Mapping[Arc, float]
    host: Mapping[str, tuple[str, float]]
    kits: frozenset[str]
    value: Mapping[str, float]
    finals: frozenset[str]
    surge: float

    @classmethod
    def of(cls, world: World) -> Network:
        """Scale a world."""
        goods = tuple(world.goods.index[world.goods.stage != "capital"])
        scale = {g: float(world.goods.total[g]) / BASELINE for g in goods}
        surge = world.model.value("surge")
        output: dict[Node, float] = {}
        secondary: dict[Node, float] = {}
        added: dict[Node, float] = {}
        capacity: dict[Node, float] = {}
        ceiling: dict[Node, float] = {}
        known = set()
        table = world.nodes
        for (g, c), q, scrap, new, k in zip(
            table.index, table.output, table.secondary, table.added, table.capacity,
            strict=True,
        ):
            if g not in scale:
                continue
            node = (g, c)
            output[node], secondary[node] = q / scale[g], scrap / scale[g]
            added[node] = new / scale[g]
            surged = (1 + surge) * (output[node] - secondary[node]) + secondary[node]
            nameplate = surged
            if not math.isnan(k):
                nameplate = k / scale[g]
                known.add(node)
            capacity[node] = nameplate + added[node]
            ceiling[node] = min(nameplate, surged) + added[node]
        inputs: dict[str, dict[str, tuple[float, float]]] = {g: {} for g in goods}
        for (g, k), b, phi in zip(
            world.recipes.index, world.recipes.b, world.recipes.phi, strict=True
        ):
            inputs[g][k] = (b * scale[g] / scale[k], float(phi))
        final = {
            (g, c): v / scale[g]
            for (g, c), v in world.demand.final.items() if v > 0
        }
        other = {
            (g, c): v / scale[g]
            for (g, c), v in world.demand.other.items() if v > 0
        }
        need: dict[str, dict[str, float]] = {g: {} for g in goods}
        for table in (final, other):
            for (g, c), v in table.items():
                need[g][c] = need[g].get(c, 0.0) + v
        planned: dict[str, dict[str, float]] = {g: {} for g in goods}
        for (g, c), q in output.items():
            primary = max(0.0, q - secondary[g, c])
            if primary <= _NOTHING and added[g, c] <= 0:
                continue  # scrap alone: no inputs
            for k, (b, _) in inputs[g].items():
                need[k][c] = need[k].get(c, 0.0) + b * primary
                if added[g, c] > 0:
                    planned[k][c] = planned[k].get(c, 0.0) + b * added[g, c]
        flow = {
            (g, i, j): v / scale[g] for (g, i, j), v in world.flows.flow.items()
        }
        host = {
            g: (
                h,
                world.model.value(f"by_product_potential:{g}")
                if f"by_product_potential:{g}" in world.model.assumptions
                else math.inf,
            )
            for g, h in world.goods.host.items() if h and g in scale
        }
        return cls(
            goods=goods, unit=scale, output=output, secondary=secondary, added=added,
            capacity=capacity, ceiling=ceiling, known_capacity=frozenset(known),
            inputs=inputs, need=need, planned=planned, final=final, other=other,
            flow=flow, host=host,
            kits=frozenset(world.goods.index[world.goods.kit == 1]),
            value={g: float(world.goods.value[g]) * scale[g] for g in goods},
            finals=frozenset(world.goods.index[world.goods.final]),
            surge=surge,
        )

    @cached_property
    def suppliers(self) -> Mapping[Node, tuple[tuple[str, float], ...]]:
        """For each (good, importer) its suppliers m and their shares s_m."""
        sums: dict[Node, float] = {}
        for (g, _, j), v in self.flow.items():
            sums[g, j] = sums.get((g, j), 0.0) + v
        # A country that needs nothing yet (a project) has no suppliers.
        result: dict[Node, list[tuple[str, float]]] = {
            (g, j): [] for g in self.goods for j in self.need[g]
        }
        for (g, i, j), v in self.flow.items():
            result.setdefault((g, j), []).append((i, v / sums[g, j]))
        return {k: tuple(sorted(v)) for k, v in result.items()}

    def primary(self, good: str, country: str) -> float:
        """Return the baseline output of a node that needs inputs [scaled]."""
        node = (good, country)
        made = self.output.get(node, 0.0) - self.secondary.get(node, 0.0)
        return made if made > _NOTHING else 0.0

    def host_yield(self, good: str, country: str) -> float | None:
        """Return the yield of a by-product in C6; None where its host does not bind.

        Potential supply is a multiple of the world's primary output. A country
        whose baseline exceeds it has a richer host (imported residues, coal ash):
        its own ratio holds then.
        """
        host, potential = self.host[good]
        if (host, country) not in self.output or potential == math.inf:
            return None
        made, own = self.output[host, country], self.primary(good, country)
        if made <= 0 < own:
            return None  # its host is not in the tables, but a project is
        own = own / made if made > 0 else 0.0
        world = sum(self.primary(good, c) for c in self.producers[good]) / BASELINE
        return max(potential * world, (1 + self.surge) * own)

    def uses_inputs(self, good: str, country: str) -> bool:
        """Tell whether a node needs inputs, now or once its projects run."""
        return self.primary(good, country) > 0 or self.added[good, country] > 0

    def scrap_share(self, good: str, country: str) -> float:
        """Return the share of a node's baseline output that is scrap [1]."""
        made = self.output[good, country]
        return self.secondary[good, country] / made if made > 0 else 0.0

    @cached_property
    def producers(self) -> Mapping[str, tuple[str, ...]]:
        """For each good the countries that make it."""
        result: dict[str, list[str]] = {g: [] for g in self.goods}
        for g, c in self.output:
            result[g].append(c)
        return {g: tuple(sorted(c)) for g, c in result.items()}

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every place that makes or needs something."""
        seen = {c for _, c in self.output} | {c for n in self.need.values() for c in n}
        return tuple(sorted(seen))

    @cached_property
    def upstream(self) -> Mapping[str, tuple[str, ...]]:
        """For each good itself and everything upstream, hosts included."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.goods)
        for g, used in self.inputs.items():
            graph.add_edges_from((k, g) for k in used)
        graph.add_edges_from((h, g) for g, (h, _) in self.host.items())
        order = {g: i for i, g in enumerate(self.goods)}
        return {
            g: tuple(sorted({g, *nx.ancestors(graph, g)}, key=order.__getitem__))
            for g in self.goods
        }

    def may_ship(self, good: str, exporter: str, importer: str) -> bool:
        """Tell whether an arc exists: kits do not travel."""
        return good not in self.kits or exporter == importer

    def arcs(self, good: str) -> list[tuple[str, str]]:
        """Return every possible (exporter, importer) of a good."""
        return [
            (i, j)
            for i in self.producers[good]
            for j in sorted(self.need[good])
            if self.may_ship(good, i, j)
        ]
