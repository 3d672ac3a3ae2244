"""The coalition game: the golden world, propositions P3 and P9, the shipped world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from strategies import sampled, worlds
from worlds import make_world, split

from supplychain.errors import ScenarioError
from supplychain.measures.shapley import shapley
from supplychain.scenarios.brings import brings, shortfalls
from supplychain.scenarios.characteristic import Terms, coalitions, held
from supplychain.scenarios.coalition import coalition_game, sampled_game
from supplychain.scenarios.players import Player, players_of, sourced_stocks

STRICT = Terms()
SELLING = Terms(severity=0.75, outsiders=1.0)


def singles(*names):
    return tuple(Player(c, (c,)) for c in names)


def table(world, players, terms=STRICT):
    """Return v by mask, on one session."""
    game = coalitions(world, held([p.places for p in players]), terms)
    return np.array([0.0, *(game.value(s) for s in range(1, 1 << len(players)))])


# -- GOLDENS T1-F 5 --------------------------------------------------------------------
PLAYERS = ("AUS", "USA", "IND", "JPN")
TONNES = 28.0  # what the four want together
GOLDEN = {
    "AUS": 0, "USA": 2, "IND": 1, "JPN": 0, "AUS+JPN": 6, "USA+JPN": 16 / 3,
    "IND+JPN": 10 / 3, "AUS+USA+JPN": 8, "AUS+IND+JPN": 7, "USA+IND+JPN": 8,
    "AUS+USA+IND+JPN": 9,
}


@pytest.fixture(scope="module")
def golden(magnets):
    return coalition_game(magnets, players=singles(*PLAYERS))


def test_values_of_the_five_country_world(golden):
    found = golden.values.set_index("members").value * TONNES / 100
    assert found[list(GOLDEN)].to_dict() == pytest.approx(GOLDEN, abs=1e-6)
    assert golden.total * TONNES / 100 == pytest.approx(9)


def test_shapley_of_the_five_country_world(golden):
    tonnes = golden.rows.set_index("player").shapley * TONNES / 100
    assert tonnes.round(4).to_dict() == {
        "AUS": 1.2778, "USA": 2.5, "IND": 1.3333, "JPN": 3.8889}


def test_shape_of_the_five_country_world(golden):
    assert golden.superadditive
    assert not golden.convex
    assert golden.core.nonempty
    # JPN alone makes magnets of what the others mine, so that AUS and JPN give 6 of
    # the 9; the Shapley value gives the two 5.17 and falls out of the core.
    assert golden.excess * TONNES / 100 == pytest.approx(6 - 1.2778 - 3.8889, abs=1e-3)
    assert golden.blocking == ("AUS", "JPN")


# -- P9 --------------------------------------------------------------------------------
def test_halves_of_a_country_are_worth_the_same(magnets):
    halves = split(magnets, "USA", "USB")
    found = coalition_game(halves, players=singles("AUS", "USA", "USB", "JPN")).rows
    phi = found.set_index("player").shapley
    assert phi["USA"] == pytest.approx(phi["USB"], abs=1e-6)
    assert phi["USA"] > 1


def test_efficiency_and_a_player_with_nothing(magnets):
    players = (*singles(*PLAYERS), Player("nobody", ()))
    rows = coalition_game(magnets, players=players).rows.set_index("player")
    assert rows.shapley["nobody"] == pytest.approx(0.0, abs=1e-6)
    assert rows.shapley.sum() == pytest.approx(900 / 28)


def test_additivity_over_shocks(magnets):
    players = singles(*PLAYERS)
    shocks = [table(magnets, players, Terms(severity=s)) for s in (1.0, 0.75)]
    assert shapley(sum(shocks)) == pytest.approx(sum(map(shapley, shocks)))
    assert shocks[1][-1] > shocks[0][-1]


def test_sampling_covers_the_exact_value(magnets, golden):
    game, sample = sampled_game(
        magnets, players=singles(*PLAYERS), pairs=25, seed=4)
    exact = golden.rows.shapley.to_numpy()
    assert np.all((sample.low <= exact) & (exact <= sample.high))
    assert sample.evaluated <= 15
    assert set(game.rows.method) == {"sampled"}
    assert game.rows.marginal.to_numpy() == pytest.approx(golden.rows.marginal)


# -- P3: joining -----------------------------------------------------------------------
@sampled(worlds(), st.sampled_from((1.0, 0.75)), st.sampled_from((0.0, 1.0)),
         st.sampled_from(("final", "curve", "all")), few=12, many=30)
def test_a_union_is_worth_its_parts_at_least(world, severity, outsiders, counts):
    players = singles(*(c for c in world.places if c in {"IND", "USA", "JPN"}))
    assume(any(c in {p.name for p in players} for _, c in world.network.final))
    v = table(world, players, Terms(severity, outsiders, counts))
    for s in range(1, len(v)):
        for t in range(1, len(v)):
            if not s & t:
                assert v[s | t] >= v[s] + v[t] - 1e-5


def rivals():
    """Ore of AUS makes its own magnets or JPN's chips, which are worth five."""
    return make_world(
        order=("ore", "magnet", "chip"),
        output={("ore", "AUS"): 10.0, ("ore", "CHN"): 10.0, ("magnet", "AUS"): 10.0,
                ("chip", "JPN"): 10.0},
        recipes={("magnet", "ore"): (1.0, 1.0), ("chip", "ore"): (1.0, 1.0)},
        flows={("ore", "AUS", "AUS"): 10.0, ("ore", "CHN", "JPN"): 10.0,
               ("magnet", "AUS", "AUS"): 10.0, ("chip", "JPN", "JPN"): 10.0},
        final={("magnet", "AUS"): 10.0, ("chip", "JPN"): 10.0},
        value={"magnet": 1.0, "chip": 5.0},
    )


def test_an_incumbent_alone_may_lose_by_a_joint_program():
    game = coalitions(rivals(), held([("AUS",), ("JPN",)]), STRICT)
    assert game.value(0b01) == pytest.approx(100 / 6)
    before = game.served(game.solve(0b01))["AUS"]
    joint = game.solve(0b11)
    assert -joint.objective == pytest.approx(500 / 6)
    assert game.served(joint)["AUS"] == pytest.approx(0.0)
    assert before == pytest.approx(100 / 6)
    # No-harm: the incumbent keeps what it had alone.
    kept = game.solve(0b11, floor={"AUS": before * (1 - 1e-7)})
    assert game.served(kept)["AUS"] == pytest.approx(before)
    # With the newcomer's demand left out it cannot lose either.
    apart = coalitions(rivals(), {"AUS": (1, 1, 1), "JPN": (2, 4, 2)}, STRICT)
    assert apart.value(0b011) == pytest.approx(game.value(0b01))


@sampled(worlds(), few=10, many=30)
def test_no_incumbent_loses_with_a_floor_or_without_the_newcomers_demand(world):
    players = [c for c in world.places if c in {"IND", "USA", "JPN"}]
    *old, new = players
    assume(any(c in old for _, c in world.network.final))
    masks = dict.fromkeys(old, (1, 1, 1)) | {new: (2, 4, 2)}
    game = coalitions(world, masks, STRICT)
    before = game.solve(0b001)
    floor = {
        c: v * (1 - 1e-6) - 1e-8
        for c, v in game.served(before).items() if c in old and v > 1e-6
    }
    after = game.served(game.solve(0b111, floor=floor))
    assert all(after[c] >= least - 1e-6 for c, least in floor.items())
    assert game.value(0b011) >= -before.objective - 1e-5


# -- the shipped world -----------------------------------------------------------------
def test_players_of_the_shipped_world(world):
    players = players_of(world)
    places = [c for p in players for c in p.places]
    assert len(players) <= 12
    assert len(places) == len(set(places))
    assert not {"CHN", "ROW", "UNA", "OTH", *world.joint} & set(places)
    standing = {p.name: p.standing for p in players}
    assert standing["IND"] == "country studied"
    assert (standing["europe"], standing["TWN"]) == ("member", "candidate")
    members = players_of(world, candidates=False)
    assert [p for p in players if p.standing != "candidate"] == list(members)


def test_everyone_plays_alone_unless_grouped(world):
    alone = players_of(world, grouped=False)
    assert all(p.places == (p.name,) for p in alone)
    grouped = players_of(world)
    assert {c for p in grouped for c in p.places} == {p.name for p in alone}


def test_joint_figures_flatter_those_who_share_them(world):
    """Chips of DEU and USA together, wanted in IND: a veto each, or nobody's merit."""
    chips = make_world(
        order=("chip",), output={("chip", "XDU"): 10.0}, recipes={},
        flows={("chip", "XDU", "IND"): 10.0}, final={("chip", "IND"): 10.0},
        members={"DEU": "full", "USA": "full"},
    )
    countries = chips.countries.copy()
    countries.loc["XDU", "members"] = "DEU;USA"
    chips = replace(chips, countries=countries)
    three = (Player("IND", ("IND",)), Player("DEU", ()), Player("USA", ()))
    apart = coalition_game(chips, players=(*three, Player("joint figures", ("XDU",))))
    assert apart.rows.shapley.tolist() == pytest.approx([50, 0, 0, 50], abs=1e-6)
    assert "that player inside" in apart.statement
    found = players_of(world, joint_apart=True)[-1]
    assert (found.standing, set(found.places)) == ("joint figures", set(world.joint))


def test_a_group_without_the_country_studied_loses_it(world):
    studied = replace(world, model=world.model.revised(country="JPN", player_groups={
        "east": ["JPN", "KOR"], "union": ["EUU"]}))
    found = {p.name: p for p in players_of(studied)}
    assert found["JPN"].places == ("JPN",)
    assert found["east"].places == ("KOR",)
    assert "DEU" in found["union"].places


def test_a_stock_of_days_counts_against_need(world):
    stocks = sourced_stocks(world)
    need = world.network.need["ndfeb_magnet"]["IND"]
    assert stocks["ndfeb_magnet", "IND"] == pytest.approx(42 / 365 * need)
    assert not any(c in {"UNA", "ROW", "OTH"} for _, c in stocks)


@pytest.fixture(scope="module")
def pair(world):
    """Six players of the shipped world, on both terms."""
    players = [p for p in players_of(world) if p.name in {
        "IND", "USA", "JPN", "KOR", "europe", "TWN"}]
    return [(t, table(world, players, t)) for t in (STRICT, SELLING)]


def test_more_is_sold_more_is_served_and_nothing_is_above_baseline(pair):
    (_, strict), (_, selling) = pair
    assert np.all(selling >= strict - 1e-6)
    assert 0 < strict[-1] < selling[-1] < 100


def test_terms_are_stated_beside_the_number(world):
    game = coalition_game(world, players=singles("IND", "JPN"), terms=SELLING)
    assert set(game.rows.characteristic_function) == {game.statement}
    for words in ("CHN sells it 25% of baseline", "up to 100% of baseline", "uncapped"):
        assert words in game.statement


def test_what_a_member_brings_adds_up_to_what_it_is_worth(world):
    players = [p for p in players_of(world) if p.name in {"IND", "USA", "europe"}]
    found = brings(world, players=players, terms=SELLING)
    game = coalition_game(world, players=players, terms=SELLING)
    total = found.groupby("player").shapley.sum()
    marginal = game.rows.set_index("player").marginal
    assert total.to_dict() == pytest.approx(marginal.to_dict(), abs=1e-5)
    unknown = found[found.note != ""]
    assert set(unknown.player) == {"europe"}
    assert unknown.shapley.isna().all()


def test_what_all_members_lack(world):
    found = shortfalls(world)
    lack = found.products.set_index("good")
    assert lack.served.le(lack.wanted + 1e-6).all()
    # No source allocates a solar panel to a player: nothing is made inside.
    assert "solar_panel" in lack.none_inside["solar_panel"]
    assert (found.inputs.gain >= -1e-6).all()
    assert found.inputs.gain.is_monotonic_decreasing
    assert (found.inputs.inside < found.inputs.need).all()


# -- what is refused -------------------------------------------------------------------
@pytest.mark.parametrize(("players", "message"), [
    ((), "needs a player"),
    ((Player("x", ("CHN",)),), "is the target"),
    ((Player("x", ("QQQ",)),), "no place of the world"),
    ((Player("x", ("JPN",)), Player("y", ("JPN", "IND"))), "plays for x already"),
    (tuple(Player(str(n), ()) for n in range(13)), "use sampled_game"),
])
def test_players_that_cannot_play(magnets, players, message):
    with pytest.raises(ScenarioError, match=message):
        coalition_game(magnets, players=players)


@pytest.mark.parametrize(("terms", "message"), [
    ({"severity": 1.5}, "severity 1.5"), ({"outsiders": -0.1}, "outsiders -0.1"),
    ({"counts": "money"}, "cannot count 'money'"),
])
def test_terms_out_of_range(terms, message):
    with pytest.raises(ScenarioError, match=message):
        Terms(**terms)


# -- slow ------------------------------------------------------------------------------
@pytest.mark.slow
def test_all_members_of_the_shipped_world(world):
    game = coalition_game(world, players=players_of(world, candidates=False))
    assert len(game.values) == 1023
    assert game.superadditive
    assert game.core.nonempty
    assert game.rows.shapley.sum() == pytest.approx(game.total)
