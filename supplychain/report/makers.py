"""Figures of what a run finds, each with a caption that says what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from supplychain.errors import ScenarioError
from supplychain.plot.chains import chains, select_chains
from supplychain.plot.chokepoints import ranking
from supplychain.plot.ladder import ladder_figure
from supplychain.plot.scatter import scatter
from supplychain.plot.tornado import tornado
from supplychain.plot.whatif import before_after
from supplychain.scenarios.parse import CALM
from supplychain.scenarios.sensitivity import HEADLINES
from supplychain.scenarios.whatif import ALL
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from supplychain.report.context import Context

__all__ = ["RESULTS", "Maker", "figure_of"]


@dataclass(frozen=True)
class Maker:
    """How one figure of the gallery is made.

    Attributes
    ----------
    make : callable
        Draws the figure from a context, title and caption included.
    what : str
        What it shows, in one line.
    reads : tuple of str
        Options that change it.
    """

    make: Callable[[Context], Figure]
    what: str
    reads: tuple[str, ...] = ()


def figure_of(axes: Axes) -> Figure:
    """Return the figure that axes stand on.

    Parameters
    ----------
    axes : matplotlib.axes.Axes

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If they stand on a part of a figure.

    Examples
    --------
    >>> figure = Figure()
    >>> figure_of(figure.add_subplot()) is figure
    True
    """
    figure = axes.figure
    if not isinstance(figure, Figure):
        raise TypeError("the axes stand on a part of a figure")
    return figure


def _ladder(context: Context) -> Figure:
    country, target = context.country, context.target
    rows, own = context.ladder, context.world.model.scope.country
    if not ((rows.group == own) & (rows.good == ALL)).any():
        raise ScenarioError(f"{country} needs no final product: no ladder to draw")
    return ladder_figure(
        rows, country=own,
        names=context.names,
        caption=(
            f"Share of {country}'s baseline value of final products served in the year "
            f"in which {target} halts exports, by {country}'s status in "
            f"{context.alliance}, all else equal. Ladder A holds "
            "incumbents at full, Ladder B at their recorded statuses. Vertical bars: "
            f"range over the optimal face. Most of {country}'s flows are calibrated, "
            f"not observed. {context.when} {context.trace}"
        ),
    )


def _chains(context: Context) -> Figure:
    target = context.target
    return figure_of(chains(
        context.dependency, goods_names=context.names, group=context.options.group,
        limit=context.options.count or 30,
        title=f"How far {_whose(context)} depends on {target}",
        caption=(
            f"Share of need lost when {target}'s output is gone, by good; ID when "
            f"{target} goes on buying (export halt). Bars span first claim for this "
            "chain, output and then also uses that no source allocates counted as "
            f"{target}'s, and over conflicting sources. {context.when} {context.trace}"
        ),
    ))


def _whose(context: Context) -> str:
    """Return whose need is shown, in words."""
    group = context.options.group
    if group is None:
        return f"the world outside {context.target}"
    known = set(context.dependency.group)
    if group not in known:
        raise ScenarioError(f"no group {group!r}; {nearest(group, known)}")
    return context.names.get(group, group)


def _tornado(context: Context) -> Figure:
    headline = context.options.headline
    if headline not in HEADLINES:
        raise ScenarioError(f"no headline {headline!r}; {nearest(headline, HEADLINES)}")
    return figure_of(tornado(
        context.sensitivity, headline=headline, top=context.options.count or 12,
        title=_headline(context),
        caption=(
            f"{HEADLINES[headline][:1].upper()}{HEADLINES[headline][1:]}: share of "
            "baseline value, one assumption at a time at its low and high. "
            f"{context.when} {context.trace}"
        ),
    ))


def _headline(context: Context) -> str:
    country, headline = context.country, context.options.headline
    if headline == "gain_halt_country":
        return (f"What moves {country}'s gain from full membership most (halt aimed "
                f"at {country} alone, severity 0.75)")
    return f"What moves most: {HEADLINES[headline]}"


def _scatter(context: Context) -> Figure:
    target, who = context.target, _whose(context)
    return figure_of(scatter(
        select_chains(context.dependency, group=context.options.group),
        goods_names=context.names,
        title=f"How far {who} looks and is dependent on {target}",
        caption=(
            f"A mark is a good: share of need lost when {target} halts exports, as it "
            "looks through all tiers with users rationed alike (LTD, across) and after "
            "the best re-sourcing within capacities (ID, up). On the diagonal nothing "
            "can be replaced. Bars span first claim, output that no source allocates "
            f"and conflicting sources. {context.when} {context.trace}"
        ),
    ))


def _chokepoints(context: Context) -> Figure:
    words = context.words
    names = {
        **context.names, "target": context.target, "country": context.country,
        "alliance": f"incumbents of {context.alliance}",
    }
    shock, severity = context.options.shock, context.severity
    under = "in a year without any other shock" if shock == CALM else (
        f"in the year of: {words.shock(shock)}, severity {severity:g}")
    return figure_of(ranking(
        context.chokepoints, names=names, top=context.options.count or 20,
        title="Single points of failure: what the world loses without one node",
        caption=(
            "Value of final products not served in the whole world when all output of "
            f"one good in one country stops for a year, {under}. Bars: memberships as "
            "recorded. What remains with trade free of caps is scarce capacity, the "
            "rest is access; more can be lost then, as the program values other uses "
            "too, and the first units of a need more than the last. "
            f"{context.when} {context.trace}"
        ),
    ))


def _before_after(context: Context) -> Figure:
    found, words = context.comparison, context.words
    name = ", ".join(context.options.scenario) or words.filled(found.title)
    context = replace(context, world=found.after, scenario=name)
    shock = "no shock" if found.shock is None else words.title(found.shock)
    same = found.base_shock == found.shock
    base = "" if same else (
        "; before: " + ("no shock" if found.base_shock is None
                        else words.title(found.base_shock)))
    return figure_of(before_after(
        found.rows, country=context.world.model.scope.country, names=context.names,
        top=context.options.count or 12,
        title=f"Before and after: {words.filled(found.title)}",
        caption=(
            "Share of baseline value served, before and after the change, under: "
            f"{shock}, severity {found.severity:g}{base}. Below the line: the goods "
            f"of {context.country} that change. A difference (percentage points) is "
            "bounded by the ranges of both runs. "
            f"{context.when} {context.trace}"
        ),
    ))


RESULTS: Mapping[str, Maker] = MappingProxyType({
    "ladder": Maker(
        _ladder, "value served on each rung of membership, shock by shock"),
    "chains": Maker(
        _chains, "DD, LTP, LTD and ID of each good on one line", ("group", "count")),
    "scatter": Maker(
        _scatter, "ID against LTD: replaceable, or a true chokepoint", ("group",)),
    "chokepoints": Maker(
        _chokepoints, "N-1: what the world loses without one node",
        ("shock", "severity", "count")),
    "before_after": Maker(
        _before_after, "before and after of a what-if",
        ("scenario", "changes", "shock", "severity", "count")),
    "tornado": Maker(
        _tornado, "one headline number, each assumption at its ends",
        ("headline", "count")),
})
"""Figures of results, by name."""
