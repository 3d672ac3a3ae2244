"""Hand-made worlds. Each figure can be checked on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from supplychain.measures.dependency import survival
from supplychain.optimize.dependency import Chain, Setting, restricted
from supplychain.scenarios.chains import compiled_world
from supplychain.scenarios.levers import Levers
from supplychain.tables.model import Model, load_model
from supplychain.world.export import world_from_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.optimize.compiled import Program
    from supplychain.world.world import World

Node = tuple[str, str]


def tiny_model(**values: float) -> Model:
    """The shipped model with plain values: no surge, phi 1, one demand block."""
    model = load_model("pax_silica").revised(as_of=dt.date(2026, 11, 22))
    plain = {"surge": 0.0, "phi_default": 1.0, "eta": 0.0}
    scope = model.scope.model_copy(update={"demand_blocks": 1, "capital": {}})
    model = model.model_copy(update={"scope": scope})
    known = {k: v for k, v in {**plain, **values}.items() if k in model.assumptions}
    # Small worlds may need values outside the shipped range: set them directly.
    return model.model_copy(update={"overrides": {**model.overrides, **known}})


def make_world(
    *,
    output: dict[Node, float],
    recipes: dict[Node, tuple[float, float]],
    flows: dict[tuple[str, str, str], float],
    final: dict[Node, float],
    other: dict[Node, float] | None = None,
    order: tuple[str, ...],
    model: Model | None = None,
    kits: tuple[str, ...] = (),
    hosts: dict[str, str] | None = None,
    value: dict[str, float] | None = None,
    members: dict[str, str] | None = None,
    capacity: dict[Node, float] | None = None,
    secondary: dict[Node, float] | None = None,
    added: dict[Node, float] | None = None,
) -> World:
    """Build a world from dictionaries; recipes map (good, input) to (b, phi).

    ``secondary`` is what of an output is scrap, ``added`` what projects add.
    """
    used = model or tiny_model()
    other, hosts, capacity = other or {}, hosts or {}, capacity or {}
    secondary, added = secondary or {}, added or {}
    output = {**output, **{n: 0.0 for n in added if n not in output}}
    totals = {
        g: sum(q for (h, _), q in output.items() if h == g) for g in order
    }
    held = {used.scope.country: "excluded", **(members or {})}
    places = sorted(
        {c for _, c in (*output, *final, *other)} | {used.scope.target, *held}
    )
    goods = pd.DataFrame([
        {"good": g, "name": g, "stage": "refine", "unit": "t", "chain": "chips",
         "host": hosts.get(g, ""), "kit": int(g in kits), "total": totals[g],
         "primary": totals[g] - sum(
             q for (h, _), q in secondary.items() if h == g),
         "final": any(h == g for h, _ in final),
         "price": (value or {}).get(g, 1.0), "value": (value or {}).get(g, 1.0),
         "value_basis": "price"}
        for g in order
    ])
    nodes = pd.DataFrame([
        {"good": g, "country": c, "output": q,
         "capacity": capacity.get((g, c), float("nan") if q > 0 else 0.0),
         "secondary": secondary.get((g, c), 0.0), "added": added.get((g, c), 0.0),
         "basis": "plant",
         "year": 2024, "source_id": "hand", "confidence": "high"}
        for (g, c), q in output.items()
    ])
    recipe_rows = pd.DataFrame(
        [
            {"good": g, "input": k, "b": b, "phi": phi, "basis": "engineering",
             "scope": "world", "source_id": "hand", "confidence": "high"}
            for (g, k), (b, phi) in recipes.items()
        ],
        columns=["good", "input", "b", "phi", "basis", "scope", "source_id",
                 "confidence"],
    )
    flow_rows = pd.DataFrame([
        {"good": g, "exporter": i, "importer": j, "flow": x, "flow_basis": "prior"}
        for (g, i, j), x in flows.items()
    ])
    asked = {**dict.fromkeys(final), **dict.fromkeys(other)}
    demand = pd.DataFrame([
        {"good": g, "country": c, "final": final.get((g, c), 0.0),
         "other": other.get((g, c), 0.0)}
        for g, c in asked
    ])
    countries = pd.DataFrame([
        {"iso3": c, "name": c, "region": "", "eu_member": 0, "aggregate": 0,
         "latitude": 0.0, "longitude": 0.0, "members": ""}
        for c in places
    ])
    memberships = pd.DataFrame([
        {"alliance": used.scope.alliance, "country": c, "status": s,
         "eu_represented": 0, "source_id": "hand"}
        for c, s in held.items()
    ])
    return world_from_frames(used, {
        "goods": goods, "nodes": nodes, "recipes": recipe_rows, "flows": flow_rows,
        "demand": demand, "memberships": memberships, "countries": countries,
    })


def three_tiers() -> World:
    """GOLDENS T1-E: ore, oxide, magnets; look-through by hand.

    The US refiner buys ore 60 % CHN / 40 % AUS, the Japanese magnet maker oxide
    80 % CHN / 20 % USA, India magnets 50 % CHN / 50 % JPN. One unit of each
    input a unit of output.
    """
    return make_world(
        order=("ore", "oxide", "magnet"),
        output={
            ("ore", "CHN"): 76.0, ("ore", "AUS"): 4.0,
            ("oxide", "CHN"): 70.0, ("oxide", "USA"): 10.0,
            ("magnet", "CHN"): 30.0, ("magnet", "JPN"): 50.0,
        },
        recipes={("oxide", "ore"): (1.0, 1.0), ("magnet", "oxide"): (1.0, 1.0)},
        flows={
            ("ore", "CHN", "CHN"): 70.0, ("ore", "CHN", "USA"): 6.0,
            ("ore", "AUS", "USA"): 4.0,
            ("oxide", "CHN", "CHN"): 30.0, ("oxide", "CHN", "JPN"): 40.0,
            ("oxide", "USA", "JPN"): 10.0,
            ("magnet", "CHN", "IND"): 30.0, ("magnet", "JPN", "IND"): 30.0,
            ("magnet", "JPN", "JPN"): 20.0,
        },
        final={("magnet", "IND"): 60.0, ("magnet", "JPN"): 20.0},
    )


def five_countries() -> World:
    """GOLDENS T1-F 5: the five-country magnet world, q0 = K.

    2 t ore a tonne of oxide, 1.5 t oxide a tonne of magnets. Capacities exceed
    need, so baseline output is not shipped in full; each user buys from every
    producer in proportion to capacity, which no golden depends on: trade is free
    and no use stands outside the chain.
    """
    ore = {"CHN": 200.0, "AUS": 60.0, "USA": 40.0, "IND": 10.0}
    oxide = {"CHN": 90.0, "AUS": 8.0, "USA": 6.0, "IND": 4.0, "JPN": 2.0}
    magnet = {"CHN": 55.0, "USA": 2.0, "IND": 1.0, "JPN": 6.0}
    asked = {"CHN": 30.0, "AUS": 1.0, "USA": 12.0, "IND": 8.0, "JPN": 7.0}
    made = {"ore": ore, "oxide": oxide, "magnet": magnet}
    output = {(g, c): q for g, table in made.items() for c, q in table.items()}
    recipes = {("oxide", "ore"): (2.0, 1.0), ("magnet", "oxide"): (1.5, 1.0)}
    need = {("magnet", c): d for c, d in asked.items()}
    need |= {
        (k, c): b * q for (p, k), (b, _) in recipes.items() for c, q in made[p].items()
    }
    return make_world(
        order=("ore", "oxide", "magnet"),
        output=output,
        capacity=output,
        recipes=recipes,
        flows={
            (g, i, j): n * q / sum(made[g].values())
            for (g, j), n in need.items() for i, q in made[g].items()
        },
        final={("magnet", c): d for c, d in asked.items()},
    )


def one_chain() -> World:
    """Three nodes: ore in CHN 60 and AUS 40, magnets in JPN 100, one to one."""
    return make_world(
        order=("ore", "magnet"),
        output={("ore", "CHN"): 60.0, ("ore", "AUS"): 40.0, ("magnet", "JPN"): 100.0},
        recipes={("magnet", "ore"): (1.0, 1.0)},
        flows={
            ("ore", "CHN", "JPN"): 60.0, ("ore", "AUS", "JPN"): 40.0,
            ("magnet", "JPN", "JPN"): 100.0,
        },
        final={("magnet", "JPN"): 100.0},
    )


def one_of_each() -> World:
    """Each constraint family binds something: chips of ore and by-product gallium.

    Ore and chips total 100, gallium 10, so that 1 t of gallium is 10 scaled units.
    """
    return make_world(
        order=("ore", "gallium", "chip"),
        output={
            ("ore", "CHN"): 60.0, ("ore", "ROW"): 40.0,
            ("gallium", "CHN"): 8.0, ("gallium", "ROW"): 2.0,
            ("chip", "CHN"): 25.0, ("chip", "JPN"): 75.0,
        },
        capacity={("ore", "ROW"): 45.0},
        hosts={"gallium": "ore"},
        recipes={("chip", "ore"): (0.8, 1.0), ("chip", "gallium"): (0.1, 0.5)},
        flows={
            ("ore", "CHN", "CHN"): 20.0, ("ore", "CHN", "JPN"): 40.0,
            ("ore", "ROW", "JPN"): 20.0, ("ore", "ROW", "ROW"): 20.0,
            ("gallium", "CHN", "CHN"): 2.5, ("gallium", "CHN", "JPN"): 5.5,
            ("gallium", "ROW", "JPN"): 2.0,
            ("chip", "CHN", "CHN"): 20.0, ("chip", "CHN", "ROW"): 5.0,
            ("chip", "JPN", "JPN"): 30.0, ("chip", "JPN", "ROW"): 45.0,
        },
        final={("chip", "CHN"): 20.0, ("chip", "JPN"): 30.0, ("chip", "ROW"): 50.0},
        other={("ore", "ROW"): 20.0},
        model=tiny_model(**{"surge": 0.25, "by_product_potential:gallium": 2.0}),
    )


def two_makers() -> World:
    """Chips of CHN 60 and JPN 40 t; IND needs 40, USA 60.

    JPN can make 80 and is a member like USA: IND's access to it is what a status
    moves. Cut off from CHN, IND may buy the 10 t it bought from JPN and nu of its 40.
    """
    model = tiny_model(surge=1.0)
    few = {name: model.shocks[name] for name in ("halt_country", "halt_everyone")}
    scope = model.scope.model_copy(update={"rungs": ("excluded", "signatory", "full")})
    return make_world(
        order=("chip",),
        output={("chip", "CHN"): 60.0, ("chip", "JPN"): 40.0},
        capacity={("chip", "JPN"): 80.0},
        recipes={},
        flows={
            ("chip", "CHN", "IND"): 30.0, ("chip", "CHN", "USA"): 30.0,
            ("chip", "JPN", "IND"): 10.0, ("chip", "JPN", "USA"): 30.0,
        },
        final={("chip", "IND"): 40.0, ("chip", "USA"): 60.0},
        members={"JPN": "signatory", "USA": "full"},
        model=model.model_copy(update={"shocks": few, "scope": scope}),
    )


def chain_of(world: World, good: str, program: Program | None = None) -> Chain:
    """Return the dependency programs of a good, the model's target as T."""
    net, levers = world.network, Levers(world)
    left = survival(net, levers.targets, levers.capital)
    setting = Setting(net, levers.targets, levers.capital, left)
    return Chain(setting, restricted(program or compiled_world(net), net, good), good)


# -- the same world told differently ---------------------------------------------
def relabelled(
    world: World, places: Mapping[str, str], goods: Mapping[str, str]
) -> World:
    """Return the world with other names of countries and goods."""
    names = {**places, **goods}
    scope = world.model.scope
    model = world.model.revised(
        country=names.get(scope.country, scope.country),
        target=names.get(scope.target, scope.target),
    )
    frames = {
        name: getattr(world, name).rename(index=names)
        for name in ("goods", "nodes", "recipes", "demand", "flows", "statuses",
                     "countries")
    }
    frames["goods"]["host"] = frames["goods"].host.replace(names)
    return replace(world, model=model, **frames)


def rescaled(world: World, good: str, factor: float) -> World:
    """Return the world with a good in a unit `factor` times smaller."""

    def scaled(
        frame: pd.DataFrame, level: int, columns: list[str], by: float
    ) -> pd.DataFrame:
        frame = frame.copy()
        here = frame.index.get_level_values(level) == good
        frame.loc[here, columns] = frame.loc[here, columns] * by
        return frame

    recipes = scaled(world.recipes, 0, ["b"], 1 / factor)
    goods = scaled(world.goods, 0, ["total", "primary"], factor)
    return replace(
        world,
        goods=scaled(goods, 0, ["value", "price"], 1 / factor),
        nodes=scaled(
            world.nodes, 0, ["output", "secondary", "capacity", "added"], factor
        ),
        recipes=scaled(recipes, 1, ["b"], factor),
        demand=scaled(world.demand, 0, ["final", "other"], factor),
        flows=scaled(world.flows, 0, ["flow"], factor),
    )


def split(world: World, country: str, other: str) -> World:
    """Return the world with a country cut into itself and `other`, half each.

    Each half keeps its own half of what the country delivered to itself.
    """

    def halved(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
        take, weight, index = [], [], []
        for n, (good, *places) in enumerate(frame.index):
            choices = [(country, other) if c == country else (c,) for c in places]
            domestic = len(places) == 2 and places[0] == places[1]
            parts = [p for p in product(*choices) if not domestic or p[0] == p[1]]
            take += [n] * len(parts)
            weight += [1 / len(parts)] * len(parts)
            index += [(good, *p) for p in parts]
        result = frame.iloc[take].copy()
        result.index = pd.MultiIndex.from_tuples(index, names=frame.index.names)
        result[columns] = result[columns].mul(weight, axis=0)
        return result

    def doubled(frame: pd.DataFrame, level: str) -> pd.DataFrame:
        part = frame[frame.index.get_level_values(level) == country]
        return pd.concat([frame, part.rename(index={country: other})]).sort_index()

    return replace(
        world,
        nodes=halved(world.nodes, ["output", "secondary", "capacity", "added"]),
        demand=halved(world.demand, ["final", "other"]),
        flows=halved(world.flows, ["flow"]),
        statuses=doubled(world.statuses, "country"),
        countries=doubled(world.countries, "iso3"),
    )
