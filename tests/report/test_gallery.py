"""The gallery: each figure of the real world, its caption, and how it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import plot_frames as frames
import pytest
from figures import faults, written

import supplychain as sc
from supplychain.errors import ScenarioError
from supplychain.ids import UNALLOCATED
from supplychain.report.context import Context, Options
from supplychain.report.frames import OTHERS, USED, layered_network, main_flows
from supplychain.report.gallery import FIGURES, draw, figure
from supplychain.report.maker_world import WORLD
from supplychain.report.record import run_hash
from supplychain.scenarios.chokepoints import Chokepoints

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.world.world import World


def _codes(world: World) -> set[str]:
    return set(world.countries.index)


@pytest.mark.parametrize("name", WORLD)
def test_figures_of_the_world_are_clear_and_say_what_they_show(
    name: str, world: World
):
    fig = figure(name, Context(world))
    assert faults(fig) == []
    words = [text for text, _ in written(fig)]
    caption = next(w for w in words if "Source:" in w).replace("\n", " ")
    assert f"run {run_hash(world)}" in caption
    assert "scenario: base" in caption
    assert "Natural Earth" in caption or name not in {"map", "flows", "projects"}
    spoken = {word.strip(" ,.;:()") for text in words for word in text.split()}
    assert spoken & _codes(world) == set()


def test_every_figure_is_in_the_gallery():
    assert {"ladder", "chains", "network", "map", "flows", "timeline", "scatter",
            "chokepoints", "before_after", "tornado"} <= set(FIGURES)
    known = set(Options.__dataclass_fields__)
    assert {option for made in FIGURES.values() for option in made.reads} <= known


# -- frames ------------------------------------------------------------------------
def test_layers_hold_the_whole_output(world: World):
    layers = layered_network(world, "ndfeb_magnet")
    sums = layers.nodes.groupby("good").share.sum()
    pd.testing.assert_series_equal(sums, pd.Series(1.0, sums.index), check_names=False)
    used = layers.links[layers.links.to_good == USED].share.sum()
    assert used == pytest.approx(1.0)
    nobody = layers.nodes.place.isin([OTHERS, UNALLOCATED])
    assert not layers.nodes[nobody].chokepoint.any()


def test_layers_name_what_they_leave_out(world: World):
    layers = layered_network(world, "smartphone", per_tier=2)
    shown = set(layers.nodes.good) - {USED}
    assert shown.isdisjoint(layers.left_out)
    assert layers.nodes.groupby("tier").good.nunique().max() <= 2


def test_main_flows_are_those_of_the_world(world: World):
    flows = main_flows(world, ["gallium"], least=0.0)
    abroad = world.flows.flow.loc["gallium"].reset_index()
    abroad = abroad[abroad.exporter != abroad.importer].flow.sum()
    total = world.goods.total["gallium"]
    assert flows.share.sum() == pytest.approx(abroad / total)


# -- asking ------------------------------------------------------------------------
def test_an_unknown_name_names_the_nearest(world: World, tmp_path: Path):
    with pytest.raises(ScenarioError, match="did you mean timeline"):
        draw("timelin", Context(world), tmp_path / "f.png")
    with pytest.raises(ScenarioError, match="did you mean gallium"):
        figure("network", Context(world, Options(good="galium")))
    with pytest.raises(ScenarioError, match="did you mean id_world"):
        figure("tornado", Context(world, Options(headline="id_wrld")))


@pytest.mark.parametrize(("path", "size", "dpi"), [
    ("f.gif", None, 100), ("f.png", 0, 100), ("f.png", None, -1)])
def test_what_cannot_be_written_is_refused_first(path: str, size: float, dpi: float):
    nothing = None  # not even looked at
    with pytest.raises(ScenarioError):
        draw("chokepoints", nothing, path, size=size, dpi=dpi)


def test_a_figure_is_written(world: World, tmp_path: Path):
    path = draw("timeline", Context(world), tmp_path / "new" / "f.pdf", size=120)
    assert path.read_bytes().startswith(b"%PDF")


def test_a_world_without_tables_says_so(world: World):
    bare = replace(world, tables=None)
    with pytest.raises(ScenarioError, match="without its tables"):
        figure("timeline", Context(bare))


# -- results of a folder -----------------------------------------------------------
def _folder(path: Path, run: str, row_run: str) -> Path:
    path.mkdir()
    (path / "run.json").write_text(json.dumps({"run": run}))
    frames.nodes().assign(run=row_run).to_csv(path / "chokepoints.csv", index=False)
    return path


def test_results_are_read_where_the_run_fits(world: World, tmp_path: Path):
    run = run_hash(world)
    folder = _folder(tmp_path / "fits", run, run)
    table = Context(world, folder=folder).chokepoints
    assert list(table.good) == list(frames.nodes().good)


@pytest.mark.parametrize(("run", "row_run"), [("fits", "stale"), ("stale", "fits")])
def test_results_of_another_run_are_left_aside(
    world: World, tmp_path: Path, run: str, row_run: str
):
    hashes = {"fits": run_hash(world), "stale": "0" * 16}
    folder = _folder(tmp_path / "stale", hashes[run], hashes[row_run])
    assert Context(world, folder=folder).kept("chokepoints") is None
    assert Context(world, folder=tmp_path / "none").kept("chokepoints") is None


# -- result.plot -------------------------------------------------------------------
def test_chokepoints_draw_their_ranking(world: World):
    found = Chokepoints(frames.nodes(), pd.DataFrame(), "none", 0.75, world)
    fig = found.plot.ranking(count=3)
    assert len(fig.axes[0].get_yticks()) == 3
    assert faults(fig) == []
    with pytest.raises(AttributeError, match="ranking"):
        _ = found.plot.rankin


def test_a_comparison_draws_before_and_after(world: World):
    found = sc.what_if(world, {"pax_silica.IND": "excluded"}, drivers=False)
    fig = found.plot.before_after()
    assert faults(fig) == []
    caption = " ".join(t.get_text() for t in fig.texts).replace("\n", " ")
    assert f"run {run_hash(found.after)}" in caption
    labels = {label.get_text() for label in fig.axes[0].get_yticklabels()}
    assert "World outside China" in labels


def test_a_world_draws_its_figures(world: World):
    fig = world.plot.network(good="gallium")
    assert faults(fig) == []
    assert set(FIGURES) <= set(dir(world.plot))
    with pytest.raises(AttributeError, match="network"):
        _ = world.plot.netwrok


def test_a_world_of_ones_own_tables_says_so(world: World):
    assert "data/ (sources.csv)" in Context(world).trace
    assert "Source: its own tables" in Context(replace(world, tables=None)).trace
