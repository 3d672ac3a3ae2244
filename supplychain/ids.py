"""Typed identifiers: a good is not a country, and mypy knows it."""

from __future__ import annotations

from typing import NewType

Country = NewType("Country", str)
Good = NewType("Good", str)
Alliance = NewType("Alliance", str)
Status = NewType("Status", str)

ROW = Country("ROW")
"""The remainder of a source's own table: one node, no domestic growth."""
UNALLOCATED = Country("UNA")
"""Output that no source gives to a country; belongs to nobody."""
NOBODY = Country("OTH")
"""Demand that no source gives to a country; belongs to nobody."""
EU = Country("EUU")
"""The European Union where a source does not split it."""
AGGREGATES = frozenset({ROW, UNALLOCATED, NOBODY})
