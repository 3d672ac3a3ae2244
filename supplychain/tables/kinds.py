"""Kinds of values that tables and models share: numbers, shares, years, days.

A number is written plainly: no ``1_200``, no ``true``, no infinity. A day is
written YYYY-MM-DD: no time stamp passes for one.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

__all__ = [
    "Day",
    "Flag",
    "MaybeDay",
    "MaybeNumber",
    "MaybeQuantity",
    "MaybeShare",
    "MaybeYear",
    "Number",
    "Plain",
    "Quantity",
    "Share",
    "Year",
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


def _plain(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        raise PydanticCustomError(
            "float_plain", "Input should be a valid number, written plainly"
        )
    return value


def _iso_day(value: object) -> object:
    if isinstance(value, str | int | float) and not _DAY.fullmatch(str(value).strip()):
        raise PydanticCustomError("date_plain", "Input should be a valid date")
    return value


def _zero_or_one(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    return {"": 0, "0": 0, "1": 1}.get(text, text)


Plain = Annotated[float, BeforeValidator(_plain)]
"""A number, not asked yet whether it is finite."""
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_plain)]
"""A finite number."""
Quantity = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(_plain)]
"""A finite number, 0 or more."""
Share = Annotated[
    float, Field(ge=0, le=1, allow_inf_nan=False), BeforeValidator(_plain)
]
"""A number from 0 to 1."""
Year = Annotated[int, Field(ge=1900, le=2100), BeforeValidator(_plain)]
"""A year of our time."""
Day = Annotated[dt.date, BeforeValidator(_iso_day)]
"""A day, written YYYY-MM-DD."""
Flag = Annotated[Literal[0, 1], BeforeValidator(_zero_or_one)]
"""0 or 1; empty is 0."""
MaybeNumber = Annotated[Number | None, BeforeValidator(_blank_is_none)]
MaybeQuantity = Annotated[Quantity | None, BeforeValidator(_blank_is_none)]
MaybeShare = Annotated[Share | None, BeforeValidator(_blank_is_none)]
MaybeYear = Annotated[Year | None, BeforeValidator(_blank_is_none)]
MaybeDay = Annotated[Day | None, BeforeValidator(_blank_is_none)]
