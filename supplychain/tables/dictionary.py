"""Data dictionary and data package: written from the row classes, never by hand."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from supplychain.tables.schema import KEYS, TABLE_TITLES, TABLES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["data_readme", "datapackage", "write_dictionary"]

_HEAD = """# Data dictionary

Facts only: one observation a row, each with its source, year, unit and confidence.
Assumptions stand in `models/`. This file and `datapackage.json` are generated from
the row classes in `supplychain/tables/schema.py`; a test keeps them current
(`python -m supplychain.tables.dictionary` writes them anew).

Our tables are CC BY 4.0. Every figure keeps the terms of its source (`sources.csv`,
column `license`); figures from sources that forbid redistribution are single facts.

Places are ISO 3166-1 alpha-3 codes, and besides: `EUU` the European Union where a
source does not split it; `ROW` the remainder of a source's own table, known to be
none of the countries listed; `UNA` output that no source gives to a country; `OTH`
demand that no source gives to a country; codes with X are joint figures of the
countries in column `members` of `countries.csv`. Empty means unknown, not zero.

`geo/countries_50m.geojson`: borders as published by Natural Earth (public domain),
1:50m, EPSG:4326; Russia, Fiji and Antarctica cut at the 180th meridian.
"""


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def data_readme(folder: Path) -> str:
    """Return the data dictionary as Markdown.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder.

    Returns
    -------
    str
    """
    parts = [_HEAD]
    for name, schema in TABLES.items():
        key = ", ".join(f"`{k}`" for k in KEYS[name])
        parts.append(
            f"\n## {name}.csv\n\n{TABLE_TITLES[name]} {_rows(folder / f'{name}.csv')} "
            f"rows; a row is identified by {key}.\n\n| column | meaning |\n|---|---|\n"
            + "".join(
                f"| `{column}` | {field.description} |\n"
                for column, field in schema.model_fields.items()
            )
        )
    return "".join(parts)


def datapackage(folder: Path) -> dict[str, Any]:
    """Return the Frictionless data package of the folder.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder.

    Returns
    -------
    dict
    """
    numeric = {"quantity", "low", "high", "central", "value", "share", "usd_per_unit",
               "value_usd", "quantity_per_unit", "share_of_use", "share_low",
               "share_high", "latitude", "longitude"}
    whole = {"eu_member", "aggregate", "kit", "eu_represented"}
    dates = {"date", "valid_from", "valid_to", "founded", "ended", "retrieved",
             "begin", "end", "known_at"}

    def kind(column: str) -> str:
        if column in numeric:
            return "number"
        if column in whole:
            return "integer"
        return "date" if column in dates else "string"

    return {
        "name": "supplychain-data",
        "title": "Semiconductor and critical-mineral supply chains: tables of facts",
        "licenses": [{"name": "CC-BY-4.0",
                      "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            {
                "name": name, "path": f"{name}.csv", "title": TABLE_TITLES[name],
                "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
                "rows": _rows(folder / f"{name}.csv"),
                "schema": {
                    "fields": [
                        {"name": column, "type": kind(column),
                         "description": field.description}
                        for column, field in schema.model_fields.items()
                    ],
                    "primaryKey": list(KEYS[name]),
                    "missingValues": [""],
                },
            }
            for name, schema in TABLES.items()
        ],
    }


def write_dictionary(folder: Path) -> None:
    """Write ``README.md`` and ``datapackage.json`` into a data folder.

    Parameters
    ----------
    folder : pathlib.Path
    """
    (folder / "README.md").write_text(data_readme(folder), encoding="utf-8")
    (folder / "datapackage.json").write_text(
        json.dumps(datapackage(folder), indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    from supplychain.home import data_dir

    write_dictionary(data_dir())
