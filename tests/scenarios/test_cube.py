"""The what-if cube: its numbers are the ladder's, each there, none made twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from worlds import two_makers

from supplychain.scenarios import batch
from supplychain.scenarios.cube import what_if_cube
from supplychain.scenarios.ladder import Cell, Ladder
from supplychain.tables.model_parts import CapacityYear
from supplychain.world.build import build_world

KEY = ["capacity", "shock", "severity", "ladder", "channels", "status", "group", "good"]


class Idle(ThreadPoolExecutor):
    """An executor that has nothing left to do."""

    def submit(self, *_, **__):
        raise AssertionError("a finished task was asked for again")


@pytest.fixture(scope="module")
def makers():
    return two_makers()


@pytest.fixture(scope="module")
def cube(makers):
    with ThreadPoolExecutor(1) as executor:
        return what_if_cube(makers, executor=executor)


def india(cube, channels, status, shock="halt_country"):
    rows = cube.rows
    found = rows[(rows.shock == shock) & (rows.severity == 1.0) & (rows.ladder == "A")
                 & (rows.channels == channels) & (rows.status == status)
                 & (rows.group == "IND") & (rows.good == "final products")]
    return found.iloc[0]


@pytest.mark.parametrize(("channels", "status", "access"), [
    ("off", "any", "nu0"), ("central", "excluded", "nu0"), ("central", "full", "nu1"),
])
def test_served_is_what_was_bought_and_what_access_adds(
    makers, cube, channels, status, access
):
    """By hand: 10 t it bought from JPN already and nu of its need of 40 t."""
    by_hand = (10 + makers.model.value(access) * 40) / 40
    found = india(cube, channels, status)
    assert [found["min"], found.middle, found["max"]] == pytest.approx([by_hand] * 3)


def test_membership_and_its_strength_move_the_outcome(cube):
    served = [india(cube, c, "signatory").middle for c in ("low", "central", "high")]
    assert served[0] < served[1] < served[2]
    assert india(cube, "central", "signatory").middle < india(
        cube, "central", "full").middle


def test_each_number_is_the_ladders(makers, cube):
    cells = [
        Cell("A", "off", False, "halt_everyone", 0.75, "any"),
        Cell("A", "central", False, "halt_everyone", 0.75, "signatory"),
        Cell("A", "low", False, "halt_country", 0.5, "full"),
        Cell("B", "high", False, "halt_country", 1.0, "full"),
    ]
    for cell in cells:
        told = Ladder(makers, by_good=True).run([cell]).rows.set_index(KEY)
        found = cube.rows.set_index(KEY).loc[told.index]
        for end in ("min", "max"):
            assert found[end].tolist() == pytest.approx(told[end].tolist(), abs=1e-7)


def test_every_run_is_there_once_and_channels_off_once_for_all(makers, cube):
    assert not cube.rows.duplicated(KEY).any()
    runs = cube.rows.drop_duplicates(KEY[:6])
    shocks, severities, rungs = 2, 3, len(makers.model.scope.rungs)
    assert len(runs) == cube.cells == shocks * severities * (1 + 2 * 3 * rungs)
    assert set(runs[runs.channels == "off"].status) == {"any"}
    # Each run tells the same outcomes, so that every combination can be chosen.
    assert cube.rows.groupby(KEY[:6]).size().nunique() == 1


def test_ranges_lie_around_their_middle_on_the_scale(cube):
    rows = cube.rows
    assert (rows["min"] >= 0).all()
    assert (rows["max"] <= 1).all()
    assert (rows["min"] <= rows.middle).all()
    assert (rows.middle <= rows["max"]).all()
    assert (rows["max"] - rows["min"] > 0.01).any()  # one demand block: many optima


def test_an_interrupted_cube_goes_on_where_it_was(makers, cube, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "code_version", lambda: "1.0+abc")
    with ThreadPoolExecutor(1) as executor:
        what_if_cube(makers, executor=executor, keep=tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == 6
    again = what_if_cube(makers, executor=Idle(), keep=tmp_path)
    assert again.rows.equals(cube.rows)


def test_values_come_in_the_order_of_the_runs(makers, cube):
    assert cube.values("severity") == [0.5, 0.75, 1.0]
    assert cube.values("capacity") == ["2024"]  # no tables, no projects
    assert cube.values("status") == ["any", *makers.model.scope.rungs]


@pytest.mark.slow
def test_later_years_count_what_is_being_built(tables, world):
    small = build_world(tables, world.model.revised(
        goods=("ndpr_mined", "ndpr_oxide", "ndfeb_magnet", "wind_turbine"), capital={},
        capacity_path=(CapacityYear(year=2030, projects="announced"),),
    ))
    rows = what_if_cube(small).rows
    served = rows.set_index(KEY).middle.unstack("capacity")
    assert set(served) == {"2024", "2030:announced"}
    assert served.notna().all().all()
    assert (served["2030:announced"] > served["2024"] + 0.01).any()
