"""Decisions on the terminal: chokepoints, attacks, members, retaliation, frontier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from supplychain.report.grid import grid
from supplychain.report.record import run_hash
from supplychain.report.words import SHOWS, Words, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.console import Console

    from supplychain.scenarios.chokepoints import Chokepoints
    from supplychain.scenarios.coalition import CoalitionGame
    from supplychain.scenarios.frontier import Frontier
    from supplychain.scenarios.interdiction import InterdictionResults
    from supplychain.world.world import World

__all__ = [
    "chokepoints_screen",
    "frontier_screen",
    "interdiction_screen",
    "members_screen",
    "retaliation_screen",
]


def _traced(world: World, console: Console, what: str) -> None:
    scope = world.model.scope
    console.print(
        f"{what} Baseline {scope.year}, capacity of {scope.capacity}, memberships of "
        f"{scope.as_of}, run {run_hash(world)}.", style="dim", highlight=False,
    )


def _days(rows: pd.DataFrame) -> str:
    """Return the days that the sourced stocks of a good last, all users together."""
    known = rows[rows.days.notna()]
    if known.empty:
        return "unknown"
    low, high = known.days_low.min(), known.days_high.max()
    if math.isinf(low):
        return "re-routed"
    return f"{low:.0f}+" if math.isinf(high) else f"{low:.0f}-{high:.0f}"


def chokepoints_screen(
    world: World,
    found: Chokepoints,
    worth: pd.DataFrame,
    stops: pd.DataFrame,
    console: Console,
    count: int = 25,
) -> None:
    """Print N-1, who loses what, days until lines stop, and what capacity is worth.

    Parameters
    ----------
    world : World
    found : Chokepoints
    worth : pandas.DataFrame
        From :func:`~supplychain.scenarios.chokepoints.capacity_worth`.
    stops : pandas.DataFrame
        From :func:`~supplychain.scenarios.stops.days_until_lines_stop`, with a
        column ``supplier``.
    console : rich.console.Console
    count : int
        Rows to print.
    """
    words = Words(world)
    table = grid(
        f"The {count} worst nodes to lose for a year: share of the world's final "
        "value", "node", "lies in", "of output", "lost", "no membership",
        "free trade", "days of stock", "hits most", left=2,
    )
    nodes = found.nodes[found.nodes.lies_in != "nobody"]
    hits = found.detail[found.detail.kind == "product"]
    for r in nodes.head(count).itertuples():
        mine = hits[(hits.good == r.good) & (hits.country == r.country)]
        worst = mine.sort_values("loss", ascending=False).head(1)
        own = stops[(stops.good == r.good) & (stops.supplier == r.country)]
        table.add_row(
            f"{words.short(r.good)}, {words.country(r.country)}", r.lies_in,
            f"{r.share:.0%}", span(r.loss, r.loss_min, r.loss_max),
            span(r.loss_off, r.loss_off_min, r.loss_off_max),
            span(r.loss_free, r.loss_free_min, r.loss_free_max), _days(own),
            "; ".join(
                f"{words.short(h.of)} {h.loss:.0%}" for h in worst.itertuples()
                if h.loss > SHOWS
            ),
        )
    console.print(table)
    inside = nodes.head(count).lies_in.value_counts()
    nobody = found.nodes[found.nodes.lies_in == "nobody"]
    console.print(
        "Where they lie: " + ", ".join(f"{k} {v}" for k, v in inside.items())
        + f". Left out: {len(nobody)} nodes that are no country (the rest of the "
        "world, output that no source allocates). What is lost with free trade is "
        "scarce capacity, the rest is access. Days: how long sourced stocks last "
        "for those who buy there, least to most; unknown where no stock is sourced.",
        style="dim", highlight=False,
    )
    console.print()
    table = grid("Where capacity is worth most at the margin, under the halt",
                 "node", "lies in", "one per cent less", "one per cent more", left=2)
    for r in worth.head(10).itertuples():
        table.add_row(f"{words.short(r.good)}, {words.country(r.country)}", r.lies_in,
                      f"-{r.left:.4f}", f"+{r.right:.4f}")
    console.print(table)
    _traced(world, console, "Unit: % of the program's value (other uses included) per "
            "1 % of the good's world output.")


def interdiction_screen(
    world: World, found: InterdictionResults, console: Console
) -> None:
    """Print the worst attacks and what could not be attacked.

    Parameters
    ----------
    world : World
    found : InterdictionResults
    console : rich.console.Console
    """
    words = Words(world)
    table = grid("Worst attacks: share of baseline still served", "what", "channels",
                 "k", "served", "proved", "nodes removed", left=2)
    for r in found.attacks.itertuples():
        nodes = [n.split("|") for n in r.attacked.split("; ") if n]
        table.add_row(
            words.good(r.good), r.channels, str(r.k), f"{r.value:.3f}",
            "yes" if r.proved else f"no: at least {r.bound:.3f}, gap {r.gap:.1%}",
            "; ".join(f"{words.short(g)} {words.country(c)}" for g, c in nodes) or "-",
        )
    console.print(table)
    reasons = found.left_out.reason.value_counts()
    console.print(
        "Not attacked, because too little is known of who makes them: "
        + "; ".join(f"{k}: {v} goods" for k, v in reasons.items())
        + ". A value that is not proved in time is a bound.",
        style="dim", highlight=False,
    )
    console.print(", ".join(sorted(found.left_out.good)), style="dim", highlight=False)
    _traced(world, console, "")


_IN_CORE = 1e-6


def members_screen(
    world: World,
    games: Sequence[CoalitionGame],
    brings: pd.DataFrame,
    marginal: pd.DataFrame,
    console: Console,
) -> None:
    """Print what each member is worth.

    Parameters
    ----------
    world : World
    games : sequence of CoalitionGame
    brings : pandas.DataFrame
        From :func:`~supplychain.scenarios.brings.brings`.
    marginal : pandas.DataFrame
        From :func:`~supplychain.scenarios.marginal.marginal_values`.
    console : rich.console.Console
    """
    words = Words(world)
    for game in games:
        table = grid(
            f"Shapley value, % of the players' baseline; together {game.total:.1f}",
            "player", "standing", "value", "alone", "last to join", left=2,
        )
        exact = game.rows.sort_values("shapley", ascending=False)
        for r in exact.itertuples():
            value = f"{r.shapley + 0.0:.2f}"
            if r.method != "exact":
                value += f" ({r.low:.2f} to {r.high:.2f})"
            table.add_row(words.player(r.player), r.standing, value,
                          f"{r.alone:.2f}", f"{r.marginal:.2f}")
        console.print(table)
        if game.core is None:
            kept = "Estimated from a sample of orders, with 95 % intervals; the core " \
                "is not checked"
        elif game.excess <= _IN_CORE:
            kept = "It lies in the core"
        else:
            leave = " + ".join(words.player(p) for p in game.blocking)
            kept = f"It is not in the core: {leave} would gain {game.excess:.2f} by " \
                "leaving"
        console.print(f"{game.statement}. {kept}.", style="dim", highlight=False)
        console.print()
    table = grid("What a member brings to all others, same unit", "player",
                 "capacity", "demand", "stock", left=1)
    for player, rows in brings.groupby("player", sort=False):
        cells = rows.set_index("endowment")
        table.add_row(words.player(str(player)), *(
            "unknown" if math.isnan(cells.shapley[e]) else f"{cells.shapley[e]:.2f}"
            for e in ("capacity", "demand", "stock")
        ))
    console.print(table)
    console.print()
    shock = marginal.shock.iloc[0]
    table = grid(
        f"In the alliance or out of it, everyone trading on; {words.shock(shock)}, "
        f"severity {marginal.severity.iloc[0]:g}",
        "player", "change", "alliance", "the others in it", left=2,
    )
    for player, rows in marginal.groupby("player", sort=False):
        by = rows.set_index("group")
        cells = [
            span(r.difference, r.difference_min, r.difference_max, "+")
            for r in by.itertuples() if str(r.Index).startswith("alliance")
        ]
        table.add_row(words.player(str(player)), rows.change.iloc[0], *cells)
    console.print(table)
    _traced(world, console, "Shares of baseline final value served, with the ranges "
            "of both runs.")


def retaliation_screen(world: World, found: pd.DataFrame, console: Console) -> None:
    """Print the break-even retaliation by rung and good.

    Parameters
    ----------
    world : World
    found : pandas.DataFrame
        From :func:`~supplychain.scenarios.retaliation.break_even`.
    console : rich.console.Console
    """
    words = Words(world)
    country = words.country(world.model.scope.country)
    table = grid(f"How much worse retaliation may make it before joining stops paying "
                 f"for {country}", "what", "status", "lost outside", "lost inside",
                 "no membership", "break-even", "joining pays", left=2)
    for r in found[found.intensity > 0].itertuples():
        if max(r.loss_outside_max, r.loss_member_max) < SHOWS / 10:
            continue
        shown = r.note if math.isnan(r.theta_star) else (
            "any" if math.isinf(r.theta_star)
            else span(r.theta_star, r.theta_star_min, r.theta_star_max))
        table.add_row(
            words.good(r.good), r.status,
            span(r.loss_outside, r.loss_outside_min, r.loss_outside_max),
            span(r.loss_member, r.loss_member_min, r.loss_member_max),
            span(r.loss_channels_off, r.loss_channels_off_min,
                 r.loss_channels_off_max), shown, r.pays,
        )
    console.print(table)
    _traced(world, console, "Break-even: θ at which (1 + θ λ) L(λ) reaches L(0); any: "
            "a member loses nothing. Goods of which nothing is lost are left out.")


def _premium(low: float, high: float) -> str:
    if math.isnan(low) and math.isnan(high):
        return "no price"
    if math.isnan(high):
        return f"at least {low:.1f}"
    return f"{low:.1f}" if high - low < SHOWS else f"{low:.1f} to {high:.1f}"


def frontier_screen(
    world: World, found: Sequence[Frontier], console: Console
) -> None:
    """Print long-run frontiers: marks, reach, what blocks.

    Parameters
    ----------
    world : World
    found : sequence of Frontier
    console : rich.console.Console
    """
    words = Words(world)
    target = words.country(world.model.scope.target)
    for f in found:
        what = "chain" if f.task.chain else "stage"
        console.print(f"{words.good(f.task.good)}, {what}", style="bold",
                      highlight=False)
        by_year = ", ".join(words.short(g) for g in f.blocking_by_year) or "nothing"
        least = ", ".join(words.short(g) for g in f.blocking) or "nothing"
        console.print(
            f"{target}'s share today {f.today:.3f} (bought directly {f.direct:.3f}); "
            f"by {f.task.year} idle plants and listed projects reach {f.reached:.3f} "
            f"({by_year} in the way); least at all {f.least:.3f} ({least}).",
            highlight=False,
        )
        table = grid(f"Least premium for a cap on {target}'s share", "cap", "share",
                     "membership", "premium, % of cost", "new capacity, % of need",
                     f"reachable by {f.task.year}", left=1)
        for r in f.marks.itertuples():
            table.add_row(
                "the regulation's" if r.mark == "share_cap" else r.mark,
                f"{r.share:.3f}", r.membership,
                "out of reach" if not r.feasible
                else _premium(r.premium_low, r.premium_high),
                "" if not r.feasible else f"{r.capacity:.1f}",
                "yes" if r.reachable else "no",
            )
        console.print(table)
        console.print()
    for r in found[0].channels.itertuples() if found else ():
        console.print(f"Channel {r.channel}: {r.effect}.", style="dim",
                      highlight=False)
    _traced(world, console, "A premium that is a range rests on stages whose price no "
            "source gives.")
