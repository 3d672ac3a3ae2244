"""The parts of a model: assumptions, channels, shocks, deltas, scope."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from supplychain.tables.kinds import (
    Day,
    Number,
    Plain,
    Share,
    Year,
)
from supplychain.tables.rows import over_fields

__all__ = [
    "LAST_YEAR",
    "Assumption",
    "AssumptionDelta",
    "Base",
    "CapacityYear",
    "Channel",
    "Delta",
    "Effect",
    "Level",
    "MembershipDelta",
    "OutageDelta",
    "ProjectRule",
    "Scenario",
    "Scope",
    "Shock",
    "StrengthDelta",
    "Strict",
]

Level = Literal["low", "central", "high"]


class Strict(BaseModel):
    """Frozen, no field unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Assumption(Strict):
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


class Channel(Strict):
    """A way in which a membership may act, with its switch."""

    enabled: bool
    horizon: Literal["year", "cost", "later"]
    acts_on: str
    parameters: tuple[str, ...]
    evidence: str
    assumption: bool


class Effect(Strict):
    """What one actor loses or takes away of one good.

    ``export_halt``: its sales abroad; ``import_halt``: its purchases abroad;
    ``outage``: its output; ``service``: its output for want of the tools and
    services of others, `share` of it at severity 1.
    """

    actor: str
    good: str
    kind: Literal["export_halt", "import_halt", "outage", "service"]
    targets: Literal["country", "alliance", "everyone"] | tuple[str, ...] = "everyone"
    share: Share | None = None
    """Share that falls away; None: the severity of the run."""


class Shock(Strict):
    """A shock: its kind and whom it is aimed at.

    ``export_halt`` and ``rupture`` are the target's, over all goods, and may have
    effects beside; ``event`` is made of effects alone, each of one actor on one good.
    """

    kind: Literal["export_halt", "rupture", "event"]
    targets: Literal["country", "alliance", "everyone"]
    title: str
    effects: tuple[Effect, ...] = ()

    @model_validator(mode="after")
    def _has_effects(self) -> Shock:
        if self.kind == "event" and not self.effects:
            raise PydanticCustomError(
                "effects", "an event has effects",
                {"remedy": "list the effects, or choose export_halt or rupture"},
            )
        return self


class MembershipDelta(Strict):
    """A country has another status in an alliance."""

    kind: Literal["membership"] = "membership"
    alliance: str
    country: str
    status: str


class AssumptionDelta(Strict):
    """An assumption has another value."""

    kind: Literal["assumption"] = "assumption"
    name: str
    value: Plain


class StrengthDelta(Strict):
    """An alliance acts through a channel with another strength."""

    kind: Literal["strength"] = "strength"
    alliance: str
    channel: str
    value: Share


class OutageDelta(Strict):
    """A node loses a share of its capacity."""

    kind: Literal["outage"] = "outage"
    good: str
    country: str
    loss: Share


Delta = Annotated[
    MembershipDelta | AssumptionDelta | StrengthDelta | OutageDelta,
    Field(discriminator="kind"),
]


LAST_YEAR = 2035
"""Last year for which projects are listed."""
ProjectRule = Literal["operating", "under_construction", "announced"]


class Base(Strict):
    """What the base of a comparison has that the world does not."""

    deltas: tuple[Delta, ...] = ()
    shock: str = "none"


class Scenario(Strict):
    """A named list of deltas, with the shock and the year it is about, if any.

    Attributes
    ----------
    title : str
    deltas : tuple of Delta
    shock : str, optional
        In words, as on the command line; None: that of the run.
    severity : float, optional
    year, projects : optional
        Whose capacity counts, in base and variant alike.
    base : Base, optional
        What it is compared with; by default the world as it is under the same
        shock.
    wrong_if : str
        What would make its numbers wrong.
    verdict : str
        How plausible it is.
    """

    title: str
    deltas: tuple[Delta, ...] = ()
    shock: str | None = None
    severity: Share | None = None
    year: Year | None = None
    projects: ProjectRule | None = None
    base: Base | None = None
    wrong_if: str = ""
    verdict: str = ""


class CapacityYear(Strict):
    """A year whose capacity is compared, and which projects count in it."""

    year: Year
    projects: ProjectRule

    def __str__(self) -> str:
        return f"{self.year}:{self.projects}"


class Scope(Strict):
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

    @model_validator(mode="after")
    def _later(self) -> Scope:
        years = [self.capacity_year, *(p.year for p in self.capacity_path)]
        if any(y is not None and not self.year <= y <= LAST_YEAR for y in years):
            raise over_fields(
                "capacity_year", "is no year that is studied",
                f"use a year from {self.year} to {LAST_YEAR}",
            )
        return self

    @property
    def capacity(self) -> str:
        """Whose capacity a run has: ``2024``, or ``2030:under_construction``."""
        if self.capacity_year is None:
            return str(self.year)
        return f"{self.capacity_year}:{self.projects}"
