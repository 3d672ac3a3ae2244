"""The columns of every table in ``data/``: one class a table, one field a column.

The classes are the single source for reading, checking and documenting the
tables: types, ranges, units of meaning and descriptions all stand here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from supplychain.tables.kinds import (
    Day,
    Flag,
    MaybeDay,
    MaybeNumber,
    MaybeQuantity,
    MaybeShare,
    Number,
    Quantity,
    Share,
    Year,
)

__all__ = ["KEYS", "TABLES", "TABLE_TITLES", "Row"]


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


def _ordered(names: tuple[str, str, str], *values: float | None) -> None:
    """Raise, naming the ends at fault, unless low <= middle <= high; blanks apart."""
    low, middle, high = names
    value = {n: v for n, v in zip(names, values, strict=True) if v is not None}
    pairs = [(low, middle, low), (middle, high, high)]
    if middle not in value:
        pairs = [(low, high, f"{low}, {high}")]
    wrong = [
        (field, f"{a} {value[a]:.12g} is above {b} {value[b]:.12g}")
        for a, b, field in pairs
        if a in value and b in value and value[a] > value[b]
    ]
    if wrong:
        raise _over_fields(
            ", ".join(field for field, _ in wrong),
            " and ".join(problem for _, problem in wrong),
            f"keep {low} <= {middle} <= {high}, or leave {low} and {high} empty",
        )


def _over_fields(field: str, problem: str, remedy: str) -> PydanticCustomError:
    """Return the error of a rule over several fields of a row."""
    return PydanticCustomError(
        "over_fields", "{problem}",
        {"field": field, "problem": problem, "remedy": remedy},
    )


Place = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Text = Annotated[str, Field(min_length=1)]
Confidence = Literal["high", "medium", "low"]
Status = Literal[
    "none", "excluded", "withdrawn", "invited", "observer", "signatory", "full"
]
Unit = Literal[
    "t",
    "% of world",
    "million_litres",
    "million_m3",
    "million 200mm-eq wafers/month",
    "unit",
    "million units",
    "vehicles",
    "GW",
    "million fibre-km",
    "USD bn military expenditure (proxy)",
]


class Row(BaseModel):
    """A row of a table: frozen, no column unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Source(Row):
    """Where figures come from, and on what terms."""

    source_id: Name = Field(description="short name other tables refer to")
    title: Text = Field(description="title of the work")
    publisher: str = Field(description="who published it")
    year: str = Field(description="year of publication, as printed")
    url: Text = Field(description="address or citation")
    license: Text = Field(description="terms of the source")
    retrieved: Day = Field(description="date it, or a copy of it, was read")
    note: str = Field(description="what to beware of")


class CountryRow(Row):
    """Countries and the aggregates that stand beside them."""

    iso3: Place = Field(
        description="ISO 3166-1 alpha-3, or EUU, ROW, UNA, OTH, X.. (joint figure)"
    )
    name: Text = Field(description="name in words")
    region: str = Field(description="region")
    eu_member: Flag = Field(description="1: member of the European Union")
    aggregate: Flag = Field(description="1: not a country")
    latitude: MaybeNumber = Field(description="label point, degrees")
    longitude: MaybeNumber = Field(description="label point, degrees")
    members: str = Field(
        description="countries of a joint figure, separated by ;: it counts as a "
        "member of an alliance as far as all of them do"
    )


class GoodRow(Row):
    """The goods of the network and their units."""

    good: Name = Field(description="short name of the good")
    name: Text = Field(description="name in words")
    stage: Literal[
        "mine", "refine", "material", "component", "chip", "packaging", "capital",
        "product",
    ] = Field(description="stage of the chain")
    unit: Unit = Field(description="unit of every quantity of this good, a year")
    chain: Name = Field(description="chain the good belongs to")
    host: Annotated[Name | None, BeforeValidator(_blank_is_none)] = Field(
        description="host good, if this one is its by-product"
    )
    kit: Flag = Field(description="1: assembly unsourced, made where it is consumed")
    description: str = Field(description="what is counted")


class Production(Row):
    """Output by good and country."""

    good: Name = Field(description="good")
    iso3: Place = Field(description="country of the plant (see basis)")
    year: Year = Field(description="year of the figure")
    quantity: Quantity = Field(description="output, in the good's unit")
    low: MaybeQuantity = Field(description="lowest of conflicting sources")
    high: MaybeQuantity = Field(description="highest of conflicting sources")
    unit: Unit = Field(description="unit, the same as the good's")
    basis: Literal[
        "plant", "mine", "headquarters", "capacity", "facility_count", "use"
    ] = Field(description="what the split is made by")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _ranged(self) -> Production:
        _ordered(("low", "quantity", "high"), self.low, self.quantity, self.high)
        return self


class Capacity(Row):
    """Nameplate capacity by good and country."""

    good: Name = Field(description="good")
    iso3: Place = Field(description="country of the plant")
    year: Year = Field(description="year of the figure")
    quantity: Quantity = Field(description="capacity a year, in the good's unit")
    unit: Unit = Field(description="unit, the same as the good's")
    basis: str = Field(description="what the figure counts")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")


class WorldTotal(Row):
    """Published world totals, to check our sums against."""

    good: Name = Field(description="good")
    year: Year = Field(description="year")
    quantity: Quantity = Field(description="world output, in the good's unit")
    unit: Unit = Field(description="unit")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")


class Recipe(Row):
    """What goes into what: an engineering quantity or a share of use."""

    good: Name = Field(description="good that is made")
    input: Name = Field(description="good that is used")
    quantity_per_unit: MaybeQuantity = Field(
        description="units of the input for one unit of the good"
    )
    unit: str = Field(description="unit of that quantity")
    share_of_use: MaybeShare = Field(
        description="share of the world's use of the input that goes to the good"
    )
    share_low: MaybeShare = Field(description="lowest of conflicting sources")
    share_high: MaybeShare = Field(description="highest of conflicting sources")
    scope: str = Field(description="whose use the share describes")
    year: str = Field(description="year or period of the figure")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _one_of_two(self) -> Recipe:
        if (self.quantity_per_unit is None) == (self.share_of_use is None):
            both = self.share_of_use is not None
            raise _over_fields(
                "quantity_per_unit, share_of_use",
                "both are given" if both else "neither is given",
                "give either quantity_per_unit or share_of_use",
            )
        _ordered(("share_low", "share_of_use", "share_high"),
                 self.share_low, self.share_of_use, self.share_high)
        return self


class Trade(Row):
    """Bilateral trade where the customs code really is the good."""

    good: Name = Field(description="good")
    exporter: Place = Field(description="exporting country")
    importer: Place = Field(description="importing country")
    year: Year = Field(description="year")
    quantity: Quantity = Field(description="quantity shipped")
    unit: Text = Field(description="unit; 't gross' is used as a pattern only")
    value_usd: MaybeQuantity = Field(description="value, USD")
    hs6: str = Field(description="customs codes added up")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")


class TradeShare(Row):
    """Bilateral shares that a source states."""

    good: Name = Field(description="good")
    exporter: Place = Field(description="exporting country")
    importer: Place = Field(description="importing country")
    share: Share = Field(description="the share")
    of: Literal["imports", "exports"] = Field(description="share of what")
    year: str = Field(description="year or period")
    unit: Literal["share of imports", "share of exports"] = Field(
        description="unit: 1 is all that the importer (exporter) buys (sells) abroad"
    )
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _one_side(self) -> TradeShare:
        if self.unit != f"share of {self.of}":
            raise _over_fields("unit", f"{self.unit!r} is not a share of {self.of}",
                               f"use 'share of {self.of}', or correct column of")
        return self


class Demand(Row):
    """Demand for final products; apparent consumption of materials."""

    good: Name = Field(description="good")
    iso3: Place = Field(description="country, or OTH: no source says whose")
    kind: Literal["final", "apparent"] = Field(
        description="final: of a finished product; apparent: all uses of a material"
    )
    year: Year = Field(description="year")
    quantity: Quantity = Field(description="demand a year, in the good's unit")
    low: MaybeQuantity = Field(description="lowest of conflicting sources")
    high: MaybeQuantity = Field(description="highest of conflicting sources")
    unit: Unit = Field(description="unit, the same as the good's")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _ranged(self) -> Demand:
        _ordered(("low", "quantity", "high"), self.low, self.quantity, self.high)
        return self


class Price(Row):
    """Prices per unit of a good."""

    good: Name = Field(description="good")
    year: Year = Field(description="year")
    usd_per_unit: Quantity = Field(description="USD per unit of the good")
    unit: Unit = Field(description="the unit, the same as the good's")
    form: str = Field(description="form the price is quoted for")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")


class Stock(Row):
    """Stocks held, where a source says so."""

    good: Name = Field(description="good")
    iso3: Text = Field(description="country, or a place as the source names it")
    holder: str = Field(description="who holds it")
    low: MaybeQuantity = Field(description="low")
    central: MaybeQuantity = Field(description="central")
    high: MaybeQuantity = Field(description="high")
    unit: Text = Field(description="days of use, or the good's unit")
    year: Year = Field(description="year")
    source_id: Name = Field(description="source")
    confidence: Confidence = Field(description="our confidence in the figure")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _ranged(self) -> Stock:
        _ordered(("low", "central", "high"), self.low, self.central, self.high)
        return self


class AllianceRow(Row):
    """Alliances and what became of them."""

    alliance: Name = Field(description="short name")
    name: Text = Field(description="name in words")
    founded: Day = Field(description="first day")
    ended: MaybeDay = Field(description="last day, if it ended")
    successor: str = Field(description="alliance that followed")
    source_id: Name = Field(description="source")
    note: str = Field(description="what to beware of")

    @model_validator(mode="after")
    def _dated(self) -> AllianceRow:
        if self.ended is not None and self.ended < self.founded:
            raise _over_fields("ended", f"{self.ended} is before founded "
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
            raise _over_fields("valid_to", f"{self.valid_to} is before valid_from "
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


TABLES: dict[str, type[Row]] = {
    "sources": Source,
    "countries": CountryRow,
    "goods": GoodRow,
    "production": Production,
    "capacity": Capacity,
    "world_totals": WorldTotal,
    "recipes": Recipe,
    "trade": Trade,
    "trade_shares": TradeShare,
    "demand": Demand,
    "prices": Price,
    "stocks": Stock,
    "alliances": AllianceRow,
    "memberships": Membership,
    "events": Event,
    "governance": Governance,
    "gaps": Gap,
}
"""Every table of ``data/`` and the class of its rows."""

TABLE_TITLES: dict[str, str] = {
    name: (row.__doc__ or "").strip().splitlines()[0] for name, row in TABLES.items()
}

KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("source_id",),
    "countries": ("iso3",),
    "goods": ("good",),
    "production": ("good", "iso3"),
    "capacity": ("good", "iso3"),
    "world_totals": ("good", "year", "source_id"),
    "recipes": ("good", "input"),
    "trade": ("good", "exporter", "importer", "year"),
    "trade_shares": ("good", "exporter", "importer", "of"),
    "demand": ("good", "iso3", "kind"),
    "prices": ("good", "year", "form"),
    "stocks": ("good", "iso3", "holder", "unit", "year", "source_id"),
    "alliances": ("alliance",),
    "memberships": ("alliance", "iso3", "valid_from"),
    "events": ("event_id",),
    "governance": ("iso3", "year", "indicator"),
    "gaps": ("good", "field", "what_is_missing"),
}
"""Columns that identify a row: two rows alike in them are a duplicate."""
