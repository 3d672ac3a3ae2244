"""The report as one HTML page without outside resources, and as Markdown."""

from __future__ import annotations

import base64
import math
import re
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from supplychain.files import write_text
from supplychain.report.blocks import Cell, Figure, Heading, Link, Section, Table
from supplychain.report.extras import quick_extras
from supplychain.report.facts import Facts
from supplychain.report.record import run_hash
from supplychain.report.sentences import Number, Sentence, said
from supplychain.report.story import story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from supplychain.report.blocks import Block
    from supplychain.report.extras import Extras
    from supplychain.scenarios.analysis import Analysis

__all__ = ["report_html", "report_markdown", "titles", "write_report"]

SLOT = "scenarios"
"""The what-if panel stands after this section."""

_CODE = re.compile(r"`([^`]+)`")


def titles(analysis: Analysis) -> tuple[str, str]:
    """Return the title of a report and the line below it.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    title, subtitle : str
    """
    scope, names = analysis.world.model.scope, Facts(analysis).names
    return (
        f"{names['country']}, {names['alliance']} and the dependence on "
        f"{names['target']}",
        f"{scope.title}. Baseline {scope.year}, capacity of {scope.capacity}, "
        f"memberships of {scope.as_of}, run {run_hash(analysis.world)}.",
    )


# -- blocks into what the template prints -------------------------------------------
def _code(text: str) -> Markup:
    """Escape a text; what stands between backticks becomes code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("supplychain.report"), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    made.filters["code"] = _code
    return made


def _kind(block: Block) -> str:
    for kind, of in (("table", Table), ("figure", Figure), ("heading", Heading)):
        if isinstance(block, of):
            return kind
    return "text"


def _groups(section: Section) -> Iterator[tuple[str, list[Any]]]:
    """Yield runs of blocks of one kind, sentences that do not hold left out."""
    shown: list[tuple[str, Any]] = []
    for block in section.blocks:
        if not isinstance(block, Sentence):
            shown.append((_kind(block), block))
        elif (text := said(block)) is not None:
            shown.append(("text", text))
    for kind, run in groupby(shown, key=lambda pair: pair[0]):
        yield kind, [block for _, block in run]


def _address(url: str) -> str:
    """Return an address that a page may link to; empty for any other scheme."""
    return url if urlsplit(url).scheme in {"http", "https"} else ""


def _cell(cell: Cell) -> dict[str, object]:
    key = None
    if isinstance(cell, Number) and cell.known:
        key = f"{cell.middle:.10g}" if math.isfinite(cell.middle) else "1e308"
    url = _address(cell.url) if isinstance(cell, Link) else ""
    return {"text": _text(cell), "key": key, "url": url}


def _text(cell: Cell) -> str:
    """Return a cell in words; the head of a column names percentage points."""
    if isinstance(cell, Number) and cell.rule == "points":
        return cell.short
    return str(cell)


def _shown(kind: str, block: Any) -> Any:  # noqa: ANN401  (a text, or what is printed)
    if kind == "table":
        return {"name": block.name, "caption": block.caption, "file": block.file,
                "columns": block.columns,
                "rows": [[_cell(c) for c in row] for row in block.rows]}
    if kind == "figure":
        data = base64.b64encode(block.png).decode("ascii")
        return {"src": f"data:image/png;base64,{data}", "alt": block.alt,
                "caption": block.caption}
    return block


def report_html(
    analysis: Analysis, sections: Sequence[Section], *, panel: str = ""
) -> str:
    """Return the report as one page that loads nothing from elsewhere.

    Parameters
    ----------
    analysis : Analysis
    sections : sequence of Section
        From :func:`supplychain.report.story.story`.
    panel : str
        An HTML fragment for the what-if panel, ``<section id="what-if">``; trusted.

    Returns
    -------
    str
    """
    title, subtitle = titles(analysis)
    shown = [
        {"name": s.name, "title": s.title,
         "groups": [(kind, [_shown(kind, b) for b in run]) for kind, run in _groups(s)]}
        for s in sections
    ]
    return _environment().get_template("report.html.j2").render(
        title=title, subtitle=subtitle, sections=shown, slot=SLOT,
        panel=Markup(panel),
    ) + "\n"


# -- Markdown -------------------------------------------------------------------------
def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, code spans kept."""
    parts = text.replace("\n", " ").split("`")
    return "`".join(
        part if at % 2 else re.sub(r"([\\*_<>\[\]|])", r"\\\1", part)
        for at, part in enumerate(parts)
    )


def _rows(table: Table) -> Iterator[str]:
    yield f"*{_plain(table.caption)}.*"
    yield ""
    yield "| " + " | ".join(_plain(c.title) for c in table.columns) + " |"
    yield "|" + "|".join("--:" if c.numeric else ":--" for c in table.columns) + "|"
    for row in table.rows:
        yield "| " + " | ".join(
            f"[{_plain(c.text)}](<{_address(c.url)}>)"
            if isinstance(c, Link) and _address(c.url) else _plain(_text(c))
            for c in row
        ) + " |"
    if table.file:
        yield ""
        yield f"Numbers: `{table.file}`"


def report_markdown(analysis: Analysis, sections: Sequence[Section]) -> str:
    """Return the report as Markdown; figures by their captions.

    Parameters
    ----------
    analysis : Analysis
    sections : sequence of Section

    Returns
    -------
    str
    """
    title, subtitle = titles(analysis)
    lines = [f"# {_plain(title)}", "", _plain(subtitle), ""]
    for section in sections:
        lines += [f"## {_plain(section.title)}", ""]
        for kind, run in _groups(section):
            for block in run:
                if kind == "text":
                    lines.append(f"- {_plain(block)}")
                elif kind == "heading":
                    lines.append(f"### {_plain(block.text)}")
                elif kind == "figure":
                    lines.append(f"*Figure: {_plain(block.caption)}*")
                else:
                    lines += _rows(block)
                if kind != "text":
                    lines.append("")
            if kind == "text":
                lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def write_report(
    analysis: Analysis,
    folder: Path,
    *,
    extras: Extras | None = None,
    panel: str = "",
    scenario: str = "",
) -> list[Path]:
    """Write ``report.html`` and ``report.md``, each whole or not at all.

    The tables of `extras` are written beside them, as CSV with the run's identifier.

    Parameters
    ----------
    analysis : Analysis
    folder : pathlib.Path
        Made if needed.
    extras : Extras, optional
        Results beside the analysis; by default those that take a few seconds.
    panel : str
        The what-if panel, an HTML fragment of our own.
    scenario : str
        Name of the scenario applied, for the record.

    Returns
    -------
    list of pathlib.Path
    """
    found = quick_extras(analysis.world) if extras is None else extras
    sections = story(analysis, found, scenario=scenario)
    run = run_hash(analysis.world)
    texts = {
        name: frame.assign(run=run).to_csv(index=False, float_format="%.6g")
        for name, frame in found.tables().items()
    }
    texts |= {
        "report.html": report_html(analysis, sections, panel=panel),
        "report.md": report_markdown(analysis, sections),
    }
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]
