"""Episodes of the past as small worlds that the one-year program can be asked of.

An episode is rows of three tables: what happened, what was known, what came of it.
Its world has the actor, the users and the rest, one good, and the baseline trade
that the inputs state; the response is that of the program, caps and surge as shipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.measures.recovery import Ends
from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.levers import Levers
from supplychain.tables.model_parts import Effect, Shock
from supplychain.world.export import world_from_frames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from supplychain.tables.model import Model
    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

__all__ = [
    "RESPONSE",
    "EpisodeCase",
    "LackingError",
    "episode_world",
    "episodes_of",
    "lost_share",
    "shipped",
    "shock_size",
]

RESPONSE = ("surge", "nu0")
"""Assumptions on which the response of an episode's world rests."""

EVERYONE: Final = "everyone"
_GOOD = "good"
# Everyone else: not ROW, whose domestic deliveries the program holds still.
_REST = "REST"
_SHARES = ("actor_output_share", "actor_use_share", "users_use_share")
_ROUNDING = 1e-9


class LackingError(ScenarioError):
    """An episode lacks what a prediction asks for."""


@dataclass(frozen=True)
class EpisodeCase:
    """One episode with what was known of it.

    Attributes
    ----------
    episode, title, good, kind, actor, users, targets, damage : str
        As in ``episodes.csv``.
    inputs : mapping of str to Ends
        By name of the input, as in ``episode_inputs.csv``.
    known_at : mapping of str to datetime.date
        Since when each input could be known.
    """

    episode: str
    title: str
    good: str
    kind: Literal["export_halt", "outage"]
    actor: str
    users: str
    targets: str
    damage: str
    inputs: Mapping[str, Ends] = field(default_factory=dict)
    known_at: Mapping[str, date] = field(default_factory=dict)

    def input(self, name: str) -> Ends:
        """Return an input.

        Raises
        ------
        LackingError
            If no row gives it.
        """
        if name not in self.inputs:
            raise LackingError(f"no row gives {name}")
        return self.inputs[name]

    @property
    def idle(self) -> tuple[str, ...]:
        """Assumptions of the response that cannot act: nobody to re-route from."""
        return ("nu0",) if self.users == EVERYONE else ()

    @property
    def shock(self) -> Shock:
        """The episode as an event; its size is the severity of a run."""
        effect = Effect(
            actor=self.actor, good=_GOOD, kind=self.kind,
            targets=EVERYONE if self.targets == EVERYONE
            else tuple(self.targets.split(";")),
        )
        return Shock(kind="event", targets=EVERYONE, title=self.title,
                     effects=(effect,))


def _ends(row: Any) -> Ends:  # noqa: ANN401  (a row of a frame)
    low, high = (
        row.central if pd.isna(end) else float(end) for end in (row.low, row.high)
    )
    return Ends(low, float(row.central), high)


def episodes_of(tables: Tables) -> dict[str, EpisodeCase]:
    """Return the episodes on record, with their inputs.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    dict of str to EpisodeCase
        In the order of the table.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = episodes_of(load_world().tables)
    >>> all(case.episode == name for name, case in found.items())
    True
    """
    rows = {
        str(name): list(part.itertuples())
        for name, part in tables["episode_inputs"].groupby("episode", sort=False)
    }
    return {
        r.episode: EpisodeCase(
            r.episode, r.title, r.good, r.kind, r.actor, r.users, r.targets, r.damage,
            {i.input: _ends(i) for i in rows.get(r.episode, [])},
            {i.input: i.known_at for i in rows.get(r.episode, [])},
        )
        for r in tables["episodes"].itertuples()
    }


def shipped(model: Model, name: str) -> Ends:
    """Return an assumption as shipped: its value in force, and its range.

    Parameters
    ----------
    model : Model
    name : str

    Returns
    -------
    Ends

    Raises
    ------
    ScenarioError
        If the model has no such assumption; names the nearest ones.

    Examples
    --------
    >>> from supplychain.tables.model import load_model
    >>> shipped(load_model("pax_silica"), "nu0")
    Ends(low=0.05, central=0.1, high=0.2)
    """
    value, ranged = model.value(name), model.ranged(name)
    return Ends(min(ranged.low, value), value, max(ranged.high, value))


def shock_size(model: Model, case: EpisodeCase) -> Ends:
    """Return the size of an episode's shock; the model's severity without a row.

    Parameters
    ----------
    model : Model
    case : EpisodeCase

    Returns
    -------
    Ends
        Share of the actor's sales, or output, that falls away [1].
    """
    usual = model.severities
    return case.inputs.get(
        "shock_size", Ends(usual.low, usual.central, usual.high)
    )


def _trade(case: EpisodeCase, bought: float) -> dict[tuple[str, str], float]:
    """Return the baseline flows by (exporter, importer) [% of world]."""
    if case.users == EVERYONE:
        # Nothing is re-routed among others: their use is the unit.
        return {(case.actor, _REST): 100 * bought, (_REST, _REST): 100 * (1 - bought)}
    made, used, need = (case.input(name).central for name in _SHARES)
    sold = bought * need
    flows = {
        (case.actor, case.actor): used,
        (case.actor, case.users): sold,
        (case.actor, _REST): made - used - sold,
        (_REST, case.users): need - sold,
        (_REST, _REST): 1 - made - (need - sold),
    }
    if min(flows.values()) < -_ROUNDING:
        arc = min(flows, key=lambda a: flows[a])
        raise LackingError(
            f"the shares do not fit together: {arc[0]} would sell "
            f"{flows[arc]:.3g} of the world to {arc[1]}"
        )
    return {a: 100 * max(0.0, x) for a, x in flows.items()}


def episode_world(model: Model, case: EpisodeCase, bought: float) -> World:
    """Return the world of an episode before it: actor, users, rest; one good.

    Parameters
    ----------
    model : Model
        The assumptions in force; no membership.
    case : EpisodeCase
    bought : float
        The actor's share of the users' supply [1].

    Returns
    -------
    World
        In per cent of the world; of the users' supply where they are everyone.

    Raises
    ------
    LackingError
        If shares that it needs are missing, or do not fit together.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> case = EpisodeCase("x", "X", "x", "outage", "CHN", "everyone", "everyone", "")
    >>> world = episode_world(load_world().model, case, 0.4)
    >>> {str(c): float(q) for (_, c), q in world.nodes.output.items()}
    {'CHN': 40.0, 'REST': 60.0}
    """
    flows = _trade(case, bought)
    output: dict[str, float] = {}
    need: dict[str, float] = {}
    for (i, j), x in flows.items():
        output[i] = output.get(i, 0.0) + x
        need[j] = need.get(j, 0.0) + x
    places = sorted({*output, *need})
    unit = {"source_id": case.episode, "confidence": "low"}
    frames = {
        "goods": [{
            "good": _GOOD, "name": case.good, "stage": "refine", "unit": "% of world",
            "chain": "", "host": "", "kit": 0, "total": 100.0, "primary": 100.0,
            "final": True, "price": 1.0, "value": 1.0, "value_basis": "price",
        }],
        "nodes": [
            {"good": _GOOD, "country": c, "output": q, "secondary": 0.0,
             "capacity": float("nan"), "added": 0.0, "basis": "plant", "year": "",
             **unit}
            for c, q in output.items()
        ],
        "flows": [
            {"good": _GOOD, "exporter": i, "importer": j, "flow": x,
             "flow_basis": "sourced_share"} for (i, j), x in flows.items()
        ],
        "demand": [
            {"good": _GOOD, "country": c, "final": x, "other": 0.0}
            for c, x in need.items()
        ],
        "countries": [
            {"iso3": c, "name": c, "region": "", "eu_member": 0, "aggregate": 0,
             "latitude": 0.0, "longitude": 0.0, "members": ""} for c in places
        ],
    }
    empty = {
        "recipes": ["good", "input", "b", "phi", "basis", "scope", "source_id",
                    "confidence"],
        "memberships": ["alliance", "country", "status", "eu_represented",
                        "source_id"],
    }
    return world_from_frames(model, {
        **{name: pd.DataFrame(rows) for name, rows in frames.items()},
        **{name: pd.DataFrame(columns=columns) for name, columns in empty.items()},
    })


def _lost(model: Model, case: EpisodeCase, bought: float, severity: float) -> Ends:
    """Return 1 less what the program serves of the users' need, over its face."""
    world = episode_world(model, case, bought)
    levers = Levers(world)
    users = [_REST if case.users == EVERYONE else case.users]
    response = Response(world.network, weights_of(world))
    bounds = levers.bounds(world, case.shock, severity, off=True)
    served = response.serve(bounds, {"users": users}).groups["users"]
    return Ends(*(max(0.0, 1 - x) for x in (served.high, served.middle, served.low)))


def lost_share(model: Model, case: EpisodeCase) -> Ends:
    """Return the share of the users' supply that is lost after re-routing.

    The program is solved at three corners. Low: least dependence and least shock,
    the most surge and access; high: the reverse. In a world of one good the
    share falls weakly in surge and access and rises weakly in the other two.

    Parameters
    ----------
    model : Model
        The assumptions as shipped; the severity of the model stands in where no
        row gives the size of the shock.
    case : EpisodeCase

    Returns
    -------
    Ends
        L [1].

    Raises
    ------
    LackingError
        If the inputs do not make a world.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> half = Ends(0.5, 0.5, 0.5)
    >>> case = EpisodeCase("x", "X", "x", "export_halt", "CHN", "everyone", "everyone",
    ...                    "", {"import_share": half, "shock_size": half})
    >>> round(lost_share(load_world().model, case).central, 4)  # .25 - .125 x .5
    0.1875
    """
    bought = case.input("import_share")
    size = shock_size(model, case)
    helps = {name: shipped(model, name) for name in RESPONSE}
    found = [
        _lost(
            model.with_values({name: ends[-1 - at] for name, ends in helps.items()}),
            case, bought[at], size[at],
        )
        for at in range(3)
    ]
    return Ends(found[0].low, found[1].central, found[2].high)
