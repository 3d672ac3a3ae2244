"""Rows of the tables on what people do: alliances, events, projects, owners."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from supplychain.tables.kinds import (  # noqa: TC001 - read at run time
    Day,
    Flag,
    MaybeDay,
    MaybeNumber,
    MaybeQuantity,
    MaybeShare,
    MaybeYear,
    Number,
    Quantity,
    Share,
    Year,
)
from supplychain.tables.rows import (
    Confidence,
    Name,
    Place,
    Row,
    Status,
    Text,
    Unit,
    ordered,
    over_fields,
)

__all__ = [
    "AllianceRow",
    "Conversion",
    "Event",
    "EventEffect",
    "Gap",
    "Governance",
    "Membership",
    "Ownership",
    "Project",
]


class AllianceRow(Row):
    """Alliances and what became of them."""

    alliance: Name = Field(description="short name")
    name: Text = Field(description="name in words")
    founded: Day = Field(description="first day")
    ended: MaybeDay = Field(description="last day, if it ended")
    successor: str = Field(description="alliance that followed")
    hub: str = Field(
        description="country that each of a set of separate bilateral texts is with: "
        "the others are tied to it, not to each other; empty: all with all"
    )
    source_id: Name = Field(description="source")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _dated(self) -> AllianceRow:
        if self.ended is not None and self.ended < self.founded:
            raise over_fields("ended", f"{self.ended} is before founded "
                               f"{self.founded}", "correct one of the two days")
        return self


class Membership(Row):
    """Dated status of a country in an alliance."""

    alliance: Name = Field(description="alliance")
    iso3: Place = Field(description="country")
    status: Status = Field(description="status")
    valid_from: Day = Field(description="first day")
    valid_to: MaybeDay = Field(description="last day; empty: still so")
    eu_represented: Flag = Field(description="1: covered by the EU's signature only")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in date and status")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _dated(self) -> Membership:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise over_fields("valid_to", f"{self.valid_to} is before valid_from "
                               f"{self.valid_from}",
                               "correct one of the two days, or leave valid_to empty")
        return self


class Event(Row):
    """Dated policy events."""

    event_id: Name = Field(description="short name")
    date: Day = Field(description="day")
    actor: str = Field(description="who acted")
    category: str = Field(description="kind of event")
    title: Text = Field(description="what happened, in our words")
    goods: str = Field(description="goods concerned, separated by ;")
    countries: str = Field(description="countries concerned, separated by ;")
    effect: str = Field(description="effect that was reported")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    note: str = Field(description="what to beware of")


class EventEffect(Row):
    """What an event took away: sales abroad or output of a good by a country."""

    event_id: Name = Field(description="event")
    good: Name = Field(description="good")
    actor: Place = Field(description="country whose sales or output fell")
    kind: Literal["export_halt", "outage"] = Field(
        description="export_halt: sales to the targets; outage: output"
    )
    targets: str = Field(description="everyone, or countries separated by ;")
    share: MaybeShare = Field(
        description="share that fell away; empty: no source says how much"
    )
    low: MaybeShare = Field(description="lowest of conflicting sources")
    high: MaybeShare = Field(description="highest of conflicting sources")
    valid_from: Day = Field(description="first day in force")
    valid_to: MaybeDay = Field(description="last day in force; empty: still so")
    basis: str = Field(description="what the share is: observed, a legal ban ...")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _holds(self) -> EventEffect:
        ordered(("low", "share", "high"), self.low, self.share, self.high)
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise over_fields("valid_to", f"{self.valid_to} is before valid_from "
                               f"{self.valid_from}", "correct one of the two days")
        return self


class Project(Row):
    """Plants being built or just begun: what capacity, where, from when."""

    project: Name = Field(description="short name")
    name: Text = Field(description="name in words")
    company: str = Field(description="company")
    owner: str = Field(description="country of the largest owner")
    good: Name = Field(description="good that it makes")
    iso3: Place = Field(description="country of the plant")
    latitude: MaybeNumber = Field(description="degrees, approximate")
    longitude: MaybeNumber = Field(description="degrees, approximate")
    capacity: MaybeQuantity = Field(description="capacity, in the unit beside it")
    unit: str = Field(description="unit of the capacity, as the source states it")
    announced: str = Field(description="day, month or year of the announcement")
    start: MaybeYear = Field(description="year of first output, expected or actual")
    start_low: MaybeYear = Field(description="earliest year that a source gives")
    start_high: MaybeYear = Field(description="latest year that a source gives")
    status: Literal[
        "operating", "under_construction", "announced", "suspended", "cancelled"
    ] = Field(description="status at the date beside it")
    status_date: str = Field(description="day, month or year of the status")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _holds(self) -> Project:
        ordered(("start_low", "start", "start_high"),
                 self.start_low, self.start, self.start_high)
        if self.capacity is not None and not self.unit:
            raise over_fields("unit", "is empty beside a capacity",
                               "say the unit, or leave the capacity empty")
        return self


class Conversion(Row):
    """How a unit in which projects are stated becomes the unit of the good."""

    good: Name = Field(description="good")
    unit: Text = Field(description="unit of the project")
    factor: Quantity = Field(description="units of the good for one unit")
    good_unit: Unit = Field(description="unit of the good")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    note: str = Field(description="how the factor is made")


class Ownership(Row):
    """Share of a country's output that firms of another country control."""

    good: Name = Field(description="good")
    iso3: Place = Field(description="country of the plants")
    owner: Place = Field(description="country of the firms that control them")
    share: Share = Field(description="share of the country's output")
    low: MaybeShare = Field(description="lowest of conflicting sources")
    high: MaybeShare = Field(description="highest of conflicting sources")
    year: Year = Field(description="year")
    basis: str = Field(description="what the share counts: output, capacity, equity")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _holds(self) -> Ownership:
        ordered(("low", "share", "high"), self.low, self.share, self.high)
        if self.owner == self.iso3:
            raise over_fields("owner", "is the country itself",
                               "name another country, or remove the row")
        return self


class Governance(Row):
    """World Governance Indicators."""

    iso3: Place = Field(description="country")
    year: Year = Field(description="year")
    indicator: Text = Field(description="indicator")
    value: Number = Field(description="value, in the unit of the indicator")
    unit: Literal["score -2.5 to 2.5", "score 0-100", "rank"] = Field(
        description="unit: the scale of the score, or the rank among countries"
    )
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")


class Gap(Row):
    """What we looked for and did not find."""

    good: str = Field(description="good, or the table concerned")
    field: Text = Field(description="which figure")
    what_is_missing: Text = Field(description="what is missing")
    looked_for_in: str = Field(description="where we looked")
    treatment: str = Field(description="what the network does instead")
