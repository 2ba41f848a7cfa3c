"""Figures in the units that the study file states: what a file gives in another unit is converted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.io.raw import Decision
from xinzhi.io.read import ReadResult
from xinzhi.io.recognise.cells import loose
from xinzhi.io.recognise.sheet_units import factor_between
from xinzhi.problems import MISSING_COLUMN
from xinzhi.study.schema.sources import Source
from xinzhi.wording import Label, message

if TYPE_CHECKING:
    from xinzhi.study.gather.tables import FileTable


def in_stated_units(result: ReadResult, source: Source, name: str) -> ReadResult:
    """Convert the figures of a file to the units that `read.units` of its source states.

    Raises
    ------
    DataError
        The unit in the file is that of another thing.
    """
    panel = result.panel
    decisions = list(result.decisions)
    problems: list[Problem] = []
    for column, unit in source.read.units.items():
        own = next((c for c in map(str, panel.frame.columns) if loose(c) == loose(column)), None)
        if own is None:
            continue
        given = panel.units.get(own)
        factor = factor_between(given, unit) if given else 1.0
        where = Where(file=panel.source, column=own)
        if factor is None:
            text = message(
                "'{column}' is in {unit} in {file}, which cannot be converted to {other}.",
                column=own,
                unit=given,
                file=panel.source,
                other=unit,
            )
            remedy = message("state another unit under `sources.{source}.read.units`.", source=name)
            problems.append(Problem("units.stated", text, where, remedy))
            continue
        if factor != 1.0:
            values = panel.frame[own]
            inverse = round(1 / factor)
            # Division by a whole number is exact to the last digit.
            again = values / inverse if 1 / factor == inverse else values * factor
            panel = replace(panel, frame=panel.frame.assign(**{own: again}))
            text = message(
                "'{column}' of {file} is in {unit}: its figures were multiplied by {factor}, to be in {other}.",
                column=own,
                file=panel.source,
                unit=given,
                factor=f"{factor:.10g}",
                other=unit,
            )
            decisions.append(Decision(text, where, int(values.notna().sum()), "units.converted"))
        labels = {own: _in_unit(label, given, unit)} if (label := panel.labels.get(own)) else {}
        units = {**panel.units, own: unit}
        panel = replace(panel, units=units, labels={**panel.labels, **labels})
    if problems:
        raise DataError(problems)
    return replace(result, panel=panel, decisions=tuple(decisions))


def _in_unit(label: Label, given: str | None, unit: str) -> Label:
    """Give a heading its new unit: 地区生产总值（万元） becomes 地区生产总值（亿元）."""
    if not given:
        return label
    zh, en = (text and text.replace(given, unit) for text in (label.zh, label.en))
    return replace(label, zh=zh, en=en)


def unused_units(name: str, source: Source, tables: Sequence[FileTable]) -> Iterator[Problem]:
    """Refuse a unit of a column that no file of the source has."""
    headings = sorted({heading for table in tables for heading in table.headings})
    have = {loose(heading) for heading in headings}
    have |= {loose(column) for table in tables for column in table.panel.frame.columns}
    for column in source.read.units:
        if loose(column) not in have and loose(source.columns.get(column, column)) not in have:
            yield Problem(
                MISSING_COLUMN,
                message("Column '{name}' is not in the data.", name=column),
                Where(key=f"sources.{name}.read.units.{column}"),
                suggestion(column, headings),
            )
