"""Batches: many tasks on one world, over an executor, resumable.

A job is a top-level function ``job(world, task)``, so that it can be sent to a
process or a cluster. Its results are lists, mappings, texts and numbers where the
batch is to be resumable: those are kept as JSON, one file a task.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supplychain.files import write_text
from supplychain.home import code_version

if TYPE_CHECKING:
    from supplychain.world.world import World

__all__ = ["Job", "Progress", "chunks", "run_batch"]

Job = Callable[["World", Any], Any]
Progress = Callable[[str, int, int], None]

_WORLD: World | None = None


def _start(world: World) -> None:
    global _WORLD
    _WORLD = world


def _run(job: Job, task: object) -> object:
    """Run one task on the process's world."""
    if _WORLD is None:
        raise RuntimeError("worker started without a world")
    return job(_WORLD, task)


def _method() -> str:
    """Fork where it is safe and quick, else spawn."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"


Submit = Callable[[Job, Any], "Future[Any]"]


@contextmanager
def _pool(world: World, executor: Executor | None) -> Iterator[Submit]:
    """Yield what submits a task: to one's own executor, or to two processes.

    One's own executor is sent the world with each task; whatever has not begun is
    cancelled when the block ends early.
    """
    if executor is not None:
        yield lambda job, task: executor.submit(job, world, task)
        return
    pool = ProcessPoolExecutor(
        min(2, os.cpu_count() or 1), initializer=_start, initargs=(world,),
        mp_context=multiprocessing.get_context(_method()),
    )
    try:
        yield lambda job, task: pool.submit(partial(_run, job), task)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def chunks(items: Sequence[Any], parts: int) -> list[tuple[Any, ...]]:
    """Cut a sequence into runs of neighbors, so that each is solved warm.

    Parameters
    ----------
    items : sequence
    parts : int
        How many runs at most.

    Returns
    -------
    list of tuple
        In order, as even as can be, none empty.

    Examples
    --------
    >>> chunks("abcde", 2)
    [('a', 'b', 'c'), ('d', 'e')]
    """
    size, rest = divmod(len(items), max(1, parts))
    result, at = [], 0
    for n in range(parts):
        step = size + (n < rest)
        if step:
            result.append(tuple(items[at:at + step]))
        at += step
    return result


def run_batch(
    world: World,
    job: Job,
    tasks: Sequence[Any],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
    title: str | Callable[[Any], str] = "",
) -> list[Any]:
    """Run a job on every task and return the results in the order of the tasks.

    Parameters
    ----------
    world : World
    job : callable
        ``job(world, task)``, importable by name.
    tasks : sequence
        Each with a ``repr`` that tells it from the others.
    executor : concurrent.futures.Executor, optional
        Where tasks run; two processes by default, this one if there is one task.
    progress : callable, optional
        Called with (title, tasks done, tasks in all).
    keep : pathlib.Path, optional
        Folder of finished results. A batch that was interrupted and is run again
        on the same world with the same code solves only what is missing. Nothing
        is kept where the checkout has changes that are not committed.
    title : str, or callable of a task
        What progress is said to be about.

    Returns
    -------
    list

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> def double(world, task):
    ...     return 2 * task
    >>> run_batch(load_world(), double, [21])
    [42]
    """
    found: dict[int, Any] = {}
    files = _files(world, job, tasks, keep)
    for n, file in enumerate(files):
        if file is not None and file.exists():
            found[n] = json.loads(file.read_text(encoding="utf-8"))

    def done(n: int, result: object) -> None:
        file = files[n]
        if file is not None:
            write_text(file, json.dumps(result))
        found[n] = result
        if progress is not None:
            said = title if isinstance(title, str) else title(tasks[n])
            progress(said, len(found), len(tasks))

    missing = [n for n in range(len(tasks)) if n not in found]
    if len(missing) <= 1 and executor is None:
        for n in missing:
            done(n, job(world, tasks[n]))
        return [found[n] for n in range(len(tasks))]
    with _pool(world, executor) as submit:
        futures = {submit(job, tasks[n]): n for n in missing}
        try:
            for future in as_completed(futures):
                done(futures[future], future.result())
        except BaseException:
            for future in futures:
                future.cancel()
            raise
    return [found[n] for n in range(len(tasks))]


def _files(
    world: World, job: Job, tasks: Sequence[Any], keep: Path | None
) -> list[Path | None]:
    """Return where the result of each task is kept: named by all it depends on."""
    version = code_version()
    if keep is None or version.endswith(".dirty"):
        return [None] * len(tasks)  # changed code has no name of its own
    head = (world.hash, world.model.hash, version, job.__module__, job.__qualname__)
    names = [
        hashlib.sha256(repr((*head, task)).encode()).hexdigest()[:24] for task in tasks
    ]
    return [keep / f"{name}.json" for name in names]
