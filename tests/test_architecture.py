"""The rules of the house: who imports whom, and what stands where."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "supplychain"

# In the order of ARCHITECTURE; the modules beside the rooms are below them all.
GROUND = ("errors", "files", "home", "ids", "views")
ROOMS = {
    "tables": 1, "world": 2, "measures": 3, "optimize": 3, "scenarios": 4, "plot": 5,
    "report": 5, "cli": 6,
}
ORDER = list(ROOMS)
LONGEST = 500

MODULES = sorted(p for p in PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Return line and full name of every import, deferred ones included."""
    found = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            base = node.module or ""
            if base == "supplychain":  # from supplychain import tables
                found += [(node.lineno, f"supplychain.{a.name}") for a in node.names]
            else:
                found.append((node.lineno, base))
    return tuple(found)


def _users(library: str) -> set[str]:
    return {
        _name(path) for path in MODULES
        if any(name.split(".")[0] == library for _, name in _imports(path))
    }


def _may_import(room: str, other: str) -> bool:
    if room == other or other in GROUND:
        return True
    if room in GROUND or {room, other} == {"measures", "optimize"}:
        return False
    return ORDER.index(other) < ORDER.index(room)


def _all_names(path: Path) -> list[str]:
    for node in _tree(path).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
        ):
            return [
                item.value for item in ast.walk(node.value)
                if isinstance(item, ast.Constant) and isinstance(item.value, str)
            ]
    return []


# -- the picture ------------------------------------------------------------------
def test_the_rooms_are_those_of_the_plan():
    found = {p.name for p in PACKAGE.iterdir() if p.is_dir()} - {
        "__pycache__", "_share"
    }
    found |= {p.stem for p in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert found == {*ROOMS, *GROUND}


def test_every_room_is_a_package():
    missing = [
        room for room in [".", *ROOMS]
        if room != "cli" and not (PACKAGE / room / "__init__.py").is_file()
    ]
    assert missing == []


def test_the_walk_sees_imports():
    # Guards against a walk that finds nothing and so allows everything.
    seen = {name for _, name in _imports(PACKAGE / "scenarios" / "chains.py")}
    assert {"numpy", "supplychain.measures.dependency"} <= seen
    assert _users("pandas")


# -- who imports whom -------------------------------------------------------------
@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_room_imports_only_rooms_above_it(path: Path):
    if path.parent == PACKAGE and path.stem in {"__init__", "__main__"}:
        return  # the public names come from every room
    wrong = []
    for line, name in _imports(path):
        parts = name.split(".")
        if parts[0] != "supplychain" or len(parts) == 1:
            continue
        if not _may_import(_room(path), parts[1]):
            wrong.append(f"line {line}: {name}")
    assert wrong == []


def test_measures_and_optimize_never_import_each_other():
    for room, other in (("measures", "optimize"), ("optimize", "measures")):
        for path in (PACKAGE / room).rglob("*.py"):
            names = [name for _, name in _imports(path)]
            inside = [n for n in names if n.startswith(f"supplychain.{other}")]
            assert inside == [], _name(path)


def test_no_room_imports_the_package_itself():
    # `import supplychain` inside would run in a circle through the public names.
    wrong = [
        f"{_name(p)}:{line}" for p in MODULES for line, name in _imports(p)
        if name == "supplychain"
    ]
    assert wrong == []


def test_pyomo_is_imported_only_in_optimize():
    assert {name.split("/")[0] for name in _users("pyomo")} == {"optimize"}


@pytest.mark.parametrize("library", ["geopandas", "matplotlib"])
def test_drawing_is_imported_only_in_plot_and_report(library: str):
    assert {name.split("/")[0] for name in _users(library)} <= {"plot", "report"}


def test_highspy_is_imported_only_in_optimize_and_the_calibration():
    users = _users("highspy")
    assert "world/calibrate.py" in users
    outside = {u for u in users if not u.startswith("optimize/")}
    assert outside == {"world/calibrate.py"}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_relative_import(path: Path):
    wrong = [
        node.lineno for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert wrong == []


def test_no_alliance_is_named_in_solver_code():
    # Levers, not ifs: a membership acts only through the model's values.
    names = ("pax_silica", "forge", "quad")
    wrong = []
    for path in (PACKAGE / "optimize").rglob("*.py"):
        documented = {
            id(node.body[0].value) for node in ast.walk(_tree(path))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body and isinstance(node.body[0], ast.Expr)
        }
        wrong += [
            f"{_name(path)}:{node.lineno}" for node in ast.walk(_tree(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and id(node) not in documented
            and any(name in node.value for name in names)
        ]
    assert wrong == []


# -- style ------------------------------------------------------------------------
@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_command_prints(path: Path):
    if path.parent == PACKAGE / "cli":
        return
    wrong = [
        node.lineno for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_is_short(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_says_what_it_is(path: Path):
    assert ast.get_docstring(_tree(path))


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name not in {"__init__.py", "__main__.py"}],
    ids=_name,
)
def test_public_names_are_listed(path: Path):
    if path.stem == "ids" or _room(path) == "cli":
        return  # names only; a command line
    defined = {
        node.name for node in _tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert _all_names(path), "no __all__"
    missing = {n for n in _all_names(path) if n.isidentifier()} - defined
    constants = {
        t.id for node in _tree(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for t in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(t, ast.Name)
    }
    assert missing - constants == set()


def _undocumented(function: ast.FunctionDef) -> list[str]:
    """Return the sections that a NumPy docstring lacks."""
    text = ast.get_docstring(function) or ""
    if not text:
        return ["docstring"]
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    lacking = []
    if names and "Parameters\n----------" not in text:
        lacking.append("Parameters")
    returned = ast.unparse(function.returns) if function.returns else "None"
    nothing = {"None", "NoReturn", "Never", "Iterator[None]"}  # a context manager
    if returned not in nothing and not (
        "Returns\n-------" in text or "Yields\n------" in text
    ):
        lacking.append("Returns")
    if "Parameters" not in lacking:
        section = text.split("Parameters\n----------")[-1]
        lacking += [n for n in names if n not in section]
    return lacking


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_public_functions_are_documented(path: Path):
    public = set(_all_names(path))
    lacking = {
        node.name: _undocumented(node) for node in _tree(path).body
        if isinstance(node, ast.FunctionDef) and node.name in public
    }
    assert {name: what for name, what in lacking.items() if what} == {}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_public_classes_are_documented(path: Path):
    public = set(_all_names(path))
    bare = [
        node.name for node in _tree(path).body
        if isinstance(node, ast.ClassDef) and node.name in public
        and not ast.get_docstring(node)
    ]
    assert bare == []


# -- speed of an import -----------------------------------------------------------
HEAVY = ("pandas", "pyomo", "matplotlib", "geopandas", "highspy", "scipy", "networkx")


@pytest.mark.parametrize("module", ["supplychain", "supplychain.cli"])
def test_import_is_light(module: str):
    code = (
        f"import sys, {module}\n"
        f"print(*[m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True, text=True, check=False, timeout=60, cwd="/",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_every_public_name_loads():
    import supplychain

    assert {"load_world", "analyze"} <= set(supplychain.__all__)
    assert all(getattr(supplychain, name) for name in supplychain.__all__)
    assert set(dir(supplychain)) >= set(supplychain.__all__)
