"""Rows of the tables on the past: episodes, what was known, what came of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from supplychain.tables.kinds import (  # noqa: TC001 - read at run time
    Day,
    MaybeDay,
    MaybeQuantity,
    Quantity,
)
from supplychain.tables.rows import (
    Confidence,
    Name,
    Place,
    Row,
    Text,
    ordered,
    over_fields,
)

__all__ = ["Episode", "EpisodeInput", "EpisodeOutcome"]

_DAYS = frozenset({"stock_days", "horizon_days"})


class Episode(Row):
    """Documented disruptions that the model is held against."""

    episode: Name = Field(description="short name")
    title: Text = Field(description="what happened, in our words")
    good: Text = Field(description="good or stage, in words")
    kind: Literal["export_halt", "outage"] = Field(
        description="export_halt: sales to the targets fell; outage: output fell"
    )
    actor: Place = Field(description="country whose sales or output fell")
    users: str = Field(
        pattern=r"^(everyone|[A-Z]{3})$",
        description="whose supply is asked for: everyone (outside the actor) or a "
        "country"
    )
    targets: str = Field(
        description="whom the halt was aimed at: everyone, or countries separated by ;"
    )
    begin: Day = Field(description="first day")
    end: MaybeDay = Field(description="last day; empty: still so, or unknown")
    event_id: str = Field(description="event in events.csv, if it stands there")
    damage: str = Field(
        description="kind of damage to plants, by which the model sets the days to "
        "recover; empty: none of the kinds it knows"
    )
    source_id: Name = Field(description="source")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _dated(self) -> Episode:
        if self.end is not None and self.end < self.begin:
            raise over_fields("end", f"{self.end} is before begin {self.begin}",
                               "correct one of the two days, or leave end empty")
        return self


class EpisodeInput(Row):
    """What was known of an episode when it happened."""

    episode: Name = Field(description="episode")
    input: Literal[
        "import_share", "shock_size", "actor_output_share", "actor_use_share",
        "users_use_share", "stock_days", "horizon_days",
    ] = Field(
        description="import_share: share of the users' supply that comes from the "
        "actor; shock_size: share of it, or of output, that fell away; "
        "actor_output_share, actor_use_share, users_use_share: shares of the world's "
        "output and use (asked for where the users are a country); stock_days: days "
        "of use in stock; horizon_days: days over which lost output is counted"
    )
    low: MaybeQuantity = Field(description="lowest of the sources")
    central: Quantity = Field(description="value that is used")
    high: MaybeQuantity = Field(description="highest of the sources")
    unit: Literal["1", "days"] = Field(description="1 (a share) or days")
    known_at: Day = Field(description="day from which it could be known")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    note: str = Field(description="what to beware of; own arithmetic")

    @model_validator(mode="after")
    def _holds(self) -> EpisodeInput:
        ordered(("low", "central", "high"), self.low, self.central, self.high)
        unit = "days" if self.input in _DAYS else "1"
        if self.unit != unit:
            raise over_fields("unit", f"{self.unit!r} is not the unit of {self.input}",
                               f"use {unit!r}")
        most = max(v for v in (self.central, self.high) if v is not None)
        if unit == "1" and most > 1:
            field = "central" if self.central > 1 else "high"
            raise over_fields(field, f"{most:g} is no share", "use a number up to 1")
        return self


class EpisodeOutcome(Row):
    """What was observed of an episode afterwards."""

    episode: Name = Field(description="episode")
    quantity: Literal[
        "served_share", "days_to_stop", "recovery_days", "resilience_area",
        "price_ratio", "output_lost_share",
    ] = Field(
        description="served_share: share of the users' normal supply that arrived; "
        "days_to_stop: days from the beginning to the first stop for want of the good; "
        "recovery_days: days to full output; resilience_area: days of full output "
        "lost; price_ratio: price over the price before; output_lost_share: share of "
        "planned output lost"
    )
    what: Text = Field(description="where and of what it was observed")
    low: MaybeQuantity = Field(
        description="lowest of the sources, or least that is known (no stop until ...)"
    )
    value: MaybeQuantity = Field(description="value observed; empty: bounds only")
    high: MaybeQuantity = Field(
        description="highest of the sources, or most that is known (stopped by ...)"
    )
    unit: Literal["1", "days"] = Field(description="1 (a share or ratio) or days")
    date: Day = Field(description="day of the observation")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence")
    beyond: str = Field(
        description="what the observation holds that the prediction leaves out"
    )
    note: str = Field(description="what to beware of; own arithmetic")

    @model_validator(mode="after")
    def _holds(self) -> EpisodeOutcome:
        ordered(("low", "value", "high"), self.low, self.value, self.high)
        if self.low is None and self.value is None and self.high is None:
            raise over_fields("value", "nothing was observed",
                               "give a value or a bound, or list the gap in gaps.csv")
        days = {"days_to_stop", "recovery_days", "resilience_area"}
        unit = "days" if self.quantity in days else "1"
        if self.unit != unit:
            raise over_fields(
                "unit", f"{self.unit!r} is not the unit of {self.quantity}",
                f"use {unit!r}",
            )
        return self
