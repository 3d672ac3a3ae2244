"""The back-test: by hand, new episodes by rows, failures that stay."""

from __future__ import annotations

import datetime as dt
import io
import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from supplychain.errors import ScenarioError
from supplychain.measures.recovery import Ends
from supplychain.report.backtest import backtest_screen
from supplychain.scenarios.backtest import FAILS, HOLDS, NONE, QUANTITIES, backtest
from supplychain.scenarios.episodes import (
    EpisodeCase,
    LackingError,
    episode_world,
    episodes_of,
    lost_share,
)
from supplychain.tables.history_rows import EpisodeOutcome
from supplychain.tables.model import load_model


@pytest.fixture(scope="module")
def found(world):
    return backtest(world)


@pytest.fixture(scope="module")
def rows(found):
    return found.rows.set_index(["episode", "quantity", "what"]).sort_index()


def line(rows, episode, quantity):
    part = rows.loc[(episode, quantity)]
    assert part[["predicted_low", "predicted", "predicted_high"]].nunique().max() <= 1
    return part.iloc[0]


def ends(row):
    return row.predicted_low, row.predicted, row.predicted_high


# -- by hand ----------------------------------------------------------------------
# The inputs of the tables and the parameters of the model, written out again.
SURGE = (0.05, 0.125, 0.25)


def kept(share, shock, surge):
    """Left of a supply whose actor falls away, others at their surge."""
    return (1 - share) * (1 + surge) + share * (1 - shock)


def test_neon_by_hand(rows):
    lost = [0.54 - 0.46 * 0.05, 0.495 - 0.505 * 0.125, 0.45 - 0.55 * 0.25]
    large = (60 / lost[0], 75 / lost[1], 90 / lost[2])
    assert ends(line(rows, "neon_2022_large", "days_to_stop")) == pytest.approx(large)
    small = (14 / lost[0], 17.5 / lost[1], 21 / lost[2])
    assert ends(line(rows, "neon_2022_small", "days_to_stop")) == pytest.approx(small)
    price = line(rows, "neon_2022_large", "price_ratio")
    by_hand = (
        kept(0.45, 1, 0.25) ** (-1 / 0.76), kept(0.495, 1, 0.125) ** (-1 / 0.3), 20
    )
    assert ends(price) == pytest.approx(by_hand)
    assert price.error == pytest.approx(by_hand[1] - 9)
    assert price.relative_error == pytest.approx(by_hand[1] / 9 - 1)


def test_indian_magnets_by_hand(rows):
    row = line(rows, "magnets_2025_india", "output_lost_share")
    lost = [1 - kept(0.8, 0.48, 0.25), 1 - kept(0.85, 0.74, 0.125),
            1 - kept(0.9, 1, 0.05)]
    by_hand = [max(0, share - stock / 183)
               for share, stock in zip(lost, (90, 90, 57), strict=True)]
    assert ends(row) == pytest.approx(by_hand)
    assert row.verdict == FAILS


def test_japan_under_the_quota_by_hand(rows):
    """Others' output goes where the next unit is worth most: both in one block.

    China makes .97 and uses .589; Japan uses .235 and buys .9 of it there; the rest
    uses .176. What others make, .03 x 1.125, is shared so that both are served
    between .60 and .65 (one of twenty blocks): the face, of which this is the middle.
    """
    row = line(rows, "ree_quota_2010_japan", "served_share")
    japan, rest = 0.9 * 0.235 * 0.6, (0.97 - 0.589 - 0.9 * 0.235) * 0.6
    others = 0.03 * 1.125
    least = max(0.60 * 0.235 - japan, others - (0.65 * 0.176 - rest))
    most = min(0.65 * 0.235 - japan, others - (0.60 * 0.176 - rest))
    by_hand = (japan + (least + most) / 2) / 0.235
    assert row.predicted == pytest.approx(by_hand)
    assert row.predicted_high == pytest.approx(0.65)


def test_japan_during_the_halt_by_hand(rows):
    """Aimed at Japan alone: all that others make, .03 x 1.125 of the world, comes."""
    row = line(rows, "ree_japan_2010_reported", "served_share")
    by_hand = 0.9 * (1 - 0.935) + 0.03 * 1.125 / 0.235
    assert row.predicted == pytest.approx(by_hand)
    stop = line(rows, "ree_japan_2010_reported", "days_to_stop")
    assert stop.predicted == pytest.approx(90 / (1 - by_hand))
    assert stop.error == 0  # the halt was over before


def test_fire_by_hand(rows):
    assert ends(line(rows, "renesas_2021", "recovery_days")) == (90, 97.5, 105)
    area = line(rows, "renesas_2021", "resilience_area")
    assert ends(area) == pytest.approx((45, 48.75, 52.5))


# -- the program, not a private formula -------------------------------------------
@settings(max_examples=6, deadline=None)
@given(share=st.floats(0.05, 0.95), shock=st.floats(0, 1))
def test_two_places_agree_with_the_closed_form(share, shock):
    case = EpisodeCase("x", "X", "x", "export_halt", "CHN", "everyone", "everyone", "",
                       {"import_share": Ends(*[share] * 3),
                        "shock_size": Ends(*[shock] * 3)})
    lost = lost_share(load_model("pax_silica"), case)
    by_hand = [max(0, 1 - kept(share, shock, rho)) for rho in reversed(SURGE)]
    assert lost == pytest.approx(by_hand, abs=1e-6)
    assert lost.low <= lost.central <= lost.high


def test_access_caps_hold_back_what_others_could_send():
    """The rest makes .4 and could send Japan all of it; C4 lets through 10 % more."""
    given_shares = {"import_share": 0.8, "shock_size": 1.0, "actor_output_share": 0.6,
                    "actor_use_share": 0.3, "users_use_share": 0.2}
    case = EpisodeCase("x", "X", "x", "export_halt", "CHN", "JPN", "JPN", "",
                       {k: Ends(v, v, v) for k, v in given_shares.items()})
    lost = lost_share(load_model("pax_silica"), case)
    assert lost == pytest.approx((1 - 0.2 - 0.2, 1 - 0.2 - 0.1, 1 - 0.2 - 0.05))


def test_shares_that_do_not_fit_make_no_world(world):
    given_shares = {"import_share": 0.9, "actor_output_share": 0.3,
                    "actor_use_share": 0.3, "users_use_share": 0.2}
    case = EpisodeCase("x", "X", "x", "export_halt", "CHN", "JPN", "JPN", "",
                       {k: Ends(v, v, v) for k, v in given_shares.items()})
    with pytest.raises(LackingError, match=r"CHN would sell -0\.18"):
        episode_world(world.model, case, 0.9)


def test_without_a_size_the_severity_of_the_model_stands_in(world):
    half = Ends(0.5, 0.5, 0.5)
    case = EpisodeCase("x", "X", "x", "export_halt", "CHN", "everyone", "everyone", "",
                       {"import_share": half})
    usual = world.model.severities
    assert lost_share(world.model, case).central == pytest.approx(
        1 - kept(0.5, usual.central, 0.125)
    )


# -- a new episode is rows ----------------------------------------------------------
def with_rows(world, *, alone=True, **tables):
    """Return the world with rows appended to its tables; no code is touched.

    `alone`: without the outcomes on record, to predict the new ones only.
    """
    frames = dict(world.tables.frames)
    for name, added in tables.items():
        frame = frames[name]
        if alone and name == "episode_outcomes":
            frame = frame.iloc[:1]
        blank = dict.fromkeys(frame.columns)
        frames[name] = pd.concat([frame, pd.DataFrame(
            [{**blank, **row} for row in added], columns=frame.columns
        ).astype(frame.dtypes)], ignore_index=True)
    return replace(world, tables=replace(world.tables, frames=frames))


HELIUM = {"episode": "helium", "title": "A made-up halt", "good": "helium",
          "kind": "outage", "actor": "QAT", "users": "everyone",
          "targets": "everyone", "begin": dt.date(2030, 1, 1), "damage": "",
          "row": 99}
KNOWN = [
    {"episode": "helium", "input": n, "central": v, "unit": u, "row": 99,
     "known_at": day, "source_id": "usgs_mcs_2026"}
    for n, v, u, day in (
        ("import_share", 0.3, "1", dt.date(2029, 1, 1)),
        ("shock_size", 1.0, "1", dt.date(2030, 6, 1)),
        ("stock_days", 14.0, "days", dt.date(2029, 1, 1)),
    )
]


def outcome(**cells):
    return {"episode": "helium", "quantity": "days_to_stop", "what": "fabs",
            "unit": "days", "date": dt.date(2030, 3, 1), "beyond": "", "row": 99,
            "source_id": "usgs_mcs_2026", "confidence": "low", **cells}


def test_a_new_episode_by_rows_alone(world, found):
    more = backtest(with_rows(
        world, alone=False, episodes=[HELIUM], episode_inputs=KNOWN,
        episode_outcomes=[outcome(value=60.0)],
    ))
    assert len(more.rows) == len(found.rows) + 1
    pd.testing.assert_frame_equal(more.rows.iloc[:-1], found.rows, check_dtype=False)
    new = more.rows.iloc[-1]
    days = 14 / (0.3 - 0.7 * 0.125)
    assert new.predicted == pytest.approx(days)
    assert new.error == pytest.approx(days - 60)
    assert new.hindsight == "shock_size"


@pytest.mark.parametrize(("seen", "verdict", "error"), [
    ({"low": 50.0}, HOLDS, 0.0),
    ({"low": 400.0}, FAILS, 65.882353 - 400),
    ({"high": 70.0}, HOLDS, 0.0),
    ({"high": 10.0}, FAILS, 65.882353 - 10),
    ({"low": 60.0, "high": 70.0}, HOLDS, 0.882353),
    ({"value": 65.0}, HOLDS, 0.882353),
    ({"value": 1.0}, FAILS, 64.882353),
])
def test_verdict_and_error(world, seen, verdict, error):
    more = backtest(with_rows(
        world, episodes=[HELIUM], episode_inputs=KNOWN,
        episode_outcomes=[outcome(**seen)],
    )).rows.iloc[-1]
    assert more.verdict == verdict
    assert more.error == pytest.approx(error)
    assert bool(more.reason) == (verdict == FAILS)


@pytest.mark.parametrize(("lacks", "quantity", "unit", "reason"), [
    ("import_share", "served_share", "1", "no row gives import_share"),
    ("stock_days", "days_to_stop", "days", "no stock is sourced"),
    ("", "output_lost_share", "1", "no row gives horizon_days"),
    ("", "recovery_days", "days", "damage to plants only"),
])
def test_what_is_not_predicted_says_why(world, lacks, quantity, unit, reason):
    row = backtest(with_rows(
        world, episodes=[HELIUM],
        episode_inputs=[k for k in KNOWN if k["input"] != lacks],
        episode_outcomes=[outcome(value=0.5, quantity=quantity, unit=unit)],
    )).rows.iloc[-1]
    assert row.verdict == NONE
    assert reason in row.reason
    assert math.isnan(row.predicted)
    assert math.isnan(row.error)


def test_damage_that_the_model_does_not_know(world):
    burnt = with_rows(
        world, episodes=[{**HELIUM, "damage": "damged"}], episode_inputs=KNOWN,
        episode_outcomes=[outcome(value=9.0, quantity="recovery_days")],
    )
    with pytest.raises(ScenarioError, match="recovery:damaged"):
        backtest(burnt)


# -- the table ----------------------------------------------------------------------
def test_every_quantity_of_the_table_has_one_prediction():
    named = EpisodeOutcome.model_fields["quantity"].annotation.__args__
    assert set(QUANTITIES) == set(named)


def test_every_episode_of_the_issue_has_a_line(found):
    assert {"ree_quota_2010", "gallium_2023", "germanium_2023", "magnets_2025",
            "renesas_2021", "neon_2022_large"} <= set(found.rows.episode)


def test_ranges_are_in_order(found):
    part = found.rows.dropna(subset="predicted")
    assert (part.predicted_low <= part.predicted).all()
    assert (part.predicted <= part.predicted_high).all()


def test_parameters_are_those_shipped(found):
    model = load_model("pax_silica")
    assert len(found.parameters) > 5
    for r in found.parameters.itertuples():
        a = model.assumptions[r.parameter]
        assert (r.low, r.central, r.high) == (a.low, a.central, a.high)


def test_access_is_a_parameter_only_where_somebody_can_re_route(rows):
    assert "nu0" in line(rows, "ree_quota_2010_japan", "served_share").parameters
    assert "nu0" not in line(rows, "neon_2022_large", "days_to_stop").parameters


def test_an_exploding_price_stays_and_fails(rows):
    row = line(rows, "gallium_2023", "price_ratio")
    assert row.verdict == FAILS
    by_hand = kept(0.913, 0.92, 0.125) ** (-1 / 0.3)
    assert f"explodes: {by_hand:.3g} times" in row.reason


def test_every_input_has_a_source_with_an_address(found):
    assert found.inputs.url.str.startswith("http").all()


def test_episodes_come_in_the_order_of_the_table(world):
    assert list(episodes_of(world.tables)) == list(world.tables["episodes"].episode)


def test_a_world_without_tables_has_no_history(tiers):
    with pytest.raises(ScenarioError, match="without its tables"):
        backtest(tiers)


def test_screen_keeps_the_failures(found):
    out = io.StringIO()
    backtest_screen(found, Console(file=out, width=120))
    text = out.getvalue()
    assert all(episode in text for episode in found.rows.episode)
    assert f"{found.count(FAILS)} fail" in text
    assert "explodes" in text
    assert "≥ 401" in text
