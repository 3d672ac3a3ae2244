"""The loss of the country studied at any intensity of membership."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.optimize.response import Range, shared_response
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.parse import parse_shock
from supplychain.scenarios.retaliation import losses_of
from supplychain.scenarios.whatif import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supplychain.world.world import World

__all__ = ["EVEN", "loss_curve", "net_gain"]

EVEN: tuple[float, ...] = tuple(n / 20 for n in range(21))
"""Intensities from 0 to 1."""


_OWN = "of its own"
"""A status that nobody else holds: its intensity moves nobody else."""


def _apart(world: World) -> World:
    """Return Ladder A with the country studied at a status of its own."""
    model, scope = world.model, world.model.scope
    statuses = {**model.statuses, _OWN: model.statuses[scope.rungs[-1]]}
    own = replace(world.ladder_a(), model=model.model_copy(
        update={"statuses": statuses}))
    return own.with_statuses({scope.country: _OWN})


def loss_curve(
    world: World,
    *,
    shock: str = "halt_country",
    severity: float | None = None,
    intensities: Sequence[float] = EVEN,
) -> pd.DataFrame:
    r"""Compute L(lambda) of the country studied for any intensity, Ladder A.

    Between the rungs as well; incumbents stay at ``full``, all others at what they
    hold.

    Parameters
    ----------
    world : World
    shock : str
        See :func:`supplychain.scenarios.parse.parse_shock`.
    severity : float, optional
        0..1; the model's central one.
    intensities : sequence of float
        lambda, 0..1.

    Returns
    -------
    pandas.DataFrame
        intensity, loss with loss_min and loss_max over the optimal face, loss_off
        (channels off) [share of baseline value of final products], shock, severity,
        unit.

    Raises
    ------
    ScenarioError
        If the shock is unknown.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = loss_curve(load_world(), intensities=(0.0, 1.0))
    >>> bool(found.loss.iloc[0] >= found.loss.iloc[1])
    True
    """
    severity = world.model.severities.central if severity is None else severity
    world, halt = parse_shock(world, shock)
    levers, response = Levers(world), shared_response(world)
    scope = world.model.scope

    def lost(other: World, *, off: bool = False) -> Range:
        bounds = levers.bounds(other, halt, severity, off=off)
        return losses_of(response.serve(bounds, {"country": (scope.country,)}))[ALL]

    off = lost(world, off=True)
    apart = _apart(world)
    rows = []
    for intensity in intensities:
        loss = lost(apart.with_values({f"status:{_OWN}": intensity}))
        rows.append({
            "intensity": intensity, "loss": loss.middle, "loss_min": loss.low,
            "loss_max": loss.high, "loss_off": off.middle, "shock": shock,
            "severity": severity, "unit": "share of baseline (0-1)",
        })
    return pd.DataFrame(rows)


def net_gain(curve: pd.DataFrame, thetas: Sequence[float]) -> pd.DataFrame:
    r"""Return what joining gains at each retaliation and intensity.

    .. math:: G(\theta_R, \lambda) = L(0) - (1 + \theta_R \lambda)\,L(\lambda)

    Parameters
    ----------
    curve : pandas.DataFrame
        From :func:`loss_curve`; its first intensity is 0.
    thetas : sequence of float
        theta_R, 0 or more [1].

    Returns
    -------
    pandas.DataFrame
        theta, intensity, gain with gain_min and gain_max [share of baseline].

    Raises
    ------
    ScenarioError
        If the curve does not begin at 0.

    Examples
    --------
    >>> curve = pd.DataFrame({"intensity": [0, 1.0], "loss": [.2, .1],
    ...     "loss_min": [.2, .1], "loss_max": [.2, .1]})
    >>> net_gain(curve, [0, 1.0]).gain.round(6).tolist()
    [0.0, 0.1, 0.0, 0.0]
    """
    if curve.intensity.iloc[0] != 0:
        raise ScenarioError("the curve of losses has to begin at intensity 0")
    start = curve.iloc[0]
    parts = []
    for theta in thetas:
        factor = 1 + theta * curve.intensity
        parts.append(pd.DataFrame({
            "theta": theta, "intensity": curve.intensity,
            "gain": start.loss - factor * curve.loss,
            "gain_min": start.loss_min - factor * curve.loss_max,
            "gain_max": start.loss_max - factor * curve.loss_min,
        }))
    return pd.concat(parts, ignore_index=True)
