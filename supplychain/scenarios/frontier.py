"""The long-run frontier of a good or a chain, with its marks and what blocks it.

:mod:`supplychain.optimize.frontier` states the program; here the world says who is
the target, where plants may stand, what they cost and which share projects reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.scenarios.batch import Progress, run_batch
from supplychain.scenarios.frontier_tables import (
    FULL,
    OFF,
    FrontierTask,
    Study,
    limit_of,
    mark_table,
    point_table,
    stage_table,
)
from supplychain.scenarios.plants import gap_closed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor

    from supplychain.tables.model_parts import ProjectRule
    from supplychain.world.world import World

__all__ = ["Frontier", "frontier", "frontier_job", "frontiers"]


@dataclass(frozen=True)
class Frontier:
    """The least premium for each cap on the target's share.

    Attributes
    ----------
    task : FrontierTask
    today : float
        What the cap is held against today: the target's largest share over the
        stages [1]; the premium is 0 there. Of the pool outside the target, so that
        groups differ in it only where they need other stages.
    direct : float
        DD: the share of the good itself that the group buys from the target on the
        flows of the calibration year [1]. Trade that runs both ways makes it larger
        than what free re-routing leaves, which is what the cap is held against.
    least : float
        The smallest cap that can be kept whatever it costs, mines growing by the
        listed projects whose size and start are known [1].
    reached : float
        The smallest cap that idle plants and the projects listed for the year can
        keep [1]; caps below it are *not reachable* by then.
    points : pandas.DataFrame
        Breakpoints: good, group, stages, membership, axis (premium, capacity),
        bound, share [1], value, slope (of the segment that begins here), reachable,
        unit. Where every price is sourced, bound is ``exact``; otherwise ``low``
        and ``high`` hold whatever the prices that are missing.
    marks : pandas.DataFrame
        The regulation's cap, the caps asked for, today's share, the least by the
        year and at all: bounds of the premium and new capacity there, or what
        blocks it.
    stages : pandas.DataFrame
        By stage: the target's share today, essentiality, slack of existing plants,
        what new plants make at the regulation's cap (or at ``least``, if higher)
        and what projects add by the year [% of what the group needs of the stage],
        what limits new plants, the least cap of that stage alone, and what its
        value added rests on.
    channels : pandas.DataFrame
        What each channel of a membership does here, or why it is not applicable.
    blocking, blocking_by_year : tuple of str
        Stages whose cap carries a dual at ``least`` and at ``reached``.
    solves : int
        Programs solved.
    """

    task: FrontierTask
    today: float
    direct: float
    least: float
    reached: float
    points: pd.DataFrame
    marks: pd.DataFrame
    stages: pd.DataFrame
    channels: pd.DataFrame
    blocking: tuple[str, ...]
    blocking_by_year: tuple[str, ...]
    solves: int

    def __repr__(self) -> str:
        what = "chain" if self.task.chain else "stage"
        return (
            f"Frontier({self.task.good} {what}, today {self.today:.3f}, by "
            f"{self.task.year} {self.reached:.3f}, least {self.least:.3f})"
        )


def _channels(world: World, closed: float | None) -> pd.DataFrame:
    """Say what each channel of a membership does to the frontier."""
    switched = world.model.channels
    not_on = "not applicable: the channel is not enabled"
    says = {
        "friction": "not applicable: no trade cost is sourced in the tables",
        "technology": "not applicable: no limit on tools is sourced in the tables",
        "finance": "not applicable: the strength of the alliance in it is 0, or no "
        "cost of capital is known" if not closed else
        f"closes {closed:.3g} of the gap in the cost of capital",
    }
    return pd.DataFrame([
        {"channel": name, "enabled": switched[name].enabled,
         "acts": bool(name == "finance" and closed),
         "effect": text if switched[name].enabled else not_on}
        for name, text in says.items() if name in switched
    ])


def frontier(
    world: World,
    good: str,
    *,
    chain: bool = True,
    group: str = "world_outside_target",
    where: str = "world_outside_target",
    caps: tuple[float, ...] = (),
    year: int = 2030,
    rule: ProjectRule = "under_construction",
) -> Frontier:
    """Compute the long-run frontier of a good or of its chain.

    Parameters
    ----------
    world : World
    good : str
    chain : bool
        Cap every stage upstream too; otherwise the good alone, as the Union's rule
        is worded.
    group : str
        Omega: a key of ``world.groups``. A part of the world comes first in line
        for idle plants and listed projects, so its frontier is a lower bound.
    where : str
        Where new plants may stand: a key of ``world.groups`` too. The alliance
        with and without the country studied is two of them.
    caps : tuple of float
        Caps to mark besides the regulation's [1].
    year : int
        Projects that begin by then tell what is reachable.
    rule : {"operating", "under_construction", "announced"}
        Which of them count.

    Returns
    -------
    Frontier

    Raises
    ------
    ScenarioError
        If the good or group is unknown, the group needs none of it, or a cap is no
        share.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = frontier(load_world(), "gallium")
    >>> found.least <= found.reached <= found.today
    True
    """
    return frontier_job(
        world, FrontierTask(good, chain, group, where, tuple(caps), year, rule)
    )


def frontier_job(world: World, task: FrontierTask) -> Frontier:
    """Compute one frontier: what a batch runs for each task.

    Parameters
    ----------
    world : World
    task : FrontierTask

    Returns
    -------
    Frontier
    """
    study = Study.of(world, task)
    least, at_least = study.curve.least_share()
    blocking = study.curve.blocking(at_least)
    reached, at_reached = study.curve.least_share(study.by_year)
    country = world.model.scope.country
    member = world.ladder_a().with_statuses({country: FULL})
    closed = gap_closed(member)
    parts = [point_table(study, least, reached, OFF)]
    if closed:
        parts.append(point_table(study.under(closed), least, reached, FULL))
    points = pd.concat(parts, ignore_index=True)
    blocked = ", ".join(f"{k} ({limit_of(study, k)})" for k in blocking)
    shown = max(world.model.value("share_cap"), least)
    return Frontier(
        task, study.need.share, study.direct, least, reached, points,
        mark_table(study, points, least, reached, blocked), stage_table(study, shown),
        _channels(world, closed), blocking, study.curve.blocking(at_reached),
        study.curve.session.solves,
    )


def frontiers(
    world: World,
    goods: Iterable[str],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    **options: object,
) -> dict[str, Frontier]:
    """Compute the frontiers of several goods.

    Parameters
    ----------
    world : World
    goods : iterable of str
    executor, progress
        See :func:`supplychain.scenarios.batch.run_batch`.
    **options
        The other fields of :class:`FrontierTask`.

    Returns
    -------
    dict of str to Frontier
    """
    tasks = [FrontierTask(good, **options) for good in goods]  # type: ignore[arg-type]
    found = run_batch(world, frontier_job, tasks, executor=executor,
                      progress=progress, title="frontier")
    return {f.task.good: f for f in found}
