r"""What a coalition can serve itself: the world program, cut to those inside.

The statement is that of :mod:`supplychain.optimize.program`; a coalition is
bounds only. Places outside the game that go on selling are supplies: up to a
share of the baseline flow arrives, whatever their own inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Literal

import numpy as np

from supplychain.errors import ScenarioError
from supplychain.optimize.audit import inner
from supplychain.optimize.compiled import Program, Session, Solution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.world.network import Network

__all__ = ["Coalitions", "Counts", "Holdings"]

Counts = Literal["final", "curve", "all"]
Node = tuple[str, str]
# Where the place stands in the name of a row.
_PLACE = {"feedstock": 3, "balance": 2, "shipment": 2, "by_product": 2, "demand": 2,
          "value": 1}


@dataclass(frozen=True)
class Holdings:
    """What the players of a game hold, as bit masks of those it takes to use it.

    Attributes
    ----------
    capacity, demand, stock : mapping of str to int
        By place, the players that must all be inside for its plants to run, its
        demand to count, its stocks to be drawn. A place named nowhere is outside.
    sellers : mapping of str to float
        Places outside the game, and the share of baseline sales that goes on
        arriving in the coalition, 0..1.
    stocks : mapping of (good, place) to float
        Stocks [scaled].
    lost : mapping of (good, place) to float
        Share of a node's capacity that is out, 0..1.
    """

    capacity: Mapping[str, int]
    demand: Mapping[str, int]
    stock: Mapping[str, int]
    sellers: Mapping[str, float] = field(default_factory=dict)
    stocks: Mapping[Node, float] = field(default_factory=dict)
    lost: Mapping[Node, float] = field(default_factory=dict)

    @classmethod
    def split(
        cls,
        held: Mapping[str, tuple[int, int, int]],
        joint: Mapping[str, tuple[str, ...]],
        *,
        sellers: Mapping[str, float],
        stocks: Mapping[Node, float],
        lost: Mapping[Node, float],
    ) -> Holdings:
        """Give each place its bits; a joint figure takes those of all its parts.

        Parameters
        ----------
        held : mapping of str to (int, int, int)
            By place: capacity, demand, stock.
        joint : mapping of str to tuple of str
            Joint figures and their countries. One that `held` names is held as
            it says; one that lacks a part is outside.
        sellers, stocks, lost
            As in :class:`Holdings`; what players hold sells nothing from outside.

        Returns
        -------
        Holdings

        Examples
        --------
        >>> held = {"DEU": (1, 1, 1), "USA": (2, 2, 2)}
        >>> all_of_both = Holdings.split(
        ...     held, {"XDU": ("DEU", "USA")}, sellers={}, stocks={}, lost={})
        >>> all_of_both.capacity["XDU"]
        3
        """
        everything = dict(held)
        for place, parts in joint.items():
            if place not in held and all(part in held for part in parts):
                masks = zip(*(held[part] for part in parts), strict=True)
                c, d, s = (reduce(or_, m) for m in masks)
                everything[place] = (c, d, s)
        capacity, demand, stock = (
            {p: m[k] for p, m in everything.items()} for k in range(3)
        )
        outside = {p: s for p, s in sellers.items() if p not in everything and s > 0}
        return cls(capacity, demand, stock, outside, stocks, lost)

    @cached_property
    def arriving(self) -> Mapping[str, int]:
        """Players without whom nothing can be made of what arrives in a place."""
        return {
            p: reduce(and_, (self.capacity[p], self.demand[p], self.stock[p]))
            for p in self.capacity
        }


class Coalitions:
    r"""The programs of every coalition, re-solved warm.

    .. math::
        v(S) = \frac{100}{V_N} \max \sum_{d\in S} V_d \quad\text{s.t. C1-C6, C7},\;
        q_{c\notin S} = 0,\; x_{ij} = 0 \text{ unless } i,j\in S,\;
        x_{oj} \le \varsigma_o x^0_{oj}

    with :math:`V_N` the baseline of all players and :math:`\varsigma_o` what a
    seller o outside the game goes on selling. Trade inside S is uncapped. The
    union of the plans of two disjoint coalitions is a plan of theirs together:
    v is super-additive by construction.

    Parameters
    ----------
    net : Network
    program : Program
        The compiled world program.
    holdings : Holdings
    counts : {"final", "curve", "all"}
        What is counted: the value of final products served; the same along the
        demand curve (L1 without other uses); other uses as well (L1).

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> from supplychain.optimize.compiled import compile_program
    >>> from supplychain.optimize.program import Weights, world_program
    >>> net = load_world().network
    >>> program = compile_program(world_program(net, Weights(1, 3.0, 10.0)))
    >>> one = {"IND": 1, "JPN": 2}
    >>> game = Coalitions(net, program, Holdings(one, one, one))
    >>> game.value(0b11) >= game.value(0b01) + game.value(0b10) - 1e-6
    True
    """

    def __init__(
        self,
        net: Network,
        program: Program,
        holdings: Holdings,
        counts: Counts = "final",
    ) -> None:
        self.net = net
        self.holdings = holdings
        self.program = self._inside(program)
        p, names = self.program, self.program.columns
        self._takes = np.array([self._mask(n) for n in names], dtype=np.int64)
        self._high = np.array(
            [self._top(n, high) for n, high in zip(names, p.high, strict=True)]
        )
        worth = np.array([self._worth(i, counts) for i in range(len(names))])
        self.total = inner(worth, np.where(worth > 0, self._high, 0.0))
        if not self.total > 0:
            raise ScenarioError("the players want nothing that counts: no game")
        self._session = Session(p)
        self._session.set_cost(-100.0 * worth / self.total)

    def _inside(self, program: Program) -> Program:
        """Cut the world program to what players hold and what reaches them."""
        h = self.holdings
        inside, makers = set(h.arriving), {*h.arriving, *h.sellers}

        def column(name: tuple[str, ...]) -> bool:
            kind = name[0]
            if kind == "q":
                return name[2] in makers
            if kind == "x":
                return name[2] in makers and name[3] in inside
            if kind == "use":
                return name[3] in inside
            if kind == "V":
                return name[1] in inside
            return kind in {"y", "u", "draw"} and name[2] in inside

        def row(name: tuple[str, ...]) -> bool:
            kind = name[0]
            # What a seller needs to go on selling is no concern of the coalition.
            return name[_PLACE[kind]] in (makers if kind == "shipment" else inside)

        return program.restrict(column, row)

    def _mask(self, name: tuple[str, ...]) -> int:
        """Return the players it takes to open a column."""
        h = self.holdings
        kind = name[0]
        if kind == "q":
            return h.capacity.get(name[2], 0)
        if kind == "x":
            return h.capacity.get(name[2], 0) | h.arriving[name[3]]
        if kind == "y":
            return h.demand[name[2]]
        return h.stock[name[2]] if kind == "draw" else 0

    def _top(self, name: tuple[str, ...], high: float) -> float:
        """Return the bound of a column that is open."""
        h = self.holdings
        kind = name[0]
        if kind == "q":
            return high * (1 - h.lost.get((name[1], name[2]), 0.0))
        if kind == "x" and name[2] in h.sellers:
            flow = self.net.flow.get((name[1], name[2], name[3]), 0.0)
            return h.sellers[name[2]] * flow
        if kind == "draw":
            return h.stocks.get((name[1], name[2]), 0.0)
        return high

    def _worth(self, column: int, counts: Counts) -> float:
        """Return what a unit in a column counts for."""
        name = self.program.columns[column]
        if name[0] != "y" or (counts != "all" and name[3] != "final"):
            return 0.0
        if counts == "final":
            return self.net.value[name[1]]
        return -float(self.program.cost[column])

    def solve(
        self,
        coalition: int,
        *,
        floor: Mapping[str, float] | None = None,
        supply: Mapping[Node, float] | None = None,
    ) -> Solution:
        """Solve the program of one coalition.

        Parameters
        ----------
        coalition : int
            Bit mask of the players inside.
        floor : mapping of str to float, optional
            Least value of final products served in a place [% of the world's].
        supply : mapping of (good, place) to float, optional
            More of a good at hand in a place [scaled].

        Returns
        -------
        Solution
            Its objective is -v(S).

        Raises
        ------
        InfeasibleError
            If a floor cannot be met.
        AuditError
            If the solve does not pass its audit.
        """
        p = self.program
        high = np.where(self._takes & ~coalition == 0, self._high, 0.0)
        low = p.low.copy()
        for place, least in (floor or {}).items():
            low[p.column["V", place]] = least
        for need, amount in (supply or {}).items():
            high[p.column["draw", *need]] += amount
        self._session.set_bounds(low, high)
        return self._session.solve()

    def value(self, coalition: int) -> float:
        """Return v(S) [% of the baseline of all players]."""
        return max(0.0, -self.solve(coalition).objective)

    @property
    def places(self) -> frozenset[str]:
        """Every place that the players hold, joint figures included."""
        return frozenset(self.holdings.arriving)

    @cached_property
    def needs(self) -> tuple[Node, ...]:
        """Every good and place inside where it is needed."""
        return tuple((n[1], n[2]) for n in self.program.columns if n[0] == "draw")

    def most(self, coalition: int, good: str) -> float:
        """Return how much of a final product S could serve if it came first.

        Parameters
        ----------
        coalition : int
            Bit mask of S.
        good : str

        Returns
        -------
        float
            [scaled]
        """
        counted = self._session.cost.copy()
        first = np.array([
            -1.0 if n[0] == "y" and n[1] == good and n[3] == "final" else 0.0
            for n in self.program.columns
        ])
        self._session.set_cost(first)
        most = -self.solve(coalition).objective
        self._session.set_cost(counted)
        return most

    def served(self, solution: Solution) -> dict[str, float]:
        """Return the value of final products served by place [% of the world's].

        At the optimum found: who inside is served need not be unique.
        """
        return {
            name[1]: float(solution.x[i])
            for name, i in self.program.column.items() if name[0] == "V"
        }
