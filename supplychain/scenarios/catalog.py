"""The shipped scenarios: chosen by name or from a file, run, and kept as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.home import models_dir
from supplychain.scenarios.batch import Progress, run_batch
from supplychain.scenarios.whatif import ALL, Question, ask
from supplychain.tables.model import read_scenarios
from supplychain.tables.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor

    from supplychain.tables.model import Model
    from supplychain.tables.model_parts import Scenario
    from supplychain.world.world import World

__all__ = ["KEPT", "chosen", "kept_outcomes", "outcomes"]

KEPT = "outcomes.csv"
"""File of a model folder: what its scenarios do, kept to be compared with."""


def chosen(model: Model, names: Iterable[str]) -> list[Scenario]:
    """Return scenarios by name, or from files.

    Parameters
    ----------
    model : Model
    names : iterable of str
        A scenario of the model, ``FILE.yaml`` (all in it, in order) or
        ``FILE.yaml:NAME``.

    Returns
    -------
    list of Scenario

    Raises
    ------
    ScenarioError
        If there is none of a name; names the nearest.
    DataError
        With every fault of a file.

    Examples
    --------
    >>> from supplychain.tables.model import load_model
    >>> [s.title for s in chosen(load_model(), ["india_excluded"])]
    ['India is left out']
    """
    found: list[Scenario] = []
    for name in names:
        file, _, one = name.partition(".yaml")
        if not _:
            found.append(model.named(name))
            continue
        read = read_scenarios(Path(f"{file}.yaml"), model)
        one = one.removeprefix(":")
        if one and one not in read:
            raise ScenarioError(f"no scenario {one!r} there; {nearest(one, read)}")
        found += [read[one]] if one else list(read.values())
    return found


def _outcome(world: World, name: str) -> list[dict[str, object]]:
    """Answer one scenario; the job of a batch."""
    found = ask(world, Question.of([world.model.named(name)]), drivers=False)
    rows = found.rows[found.rows.good == ALL]
    return [
        {"scenario": name, **{k: v for k, v in row.items() if k != "good"}}
        for row in rows.to_dict("records")
    ]


def outcomes(
    world: World,
    names: Iterable[str] | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run scenarios and return what each does to the reference groups.

    Parameters
    ----------
    world : World
    names : iterable of str, optional
        All that the model ships by default.
    executor, progress
        See :func:`~supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    pandas.DataFrame
        By scenario and group: value of final products served before and after, the
        variant without any membership effect, and the difference, with ranges
        [share of baseline, 0-1].

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> found = outcomes(load_world(), ["india_excluded"])
    >>> list(found.group)[0], list(found.columns)[:2]
    ('IND', ['scenario', 'group'])
    """
    base = world.hash
    tasks = list(world.model.scenarios if names is None else names)
    found = run_batch(
        world, _outcome, tasks, executor=executor, progress=progress, title=str,
    )
    rows = pd.DataFrame([row for rows in found for row in rows])
    return rows.assign(world=base)


def kept_outcomes(model: str | Path) -> pd.DataFrame | None:
    """Return the outcomes that a model ships with, if it does.

    Parameters
    ----------
    model : str or pathlib.Path
        As for :func:`~supplychain.tables.model.load_model`.

    Returns
    -------
    pandas.DataFrame or None
        As :func:`outcomes` gives them; ``world`` is the hash of the world they are of.

    Examples
    --------
    >>> sorted(set(kept_outcomes("pax_silica").scenario))[:1]
    ['all_implement']
    """
    for folder in (Path(model), models_dir() / str(model)):
        if (folder / KEPT).is_file():
            return pd.read_csv(folder / KEPT, keep_default_na=False)
    return None
