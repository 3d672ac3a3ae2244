"""The world as a networkx graph: networkx's own algorithms simply run."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from supplychain.world.graph import write_graphml

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.world.world import World


@pytest.fixture(scope="module")
def graph(world: World) -> nx.DiGraph:
    return world.graph


def _demands(graph: nx.DiGraph) -> list[tuple[str, ...]]:
    return [n for n, kind in graph.nodes(data="kind") if kind == "demand"]


def _producers(graph: nx.DiGraph) -> list[tuple[str, ...]]:
    return [n for n, kind in graph.nodes(data="kind") if kind == "producer"]


# -- by hand ----------------------------------------------------------------------
def test_three_tiers_by_hand(tiers: World):
    graph = tiers.graph
    flows = {(a, b): f for a, b, f in graph.edges(data="flow")}
    assert flows == {
        (("ore", "CHN"), ("oxide", "CHN")): 70.0,
        (("ore", "CHN"), ("oxide", "USA")): 6.0,
        (("ore", "AUS"), ("oxide", "USA")): 4.0,
        (("oxide", "CHN"), ("magnet", "CHN")): 30.0,
        (("oxide", "CHN"), ("magnet", "JPN")): 40.0,
        (("oxide", "USA"), ("magnet", "JPN")): 10.0,
        (("magnet", "CHN"), ("magnet", "IND", "demand")): 30.0,
        (("magnet", "JPN"), ("magnet", "IND", "demand")): 30.0,
        (("magnet", "JPN"), ("magnet", "JPN", "demand")): 20.0,
    }
    assert nx.ancestors(graph, ("magnet", "JPN", "demand")) == {
        ("magnet", "JPN"), ("oxide", "CHN"), ("oxide", "USA"), ("ore", "CHN"),
        ("ore", "AUS"),
    }


# -- the shape --------------------------------------------------------------------
def test_it_is_a_directed_acyclic_graph(graph: nx.DiGraph):
    assert type(graph) is nx.DiGraph
    assert nx.is_directed_acyclic_graph(graph)
    assert not list(nx.isolates(graph))


def test_it_has_every_producer_and_every_demand(graph: nx.DiGraph, world: World):
    traded = set(world.goods.index[world.goods.stage != "capital"])
    made = {node for node in world.nodes.index if node[0] in traded}
    assert set(_producers(graph)) == made
    assert set(_demands(graph)) == {(*place, "demand") for place in world.demand.index}


def test_demand_is_where_it_ends(graph: nx.DiGraph):
    assert all(graph.out_degree(node) == 0 for node in _demands(graph))
    assert all(graph.out_degree(node) > 0 for node in _producers(graph))


def test_what_leaves_a_node_sums_to_its_output(graph: nx.DiGraph, world: World):
    for node in _producers(graph):
        left = math.fsum(f for *_, f in graph.out_edges(node, data="flow"))
        tolerance = 1e-8 * world.goods.total[node[0]]
        assert left == pytest.approx(graph.nodes[node]["output"], abs=tolerance), node


def test_what_a_demand_receives_is_what_it_asks_for(graph: nx.DiGraph, world: World):
    for node in _demands(graph):
        held = graph.nodes[node]
        came = math.fsum(f for *_, f in graph.in_edges(node, data="flow"))
        tolerance = 1e-8 * world.goods.total[node[0]]
        assert came == pytest.approx(held["final"] + held["other"], abs=tolerance), node


def test_what_a_producer_receives_is_what_its_recipe_uses(
    graph: nx.DiGraph, world: World
):
    for (good, used), b in world.recipes.b.items():
        if world.goods.stage[used] == "capital":
            continue
        nodes = world.nodes.loc[good]
        for country, output in (nodes.output - nodes.secondary).items():
            edges = graph.in_edges((good, country), data=True)
            came = math.fsum(e["flow"] for *_, e in edges if e["good"] == used)
            tolerance = 1e-8 * world.goods.total[used]
            assert came == pytest.approx(b * output, abs=tolerance)


def test_edges_carry_the_unit_of_what_is_shipped(graph: nx.DiGraph, world: World):
    for source, _, held in graph.edges(data=True):
        assert held["good"] == source[0]
        assert held["unit"] == world.goods.unit[source[0]]
        assert held["flow"] >= 0
        assert held["flow_basis"] in {
            "reported", "sourced_share", "prior", "consumption"
        }


def test_nodes_carry_their_attributes(graph: nx.DiGraph):
    held = graph.nodes["gallium", "CHN"]
    assert set(held) == {
        "good", "country", "stage", "output", "secondary", "capacity", "added",
        "unit", "kind",
    }
    assert (held["output"], held["capacity"], held["unit"]) == (839.0, 1600.0, "t")


# -- networkx's own algorithms ----------------------------------------------------
def test_descendants(graph: nx.DiGraph):
    reached = nx.descendants(graph, ("gallium", "CHN"))
    assert {n[0] for n in reached} >= {"gaas_wafer", "rf_chip", "smartphone"}
    assert ("smartphone", "IND", "demand") in reached
    assert not any(n[0] == "lithium_mined" for n in reached)


def test_betweenness_centrality(graph: nx.DiGraph):
    found = nx.betweenness_centrality(graph)
    assert set(found) == set(graph)
    assert all(math.isfinite(v) and v >= 0 for v in found.values())
    assert max(found.values()) > 0
    assert all(found[n] == 0 for n in _demands(graph))


def test_longest_path(graph: nx.DiGraph, world: World):
    path = nx.dag_longest_path(graph)
    assert nx.is_path(graph, path)
    assert path[-1][-1] == "demand"
    links = set(world.recipes.index)
    for a, b in itertools.pairwise(path[:-1]):
        assert (b[0], a[0]) in links
    assert len(path) >= 6  # silicon, polysilicon, wafer, chip, product, demand


def test_page_rank_and_katz(graph: nx.DiGraph):
    rank = nx.pagerank(graph, weight="flow")
    assert math.fsum(rank.values()) == pytest.approx(1)
    katz = nx.katz_centrality(graph, alpha=0.01)
    assert set(katz) == set(graph)


def test_other_algorithms_run(graph: nx.DiGraph):
    assert nx.number_weakly_connected_components(graph) >= 1
    assert list(nx.topological_generations(graph))
    assert nx.has_path(graph, ("gallium", "CHN"), ("smartphone", "IND", "demand"))
    assert set(nx.in_degree_centrality(graph)) == set(graph)


# -- GraphML ----------------------------------------------------------------------
def test_graphml_round_trip(world: World, graph: nx.DiGraph, tmp_path: Path):
    path = tmp_path / "graph.graphml"
    write_graphml(world, path)
    again = nx.read_graphml(path)
    assert type(again) is nx.DiGraph
    assert set(again) == {"|".join(node) for node in graph}
    assert again.number_of_edges() == graph.number_of_edges()
    for a, b, held in graph.edges(data=True):
        assert again.edges["|".join(a), "|".join(b)] == held
    for node, held in graph.nodes(data=True):
        found = again.nodes["|".join(node)]
        assert set(found) == set(held)
        for key, value in held.items():
            if isinstance(value, float) and math.isnan(value):
                assert math.isnan(found[key])
            else:
                assert found[key] == value, (node, key)


def test_writing_leaves_the_graph_as_it_is(tiers: World, tmp_path: Path):
    before = nx.to_dict_of_dicts(tiers.graph)
    write_graphml(tiers, tmp_path / "graph.graphml")
    assert nx.to_dict_of_dicts(tiers.graph) == before
