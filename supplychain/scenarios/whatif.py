"""What-ifs: a base and a variant that share everything but what is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.optimize.response import Range, Served, shared_response
from supplychain.scenarios.chains import group_labels
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.parse import CALM, parse_change, parse_shock
from supplychain.scenarios.sensitivity import BOUNDS_ONLY, assumption_names
from supplychain.views import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from supplychain.tables.model_parts import Delta, Scenario, Shock
    from supplychain.world.world import World

__all__ = ["ALL", "Comparison", "Question", "ask", "compared", "what_if"]

ALL = "final products"
DEFAULT_SHOCK = "halt_everyone"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Comparison:
    """A paired comparison.

    Attributes
    ----------
    rows : pandas.DataFrame
        By group and good: before, after, off (the variant without any membership
        effect) and difference, each with its least and most over the optimal faces
        [share of baseline, 0-1]; and the baseline value [USD a year]. By good for
        every group final products, for the country other uses too.
    binding : pandas.DataFrame
        What binds before and after, largest duals first.
    drivers : pandas.DataFrame
        What the difference for the country becomes with one assumption at its low
        and at its high.
    title : str
    shock, base_shock : Shock or None
        Of the variant and of the base; None: no shock.
    severity : float
    compare, changes : tuple of Delta
        What the base changes, and what the variant changes besides.
    before, after : World
    plot : Plots
        Its figures; see :class:`supplychain.report.accessors.Plots`.
    """

    rows: pd.DataFrame
    binding: pd.DataFrame
    drivers: pd.DataFrame
    title: str
    shock: Shock | None
    base_shock: Shock | None
    severity: float
    compare: tuple[Delta, ...]
    changes: tuple[Delta, ...]
    before: World
    after: World

    plot = View()

    def __repr__(self) -> str:
        return f"Comparison({self.title}, severity {self.severity:g})"


@dataclass(frozen=True)
class Question:
    """What is asked: a variant, a base, and what they share.

    Attributes
    ----------
    title : str
    changes : tuple of str or Delta
        What the variant changes.
    shock : str
        Of the variant, in words; see :func:`~supplychain.scenarios.parse.parse_shock`.
    base_shock : str, optional
        Of the base; None: the same.
    compare : tuple of Delta
        What the base changes.
    severity : float, optional
        None: the model's central one.
    year, projects : optional
        Whose capacity counts.
    """

    title: str = ""
    changes: tuple[str | Delta, ...] = ()
    shock: str = DEFAULT_SHOCK
    base_shock: str | None = None
    compare: tuple[Delta, ...] = ()
    severity: float | None = None
    year: int | None = None
    projects: str | None = None

    @classmethod
    def of(cls, scenarios: Sequence[Scenario]) -> Question:
        """Compose scenarios: deltas and shocks add up, in order.

        Raises
        ------
        ScenarioError
            If two name different severities, years or rules.
        """
        named = [s.shock for s in scenarios if s.shock is not None]
        shocks = [shock for shock in named if shock != CALM]
        bases = [s.base for s in scenarios if s.base is not None]
        calm = [b.shock for b in bases if b.shock != CALM]
        return cls(
            title="; ".join(s.title for s in scenarios),
            changes=tuple(d for s in scenarios for d in s.deltas),
            shock=" + ".join(shocks) or (CALM if named else DEFAULT_SHOCK),
            base_shock=(" + ".join(calm) or CALM) if bases else None,
            compare=tuple(d for b in bases for d in b.deltas),
            severity=_one([s.severity for s in scenarios], "severity"),
            year=_one([s.year for s in scenarios], "year"),
            projects=_one([s.projects for s in scenarios], "projects"),
        )


def _one(given: Sequence[_T | None], what: str) -> _T | None:
    """Return the one value that is given, if any."""
    values = list(dict.fromkeys(v for v in given if v is not None))
    if len(values) > 1:
        said = ", ".join(map(str, values))
        raise ScenarioError(f"these scenarios do not compose: {what} {said}")
    return values[0] if values else None


def ask(world: World, question: Question, *, drivers: bool = True) -> Comparison:
    """Answer a question on a world, with the capacity of its year.

    Parameters
    ----------
    world : World
    question : Question
    drivers : bool
        Vary the assumptions on memberships as well.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> world = load_world()
    >>> asked = Question.of([world.model.scenarios["india_excluded"]])
    >>> ask(world, asked, drivers=False).title
    'India is left out'
    """
    if question.year is not None or question.projects is not None:
        scope = world.model.scope
        year = question.year if question.year is not None else scope.capacity_year
        world = world.at_year(year, question.projects)
    found = what_if(
        world, question.changes, shock=question.shock, severity=question.severity,
        compare=question.compare, base_shock=question.base_shock, drivers=drivers,
    )
    return found if not question.title else replace(found, title=question.title)


def what_if(
    world: World,
    changes: Mapping[str, object] | Iterable[str | Delta],
    *,
    shock: str = DEFAULT_SHOCK,
    severity: float | None = None,
    compare: Iterable[Delta] = (),
    base_shock: str | None = None,
    drivers: bool = True,
) -> Comparison:
    """Compare the world with a variant of it, under the same shock by default.

    Parameters
    ----------
    world : World
        With the statuses as recorded.
    changes : mapping, or iterable of str or Delta
        What the variant changes: ``{"pax_silica.IND": "full"}`` or
        ``["pax_silica.IND=full"]``; see
        :func:`~supplychain.scenarios.parse.parse_change`.
    shock : str
        See :func:`~supplychain.scenarios.parse.parse_shock`.
    severity : float, optional
        Share of the halted sales that stops, 0..1; the model's central one.
    compare : iterable of Delta
        What the base changes too (a scenario).
    base_shock : str, optional
        Of the base, ``none`` for no shock; the same as the variant's by default.
    drivers : bool
        Vary the assumptions on memberships as well.

    Returns
    -------
    Comparison
        Differences are bounded by the ranges of both runs: least after minus most
        before, most after minus least before; 0 where the change changes no bound.

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
    world, calm = (world, halt) if base_shock is None else parse_shock(
        world, base_shock)
    if not isinstance(changes, str) and hasattr(changes, "items"):
        changes = [f"{k}={v}" for k, v in changes.items()]
    deltas = [parse_change(world, c) if isinstance(c, str) else c for c in changes]
    compare = tuple(compare)
    before = world.with_(compare)
    after = before.with_(deltas)
    pair = _Pair(before, after, calm, halt, severity)
    runs = [pair.before_run(), pair.after_run(), pair.after_run(off=True)]
    if pair.same:
        runs[1] = runs[0]
    labels = group_labels(before)
    keyed = [
        (key, ALL, "final", [run.groups[key] for run in runs]) for key in runs[0].groups
    ]
    keyed += [
        ("country", g, kind, [run.goods[g, kind] for run in runs])
        for g, kind in runs[0].goods
    ]
    keyed += [
        (key, g, "final", [run.products[key, g] for run in runs])
        for key, g in runs[0].products
    ]
    rows = [
        {**compared(
            labels[key], g if kind == "final" else f"{g} (other uses)", *found,
            same=pair.same),
         "baseline_usd": _worth(before, before.groups[key], g, kind)}
        for key, g, kind, found in keyed
    ]
    binding = [
        {"run": name, "constraint": family, "what": "|".join(what), "weight": weight}
        for name, run in zip(("before", "after"), runs, strict=False)
        for family, what, weight in run.binding
    ]
    scope, names = before.model.scope, before.countries.name
    title = "no shock" if halt is None else halt.title.format(
        target=names.get(scope.target, scope.target),
        country=names.get(scope.country, scope.country))
    return Comparison(
        pd.DataFrame(rows), pd.DataFrame(binding),
        pd.DataFrame(_drivers(pair) if drivers else []), title, halt, calm, severity,
        tuple(compare), tuple(deltas), before, after,
    )


@dataclass(frozen=True)
class _Pair:
    """Base and variant with their shocks; w stays that of the base."""

    before: World
    after: World
    calm: Shock | None
    halt: Shock | None
    severity: float

    @cached_property
    def _levers(self) -> Levers:
        return Levers(self.before)

    @cached_property
    def same(self) -> bool:
        """Whether base and variant are one program with one set of bounds."""
        if shared_response(self.before) is not shared_response(self.after):
            return False
        first = self._levers.bounds(self.before, self.calm, self.severity)
        return first == self._levers.bounds(self.after, self.halt, self.severity)

    def _serve(
        self, world: World, shock: Shock | None, of: World,
        groups: Mapping[str, Iterable[str]], country: str | None, *, off: bool,
    ) -> Served:
        """Run a world on the program of another that differs in bounds alone."""
        bounds = self._levers.bounds(world, shock, self.severity, off=off)
        wider = {k: v for k, v in groups.items() if country and k != "country"}
        return shared_response(of).serve(bounds, groups, country, products=wider)

    def before_run(self) -> Served:
        """Return the outcome of the base, by group and good."""
        return self._whole(self.before, self.calm, off=False)

    def after_run(self, *, off: bool = False) -> Served:
        """Return the outcome of the variant, or of it without any membership."""
        return self._whole(self.after, self.halt, off=off)

    def _whole(self, world: World, shock: Shock | None, *, off: bool) -> Served:
        scope = self.before.model.scope
        return self._serve(world, shock, world, self.before.groups, scope.country,
                           off=off)

    def difference(self, values: Mapping[str, float]) -> float | None:
        """Return the country's difference under other values of some assumptions."""
        group = {"country": self.before.groups["country"]}
        ends = []
        for world, shock in ((self.before, self.calm), (self.after, self.halt)):
            found = self._serve(world.with_values(values), shock, world, group, None,
                                off=False).groups
            if "country" not in found:
                return None  # the country needs no final product
            ends.append(found["country"].middle)
        return ends[1] - ends[0]


def _drivers(pair: _Pair) -> list[dict[str, object]]:
    """Return the difference for the country with one assumption at its ends."""
    model = pair.before.model
    rows = []
    for name in assumption_names(pair.before):
        asked = pair.after.model.overrides.get(name)
        if not name.startswith(BOUNDS_ONLY) or asked != model.overrides.get(name):
            continue  # needs another program, or is what the comparison changes
        a = model.ranged(name)
        low, high = (pair.difference({name: end}) for end in (a.low, a.high))
        if low is None or high is None:
            return []
        rows.append({
            "assumption": name, "low": a.low, "central": a.central, "high": a.high,
            "difference_at_low": low, "difference_at_high": high,
            "unit": "share of baseline (0-1)",
        })
    return rows


def _worth(world: World, members: Iterable[str], good: str, kind: str) -> float:
    """Return the baseline value of what a group is served [USD a year]."""
    net, inside = world.network, set(members)
    table = net.final if kind == "final" else net.other
    return sum(
        net.value[g] * amount for (g, d), amount in table.items()
        if d in inside and good in (g, ALL)
    )


def compared(
    group: str, good: str, b: Range, a: Range, off: Range, *, same: bool = False
) -> dict[str, object]:
    """Return one row of a comparison, each number with its range.

    Parameters
    ----------
    group, good : str
        Labels.
    b, a, off : Range
        Before, after, and after with channels off [share of baseline, 0-1].
    same : bool
        Before and after are one run: no difference.

    Returns
    -------
    dict of str to object
        The difference is bounded by the ranges of both.

    Examples
    --------
    >>> half, most = Range(0.5, 0.5, 0.5), Range(0.75, 0.7, 0.8)
    >>> compared("IND", "magnets", half, most, half)["difference"]
    0.25
    """
    low, high = (0.0, 0.0) if same else (a.low - b.high, a.high - b.low)
    return {
        "group": group, "good": good,
        "before": b.middle, "before_min": b.low, "before_max": b.high,
        "after": a.middle, "after_min": a.low, "after_max": a.high,
        "off": off.middle, "off_min": off.low, "off_max": off.high,
        "difference": (low + high) / 2, "difference_min": low,
        "difference_max": high, "unit": "share of baseline (0-1)",
    }
