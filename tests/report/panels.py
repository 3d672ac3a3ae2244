"""A panel of a world small enough for tests, and a page to put it in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import pandas as pd
from worlds import two_makers

from supplychain.report.panel import panel_html
from supplychain.report.words import Words
from supplychain.scenarios.cube import Cube, what_if_cube


@cache
def small_cube() -> Cube:
    """Return the cube of two makers, with a second year in which all is less."""
    with ThreadPoolExecutor(1) as executor:
        cube = what_if_cube(two_makers(), executor=executor)
    ends = ["middle", "min", "max"]
    later = cube.rows.assign(capacity="2030:under_construction")
    later[ends] = later[ends] * 0.9
    return replace(cube, rows=pd.concat([cube.rows, later], ignore_index=True))


def page_of(panel: str) -> str:
    """Put a panel into a page."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Panel'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"</head><body>\n{panel}</body></html>\n"
    )


@cache
def small_page() -> str:
    """Return the page of the small cube."""
    return page_of(panel_html(small_cube(), Words(two_makers())))
