"""Secondary supply: scrap as a constant source without inputs and without surge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.ids import NOBODY, UNALLOCATED

if TYPE_CHECKING:
    from supplychain.tables.model import Model

__all__ = ["in_order", "rate", "with_scrap"]


def rate(model: Model, family: str, good: str) -> float:
    """Return a scrap rate of a good, 0 without an assumption about it.

    Parameters
    ----------
    model : Model
    family : {"secondary", "secondary_within"}
        Share of use met by scrap on top of listed output; share of the listed
        output that is scrap.
    good : str

    Returns
    -------
    float
        0..0.95 [1].

    Examples
    --------
    >>> from supplychain.tables.model import load_model
    >>> rate(load_model("pax_silica"), "secondary", "no_such_good")
    0.0
    """
    name = f"{family}:{good}"
    return model.value(name) if name in model.assumptions else 0.0


def in_order(nodes: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """Sort nodes by the goods' topological order, then by country.

    Parameters
    ----------
    nodes : pandas.DataFrame
        Indexed by (good, country).
    goods : pandas.DataFrame
        Indexed by good, in topological order.

    Returns
    -------
    pandas.DataFrame
    """
    order = {good: i for i, good in enumerate(goods.index)}
    keys = [(order[g], c) for g, c in nodes.index]
    return nodes.iloc[sorted(range(len(keys)), key=keys.__getitem__)]


def with_scrap(
    nodes: pd.DataFrame,
    goods: pd.DataFrame,
    use: pd.Series,
    demand: pd.DataFrame,
    model: Model,
) -> pd.DataFrame:
    r"""Add the scrap that comes on top of the listed output, where it is used.

    .. math:: \varsigma_{ck} = r_k\, N_{ck}

    with :math:`r_k` the end-of-life recycling input rate and :math:`N_{ck}` the
    country's baseline use. Scrap of demand that no source gives to a country
    belongs to nobody.

    Parameters
    ----------
    nodes : pandas.DataFrame
        Indexed by (good, country): output, secondary, capacity [unit a year].
    goods : pandas.DataFrame
        Indexed by good: total, with the scrap in it [unit a year].
    use : pandas.Series
        Recipe use by (good, country) [unit a year].
    demand : pandas.DataFrame
        Final demand and other uses by (good, country) [unit a year].
    model : Model
        With the rates, ``secondary:GOOD`` [1].

    Returns
    -------
    pandas.DataFrame
        Nodes, those of scrap alone included.
    """
    need = demand.final.add(demand.other).add(use, fill_value=0.0)
    nodes = nodes.copy()
    extra = []
    for good in goods.index:
        r = rate(model, "secondary", good)
        if r <= 0 or good not in need.index:
            continue
        scrap = (r * need.loc[good]).rename({NOBODY: UNALLOCATED})
        for country, amount in scrap.groupby(level=0).sum().items():
            if amount <= 0:
                continue
            if (good, country) in nodes.index:
                columns = ["output", "secondary", "capacity"]
                nodes.loc[(good, country), columns] += amount
            else:
                extra.append({
                    "good": good, "country": country, "output": amount,
                    "secondary": amount, "basis": "scrap",
                    "year": int(nodes.year.loc[good].mode().iloc[0]),
                    "source_id": f"secondary:{good}", "confidence": "low",
                    "capacity": float("nan"),
                })
    if extra:
        added = pd.DataFrame(extra).set_index(["good", "country"])
        nodes = pd.concat([nodes, added[nodes.columns]])
    return in_order(nodes, goods)
