"""What the screen of a sensitivity leaves unsolved would have come out the same."""

from __future__ import annotations

import pytest

from supplychain.scenarios import sensitivity as screened
from supplychain.scenarios.sensitivity import sensitivity

pytestmark = pytest.mark.slow

SCREEN = "not binding in any headline run"
# Some bind at both ends, some at one, some nowhere.
NAMES = (
    "phi:hf_high_purity:fluorspar", "phi:smartphone:rf_chip",
    "phi:superalloy_part:vanadium_refined", "phi:wind_turbine:molybdenum_mined",
    "phi:logic_advanced:hafnium", "phi:solar_panel:tellurium",
    "by_product_potential:gallium", "by_product_potential:bismuth",
)
ENDS = ["at_low", "at_central", "at_high"]


@pytest.fixture(scope="module")
def runs(world):
    """The sensitivity with its screen and without: frames and solves."""
    keys = ["assumption", "headline"]
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for families in (screened._ONE_ROW, ()):
            patch.setattr(screened, "_ONE_ROW", families)
            frame, solves = sensitivity(world, NAMES)
            found.append((frame.set_index(keys), solves))
    return found


def test_the_screen_changes_no_number(runs):
    (quick, _), (full, _) = runs
    assert (quick.index == full.index).all()
    for end in ENDS:
        assert quick[end].to_numpy() == pytest.approx(
            full[end].to_numpy(), abs=1e-9, rel=0
        ), end


def test_the_screen_spares_some_and_not_all(runs):
    (quick, few), (full, many) = runs
    noted = set(quick.index[quick.note == SCREEN].get_level_values(0))
    assert noted
    assert noted < set(NAMES)
    assert few < many
    assert not (full.note == SCREEN).any()


def test_what_binds_is_still_found(runs):
    (quick, _), _ = runs
    assert quick.effect["phi:smartphone:rf_chip"].max() > 0.1


def test_a_note_on_one_end_says_which(runs):
    """A row that moves a number does not claim that nothing binds."""
    (quick, _), _ = runs
    assert (quick[quick.note == SCREEN].effect == 0).all()
