"""Say in our words what pydantic found: one fault an error, each with a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supplychain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationError

__all__ = ["faults_of"]


def _remedy(kind: str, context: Mapping[str, object], vague: str) -> str:
    if "remedy" in context:
        return str(context["remedy"])
    if kind in {"missing", "string_too_short"}:
        return "give a value"
    if kind == "extra_forbidden":
        return "remove or rename the key"
    if kind in {"greater_than_equal", "less_than_equal", "finite_number"}:
        words = {"ge": "at least", "le": "at most"}
        bounds = [f"{words[k]} {v:g}" for k, v in context.items() if k in words]
        return f"use a finite number{', ' if bounds else ''}{' and '.join(bounds)}"
    if kind in {"literal_error", "union_tag_invalid"}:
        return f"use one of {context.get('expected') or context.get('expected_tags')}"
    if kind.startswith("date"):
        return "write it as YYYY-MM-DD"
    if kind.startswith(("float", "int")):
        return "write a plain number with a decimal point"
    if kind in {"model_type", "dict_type"}:
        return "write 'name: value' lines"
    if kind in {"tuple_type", "list_type"}:
        return "write a list"
    if kind == "string_pattern_mismatch":
        return f"match {context.get('pattern')}"
    return vague


def faults_of(
    error: ValidationError,
    file: str,
    row: int | None = None,
    *,
    at: tuple[str, ...] = (),
    vague: str = "mend the value",
) -> list[Fault]:
    """Return the faults of one row or of one entry of a file.

    Parameters
    ----------
    error : pydantic.ValidationError
        What the class of the row or entry said. A rule over several fields names
        them in its context, under ``field``, and its remedy under ``remedy``.
    file : str
        Name of the file.
    row : int, optional
        Line of the row.
    at : tuple of str
        Where in the file the entry stands.
    vague : str
        Remedy where the kind of the error suggests none.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> from pydantic import ValidationError
    >>> from supplychain.tables.schema import TABLES
    >>> row = dict(good="tin", field="", what_is_missing="x", looked_for_in="",
    ...            treatment="")
    >>> try:
    ...     _ = TABLES["gaps"].model_validate(row)
    ... except ValidationError as error:
    ...     found = faults_of(error, "gaps.csv", 2)
    >>> found[0].field, found[0].remedy
    ('field', 'give a value')
    """
    faults = []
    for entry in error.errors():
        context = entry.get("ctx", {})
        place = [*at, *(str(part) for part in entry["loc"])]
        if "field" in context:
            place.append(str(context["field"]))
        value, kind = entry.get("input"), entry["type"]
        told = isinstance(value, str | int | float) and kind != "extra_forbidden"
        faults.append(
            Fault(file, row, ".".join(place) or "row",
                  f"{entry['msg']} ({value!r})" if told else entry["msg"],
                  _remedy(kind, context, vague))
        )
    return faults
