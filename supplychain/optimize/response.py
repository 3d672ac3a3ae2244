"""Solve the one-year response to a shock, with the range of every number shown.

A :class:`Response` holds one compiled world program and solves it for many
bounds. Numbers are read as ranges over the optimal face of L1, which is fixed
by complementary slackness: every column with a reduced cost and every row with
a dual keeps its place.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from supplychain.optimize.audit import inner
from supplychain.optimize.compiled import Program, Session, Solution, compile_program
from supplychain.optimize.program import Weights, world_program
from supplychain.optimize.sides import sided_duals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = [
    "Bounds", "Range", "Response", "Served", "bounded", "shared_response", "weights_of",
]

Vector = NDArray[np.float64]

# A reduced cost or dual this far from zero (objective scaled to 100) pins its
# column or row to the optimal face.
_PINNED = 1e-7
_ROOM = 1e-9


def weights_of(world: World) -> Weights:
    """Return the objective's weights that a world's model calls for.

    Parameters
    ----------
    world : World

    Returns
    -------
    Weights
    """
    return Weights(
        world.model.scope.demand_blocks,
        world.model.value("demand_slope"),
        world.model.value("other_use_multiplier"),
    )


@dataclass(frozen=True)
class Range:
    """A number over the optimal face: one value of it, its least and its most."""

    value: float
    low: float
    high: float

    @property
    def middle(self) -> float:
        """The middle of the face: it depends on the face alone, not on a vertex."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Bounds:
    """What a shock and the levers do to the program: bounds, nothing else.

    Attributes
    ----------
    flow : mapping of (good, exporter, importer) to float
        Upper bound on flows [scaled]; arcs not named are free.
    output : mapping of (good, country) to float
        Upper bound on output [scaled]; nodes not named keep C3.
    stock : mapping of (good, country) to float
        Stock that may be drawn [scaled].
    floor : mapping of str to float
        Least value served in a country [% of world final value].
    """

    flow: Mapping[tuple[str, str, str], float]
    output: Mapping[tuple[str, str], float] = field(default_factory=dict)
    stock: Mapping[tuple[str, str], float] = field(default_factory=dict)
    floor: Mapping[str, float] = field(default_factory=dict)

    def within(self, program: Program) -> Bounds:
        """Return the bounds that concern a part of the world program.

        Parameters
        ----------
        program : Program
            From :meth:`Program.restrict`.

        Returns
        -------
        Bounds
        """
        has = program.column
        return Bounds(
            {a: v for a, v in self.flow.items() if ("x", *a) in has},
            {n: v for n, v in self.output.items() if ("q", *n) in has},
            {n: v for n, v in self.stock.items() if ("draw", *n) in has},
            {d: v for d, v in self.floor.items() if ("V", d) in has},
        )


@dataclass(frozen=True)
class Served:
    """The outcome of a shock.

    Attributes
    ----------
    groups : mapping of str to Range
        Share of the group's baseline final value that is served [1].
    goods : mapping of (good, kind) to Range
        Share of one country's demand served, by good and kind [1].
    value : mapping of str to float
        Value served by country at the optimum found [% of world final value].
    binding : tuple of (family, name, weight)
        Constraints with the largest duals, in value per scaled unit.
    solution : Solution
        The optimum itself.
    products : mapping of (group, good) to Range
        Share of a group's final demand served, by good [1]; only where asked for.
    """

    groups: Mapping[str, Range]
    goods: Mapping[tuple[str, str], Range]
    value: Mapping[str, float]
    binding: tuple[tuple[str, tuple[str, ...], float], ...]
    solution: Solution
    products: Mapping[tuple[str, str], Range] = field(default_factory=dict)


class Response:
    """One compiled world program, solved for many bounds.

    Parameters
    ----------
    net : Network
    weights : Weights
    like : Response, optional
        One of the same network that differs only in `changed`; its last basis is
        where the first solve starts.
    changed : tuple of str
        Constraint families to state anew; the objective always is.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> world = load_world()
    >>> response = Response(world.network, weights_of(world))
    >>> out = response.serve(Bounds({}), {"india": ("IND",)})
    >>> round(out.groups["india"].value, 6)
    1.0
    """

    def __init__(
        self,
        net: Network,
        weights: Weights,
        *,
        like: Response | None = None,
        changed: tuple[str, ...] = (),
    ) -> None:
        self.net = net
        self.weights = weights
        if like is None:
            self.program = compile_program(world_program(net, weights))
        else:
            part = compile_program(world_program(net, weights, families=changed))
            self.program = like.program.respliced(part, changed)
        self._main = Session(self.program)
        if like is not None:
            self._main.start_from(like._main.basis())
        self._face = Session(self.program, primal=True)
        p = self.program
        self._last_arcs: tuple[tuple[str, str, str], ...] = ()
        self._last_at = np.zeros(0, dtype=np.intp)
        self._fixed: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._place = {n[1]: i for i, n in enumerate(p.columns) if n[0] == "V"}
        self._total = self._baseline_value()

    @property
    def solves(self) -> int:
        """How many programs were solved."""
        return self._main.solves + self._face.solves

    def _baseline_value(self) -> dict[str, float]:
        net = self.net
        world = sum(net.value[g] * v for (g, _), v in net.final.items()) or 1.0
        result: dict[str, float] = {}
        for (g, d), v in net.final.items():
            result[d] = result.get(d, 0.0) + 100.0 * net.value[g] * v / world
        return result

    def _apply(self, bounds: Bounds) -> tuple[Vector, Vector]:
        arcs = tuple(bounds.flow)
        if arcs != self._last_arcs:
            self._last_arcs, self._last_at = arcs, _positions(self.program, arcs)
        return bounded(self.program, bounds, self._last_at)

    def solve(self, bounds: Bounds, *, cold: bool = False) -> Solution:
        """Solve L1 under some bounds."""
        low, high = self._apply(bounds)
        self._main.set_bounds(low, high)
        return self._main.cold() if cold else self._main.solve()

    def serve(
        self,
        bounds: Bounds,
        groups: Mapping[str, Iterable[str]],
        country: str | None = None,
        *,
        products: Mapping[str, Iterable[str]] | None = None,
        cold: bool = False,
    ) -> Served:
        """Solve L1 and read the outcome as ranges over its optimal face.

        Parameters
        ----------
        bounds : Bounds
            The shock and the levers.
        groups : mapping of str to iterable of str
            Reference groups whose outcome is reported.
        country : str, optional
            Country whose outcome is reported by good as well.
        products : mapping of str to iterable of str, optional
            Groups whose outcome is reported by final product too.
        cold : bool
            Solve from scratch, to confirm a warm result.

        Returns
        -------
        Served

        Raises
        ------
        InfeasibleError
            If the bounds leave no solution.
        AuditError
            If a solve does not pass its audit.
        """
        low, high = self._apply(bounds)
        self._main.set_bounds(low, high)
        solution = self._main.cold() if cold else self._main.solve()
        self._pin(solution, low, high)
        ranges = {}
        for name, members in groups.items():
            places = [d for d in members if d in self._place]
            total = sum(self._total[d] for d in places)
            if total > 0:
                columns = [self._place[d] for d in places]
                ranges[name] = self._range(columns, total, solution)
        goods = {}
        if country is not None:
            for (g, o), columns in self._blocks_of(country).items():
                table = self.net.final if o == "final" else self.net.other
                goods[g, o] = self._range(columns, table[g, country], solution)
        made = {}
        for name, members in (products or {}).items():
            inside = set(members)
            for g in sorted(self.net.finals):
                wants = [v for (h, d), v in self.net.final.items()
                         if h == g and d in inside]
                if wants:
                    columns = [i for d in inside for i in self._blocks.get((g, d), ())]
                    made[name, g] = self._range(columns, sum(wants), solution)
        value = {d: float(solution.x[i]) for d, i in self._place.items()}
        return Served(
            ranges, goods, value, self._binding(solution, high), solution, made
        )

    def _blocks_of(self, country: str) -> dict[tuple[str, str], list[int]]:
        blocks: dict[tuple[str, str], list[int]] = {}
        for i, name in enumerate(self.program.columns):
            if name[0] == "y" and name[2] == country:
                blocks.setdefault((name[1], name[3]), []).append(i)
        return blocks

    @cached_property
    def _blocks(self) -> dict[tuple[str, str], list[int]]:
        """Columns of the final demand of each (good, country)."""
        blocks: dict[tuple[str, str], list[int]] = {}
        for i, name in enumerate(self.program.columns):
            if name[0] == "y" and name[3] == "final":
                blocks.setdefault((name[1], name[2]), []).append(i)
        return blocks

    def sided_duals(
        self, bounds: Bounds, nodes: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[float, float]]:
        """Return what capacity is worth at the margin, from the left and the right.

        Parameters
        ----------
        bounds : Bounds
        nodes : iterable of (good, country)

        Returns
        -------
        dict of (good, country) to (float, float)
            Objective lost per scaled unit of capacity less, and gained per unit more;
            (0, 0) where the capacity does not bind. The right one is never larger.

        See Also
        --------
        supplychain.optimize.sides.sided_duals
        """
        low, high = self._apply(bounds)
        self._main.set_bounds(low, high)
        solution = self._main.solve()
        at = {n: self.program.column["q", *n] for n in nodes}
        found = sided_duals(
            self.program, solution, low, high, list(at.values()), self._main.basis()
        )
        return {n: found[i] for n, i in at.items()}

    def _pin(self, solution: Solution, low: Vector, high: Vector) -> None:
        """Restrict the second session to the optimal face of the first."""
        p = self.program
        d, pi = solution.reduced_cost, solution.dual
        least, most = _face(solution.x, d, low, high)
        self._fixed = least == most
        self._face.set_bounds(least, most)
        self._face.set_rows(*_face(solution.activity, pi, p.row_low, p.row_high))
        self._face.start_from(self._main.basis())

    def _range(self, columns: list[int], total: float, solution: Solution) -> Range:
        cost = np.zeros(len(self.program.cost))
        cost[columns] = 1.0 / total
        value = inner(cost, solution.x)
        if self._fixed[columns].all():  # the face leaves no choice: nothing to solve
            return Range(value, value, value)
        self._face.set_cost(cost)
        low = self._face.solve().objective
        self._face.set_cost(-cost)
        high = -self._face.solve().objective
        return Range(value, min(low, value), max(high, value))

    def _binding(
        self, solution: Solution, high: Vector, count: int = 8
    ) -> tuple[tuple[str, tuple[str, ...], float], ...]:
        """Return the bounds and rows with the largest duals, by what they are."""
        p = self.program
        found: list[tuple[str, tuple[str, ...], float]] = []
        at_top = (solution.reduced_cost < -_PINNED) & np.isfinite(high)
        for i in np.flatnonzero(at_top):
            name = p.columns[i]
            if name[0] == "q":
                # What one more per cent of this node's output would be worth.
                worth = -solution.reduced_cost[i] * high[i]
                found.append(("capacity", name[1:], float(worth)))
            elif name[0] == "x":
                worth = -solution.reduced_cost[i] * max(high[i], 1e-9)
                found.append(("access", name[1:], float(worth)))
        for i in np.flatnonzero(np.abs(solution.dual) > _PINNED):
            name = p.rows[i]
            if name[0] == "feedstock":
                used = p.column["use", *name[1:]]
                worth = abs(solution.dual[i]) * max(solution.x[used], 0.0)
                found.append(("feedstock", name[1:], float(worth)))
        found.sort(key=lambda entry: -entry[2])
        return tuple((f, n, float(w)) for f, n, w in found[:count])


class _Shared(threading.local):
    """Compiled programs of this thread: a solver object serves one thread."""

    def __init__(self) -> None:
        self.programs: OrderedDict[tuple[int, Weights], Response] = OrderedDict()


_SHARED = _Shared()
_KEPT = 4


def shared_response(world: World) -> Response:
    """Return the compiled program of a world, made once for its network.

    Parameters
    ----------
    world : World

    Returns
    -------
    Response
        The same for every world with this network in this thread; where its next
        solve starts depends on the last one, what it finds does not.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> world = load_world()
    >>> shared_response(world) is shared_response(world)
    True
    """
    kept = _SHARED.programs
    key = (id(world.network), weights_of(world))
    if key not in kept:  # a Response holds its network, so that the id stays its own
        kept[key] = Response(world.network, key[1])
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
    return kept[key]


def _face(
    x: Vector, multiplier: Vector, low: Vector, high: Vector
) -> tuple[Vector, Vector]:
    """Return bounds that keep x where its multiplier pins it.

    Where x misses its bound by the solver's tolerance it is pinned to itself:
    the optimum must stay on its own face.
    """
    at_high = np.where(x < high - _ROOM, x - _ROOM, high)
    at_low = np.where(x > low + _ROOM, x + _ROOM, low)
    return (
        np.where(multiplier < -_PINNED, at_high, np.where(x < low - _ROOM, x, low)),
        np.where(multiplier > _PINNED, at_low, np.where(x > high + _ROOM, x, high)),
    )


def _positions(
    program: Program, arcs: tuple[tuple[str, str, str], ...]
) -> NDArray[np.intp]:
    """Return the columns of some arcs."""
    return np.array([program.column["x", *arc] for arc in arcs], dtype=np.intp)


def bounded(
    program: Program, bounds: Bounds, arcs: NDArray[np.intp] | None = None
) -> tuple[Vector, Vector]:
    """Return a program's column bounds under some bounds of a run.

    Parameters
    ----------
    program : Program
        The world program, or a part of it that has all that the bounds name.
    bounds : Bounds
    arcs : ndarray of int, optional
        Columns of the flows that are bounded, where they are known already.

    Returns
    -------
    low, high : ndarray
        By column.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> one = np.ones(1)
    >>> program = Program((("q", "tin", "IDN"),), (("r",),), one, 0 * one, 9 * one,
    ...                   sp.csc_array([[1.0]]), 0 * one, one)
    >>> _, high = bounded(program, Bounds({}, output={("tin", "IDN"): 2.0}))
    >>> high.tolist()
    [2.0]
    """
    if arcs is None:
        arcs = _positions(program, tuple(bounds.flow))
    low, high = program.low.copy(), program.high.copy()
    caps = np.fromiter(bounds.flow.values(), dtype=float, count=len(arcs))
    high[arcs] = np.minimum(high[arcs], caps)
    for node, cap in bounds.output.items():
        high[program.column["q", *node]] = cap
    for need, amount in bounds.stock.items():
        high[program.column["draw", *need]] = amount
    for place, least in bounds.floor.items():
        low[program.column["V", place]] = least
    return low, high
