"""Attributes of results that a later room fills in, such as ``result.plot``.

Rooms import only what is above them, so a result cannot know how it is drawn. It
says that there is such an attribute; the package, which knows every room, says who
makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["View", "provide"]

_MAKERS: dict[str, Callable[[Any], Any]] = {}


def provide(name: str, make: Callable[[Any], Any]) -> None:
    """Say who makes an attribute.

    Parameters
    ----------
    name : str
        Of the attribute.
    make : callable
        Called with the result when the attribute is asked for.

    Examples
    --------
    >>> provide("length", len)
    >>> class Result(list):
    ...     length = View()
    >>> Result("abc").length
    3
    """
    _MAKERS[name] = make


class View:
    """An attribute that is made when it is asked for, by whoever provides it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:  # noqa: ANN401
        if instance is None:
            return self
        if self.name not in _MAKERS:
            raise AttributeError(f"nothing provides {self.name!r}")
        return _MAKERS[self.name](instance)
