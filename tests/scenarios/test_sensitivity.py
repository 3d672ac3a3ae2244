"""One assumption at a time, and nothing else with it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from worlds import one_of_each

from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.ladder import WIDE
from supplychain.scenarios.sensitivity import (
    HEADLINES,
    assumption_names,
    headlines,
    sensitivity,
)

# One of each kind: bounds, programs, weights of the objective.
NAMES = ("nu1", "eta", "surge", "demand_slope", "other_use_multiplier",
         "other_use_value", "value:defence_radar", "phi:cathode:cobalt_refined")


@pytest.fixture(scope="module")
def base(world):
    return headlines(world).values


@pytest.fixture(scope="module")
def frame(world):
    names = [*NAMES, "status:signatory", "benchmark_stock_days"]
    return sensitivity(world, names)[0].set_index(["assumption", "headline"])


def test_every_headline_is_a_share(base):
    assert set(base) == set(HEADLINES)
    assert all(-1e-6 <= value <= 1 + 1e-6 for value in base.values())


def test_only_what_has_a_range_is_varied(world):
    names = assumption_names(world)
    assert "nu1" in names
    assert "status:full" not in names


def test_the_middle_of_every_row_is_the_central_run(frame, base):
    for (_, headline), row in frame.iterrows():
        assert row.at_central == pytest.approx(base[headline], abs=1e-9)


def test_the_effect_is_the_larger_of_the_two_ends(frame):
    ends = frame[["at_low", "at_high"]].sub(frame.at_central, axis=0).abs().max(axis=1)
    assert frame.effect.to_numpy() == pytest.approx(ends.to_numpy())


def test_access_does_not_move_what_free_trade_leaves(frame):
    for name in ("nu1", "status:signatory"):
        assert frame.effect[name, "id_world"] == frame.effect[name, "id_country"] == 0


def test_more_surge_never_raises_irreducible_dependency(frame):
    """P7: ID falls weakly as existing plants can add more."""
    row = frame.loc["surge", "id_world"]
    assert row.at_low >= row.at_central - 1e-6 >= row.at_high - 2e-6


def test_the_size_of_a_benchmark_moves_that_benchmark_only(frame):
    rows = frame.loc["benchmark_stock_days"]
    assert (rows.effect == 0).all()
    assert set(rows.note) == {"moves its benchmark only"}


@pytest.mark.parametrize("name", NAMES)
def test_a_run_of_its_own_finds_what_the_shared_program_found(world, frame, name):
    """Programs and dependencies are kept where an assumption leaves them alone.

    Dependencies are unique; what one group is served may differ between two
    optima, by less than the width at which a ladder tells the range only.
    """
    high = world.model.assumptions[name].high
    fresh = headlines(world.with_values({name: high})).values
    for headline, value in fresh.items():
        room = 1e-6 if headline.startswith("id_") else WIDE
        assert frame.at_high[name, headline] == pytest.approx(value, abs=room)


def test_a_headline_does_not_depend_on_what_was_solved_before(world):
    """Where optima differ in what they serve, one of them must be named."""
    variant = world.with_values({"eta": world.model.assumptions["eta"].high})
    used = Response(world.network, weights_of(world))
    headlines(world, used)
    after_another = headlines(variant, used).values
    assert headlines(variant).values == pytest.approx(after_another, abs=1e-6)


def test_changing_one_assumption_leaves_essentialities_as_they_were():
    """A world of one's own gives phi with its recipes."""
    world = one_of_each()
    other = world.with_values({"nu1": 0.3})
    assert other.recipes.phi.to_dict() == world.recipes.phi.to_dict()


def test_a_halt_that_the_model_does_not_ship_has_no_headline():
    world = one_of_each()
    kept = {n: s for n, s in world.model.shocks.items() if s.targets == "everyone"}
    model = world.model.model_copy(update={"shocks": kept})
    found = headlines(replace(world, model=model)).values
    assert math.isnan(found["gain_halt_alliance"])
    assert not math.isnan(found["world_halt_everyone"])
