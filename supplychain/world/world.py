"""The world at a date: a value, never changed, from which others are derived."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from supplychain.errors import ScenarioError
from supplychain.tables.model_parts import (
    AssumptionDelta,
    Delta,
    MembershipDelta,
    OutageDelta,
    StrengthDelta,
)
from supplychain.tables.names import nearest
from supplychain.views import View
from supplychain.world.membership import incumbents, pair_intensity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from supplychain.tables.model import Model
    from supplychain.tables.model_parts import Shock
    from supplychain.tables.reader import Tables
    from supplychain.world.network import Network

__all__ = ["REBUILDS", "World"]

REBUILDS = ("home_share", "unallocated_share:", "secondary", "project_utilization")
"""Families of assumptions that enter the calibration."""


@dataclass(frozen=True, eq=False)
class World:
    """Goods, producers, recipes, needs, baseline flows and memberships at a date.

    Attributes
    ----------
    model : Model
        The assumptions in force.
    goods : pandas.DataFrame
        Indexed by good, in topological order: name, stage, unit, chain, host,
        kit, total (scrap included) and primary [unit a year], final, price and
        value [USD per unit].
    nodes : pandas.DataFrame
        Indexed by (good, country): output, secondary (what of it is scrap),
        capacity and added (what projects add) [unit a year], basis, year,
        source_id, confidence.
    recipes : pandas.DataFrame
        Indexed by (good, input): b [unit of input per unit], phi [1], basis.
    demand : pandas.DataFrame
        Indexed by (good, country): final and other [unit a year].
    flows : pandas.DataFrame
        Indexed by (good, exporter, importer): flow [unit a year], flow_basis.
    statuses : pandas.DataFrame
        Indexed by (alliance, country): status, eu_represented.
    countries : pandas.DataFrame
        Indexed by iso3: name, region, eu_member, latitude, longitude.
    residuals : pandas.DataFrame
        Indexed by good: method, residual [1], opened cells, dropped shares.
    notes : tuple of str
        What calibration had to say.
    plans : pandas.DataFrame
        One row a project of the goods in scope: what it adds by the World's year
        and why, or why not.
    plot : Plots
        Its figures; see :class:`supplychain.report.accessors.Plots`.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> world = load_world()
    >>> world.status("pax_silica", "IND")
    'signatory'
    >>> india_out = world.with_(world.model.scenario("india_excluded"))
    >>> india_out.status("pax_silica", "IND"), world.status("pax_silica", "IND")
    ('excluded', 'signatory')
    """

    model: Model
    goods: pd.DataFrame
    nodes: pd.DataFrame
    recipes: pd.DataFrame
    demand: pd.DataFrame
    flows: pd.DataFrame
    statuses: pd.DataFrame
    countries: pd.DataFrame
    residuals: pd.DataFrame
    notes: tuple[str, ...] = ()
    plans: pd.DataFrame | None = None
    outages: Mapping[tuple[str, str], float] = field(default_factory=dict)
    tables: Tables | None = None
    conflicts: str = "central"

    plot = View()

    def __repr__(self) -> str:
        return (
            f"World({self.model.scope.name}, {self.model.scope.as_of}: "
            f"{len(self.goods)} goods, {len(self.places)} countries, "
            f"{len(self.nodes)} nodes, {len(self.flows)} flows)"
        )

    # -- who is where -------------------------------------------------------
    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every place of the network, aggregates included, sorted."""
        seen = set(self.nodes.index.get_level_values(1))
        seen |= set(self.demand.index.get_level_values(1))
        return tuple(sorted(seen))

    def status(self, alliance: str, country: str) -> str:
        """Return the status of a country in an alliance, ``none`` without a row."""
        if (alliance, country) not in self.statuses.index:
            return "none"
        return str(self.statuses.loc[(alliance, country), "status"])

    @cached_property
    def incumbents(self) -> tuple[str, ...]:
        """Incumbents of the alliance under study, the country studied left out."""
        return incumbents(self.statuses, self.model, self.places, self.joint)

    @cached_property
    def joint(self) -> Mapping[str, tuple[str, ...]]:
        """Joint figures (places that a source does not split) and their countries."""
        members = self.countries.members
        return {c: tuple(m.split(";")) for c, m in members.items() if m}

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The reference groups and their countries, the target in none.

        What belongs to nobody (UNA, OTH) counts with the world outside the
        target in the run that does not count it as the target's, and leaves it
        in the runs that do (MODEL section 2): one for output, one for demand too.
        """
        scope = self.model.scope
        india = (scope.country,)
        return {
            "country": india,
            "incumbents": self.incumbents,
            "alliance_with_country": tuple(sorted({*india, *self.incumbents})),
            "world_outside_target": tuple(c for c in self.places if c != scope.target),
        }

    @cached_property
    def controlled(self) -> Mapping[tuple[str, str], float]:
        """Share of nodes outside the target that the target's firms control [1]."""
        if self.tables is None:
            return {}
        table = self.tables["ownership"]
        rows = table[(table.owner == self.model.scope.target)
                     & (table.iso3 != self.model.scope.target)]
        return {
            (str(g), str(c)): float(share)
            for g, c, share in zip(rows.good, rows.iso3, rows.share, strict=True)
        }

    @cached_property
    def eu_members(self) -> frozenset[str]:
        """Members of the European Union."""
        return frozenset(self.countries.index[self.countries.eu_member == 1])

    def pair_intensity(
        self, channel: str = "access", *, off: bool = False
    ) -> NDArray[np.float64]:
        """Return mu over :attr:`places`, shape (places, places) [1]."""
        return pair_intensity(
            self.statuses, self.model, channel, list(self.places), self.eu_members,
            joint=self.joint, hubs=self.hubs, off=off,
        )

    @cached_property
    def hubs(self) -> Mapping[str, str]:
        """Hub of each alliance that is a set of separate bilateral texts."""
        if self.tables is None:
            return {}
        hub = self.tables["alliances"].set_index("alliance").hub
        return {str(a): str(c) for a, c in hub.items() if c}

    # -- other worlds -------------------------------------------------------
    def with_(self, delta: Delta | Iterable[Delta]) -> World:
        """Return the world after one or more deltas; this one stays as it is.

        Parameters
        ----------
        delta : Delta or iterable of Delta
            Memberships, assumptions, strengths, outages.

        Returns
        -------
        World

        Raises
        ------
        ScenarioError
            If a delta names something the world does not know.
        """
        if isinstance(
            delta, MembershipDelta | AssumptionDelta | StrengthDelta | OutageDelta
        ):
            return self._after(delta)
        world = self
        for one in delta:
            world = world._after(one)
        return world

    def _after(self, delta: Delta) -> World:
        if isinstance(delta, MembershipDelta):
            return self._with_status(delta)
        if isinstance(delta, AssumptionDelta):
            return self.with_values({delta.name: delta.value})
        if isinstance(delta, StrengthDelta):
            known = self._alliances
            if delta.alliance not in known:
                raise ScenarioError(
                    f"no alliance {delta.alliance!r}; {nearest(delta.alliance, known)}"
                )
            if delta.channel not in self.model.channels:
                raise ScenarioError(
                    f"no channel {delta.channel!r}; "
                    f"{nearest(delta.channel, self.model.channels)}"
                )
            old = self.model.strengths
            new = {**old.get(delta.alliance, {}), delta.channel: delta.value}
            strengths = {**old, delta.alliance: new}
            model = self.model.model_copy(update={"strengths": strengths})
            return self._but(model=model)
        node = (delta.good, delta.country)
        if node not in self.nodes.index:
            made = {f"{g}|{c}" for g, c in self.nodes.index}
            raise ScenarioError(
                f"no output of {'|'.join(node)}; {nearest('|'.join(node), made)}"
            )
        return self._but(outages={**self.outages, node: delta.loss})

    def _but(self, **changes: Any) -> World:  # noqa: ANN401
        """Return the world with other statuses, outages or shocks.

        None of them enters the network, so both share it and what is compiled of it.
        """
        other = replace(self, **changes)
        if "network" in self.__dict__:
            other.__dict__["network"] = self.network
        return other

    def with_shock(self, name: str, shock: Shock) -> World:
        """Return the world whose model has one more shock."""
        return self._but(model=self.model.with_shock(name, shock))

    @property
    def _alliances(self) -> set[str]:
        """Every alliance that a delta may name, in force at the date or not."""
        known = set(self.statuses.index.get_level_values(0))
        if self.tables is not None:
            known |= set(self.tables["alliances"].alliance)
        return known | set(self.model.strengths)

    def _with_status(self, delta: MembershipDelta) -> World:
        alliances = self._alliances
        if delta.alliance not in alliances:
            raise ScenarioError(
                f"no alliance {delta.alliance!r}; {nearest(delta.alliance, alliances)}"
            )
        if delta.country not in self.countries.index:
            raise ScenarioError(
                f"no country {delta.country!r}; "
                f"{nearest(delta.country, self.countries.index)}"
            )
        self.model.intensity(delta.status)  # raises if unknown
        statuses = self.statuses.copy()
        statuses.loc[(delta.alliance, delta.country), :] = [delta.status, 0, "scenario"]
        return self._but(statuses=statuses.sort_index())

    def with_statuses(self, changes: Mapping[str, str]) -> World:
        """Return the world with other statuses in the alliance under study."""
        alliance = self.model.scope.alliance
        return self.with_(
            MembershipDelta(alliance=alliance, country=c, status=s)
            for c, s in changes.items()
        )

    def ladder_a(self) -> World:
        """Return the world with all incumbents held at ``full`` (Ladder A)."""
        alliance = self.model.scope.alliance
        statuses = self.statuses.copy()
        for country in self.incumbents:
            for held in self.joint.get(country, (country,)):
                statuses.loc[(alliance, held), "status"] = "full"
        if (alliance, "EUU") in statuses.index:
            holds = statuses.loc[(alliance, "EUU"), "status"]
            if holds in self.model.scope.incumbent_statuses:
                statuses.loc[(alliance, "EUU"), "status"] = "full"
        return self._but(statuses=statuses)

    def with_values(self, values: Mapping[str, float]) -> World:
        """Return the world under other values of some assumptions.

        Recalibrates only if the values enter the calibration.
        """
        model = self.model.with_values(values)
        if any(name.startswith(REBUILDS) for name in values):
            if self.tables is None:
                raise ScenarioError(
                    f"{', '.join(values)} enters the calibration, and this world was "
                    "loaded from an export without its tables"
                )
            return self._built(model, self.conflicts)
        recipes = self._with_phi(model, values)
        goods = self.goods.copy()
        for good in goods.index:
            basis = goods.value_basis[good]
            if basis == f"value:{good}":
                goods.loc[good, "value"] = model.value(basis)
            elif basis == "other_use_value":
                goods.loc[good, "value"] = model.value(basis) / goods.total[good]
        return replace(self, model=model, recipes=recipes, goods=goods)

    def with_conflicts(self, end: str) -> World:
        """Return the world with the target's conflicting figures at another end.

        Parameters
        ----------
        end : {"central", "low", "high"}

        Returns
        -------
        World
            Statuses and outages as in this world; itself, if it came without
            its tables.
        """
        return self if self.tables is None else self._built(self.model, end)

    def at_year(self, year: int | None, projects: str | None = None) -> World:
        """Return the world with the capacity of another year.

        Baseline flows stay those of the calibration year; projects add K+ (C3).

        Parameters
        ----------
        year : int or None
            Projects that begin by then count; None: the calibration year.
        projects : {"operating", "under_construction", "announced"}, optional
            Which projects count; the model's rule by default.

        Returns
        -------
        World
        """
        from supplychain.world.projects import with_projects

        if self.tables is None:
            raise ScenarioError("this world came without its tables")
        changes: dict[str, object] = {"capacity_year": year}
        if projects is not None:
            changes["projects"] = projects
        model = self.model.revised(**changes)
        nodes = self.nodes[self.nodes.basis != "project"]
        nodes, plans = with_projects(self.tables, model, self.goods, nodes)
        return replace(self, model=model, nodes=nodes, plans=plans)

    def with_tables(self, tables: Tables) -> World:
        """Return the world built from other tables; what deltas changed stays."""
        return self._built(self.model, self.conflicts, tables)

    def _built(
        self, model: Model, conflicts: str, tables: Tables | None = None
    ) -> World:
        """Build the world again; what deltas changed stays changed."""
        from supplychain.world.build import build_world

        tables = tables or self.tables
        if tables is None:
            raise ScenarioError("this world came without its tables")
        built = build_world(tables, model, conflicts=conflicts)  # type: ignore[arg-type]
        return replace(built, statuses=self.statuses, outages=self.outages)

    def _with_phi(self, model: Model, values: Mapping[str, float]) -> pd.DataFrame:
        """Return the recipes under a model; phi that no value names stays."""
        recipes = self.recipes.copy()
        before = self.model.value("phi_default")
        for (good, used), phi in self.recipes.phi.items():
            name = f"phi:{good}:{used}"
            by_default = name not in model.assumptions and phi == before
            if name in values or ("phi_default" in values and by_default):
                recipes.loc[(good, used), "phi"] = model.phi(good, used)
        return recipes

    # -- views --------------------------------------------------------------
    @cached_property
    def network(self) -> Network:
        """The same world as arrays, each good scaled to a baseline of 100."""
        from supplychain.world.network import Network

        return Network.of(self)

    @cached_property
    def graph(self) -> nx.DiGraph:
        """The world as a ``networkx.DiGraph``; see :mod:`supplychain.world.graph`."""
        from supplychain.world.graph import to_graph

        return to_graph(self)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the numbers of the world, first 16 digits.

        Covers goods, nodes, recipes, demand, flows, statuses and outages, so that a
        world loaded from its export has the same hash.
        """
        digest = hashlib.sha256()
        frames = {
            "goods": self.goods[["unit", "host", "kit", "total", "primary", "value"]],
            "nodes": self.nodes[["output", "secondary", "capacity", "added"]],
            "recipes": self.recipes[["b", "phi"]],
            "demand": self.demand[["final", "other"]],
            "flows": self.flows[["flow", "flow_basis"]],
            "statuses": self.statuses[["status", "eu_represented"]],
        }
        for name, frame in frames.items():
            digest.update(name.encode())
            for row in frame.sort_index().itertuples():
                cells = [
                    f"{v:.12g}" if isinstance(v, float) else str(v) for v in row
                ]
                digest.update("|".join(cells).encode())
        for node, loss in sorted(self.outages.items()):
            digest.update(f"outage|{node}|{loss:.12g}".encode())
        return digest.hexdigest()[:16]
