"""Running text on classes over space and time: regions at the last date, and moves since the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.space_and_time import NONE, region_words
from xinzhi.analyses.transitions.compute import Moves
from xinzhi.space.transitions import Paths
from xinzhi.wording import Wording, in_a_row, listed, message


def prose(
    result: Moves, labels: Mapping[str, Wording], regions: Mapping[str, Wording], shown: Shown
) -> tuple[Wording, ...]:
    """Compare the regions by their lowest and highest class, and count who rose and who fell."""
    sentences: list[Wording] = []
    if isinstance(result.by_region, pd.DataFrame):
        sentences += _regions(result.by_region, labels, regions, shown)
    if isinstance(result.paths, Paths):
        sentences += _moves(result.paths, shown)
    return (in_a_row(sentences),) if sentences else ()


def _regions(
    counts: pd.DataFrame,
    labels: Mapping[str, Wording],
    regions: Mapping[str, Wording],
    shown: Shown,
) -> Iterator[Wording]:
    period = max(key[0] for key in counts.index)
    here = counts.index.get_level_values(0) == period
    last: pd.DataFrame = counts[here].droplevel(0).drop(columns=[NONE], errors="ignore")
    last = last.drop(index=[NONE], errors="ignore")
    last = last[last.sum(axis=1) > 0]
    names = [str(name) for name in last.columns]
    if last.empty:
        return
    for name in dict.fromkeys((names[0], names[-1])):
        shares = (last[name] / last.sum(axis=1)).sort_values(ascending=False, kind="stable")
        items = [
            message(
                "{k} of {n} in {region}",
                k=int(last.loc[region, name]),
                n=int(last.loc[region].sum()),
                region=region_words(region, regions),
            )
            for region in shares.index
        ]
        yield message(
            "In {period}, the class {name} comprises the following {things}: {items}.",
            period=str(period),
            name=labels.get(name, name),
            items=listed(items),
            things=shown.style.noun.many,
        )


def _moves(found: Paths, shown: Shown) -> Iterator[Wording]:
    dates = [str(date) for date in found.of.columns]
    kinds = found.kinds.value_counts()
    rose, fell, stayed = (int(kinds.get(kind, 0)) for kind in ("rose", "fell", "stayed"))
    yield message(
        "Over the dates {dates}, {rose} of {things} rose to a higher class without falling back, "
        "{fell} fell without rising, and {stayed} stayed in their class.",
        dates=", ".join(dates),
        things=shown.style.noun.count(len(found.kinds)),
        rose=rose,
        fell=fell,
        stayed=stayed,
    )
