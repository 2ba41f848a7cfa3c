"""Doubt the figures of series: tables with keys of their own, by industry, or by city, industry and year.

Three things can be known without knowing what a table is about: a figure that stands far from the years beside it,
an empty cell, and the same quantity in two tables of a study with figures that cannot both be true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import PurePath
from typing import NamedTuple

import numpy as np
import pandas as pd

from xinzhi.study.schema.sources import Source
from xinzhi_core.errors import Problem, Where
from xinzhi_core.panel.panel import ENTITY, PERIOD, panel_of
from xinzhi_core.wording import Wording, listed, message
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.columns.seen import EXAMPLES, SPIKE, UNIT_CHANGE, accepted, check_plausible, shown
from xinzhi_panel.io.series import SeriesResult

OF_SERIES = frozenset((UNIT_CHANGE, SPIKE))
"""Rules that hold for any series of figures by year, whatever its heading and its other keys are."""
EMPTY, OTHER_TABLE = "plausible.empty", "plausible.other_table"
TIMES = 2.0
"""Times the largest figure of all years, or a part of the smallest, that the same quantity in another table may be:
the other table may be of a year that is not among them, and of another revision."""


class SeriesTable(NamedTuple):
    """A series, its source, and its keys with the years apart."""

    name: str
    source: Source
    result: SeriesResult
    years: pd.Index | None
    """Of each row; None where no key, or more than one, is a year."""
    others: tuple[pd.Index, ...]
    """All other keys, by row."""

    @property
    def file(self) -> str:
        """File name without its folder."""
        return PurePath(self.source.paths[0]).name

    @property
    def keys(self) -> list[str]:
        """Key of each row without its year, as one text."""
        return [
            " ".join(key) for key in zip(*(level.astype(str) for level in self.others), strict=True)
        ]

    def label(self, row: int) -> str:
        """Write the key of a row."""
        key = self.result.frame.index[row]
        return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)

    def problem(self, code: str, column: str, row: int, what: Wording, remedy: Wording) -> Problem:
        """Make a warning about a column that begins in a row."""
        remedy = message(
            "{remedy} If it is true: `accept: ['{code}']`, or for this column alone '{code} {column}', under "
            "`read` of the source.",
            remedy=remedy,
            code=code,
            column=column,
        )
        where = Where(file=self.file, column=column, entity=self.label(row))
        return Problem(code, what, where, remedy, severity="warning")


def series_table(name: str, source: Source, result: SeriesResult) -> SeriesTable:
    """Set the key that is a year apart from the others."""
    index = result.frame.index
    levels = [index.get_level_values(i) for i in range(index.nlevels)]
    years = [level for level in levels if pd.api.types.is_integer_dtype(level)]
    if len(years) != 1:
        return SeriesTable(name, source, result, None, tuple(levels))
    return SeriesTable(
        name, source, result, years[0], tuple(level for level in levels if level is not years[0])
    )


def doubt_all_series(
    sources: Mapping[str, Source], series: Mapping[str, SeriesResult], words: frozenset[str]
) -> Iterator[Problem]:
    """Doubt the figures of all series of a study, but for what their sources accept.

    Parameters
    ----------
    words
        Words of the study file: of several columns of a table only those are looked at for empty cells that are named there.
    """
    tables = [series_table(name, sources[name], result) for name, result in series.items()]
    for table in tables:
        for problem in (*doubt_years(table), *doubt_empty(table, words)):
            if not accepted(problem, table.source.read.accept):
                yield problem
    for table, other in permutations(tables, 2):
        for problem in doubt_other_table(table, other):
            if not accepted(problem, (*table.source.read.accept, *other.source.read.accept)):
                yield problem


def doubt_years(table: SeriesTable) -> Iterator[Problem]:
    """Doubt figures that stand a power of ten, or far, from the years beside them.

    Each combination of the other keys is a course of its own; a table without years has none.
    """
    numbers = table.result.frame.select_dtypes("number")
    if table.years is None or numbers.empty:
        return
    names = table.keys or [table.file] * len(numbers)
    keys = pd.MultiIndex.from_arrays([names, table.years], names=[ENTITY, PERIOD])
    for problem in check_plausible(panel_of(numbers.set_axis(keys), units=table.result.units)):
        if problem.code in OF_SERIES:
            yield replace(problem, where=replace(problem.where, file=table.file))


def doubt_empty(table: SeriesTable, words: frozenset[str]) -> Iterator[Problem]:
    """Count the empty cells of the columns of numbers that steps may read."""
    numbers = table.result.frame.select_dtypes("number")
    several = len(numbers.columns) > 1
    for column in map(str, numbers.columns):
        empty = np.flatnonzero(numbers[column].isna().to_numpy())
        if not len(empty) or (several and column not in words):
            continue
        yield table.problem(
            EMPTY,
            column,
            int(empty[0]),
            message(
                "'{column}' has no value in {n} of {rows} rows of '{source}': {examples}.",
                n=len(empty),
                column=column,
                rows=len(numbers),
                source=table.name,
                examples=_examples([table.label(int(row)) for row in empty[:EXAMPLES]], len(empty)),
            ),
            message(
                "fill the cells from their source: what a step computes from them is left empty."
            ),
        )


def doubt_other_table(table: SeriesTable, other: SeriesTable) -> Iterator[Problem]:
    """Compare figures without a year with those of the same quantity and keys by year in another table.

    The quantity is the same where the columns have one heading, which must be known, and one unit.
    """
    names = [str(level.name) for level in other.others]
    if (
        table.years is not None
        or other.years is None
        or names != [str(level.name) for level in table.others]
    ):
        return
    numbers, yearly = (one.result.frame.select_dtypes("number") for one in (table, other))
    for column in map(str, numbers.columns):
        if column not in yearly or not read_heading(column).id:
            continue
        if table.result.units.get(column) != other.result.units.get(column):
            continue
        spans = yearly[column].groupby(other.keys).agg(["min", "max"]).reindex(table.keys)
        low, high = spans["min"].to_numpy(), spans["max"].to_numpy()
        values = numbers[column].to_numpy(dtype=np.float64)
        with np.errstate(invalid="ignore"):
            rows = np.flatnonzero((low > 0) & ((values > TIMES * high) | (values < low / TIMES)))
        if not len(rows):
            continue
        examples = [
            message(
                "{key} ({value}; {low} to {high} there)",
                key=table.label(int(row)),
                value=shown(float(values[row])),
                low=shown(float(low[row])),
                high=shown(float(high[row])),
            )
            for row in rows[:EXAMPLES]
        ]
        yield table.problem(
            OTHER_TABLE,
            column,
            int(rows[0]),
            message(
                "'{column}' of '{source}' is not between half and twice the figures of any year in '{other}': {examples}.",
                column=column,
                source=table.name,
                other=other.name,
                examples=_examples(examples, len(rows)),
            ),
            message("compare the cells of both tables: a digit too many, or another unit?"),
        )


def _examples(words: Sequence[Wording], n: int) -> Wording:
    """List examples, and say how many more there are."""
    if n <= len(words):
        return listed(words)
    return message("{names} and {n} more", names=listed(words), n=n - len(words))
