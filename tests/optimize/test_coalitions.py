"""Coalitions: the cut program says what the whole Pyomo statement says."""

from __future__ import annotations

import pytest
from hypothesis import assume
from hypothesis import strategies as st
from pyomo.contrib.solver.common.factory import SolverFactory
from strategies import sampled, worlds
from worlds import make_world, one_chain

from supplychain.errors import InfeasibleError, ScenarioError
from supplychain.optimize.coalitions import Coalitions, Holdings
from supplychain.optimize.compiled import compile_program
from supplychain.optimize.program import world_program
from supplychain.optimize.response import weights_of

COUNTS = ("final", "curve", "all")


def game_of(world, holdings, counts="final"):
    program = compile_program(world_program(world.network, weights_of(world)))
    return Coalitions(world.network, program, holdings, counts)


def holdings(places, **more):
    held = {c: (1 << i,) * 3 for i, c in enumerate(places)}
    plain = {"joint": {}, "sellers": {}, "stocks": {}, "lost": {}}
    return Holdings.split(held, **{**plain, **more})


def wants(net, places):
    return any(c in places for _, c in net.final)


def by_pyomo(world, inside, sellers, stocks, counts):
    """Return v(S), unscaled, from the whole world program with the rest fixed."""
    net, weights = world.network, weights_of(world)
    m = world_program(net, weights)
    for p, c in m.NODE:
        if c not in inside and c not in sellers:
            m.q[p, c].setub(0.0)
    for p, i, j in m.ARC:
        if j not in inside or (i not in inside and i not in sellers):
            m.x[p, i, j].setub(0.0)
        elif i in sellers:
            m.x[p, i, j].setub(sellers[i] * net.flow.get((p, i, j), 0.0))
    for k, c in m.NEED:
        if c in inside:
            m.draw[k, c].setub(stocks.get((k, c), 0.0))
    # What sellers need to go on selling is no concern of the coalition.
    for row in (m.feedstock, m.by_product):
        for index, part in row.items():
            if index[-1] in sellers:
                part.deactivate()
    worth = {}
    for g, d, o, s in m.BLOCK:
        if d not in inside:
            m.y[g, d, o, s].setub(0.0)
        elif counts == "all" or o == "final":
            worth[g, d, o, s] = net.value[g]
    if counts != "final":
        program = compile_program(m)
        worth = {b: -program.cost[program.column["y", *map(str, b)]] for b in worth}
    m.objective.set_value(sum(w * m.y[b] for b, w in worth.items()))
    return SolverFactory("highs").solve(m).incumbent_objective


@sampled(worlds(), st.sampled_from(COUNTS), st.sampled_from((0.0, 0.25, 1.0)),
         few=8, many=30)
def test_each_coalition_is_the_world_program_with_the_rest_closed(
    world, counts, kept
):
    net = world.network
    players = [c for c in world.places if c in {"IND", "USA", "JPN"}]
    assume(wants(net, players))
    sellers = {c: kept for c in world.places if c not in players and kept > 0}
    stocks = dict.fromkeys([(g, players[0]) for g in net.goods], 3.0)
    game = game_of(world, holdings(players, sellers=sellers, stocks=stocks), counts)
    for mask in (1, (1 << len(players)) - 1):
        inside = [c for i, c in enumerate(players) if mask >> i & 1]
        expected = by_pyomo(world, inside, sellers, stocks, counts)
        assert game.value(mask) * game.total / 100 == pytest.approx(
            expected, rel=1e-6, abs=1e-6 * game.total)


def test_a_seller_sells_its_share_of_baseline_and_no_more():
    world = one_chain()  # CHN sells 60 of ore, AUS 40
    alone = {"JPN": 1}
    for kept, served in ((0.0, 0.0), (0.5, 30.0), (1.0, 60.0)):
        game = game_of(world, Holdings(alone, alone, alone, {"CHN": kept}))
        assert game.value(1) == pytest.approx(served)


def test_a_joint_figure_takes_all_of_its_parts():
    world = make_world(
        order=("chip",), output={("chip", "XDU"): 10.0},
        recipes={}, flows={("chip", "XDU", "IND"): 10.0},
        final={("chip", "IND"): 10.0},
    )
    joint = {"XDU": ("DEU", "USA")}
    game = game_of(world, holdings(("IND", "DEU", "USA"), joint=joint))
    assert [game.value(m) for m in (0b001, 0b011, 0b101)] == [0, 0, 0]
    assert game.value(0b111) == pytest.approx(100.0)


def test_a_stock_serves_its_holder_alone():
    world = one_chain()
    game = game_of(
        world, holdings(("JPN", "AUS"), stocks={("ore", "JPN"): 7.0, ("ore", "AUS"): 9})
    )
    assert game.value(0b01) == pytest.approx(7.0)
    assert game.value(0b11) == pytest.approx(47.0)


def test_lost_capacity_stays_lost():
    game = game_of(one_chain(), holdings(("JPN", "AUS"), lost={("ore", "AUS"): 0.25}))
    assert game.value(0b11) == pytest.approx(30.0)


def test_more_supply_and_first_claims():
    game = game_of(one_chain(), holdings(("JPN", "AUS")))
    more = game.solve(0b11, supply={("ore", "JPN"): 25.0})
    assert -more.objective == pytest.approx(65.0)
    assert game.most(0b11, "magnet") == pytest.approx(40.0)
    assert game.value(0b11) == pytest.approx(40.0)  # as if nothing had been asked


def test_a_floor_that_cannot_be_met_is_no_number():
    game = game_of(one_chain(), holdings(("JPN", "AUS")))
    with pytest.raises(InfeasibleError):
        game.solve(0b11, floor={"JPN": 50.0})


def test_players_that_want_nothing_play_no_game():
    with pytest.raises(ScenarioError, match="want nothing"):
        game_of(one_chain(), holdings(("AUS",)))
