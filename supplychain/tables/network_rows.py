"""Rows of the tables on goods: output, recipes, trade, demand, prices, stocks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from supplychain.tables.kinds import (  # noqa: TC001 - read at run time
    Day,
    Flag,
    MaybeNumber,
    MaybeQuantity,
    MaybeShare,
    Quantity,
    Share,
    Year,
)
from supplychain.tables.rows import (
    Confidence,
    Name,
    Place,
    Row,
    Text,
    Unit,
    blank_is_none,
    ordered,
    over_fields,
)

__all__ = [
    "Capacity",
    "CountryRow",
    "Demand",
    "GoodRow",
    "Price",
    "Production",
    "Recipe",
    "Source",
    "Stock",
    "Trade",
    "TradeShare",
    "WorldTotal",
]


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
    host: Annotated[Name | None, BeforeValidator(blank_is_none)] = Field(
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
        ordered(("low", "quantity", "high"), self.low, self.quantity, self.high)
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
            raise over_fields(
                "quantity_per_unit, share_of_use",
                "both are given" if both else "neither is given",
                "give either quantity_per_unit or share_of_use",
            )
        ordered(("share_low", "share_of_use", "share_high"),
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
            raise over_fields("unit", f"{self.unit!r} is not a share of {self.of}",
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
        ordered(("low", "quantity", "high"), self.low, self.quantity, self.high)
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
        ordered(("low", "central", "high"), self.low, self.central, self.high)
        return self
