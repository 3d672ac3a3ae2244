"""The what-if panel in a browser: each control redraws, by keyboard and by mouse."""

from __future__ import annotations

import os
import shutil

import pytest
from panels import small_cube, small_page
from test_report import analyzed, small_world
from worlds import two_makers

from supplychain.report.extras import quick_extras
from supplychain.report.page import report_html
from supplychain.report.panel import panel_html
from supplychain.report.story import story
from supplychain.report.words import Words

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RADIOS = ("status", "severity", "capacity", "channels", "ladder")
SELECTS = ("shock", "what")
WIDTHS = (375, 1440)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = os.environ.get("SUPPLYCHAIN_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if path is None:
        pytest.fail("no browser: install chromium, or set SUPPLYCHAIN_CHROMIUM")
    # Root may not open a sandbox; the page is our own.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("panel") / "panel.html"
    file.write_text(small_page(), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def opened(browser, address):
    """Open the page at a width; whatever the console says is a failure."""
    said, pages = [], []

    def load(width=1440, scheme="light"):
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda r: r.url == address or said.append(r.url))
        page.goto(address)
        pages.append(page)
        return page

    yield load
    for page in pages:
        page.close()
    assert said == []


def shown(page):
    """Return what the panel shows now: chart, sentence, table."""
    return {
        name: page.locator(f"#wi-{name}").evaluate("e => e.outerHTML")
        for name in ("chart", "said", "rows")
    }


def changed(page, before, *parts):
    """Check that parts of the panel are not what they were."""
    after = shown(page)
    assert [p for p in parts if after[p] == before[p]] == []


def control(page, name):
    return page.locator(f'[name="wi-{name}"]')


def chosen(page, name):
    return page.evaluate(
        """n => document.querySelector(
            `select[name="wi-${n}"], input[name="wi-${n}"]:checked`).value""", name)


def member(page):
    """Make the country a full member, wholly cut off: then every choice matters."""
    control(page, "status").last.check()
    control(page, "severity").last.check()
    return page


@pytest.mark.parametrize("name", RADIOS)
def test_a_choice_by_mouse_redraws(opened, name):
    page = member(opened())
    before, now = shown(page), chosen(page, name)
    other = control(page, name).locator(f'xpath=self::*[@value!="{now}"]').first
    other.locator("xpath=..").click()  # its label
    assert chosen(page, name) != now
    changed(page, before, "chart", "said", "rows")


@pytest.mark.parametrize("name", RADIOS)
def test_a_choice_by_keyboard_redraws(opened, name):
    page = member(opened())
    before, now = shown(page), chosen(page, name)
    control(page, name).locator(f'xpath=self::*[@value="{now}"]').focus()
    page.keyboard.press("ArrowDown")
    assert chosen(page, name) != now
    changed(page, before, "chart", "said", "rows")


@pytest.mark.parametrize("name", SELECTS)
def test_a_list_by_keyboard_redraws(opened, name):
    page = opened()
    before, now = shown(page), chosen(page, name)
    control(page, name).focus()
    page.keyboard.press("ArrowDown")
    assert chosen(page, name) != now
    changed(page, before, "chart")


@pytest.mark.parametrize("name", SELECTS)
def test_a_list_by_mouse_redraws(opened, name):
    page = opened()
    before = shown(page)
    control(page, name).click()
    control(page, name).select_option(index=1)
    changed(page, before, "chart")


def test_every_control_is_reached_by_tab(opened):
    page = opened()
    reached = []
    for _ in range(len(RADIOS) + len(SELECTS)):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name"))
    assert sorted(reached) == sorted(f"wi-{n}" for n in (*RADIOS, *SELECTS))


def test_the_script_writes_the_table_that_the_file_holds(opened, browser, address):
    """The file's own rows are those of a browser without JavaScript."""
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address)
    rows = plain.locator("#wi-rows tr").all_inner_texts()
    assert rows == opened().locator("#wi-rows tr").all_inner_texts()
    assert "need JavaScript" in plain.locator("#what-if").inner_text()
    plain.context.close()


def test_the_sentence_states_number_and_run_without_membership(opened):
    page = member(opened())
    # By hand: 10 t of 40 and nu of the rest, nu0 .1 without and nu1 .6 with access.
    said = page.locator("#wi-said").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "full member" in said
    assert "85.0 % of the baseline" in said
    assert "Without any membership effect: 35.0 %" in said
    assert "Difference: +50.0 points" in said


def test_with_channels_off_no_status_differs(opened):
    page = opened()
    control(page, "channels").last.check()
    texts = page.locator("#wi-rows tr td:nth-child(3)").all_inner_texts()
    assert len(texts) == 4
    assert len(set(texts)) == 1
    assert "whatever the status" in page.locator("#wi-said").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_over_the_edge(opened, width, scheme):
    page = opened(width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    over = page.evaluate(
        """() => {
            const edge = document.getElementById("what-if").getBoundingClientRect();
            return [...document.querySelectorAll("#what-if *")].filter((e) => {
                const b = e.getBoundingClientRect();
                return b.width && (b.right > edge.right + 1 || b.left < edge.left - 1);
            }).map((e) => e.outerHTML);
        }""")
    assert over == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(opened, scheme):
    """WCAG AA: 4.5 to 1 for text, quiet text too."""
    page = opened(375, scheme)
    colors = page.evaluate(
        """() => {
            const of = (e, what) => getComputedStyle(e)[what];
            const root = document.getElementById("what-if");
            return [of(root, "backgroundColor"), of(root, "color"),
                    of(root.querySelector(".wi-note"), "color"),
                    of(root.querySelector("svg text"), "fill"),
                    of(root.querySelector("svg .wi-quiet"), "fill")];
        }""")
    ground, *texts = map(luminance, colors)
    assert (ground > 0.5) == (scheme == "light")
    for text in texts:
        light, dark = max(ground, text), min(ground, text)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(color):
    """Relative luminance of ``rgb(r, g, b)`` (WCAG 2)."""
    parts = [int(p) / 255 for p in color.removeprefix("rgb(").rstrip(")").split(",")]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4
               for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_the_chart_follows_the_width_of_the_page(opened):
    page = opened(1440)
    wide = page.locator("#wi-chart").get_attribute("viewBox")
    page.set_viewport_size({"width": 375, "height": 900})
    page.wait_for_function(
        "wide => document.getElementById('wi-chart').getAttribute('viewBox') !== wide",
        arg=wide)
    assert page.locator("#wi-chart").bounding_box()["width"] <= 375


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_whole_report_fits_its_window(browser, tmp_path, width, scheme):
    """The page's own style meets that of the panel: nothing runs over."""
    with pytest.MonkeyPatch.context() as patch:
        found = analyzed(small_world(), patch, "nu0")
    panel = panel_html(small_cube(), Words(two_makers()))
    file = tmp_path / "report.html"
    sections = story(found, quick_extras(found.world))
    file.write_text(report_html(found, sections, panel=panel), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900},
                            color_scheme=scheme)
    page.goto(file.as_uri())
    assert page.locator("#what-if table").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
