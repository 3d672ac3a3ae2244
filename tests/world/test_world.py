"""The world is a value: dated, frozen, and never changed by what is derived."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from supplychain.errors import ScenarioError
from supplychain.tables.model import load_model
from supplychain.tables.model_parts import (
    AssumptionDelta,
    Delta,
    MembershipDelta,
    OutageDelta,
    StrengthDelta,
)
from supplychain.world.build import build_world, load_world
from supplychain.world.membership import statuses_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

FRAMES = (
    "goods", "nodes", "recipes", "demand", "flows", "statuses", "countries",
    "residuals",
)
INDIA_OUT = MembershipDelta(alliance="pax_silica", country="IND", status="excluded")
OUTAGE = OutageDelta(good="gallium", country="CHN", loss=0.5)
DELTAS: list[Delta] = [
    INDIA_OUT,
    AssumptionDelta(name="phi_default", value=0.9),
    AssumptionDelta(name="other_use_value", value=5e9),
    AssumptionDelta(name="home_share", value=0.5),
    StrengthDelta(alliance="forge", channel="access", value=1),
    OUTAGE,
]


def primary(world: World, good: str, country: str) -> float:
    """Return what a node makes, scrap apart."""
    node = world.nodes.loc[(good, country)]
    return float(node.output - node.secondary)


# -- dates ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2025-12-31", "excluded"), ("2026-01-31", "invited"),
        ("2026-03-01", "signatory"),
        ("2025-12-11", "none"), ("2025-12-12", "excluded"),
        ("2026-01-11", "excluded"), ("2026-01-12", "invited"),
        ("2026-02-19", "invited"), ("2026-02-20", "signatory"),
    ],
)
def test_india_at_a_date(tables: Tables, day: str, status: str):
    held = statuses_at(tables["memberships"], dt.date.fromisoformat(day))
    table = held.status.to_dict()
    assert table.get(("pax_silica", "IND"), "none") == status


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2025-12-31", "excluded"), (dt.date(2026, 1, 31), "invited"),
        ("2026-03-01", "signatory"),
    ],
)
def test_only_memberships_depend_on_the_date(
    world: World, day: str | dt.date, status: str
):
    earlier = load_world(as_of=day)
    assert str(earlier.model.scope.as_of) == str(day)
    assert earlier.status("pax_silica", "IND") == status
    for name in ("goods", "nodes", "recipes", "demand", "flows"):
        pd.testing.assert_frame_equal(getattr(earlier, name), getattr(world, name))
    same = status == world.status("pax_silica", "IND")
    assert same or earlier.hash != world.hash


def test_one_status_a_country_and_alliance(world: World):
    assert world.statuses.index.is_unique
    assert len(world.statuses.index.unique(0)) >= 5


def test_a_country_without_a_row_has_no_status(world: World):
    assert world.status("pax_silica", "ATA") == "none"
    assert world.status("hanseatic_league", "IND") == "none"


def test_incumbents_leave_out_the_country_and_the_target(world: World):
    assert {"USA", "JPN", "KOR"} <= set(world.incumbents)
    assert not {"IND", "CHN", "UNA", "ROW", "OTH"} & set(world.incumbents)


def test_groups(world: World):
    groups = world.groups
    assert groups["country"] == ("IND",)
    assert set(groups["alliance_with_country"]) == {"IND", *groups["incumbents"]}
    assert "CHN" not in {c for group in groups.values() for c in group}
    assert set(groups["world_outside_target"]) == set(world.places) - {"CHN"}


# -- a value ----------------------------------------------------------------------
def _snapshot(world: World) -> dict[str, object]:
    return {
        **{name: getattr(world, name).copy(deep=True) for name in FRAMES},
        "model": world.model.hash, "hash": _fresh_hash(world),
        "outages": dict(world.outages), "notes": world.notes,
        "conflicts": world.conflicts,
    }


def _fresh_hash(world: World) -> str:
    """Return the hash of the frames as they are now, not as they were cached."""
    return dataclasses.replace(world).hash


def _assert_unchanged(world: World, before: dict[str, object]) -> None:
    after = _snapshot(world)
    for name, value in before.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(after[name], value)  # type: ignore[arg-type]
        else:
            assert after[name] == value, name


def test_the_world_is_frozen(world: World):
    for field in dataclasses.fields(world):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(world, field.name, None)


@pytest.mark.parametrize("delta", DELTAS, ids=lambda d: f"{d.kind}")
def test_with_returns_a_new_world_and_changes_nothing(world: World, delta: Delta):
    before = _snapshot(world)
    after = world.with_(delta)
    assert after is not world
    _assert_unchanged(world, before)


@pytest.mark.parametrize(
    "derive",
    [
        lambda w: w.with_(DELTAS),
        lambda w: w.with_values({"phi_default": 0.9, "value:defence_radar": 2e7}),
        lambda w: w.with_values({"unallocated_share:memory": 0.25}),
        lambda w: w.with_statuses({"IND": "full", "TWN": "full"}),
        lambda w: w.ladder_a(),
        lambda w: w.with_(w.model.scenario("others_on")),
        lambda w: (w.network, w.graph, w.groups, w.hash),
    ],
)
def test_nothing_that_is_derived_changes_the_world(
    world: World, derive: Callable[[World], object]
):
    before = _snapshot(world)
    derive(world)
    _assert_unchanged(world, before)


def test_views_are_not_carried_over(world: World):
    links = world.network.inputs["cathode"]
    after = world.with_values({"phi:cathode:cobalt_refined": 0.4})
    assert after.network.inputs["cathode"]["cobalt_refined"][1] == 0.4
    assert links["cobalt_refined"][1] == 0.5
    assert after.hash != world.hash


@pytest.mark.parametrize("delta", DELTAS, ids=lambda d: f"{d.kind}")
def test_another_world_has_another_identity(world: World, delta: Delta):
    after = world.with_(delta)
    assert (after.hash, after.model.hash) != (world.hash, world.model.hash)


def test_a_model_that_says_something_else_has_another_hash(world: World):
    model = load_model("pax_silica")
    seen = {model.hash}  # asked for before anything is derived from it
    for other in (
        model.with_values({"surge": 0.2}), model.at_level("high"),
        model.revised(country="USA"), model.revised(as_of="2026-01-31"),
        world.with_(world.model.scenario("forge_on")).model,
    ):
        assert other.hash not in seen
        seen.add(other.hash)
    assert load_model("pax_silica").with_values({"surge": 0.2}).hash in seen


def test_a_delta_that_says_nothing_new_gives_the_same_numbers(world: World):
    same = world.with_(AssumptionDelta(name="phi_default", value=1.0))
    assert same.hash == world.hash


def test_deltas_compose_in_order(world: World):
    full = MembershipDelta(alliance="pax_silica", country="IND", status="full")
    assert world.with_([INDIA_OUT, full]).status("pax_silica", "IND") == "full"
    assert world.with_([full, INDIA_OUT]).status("pax_silica", "IND") == "excluded"
    assert world.with_([]).hash == world.hash


@pytest.mark.parametrize("status", ["excluded", "invited", "observer", "full"])
def test_a_scenario_moves_india_alone(world: World, status: str):
    after = world.with_(world.model.scenario(f"india_{status}"))
    moved = after.statuses.status[after.statuses.status != world.statuses.status]
    assert dict(moved) == {("pax_silica", "IND"): status}
    for name in ("goods", "nodes", "recipes", "demand", "flows"):
        assert getattr(after, name) is getattr(world, name)


def test_an_outage_is_kept_beside_the_baseline(world: World):
    after = world.with_(OUTAGE)
    assert after.outages == {("gallium", "CHN"): 0.5}
    assert world.outages == {}
    assert after.nodes is world.nodes


def test_a_strength_acts_on_pairs(world: World):
    mu = world.pair_intensity()
    assert np.array_equal(mu, mu.T)
    assert (np.diag(mu) == 1).all()
    assert (mu >= 0).all()
    assert (mu <= 1).all()
    forge = world.with_(world.model.scenario("forge_on")).pair_intensity()
    assert (forge >= mu).all()
    assert (forge > mu).any()
    off = world.pair_intensity(off=True)
    assert (off <= mu).all()


def test_ladder_a_holds_the_incumbents_at_full(world: World):
    after = world.ladder_a()
    listed = after.statuses.loc["pax_silica"]
    own = [c for c in world.incumbents if c in listed.index]
    assert own
    direct = [
        c for c in own if not listed.eu_represented[c] and c not in world.joint
    ]
    assert {after.status("pax_silica", c) for c in direct} == {"full"}
    assert after.status("pax_silica", "IND") == world.status("pax_silica", "IND")
    places = list(after.places)
    mu = after.with_statuses({"IND": "full"}).pair_intensity()
    row = mu[places.index("IND")]
    assert all(row[places.index(c)] == 1 for c in world.incumbents)


# -- the same as building anew ----------------------------------------------------
def _values(world: World, level: str, prefix: tuple[str, ...]) -> dict[str, float]:
    return {
        name: a.at(level)  # type: ignore[arg-type]
        for name, a in world.model.assumptions.items() if name.startswith(prefix)
    }


def _assert_rebuilt(
    world: World, tables: Tables, values: dict[str, float]
) -> None:
    quick = world.with_values(values)
    built = build_world(tables, world.model.with_values(values))
    assert quick.model.hash == built.model.hash
    assert quick.hash == built.hash
    for name in ("goods", "nodes", "recipes", "demand", "flows"):
        pd.testing.assert_frame_equal(getattr(quick, name), getattr(built, name))
    assert quick.network == built.network


@pytest.mark.parametrize("level", ["low", "high"])
@pytest.mark.parametrize("prefix", [("phi",), ("value:", "other_use_value")])
def test_values_equal_a_world_built_anew(
    world: World, tables: Tables, level: str, prefix: tuple[str, ...]
):
    values = _values(world, level, prefix)
    assert len(values) >= 3
    _assert_rebuilt(world, tables, values)


@pytest.mark.parametrize("level", ["low", "high"])
def test_all_values_at_once_equal_a_world_built_anew(
    world: World, tables: Tables, level: str
):
    _assert_rebuilt(world, tables, _values(world, level, ("",)))


@pytest.mark.parametrize(
    "values",
    [
        {"phi_default": 0.9}, {"home_share": 0.3},
        {"unallocated_share:memory": 0.25, "phi_default": 0.9},
    ],
)
def test_one_value_equals_a_world_built_anew(
    world: World, tables: Tables, values: dict[str, float]
):
    _assert_rebuilt(world, tables, values)


def test_values_one_after_the_other_equal_all_at_once(world: World):
    first, second = {"phi:smartphone:tantalum": 0.25}, {"home_share": 0.5}
    both = world.with_values({**first, **second})
    assert world.with_values(first).with_values(second).hash == both.hash
    assert world.with_values(second).with_values(first).hash == both.hash


def test_a_rebuild_keeps_statuses_outages_and_conflicts(world: World, tables: Tables):
    low = build_world(tables, world.model, conflicts="low")
    after = low.with_([INDIA_OUT, OUTAGE]).with_values({"home_share": 0.5})
    assert after.status("pax_silica", "IND") == "excluded"
    assert after.outages == {("gallium", "CHN"): 0.5}
    assert after.conflicts == "low"
    assert primary(after, "germanium", "CHN") == pytest.approx(60.0)


def test_a_value_that_is_moved_and_moved_back(world: World):
    there = world.with_values({"home_share": 0.5})
    assert there.hash != world.hash
    assert there.with_values({"home_share": 0.9}).hash == world.hash


def test_a_world_without_tables_cannot_be_recalibrated(tiers: World):
    with pytest.raises(ScenarioError, match="home_share"):
        tiers.with_values({"home_share": 0.5})
    tiers.with_values({"phi_default": 0.9})


# -- the same world as arrays -----------------------------------------------------
def test_the_network_is_the_world_in_other_units(world: World):
    net = world.network
    assert set(net.goods) == set(world.goods.index[world.goods.stage != "capital"])
    for good in net.goods:
        made = sum(q for (g, _), q in net.output.items() if g == good)
        assert made == pytest.approx(100, rel=1e-9), good
        assert sum(net.need[good].values()) == pytest.approx(100, rel=1e-8), good
        assert net.unit[good] == world.goods.total[good] / 100
    assert all(net.capacity[node] >= net.output[node] for node in net.output)


def test_the_world_says_what_it_is(world: World):
    text = repr(world)
    assert "pax_silica" in text
    assert str(world.model.scope.as_of) in text
    assert f"{len(world.goods)} goods" in text


# -- what deltas changed survives a rebuild ----------------------------------------
def test_another_end_of_the_conflicts_keeps_statuses_and_outages(world: World):
    changed = world.with_(
        [
            MembershipDelta(alliance="pax_silica", country="TWN", status="full"),
            OutageDelta(good="gallium", country="JPN", loss=0.5),
        ]
    )
    high = changed.with_conflicts("high")
    assert high.status("pax_silica", "TWN") == "full"
    assert high.outages == changed.outages
    assert high.incumbents == changed.incumbents
    assert primary(high, "germanium", "CHN") == pytest.approx(95.0)


def test_country_and_target_are_two(tables):
    with pytest.raises(ScenarioError, match="both 'CHN'"):
        build_world(tables, load_model("pax_silica").revised(country="CHN"))


# -- loaded twice ----------------------------------------------------------------------
def test_what_is_done_to_a_loaded_world_stays_with_it():
    from supplychain.world.build import load_world

    first = load_world()
    first.nodes.loc[:, "output"] = 0.0
    first.goods.loc[:, "name"] = "spoilt"
    again = load_world()
    assert again.nodes.output.sum() > 0
    assert "spoilt" not in set(again.goods.name)
    assert again.hash != first.hash


def test_a_world_of_other_tables_is_another(tmp_path):
    import shutil

    from supplychain.home import data_dir
    from supplychain.world.build import load_world

    folder = tmp_path / "data"
    shutil.copytree(data_dir(), folder)
    assert load_world(data=folder).hash == load_world().hash
    path = folder / "memberships.csv"
    lines = path.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("pax_silica,TWN")]
    assert len(kept) < len(lines)
    path.write_text("".join(kept))
    other = load_world(data=folder)
    assert other.status("pax_silica", "TWN") == "none"
    assert load_world().status("pax_silica", "TWN") == "observer"
