"""The columns of every table in ``data/``: one class a table, one field a column.

The classes are the single source for reading, checking and documenting the
tables: types, ranges, units of meaning and descriptions all stand in
:mod:`supplychain.tables.network_rows`, :mod:`supplychain.tables.policy_rows` and
:mod:`supplychain.tables.history_rows`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.tables.history_rows import Episode, EpisodeInput, EpisodeOutcome
from supplychain.tables.network_rows import (
    Capacity,
    CountryRow,
    Demand,
    GoodRow,
    Price,
    Production,
    Recipe,
    Source,
    Stock,
    Trade,
    TradeShare,
    WorldTotal,
)
from supplychain.tables.policy_rows import (
    AllianceRow,
    Conversion,
    Event,
    EventEffect,
    Gap,
    Governance,
    Membership,
    Ownership,
    Project,
)

if TYPE_CHECKING:
    from supplychain.tables.rows import Row

__all__ = ["KEYS", "TABLES", "TABLE_TITLES"]

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
    "event_effects": EventEffect,
    "projects": Project,
    "conversions": Conversion,
    "ownership": Ownership,
    "governance": Governance,
    "episodes": Episode,
    "episode_inputs": EpisodeInput,
    "episode_outcomes": EpisodeOutcome,
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
    "event_effects": ("event_id", "good", "actor"),
    "projects": ("project",),
    "conversions": ("good", "unit"),
    "ownership": ("good", "iso3", "owner"),
    "governance": ("iso3", "year", "indicator"),
    "episodes": ("episode",),
    "episode_inputs": ("episode", "input"),
    "episode_outcomes": ("episode", "quantity", "what"),
    "gaps": ("good", "field", "what_is_missing"),
}
"""Columns that identify a row: two rows alike in them are a duplicate."""
