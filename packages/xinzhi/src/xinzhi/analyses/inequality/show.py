"""Tables of inequality within and between regions, after Theil and after Dagum.

Options of inequality.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from xinzhi.analyses.section import Refers, Section, one_or_many
from xinzhi.analyses.space_and_time import region_words
from xinzhi.present import numbers
from xinzhi.present.frames import nested, records, table_from
from xinzhi.present.table import Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.space.inequality import Dagum, Theil


class InequalitySection(Section):
    """Inequality of a score, taken apart by regions."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    regions: str
    """Grouping under `groups`, or a column of the panel; an entity keeps its region."""
    inequality: Annotated[
        tuple[Literal["theil", "dagum"], ...], one_or_many, Field(min_length=1)
    ] = ("theil", "dagum")
    """Taken apart into within and between the regions."""


PARTS: Mapping[str, Wording] = {
    "within": message("within the regions"),
    "between": message("between the regions"),
    "transvariation": message("where regions overlap"),
}


def theil_table(table_id: str, title: Wording, theil: Theil) -> Table:
    """Set Theil's index by period, within and between the regions."""
    return table_from(
        theil.by_period,
        {
            "n": message("n"),
            "total": message("Theil {index}", index=theil.index),
            "within": message("Within regions"),
            "between": message("Between regions"),
            "share_between": message("Share between"),
        },
        id=table_id,
        title=title,
        stub=message("Period"),
        reading=tuple(_share(theil.by_period, "between")),
        machine={"periods": records(theil.by_period), "regions": nested(theil.by_group)},
    )


def dagum_table(
    table_id: str, title: Wording, dagum: Dagum, *, regions: Mapping[str, Wording]
) -> Table:
    """Set the Gini ratio by period in Dagum's three parts."""
    return table_from(
        dagum.by_period,
        {
            "n": message("n"),
            "gini": message("Gini ratio"),
            "share_within": message("Share within regions"),
            "share_between": message("Share between regions (net)"),
            "share_transvariation": message("Share of overlap"),
        },
        id=table_id,
        title=title,
        stub=message("Period"),
        notes=(
            message(
                "Overlap: entities of the region with the lower mean whose scores exceed some in the other region."
            ),
        ),
        reading=(*_largest_share(dagum.by_period), *_furthest_apart(dagum, regions)),
        machine={
            "periods": records(dagum.by_period),
            "regions": nested(dagum.by_group),
            "pairs": _pairs(dagum.by_pair),
        },
    )


def _share(frame: pd.DataFrame, part: str) -> Iterator[Wording]:
    shares = frame[f"share_{part}"].dropna()
    if len(shares):
        yield message(
            "{share}% of the inequality in {period} lies {part}, after {before}% in {first}.",
            share=numbers.number(100 * shares.iloc[-1], 1),
            period=str(shares.index[-1]),
            part=PARTS[part],
            before=numbers.number(100 * shares.iloc[0], 1),
            first=period_name(int(shares.index[0])),
        )


def _largest_share(frame: pd.DataFrame) -> Iterator[Wording]:
    shares = frame[[f"share_{part}" for part in PARTS]].dropna()
    if len(shares):
        yield from _share(frame, str(shares.iloc[-1].idxmax()).removeprefix("share_"))


def _furthest_apart(dagum: Dagum, regions: Mapping[str, Wording]) -> Iterator[Wording]:
    """Say which two regions are furthest apart in the last period."""
    period = dagum.by_period.index[-1]
    last = dagum.by_pair[dagum.by_pair.index.get_level_values("period") == period]
    if len(last):
        _, high, low = last["gini"].idxmax()  # of a pair, the one with the higher mean stands first
        yield message(
            "The gap is largest in {period} between {high} and {low}; {high} has the higher mean.",
            period=str(period),
            high=region_words(high, regions),
            low=region_words(low, regions),
        )


def _pairs(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {
            "period": int(period),
            "region": str(group),
            "other": str(other),
            "gini": float(gini),
            "affluence": float(affluence),
        }
        for (period, group, other), gini, affluence in zip(
            frame.index, frame["gini"], frame["affluence"], strict=True
        )
    ]
