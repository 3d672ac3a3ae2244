"""Each constraint family as readable text, and programs solved by hand.

A baseline is what Pyomo's LP writer makes of one family on the tiny world
:func:`worlds.one_of_each`. After an intended change write them anew with

    SUPPLYCHAIN_WRITE_BASELINES=1 pytest tests/optimize/test_families.py

and read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from worlds import one_chain, one_of_each

from supplychain.optimize.program import FAMILIES, Weights, block_values, world_program
from supplychain.optimize.response import Bounds, Response

BASELINES = Path(__file__).parent.parent / "baselines"
ONE_BLOCK = Weights(blocks=1, slope=3.0, other=10.0)
# A family that is stated as bounds shows only where some row names its variables.
WITH_ROWS = {"capacity": ("shipment", "capacity"), "access": ("shipment", "access")}


def text(model, folder):
    """Return a program as Pyomo's LP writer puts it, with symbolic names."""
    path = folder / "program.lp"
    model.write(str(path), io_options={"symbolic_solver_labels": True})
    return path.read_text(encoding="utf-8")


def same_as_baseline(name, found):
    """Compare with the stored text, or store it where that is asked for."""
    path = BASELINES / f"{name}.lp"
    if os.environ.get("SUPPLYCHAIN_WRITE_BASELINES"):
        path.write_text(found, encoding="utf-8")
    return found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_reads_as_its_baseline(family, tmp_path):
    families = WITH_ROWS.get(family, (family,))
    model = world_program(one_of_each().network, ONE_BLOCK, families=families)
    assert same_as_baseline(family, text(model, tmp_path))


def test_the_deviation_from_the_baseline_reads_as_its_baseline(tmp_path):
    model = world_program(
        one_of_each().network, ONE_BLOCK, families=(), proximal=True
    )
    assert same_as_baseline("deviation", text(model, tmp_path))


def test_every_baseline_belongs_to_a_family():
    stored = {path.stem for path in BASELINES.glob("*.lp")}
    assert stored == {*FAMILIES, "deviation"}


# -- solved by hand --------------------------------------------------------------------
# Magnets need ore one to one; without CHN's 60, AUS's 40 are left of 100.
HALT = Bounds(flow={("ore", "CHN", "JPN"): 0.0})


def response(blocks=1):
    return Response(one_chain().network, Weights(blocks, slope=3.0, other=10.0))


def value(run, bounds):
    """Return the L1 objective, which the session minimizes with its sign turned."""
    return -run.solve(bounds).objective


def test_block_values_fall_from_the_first_unit_to_the_last():
    assert block_values(4, 3.0) == pytest.approx([3.625, 2.875, 2.125, 1.375])
    assert block_values(1, 3.0) == [2.5]


def test_the_objective_is_what_is_served_times_its_weight():
    run = response()
    assert value(run, Bounds({})) == pytest.approx(100 * 2.5)
    assert value(run, HALT) == pytest.approx(40 * 2.5)


def test_the_first_block_of_demand_is_served_first():
    assert value(response(blocks=2), HALT) == pytest.approx(40 * 3.25)


def test_the_share_served_is_one_number_where_the_optimum_is_unique():
    served = response().serve(HALT, {"japan": ("JPN",)})
    found = served.groups["japan"]
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.4, 0.4))


@pytest.mark.parametrize(("kind", "name", "price"), [
    ("reduced_cost", ("q", "ore", "AUS"), -2.5),
    ("dual", ("feedstock", "ore", "magnet", "JPN"), -2.5),
    ("dual", ("balance", "ore", "JPN"), -2.5),
    ("reduced_cost", ("x", "ore", "CHN", "JPN"), -2.5),
    ("reduced_cost", ("q", "magnet", "JPN"), 0.0),
])
def test_a_unit_more_of_ore_is_worth_the_magnet_that_it_makes(kind, name, price):
    run = response()
    solution = run.solve(HALT)
    place = run.program.column if kind == "reduced_cost" else run.program.row
    assert getattr(solution, kind)[place[name]] == pytest.approx(price)


def test_the_dual_of_capacity_is_the_slope_on_both_sides():
    run = response()
    step = 1.0

    def at(ore):
        return value(run, Bounds(HALT.flow, output={("ore", "AUS"): ore}))

    assert (at(40 + step) - at(40)) / step == pytest.approx(2.5)
    assert (at(40) - at(40 - step)) / step == pytest.approx(2.5)


def test_what_binds_is_named_with_its_worth():
    served = response().serve(HALT, {})
    assert ("capacity", ("ore", "AUS"), pytest.approx(100.0)) in served.binding


def test_stock_replaces_what_does_not_arrive():
    found = value(response(), Bounds(HALT.flow, stock={("ore", "JPN"): 10.0}))
    assert found == pytest.approx(50 * 2.5)
