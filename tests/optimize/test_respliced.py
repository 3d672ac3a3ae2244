"""Stating a few families anew gives the program that stating all of it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.levers import Levers
from supplychain.scenarios.sensitivity import _FAMILIES

if TYPE_CHECKING:
    from supplychain.world.world import World


@pytest.fixture(scope="module")
def base(world: World) -> Response:
    response = Response(world.network, weights_of(world))
    response.solve(Levers(world).bounds(world, None, 0.0))
    return response


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phi_default", 0.9),
        ("phi:smartphone:rf_chip", 1.0),
        ("surge", 0.25),
        ("by_product_potential:gallium", 5.0),
        ("demand_slope", 9.0),
        ("other_use_multiplier", 1.0),
        ("other_use_value", 1e10),
        ("value:defence_radar", 5e6),
    ],
)
def test_respliced_equals_stated_in_full(
    world: World, base: Response, name: str, value: float
):
    families = next(f for prefix, f in _FAMILIES.items() if name.startswith(prefix))
    other = world.with_values({name: value})
    short = Response(
        other.network, weights_of(other), like=base, changed=families
    )
    full = Response(other.network, weights_of(other))
    levers = Levers(other)
    shock = levers.shock("halt_everyone")
    bounds = levers.bounds(other.ladder_a(), shock, 0.75)
    ours, theirs = short.solve(bounds), full.solve(bounds)
    assert ours.objective == pytest.approx(theirs.objective, rel=1e-9)
    assert dict(zip(short.program.columns, short.program.cost, strict=True)) == dict(
        zip(full.program.columns, full.program.cost, strict=True)
    )
    highs = [dict(zip(r.program.columns, r.program.high, strict=True))
             for r in (short, full)]
    assert all(np.isclose(highs[0][n], h) or h == highs[0][n]
               for n, h in highs[1].items())
