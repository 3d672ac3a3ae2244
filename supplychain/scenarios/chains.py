"""Dependency of every good and group: DD and LTD joined with LTP and ID."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from supplychain.measures.dependency import (
    Path,
    binding_path,
    chain_survival,
    direct,
    look_through,
    survival,
    weighted,
)
from supplychain.optimize.compiled import Program, compile_program
from supplychain.optimize.dependency import Chain, Kind, Setting, restricted
from supplychain.optimize.program import Weights, world_program
from supplychain.scenarios.levers import Levers, access_caps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.world.network import Network
    from supplychain.world.world import World

__all__ = ["ChainResults", "chains", "flow_basis", "group_labels", "rung_caps"]

Unallocated = Literal["not_target", "target", "target_and_demand"]
Control = Literal["place", "owner"]
KINDS: tuple[Kind, ...] = ("export_halt", "rupture")

# Below this there is nothing that a membership could unlock.
_NOTHING = 0.01


@dataclass(frozen=True)
class ChainResults:
    """Dependency frames of one world.

    Attributes
    ----------
    dependency : pandas.DataFrame
        good, group, kind, unallocated_as, conflicts_as, control, dd, ltp, ltd,
        id, id_first, flow_basis, binding_path, id_binding, unit.
    unlocked : pandas.DataFrame
        good, group, unallocated_as, conflicts_as, status, id_lambda, id_frozen,
        id, unlocked_share, note, unit.
    paths : mapping of (good, group) to Path
        The steps behind ``binding_path`` (unallocated not the target's).
    solves : int
        Programs solved.
    """

    dependency: pd.DataFrame
    unlocked: pd.DataFrame
    paths: Mapping[tuple[str, str], Path]
    solves: int


def group_labels(world: World) -> dict[str, str]:
    """Return how each reference group is called in tables.

    Parameters
    ----------
    world : World

    Returns
    -------
    dict of str to str
        Internal key to label, e.g. ``world_outside_target`` to
        ``world_outside_CHN``.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> group_labels(load_world())["country"]
    'IND'
    """
    scope = world.model.scope
    return {
        "country": scope.country,
        "incumbents": "incumbents",
        "alliance_with_country": f"alliance_with_{scope.country}",
        "world_outside_target": f"world_outside_{scope.target}",
    }


def flow_basis(world: World, good: str, group: tuple[str, ...]) -> str:
    """Return what most of a group's supply of a good rests on.

    For a kit, made where it is consumed, the flows of its inputs count.

    Parameters
    ----------
    world : World
    good : str
    group : tuple of str

    Returns
    -------
    str
        reported, sourced_share, prior, or ``none`` without flows.
    """
    net = world.network
    goods = tuple(net.inputs[good]) if good in net.kits else (good,)
    flows = world.flows
    part = flows[
        flows.index.get_level_values(0).isin(goods)
        & flows.index.get_level_values(2).isin(group)
    ]
    if part.empty:
        return "none"
    scale = part.index.get_level_values(0).map(net.unit)
    weight = (part.flow / np.array(scale)).groupby(part.flow_basis).sum()
    return str(weight.idxmax())


def rung_caps(
    levers: Levers, base: World
) -> dict[str, dict[tuple[str, str, str], float]]:
    """Return the C4 caps of each rung for the country studied, Ladder A.

    Hoarding stays out: ID(lambda) is a question about access, not about a crisis.

    Parameters
    ----------
    levers : Levers
    base : World
        The world whose incumbents are held at ``full``.

    Returns
    -------
    dict of str to dict
        By status, caps by arc [scaled].
    """
    model = base.model
    ladder = base.ladder_a()
    result = {}
    for rung in model.scope.rungs:
        mu = ladder.with_statuses({model.scope.country: rung}).pair_intensity()
        caps = access_caps(
            levers.arcs, mu, nu0=model.value("nu0"), nu1=model.value("nu1"), eta=0.0
        )
        result[rung] = dict(zip(levers.arcs.arcs, caps.tolist(), strict=True))
    return result


def compiled_world(net: Network) -> Program:
    """Compile the rows that dependency programs are cut from."""
    return compile_program(world_program(net, Weights(1, 1.0, 1.0)))


def chains(
    world: World,
    *,
    unallocated_as: Unallocated = "not_target",
    conflicts_as: str = "central",
    control: Control = "place",
    goods: tuple[str, ...] | None = None,
    with_status: bool = True,
) -> ChainResults:
    """Compute every dependency measure of a world.

    Parameters
    ----------
    world : World
    unallocated_as : {"not_target", "target", "target_and_demand"}
        Whose the unallocated output and demand are taken to be.
    conflicts_as : str
        Label of the world's end of conflicting sources.
    control : {"place", "owner"}
        Whether what the target's firms control elsewhere counts as withheld too
        (table ``ownership``); plants in the target always are the target's.
    goods : tuple of str, optional
        Only these goods.
    with_status : bool
        Compute ID(lambda) as well.

    Returns
    -------
    ChainResults

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = chains(load_world(), goods=("gallium",), with_status=False)
    >>> set(found.dependency.kind) == {"export_halt", "rupture"}
    True
    """
    net = world.network
    levers = Levers(
        world,
        unallocated_is_target=unallocated_as != "not_target",
        demand_is_target=unallocated_as == "target_and_demand",
        by_owner=control == "owner",
    )
    owned = levers.controlled
    left = survival(net, levers.targets, levers.capital, owned)
    setting = Setting(net, levers.targets, levers.capital, left, owned)
    program = compiled_world(net)
    caps = rung_caps(levers, world) if with_status else {}
    labels = group_labels(world)
    rows, unlocked = [], []
    paths: dict[tuple[str, str], Path] = {}
    solves = 0
    for good in goods or net.goods:
        chain = Chain(setting, restricted(program, net, good), good)
        dd = direct(net, good, levers.targets, owned)
        ltd = look_through(net, good, left)
        first_in_line = chain_survival(
            net, good, levers.targets, levers.capital, owned
        )
        for key, everyone in world.groups.items():
            group = tuple(c for c in everyone if c not in levers.targets)
            need = net.need[good]
            if sum(need.get(d, 0.0) for d in group) <= 0:
                continue
            ltp, _ = chain.solve(group, "first", "frozen")
            lower, _ = chain.solve(group, "first", "free")
            consumer = _worst_off(net, good, group, first_in_line)
            path = binding_path(
                net, good, consumer, levers.targets, levers.capital, first_in_line
            )
            paths[good, labels[key]] = path
            common = {
                "good": good, "group": labels[key], "unallocated_as": unallocated_as,
                "conflicts_as": conflicts_as, "control": control,
            }
            ids = {}
            for kind in KINDS:
                ids[kind], solution = chain.solve(group, "protected", "free", kind=kind)
                rows.append({
                    **common, "kind": kind,
                    "dd": weighted(dd, need, group), "ltp": ltp,
                    "ltd": weighted(ltd, need, group), "id": ids[kind],
                    "id_first": lower, "flow_basis": flow_basis(world, good, group),
                    "binding_path": str(path),
                    "id_binding": chain.binding(solution) if solution else "",
                    "unit": "share of need (0-1)",
                })
            if with_status:
                unlocked += _unlocked(chain, group, caps, common, ids["export_halt"])
        solves += chain.session.solves
    order = ["good", "group", "kind", "unallocated_as", "conflicts_as", "control",
             "dd", "ltp", "ltd", "id", "id_first", "flow_basis", "binding_path",
             "id_binding", "unit"]
    return ChainResults(
        pd.DataFrame(rows, columns=order), pd.DataFrame(unlocked), paths, solves
    )


def _worst_off(
    net: Network,
    good: str,
    group: tuple[str, ...],
    left: Mapping[tuple[str, str], float],
) -> str:
    """Return the consumer of a group that loses most when first in line."""
    need = net.need[good]

    def loss(d: str) -> tuple[float, float]:
        kept = sum(s * left[good, m] for m, s in net.suppliers[good, d])
        return need[d] * (1 - min(1.0, kept)), need[d]

    return max((d for d in group if need.get(d, 0.0) > 0), key=loss)


def _unlocked(
    chain: Chain,
    group: tuple[str, ...],
    caps: Mapping[str, Mapping[tuple[str, str, str], float]],
    common: Mapping[str, str],
    irreducible: float,
) -> list[dict[str, object]]:
    r"""Return ID(lambda) by rung and the unlocked share.

    .. math:: A(\lambda) = (R(protected,frozen) - ID(\lambda)) /
        (R(protected,frozen) - ID)
    """
    frozen, _ = chain.solve(group, "protected", "frozen")
    rows: list[dict[str, object]] = []
    for status, cap in caps.items():
        reached, _ = chain.solve(group, "protected", "status", caps=cap)
        width = frozen - irreducible
        share = (frozen - reached) / width if width >= _NOTHING else float("nan")
        rows.append({
            **common, "status": status, "id_lambda": reached, "id_frozen": frozen,
            "id": irreducible, "unlocked_share": share,
            "note": "" if width >= _NOTHING else "nothing to unlock",
            "unit": "share of need (0-1)",
        })
    return rows
