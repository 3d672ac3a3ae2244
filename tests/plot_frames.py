"""Small tables as results have them, made up, for figures that draw results."""

from __future__ import annotations

import pandas as pd

GOODS = ("gallium", "germanium", "ndfeb_magnet", "neon", "photoresist", "si_wafer")
PLACES = ("CHN", "JPN", "IND", "USA", "UNA", "BRA")
LIES = ("target", "alliance", "country", "alliance", "nobody", "other")


def nodes() -> pd.DataFrame:
    rows = []
    for k, (good, place, lies) in enumerate(zip(GOODS, PLACES, LIES, strict=True)):
        loss = 0.5 - 0.07 * k
        row = {"good": good, "country": place, "lies_in": lies, "share": 0.9 - 0.1 * k}
        for mode, factor in (("loss", 1.0), ("loss_off", 1.05), ("loss_free", 0.4)):
            row |= {mode: loss * factor, f"{mode}_min": loss * factor - 0.01 * k,
                    f"{mode}_max": loss * factor + 0.01 * k}
        rows.append(row)
    return pd.DataFrame(rows).assign(shock="none", severity=0.75)


def compared() -> pd.DataFrame:
    rows = []
    labels = [("IND", "final products"), ("incumbents", "final products"),
              *(("IND", good) for good in GOODS)]
    for k, (group, good) in enumerate(labels):
        row: dict[str, object] = {"group": group, "good": good}
        for name, middle in (("before", 0.5), ("after", 0.5 + 0.03 * k), ("off", 0.4),
                             ("difference", 0.03 * k)):
            row |= {name: middle, f"{name}_min": middle - 0.01,
                    f"{name}_max": middle + 0.01}
        rows.append(row)
    return pd.DataFrame(rows)


def dependency() -> pd.DataFrame:
    rows = []
    for k, good in enumerate(GOODS):
        for who, more in (("not_target", 0.0), ("target", 0.05)):
            rows.append({
                "good": good, "group": "world_outside_CHN", "kind": "export_halt",
                "unallocated_as": who, "conflicts_as": "central", "control": "place",
                "dd": 0.1 * k, "ltp": 0.15 * k, "ltd": 0.19 * k,
                "id": 0.19 * k * (k % 2) + more, "id_first": 0.1 * k * (k % 2),
            })
    return pd.DataFrame(rows)


def layers() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [
        ("ore", "CHN", 0, 0.6, "target", True),
        ("ore", "AUS", 0, 0.4, "alliance", False),
        ("metal", "CHN", 1, 0.7, "target", True),
        ("metal", "IND", 1, 0.3, "country", False),
    ]
    made = pd.DataFrame(rows, columns=[
        "good", "place", "tier", "share", "lies_in", "chokepoint"])
    links = pd.DataFrame(
        [("ore", "CHN", "metal", "CHN", 0.6), ("ore", "AUS", "metal", "CHN", 0.1),
         ("ore", "AUS", "metal", "IND", 0.3)],
        columns=["good", "place", "to_good", "to_place", "share"])
    return made, links
