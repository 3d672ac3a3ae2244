"""The Shapley value: textbook games, its four axioms, sampling, the shape of a game."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from supplychain.measures.shapley import (
    convexity_violation,
    largest_excess,
    marginals,
    sampled_shapley,
    shapley,
    superadditivity_violation,
)

TEXTBOOK = [0, 1, 2, 4, 0, 3, 3, 6]
GLOVES = [0, 0, 0, 1, 0, 1, 0, 1]
AIRPORT = [0, 1, 2, 2, 3, 3, 3, 3]  # costs: subadditive, the reverse of a game


def games(n, seed, count=20):
    """Draw games of n players."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        v = rng.normal(size=1 << n)
        v[0] = 0.0
        yield v


# -- textbooks (GOLDENS T1-F 8) --------------------------------------------------------
@pytest.mark.parametrize(("game", "expected"), [
    (TEXTBOOK, [13 / 6, 8 / 3, 7 / 6]),
    (GLOVES, [2 / 3, 1 / 6, 1 / 6]),
    (AIRPORT, [1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 1]),
    ([0, 5], [5]),
])
def test_textbook_games(game, expected):
    assert shapley(game) == pytest.approx(expected, abs=1e-12)


def test_it_is_the_mean_gain_over_all_orders():
    (v,) = games(4, seed=3, count=1)
    gains = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        mask = 0
        for i in order:
            gains[i] += v[mask | 1 << i] - v[mask]
            mask |= 1 << i
    assert shapley(v) == pytest.approx(gains / len(orders))


def test_marginals_are_what_the_rest_would_miss():
    assert marginals(TEXTBOOK).tolist() == [3, 3, 2]


# -- the axioms (P9) -------------------------------------------------------------------
@pytest.mark.parametrize("n", [2, 5, 8])
def test_efficiency_and_additivity(n):
    one, other = games(n, seed=n, count=2)
    assert shapley(one).sum() == pytest.approx(one[-1])
    assert shapley(one + 2 * other) == pytest.approx(shapley(one) + 2 * shapley(other))


def test_players_that_bring_the_same_get_the_same():
    (small,) = games(4, seed=1, count=1)
    # Player 4 is a clone of player 3: either will do, both bring the same again.
    v = np.array([
        small[m & 7 | (8 if m >> 3 else 0)] + (m >> 3 == 3) for m in range(32)
    ])
    phi = shapley(v)
    assert phi[3] == pytest.approx(phi[4])


def test_a_player_that_adds_a_constant_gets_just_that():
    (small,) = games(4, seed=2, count=1)
    dummy = np.concatenate([small, small + 0.7])
    assert shapley(dummy) == pytest.approx([*shapley(small), 0.7])


# -- sampling --------------------------------------------------------------------------
def test_intervals_cover_the_exact_value_as_often_as_they_say():
    covered = []
    for seed, v in enumerate(games(6, seed=11, count=40)):
        found = sampled_shapley(v.__getitem__, 6, pairs=30, seed=seed)
        exact = shapley(v)
        covered += list((found.low <= exact) & (exact <= found.high))
        assert found.value.sum() == pytest.approx(v[-1])
    assert 0.91 <= np.mean(covered) <= 0.99


def test_sampling_asks_each_coalition_once_and_repeats_with_its_seed():
    (v,) = games(4, seed=5, count=1)
    asked = []

    def value(mask):
        asked.append(mask)
        return v[mask]

    first = sampled_shapley(value, 4, pairs=50, seed=9)
    assert len(asked) == len(set(asked)) == first.evaluated <= 15
    again = sampled_shapley(v.__getitem__, 4, pairs=50, seed=9)
    assert np.array_equal(first.value, again.value)
    other = sampled_shapley(v.__getitem__, 4, pairs=50, seed=10)
    assert not np.array_equal(first.value, other.value)


def test_pairs_of_opposite_orders_leave_no_error_in_a_quadratic_game():
    weight = np.array([1.0, 2.0, 5.0])

    def value(mask):
        return float(sum(w for i, w in enumerate(weight) if mask >> i & 1) ** 2)

    found = sampled_shapley(value, 3, pairs=2, seed=0)
    assert found.error == pytest.approx(np.zeros(3), abs=1e-12)
    assert found.value == pytest.approx(weight * weight.sum())


# -- the shape of a game ---------------------------------------------------------------
def test_a_game_that_is_super_additive_but_not_convex():
    assert superadditivity_violation(GLOVES) is None
    assert convexity_violation(GLOVES) == (0b001, 1, 2)


def test_a_convex_game_keeps_the_shapley_value_in_the_core():
    square = [bin(m).count("1") ** 2 for m in range(16)]
    assert superadditivity_violation(square) is None
    assert convexity_violation(square) is None
    assert largest_excess(square, shapley(square))[0] <= 0


def test_the_first_pair_that_loses_by_merging_is_named():
    game = [0, 1, 1, 2, 1, 2, 1.5, 3]
    assert superadditivity_violation(game) == (0b010, 0b100)


@pytest.mark.parametrize("n", [3, 5])
def test_violations_are_found_where_a_plain_search_finds_them(n):
    for v in games(n, seed=7 * n):
        v = np.maximum.accumulate(np.abs(v)) * np.arange(1 << n) ** 0.3
        v[0] = 0.0
        masks = range(1, 1 << n)
        pairs = [(s, t) for s in masks for t in masks
                 if s < t and not s & t and v[s | t] < v[s] + v[t] - 1e-9]
        assert superadditivity_violation(v) == (min(pairs) if pairs else None)


def test_the_worst_off_coalition_is_named():
    excess, coalition = largest_excess(GLOVES, [1.0, 0.0, 0.0])
    assert (excess, coalition) == (0.0, 0b010)
    assert largest_excess(GLOVES, [0.0, 0.5, 0.5]) == (0.5, 0b011)
    assert largest_excess([0, 5], [5]) == (0.0, 0)


# -- what is no game -------------------------------------------------------------------
@pytest.mark.parametrize(("values", "message"), [
    ([0, 1, 2], "no table"), ([0], "no table"), ([1, 2], "empty coalition"),
    ([0, np.nan], "no finite value"), (np.zeros(1 << 13), "use sampled_shapley"),
])
def test_what_is_no_table_of_a_game(values, message):
    with pytest.raises(ValueError, match=message):
        shapley(values)


@pytest.mark.parametrize(("players", "pairs", "message"), [
    (0, 10, "0 players"), (63, 10, "63 players"), (3, 1, "draw 2 or more"),
])
def test_what_cannot_be_sampled(players, pairs, message):
    with pytest.raises(ValueError, match=message):
        sampled_shapley(float, players, pairs=pairs, seed=0)
