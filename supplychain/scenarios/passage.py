"""One chain as it passes from stage to stage: who makes each, who it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.ids import AGGREGATES
from supplychain.optimize.nearest import nearest_flows
from supplychain.optimize.response import shared_response, weights_of
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.parse import parse_shock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from supplychain.world.world import World

__all__ = ["OTHERS", "UNSPLIT", "Passage", "flows_after", "passage"]

Arc = tuple[str, str, str]
OTHERS = "others"
"""Places too small for a bar of their own."""
UNSPLIT = "joint"
"""Places that are no one country."""


@dataclass(frozen=True)
class Passage:
    """Bars and bands of a chain, all in shares of world baseline output.

    Attributes
    ----------
    bars : pandas.DataFrame
        stage (0 first; the last are the users), place, kind (target, country,
        alliance, other, nobody), share [1].
    links : pandas.DataFrame
        stage (where the band begins), source, target, kind (of the source), out
        and into: the band at its two ends [share of the bar's stage].
    """

    bars: pd.DataFrame
    links: pd.DataFrame


def flows_after(
    world: World, shock: str, severity: float, *, off: bool = False
) -> dict[Arc, float]:
    """Return the flows under a shock that are nearest to the baseline (L2).

    Parameters
    ----------
    world : World
        Statuses as recorded.
    shock : str
        See :func:`supplychain.scenarios.parse.parse_shock`.
    severity : float
        0..1.
    off : bool
        Without any membership effect.

    Returns
    -------
    dict of (good, exporter, importer) to float
        [% of world baseline output].
    """
    world, halt = parse_shock(world, shock)
    bounds = Levers(world).bounds(world, halt, severity, off=off)
    response = shared_response(world)
    served = response.solve(bounds)
    return nearest_flows(
        world.network, weights_of(world), bounds, response.program, served)


def passage(
    world: World,
    goods: Sequence[str],
    *,
    flows: Mapping[Arc, float] | None = None,
    least: float = 0.03,
) -> Passage:
    """Follow a chain of goods from stage to stage.

    A band leaves as a share of world output of its good and arrives as the share
    of the next stage that is made from it; what goes to other uses leaves in no
    band.

    Parameters
    ----------
    world : World
    goods : sequence of str
        First stage to last; each an input of the next.
    flows : mapping of (good, exporter, importer) to float, optional
        [% of world baseline output]; the baseline flows by default.
    least : float
        Places below this share of a stage at the baseline are taken together [1].

    Returns
    -------
    Passage

    Raises
    ------
    ScenarioError
        If a good is no input of the next.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = passage(load_world(), ("ndpr_oxide", "ndfeb_magnet"))
    >>> found.bars.groupby("stage").share.sum().round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    net = world.network
    for feed, product in pairwise(goods):
        if feed not in net.inputs.get(product, {}):
            raise ScenarioError(f"{feed} is no input of {product}")
    own = [_own(world, _made(net.flow, good), least) for good in goods]
    own.append(_own(world, _arriving(net.flow, goods[-1]), least))
    now = net.flow if flows is None else flows
    bars, links = [], []
    for k, good in enumerate(goods):
        made, arriving = _made(now, good), _arriving(now, good)
        bars += [(k, own[k][c], q / 100) for c, q in made.items()]
        last = k + 1 == len(goods)
        if last:
            bars += [(k + 1, own[k + 1][c], q / 100) for c, q in arriving.items()]
        following = {} if last else _made(now, goods[k + 1])
        for (g, i, j), flow in now.items():
            if g != good or flow <= 0:
                continue
            out = into = flow / 100
            if not last:
                fresh = following.get(j, 0.0) - net.secondary.get((goods[k + 1], j), 0)
                used = net.inputs[goods[k + 1]][good][0] * fresh
                if used <= 1e-9:
                    continue
                out *= min(1.0, used / arriving[j])
                into = flow / arriving[j] * fresh / 100
            links.append((k, own[k][i], own[k + 1][j], out, into))
    kinds = _kinds(world)
    frame = pd.DataFrame(bars, columns=["stage", "place", "share"])
    frame = frame.groupby(["stage", "place"], as_index=False).share.sum()
    bands = pd.DataFrame(links, columns=["stage", "source", "target", "out", "into"])
    bands = bands.groupby(["stage", "source", "target"], as_index=False).sum()
    return Passage(
        frame.assign(kind=[kinds.get(p, "other") for p in frame.place]),
        bands.assign(kind=[kinds.get(p, "other") for p in bands.source]),
    )


def _made(flows: Mapping[Arc, float], good: str) -> dict[str, float]:
    """Return what leaves each country, its own needs included [%]."""
    found: dict[str, float] = {}
    for (g, i, _), flow in flows.items():
        if g == good:
            found[i] = found.get(i, 0.0) + flow
    return found


def _arriving(flows: Mapping[Arc, float], good: str) -> dict[str, float]:
    """Return what reaches each country [%]."""
    found: dict[str, float] = {}
    for (g, _, j), flow in flows.items():
        if g == good:
            found[j] = found.get(j, 0.0) + flow
    return found


def _kinds(world: World) -> dict[str, str]:
    """Return what each place is to the question asked."""
    scope = world.model.scope
    kinds = dict.fromkeys(world.incumbents, "alliance")
    return kinds | {scope.target: "target", scope.country: "country",
                    OTHERS: "other", UNSPLIT: "nobody"}


class _Own(dict[str, str]):
    """Which bar a place belongs to; a place new to the stage is one of the others."""

    def __missing__(self, place: str) -> str:
        return OTHERS


def _own(world: World, shares: Mapping[str, float], least: float) -> _Own:
    """Give each place of a stage a bar: its own, the others', or the unsplit's."""
    scope, unsplit = world.model.scope, {*AGGREGATES, *world.joint}
    named = {scope.target, scope.country}
    return _Own({
        place: UNSPLIT if place in unsplit
        else place if share >= 100 * least or (place in named and share > 0)
        else OTHERS
        for place, share in shares.items()
    })
