"""What a figure is drawn from: a world, what is asked, and results as needed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.errors import ScenarioError
from supplychain.plot.style import percent
from supplychain.report.record import run_hash
from supplychain.report.words import Words
from supplychain.scenarios.analysis import Analysis
from supplychain.scenarios.chains import chains, group_labels
from supplychain.scenarios.chokepoints import Chokepoints, n_minus_1
from supplychain.scenarios.ladder import Ladder, ladder_cells
from supplychain.scenarios.parse import CALM
from supplychain.scenarios.sensitivity import assumption_names, sensitivity
from supplychain.scenarios.whatif import Comparison, Question, ask
from supplychain.tables.names import nearest
from supplychain.world.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supplychain.scenarios.batch import Progress

__all__ = ["Context", "Options", "context_of"]


@dataclass(frozen=True)
class Options:
    """What is asked of a figure; each figure reads what it needs.

    Attributes
    ----------
    good : str, optional
        One product or material; the figure's own choice by default.
    shock : str
        Under which nodes stop, in words; see
        :func:`~supplychain.scenarios.parse.parse_shock`.
    severity : float, optional
        Of the shock, 0..1; the model's central one.
    group : str, optional
        Label of a reference group.
    headline : str
        The number that a tornado is about.
    scenario : tuple of str
        Named scenarios that a comparison is about; the model's first by default.
    changes : tuple of str
        What a comparison changes besides, as in ``pax_silica.IND=full``.
    count : int, optional
        Most rows or goods shown.
    """

    good: str | None = None
    shock: str = CALM
    severity: float | None = None
    group: str | None = None
    headline: str = "gain_halt_country"
    scenario: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    count: int | None = None


@dataclass(frozen=True, eq=False)
class Context:
    """A world and what is known about it; the rest is computed when asked for.

    Attributes
    ----------
    world : World
    options : Options
    scenario : str
        Name of the scenario that the world stands for, for the captions.
    folder : pathlib.Path, optional
        Results of a run: tables are read from it where its run is this world's.
    results : mapping of str to object
        What is known already, by table: dependency, ladder, sensitivity,
        chokepoints (frames), comparison.
    progress : callable, optional
        Called while something long runs.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> Context(load_world()).target
    'China'
    """

    world: World
    options: Options = field(default_factory=Options)
    scenario: str = "base"
    folder: Path | None = None
    results: Mapping[str, object] = field(default_factory=dict)
    progress: Progress | None = None

    # -- words ------------------------------------------------------------------
    @cached_property
    def words(self) -> Words:
        """Codes into words."""
        return Words(self.world)

    @property
    def country(self) -> str:
        """The country studied, in words."""
        return self.words.country(self.world.model.scope.country)

    @property
    def target(self) -> str:
        """The dominant supplier, in words."""
        return self.words.country(self.world.model.scope.target)

    @property
    def alliance(self) -> str:
        """The alliance under study, in words."""
        return self.words.alliance(self.world.model.scope.alliance)

    @property
    def day(self) -> str:
        """The day of the memberships, in words."""
        day = self.world.model.scope.as_of
        return f"{day.day} {day:%B %Y}"

    @cached_property
    def names(self) -> dict[str, str]:
        """Words for every code a figure may show."""
        world, words = self.world, self.words
        names = {g: words.good(g) for g in world.goods.index}
        names |= {c: words.country(c) for c in world.countries.index}
        names |= {label: words.group(label) for label in group_labels(world).values()}
        names |= {shock: words.shock(shock) for shock in world.model.shocks}
        days = world.model.value("benchmark_stock_days")
        extra = world.model.value("benchmark_capacity")
        names |= {
            "stock_of_binding_input": f"{days:g} days of stock of the binding input",
            "more_capacity_outside_target":
                f"{percent(extra)} more capacity outside {self.target}",
        }
        return names

    @property
    def severity(self) -> float:
        """Severity of the shock: the one asked for, or the model's central one."""
        asked = self.options.severity
        return self.world.model.severities.central if asked is None else asked

    @property
    def when(self) -> str:
        """When and under which statuses, for a caption."""
        return f"Baseline {self.world.model.scope.year}, statuses as of {self.day}."

    @cached_property
    def trace(self) -> str:
        """Source, scenario and run, for a caption."""
        kept = "its own tables" if self.world.tables is None else (
            "tables in data/ (sources.csv)")
        return (
            f"Source: {kept}, assumptions of model "
            f"{self.world.model.scope.name} (assumptions.csv); scenario: "
            f"{self.scenario.replace('_', ' ')}; run {run_hash(self.world)}."
        )

    def good(self, default: str) -> str:
        """Return the good asked for, or a default; names the nearest if unknown.

        A world without the default has its first final product instead.
        """
        net = self.world.network
        known = net.goods
        if default not in known and net.finals:
            default = min(net.finals)
        good = self.options.good or default
        if good not in known:
            raise ScenarioError(f"no good {good!r}; {nearest(good, known)}")
        return good

    # -- results ----------------------------------------------------------------
    @cached_property
    def _fits(self) -> bool:
        """Tell whether the folder holds the run of this world."""
        if self.folder is None or not (self.folder / "run.json").is_file():
            return False
        record = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return bool(record.get("run") == run_hash(self.world))

    def kept(self, name: str) -> pd.DataFrame | None:
        """Return a table that is known already, or that the folder holds.

        A file of another run is left aside, row by row.
        """
        known = self.results.get(name)
        if isinstance(known, pd.DataFrame):
            return known
        if not self._fits or self.folder is None:
            return None
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            return None
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
        fits = "run" in table and (table.run == run_hash(self.world)).all()
        return table if fits else None

    @cached_property
    def dependency(self) -> pd.DataFrame:
        """``dependency.csv``, plants by place."""
        table = self.kept("dependency")
        if table is None:
            table = pd.concat(
                chains(self.world, unallocated_as=who, with_status=False).dependency
                for who in ("not_target", "target", "target_and_demand")
            )
        return table[table.control == "place"]

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """``ladder.csv``, capacity of the model's own year."""
        table = self.kept("ladder")
        if table is None:
            table = Ladder(self.world, by_good=False).run(ladder_cells(self.world)).rows
        return table[table.capacity == self.world.model.scope.capacity]

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """``sensitivity.csv``."""
        table = self.kept("sensitivity")
        if table is None:
            table, _ = sensitivity(self.world, assumption_names(self.world))
        return table

    @cached_property
    def chokepoints(self) -> pd.DataFrame:
        """Every node's loss, worst first, under the shock asked for."""
        table = self.kept("chokepoints")
        if table is not None and "shock" in table:
            table = table[(table.shock == self.options.shock) & (
                (table.severity == self.severity) | (table.shock == CALM))]
            if len(table):
                return table
        return n_minus_1(
            self.world, shock=self.options.shock, severity=self.severity,
            detail=0, progress=self.progress,
        ).nodes

    @cached_property
    def comparison(self) -> Comparison:
        """The what-if asked for."""
        known = self.results.get("comparison")
        if isinstance(known, Comparison):
            return known
        model, asked = self.world.model, self.options
        named = asked.scenario or (
            () if asked.changes else tuple(list(model.scenarios)[:1]))
        question = Question.of([model.named(name) for name in named])
        severity = asked.severity
        question = replace(
            question, changes=(*question.changes, *asked.changes),
            title=question.title or ", ".join(asked.changes),
            shock=question.shock if asked.shock == CALM else asked.shock,
            severity=question.severity if severity is None else severity,
        )
        return ask(self.world, question, drivers=False)


def context_of(
    result: World | Analysis | Chokepoints | Comparison,
    options: Options | None = None,
    *,
    scenario: str = "",
) -> Context:
    """Return what figures of a result are drawn from.

    Parameters
    ----------
    result : World, Analysis, Chokepoints or Comparison
    options : Options, optional
    scenario : str
        Name of the scenario that the world stands for.

    Returns
    -------
    Context
        What the result holds is not computed again.

    Raises
    ------
    TypeError
        If it is no result with figures.
    """
    options, name = options or Options(), scenario or "base"
    if isinstance(result, World):
        return Context(result, options, name)
    if isinstance(result, Analysis):
        tables = ("dependency", "ladder", "sensitivity")
        return Context(result.world, options, name,
                       results={table: getattr(result, table) for table in tables})
    if isinstance(result, Comparison):
        return Context(result.before, options, name, results={"comparison": result})
    if isinstance(result, Chokepoints):
        options = replace(options, shock=result.shock, severity=result.severity)
        return Context(result.world, options, name,
                       results={"chokepoints": result.nodes})
    message = f"{type(result).__name__} has no figures"
    raise TypeError(message)
