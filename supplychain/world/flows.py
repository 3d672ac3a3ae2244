"""Baseline flows of every good: a prior from what is known, fitted to margins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.ids import AGGREGATES, EU
from supplychain.world.calibrate import Calibrated, ShareConstraint, calibrate

if TYPE_CHECKING:
    from supplychain.tables.model import Model
    from supplychain.tables.reader import Tables

__all__ = ["baseline_flows"]

_UNREPORTED = 1e-6  # prior of a pair of countries without a reported flow


@dataclass(frozen=True)
class _Prior:
    matrix: np.ndarray
    basis: np.ndarray


def _prior(
    trade: pd.DataFrame,
    home: float,
    rows: pd.Series,
    columns: pd.Series,
) -> _Prior:
    """Return the prior flows of one good and what each cell rests on.

    Without trade: a share of what a country can use of its own output stays at
    home, the rest is proportional. With trade: what is
    reported between countries, the rest of an output delivered at home, and to
    places that are no country still in proportion. A pair of countries without
    a reported flow gets 1e-6 of the row, so that a matrix always exists.
    """
    q, need = rows.to_numpy(float), columns.to_numpy(float)
    own = {
        i: columns.index.get_loc(c)
        for i, c in enumerate(rows.index)
        if c in columns.index and (_is_country(c) or c == EU)
    }
    kept = {i: home * min(q[i], need[j]) for i, j in own.items()}
    out, into = q.copy(), need.copy()
    for i, j in own.items():
        out[i] -= kept[i]
        into[j] -= kept[i]
    left = max(float(into.sum()), 1e-12 * float(need.sum()))
    matrix = np.outer(out, into) / left
    for i, j in own.items():
        matrix[i, j] += kept[i]
    matrix = np.maximum(matrix, 1e-9 * np.outer(q, need) / need.sum())
    basis = np.full(matrix.shape, "prior", dtype=object)
    seen = trade[trade.exporter.isin(rows.index) & trade.importer.isin(columns.index)]
    if seen.empty:
        return _Prior(matrix, basis)
    table = seen.pivot_table(
        index="exporter", columns="importer", values="quantity", aggfunc="sum"
    ).reindex(index=rows.index, columns=columns.index).fillna(0.0).to_numpy()
    shipped = table.sum(axis=1)
    # Gross weight, other stage: the one scale that reproduces the output of the
    # exporters that use none of the good at home.
    abroad = [
        i for i, c in enumerate(rows.index) if shipped[i] > 0 and c not in columns.index
    ]
    factor = 1.0
    if abroad and (seen.unit == "t gross").any():
        factor = q[abroad].sum() / shipped[abroad].sum()
    countries = [j for j, c in enumerate(columns.index) if _is_country(c)]
    for i, exporter in enumerate(rows.index):
        if not _is_country(exporter) and shipped[i] <= 0:
            continue
        for j in countries:
            matrix[i, j] = max(factor * table[i, j], _UNREPORTED * q[i])
            basis[i, j] = "reported" if table[i, j] > 0 else "prior"
        if i in own:
            matrix[i, own[i]] = max(q[i] - factor * shipped[i], 0.01 * q[i])
            basis[i, own[i]] = "reported"
    return _Prior(matrix, basis)


def _is_country(place: str) -> bool:
    """Tell a country from an aggregate or a joint figure."""
    return place not in AGGREGATES and place != EU and not place.startswith("X")


def _shares(
    table: pd.DataFrame, rows: pd.Series, columns: pd.Series
) -> tuple[ShareConstraint, ...]:
    """Return the sourced shares of one good as constraints."""
    result = []
    for r in table.itertuples():
        if r.exporter not in rows.index or r.importer not in columns.index:
            continue
        i, j = rows.index.get_loc(r.exporter), columns.index.get_loc(r.importer)
        if r.of == "imports":
            own = rows.index.get_loc(r.importer) if r.importer in rows.index else None
        else:
            own = (
                columns.index.get_loc(r.exporter)
                if r.exporter in columns.index else None
            )
        result.append(ShareConstraint(i, j, float(r.share), r.of, own))
    return tuple(result)


def baseline_flows(
    tables: Tables,
    model: Model,
    goods: pd.Index,
    nodes: pd.DataFrame,
    use: pd.Series,
    demand: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Calibrate the flows of every good.

    Parameters
    ----------
    tables : Tables
        Trade and stated shares, the goods' kits.
    model : Model
        The domestic preference.
    goods : pandas.Index
        Goods with flows.
    nodes : pandas.DataFrame
        Output by (good, country) [unit a year].
    use : pandas.Series
        Recipe use by (good, country) [unit a year].
    demand : pandas.DataFrame
        Final demand and other uses by (good, country) [unit a year].

    Returns
    -------
    flows : pandas.DataFrame
        Indexed by (good, exporter, importer): flow [unit a year], flow_basis.
    residuals : pandas.DataFrame
        Indexed by good: method, residual [1], opened cells, dropped shares.
    unused : tuple of str
        Stated shares whose buyer or seller is no node of the network.
    """
    kits = set(tables["goods"].good[tables["goods"].kit == 1])
    need = demand.final.add(demand.other).add(use, fill_value=0.0)
    home = model.value("home_share")
    trade = dict(list(tables["trade"].groupby("good")))
    stated = dict(list(tables["trade_shares"].groupby("good")))
    no_trade, no_share = tables["trade"].iloc[:0], tables["trade_shares"].iloc[:0]
    parts, fits = [], []
    for good in goods:
        rows = nodes.output.loc[good]
        rows = rows[rows > 0]
        columns = need.loc[good].sort_index()
        columns = columns[columns > 0]
        if good in kits:
            rows = rows.reindex(columns.index)
            flows = np.diag(rows.to_numpy(float))
            basis = np.full(flows.shape, "consumption", dtype=object)
            fits.append((good, "kit", 0.0, "", ""))
        else:
            columns = columns * (rows.sum() / columns.sum())  # rounding only, < 1e-9
            flows, basis, fit = _fitted(
                trade.get(good, no_trade), stated.get(good, no_share), home, rows,
                columns,
            )
            fits.append((good, *fit))
        kept = flows > 1e-12 * float(rows.sum())
        i, j = np.nonzero(kept)
        parts.append(pd.DataFrame({
            "good": good, "exporter": rows.index[i], "importer": columns.index[j],
            "flow": flows[kept], "flow_basis": basis[kept],
        }))
    frame = pd.concat(parts, ignore_index=True).set_index(
        ["good", "exporter", "importer"]
    )
    residuals = pd.DataFrame(
        fits, columns=["good", "method", "residual", "opened", "dropped"]
    ).set_index("good")
    return frame, residuals, _unused(tables, nodes, need)


def _unused(
    tables: Tables, nodes: pd.DataFrame, need: pd.Series
) -> tuple[str, ...]:
    """List stated shares that no flow of the network can carry."""
    return tuple(
        f"{r.good}: the stated share {r.exporter}->{r.importer} ({r.share:g} of "
        f"{r.of}) is not used, the network has no such flow"
        for r in tables["trade_shares"].itertuples()
        if r.good in nodes.index
        and ((r.good, r.exporter) not in nodes.index
             or (r.good, r.importer) not in need.index)
    )


@lru_cache(maxsize=512)
def _remembered(
    prior: bytes,
    shape: tuple[int, int],
    rows: bytes,
    columns: bytes,
    shares: tuple[ShareConstraint, ...],
) -> Calibrated:
    """Calibrate one good; variants of a world share most of their goods."""
    fit = calibrate(
        np.frombuffer(prior).reshape(shape), np.frombuffer(rows),
        np.frombuffer(columns), shares,
    )
    fit.flows.setflags(write=False)
    return fit


def _fitted(
    trade: pd.DataFrame,
    stated: pd.DataFrame,
    home: float,
    rows: pd.Series,
    columns: pd.Series,
) -> tuple[np.ndarray, np.ndarray, tuple[str, float, str, str]]:
    """Calibrate one good; return flows, their basis, and how the fit went."""
    prior = _prior(trade, home, rows, columns)
    shares = _shares(stated, rows, columns)
    fit = _remembered(
        prior.matrix.tobytes(), prior.matrix.shape,
        rows.to_numpy(float).tobytes(), columns.to_numpy(float).tobytes(), shares,
    )
    basis = prior.basis
    for s in shares:
        if s not in fit.dropped:
            basis[s.row, s.column] = "sourced_share"

    def pair(i: int, j: int) -> str:
        return f"{rows.index[i]}->{columns.index[j]}"

    opened = ";".join(pair(i, j) for i, j in fit.opened)
    dropped = ";".join(pair(s.row, s.column) for s in fit.dropped)
    return fit.flows, basis, (fit.method, fit.residual, opened, dropped)
