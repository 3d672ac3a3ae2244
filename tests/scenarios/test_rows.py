"""Rows on which sources disagree: their ranges, and a world with another figure."""

from __future__ import annotations

import re

import pytest
from worlds import one_chain

from supplychain.errors import ScenarioError
from supplychain.scenarios.rows import ranged_rows, rows_sensitivity, with_row
from supplychain.scenarios.sensitivity import HEADLINES, headlines

SPLIT, PLACE = "dytb_mined", "MMR"  # in per cent of the world


@pytest.fixture(scope="module")
def rows(world):
    return ranged_rows(world)


@pytest.fixture(scope="module")
def moved_split(world, rows):
    """The world with a row of a split in per cent at its high end."""
    row = rows[rows.key == f"{SPLIT}|{PLACE}"].iloc[0]
    return row, with_row(world, row.table, row.key, row.high)


# -- the rows --------------------------------------------------------------------------
def test_rows_come_with_those_that_weigh_most_first(rows):
    assert len(rows) > 100
    assert rows.weight.is_monotonic_decreasing
    assert (rows.weight > 0).all()


def test_each_range_holds_the_central_figure(rows):
    assert (rows.low <= rows.central).all()
    assert (rows.central <= rows.high).all()


def test_a_count_takes_the_first(world, rows):
    assert ranged_rows(world, 5).equals(rows.head(5))


def test_the_weight_of_a_row_is_its_range_over_world_output(world, rows):
    """Shares of use are shares already."""
    assert set(rows.table) == {"production", "recipes", "demand"}
    for r in rows.itertuples():
        size = 1.0 if r.table == "recipes" else world.goods.total[r.good]
        assert r.weight == pytest.approx((r.high - r.low) / size), r.key


def test_each_row_is_one_of_its_table(tables, rows):
    for r in rows[rows.table == "production"].itertuples():
        good, place = r.key.split("|")
        frame = tables["production"]
        found = frame[(frame.good == good) & (frame.iso3 == place)]
        assert found.quantity.tolist() == [r.central]


def test_a_world_without_tables_has_no_rows():
    with pytest.raises(ScenarioError, match="without its tables"):
        ranged_rows(one_chain())


# -- another figure --------------------------------------------------------------------
def test_a_split_in_per_cent_keeps_its_total(world, moved_split):
    row, other = moved_split
    assert other.goods.unit[SPLIT] == "% of world"
    assert other.goods.total[SPLIT] == pytest.approx(world.goods.total[SPLIT])
    assert other.nodes.output[SPLIT, PLACE] == pytest.approx(row.high)
    rest = other.nodes.output.loc[SPLIT].drop(PLACE)
    old = world.nodes.output.loc[SPLIT].drop(PLACE)
    ratio = (rest / old[rest.index]).to_numpy()
    assert ratio == pytest.approx(ratio[0])
    assert ratio[0] < 1


def test_another_figure_leaves_other_goods_and_the_tables(world, tables, moved_split):
    row, other = moved_split
    old = world.nodes.output.drop(SPLIT, level=0)
    new = other.nodes.output.drop(SPLIT, level=0)
    assert new.to_dict() == pytest.approx(old.to_dict())
    frame = tables["production"]
    here = (frame.good == SPLIT) & (frame.iso3 == PLACE)
    assert frame[here].quantity.tolist() == [row.central]


def test_statuses_of_the_world_stay(world):
    out = world.with_statuses({"IND": "excluded"})
    at = out.model.scope.alliance
    same = with_row(out, "production", f"{SPLIT}|{PLACE}", 9.0)
    assert same.status(at, "IND") == "excluded"


@pytest.mark.parametrize(("table", "key"), [
    ("production", "dytb_mined|ATA"), ("production", "unobtainium|CHN"),
    ("recipes", "ndfeb_magnet|unobtainium"), ("demand", "zircon|CHN|hoarded"),
])
def test_an_unknown_row_is_refused(world, table, key):
    with pytest.raises(ScenarioError, match="no row"):
        with_row(world, table, key, 1.0)


# -- what it does ----------------------------------------------------------------------
@pytest.mark.slow
def test_one_row_gives_five_headline_numbers(world, rows):
    base = headlines(world).values
    one = rows[rows.key == f"{SPLIT}|{PLACE}"]
    done = []
    found = rows_sensitivity(world, one, progress=lambda *n: done.append(n))
    assert done == [(1, 1)]
    assert sorted(found.headline) == sorted(HEADLINES)
    for r in found.itertuples():
        assert r.at_central == pytest.approx(base[r.headline], abs=1e-9)
        ends = (abs(r.at_low - r.at_central), abs(r.at_high - r.at_central))
        assert r.effect == pytest.approx(max(ends))
    # Its low is its central figure.
    assert found.at_low.to_numpy() == pytest.approx(found.at_central.to_numpy())
    assert found.effect.max() > 0


@pytest.mark.parametrize(("table", "key", "value", "said"), [
    ("production", "gallium", 1.0, "write good|iso3"),
    ("prices", "gallium|CHN", 1.0, "no such table"),
    ("production", "gallium|CHN", float("nan"), "no figure"),
    ("production", "gallium|CHN", -5.0, "no figure"),
])
def test_what_is_no_row_or_no_figure_is_refused(world, table, key, value, said):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        with_row(world, table, key, value)
