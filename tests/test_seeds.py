"""Every claim the project started from points at something that exists."""

from __future__ import annotations

import ast
import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supplychain.home import data_dir, seeds_dir
from supplychain.tables.model import load_model
from supplychain.tables.schema import TABLES

if TYPE_CHECKING:
    from supplychain.tables.reader import Tables

COLUMNS = [
    "claim_id", "claim", "claimed_on", "said_by", "what_happened_since",
    "covered_by_kind", "covered_by", "source_id",
]
TESTS = Path(__file__).parent


def _claims() -> list[dict[str, str]]:
    with (seeds_dir() / "claims.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


CLAIMS = _claims()


def _test_names() -> set[str]:
    """Return every test function under tests/, without its prefix."""
    names = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                names.add(node.name.removeprefix("test_"))
    return names


def _exists(kind: str, link: str, tables: Tables) -> bool:
    model = load_model("pax_silica")
    if kind == "membership":
        alliance, iso3, day = link.split(":")
        table = tables["memberships"]
        return bool((
            (table.alliance == alliance) & (table.iso3 == iso3)
            & (table.valid_from == dt.date.fromisoformat(day))
        ).any())
    if kind == "event":
        return link in set(tables["events"].event_id)
    if kind == "scenario":
        return link in model.scenarios
    if kind == "shock":
        return link in model.shocks
    if kind == "table":
        folder, name = link.split("/")
        path = data_dir() / name
        return folder == "data" and path.exists() and path.stem in TABLES
    if kind == "test":
        return link.removeprefix("test_") in _test_names()
    raise AssertionError(f"covered_by_kind {kind!r} is unknown")


def test_the_columns_are_known():
    assert list(CLAIMS[0]) == COLUMNS
    assert len({row["claim_id"] for row in CLAIMS}) == len(CLAIMS) >= 20


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["claim_id"])
def test_claim_is_covered(row: dict[str, str], tables: Tables):
    kind, link = row["covered_by_kind"], row["covered_by"]
    assert _exists(kind, link, tables), f"no {kind} {link!r}"


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row["claim_id"])
def test_claim_is_complete(row: dict[str, str], tables: Tables):
    assert row["claim"].endswith(".")
    assert row["said_by"]
    assert row["what_happened_since"]
    assert row["source_id"] in set(tables["sources"].source_id)
    if row["claimed_on"]:
        assert dt.date.fromisoformat(row["claimed_on"]) <= dt.date(2026, 11, 22)
