"""What an assumption may be called, and between which values it may lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

__all__ = ["FAMILIES", "PLAIN", "SHARE", "STATUS", "Domain", "domain_of"]

STATUS = "status:"
"""Before the name of a status, where its intensity is changed like an assumption."""


@dataclass(frozen=True)
class Domain:
    """The values that an assumption may have: finite numbers between two ends.

    Examples
    --------
    >>> 0.5 in Domain(0, 1), float("nan") in Domain(), str(Domain(0, 0.95))
    (True, False, 'a number from 0 to 0.95')
    """

    low: float = 0.0
    high: float = math.inf

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, Real) or not math.isfinite(value):
            return False
        return self.low <= float(value) <= self.high

    def __str__(self) -> str:
        if math.isinf(self.high):
            return f"a finite number, {self.low:g} or more"
        return f"a number from {self.low:g} to {self.high:g}"


SHARE = Domain(0, 1)
"""Shares, intensities, severities."""
_POSITIVE = Domain()
# An annuity needs a rate above 0.
_RATE = Domain(0.001, 1)

PLAIN: dict[str, Domain] = {
    "surge": _POSITIVE,
    "nu0": SHARE,
    "nu1": SHARE,
    "eta": SHARE,
    "demand_slope": _POSITIVE,
    "other_use_multiplier": _POSITIVE,
    "other_use_value": _POSITIVE,
    "home_share": SHARE,
    "capital_output_loss": SHARE,
    "benchmark_stock_days": _POSITIVE,
    "benchmark_capacity": _POSITIVE,
    "phi_default": SHARE,
    "unallocated_intensity": SHARE,
    "project_utilization": SHARE,
    "share_cap": SHARE,
    "new_plant_premium": Domain(1),
    "capital_share": SHARE,
    "plant_life": Domain(1, 100),
    "cost_of_capital_advanced": _RATE,
    "finance_gap_closed": SHARE,
}
"""Every assumption that a model must give."""

FAMILIES: dict[str, tuple[str, Domain]] = {
    "phi": ("phi:GOOD:INPUT", SHARE),
    "value": ("value:GOOD", _POSITIVE),
    # Output is scaled up by 1 / (1 - share): near 1, next to nothing is known.
    "unallocated_share": ("unallocated_share:GOOD", Domain(0, 0.95)),
    # Supply is scaled up by 1 / (1 - share) where scrap comes on top.
    "secondary": ("secondary:GOOD", Domain(0, 0.95)),
    "secondary_within": ("secondary_within:GOOD", Domain(0, 0.95)),
    "by_product_potential": ("by_product_potential:GOOD", _POSITIVE),
    "recovery": ("recovery:DAMAGE", _POSITIVE),
    "market": ("market:PARAMETER", _POSITIVE),
    "cost_of_capital": ("cost_of_capital:COUNTRY", _RATE),
}
"""Assumptions about one good, country, damage or market: how they are written."""


def domain_of(name: str) -> Domain | None:
    """Return the values that an assumption or an intensity may have.

    Parameters
    ----------
    name : str
        For example ``nu1``, ``phi:cathode:cobalt_refined`` or ``status:full``.

    Returns
    -------
    Domain or None
        None if the package knows no such name.

    Examples
    --------
    >>> print(domain_of("unallocated_share:memory"), domain_of("nu_1"))
    a number from 0 to 0.95 None
    """
    if name.startswith(STATUS):
        return SHARE
    family, *named = name.split(":")
    if not named:
        return PLAIN.get(name)
    form, domain = FAMILIES.get(family, ("", SHARE))
    return domain if all(named) and len(named) == form.count(":") else None
