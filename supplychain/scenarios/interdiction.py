"""Worst-case interdiction of the world: which few nodes to lose hurts most.

By product chain (what of the world's need of one good can still be met, its chain
coming before every other use) and for the whole network (what of the world's final
value can). Trade is that of one year: access caps C4 at recorded statuses, the same
with channels off, or free. No shock acts: the target neither halts sales nor raises
them, except under free trade, where nothing is capped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.optimize.attacker import worth_of_nodes
from supplychain.optimize.compiled import Program, compile_program
from supplychain.optimize.dependency import restricted
from supplychain.optimize.interdiction import Interdiction
from supplychain.optimize.program import Weights, world_program
from supplychain.optimize.response import Bounds, bounded
from supplychain.scenarios.attackable import (
    MIN_COVERAGE,
    MIN_PRODUCERS,
    countries,
    known_well_enough,
)
from supplychain.scenarios.batch import run_batch
from supplychain.scenarios.chains import compiled_world
from supplychain.scenarios.levers import Levers
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from supplychain.scenarios.batch import Progress
    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = [
    "NETWORK",
    "Channels",
    "InterdictionResults",
    "Task",
    "attack",
    "interdict",
    "problem",
]

NETWORK = "final products"
"""Stands for the whole network where the chain of a good is asked for."""

Channels = Literal["central", "off", "free"]
Target = Literal["held", "as_others"]
COLUMNS = ("good", "channels", "target", "country", "spared", "k", "attacked", "value",
           "bound", "gap", "proved", "seconds", "nodes", "goods_left_out", "unit")


@dataclass(frozen=True)
class Task:
    """One chain, or the whole network, to attack.

    Attributes
    ----------
    good : str
        Whose chain, or :data:`NETWORK`.
    channels : {"central", "off", "free"}
        Access caps at recorded statuses, with channels off, or none at all.
    target : {"held", "as_others"}
        Whether the model's target trades no more than at baseline.
    most : int
        Largest k.
    allowed : tuple of str
        Goods whose nodes may be attacked.
    country : str or None
        Only this country's nodes; None: any.
    spared : tuple of str
        Countries whose nodes may not be attacked.
    time_limit : float
        For each k [s].
    """

    good: str
    channels: Channels
    target: Target
    most: int
    allowed: tuple[str, ...]
    country: str | None
    spared: tuple[str, ...]
    time_limit: float


@dataclass(frozen=True)
class InterdictionResults:
    """What the worst attacks leave, and what could not be attacked.

    Attributes
    ----------
    attacks : pandas.DataFrame
        good, channels, target, country and spared (limits of the attacker), k,
        attacked, value, bound, gap, proved, seconds, nodes (how many could be
        attacked), goods_left_out (how many of the chain could not), unit.
    left_out : pandas.DataFrame
        good, reason, share_allocated, listed_producers, unit.
    """

    attacks: pd.DataFrame
    left_out: pd.DataFrame

    def __str__(self) -> str:
        shown = ["good", "channels", "k", "value", "gap", "proved", "attacked"]
        text = self.attacks[shown].to_string(index=False, float_format="{:.4f}".format)
        return f"{text}\nleft out: {len(self.left_out)} goods"


def problem(world: World, task: Task) -> Interdiction:
    r"""Return the program of a task and the nodes that may be attacked.

    The chain of a good g is asked for

    .. math:: \min_z \max \sum_d y_{dg} / \sum_d N_{dg}

    over g's upstream closure, nobody outside it claiming anything; the network for
    :math:`\sum_{d,g\,final} \omega_g y_{dg}` over its baseline, linear: each unit
    weighs the same and other uses weigh nothing.

    Parameters
    ----------
    world : World
    task : Task

    Returns
    -------
    Interdiction
        Values are shares of the baseline need, or of final value [1].
    """
    net = world.network
    program = _network(net) if task.good == NETWORK else _chain(net, task.good)
    low, high = bounded(program, _bounds(world, task).within(program))
    program = replace(program, low=low, high=high)
    best: dict[str, float] = {}
    for name, cost in zip(program.columns, program.cost, strict=True):
        if cost < 0:
            best[name[1]] = max(best.get(name[1], 0.0), -float(cost))
    exposed = {task.country} if task.country else countries(world)
    exposed = exposed - {*task.spared}
    return Interdiction(program, {
        ("q", g, c): m for (g, c), m in worth_of_nodes(net, best).items()
        if ("q", g, c) in program.column and g in task.allowed and c in exposed
    })


def attack(world: World, task: Task) -> list[dict[str, object]]:
    """Return the worst attacks of one task, a row for each k.

    Parameters
    ----------
    world : World
    task : Task

    Returns
    -------
    list of dict
        Rows of :attr:`InterdictionResults.attacks`.
    """
    net, whole = world.network, task.good == NETWORK
    run = problem(world, task)
    inside = net.goods if whole else net.upstream[task.good]
    return [
        {
            "good": task.good, "channels": task.channels, "target": task.target,
            "country": task.country or "any", "spared": ";".join(task.spared),
            "k": a.k, "attacked": "; ".join("|".join(n[1:]) for n in a.removed),
            "value": a.value, "bound": a.bound, "gap": a.gap, "proved": a.proved,
            "seconds": a.seconds, "nodes": len(run.worth),
            "goods_left_out": sum(g not in task.allowed for g in inside),
            "unit": "share of baseline final value (0-1)" if whole
            else "share of baseline need (0-1)",
        }
        for a in run.attacks(task.most, time_limit=task.time_limit)
    ]


def _bounds(world: World, task: Task) -> Bounds:
    """Return the trade rule: no shock, C4 or no caps."""
    levers, off = Levers(world), task.channels == "off"
    if task.channels == "free" or task.target == "as_others":
        return levers.calm(world, off=off, free=task.channels == "free")
    return levers.bounds(world, None, 0.0, off=off)


def _network(net: Network) -> Program:
    """Return the world program whose optimum is the share of final value served."""
    program = compile_program(world_program(net, Weights(1, 0.0, 0.0)))
    return replace(program, cost=program.cost / 100.0)


def _chain(net: Network, good: str) -> Program:
    """Return the chain of a good whose optimum is the share of need that is met."""
    program = restricted(compiled_world(net), net, good)
    need, cost = net.need[good], np.zeros(len(program.columns))
    high, total = program.high.copy(), sum(net.need[good].values())
    for i in program.positions["take"]:
        _, k, c = program.columns[i]
        if k == good:
            high[i], cost[i] = need[c], -1.0 / total
    return replace(program, cost=cost, high=high)


def interdict(
    world: World,
    goods: Sequence[str] | None = None,
    *,
    most: int = 3,
    channels: Sequence[Channels] = ("central", "off"),
    target: Target = "as_others",
    country: str | None = None,
    spared: Collection[str] = (),
    min_coverage: float = MIN_COVERAGE,
    min_producers: int = MIN_PRODUCERS,
    time_limit: float = 20.0,
    network_limit: float = 120.0,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> InterdictionResults:
    """Find the worst attacks on product chains and on the whole network.

    Parameters
    ----------
    world : World
    goods : sequence of str, optional
        Goods whose chains are attacked; :data:`NETWORK` stands for the whole
        network. By default every final product, and the network.
    most : int
        Largest number of nodes removed.
    channels : sequence of {"central", "off", "free"}
        Access caps C4 at recorded statuses, with channels off, or none at all.
    target : {"held", "as_others"}
        Whether the model's target trades no more than at baseline, as it does in
        every shock, or re-routes within C4 like everybody.
    country : str, optional
        Limit the attack to this country's nodes.
    spared : collection of str
        Countries whose nodes may not be attacked.
    min_coverage, min_producers : float, int
        What must be known of a good that may be attacked
        (:func:`supplychain.scenarios.attackable.known_well_enough`).
    time_limit, network_limit : float
        For each k of a chain, and of the whole network [s]; a value that is not
        proved in time is printed with its bound.
    executor, progress, keep
        See :func:`supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    InterdictionResults

    Raises
    ------
    ScenarioError
        If a good, a country or an option is unknown.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = interdict(load_world(), ["si_wafer"], most=1, channels=["off"])
    >>> found.attacks[["k", "proved"]].values.tolist()
    [[0, True], [1, True]]
    """
    net = world.network
    asked = tuple(goods) if goods is not None else (
        *(g for g in net.goods if g in net.finals), NETWORK,
    )
    _known("good", asked, {*net.goods, NETWORK})
    _known("country", [*spared, *([country] if country else [])], countries(world))
    _known("channels", channels, set(get_args(Channels)))
    _known("target", [target], set(get_args(Target)))
    allowed, left_out = known_well_enough(
        world, min_coverage=min_coverage, min_producers=min_producers
    )
    tasks = [
        Task(g, c, target, most, allowed, country, tuple(sorted(spared)),
             network_limit if g == NETWORK else time_limit)
        for g in asked for c in channels
    ]
    found = run_batch(
        world, attack, tasks, executor=executor, progress=progress, keep=keep,
        title="interdiction",
    )
    rows = [row for part in found for row in part]
    return InterdictionResults(pd.DataFrame(rows, columns=list(COLUMNS)), left_out)


def _known(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ScenarioError(f"no {what} {name!r}; {nearest(name, known)}")
