"""One plain table for the terminal: title, columns, the first ones to the left."""

from __future__ import annotations

from rich.table import Table

__all__ = ["grid"]


def grid(title: str, *columns: str, left: int = 1) -> Table:
    """Return an empty table.

    Parameters
    ----------
    title : str
    *columns : str
    left : int
        How many columns, from the first, are set to the left.

    Returns
    -------
    rich.table.Table

    Examples
    --------
    >>> [c.justify for c in grid("Loss", "good", "loss").columns]
    ['left', 'right']
    """
    table = Table(title=title, title_justify="left", title_style="bold", box=None,
                  pad_edge=False, header_style="dim")
    for at, name in enumerate(columns):
        table.add_column(name, justify="left" if at < left else "right",
                         overflow="fold")
    return table
