"""N-1: what the world loses when one node stops, and what capacity is worth.

Each node (good, country) is taken out for the year, one at a time, under the access
caps of the year. Beside it stand the same loss without any membership, and with trade
free: what remains then is scarce capacity, the rest is access.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supplychain.ids import NOBODY, ROW, UNALLOCATED
from supplychain.optimize.response import Bounds, Range, shared_response
from supplychain.scenarios.batch import Progress, chunks, run_batch
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.parse import CALM, parse_shock
from supplychain.views import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from supplychain.world.world import World

__all__ = ["Chokepoints", "capacity_worth", "n_minus_1"]

Node = tuple[str, str]
MODES: Mapping[str, Mapping[str, bool]] = {
    "central": {}, "off": {"off": True}, "free": {"free": True},
}
"""Channels as recorded, no membership at all, and trade without caps."""
_PARTS = 24
_WORLD = "world"


@dataclass(frozen=True)
class Chokepoints:
    """What each node's loss costs.

    Attributes
    ----------
    nodes : pandas.DataFrame
        Worst first: good, country, where it lies (alliance, target, other), share of
        world output, value of final products lost in the world as recorded (``loss``),
        without any membership (``loss_off``) and with free trade (``loss_free``), each
        with its least and most over the optimal face [share of baseline, 0-1].
    detail : pandas.DataFrame
        For the worst: loss by reference group and by product.
    shock : str
        Under which the node stops.
    severity : float
    world : World
        On which it was computed.
    plot : Plots
        Its figures; see :class:`supplychain.report.accessors.Plots`.
    """

    nodes: pd.DataFrame
    detail: pd.DataFrame
    shock: str
    severity: float
    world: World

    plot = View()

    def __repr__(self) -> str:
        return f"Chokepoints({len(self.nodes)} nodes, shock {self.shock})"


def _without(bounds: Bounds, node: Node) -> Bounds:
    return replace(bounds, output={**bounds.output, node: 0.0})


def _bounds(world: World, task: tuple[str, str, float]) -> Bounds:
    mode, shock, severity = task
    world, found = parse_shock(world, shock)
    levers = Levers(world)
    if found is None:
        return levers.calm(world, **MODES[mode])
    return levers.bounds(world, found, severity, **MODES[mode])


Task = tuple[str, str, float, tuple[Node, ...]]
# Without a shock all demand is served, so that the program cannot lose less than
# the final products lose: a smaller drop of its value needs no further solve [%].
_NOTHING = 1e-3


def _losses(world: World, task: Task) -> list[list[float]]:
    """Return least and most served without each of some nodes; a batch's job."""
    mode, shock, severity, nodes = task
    response = shared_response(world)
    bounds = _bounds(world, (mode, shock, severity))
    groups = {_WORLD: world.places}
    base = response.serve(bounds, groups)
    full = base.groups[_WORLD]
    found = [[full.low, full.high]]
    for good, country in nodes:
        without = _without(bounds, (good, country))
        if shock == CALM:
            drop = response.solve(without).objective - base.solution.objective
            if drop < _NOTHING:
                found.append([full.low - max(drop, 0.0) / 100.0, full.high])
                continue
        left = response.serve(without, groups).groups[_WORLD]
        found.append([left.low, left.high])
    return found


def _detail(world: World, task: Task) -> list[list[Any]]:
    """Return who and what loses without each of some nodes; a batch's job."""
    mode, shock, severity, nodes = task
    response = shared_response(world)
    bounds = _bounds(world, (mode, shock, severity))
    labels = group_labels(world)
    everyone = {_WORLD: world.places}
    base = response.serve(bounds, world.groups, products=everyone)
    rows: list[list[Any]] = []
    for good, country in nodes:
        without = _without(bounds, (good, country))
        served = response.serve(without, world.groups, products=everyone)
        rows += [
            [good, country, "group", labels[key], *_lost(b, served.groups[key])]
            for key, b in base.groups.items()
        ]
        rows += [
            [good, country, "product", key[1], *_lost(b, served.products[key])]
            for key, b in base.products.items()
        ]
    return rows


def _lost(before: Range, after: Range) -> tuple[float, float, float]:
    low = max(0.0, before.low - after.high)
    high = max(low, before.high - after.low)
    return (low + high) / 2, low, high


def n_minus_1(
    world: World,
    *,
    shock: str = CALM,
    severity: float | None = None,
    detail: int = 25,
    nodes: Iterable[Node] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> Chokepoints:
    r"""Take out each node in turn and return what the world loses.

    .. math:: loss_n = V(K) - V(K \mid K_n = 0)

    with V the value of the final products served in the whole world, read over the
    optimal face of L1.

    Parameters
    ----------
    world : World
    shock : str
        Under which the node stops; none by default, see
        :func:`~supplychain.scenarios.parse.parse_shock`.
    severity : float, optional
        Of the shock, 0..1; the model's central one.
    detail : int
        For how many of the worst nodes groups and products are told apart.
    nodes : iterable of (good, country), optional
        All with output by default. Aggregates are among them: a node of the rest of
        the world, or of output that no source allocates, is no country.
    executor, progress, keep
        See :func:`~supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    Chokepoints

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = n_minus_1(load_world(), nodes=[("gallium", "CHN")], detail=0)
    >>> bool(found.nodes.loss[0] >= found.nodes.loss_free[0] - 1e-9)
    True
    """
    severity = world.model.severities.central if severity is None else severity
    net = world.network
    made = [n for n in net.output if net.output[n] > 0]
    asked = made if nodes is None else list(nodes)
    parts = chunks(asked, min(_PARTS, -(-len(asked) // 4)))
    tasks: list[Task] = [
        (mode, shock, severity, part) for mode in MODES for part in parts
    ]
    found = run_batch(world, _losses, tasks, executor=executor, progress=progress,
                      keep=keep, title="one node at a time")
    lost: dict[tuple[str, Node], tuple[float, float, float]] = {}
    for (mode, _, _, part), (base, *rest) in zip(tasks, found, strict=True):
        before = Range(base[0], *base)
        for node, r in zip(part, rest, strict=True):
            lost[mode, node] = _lost(before, Range(r[0], *r))
    rows = [_row(world, node, {m: lost[m, node] for m in MODES}) for node in asked]
    table = pd.DataFrame(rows).sort_values(
        ["loss", "good", "country"], ascending=[False, True, True], ignore_index=True
    )
    worst = list(zip(table.good[:detail], table.country[:detail], strict=True))
    more: list[Task] = [
        ("central", shock, severity, part) for part in chunks(worst, 4)
    ]
    told = run_batch(world, _detail, more, executor=executor, progress=progress,
                     keep=keep, title="who loses")
    columns = ["good", "country", "kind", "of", "loss", "loss_min", "loss_max"]
    apart = pd.DataFrame([r for rs in told for r in rs], columns=columns)
    unit = "share of baseline (0-1)"
    return Chokepoints(
        table.assign(shock=shock, severity=severity, unit=unit),
        apart.assign(unit=unit), shock, severity, world,
    )


def _row(
    world: World, node: Node, lost: Mapping[str, tuple[float, float, float]]
) -> dict[str, object]:
    good, country = node
    row: dict[str, object] = {
        "good": good, "country": country, "lies_in": lies_in(world, country),
        "share": world.network.output[node] / 100.0,
    }
    for mode, (middle, low, high) in lost.items():
        name = "loss" if mode == "central" else f"loss_{mode}"
        row |= {name: middle, f"{name}_min": low, f"{name}_max": high}
    return row


def lies_in(world: World, country: str) -> str:
    """Tell where a node lies: in the alliance, the target, or elsewhere.

    Parameters
    ----------
    world : World
    country : str

    Returns
    -------
    {"alliance", "target", "country", "nobody", "other"}
        ``country`` is the one studied; ``nobody`` an aggregate.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> [lies_in(load_world(), c) for c in ("JPN", "CHN", "IND", "ROW", "BRA")]
    ['alliance', 'target', 'country', 'nobody', 'other']
    """
    scope = world.model.scope
    if country in {ROW, UNALLOCATED, NOBODY}:
        return "nobody"
    if country == scope.target:
        return "target"
    if country == scope.country:
        return "country"
    return "alliance" if country in world.incumbents else "other"


def capacity_worth(
    world: World, *, shock: str, severity: float | None = None, count: int = 40
) -> pd.DataFrame:
    """Return where capacity binds under a shock, and what it is worth at the margin.

    Parameters
    ----------
    world : World
    shock : str
    severity : float, optional
    count : int
        How many nodes, those with the largest dual.

    Returns
    -------
    pandas.DataFrame
        good, country, lies_in, left and right: value of the program lost per one per
        cent of the good's world output less, and gained per one per cent more
        [% of the program's value without a shock]. They differ where the optimum is
        degenerate.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = capacity_worth(load_world(), shock="halt_everyone", count=3)
    >>> bool((found.right <= found.left + 1e-12).all())
    True
    """
    severity = world.model.severities.central if severity is None else severity
    response = shared_response(world)
    calm = -response.solve(_bounds(world, ("central", CALM, severity))).objective
    bounds = _bounds(world, ("central", shock, severity))
    solution = response.solve(bounds)
    program = response.program
    at = program.positions["q"]
    order = at[np.argsort(solution.reduced_cost[at])]
    nodes = [(n[1], n[2]) for n in (program.columns[i] for i in order[:count])]
    found = response.sided_duals(bounds, nodes)
    rows = [
        {
            "good": g, "country": c, "lies_in": lies_in(world, c),
            "left": 100 * left / calm, "right": 100 * right / calm,
            "unit": "% of the program's value per 1 % of the good's world output",
        }
        for (g, c), (left, right) in found.items() if left > 0
    ]
    columns = ["good", "country", "lies_in", "left", "right", "unit"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["left", "good", "country"], ascending=[False, True, True], ignore_index=True
    )
