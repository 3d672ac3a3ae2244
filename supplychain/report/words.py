"""Codes into words: countries, goods, statuses, constraints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supplychain.tables.model_parts import Shock
    from supplychain.world.world import World

__all__ = ["NOT_OBSERVED", "SHOWS", "Words", "number", "published", "span"]

NOT_OBSERVED = "not observed"
SHOWS = 0.01
"""A range at least so wide is written in place of its middle."""

_RUNGS = {
    "country": "{country}",
    "incumbents": "incumbents",
    "alliance_with_country": "alliance with {country}",
    "world_outside_target": "world outside {target}",
}


@dataclass(frozen=True)
class Words:
    """Names of what a world holds, for people.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> words = Words(load_world())
    >>> words.country("IND"), words.group("world_outside_CHN")
    ('India', 'world outside China')
    """

    world: World

    def country(self, code: str) -> str:
        """Return a country's name; the code where there is none."""
        table = self.world.countries
        return str(table.name[code]) if code in table.index else code

    def player(self, name: str) -> str:
        """Return a player of a coalition game: a country, or a group of the model."""
        if name in self.world.countries.index:
            return self.country(name)
        return " ".join(
            part if part == "and" else part.capitalize() for part in name.split("_")
        )

    def alliance(self, code: str) -> str:
        """Return an alliance's name; the code where the tables are not at hand."""
        if self.world.tables is not None:
            names = self.world.tables["alliances"].set_index("alliance").name
            if code in names.index:
                return str(names[code])
        return code

    def good(self, code: str) -> str:
        """Return a good's name; the code where there is none."""
        goods = self.world.goods
        return str(goods.loc[code, "name"]) if code in goods.index else code

    def group(self, label: str) -> str:
        """Return a reference group in words."""
        scope = self.world.model.scope
        names = {"country": self.country(scope.country),
                 "target": self.country(scope.target)}
        keys = {
            scope.country: "country", "incumbents": "incumbents",
            f"alliance_with_{scope.country}": "alliance_with_country",
            f"world_outside_{scope.target}": "world_outside_target",
        }
        return _RUNGS[keys[label]].format(**names) if label in keys else label

    def shock(self, name: str) -> str:
        """Return a shock of the model in words."""
        shocks = self.world.model.shocks
        return self.title(shocks[name]) if name in shocks else name

    def title(self, shock: Shock) -> str:
        """Return the title of a shock, names filled in."""
        return self.filled(shock.title)

    def filled(self, title: str) -> str:
        """Return a title with the target and the country filled in."""
        scope = self.world.model.scope
        return title.format(
            target=self.country(scope.target), country=self.country(scope.country)
        )

    def aim(self, name: str) -> str:
        """Return whom a shock is aimed at, in a word or two."""
        shock = self.world.model.shocks[name]
        if shock.effects:
            kind, _, event = name.partition("event:")
            return kind or f"event {event[:10]}"
        targets = shock.targets
        country = self.country(self.world.model.scope.country)
        return {"country": f"{country} alone", "alliance": f"alliance, {country}",
                "everyone": "everyone"}[targets]

    def node(self, step: str) -> str:
        """Return a node ``good@country`` in words."""
        good, _, country = step.removesuffix(" (use)").partition("@")
        return f"{self.short(good)}, {self.country(country)}"

    def short(self, code: str) -> str:
        """Return a good's name up to its first comma or bracket."""
        return self.good(code).split(",")[0].split(" (")[0]

    def constraint(self, family: str, what: str) -> str:
        """Return a constraint in words, for example an access cap."""
        parts = what.split("|")
        if family == "access":
            return (f"access cap on {self.short(parts[0])} from "
                    f"{self.country(parts[1])} to {self.country(parts[2])}")
        if family == "capacity":
            return f"capacity of {self.short(parts[0])} in {self.country(parts[1])}"
        if family == "feedstock":
            return (f"feedstock: {self.short(parts[0])} for {self.short(parts[1])} in "
                    f"{self.country(parts[2])}")
        return f"{family}: {what}"


def number(value: float, digits: int = 2) -> str:
    """Write a share; a dash where there is none.

    Parameters
    ----------
    value : float
    digits : int

    Returns
    -------
    str

    Examples
    --------
    >>> number(0.123), number(float("nan"))
    ('0.12', '–')
    """
    return "–" if value != value else f"{value:.{digits}f}"


def published(value: float, low: float, high: float, digits: int = 3) -> str:
    """Write a number, or its range: alone where no value is published.

    A range that shows in the second digit is written in place of its middle.

    Parameters
    ----------
    value, low, high : float
    digits : int

    Returns
    -------
    str

    Examples
    --------
    >>> published(0.5, 0.5, 0.5), published(0.51, 0.5, 0.52)
    ('0.500', '0.50–0.52')
    >>> published(float("nan"), 0.1, 0.2)
    '0.10–0.20'
    """
    if value == value and high - low < SHOWS:
        return f"{value:.{digits}f}"
    return f"{low:.2f}–{high:.2f}"


def span(middle: float, low: float, high: float, sign: str = "") -> str:
    """Return a number, or the range it lies in where that is wide enough to show.

    Parameters
    ----------
    middle, low, high : float
    sign : str
        ``+`` to show a sign always.

    Returns
    -------
    str

    Examples
    --------
    >>> span(0.5, 0.499, 0.501), span(0.5, 0.4, 0.6, "+")
    ('0.500', '+0.40 to +0.60')
    """
    if high - low < SHOWS:
        return f"{middle:{sign}.3f}"
    return f"{low:{sign}.2f} to {high:{sign}.2f}"
