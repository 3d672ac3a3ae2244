"""Find the shipped tables and models, in a checkout and in an installed wheel."""

from __future__ import annotations

import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

__all__ = ["code_version", "data_dir", "models_dir", "seeds_dir"]

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    for candidate in (_PACKAGE / "_share" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"folder {name!r} was not shipped with supplychain")


def data_dir() -> Path:
    """Return the folder of facts.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> (data_dir() / "sources.csv").exists()
    True
    """
    return _folder("data")


def models_dir() -> Path:
    """Return the folder of models (assumptions).

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> (models_dir() / "pax_silica").is_dir()
    True
    """
    return _folder("models")


def seeds_dir() -> Path:
    """Return the folder of the claims the project started from.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> (seeds_dir() / "claims.csv").exists()
    True
    """
    return _folder("seeds")


@cache
def code_version() -> str:
    """Return the version of the code, with the commit in a checkout.

    Returns
    -------
    str
        For example ``0.2.0`` or ``0.2.0+3f2c1ab`` (``.dirty`` if files changed).

    Examples
    --------
    >>> code_version().startswith("0.")
    True
    """
    version = metadata.version("supplychain-network")
    root = _PACKAGE.parent
    if not (root / ".git").exists():
        return version
    git = ["git", "-C", str(root)]
    try:
        commit = subprocess.run(
            [*git, "rev-parse", "--short=7", "HEAD"],
            capture_output=True, text=True, check=True, timeout=5,
        ).stdout.strip()
        changed = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=no"],
            capture_output=True, text=True, check=True, timeout=5,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return version
    return f"{version}+{commit}{'.dirty' if changed else ''}"
