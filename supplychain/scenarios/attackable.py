"""What an attacker may remove: nodes of countries, of goods that are known enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.ids import AGGREGATES
from supplychain.scenarios.summaries import coverage_table

if TYPE_CHECKING:
    from supplychain.world.world import World

__all__ = ["MIN_COVERAGE", "MIN_PRODUCERS", "countries", "known_well_enough"]

MIN_COVERAGE = 0.95
"""Goods of whose output less is given to countries may not be attacked [1]."""
MIN_PRODUCERS = 6
"""Goods with fewer countries on a source's list may not be attacked."""


def countries(world: World) -> frozenset[str]:
    """Return the places that are countries: no remainder, no joint figure.

    Parameters
    ----------
    world : World

    Returns
    -------
    frozenset of str
    """
    joint = world.countries["aggregate"]
    return frozenset(
        c for c in world.places if c not in AGGREGATES and not joint.get(c, 0)
    )


def known_well_enough(
    world: World,
    *,
    min_coverage: float = MIN_COVERAGE,
    min_producers: int = MIN_PRODUCERS,
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Return the goods that may be attacked, and why the others may not.

    Else the worst attack is on the good that is documented worst: where a source
    names two producers of many, losing one looks like losing half.

    Parameters
    ----------
    world : World
    min_coverage : float
        Least share of output given to countries [1].
    min_producers : int
        Least number of countries that a source lists (scrap, projects and
        aggregates do not count).

    Returns
    -------
    goods : tuple of str
    left_out : pandas.DataFrame
        good, reason, share_allocated, listed_producers, unit.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> goods, left_out = known_well_enough(load_world())
    >>> "gallium" in goods, len(left_out[left_out.good == "gallium"])
    (False, 1)
    """
    table = coverage_table(world)
    coverage = table[table.kind == "good"].set_index("good").share_allocated
    real = countries(world)
    allowed, rows = [], []
    for good in world.network.goods:
        nodes = world.nodes.loc[good]
        made = nodes[~nodes.basis.isin(["scrap", "project"])]
        listed = sum(
            q > 0 and c in real
            for c, q in (made.output - made.secondary).items()
        )
        share = float(coverage[good])
        why = []
        if good in world.network.kits:
            why.append("kit: made where it is consumed")
        elif share < min_coverage:
            why.append(f"coverage below {min_coverage:g}")
        if good not in world.network.kits and listed < min_producers:
            why.append(f"fewer than {min_producers} listed producers")
        if why:
            rows.append({
                "good": good, "reason": "; ".join(why), "share_allocated": share,
                "listed_producers": listed, "unit": "share of output (0-1); count",
            })
        else:
            allowed.append(good)
    columns = ["good", "reason", "share_allocated", "listed_producers", "unit"]
    return tuple(allowed), pd.DataFrame(rows, columns=columns)
