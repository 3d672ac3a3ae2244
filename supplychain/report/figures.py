"""The figures of a run, with captions that say what, where, when, unit and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from supplychain.home import data_dir
from supplychain.plot.chains import chains
from supplychain.plot.ladder import ladder_figure
from supplychain.plot.maps import chain_map, producer_shares, read_land
from supplychain.plot.save import save
from supplychain.plot.tornado import tornado
from supplychain.report.record import run_hash
from supplychain.report.words import Words
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.sensitivity import HEADLINES

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from supplychain.scenarios.analysis import Analysis

__all__ = ["MAP_CHAIN", "names_of", "write_figures"]

MAP_CHAIN = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet")
"""The chain on the map: rare earths from ore to magnets."""

_TORNADO = "gain_halt_country"


def names_of(analysis: Analysis) -> dict[str, str]:
    """Return words for every code a figure may show.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    dict of str to str
        Goods, countries, groups, shocks.
    """
    world, words = analysis.world, Words(analysis.world)
    names = {g: words.good(g) for g in world.goods.index}
    names |= {c: words.country(c) for c in world.countries.index}
    names |= {label: words.group(label) for label in group_labels(world).values()}
    names |= {shock: words.shock(shock) for shock in world.model.shocks}
    days = world.model.value("benchmark_stock_days")
    extra = world.model.value("benchmark_capacity")
    target = words.country(world.model.scope.target)
    names |= {
        "stock_of_binding_input": f"{days:g} days of stock of the binding input",
        "more_capacity_outside_target": f"{extra:.0%} more capacity outside {target}",
    }
    return names


def write_figures(analysis: Analysis, folder: Path) -> list[Path]:
    """Draw the ladder, dependency by chain, the tornado and the map.

    Parameters
    ----------
    analysis : Analysis
    folder : pathlib.Path

    Returns
    -------
    list of pathlib.Path
        PNG and SVG files.
    """
    world, words = analysis.world, Words(analysis.world)
    scope = world.model.scope
    names = names_of(analysis)
    country, target = words.country(scope.country), words.country(scope.target)
    trace = (
        f"Source: tables in data/ (sources.csv), assumptions of model {scope.name} "
        f"(assumptions.csv); run {run_hash(world)}."
    )
    when = (
        f"Baseline {scope.year}, statuses as of {scope.as_of}. "
    )
    files: list[Path] = []
    ladder = analysis.ladder[analysis.ladder.capacity == scope.capacity]
    own = ladder[(ladder.group == scope.country) & (ladder.good == "final products")]
    if own.empty:
        for ending in ("png", "svg"):  # an earlier run's ladder is not this one's
            (folder / f"ladder.{ending}").unlink(missing_ok=True)
    else:
        files += save(_ladder(analysis, names, when + trace), folder, "ladder")
    axes = chains(
        analysis.dependency[analysis.dependency.control == "place"],
        goods_names=names,
        title=f"How far the world outside {target} depends on {target}",
        caption=(
            f"Share of need lost when {target}'s output is gone, by good; ID when "
            f"{target} goes on buying (export halt). Bars span first claim for this "
            "chain, output and then also uses that no source allocates counted as "
            f"{target}'s, and over conflicting sources. {when}{trace}"
        ),
    )
    files += save(_figure(axes), folder, "chains")
    axes = tornado(
        analysis.sensitivity, headline=_TORNADO,
        title=f"What moves {country}'s gain from full membership most "
        f"(halt aimed at {country} alone, severity 0.75)",
        caption=(
            f"{HEADLINES[_TORNADO].capitalize()}: share of {country}'s final value, "
            f"one assumption at a time at its low and high. {when}{trace}"
        ),
    )
    files += save(_figure(axes), folder, "tornado")
    stages = [(g, words.good(g)) for g in MAP_CHAIN if g in world.goods.index]
    if stages and scope.alliance in world.statuses.index.get_level_values(0):
        axes = chain_map(
            read_land(data_dir() / "geo" / "countries_50m.geojson"),
            producer_shares(
                world.nodes.output - world.nodes.secondary, [g for g, _ in stages]
            ),
            stages=stages,
            statuses=world.statuses.loc[scope.alliance].status,
            points=world.countries.reset_index()[
                ["iso3", "name", "latitude", "longitude"]],
            title=f"Rare-earth magnets by stage, and {words.alliance(scope.alliance)}",
            as_of=f"{scope.as_of.day} {scope.as_of:%B %Y}",
            country=scope.country, target=scope.target,
            caption=f"Share of world output by country and stage, {scope.year} "
            f"(coverage.csv gives the year of each figure). {trace}",
        )
        files += save(_figure(axes), folder, "map")
    return files


def _ladder(analysis: Analysis, names: dict[str, str], trace: str) -> Figure:
    """Draw the ladder of the country studied."""
    words, scope = Words(analysis.world), analysis.world.model.scope
    country, target = words.country(scope.country), words.country(scope.target)
    return ladder_figure(
        analysis.ladder[analysis.ladder.capacity == scope.capacity],
        country=scope.country, names=names,
        caption=(
            f"Share of {country}'s baseline value of final products served in the year "
            f"in which {target} halts exports, by {country}'s status in "
            f"{words.alliance(scope.alliance)}, all else equal. Ladder A holds "
            "incumbents at full, Ladder B at their recorded statuses. Vertical bars: "
            f"range over the optimal face. Most of {country}'s flows are calibrated, "
            f"not observed. {trace}"
        ),
    )


def _figure(axes: Axes) -> Figure:
    """Return the figure that axes stand on."""
    figure = axes.figure
    if not isinstance(figure, Figure):
        raise TypeError("the axes stand on a part of a figure")
    return figure
