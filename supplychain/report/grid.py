"""One plain table for the terminal: title, columns, the first ones to the left."""

from __future__ import annotations

from rich.table import Table

__all__ = ["grid"]


def grid(
    title: str, *columns: str, left: int | None = None, right: tuple[str, ...] = ()
) -> Table:
    """Return an empty table.

    Parameters
    ----------
    title : str
    *columns : str
    left : int, optional
        How many columns, from the first, are set to the left; the others to the right.
    right : tuple of str
        Without `left`: columns set to the right; the others to the left.

    Returns
    -------
    rich.table.Table

    Examples
    --------
    >>> [c.justify for c in grid("Loss", "good", "loss", left=1).columns]
    ['left', 'right']
    """
    table = Table(title=title, title_justify="left", title_style="bold", box=None,
                  pad_edge=False, header_style="dim")
    for at, name in enumerate(columns):
        to_right = name in right if left is None else at >= left
        table.add_column(name, justify="right" if to_right else "left",
                         overflow="fold")
    return table
