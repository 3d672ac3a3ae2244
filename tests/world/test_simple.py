"""Two plain tables become a world that answers as one made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from supplychain.errors import DataError, ScenarioError
from supplychain.ids import NOBODY
from supplychain.scenarios.chains import chains
from supplychain.scenarios.whatif import what_if
from supplychain.world.simple import world_from_tables

if TYPE_CHECKING:
    from pathlib import Path

    from supplychain.world.world import World

WHO: dict[str, Any] = {"country": "IND", "target": "CHN"}


def balance() -> pd.DataFrame:
    """Ore 80 + 20, magnets 30 + 10; one ore a magnet, so that 60 have no user."""
    return pd.DataFrame([
        ("ore", "CHN", 80.0, 0.0), ("ore", "AUS", 20.0, 0.0),
        ("magnet", "CHN", 30.0, 10.0), ("magnet", "JPN", 10.0, 5.0),
        ("magnet", "IND", 0.0, 25.0),
    ], columns=["good", "country", "output", "demand"])


def recipes() -> pd.DataFrame:
    return pd.DataFrame({"good": ["magnet"], "input": ["ore"], "quantity": [1.0]})


def made(**options: Any) -> World:
    return world_from_tables(balance(), recipes(), **{**WHO, **options})


def test_flows_are_proportional_to_output_and_balance() -> None:
    world = made()
    flow = world.flows.flow
    assert flow["magnet", "CHN", "IND"] == pytest.approx(25 * 30 / 40)
    assert flow["ore", "AUS", "JPN"] == pytest.approx(10 * 20 / 100)
    shipped = flow.groupby(level=[0, 1]).sum()
    assert shipped.to_dict() == pytest.approx(world.nodes.output.to_dict())


def test_output_without_a_user_is_nobodys_and_is_said() -> None:
    world = made()
    assert world.demand.other["ore", NOBODY] == pytest.approx(60)
    assert len(world.notes) == 1
    assert world.notes[0].startswith("ore: 60 of 100")


def test_measures_by_hand() -> None:
    """DD = 3/4; LTD = 3/4 + 1/4 * 4/5 with no substitute for the ore."""
    takes = recipes().assign(phi=1.0)
    world = world_from_tables(balance(), takes, country="IND", target="CHN")
    found = chains(world, goods=("magnet",), with_status=False).dependency
    row = found[(found.group == "IND") & (found.kind == "export_halt")].iloc[0]
    assert row.dd == pytest.approx(0.75)
    assert row.ltd == pytest.approx(0.95)


def test_a_seat_can_be_asked_for() -> None:
    world = made(statuses={"JPN": "full", "AUS": "full"}, prices={"magnet": 50.0},
                 year=2019)
    assert world.model.scope.year == 2019
    assert world.incumbents == ("AUS", "JPN")
    assert world.goods.value["magnet"] == 50
    found = what_if(world, {"pax_silica.IND": "full"}, shock="halt_everyone",
                    drivers=False).rows
    row = found[(found.group == "IND") & (found.good == "final products")].iloc[0]
    assert 0 < row.before_min <= row.after_max <= 1


def test_files_read_as_frames_do(tmp_path: Path) -> None:
    balance().to_csv(tmp_path / "made.csv", index=False)
    recipes().to_csv(tmp_path / "takes.csv", index=False)
    world = world_from_tables(tmp_path / "made.csv", tmp_path / "takes.csv", **WHO)
    assert world.hash == made().hash
    assert set(world.nodes.source_id) == {"made.csv"}
    assert world.countries.name["IND"] == "India"


def test_every_fault_of_the_cells_is_listed_at_once() -> None:
    wrong = balance().assign(demand=-1.0)
    takes = recipes()
    takes.loc[1] = ["magnet", "oer", 1.0]
    with pytest.raises(DataError) as error:
        world_from_tables(wrong, takes, **WHO)
    assert len(error.value.faults) == len(wrong) + 1
    assert "no good 'oer' in balance; did you mean ore?" in str(error.value)


def test_every_fault_of_the_balance_is_listed_at_once() -> None:
    wrong = balance().assign(capacity=[100.0, 20.0, 3.0, 10.0, float("nan")])
    wrong.loc[len(wrong)] = ["magnet", "AUS", 0.0, 20.0, float("nan")]
    with pytest.raises(DataError) as error:
        world_from_tables(wrong, recipes(), **WHO, prices={"magnet": -1.0})
    said = str(error.value)
    assert len(error.value.faults) == 3
    assert "balance, row 4, capacity: is less than output" in said
    assert "take 60, the world makes 40" in said
    assert "prices, magnet" in said


@pytest.mark.parametrize(("column", "value", "said"), [
    ("output", "many", "row 2, output: 'many' is no number 0 or more"),
    ("demand", -1.0, "row 2, demand: -1.0 is no number 0 or more"),
    ("good", "", "row 2, good: is empty"),
    ("country", "AUS", "row 3, good: stands here a second time"),
])
def test_a_broken_cell_is_named(column: str, value: object, said: str) -> None:
    wrong = balance().astype(object)
    wrong.loc[0, column] = value
    with pytest.raises(DataError, match=said):
        world_from_tables(wrong, recipes(), **WHO)


@pytest.mark.parametrize("phi", [-0.1, 1.1])
def test_essentiality_lies_between_0_and_1(phi: float) -> None:
    with pytest.raises(DataError, match=r"row 2, phi: .* is no number from 0 to 1"):
        world_from_tables(balance(), recipes().assign(phi=phi), **WHO)


def test_a_recipe_needs_a_quantity() -> None:
    takes = recipes().assign(quantity=float("nan"))
    with pytest.raises(DataError, match="row 2, quantity: nan is no number above 0"):
        world_from_tables(balance(), takes, **WHO)


def test_columns_missing_or_unknown() -> None:
    with pytest.raises(DataError, match="output: column is missing") as error:
        world_from_tables(balance().rename(columns={"output": "outptu"}), recipes(),
                          **WHO)
    assert "column is unknown; did you mean output?" in str(error.value)


def test_a_circle_of_recipes() -> None:
    takes = recipes()
    takes.loc[1] = ["ore", "magnet", 0.1]
    with pytest.raises(DataError, match="goes in a circle"):
        world_from_tables(balance(), takes, **WHO)


def test_a_world_without_demand() -> None:
    with pytest.raises(DataError, match="nobody needs a final product"):
        world_from_tables(balance().assign(demand=0.0), recipes(), **WHO)


@pytest.mark.parametrize(("options", "said"), [
    ({"country": "INX"}, "no country 'INX'"),
    ({"target": "IND"}, "country and target are both 'IND'"),
    ({"statuses": {"JPN": "fulll"}}, "no status 'fulll'; did you mean full?"),
])
def test_unknown_names(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        made(**options)
