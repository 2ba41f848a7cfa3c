"""Classes by period and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.tables.space.frames import nested
from xinzhi.tables.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message

NONE = "none"


def regions_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    counts: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    regions: Mapping[str, Wording],
) -> Table:
    """Set the counts of classes by period and region.

    `counts` is indexed (period, group), its columns the classes from low to high and `none`;
    `labels` words the classes, `regions` the regions.
    """
    if not counts[NONE].any():
        counts = counts.drop(columns=NONE)
    words = {NONE: message("No score"), **labels}
    names = [str(name) for name in counts.columns]
    return Table(
        id=id,
        title=title,
        stub=message("Period and region"),
        columns=(
            *(Column(name, words.get(name, name)) for name in names),
            Column("total", message("Total")),
        ),
        rows=tuple(_rows(counts, regions)),
        reading=tuple(_reading(counts.drop(columns=NONE, errors="ignore"), labels, regions)),
        machine={"periods": nested(counts)},
    )


def _rows(counts: pd.DataFrame, regions: Mapping[str, Wording]) -> Iterator[Row]:
    before: object = None
    for key, found in zip(counts.index, counts.to_numpy(), strict=True):
        period, region = key
        values = [int(n) for n in found]
        yield Row(
            message("{period} {region}", period=str(period), region=region_words(region, regions)),
            tuple(Cell(n, "count") for n in (*values, sum(values))),
            key=f"{period}/{region}",
            rule_above=before is not None and before != period,
        )
        before = period


def region_words(region: object, regions: Mapping[str, Wording]) -> Wording:
    """Word a region; `none` is where an entity has none."""
    if region == NONE:
        return message("No region")
    return regions.get(str(region), str(region))


def _reading(
    counts: pd.DataFrame, labels: Mapping[str, Wording], regions: Mapping[str, Wording]
) -> Iterator[Wording]:
    """Say where the lowest and the highest class are most common at the last date."""
    last = max(key[0] for key in counts.index)
    classes = [str(name) for name in counts.columns]
    now = {
        str(key[1]): dict(zip(classes, map(int, row), strict=True))
        for key, row in zip(counts.index, counts.to_numpy(), strict=True)
        if key[0] == last and key[1] != NONE and row.sum() > 0
    }
    for name in dict.fromkeys((classes[0], classes[-1])):
        shares = {region: row[name] / sum(row.values()) for region, row in now.items()}
        region = max(shares, key=lambda one: shares[one], default="")
        if not region or shares[region] == 0:
            continue
        yield message(
            "{name}: most common in {region} in {period}, {k} of {n}.",
            name=labels.get(name, name),
            region=region_words(region, regions),
            period=str(last),
            k=now[region][name],
            n=sum(now[region].values()),
        )
