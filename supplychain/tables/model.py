"""Read a model folder: scope, assumptions, statuses, channels, shocks, scenarios."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import (
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from supplychain.errors import DataError, Fault, ScenarioError
from supplychain.home import models_dir
from supplychain.tables.domains import STATUS
from supplychain.tables.faults import faults_of
from supplychain.tables.kinds import Number, Share  # noqa: TC001 - read at run time
from supplychain.tables.model_checks import check_parts, check_values
from supplychain.tables.model_parts import (
    Assumption,
    Channel,
    Delta,
    Level,
    Scenario,
    Scope,
    Shock,
    Strict,
)
from supplychain.tables.names import nearest
from supplychain.tables.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Model", "load_model", "read_scenarios"]


class Model(Strict):
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
    overrides: dict[str, Number] = {}  # noqa: RUF012 - pydantic copies it

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

    def ranged(self, name: str) -> Assumption:
        """Return the assumption, or the intensity ``status:NAME``, with its range."""
        if name.startswith(STATUS):
            return self.statuses[name.removeprefix(STATUS)]
        return self.assumptions[name]

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

    def named(self, name: str) -> Scenario:
        """Return a scenario by name.

        Raises
        ------
        ScenarioError
            If there is none; names the nearest ones.
        """
        if name not in self.scenarios:
            raise ScenarioError(
                f"no scenario {name!r}; {nearest(name, self.scenarios)}"
            )
        return self.scenarios[name]

    def scenario(self, name: str) -> tuple[Delta, ...]:
        """Return the deltas of a named scenario."""
        return self.named(name).deltas

    def with_shock(self, name: str, shock: Shock) -> Model:
        """Return the model with one more shock."""
        return self.model_copy(update={"shocks": {**self.shocks, name: shock}})

    @property
    def hash(self) -> str:
        """SHA-256 of everything the model says, first 16 digits."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_scenarios(path: str | Path, model: Model) -> dict[str, Scenario]:
    """Read a file of scenarios, written as ``scenarios.yaml`` of a model is.

    Parameters
    ----------
    path : str or pathlib.Path
    model : Model
        Whose assumptions, statuses and channels they may name.

    Returns
    -------
    dict of str to Scenario

    Raises
    ------
    DataError
        With every fault of the file.

    Examples
    --------
    >>> from supplychain.home import models_dir
    >>> model = load_model("pax_silica")
    >>> "india_full" in read_scenarios(
    ...     models_dir() / "pax_silica" / "scenarios.yaml", model)
    True
    """
    content, faults = read_yaml(Path(path))
    found: dict[str, Scenario] = {}
    if content is not None:
        found = _part("scenarios", content, faults).get("scenarios", {})
        faults += check_parts({**dict(model), "scenarios": found})
    if faults:
        name = Path(path).name
        raise DataError([replace(f, file=name) for f in faults])
    return found


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
