"""Days until lines stop: how long a sourced stock bridges what a supplier withholds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.ids import NOBODY, ROW, UNALLOCATED
from supplychain.measures.recovery import Ends, days_until_stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from supplychain.world.world import World

__all__ = ["days_until_lines_stop", "lost_shares", "stocks_of"]

Node = tuple[str, str]
_COLUMNS = (
    "good", "country", "holder", "lost_low", "lost", "stock_low", "stock",
    "stock_high", "days_low", "days", "days_high", "unit", "source_id", "note",
)


def stocks_of(
    world: World, good: str, country: str
) -> Iterator[tuple[str, Ends, str, str]]:
    """Yield the sourced stocks of a good that a country's users may draw on.

    Parameters
    ----------
    world : World
    good, country : str

    Yields
    ------
    holder : str
    stock : Ends
        Days of the country's baseline use; an end that no source gives is the middle.
    source_id, note : str
        A stock that the source gives for all countries together holds for each of
        them but the target.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> [round(s.central) for _, s, *_ in stocks_of(load_world(), "neon", "KOR")]
    [75, 18]
    """
    if world.tables is None:
        return
    table = world.tables["stocks"]
    mine = table[table.good == good]
    own = mine[mine.iso3 == country]
    if country != world.model.scope.target:
        own = pd.concat([own, mine[mine.iso3 == UNALLOCATED]])
    use = world.network.need.get(good, {}).get(country, 0.0)
    use *= world.network.unit.get(good, 1.0)
    for r in own.itertuples():
        if r.unit == "days":
            factor = 1.0
        elif use > 0 and r.unit == world.goods.unit[good]:
            factor = 365.0 / use
        else:
            continue  # in a unit that is not the good's: not converted silently
        middle = next(v for v in (r.central, r.low, r.high) if not math.isnan(v))
        low, high = (middle if math.isnan(v) else v for v in (r.low, r.high))
        yield (
            str(r.holder), Ends(low * factor, middle * factor, high * factor),
            str(r.source_id), "" if pd.isna(r.note) else str(r.note),
        )


def lost_shares(
    world: World, good: str, lost: Mapping[Node, float]
) -> dict[str, Ends]:
    r"""Return what each country loses of its supply of a good, before any stock.

    .. math:: L_d = \sum_i s_{i \to d}\,\ell_i, \qquad
        L_d^{low} = \max\{0,\ L_d - \sum_{i \text{ left}} \nu(\mu_{id})\,w_i\}

    Parameters
    ----------
    world : World
    good : str
    lost : mapping of (good, country) to float
        Share of each supplier's sales that is gone [1].

    Returns
    -------
    dict of str to Ends
        By country: low is what access within the year cannot replace, central and
        high what is lost where nothing is replaced [1].

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = lost_shares(load_world(), "gallium", {("gallium", "CHN"): 0.75})
    >>> all(e.low <= e.central <= 0.75 for e in found.values())
    True
    """
    net, model = world.network, world.model
    mu = world.pair_intensity("access")
    nu = model.value("nu0") + (model.value("nu1") - model.value("nu0")) * mu
    place = {c: i for i, c in enumerate(world.places)}
    offers = net.suppliers
    capacity = {i: net.capacity[good, i] for i in net.producers[good]}
    left = {i: k for i, k in capacity.items() if (good, i) not in lost}
    total = sum(left.values())
    result = {}
    for d in net.need[good]:
        gone = sum(s * lost.get((good, i), 0.0) for i, s in offers[good, d])
        reach = sum(
            float(nu[place[i], place[d]]) * k / total for i, k in left.items() if i != d
        ) if total > 0 else 0.0
        result[d] = Ends(max(0.0, gone - reach), gone, gone)
    return result


def days_until_lines_stop(
    world: World, lost: Mapping[Node, float], countries: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return how long sourced stocks last when suppliers withhold goods.

    Parameters
    ----------
    world : World
    lost : mapping of (good, country) to float
        Share of each node's sales that is gone [1].
    countries : iterable of str, optional
        Users; by default all that need the good, aggregates and the target left out.

    Returns
    -------
    pandas.DataFrame
        One row a good, user and stock; days are missing where no stock is sourced:
        unknown is not zero. `days` joins the middle of the stock with the loss
        before re-routing; the low end the least stock with it, the high end the
        largest stock with what re-routing cannot replace (inf: nothing).

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = days_until_lines_stop(
    ...     load_world(), {("ndfeb_magnet", "CHN"): 0.75}, ["IND", "DEU"])
    >>> sorted(set(found[found.days.isna()].country))
    ['DEU']
    """
    nobody = {ROW, UNALLOCATED, NOBODY, world.model.scope.target}
    rows: list[dict[str, object]] = []
    for good in dict.fromkeys(g for g, _ in lost):
        shares = lost_shares(world, good, lost)
        users = [c for c in shares if c not in nobody] if countries is None else [
            c for c in countries if c in shares
        ]
        for country in users:
            share = shares[country]
            if share.high <= 0:
                continue
            stocks = list(stocks_of(world, good, country))
            rows += [_row(good, country, share, *stock) for stock in stocks]
            if not stocks:
                rows.append(_row(good, country, share, "", None, "", ""))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _row(
    good: str, country: str, lost: Ends, holder: str, stock: Ends | None,
    source: str, note: str,
) -> dict[str, object]:
    days = days_until_stop(stock, lost)
    held, last = (
        Ends(*[float("nan")] * 3) if e is None else e for e in (stock, days)
    )
    return {
        "good": good, "country": country, "holder": holder, "lost_low": lost.low,
        "lost": lost.central, "stock_low": held.low, "stock": held.central,
        "stock_high": held.high, "days_low": last.low, "days": last.central,
        "days_high": last.high, "unit": "days; lost: share of supply (0-1)",
        "source_id": source, "note": note,
    }
