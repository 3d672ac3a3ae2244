"""Shared worlds: one real, a few hand-made ones small enough to solve on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from worlds import five_countries, three_tiers

from supplychain.home import data_dir
from supplychain.tables.reader import Tables, read_tables
from supplychain.world.build import build_world, load_world

if TYPE_CHECKING:
    from supplychain.world.world import World


@pytest.fixture(scope="session")
def tables() -> Tables:
    return read_tables(data_dir())


@pytest.fixture(scope="session")
def world(tables: Tables) -> World:
    from supplychain.tables.model import load_model

    return build_world(tables, load_model("pax_silica"))


@pytest.fixture(scope="session")
def magnets() -> World:
    return five_countries()


@pytest.fixture(scope="session")
def tiers() -> World:
    return three_tiers()


__all__ = ["load_world"]
