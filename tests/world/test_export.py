"""An export is the whole world: loaded again, it answers the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd
import pytest

from supplychain.errors import DataError, ScenarioError
from supplychain.scenarios.chains import chains
from supplychain.tables.model_parts import OutageDelta
from supplychain.world import export
from supplychain.world.build import build_world
from supplychain.world.export import export_world, load_export

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

FILES = {
    "calibration.csv", "outages.csv", "countries.csv",
    "demand.csv", "flows.csv", "goods.csv",
    "graph.graphml", "memberships.csv", "model.json", "nodes.csv", "recipes.csv",
}
GOODS = ("gallium", "ndfeb_magnet", "cathode", "smartphone")


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("export") / "world"
    export_world(world, place)
    return place


@pytest.fixture(scope="module")
def loaded(folder: Path) -> World:
    return load_export(folder)


def _content(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


# -- what is written --------------------------------------------------------------
def test_the_files(folder: Path):
    assert {p.name for p in folder.iterdir()} == FILES


def test_columns_are_those_of_the_issue(folder: Path):
    header = {p.stem: list(pd.read_csv(p, nrows=0)) for p in folder.glob("*.csv")}
    assert {"good", "country", "output", "capacity", "unit"} <= set(header["nodes"])
    assert header["flows"] == [
        "good", "exporter", "importer", "flow", "unit", "flow_basis"
    ]
    assert {"good", "input", "b", "phi"} <= set(header["recipes"])
    assert {"good", "country", "final", "other", "unit"} <= set(header["demand"])
    assert {"alliance", "country", "status"} <= set(header["memberships"])


@pytest.mark.parametrize("name", ["nodes", "flows", "demand", "goods"])
def test_every_row_carries_the_unit_of_its_good(world: World, folder: Path, name: str):
    frame = pd.read_csv(folder / f"{name}.csv", keep_default_na=False)
    assert (frame.unit == frame.good.map(world.goods.unit)).all()


def test_the_graph_is_readable(folder: Path, world: World):
    graph = nx.read_graphml(folder / "graph.graphml")
    assert graph.number_of_edges() == world.graph.number_of_edges()


def test_two_exports_are_alike_to_the_byte(
    world: World, folder: Path, tmp_path: Path
):
    export_world(world, tmp_path / "again")
    assert _content(tmp_path / "again") == _content(folder)


def test_an_export_may_be_read_by_others(folder: Path, tmp_path: Path):
    usual = tmp_path / "usual"
    usual.mkdir()
    assert folder.stat().st_mode == usual.stat().st_mode


# -- what comes back --------------------------------------------------------------
def test_the_same_hash(world: World, loaded: World):
    assert loaded.hash == world.hash
    assert loaded.model.hash == world.model.hash


@pytest.mark.parametrize(
    "name", ["goods", "recipes", "demand", "flows", "statuses", "residuals"]
)
def test_the_same_frames(world: World, loaded: World, name: str):
    was, now = getattr(world, name), getattr(loaded, name)
    pd.testing.assert_frame_equal(
        now[list(was.columns)], was, check_dtype=False, check_exact=True
    )


def test_the_same_views(world: World, loaded: World):
    assert loaded.network == world.network
    assert loaded.groups == world.groups
    assert (loaded.pair_intensity() == world.pair_intensity()).all()


def test_the_same_dependency(world: World, loaded: World):
    was = chains(world, goods=GOODS, with_status=False).dependency
    now = chains(loaded, goods=GOODS, with_status=False).dependency
    for column in ("ltd", "ltp", "id", "id_first", "dd"):
        assert list(now[column]) == pytest.approx(list(was[column]), abs=1e-9), column
    assert len(was) > 20
    text = ["good", "group", "kind", "binding_path", "flow_basis"]
    pd.testing.assert_frame_equal(now[text], was[text])


def test_a_world_at_another_date_with_other_values(
    world: World, tables: Tables, tmp_path: Path
):
    model = world.model.revised(as_of="2026-01-31")
    other = build_world(tables, model, conflicts="high").with_values(
        {"phi_default": 0.95, "surge": 0.2}
    ).with_(world.model.scenario("taiwan_full"))
    export_world(other, tmp_path / "other")
    again = load_export(tmp_path / "other")
    assert again.hash == other.hash != world.hash
    assert again.model.hash == other.model.hash
    assert again.status("pax_silica", "IND") == "invited"
    assert again.status("pax_silica", "TWN") == "full"
    assert again.network == other.network


def test_an_outage_is_exported(world: World, tmp_path: Path):
    after = world.with_(OutageDelta(good="gallium", country="CHN", loss=0.5))
    export_world(after, tmp_path / "world")
    assert load_export(tmp_path / "world").outages == after.outages


def test_a_hand_made_world(tiers: World, tmp_path: Path):
    export_world(tiers, tmp_path / "tiers")
    again = load_export(tmp_path / "tiers")
    assert again.hash == tiers.hash
    was = chains(tiers, with_status=False).dependency
    now = chains(again, with_status=False).dependency
    pd.testing.assert_frame_equal(now, was, rtol=0, atol=1e-9)


def test_an_export_of_a_loaded_export(loaded: World, folder: Path, tmp_path: Path):
    export_world(loaded, tmp_path / "again")
    assert load_export(tmp_path / "again").hash == loaded.hash
    written = _content(tmp_path / "again")
    for name, content in _content(folder).items():
        if name.endswith(".csv"):
            assert written[name] == content, name


def test_what_needs_the_tables_is_refused(loaded: World):
    with pytest.raises(ScenarioError, match="home_share"):
        loaded.with_values({"home_share": 0.5})
    assert loaded.with_values({"phi_default": 0.9}).model.value("phi_default") == 0.9


# -- what is in the way -----------------------------------------------------------
def test_it_refuses_a_folder_that_holds_something_else(world: World, tmp_path: Path):
    place = tmp_path / "thesis"
    place.mkdir()
    (place / "chapter.txt").write_text("three years", encoding="utf-8")
    with pytest.raises(DataError, match="holds something else") as caught:
        export_world(world, place)
    assert caught.value.faults[0].remedy
    assert _content(place) == {"chapter.txt": b"three years"}
    assert [p.name for p in tmp_path.iterdir()] == ["thesis"]


def test_it_refuses_a_folder_that_holds_more_than_an_export(
    world: World, tmp_path: Path
):
    # model.json is a common name: it does not make the rest ours to delete.
    place = tmp_path / "thesis"
    place.mkdir()
    (place / "model.json").write_text('{"layers": 3}', encoding="utf-8")
    (place / "chapter.txt").write_text("three years", encoding="utf-8")
    with pytest.raises(DataError):
        export_world(world, place)
    assert (place / "chapter.txt").read_text(encoding="utf-8") == "three years"


def test_it_refuses_a_file(world: World, tmp_path: Path):
    place = tmp_path / "thesis.txt"
    place.write_text("three years", encoding="utf-8")
    with pytest.raises(DataError):
        export_world(world, place)
    assert place.read_text(encoding="utf-8") == "three years"
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_will_do(world: World, tmp_path: Path):
    place = tmp_path / "empty"
    place.mkdir()
    export_world(world, place)
    assert {p.name for p in place.iterdir()} == FILES


def test_an_earlier_export_is_replaced(world: World, tmp_path: Path):
    place = tmp_path / "world"
    export_world(world, place)
    other = world.with_values({"phi_default": 0.9})
    export_world(other, place)
    assert load_export(place).hash == other.hash
    assert [p.name for p in tmp_path.iterdir()] == ["world"]


def test_parents_are_made_and_files_returned(world: World, tmp_path: Path):
    files = export_world(world, tmp_path / "a" / "b" / "world")
    assert {p.name for p in files} == FILES
    assert all(p.is_file() for p in files)


# -- what fails -------------------------------------------------------------------
def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_failure_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(export, "write_graphml", _full)
    with pytest.raises(OSError, match="No space left"):
        export_world(world, tmp_path / "world")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_an_earlier_export(
    world: World, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = tmp_path / "world"
    export_world(world, place)
    monkeypatch.setattr(export, "write_graphml", _full)
    with pytest.raises(OSError, match="No space left"):
        export_world(world.with_values({"phi_default": 0.9}), place)
    assert _content(place) == _content(folder)
    assert [p.name for p in tmp_path.iterdir()] == ["world"]


def test_an_interruption_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "write_graphml", interrupt)
    with pytest.raises(KeyboardInterrupt):
        export_world(world, tmp_path / "world")
    assert list(tmp_path.iterdir()) == []


# -- a broken export --------------------------------------------------------------
@pytest.fixture
def broken(world: World, tmp_path: Path) -> Path:
    export_world(world, tmp_path / "world")
    return tmp_path / "world"


def test_everything_missing_is_said_at_once(broken: Path):
    (broken / "flows.csv").unlink()
    (broken / "demand.csv").unlink()
    nodes = pd.read_csv(broken / "nodes.csv").drop(columns=["output", "capacity"])
    nodes.to_csv(broken / "nodes.csv", index=False)
    with pytest.raises(DataError) as caught:
        load_export(broken)
    assert [(f.file, f.field) for f in caught.value.faults] == [
        ("demand.csv", "file"), ("flows.csv", "file"), ("nodes.csv", "capacity"),
        ("nodes.csv", "output"),
    ]
    assert all(f.remedy for f in caught.value.faults)


def test_a_missing_model_is_said_with_the_rest(broken: Path):
    (broken / "model.json").unlink()
    (broken / "goods.csv").unlink()
    with pytest.raises(DataError) as caught:
        load_export(broken)
    assert {f.file for f in caught.value.faults} == {"goods.csv", "model.json"}


def test_a_model_with_an_unknown_key(broken: Path):
    content = json.loads((broken / "model.json").read_text(encoding="utf-8"))
    content["scope"]["contry"] = "IND"
    (broken / "model.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="contry"):
        load_export(broken)


def test_no_export_at_all(tmp_path: Path):
    with pytest.raises(DataError) as caught:
        load_export(tmp_path / "nowhere")
    assert len(caught.value.faults) == len(FILES) - 1  # the graph is not read back
