"""Read a model folder: scope, assumptions, statuses, channels, shocks, scenarios."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from supplychain.errors import DataError, Fault, ScenarioError
from supplychain.home import models_dir
from supplychain.tables.domains import STATUS
from supplychain.tables.faults import faults_of
from supplychain.tables.kinds import Day, Number, Plain, Share, Year
from supplychain.tables.model_checks import check_parts, check_values
from supplychain.tables.names import nearest as nearest
from supplychain.tables.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "Assumption",
    "AssumptionDelta",
    "Channel",
    "Delta",
    "Effect",
    "Level",
    "MembershipDelta",
    "Model",
    "OutageDelta",
    "Scenario",
    "Scope",
    "Shock",
    "StrengthDelta",
    "load_model",
]

Level = Literal["low", "central", "high"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assumption(_Strict):
    """A number that is not a fact, with its range and what it rests on.

    Examples
    --------
    >>> a = Assumption(low=0, central=1, high=2, evidence="", assumption=True)
    >>> a.at("high")
    2.0
    """

    low: Number
    central: Number
    high: Number
    unit: str = "1"
    symbol: str = ""
    assumption: bool
    meaning: str = ""
    evidence: str
    used_by: str = ""

    @model_validator(mode="after")
    def _ranged(self) -> Assumption:
        if not self.low <= self.central <= self.high:
            raise PydanticCustomError(
                "range", "low <= central <= high does not hold",
                {"remedy": "order the three figures"},
            )
        if not (self.assumption or self.evidence):
            raise PydanticCustomError(
                "evidence", "rests on nothing: give evidence, or assumption: true",
                {"remedy": "say what it rests on"},
            )
        return self

    def at(self, level: Level) -> float:
        """Return the value at a level (`low`, `central`, `high`)."""
        return float(getattr(self, level))


class Channel(_Strict):
    """A way in which a membership may act, with its switch."""

    enabled: bool
    horizon: Literal["year", "cost", "later"]
    acts_on: str
    parameters: tuple[str, ...]
    evidence: str
    assumption: bool


class Effect(_Strict):
    """What one actor takes away of one good: sales abroad, or output."""

    actor: str
    good: str
    kind: Literal["export_halt", "outage"]
    targets: Literal["country", "alliance", "everyone"] | tuple[str, ...] = "everyone"
    share: Share | None = None
    """Share that falls away; None: the severity of the run."""


class Shock(_Strict):
    """A shock: its kind and whom it is aimed at.

    ``export_halt`` and ``rupture`` are the target's, over all goods; ``event`` is
    made of effects, each of one actor on one good.
    """

    kind: Literal["export_halt", "rupture", "event"]
    targets: Literal["country", "alliance", "everyone"]
    title: str
    effects: tuple[Effect, ...] = ()

    @model_validator(mode="after")
    def _has_effects(self) -> Shock:
        if (self.kind == "event") != bool(self.effects):
            raise PydanticCustomError(
                "effects", "an event has effects, and nothing else has",
                {"remedy": "list the effects, or choose export_halt or rupture"},
            )
        return self


class MembershipDelta(_Strict):
    """A country has another status in an alliance."""

    kind: Literal["membership"] = "membership"
    alliance: str
    country: str
    status: str


class AssumptionDelta(_Strict):
    """An assumption has another value."""

    kind: Literal["assumption"] = "assumption"
    name: str
    value: Plain


class StrengthDelta(_Strict):
    """An alliance acts through a channel with another strength."""

    kind: Literal["strength"] = "strength"
    alliance: str
    channel: str
    value: Share


class OutageDelta(_Strict):
    """A node loses a share of its capacity."""

    kind: Literal["outage"] = "outage"
    good: str
    country: str
    loss: Share


Delta = Annotated[
    MembershipDelta | AssumptionDelta | StrengthDelta | OutageDelta,
    Field(discriminator="kind"),
]


class Scenario(_Strict):
    """A named list of deltas on the base."""

    title: str
    deltas: tuple[Delta, ...]


ProjectRule = Literal["operating", "under_construction", "announced"]


class CapacityYear(_Strict):
    """A year whose capacity is compared, and which projects count in it."""

    year: Year
    projects: ProjectRule

    def __str__(self) -> str:
        return f"{self.year}:{self.projects}"


class Scope(_Strict):
    """What is studied: which goods, year, country, alliance and target."""

    name: str
    title: str
    year: Year
    country: str
    alliance: str
    target: str
    as_of: Day
    goods: Literal["all"] | tuple[str, ...]
    rungs: Annotated[tuple[str, ...], Field(min_length=1)]
    dated_path: tuple[Day, ...] = ()
    incumbent_statuses: tuple[str, ...] = ("signatory", "full")
    demand_blocks: Annotated[int, Field(ge=1)] = 20
    capital: dict[str, tuple[str, ...]] = {}
    capacity_year: Year | None = None
    """Projects that begin by then add capacity; None: the calibration year."""
    projects: ProjectRule = "operating"
    """Which projects count: each rule takes in those before it."""
    capacity_path: tuple[CapacityYear, ...] = ()
    """Years whose capacity is compared along the ladder."""

    @property
    def capacity(self) -> str:
        """Whose capacity a run has: ``2024``, or ``2030:under_construction``."""
        if self.capacity_year is None:
            return str(self.year)
        return f"{self.capacity_year}:{self.projects}"


class Model(_Strict):
    """A set of assumptions: everything that a run needs besides the facts.

    Immutable; :meth:`with_values` and :meth:`revised` return new models.

    Examples
    --------
    >>> model = load_model("pax_silica")
    >>> model.value("nu1"), model.at_level("high").value("nu1")
    (0.6, 0.8)
    >>> model.intensity("observer")
    0.25
    """

    scope: Scope
    assumptions: dict[str, Assumption]
    statuses: dict[str, Assumption]
    channels: dict[str, Channel]
    strengths: dict[str, dict[str, Share]]
    severities: Assumption
    severity_pair: tuple[Share, ...]
    shocks: dict[str, Shock]
    scenarios: dict[str, Scenario]
    overrides: dict[str, Number] = {}

    @model_validator(mode="after")
    def _holds_together(self) -> Model:
        faults = sorted(str(fault) for fault in check_parts(dict(self)))
        if faults:
            raise PydanticCustomError(
                "holds_together", "{faults}", {"faults": "; ".join(faults)}
            )
        return self

    def value(self, name: str) -> float:
        """Return the value in force of the assumption called `name`.

        Raises
        ------
        ScenarioError
            If the model has no such assumption; names the nearest ones.
        """
        if name in self.overrides:
            return self.overrides[name]
        if name not in self.assumptions:
            raise ScenarioError(
                f"no assumption {name!r}; {nearest(name, self.assumptions)}"
            )
        return self.assumptions[name].central

    def phi(self, good: str, used: str) -> float:
        """Return the essentiality phi of input `used` for `good`, 0..1."""
        name = f"phi:{good}:{used}"
        return self.value(name if name in self.assumptions else "phi_default")

    def intensity(self, status: str) -> float:
        """Return the intensity lambda of a status, 0..1."""
        key = f"{STATUS}{status}"
        if key in self.overrides:
            return self.overrides[key]
        if status not in self.statuses:
            raise ScenarioError(
                f"no status {status!r}; {nearest(status, self.statuses)}"
            )
        return self.statuses[status].central

    def at_level(self, level: Level) -> Model:
        """Return the model with the membership channels at `level`.

        Moves what a membership is assumed to do (the access of full partners
        and the intensities of the statuses), and nothing else.
        """
        moved = {"nu1": self.assumptions["nu1"].at(level)}
        moved |= {f"{STATUS}{s}": a.at(level) for s, a in self.statuses.items()}
        return self.with_values(moved)

    def with_values(self, values: Mapping[str, float]) -> Model:
        """Return a model with other values of some assumptions.

        Raises
        ------
        ScenarioError
            If the model has no such assumption (or ``status:`` and a status), or
            if a value is out of its range; names the nearest ones, or the range.
        """
        wrong = check_values(values, self.assumptions, self.statuses)
        if wrong:
            raise ScenarioError(
                "; ".join(f"{problem}; {remedy}" for _, problem, remedy in wrong)
            )
        plain = {name: float(value) for name, value in values.items()}
        return self.model_copy(update={"overrides": {**self.overrides, **plain}})

    def revised(self, **scope: Any) -> Model:  # noqa: ANN401
        """Return a model with another country, alliance, target or date.

        Raises
        ------
        ScenarioError
            If the scope has no such field, or the field no such value.
        """
        try:
            changed = Scope.model_validate({**self.scope.model_dump(), **scope})
        except ValidationError as error:
            raise ScenarioError(_said(faults_of(error, "scope"))) from error
        if wrong := check_parts({"scope": changed}, {"statuses": self.statuses}):
            raise ScenarioError(_said(wrong))
        strengths = self.strengths
        if changed.alliance != self.scope.alliance:
            strengths = {a: {**v, "access": 0.0} for a, v in strengths.items()}
            strengths[changed.alliance] = {"access": 1.0}
        return self.model_copy(update={"scope": changed, "strengths": strengths})

    def scenario(self, name: str) -> tuple[Delta, ...]:
        """Return the deltas of a named scenario."""
        if name not in self.scenarios:
            raise ScenarioError(
                f"no scenario {name!r}; {nearest(name, self.scenarios)}"
            )
        return self.scenarios[name].deltas

    def with_shock(self, name: str, shock: Shock) -> Model:
        """Return the model with one more shock."""
        return self.model_copy(update={"shocks": {**self.shocks, name: shock}})

    @property
    def hash(self) -> str:
        """SHA-256 of everything the model says, first 16 digits."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _said(faults: list[Fault]) -> str:
    """Return faults of something that is no file."""
    return "; ".join(f"{f.field}: {f.problem}; {f.remedy}" for f in faults)


class _Place(NamedTuple):
    """Where a part of the model is written: a file, and a section of it."""

    file: str
    section: str = ""


_PLACES = {
    "scope": _Place("model"),
    "assumptions": _Place("assumptions"),
    "statuses": _Place("statuses"),
    "channels": _Place("channels", "channels"),
    "strengths": _Place("channels", "strengths"),
    "severities": _Place("shocks", "severities"),
    "severity_pair": _Place("shocks", "pair"),
    "shocks": _Place("shocks", "shocks"),
    "scenarios": _Place("scenarios"),
}


@cache
def _adapter(part: str) -> tuple[bool, TypeAdapter[Any]]:
    """Return whether a part has named entries, and what checks one of them."""
    kind: Any = Model.model_fields[part].annotation
    entries = getattr(kind, "__origin__", None) is dict
    return entries, TypeAdapter(get_args(kind)[1] if entries else kind)


def _sections(
    name: str, content: dict[str, Any], faults: list[Fault]
) -> Iterator[tuple[str, Any]]:
    """Yield the parts that a file gives, and report sections it should not have."""
    part_of = {p.section: part for part, p in _PLACES.items() if p.file == name}
    if "" in part_of:
        yield part_of[""], content
        return
    faults += [
        Fault(f"{name}.yaml", None, str(key), "key is unknown",
              nearest(str(key), part_of))
        for key in content if key not in part_of
    ]
    for section, part in part_of.items():
        if section in content:
            yield part, content[section]
        else:
            faults.append(
                Fault(f"{name}.yaml", None, section, "is missing", "add the section")
            )


def _part(part: str, said: object, faults: list[Fault]) -> dict[str, Any]:
    """Return the part, checked; of a part with a fault, the entries without one."""
    entries, adapter = _adapter(part)
    place = _PLACES[part]
    file = f"{place.file}.yaml"
    if not entries:
        try:
            return {part: adapter.validate_python(said)}
        except ValidationError as error:
            at = (place.section,) if place.section else ()
            faults += faults_of(error, file, at=at)
            return {}
    if not isinstance(said, dict):
        faults.append(
            Fault(file, None, place.section, "is not a mapping",
                  "write 'name: value' lines, or {} if there is nothing")
        )
        return {}
    good = {}
    for key, entry in said.items():
        if not isinstance(key, str):
            faults.append(
                Fault(file, None, str(key), "is not a name", "put it in quotes")
            )
            continue
        try:
            good[key] = adapter.validate_python(entry)
        except ValidationError as error:
            faults += faults_of(error, file, at=(key,))
    return {part: good}


def load_model(model: str | Path = "pax_silica") -> Model:
    """Read and check a model.

    Parameters
    ----------
    model : str or pathlib.Path
        Name of a shipped model, or a folder with ``model.yaml``,
        ``assumptions.yaml``, ``statuses.yaml``, ``channels.yaml``,
        ``shocks.yaml`` and ``scenarios.yaml``.

    Returns
    -------
    Model

    Raises
    ------
    ScenarioError
        If no such model is known.
    DataError
        With every fault of its files.

    Examples
    --------
    >>> load_model("pax_silica").scope.target
    'CHN'
    """
    folder = Path(model)
    if not folder.is_dir():
        folder = models_dir() / str(model)
    if not folder.is_dir():
        known = sorted(p.name for p in models_dir().iterdir() if p.is_dir())
        raise ScenarioError(f"no model {str(model)!r}; {nearest(str(model), known)}")
    faults: list[Fault] = []
    parts: dict[str, Any] = {}
    names: dict[str, list[str]] = {}
    for name in dict.fromkeys(place.file for place in _PLACES.values()):
        content, found = read_yaml(folder / f"{name}.yaml")
        faults += found
        if content is None:
            continue
        for part, said in _sections(name, content, faults):
            parts |= _part(part, said, faults)
            if isinstance(said, dict):
                names[part] = [key for key in said if isinstance(key, str)]
    faults += check_parts(parts, names)
    if not faults:
        return Model.model_validate(parts)
    raise DataError(faults)
