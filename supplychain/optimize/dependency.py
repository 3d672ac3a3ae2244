r"""Irreducible dependency: one program, two questions (MODEL section 4).

For a good p and a group Omega,

.. math::
    R(claim, trade) = 1 - \max \sum_{d\in\Omega} y_{dp} \,/\, \sum_{d\in\Omega} N_{dp}

on the upstream closure of p, with the target's nodes and sales at 0. Who has
first claim, and can trade re-route? LTP is R(first, frozen), ID is
R(protected, free), ID(lambda) is R(protected, status). The rows are those of the
world program; claims and trade rules are bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from supplychain.ids import ROW
from supplychain.optimize.compiled import Program, Session, Solution

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from supplychain.world.network import Network

__all__ = [
    "Chain", "Claim", "Kind", "Setting", "Trade", "outside_use", "restricted",
]

Vector = NDArray[np.float64]
Claim = Literal["first", "protected"]
Trade = Literal["frozen", "status", "free"]
Kind = Literal["export_halt", "rupture"]
Node = tuple[str, str]
Arc = tuple[str, str, str]
# Ten times below the digits published, above the solver's tolerance.
_SLACK = 1e-7
_WORDS = {"q": "capacity", "x": "access", "take": "need"}


@dataclass(frozen=True)
class Setting:
    """What every dependency program of a run shares.

    Attributes
    ----------
    net : Network
    targets : frozenset of str
        T; contains the unallocated nodes in the run that counts them as it.
    capital : mapping of str to float
        m by good [1].
    left : mapping of (good, country) to float
        r at the no-re-sourcing point [1].
    controlled : mapping of (good, country) to float
        Share of a node outside T that firms of T control and withhold [1]; empty
        where dependency is by place.
    """

    net: Network
    targets: frozenset[str]
    capital: Mapping[str, float]
    left: Mapping[Node, float]
    controlled: Mapping[Node, float] = field(default_factory=dict)

    @cached_property
    def received(self) -> dict[Node, float]:
        """a: the share of its baseline amount that each use of k in c receives."""
        return {
            (g, c): sum(s * self.left[g, m] for m, s in offers)
            for (g, c), offers in self.net.suppliers.items()
        }


def restricted(world: Program, net: Network, good: str) -> Program:
    """Return the rows and columns of the world program upstream of a good.

    Parameters
    ----------
    world : Program
        The compiled world program.
    net : Network
    good : str
        p.

    Returns
    -------
    Program
        Output, flows and input use of the closure; ``take`` stands for what
        leaves the chain, and for the good itself for what arrives.
    """
    inside = set(net.upstream[good])

    def column(name: tuple[str, ...]) -> bool:
        kind = name[0]
        if kind in {"q", "x"}:
            return name[1] in inside
        if kind == "use":
            return name[2] in inside
        return kind == "take" and name[1] in inside

    def row(name: tuple[str, ...]) -> bool:
        kind = name[0]
        if kind == "feedstock":
            return name[2] in inside
        return kind in {"balance", "shipment", "by_product"} and name[1] in inside

    return world.restrict(column, row)


def outside_use(net: Network, inside: Collection[str]) -> dict[Node, float]:
    r"""Return what of each good is used outside a chain, at baseline.

    .. math:: \max\{0,\; N_{ck} - \sum_{p\in chain} b_{kp} (q^0_{cp} - \varsigma_{cp})\}

    Parameters
    ----------
    net : Network
    inside : collection of str
        The chain.

    Returns
    -------
    dict of (good, country) to float
        For each good of the chain and each country that needs it [scaled].
    """
    own: dict[Node, float] = {}
    for p in inside:
        for used, (b, _) in net.inputs[p].items():
            for c in net.producers[p]:
                own[used, c] = own.get((used, c), 0.0) + b * net.primary(p, c)
    return {
        (k, c): max(0.0, need - own.get((k, c), 0.0))
        for k in inside for c, need in net.need[k].items()
    }


class Chain:
    """The dependency programs of one good in one setting, re-solved warm.

    Parameters
    ----------
    setting : Setting
    program : Program
        From :func:`restricted`.
    good : str
        p.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> from supplychain.measures.dependency import survival
    >>> from supplychain.optimize.compiled import compile_program
    >>> from supplychain.optimize.program import Weights, world_program
    >>> net = load_world().network
    >>> left = survival(net, {"CHN"}, {})
    >>> setting = Setting(net, frozenset({"CHN"}), {}, left)
    >>> world = compile_program(world_program(net, Weights(1, 3.0, 10.0)))
    >>> chain = Chain(setting, restricted(world, net, "gallium"), "gallium")
    >>> free, _ = chain.solve(("DEU",), "protected", "free")
    >>> frozen, _ = chain.solve(("DEU",), "first", "frozen")
    >>> 0 <= free <= frozen + 1e-9 <= 1 + 1e-9
    True
    """

    def __init__(self, setting: Setting, program: Program, good: str) -> None:
        self.setting = setting
        self.program = program
        self.good = good
        self.session = Session(program)
        net = setting.net
        columns = list(enumerate(program.columns))
        self._x = [(i, (n[1], n[2], n[3])) for i, n in columns if n[0] == "x"]
        self._q = [(i, (n[1], n[2])) for i, n in columns if n[0] == "q"]
        self._take = [(i, (n[1], n[2])) for i, n in columns if n[0] == "take"]
        self._outside = outside_use(net, net.upstream[good])
        # In a rupture what was sold to the target may stay unsold: a host whose
        # buyers are gone goes on running for its by-product.
        unsold = np.array([n[0] == "shipment" for n in program.rows])
        self._row_low: dict[Kind, Vector] = {
            "export_halt": program.row_low,
            "rupture": np.where(unsold, -np.inf, program.row_low),
        }
        self._frame: dict[tuple[Trade, Claim, Kind], tuple[Vector, Vector]] = {}

    def _bounds(
        self,
        claim: Claim,
        trade: Trade,
        kind: Kind,
        caps: Mapping[Arc, float] | None,
    ) -> tuple[Vector, Vector]:
        """Return the column bounds that say who comes first and what may move."""
        key = (trade, claim, kind)
        if trade != "status" and key in self._frame:
            low, high = self._frame[key]
            return low.copy(), high.copy()
        s, net = self.setting, self.setting.net
        low = np.zeros(len(self.program.columns))
        high = np.full(len(self.program.columns), np.inf)
        for i, (p, c) in self._q:
            top = net.output[p, c] if trade == "frozen" else net.ceiling[p, c]
            kept = s.capital.get(p, 1.0) * (1 - s.controlled.get((p, c), 0.0))
            high[i] = 0.0 if c in s.targets else top * kept
        for i, (p, a, b) in self._x:
            flow = net.flow.get((p, a, b), 0.0)
            if a in s.targets:
                high[i] = 0.0
            elif b in s.targets:
                high[i] = flow if kind == "export_halt" else 0.0
            elif trade == "frozen" or a == b == ROW:
                high[i] = flow
            elif trade == "status" and a != b and caps is not None:
                high[i] = caps[p, a, b]
        for i, (k, c) in self._take:
            if c in s.targets:
                kept = sum(
                    s.left[k, m] * net.flow.get((k, m, c), 0.0)
                    for m in net.producers[k] if m not in s.targets
                )
                claimed = claim == "protected" and kind == "export_halt"
                low[i] = kept if claimed else 0.0
            elif k == self.good:
                high[i] = net.need[k][c]
                if claim == "protected":
                    low[i] = s.received[k, c] * net.need[k][c]
            else:
                amount = s.received[k, c] * self._outside[k, c]
                low[i] = high[i] = amount if claim == "protected" else 0.0
        # Rounding of the calibration must not cut off the no-re-sourcing point.
        low = np.maximum(0.0, low * (1 - _SLACK) - _SLACK)
        if trade != "status":
            self._frame[key] = (low, high)
        return low.copy(), high.copy()

    def solve(
        self,
        group: Collection[str],
        claim: Claim,
        trade: Trade,
        *,
        kind: Kind = "export_halt",
        caps: Mapping[Arc, float] | None = None,
    ) -> tuple[float, Solution | None]:
        """Return R(claim, trade) for a group, and the solution behind it.

        Parameters
        ----------
        group : collection of str
            Omega, without the target.
        claim : {"first", "protected"}
            Who comes first.
        trade : {"frozen", "status", "free"}
            What may move; `status` needs `caps`.
        kind : {"export_halt", "rupture"}
            Whether the target goes on buying.
        caps : mapping of arc to float, optional
            C4 caps [scaled].

        Returns
        -------
        R : float
            0..1; NaN if the group needs nothing of the good.
        solution : Solution or None
        """
        net = self.setting.net
        need = net.need[self.good]
        members = [d for d in group if need.get(d, 0.0) > 0]
        total = sum(need[d] for d in members)
        if total <= 0:
            return float("nan"), None
        low, high = self._bounds(claim, trade, kind, caps)
        cost = np.zeros(len(low))
        for i, (k, c) in self._take:
            if k == self.good and c in members:
                cost[i] = -1.0 / total
                low[i] = 0.0  # its own claim is what is being measured
        self.session.set_bounds(low, high)
        self.session.set_rows(self._row_low[kind], self.program.row_high)
        self.session.set_cost(cost)
        found = self.session.solve()
        return float(min(1.0, max(0.0, 1 + found.objective))), found

    def binding(self, solution: Solution, count: int = 3) -> str:
        """Return the constraints with the largest duals of a solution, in words."""
        entries: list[tuple[float, str]] = []
        top = np.isfinite(self.session.high) & (solution.reduced_cost < -1e-9)
        for i in np.flatnonzero(top):
            name = self.program.columns[i]
            worth = -solution.reduced_cost[i] * max(self.session.high[i], 1e-6)
            what = _WORDS.get(name[0], name[0])
            if what != "need":
                entries.append((worth, f"{what} {'|'.join(name[1:])}"))
        for i in np.flatnonzero(np.abs(solution.dual) > 1e-9):
            name = self.program.rows[i]
            if name[0] == "by_product":
                entries.append((abs(solution.dual[i]), f"host {'|'.join(name[1:])}"))
        entries.sort(reverse=True)
        return "; ".join(f"{text} ({worth:.3g})" for worth, text in entries[:count])
