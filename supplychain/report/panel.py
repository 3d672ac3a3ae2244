"""The what-if panel: a part of a page that looks a precomputed cube up and draws it.

Everything is in the page: numbers as JSON, plain JavaScript, an inline SVG; nothing is
fetched. All words are escaped: they come from tables.
"""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from supplychain.plot import style
from supplychain.report.record import run_hash
from supplychain.report.words import NOT_OBSERVED, SHOWS, Words
from supplychain.scenarios.cube import Cube, what_if_cube

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from supplychain.scenarios.batch import Progress
    from supplychain.world.world import World

__all__ = ["panel_html", "panel_of"]

_SCALE = 100_000
"""Numbers travel as whole parts of the baseline, this many to one."""

_EMPTY = (
    '<section id="what-if"><h2>What if</h2><p>Nobody whom this world asks about uses '
    "any of its goods.</p></section>"
)
_CURRENT = ' aria-current="true"'
_LONG = frozenset({"shock", "what"})
"""Controls with many or long labels: a list to open; the others show all."""

_OFF_LABEL = "no membership effect"
_OTHER = " (other uses)"
_OFF_AXES = ("capacity", "shock", "severity", "what")
_ON_AXES = ("capacity", "shock", "severity", "ladder", "channels", "status", "what")


class _Control(NamedTuple):
    """A choice: its values, words for them, and which is chosen at first."""

    name: str
    legend: str
    values: Sequence[object]
    labels: Sequence[str]
    first: int = 0


def panel_of(
    world: World,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> str:
    """Compute the cube of a world and return its what-if panel.

    Parameters
    ----------
    world : World
    executor, progress, keep
        See :func:`~supplychain.scenarios.batch.run_batch`.

    Returns
    -------
    str
        See :func:`panel_html`.
    """
    cube = what_if_cube(world, executor=executor, progress=progress, keep=keep)
    return panel_html(cube, Words(world))


def panel_html(cube: Cube, words: Words) -> str:
    """Return the what-if panel, a ``section`` to be put into the body of a page.

    Parameters
    ----------
    cube : Cube
    words : Words
        Of the world of the cube.

    Returns
    -------
    str
        HTML with its own style, numbers and script. Ids begin with ``wi-``, but for
        that of the section, ``what-if``.

    Examples
    --------
    >>> from supplychain.world.build import load_world
    >>> rows = [("2024", "halt_country", 0.75, "A", c, s, "IND", "final products",
    ...          0.5, 0.5, 0.5, "share of baseline final value (0-1)")
    ...         for c, s in (("off", "any"), ("central", "full"))]
    >>> names = ["capacity", "shock", "severity", "ladder", "channels", "status",
    ...          "group", "good", "middle", "min", "max", "unit"]
    >>> cube = Cube(pd.DataFrame(rows, columns=names), 2)
    >>> panel_html(cube, Words(load_world())).count("<select")
    2
    """
    if cube.rows.empty:
        return _EMPTY
    rows = cube.rows.assign(what=cube.rows.group + "|" + cube.rows.good)
    controls = {c.name: c for c in _controls(rows, words)}
    off = rows.channels == "off"
    data = {
        "scale": _SCALE,
        "shows": SHOWS * _SCALE,
        "controls": list(controls),
        "channels_off": controls["channels"].values.index("off"),
        "status": [
            {"label": label, "colour": style.pick(style.STATUSES, str(s)).colour}
            for s, label in zip(
                controls["status"].values, controls["status"].labels, strict=True)
        ],
        "what": [
            {"label": label, "axis": axis}
            for label, axis in zip(
                controls["what"].labels, _axes_of(rows, controls["what"]), strict=True)
        ],
        "on": _numbers(rows[~off], controls, _ON_AXES),
        "off": _numbers(rows[off], controls, _OFF_AXES),
        "text": _text(words),
    }
    country = words.country(words.world.model.scope.country)
    filled = {
        "heading": _heading(words),
        "intro": _intro(words),
        "country": country,
        "setting": "; ".join(
            c.labels[c.first] for c in controls.values() if c.name != "status"),
        "note": _note(cube, words),
    }
    return Template(_asset("panel.html")).substitute(
        {name: escape(text) for name, text in filled.items()},
        style=_style(),
        controls="\n".join(
            _select(c) if c.name in _LONG else _radios(c) for c in controls.values()
        ),
        rows="\n".join(_table_rows(rows, controls)),
        # No tag can begin or end inside a script: "<" is written as JSON's escape.
        data=json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        script=_asset("panel.js"),
    )


# -- what there is to choose -------------------------------------------------------
def _controls(rows: pd.DataFrame, words: Words) -> list[_Control]:
    scope, model = words.world.model.scope, words.world.model
    on = rows[rows.channels != "off"]
    given = {name: list(dict.fromkeys(on[name])) for name in _ON_AXES}
    held = words.world.status(scope.alliance, scope.country)
    central = model.severities.central
    country, alliance = words.country(scope.country), words.alliance(scope.alliance)
    channels = [*given["channels"], "off"]
    return [
        _Control("status", f"Status of {country} in {alliance}", given["status"],
                 [_mark(style.STATUSES, s) for s in given["status"]],
                 _place(given["status"], held, len(given["status"]) - 1)),
        _Control("shock", "Shock", given["shock"],
                 [words.shock(str(s)) for s in given["shock"]]),
        _Control("severity", "Share of the halted trade that stops", given["severity"],
                 [style.percent(s) for s in given["severity"]],
                 _place(given["severity"], central)),
        _Control("capacity", "Capacity of the year", given["capacity"],
                 [_capacity(str(c)) for c in given["capacity"]]),
        _Control("channels", "Strength of the membership channels", channels,
                 [_mark(style.CHANNELS, c).removeprefix("channels ") for c in channels],
                 _place(channels, "central")),
        _Control("ladder", "What the other members hold", given["ladder"],
                 [_mark(style.LADDERS, one) for one in given["ladder"]]),
        _Control("what", "Outcome", given["what"],
                 [_what(words, *str(key).split("|")) for key in given["what"]]),
    ]


def _place(values: Sequence[object], wanted: object, otherwise: int = 0) -> int:
    return values.index(wanted) if wanted in values else otherwise


def _mark(table: Any, key: str) -> str:  # noqa: ANN401
    return style.pick(table, key).label


def _capacity(label: str) -> str:
    """Return a capacity in words: ``2030:operating`` is a year and a rule."""
    year, _, rule = label.partition(":")
    return f"{year}, projects {rule.replace('_', ' ')}" if rule else year


def _what(words: Words, group: str, good: str) -> str:
    """Return an outcome in words: a group's final products, or a good."""
    if good == "final products":
        return f"{words.group(group)}, {good} by value"
    name = words.good(good.removesuffix(_OTHER))
    return f"{words.group(group)}, {name}" + (", other uses" * good.endswith(_OTHER))


def _axes_of(rows: pd.DataFrame, what: _Control) -> list[str]:
    """Return what the axis says of each outcome."""
    units = rows.drop_duplicates("what").set_index("what").unit
    return [f"{units[key].removesuffix(' (0-1)')} served".capitalize()
            for key in what.values]


# -- numbers -----------------------------------------------------------------------
def _numbers(
    rows: pd.DataFrame, controls: dict[str, _Control], axes: Sequence[str]
) -> dict[str, Any]:
    """Return least and most as whole numbers, in the order of the axes."""
    values = [
        [v for v in controls[name].values if v != "off"] for name in axes
    ]
    index = pd.MultiIndex.from_product(values, names=axes)
    told = rows.set_index(list(axes))[["min", "max"]].reindex(index)
    least = (told["min"] * _SCALE).round().astype("Int64")
    most = (told["max"] * _SCALE).round().astype("Int64")
    return {
        "axes": [[name, len(v)] for name, v in zip(axes, values, strict=True)],
        "least": [None if v is pd.NA else int(v) for v in least],
        "more": [0 if v is pd.NA else int(v) for v in most - least],
    }


def _table_rows(rows: pd.DataFrame, controls: dict[str, _Control]) -> list[str]:
    """Return the rows of the table for what is chosen at first."""
    here = rows
    for c in controls.values():
        if c.name not in {"status", "channels", "ladder"}:
            here = here[here[c.name] == c.values[c.first]]
    ladder, channels, status = (
        controls[name] for name in ("ladder", "channels", "status"))
    mine = here[(here.ladder == ladder.values[ladder.first])
                & (here.channels == channels.values[channels.first])]
    shown = [
        (label, mine[mine.status == value], n == status.first)
        for n, (value, label) in enumerate(
            zip(status.values, status.labels, strict=True))
    ]
    shown.append((_OFF_LABEL, here[here.channels == "off"], False))
    return [
        f"<tr{_CURRENT * current}>"
        f'<th scope="row">{escape(label)}</th>{_cells(found)}</tr>'
        for label, found, current in shown
    ]


def _cells(found: pd.DataFrame) -> str:
    """Return least, middle and most; of a wide range no middle."""
    ends = [NOT_OBSERVED] * 3
    if len(found):
        low, middle, high = found[["min", "middle", "max"]].iloc[0]
        wide = high - low >= SHOWS
        ends = [_percent(low), "–" if wide else _percent(middle), _percent(high)]
    return "".join(f"<td>{end}</td>" for end in ends)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


# -- words -------------------------------------------------------------------------
def _heading(words: Words) -> str:
    scope = words.world.model.scope
    country, alliance = words.country(scope.country), words.alliance(scope.alliance)
    return f"What if {country} had another status in {alliance}?"


def _intro(words: Words) -> str:
    country = words.country(words.world.model.scope.country)
    return (
        "Choose a setting. The chart shows the share of the baseline that is served in "
        f"the year of the shock, for each status of {country}, all else equal. The "
        "dashed line, or the band between two, is the run without any membership "
        "effect."
    )


def _note(cube: Cube, words: Words) -> str:
    country = words.country(words.world.model.scope.country)
    return (
        "Where several responses are equally good, the outcome is a range: drawn as a "
        "bar, written as its two ends, with its middle where it is narrow. The "
        f"response serves the world as well as it can, not {country} alone: a higher "
        f"status opens what {country} makes to others too, and can leave it with less. "
        f"Each number is one of {cube.cells:,} runs of the ladder, computed beforehand "
        f"(run {run_hash(words.world)}); differences are taken before rounding. What "
        "memberships are assumed to do is in assumptions.csv."
    )


def _text(words: Words) -> dict[str, str]:
    """Return the words of the script; names in braces are filled in there."""
    country = words.country(words.world.model.scope.country)
    return {
        "said": "Status: {status}. {what}: {number} of the baseline. "
                "Without any membership effect: {off}. Difference: {difference}.",
        "said_off": "{what}: {off} of the baseline, whatever the status: no membership "
                    "has an effect in this run.",
        "chart": f"One row for each status of {country}; the table below holds the "
                 "numbers.",
        "off": _OFF_LABEL,
        "begins": "(scale begins at {low} %)",
        "none": NOT_OBSERVED,
        "same": "none (less than 0.05 points)",
        "points": "points",
        "to": "to",
    }


# -- controls ----------------------------------------------------------------------
def _radios(c: _Control) -> str:
    options = "\n".join(
        f'<label><input type="radio" name="wi-{c.name}" value="{n}"'
        f"{' checked' * (n == c.first)}> {escape(label)}</label>"
        for n, label in enumerate(c.labels)
    )
    return (
        f"<fieldset><legend>{escape(c.legend)}</legend>"
        f'<div class="wi-options">\n{options}\n</div></fieldset>'
    )


def _select(c: _Control) -> str:
    options = "\n".join(
        f'<option value="{n}"{" selected" * (n == c.first)}>{escape(label)}</option>'
        for n, label in enumerate(c.labels)
    )
    return (
        f'<div class="wi-field"><label for="wi-{c.name}">{escape(c.legend)}</label>'
        f'<select id="wi-{c.name}" name="wi-{c.name}">\n{options}\n</select></div>'
    )


# -- style -------------------------------------------------------------------------
def _style() -> str:
    """Return the style sheet, its colors those of the figures."""
    colours = {
        "ink": style.INK, "muted": style.MUTED, "grid": style.GRID,
        "country": style.COUNTRY.colour, "main": style.CHANNELS["central"].colour,
    }
    named = " ".join(f"--wi-{name}: {c};" for name, c in colours.items())
    return f"#what-if {{ {named} }}\n{_asset('panel.css')}"


def _asset(name: str) -> str:
    return (files("supplychain.report") / name).read_text(encoding="utf-8")
