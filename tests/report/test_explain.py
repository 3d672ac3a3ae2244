"""Explaining a number, and the record of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from supplychain.report.explain import explain
from supplychain.report.record import run_hash
from supplychain.report.words import Words
from supplychain.scenarios.chains import chains
from supplychain.tables.model_parts import AssumptionDelta

if TYPE_CHECKING:
    from supplychain.world.world import World


def test_explain_says_when_flows_are_not_observed(world: World) -> None:
    console = Console(width=200, record=True, quiet=False)
    with console.capture() as said:
        explain(world, "smartphone", console, country="IND")
    assert "not observed" in said.get()
    # The whole path is told, up to a good of which the smartphone is made.
    path = chains(world, goods=("smartphone",), with_status=False).paths
    goods = [step.good for step in path["smartphone", "IND"].steps]
    assert goods[-1] in set(world.network.upstream["smartphone"]) - {"smartphone"}
    words = Words(world)
    for good in goods:
        assert words.good(good).lower() in said.get().lower(), good
        assert f"production {good}|" in said.get(), good


def test_run_hash_changes_with_an_assumption_and_only_then(world: World) -> None:
    same = world.with_(())
    other = world.with_(AssumptionDelta(name="nu1", value=0.5))
    assert run_hash(same) == run_hash(world)
    assert run_hash(other) != run_hash(world)


def test_words_fall_back_to_codes(world: World) -> None:
    words = Words(world)
    assert words.country("ZZZ") == "ZZZ"
    assert words.good("nothing") == "nothing"
    assert words.node("gallium@CHN") == "Gallium, China"
