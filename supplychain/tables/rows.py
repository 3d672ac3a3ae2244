"""What every row class is made of: names, places, units, rules over several fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

__all__ = [
    "Confidence",
    "Name",
    "Place",
    "Row",
    "Status",
    "Text",
    "Unit",
    "blank_is_none",
    "ordered",
    "over_fields",
]


def blank_is_none(value: object) -> object:
    """Return None for an empty cell, anything else as it is.

    Parameters
    ----------
    value : object

    Returns
    -------
    object

    Examples
    --------
    >>> blank_is_none("") is None, blank_is_none("x")
    (True, 'x')
    """
    return None if value == "" else value


def ordered(names: tuple[str, str, str], *values: float | None) -> None:
    """Raise, naming the ends at fault, unless low <= middle <= high; blanks apart.

    Parameters
    ----------
    names : tuple of str
        Columns of the three figures.
    *values : float or None
        The figures.

    Raises
    ------
    PydanticCustomError

    Examples
    --------
    >>> ordered(("low", "central", "high"), 1.0, None, 2.0)
    """
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
        raise over_fields(
            ", ".join(field for field, _ in wrong),
            " and ".join(problem for _, problem in wrong),
            f"keep {low} <= {middle} <= {high}, or leave {low} and {high} empty",
        )


def over_fields(field: str, problem: str, remedy: str) -> PydanticCustomError:
    """Return the error of a rule over several fields of a row.

    Parameters
    ----------
    field, problem, remedy : str

    Returns
    -------
    pydantic_core.PydanticCustomError

    Examples
    --------
    >>> str(over_fields("year", "is late", "correct it")).splitlines()[0]
    'is late'
    """
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
    "million m2",
    "million litres",
    "USD bn",
    "MW",
    "USD bn military expenditure (proxy)",
]


class Row(BaseModel):
    """A row of a table: frozen, no column unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
