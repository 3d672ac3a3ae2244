"""Loss at any intensity, and a chain as it passes from stage to stage."""

from __future__ import annotations

import pandas as pd
import pytest

from supplychain.errors import ScenarioError
from supplychain.scenarios.losses import loss_curve, net_gain
from supplychain.scenarios.passage import flows_after, passage
from supplychain.scenarios.retaliation import break_even, break_even_ratio

CHAIN = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet")


def test_at_a_rung_the_curve_is_the_rung(magnets):
    rungs = break_even(magnets)
    rungs = rungs[rungs.good == "final products"].set_index("intensity")
    curve = loss_curve(magnets, intensities=tuple(rungs.index)).set_index("intensity")
    for end, name in [("loss", "loss_member"), ("loss_min", "loss_member_min"),
                      ("loss_max", "loss_member_max")]:
        known = rungs[name].notna()
        assert known.any()
        assert curve[end][known].tolist() == pytest.approx(rungs[name][known].tolist())


def test_others_do_not_move_with_the_country(world):
    """A country at the intensity of observers is an observer; others stay theirs."""
    curve = loss_curve(world, shock="halt_alliance", intensities=(0.0, 1.0))
    full = break_even(world, shock="halt_alliance")
    full = full[(full.status == "full") & (full.good == "final products")].iloc[0]
    assert curve.loss_min.iloc[1] == pytest.approx(full.loss_member_min, abs=1e-6)


def test_the_net_gain_is_nought_at_break_even():
    curve = pd.DataFrame({"intensity": [0.0, 0.5], "loss": [0.3, 0.2],
                          "loss_min": [0.3, 0.19], "loss_max": [0.3, 0.21]})
    theta = break_even_ratio(0.3, 0.2, 0.5)
    found = net_gain(curve, [theta]).iloc[1]
    assert found.gain == pytest.approx(0)
    assert found.gain_min < 0 < found.gain_max
    with pytest.raises(ScenarioError, match="begin at intensity 0"):
        net_gain(curve.iloc[1:], [theta])


def test_bands_fill_the_bars_they_come_from_and_go_to(world):
    found = passage(world, CHAIN)
    bars = found.bars.set_index(["stage", "place"]).share
    out = found.links.groupby(["stage", "source"]).out.sum()
    assert (out <= bars.reindex(out.index) + 1e-9).all()
    links = found.links.assign(stage=found.links.stage + 1)
    into = links.groupby(["stage", "target"]).into.sum()
    assert (into <= bars.reindex(into.index) + 1e-9).all()
    last = into[3]
    assert last.sum() == pytest.approx(1)
    assert last.tolist() == pytest.approx(bars[3].reindex(last.index).tolist())


def test_a_halt_takes_from_the_last_stage(world):
    flows = flows_after(world, "halt_everyone", 1.0)
    after = passage(world, CHAIN, flows=flows).bars.groupby("stage").share.sum()
    assert after[3] < 0.9
    assert after.le(1 + 1e-6).all() or after.max() < 1 + world.model.value("surge")


def test_a_chain_is_made_of_inputs(world):
    with pytest.raises(ScenarioError, match="is no input of"):
        passage(world, ("ndfeb_magnet", "ndpr_oxide"))
