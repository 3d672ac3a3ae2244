"""The run record: what made these numbers, so that they can be traced."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

from supplychain.home import code_version

if TYPE_CHECKING:
    from supplychain.world.world import World

__all__ = ["run_hash", "run_record"]

_LIBRARIES = ("highspy", "pyomo", "numpy", "pandas", "scipy", "networkx")
SEED = 0
"""Seed given to the solver; nothing else in a run is random."""


def run_hash(world: World) -> str:
    """Return what identifies a run: tables, model, code, solver and seed.

    Parameters
    ----------
    world : World

    Returns
    -------
    str
        16 hexadecimal digits.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> len(run_hash(load_world()))
    16
    """
    tables = dict(world.tables.hashes) if world.tables is not None else {}
    parts = {
        "tables": tables, "world": world.hash, "model": world.model.hash,
        "code": code_version(), "solver": metadata.version("highspy"), "seed": SEED,
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_record(world: World, scenario: str = "", **more: object) -> dict[str, Any]:
    """Return the record written to ``run.json``.

    Parameters
    ----------
    world : World
    scenario : str
        Name of the scenario applied, if any.
    **more : object
        What else the run has to say: solves, times.

    Returns
    -------
    dict
        Version, hashes, scenario, solver, seed, calibration, and `more`.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> run_record(load_world(), "india_full")["scenario"]["name"]
    'india_full'
    """
    scope = world.model.scope
    residual = world.residuals
    return {
        "run": run_hash(world),
        "version": code_version(),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "solver": "HiGHS",
        "seed": SEED,
        "scenario": {
            "model": scope.name, "country": scope.country, "alliance": scope.alliance,
            "target": scope.target, "as_of": scope.as_of.isoformat(),
            "name": scenario or "base", "overrides": world.model.overrides,
            "model_hash": world.model.hash,
        },
        "tables": dict(world.tables.hashes) if world.tables is not None else {},
        "world": {
            "hash": world.hash, "goods": len(world.goods), "places": len(world.places),
            "nodes": len(world.nodes), "flows": len(world.flows),
            "incumbents": list(world.incumbents),
        },
        "calibration": {
            "largest_residual": float(residual.residual.max()),
            "goods_by_quadratic_program": sorted(
                residual.index[residual.method == "qp"]),
            "opened_cells": {g: r for g, r in residual.opened.items() if r},
            "dropped_shares": {g: r for g, r in residual.dropped.items() if r},
            "notes": list(world.notes),
        },
        **more,
    }
