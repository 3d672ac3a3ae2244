"""The ladder: what each status of the country studied is worth under a shock.

Everything but one status stays fixed. Every number is a range over the optimal
face; wider than .05 only the range is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.errors import AuditError, ScenarioError
from supplychain.optimize.response import Bounds, Range, Response, Served, weights_of
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.levers import Levers
from supplychain.world.membership import statuses_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supplychain.tables.model_parts import Level
    from supplychain.world.world import World

__all__ = ["WIDE", "Cell", "Ladder", "LadderResults", "ladder_cells"]

WIDE = 0.05
"""A range wider than this is published without a value inside it."""

COLUMNS = ("capacity", "ladder", "channels", "no_harm", "shock", "severity", "status",
           "group", "good", "value", "min", "max", "unit")


@dataclass(frozen=True)
class Cell:
    """One run of the ladder.

    Attributes
    ----------
    ladder : str
        ``A`` incumbents at full, ``B`` recorded statuses, ``dated:DAY``
        recorded statuses of a day, ``benchmark``.
    channels : str
        low, central, high or off.
    no_harm : bool
        No incumbent is served less value than without the newcomer.
    shock : str
    severity : float
    status : str
        Rung, ``any`` where it does not matter, or the benchmark's name.
    """

    ladder: str
    channels: str
    no_harm: bool
    shock: str
    severity: float
    status: str


@dataclass(frozen=True)
class LadderResults:
    """Rows of the ladder and what binds in each run."""

    rows: pd.DataFrame
    binding: pd.DataFrame
    solves: int
    confirmed: int


def ladder_cells(world: World) -> list[Cell]:
    """List every run: the grid of the issue, in order.

    Parameters
    ----------
    world : World

    Returns
    -------
    list of Cell

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> cells = ladder_cells(load_world())
    >>> central = [c for c in cells if c.channels == "central" and not c.no_harm]
    >>> sum(c.ladder == "A" for c in central)
    30
    """
    scope = world.model.scope
    grid = [
        ("A", "central", False), ("A", "low", False), ("A", "high", False),
        ("A", "central", True), ("B", "central", False),
    ]
    cells = []
    for shock in world.model.shocks:
        for severity in world.model.severity_pair:
            cells.append(Cell("A", "off", False, shock, severity, "any"))
            for ladder, channels, no_harm in grid:
                cells += [
                    Cell(ladder, channels, no_harm, shock, severity, rung)
                    for rung in scope.rungs
                ]
            cells += [
                Cell(f"dated:{day.isoformat()}", "central", False, shock, severity, "")
                for day in (scope.dated_path if world.tables is not None else ())
            ]
            cells += [
                Cell("benchmark", "off", False, shock, severity, name)
                for name in BENCHMARKS
            ]
    return cells


class Ladder:
    """Runs cells of the ladder on one compiled program.

    Parameters
    ----------
    world : World
        The base world, statuses as recorded.
    by_good : bool, optional
        Read the outcome of the country studied by good as well; by default in the
        central runs of Ladder A and in those with channels off.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> run = Ladder(load_world())
    >>> served = run.serve(Cell("A", "off", False, "halt_country", 0.75, "any"))
    >>> 0 < served.groups["country"].value <= 1
    True
    """

    def __init__(self, world: World, *, by_good: bool | None = None) -> None:
        self.world = world
        self.by_good = by_good
        self.levers = Levers(world)
        self.response = Response(world.network, weights_of(world))
        self._floors: dict[tuple[str, str, str, float], dict[str, float]] = {}
        self._off: dict[tuple[str, float], Served] = {}

    def variant(self, cell: Cell) -> World:
        """Return the world of a cell: statuses and channel strength."""
        world, scope = self.world, self.world.model.scope
        if cell.channels in {"low", "high"}:
            level: Level = "low" if cell.channels == "low" else "high"
            world = replace(world, model=world.model.at_level(level))
        if cell.ladder.startswith("dated:"):
            if world.tables is None:
                raise ScenarioError(
                    f"{cell.ladder} needs the membership table, and this world came "
                    "without its tables"
                )
            day = pd.Timestamp(cell.ladder.removeprefix("dated:")).date()
            return replace(
                world, statuses=statuses_at(world.tables["memberships"], day)
            )
        if cell.ladder == "A":
            world = world.ladder_a()
        if cell.status in scope.rungs:
            world = world.with_statuses({scope.country: cell.status})
        return world

    def bounds(self, cell: Cell) -> Bounds:
        """Return the bounds of a cell."""
        shock = self.levers.shock(cell.shock)
        off = cell.channels == "off"
        bounds = self.levers.bounds(
            self.variant(cell), shock, cell.severity, off=off,
            free=cell.status == "free_rerouting",
        )
        if cell.ladder == "benchmark":
            bounds = BENCHMARKS[cell.status](self, cell, bounds)
        if cell.no_harm:
            bounds = replace(bounds, floor=self._floor(cell))
        return bounds

    def serve(self, cell: Cell, *, cold: bool = False) -> Served:
        """Solve a cell and read its ranges."""
        by_good = self.by_good
        if by_good is None:
            by_good = cell.ladder == "A" and cell.channels in {"central", "off"}
            by_good &= not cell.no_harm
        country = self.world.model.scope.country if by_good else None
        return self.response.serve(
            self.bounds(cell), self.world.groups, country, cold=cold
        )

    def _floor(self, cell: Cell) -> dict[str, float]:
        """Return each incumbent's value without the newcomer, same shock."""
        key = (cell.ladder, cell.channels, cell.shock, cell.severity)
        if key not in self._floors:
            base = replace(cell, no_harm=False, status=self.world.model.scope.rungs[0])
            served = self.response.serve(self.bounds(base), {})
            # A hair less, so that rounding cannot make the floor infeasible.
            self._floors[key] = {
                c: max(0.0, served.value[c] * (1 - 1e-7) - 1e-9)
                for c in self.world.incumbents if c in served.value
            }
        return self._floors[key]

    def off(self, cell: Cell) -> Served:
        """Return the run without any membership effect, same shock."""
        key = (cell.shock, cell.severity)
        if key not in self._off:
            self._off[key] = self.serve(
                Cell("A", "off", False, cell.shock, cell.severity, "any")
            )
        return self._off[key]

    def binding_input(self, cell: Cell) -> str:
        """Return the good whose scarcity weighs most on the country studied.

        The largest dual of a balance times the need, in the run without any
        membership effect.
        """
        country = self.world.model.scope.country
        solution = self.off(cell).solution
        program, net = self.response.program, self.world.network
        worth: dict[str, float] = {}
        for i in np.flatnonzero(np.abs(solution.dual) > 1e-9):
            name = program.rows[i]
            here = name[0] == "balance" and name[2] == country
            if here and name[1] not in net.finals:
                need = net.need[name[1]][country]
                worth[name[1]] = abs(float(solution.dual[i])) * need
        return max(worth, key=worth.__getitem__) if worth else ""

    def run(
        self, cells: list[Cell], *, confirm: Callable[[Cell], bool] = lambda _: False
    ) -> LadderResults:
        """Run cells; some are confirmed by a cold solve.

        Parameters
        ----------
        cells : list of Cell
        confirm : callable
            Tells which cells are solved again from scratch.

        Returns
        -------
        LadderResults

        Raises
        ------
        AuditError
            If a cold solve disagrees with a warm one.
        """
        rows: list[dict[str, object]] = []
        binding: list[dict[str, object]] = []
        confirmed = 0
        for cell in cells:
            served = self.serve(cell)
            if confirm(cell):
                again = self.response.solve(self.bounds(cell), cold=True)
                gap = abs(again.objective - served.solution.objective)
                if gap > 1e-6 * max(1.0, abs(again.objective)):
                    raise AuditError(f"cold solve differs by {gap:.2e} in {cell}")
                confirmed += 1
            rows += list(self._rows(cell, served))
            binding += list(self._binding(cell, served))
        return LadderResults(
            pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(binding),
            self.response.solves, confirmed,
        )

    def _rows(self, cell: Cell, served: Served) -> Iterator[dict[str, object]]:
        labels = group_labels(self.world)
        scope = self.world.model.scope
        status = cell.status
        if cell.ladder.startswith("dated:"):
            status = self.variant(cell).status(scope.alliance, scope.country)
        head = {
            "capacity": scope.capacity, "ladder": cell.ladder,
            "channels": cell.channels, "no_harm": int(cell.no_harm),
            "shock": cell.shock, "severity": cell.severity, "status": status,
        }
        for group, found in served.groups.items():
            yield {**head, "group": labels[group], "good": "final products",
                   **_published(found), "unit": "share of baseline final value (0-1)"}
        for (good, kind), found in served.goods.items():
            name = good if kind == "final" else f"{good} (other uses)"
            yield {**head, "group": labels["country"], "good": name,
                   **_published(found), "unit": "share of baseline demand (0-1)"}

    def _binding(self, cell: Cell, served: Served) -> Iterator[dict[str, object]]:
        for rank, (family, name, weight) in enumerate(served.binding, start=1):
            yield {
                "capacity": self.world.model.scope.capacity,
                "ladder": cell.ladder, "channels": cell.channels,
                "no_harm": int(cell.no_harm), "shock": cell.shock,
                "severity": cell.severity, "status": cell.status, "rank": rank,
                "constraint": family, "what": "|".join(name), "weight": weight,
                "unit": "dual x bound, objective in % of world final value",
            }


def _published(found: Range) -> dict[str, float]:
    """Return value, min and max; no value where the range is wide.

    The value is the middle of the optimal face: it depends on the face alone, not
    on the vertex at which the solver stopped.
    """
    low = min(1.0, max(0.0, found.low))
    high = min(1.0, max(0.0, found.high))
    value = float("nan") if high - low > WIDE else (low + high) / 2
    return {"value": value, "min": low, "max": high}


def _free(run: Ladder, cell: Cell, bounds: Bounds) -> Bounds:  # noqa: ARG001
    """Free re-routing: no access caps."""
    return bounds


def _more_capacity(run: Ladder, cell: Cell, bounds: Bounds) -> Bounds:  # noqa: ARG001
    """More on the right side of C3 everywhere outside the target."""
    net = run.world.network
    extra = 1 + run.world.model.value("benchmark_capacity")
    output = {
        n: extra * net.ceiling[n]
        for n in net.output if n[1] not in run.levers.targets
    }
    return replace(bounds, output={**output, **bounds.output})


def _stock(run: Ladder, cell: Cell, bounds: Bounds) -> Bounds:
    """Days of stock of the binding input in the country studied."""
    good = run.binding_input(cell)
    country = run.world.model.scope.country
    if not good:
        return bounds
    days = run.world.model.value("benchmark_stock_days")
    amount = days / 365.0 * run.world.network.need[good][country]
    return replace(bounds, stock={(good, country): amount})


BENCHMARKS: dict[str, Callable[[Ladder, Cell, Bounds], Bounds]] = {
    "stock_of_binding_input": _stock,
    "more_capacity_outside_target": _more_capacity,
    "free_rerouting": _free,
}
"""Three plain benchmarks in the unit of the ladder (MODEL section 11)."""
