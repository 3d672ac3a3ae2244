"""What to say about a name that is unknown: the nearest ones that are known."""

from __future__ import annotations

import difflib
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["close", "nearest"]


def close(name: str, known: Iterable[str]) -> str:
    """Return a question after the known names nearest to `name`.

    Parameters
    ----------
    name : str
        A name that is unknown.
    known : iterable of str
        The names there are.

    Returns
    -------
    str
        At most three names; empty if none is near.

    Examples
    --------
    >>> close("germanum", ["neon", "germanium"]), close("tin", ["neon"])
    ('did you mean germanium?', '')
    >>> close("CHM", ["CHN", "COM", "CYM", "KHM"])
    'did you mean CHN, COM, CYM?'
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=max(len(names), 1), cutoff=0.5)
    found = sorted(near, key=lambda one: _distance(name, one))[:3]
    return f"did you mean {', '.join(found)}?" if found else ""


def _distance(name: str, known: str) -> tuple[float, int, str]:
    """Order by likeness; of names that are as like, first those that begin alike."""
    like = difflib.SequenceMatcher(None, known, name).ratio()
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(name, known, strict=False))
    return -like, -len(list(alike)), known


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint with the known names nearest to `name`.

    Parameters
    ----------
    name : str
        A name that is unknown.
    known : iterable of str
        The names there are.

    Returns
    -------
    str
        At most three names, or all of them if none is near.

    Examples
    --------
    >>> nearest("germanum", ["neon", "germanium"])
    'did you mean germanium?'
    >>> nearest("xyz", ["neon", "germanium"])
    'known: germanium, neon'
    """
    names = list(known)
    return close(name, names) or f"known: {', '.join(sorted(names))}"
