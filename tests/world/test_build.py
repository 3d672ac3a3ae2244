"""The world built from the tables: nothing scaled, margins met, ranges kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from supplychain.errors import DataError, ScenarioError
from supplychain.ids import UNALLOCATED
from supplychain.tables.model import load_model
from supplychain.world.build import build_world

if TYPE_CHECKING:
    from supplychain.tables.reader import Tables
    from supplychain.world.build import Conflicts
    from supplychain.world.world import World

MARGIN = 1e-8
PANEL = ("logic_advanced", "logic_mature", "power_chip")


def _traded(world: World) -> list[str]:
    return list(world.goods.index[world.goods.stage != "capital"])


def _on_top(world: World, good: str) -> bool:
    """Tell whether scrap of a good comes on top of the output in the tables."""
    return f"secondary:{good}" in world.model.assumptions


def _listed(world: World) -> pd.Series:
    """Return the output that the tables list, without scrap on top of it."""
    nodes = world.nodes[world.nodes.basis != "scrap"]
    scrap = [
        s if _on_top(world, g) else 0.0
        for (g, _), s in zip(nodes.index, nodes.secondary, strict=True)
    ]
    return nodes.output - scrap


def _recipe_use(world: World) -> pd.Series:
    """Return b times primary output by (input, country), without the package."""
    use: dict[tuple[str, str], float] = {}
    primary = world.nodes.output - world.nodes.secondary
    for (good, used), b in world.recipes.b.items():
        for country, output in primary.loc[good].items():
            if world.nodes.basis[good, country] == "scrap":
                continue
            place = (used, country)
            use[place] = use.get(place, 0.0) + b * output
    return pd.Series(use, dtype=float).rename_axis(["good", "country"])


def _need(world: World) -> pd.Series:
    return world.demand.sum(axis=1).add(_recipe_use(world), fill_value=0.0)


# -- calibrated flows -------------------------------------------------------------
def test_rows_sum_to_output_and_columns_to_need(world: World):
    need = _need(world)
    for good in _traded(world):
        flow, total = world.flows.flow.loc[good], world.goods.total[good]
        made = world.nodes.output.loc[good]
        shipped = flow.groupby(level=0).sum()
        assert set(shipped.index) == set(made.index), good
        assert float((shipped - made).abs().max()) <= MARGIN * total, good
        asked = need.loc[good]
        asked = asked[asked > 0]
        received = flow.groupby(level=1).sum()
        assert set(received.index) <= set(asked.index), good
        gap = (received.reindex(asked.index).fillna(0.0) - asked).abs()
        assert float(gap.max()) <= MARGIN * total, good


def test_residuals_are_reported_and_small(world: World):
    assert list(world.residuals.index) == _traded(world)
    assert set(world.residuals.method) <= {"ras", "qp", "kit"}
    assert float(world.residuals.residual.max()) <= MARGIN
    assert (world.residuals.residual >= 0).all()


def test_flows_are_positive_and_finite(world: World):
    assert (world.flows.flow > 0).all()
    assert np.isfinite(world.flows.flow).all()
    assert world.flows.index.is_unique


def test_every_flow_says_what_it_rests_on(world: World):
    assert set(world.flows.flow_basis) == {
        "reported", "sourced_share", "prior", "consumption"
    }
    kits = set(world.goods.index[world.goods.kit == 1])
    consumed = world.flows[world.flows.flow_basis == "consumption"]
    assert set(consumed.index.unique(0)) == kits


def test_kits_do_not_travel(world: World):
    kits = world.goods.index[world.goods.kit == 1]
    part = world.flows[world.flows.index.get_level_values(0).isin(kits)]
    places = part.index.droplevel(0)
    assert all(exporter == importer for exporter, importer in places)


def test_sourced_shares_are_met_or_reported_as_dropped(world: World, tables: Tables):
    met, need = 0, _need(world)
    for r in tables["trade_shares"].itertuples():
        flow = world.flows.flow.loc[r.good]
        arc = (r.exporter, r.importer)
        makes = (r.good, r.exporter) in world.nodes.index
        if not (makes and need.get((r.good, r.importer), 0.0) > 0):
            continue  # nobody there makes it, or nothing there is known to need it
        side, own = (1, r.importer) if r.of == "imports" else (0, r.exporter)
        abroad = flow[
            (flow.index.get_level_values(side) == own)
            & (flow.index.get_level_values(1 - side) != own)
        ].sum()
        if f"{r.exporter}->{r.importer}" in world.residuals.dropped[r.good].split(";"):
            continue
        assert flow[arc] / abroad == pytest.approx(r.share, abs=1e-6), (r.good, arc)
        met += 1
    assert met >= 25


# -- nothing is scaled ------------------------------------------------------------
def test_outputs_are_those_of_the_table(world: World, tables: Tables):
    made = tables["production"].set_index(["good", "iso3"]).quantity
    made = made[made > 0]
    kits = set(world.goods.index[world.goods.kit == 1])
    nodes = _listed(world)
    own = nodes[[g not in kits and world.nodes.basis[g, c] != "assumption"
                 for g, c in nodes.index]]
    assert set(own.index) == set(made.index)
    # Scrap is added and taken off again: rounding.
    assert np.allclose(own, made.reindex(own.index), rtol=1e-12, atol=0)


def test_only_the_model_adds_output_and_says_so(world: World):
    added = world.nodes[world.nodes.basis == "assumption"]
    assert set(added.index) == {(good, UNALLOCATED) for good in PANEL}
    assert set(added.source_id) == {f"unallocated_share:{good}" for good in PANEL}
    assert set(added.confidence) == {"low"}


def test_engineering_recipes_are_those_of_the_table(world: World, tables: Tables):
    for r in tables["recipes"].dropna(subset=["quantity_per_unit"]).itertuples():
        assert world.recipes.b[r.good, r.input] == r.quantity_per_unit


def test_shares_of_use_come_back_from_the_recipes(world: World, tables: Tables):
    for r in tables["recipes"].dropna(subset=["share_of_use"]).itertuples():
        used = world.recipes.b[r.good, r.input] * world.goods.primary[r.good]
        share = used / world.goods.total[r.input]
        assert share == pytest.approx(r.share_of_use, rel=1e-12), (r.good, r.input)


def test_use_and_demand_add_up_to_output(world: World):
    need = _need(world).groupby(level=0).sum()
    for good in _traded(world):
        assert need[good] == pytest.approx(world.goods.total[good], rel=1e-9), good


def test_totals_are_the_sums_of_the_nodes(world: World):
    made = world.nodes.output.groupby(level=0).sum()
    for good in world.goods.index:
        assert made[good] == pytest.approx(world.goods.total[good], rel=1e-12), good


def test_demand_is_not_negative_and_final_only_where_the_table_says(
    world: World, tables: Tables
):
    assert (world.demand[["final", "other"]] >= 0).all(axis=None)
    final = set(tables["demand"][tables["demand"].kind == "final"].good)
    has = world.demand.final.groupby(level=0).sum()
    assert set(has.index[has > 0]) == final


def test_final_demand_of_countries_is_that_of_the_table(world: World, tables: Tables):
    rows = tables["demand"][tables["demand"].kind == "final"]
    for r in rows.itertuples():
        if r.iso3 not in {"OTH", "ROW"} and r.quantity > 0:
            assert world.demand.final[r.good, r.iso3] == r.quantity, (r.good, r.iso3)


def test_what_was_replaced_or_cut_is_noted(world: World):
    assert any("electric_car" in note and "OTH" in note for note in world.notes)


def test_capacity_is_known_or_left_open(world: World, tables: Tables):
    given = tables["capacity"].set_index(["good", "iso3"]).quantity
    known = world.nodes.capacity.dropna()
    assert set(known.index) <= set(given.index)
    assert (known >= world.nodes.output[known.index]).all()


def test_goods_stand_in_topological_order(world: World):
    place = {good: n for n, good in enumerate(world.goods.index)}
    assert all(place[used] < place[good] for good, used in world.recipes.index)
    hosted = world.goods.host[world.goods.host != ""]
    assert all(place[host] < place[good] for good, host in hosted.items())


def test_building_twice_gives_the_same(world: World, tables: Tables):
    assert build_world(tables, load_model("pax_silica")).hash == world.hash


# -- conflicting sources ----------------------------------------------------------
@pytest.fixture(scope="module", params=["low", "high"])
def end(request: pytest.FixtureRequest, tables: Tables) -> tuple[str, World]:
    conflicts: Conflicts = request.param
    built = build_world(tables, load_model("pax_silica"), conflicts=conflicts)
    return request.param, built


def test_conflicts_keep_the_total_of_a_split_in_per_cent(
    end: tuple[str, World], world: World
):
    _, other = end
    split = world.goods.index[world.goods.unit == "% of world"]
    pd.testing.assert_series_equal(
        other.goods.total[split], world.goods.total[split], rtol=1e-12
    )


def test_conflicts_in_tonnes_move_one_cell_and_the_total_by_as_much(
    end: tuple[str, World], world: World
):
    _, other = end
    target = world.model.scope.target
    plain = world.goods.index[
        (world.goods.unit != "% of world") & (world.goods.kit == 0)
    ]
    for good in plain:
        if (good, target) in world.nodes.index and "unallocated_share:" + good not in (
            world.model.assumptions
        ) and not _on_top(world, good):
            cell = other.nodes.output[good, target] - world.nodes.output[good, target]
            total = other.goods.total[good] - world.goods.total[good]
            assert cell == pytest.approx(total, abs=1e-9 * world.goods.total[good])


def test_conflicts_put_the_target_at_its_end_or_say_why_not(
    end: tuple[str, World], tables: Tables
):
    side, other = end
    target = other.model.scope.target
    rows = tables["production"]
    rows = rows[(rows.iso3 == target) & rows[side].notna()]
    assert "germanium" in set(rows.good)
    noted = " ".join(other.notes)
    listed = _listed(other)
    for r in rows.itertuples():
        held = float(listed.get((r.good, target), 0.0))
        reached = held == pytest.approx(getattr(r, side), rel=1e-12, abs=1e-12)
        assert reached or r.good in noted, (r.good, held, getattr(r, side))


def test_conflicts_scale_the_rest_alike(end: tuple[str, World], world: World):
    _, other = end
    target = world.model.scope.target
    rest = _listed(world).loc["germanium"].drop(target)
    ratio = _listed(other).loc["germanium"].drop(target) / rest
    assert float(ratio.max() - ratio.min()) <= 1e-12
    assert ratio.iloc[0] != pytest.approx(1)


def test_conflicts_leave_other_goods_alone(end: tuple[str, World], world: World):
    _, other = end
    for good in ("gallium", "helium", "hf_high_purity", "electric_car"):
        pd.testing.assert_series_equal(
            other.nodes.output.loc[good], world.nodes.output.loc[good]
        )


def test_germanium_travels_as_a_range(end: tuple[str, World]):
    side, other = end
    end_of = {"low": 60.0, "high": 95.0}
    assert _listed(other)["germanium", "CHN"] == pytest.approx(end_of[side])


# -- unallocated output -----------------------------------------------------------
@pytest.mark.parametrize(
    ("good", "share"),
    [("memory", 0.0), ("memory", 0.25), ("logic_advanced", 0.13)],
)
def test_unallocated_share_has_the_right_size(
    tables: Tables, world: World, good: str, share: float
):
    model = world.model.with_values({f"unallocated_share:{good}": share})
    other = build_world(tables, model)
    made = other.nodes.output.loc[good]
    held = float(made.get(UNALLOCATED, 0.0))
    assert held / made.sum() == pytest.approx(share, abs=1e-12)
    assert other.goods.total[good] == pytest.approx(made.sum(), rel=1e-12)
    rest = made.drop(UNALLOCATED, errors="ignore")
    pd.testing.assert_series_equal(
        rest, world.nodes.output.loc[good].drop(UNALLOCATED, errors="ignore"),
        check_exact=True,
    )
    assert float(other.residuals.residual.max()) <= MARGIN


@pytest.mark.parametrize("share", [-0.5, 1.0, 1.5, math.nan])
def test_unallocated_share_outside_its_domain(
    tables: Tables, world: World, share: float
):
    name = "unallocated_share:memory"
    with pytest.raises((ScenarioError, DataError), match=name):
        build_world(tables, world.model.with_values({name: share}))


# -- scope ------------------------------------------------------------------------
def test_a_smaller_scope_keeps_the_figures(tables: Tables, world: World):
    chain = ("bauxite", "alumina", "gallium", "gaas_wafer")
    small = build_world(tables, world.model.revised(goods=chain))
    assert set(small.goods.index) == set(chain)
    for good in chain:
        pd.testing.assert_series_equal(
            small.nodes.output.loc[good], world.nodes.output.loc[good]
        )
    assert float(small.residuals.residual.max()) <= MARGIN
