"""Price after a disruption: partial equilibrium of one market, with a choke price."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq

__all__ = ["MarketPrice", "price_after"]


@dataclass(frozen=True)
class MarketPrice:
    """The market after a disruption, in multiples of the market before.

    Attributes
    ----------
    ratio : float
        Price over the price before, at most the choke price [1].
    unbounded : float
        What the equation asks for without a choke price [1]; inf without supply.
    quantity : float
        Quantity over the quantity before: what is supplied [1].
    choked : bool
        Whether the choke price binds: demand gives way before the market clears.
    """

    ratio: float
    unbounded: float
    quantity: float
    choked: bool


def price_after(
    share: float,
    shock: float,
    *,
    demand_elasticity: float,
    supply_elasticity: float,
    surge: float,
    choke: float = math.inf,
) -> MarketPrice:
    r"""Return the price at which a market clears after its supplier T falls away.

    .. math::
        (P/P_0)^{-\varepsilon_d} = (1-\sigma)\,
        \min\{1+\bar\rho,\ (P/P_0)^{\varepsilon_s}\} + (1-\delta)\,\sigma,
        \qquad P/P_0 \le P_{choke}

    The excess of demand falls in P, so the solution is unique. Near
    :math:`\sigma\delta = 1` it explodes: the choke price, at which users stop or
    replace the material, bounds it and must be given from elsewhere.

    Parameters
    ----------
    share : float
        sigma: T's share of the supply of the users [1].
    shock : float
        delta: share of T's supply that falls away [1].
    demand_elasticity, supply_elasticity : float
        Sizes of the own-price elasticities [1].
    surge : float
        rho: what the others can add within the year [share of their output].
    choke : float
        Choke price [multiple of the price before].

    Returns
    -------
    MarketPrice

    Raises
    ------
    ValueError
        If a share or an elasticity is out of range.

    Examples
    --------
    >>> found = price_after(0.4, 1.0, demand_elasticity=0.3, supply_elasticity=0.5,
    ...                     surge=0.25)
    >>> round(found.ratio, 4), found.quantity
    (2.6089, 0.75)
    >>> price_after(0.98, 1.0, demand_elasticity=0.3, supply_elasticity=0.5,
    ...             surge=0.25, choke=7).choked
    True
    """
    if not (0 <= share <= 1 and 0 <= shock <= 1):
        raise ValueError("shares lie between 0 and 1")
    if min(demand_elasticity, supply_elasticity) <= 0 or surge < 0 or choke < 1:
        raise ValueError("elasticities and surge are sizes, the choke price is >= 1")

    def supply(log_price: float) -> float:
        rise = math.exp(min(supply_elasticity * log_price, math.log1p(surge)))
        return (1 - share) * rise + (1 - shock) * share

    def excess(log_price: float) -> float:
        return math.exp(-demand_elasticity * log_price) - supply(log_price)

    most = (1 - share) * (1 + surge) + (1 - shock) * share
    if most <= 0:
        unbounded = math.inf
    elif share * shock == 0:
        unbounded = 1.0
    else:
        # The others are at capacity there, and demand is down to what is supplied.
        top = max(-math.log(most) / demand_elasticity,
                  math.log1p(surge) / supply_elasticity)
        log_price = brentq(excess, 0.0, top, xtol=1e-13) if excess(top) < 0 else top
        # Beyond the largest float the price is as good as infinite.
        unbounded = math.exp(log_price) if log_price < 700 else math.inf
    ratio = min(unbounded, choke)
    return MarketPrice(
        ratio, unbounded, supply(math.log(ratio)) if ratio < math.inf else most,
        choked=unbounded > choke,
    )
