"""What changed between two runs, and whether data, code or scenario changed it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.table import Table

from supplychain.errors import DataError, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

__all__ = ["RunDiff", "diff_runs", "diff_screen"]

_KEYS = {
    "dependency": (["good", "group", "kind", "unallocated_as", "conflicts_as",
                    "control"], ["dd", "ltp", "ltd", "id"]),
    "id_lambda": (["good", "group", "unallocated_as", "status"], ["id_lambda"]),
    "ladder": (["capacity", "ladder", "channels", "no_harm", "shock", "severity",
                "status", "group", "good"], ["min", "max"]),
}
_SCENARIO = ("model", "country", "alliance", "target", "as_of", "name", "overrides",
             "model_hash")
_LEAST = 1e-4


@dataclass(frozen=True)
class RunDiff:
    """The difference of two runs.

    Attributes
    ----------
    causes : pandas.DataFrame
        cause (data, code, scenario, solver), what, first, second.
    numbers : pandas.DataFrame
        table, row, measure, first, second, difference, unit; largest first, those
        that stand in one run only at the end.
    """

    causes: pd.DataFrame
    numbers: pd.DataFrame


def diff_runs(first: Path, second: Path) -> RunDiff:
    """Compare the folders of two runs.

    Parameters
    ----------
    first, second : pathlib.Path
        Folders that ``supplychain analyze`` wrote.

    Returns
    -------
    RunDiff

    Raises
    ------
    DataError
        With every file that is missing or cannot be read.
    """
    faults: list[Fault] = []
    records = [_record(folder, faults) for folder in (first, second)]
    frames = {
        name: [_frame(folder, name, faults) for folder in (first, second)]
        for name in _KEYS
    }
    if faults:
        raise DataError(faults)
    return RunDiff(_causes(*records), _numbers(frames))


def _record(folder: Path, faults: list[Fault]) -> dict[str, Any]:
    path = folder / "run.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        faults.append(Fault(str(path), None, "file", "is no record of a run",
                            "name a folder that `supplychain analyze` wrote"))
        return {}
    return dict(found) if isinstance(found, dict) else {}


def _frame(folder: Path, name: str, faults: list[Fault]) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    keys, measures = _KEYS[name]
    text = dict.fromkeys([k for k in keys if k not in {"severity", "no_harm"}], str)
    try:
        frame = pd.read_csv(path, dtype=text, keep_default_na=False,
                            na_values={column: [""] for column in measures})
    except (OSError, ValueError):
        faults.append(Fault(str(path), None, "file", "is missing or no table",
                            "run the analysis again"))
        return pd.DataFrame()
    faults += [
        Fault(str(path), 1, c, "column is missing", "run the analysis again")
        for c in (*keys, *measures) if c not in frame.columns
    ]
    return frame


def _causes(first: dict[str, Any], second: dict[str, Any]) -> pd.DataFrame:
    rows: list[tuple[str, str, object, object]] = []

    def compare(cause: str, what: str, a: object, b: object) -> None:
        if a != b:
            rows.append((cause, what, a, b))

    tables = [r.get("tables", {}) for r in (first, second)]
    for name in sorted({*tables[0], *tables[1]}):
        compare("data", f"{name}.csv", tables[0].get(name), tables[1].get(name))
    compare("code", "version", first.get("version"), second.get("version"))
    scopes = [r.get("scenario", {}) for r in (first, second)]
    for name in _SCENARIO:
        compare("scenario", name, scopes[0].get(name), scopes[1].get(name))
    libraries = [r.get("libraries", {}) for r in (first, second)]
    for name in sorted({*libraries[0], *libraries[1]}):
        compare("solver", name, libraries[0].get(name), libraries[1].get(name))
    compare("solver", "seed", first.get("seed"), second.get("seed"))
    return pd.DataFrame(rows, columns=["cause", "what", "first", "second"])


def _numbers(frames: dict[str, list[pd.DataFrame]]) -> pd.DataFrame:
    parts = []
    for name, (a, b) in frames.items():
        keys, measures = _KEYS[name]
        long = [
            f[[*keys, *measures]].melt(keys, measures, "measure", "number")
            for f in (a, b)
        ]
        both = long[0].merge(long[1], on=[*keys, "measure"], how="outer",
                             suffixes=("_first", "_second"))
        part = pd.DataFrame({
            "table": name,
            "row": both[keys].astype(str).agg("|".join, axis=1),
            "measure": both.measure,
            "first": both.number_first, "second": both.number_second,
        })
        part["difference"] = part["second"] - part["first"]
        one_sided = part["first"].isna() != part["second"].isna()
        parts.append(part[(part.difference.abs() > _LEAST) | one_sided])
    found = pd.concat(parts, ignore_index=True)
    order = found.difference.abs().sort_values(ascending=False).index
    return found.loc[order].reset_index(drop=True).assign(unit="share (0-1)")


def diff_screen(found: RunDiff, console: Console, count: int = 20) -> None:
    """Print the causes and the largest differences.

    Parameters
    ----------
    found : RunDiff
    console : rich.console.Console
    count : int
        So many differences.
    """
    if found.causes.empty:
        console.print("Data, code, scenario and solver are the same.")
    else:
        table = Table(title="What was changed", title_justify="left", box=None,
                      pad_edge=False, header_style="dim")
        for name in found.causes.columns:
            table.add_column(name, overflow="fold")
        for r in found.causes.itertuples(index=False):
            table.add_row(*[str(v) for v in r])
        console.print(table)
    console.print()
    if found.numbers.empty:
        console.print(f"No number differs by more than {_LEAST:g}.")
        return
    table = Table(
        title=f"{len(found.numbers)} numbers differ; the largest differences",
        title_justify="left", box=None, pad_edge=False, header_style="dim",
    )
    for name in ("table", "row", "measure", "first", "second", "difference"):
        numeric = name in {"first", "second", "difference"}
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for n in found.numbers.head(count).itertuples():
        table.add_row(n.table, n.row, n.measure, f"{n.first:.4f}", f"{n.second:.4f}",
                      f"{n.difference:+.4f}")
    console.print(table)
