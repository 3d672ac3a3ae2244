"""The world as a networkx graph: nodes are (good, country), edges are uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.world.world import World

__all__ = ["to_graph", "write_graphml"]


def to_graph(world: World) -> nx.DiGraph:
    """Return the world as a directed acyclic graph.

    An edge (h, i) -> (g, j) is *h made in i used for g in j*; demand nodes are
    (g, j, 'demand'). One edge a pair, each in the unit of h; what leaves a node
    sums to its output. Units are not conserved across goods, so path,
    reachability and centrality algorithms mean what they say, while maximum
    flow does so on one-input chains only.

    Parameters
    ----------
    world : World

    Returns
    -------
    networkx.DiGraph
        Node attributes good, country, stage, output (secondary: what of it is
        scrap), capacity, added (by projects), unit; edge
        attributes flow, unit, good, flow_basis.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> graph = load_world().graph
    >>> nx.is_directed_acyclic_graph(graph)
    True
    """
    graph = nx.DiGraph(name=world.model.scope.name)
    goods = world.goods
    for (good, country), row in world.nodes.iterrows():
        if goods.stage[good] == "capital":
            continue
        graph.add_node(
            (good, country), good=good, country=country, stage=goods.stage[good],
            output=float(row.output), capacity=float(row.capacity),
            secondary=float(row.secondary), added=float(row.added),
            unit=goods.unit[good], kind="producer",
        )
    primary = world.nodes.output - world.nodes.secondary
    use: dict[tuple[str, str], list[tuple[tuple[str, ...], float]]] = {}
    for (good, used), b in world.recipes.b.items():
        for country, made in primary.loc[good].items():
            if made > 0:
                use.setdefault((used, country), []).append(((good, country), b * made))
    for (good, country), row in world.demand.iterrows():
        node = (good, country, "demand")
        graph.add_node(
            node, good=good, country=country, stage="demand", kind="demand",
            final=float(row.final), other=float(row.other), unit=goods.unit[good],
        )
        use.setdefault((good, country), []).append(
            (node, float(row.final + row.other))
        )
    for (good, exporter, importer), row in world.flows.iterrows():
        users = use.get((good, importer), [])
        total = sum(amount for _, amount in users)
        for user, amount in users:
            graph.add_edge(
                (good, exporter), user, flow=float(row.flow) * amount / total,
                good=good, unit=goods.unit[good], flow_basis=row.flow_basis,
            )
    return graph


def write_graphml(world: World, path: Path) -> None:
    """Write the graph as GraphML; node names become ``good|country``.

    Parameters
    ----------
    world : World
    path : pathlib.Path
        File to write.
    """
    graph = nx.relabel_nodes(world.graph, lambda node: "|".join(node))
    plain = nx.DiGraph(name=graph.name)
    for node, attributes in graph.nodes(data=True):
        plain.add_node(node, **{
            k: ";".join(map(str, v)) if isinstance(v, list | tuple) else v
            for k, v in attributes.items()
        })
    plain.add_edges_from(graph.edges(data=True))
    nx.write_graphml(plain, path, named_key_ids=True)
