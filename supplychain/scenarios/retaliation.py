"""Break-even retaliation: how much more loss a country could take and still join."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.optimize.response import Range
from supplychain.scenarios.ladder import WIDE, Cell, Ladder
from supplychain.scenarios.parse import parse_shock
from supplychain.scenarios.whatif import ALL

if TYPE_CHECKING:
    from supplychain.optimize.response import Served
    from supplychain.world.world import World

__all__ = ["break_even", "break_even_ratio", "joining_pays", "losses_of",
           "retaliated"]

# A loss below this is none: served shares are read to 1e-4.
_NO_LOSS = 1e-6


def retaliated(severity: float, theta: float, intensity: float) -> float:
    r"""Return the severity of a shock after retaliation against a member.

    .. math:: s(\lambda) = \min\{1,\; (1 + \theta_R \lambda)\, s\}

    Parameters
    ----------
    severity : float
        s without membership, 0..1.
    theta : float
        theta_R, 0 or more [1].
    intensity : float
        lambda of the country's status, 0..1.

    Returns
    -------
    float

    Raises
    ------
    ScenarioError
        If theta is negative.

    Examples
    --------
    >>> retaliated(0.5, 0.4, 0.5), retaliated(0.75, 0.5, 1.0)
    (0.6, 1.0)
    """
    if theta < 0:
        raise ScenarioError(f"retaliation {theta:g} is negative")
    return min(1.0, (1 + theta * intensity) * severity)


def break_even_ratio(outside: float, member: float, intensity: float) -> float:
    r"""Return the retaliation at which joining no longer pays.

    Joining pays as long as :math:`(1+\theta_R\lambda)\,L(\lambda) \le L(0)`:

    .. math:: \theta_R^*(\lambda) = \frac{L(0)/L(\lambda) - 1}{\lambda}

    Parameters
    ----------
    outside, member : float
        L(0) and L(lambda), the share of baseline value lost [1].
    intensity : float
        lambda, 0..1.

    Returns
    -------
    float
        Infinite where a member loses nothing; negative where it loses more than
        outside; NaN where there is no loss outside, or no intensity.

    Examples
    --------
    >>> break_even_ratio(0.5, 0.25, 0.5), break_even_ratio(0.5, 0.0, 0.5)
    (2.0, inf)
    """
    if intensity <= 0 or outside <= _NO_LOSS:
        return math.nan
    if member <= _NO_LOSS:
        return math.inf
    return (outside / member - 1) / intensity


def joining_pays(outside: Range, member: Range) -> str:
    """Tell whether a member loses less than it would outside.

    Parameters
    ----------
    outside, member : Range
        Loss outside the alliance and as a member [1].

    Returns
    -------
    str
        ``yes``, ``no``, ``no loss``, ``no difference``, or ``either`` where the
        ranges overlap.

    Examples
    --------
    >>> joining_pays(Range(0.3, 0.3, 0.3), Range(0.2, 0.1, 0.25))
    'yes'
    """
    if max(outside.high, member.high) <= _NO_LOSS:
        return "no loss"
    if max(outside.high, member.high) - min(outside.low, member.low) <= _NO_LOSS:
        return "no difference"
    if member.high <= outside.low:
        return "yes"
    return "no" if member.low > outside.high else "either"


def break_even(
    world: World,
    *,
    shock: str = "halt_country",
    severity: float | None = None,
    wider: str | None = None,
    theta: float = 0.0,
    recorded: bool = False,
) -> pd.DataFrame:
    r"""Compute the break-even retaliation of the country studied on every rung.

    Parameters
    ----------
    world : World
    shock : str
        What the country meets outside the alliance; see
        :func:`supplychain.scenarios.parse.parse_shock`.
    severity : float, optional
        Share of the halted sales that stops, 0..1; the model's central one.
    wider : str, optional
        What a member meets, where retaliation widens the list of goods, e.g.
        ``china-halts:gallium`` against ``china-halts:gallium,germanium``; the
        same shock by default.
    theta : float
        Retaliation that a member meets already, as a deeper shock
        (:func:`retaliated`) [1].
    recorded : bool
        Keep all other statuses as recorded (Ladder B) in place of holding
        incumbents at ``full`` (Ladder A).

    Returns
    -------
    pandas.DataFrame
        status, intensity (lambda), good (``final products`` for all of them; other
        uses are marked), shock, wider, severity and severity_member, loss_outside,
        loss_member and loss_channels_off (no membership anywhere, the first
        shock), theta_star: what more retaliation would cancel the gain, and pays:
        whether a member loses less. Numbers come with least and most over the
        optimal faces, and without a value inside where a loss is wider than .05.
        ``note`` says why there is no theta_star.

    Raises
    ------
    ScenarioError
        If a shock or severity is unknown or out of range.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = break_even(load_world())
    >>> set(found[found.status == "excluded"].note)
    {'no membership'}
    """
    severity = world.model.severities.central if severity is None else severity
    if not 0 <= severity <= 1:
        raise ScenarioError(f"severity {severity:g} does not lie between 0 and 1")
    world, _ = parse_shock(world, shock)
    world, _ = parse_shock(world, wider or shock)
    ladder = Ladder(world)
    model = world.model
    country = model.scope.country

    def losses(
        name: str, status: str, depth: float, channels: str = "central"
    ) -> dict[str, Range]:
        cell = Cell("B" if recorded else "A", channels, False, name, depth, status)
        served = ladder.response.serve(
            ladder.bounds(cell), {"country": (country,)}, country
        )
        return losses_of(served)

    outside = losses(shock, model.scope.rungs[0], severity)
    off = losses(shock, model.scope.rungs[0], severity, "off")
    rows = []
    for status in model.scope.rungs:
        intensity = model.intensity(status)
        depth = retaliated(severity, theta, intensity)
        member = losses(wider or shock, status, depth)
        for good, lost in outside.items():
            rows.append({
                "status": status, "intensity": intensity, "good": good,
                "shock": shock, "wider": wider or "", "severity": severity,
                "severity_member": depth, **_shown("loss_outside", lost),
                **_shown("loss_member", member[good]),
                **_shown("loss_channels_off", off[good]),
                **_theta(lost, member[good], intensity),
                "unit": "loss: share of baseline (0-1); theta_star: 1",
            })
    return pd.DataFrame(rows)


def losses_of(served: Served) -> dict[str, Range]:
    """Return what is lost of all final products and of each good.

    Parameters
    ----------
    served : Served
        Of one country, in group ``country`` and by good.

    Returns
    -------
    dict of str to Range
        Share of baseline value lost [1].
    """
    found = {ALL: served.groups["country"]} if "country" in served.groups else {}
    for (good, kind), share in served.goods.items():
        found[good if kind == "final" else f"{good} (other uses)"] = share
    return {
        good: Range(
            *(min(1.0, max(0.0, 1 - part)) for part in (s.value, s.high, s.low))
        )
        for good, s in found.items()
    }


def _wide(loss: Range) -> bool:
    return loss.high - loss.low > WIDE


def _shown(name: str, loss: Range) -> dict[str, float]:
    value = math.nan if _wide(loss) else loss.middle
    return {name: value, f"{name}_min": loss.low, f"{name}_max": loss.high}


def _theta(outside: Range, member: Range, intensity: float) -> dict[str, object]:
    """Return the break-even retaliation with its range, and what it says."""
    low = break_even_ratio(outside.low, member.high, intensity)
    high = break_even_ratio(outside.high, member.low, intensity)
    if math.isnan(low) and not math.isnan(high):
        # No loss outside at one end of its range: L(0)/L is 0 there, or 0/0.
        low = high if member.high <= _NO_LOSS else -1 / intensity
    narrow = not (_wide(outside) or _wide(member))
    theta = break_even_ratio(outside.middle, member.middle, intensity)
    note = ""
    if intensity <= 0:
        note = "no membership"
    elif outside.high <= _NO_LOSS:
        note = "no loss"
    return {
        "theta_star": theta if narrow else math.nan,
        "theta_star_min": low, "theta_star_max": high,
        "pays": joining_pays(outside, member) if intensity > 0 else "",
        "note": note,
    }
