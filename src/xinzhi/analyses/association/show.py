"""Tables of association in space: Moran's I by period, hot spots and clusters at the dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.association.compute import Association, LocalPatterns
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.present import numbers
from xinzhi.present.frames import frame_table, records
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table, not_computed_table
from xinzhi.space.hot_spots import LocalPattern
from xinzhi.wording import Wording, message

KINDS: Mapping[str, Wording] = {
    "hot": message("Hot spot"),
    "cold": message("Cold spot"),
    "high_high": message("High among high"),
    "low_low": message("Low among low"),
    "high_low": message("High among low"),
    "low_high": message("Low among high"),
    "not_significant": message("Not significant"),
}


def moran_exhibits(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: Association,
    style: Style,
) -> Exhibits:
    """Set Moran's I by period."""
    table = moran_table(id, title, result.by_period, style)
    return Exhibits((table,), prose=first_sentences(table))


def local_exhibits(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: LocalPatterns,
    labels: Mapping[str, Wording],
) -> Exhibits:
    """List the places of a pattern; dates without an answer stand below, or in its place."""
    tables: list[Table] = []
    if result.known:
        tables.append(local_table(id, title, result.known, labels=labels))
    if result.failed:
        failed = result.failed
        problems = tuple(dict.fromkeys(p for one in failed.values() for p in one.problems))
        dates = message("{title}: {name}", title=title, name=", ".join(map(str, failed)))
        key = f"{id}_not_computed" if result.known else id
        tables.append(not_computed_table(key, dates, problems))
    return Exhibits(tuple(tables), prose=first_sentences(*tables))


def moran_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    frame: pd.DataFrame,
    style: Style = PLAIN,
) -> Table:
    """Set Moran's I by period with its tests."""
    return frame_table(
        id,
        title,
        frame,
        [
            ("n", message("n"), "count"),
            ("moran", message("Moran's I"), "number"),
            ("expected", message("Expected"), "number"),
            ("z", message("z"), "statistic"),
            ("p", message("p"), "p_value"),
            ("p_permutation", message("p (permutation)"), "p_value"),
        ],
        stub=message("Period"),
        notes=(
            message(
                "Neighbours share a border; weights of a row add up to 1. z and p under "
                "randomisation; both p-values are two-sided. Null: no association in space."
            ),
        ),
        reading=tuple(_moran_words(frame, style)),
    )


def _moran_words(frame: pd.DataFrame, style: Style) -> Iterator[Wording]:
    verdicts = [
        style.judge(moran - expected, p, "permutation").direction
        for moran, expected, p in frame[["moran", "expected", "p_permutation"]].to_numpy(float)
    ]
    tested = [one for one in verdicts if one != "not_tested"]
    if tested:
        yield message(
            "Neighbours are more alike than chance in {alike} of {n} periods, less alike in "
            "{unlike} (p < {level}).",
            alike=tested.count("positive"),
            unlike=tested.count("negative"),
            n=len(tested),
            level=f"{style.level:g}",
        )


def local_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Mapping[int, LocalPattern],
    *,
    labels: Mapping[str, Wording],
) -> Table:
    """List the places that belong to a pattern at any date, and count all at the foot."""
    kinds = pd.DataFrame({date: one.by_place["kind"] for date, one in found.items()})
    listed = kinds[(kinds.notna() & (kinds != "not_significant")).any(axis=1)]
    first = next(iter(found.values()))
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=tuple(Column(str(date), str(date)) for date in kinds.columns),
        rows=(*_places(listed, labels), *_counts(kinds)),
        notes=tuple(_notes(first)),
        reading=tuple(_local_words(kinds, len(listed))),
        machine={
            "periods": {str(date): records(one.by_place) for date, one in found.items()},
            "level": first.level,
            "correction": first.correction,
            "permutations": first.permutations,
            "statistic": first.statistic,
            "test": first.test,
        },
    )


def _places(kinds: pd.DataFrame, labels: Mapping[str, Wording]) -> Iterator[Row]:
    for entity, row in kinds.iterrows():
        cells = tuple(EMPTY if pd.isna(kind) else Cell(KINDS[kind], "text") for kind in row)
        yield Row(labels.get(str(entity), str(entity)), cells, key=str(entity))


def _counts(kinds: pd.DataFrame) -> Iterator[Row]:
    there = [kind for kind in KINDS if (kinds == kind).any(axis=None)]
    for place, kind in enumerate(there):
        counts = (kinds == kind).sum()
        yield Row(
            message("Number: {kind}", kind=KINDS[kind]),
            tuple(Cell(int(n), "count") for n in counts),
            key=f"count/{kind}",
            rule_above=place == 0,
        )


def _notes(one: LocalPattern) -> Iterator[Wording]:
    yield _test_note(one)
    if one.correction == "fdr":
        yield message(
            "p-values are adjusted for the number of places (Benjamini and Hochberg); level {level}.",
            level=f"{one.level:g}",
        )
    else:
        yield message(
            "p-values are not adjusted for the number of places; level {level}.",
            level=f"{one.level:g}",
        )


def _test_note(one: LocalPattern) -> Wording:
    """Say which statistic is tested, from which distribution, and on how many sides."""
    n = numbers.count(one.permutations)
    if one.statistic == "g_star":
        if one.test == "two_sided":
            return message("G* of Getis and Ord: two-sided test, normal distribution.")
        return message(
            "G* of Getis and Ord: one-sided test on the side of the value, as in esda, normal "
            "distribution; p-values are half of the two-sided ones."
        )
    if one.test == "two_sided":
        return message(
            "Local Moran's I: two-sided test, twice the smaller tail of {n} conditional permutations.",
            n=n,
        )
    return message(
        "Local Moran's I: one-sided test on the side of the value, as in GeoDa and esda, {n} "
        "conditional permutations; p-values are half of the two-sided ones.",
        n=n,
    )


def _local_words(kinds: pd.DataFrame, n: int) -> Iterator[Wording]:
    if n == 0:
        yield message("No place belongs to a pattern at any date.")
        return
    last = kinds[kinds.columns[-1]]
    for kind in ("hot", "cold", "high_high", "low_low"):
        names = [str(name) for name in last.index[last == kind]]
        if names:
            yield message(
                "{kind} in {period}: {n} places.",
                one="{kind} in {period}: {n} place.",
                kind=KINDS[kind],
                period=str(kinds.columns[-1]),
                n=len(names),
            )
