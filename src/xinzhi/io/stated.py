"""What the reader decided, in the words in which it can be stated, and what a statement confirms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xinzhi.errors import Problem
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import Decision, RawTable, ReadingFindings
from xinzhi.io.recognise.layout import Header
from xinzhi.io.recognise.rows.left_out import LEFT_OUT
from xinzhi.io.recognise.wide import DEFAULT_VALUE
from xinzhi.problems import WIDE_TABLE

STATED = frozenset(
    {"text.encoding", "text.delimiter", "number.decimal", "layout.header", "excel.sheet", LEFT_OUT}
)
"""Decisions that have an option of their own."""
CONFIRMABLE = frozenset(
    {
        *("layout.totals", "layout.repeated_header", "layout.years_beside_period"),
        *("layout.rows_left_out", "layout.period_left_out"),
        *("number.footnote", "number.paren", "names.footnote", "year.two_digit"),
        *(
            "year.one_part",
            "year.far",
            "year.future",
            "year.noted",
            "year.typed_year",
            "year.numbers",
        ),
        *("layout.lone_name", "panel.sum_of_others", "panel.sum_of_rows"),
        *("type.text_of_digits", "excel.hidden_row", "excel.hidden_column"),
        *("excel.percent_heading", "excel.scaled_format", "type.dates", "number.too_long"),
        "labels.partly",
    }
)
"""Warnings of what the reader did; stated under `accept`, they are confirmed."""


def drop_confirmed(
    findings: ReadingFindings, reading: ReadOptions
) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    """Leave out the decisions that are stated, and the warnings of what was done and is confirmed."""
    accepted = frozenset(reading.accept)
    return (
        tuple(d for d in findings.decisions if d.code not in accepted - {LEFT_OUT}),
        tuple(w for w in findings.warnings if w.code not in accepted & CONFIRMABLE),
    )


def options_to_state(
    table: RawTable, header: Header, findings: ReadingFindings, reading: ReadOptions
) -> Mapping[str, object]:
    """Write down what was decided in the words in which it can be stated."""
    codes = {decision.code for decision in findings.decisions}
    doubts = {warning.code for warning in findings.warnings}
    stated: dict[str, object] = {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "decimal": "," if "number.decimal" in codes else reading.decimal,
        "header": header.row if "layout.header" in codes and not table.places else reading.header,
        "sheet": table.sheet if "excel.sheet" in codes else None,
        "value": (table.sheet or DEFAULT_VALUE) if WIDE_TABLE in doubts else reading.value,
        "missing": reading.missing,
        "text": reading.text,
        "renamed": None if reading.renamed == "keep" else reading.renamed,
        "entities": reading.entities,
        "leave_out": reading.leave_out,
        "sheets": reading.sheets or _sheets_read(table),
        "units": {**reading.units, **table.converted},
        "accept": tuple(sorted((codes - STATED) | (doubts & CONFIRMABLE) | set(reading.accept))),
    }
    return MappingProxyType({key: value for key, value in stated.items() if value})


def _sheets_read(table: RawTable) -> tuple[str, ...]:
    """Name the sheets of a stacked table where others were left aside."""
    codes = {decision.code for decision in table.decisions}
    sheets = dict.fromkeys(sheet for sheet, _ in table.places)
    return tuple(sheets) if "excel.other_sheets" in codes else ()
