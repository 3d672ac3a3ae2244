"""Sentences that are printed only while they are true.

A sentence is a template, the conditions under which it holds, and its values. The
template has no number, no name and no comparative word of its own: numbers carry
their range and the rule by which they are written, names come from
:class:`~supplychain.report.words.Words`, and comparative words are chosen by the
numbers (:class:`Choice`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "FLAT",
    "TESTS",
    "Choice",
    "Condition",
    "Number",
    "Rule",
    "Sentence",
    "Value",
    "direction",
    "said",
    "when",
]

FLAT = 0.005
"""A change that stays within this is called none [share]."""

Rule = Literal["share", "whole", "points", "days", "count", "ratio", "percent", "plain"]


@dataclass(frozen=True)
class Number:
    """A number with its range and the rule by which it is written.

    Attributes
    ----------
    low, high : float
        The range; equal where there is none. NaN: not known, never printed.
    rule : str
        ``share`` (0-1, written in per cent), ``whole`` (the same without digits),
        ``points`` (a difference of shares), ``days``, ``count``, ``ratio``,
        ``percent`` (already in per cent), ``plain``.

    Examples
    --------
    >>> str(Number(0.0211, 0.0212, "points")), str(Number(18, 75, "days"))
    ('+2.1 percentage points', '18 to 75 days')
    >>> Number(0.0211, 0.0212, "points").short
    '+2.1'
    """

    low: float
    high: float
    rule: Rule = "share"

    @classmethod
    def of(cls, value: float, rule: Rule = "share") -> Number:
        """Return a number without a range."""
        return cls(float(value), float(value), rule)

    @property
    def known(self) -> bool:
        """Whether both ends are numbers."""
        return not (math.isnan(self.low) or math.isnan(self.high))

    @property
    def middle(self) -> float:
        """The middle of the range, by which tables are sorted."""
        if math.isinf(self.low) or math.isinf(self.high):
            return self.high
        return (self.low + self.high) / 2

    def less(self, other: Number) -> Number:
        """Return the difference to another number, each at its ends."""
        return Number(self.low - other.high, self.high - other.low, "points")

    def __str__(self) -> str:
        if not self.known:
            return "–"
        unit = "" if math.isinf(self.high) else _FORMS[self.rule][3]
        return self.short + unit

    @property
    def short(self) -> str:
        """The number without its unit."""
        if not self.known:
            return "–"
        factor, digits, sign, _ = _FORMS[self.rule]
        shown = [_written(factor * e, digits, sign) for e in (self.low, self.high)]
        return " to ".join(dict.fromkeys(shown))


# Factor, digits, sign and unit of each rule.
_FORMS: Mapping[Rule, tuple[float, int, str, str]] = {
    "share": (100.0, 1, "", "\u00a0%"),
    "whole": (100.0, 0, "", "\u00a0%"),
    "points": (100.0, 1, "+", " percentage points"),
    "days": (1.0, 0, "", " days"),
    "count": (1.0, 0, "", ""),
    "ratio": (1.0, 2, "", ""),
    "percent": (1.0, 1, "", "\u00a0%"),
    "plain": (1.0, 4, "", ""),
}


def _written(value: float, digits: int, sign: str) -> str:
    if math.isinf(value):
        return "without limit"
    if digits == _FORMS["plain"][1]:
        return f"{value:g}"
    rounded = round(value, digits) + 0.0  # no minus before a zero
    return f"{rounded:{'' if rounded == 0 else sign},.{digits}f}"


@dataclass(frozen=True)
class Choice:
    """A word chosen by a number: by the direction in which it points.

    Attributes
    ----------
    of : str
        Name of the value that chooses.
    words : mapping of str to str
        By direction: ``up``, ``down``, ``still``, ``open``.

    Examples
    --------
    >>> rises = Choice("change", {"up": "rises", "down": "falls"})
    >>> rises.said({"change": Number.of(0.1, "points")})
    'rises'
    """

    of: str
    words: Mapping[str, str]

    def said(self, values: Mapping[str, Value]) -> str:
        """Return the word that the number chooses."""
        return self.words[direction(values[self.of])]


Value = str | Number | Choice


def direction(value: Value) -> str:
    """Return where a number points: up, down, still, or open.

    Parameters
    ----------
    value : Number

    Returns
    -------
    {"up", "down", "still", "open", "unknown"}
        ``still`` within :data:`FLAT` of 0 (0 itself where it is not a share),
        ``open`` where the range holds both signs.

    Examples
    --------
    >>> direction(Number(-0.001, 0.002)), direction(Number(-0.1, 0.1))
    ('still', 'open')
    """
    if not isinstance(value, Number) or not value.known:
        return "unknown"
    flat = FLAT if value.rule in {"share", "whole", "points"} else 0.0
    if max(abs(value.low), abs(value.high)) <= flat:
        return "still"
    if value.low > 0:
        return "up"
    if value.low == 0 and flat == 0:
        return "up"
    return "down" if value.high < 0 else "open"


def _pointing(*to: str) -> Callable[..., bool]:
    return lambda *values: all(direction(v) in to for v in values)


def _below(first: Value, second: Value) -> bool:
    return (isinstance(first, Number) and isinstance(second, Number)
            and first.high < second.low)


def _said_something(*values: Value) -> bool:
    return all(isinstance(v, str) and v != "" for v in values)


TESTS: Mapping[str, Callable[..., bool]] = {
    "up": _pointing("up"),
    "down": _pointing("down"),
    "still": _pointing("still"),
    "open": _pointing("open"),
    "moves": _pointing("up", "down"),
    "not_still": _pointing("up", "down", "open"),
    "below": _below,
    "not_below": lambda *values: not _below(*values),
    "named": _said_something,
    "unnamed": lambda *values: not _said_something(*values),
    "finite": lambda *v: all(
        isinstance(n, Number) and math.isfinite(n.low) and math.isfinite(n.high)
        for n in v),
    "endless": lambda *v: all(isinstance(n, Number) and math.isinf(n.high) for n in v),
}
"""What can be asked of values; pure, so that a sentence can be asked again."""


@dataclass(frozen=True)
class Condition:
    """A named test of some of a sentence's values."""

    test: str
    of: tuple[str, ...]

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Tell whether the condition holds of values."""
        return TESTS[self.test](*(values[name] for name in self.of))


def when(test: str, *of: str) -> Condition:
    """Return a condition on values, by name.

    Parameters
    ----------
    test : str
        Key of :data:`TESTS`.
    *of : str
        Names of values.

    Returns
    -------
    Condition

    Examples
    --------
    >>> when("up", "gain").holds({"gain": Number.of(0.2, "points")})
    True
    """
    return Condition(test, of)


@dataclass(frozen=True)
class Sentence:
    """A template, the conditions under which it holds, and its values.

    Examples
    --------
    >>> gain = {"who": "Utopia", "gain": Number.of(0.0, "points")}
    >>> said(Sentence("{who} moves by {gain}.", gain, (when("moves", "gain"),)))
    >>> said(Sentence("{who} stays.", gain, (when("still", "gain"),)))
    'Utopia stays.'
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every condition holds, and every number is known."""
        known = all(v.known for v in self.values.values() if isinstance(v, Number))
        return known and all(c.holds(self.values) for c in self.conditions)


def said(sentence: Sentence) -> str | None:
    """Return a sentence in words, or nothing where it does not hold.

    Parameters
    ----------
    sentence : Sentence

    Returns
    -------
    str or None
    """
    if not sentence.holds:
        return None
    words = {
        name: v.said(sentence.values) if isinstance(v, Choice) else str(v)
        for name, v in sentence.values.items()
    }
    text = sentence.template.format_map(words)
    return text[:1].upper() + text[1:]
