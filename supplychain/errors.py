"""Exceptions: a small tree, one meaning a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AuditError",
    "DataError",
    "Fault",
    "InfeasibleError",
    "ScenarioError",
    "SupplyChainError",
]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with an input: where, what, and how to mend it.

    Examples
    --------
    >>> print(Fault("data/goods.csv", 3, "unit", "unit 'tt' is unknown", "use t"))
    data/goods.csv, row 3, unit: unit 'tt' is unknown; use t
    """

    file: str
    row: int | None
    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{place}, {self.field}: {self.problem}; {self.remedy}"


class SupplyChainError(Exception):
    """Base of all exceptions of this package."""


class DataError(SupplyChainError, ValueError):
    r"""Tables or models that do not hold together; carries every fault found.

    Examples
    --------
    >>> str(DataError([Fault("a.csv", 2, "year", "is empty", "give a year")]))
    '1 fault:\n- a.csv, row 2, year: is empty; give a year'
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(
            sorted(set(faults), key=lambda f: (f.file, f.row or 0, f.field, f.problem))
        )
        count = len(self.faults)
        head = f"{count} fault{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"- {fault}" for fault in self.faults)]))


class ScenarioError(SupplyChainError, ValueError):
    """A scenario, shock or name that the model does not know."""


class InfeasibleError(SupplyChainError, RuntimeError):
    """A program without a solution; names the constraint family at fault."""


class AuditError(SupplyChainError, ArithmeticError):
    """A solve whose residuals or duality gap exceed their tolerance."""
