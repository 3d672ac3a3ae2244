"""How long the steps of a run take; nothing is asserted about time.

In scope: reading, building, stating, solving and the ladder, each on the shipped
world. Out of scope: figures, reports, and HiGHS itself. Run with

    pytest tests/benchmarks -m benchmark
"""

from __future__ import annotations

import pytest

from supplychain.home import data_dir
from supplychain.optimize.response import Bounds, Response, weights_of
from supplychain.scenarios.chains import chains
from supplychain.scenarios.ladder import Cell, Ladder, ladder_cells
from supplychain.scenarios.levers import Levers
from supplychain.tables.reader import read_tables
from supplychain.world.build import build_world

pytestmark = pytest.mark.benchmark
FEW = {"rounds": 3, "iterations": 1}


def test_load(benchmark):
    tables = benchmark.pedantic(read_tables, (data_dir(),), **FEW)
    assert len(tables["production"])


def test_calibrate(benchmark, tables, world):
    built = benchmark.pedantic(build_world, (tables, world.model), **FEW)
    assert built.hash == world.hash


def test_build_and_solve_one_program(benchmark, world):
    net, weights = world.network, weights_of(world)
    found = benchmark(lambda: Response(net, weights).solve(Bounds({})))
    assert found.objective < 0


def test_solve_again(benchmark, world):
    """Two halts in turn, so that each solve starts from another optimum."""
    levers, run = Levers(world), Response(world.network, weights_of(world))
    shocks = [levers.bounds(world, levers.shock(s), 0.75)
              for s in ("halt_country", "halt_alliance")]

    def both():
        return [run.solve(bounds).objective for bounds in shocks]

    assert len(benchmark(both)) == 2


def test_one_cell_with_its_ranges(benchmark, world):
    run = Ladder(world)
    cell = Cell("A", "central", False, "halt_alliance", 0.75, "full")
    assert benchmark(run.serve, cell).groups


def test_the_ladder(benchmark, world):
    cells = ladder_cells(world)
    found = benchmark.pedantic(lambda: Ladder(world).run(cells), rounds=1)
    assert len(found.rows)


def test_dependency(benchmark, world):
    found = benchmark.pedantic(chains, (world,), rounds=1)
    assert len(found.dependency)
