"""Rules within a model, and between a model and the tables: names and ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supplychain.errors import Fault
from supplychain.tables.domains import (
    FAMILIES,
    PLAIN,
    SHARE,
    STATUS,
    Domain,
    domain_of,
)
from supplychain.tables.names import close, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from supplychain.tables.model import Model
    from supplychain.tables.model_parts import (
        Assumption,
        Channel,
        Delta,
        Scenario,
        Scope,
    )

    Names = Mapping[str, Iterable[str]]

__all__ = ["check_model", "check_parts", "check_values"]

_CHANNEL = "access"
"""The channel through which the package lets a membership act."""
_NO_STATUS = "none"
"""The status of a country that no row names."""


def _unknown(
    file: str, field: str, what: str, name: str, known: Iterable[str]
) -> Fault:
    return Fault(
        f"{file}.yaml", None, field, f"{what} {name!r} is unknown", nearest(name, known)
    )


def _missing(file: str, name: str, why: str, others: Iterable[str] = ()) -> Fault:
    near = close(name, others)
    remedy = f"{near} else add it" if near else "add it"
    return Fault(f"{file}.yaml", None, name, f"is missing: {why}", remedy)


# -- within the model -------------------------------------------------------------
def _assumption_names(names: Iterable[str]) -> Iterator[Fault]:
    known = set(names)
    for name in known:
        family, *named = name.split(":")
        if not named and name not in PLAIN:
            yield _unknown("assumptions", name, "assumption", name, PLAIN)
        elif named and family not in FAMILIES:
            yield _unknown("assumptions", name, "family", family, FAMILIES)
        elif named and domain_of(name) is None:
            form, _ = FAMILIES[family]
            yield Fault("assumptions.yaml", None, name, "is cut short or too long",
                        f"write {form}")
    for name in PLAIN:
        if name not in known:
            yield _missing("assumptions", name, "the package asks for it")


def _range(
    file: str, name: str, assumption: Assumption, domain: Domain | None
) -> Iterator[Fault]:
    for end in ("low", "central", "high"):
        value = getattr(assumption, end)
        if domain is not None and value not in domain:
            yield Fault(f"{file}.yaml", None, f"{name}.{end}",
                        f"{value:g} is out of range", f"use {domain}")


def _ranges(parts: Mapping[str, Any]) -> Iterator[Fault]:
    for name, assumption in parts.get("assumptions", {}).items():
        yield from _range("assumptions", name, assumption, domain_of(name))
    for status, intensity in parts.get("statuses", {}).items():
        yield from _range("statuses", status, intensity, SHARE)
    if "severities" in parts:
        yield from _range("shocks", "severities", parts["severities"], SHARE)


def check_values(
    values: Mapping[str, float], assumptions: Iterable[str], statuses: Iterable[str]
) -> list[tuple[str, str, str]]:
    """Check values that are to stand in for those of assumptions.

    Parameters
    ----------
    values : mapping of str to float
        By name of an assumption, or ``status:`` and a status.
    assumptions : iterable of str
        Assumptions of the model.
    statuses : iterable of str
        Statuses of the model.

    Returns
    -------
    list of (str, str, str)
        Name, problem and remedy; empty if every value may stand.

    Examples
    --------
    >>> check_values({"nu1": 2.0}, ["nu1"], [])
    [('nu1', "assumption 'nu1' cannot be 2.0", 'use a number from 0 to 1')]
    """
    known = [*assumptions, *(f"{STATUS}{status}" for status in statuses)]
    found = []
    for name, value in values.items():
        domain = domain_of(name)
        if name not in known:
            found.append((name, f"no assumption {name!r}", nearest(name, known)))
        elif domain is not None and value not in domain:
            problem = f"assumption {name!r} cannot be {value!r}"
            found.append((name, problem, f"use {domain}"))
    return found


def _scope_names(scope: Scope, statuses: Iterable[str]) -> Iterator[Fault]:
    known = list(statuses)
    for field in ("rungs", "incumbent_statuses"):
        for status in getattr(scope, field):
            if status not in known:
                yield _unknown("model", field, "status", status, known)


def _parameters(
    channels: Mapping[str, Channel], assumptions: Iterable[str]
) -> Iterator[Fault]:
    known = list(assumptions)
    for name, channel in channels.items():
        for parameter in channel.parameters:
            if parameter not in known:
                yield _unknown("channels", f"{name}.parameters", "assumption",
                               parameter, known)


def _delta(delta: Delta, at: str, known: Names) -> Iterator[Fault]:
    """Names and values of one delta; the tables know countries and goods."""
    if delta.kind == "membership" and "statuses" in known:
        if delta.status not in known["statuses"]:
            yield _unknown("scenarios", f"{at}.status", "status", delta.status,
                           known["statuses"])
    elif delta.kind == "strength" and "channels" in known:
        if delta.channel not in known["channels"]:
            yield _unknown("scenarios", f"{at}.channel", "channel", delta.channel,
                           known["channels"])
    elif delta.kind == "assumption" and {"assumptions", "statuses"} <= set(known):
        for _, problem, remedy in check_values(
            {delta.name: delta.value}, known["assumptions"], known["statuses"]
        ):
            yield Fault("scenarios.yaml", None, at, problem, remedy)


def _deltas(scenarios: Mapping[str, Scenario]) -> Iterator[tuple[str, Delta]]:
    for name, scenario in scenarios.items():
        for number, delta in enumerate(scenario.deltas):
            yield f"{name}.deltas.{number}", delta
        for number, delta in enumerate(scenario.base.deltas if scenario.base else ()):
            yield f"{name}.base.deltas.{number}", delta


def check_parts(parts: Mapping[str, Any], names: Names | None = None) -> list[Fault]:
    """Check what the parts of one model say of each other.

    Parameters
    ----------
    parts : mapping of str to object
        Fields of a model, valid each by itself. What is left out is not checked.
    names : mapping of str to iterable of str, optional
        The names that ``assumptions``, ``statuses`` and ``channels`` give, those
        with a fault included. A kind left out could not be read: no rule asks for
        its names. Taken from `parts` by default.

    Returns
    -------
    list of Fault
        Names that the model itself does not know, values out of range.

    Examples
    --------
    >>> from supplychain.tables.model import load_model
    >>> model = load_model("pax_silica")
    >>> check_parts(dict(model))
    []
    >>> scope = model.scope.model_copy(update={"rungs": ("ful",)})
    >>> check_parts({**dict(model), "scope": scope})[0].remedy
    'did you mean full?'
    """
    if names is None:
        kinds = ("assumptions", "statuses", "channels")
        names = {kind: parts[kind] for kind in kinds if kind in parts}
    faults = list(_ranges(parts))
    if "severity_pair" in parts and not parts["severity_pair"]:
        faults.append(Fault("shocks.yaml", None, "pair", "is empty",
                            "name one severity or more"))
    if "assumptions" in names:
        faults += _assumption_names(names["assumptions"])
        faults += _parameters(parts.get("channels", {}), names["assumptions"])
    if "statuses" in names and "scope" in parts:
        faults += _scope_names(parts["scope"], names["statuses"])
    if "channels" in names:
        known = list(names["channels"])
        if _CHANNEL not in known:
            why = "memberships act through it"
            faults.append(_missing("channels", _CHANNEL, why, known))
            known.append(_CHANNEL)  # what refers to it is not at fault
            names = {**names, "channels": known}
        faults += [
            _unknown("channels", alliance, "channel", channel, known)
            for alliance, strength in parts.get("strengths", {}).items()
            for channel in strength if channel not in known
        ]
    for at, delta in _deltas(parts.get("scenarios", {})):
        faults += _delta(delta, at, names)
    if {"assumptions", "statuses"} <= set(names):
        faults += [
            Fault("model.json", None, f"overrides.{name}", problem, remedy)
            for name, problem, remedy in check_values(
                parts.get("overrides", {}), names["assumptions"], names["statuses"]
            )
        ]
    return faults


# -- between the model and the tables ---------------------------------------------
def _about_goods(model: Model, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    recipes, goods, demand = frames["recipes"], frames["goods"], frames["demand"]
    why = {
        "phi": "no recipe makes this good of this input",
        "value": "no good of this name has final demand",
        "unallocated_share": "no good of this name is in production.csv",
        "by_product_potential": "no good of this name has a host",
        "secondary": "no good of this name is in production.csv",
        "secondary_within": "no good of this name is in production.csv",
    }
    known = {
        "phi": [
            f"{good}:{used}"
            for good, used in zip(recipes.good, recipes.input, strict=True)
        ],
        "value": list(demand[demand.kind == "final"].good.unique()),
        "unallocated_share": list(frames["production"].good.unique()),
        "by_product_potential": list(goods[goods.host.notna()].good),
        "secondary": list(frames["production"].good.unique()),
        "secondary_within": list(frames["production"].good.unique()),
    }
    for name in model.assumptions:
        family, _, named = name.partition(":")
        if named and family in known and named not in known[family]:
            names = [f"{family}:{one}" for one in known[family]]
            remedy = nearest(name, names)
            yield Fault("assumptions.yaml", None, name, why[family], remedy)


def _capital(model: Model, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    goods = frames["goods"]
    families = list(goods[goods.stage == "capital"].good)
    for family, served in model.scope.capital.items():
        if family not in families:
            yield _unknown("model", f"capital.{family}", "capital good", family,
                           families)
        for good in served:
            if good not in set(goods.good):
                yield _unknown("model", f"capital.{family}", "good", good, goods.good)


def _held(model: Model, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Every status that the facts hold has an intensity."""
    for status in sorted({_NO_STATUS, *frames["memberships"].status}):
        if status not in model.statuses:
            yield _missing("statuses", status, "memberships may hold it",
                           model.statuses)


def _places(model: Model, frames: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Alliances, countries and goods that strengths and scenarios name exist."""
    known = {
        "alliance": set(frames["alliances"].alliance),
        "country": set(frames["countries"].iso3),
        "good": set(frames["goods"].good),
    }
    for alliance in model.strengths:
        # The alliance under study is a matter of the scope.
        if alliance not in known["alliance"] | {model.scope.alliance}:
            yield _unknown("channels", alliance, "alliance", alliance,
                           known["alliance"])
    for at, delta in _deltas(model.scenarios):
        for what, names in known.items():
            name = getattr(delta, what, None)
            if name is not None and name not in names:
                yield _unknown("scenarios", f"{at}.{what}", what, name, names)


def check_model(model: Model, frames: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Run every rule between a model and the tables.

    Parameters
    ----------
    model : Model
        The assumptions.
    frames : mapping of str to pandas.DataFrame
        The tables, as read.

    Returns
    -------
    list of Fault
        Names that the tables do not know, with the nearest that they do: goods
        and recipes in the names of assumptions, capital goods, statuses, and what
        strengths and scenarios name. Country, target, alliance and goods of the
        scope are not asked for here.

    Examples
    --------
    >>> from supplychain.home import data_dir
    >>> from supplychain.tables.model import load_model
    >>> from supplychain.tables.reader import read_tables
    >>> check_model(load_model("pax_silica"), read_tables(data_dir()).frames)
    []
    """
    return [
        *_about_goods(model, frames),
        *_capital(model, frames),
        *_held(model, frames),
        *_places(model, frames),
    ]
