"""Commands on decisions: chokepoints, interdict, members, retaliation, frontier."""

from __future__ import annotations

from typing import Annotated

import typer

from supplychain.cli.options import (
    CapacityYear,
    Code,
    Data,
    Day,
    Keep,
    ModelName,
    Out,
    Rule,
    Severity,
    app,
    bar_of,
    console_of,
    world_of,
)


@app.command()
def chokepoints(
    shock: Annotated[
        str, typer.Option(help="Under which a node stops, in words; see what-if.")
    ] = "none",
    severity: Severity = None,
    count: Annotated[int, typer.Option(help="How many to print.", min=1)] = 25,
    country: Code = None,
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    keep: Keep = None,
    out: Out = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Take out each node in turn: what the world loses, and how long stocks last.

    Example: supplychain chokepoints --count 15 --out results
    """
    import pandas as pd

    from supplychain.report.decisions import chokepoints_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.chokepoints import capacity_worth, n_minus_1
    from supplychain.scenarios.stops import days_until_lines_stop

    world = world_of(model, as_of, year, projects, data, country)
    with bar_of("one node at a time") as show:
        found = n_minus_1(world, shock=shock, severity=severity, detail=count + 10,
                          progress=show, keep=keep)
    halt = shock if shock != "none" else "halt_everyone"
    worth = capacity_worth(world, shock=halt, severity=severity)
    worst = found.nodes.head(4 * count)
    stops = pd.concat([
        days_until_lines_stop(world, {(g, c): 1.0}).assign(supplier=c)
        for g, c in zip(worst.good, worst.country, strict=True)
    ], ignore_index=True)
    chokepoints_screen(world, found, worth, stops, console_of(), count)
    if out is not None:
        write_tables(world, {
            "chokepoints.csv": found.nodes, "chokepoints_detail.csv": found.detail,
            "capacity_worth.csv": worth, "days_until_stop.csv": stops,
        }, out, scenario=shock)


@app.command()
def interdict(
    goods: Annotated[
        list[str] | None,
        typer.Argument(help="Goods whose chains are attacked; by default every final "
                       "product and the whole network."),
    ] = None,
    most: Annotated[int, typer.Option(help="Nodes removed at most.", min=1)] = 3,
    country: Annotated[
        str | None, typer.Option(help="Attack only this country's nodes.")
    ] = None,
    spare: Annotated[
        list[str] | None, typer.Option(help="Countries that may not be attacked.")
    ] = None,
    any_coverage: Annotated[
        bool, typer.Option("--any-producers", help="Attack goods with few listed "
                           "producers too; coverage of 95 % still holds.")
    ] = False,
    network_limit: Annotated[
        float, typer.Option(help="Seconds for each k on the whole network.")
    ] = 120.0,
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    keep: Keep = None,
    out: Out = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Find the worst that the loss of k nodes can do to a chain or the network.

    Example: supplychain interdict ndfeb_magnet smartphone --most 2
    """
    from supplychain.report.decisions import interdiction_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.attackable import MIN_PRODUCERS
    from supplychain.scenarios.interdiction import interdict as attack

    world = world_of(model, as_of, year, projects, data)
    with bar_of("interdiction") as show:
        found = attack(
            world, goods or None, most=most, country=country, spared=spare or (),
            min_producers=1 if any_coverage else MIN_PRODUCERS,
            network_limit=network_limit, progress=show, keep=keep,
        )
    interdiction_screen(world, found, console_of())
    if out is not None:
        write_tables(world, {
            "interdiction.csv": found.attacks,
            "interdiction_left_out.csv": found.left_out,
        }, out)


@app.command()
def members(
    candidates: Annotated[
        bool, typer.Option(help="Let observers and the invited play too.")
    ] = True,
    outsiders: Annotated[
        float, typer.Option(help="Share of baseline that third countries go on "
                            "selling to a coalition, 0-1.", min=0, max=1)
    ] = 0.0,
    severity: Annotated[
        float, typer.Option(help="Share of the target's sales that stops in the game.",
                            min=0, max=1)
    ] = 1.0,
    shock: Annotated[
        str, typer.Option(help="Of the marginal values, while everyone trades on.")
    ] = "halt_everyone",
    country: Code = None,
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    keep: Keep = None,
    out: Out = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Value each member: Shapley value, what it brings, what its seat changes.

    Example: supplychain members --outsiders 1 --severity 0.75
    """
    import pandas as pd

    from supplychain.measures.shapley import LONGEST
    from supplychain.report.decisions import members_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.brings import brings
    from supplychain.scenarios.characteristic import Terms
    from supplychain.scenarios.coalition import coalition_game, sampled_game
    from supplychain.scenarios.marginal import marginal_values
    from supplychain.scenarios.players import players_of

    world = world_of(model, as_of, year, projects, data, country)
    terms = Terms(severity=severity, outsiders=outsiders)
    # What no source splits flatters each country that is named in it: beside the
    # game with it stands one in which such figures are a player of their own.
    games = []
    for apart in (False, True):
        players = players_of(world, candidates=candidates, joint_apart=apart)
        with bar_of("coalitions") as show:
            if len(players) <= LONGEST:
                game = coalition_game(world, players=players, terms=terms,
                                      progress=show, keep=keep)
            else:
                game, _ = sampled_game(world, players=players, terms=terms)
        games.append(game)
    players = players_of(world, candidates=candidates)
    brought = brings(world, players=players, terms=terms)
    marginal = marginal_values(world, players=players, shock=shock)
    members_screen(world, games, brought, marginal, console_of())
    if out is not None:
        rows = [g.rows.assign(joint_figures=name) for g, name in zip(
            games, ("with their countries", "a player of their own"), strict=True)]
        write_tables(world, {
            "shapley.csv": pd.concat(rows, ignore_index=True),
            "coalitions.csv": games[0].values, "brings.csv": brought,
            "marginal.csv": marginal,
        }, out)


@app.command()
def retaliation(
    shock: Annotated[
        str, typer.Option(help="What the country meets outside the alliance.")
    ] = "halt_country",
    wider: Annotated[
        str | None, typer.Option(help="What a member meets, if retaliation widens "
                                 "the list of goods.")
    ] = None,
    theta: Annotated[
        float, typer.Option(help="Retaliation as a deeper shock: θ.", min=0)
    ] = 0.0,
    severity: Severity = None,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="Other members as recorded, not at full.")
    ] = False,
    country: Code = None,
    as_of: Day = None,
    year: CapacityYear = None,
    projects: Rule = None,
    out: Out = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Find the retaliation at which joining stops paying, by rung and good.

    Example: supplychain retaliation --shock china-halts:ndfeb_magnet
    --wider china-halts:ndfeb_magnet,gallium,germanium
    """
    from supplychain.report.decisions import retaliation_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.retaliation import break_even

    world = world_of(model, as_of, year, projects, data, country)
    found = break_even(world, shock=shock, severity=severity, wider=wider, theta=theta,
                       recorded=recorded)
    retaliation_screen(world, found, console_of())
    if out is not None:
        write_tables(world, {"retaliation.csv": found}, out, scenario=shock)


@app.command()
def frontier(
    goods: Annotated[
        list[str] | None, typer.Argument(help="Goods; all final products by default.")
    ] = None,
    stage: Annotated[
        bool, typer.Option("--stage", help="The good alone, not its whole chain.")
    ] = False,
    group: Annotated[
        str, typer.Option(help="country, incumbents, alliance_with_country or "
                          "world_outside_target.")
    ] = "world_outside_target",
    where: Annotated[
        str, typer.Option(help="Where new plants may stand, likewise.")
    ] = "world_outside_target",
    cap: Annotated[
        list[float] | None, typer.Option(help="One more cap to mark, 0-1.")
    ] = None,
    year: Annotated[int, typer.Option(help="Projects begun by then count.")] = 2030,
    projects: Annotated[
        str, typer.Option(help="operating, under_construction or announced.")
    ] = "under_construction",
    country: Code = None,
    as_of: Day = None,
    out: Out = None,
    model: ModelName = "pax_silica",
    data: Data = None,
) -> None:
    """Draw the way out of dependency: least premium for each cap on the share.

    Example: supplychain frontier ndfeb_magnet gallium --cap 0.5
    """
    import pandas as pd

    from supplychain.report.decisions import frontier_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.frontier import frontiers

    world = world_of(model, as_of, None, None, data, country)
    net = world.network
    asked = goods or [g for g in net.goods if g in net.finals and net.inputs[g]]
    with bar_of("frontier") as show:
        found = list(frontiers(
            world, asked, chain=not stage, group=group, where=where,
            caps=tuple(cap or ()), year=year, rule=projects, progress=show,
        ).values())
    frontier_screen(world, found, console_of())
    if out is not None:
        write_tables(world, {
            f"frontier_{name}.csv": pd.concat(
                [getattr(f, name).assign(frontier=f.task.good) for f in found],
                ignore_index=True)
            for name in ("points", "marks", "stages")
        }, out)


@app.command()
def backtest(
    out: Out = None, model: ModelName = "pax_silica", data: Data = None
) -> None:
    """Hold the model against documented disruptions, failures included.

    Example: supplychain backtest --out results
    """
    from supplychain.report.backtest import backtest_screen
    from supplychain.report.write import write_tables
    from supplychain.scenarios.backtest import backtest as run

    world = world_of(model, None, None, None, data)
    found = run(world)
    backtest_screen(found, console_of())
    if out is not None:
        write_tables(world, {
            "backtest.csv": found.rows, "backtest_inputs.csv": found.inputs,
            "backtest_parameters.csv": found.parameters,
        }, out)
