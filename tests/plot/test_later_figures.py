"""Figures on hand-made frames: legible, in the colours of the table, and true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from figures import assert_legible, colours, written
from matplotlib.figure import Figure

from supplychain.plot import style
from supplychain.plot.backtest import backtest, backtest_figure
from supplychain.plot.frontier import frontier, frontier_figure
from supplychain.plot.heatmap import heatmap
from supplychain.plot.retaliation import retaliation, retaliation_figure
from supplychain.plot.sankey import sankey, sankey_figure
from supplychain.plot.shapley import shapley
from supplychain.plot.steps import select_steps, steps_figure

CAPTION = "Share of world output [%], 2024; source: a hand-made frame. " * 3
TITLE = "What a reader is told first, in words that take more than one line of a page"
RUNGS = ("excluded", "invited", "observer", "signatory", "full")


# -- frames ---------------------------------------------------------------------
def unlocked(**ids: tuple[float, ...]) -> pd.DataFrame:
    return pd.DataFrame([
        {"good": good, "group": "IND", "unallocated_as": "not_target",
         "conflicts_as": "central", "control": "place", "status": status,
         "id_lambda": value, "id_frozen": 0.95, "id": 0.05}
        for good, values in ids.items()
        for status, value in zip(RUNGS, values, strict=True)
    ])


def points(*, membership: bool) -> pd.DataFrame:
    curve = [(0.4, 30.0), (0.7, 10.0), (0.9, 0.0), (1.0, 0.0)]
    rows = [
        {"membership": who, "axis": axis, "bound": bound, "share": s,
         "value": v * factor, "reachable": s >= 0.85, "unit": "% of the chain's cost"}
        for who, axis, bound, factor in [
            ("channels off", "capacity", "exact", 2), ("channels off", "premium", "low",
            0.2), ("channels off", "premium", "high", 1),
            *([("full", "premium", "low", 0.1), ("full", "premium", "high", 0.8)]
              if membership else []),
        ]
        for s, v in curve
    ]
    return pd.DataFrame(rows)


MARKS = pd.DataFrame([
    {"mark": m, "share": s} for m, s in [
        ("share_cap", 0.65), ("asked", 0.5), ("today", 0.92), ("least by 2030", 0.91),
        ("least", 0.4)]
])


def game(**changes: object) -> pd.DataFrame:
    rows = pd.DataFrame([
        {"player": p, "shapley": v, "low": v, "high": v, "alone": v / 10,
         "marginal": 3 * v, "unit": "% of the baseline value of all players together"}
        for p, v in [("IND", 2.2), ("JPN", 3.1), ("southeast_asia", 0.0)]
    ])
    return rows.assign(**changes)


def gains(best: float = 0.1) -> pd.DataFrame:
    return pd.DataFrame([
        {"theta": t, "intensity": i, "gain": i * (best - 0.3 * t),
         "gain_min": i * (best - 0.3 * t) - 0.01 * i, "gain_max":
         i * (best - 0.3 * t) + 0.01 * i}
        for t in np.linspace(0, 1, 11) for i in np.linspace(0, 1, 9)
    ])


def episodes() -> pd.DataFrame:
    nan = float("nan")
    rows = [
        ("price_ratio", "1", (1.5, 4, 20), (nan, 26, nan), "fails"),
        ("price_ratio", "1", (1.5, 4, 20), (2.0, 3.0, 9.0), "holds"),
        ("served_share", "1", (0.2, 0.3, 0.6), (0.5, nan, 0.7), "holds"),
        ("days_to_stop", "days", (60, 100, 220), (nan, nan, 52), "fails"),
        ("days_to_stop", "days", (60, 100, 220), (400, nan, nan), "fails"),
        ("recovery_days", "days", (nan, nan, nan), (88, nan, 118), "no prediction"),
    ]
    return pd.DataFrame([
        {"title": "A government licenses the exports of a metal", "quantity": quantity,
         "what": f"what was seen, case {n}, on the day it was seen", "unit": unit,
         "verdict": verdict,
         **dict(zip(("predicted_low", "predicted", "predicted_high"), said,
                    strict=True)),
         **dict(zip(("observed_low", "observed", "observed_high"), seen, strict=True))}
        for n, (quantity, unit, said, seen, verdict) in enumerate(rows)
    ])


def chain() -> tuple[pd.DataFrame, pd.DataFrame]:
    bars = pd.DataFrame([
        (0, "CHN", "target", 0.7), (0, "AUS", "alliance", 0.3),
        (1, "CHN", "target", 0.9), (1, "IND", "country", 0.05),
        (1, "JPN", "alliance", 0.05), (2, "joint", "nobody", 1.0),
    ], columns=["stage", "place", "kind", "share"])
    links = pd.DataFrame([
        (0, "CHN", "CHN", "target", 0.7, 0.65),
        (0, "AUS", "CHN", "alliance", 0.2, 0.25),
        (0, "AUS", "IND", "alliance", 0.05, 0.05),
        (0, "AUS", "JPN", "alliance", 0.05, 0.05),
        (1, "CHN", "joint", "target", 0.9, 0.9),
        (1, "IND", "joint", "country", 0.05, 0.05),
        (1, "JPN", "joint", "alliance", 0.05, 0.05),
    ], columns=["stage", "source", "target", "kind", "out", "into"])
    return bars, links


STAGES = ["Rare earths, mined", "Magnets", "Users"]
WORDS = {"CHN": "China", "AUS": "Australia", "IND": "India", "JPN": "Japan",
         "joint": "not split", "southeast_asia": "Southeast Asia",
         "gallium": "Gallium", "magnet": "NdFeB permanent magnets"}


def draw_steps() -> Figure:
    frame = unlocked(gallium=(0.8, 0.78, 0.6, 0.5, 0.2), tin=(0.3, 0.3, 0.3, 0.3, 0.3),
                     magnet=(0.12, 0.1, 0.05, 0.02, 0.0), zinc=(0.0,) * 5)
    return steps_figure(frame, group="IND", off={"gallium": 0.8}, names=WORDS,
                        title=TITLE, caption=CAPTION)


def draw_heatmap() -> Figure:
    cells = pd.DataFrame([("gallium", "CHN", 0.98), ("gallium", "JPN", 0.004),
                          ("magnet", "CHN", 0.94), ("magnet", "JPN", 0.06)],
                         columns=["good", "country", "share"])
    return heatmap(cells, goods=["gallium", "magnet"], countries=["CHN", "IND", "JPN"],
                   groups={"gallium": "refining", "magnet": "components"}, names=WORDS,
                   marked={"CHN": style.TARGET}, title=TITLE, caption=CAPTION).figure


FIGURES = {
    "steps": draw_steps,
    "heatmap": draw_heatmap,
    "frontier": lambda: frontier_figure(points(membership=True), MARKS, title=TITLE,
                                        caption=CAPTION),
    "shapley": lambda: shapley(
        pd.concat([game(game="withheld"), game(game="apart", low=1.0, high=4.0)]),
        names=WORDS, country="IND", title=TITLE, caption=CAPTION).figure,
    "retaliation": lambda: retaliation_figure(
        {"India alone": gains(), "everyone": gains(0.02)},
        rungs=dict(zip(RUNGS, (0, 0.05, 0.25, 0.5, 1), strict=True)),
        title=TITLE, caption=CAPTION),
    "backtest": lambda: backtest_figure(episodes(), title=TITLE, caption=CAPTION),
    "sankey": lambda: sankey_figure({"Before": chain(), "After": chain()},
                                    stages=STAGES, names=WORDS, title=TITLE,
                                    caption=CAPTION),
}


@pytest.mark.parametrize("name", FIGURES)
def test_words_are_whole_and_apart_at_print_size(name):
    fig = FIGURES[name]()
    assert fig.get_figwidth() == pytest.approx(170 / 25.4)
    assert_legible(fig)
    said = " ".join(text for text, _ in written(fig))
    assert "hand-made" in said
    assert TITLE.split()[-1] in said


# -- the check itself -------------------------------------------------------------
def test_the_check_sees_a_covered_and_a_cut_word():
    fig = Figure(figsize=(2, 1))
    fig.text(0.5, 0.5, "one")
    fig.text(0.5, 0.55, "two")
    with pytest.raises(AssertionError, match="'one' covers 'two'"):
        assert_legible(fig)
    fig = Figure(figsize=(2, 1))
    fig.text(0.95, 0.5, "a long word")
    with pytest.raises(AssertionError, match="leaves the page"):
        assert_legible(fig)


# -- colours ----------------------------------------------------------------------
@pytest.mark.parametrize(("name", "expected"), [
    ("steps", {style.LADDERS["A"].colour, style.CHANNELS["off"].colour,
               style.MEASURES["id"].colour}),
    ("frontier", {m.colour for m in style.MEMBERSHIPS.values()}),
    ("backtest", {m.colour for m in style.VERDICTS.values()}),
    ("sankey", {style.LIES_IN[k].colour for k in ("target", "country", "alliance")}),
])
def test_colours_come_from_the_table(name, expected):
    assert {c.upper() for c in expected} <= colours(FIGURES[name]())


# -- what each one says -----------------------------------------------------------
def test_steps_show_what_moves_and_count_what_does_not():
    said = " ".join(text for text, _ in written(draw_steps()))
    assert "Gallium" in said
    assert "tin" not in said.split()
    assert "1 with ID(λ) under" in said.replace("\n", " ")
    assert "1 that stay above it" in said.replace("\n", " ")
    with pytest.raises(ValueError, match="no rows"):
        select_steps(unlocked(gallium=(0.5,) * 5), group="USA")
    with pytest.raises(ValueError, match="no good moves"):
        steps_figure(unlocked(gallium=(0.5,) * 5), group="IND")


def test_an_unknown_cell_is_not_nought():
    ax = draw_heatmap().axes[0]
    shown = {(t.get_position()): t.get_text() for t in ax.texts}
    assert shown[0, 0] == "98"
    assert shown[2, 0] == "·"  # known, and tiny
    assert (1, 0) not in shown  # not known
    twice = pd.DataFrame({"good": ["a", "a"], "country": ["b", "b"], "share": [1, 0]})
    with pytest.raises(ValueError, match="two rows"):
        heatmap(twice, goods=["a"], countries=["b"])


def test_the_frontier_is_dashed_where_projects_do_not_reach():
    ax = frontier(points(membership=False), MARKS)
    off = style.MEMBERSHIPS["channels off"].colour
    dashes = {line.get_linestyle(): line.get_xdata() for line in ax.lines
              if line.get_color() == off and line.get_linestyle() != "None"}
    assert max(dashes["--"]) == pytest.approx(0.91)
    assert min(dashes["-"]) == pytest.approx(0.91)
    with pytest.raises(ValueError, match="no axis"):
        frontier(points(membership=False), MARKS, axis="price")


def test_sampled_values_carry_their_interval():
    exact = shapley(game(), names=WORDS)
    sampled = shapley(game(low=1.0, high=4.0), names=WORDS)
    legend = [t.get_text() for t in sampled.figure.legends[0].get_texts()]
    assert any("confidence" in text for text in legend)
    assert not any("confidence" in t.get_text()
                   for t in exact.figure.legends[0].get_texts())
    assert [t.get_text() for t in exact.get_yticklabels()] == [
        "Japan", "India", "Southeast Asia"]
    with pytest.raises(ValueError, match="one unit"):
        shapley(game(unit=["a", "b", "b"]))
    with pytest.raises(ValueError, match="at most 3"):
        shapley(pd.concat([game(game=str(n)) for n in range(4)]))


def test_the_line_of_nought_is_where_joining_breaks_even():
    ax = retaliation(gains(0.1))  # i (0.1 - 0.3 theta) is nought at theta = 1/3
    lines = [c for c in ax.collections if len(c.get_linewidths())
             and c.get_linewidths()[0] == 1.8]
    path = lines[0].get_paths()[0].vertices
    assert path[:, 1] == pytest.approx(1 / 3, abs=1e-9)
    with pytest.raises(ValueError, match="missing"):
        retaliation(gains().iloc[1:])


def test_units_are_not_mixed_and_ratios_are_on_a_log_axis():
    axes = backtest_figure(episodes()).axes
    assert [ax.get_xscale() for ax in axes] == ["log", "linear", "linear"]
    with pytest.raises(ValueError, match="one unit an axis, not days, ratio, share"):
        backtest(episodes())


def test_bands_leave_and_arrive_within_their_bars():
    bars, links = chain()
    ax = sankey(bars, links, stages=STAGES, names=WORDS)
    bands = [p for p in ax.patches if type(p).__name__ == "PathPatch"]
    assert len(bands) == len(links)
    spans = {(r.get_x(), r.get_y(), r.get_y() + r.get_height())
             for r in ax.patches if type(r).__name__ == "Rectangle"}
    for band in bands:
        y = band.get_path().vertices[[0, 7], 1]
        start = band.get_path().vertices[0, 0]
        assert any(x + 0.06 > start >= x and low - 1e-9 <= min(y) and max(y) <= high
                   + 1e-9 for x, low, high in spans)
    with pytest.raises(ValueError, match="3 stages, 2 names"):
        sankey(bars, links, stages=STAGES[:2])
