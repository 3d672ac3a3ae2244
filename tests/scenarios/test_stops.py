"""Days until lines stop: stock over lost supply, unknown where no stock is sourced."""

from __future__ import annotations

import math

import pytest

from supplychain.scenarios.stops import (
    days_until_lines_stop,
    lost_shares,
    stocks_of,
)

MAGNETS = {("ndfeb_magnet", "CHN"): 1.0}


def test_indian_car_makers_by_hand(world):
    """28, 35 and 42 days of stock; China sells 93 % of India's magnets."""
    share = dict(world.network.suppliers["ndfeb_magnet", "IND"])["CHN"]
    found = days_until_lines_stop(world, MAGNETS, ["IND"])
    row = found[found.holder == "car makers"].iloc[0]
    assert row.lost == pytest.approx(share)
    assert row.days_low == pytest.approx(28 / share)
    assert row.days == pytest.approx(35 / share)
    assert row.days_high == pytest.approx(42 / row.lost_low)
    assert row.source_id == "crisil_2025"


def test_half_the_loss_lasts_twice_as_long(world):
    whole = days_until_lines_stop(world, MAGNETS, ["IND"])
    half = days_until_lines_stop(world, {("ndfeb_magnet", "CHN"): 0.5}, ["IND"])
    assert list(half.days) == pytest.approx(list(2 * whole.days))


def test_unknown_is_not_zero(world):
    found = days_until_lines_stop(world, MAGNETS)
    rows = found[found.country == "DEU"]
    assert len(rows) == 1
    assert rows[["stock", "days", "days_low"]].isna().all(axis=None)
    assert rows.lost.iloc[0] > 0


def test_tonnes_become_days_of_the_country_s_own_use(world):
    (own,) = [s for holder, s, *_ in stocks_of(world, "gallium", "USA")
              if holder.startswith("industry")]
    use = world.network.need["gallium"]["USA"] * world.network.unit["gallium"]
    assert own.central == pytest.approx(3.4 / use * 365)


def test_the_target_has_no_part_in_the_stocks_of_others(world):
    assert list(stocks_of(world, "gallium", "JPN"))
    assert not list(stocks_of(world, "gallium", "CHN"))


def test_members_can_replace_more_than_strangers(world):
    lost = {("ndfeb_magnet", "CHN"): 1.0}
    inside = lost_shares(world, "ndfeb_magnet", lost)["IND"]
    out = world.with_(world.model.scenario("india_excluded"))
    outside = lost_shares(out, "ndfeb_magnet", lost)["IND"]
    assert inside.low < outside.low
    assert inside.high == outside.high


def test_nothing_lost_no_row(world):
    found = days_until_lines_stop(world, {("ndfeb_magnet", "BRA"): 1.0}, ["IND"])
    assert found.empty
    assert not math.isnan(lost_shares(world, "gallium", {})["JPN"].high)
