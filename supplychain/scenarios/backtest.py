"""The model held against history: predicted from what was known, beside what came.

One prediction a quantity, none an episode: a new episode is rows, not code.
Parameters are as shipped; nothing is tuned on an episode, and a prediction that
fails stays in the table with the reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.measures.prices import price_after
from supplychain.measures.recovery import (
    Ends,
    days_until_stop,
    lost_until_recovered,
    resilience_triangle,
)
from supplychain.scenarios.episodes import (
    RESPONSE,
    LackingError,
    episodes_of,
    lost_share,
    shipped,
    shock_size,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supplychain.scenarios.episodes import EpisodeCase
    from supplychain.tables.model import Model
    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

__all__ = ["FAILS", "HOLDS", "NONE", "QUANTITIES", "Backtest", "backtest"]

HOLDS = "holds"
"""Verdict: predicted and observed ranges meet."""
FAILS = "fails"
"""Verdict: they do not, or the equation behind the prediction breaks down."""
NONE = "no prediction"
"""Verdict: the model, or the tables, have nothing to predict it from."""

_MARKET = ("market:demand_elasticity", "market:supply_elasticity",
           "market:choke_price")
_ROUNDING = 1e-9


class _Predicted(NamedTuple):
    """A prediction; `failure` says why it fails whatever was observed."""

    ends: Ends
    failure: str = ""


class _Quantity(NamedTuple):
    """How a quantity is predicted, and from what."""

    predict: Callable[[Model, EpisodeCase], _Predicted]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]


# -- one prediction a quantity ----------------------------------------------------
def _served_share(model: Model, case: EpisodeCase) -> _Predicted:
    """Predict 1 - L, from the one-year program."""
    lost = lost_share(model, case)
    return _Predicted(Ends(1 - lost.high, 1 - lost.central, 1 - lost.low))


def _days_to_stop(model: Model, case: EpisodeCase) -> _Predicted:
    """Predict I / L."""
    days = days_until_stop(case.inputs.get("stock_days"), lost_share(model, case))
    if days is None:
        raise LackingError("no stock is sourced: unknown, not zero")
    return _Predicted(days)


def _output_lost_share(model: Model, case: EpisodeCase) -> _Predicted:
    """Predict max(0, L H - I) / H over a horizon of H days."""
    lost, stock = lost_share(model, case), case.input("stock_days")
    horizon = case.input("horizon_days").central
    return _Predicted(Ends(*(
        lost_until_recovered(stock[-1 - at], 1.0, 1.0 - lost[at], horizon) / horizon
        for at in range(3)
    )))


def _days_to_recover(model: Model, case: EpisodeCase) -> Ends:
    if not case.damage:
        raise LackingError("the model has days to recover for damage to plants only")
    return shipped(model, f"recovery:{case.damage}")


def _recovery_days(model: Model, case: EpisodeCase) -> _Predicted:
    """Predict TTR by the kind of damage."""
    return _Predicted(_days_to_recover(model, case))


def _resilience_area(model: Model, case: EpisodeCase) -> _Predicted:
    """Predict the triangle: full depth at once, a straight line up to day TTR."""
    depth = shock_size(model, case)
    areas = (
        resilience_triangle([0, days], [100 * (1 - d), 100]).area / 100
        for days, d in zip(_days_to_recover(model, case), depth, strict=True)
    )
    return _Predicted(Ends(*areas))


def _price_ratio(model: Model, case: EpisodeCase) -> _Predicted:
    """Predict the price at which the users' market clears."""
    share, size = case.input("import_share"), shock_size(model, case)
    demand, supply, choke = (shipped(model, name) for name in _MARKET)
    surge = shipped(model, "surge")
    found = [
        price_after(
            share[at], size[at], demand_elasticity=demand[-1 - at],
            supply_elasticity=supply[-1 - at], surge=surge[-1 - at], choke=choke[at],
        )
        for at in range(3)
    ]
    central = found[1]
    failure = "" if not central.choked else (
        f"the equation explodes: {central.unbounded:.3g} times the price before, held "
        f"at the choke price {choke.central:g}"
    )
    return _Predicted(Ends(*(one.ratio for one in found)), failure)


_TRADE = ("import_share", "shock_size", "actor_output_share", "actor_use_share",
          "users_use_share")
QUANTITIES: Mapping[str, _Quantity] = {
    "served_share": _Quantity(_served_share, _TRADE, RESPONSE),
    "days_to_stop": _Quantity(_days_to_stop, (*_TRADE, "stock_days"), RESPONSE),
    "output_lost_share": _Quantity(
        _output_lost_share, (*_TRADE, "stock_days", "horizon_days"), RESPONSE
    ),
    "recovery_days": _Quantity(_recovery_days, (), ("recovery:",)),
    "resilience_area": _Quantity(_resilience_area, ("shock_size",), ("recovery:",)),
    "price_ratio": _Quantity(
        _price_ratio, ("import_share", "shock_size"), ("surge", *_MARKET)
    ),
}
"""How each quantity is predicted: function, inputs that enter, assumptions used."""


# -- the table --------------------------------------------------------------------
@dataclass(frozen=True)
class Backtest:
    """What was predicted and what was observed.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row an observation: episode, title, good, quantity, what, unit;
        predicted_low, predicted, predicted_high, spread (high over low);
        observed_low, observed, observed_high; error and relative_error (predicted
        less observed; beyond the bound where only one is known); verdict, reason,
        beyond (what the observation holds that the prediction leaves out), hindsight
        (inputs that were known only after the observation), inputs, parameters,
        observed_on, source_id, confidence.
    inputs : pandas.DataFrame
        The inputs with their sources.
    parameters : pandas.DataFrame
        The assumptions used, as shipped.
    """

    rows: pd.DataFrame
    inputs: pd.DataFrame
    parameters: pd.DataFrame

    def count(self, verdict: str) -> int:
        """Return how many observations have a verdict."""
        return int((self.rows.verdict == verdict).sum())


def backtest(world: World) -> Backtest:
    """Hold the model against the episodes on record.

    Parameters
    ----------
    world : World
        With its tables; only its model is used besides.

    Returns
    -------
    Backtest

    Raises
    ------
    ScenarioError
        If the world came without its tables.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = backtest(load_world())
    >>> set(found.rows.verdict) <= {HOLDS, FAILS, NONE}
    True
    """
    if world.tables is None:
        raise ScenarioError("this world came without its tables of episodes")
    cases = episodes_of(world.tables)
    rows = [
        _row(world.model, cases[r.episode], r)
        for r in world.tables["episode_outcomes"].itertuples()
    ]
    used = {name for row in rows for name in row.pop("used")}
    return Backtest(
        pd.DataFrame(rows),
        _sourced(world.tables),
        _parameters(world.model, sorted(used)),
    )


def _row(model: Model, case: EpisodeCase, seen: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return one line of the table: predicted, observed, error, verdict."""
    quantity = QUANTITIES[seen.quantity]
    used = tuple(
        f"{name}{case.damage}" if name.endswith(":") else name
        for name in quantity.parameters
        if (case.damage or not name.endswith(":")) and name not in case.idle
    )
    try:
        ends, failure = quantity.predict(model, case)
        verdict, reason = _judged(ends, seen, failure)
    except LackingError as lacking:
        ends, verdict, reason = Ends(*[math.nan] * 3), NONE, str(lacking)
    error, base = _error(ends.central, seen)
    given = [n for n in quantity.inputs if n in case.inputs]
    return {
        "episode": case.episode, "title": case.title, "good": case.good,
        "quantity": seen.quantity, "what": seen.what, "unit": seen.unit,
        "predicted_low": ends.low, "predicted": ends.central,
        "predicted_high": ends.high,
        "spread": ends.high / ends.low if ends.low else math.inf,
        "observed_low": _number(seen.low),
        "observed": _number(seen.value), "observed_high": _number(seen.high),
        "error": error, "relative_error": error / base if base else math.nan,
        "verdict": verdict, "reason": reason, "beyond": seen.beyond,
        "hindsight": ";".join(n for n in given if case.known_at[n] > seen.date),
        "inputs": "; ".join(f"{n} {_text(case.inputs[n])}" for n in given),
        "parameters": "; ".join(f"{n} {_text(shipped(model, n))}" for n in used),
        "observed_on": seen.date, "source_id": seen.source_id,
        "confidence": seen.confidence, "used": used,
    }


def _text(ends: Ends) -> str:
    if ends.low == ends.high:
        return f"{ends.central:g}"
    return f"{ends.central:g} ({ends.low:g} to {ends.high:g})"


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _bounds(seen: Any) -> tuple[float, float]:  # noqa: ANN401  (a row of a frame)
    """Return the range of an observation; open where only one bound is known."""
    known = [v for v in (seen.low, seen.value, seen.high) if not pd.isna(v)]
    point = not pd.isna(seen.value)
    low = -math.inf if pd.isna(seen.low) and not point else min(known)
    high = math.inf if pd.isna(seen.high) and not point else max(known)
    return low, high


def _judged(
    ends: Ends, seen: Any, failure: str  # noqa: ANN401  (a row of a frame)
) -> tuple[str, str]:
    """Return verdict and reason: whether predicted and observed ranges meet."""
    low, high = _bounds(seen)
    if ends.high < low - _ROUNDING:
        why = f"predicted at most {ends.high:.3g}, observed {low:.3g} or more"
    elif ends.low > high + _ROUNDING:
        why = f"predicted at least {ends.low:.3g}, observed {high:.3g} or less"
    else:
        why = ""
    reason = "; ".join(part for part in (failure, why) if part)
    return (FAILS if reason else HOLDS), reason


def _error(predicted: float, seen: Any) -> tuple[float, float]:  # noqa: ANN401
    """Return predicted less observed, and the observed value it is relative to.

    The value, else the middle of two bounds; with one bound the distance beyond
    it, 0 where the prediction respects it.
    """
    low, high = _bounds(seen)
    if not pd.isna(seen.value):
        point = float(seen.value)
    elif math.isfinite(low) and math.isfinite(high):
        point = (low + high) / 2
    else:
        point = low if math.isfinite(low) else high
        beyond = predicted < low or predicted > high or math.isnan(predicted)
        return (predicted - point if beyond else 0.0), point
    return predicted - point, point


def _sourced(tables: Tables) -> pd.DataFrame:
    """Return the inputs with the title and address of their source."""
    sources = tables["sources"].set_index("source_id")[["title", "url"]]
    return tables["episode_inputs"].drop(columns="row").join(sources, on="source_id")


def _parameters(model: Model, names: list[str]) -> pd.DataFrame:
    """Return the assumptions used, as shipped."""
    return pd.DataFrame([
        {"parameter": name, **shipped(model, name)._asdict(),
         "unit": model.ranged(name).unit, "evidence": model.ranged(name).evidence}
        for name in names
    ])
