"""Concentration of a split: Herfindahl-Hirschman index, top shares, N-1 coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.ids import ROW, UNALLOCATED

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

__all__ = [
    "concentration",
    "hhi_bounds",
    "hhi_outside",
    "n_minus_one_coverage",
    "top_share",
]

_RESIDUAL = (ROW, UNALLOCATED)


def _listed(output: pd.Series) -> tuple[pd.Series, float]:
    """Return the shares of listed producers and the residual share."""
    shares = output / output.sum()
    residual = float(shares[shares.index.isin(_RESIDUAL)].sum())
    return shares[~shares.index.isin(_RESIDUAL)], residual


def hhi_bounds(output: pd.Series) -> tuple[float, float]:
    r"""Bound the Herfindahl-Hirschman index of a split.

    .. math:: \sum_c S_c^2 \;\le\; HHI \;\le\; \sum_c S_c^2 + R^2

    with :math:`S_c` the shares of the listed producers and :math:`R` the share
    that no source gives to a country: many small producers at the lower end,
    one at the upper.

    Parameters
    ----------
    output : pandas.Series
        Indexed by country; ROW and UNA are the residual [unit a year].

    Returns
    -------
    low, high : float
        On the scale 0..1.

    References
    ----------
    .. [1] Hirschman, A. O. (1964). The paternity of an index. American
       Economic Review 54(5), 761-762.

    Examples
    --------
    >>> import pandas as pd
    >>> low, high = hhi_bounds(pd.Series({"CHN": 80.0, "JPN": 10.0, "UNA": 10.0}))
    >>> round(low, 4), round(high, 4)
    (0.65, 0.66)
    """
    listed, residual = _listed(output)
    low = float((listed**2).sum())
    return low, low + residual**2


def hhi_outside(output: pd.Series, members: Collection[str]) -> float:
    r"""Return the lower HHI bound over producers outside an alliance.

    .. math:: HHI_{\neg M} = \sum_{c \notin M} S_c^2

    with shares of the whole world: it falls weakly when a member is added.

    Parameters
    ----------
    output : pandas.Series
        Indexed by country [unit a year].
    members : collection of str
        The alliance.

    Returns
    -------
    float
        On the scale 0..1.

    Examples
    --------
    >>> import pandas as pd
    >>> hhi_outside(pd.Series({"CHN": 50.0, "JPN": 50.0}), {"JPN"})
    0.25
    """
    listed, _ = _listed(output)
    return float((listed[~listed.index.isin(list(members))] ** 2).sum())


def top_share(output: pd.Series, count: int = 1) -> float:
    """Return the share of the largest listed producers.

    Parameters
    ----------
    output : pandas.Series
        Indexed by country [unit a year].
    count : int
        How many producers.

    Returns
    -------
    float
        0..1.

    Examples
    --------
    >>> import pandas as pd
    >>> round(top_share(pd.Series({"CHN": 60.0, "JPN": 30.0, "ROW": 10.0}), 2), 3)
    0.9
    """
    listed, _ = _listed(output)
    return float(listed.nlargest(count).sum())


def n_minus_one_coverage(
    output: pd.Series, need: pd.Series, *, outside_top: bool = False
) -> float:
    r"""Return what the world makes without its largest producer, over demand.

    .. math:: cov = \sum_{c \ne top} q_c \,/\, D

    Parameters
    ----------
    output : pandas.Series
        Indexed by country [unit a year]; the residual counts as supply.
    need : pandas.Series
        Need by country in the same unit.
    outside_top : bool
        Denominator: False, the demand of the whole world; True, the demand
        outside the largest producer.

    Returns
    -------
    float
        0 and more; NaN without demand or without a listed producer.

    References
    ----------
    .. [1] IEA (2025). Global Critical Minerals Outlook 2025, N-1 analysis.

    Examples
    --------
    >>> import pandas as pd
    >>> made = pd.Series({"CHN": 60.0, "JPN": 40.0})
    >>> used = pd.Series({"CHN": 50.0, "USA": 50.0})
    >>> n_minus_one_coverage(made, used)
    0.4
    >>> n_minus_one_coverage(made, used, outside_top=True)
    0.8
    """
    listed = output[~output.index.isin(_RESIDUAL)]
    if listed.empty:
        return float("nan")
    top = listed.idxmax()
    demand = need.sum() - (need.get(top, 0.0) if outside_top else 0.0)
    left = output.sum() - output[top]
    return float(left / demand) if demand > 0 else float("nan")


def concentration(
    output: pd.Series, need: pd.Series, members: Collection[str]
) -> dict[str, float | str]:
    """Return all concentration measures of one good.

    Parameters
    ----------
    output, need : pandas.Series
        Indexed by country, in the good's unit.
    members : collection of str
        The alliance.

    Returns
    -------
    dict
        hhi, hhi_high, top1, top1_share, top3_share, unallocated_share,
        hhi_outside_alliance, n1_coverage_world_demand,
        n1_coverage_demand_outside_top.

    Examples
    --------
    >>> import pandas as pd
    >>> made = pd.Series({"CHN": 60.0, "JPN": 40.0})
    >>> concentration(made, made, {"JPN"})["top1"]
    'CHN'
    """
    low, high = hhi_bounds(output)
    listed, residual = _listed(output)
    return {
        "hhi": low,
        "hhi_high": high,
        "top1": str(listed.idxmax()) if len(listed) else "",
        "top1_share": top_share(output),
        "top3_share": top_share(output, 3),
        "unallocated_share": residual,
        "hhi_outside_alliance": hhi_outside(output, members),
        "n1_coverage_world_demand": n_minus_one_coverage(output, need),
        "n1_coverage_demand_outside_top": n_minus_one_coverage(
            output, need, outside_top=True
        ),
    }
