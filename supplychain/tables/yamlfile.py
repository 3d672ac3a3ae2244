"""Read a YAML file that is a mapping, without what YAML guesses in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from supplychain.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_yaml"]


class _Loader(yaml.CSafeLoader):
    """Plain YAML; a number or day that is not written plainly stays text."""


def _plain_number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    # YAML 1.1 reads 1_200 as 1200, 1:30 as 90 and 010 as 8.
    text = str(node.value).lstrip("+-")
    octal = len(text) > 1 and text.startswith("0") and text.isdigit()
    if octal or "_" in text or ":" in text:
        return node.value
    if node.tag == "tag:yaml.org,2002:int":
        return loader.construct_yaml_int(node)
    return loader.construct_yaml_float(node)


def _plain_day(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value  # 30 February: the class of the entry says what is wrong


_Loader.add_constructor("tag:yaml.org,2002:int", _plain_number)
_Loader.add_constructor("tag:yaml.org,2002:float", _plain_number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _plain_day)


def _repeated(root: yaml.Node) -> Iterator[tuple[str, int, int]]:
    """Yield key, line and first line of every key given twice in one mapping."""
    todo = [("", root)]
    done: set[int] = set()  # an anchor may stand inside itself
    while todo:
        path, node = todo.pop()
        if id(node) in done:
            continue
        done.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            todo += [(f"{path}{n}.", item) for n, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                line = key.start_mark.line + 1
                if key.value in seen:
                    yield f"{path}{key.value}", line, seen[key.value]
                seen.setdefault(key.value, line)
                todo.append((f"{path}{key.value}.", value))


def read_yaml(path: Path) -> tuple[dict[str, Any] | None, list[Fault]]:
    r"""Read a YAML file that is a mapping.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    content : dict or None
        None if it could not be read as a mapping.
    faults : list of Fault
        A missing file, broken YAML, another encoding, keys given twice.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "assumptions.yaml"
    ...     _ = file.write_text("nu0: 0.1\nsurge: 0.2\nnu0: 0.3")
    ...     content, faults = read_yaml(file)
    >>> print(faults[0])
    assumptions.yaml, row 3, nu0: repeats row 1; keep one of the two
    """
    name = path.name
    if not path.is_file():
        return None, [Fault(name, None, "file", "is missing", "add it")]
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Fault(name, line, "file", "is not UTF-8", "save it as UTF-8")]
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        repeated = [] if root is None else list(_repeated(root))
        read = None if root is None else loader.construct_document(root)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        why = getattr(error, "problem", None) or str(error)
        return None, [
            Fault(name, line or None, "file", f"is not YAML: {why}", "mend the syntax")
        ]
    if not isinstance(read, dict):
        return None, [
            Fault(name, None, "file", "is not a mapping",
                  "write 'name: value' lines, or {} if there is nothing")
        ]
    return read, [
        Fault(name, line, key, f"repeats row {first}", "keep one of the two")
        for key, line, first in repeated
    ]
