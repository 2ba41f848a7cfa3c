"""Tables of association in space: Moran's I by period, hot spots and clusters at the dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.association.compute import LocalPatterns
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.present import numbers
from xinzhi.present.frames import records, table_from
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table, not_computed_table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.space.hot_spots import LocalPattern

KINDS: Mapping[str, Wording] = {
    "hot": message("Hot spot"),
    "cold": message("Cold spot"),
    "high_high": message("High among high"),
    "low_low": message("Low among low"),
    "high_low": message("High among low"),
    "low_high": message("Low among high"),
    "not_significant": message("Not significant"),
}


def local_exhibits(
    table_id: str, title: Wording, result: LocalPatterns, labels: Mapping[str, Wording]
) -> Exhibits:
    """List the places of a pattern; dates without an answer stand below, or in its place."""
    tables: list[Table] = []
    if result.patterns:
        tables.append(local_table(table_id, title, result.patterns, labels=labels))
    if failed := result.failed:
        problems = tuple(dict.fromkeys(p for reason in failed.values() for p in reason.problems))
        dates = message("{title}: {name}", title=title, name=", ".join(map(str, failed)))
        failed_id = f"{table_id}_not_computed" if tables else table_id
        tables.append(not_computed_table(failed_id, dates, problems))
    return Exhibits(tuple(tables), prose=first_sentences(*tables))


def moran_table(table_id: str, title: Wording, frame: pd.DataFrame, style: Style = PLAIN) -> Table:
    """Set Moran's I by period with its tests."""
    return table_from(
        frame,
        {
            "n": message("n"),
            "moran": message("Moran's I"),
            "expected": message("Expected"),
            "z": message("z"),
            "p": message("p"),
            "p_permutation": message("p (permutation)"),
        },
        id=table_id,
        title=title,
        stub=message("Period"),
        notes=(
            message(
                "z and p under randomisation; both p-values are two-sided. Null: no association in "
                "space."
            ),
        ),
        reading=tuple(_moran_words(frame, style)),
        machine={"periods": records(frame)},
    )


def _moran_words(frame: pd.DataFrame, style: Style) -> Iterator[Wording]:
    directions = [
        # Without association Moran's I is expected at -1 / (n - 1), not at 0.
        style.judge(moran - expected, p, "permutation").direction
        for moran, expected, p in frame[["moran", "expected", "p_permutation"]].to_numpy(float)
    ]
    tested = [direction for direction in directions if direction != "not_tested"]
    if tested:
        yield message(
            "Neighbours are more alike than expected by chance in {alike} of {n} periods, less alike "
            "in {unlike} (p < {level}).",
            alike=tested.count("positive"),
            unlike=tested.count("negative"),
            n=len(tested),
            level=f"{style.level:g}",
        )


def local_table(
    table_id: str,
    title: Wording,
    patterns: Mapping[int, LocalPattern],
    *,
    labels: Mapping[str, Wording],
) -> Table:
    """List the places that belong to a pattern at any date, and count all at the foot."""
    kinds = pd.DataFrame({date: pattern.by_place["kind"] for date, pattern in patterns.items()})
    listed = kinds[(kinds.notna() & (kinds != "not_significant")).any(axis=1)]
    first = next(iter(patterns.values()))  # the test is the same at all dates
    return Table(
        id=table_id,
        title=title,
        stub=message("Entity"),
        columns=tuple(
            Column(period_name(int(date)), period_name(int(date))) for date in kinds.columns
        ),
        rows=(*_places(listed, labels), *_counts(kinds)),
        notes=tuple(_notes(first)),
        reading=tuple(_local_words(kinds, len(listed))),
        machine={
            "periods": {
                period_name(int(date)): records(pattern.by_place)
                for date, pattern in patterns.items()
            },
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
    present = [kind for kind in KINDS if (kinds == kind).any(axis=None)]
    for position, kind in enumerate(present):
        counts = (kinds == kind).sum()
        yield Row(
            message("Number: {kind}", kind=KINDS[kind]),
            tuple(Cell(int(n), "count") for n in counts),
            key=f"count/{kind}",
            rule_above=position == 0,
        )


def _notes(pattern: LocalPattern) -> Iterator[Wording]:
    yield _test_note(pattern)
    if pattern.correction == "fdr":
        yield message(
            "p-values are adjusted for the number of places (Benjamini and Hochberg); level {level}.",
            level=f"{pattern.level:g}",
        )
    else:
        yield message(
            "p-values are not adjusted for the number of places; level {level}.",
            level=f"{pattern.level:g}",
        )


def _test_note(pattern: LocalPattern) -> Wording:
    """Say which statistic is tested, from which distribution, and on how many sides."""
    n = numbers.count(pattern.permutations)
    if pattern.statistic == "g_star":
        if pattern.test == "two_sided":
            return message("G* of Getis and Ord: two-sided test, normal distribution.")
        return message(
            "G* of Getis and Ord: one-sided test on the side of the value, as in esda, normal "
            "distribution; p-values are half of the two-sided ones."
        )
    if pattern.test == "two_sided":
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
