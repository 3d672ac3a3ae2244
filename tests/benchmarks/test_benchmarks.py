"""How long the steps of a run take; nothing is asserted about time.

In scope: reading, building, stating, solving, the ladder and the decisions, each on
the shipped world, and the ratio of the batch jobs to two baselines measured in the
same run: raw highspy on the same arrays, and building the Pyomo model each time. Out
of scope: figures, reports, and HiGHS itself. Run with

    pytest tests/benchmarks -m benchmark -n 0 -s
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import highspy
import numpy as np
import pytest

from supplychain.home import data_dir
from supplychain.optimize.compiled import solver_program
from supplychain.optimize.response import Bounds, Response, bounded, weights_of
from supplychain.scenarios.chains import chains
from supplychain.scenarios.chokepoints import n_minus_1
from supplychain.scenarios.coalition import coalition_game
from supplychain.scenarios.interdiction import interdict
from supplychain.scenarios.ladder import Cell, Ladder, ladder_cells
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.players import players_of
from supplychain.scenarios.whatif import what_if
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


# -- ratios: the same solves by three paths --------------------------------------------
def _nodes(world, count):
    """Nodes of all sizes, the same in every run."""
    made = sorted(n for n, q in world.network.output.items() if q > 0)
    return made[:: max(1, len(made) // count)][:count]


def _jobs(world):
    """Bounds of the re-solves of each batch job, by name."""
    levers = Levers(world)
    calm, halt = levers.calm(world), levers.shock("halt_everyone")
    shocked = levers.bounds(world, halt, 0.75)
    rungs = [world.with_statuses({world.model.scope.country: rung})
             for rung in world.model.scope.rungs]
    members = [world.with_statuses({c: "excluded"}) for c in world.incumbents[:20]]
    return {
        "N-1": [replace(calm, output={n: 0.0}) for n in _nodes(world, 150)],
        "what-ifs": [
            levers.bounds(w, halt, s) for w in rungs for s in (0.25, 0.5, 0.75, 1.0)],
        "members": [levers.bounds(w, halt, 0.75) for w in members],
        "outages under a halt": [
            replace(shocked, output={n: 0.0}) for n in _nodes(world, 60)],
    }


def _raw(program, jobs):
    """Solve each job in plain highspy, warm, on the same arrays; no audit.

    Like ours it has solved the first one before the clock starts.
    """
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("threads", 1)
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        h.setOptionValue(name, 1e-9)
    h.passModel(solver_program(program))
    at = np.arange(len(program.low), dtype=np.int32)
    values = []
    for n, (low, high) in enumerate([jobs[0], *jobs]):
        if n == 1:
            began = perf_counter()
        h.changeColsBounds(len(at), at, low, high)
        h.run()
        values.append(h.getObjectiveValue())
    return values[1:], perf_counter() - began


@pytest.mark.parametrize("job", ["N-1", "what-ifs", "members", "outages under a halt"])
def test_ratio_to_raw_highspy_and_to_pyomo(world, job):
    """Our path does what raw highspy does, and audits; Pyomo is stated anew."""
    bounds = _jobs(world)[job]
    run = Response(world.network, weights_of(world))
    arrays = [bounded(run.program, b) for b in bounds]
    run.solve(bounds[0])

    began = perf_counter()
    ours = [run.solve(b).objective for b in bounds]
    mine = perf_counter() - began

    raw, plain = _raw(run.program, arrays)
    assert ours == pytest.approx(raw, rel=1e-6)

    few = bounds[:3]
    began = perf_counter()
    anew = [Response(world.network, weights_of(world)).solve(b).objective for b in few]
    rebuilt = (perf_counter() - began) / len(few) * len(bounds)
    assert anew == pytest.approx(ours[:3], rel=1e-6)

    print(  # noqa: T201
        f"\n{job}: {len(bounds)} solves, {1e3 * mine / len(bounds):.1f} ms each; "
        f"{mine / plain:.2f} of raw highspy, {rebuilt / mine:.0f} times as fast as "
        "building the model each time"
    )


def test_n_minus_1_over_all_nodes(benchmark, world):
    found = benchmark.pedantic(lambda: n_minus_1(world), rounds=1)
    assert len(found.nodes) > 900


def test_exact_shapley_of_ten_players(benchmark, world):
    players = players_of(world, candidates=False)
    found = benchmark.pedantic(lambda: coalition_game(world, players=players), rounds=1)
    assert len(found.players) == 10


def test_interdiction_of_one_chain(benchmark, world):
    found = benchmark.pedantic(
        lambda: interdict(world, ["smartphone"], channels=["central"]), rounds=1)
    assert found.attacks.proved.all()


def test_one_what_if_in_a_session(benchmark, world):
    change = {"pax_silica.IND": "excluded"}
    found = benchmark.pedantic(lambda: what_if(world, change), rounds=3)
    assert len(found.rows)
