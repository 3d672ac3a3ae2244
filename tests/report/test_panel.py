"""The what-if panel as text: valid, labelled, escaped, its numbers the cube's."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import product

import html5lib
import pandas as pd
import pytest
from panels import page_of, small_cube, small_page
from worlds import two_makers

from supplychain.plot import style
from supplychain.report import panel
from supplychain.report.panel import panel_html, panel_of
from supplychain.report.words import Words
from supplychain.scenarios.cube import Cube

NASTY = """Ind<i>a & "Co" </script><script>alert('1')</script>"""


def parsed(page):
    """Parse strictly: any fault in the file is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def data_of(root):
    (script,) = [s for s in root.iter("script") if s.get("id") == "wi-data"]
    return json.loads(script.text)


@pytest.fixture(scope="module")
def root():
    return parsed(small_page())


@pytest.fixture(scope="module")
def nasty():
    world = two_makers()
    countries, goods = world.countries.copy(), world.goods.copy()
    countries.loc["IND", "name"] = NASTY
    goods.loc["chip", "name"] = NASTY
    world = replace(world, countries=countries, goods=goods)
    return page_of(panel_html(small_cube(), Words(world)))


def test_ids_are_unique_and_the_panels_own(root):
    ids = Counter(e.get("id") for e in root.iter() if e.get("id"))
    assert max(ids.values()) == 1
    assert {i for i in ids if not i.startswith("wi-")} == {"what-if"}


def test_every_control_has_a_label(root):
    named = {label.get("for") for label in root.iter("label")} - {None}
    inside = {id(e) for label in root.iter("label") for e in label.iter("input")}
    assert {s.get("id") for s in root.iter("select")} == named
    radios = list(root.iter("input"))
    assert len(radios) > 10
    assert all(id(r) in inside for r in radios)
    for group in root.iter("fieldset"):
        assert group.find("legend").text
    # Each group of radios has one that is chosen.
    names = Counter(r.get("name") for r in radios if r.get("checked") is not None)
    assert set(names) == {r.get("name") for r in radios}
    assert set(names.values()) == {1}


def test_chart_and_table_say_what_they_are(root):
    (svg,) = [e for e in root.iter() if str(e.tag).endswith("svg")]
    ids = {e.get("id") for e in root.iter()}
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") in ids
    assert {th.get("scope") for th in root.iter("th")} == {"col", "row"}
    assert next(root.iter("caption")).text
    (live,) = [e for e in root.iter() if e.get("aria-live")]
    assert live.get("aria-live") == "polite"
    assert next(root.iter("noscript")) is not None


def test_nothing_is_fetched(root):
    assert not list(root.iter("link"))
    assert not [e for e in root.iter() if e.get("src") or e.get("href")]
    text = small_page().replace("http://www.w3.org/2000/svg", "")
    for word in ("http:", "https:", "url(", "@import", "fetch(", "XMLHttp"):
        assert word not in text


def test_the_numbers_of_the_page_are_those_of_the_cube(root):
    data, rows = data_of(root), small_cube().rows
    rows = rows.assign(what=rows.group + "|" + rows.good)
    for name, off in (("on", False), ("off", True)):
        table = data[name]
        part = rows[(rows.channels == "off") == off]
        axes = [list(dict.fromkeys(part[axis])) for axis, _ in table["axes"]]
        assert [len(a) for a in axes] == [size for _, size in table["axes"]]
        told = part.set_index([axis for axis, _ in table["axes"]])
        keys = list(product(*axes))
        assert len(keys) == len(told) == len(table["least"])
        low = pd.Series(table["least"], index=keys) / data["scale"]
        width = pd.Series(table["more"], index=keys) / data["scale"]
        for key in keys:
            assert low[key] == pytest.approx(told["min"][key], abs=1e-5)
            assert low[key] + width[key] == pytest.approx(told["max"][key], abs=1e-5)


def test_the_table_holds_the_first_choice(root):
    rows = small_cube().rows
    here = rows[(rows.capacity == "2024") & (rows.shock == "halt_country")
                & (rows.severity == 0.75) & (rows.group == "IND")
                & (rows.good == "final products") & (rows.ladder == "A")]
    on = here[here.channels == "central"].set_index("status").middle
    off = here[here.channels == "off"].middle.iloc[0]
    wanted = [f"{100 * v:.1f}\N{NO-BREAK SPACE}%" for v in (*on, off)]
    (body,) = [e for e in root.iter() if e.get("id") == "wi-rows"]
    shown = [[cell.text for cell in row.iter("td")] for row in body.iter("tr")]
    assert [cells[1] for cells in shown] == wanted
    assert [r.find("th").text for r in body.iter("tr")] == [
        "excluded", "signatory", "full member", "no membership effect"]
    # Excluded is what the tables record of the country studied.
    marked = [r.find("th").text for r in body.iter("tr") if r.get("aria-current")]
    assert marked == ["excluded"]


def test_of_a_wide_range_no_middle_is_shown():
    rows = small_cube().rows.assign(min=0.2, middle=0.4, max=0.6)
    page = parsed(page_of(panel_html(Cube(rows, 1), Words(two_makers()))))
    cells = {tuple(c.text for c in r.iter("td")) for r in page.iter("tr")} - {()}
    assert cells == {("20.0\N{NO-BREAK SPACE}%", "–", "60.0\N{NO-BREAK SPACE}%")}


def test_names_from_tables_are_escaped(nasty):
    root = parsed(nasty)
    assert "<script>alert" not in nasty
    assert len(list(root.iter("script"))) == 2
    heading = next(root.iter("h2")).text
    assert heading.startswith(f"What if {NASTY} had another status")
    labels = [w["label"] for w in data_of(root)["what"]]
    assert f"{NASTY}, {NASTY}" in labels
    assert [o.text for o in root.iter("option")][-len(labels):] == labels


def test_colors_are_those_of_the_figures(root):
    found = {s["label"]: s["colour"] for s in data_of(root)["status"]}
    assert found["full member"] == style.STATUSES["full"].colour
    sheet = next(root.iter("style")).text
    assert f"--wi-country: {style.COUNTRY.colour};" in sheet
    assert f"--wi-ink: {style.INK};" in sheet


def test_another_country_is_told_in_its_own_name():
    world = two_makers()
    other = replace(world, model=world.model.revised(country="USA", target="JPN"))
    text = panel_html(small_cube(), Words(other))
    assert "What if USA had another status" in text
    assert "JPN halts exports to USA alone" in text


def test_a_cube_with_nothing_in_it_is_said_to_be_empty():
    page = page_of(panel_html(Cube(small_cube().rows[:0], 0), Words(two_makers())))
    assert "Nobody" in parsed(page).find("body/section/p").text


def test_the_panel_of_a_world_is_that_of_its_cube(monkeypatch):
    asked = {}

    def cube(_, **how):
        asked.update(how)
        return small_cube()

    monkeypatch.setattr(panel, "what_if_cube", cube)
    world = two_makers()
    assert panel_of(world, keep="here") == panel_html(small_cube(), Words(world))
    assert asked == {"executor": None, "progress": None, "keep": "here"}
