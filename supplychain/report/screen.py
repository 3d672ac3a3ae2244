"""The analysis on one screen: rich tables, readable at 100 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from supplychain.report.words import NOT_OBSERVED, SHOWS, Words, number, published
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.sensitivity import HEADLINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supplychain.scenarios.analysis import Analysis

__all__ = ["OBSERVED", "observed_share", "screen", "sentences"]

Side = Literal["left", "right"]
_FLAT = 0.005
OBSERVED = ("reported", "sourced_share")
_ALL = "final products"


def _table(title: str, columns: Iterable[tuple[str, Side]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None,
                  pad_edge=False, header_style="dim")
    for name, justify in columns:
        whole = justify == "right" or name.startswith("halt")
        table.add_column(name, justify=justify, no_wrap=whole, overflow="fold")
    return table


def _pick(frame: pd.DataFrame, **where: object) -> pd.DataFrame:
    mask = pd.Series(data=True, index=frame.index)
    for column, value in where.items():
        mask &= frame[column] == value
    return frame[mask]


def dependency_tables(analysis: Analysis) -> list[Table]:
    """Return the tables of final products and of the worst inputs."""
    world, words = analysis.world, Words(analysis.world)
    labels = group_labels(world)
    outside, own = labels["world_outside_target"], labels["country"]
    frame = _pick(analysis.dependency, conflicts_as="central", control="place")
    base = _pick(frame, unallocated_as="not_target")
    halt = _pick(base, kind="export_halt", group=outside).set_index("good")
    rupture = _pick(base, kind="rupture", group=outside).set_index("good")
    upper, lower = (
        _pick(frame, unallocated_as=run, kind="export_halt", group=outside)
        .set_index("good").id
        for run in ("target", "target_and_demand")
    )
    mine = _pick(base, kind="export_halt", group=own).set_index("good")
    target = words.country(world.model.scope.target)
    finals = [g for g in world.goods.index[world.goods.final] if g in halt.index]
    finals.sort(key=lambda g: (-halt.id[g], -halt.ltd[g]))
    inputs = [g for g in halt.index if g not in finals]
    inputs.sort(key=lambda g: (-halt.id[g], -halt.ltd[g]))
    tables = []
    for title, goods in (
        (f"How far the world outside {target} depends on {target}: final products",
         finals),
        (f"The fifteen inputs with the highest irreducible dependency on {target}",
         inputs[:15]),
    ):
        table = _table(title, [
            ("good", "left"), ("DD", "right"), ("LTP", "right"), ("LTD", "right"),
            ("ID", "right"), ("first", "right"), ("output", "right"),
            ("uses", "right"), ("rupture", "right"), (words.country(own), "right"),
            ("rests on", "left"),
        ])
        for g in goods:
            seen = g in mine.index and mine.flow_basis[g] in OBSERVED
            here = number(mine.id[g]) if seen else (
                NOT_OBSERVED if g in mine.index else "–")
            table.add_row(
                words.short(g), number(halt.dd[g]), number(halt.ltp[g]),
                number(halt.ltd[g]), Text(number(halt.id[g]), style="bold"),
                number(halt.id_first[g]), number(upper.get(g, float("nan"))),
                number(lower.get(g, float("nan"))), number(rupture.id[g]), here,
                words.node(halt.binding_path[g].split(" < ")[-1]),
            )
        tables.append(table)
    return tables


def ladder_table(analysis: Analysis) -> Table:
    """Return the ladder of the country studied, with the run without effects."""
    world, words = analysis.world, Words(analysis.world)
    scope = world.model.scope
    own = group_labels(world)["country"]
    frame = _pick(analysis.ladder, capacity=scope.capacity, group=own, good=_ALL,
                  no_harm=0)
    rungs = list(scope.rungs)
    table = _table(
        f"{words.country(own)} on the ladder: share of its final value served in the "
        f"year after {words.country(scope.target)} halts a share s of its exports",
        [("halt aimed at", "left"), ("s", "right"), ("off", "right"),
         *[(r, "right") for r in rungs], ("low–high", "right"), ("B: full", "right")],
    )
    for shock in world.model.shocks:
        for severity in world.model.severity_pair:
            part = _pick(frame, shock=shock, severity=severity)
            cells = [_cell(_pick(part, ladder="A", channels="off"))]
            central = _pick(part, ladder="A", channels="central")
            cells += [_cell(_pick(central, status=r)) for r in rungs]
            low, high = (
                _middle(_pick(part, ladder="A", channels=c, status=rungs[-1]))
                for c in ("low", "high")
            )
            recorded = _cell(_pick(part, ladder="B", status=rungs[-1]))
            table.add_row(words.aim(shock), f"{severity:g}", *cells,
                          f"{low}–{high}", recorded)
    return table


def _cell(rows: pd.DataFrame) -> str:
    """Return a number, or a range without its zeros: columns are narrow."""
    if rows.empty:
        return "–"
    r = rows.iloc[0]
    return published(r.value, r["min"], r["max"]).replace("–0.", "–.").removeprefix(
        "0" if r["max"] - r["min"] >= SHOWS else ""
    )


def _middle(rows: pd.DataFrame) -> str:
    """Return the middle of a range in two digits."""
    if rows.empty:
        return "–"
    return f"{(rows.iloc[0]['min'] + rows.iloc[0]['max']) / 2:.2f}"


def benchmark_table(analysis: Analysis) -> Table:
    """Return the benchmarks and the dated path beside the ladder."""
    world, words = analysis.world, Words(analysis.world)
    own = group_labels(world)["country"]
    frame = _pick(analysis.ladder, capacity=world.model.scope.capacity, group=own,
                  good=_ALL)
    marks = _pick(frame, ladder="benchmark")
    days = sorted({n for n in frame.ladder if n.startswith("dated:")})
    days_of = world.model.value("benchmark_stock_days")
    extra = world.model.value("benchmark_capacity")
    table = _table(
        "In the same unit: three plain benchmarks without any membership effect, and "
        "statuses as recorded",
        [("halt aimed at", "left"), ("s", "right"),
         (f"stock {days_of:g} d", "right"), (f"C3 +{extra:.0%}", "right"),
         ("free", "right"),
         *[(d.removeprefix("dated:"), "right") for d in days]],
    )
    names = ("stock_of_binding_input", "more_capacity_outside_target",
             "free_rerouting")
    for shock in world.model.shocks:
        for severity in world.model.severity_pair:
            part = _pick(marks, shock=shock, severity=severity)
            path = _pick(frame, shock=shock, severity=severity)
            table.add_row(
                words.aim(shock), f"{severity:g}",
                *[_cell(_pick(part, status=n)) for n in names],
                *[_cell(_pick(path, ladder=d)) for d in days],
            )
    return table


def capacity_table(analysis: Analysis) -> Table | None:
    """Return the ladder beside that of other capacity years; None without any."""
    world, words = analysis.world, Words(analysis.world)
    scope = world.model.scope
    own = group_labels(world)["country"]
    frame = _pick(analysis.ladder, group=own, good=_ALL, no_harm=0, ladder="A")
    years = [scope.capacity, *map(str, scope.capacity_path)]
    if len(years) == 1 or frame.empty:
        return None
    rungs = list(scope.rungs)
    table = _table(
        "The same ladder with what is being built (capacity of the year, flows and "
        "demand of the calibration year)",
        [("halt aimed at", "left"), ("s", "right"), ("capacity", "left"),
         ("off", "right"), *[(r, "right") for r in rungs]],
    )
    for shock in world.model.shocks:
        for severity in world.model.severity_pair:
            for year in years:
                part = _pick(frame, shock=shock, severity=severity, capacity=year)
                central = _pick(part, channels="central")
                table.add_row(
                    words.aim(shock), f"{severity:g}",
                    year.replace(":", " ").replace("under_construction", "building"),
                    _cell(_pick(part, channels="off")),
                    *[_cell(_pick(central, status=r)) for r in rungs],
                )
    return table


def ownership_table(analysis: Analysis, count: int = 8) -> Table | None:
    """Return where counting owners changes dependency most; None if nowhere."""
    world, words = analysis.world, Words(analysis.world)
    outside = group_labels(world)["world_outside_target"]
    frame = _pick(analysis.dependency, conflicts_as="central", kind="export_halt",
                  unallocated_as="not_target", group=outside)
    place = _pick(frame, control="place").set_index("good")
    owner = _pick(frame, control="owner").set_index("good")
    if owner.empty:
        return None
    before = place.reindex(owner.index)
    gain = (owner.id - before.id).combine(owner.dd - before.dd, max)
    gain = gain[gain >= _FLAT].sort_values(ascending=False)
    target = words.country(world.model.scope.target)
    table = _table(
        f"Counting what firms of {target} control elsewhere as withheld too "
        "(sourced cells only, ownership.csv)",
        [("good", "left"), ("DD place", "right"), ("DD owner", "right"),
         ("ID place", "right"), ("ID owner", "right")],
    )
    for good in gain.index[:count]:
        table.add_row(words.good(good), number(place.dd[good]),
                      number(owner.dd[good]), number(place.id[good]),
                      number(owner.id[good]))
    return table


def sensitivity_table(analysis: Analysis, count: int = 6) -> Table:
    """Return the assumptions that move the headline numbers most."""
    frame = analysis.sensitivity
    worst = frame.sort_values("effect", ascending=False).drop_duplicates("assumption")
    table = _table("Assumptions that move a headline number most (one at a time)", [
        ("assumption", "left"), ("range", "left"), ("headline number", "left"),
        ("low", "right"), ("central", "right"), ("high", "right"),
    ])
    for r in worst.head(count).itertuples():
        table.add_row(
            r.assumption, f"{r.low} / {r.central} / {r.high}",
            HEADLINES[r.headline], number(r.at_low, 3), number(r.at_central, 3),
            number(r.at_high, 3),
        )
    return table


def sentences(analysis: Analysis) -> list[str]:
    """Say what the ladder shows, and which constraint binds in each shock.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    list of str
        One paragraph a shock, at the lower severity.
    """
    world, words = analysis.world, Words(analysis.world)
    scope = world.model.scope
    own = group_labels(world)["country"]
    country, target = words.country(scope.country), words.country(scope.target)
    severity = world.model.severity_pair[0]
    frame = _pick(analysis.ladder, capacity=scope.capacity, group=own, good=_ALL,
                  no_harm=0, severity=severity)
    if frame.empty:
        return [f"{country} needs no final product in the network: it has no ladder "
                "of its own; id_lambda.csv gives its inputs."]
    result = []
    for shock in world.model.shocks:
        part = _pick(frame, shock=shock, ladder="A", channels="central")
        first = _pick(part, status=scope.rungs[0]).iloc[0]
        last = _pick(part, status=scope.rungs[-1]).iloc[0]
        off = _pick(frame, shock=shock, ladder="A", channels="off").iloc[0]
        # What is certain: the best of one end against the worst of the other.
        gain = (last["min"] - first["max"], last["max"] - first["min"])
        text = (
            f"{words.shock(shock)} (severity {severity:g}): without any membership "
            f"effect {country} is served {published(off.value, off['min'], off['max'])}"
            f" of its final value; excluded from a working alliance "
            f"{published(first.value, first['min'], first['max'])}, as a full member "
            f"{published(last.value, last['min'], last['max'])}"
        )
        if max(abs(gain[0]), abs(gain[1])) < _FLAT:
            text += ". The ladder is flat: membership of its own does not help here"
        elif gain[0] <= 0 <= gain[1]:
            text += ". The difference lies within the range of the optimum"
        else:
            ends = [f"{g:+.3f}" for g in gain]
            span = ends[0] if ends[0] == ends[1] else " to ".join(ends)
            text += f", a difference of {span}"
        for status in (scope.rungs[0], scope.rungs[-1]):
            bound = _pick(analysis.binding, capacity=scope.capacity, shock=shock,
                          severity=severity, ladder="A", channels="central", no_harm=0,
                          status=status).head(2)
            names = [words.constraint(r.constraint, r.what) for r in bound.itertuples()]
            if names:
                text += f". What binds most when {status}: {'; '.join(names)}"
        result.append(text + ".")
    observed = observed_share(analysis)
    result.append(
        f"Of {country}'s supply in the network {observed:.0%} rests on reported or "
        "sourced flows; the rest is the world's share, not observed: read "
        f"{country}'s ladder as that of a country supplied like the average buyer "
        f"outside {target}."
    )
    return result


def observed_share(analysis: Analysis) -> float:
    """Return how much of the country's imports rests on observed flows [1].

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    float
        Share of the value of its imports in the network.
    """
    world = analysis.world
    flows = world.flows
    country = world.model.scope.country
    net = world.network
    total = seen = 0.0
    for (good, exporter, importer), row in flows.iterrows():
        if importer == country != exporter:
            worth = float(row.flow) / net.unit[good] * net.value[good]
            total += worth
            seen += worth * (row.flow_basis in OBSERVED)
    return seen / total if total > 0 else 0.0


def screen(analysis: Analysis, console: Console) -> None:
    """Print the analysis.

    Parameters
    ----------
    analysis : Analysis
    console : rich.console.Console
    """
    world, words = analysis.world, Words(analysis.world)
    scope = world.model.scope
    head = Text.assemble(
        (f"{scope.title}\n", "bold"),
        f"{words.country(scope.country)} in {words.alliance(scope.alliance)}, "
        "dependence on "
        f"{words.country(scope.target)}; memberships at {scope.as_of}; "
        f"{len(world.goods)} goods, {len(world.places)} places, "
        f"{len(world.nodes)} nodes.\n",
        "DD bought directly, LTD looking through every tier with all users rationed "
        "alike, LTP the same with this chain first in line, ID after the best "
        "re-sourcing that harms nobody else: the headline. Shares of need, 0–1. ID is "
        "also given when this chain comes before all others (first), when output that "
        "no source allocates counts as the target's (output), when unallocated uses do "
        "so too (uses), and when the target stops buying (rupture).",
    )
    console.print(Panel(head, width=min(console.width, 100)))
    for table in dependency_tables(analysis):
        console.print(table, width=100)
        console.print()
    console.print(ladder_table(analysis), width=100)
    console.print()
    console.print(benchmark_table(analysis), width=100)
    console.print()
    for more in (capacity_table(analysis), ownership_table(analysis)):
        if more is not None:
            console.print(more, width=100)
            console.print()
    for text in sentences(analysis):
        console.print(Text("• " + text), width=100)
    console.print()
    console.print(sensitivity_table(analysis), width=100)
    console.print()
    later = [n for n, c in world.model.channels.items() if c.horizon != "year"]
    console.print(Group(Text(
        f"Channels {', '.join(later)}: not applicable at this horizon (one year). "
        f"{NOT_OBSERVED}: {words.country(scope.country)}'s flows of that good are the "
        "world's shares.", style="dim")), width=100)
