"""The report: sentences hold, templates are bare, the page parses and loads nothing."""

from __future__ import annotations

import ast
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import html5lib
import pytest
from worlds import five_countries

from supplychain.report import story as stories
from supplychain.report.blocks import Figure, Link, Section, Table
from supplychain.report.extras import Extras, all_extras, quick_extras
from supplychain.report.page import report_html, report_markdown, write_report
from supplychain.report.sentences import (
    FLAT,
    TESTS,
    Choice,
    Condition,
    Number,
    Sentence,
    direction,
    said,
    when,
)
from supplychain.report.story import story
from supplychain.report.story_questions import QUESTIONS
from supplychain.scenarios import analysis as module
from supplychain.scenarios.analysis import Analysis, analyze_world
from supplychain.tables.model_parts import StrengthDelta
from supplychain.world.build import build_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supplychain.tables.reader import Tables
    from supplychain.world.world import World

XHTML = "{http://www.w3.org/1999/xhtml}"
COMPARATIVE = re.compile(
    r"\b(more|less|most|least|larger|largest|smaller|smallest|higher|highest|lower|"
    r"lowest|greater|fewer|better|best|worse|worst|costliest|rises?|falls?|gains?|"
    r"increases?|decreases?|grows?|shrinks?|improves?|nothing|none|never|than|same|"
    r"equal|unchanged|no difference)\b", re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
    "789c636000000200010005fe02fea7c5a5000000004945ff44ae426082"
)


def small_world() -> World:
    """The five countries, two of them members."""
    return five_countries().with_statuses({"USA": "signatory", "JPN": "signatory"})


def analyzed(world: World, patch: pytest.MonkeyPatch, *names: str) -> Analysis:
    """Analyze in this process, with few assumptions varied."""
    patch.setattr(module, "assumption_names", lambda _: list(names))
    with ThreadPoolExecutor(1) as executor:
        return analyze_world(world, executor=executor)


@pytest.fixture(scope="module")
def small() -> Iterator[Analysis]:
    with pytest.MonkeyPatch.context() as patch:
        yield analyzed(small_world(), patch, "nu0", "nu1")


@pytest.fixture(scope="module")
def extras(small: Analysis) -> Extras:
    figure = Figure(PIXEL, "a chart", "what it shows")
    return replace(
        quick_extras(small.world), figures={"ladder": figure, "more": figure})


@pytest.fixture(scope="module")
def sections(small: Analysis, extras: Extras) -> tuple[Section, ...]:
    return story(small, extras)


@pytest.fixture(scope="module")
def page(small: Analysis, sections: tuple[Section, ...]) -> str:
    panel = '<section id="what-if"><p>!</p></section>'
    return report_html(small, sections, panel=panel)


# -- sentences ------------------------------------------------------------------------
def every(sections: tuple[Section, ...]) -> list[Sentence]:
    return [s for section in sections for s in section.sentences]


def check_template(template: str, names: set[str]) -> None:
    """A template has no number, no name and no comparative word of its own."""
    bare = PLACEHOLDER.sub(" ", template)
    assert not re.search(r"[0-9{}]", bare), template
    assert not COMPARATIVE.search(bare), template
    assert not any(re.search(rf"\b{re.escape(n)}\b", bare) for n in names), template


def templates() -> Iterator[str]:
    """Every template in the source, whether a run reaches it or not."""
    for path in Path(stories.__file__).parent.glob("story*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "")
            if isinstance(node, ast.Call) and called == "Sentence":
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_templates_have_no_number_name_or_comparison(tables: Tables) -> None:
    names = {*tables["countries"].name, *tables["countries"].iso3,
             *tables["goods"].name, *tables["goods"].good}
    found = list(templates())
    assert len(found) > 50
    for template in found:
        check_template(template, names)


def check_sentences(sections: tuple[Section, ...], world: World) -> None:
    """Templates are bare; what is printed holds, each test asked again by name."""
    names = {*map(str, world.countries.name), *map(str, world.goods.name)}
    names |= {*world.countries.index, *world.goods.index}
    found = every(sections)
    assert len(found) > 20
    for sentence in found:
        check_template(sentence.template, names)
        used = set(PLACEHOLDER.findall(sentence.template))
        assert used <= {f"{{{name}}}" for name in sentence.values}, sentence.template
        text = said(sentence)
        asked = [
            TESTS[c.test](*(sentence.values[name] for name in c.of))
            for c in sentence.conditions
        ]
        known = [v.known for v in sentence.values.values() if isinstance(v, Number)]
        assert (text is not None) == (all(asked) and all(known))
        if text is not None:
            assert "nan" not in text.split()
            check_choices(sentence, text)


def check_choices(sentence: Sentence, text: str) -> None:
    """A comparative word agrees with its number, read anew from low and high."""
    for name, choice in sentence.values.items():
        if not isinstance(choice, Choice) or f"{{{name}}}" not in sentence.template:
            continue
        number = sentence.values[choice.of]
        assert isinstance(number, Number)
        size = max(abs(number.low), abs(number.high))
        true_of = {
            "up": number.low >= 0 and size > 0, "down": number.high < 0,
            "still": size <= FLAT, "open": number.low <= 0 <= number.high,
        }
        chosen = direction(number)
        assert true_of[chosen], text
        assert choice.words[chosen].lower() in text.lower()


def test_sentences_of_the_small_world_hold(
    small: Analysis, sections: tuple[Section, ...]
) -> None:
    check_sentences(sections, small.world)
    printed = [text for s in every(sections) if (text := said(s))]
    assert len(printed) > 20
    assert any("without any membership effect" in text for text in printed)


def test_sentences_on_all_extras_hold(small: Analysis) -> None:
    with ThreadPoolExecutor(1) as executor:
        extras = all_extras(small.world, executor=executor)
    assert extras.game is not None
    sections = story(small, extras)
    check_sentences(sections, small.world)
    text = " ".join(t for s in every(sections) if (t := said(s)))
    assert "Shapley share" in text
    assert "one node stops" in text
    assert "`supplychain members`" not in text
    assert {"chokepoints.csv", "marginal.csv", "shapley.csv"} <= set(extras.tables())


def test_the_answer_is_three_sentences(sections: tuple[Section, ...]) -> None:
    answer = sections[0]
    assert answer.name == "answer"
    assert sum(said(s) is not None for s in answer.sentences) == 3


def test_each_question_is_answered_or_left_open(
    sections: tuple[Section, ...], page: str
) -> None:
    part = next(s for s in sections if s.name == "questions")
    groups = page.split('id="question-')[1:]
    assert len(groups) == len(QUESTIONS) == 7
    assert all("<li>" in g.split("</section>")[0] for g in groups)
    text = " ".join(t for s in part.sentences if (t := said(s)))
    assert "not computed in this run; `supplychain frontier`" in text
    assert "stays open" in text


def test_a_sentence_falls_silent_when_its_number_changes() -> None:
    values = {"gain": Number(0.1, 0.2, "points")}
    sentence = Sentence("it moves by {gain}", values, (when("up", "gain"),))
    assert said(sentence) == "It moves by +10.0 to +20.0 percentage points"
    for low, high in ((-0.2, -0.1), (0.0, 0.0), (-0.1, 0.1), (float("nan"), 0.1)):
        assert said(replace(sentence, values={"gain": Number(low, high)})) is None
    with pytest.raises(KeyError):
        Condition("certain", ("gain",)).holds(values)


def test_a_word_follows_its_number() -> None:
    words = {"up": "a gain", "down": "a loss", "still": "little", "open": "unclear"}
    for low, high, word in ((0.01, 0.02, "a gain"), (-0.02, -0.01, "a loss"),
                            (-0.004, 0.004, "little"), (-0.1, 0.1, "unclear")):
        sentence = Sentence("it is {word}", {
            "number": Number(low, high, "points"), "word": Choice("number", words)})
        assert said(sentence) == f"It is {word}"


@pytest.mark.parametrize(("number", "text"), [
    (Number(-0.00001, 0.00001, "points"), "0.0 percentage points"),
    (Number(0.463, 0.484), "46.3 to 48.4\u00a0%"),
    (Number(60, float("inf"), "days"), "60 to without limit"),
    (Number.of(1234.4, "count"), "1,234"),
    (Number.of(float("nan")), "–"),
])
def test_numbers_carry_range_and_unit(number: Number, text: str) -> None:
    assert str(number) == text


# -- the page -------------------------------------------------------------------------
def parsed(page: str) -> Element:
    return html5lib.HTMLParser(strict=True).parse(page)


def test_page_parses_strictly_and_names_everything(page: str) -> None:
    tree = parsed(page)
    assert tree.get("lang") == "en"
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert sum(e.tag == f"{XHTML}h1" for e in tree.iter()) == 1
    assert all(e.get("alt") for e in tree.iter(f"{XHTML}img"))
    assert all(e.get("scope") in {"col", "row"} for e in tree.iter(f"{XHTML}th"))
    for table in tree.iter(f"{XHTML}table"):
        assert table.find(f"{XHTML}caption") is not None
    for e in tree.iter():
        for name in ("aria-labelledby", "for"):
            assert e.get(name, ids[0]) in ids
        if (e.get("href") or "").startswith("#"):
            assert e.get("href", "")[1:] in ids
    for button in tree.iter(f"{XHTML}button"):
        assert "".join(button.itertext()).strip()
    order = [e.get("id") for e in tree.iter(f"{XHTML}section")]
    assert order.index("what-if") == order.index("scenarios") + 1
    headed = [e for e in tree.iter() if e.tag in {f"{XHTML}h2", f"{XHTML}h3"}]
    assert all(e.get("id") for e in headed)


def loads_of(tree: Element) -> list[str]:
    found = [e.get("src") or "" for e in tree.iter() if e.get("src")]
    return found + [e.get("href") or "" for e in tree.iter(f"{XHTML}link")]


def test_page_loads_nothing(page: str) -> None:
    loaded = loads_of(parsed(page))
    assert loaded
    assert all(url.startswith("data:image/png;base64,") for url in loaded)
    style = page.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    for medium in ("print", "(prefers-color-scheme: dark)"):
        assert f"@media {medium}" in style


def test_text_of_tables_is_escaped(small: Analysis, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    goods = small.world.goods.copy()
    goods["name"] = evil
    countries = small.world.countries.copy()
    countries.loc["IND", "name"] = f'India"{evil}'
    bad = replace(small, world=replace(small.world, goods=goods, countries=countries))
    found = write_report(bad, tmp_path, extras=Extras())
    text = found[-2].read_text(encoding="utf-8")
    assert evil not in text
    assert "&lt;script&gt;alert(1)" in text
    assert sum(e.tag == f"{XHTML}script" for e in parsed(text).iter()) == 1
    assert evil not in found[-1].read_text(encoding="utf-8")


def test_links_lead_to_web_pages_only(small: Analysis) -> None:
    from supplychain.report.blocks import Column

    table = Table("t", "Links", (Column("a"), Column("b")), (
        ("x", Link("good", "https://example.org/a?b=1&c=2")),
        ("y", Link("bad", "javascript:alert(1)")),
    ))
    text = report_html(small, [Section("s", "S", (table,))])
    assert "javascript:" not in text
    assert 'href="https://example.org/a?b=1&amp;c=2"' in text
    marked = report_markdown(small, [Section("s", "S", (table,))])
    assert "javascript:" not in marked


def test_files_are_written_whole_and_again_the_same(
    small: Analysis, extras: Extras, tmp_path: Path
) -> None:
    found = write_report(small, tmp_path, extras=extras)
    before = {p.name: p.read_bytes() for p in found}
    assert {"report.html", "report.md", "retaliation.csv"} <= set(before)
    assert {p.name: p.read_bytes() for p in write_report(
        small, tmp_path, extras=extras)} == before
    assert len(list(tmp_path.iterdir())) == len(before)


def test_markdown_has_every_section_and_table(
    small: Analysis, sections: tuple[Section, ...]
) -> None:
    text = report_markdown(small, sections)
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        s.title for s in sections]
    for line in text.splitlines():
        if line.startswith("| "):
            assert line.endswith(" |")


# -- the real world, other targets, no membership effect ------------------------------
def reduced(tables: Tables, world: World, **scope: object) -> World:
    """A part of the real world that is quick to analyze."""
    goods = ("ndpr_mined", "ndpr_oxide", "ndfeb_magnet", "wind_turbine",
             "cobalt_mined", "cobalt_refined", "cathode", "battery_cell",
             "electric_car")
    return build_world(tables, world.model.revised(
        goods=goods, capacity_path=(), capital={}, **scope))


@pytest.mark.slow
@pytest.mark.parametrize("case", ["as it is", "another target", "channels off"])
def test_sentences_of_the_real_world_hold(
    case: str, tables: Tables, world: World, monkeypatch: pytest.MonkeyPatch,
) -> None:
    scope = {"target": "COD"} if case == "another target" else {}
    one = reduced(tables, world, **scope)
    if case == "channels off":
        strengths = [
            StrengthDelta(alliance=a, channel="access", value=0.0)
            for a in sorted(set(one.statuses.index.get_level_values(0)))
        ]
        one = one.with_(strengths)
    found = analyzed(one, monkeypatch, "nu0")
    extras = quick_extras(one)
    sections = story(found, extras)
    check_sentences(sections, one)
    text = report_html(found, sections)
    parsed(text)
    assert len(text.encode()) < 5e6
    if case == "another target":
        answer = " ".join(t for s in sections[0].sentences if (t := said(s)))
        assert "China" not in answer
    if case == "channels off":
        gains = [
            s.values["gain"] for s in every(sections)
            if isinstance(s.values.get("gain"), Number) and "{lowest}" in s.template
        ]
        assert gains
        assert all(direction(g) in {"still", "open", "unknown"} for g in gains)
