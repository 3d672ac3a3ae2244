"""Figures made on their own: each computes what it shows and says where it is from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from supplychain.ids import AGGREGATES
from supplychain.plot import style
from supplychain.plot.backtest import backtest_figure
from supplychain.plot.frontier import frontier_figure
from supplychain.plot.heatmap import heatmap
from supplychain.plot.steps import steps_figure
from supplychain.report.context import Context
from supplychain.report.makers import figure_of
from supplychain.report.words import Words
from supplychain.scenarios.backtest import backtest
from supplychain.scenarios.chains import chains, group_labels
from supplychain.scenarios.frontier import frontier
from supplychain.tables.model_parts import StrengthDelta

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from supplychain.world.world import World

__all__ = [
    "REST",
    "financed",
    "make_backtest",
    "make_frontier",
    "make_heatmap",
    "make_steps",
    "source_line",
]

REST = "rest"
"""Column of all countries that have none of their own."""
_JOINT = "joint"
_STAGES = {
    "mine": "mines", "refine": "refining", "material": "materials",
    "component": "components", "chip": "chips", "packaging": "packaging",
    "capital": "tools", "product": "products",
}


def source_line(world: World, scenario: str = "base") -> str:
    """Return when, scenario and source: what closes each caption.

    Parameters
    ----------
    world : World
    scenario : str
        In words.

    Returns
    -------
    str

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> source_line(load_world())[:24]
    'Baseline 2024, statuses '
    """
    at = Context(world, scenario=scenario)
    return f"{at.when} {at.trace}"


def make_steps(world: World, *, unlocked: pd.DataFrame | None = None) -> Figure:
    """Draw ID of the country studied along the rungs, good by good.

    Parameters
    ----------
    world : World
    unlocked : pandas.DataFrame, optional
        ``Analysis.unlocked``, where it is at hand; computed otherwise.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    group = group_labels(world)["country"]
    rows = chains(world).unlocked if unlocked is None else unlocked
    # No strength in access is no membership effect; ID takes no hoarding anyway.
    off = chains(
        world.with_(
            StrengthDelta(alliance=scope.alliance, channel="access", value=0.0)),
        goods=tuple(dict.fromkeys(rows.good[rows.group == group])),
    ).unlocked
    off = off[off.group == group].groupby("good").id_lambda.first()
    country, target = words.country(scope.country), words.country(scope.target)
    return steps_figure(
        rows, group=group, off=off.to_dict(),
        names={g: words.good(g) for g in world.goods.index},
        title=f"What {country}'s status unlocks: dependence on {target} after "
        "re-sourcing within the caps of each status",
        caption=(
            f"ID(λ): share of {country}'s need [%] lost when {target} exports nothing "
            "and nobody else is harmed; λ is the intensity of the status "
            f"{country} holds in {words.alliance(scope.alliance)}, incumbents held at "
            f"full (Ladder A). {country} is taken to get all the world's slack: a "
            "lower bound on ID(λ), an upper bound on the gain. "
            + source_line(world, f"{target} halts exports, all of them")
        ),
    )


def make_heatmap(world: World, *, goods: int = 52, countries: int = 16) -> Figure:
    """Draw each country's share of world output, goods ordered by stage.

    Parameters
    ----------
    world : World
    goods : int
        Most goods shown: those whose largest producer has the largest share.
    countries : int
        Columns of their own: the target, the country studied, then those with the
        largest shares of all goods together.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    stage = world.goods.stage[world.goods.kit == 0]
    output = world.nodes.output.rename("output").reset_index()
    output.columns = ["good", "country", "output"]
    output = output[output.good.isin(stage.index) & (output.output > 0)]
    output["share"] = output.output / output.groupby("good").output.transform("sum")
    unsplit = {*AGGREGATES, *world.joint}
    single = output[~output.country.isin(unsplit)]
    top = single.groupby("good").share.max().sort_values(ascending=False)
    kept = set(top.index[:goods])
    weight = single[single.good.isin(kept)].groupby("country").share.sum()
    first = [scope.target, scope.country]
    ranked = weight.sort_values(ascending=False).index
    own = [*first, *(c for c in ranked if c not in first)][:countries]
    column = output.country.where(output.country.isin(own), REST)
    column = column.where(~output.country.isin(unsplit), _JOINT)
    cells = output.assign(country=column).groupby(
        ["good", "country"], as_index=False).share.sum()
    rows = [g for g in world.goods.index if g in kept]
    ranks = list(_STAGES)
    rows.sort(key=lambda g: (ranks.index(stage[g]), -top[g]))
    names = {g: words.good(g) for g in rows} | {c: words.country(c) for c in own}
    names |= {REST: "all other countries", _JOINT: "joint or not split"}
    axes = heatmap(
        cells, goods=rows, countries=[*own, REST, _JOINT],
        groups={g: _STAGES[stage[g]] for g in rows}, names=names,
        marked={scope.target: style.TARGET, scope.country: style.COUNTRY},
        measure="share of world output",
        title=f"Who makes what: share of world output by country, {scope.year}",
        caption=(
            "Share of world output [%], by stage and within it by the share of the "
            f"largest producer; the {len(rows)} of {len(top)} goods in which that "
            "share is largest. A dot is less than half a per cent; an empty cell is "
            "no producer that a source names, not nought. Joint or not split: "
            "figures that sources give for several countries at once, and what they "
            "give to nobody. coverage.csv has the year of each "
            f"figure. {source_line(world, 'none, the world as it is')}"
        ),
    )
    return figure_of(axes)


def make_backtest(world: World) -> Figure:
    """Draw what the model predicts of past episodes against what was observed.

    Parameters
    ----------
    world : World

    Returns
    -------
    matplotlib.figure.Figure
    """
    found = backtest(world)
    return backtest_figure(
        found.rows,
        title=f"Past episodes: {found.count('holds')} predictions hold, "
        f"{found.count('fails')} fail, {found.count('no prediction')} cannot be made",
        caption=(
            "One row an observation. Bar: what the model predicts from what sources "
            "give for the episode, assumptions at their low, central and high; the "
            "parameters are those shipped, none is fitted. Mark: observed; an arrow "
            "says that only a bound is known and which way it is open. A prediction "
            "fails if the two ranges do not meet, or if its equation explodes. Unit: "
            "see each axis. Episodes and dates: data/episodes.csv, "
            f"episode_outcomes.csv. {source_line(world, 'each episode')}"
        ),
    )


def make_frontier(
    world: World,
    good: str = "ndfeb_magnet",
    *,
    group: str = "world_outside_target",
    where: str = "world_outside_target",
    finance: bool = True,
    caps: tuple[float, ...] = (),
    year: int = 2030,
) -> Figure:
    """Draw what capping the target's share of a chain costs in the long run.

    Parameters
    ----------
    world : World
    good : str
    group, where : str
        Who is supplied and where new plants may stand: keys of ``world.groups``.
    finance : bool
        Draw the run in which the alliance acts through finance as well; without
        membership effect is always drawn.
    caps : tuple of float
        Caps to mark besides the regulation's [1].
    year : int
        Projects listed for it tell what is reachable.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    switched = financed(world) if finance else world
    found = frontier(switched, good, group=group, where=where, caps=caps,
                     year=year)
    country, target = words.country(scope.country), words.country(scope.target)
    alliance, labels = words.alliance(scope.alliance), group_labels(world)
    effect = found.channels.set_index("channel").effect["finance"]
    same = _no_difference(found.points)
    note = (
        f"Full membership of {country} in {alliance} acts through finance alone "
        f"({effect}; switched on for this figure)"
        + (": no difference to the frontier, because no new plant has to stand in "
           f"{country}. " if same else ". ")
        if "full" in set(found.points.membership) else
        f"{country}'s membership does not move it: finance is {effect}. "
    )
    first = "" if group == "world_outside_target" else (
        f"{words.group(labels[group])} comes first in line for idle plants and listed "
        "projects, so that this is a lower bound. "
    )
    listed = f"{year}, projects {found.task.rule.replace('_', ' ')}"
    return frontier_figure(
        found.points, found.marks, year=year, target=target,
        title=f"{words.good(good)}: what a cap on {target}'s share costs, "
        f"{words.group(labels[group])}",
        caption=(
            f"Least premium for keeping {target}'s share of every stage of the chain "
            f"of {words.short(good)} at or below the cap, and what has to be built "
            f"for it ({words.group(labels[where])}); circles are breakpoints, linear "
            "between them. Today's share, after free re-routing: "
            f"{style.percent(found.today)}. {note}{first}"
            f"{source_line(switched, listed)}"
        ),
    )


def financed(world: World) -> World:
    """Return the world in which the alliance under study acts through finance.

    Parameters
    ----------
    world : World

    Returns
    -------
    World
    """
    model = world.model
    channel = model.channels["finance"].model_copy(update={"enabled": True})
    on = replace(world, model=model.model_copy(
        update={"channels": {**model.channels, "finance": channel}}))
    return on.with_(StrengthDelta(alliance=model.scope.alliance, channel="finance",
                                  value=1.0))


def _no_difference(points: pd.DataFrame) -> bool:
    """Tell whether both memberships have one frontier."""
    premium = points[points.axis == "premium"]
    parts = [
        part[["bound", "share", "value"]].round(6).to_numpy().tolist()
        for _, part in premium.groupby("membership")
    ]
    return all(part == parts[0] for part in parts)
