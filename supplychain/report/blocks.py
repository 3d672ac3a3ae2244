"""What a report is made of: sections of sentences, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass

from supplychain.report.sentences import Number, Sentence

__all__ = ["Block", "Cell", "Column", "Figure", "Heading", "Link", "Section", "Table"]


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere; without an address only the text is shown."""

    text: str
    url: str

    def __str__(self) -> str:
        return self.text


Cell = str | Number | Link


@dataclass(frozen=True)
class Column:
    """A column's head; numbers stand on the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table that can be sorted by each column; the first one names the row.

    Attributes
    ----------
    name : str
        Identifier, unique in a report.
    caption : str
    columns : tuple of Column
    rows : tuple of tuple of Cell
    file : str
        The file of the run that holds the numbers.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    file: str = ""


@dataclass(frozen=True)
class Figure:
    """An image with what it shows in words."""

    png: bytes
    alt: str
    caption: str


@dataclass(frozen=True)
class Heading:
    """A title within a section."""

    name: str
    text: str


Block = Sentence | Table | Figure | Heading


@dataclass(frozen=True)
class Section:
    """A section: identifier, title, and its blocks in order."""

    name: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences, those that do not hold included."""
        return tuple(b for b in self.blocks if isinstance(b, Sentence))
