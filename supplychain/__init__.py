"""Semiconductor and critical-mineral supply-chain networks.

Facts (``data/``), assumptions (``models/``) and results stay apart. The public
names load on first use, so that importing the package costs nothing.

Examples
--------
>>> import supplychain as sc
>>> world = sc.load_world()
>>> world.status("pax_silica", "IND")
'signatory'
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from supplychain.views import provide

_WHERE = {
    "Analysis": "supplychain.scenarios.analysis",
    "Model": "supplychain.tables.model",
    "World": "supplychain.world.world",
    "analyze": "supplychain.report.analyze",
    "backtest": "supplychain.scenarios.backtest",
    "break_even": "supplychain.scenarios.retaliation",
    "chains": "supplychain.scenarios.chains",
    "coalition_game": "supplychain.scenarios.coalition",
    "export_world": "supplychain.world.export",
    "frontier": "supplychain.scenarios.frontier",
    "interdict": "supplychain.scenarios.interdiction",
    "load_export": "supplychain.world.export",
    "load_model": "supplychain.tables.model",
    "load_world": "supplychain.world.build",
    "n_minus_1": "supplychain.scenarios.chokepoints",
    "outcomes": "supplychain.scenarios.catalog",
    "read_tables": "supplychain.tables.reader",
    "what_if": "supplychain.scenarios.whatif",
    "world_from_tables": "supplychain.world.simple",
}

__all__ = [*_WHERE, "__version__"]


def _plots(result: Any) -> Any:  # noqa: ANN401
    """Return ``result.plot``; what draws loads on first use."""
    return import_module("supplychain.report.accessors").Plots(result)


provide("plot", _plots)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name == "__version__":
        from supplychain.home import code_version

        return code_version()
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
