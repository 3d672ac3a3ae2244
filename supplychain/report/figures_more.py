"""Figures made on their own: each computes what it shows and says where it is from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.ids import AGGREGATES
from supplychain.plot import style
from supplychain.plot.backtest import backtest_figure
from supplychain.plot.frontier import frontier_figure
from supplychain.plot.heatmap import heatmap
from supplychain.plot.retaliation import retaliation_figure
from supplychain.plot.sankey import sankey_figure
from supplychain.plot.shapley import shapley
from supplychain.plot.steps import steps_figure
from supplychain.report.makers import figure_of
from supplychain.report.record import run_hash
from supplychain.report.words import Words
from supplychain.scenarios.backtest import backtest
from supplychain.scenarios.chains import chains, group_labels
from supplychain.scenarios.coalition import coalition_game
from supplychain.scenarios.frontier import frontier
from supplychain.scenarios.losses import loss_curve, net_gain
from supplychain.scenarios.passage import OTHERS, UNSPLIT, flows_after, passage
from supplychain.scenarios.players import JOINT, players_of
from supplychain.tables.model_parts import StrengthDelta

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from supplychain.scenarios.coalition import CoalitionGame
    from supplychain.world.world import World

__all__ = [
    "CHAIN",
    "REST",
    "financed",
    "make_backtest",
    "make_frontier",
    "make_heatmap",
    "make_retaliation",
    "make_sankey",
    "make_shapley",
    "make_steps",
    "source_line",
]

REST = "rest"
"""Column of all countries that have none of their own."""
_JOINT = "joint"
CHAIN = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet")
"""The chain that is followed unless another is named: rare earths to magnets."""
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
        f"Baseline {scope.year}, statuses as of {scope.as_of.day} "
        f"{scope.as_of:%B %Y}; scenario: {scenario}. "
        "Source: tables in data/ (sources.csv), assumptions of model "
        f"{scope.name} (models/); run {run_hash(world)}."
    )


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
            f"{style.percent(found.today)}. {note}{first}{source_line(world, listed)}"
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


def _player(words: Words, name: str) -> str:
    """Return a player in words: a country, or a group of the model."""
    if name == JOINT or name in words.world.countries.index:
        return words.country(name)
    return " ".join(
        part if part == "and" else part.capitalize() for part in name.split("_")
    )


def make_shapley(
    world: World,
    *,
    games: Mapping[str, CoalitionGame] | None = None,
    candidates: bool = False,
) -> Figure:
    """Draw what each member is worth in two games: joint figures withheld, or apart.

    Parameters
    ----------
    world : World
    games : mapping of str to CoalitionGame, optional
        Solved games by their name in words; by default the two are solved here.
    candidates : bool
        Let those who may join play as well.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    if games is None:
        games = {
            f"Shapley value, {how}": coalition_game(world, players=players_of(
                world, candidates=candidates, joint_apart=apart))
            for how, apart in (("each country can withhold joint figures", False),
                               ("joint figures a player of their own", True))
        }
    rows = pd.concat(
        [game.rows.assign(game=name) for name, game in games.items()],
        ignore_index=True,
    )
    first = next(iter(games.values()))
    totals = sorted({round(game.total, 2) for game in games.values()})
    statement = first.statement.replace(scope.target, words.country(scope.target))
    return figure_of(shapley(
        rows, country=scope.country,
        names={p: _player(words, p) for p in rows.player},
        title=f"What each player brings to {words.alliance(scope.alliance)} when "
        f"{words.country(scope.target)} denies its goods",
        caption=(
            f"Together: v(N) = {' or '.join(f'{t:g}' for t in totals)}. {statement} "
            "(each game differs only in who holds the joint figures). No membership "
            "effect enters: a coalition trades inside itself without caps. "
            f"{source_line(world, 'the target denies everything')}"
        ),
    ))


def make_retaliation(
    world: World,
    *,
    shocks: Sequence[str] | None = None,
    severity: float | None = None,
    most: float = 1.0,
    points: int = 21,
) -> Figure:
    """Draw what joining gains by retaliation and intensity, a panel a shock.

    Parameters
    ----------
    world : World
    shocks : sequence of str, optional
        Shocks of the model; all of them by default.
    severity : float, optional
        The model's central one by default.
    most : float
        Largest retaliation shown [1].
    points : int
        Intensities computed from 0 to 1.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    names = list(world.model.shocks) if shocks is None else list(shocks)
    depth = world.model.severities.central if severity is None else severity
    levels = [float(x) for x in np.linspace(0, 1, points)]
    curves = {
        name: loss_curve(world, shock=name, severity=depth, intensities=levels)
        for name in names
    }
    thetas = [float(x) for x in np.linspace(0, most, 81)]
    off = "; ".join(
        f"{words.shock(name)}: L(0) {style.percent(curve.loss.iloc[0])}, "
        f"L(1) {style.percent(curve.loss.iloc[-1])}, channels off "
        f"{style.percent(curve.loss_off.iloc[0])}"
        for name, curve in curves.items()
    )
    country = words.country(scope.country)
    return retaliation_figure(
        {words.shock(name): net_gain(c, thetas) for name, c in curves.items()},
        rungs={s: world.model.intensity(s) for s in scope.rungs},
        title=f"How much retaliation {country}'s membership of "
        f"{words.alliance(scope.alliance)} bears",
        caption=(
            f"Net gain of joining, L(0) − (1 + θλ) L(λ): share of {country}'s "
            "baseline value of final products [%]; L(λ) is the loss at intensity λ, "
            "incumbents held at full (Ladder A); θ is how much deeper the loss of a "
            f"full member is made. {off}. Without any membership effect nothing is "
            "gained at any θ, and retaliation costs θλ times the loss. "
            f"{source_line(world, f'each halt at severity {depth:g}')}"
        ),
    )


def make_sankey(
    world: World,
    goods: Sequence[str] = CHAIN,
    *,
    shock: str = "halt_everyone",
    severity: float | None = None,
) -> Figure:
    """Draw a chain as it runs today and under a shock, without and with membership.

    Parameters
    ----------
    world : World
    goods : sequence of str
        First stage to last.
    shock : str
        A shock of the model.
    severity : float, optional
        The model's central one by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    scope, words = world.model.scope, Words(world)
    depth = world.model.severities.central if severity is None else severity
    runs = {
        f"Baseline, {scope.year}": passage(world, goods),
        f"{words.shock(shock)}, severity {depth:g}: channels off": passage(
            world, goods, flows=flows_after(world, shock, depth, off=True)),
        f"{words.shock(shock)}, severity {depth:g}: statuses as recorded": passage(
            world, goods, flows=flows_after(world, shock, depth)),
    }
    places = {p for found in runs.values() for p in found.bars.place}
    names = {p: words.country(p) for p in places}
    names |= {OTHERS: "others", UNSPLIT: "not split"}
    target = words.country(scope.target)
    return sankey_figure(
        {name: (found.bars, found.links) for name, found in runs.items()},
        stages=[*(words.good(g) for g in goods), "Users of the last stage"],
        names=names,
        title=f"From {words.short(goods[0]).lower()} to {words.good(goods[-1])}, by "
        "country: before and after a halt",
        caption=(
            "Heights: share of world baseline output of each stage [%]; a stage that "
            "is shorter than at the baseline has lost output. Bands: what passes to "
            "the next stage; no band leaves for other uses, nor for what is still made "
            "after the halt and finds no use. Flows after the halt are those nearest "
            f"to the baseline among all that serve as much (L2); {target} goes on "
            "buying. Most flows are calibrated, not observed. "
            f"{source_line(world, f'{words.shock(shock)}, severity {depth:g}')}"
        ),
    )
