"""Write a world as plain tables and a graph, and read it back."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import ValidationError

from supplychain.errors import DataError, Fault
from supplychain.tables.model import Model
from supplychain.world.graph import write_graphml
from supplychain.world.world import World

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["export_world", "load_export", "world_from_frames"]

_COLUMNS: dict[str, dict[str, str]] = {
    "goods": {
        "good": "str", "name": "str", "stage": "str", "unit": "str", "chain": "str",
        "host": "str", "kit": "int", "total": "float", "primary": "float",
        "final": "bool",
        "price": "float", "value": "float", "value_basis": "str",
    },
    "nodes": {
        "good": "str", "country": "str", "output": "float", "secondary": "float",
        "capacity": "float", "added": "float", "unit": "str", "basis": "str",
        "year": "str", "source_id": "str", "confidence": "str",
    },
    "recipes": {
        "good": "str", "input": "str", "b": "float", "phi": "float", "basis": "str",
        "scope": "str", "source_id": "str", "confidence": "str",
    },
    "flows": {
        "good": "str", "exporter": "str", "importer": "str", "flow": "float",
        "unit": "str", "flow_basis": "str",
    },
    "demand": {
        "good": "str", "country": "str", "final": "float", "other": "float",
        "unit": "str",
    },
    "memberships": {
        "alliance": "str", "country": "str", "status": "str", "eu_represented": "int",
        "source_id": "str",
    },
    "countries": {
        "iso3": "str", "name": "str", "region": "str", "eu_member": "int",
        "aggregate": "int", "latitude": "float", "longitude": "float",
        "members": "str",
    },
    "calibration": {
        "good": "str", "method": "str", "residual": "float", "opened": "str",
        "dropped": "str",
    },
    "outages": {"good": "str", "country": "str", "loss": "float"},
}
_INDEX = {
    "goods": ["good"], "nodes": ["good", "country"], "recipes": ["good", "input"],
    "flows": ["good", "exporter", "importer"], "demand": ["good", "country"],
    "memberships": ["alliance", "country"], "countries": ["iso3"],
    "calibration": ["good"], "outages": ["good", "country"],
}
_FILES = frozenset({*(f"{n}.csv" for n in _COLUMNS), "model.json", "graph.graphml"})


def export_world(world: World, folder: Path) -> list[Path]:
    """Write a world: CSV tables, its model, and the graph as GraphML.

    The folder appears whole or not at all: everything is written beside it and
    then moved.

    Parameters
    ----------
    world : World
    folder : pathlib.Path
        Written anew; an earlier export there is replaced.

    Returns
    -------
    list of pathlib.Path
        The files.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from supplychain.world.build import load_world
    >>> world = load_world()
    >>> with tempfile.TemporaryDirectory() as place:
    ...     files = export_world(world, Path(place) / "world")
    ...     again = load_export(Path(place) / "world")
    >>> again.hash == world.hash
    True
    """
    unit = world.goods.unit
    frames = {
        "goods": world.goods,
        "nodes": world.nodes.assign(unit=_units(world.nodes, unit)),
        "recipes": world.recipes,
        "flows": world.flows.assign(unit=_units(world.flows, unit)),
        "demand": world.demand.assign(unit=_units(world.demand, unit)),
        "memberships": world.statuses,
        "countries": world.countries.drop(columns="row", errors="ignore"),
        "calibration": world.residuals,
        "outages": pd.DataFrame(
            [(*node, loss) for node, loss in world.outages.items()],
            columns=["good", "country", "loss"],
        ),
    }
    folder = folder.resolve()
    _refuse_other(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}-{os.getpid()}")
    beside.mkdir()
    try:
        for name, frame in frames.items():
            plain = frame.reset_index().reindex(columns=list(_COLUMNS[name]))
            plain.to_csv(beside / f"{name}.csv", index=False, float_format="%.17g")
        (beside / "model.json").write_text(
            json.dumps(world.model.model_dump(mode="json"), indent=1), encoding="utf-8"
        )
        write_graphml(world, beside / "graph.graphml")
        if folder.exists():
            shutil.rmtree(folder)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return sorted(folder.iterdir())


def _refuse_other(folder: Path) -> None:
    """Refuse a place that holds anything but an earlier export."""
    if not folder.exists():
        return
    names = {p.name for p in folder.iterdir()} if folder.is_dir() else {folder.name}
    if not folder.is_dir() or not names <= _FILES:
        other = sorted(names - _FILES)[0] if names - _FILES else folder.name
        raise DataError([
            Fault(str(folder), None, "folder", f"holds something else ({other})",
                  "name an empty or a new folder")
        ])


def _units(frame: pd.DataFrame, unit: pd.Series) -> list[str]:
    return [str(unit[index[0]]) for index in frame.index]


def load_export(folder: Path) -> World:
    """Read a world that :func:`export_world` wrote.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    World
        With the same numbers and the same hash; without its source tables, so
        that assumptions that enter the calibration cannot be changed.

    Raises
    ------
    DataError
        With every missing file or column.
    """
    faults: list[Fault] = []
    frames: dict[str, pd.DataFrame] = {}
    for name, columns in _COLUMNS.items():
        path = folder / f"{name}.csv"
        if not path.exists():
            faults.append(Fault(path.name, None, "file", "is missing", "export again"))
            continue
        text = [c for c, kind in columns.items() if kind == "str"]
        frame = pd.read_csv(
            path, dtype=dict.fromkeys(text, str), keep_default_na=False,
            na_values={c: [""] for c in columns if c not in text},
        )
        faults += [
            Fault(path.name, 1, c, "column is missing", "export again")
            for c in columns if c not in frame.columns
        ]
        frames[name] = frame
    try:
        model = Model.model_validate_json((folder / "model.json").read_bytes())
    except (OSError, ValidationError) as error:
        faults.append(Fault("model.json", None, "file", str(error), "export again"))
        raise DataError(faults) from error
    if faults:
        raise DataError(faults)
    return world_from_frames(model, frames)


def world_from_frames(model: Model, frames: dict[str, pd.DataFrame]) -> World:
    """Make a world from plain frames: small worlds, exports, one's own data.

    Parameters
    ----------
    model : Model
    frames : dict of str to pandas.DataFrame
        ``goods`` (in topological order), ``nodes``, ``recipes``, ``flows``,
        ``demand``, ``memberships``, ``countries``; columns as in an export.
        ``calibration`` may be left out, and so may the columns on scrap
        (``secondary``, ``primary``) and projects (``added``).

    Returns
    -------
    World
    """
    indexed = {
        name: frame.set_index(_INDEX[name]) for name, frame in frames.items()
    }
    nodes = indexed["nodes"]
    nodes["capacity"] = nodes.capacity.astype(float)
    for column in ("secondary", "added"):
        if column not in nodes:
            nodes[column] = 0.0
    goods = indexed["goods"].astype({"final": bool})
    if "primary" not in goods:
        goods["primary"] = goods.total
    return World(
        model=model,
        goods=goods,
        nodes=nodes,
        recipes=indexed["recipes"].sort_index(),
        demand=indexed["demand"].drop(columns="unit", errors="ignore").sort_index(),
        flows=indexed["flows"].drop(columns="unit", errors="ignore"),
        statuses=indexed["memberships"].sort_index(),
        countries=indexed["countries"],
        residuals=indexed.get(
            "calibration", pd.DataFrame(columns=list(_COLUMNS["calibration"])[1:])
        ),
        outages={
            (str(g), str(c)): float(loss)
            for g, c, loss in frames["outages"].itertuples(index=False)
        } if "outages" in frames else {},
    )
