"""The tutorial: a small world in a folder of one's own, run and shown."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from supplychain.errors import ScenarioError
from supplychain.home import models_dir
from supplychain.report.grid import grid
from supplychain.report.whatif import what_if_screen
from supplychain.report.words import Words
from supplychain.scenarios.chains import chains
from supplychain.scenarios.chokepoints import n_minus_1
from supplychain.scenarios.interdiction import NETWORK, interdict
from supplychain.scenarios.whatif import Question, ask
from supplychain.world.build import load_world

if TYPE_CHECKING:
    from rich.console import Console

    from supplychain.world.world import World

__all__ = ["NAME", "tutorial_screen", "tutorial_world", "write_tutorial"]

NAME = "tutorial"
"""The shipped model that is copied; its tables stand in its folder ``data``."""
_SEVERITY = 1.0
"""Of the what-if that is shown: nothing of the halted sales goes on."""


def write_tutorial(folder: Path) -> list[Path]:
    """Write the tutorial: ``model/`` with commented YAML, ``data/`` with CSV tables.

    The folder appears whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        New, or empty.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    ScenarioError
        If the folder holds anything, or is a file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     files = write_tutorial(Path(place) / "new")
    >>> sorted({path.suffix for path in files})
    ['.csv', '.yaml']
    """
    if folder.exists() and not folder.is_dir():
        raise ScenarioError(f"{folder} is a file; name a new or an empty folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise ScenarioError(
            f"{folder} is not empty, and nothing in it was touched; name a new or an "
            "empty folder")
    shipped = models_dir() / NAME
    whole = folder.resolve()
    whole.parent.mkdir(parents=True, exist_ok=True)
    beside = whole.with_name(f".{whole.name}-{os.getpid()}")
    try:
        for part, here in (("model", shipped), ("data", shipped / "data")):
            (beside / part).mkdir(parents=True)
            for path in sorted(p for p in here.iterdir() if p.is_file()):
                shutil.copyfile(path, beside / part / path.name)
        if whole.is_dir():
            whole.rmdir()
        beside.rename(whole)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return sorted(p for p in folder.rglob("*") if p.is_file())


def tutorial_world(folder: Path) -> World:
    """Return the world of a tutorial folder, as it is written there now.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    World

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     _ = write_tutorial(Path(place, "new"))
    ...     len(tutorial_world(Path(place, "new")).nodes)
    13
    """
    return load_world(folder / "model", data=folder / "data")


def tutorial_screen(world: World, console: Console, folder: Path) -> None:
    """Print a dependency, a what-if and N-1 of the tutorial, and how to go on.

    Parameters
    ----------
    world : World
    console : rich.console.Console
    folder : pathlib.Path
        Where it was written.
    """
    words, scope = Words(world), world.model.scope
    country, target = words.country(scope.country), words.country(scope.target)
    need = float(world.demand.final.sum())
    console.print(
        f"{scope.title}: {len(world.goods)} goods, {len(world.places)} countries. "
        f"Written to {folder}: data/ holds what is taken as fact, model/ what is "
        "assumed, each line explained. No figure is a fact about a country.",
        highlight=False)

    _heading(console, f"1. How far does the world depend on {target}?")
    _dependency(world, words, console)
    console.print(
        f"{target} halts all exports and goes on buying. DD: what is bought there "
        "directly; LTD: through all stages; ID: what no re-sourcing within capacities "
        f"can replace. Rupture: {target} buys nothing either.", style="dim",
        highlight=False)

    _heading(console, f"2. What if {country} became a full member?")
    question = Question.of([next(iter(world.model.scenarios.values()))])
    found = ask(world, replace(question, severity=_SEVERITY), drivers=False)
    what_if_screen(found, console)

    _heading(console, "3. Which plants can the world not lose?")
    _single_points(world, words, console)
    _worst(world, words, console, need)

    _heading(console, "4. Change something and run again")
    _how(console, scope.country, folder)


def _heading(console: Console, text: str) -> None:
    console.print(f"\n{text}", style="bold", highlight=False)


def _dependency(world: World, words: Words, console: Console) -> None:
    rows = chains(world, with_status=False).dependency
    rows = rows[rows.good.isin(world.network.finals)].set_index(["group", "kind"])
    table = grid("Share of need lost", "who needs it", "DD", "LTD", "ID",
                 "ID, rupture", left=1)
    for group in rows.index.unique("group"):
        halt, gone = rows.loc[(group, "export_halt")], rows.loc[(group, "rupture")]
        table.add_row(words.group(group), *(
            f"{x:.3f}" for x in (halt.dd, halt.ltd, halt.id, gone.id)))
    console.print(table)


def _single_points(world: World, words: Words, console: Console) -> None:
    nodes = n_minus_1(world, detail=0).nodes
    table = grid("One node lost for a year: share of the final value lost",
                 "node", "lost", "with trade free", left=1)
    for r in nodes[nodes.loss > 0].head(5).itertuples():
        table.add_row(f"{words.short(r.good)}, {words.country(r.country)}",
                      f"{r.loss:.3f}", f"{r.loss_free:.3f}")
    console.print(table)


def _worst(world: World, words: Words, console: Console, need: float) -> None:
    found = interdict(world, [NETWORK], channels=["free"], min_producers=1).attacks
    unit = world.goods.unit[world.goods.final].iloc[0]
    table = grid("The worst loss of k nodes, with trade free",
                 "k", f"served [{unit}]", "nodes lost", left=1)
    for r in found.itertuples():
        nodes = [n.split("|") for n in r.attacked.split("; ") if n]
        table.add_row(str(r.k), f"{r.value * need:g} of {need:g}", "; ".join(
            f"{words.short(g)} {words.country(c)}" for g, c in nodes) or "-")
    console.print(table)


def _how(console: Console, country: str, folder: Path) -> None:
    """Print commands that can be copied as they stand."""
    at = shlex.quote(str(folder))
    where = f"--model {at}/model --data {at}/data"
    steps = (
        (f"In {folder}/data/capacity.csv give Japan's magnet plants 12 t instead of 6 "
         f"t, and in {folder}/model/assumptions.yaml let plants double within a year "
         "(surge: high and central 1); see that all tables hold together, and run "
         "again:", f"supplychain check {where}"),
        ("", f"supplychain tutorial {at} --again"),
        ("Change an assumption for one run:",
         f"supplychain what-if --scenario joins --set nu1=0.8 {where}"),
        ("Lose a plant, without any other shock:",
         f"supplychain what-if --scenario japan_stops --shock none "
         f"{where}"),
        ("See where a number comes from:",
         f"supplychain explain magnet --country {country} {where}"),
        ("Everything, tables, figures and report:",
         f"supplychain analyze {where} --out {at}/results"),
    )
    for text, command in steps:
        if text:
            console.print(text, highlight=False)
        console.print(f"  {command}", highlight=False, soft_wrap=True)
