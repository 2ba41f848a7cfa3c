"""What a zero means for a measure that divides by own values (convention D3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.measure import Traits
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.remarks import named
from xinzhi.efficiency.terms import role_mask
from xinzhi.errors import OutOfDomain, Problem, Where
from xinzhi.notices import Notice
from xinzhi.wording import message

CODES = {"inputs": "dea.zero_input", "goods": "dea.zero_output", "bads": "dea.zero_bad"}


def check_zeros(activities: Activities, traits: Traits, options: Options) -> tuple[Notice, ...]:
    """Name the zeros that a measure divides by.

    Raises
    ------
    OutOfDomain
        A column is 0 in all rows of a period, so that none of them has a score; or a row makes
        something of nothing.
    """
    _refuse_free_lunch(activities)
    columns = [
        (column, CODES[role])
        for role in CODES
        if role in traits.divides_by_own(options)
        for column in np.flatnonzero(role_mask(activities.roles, (role,))).tolist()
    ]
    if options.zeros == "refuse":
        _refuse_empty_periods(activities, columns)
    return tuple(_notices(activities, columns, options))


def _refuse_free_lunch(activities: Activities) -> None:
    used = activities.inputs.sum(axis=1) + activities.bad_outputs.sum(axis=1)
    made = activities.good_outputs.sum(axis=1)
    problems = [
        Problem(
            "dea.zero_input",
            message("The row produces without any input."),
            activities.place(position),
            message("mend the row or leave it out: no frontier exists with it."),
        )
        for position in np.flatnonzero((used == 0) & (made > 0)).tolist()
    ]
    if problems:
        raise OutOfDomain(problems)


def _refuse_empty_periods(activities: Activities, columns: list[tuple[int, str]]) -> None:
    periods = [period for _, period in activities.labels]
    problems = []
    for column, code in columns:
        positive = activities.column(column) > 0
        if positive.all():
            continue
        alive = {period for period, good in zip(periods, positive, strict=True) if good}
        problems += [
            Problem(
                code,
                message("All rows are 0: none of them can be measured."),
                Where(
                    file=activities.place(0).file,
                    column=activities.roles.names[column],
                    period=period,
                ),
                message("leave the period or the column out."),
            )
            for period in dict.fromkeys(periods)
            if period not in alive
        ]
    if problems:
        raise OutOfDomain(problems)


def _notices(
    activities: Activities, columns: list[tuple[int, str]], options: Options
) -> Iterator[Notice]:
    for column, code in columns:
        rows = np.flatnonzero(activities.column(column) == 0).tolist()
        if not rows:
            continue
        name = activities.roles.names[column]
        labels = [activities.labels[row] for row in rows]
        if options.zeros == "drop_term":
            text = message(
                "'{column}' is 0 in {n} rows: the term leaves the mean of their scores: {rows}.",
                one="'{column}' is 0 in {n} row: the term leaves the mean of its score: {rows}.",
                column=name,
                n=len(rows),
                rows=named(labels),
            )
        else:
            text = message(
                "'{column}' is 0 in {n} rows, which have no score: {rows}. "
                "Remedy: mend the cells, or choose zeros: drop_term.",
                column=name,
                n=len(rows),
                rows=named(labels),
            )
        yield Notice(code, text, activities.place(rows[0], name))
