"""``result.plot.NAME(...)``: figures of a result, by name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from supplychain.report.context import Options, context_of
from supplychain.report.gallery import FIGURES, figure
from supplychain.scenarios.analysis import Analysis
from supplychain.scenarios.chokepoints import Chokepoints
from supplychain.scenarios.whatif import Comparison
from supplychain.tables.names import nearest
from supplychain.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.figure import Figure

__all__ = ["Plots"]

_OWN: Mapping[type, Mapping[str, str]] = MappingProxyType({
    Chokepoints: {"ranking": "chokepoints"},
    Comparison: {"before_after": "before_after"},
})
"""Figures of results that have their own, by method; others have them all."""


class Plots:
    """Figures of a result: each method draws one and returns it.

    Parameters
    ----------
    result : World, Analysis, Chokepoints or Comparison
        A world computes what a figure shows.

    Examples
    --------
    >>> import pandas as pd
    >>> from supplychain.world.build import load_world
    >>> empty = pd.DataFrame()
    >>> dir(Plots(Chokepoints(empty, empty, "none", 0.75, load_world())))
    ['ranking']
    """

    def __init__(self, result: World | Analysis | Chokepoints | Comparison) -> None:
        self._result = result
        self._names = (
            {name: name for name in FIGURES} if isinstance(result, World | Analysis)
            else _OWN[type(result)]
        )

    def __dir__(self) -> list[str]:
        return sorted(self._names)

    def __getattr__(self, name: str) -> Callable[..., Figure]:
        if name.startswith("_") or name not in self._names:
            hint = nearest(name, self._names) if not name.startswith("_") else ""
            raise AttributeError(f"no figure {name!r}; {hint}", name=name, obj=self)

        def draw(**options: Any) -> Figure:  # noqa: ANN401
            """Draw the figure; options are those of ``report.context.Options``."""
            return figure(
                self._names[name], context_of(self._result, Options(**options)))

        draw.__name__ = name
        draw.__doc__ = f"Draw: {FIGURES[self._names[name]].what}."
        return draw
