"""Tables of ranks at the dates, and of the top and the bottom: their regions and who stays.

Options of ranks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.section import Refers
from xinzhi.analyses.space_and_time import ALL, NONE, DatesAndRegions, region_words
from xinzhi.present.frames import records, table_from
from xinzhi.present.references import see
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, enumerated, listed, message
from xinzhi_econometrics.space.ranks import End, Ranks


class RanksSection(DatesAndRegions):
    """Ranks by a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    top: int = Field(default=20, ge=1)
    """How many of the best and of the last are listed at each date."""


def stayers(end: End, shown: Shown) -> Iterator[Wording]:
    """Name those that are at an end at all dates, where several dates are compared."""
    if len(end.members) < 2 or not end.stayers:
        return
    labels = shown.style.entities
    words: dict[str, object] = {
        "names": enumerated([labels.get(name, name) for name in end.stayers]),
        "k": end.n,
        "n": len(end.stayers),
        "see": see(f"{shown.name}_{end.side}"),
    }
    if end.side == "top":
        yield message(
            "At all dates {names} are among the {k} highest{see}.",
            one="At all dates {names} is among the {k} highest{see}.",
            **words,
        )
    else:
        yield message(
            "At all dates {names} are among the {k} lowest{see}.",
            one="At all dates {names} is among the {k} lowest{see}.",
            **words,
        )


def ranks_table(
    table_id: str,
    title: Wording,
    ranks: Ranks,
    dates: Sequence[int],
    *,
    labels: Mapping[str, Wording],
) -> Table:
    """Set the rank of each entity at each date, the best of the last date first."""
    wide = ranks.of.unstack("period")[list(dates)]  # noqa: PD010 - keys are unique
    wide.columns = [period_name(int(date)) for date in dates]
    # By the last date; entities that tie there stand in the order of the date before.
    wide = wide.sort_values(list(wide.columns)[::-1], kind="stable")
    return table_from(
        wide,
        {name: name for name in wide.columns},
        id=table_id,
        title=title,
        kinds=dict.fromkeys(wide.columns, "count"),
        stub=message("Entity"),
        labels=labels,
        notes=(message("1 is the highest score of its period; equal scores share the best rank."),),
        reading=tuple(_moves(wide, labels)),
        machine={"ranks": records(wide)},
    )


def _moves(wide: pd.DataFrame, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    """Say who moved most between the first and the last date, where it is one alone."""
    if wide.shape[1] < 2:
        return
    first, last = str(wide.columns[0]), str(wide.columns[-1])
    ranked = wide[[first, last]].dropna()
    climbed = ranked[first] - ranked[last]
    for move, places in (
        (message("The largest climb"), climbed),
        (message("The largest fall"), -climbed),
    ):
        movers = places.index[(places > 0) & (places == places.max())]
        if len(movers) == 1:  # shared by several, the largest move is that of none of them
            entity = str(movers[0])
            before, after = ranked.loc[movers[0]].astype(int)
            yield message(
                "{what}: {entity}, from rank {before} in {first} to {after} in {last}.",
                what=move,
                entity=labels.get(entity, entity),
                before=int(before),
                after=int(after),
                first=first,
                last=last,
            )


def end_table(
    table_id: str,
    title: Wording,
    end: End,
    *,
    labels: Mapping[str, Wording],
    regions: Mapping[str, Wording],
) -> Table:
    """List the best or the last entities of each date, and count them by region."""
    dates = list(end.members)
    deepest = max(map(len, end.members.values()))  # ties at the cut make lists of other lengths
    return Table(
        id=table_id,
        title=title,
        stub=message("Place"),
        columns=tuple(Column(period_name(int(date)), period_name(int(date))) for date in dates),
        rows=(*(_place(n, end, labels) for n in range(deepest)), *_counts(end, regions)),
        notes=(message("Bottom: place 1 is the lowest score."),) if end.side == "bottom" else (),
        reading=tuple(_reading(end, labels, regions)),
        machine={
            "periods": {period_name(int(date)): list(names) for date, names in end.members.items()},
            "regions": records(end.counts),
            "stayers": list(end.stayers),
        },
    )


def _place(n: int, end: End, labels: Mapping[str, Wording]) -> Row:
    cells = tuple(
        Cell(labels.get(names[n], names[n]), "text") if n < len(names) else EMPTY
        for names in end.members.values()
    )
    return Row(str(n + 1), cells, key=str(n + 1))


def _counts(end: End, regions: Mapping[str, Wording]) -> Iterator[Row]:
    shown = [name for name in end.counts.columns if name != NONE or end.counts[NONE].any()]
    for position, name in enumerate(shown if shown != [ALL] else []):
        yield Row(
            region_words(name, regions),
            tuple(Cell(int(n), "count") for n in end.counts[name]),
            key=f"region/{name}",
            rule_above=position == 0,
        )


def _reading(
    end: End, labels: Mapping[str, Wording], regions: Mapping[str, Wording]
) -> Iterator[Wording]:
    words = message("the highest scores") if end.side == "top" else message("the lowest scores")
    if len(end.members) > 1:
        names = listed([labels.get(name, name) for name in end.stayers])
        yield (
            message(
                "{n} entities are among {words} at all dates: {names}.",
                one="{n} entity is among {words} at all dates: {names}.",
                n=len(end.stayers),
                words=words,
                names=names,
            )
            if end.stayers
            else message("No entity is among {words} at all dates.", words=words)
        )
    last = end.counts.iloc[-1]
    if list(end.counts.columns) != [ALL, NONE] and last.sum():
        region = str(last.idxmax())
        yield message(
            "In {period}, {k} of {n} of {words} are in {region}.",
            period=str(end.counts.index[-1]),
            k=int(last.max()),
            n=int(last.sum()),
            words=words,
            region=region_words(region, regions),
        )
