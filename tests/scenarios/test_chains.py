"""Dependency of the shipped world: the bounds hold good by good, group by group."""

from __future__ import annotations

import numpy as np
import pytest

from supplychain.scenarios.chains import chains

TOLERANCE = 1e-6
GROUPS = {"IND", "incumbents", "alliance_with_IND", "world_outside_CHN"}


@pytest.fixture(scope="module")
def found(world):
    return chains(world)


@pytest.fixture(scope="module")
def table(found):
    return found.dependency


def test_every_good_of_the_network_is_there(world, table):
    # The target is in no group: what it alone needs (ores that it separates) has
    # no one whose dependency could be told.
    need, target = world.network.need, world.model.scope.target
    needed = {g for g in world.network.goods if set(need[g]) - {target}}
    assert set(table.good) == needed
    assert {g for g in world.network.goods if not need[g]} == set()
    assert set(table.group) == GROUPS
    assert set(table.kind) == {"export_halt", "rupture"}


def test_every_measure_is_a_share(table):
    shares = table[["dd", "ltp", "ltd", "id", "id_first"]]
    assert shares.notna().all().all()
    assert shares.ge(-TOLERANCE).all().all()
    assert shares.le(1 + TOLERANCE).all().all()


@pytest.mark.parametrize(("less", "more"), [
    ("dd", "ltp"), ("ltp", "ltd"), ("id_first", "id"), ("id", "ltd"),
])
def test_bounds_hold_for_every_good_and_group(table, less, more):
    """P5 on real data, for groups as for consumers."""
    assert (table[less] <= table[more] + TOLERANCE).all()


def test_a_rupture_depends_on_the_target_at_least_as_little_as_a_halt(table):
    """Where the target no longer buys, the rest of the world keeps more."""
    wide = table.pivot_table(index=["good", "group"], columns="kind", values="id")
    assert (wide["rupture"] <= wide["export_halt"] + TOLERANCE).all()


def test_irreducible_dependency_at_a_status_falls_along_the_rungs(world, found):
    """P6 on real data; all of it lies between ID and the frozen end."""
    wide = found.unlocked.pivot_table(
        index=["good", "group"], columns="status", values="id_lambda"
    )[list(world.model.scope.rungs)]
    assert (np.diff(wide.to_numpy(), axis=1) <= TOLERANCE).all()
    rows = found.unlocked
    assert (rows.id <= rows.id_lambda + TOLERANCE).all()
    assert (rows.id_lambda <= rows.id_frozen + TOLERANCE).all()


def test_the_unlocked_share_is_told_only_where_there_is_something_to_unlock(found):
    rows = found.unlocked
    told = rows.unlocked_share.notna()
    assert (told == (rows.id_frozen - rows.id >= 0.01)).all()
    assert set(rows.note[~told]) == {"nothing to unlock"}
    assert rows.unlocked_share[told].between(-TOLERANCE, 1 + TOLERANCE).all()


def test_counting_the_unallocated_as_the_targets_never_lowers_direct_dependency(
    world, table
):
    """Two values: what no source gives to a country as not the target's, and as its."""
    goods = ("logic_advanced", "logic_mature", "memory", "gallium")
    other = chains(world, unallocated_as="target", goods=goods, with_status=False)
    keys = ["good", "group", "kind"]
    both = other.dependency.merge(table, on=keys, suffixes=("", "_not"))
    india = both[both.group == "IND"]
    assert len(india)
    assert (india.dd >= india.dd_not - TOLERANCE).all()


def test_every_dependency_has_its_path(found):
    keys = set(zip(found.dependency.good, found.dependency.group, strict=True))
    assert set(found.paths) == keys
