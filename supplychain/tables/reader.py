"""Read tables and collect every fault before saying anything."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import ValidationError

from supplychain.errors import DataError, Fault
from supplychain.tables.schema import KEYS, TABLES, Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Tables", "read_rows", "read_tables"]


@dataclass(frozen=True)
class Tables:
    """The facts: every table of a data folder, checked row by row.

    Attributes
    ----------
    folder : pathlib.Path
        Where the tables were read.
    frames : mapping of str to pandas.DataFrame
        One frame a table; column ``row`` is the line in the file.
    hashes : mapping of str to str
        SHA-256 of each file, first 16 digits.

    Examples
    --------
    >>> from supplychain.home import data_dir
    >>> tables = read_tables(data_dir())
    >>> set(tables["goods"].stage) >= {"mine", "refine", "chip", "product"}
    True
    """

    folder: Path
    frames: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]


def _remedy(kind: str, context: Mapping[str, object]) -> str:
    if kind == "missing":
        return "give a value"
    if kind in {"greater_than_equal", "less_than_equal", "finite_number"}:
        bounds = [f"{k} {v}" for k, v in context.items() if k in {"ge", "le"}]
        return f"use a finite number ({', '.join(bounds) or 'no inf or nan'})"
    if kind == "literal_error":
        return f"use one of {context.get('expected')}"
    if kind.startswith("date"):
        return "write it as YYYY-MM-DD"
    if kind.startswith(("float", "int")):
        return "write a plain number with a decimal point"
    if kind == "string_pattern_mismatch":
        return f"match {context.get('pattern')}"
    return "mend the row"


def _row_faults(file: str, line: int, error: ValidationError) -> list[Fault]:
    faults = []
    for entry in error.errors():
        field = str(entry["loc"][0]) if entry["loc"] else "row"
        value = entry.get("input")
        shown = f" ({value!r})" if isinstance(value, str | int | float) else ""
        faults.append(
            Fault(
                file, line, field, f"{entry['msg']}{shown}",
                _remedy(entry["type"], entry.get("ctx", {})),
            )
        )
    return faults


def read_rows(path: Path, schema: type[Row], key: tuple[str, ...]) -> tuple[
    pd.DataFrame, list[Fault]
]:
    r"""Read one CSV file against its row class.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    schema : type of Row
        Class of its rows.
    key : tuple of str
        Columns that identify a row.

    Returns
    -------
    frame : pandas.DataFrame
        The valid rows, with the line number in column ``row``.
    faults : list of Fault
        Everything wrong, in file order.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from supplychain.tables.schema import TABLES
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "governance.csv"
    ...     _ = file.write_text("iso3,year,indicator,value,source_id\nIND,x,p,1,s\n")
    ...     frame, faults = read_rows(file, TABLES["governance"], ("iso3",))
    >>> faults[0].row, faults[0].field
    (2, 'year')
    """
    name = path.name
    columns = list(schema.model_fields)
    empty = pd.DataFrame(columns=[*columns, "row"])
    if not path.exists():
        return empty, [Fault(name, None, "file", "is missing", "add the table")]
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        faults = [
            Fault(name, 1, column, "column is missing", "add the column")
            for column in columns
            if column not in header
        ] + [
            Fault(name, 1, column, "column is unknown", f"use {', '.join(columns)}")
            for column in header
            if column not in columns
        ]
        if faults:
            return empty, faults
        records: list[dict[str, object]] = []
        seen: dict[tuple[object, ...], int] = {}
        for line, values in enumerate(reader, start=2):
            if len(values) != len(header):
                faults.append(
                    Fault(name, line, "row", f"has {len(values)} cells, not "
                          f"{len(header)}", "quote cells that contain commas")
                )
                continue
            try:
                row = schema.model_validate(dict(zip(header, values, strict=True)))
            except ValidationError as error:
                faults.extend(_row_faults(name, line, error))
                continue
            record = row.model_dump()
            identity = tuple(record[column] for column in key)
            if identity in seen:
                faults.append(
                    Fault(name, line, ", ".join(key), f"repeats row {seen[identity]}",
                          "keep one of the two, or the range in low and high")
                )
            seen.setdefault(identity, line)
            records.append({**record, "row": line})
    frame = pd.DataFrame(records, columns=[*columns, "row"]) if records else empty
    return frame, faults


def read_tables(folder: Path) -> Tables:
    """Read and check every table of a data folder.

    Parameters
    ----------
    folder : pathlib.Path
        Folder with one CSV file a table.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        With every fault of every table: missing columns, bad values,
        duplicates, and whatever does not hold between tables.

    See Also
    --------
    supplychain.tables.checks.check_tables : the rules between tables.

    Examples
    --------
    >>> from supplychain.home import data_dir
    >>> "pax_silica" in set(read_tables(data_dir())["memberships"].alliance)
    True
    """
    from supplychain.tables.checks import check_tables

    frames: dict[str, pd.DataFrame] = {}
    hashes: dict[str, str] = {}
    faults: list[Fault] = []
    for name, schema in TABLES.items():
        path = folder / f"{name}.csv"
        frames[name], found = read_rows(path, schema, KEYS[name])
        faults.extend(found)
        if path.exists():
            hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    faults.extend(check_tables(frames))
    if faults:
        raise DataError(faults)
    return Tables(folder, frames, hashes)
