"""The binding path: every step can be recomputed from what it stores."""

from __future__ import annotations

import pytest
from worlds import chain_of, make_world

from supplychain.measures.dependency import (
    binding_path,
    chain_survival,
    direct,
    look_through,
    survival,
)
from supplychain.scenarios.chains import chains
from supplychain.scenarios.levers import Levers

GOODS = ("electric_car", "smartphone", "defence_radar", "ai_server", "infrared_optics",
         "ndfeb_magnet", "logic_advanced", "gallium", "cathode")
CHINA = frozenset({"CHN"})


@pytest.fixture(scope="module")
def levers(world):
    return Levers(world)


@pytest.fixture(scope="module")
def paths(world):
    """Binding paths of several goods, one a reference group."""
    return chains(world, goods=GOODS, with_status=False).paths


def each(paths, good):
    """Return the paths of one good that lose something."""
    found = [path for (g, _), path in paths.items() if g == good]
    assert found
    return found


def terms(net, path, step, left):
    """Return for each input of a step's node its sigma and its term of A.

    Written from MODEL section 4: sigma is the share of the country's use of the
    input that the chain takes.
    """
    result = {}
    chain = net.upstream[path.good]
    for used, (_, phi) in net.inputs[step.good].items():
        taken = sum(
            net.inputs[p][used][0] * net.primary(p, step.country)
            for p in chain if used in net.inputs[p]
        )
        sigma = taken / net.need[used][step.country]
        arrives = {i: v for (g, i, j), v in net.flow.items()
                   if (g, j) == (used, step.country)}
        got = sum(v * left[used, i] for i, v in arrives.items()) / sum(arrives.values())
        result[used] = sigma, 1 - phi * (1 - min(1.0, got / sigma))
    return result


@pytest.mark.parametrize("good", GOODS)
def test_a_is_what_sigma_phi_and_the_suppliers_of_each_step_make_of_it(
    world, levers, paths, good
):
    net = world.network
    for path in each(paths, good):
        for step in path.steps[1:]:
            got = sum(share * left for _, share, left in step.suppliers)
            if step.country in levers.targets:
                expected = 0.0
            elif not step.input:
                expected = levers.capital.get(step.good, 1.0)
            else:
                primary = got
                if step.input in net.inputs[step.good]:
                    phi = net.inputs[step.good][step.input][1]
                    primary = 1 - phi * (1 - min(1.0, got / step.sigma))
                kept = step.scrap + (1 - step.scrap) * primary
                expected = kept * levers.capital.get(step.good, 1.0)
            assert step.left == pytest.approx(expected, abs=1e-9), step


@pytest.mark.parametrize("good", GOODS)
def test_the_input_of_each_step_is_the_one_that_leaves_least(
    world, levers, paths, good
):
    net = world.network
    left = chain_survival(net, good, levers.targets, levers.capital)
    for path in each(paths, good):
        for step in path.steps[1:]:
            if step.input in net.inputs[step.good]:
                found = terms(net, path, step, left)
                sigma, term = found[step.input]
                assert step.sigma == pytest.approx(sigma)
                assert term <= min(value for _, value in found.values()) + 1e-9


@pytest.mark.parametrize("good", GOODS)
def test_each_step_goes_to_the_supplier_that_loses_most(paths, good):
    for path in each(paths, good):
        for step, after in zip(path.steps, path.steps[1:], strict=False):
            lost = {m: s * (1 - left) for m, s, left in step.suppliers}
            assert lost[after.country] == pytest.approx(max(lost.values()))


@pytest.mark.parametrize("good", GOODS)
def test_a_path_starts_at_its_consumer_and_ends_at_a_source(levers, paths, good):
    for path in each(paths, good):
        first, last = path.steps[0], path.steps[-1]
        assert (first.good, first.country) == (good, f"{path.country} (use)")
        assert path.loss == pytest.approx(1 - first.left)
        no_loss = path.loss < 1e-9
        assert no_loss or last.country in levers.targets or not last.input


@pytest.mark.parametrize("good", GOODS)
def test_the_loss_of_a_path_lies_between_ltp_and_ltd(world, levers, paths, good):
    net = world.network
    ltd = look_through(net, good, survival(net, levers.targets, levers.capital))
    chain = chain_of(world, good)
    for path in each(paths, good):
        ltp, _ = chain.solve((path.country,), "first", "frozen")
        assert ltp - 1e-6 <= path.loss <= ltd[path.country] + 1e-9


def test_the_path_of_the_three_tiers_by_hand(tiers):
    """A of magnets in JPN is .2 x A of oxide in the US, .4: what is left is .08."""
    path = binding_path(tiers.network, "magnet", "IND", CHINA, {})
    assert path.loss == pytest.approx(0.96)
    assert str(path) == "magnet@IND (use) < magnet@CHN"


def test_a_chain_that_comes_first_is_served_from_what_others_use():
    """Half the ore goes to other uses: first in line, the chain loses nothing."""
    world = make_world(
        order=("ore", "chip"),
        output={("ore", "CHN"): 50.0, ("ore", "JPN"): 50.0, ("chip", "JPN"): 50.0},
        recipes={("chip", "ore"): (1.0, 1.0)},
        flows={("ore", "CHN", "JPN"): 50.0, ("ore", "JPN", "JPN"): 50.0,
               ("chip", "JPN", "JPN"): 50.0},
        final={("chip", "JPN"): 50.0}, other={("ore", "JPN"): 50.0},
    )
    net = world.network
    assert direct(net, "ore", CHINA)["JPN"] == pytest.approx(0.5)
    assert survival(net, CHINA, {})["chip", "JPN"] == pytest.approx(0.5)
    assert chain_survival(net, "chip", CHINA, {})["chip", "JPN"] == pytest.approx(1.0)
