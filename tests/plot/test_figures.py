"""Figures on made-up tables: geometry, words, and what the page holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plot_frames as frames
import pytest
from figures import faults
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.testing.compare import compare_images

from supplychain.plot.chains import chains, select_chains
from supplychain.plot.chokepoints import ranking
from supplychain.plot.network import network
from supplychain.plot.save import save_as
from supplychain.plot.scatter import scatter
from supplychain.plot.whatif import before_after

CAPTION = "What, where, when, unit, source, scenario. " * 4
BASELINES = Path(__file__).parent / "baselines"
WORDS = {"CHN": "China", "JPN": "Japan", "IND": "India", "USA": "United States",
         "UNA": "Unallocated output", "BRA": "Brazil", "AUS": "Australia",
         "ndfeb_magnet": "NdFeB permanent magnets", "si_wafer": "Silicon wafers"}


def _ranking() -> Figure:
    return ranking(frames.nodes(), names=WORDS, title="N-1", caption=CAPTION).figure


def _network() -> Figure:
    made, links = frames.layers()
    return network(made, links, names=WORDS, title="Chain", caption=CAPTION).figure


DRAWN = {
    "ranking": _ranking,
    "network": _network,
    "scatter": lambda: scatter(
        select_chains(frames.dependency()), goods_names=WORDS, title="ID and LTD",
        caption=CAPTION).figure,
    "chains": lambda: chains(
        frames.dependency(), goods_names=WORDS, title="Chains", caption=CAPTION).figure,
    "before_after": lambda: before_after(
        frames.compared(), country="IND", names=WORDS, title="What if",
        caption=CAPTION).figure,
}


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_overlaps_and_nothing_is_clipped(name: str):
    assert faults(DRAWN[name]()) == []


def test_the_checker_sees_what_is_wrong():
    fig = Figure(figsize=(3, 2))
    fig.text(0.5, 0.5, "one text")
    fig.text(0.52, 0.5, "another")
    fig.text(0.9, 0.1, "off the page to the right")
    found = faults(fig)
    assert len(found) == 2
    assert "covers" in found[0]
    assert "leaves" in found[1]


@pytest.mark.parametrize("name", ["ranking", "network"])
def test_the_picture_stays(name: str, tmp_path: Path):
    """Draw it as the baseline was drawn: ``save_as(figure, path, dpi=60)``."""
    path = save_as(DRAWN[name](), tmp_path / f"{name}.png", dpi=60)
    assert compare_images(str(BASELINES / f"{name}.png"), str(path), tol=8) is None


# -- the layered network ----------------------------------------------------------
def test_parts_of_a_bar_are_shares():
    made, links = frames.layers()
    ax = network(made, links)
    bars = [p for p in ax.patches if type(p) is Rectangle]
    heights = np.array([bar.get_height() for bar in bars])
    for pair, shares in ((heights[:2], (0.6, 0.4)), (heights[2:], (0.7, 0.3))):
        np.testing.assert_allclose(pair / pair.sum(), shares)


def test_a_band_leaves_as_wide_as_its_share():
    made, links = frames.layers()
    ax = network(made, links)
    bands = [p for p in ax.patches if type(p) is PathPatch]
    whole = sum(p.get_height() for p in ax.patches[3:] if type(p) is Rectangle) / 2
    left = sorted(b.get_path().vertices[0, 1] - b.get_path().vertices[7, 1]
                  for b in bands)
    np.testing.assert_allclose(np.array(left) / whole, [0.1, 0.3, 0.6], atol=1e-9)


def test_bands_into_a_maker_fill_its_part():
    made, links = frames.layers()
    ax = network(made, links)
    bands = [p.get_path().vertices for p in ax.patches if type(p) is PathPatch]
    right = sorted(v[3, 1] - v[4, 1] for v in bands)
    bars = sorted(p.get_height() for p in ax.patches if type(p) is Rectangle)
    # India's part (the smallest) from one band, China's (the largest) from two.
    np.testing.assert_allclose(right[0] + right[2], bars[-1])
    np.testing.assert_allclose(right[1], bars[0])


def test_chokepoints_are_ringed():
    made, links = frames.layers()
    rings = [p for p in network(made, links).patches if type(p) is FancyBboxPatch]
    assert len(rings) == made.chokepoint.sum()


# -- the ranking, the comparison ---------------------------------------------------
def test_the_worst_node_stands_on_top():
    ax = ranking(frames.nodes(), names=WORDS)
    assert ax.get_yticklabels()[0].get_text() == "gallium, China"
    low, high = ax.get_ylim()
    assert low > high


def test_goods_that_do_not_change_are_counted_not_drawn():
    rows = frames.compared()
    still = rows.good == "gallium"
    rows.loc[still, [c for c in rows if c.startswith("difference")]] = 0.0
    ax = before_after(rows, country="IND", names=WORDS)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert "Gallium" not in labels
    assert "1 good" in ax.get_xlabel()


def test_a_range_is_written_where_the_optimum_is_not_unique():
    texts = {t.get_text() for t in before_after(
        frames.compared(), country="IND", names=WORDS).texts}
    assert "+2.0 to +4.0" in texts


# -- files -------------------------------------------------------------------------
@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_figure_gives_the_same_bytes(ending: str, tmp_path: Path):
    one, two = (save_as(_network(), tmp_path / f"{k}" / f"f.{ending}") for k in "ab")
    assert one.read_bytes() == two.read_bytes()
    assert list(tmp_path.rglob("*.part")) == []


def test_size_scales_the_page(tmp_path: Path):
    fig = Figure(figsize=(4, 2))
    fig.text(0.1, 0.5, "a text")
    pdf = save_as(fig, tmp_path / "f.pdf", width=50.8).read_bytes()
    assert b"/MediaBox [ 0 0 144 72 ]" in pdf
    svg = save_as(fig, tmp_path / "f.svg", width=50.8).read_text()
    assert 'width="144pt" height="72pt" viewBox="0 0 288 144"' in svg
    png = save_as(fig, tmp_path / "f.png", width=50.8, dpi=100).read_bytes()
    assert [int.from_bytes(png[k : k + 4], "big") for k in (16, 20)] == [200, 100]


def test_another_ending_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"end it in \.png, \.svg, \.pdf"):
        save_as(Figure(), tmp_path / "f.jpg")
