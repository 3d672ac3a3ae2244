"""Tidy frames that figures draw, cut from a world; nothing is optimized here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import pandas as pd

from supplychain.scenarios.chokepoints import lies_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supplychain.world.world import World

__all__ = ["HALF", "OTHERS", "Layers", "layered_network", "main_flows"]

OTHERS = "others"
"""The small suppliers of a good, folded."""
HALF = 0.5
"""A supplier with more of the world's output than this is ringed [1]."""
USED = "used in"
"""Where the product goes: the last tier."""
_ORDER = ("target", "alliance", "country", "other", "nobody")


class Layers(NamedTuple):
    """The layered network of one product.

    Attributes
    ----------
    nodes : pandas.DataFrame
        good, place, tier, share [share of world output], lies_in, chokepoint.
    links : pandas.DataFrame
        good, place, to_good, to_place, share [share of world output of good].
    left_out : tuple of str
        Goods upstream that are not shown, least concentrated first to go.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    left_out: tuple[str, ...]


def layered_network(
    world: World,
    good: str,
    *,
    per_tier: int = 4,
    per_good: int = 5,
    least: float = 0.03,
) -> Layers:
    """Return who makes each good of a product's chain, and for whom.

    Parameters
    ----------
    world : World
    good : str
        The product.
    per_tier : int
        Most goods shown a tier: those with the largest product of what the loss of
        the input costs its user (phi) and the share of its largest supplier.
    per_good : int
        Most suppliers told apart a good.
    least : float
        Suppliers with less of the world's output are folded [1]; the country studied
        is not.

    Returns
    -------
    Layers

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> layers = layered_network(load_world(), "gallium")
    >>> sorted(set(layers.nodes.tier)), layers.nodes.good.iloc[0]
    ([0, 1], 'gallium')
    """
    net = world.network
    depth = _tiers(world, good)
    shares = {g: _makers(world, g) for g in depth}
    kept = _kept(world, good, depth, shares, per_tier)
    folded = {g: _folded(world, shares[g], per_good, least) for g in kept}
    used = _users(world, good)
    folded[USED] = _folded(world, used, per_good, least)
    last = max(depth[g] for g in kept)
    rows = []
    for g in sorted([*kept, USED], key=lambda g: -depth.get(g, -1)):
        tier = last + 1 if g == USED else last - depth[g]
        amounts = used if g == USED else shares[g]
        for place, share in _stacked(world, amounts, folded[g]):
            where = "other" if place == OTHERS else lies_in(world, place)
            ringed = g != USED and share > HALF and place != OTHERS and (
                where != "nobody")
            rows.append({"good": g, "place": place, "tier": tier, "share": share,
                         "lies_in": where, "chokepoint": ringed})
    links = []
    scale = {g: 100.0 * net.unit[g] for g in kept}
    for source, sink, data in world.graph.edges(data=True):
        if source[0] in kept and sink[0] in kept and len(sink) == 2:
            links.append((*source, *sink, data["flow"] / scale[source[0]]))
    for (exporter, importer), flow in world.flows.flow.loc[good].items():
        links.append((good, exporter, USED, importer, flow / scale[good]))
    table = pd.DataFrame(
        [(g, folded[g].get(i, OTHERS), h, folded[h].get(j, OTHERS), v)
         for g, i, h, j, v in links],
        columns=["good", "place", "to_good", "to_place", "share"],
    )
    table = table.groupby(["good", "place", "to_good", "to_place"], as_index=False,
                          sort=True).share.sum()
    left = tuple(sorted(set(depth) - set(kept), key=lambda g: shares[g].max()))
    return Layers(pd.DataFrame(rows), table, left)


def _tiers(world: World, good: str) -> dict[str, int]:
    """Return the longest way from each good upstream to the product."""
    graph = nx.DiGraph(
        (k, g) for g in world.network.upstream[good] for k in world.network.inputs[g]
    )
    graph.add_node(good)
    above = graph.subgraph({good, *nx.ancestors(graph, good)})
    depth = {good: 0}
    for g in reversed(list(nx.topological_sort(above))):
        after = [depth[n] + 1 for n in above.successors(g)]
        depth[g] = max(after, default=0)
    return depth


def _makers(world: World, good: str) -> pd.Series:
    """Return each place's share of the world's output of a good."""
    made = world.nodes.output.loc[good]
    return made[made > 0] / made.sum()


def _users(world: World, good: str) -> pd.Series:
    """Return where the world's output of a good goes."""
    flow = world.flows.flow.loc[good].groupby(level="importer").sum()
    return flow / flow.sum()


def _kept(
    world: World,
    good: str,
    depth: dict[str, int],
    shares: dict[str, pd.Series],
    per_tier: int,
) -> list[str]:
    """Return the goods shown: of each tier the most needed and concentrated ones."""
    inputs = world.network.inputs
    kept = [good]
    for tier in range(1, max(depth.values()) + 1):
        feeds = {k for g in kept for k in inputs[g]}
        here = [g for g in depth if depth[g] == tier and g in feeds]
        weight = {k: max(inputs[g][k][1] for g in kept if k in inputs[g])
                  * float(shares[k].max()) for k in here}
        kept += sorted(here, key=lambda k: -weight[k])[:per_tier]
    return kept


def _folded(
    world: World, shares: pd.Series, count: int, least: float
) -> dict[str, str]:
    """Return which places are told apart, by place."""
    ranked = shares.sort_values(ascending=False)
    large = [str(c) for c in ranked[ranked >= least].index[:count]]
    own = world.model.scope.country
    if own in ranked.index and own not in large:
        large.append(own)
    return {c: c for c in large}


def _stacked(
    world: World, shares: pd.Series, kept: dict[str, str]
) -> list[tuple[str, float]]:
    """Return the parts of a bar, top down: target, alliance, ..., the folded rest."""
    apart = [(c, float(shares[c])) for c in kept]
    apart.sort(key=lambda one: (_ORDER.index(lies_in(world, one[0])), -one[1]))
    rest = float(shares.sum()) - sum(share for _, share in apart)
    return [*apart, (OTHERS, rest)] if rest > 1e-9 else apart


def main_flows(world: World, goods: Sequence[str], *, least: float = 0.01
               ) -> pd.DataFrame:
    """Return the main flows of some goods between countries.

    Parameters
    ----------
    world : World
    goods : sequence of str
    least : float
        Flows below this share of the world's output are left out [1].

    Returns
    -------
    pandas.DataFrame
        good, exporter, importer, share [share of world output], lies_in (of the
        exporter), flow_basis; largest first; what stays at home is left out.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> flows = main_flows(load_world(), ["gallium"])
    >>> bool((flows.exporter != flows.importer).all())
    True
    """
    table = world.flows.reset_index()
    table = table[table.good.isin(list(goods)) & (table.exporter != table.importer)]
    units = table.good.map(world.network.unit)
    table = table.assign(share=table.flow / units / 100.0)
    table = table[table.share >= least].sort_values("share", ascending=False)
    where = [lies_in(world, c) for c in table.exporter]
    columns = ["good", "exporter", "importer", "share", "flow_basis"]
    return table[columns].assign(lies_in=where).reset_index(drop=True)
