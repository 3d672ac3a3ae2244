"""Read a model folder: scope, assumptions, statuses, channels, shocks, scenarios."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from supplychain.errors import DataError, Fault, ScenarioError
from supplychain.home import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Assumption",
    "AssumptionDelta",
    "Channel",
    "Delta",
    "Level",
    "MembershipDelta",
    "Model",
    "OutageDelta",
    "Shock",
    "StrengthDelta",
    "load_model",
    "nearest",
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

    low: float
    central: float
    high: float
    unit: str = "1"
    symbol: str = ""
    assumption: bool
    meaning: str = ""
    evidence: str
    used_by: str = ""

    @model_validator(mode="after")
    def _ranged(self) -> Assumption:
        if not self.low <= self.central <= self.high:
            raise ValueError("low <= central <= high does not hold")
        if not (self.assumption or self.evidence):
            raise ValueError("give evidence, or assumption: true")
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


class Shock(_Strict):
    """A shock: its kind and whom it is aimed at."""

    kind: Literal["export_halt", "rupture"]
    targets: Literal["country", "alliance", "everyone"]
    title: str


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
    value: float


class StrengthDelta(_Strict):
    """An alliance acts through a channel with another strength."""

    kind: Literal["strength"] = "strength"
    alliance: str
    channel: str
    value: Annotated[float, Field(ge=0, le=1)]


class OutageDelta(_Strict):
    """A node loses a share of its capacity."""

    kind: Literal["outage"] = "outage"
    good: str
    country: str
    loss: Annotated[float, Field(ge=0, le=1)]


Delta = Annotated[
    MembershipDelta | AssumptionDelta | StrengthDelta | OutageDelta,
    Field(discriminator="kind"),
]


class _Scenario(_Strict):
    title: str
    deltas: tuple[Delta, ...]


class _Scope(_Strict):
    name: str
    title: str
    year: int
    country: str
    alliance: str
    target: str
    as_of: dt.date
    goods: Literal["all"] | tuple[str, ...]
    rungs: tuple[str, ...]
    dated_path: tuple[dt.date, ...] = ()
    incumbent_statuses: tuple[str, ...] = ("signatory", "full")
    demand_blocks: Annotated[int, Field(ge=1)] = 20
    capital: dict[str, tuple[str, ...]] = {}


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

    scope: _Scope
    assumptions: dict[str, Assumption]
    statuses: dict[str, Assumption]
    channels: dict[str, Channel]
    strengths: dict[str, dict[str, float]]
    severities: Assumption
    severity_pair: tuple[float, ...]
    shocks: dict[str, Shock]
    scenarios: dict[str, _Scenario]
    overrides: dict[str, float] = {}

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
        key = f"status:{status}"
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
        moved |= {f"status:{s}": a.at(level) for s, a in self.statuses.items()}
        return self.with_values(moved)

    def with_values(self, values: Mapping[str, float]) -> Model:
        """Return a model with other values of some assumptions."""
        for name in values:
            known = name.removeprefix("status:")
            if name not in self.assumptions and known not in self.statuses:
                raise ScenarioError(
                    f"no assumption {name!r}; {nearest(name, self.assumptions)}"
                )
        return self.model_copy(update={"overrides": {**self.overrides, **values}})

    def revised(self, **scope: Any) -> Model:  # noqa: ANN401
        """Return a model with another country, alliance, target or date."""
        try:
            changed = _Scope.model_validate({**self.scope.model_dump(), **scope})
        except ValidationError as error:
            raise ScenarioError(str(error)) from error
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

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything the model says, first 16 digits."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint with the known names nearest to `name`.

    Examples
    --------
    >>> nearest("germanum", ["neon", "germanium"])
    'did you mean germanium?'
    """
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    if close:
        return f"did you mean {', '.join(close)}?"
    return f"known: {', '.join(sorted(known))}"


def _read_yaml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    if not path.exists():
        faults.append(Fault(path.name, None, "file", "is missing", "add it"))
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        faults.append(Fault(path.name, line, "file", "is not YAML", "mend the syntax"))
        return {}
    return content if isinstance(content, dict) else {}


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
    files = ("model", "assumptions", "statuses", "channels", "shocks", "scenarios")
    content = {name: _read_yaml(folder / f"{name}.yaml", faults) for name in files}
    if faults:
        raise DataError(faults)
    parts = {
        "scope": content["model"],
        "assumptions": content["assumptions"],
        "statuses": content["statuses"],
        "channels": content["channels"].get("channels", {}),
        "strengths": content["channels"].get("strengths", {}),
        "severities": content["shocks"].get("severities", {}),
        "severity_pair": content["shocks"].get("pair", ()),
        "shocks": content["shocks"].get("shocks", {}),
        "scenarios": content["scenarios"],
    }
    file_of = {"scope": "model", "strengths": "channels", "severities": "shocks",
               "severity_pair": "shocks"}
    allowed = {"channels": {"channels", "strengths"},
               "shocks": {"severities", "pair", "shocks"}}
    for name, keys in allowed.items():
        faults += [
            Fault(f"{name}.yaml", None, key, "key is unknown", nearest(key, keys))
            for key in content[name] if key not in keys
        ]
    try:
        read = Model.model_validate(parts)
    except ValidationError as error:
        for entry in error.errors():
            head, *rest = [str(part) for part in entry["loc"]]
            remedy = "remove or rename the key" if entry["type"] == "extra_forbidden" \
                else "mend the value"
            faults.append(
                Fault(f"{file_of.get(head, head)}.yaml", None, ".".join(rest) or head,
                      entry["msg"], remedy)
            )
        raise DataError(faults) from error
    if faults:
        raise DataError(faults)
    return read
