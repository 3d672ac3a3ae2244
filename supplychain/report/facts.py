"""What the sections of a report read from an analysis, as numbers with ranges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from supplychain.report.sentences import Number, Rule
from supplychain.report.words import Words
from supplychain.scenarios.chains import group_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supplychain.scenarios.analysis import Analysis

__all__ = ["ALL", "Facts", "listed", "pick"]

ALL = "final products"
UNKNOWN = Number.of(float("nan"))


def pick(frame: pd.DataFrame, **where: object) -> pd.DataFrame:
    """Return the rows of a frame with given values.

    Parameters
    ----------
    frame : pandas.DataFrame
    **where : object
        By column.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    >>> len(pick(pd.DataFrame({"a": [1, 1, 2]}), a=1))
    2
    """
    mask = pd.Series(data=True, index=frame.index)
    for column, value in where.items():
        mask &= frame[column] == value
    return frame[mask]


def listed(names: list[str], count: int = 5) -> str:
    """Return names in a row, the rest as a number.

    Parameters
    ----------
    names : list of str
    count : int
        So many are named.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["a", "b", "c"], 2), listed(["a", "b"]), listed(["a"])
    ('a, b and 1 more', 'a and b', 'a')
    """
    if len(names) > count:
        return f"{', '.join(names[:count])} and {len(names) - count} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


@dataclass(frozen=True)
class Facts:
    """An analysis, read: served shares, gains, dependency by good."""

    analysis: Analysis

    @cached_property
    def words(self) -> Words:
        """Names for people."""
        return Words(self.analysis.world)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Label of each reference group."""
        return group_labels(self.analysis.world)

    @cached_property
    def names(self) -> dict[str, str]:
        """Country studied, target and alliance, for templates."""
        scope = self.analysis.world.model.scope
        return {
            "country": self.words.country(scope.country),
            "target": self.words.country(scope.target),
            "alliance": self.words.alliance(scope.alliance),
            "lowest": scope.rungs[0], "highest": scope.rungs[-1],
        }

    @property
    def rungs(self) -> tuple[str, ...]:
        """Statuses from the lowest to the highest."""
        return self.analysis.world.model.scope.rungs

    @property
    def severity(self) -> float:
        """The severity that sentences are about: the lower of the pair [1]."""
        return float(min(self.analysis.world.model.severity_pair))

    @cached_property
    def shocks(self) -> tuple[str, ...]:
        """The shocks of the model: halts of the target first, as listed."""
        return tuple(self.analysis.world.model.shocks)

    @cached_property
    def _cells(self) -> pd.DataFrame:
        found = pick(self.analysis.ladder, no_harm=0)
        keys = ["capacity", "ladder", "channels", "shock", "severity", "group", "good",
                "status"]
        return found.drop_duplicates(keys).set_index(keys)[["min", "max"]].sort_index()

    def group(self, key: str) -> str:
        """Return a reference group in words, with its article."""
        text = self.words.group(self.labels[key])
        return text if key == "country" else f"the {text}"

    def good(self, code: str) -> str:
        """Return a good's name without a comma, to stand in a row of names."""
        name, _, form = self.words.good(code).partition(", ")
        return f"{name} ({form})" if form else name

    @cached_property
    def ladder_of_its_own(self) -> str:
        """Say that the country studied wants a final product; empty if it does not."""
        rows = pick(self.analysis.ladder, group=self.labels["country"], good=ALL)
        return "" if rows.empty else "ladder"

    def served(
        self, shock: str, status: str, *, group: str = "country", good: str = ALL,
        channels: str = "central", ladder: str = "A", severity: float | None = None,
        capacity: str | None = None,
    ) -> Number:
        """Return what a group is served in a run of the ladder.

        Parameters
        ----------
        shock, status : str
            Status ``any`` with channels ``off``.
        group : str
            Key of ``world.groups``.
        good, channels, ladder, severity, capacity
            As in ladder.csv.

        Returns
        -------
        Number
            Share of baseline, range over the optimal face; unknown if not run.
        """
        key = (
            capacity or self.analysis.world.model.scope.capacity, ladder, channels,
            shock, self.severity if severity is None else severity,
            self.labels[group], good, status,
        )
        if key not in self._cells.index:
            return UNKNOWN
        row = self._cells.loc[key]
        return Number(float(row["min"]), float(row["max"]))

    def off(self, shock: str, **options: Any) -> Number:  # noqa: ANN401
        """Return what a group is served without any membership effect."""
        return self.served(shock, "any", channels="off", **options)

    def gain(self, shock: str, **options: Any) -> Number:  # noqa: ANN401
        """Return what the highest rung adds to the lowest [share, difference]."""
        first, last = (
            self.served(shock, r, **options)
            for r in (self.rungs[0], self.rungs[-1])
        )
        return last.less(first)

    def gain_over_strengths(
        self, shock: str, *, severity: float | None = None
    ) -> Number:
        """Return the gain with the assumed strengths at their low to high ends."""
        found = [
            self.gain(shock, severity=severity, channels=c)
            for c in ("low", "central", "high")
        ]
        known = [n for n in found if n.known]
        if not known:
            return UNKNOWN
        return Number(min(n.low for n in known), max(n.high for n in known), "points")

    def swing(self, headline: str) -> tuple[Number, Number, str]:
        """Return a headline number, its range over assumptions, and what moves it.

        Parameters
        ----------
        headline : str
            Key of HEADLINES.

        Returns
        -------
        central, over_assumptions : Number
            One assumption at a time at its ends.
        name : str
            The assumption that moves it the furthest; empty where none does.
        """
        rows = pick(self.analysis.sensitivity, headline=headline)
        rows = rows[rows.at_central.notna()]
        if rows.empty:
            return UNKNOWN, UNKNOWN, ""
        ends = rows[["at_low", "at_central", "at_high"]]
        worst = rows.loc[rows.effect.idxmax()]
        rule: Rule = "points" if headline.startswith("gain") else "share"
        return (
            Number.of(rows.at_central.iloc[0], rule),
            Number(float(ends.min().min()), float(ends.max().max()), rule),
            str(worst.meaning or worst.assumption) if worst.effect > 0 else "",
        )

    def dependency(
        self, group: str = "world_outside_target", *, kind: str = "export_halt",
        unallocated: str = "not_target", conflicts: str = "central",
        control: str = "place",
    ) -> pd.DataFrame:
        """Return dependency by good of one group, indexed by good."""
        return pick(
            self.analysis.dependency, group=self.labels[group], kind=kind,
            unallocated_as=unallocated, conflicts_as=conflicts, control=control,
        ).set_index("good")

    def id_range(self, group: str = "world_outside_target") -> dict[str, Number]:
        """Return ID by good: from first claim to unallocated output and uses.

        The range spans the claim of the chain, what belongs to nobody, and sources
        that disagree, as in the figure of dependency by chain.
        """
        base = self.dependency(group)
        parts = [base.id, base.id_first]
        parts += [
            self.dependency(group, **{k: v}).id.reindex(base.index)
            for k, v in (("unallocated", "target"),
                         ("unallocated", "target_and_demand"),
                         ("conflicts", "low"), ("conflicts", "high"))
        ]
        table = pd.concat(parts, axis=1)
        return {
            str(g): Number(float(low), float(high))
            for g, low, high in zip(
                table.index, table.min(axis=1), table.max(axis=1), strict=True)
        }

    @cached_property
    def unlocked(self) -> pd.DataFrame:
        """ID(lambda) of the country studied by good and rung, with frozen and free."""
        frame = self.analysis.unlocked
        if frame.empty:
            return pd.DataFrame(columns=[*self.rungs, "frozen", "free"])
        rows = pick(frame, group=self.labels["country"], unallocated_as="not_target",
                    conflicts_as="central")
        wide = rows.pivot_table(index="good", columns="status", values="id_lambda")
        by_good = rows.groupby("good")
        return wide.assign(frozen=by_good.id_frozen.first(), free=by_good.id.first())

    def weights(self, group: str = "world_outside_target") -> pd.Series:
        """Return the value of each final product that a group wants [USD]."""
        world = self.analysis.world
        net = world.network
        return pd.Series({
            g: net.value[g] * sum(net.final.get((g, c), 0.0)
                                  for c in world.groups[group])
            for g in world.goods.index[world.goods.final] if g in net.value
        }, dtype=float)

    def weighted(self, shares: pd.Series, group: str = "world_outside_target") -> float:
        """Return the value-weighted mean of shares over final products [1]."""
        weights = self.weights(group)
        weights = weights[(weights > 0) & weights.index.isin(shares.index)]
        if weights.sum() <= 0:
            return float("nan")
        return float((shares[weights.index] * weights).sum() / weights.sum())
