"""Who holds which status at a date, and what a pair of countries shares."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from supplychain.ids import EU, UNALLOCATED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from supplychain.tables.model import Model

__all__ = ["incumbents", "intensities", "pair_intensity", "statuses_at"]

_NO_JOINT: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_NO_HUBS: Mapping[str, str] = MappingProxyType({})


def statuses_at(memberships: pd.DataFrame, date: dt.date) -> pd.DataFrame:
    """Return the statuses in force on a day.

    Parameters
    ----------
    memberships : pandas.DataFrame
        Table ``memberships`` (columns alliance, iso3, status, valid_from,
        valid_to, eu_represented).
    date : datetime.date
        The day.

    Returns
    -------
    pandas.DataFrame
        Indexed by (alliance, country): status, eu_represented, source_id.

    Examples
    --------
    >>> import datetime as dt
    >>> table = pd.DataFrame([dict(alliance="a", iso3="IND", status="invited",
    ...     valid_from=dt.date(2026, 1, 12), valid_to=dt.date(2026, 2, 19),
    ...     eu_represented=0, source_id="s")])
    >>> statuses_at(table, dt.date(2026, 1, 31)).loc[("a", "IND"), "status"]
    'invited'
    """
    begun = memberships.valid_from.map(lambda day: day <= date)
    over = memberships.valid_to.map(lambda day: not pd.isna(day) and day < date)
    part = memberships[begun & ~over]
    return (
        part.rename(columns={"iso3": "country"})
        .set_index(["alliance", "country"])[["status", "eu_represented", "source_id"]]
        .sort_index()
    )


def incumbents(
    statuses: pd.DataFrame,
    model: Model,
    countries: Iterable[str],
    joint: Mapping[str, tuple[str, ...]] = _NO_JOINT,
) -> tuple[str, ...]:
    """Return the incumbents of the alliance under study.

    Countries with an incumbent status at the date, without the country studied;
    the EU and those covered only by its signature are included.

    Parameters
    ----------
    statuses : pandas.DataFrame
        From :func:`statuses_at`.
    model : Model
        Names the alliance, the country studied and the incumbent statuses.
    countries : iterable of str
        Countries of the world; others are left out.
    joint : mapping of str to tuple of str
        Joint figures and their countries: in if all of these are.

    Returns
    -------
    tuple of str
        Sorted ISO 3166-1 alpha-3 codes.
    """
    alliance = model.scope.alliance
    if alliance not in statuses.index.get_level_values(0):
        return ()
    table = statuses.loc[alliance]
    holds = set(table[table.status.isin(model.scope.incumbent_statuses)].index)
    covered = set(table[table.eu_represented == 1].index) if EU in holds else set()
    held = holds | covered
    held |= {place for place, parts in joint.items() if held.issuperset(parts)}
    members = held & set(countries)
    return tuple(sorted(members - {model.scope.country, model.scope.target}))


def intensities(
    statuses: pd.DataFrame,
    model: Model,
    alliance: str,
    countries: list[str],
    joint: Mapping[str, tuple[str, ...]] = _NO_JOINT,
) -> NDArray[np.float64]:
    """Return lambda of each country in one alliance, for access and trade.

    A country covered only by the EU's signature takes the EU's intensity; a
    joint figure takes the least of its countries'; what belongs to nobody takes
    the model's ``unallocated_intensity`` where there is an alliance at all.

    Parameters
    ----------
    statuses : pandas.DataFrame
        From :func:`statuses_at`.
    model : Model
        Intensities of the statuses.
    alliance : str
        The alliance.
    countries : list of str
        Order of the result.
    joint : mapping of str to tuple of str
        Joint figures and their countries.

    Returns
    -------
    ndarray, shape (countries,) [1]
    """
    result = np.zeros(len(countries))
    if alliance not in statuses.index.get_level_values(0):
        return result
    table = statuses.loc[alliance]
    status = table.status.to_dict()
    covered = {c for c, flag in table.eu_represented.items() if flag}
    eu = model.intensity(status.get(EU, "none"))

    def level(country: str) -> float:
        if country in joint:
            return min(level(part) for part in joint[country])
        if country == UNALLOCATED and "unallocated_intensity" in model.assumptions:
            return model.value("unallocated_intensity")
        own = model.intensity(status.get(country, "none"))
        return max(own, eu) if country in covered else own

    for index, country in enumerate(countries):
        result[index] = level(country)
    return result


def pair_intensity(
    statuses: pd.DataFrame,
    model: Model,
    channel: str,
    countries: list[str],
    eu_members: frozenset[str],
    *,
    joint: Mapping[str, tuple[str, ...]] = _NO_JOINT,
    hubs: Mapping[str, str] = _NO_HUBS,
    off: bool = False,
) -> NDArray[np.float64]:
    r"""Return the pair intensity of a channel.

    .. math:: \mu^{ch}_{ij} = \max_h \beta_{h,ch} \min(\lambda^h_i, \lambda^h_j)

    A set of bilateral texts ties each country to its hub alone. Members of the
    European Union have 1 among themselves, in every run.

    Parameters
    ----------
    statuses : pandas.DataFrame
        From :func:`statuses_at`.
    model : Model
        Intensities, strengths beta and the switch of the channel.
    channel : str
        For example ``access``.
    countries : list of str
        Order of rows and columns.
    eu_members : frozenset of str
        Members of the European Union.
    joint : mapping of str to tuple of str
        Joint figures and their countries.
    hubs : mapping of str to str
        Hub of each alliance that is a set of bilateral texts.
    off : bool
        Channels off: no alliance acts at all.

    Returns
    -------
    ndarray, shape (countries, countries) [1]
        Symmetric, with 1 on the diagonal.
    """
    size = len(countries)
    mu = np.zeros((size, size))
    if not off and model.channels[channel].enabled:
        for alliance, strength in model.strengths.items():
            beta = strength.get(channel, 0.0)
            if beta > 0:
                level = intensities(statuses, model, alliance, countries, joint)
                pairs = beta * np.minimum.outer(level, level)
                if alliance in hubs:
                    # The EU's texts bind its members.
                    spoke = np.array([
                        c != hubs[alliance]
                        and not (hubs[alliance] == EU and c in eu_members)
                        for c in countries
                    ])
                    pairs[np.ix_(spoke, spoke)] = 0.0
                mu = np.maximum(mu, pairs)
    inside = np.array([c in eu_members or c == EU for c in countries])
    mu[np.ix_(inside, inside)] = 1.0
    np.fill_diagonal(mu, 1.0)
    return mu
