"""N-1: each node in turn, by hand and against the program solved anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from worlds import make_world, one_chain

from supplychain.optimize.response import Response, weights_of
from supplychain.scenarios.chokepoints import capacity_worth, lies_in, n_minus_1
from supplychain.scenarios.levers import Levers

FEW = [("gallium", "CHN"), ("photoresist", "JPN"), ("helium", "QAT"),
       ("gallium", "JPN")]


@pytest.fixture(scope="module")
def found(world):
    with ThreadPoolExecutor(1) as pool:
        return n_minus_1(world, nodes=FEW, detail=2, executor=pool)


def test_by_hand():
    """Ore 60 CHN, 40 AUS for 100 magnets; nobody surges, strangers add nu0 = .1.

    Without CHN the others have 40; Australia may send .1 x 100 x .4 = 4 more, but has
    no capacity to. Without AUS 60 are left. Without the only maker nothing is.
    """
    rows = n_minus_1(one_chain()).nodes.set_index(["good", "country"])
    assert rows.loss["ore", "CHN"] == pytest.approx(0.6)
    assert rows.loss["ore", "AUS"] == pytest.approx(0.4)
    assert rows.loss["magnet", "JPN"] == pytest.approx(1.0)
    assert list(rows.loss) == sorted(rows.loss, reverse=True)


def test_with_room_elsewhere_only_access_is_lost():
    world = make_world(
        order=("chip",), recipes={},
        output={("chip", "KOR"): 50.0, ("chip", "USA"): 50.0},
        added={("chip", "KOR"): 50.0},
        flows={("chip", "KOR", "JPN"): 50.0, ("chip", "USA", "JPN"): 50.0},
        final={("chip", "JPN"): 100.0},
    )
    rows = n_minus_1(world).nodes.set_index(["good", "country"])
    # Korea holds 100 of 150 units of capacity; a stranger takes .1 x 100 x 2/3 more.
    lost = 0.5 - world.model.value("nu0") * 100 / 150
    assert rows.loss_off["chip", "USA"] == pytest.approx(lost)
    assert rows.loss_free["chip", "USA"] == pytest.approx(0.0, abs=1e-9)


def test_a_row_is_the_difference_of_two_runs(world, found):
    run = Response(world.network, weights_of(world))
    calm = Levers(world).calm(world)
    groups = {"world": world.places}
    full = run.serve(calm, groups, cold=True).groups["world"]
    for r in found.nodes.itertuples():
        gone = replace(calm, output={(r.good, r.country): 0.0})
        left = run.serve(gone, groups, cold=True).groups["world"]
        assert r.loss_min == pytest.approx(max(0.0, full.low - left.high), abs=1e-5)
        assert r.loss_max == pytest.approx(full.high - left.low, abs=1e-5)


def test_worst_first_and_told_apart(found):
    assert list(found.nodes.loss) == sorted(found.nodes.loss, reverse=True)
    worst = found.nodes.iloc[0]
    detail = found.detail[found.detail.good == worst.good]
    assert set(detail.kind) == {"group", "product"}
    assert detail.loss_max.max() > worst.loss_min
    assert ((found.nodes.loss_min <= found.nodes.loss)
            & (found.nodes.loss <= found.nodes.loss_max)).all()


def test_a_node_that_few_need_costs_nothing(found):
    rows = found.nodes.set_index(["good", "country"])
    assert rows.loss["gallium", "JPN"] < 1e-3 < rows.loss["gallium", "CHN"]


def test_where_nodes_lie(world):
    assert lies_in(world, "XDU") == "alliance"  # Germany and the United States
    assert {lies_in(world, c) for c in ("UNA", "OTH", "ROW")} == {"nobody"}


def test_under_a_shock_capacity_is_worth_something(world):
    found = capacity_worth(world, shock="halt_everyone", count=15)
    assert (found.left >= found.right - 1e-9).all()
    assert found.left.iloc[0] > 0
    assert capacity_worth(world, shock="none", count=15).empty
