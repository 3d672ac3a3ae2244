"""What-ifs: a base and a variant that share everything but what is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.optimize.response import Range, Response, Served, weights_of
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.events import PREFIX, with_event
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.sensitivity import BOUNDS_ONLY, assumption_names
from supplychain.tables.model_parts import (
    AssumptionDelta,
    Delta,
    Effect,
    MembershipDelta,
    OutageDelta,
    Shock,
    StrengthDelta,
)
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from supplychain.world.world import World

__all__ = ["Comparison", "compared", "parse_change", "parse_shock", "what_if"]

ALL = "final products"
_CHANGE = re.compile(r"(?P<name>[^=]+)=(?P<value>[^=]+)")
_HALT = re.compile(r"(?P<who>[\w .-]+?)-halts(?::(?P<goods>[\w,]+))?(?:@(?P<at>\w+))?")


@dataclass(frozen=True)
class Comparison:
    """A paired comparison.

    Attributes
    ----------
    rows : pandas.DataFrame
        By group and good: before, after and difference, each with its least and
        most over the optimal faces [share of baseline, 0-1].
    binding : pandas.DataFrame
        What binds before and after, largest duals first.
    drivers : pandas.DataFrame
        What the difference for the country becomes with one assumption at its low
        and at its high.
    shock : Shock
    severity : float
    before, after : World
    """

    rows: pd.DataFrame
    binding: pd.DataFrame
    drivers: pd.DataFrame
    shock: Shock
    severity: float
    before: World
    after: World

    def __repr__(self) -> str:
        return f"Comparison({self.shock.title}, severity {self.severity:g})"


def parse_change(world: World, text: str) -> Delta:
    """Return what ``NAME=VALUE`` changes.

    Parameters
    ----------
    world : World
    text : str
        ``pax_silica.IND=full`` a status, ``forge.access=1`` the strength of a
        channel, ``outage.gallium.JPN=0.5`` a loss of capacity, ``nu0=0.2`` an
        assumption.

    Returns
    -------
    Delta

    Raises
    ------
    ScenarioError
        If it names nothing that the world knows; names the nearest.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> parse_change(load_world(), "pax_silica.TWN=full").status
    'full'
    """
    match = _CHANGE.fullmatch(text.strip())
    if match is None:
        raise ScenarioError(
            f"{text!r} changes nothing: write ALLIANCE.COUNTRY=STATUS, "
            "ALLIANCE.CHANNEL=STRENGTH, outage.GOOD.COUNTRY=LOSS or ASSUMPTION=VALUE"
        )
    name, value = match["name"].strip(), match["value"].strip()
    head, *rest = name.split(".")
    if head == "outage" and len(rest) == 2:
        good, place = rest
        return OutageDelta(good=good, country=place, loss=_number(text, value, most=1))
    if len(rest) == 1:
        alliances = set(world.model.strengths)
        if world.tables is not None:
            alliances |= set(world.tables["alliances"].alliance)
        if head not in alliances:
            raise ScenarioError(f"no alliance {head!r}; {nearest(head, alliances)}")
        (what,) = rest
        if what in world.model.channels:
            strength = _number(text, value, most=1)
            return StrengthDelta(alliance=head, channel=what, value=strength)
        if value not in world.model.statuses:
            raise ScenarioError(
                f"no status {value!r}; {nearest(value, world.model.statuses)}"
            )
        if what not in world.countries.index:
            known = [*world.countries.index, *world.model.channels]
            raise ScenarioError(f"no country {what!r}; {nearest(what, known)}")
        return MembershipDelta(alliance=head, country=what, status=value)
    known = [*world.model.assumptions, *(f"status:{s}" for s in world.model.statuses)]
    if name not in known:
        raise ScenarioError(f"no assumption {name!r}; {nearest(name, known)}")
    return AssumptionDelta(name=name, value=_number(text, value))


def _number(text: str, value: str, most: float = float("inf")) -> float:
    try:
        number = float(value)
    except ValueError:
        raise ScenarioError(f"{text!r}: {value!r} is no number") from None
    if not 0 <= number <= most:
        raise ScenarioError(f"{text!r}: {value} does not lie between 0 and {most:g}")
    return number


def parse_shock(world: World, text: str) -> tuple[World, Shock]:
    """Return a shock by its name or in words, and the world that knows it.

    Parameters
    ----------
    world : World
    text : str
        A shock of the model (``halt_everyone``), an event (``event:ID``), or
        ``WHO-halts``, ``WHO-halts:good,good``, ``WHO-halts:good@COUNTRY`` with a
        country's name or code: its exports of these goods, or of all it makes, to
        everyone, to one country, or to the ``alliance``.

    Returns
    -------
    world : World
    shock : Shock

    Raises
    ------
    ScenarioError
        If there is no such shock, country or good; names the nearest.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> _, shock = parse_shock(load_world(), "china-halts:gallium,germanium")
    >>> [(e.actor, e.good) for e in shock.effects]
    [('CHN', 'gallium'), ('CHN', 'germanium')]
    """
    if text in world.model.shocks:
        return world, world.model.shocks[text]
    if text.startswith(PREFIX):
        world = with_event(world, text)
        return world, world.model.shocks[text]
    match = _HALT.fullmatch(text)
    if match is None:
        known = [*world.model.shocks, "china-halts:GOOD,GOOD", "event:ID"]
        raise ScenarioError(f"no shock {text!r}; {nearest(text, known)}")
    actor = _country(world, match["who"])
    made = [g for g in world.network.goods if (g, actor) in world.network.output]
    goods = match["goods"].split(",") if match["goods"] else made
    for good in goods:
        if good not in made:
            raise ScenarioError(
                f"{world.countries.name[actor]} makes no {good!r} in the network; "
                f"{nearest(good, made)}"
            )
    at = match["at"]
    targets: str | tuple[str, ...] = "everyone"
    if at is not None:
        targets = at if at in {"alliance", "country", "everyone"} else (
            _country(world, at),)
    shock = Shock(
        kind="event", targets="everyone",
        title=f"{world.countries.name[actor]} halts exports of "
        f"{', '.join(goods) if match['goods'] else 'all it makes'}"
        + (f" to {at}" if at else ""),
        effects=tuple(
            Effect(actor=actor, good=g, kind="export_halt", targets=targets)
            for g in goods
        ),
    )
    return replace(world, model=world.model.with_shock(text, shock)), shock


def _country(world: World, text: str) -> str:
    names = {
        str(name).lower().replace(" ", "-"): str(code)
        for code, name in world.countries.name.items()
    }
    code = text.upper()
    if code in world.countries.index:
        return code
    if text.lower() in names:
        return names[text.lower()]
    known = [*names, *world.countries.index]
    raise ScenarioError(f"no country {text!r}; {nearest(text.lower(), known)}")


def what_if(
    world: World,
    changes: Mapping[str, object] | Iterable[str | Delta],
    *,
    shock: str = "halt_everyone",
    severity: float | None = None,
    compare: Iterable[Delta] = (),
    drivers: bool = True,
) -> Comparison:
    """Compare the world with a variant of it under the same shock.

    Parameters
    ----------
    world : World
        With the statuses as recorded.
    changes : mapping, or iterable of str or Delta
        What the variant changes: ``{"pax_silica.IND": "full"}`` or
        ``["pax_silica.IND=full"]``; see :func:`parse_change`.
    shock : str
        See :func:`parse_shock`.
    severity : float, optional
        Share of the halted sales that stops, 0..1; the model's central one.
    compare : iterable of Delta
        What the base changes too (a scenario).
    drivers : bool
        Vary the assumptions on memberships as well.

    Returns
    -------
    Comparison
        Differences are bounded by the ranges of both runs: least after minus most
        before, most after minus least before.

    Raises
    ------
    ScenarioError
        If a change, shock or severity is unknown or out of range.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = what_if(load_world(), {"pax_silica.IND": "excluded"}, drivers=False)
    >>> list(found.rows.columns)[:5]
    ['group', 'good', 'before', 'before_min', 'before_max']
    """
    severity = world.model.severities.central if severity is None else severity
    if not 0 <= severity <= 1:
        raise ScenarioError(f"severity {severity:g} does not lie between 0 and 1")
    world, halt = parse_shock(world, shock)
    if not isinstance(changes, str) and hasattr(changes, "items"):
        changes = [f"{k}={v}" for k, v in changes.items()]
    deltas = [parse_change(world, c) if isinstance(c, str) else c for c in changes]
    before = world.with_(list(compare))
    after = before.with_(deltas)
    pair = _Pair.of(before, after)
    runs = [pair.serve(w, halt, severity) for w in (before, after)]
    labels, country = group_labels(before), before.model.scope.country
    rows = [
        compared(labels[key], ALL, runs[0].groups[key], runs[1].groups[key])
        for key in runs[0].groups
    ]
    rows += [
        compared(country, g if kind == "final" else f"{g} (other uses)", found,
             runs[1].goods[g, kind])
        for (g, kind), found in runs[0].goods.items()
    ]
    binding = [
        {"run": name, "constraint": family, "what": "|".join(what), "weight": weight}
        for name, run in zip(("before", "after"), runs, strict=True)
        for family, what, weight in run.binding
    ]
    moved = _drivers(pair, halt, severity) if drivers else []
    return Comparison(
        pd.DataFrame(rows), pd.DataFrame(binding), pd.DataFrame(moved), halt,
        severity, before, after,
    )


@dataclass(frozen=True)
class _Pair:
    """Base and variant with their compiled programs; w stays that of the base."""

    before: World
    after: World
    levers: Levers
    programs: Mapping[bool, Response]

    @classmethod
    def of(cls, before: World, after: World) -> _Pair:
        first = Response(before.network, weights_of(before))
        same = before.model.overrides == after.model.overrides
        second = first if same else Response(after.network, weights_of(after))
        return cls(before, after, Levers(before), {False: first, True: second})

    def serve(self, world: World, shock: Shock, severity: float) -> Served:
        """Run the base or the variant."""
        bounds = self.levers.bounds(world, shock, severity)
        run = self.programs[world is self.after]
        groups = self.before.groups
        country = self.before.model.scope.country
        return run.serve(bounds, groups, country)


def _drivers(
    pair: _Pair, shock: Shock, severity: float
) -> list[dict[str, object]]:
    """Return the difference for the country with one assumption at its ends."""
    model = pair.before.model
    rows = []
    for name in assumption_names(pair.before):
        asked = pair.after.model.overrides.get(name)
        if not name.startswith(BOUNDS_ONLY) or asked != model.overrides.get(name):
            continue  # needs another program, or is what the comparison changes
        a = model.ranged(name)
        ends = []
        for end in (a.low, a.high):
            value = {name: end}
            served: list[Range] = []
            for program, world in ((False, pair.before), (True, pair.after)):
                bounds = pair.levers.bounds(world.with_values(value), shock, severity)
                groups = {"country": pair.before.groups["country"]}
                found = pair.programs[program].serve(bounds, groups).groups
                if "country" not in found:
                    return []  # the country needs no final product
                served.append(found["country"])
            first, last = served
            ends.append(last.middle - first.middle)
        rows.append({
            "assumption": name, "low": a.low, "central": a.central, "high": a.high,
            "difference_at_low": ends[0], "difference_at_high": ends[1],
            "unit": "share of baseline (0-1)",
        })
    return rows


def compared(group: str, good: str, b: Range, a: Range) -> dict[str, object]:
    """Return one row of a comparison: before, after, difference, with their ranges.

    Parameters
    ----------
    group, good : str
        Labels.
    b, a : Range
        Before and after [share of baseline, 0-1].

    Returns
    -------
    dict of str to object
        The difference is bounded by the ranges of both.

    Examples
    --------
    >>> one = compared("IND", "magnets", Range(0.5, 0.4, 0.6), Range(0.7, 0.7, 0.7))
    >>> round(one["difference_min"], 6), round(one["difference_max"], 6)
    (0.1, 0.3)
    """
    low, high = a.low - b.high, a.high - b.low
    return {
        "group": group, "good": good,
        "before": b.middle, "before_min": b.low, "before_max": b.high,
        "after": a.middle, "after_min": a.low, "after_max": a.high,
        "difference": (low + high) / 2, "difference_min": low,
        "difference_max": high, "unit": "share of baseline (0-1)",
    }
