"""One frontier's study: its program, axes, breakpoints, marks and stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.measures.dependency import direct, weighted
from supplychain.optimize.breakpoints import Point, breakpoints
from supplychain.optimize.frontier import (
    Requirement,
    Tradeoff,
    frontier_program,
    requirement,
)
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.plants import (
    ELSEWHERE,
    Values,
    listed_sites,
    premium_of,
    sites,
    stage_values,
)
from supplychain.tables.model_parts import LAST_YEAR, ProjectRule
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = [
    "CAPACITY", "FULL", "OFF", "FrontierTask", "Study", "limit_of", "mark_table",
    "point_table", "stage_table",
]

Node = tuple[str, str]
OFF = "channels off"
FULL = "full"
CAPACITY = "capacity"
LOW = "low"
HIGH = "high"
# A cap is solved this far inside, so that rounding leaves a solution [1].
_EDGE = 1e-7
_OF_COST = "% of the chain's cost"
_OF_STAGE = "% of one stage of the chain"
_POINT_COLUMNS = (
    "good", "group", "stages", "membership", "axis", "bound", "share", "value",
    "slope", "reachable", "unit",
)


@dataclass(frozen=True)
class FrontierTask:
    """One frontier of a batch; the fields are those of :func:`frontier`."""

    good: str
    chain: bool = True
    group: str = "world_outside_target"
    where: str = "world_outside_target"
    caps: tuple[float, ...] = ()
    year: int = 2030
    rule: ProjectRule = "under_construction"


@lru_cache(maxsize=4)
def _listed(world: World, year: int, rule: ProjectRule) -> Network:
    """Return the network with the projects of a year; a hand-made world has its own."""
    return world.network if world.tables is None else world.at_year(year, rule).network


@dataclass(frozen=True)
class Study:
    """One task on one world: everything that its solves share."""

    world: World
    task: FrontierTask
    label: str
    need: Requirement
    where: Mapping[Node, float]
    by_year: Mapping[Node, float]
    values: Values
    closed: float
    curve: Tradeoff

    @classmethod
    def of(cls, world: World, task: FrontierTask) -> Study:
        """State and compile the program of a task, after checking its names."""
        task = _checked(world, task)
        net, targets = world.network, Levers(world).targets
        group, places = _group(world, task.group), _group(world, task.where)
        need = requirement(net, task.good, group, targets, chain=task.chain)
        if need.chain[task.good] <= 0:
            raise ScenarioError(
                f"{task.group} needs no {task.good}: there is no share to cap"
            )
        where = sites(
            world, need.stages, places, _listed(world, LAST_YEAR, "announced")
        )
        listed = listed_sites(_listed(world, task.year, task.rule), need.stages, places)
        # A project of a stage that could stand elsewhere too is one of those sites.
        by_year: dict[Node, float] = {}
        for (k, c), new in listed.items():
            site = (k, c) if (k, c) in where else (k, ELSEWHERE)
            if site in where:
                by_year[site] = by_year.get(site, 0.0) + min(new, where[site])
        values = stage_values(world, need.stages)
        label = group_labels(world)[task.group]
        return cls(world, task, label, need, where, by_year, values, 0.0,
                   _curve(world, need, where, values, 0.0))

    def under(self, closed: float) -> Study:
        """Return the study with a part of the gap in the cost of capital closed."""
        curve = _curve(self.world, self.need, self.where, self.values, closed)
        return replace(self, closed=closed, curve=curve)

    @property
    def direct(self) -> float:
        """DD of the group for the good itself [1]."""
        net, good = self.world.network, self.task.good
        shares = direct(net, good, Levers(self.world).targets)
        return weighted(shares, net.need[good], _group(self.world, self.task.group))

    @property
    def axes(self) -> tuple[str, ...]:
        """Axes that can be drawn: a premium only where prices bound it."""
        priced = self.task.good in self.values.groups and self.values.complete
        return (CAPACITY, LOW, HIGH) if priced else (CAPACITY,)

    def cost(self, axis: str) -> NDArray[np.float64]:
        """Return the objective of an axis [%].

        ``capacity`` weighs a unit by the need of its stage; ``low`` by what the
        stage adds at least, over the chain's cost; ``high`` weighs groups by what
        their stages add together, and hosts, which the chain does not use, alone.
        """
        need, values = self.need, self.values
        if axis == CAPACITY:
            rest = {k: need.chain[k] or need.others[k] for k in need.stages}
            return self.curve.cost({
                (k, c): 100 / rest[k] if rest[k] > 0 else 0.0 for k, c in self.where
            })
        total = self.world.network.value[self.task.good] * need.chain[self.task.good]
        rate = _rates(self.world, self.where, self.closed)
        if axis == LOW:
            return self.curve.cost(
                {n: 100 * values.low[n[0]] * r / total for n, r in rate.items()}
            )
        alone = {
            n: 100 * values.joint[n[0]] * r / total
            for n, r in rate.items() if need.chain[n[0]] <= 0 and n[0] in values.joint
        }
        return self.curve.cost(alone, {
            g: 100 * values.joint[g] * need.chain[g] / total for g in values.groups
        })


def _rates(
    world: World, where: Iterable[Node], closed: float
) -> dict[Node, float]:
    """Return the premium of each site [share of value added]."""
    place = world.model.scope.country
    by_place = {
        c: premium_of(world.model, c, closed if c == place else 0.0)
        for c in {c for _, c in where}
    }
    return {(k, c): by_place[c] for k, c in where}


def _curve(
    world: World, need: Requirement, where: Mapping[Node, float], values: Values,
    closed: float,
) -> Tradeoff:
    rate = _rates(world, where, closed)
    return Tradeoff(frontier_program(
        world.network, need, Levers(world).targets, where, rate, values.groups
    ))


def _checked(world: World, task: FrontierTask) -> FrontierTask:
    """Return the task if the world knows what it names."""
    for what, name, known in (
        ("good", task.good, world.network.goods), ("group", task.group, world.groups),
        ("group", task.where, world.groups),
    ):
        if name not in known:
            raise ScenarioError(f"no {what} {name!r}; {nearest(name, known)}")
    for cap in task.caps:
        if not 0 <= cap <= 1:
            raise ScenarioError(f"cap {cap:g} does not lie between 0 and 1")
    return task


def _group(world: World, key: str) -> tuple[str, ...]:
    targets = Levers(world).targets
    return tuple(c for c in world.groups[key] if c not in targets)


def point_table(
    study: Study, least: float, reached: float, membership: str
) -> pd.DataFrame:
    r"""Return the breakpoints of each axis under one membership.

    Parameters
    ----------
    study : Study
    least, reached : float
        The smallest cap at all, and with the projects of the year [1].
    membership : str

    Returns
    -------
    pandas.DataFrame
        As ``Frontier.points``.
    """
    rows: list[dict[str, object]] = []
    found = {}
    for axis in study.axes:
        if axis == CAPACITY and membership != OFF:
            continue  # what has to be built does not depend on what it costs
        cost = study.cost(axis)

        def solve(share: float, cost: NDArray[np.float64] = cost) -> Point:
            return study.curve.at(share, cost)[0]

        found[axis] = breakpoints(solve, min(1.0, least + _EDGE), 1.0)
    same = LOW in found and _same(found[LOW], found[HIGH])
    for axis, points in found.items():
        if axis == LOW and same:
            continue
        bound = "exact" if axis == CAPACITY or same else axis
        ahead = [*points[1:], points[-1]]
        for n, (here, after) in enumerate(zip(points, ahead, strict=True)):
            # The first point was solved a little inside.
            share = least if n == 0 else here.share
            value = here.at(share)
            step = after.share - here.share
            rows.append({
                "good": study.task.good, "group": study.label,
                "stages": "chain" if study.task.chain else "one",
                "membership": membership,
                "axis": axis if axis == CAPACITY else "premium", "bound": bound,
                "share": share, "value": max(0.0, value),
                "slope": (after.value - here.value) / step if step > 0 else 0.0,
                "reachable": share >= reached - _EDGE,
                "unit": _OF_STAGE if axis == CAPACITY else _OF_COST,
            })
    return pd.DataFrame(rows, columns=list(_POINT_COLUMNS))


def _same(a: tuple[Point, ...], b: tuple[Point, ...]) -> bool:
    """Tell whether two bounds are one curve."""
    return len(a) == len(b) and all(
        abs(p.share - q.share) < _EDGE and abs(p.value - q.value) < 1e-6
        for p, q in zip(a, b, strict=True)
    )


def mark_table(
    study: Study, points: pd.DataFrame, least: float, reached: float, blocked: str
) -> pd.DataFrame:
    """Return premium and new capacity at each cap that is marked.

    Parameters
    ----------
    study : Study
    points : pandas.DataFrame
        From :func:`point_table`.
    least, reached : float
        The smallest cap at all, and with the projects of the year [1].
    blocked : str
        What stands in the way of a smaller one.

    Returns
    -------
    pandas.DataFrame
        As ``Frontier.marks``.
    """
    task, model = study.task, study.world.model
    caps = [("share_cap", model.value("share_cap"))]
    caps += [("asked", cap) for cap in task.caps]
    caps += [("today", study.need.share), (f"least by {task.year}", reached),
             ("least", least)]
    rows = []
    for membership in points.membership.unique():
        for mark, share in caps:
            possible = share >= least - _EDGE
            height = {
                axis: _height(points, membership, axis, share) if possible else np.nan
                for axis in (LOW, HIGH, CAPACITY)
            }
            rows.append({
                "good": task.good, "group": study.label, "membership": membership,
                "mark": mark, "share": share, "feasible": possible,
                "reachable": share >= reached - _EDGE,
                "premium_low": height[LOW], "premium_high": height[HIGH],
                "capacity": height[CAPACITY],
                "note": "" if possible
                else f"out of reach of what is listed: {blocked}",
            })
    return pd.DataFrame(rows)


def _height(points: pd.DataFrame, membership: str, axis: str, share: float) -> float:
    """Read a frontier between its breakpoints; it is linear there."""
    if axis == CAPACITY:
        part = points[points.axis == CAPACITY]
    else:
        part = points[(points.membership == membership) & (points.axis != CAPACITY)
                      & points.bound.isin([axis, "exact"])]
    if part.empty:
        return float("nan")
    return float(np.interp(share, part.share, part.value))


def stage_table(study: Study, share: float) -> pd.DataFrame:
    """Return the stages: share today, slack, new capacity under a cap.

    Parameters
    ----------
    study : Study
    share : float
        A cap that can be kept [1].

    Returns
    -------
    pandas.DataFrame
        As ``Frontier.stages``.
    """
    net, need = study.world.network, study.need
    _, found = study.curve.at(min(1.0, share + _EDGE), study.cost(CAPACITY))
    built = study.curve.built(found)
    values = study.values
    targets = Levers(study.world).targets
    rows = []
    for k in need.stages:
        most = sum(limit for (g, _), limit in study.where.items() if g == k)
        slack = sum(
            net.ceiling[k, c] - net.added[k, c] - net.output[k, c]
            for c in net.producers[k] if c not in targets
        )
        wanted = need.chain[k]
        rest = wanted or need.others[k]
        kept = need.today[k] * (need.others[k] + wanted) - slack - most
        alone = (kept - need.today[k] * need.others[k]) / wanted if wanted > 0 else 0.0
        alone *= need.essential[k]
        rows.append({
            "good": study.task.good, "stage": k, "today": need.today[k],
            "essential": need.essential[k],
            "slack": 100 * slack / rest if rest > 0 else np.nan,
            "new": 100 * built.get(k, 0.0) / rest if rest > 0 else np.nan,
            "listed": 100 * sum(
                new for (g, _), new in study.by_year.items() if g == k
            ) / rest if rest > 0 else np.nan,
            "sites": limit_of(study, k), "alone": min(1.0, max(0.0, alone)),
            "value_added": "unknown" if k in values.unpriced
            else "inputs cost more" if k in values.crossed else "sourced",
            "share": share,
            "unit": "% of what the group needs of the stage",
        })
    return pd.DataFrame(rows)


def limit_of(study: Study, stage: str) -> str:
    """Say what limits new plants of a stage.

    Parameters
    ----------
    study : Study
    stage : str

    Returns
    -------
    str
    """
    net = study.world.network
    if stage in net.kits:
        return "made where it is consumed"
    limits = [limit for (k, _), limit in study.where.items() if k == stage]
    if stage in net.host:
        if np.inf in limits:
            return "within the host"
        return "listed projects" if limits else "no project of known size and start"
    if study.world.goods.stage[stage] == "mine":
        return "listed projects" if limits else "no project of known size and start"
    return "unlimited" if limits else "nowhere"
