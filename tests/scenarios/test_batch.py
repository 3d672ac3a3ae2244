"""Batches: in order, over any executor, interrupted and resumed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.scenarios import batch
from supplychain.scenarios.batch import chunks, run_batch

CALLS: list[int] = []


def squared(world, task):
    CALLS.append(task)
    return {"task": task, "square": task * task, "hash": world.hash}


class Counting(ThreadPoolExecutor):
    """An executor of one's own."""

    asked = 0

    def submit(self, *args, **kwargs):
        self.asked += 1
        return super().submit(*args, **kwargs)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    CALLS.clear()
    monkeypatch.setattr(batch, "code_version", lambda: "1.0+abc")


def test_results_come_in_the_order_of_the_tasks(tiers):
    found = run_batch(tiers, squared, [3, 1, 2])
    assert [r["square"] for r in found] == [9, 1, 4]
    assert CALLS == []  # they ran in other processes


def test_ones_own_executor_runs_the_tasks(tiers):
    seen = []
    with Counting(2) as pool:
        found = run_batch(tiers, squared, [1, 2, 3], executor=pool, title="squares",
                          progress=lambda *what: seen.append(what))
    assert [r["square"] for r in found] == [1, 4, 9]
    assert pool.asked == 3
    assert seen == [("squares", n, 3) for n in (1, 2, 3)]


def test_an_interrupted_batch_solves_only_what_is_missing(tiers, tmp_path):
    def stop(_, done, __):
        if done == 2:
            raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt):
        run_batch(tiers, squared, [1, 2, 3, 4], executor=pool, keep=tmp_path,
                  progress=stop)
    kept = {int(f.read_text().split('"task": ')[1].split(",")[0])
            for f in tmp_path.glob("*.json")}
    assert {1, 2} <= kept
    CALLS.clear()
    with ThreadPoolExecutor(1) as pool:
        found = run_batch(tiers, squared, [1, 2, 3, 4], executor=pool, keep=tmp_path)
    assert [r["square"] for r in found] == [1, 4, 9, 16]
    assert not set(CALLS) & kept


@pytest.mark.parametrize("other", ["world", "code", "task"])
def test_what_was_kept_for_something_else_is_not_taken(
    tiers, magnets, tmp_path, monkeypatch, other
):
    run_batch(tiers, squared, [1], keep=tmp_path)
    world, task = tiers, 1
    if other == "world":
        world = magnets
    elif other == "code":
        monkeypatch.setattr(batch, "code_version", lambda: "1.0+def")
    else:
        task = 5
    (found,) = run_batch(world, squared, [task], keep=tmp_path)
    assert len(CALLS) == 2
    assert found["hash"] == world.hash


def test_changed_code_keeps_nothing(tiers, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "code_version", lambda: "1.0+abc.dirty")
    run_batch(tiers, squared, [1], keep=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_a_task_is_raised(tiers):
    with ThreadPoolExecutor(1) as pool, pytest.raises(TypeError):
        run_batch(tiers, squared, ["a", "b"], executor=pool)


@given(st.lists(st.integers()), st.integers(1, 9))
def test_chunks_are_all_of_it_and_even(items, parts):
    found = chunks(items, parts)
    assert [x for part in found for x in part] == items
    assert all(found) or not items
    sizes = [len(part) for part in found]
    assert not sizes or max(sizes) - min(sizes) <= 1
