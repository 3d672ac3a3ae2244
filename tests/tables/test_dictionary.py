"""The data dictionary is generated and current."""

from __future__ import annotations

import json

from supplychain.home import data_dir
from supplychain.tables.dictionary import data_readme, datapackage


def test_readme_is_current() -> None:
    assert (data_dir() / "README.md").read_text() == data_readme(data_dir())


def test_datapackage_is_current() -> None:
    kept = json.loads((data_dir() / "datapackage.json").read_text())
    assert kept == datapackage(data_dir())
