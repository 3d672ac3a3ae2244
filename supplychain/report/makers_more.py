"""The later figures by name: what of a context each of them reads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from supplychain.errors import ScenarioError
from supplychain.report.figures_more import (
    make_backtest,
    make_frontier,
    make_heatmap,
    make_steps,
)
from supplychain.report.figures_shocks import (
    make_retaliation,
    make_sankey,
    make_shapley,
)
from supplychain.report.makers import Maker
from supplychain.scenarios.parse import CALM
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from supplychain.report.context import Context

__all__ = ["MORE"]


def _steps(context: Context) -> Figure:
    try:
        return make_steps(context.world)
    except ValueError as error:  # a world in which no status unlocks anything
        raise ScenarioError(f"nothing to draw: {error}") from error


def _heatmap(context: Context) -> Figure:
    count = context.options.count
    return make_heatmap(context.world) if count is None else make_heatmap(
        context.world, goods=count)


def _sankey(context: Context) -> Figure:
    shock = _shock(context)
    if shock is None:
        return make_sankey(context.world, severity=context.options.severity)
    return make_sankey(context.world, shock=shock, severity=context.options.severity)


def _frontier(context: Context) -> Figure:
    return make_frontier(context.world, context.good("ndfeb_magnet"))


def _shapley(context: Context) -> Figure:
    return make_shapley(context.world)


def _retaliation(context: Context) -> Figure:
    shock = _shock(context)
    return make_retaliation(
        context.world, shocks=None if shock is None else [shock],
        severity=context.options.severity)


def _backtest(context: Context) -> Figure:
    return make_backtest(context.world)


def _shock(context: Context) -> str | None:
    """Return the shock asked for, one that the captions have words for."""
    shock, known = context.options.shock, context.world.model.shocks
    if shock == CALM:
        return None
    if shock not in known:
        raise ScenarioError(f"this figure is drawn under a shock of the model; no "
                            f"{shock!r}; {nearest(shock, known)}")
    return shock


MORE: Mapping[str, Maker] = MappingProxyType({
    "steps": Maker(
        _steps, "ID(λ): dependence left on each rung of membership, by good"),
    "heatmap": Maker(
        _heatmap, "who makes what: goods by countries", ("count",)),
    "sankey": Maker(
        _sankey, "a chain by country, before and after a halt", ("shock", "severity")),
    "frontier": Maker(
        _frontier, "what a cap on the target's share costs", ("good",)),
    "shapley": Maker(
        _shapley, "what each member is worth to the alliance"),
    "retaliation": Maker(
        _retaliation, "how much retaliation a membership bears",
        ("shock", "severity")),
    "backtest": Maker(
        _backtest, "past episodes: predicted against observed"),
})
"""Figures that compute what they show by themselves, by name."""
