"""Write files whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """Write a file under a temporary name, then rename it.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if needed.
    text : str

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "new", "a.txt"), "b")
    ...     Path(folder, "new", "a.txt").read_text()
    'b'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
