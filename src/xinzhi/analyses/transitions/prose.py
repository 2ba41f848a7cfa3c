"""Running text on classes over space and time: regions at the last date, and moves since the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.space_and_time import region_words
from xinzhi.analyses.transitions.compute import Moves, last_by_region
from xinzhi.space.transitions import ClassPaths
from xinzhi.wording import Wording, in_a_row, listed, message


def prose(
    result: Moves, labels: Mapping[str, Wording], regions: Mapping[str, Wording], shown: Shown
) -> tuple[Wording, ...]:
    """Compare the regions by their lowest and highest class, and count who rose and who fell."""
    sentences: list[Wording] = []
    if isinstance(result.by_region, pd.DataFrame):
        sentences += _regions(result.by_region, labels, regions, shown)
    if isinstance(result.paths, ClassPaths):
        sentences += _moves(result.paths, shown)
    return (in_a_row(sentences),) if sentences else ()


def _regions(
    counts: pd.DataFrame,
    labels: Mapping[str, Wording],
    regions: Mapping[str, Wording],
    shown: Shown,
) -> Iterator[Wording]:
    period, last = last_by_region(counts)
    totals = last.sum(axis=1)
    for name in () if last.empty else dict.fromkeys(map(str, last.columns[[0, -1]])):
        shares = (last[name] / totals).sort_values(ascending=False, kind="stable")
        items = [
            message(
                "{k} of {n} in {region}",
                k=int(last.loc[region, name]),
                n=int(totals[region]),
                region=region_words(region, regions),
            )
            for region in shares.index
        ]
        yield message(
            "In {period}, the class {name} comprises the following {things}: {items}.",
            period=period,
            name=labels.get(name, name),
            items=listed(items),
            things=shown.style.noun.many,
        )


def _moves(paths: ClassPaths, shown: Shown) -> Iterator[Wording]:
    kinds = paths.kinds.value_counts()
    yield message(
        "Over the dates {dates}, {rose} of {things} rose to a higher class without falling back, "
        "{fell} fell without rising, and {stayed} stayed in their class.",
        dates=", ".join(map(str, paths.of.columns)),
        things=shown.style.noun.count(len(paths.kinds)),
        **{kind: int(kinds.get(kind, 0)) for kind in ("rose", "fell", "stayed")},
    )
