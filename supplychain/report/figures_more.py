"""Figures made on their own: each computes what it shows and says where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from supplychain.ids import AGGREGATES
from supplychain.plot import style
from supplychain.plot.heatmap import heatmap
from supplychain.plot.steps import steps_figure
from supplychain.report.record import run_hash
from supplychain.report.words import Words
from supplychain.scenarios.chains import chains, group_labels
from supplychain.tables.model_parts import StrengthDelta

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from supplychain.world.world import World

__all__ = ["make_heatmap", "make_steps", "source_line"]

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
    scope = world.model.scope
    return (
        f"Baseline {scope.year}, statuses as of {scope.as_of}; scenario: {scenario}. "
        "Source: tables in data/ (sources.csv), assumptions of model "
        f"{scope.name} (models/); run {run_hash(world)}."
    )


def figure_of(axes: Axes) -> Figure:
    """Return the figure that axes stand on."""
    figure = axes.figure
    if not isinstance(figure, Figure):
        raise TypeError("the axes stand on a part of a figure")
    return figure


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
        world.with_(StrengthDelta(alliance=scope.alliance, channel="access", value=0.0)),
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
    weight = single.groupby("country").share.sum().sort_values(ascending=False)
    first = [scope.target, scope.country]
    own = [*first, *(c for c in weight.index if c not in first)][:countries]
    column = output.country.where(output.country.isin(own), REST)
    column = column.where(~output.country.isin(unsplit), _JOINT)
    cells = output.assign(country=column).groupby(
        ["good", "country"], as_index=False).share.sum()
    top = single.groupby("good").share.max().sort_values(ascending=False)
    kept = set(top.index[:goods])
    rows = [g for g in world.goods.index if g in kept]
    ranks = list(_STAGES)
    rows.sort(key=lambda g: (ranks.index(stage[g]), -top[g]))
    names = {g: words.good(g) for g in rows} | {c: words.country(c) for c in own}
    names |= {REST: "all other countries", _JOINT: "joint or not split"}
    axes = heatmap(
        cells, goods=rows, countries=[*own, REST, _JOINT],
        groups=dict(zip(rows, (_STAGES[stage[g]] for g in rows), strict=True)), names=names,
        marked={scope.target: style.TARGET, scope.country: style.COUNTRY},
        measure="share of world output",
        title=f"Who makes what: share of world output by country, {scope.year}",
        caption=(
            "Share of world output [%], by stage and within it by the share of the "
            f"largest producer; the {len(rows)} of {len(top)} goods in which that "
            "share is largest. A dot is less than half a per cent; an empty cell is "
            "no producer that a source names, not nought. Joint or not split: "
            "figures that sources give for several countries at once, and what they "
            f"give to nobody. {source_line(world, 'none')}"
        ),
    )
    return figure_of(axes)
