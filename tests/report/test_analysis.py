"""The whole analysis on the shipped data: shape, honesty, and what it found."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from figures import faults
from rich.console import Console

from supplychain.files import write_text
from supplychain.report.figures import OF_A_RUN, write_figures
from supplychain.report.screen import screen, sentences
from supplychain.report.write import result_tables
from supplychain.scenarios.analysis import Analysis, analyze_world
from supplychain.scenarios.ladder import WIDE
from supplychain.tables.model_parts import CapacityYear
from supplychain.world.build import build_world

if TYPE_CHECKING:
    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

REGRESSION = Path(__file__).with_name("regression_own_output.csv")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def analysis(world: World) -> Analysis:
    return analyze_world(world)


def test_every_row_carries_its_unit(analysis: Analysis) -> None:
    for name, table in result_tables(analysis).items():
        if name in {"sources.csv", "coverage.csv", "assumptions.csv"}:
            continue
        assert table["unit"].notna().all(), name
        assert (table["unit"] != "").all(), name


def test_bounds_of_dependency_hold(analysis: Analysis) -> None:
    d = analysis.dependency
    slack = 1e-6
    # By owner part of a node is gone: who is first in line may get the other part.
    place = d[d.control == "place"]
    assert (place.dd <= place.ltp + slack).all()
    assert (d.ltp <= d.ltd + slack).all()
    assert (d.id_first <= d.id + slack).all()
    assert (d.id <= d.ltd + slack).all()


def test_id_lambda_falls_along_the_rungs(analysis: Analysis) -> None:
    u = analysis.unlocked
    rungs = list(analysis.world.model.scope.rungs)
    wide = u.pivot_table(
        index=["good", "group", "unallocated_as"], columns="status", values="id_lambda"
    )[rungs]
    assert (wide.diff(axis=1).iloc[:, 1:] <= 1e-6).all().all()


def test_ladder_ranges_are_honest(analysis: Analysis) -> None:
    rows = analysis.ladder
    assert rows[["min", "max"]].notna().all().all()
    assert (rows["min"] <= rows["max"] + 1e-9).all()
    wide = rows["max"] - rows["min"] > WIDE
    assert (rows.value.isna() == wide).all()


def test_membership_moves_some_results_and_not_others(analysis: Analysis) -> None:
    rows = analysis.ladder
    india = rows[(rows.group == "IND") & (rows.good == "final products")
                 & (rows.ladder == "A") & (rows.channels == "central")
                 & (rows.no_harm == 0) & (rows.severity == 0.75)
                 & (rows.capacity == "2024")]
    gain = india.pivot(index="shock", columns="status", values="value").eval(
        "full - excluded"
    )
    assert 0.001 < gain["halt_country"] < 0.05
    u = analysis.unlocked
    mine = u[(u.group == "IND") & (u.unallocated_as == "not_target")]
    wide = mine.pivot(index="good", columns="status", values="id_lambda")
    fall = wide.excluded - wide.full
    assert fall["ndfeb_magnet"] > 0.2
    assert abs(fall["solar_panel"]) < 0.01


def test_later_capacity_is_beside_the_ladder(analysis: Analysis) -> None:
    assert set(analysis.ladder.capacity) == {
        "2024", "2026:operating", "2030:under_construction"
    }
    assert analysis.projects.counted.sum() > 10
    assert (analysis.feed.home_share.between(0, 1)).all()


def test_counting_owners_never_lowers_dependency(analysis: Analysis) -> None:
    d = analysis.dependency
    d = d[(d.conflicts_as == "central") & (d.unallocated_as == "not_target")]
    key = ["good", "group", "kind"]
    place = d[d.control == "place"].set_index(key)
    owner = d[d.control == "owner"].set_index(key)
    assert len(owner) > 20
    # Not ID: what others are left with falls too, and with it what they may claim.
    for measure in ("dd", "ltd"):
        assert (owner[measure] - place[measure].loc[owner.index]).min() > -1e-6


def test_not_every_product_is_wholly_dependent(analysis: Analysis) -> None:
    d = analysis.dependency
    part = d[(d.group == "world_outside_CHN") & (d.kind == "export_halt")
             & (d.unallocated_as == "not_target") & (d.conflicts_as == "central")
             & (d.control == "place")]
    assert part.id.max() > 0.9
    assert part.id.min() == pytest.approx(0.0, abs=1e-6)
    assert ((part.id > 0.05) & (part.id < 0.9)).any()


def test_own_output_has_not_moved_unnoticed(analysis: Analysis) -> None:
    """Regression on our own output: no independent value, only a tripwire."""
    d = analysis.dependency
    mine = d[(d.kind == "export_halt") & (d.conflicts_as == "central")
             & (d.unallocated_as == "not_target") & (d.control == "place")
             & (d.group == "world_outside_CHN")][["good", "dd", "ltp", "ltd", "id"]]
    mine = mine.round(5).sort_values("good").reset_index(drop=True)
    kept = pd.read_csv(REGRESSION)
    assert list(kept.good) == list(mine.good)
    difference = (kept.drop(columns="good") - mine.drop(columns="good")).abs()
    assert np.nanmax(difference.to_numpy()) < 2e-4, (
        "results moved: if intended, say why in the changelog and rewrite "
        f"{REGRESSION.name}"
    )


def test_screen_is_readable_at_100_columns(analysis: Analysis) -> None:
    console = Console(width=100, file=io.StringIO())
    screen(analysis, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 100
    assert "not applicable at this horizon" in text
    assert "not observed" in text


def test_sentences_name_what_binds(analysis: Analysis) -> None:
    text = " ".join(sentences(analysis))
    assert "without any membership effect" in text
    assert "access cap on" in text


def test_coverage_lists_gaps_and_where_they_were_looked_for(analysis: Analysis) -> None:
    gaps = analysis.coverage[analysis.coverage.kind == "gap"]
    assert len(gaps) > 20
    assert (gaps.missing != "").all()
    assert gaps[gaps.good == "rf_chip"].looked_for_in.ne("").any()


def test_write_text_replaces_whole_files_only(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    write_text(target, "first")
    with pytest.raises(TypeError):
        write_text(target, 5)  # type: ignore[arg-type]
    assert target.read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_an_executor_of_ones_own_gives_the_same(tables: Tables, world: World) -> None:
    chain = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet", "wind_turbine", "alumina",
             "gallium")
    small = build_world(tables, world.model.revised(
        goods=chain, capacity_path=(CapacityYear(year=2030, projects="announced"),),
        capital={},
    ))
    plain = analyze_world(small)
    with ThreadPoolExecutor(1) as executor:
        again = analyze_world(small, executor=executor)
    pd.testing.assert_frame_equal(again.dependency, plain.dependency)
    same = ["capacity", "ladder", "channels", "no_harm", "shock", "severity", "status",
            "group", "good"]
    pd.testing.assert_frame_equal(again.ladder[same], plain.ladder[same])
    assert (again.ladder["min"] - plain.ladder["min"]).abs().max() < 1e-5


def test_every_figure_of_a_run_is_clear(analysis: Analysis, tmp_path: Path) -> None:
    for name in (*OF_A_RUN, "scatter"):
        assert faults(getattr(analysis.plot, name)()) == [], name
    files = write_figures(analysis, tmp_path)
    assert {f.name for f in files} == {
        f"{name}.{ending}" for name in OF_A_RUN for ending in ("png", "svg")
    }
