"""What each member and candidate is worth to the others while the world trades on.

Outsiders go on exporting, so what a group gets depends on what those outside it
do: there is no characteristic function, and only marginal values are given
(MODEL section 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.characteristic import checked_players
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.parse import parse_shock
from supplychain.scenarios.whatif import ALL, compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supplychain.scenarios.players import Player
    from supplychain.world.world import World

__all__ = ["marginal_values"]


def marginal_values(
    world: World,
    *,
    players: Sequence[Player] | None = None,
    shock: str = "halt_everyone",
    severity: float | None = None,
    incumbents_full: bool = False,
) -> pd.DataFrame:
    r"""Compare the world with each player in the alliance and without it.

    .. math:: v(N) - v(N \setminus i)

    from the one world program under a shock, everyone trading under C4. A member
    is compared with the lowest rung; a candidate's highest rung with what it holds
    now. The groups whose outcome is read do not change with the player's status.

    Parameters
    ----------
    world : World
        Statuses as recorded.
    players : sequence of Player, optional
    shock : str
        See :func:`supplychain.scenarios.parse.parse_shock`.
    severity : float, optional
        Share of the halted sales that stops, 0..1; the model's central one.
    incumbents_full : bool
        Hold incumbents at ``full`` (Ladder A).

    Returns
    -------
    pandas.DataFrame
        player, standing, change, shock, severity, group (the alliance with the
        country studied; the same without the player; the player), good, before
        (without the player), after (with it), difference, each with its range over
        the optimal face, off (the same shock without any membership), unit.

    Raises
    ------
    ScenarioError
        If the shock is unknown, or the players overlap.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> from supplychain.scenarios.players import Player
    >>> found = marginal_values(load_world(), players=[Player("JPN", ("JPN",))])
    >>> list(found.group)
    ['alliance', 'alliance without JPN', 'JPN']
    """
    found = checked_players(world, players)
    world, halt = parse_shock(world, shock)
    severity = world.model.severities.central if severity is None else severity
    levers = Levers(world)
    response = Response(world.network, weights_of(world))
    recorded = world.ladder_a() if incumbents_full else world
    without = levers.bounds(world, halt, severity, off=True)
    alliance = world.groups["alliance_with_country"]
    rows = []
    for player in found:
        groups = {
            "alliance": alliance,
            f"alliance without {player.name}": tuple(
                c for c in alliance if c not in player.places),
            player.name: player.places,
        }
        candidate = player.standing == "candidate"
        rungs = world.model.scope.rungs
        rung = rungs[-1] if candidate else rungs[0]
        moved = recorded.with_statuses(dict.fromkeys(player.places, rung))
        off = response.serve(without, groups).groups
        now, then = (
            response.serve(levers.bounds(w, halt, severity), groups).groups
            for w in (recorded, moved)
        )
        before, after = (now, then) if candidate else (then, now)
        rows += [
            {"player": player.name, "standing": player.standing,
             "change": f"becomes {rung}" if candidate else f"{rung} if it were out",
             "shock": shock, "severity": severity,
             **compared(group, ALL, before[group], after[group], off[group])}
            for group in groups if group in before
        ]
    return pd.DataFrame(rows)
