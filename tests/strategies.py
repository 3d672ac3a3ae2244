"""Random small worlds: acyclic, balanced, and small enough to solve in no time.

What the sizes are is drawn (and shrunk) by hypothesis; amounts come from one
numpy generator whose seed is drawn too. Samples are derandomized: a run draws
the same worlds every time.
"""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import make_world, tiny_model

from supplychain.tables.model_parts import Shock
from supplychain.world.calibrate import ras
from supplychain.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = ("CHN", "IND", "USA", "JPN", "ROW")
BY_PRODUCT = "gallium"  # a good whose potential the shipped model knows


def sampled(*drawn: st.SearchStrategy, few: int = 20, many: int = 60) -> Callable:
    """Test a property on a small sample, and on a large one marked slow."""

    def decorate(check: Callable) -> Callable:
        @pytest.mark.parametrize(
            "examples", [few, pytest.param(many, marks=pytest.mark.slow)]
        )
        def test(examples: int) -> None:
            setting = settings(
                max_examples=examples, derandomize=True, database=None, deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            setting(given(*drawn)(check))()

        test.__doc__ = check.__doc__
        return test

    return decorate


class Drawn(World):
    """A random world that shows its numbers when an example fails."""

    def _repr_pretty_(self, printer, _cycle):
        shown = (
            self.nodes[["output", "capacity"]], self.recipes[["b", "phi"]],
            self.demand, self.flows.flow, self.goods[["host", "kit", "value"]],
            self.statuses.status, self.model.overrides,
        )
        printer.text("\n".join(str(part) for part in shown))


def _split(rng: np.random.Generator, total: float, parts: tuple[str, ...]) -> dict:
    """Share a total among a random part of some places, at least one of them."""
    weight = rng.integers(0, 6, len(parts)).astype(float)
    weight[rng.integers(len(parts))] += 1.0
    return {
        c: total * w / weight.sum() for c, w in zip(parts, weight, strict=True) if w
    }


def _flows(rng: np.random.Generator, made: dict, need: dict) -> dict:
    """Scale a random positive prior to outputs and needs."""
    rows, columns = sorted(made), sorted(need)
    prior = rng.integers(1, 10, (len(rows), len(columns))).astype(float)
    q, n = np.array([made[i] for i in rows]), np.array([need[j] for j in columns])
    x = ras(prior, q, n)
    return {
        (i, j): float(x[at])
        for at, (i, j) in zip(np.ndindex(x.shape), product(rows, columns), strict=True)
    }


@st.composite
def worlds(draw: st.DrawFn, *, by_product: bool | None = None) -> World:
    """Draw a world of two to four goods and three to five places.

    Outputs come first; each recipe then uses a share of what is made of its
    input, what is left goes to other uses or to final demand, and flows are
    scaled to these margins. The last good is final, sometimes a kit; the second
    good is sometimes a by-product of the first. Some outputs are partly scrap, and
    projects add capacity to some nodes.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1), label="seed"))
    places = PLACES[: draw(st.integers(3, 5), label="places")]
    count = draw(st.integers(2, 4), label="goods")
    joint = draw(st.booleans()) if by_product is None else by_product
    joint = joint and count > 2
    goods = [f"good{n}" for n in range(count)]
    if joint:
        goods[1] = BY_PRODUCT
    kit = draw(st.booleans(), label="kit")
    surge = draw(st.sampled_from((0.0, 0.125)), label="surge")
    output: dict[tuple[str, str], float] = {}
    total: dict[str, float] = {}
    for n, good in enumerate(goods):
        where = places
        if joint and n == 1:
            where = tuple(c for c in places if (goods[0], c) in output)
        total[good] = float(rng.integers(1, 1000))
        made = _split(rng, total[good], where)
        output |= {(good, c): q for c, q in made.items()}
    scrap = {g: float(rng.choice((0.0, 0.0, 0.25))) for g in goods}
    secondary = {(g, c): scrap[g] * q for (g, c), q in output.items()}
    left = dict.fromkeys(goods, 1.0)
    recipes: dict[tuple[str, str], tuple[float, float]] = {}
    for n, good in enumerate(goods):
        if n == 0 or (joint and n == 1):
            continue
        for used in draw(
            st.lists(st.sampled_from(goods[:n]), min_size=1, max_size=2, unique=True)
        ):
            share = left[used] * draw(st.sampled_from((0.25, 0.5, 1.0)))
            if share > 0:
                left[used] -= share
                phi = draw(st.sampled_from((0.5, 1.0)))
                primary = (1 - scrap[good]) * total[good]
                recipes[good, used] = (share * total[used] / primary, phi)
    final: dict[tuple[str, str], float] = {}
    other: dict[tuple[str, str], float] = {}
    flows: dict[tuple[str, str, str], float] = {}
    for good in goods:
        last = good == goods[-1]
        made = {c: q for (g, c), q in output.items() if g == good}
        if last and kit:
            final |= {(good, c): q for c, q in made.items()}
            flows |= {(good, c, c): q for c, q in made.items()}
            continue
        asked = _split(rng, left[good] * total[good], places) if left[good] else {}
        demand = final if last or draw(st.booleans()) else other
        demand |= {(good, c): v for c, v in asked.items()}
        need = dict(asked)
        for (p, k), (b, _) in recipes.items():
            if k == good:
                for (g, c), q in output.items():
                    if g == p:
                        primary = q - secondary[g, c]
                        need[c] = need.get(c, 0.0) + b * primary
        flows |= {(good, i, j): x for (i, j), x in _flows(rng, made, need).items()}
    known = rng.random(len(output)) < 0.3
    world = make_world(
        output=output, recipes=recipes, flows=flows, final=final, other=other,
        order=tuple(goods), kits=(goods[-1],) if kit else (),
        hosts={BY_PRODUCT: goods[0]} if joint else {},
        value={g: float(rng.integers(1, 20)) for g in goods},
        capacity={
            n: q * float(rng.choice((1.0, 1.05, 1.5)))
            for (n, q), k in zip(output.items(), known, strict=True) if k
        },
        secondary=secondary,
        added={n: 0.3 * q for n, q in output.items() if rng.random() < 0.2},
        members={"USA": "signatory", "JPN": str(rng.choice(("observer", "full")))},
        model=tiny_model(**{
            "surge": surge,
            f"by_product_potential:{BY_PRODUCT}": float(rng.choice((0.5, 1.0, 10.0))),
        }).revised(demand_blocks=4),
    )
    return Drawn(**{f.name: getattr(world, f.name) for f in fields(world)})


def networks():
    """Draw the arrays of a random world."""
    return worlds().map(lambda world: world.network)


def halts() -> st.SearchStrategy[Shock]:
    """Draw a shock: its kind and whom it is aimed at."""
    return st.builds(
        Shock, kind=st.sampled_from(("export_halt", "rupture")),
        targets=st.sampled_from(("country", "alliance", "everyone")),
        title=st.just("drawn"),
    )


def severities() -> st.SearchStrategy[float]:
    """Draw how much of the halted sales stops."""
    return st.sampled_from((0.5, 0.75, 1.0))


def less_essential(world: World, factor: float) -> World:
    """Return a world all of whose inputs are less essential."""
    return replace(world, recipes=world.recipes.assign(phi=world.recipes.phi * factor))
