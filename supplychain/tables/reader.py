"""Read tables and collect every fault before saying anything."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from pydantic import ValidationError

from supplychain.errors import DataError, Fault
from supplychain.tables.faults import faults_of
from supplychain.tables.schema import KEYS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supplychain.tables.rows import Row

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


class _Read(NamedTuple):
    """What one file gave.

    `names` are the names in the first column of the key as they stand in the
    file, rows with a fault elsewhere included; None if they are not to be relied on.
    """

    frame: pd.DataFrame
    faults: list[Fault]
    names: frozenset[str] | None


def _text(path: Path) -> str | Fault:
    """Return the text of a file, a byte-order mark apart, or why there is none."""
    if not path.is_file():
        return Fault(path.name, None, "file", "is missing", "add the table")
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Fault(path.name, line, "file", "is not UTF-8", "save it as UTF-8")


def _header_faults(name: str, header: list[str], columns: list[str]) -> list[Fault]:
    return [
        Fault(name, 1, column, "column is missing", "add the column")
        for column in columns
        if column not in header
    ] + [
        Fault(name, 1, column, "column is unknown", f"use {', '.join(columns)}")
        for column in dict.fromkeys(header)
        if column not in columns
    ] + [
        Fault(name, 1, column, "column is repeated", "keep one of them")
        for column, count in Counter(header).items()
        if count > 1 and column in columns
    ]


def _records(text: str, name: str) -> tuple[list[list[str]], list[Fault]]:
    """Cut the text into rows of cells; what follows a broken quote is lost."""
    rows: list[list[str]] = []
    stream = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows.extend(stream)
    except csv.Error as error:
        return rows, [
            Fault(name, len(rows) + 1, "row", f"is not CSV: {error}",
                  'close the quotes, and write a quote inside them as ""')
        ]
    return rows, []


def _read(path: Path, schema: type[Row], key: tuple[str, ...]) -> _Read:
    name = path.name
    columns = list(schema.model_fields)
    empty = pd.DataFrame(columns=[*columns, "row"])
    text = _text(path)
    if isinstance(text, Fault):
        return _Read(empty, [text], None)
    rows, faults = _records(text, name)
    whole = not faults
    header = rows[0] if rows else []
    if wrong := _header_faults(name, header, columns):
        return _Read(empty, [*faults, *wrong], None)
    records: list[dict[str, object]] = []
    seen: dict[tuple[object, ...], int] = {}
    names: set[str] = set()
    for line, values in enumerate(rows[1:], start=2):
        if len(values) != len(header):
            # One of the cells is the name; which one is not for us to say.
            names.update(value.strip() for value in values)
            remedy = "quote cells that contain commas" if values else "remove the line"
            faults.append(
                Fault(name, line, "row", f"has {len(values)} cells, not "
                      f"{len(header)}", remedy)
            )
            continue
        cells = dict(zip(header, values, strict=True))
        names.add(cells[key[0]].strip())
        try:
            record = schema.model_validate(cells).model_dump()
        except ValidationError as error:
            found = faults_of(error, name, line, vague="mend the row")
            whole = whole and all(fault.field != key[0] for fault in found)
            faults.extend(found)
            continue
        identity = tuple(record[column] for column in key)
        if identity in seen:
            faults.append(
                Fault(name, line, ", ".join(key), f"repeats row {seen[identity]}",
                      "keep one of the two, or the range in low and high")
            )
            continue
        seen[identity] = line
        records.append({**record, "row": line})
    frame = pd.DataFrame(records, columns=empty.columns) if records else empty
    return _Read(frame, faults, frozenset(names) if whole else None)


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
    >>> text = "good,field,what_is_missing,looked_for_in,treatment\ntin,,x,y,z\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "gaps.csv"
    ...     _ = file.write_text(text)
    ...     frame, faults = read_rows(file, TABLES["gaps"], ("good",))
    >>> faults[0].row, faults[0].field
    (2, 'field')
    """
    read = _read(path, schema, key)
    return read.frame, read.faults


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
    names: dict[str, frozenset[str]] = {}
    faults: list[Fault] = []
    for name, schema in TABLES.items():
        path = folder / f"{name}.csv"
        frames[name], found, known = _read(path, schema, KEYS[name])
        faults.extend(found)
        if known is not None:
            names[name] = known
        if path.is_file():
            hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    faults.extend(check_tables(frames, names))
    if faults:
        raise DataError(faults)
    return Tables(folder, frames, hashes)
