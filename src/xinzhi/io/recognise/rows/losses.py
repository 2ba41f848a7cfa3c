"""Doubts about what was left out of a table: many rows between the data, or a whole period.

Only rows between the first and the last row of data count towards the share. Titles, sources and notes
stand around a table and say nothing of its size; between the rows of data, blank rows, repeated headings,
headings of groups, and texts that are notes, numbers of pages or addresses by their form are no loss.
Totals, lone names and sums of other rows have warnings of their own, with the names.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.io.raw import ReadingFindings, listed
from xinzhi.io.recognise.cells import is_note
from xinzhi.io.recognise.rows.excluded_rows import SortedRows, distinct_texts
from xinzhi.io.recognise.rows.texts import ADDRESS, LABEL
from xinzhi.io.recognise.rows.totals import is_continuation, is_signature
from xinzhi.io.recognise.years import parse_period
from xinzhi.io.text.columns import column_of, encode
from xinzhi.wording import message

MOST = 0.01
"""Share of the rows between the first and the last row of data that may be left out without a warning."""
NEAR = 3
"""Rows around a repeated heading that belong to the break of a page."""


def doubt_losses(rows: SortedRows, findings: ReadingFindings) -> None:
    """Warn where more than a few rows of the table, or all rows of a period, were left out."""
    kept = np.flatnonzero(rows.keep)
    if len(kept) == len(rows.keep) or not len(kept):
        return
    lost = [i for i in _texts_between(rows) if int(kept[0]) < i < int(kept[-1])]
    n_between = int(kept[-1]) - int(kept[0]) + 1
    if len(lost) > MOST * n_between:
        shown = rows.table.shown_rows(map(rows.row, lost))
        findings.warn(
            "layout.rows_left_out",
            message(
                "{n} of {total} rows between the first and the last row of data were left out as text "
                "(rows {rows}).",
                one="{n} of {total} rows between the first and the last row of data was left out as "
                "text (row {rows}).",
                n=len(lost),
                total=n_between,
                rows=listed(shown),
            ),
            rows.where(lost[0]),
            message("see that they are not data, and remove them from the file."),
        )
    _doubt_periods(rows, findings)


def _texts_between(rows: SortedRows) -> Iterator[int]:
    """Positions of rows that were left out as text and do not say themselves that they are."""
    breaks = [*rows.kinds.get("header", ()), *rows.kinds.get("more heading", ())]
    for i in rows.kinds.get("note", ()):
        texts = distinct_texts(rows.lines[i])
        is_text = is_signature(texts) or any(
            is_note(t) or is_continuation(t) or LABEL.match(t) or ADDRESS.search(t) for t in texts
        )
        if not is_text and not any(abs(i - heading) <= NEAR for heading in breaks):
            yield i


def _doubt_periods(rows: SortedRows, findings: ReadingFindings) -> None:
    """Warn of periods that stand only in rows that were left out."""
    position = rows.keys.period
    if position is None:
        return
    codes, distinct = encode(column_of(rows.lines, position))
    kept = {parse_period(distinct[code]).value for code in np.unique(codes[rows.keep]).tolist()}
    gone = np.unique(codes[~rows.keep]).tolist()
    periods = {period: code for code in gone if (period := parse_period(distinct[code]).value)}
    lost = sorted(set(periods) - kept)
    if not lost:
        return
    first = int(np.flatnonzero(~rows.keep & (codes == periods[lost[0]]))[0])
    findings.warn(
        "layout.period_left_out",
        message(
            "All rows of the periods {periods} were left out.",
            one="All rows of the period {periods} were left out.",
            n=len(lost),
            periods=listed(lost),
        ),
        rows.where(first),
        message("see which rule leaves them out, and correct the rows if they are data."),
    )
