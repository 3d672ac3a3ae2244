"""One valid copy of the facts and of the model, to break one thing in."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from supplychain.errors import DataError, Fault
from supplychain.home import data_dir, models_dir
from supplychain.tables.model import load_model
from supplychain.tables.reader import read_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Facts:
    """A data folder that may be broken; rows are numbered as in the file."""

    path: Path

    def read(self, table: str) -> list[list[str]]:
        with (self.path / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    def write(self, table: str, rows: list[list[str]]) -> None:
        place = self.path / f"{table}.csv"
        with place.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)

    def row(self, table: str, **cells: str) -> int:
        """Return the number of the first row that holds `cells`."""
        header, *rows = self.read(table)
        for number, values in enumerate(rows, start=2):
            row = dict(zip(header, values, strict=True))
            if all(row[column] == value for column, value in cells.items()):
                return number
        raise AssertionError(f"{table}.csv has no row with {cells}")

    def get(self, table: str, row: int, column: str) -> str:
        rows = self.read(table)
        return rows[row - 1][rows[0].index(column)]

    def set(self, table: str, row: int, **cells: str) -> int:
        rows = self.read(table)
        for column, value in cells.items():
            rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)
        return row

    def append(self, table: str, like: int, **cells: str) -> int:
        """Append a copy of row `like` with other `cells`; return its number."""
        rows = self.read(table)
        rows.append(list(rows[like - 1]))
        self.write(table, rows)
        return self.set(table, len(rows), **cells)

    def remove(self, table: str, **cells: str) -> None:
        header, *rows = self.read(table)
        kept = [
            values for values in rows
            if any(values[header.index(c)] != v for c, v in cells.items())
        ]
        assert len(kept) < len(rows), f"{table}.csv has no row with {cells}"
        self.write(table, [header, *kept])

    def faults(self) -> tuple[Fault, ...]:
        """Read the folder, which must fail, and return every fault."""
        with pytest.raises(DataError) as caught:
            read_tables(self.path)
        return caught.value.faults


@dataclass(frozen=True)
class ModelFolder:
    """A model folder that may be broken."""

    path: Path

    def edit(self, name: str, change: Callable[[Any], object]) -> None:
        """Apply `change` to the content of a YAML file."""
        place = self.path / f"{name}.yaml"
        content = yaml.safe_load(place.read_text(encoding="utf-8"))
        change(content)
        place.write_text(yaml.safe_dump(content), encoding="utf-8")

    def faults(self) -> tuple[Fault, ...]:
        """Load the model, which must fail, and return every fault."""
        with pytest.raises(DataError) as caught:
            load_model(self.path)
        return caught.value.faults


@pytest.fixture(scope="session")
def valid_facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("valid") / "data"
    shutil.copytree(data_dir(), folder, ignore=shutil.ignore_patterns("geo"))
    # Read faster: fewer rows of the two tables that take longest.
    copy = Facts(folder)
    copy.write("governance", copy.read("governance")[:21])
    header, *rows = copy.read("memberships")
    copy.write("memberships", [header, *(r for r in rows if r[0] == "pax_silica")])
    return folder


@pytest.fixture
def facts(valid_facts: Path, tmp_path: Path) -> Facts:
    return Facts(shutil.copytree(valid_facts, tmp_path / "data"))


@pytest.fixture
def model_folder(tmp_path: Path) -> ModelFolder:
    return ModelFolder(
        shutil.copytree(models_dir() / "pax_silica", tmp_path / "pax_silica")
    )
