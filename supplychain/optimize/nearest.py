"""L2: among the optima of a response, the one nearest to the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.optimize.compiled import Program, Session, Solution, compile_program
from supplychain.optimize.program import Weights, world_program
from supplychain.optimize.response import Bounds, Response, bounded, weights_of

if TYPE_CHECKING:
    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = ["baseline_deviation", "nearest_flows"]


def baseline_deviation(world: World, bounds: Bounds) -> dict[str, float]:
    """Return how far L1 then L2 ends from the baseline, by variable.

    Parameters
    ----------
    world : World
    bounds : Bounds
        No shock: the deviation is 0 by construction (proposition P14).

    Returns
    -------
    dict of str to float
        Largest absolute deviation of flows and outputs [% of world baseline].
    """
    net = world.network
    weights = weights_of(world)
    first = Response(net, weights)
    served = first.solve(bounds)
    flows = nearest_flows(net, weights, bounds, first.program, served)
    flow = max(
        (abs(v - net.flow.get(a, 0.0)) for a, v in flows.items()), default=0.0
    )
    output: dict[tuple[str, str], float] = {}
    for (g, i, _), v in flows.items():
        output[g, i] = output.get((g, i), 0.0) + v
    gap = max((abs(v - net.output[n]) for n, v in output.items()), default=0.0)
    return {"flow": flow, "output": gap}


def nearest_flows(
    net: Network, weights: Weights, bounds: Bounds, program: Program, served: Solution
) -> dict[tuple[str, str, str], float]:
    """Solve L2: the optimal flows nearest to the baseline.

    What L1 served is kept for each country and good (a slack on the total
    would drop whole goods).

    Parameters
    ----------
    net : Network
    weights : Weights
    bounds : Bounds
    program : Program
        The L1 program.
    served : Solution
        Its optimum.

    Returns
    -------
    dict of (good, exporter, importer) to float
        Flows [% of world baseline].
    """
    second = compile_program(world_program(net, weights, proximal=True))
    session = Session(second)
    low, high = bounded(second, bounds)
    for name, i in second.column.items():
        if name[0] == "u":
            high[i] = max(0.0, float(served.x[program.column[name]])) + 1e-10
    session.set_bounds(low, high)
    found = session.solve()
    return {
        (name[1], name[2], name[3]): float(found.x[i])
        for name, i in second.column.items()
        if name[0] == "x"
    }
