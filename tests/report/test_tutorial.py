"""The first five minutes: the tutorial, the command plot, and what help says."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from figures import assert_legible
from test_cli import run
from typer.main import get_command

from supplychain.cli import app
from supplychain.errors import DataError, ScenarioError
from supplychain.home import models_dir
from supplychain.plot import style
from supplychain.report.context import Context, Options
from supplychain.report.gallery import FIGURES, figure
from supplychain.report.tutorial import NAME, tutorial_world, write_tutorial
from supplychain.scenarios.chains import chains, group_labels
from supplychain.scenarios.interdiction import NETWORK, interdict
from supplychain.tables.schema import TABLES
from supplychain.world.build import load_world

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.world.world import World

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def small() -> World:
    folder = models_dir() / NAME
    return load_world(folder, data=folder / "data")


# -- the golden --------------------------------------------------------------------
def test_without_the_target_nine_of_twenty_eight_are_served(small: World):
    """GOLDENS T1-F 5: the rest of the world keeps 9 of the 28 t that it needs."""
    rows = chains(small, with_status=False).dependency
    outside = group_labels(small)["world_outside_target"]
    rows = rows[(rows.good == "magnet") & (rows.group == outside)]
    by_kind = rows.set_index("kind").id
    assert by_kind["rupture"] == pytest.approx(1 - 9 / 28)
    # It goes on buying what it bought: others keep less for themselves.
    assert by_kind["export_halt"] >= by_kind["rupture"]


def test_the_worst_attacks_leave_58_9_3_and_1(small: World):
    found = interdict(small, [NETWORK], channels=["free"], min_producers=1).attacks
    assert list(58 * found.value) == pytest.approx([58, 9, 3, 1])
    assert found.proved.all()


def test_nothing_is_a_fact_and_every_source_says_so(small: World):
    assert small.tables is not None
    for name in TABLES:
        table = small.tables[name]
        if "source_id" in table:
            assert set(table.source_id) <= {"invented"}, name
    assert "nvented for teaching" in small.tables["sources"].url.iloc[0]
    assert small.demand.final.sum() == pytest.approx(58)
    assert small.demand.other.sum() == 0


# -- the command -------------------------------------------------------------------
def test_the_tutorial_is_written_run_and_shown(tmp_path: Path):
    folder = tmp_path / "my first world"
    shown = run("tutorial", str(folder))
    assert shown.returncode == 0, shown.stderr
    for words in ("0.679", "9 of 58", "India becomes a full member", "no membership"):
        assert words in shown.stdout
    assert {p.stem for p in (folder / "data").iterdir()} == set(TABLES)
    for path in (folder / "model").iterdir():
        assert path.read_text().startswith("#"), path.name

    commands = [c.strip() for c in shown.stdout.splitlines()
                if c.startswith("  supplychain ")]
    assert {shlex.split(c)[1] for c in commands} == {
        "check", "tutorial", "what-if", "explain", "analyze"}
    for command in commands:
        words = shlex.split(command)[1:]
        if words[0] not in ("analyze", "tutorial"):  # which take seconds
            again = run(*words)
            assert again.returncode == 0, (command, again.stderr)


def test_what_is_changed_in_the_folder_changes_the_result(tmp_path: Path):
    folder = tmp_path / "t"
    write_tutorial(folder)
    demand = folder / "data" / "capacity.csv"
    text = demand.read_text()
    assert "magnet,JPN,2024,6,t" in text
    demand.write_text(text.replace("magnet,JPN,2024,6,t", "magnet,JPN,2024,4,t"))
    with pytest.raises(DataError, match="below output"):
        tutorial_world(folder)
    demand.write_text(text.replace("magnet,JPN,2024,6,t", "magnet,JPN,2024,12,t"))
    assert tutorial_world(folder).nodes.capacity["magnet", "JPN"] == 12


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, what: str):
    place = tmp_path / "mine"
    kept = place / "notes.txt" if what == "folder" else place
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine")
    shown = run("tutorial", str(place))
    assert shown.returncode == 2
    assert "empty folder" in shown.stderr
    assert kept.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [place]


def test_an_empty_folder_is_filled(tmp_path: Path):
    assert len(write_tutorial(tmp_path)) == len(TABLES) + 6


# -- figures -----------------------------------------------------------------------
def test_plot_lists_every_figure_with_what_it_reads():
    shown = run("plot")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(FIGURES)
    assert "--good" in next(line for line in lines if line.startswith("frontier"))
    assert run("plot", "--list").stdout == shown.stdout


def test_plot_fits_a_figure_into_a_box(tmp_path: Path):
    path = tmp_path / "f.svg"
    folder = models_dir() / NAME
    shown = run("plot", "heatmap", "--size", "400x60", "--out", str(path),
                "--model", str(folder), "--data", str(folder / "data"))
    assert shown.returncode == 0, shown.stderr
    head = path.read_text()[:2000]
    height = float(head.split('height="')[1].split("pt")[0])
    assert height == pytest.approx(60 / 25.4 * 72, rel=1e-4)


@pytest.mark.parametrize(("words", "hint"), [
    (("plot", "sanky", "--out", "f.png"), "did you mean sankey"),
    (("plot", "ladder"), "--out ladder.png"),
    (("plot", "ladder", "--out", "f.gif"), "end it in"),
    (("plot", "ladder", "--good", "gallium", "--out", "f.png"), "does not read --good"),
    (("plot", "map", "--size", "10x", "--out", "f.png"), "write 170 or 170x100"),
    (("plot", "sankey", "--shock", "halt_all", "--out", "f.png"), "halt_alliance"),
])
def test_what_cannot_be_drawn_says_why(
    words: tuple[str, ...], hint: str, tmp_path: Path
):
    shown = run(*words, cwd=tmp_path)
    assert shown.returncode == 2
    assert hint in shown.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["heatmap", "frontier", "retaliation", "network"])
def test_later_figures_of_a_small_world_are_whole(name: str, small: World):
    assert_legible(figure(name, Context(small)))


def test_where_no_status_unlocks_anything_no_steps_are_drawn(small: World):
    with pytest.raises(ScenarioError, match="nothing to draw"):
        figure("steps", Context(small))


def test_a_good_that_no_figure_knows_names_the_nearest(small: World):
    with pytest.raises(ScenarioError, match="did you mean magnet"):
        figure("frontier", Context(small, Options(good="magnt")))


def test_a_bold_title_stays_on_the_page():
    title = ("What India's status unlocks: dependence on China after re-sourcing "
             "within the caps of each status")
    with style.applied():
        assert_legible(style.page(style.PRINT, 1.0, title=title).fig)


# -- help --------------------------------------------------------------------------
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_carries_an_example_of_the_command(command: str):
    text = COMMANDS[command].help or ""
    assert f"Example: supplychain {command}" in text
    example = " ".join(text.split("Example: ")[1].split())
    words = shlex.split(example)[2:]
    # Options that the example uses are options of the command.
    known = {o for p in COMMANDS[command].params for o in p.opts}
    assert {w for w in words if w.startswith("--")} <= known


def test_help_begins_with_the_tutorial():
    shown = run("--help")
    assert "supplychain tutorial" in shown.stdout
    assert "Example: supplychain" in shown.stdout
