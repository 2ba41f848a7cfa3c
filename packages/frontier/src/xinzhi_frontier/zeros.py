"""Zeros that a measure would divide by, and negative amounts: refused, or named (convention D3).

What a reader has to know about scores: rows without one, counted and named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi_core.errors import OutOfDomain, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_frontier.kernel.library import KernelUnavailable, load
from xinzhi_frontier.measure import Traits
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, Array, EfficiencyResult, Label
from xinzhi_frontier.technology import Flags
from xinzhi_frontier.terms import role_mask

NAMED = 20
"""Most rows that are named in one notice; the count is always complete."""


def notices_of(result: EfficiencyResult, explained: Collection[Label] = ()) -> Iterator[Notice]:
    """Say how many rows have no score or a borrowed one, which, and why.

    Why the rows in `explained` are undefined has been said.
    """
    library, fallback = load(), result.options.fallback
    if result.options.solver == "auto" and isinstance(library, KernelUnavailable):
        text = message(
            "The compiled kernel could not be loaded ({why}), so the scores come from HiGHS, which takes "
            "longer. To build it anew: uv sync --reinstall-package xinzhi.",
            why=library.reason,
        )
        yield Notice("efficiency.kernel", text)
    if fallback != "none" and (rows := _rows_with(result, result.methods, fallback)):
        text = message(
            "{n} of {total} rows are infeasible and carry the score of the fallback {fallback}: {rows}.",
            one="{n} of {total} rows is infeasible and carries the score of the fallback {fallback}: {rows}.",
            fallback=fallback,
            **_count(result, rows),
        )
        yield Notice("efficiency.fallback", text)
    undefined = _rows_with(result, result.statuses, "undefined")
    if rows := [label for label in undefined if label not in explained]:
        yield Notice("efficiency.undefined", _why_undefined(result, rows))
    if rows := _rows_with(result, result.statuses, "infeasible"):
        text = message(
            "{n} of {total} rows have no score because their program has no solution: {rows}.",
            one="{n} of {total} rows has no score because its program has no solution: {rows}.",
            **_count(result, rows),
        )
        yield Notice("efficiency.infeasible", text)
    if rows := _rows_with(result, result.statuses, "unsolved"):
        text = message(
            "{n} of {total} rows have no score because no optimum could be proved: {rows}.",
            one="{n} of {total} rows has no score because no optimum could be proved: {rows}.",
            **_count(result, rows),
        )
        yield Notice("efficiency.unsolved", text)


def _why_undefined(result: EfficiencyResult, rows: list[Label]) -> Message:
    # Under `drop_term` a row is undefined where too many terms have left.
    if result.options.zeros == "drop_term":
        return message(
            "{n} of {total} rows have no score because all terms of a side, or all that falls with "
            "the non-separable goods, is 0; they stay in the reference set: {rows}.",
            one="{n} of {total} rows has no score because all terms of a side, or all that falls with "
            "the non-separable goods, is 0; it stays in the reference set: {rows}.",
            **_count(result, rows),
        )
    return message(
        "{n} of {total} rows have no score because nothing of them can change, but stay in the "
        "reference set: {rows}.",
        one="{n} of {total} rows has no score because nothing of it can change, but stays in the "
        "reference set: {rows}.",
        **_count(result, rows),
    )


def _rows_with(result: EfficiencyResult, words: Sequence[str], word: str) -> list[Label]:
    """List the rows with a status or a method."""
    if word not in words:
        return []
    return [label for label, own in zip(result.labels, words, strict=True) if own == word]


def _count(result: EfficiencyResult, rows: list[Label]) -> dict[str, object]:
    return {"n": len(rows), "total": result.n, "rows": named(rows)}


def declared_weights(options: Options, names: Sequence[str]) -> Iterator[Notice]:
    """Say which weights make up a score that depends on their sum."""
    given = options.weights or dict.fromkeys(names, 1.0)
    weights = ", ".join(f"{name} {given.get(name, 1.0):g}" for name in names)
    text = message(
        "Scores are sums with these weights, not normed, and compare only with scores of the "
        "same weights: {weights}.",
        weights=weights,
    )
    yield Notice("efficiency.weights", text)


def named(labels: list[Label], shown: int = NAMED) -> Wording:
    """Name rows by entity and period, the first twenty.

    >>> str(named([("a", 2010), ("b", None)]))
    'a 2010, b'
    """
    names = listed(
        [
            entity if period is None else f"{entity} {period_name(period)}"
            for entity, period in labels[:shown]
        ]
    )
    if len(labels) <= shown:
        return names
    return message("{names} and {n} more", names=names, n=len(labels) - shown)


CODES = {"inputs": "dea.zero_input", "goods": "dea.zero_output", "bads": "dea.zero_bad"}
PLACES = 3
"""Places that an error names for each column; the count is complete."""


@dataclass(frozen=True, slots=True, eq=False)
class DivisorZeros:
    """The zeros of n rows that a measure divides by, and what was decided about them."""

    cells: Flags
    """Shape (n, k)."""
    dropped: Flags
    """Shape (n,): rows that leave the scores and the reference set (`drop_row`)."""
    notices: tuple[Notice, ...]

    @property
    def rows(self) -> Flags:
        """Rows with such a zero, shape (n,)."""
        return np.asarray(self.cells.any(axis=1))

    def are_kept(self, options: Options) -> bool:
        """Whether rows with a zero stay in the reference set of other rows."""
        stay = options.zeros in {"keep", "drop_term"}
        return stay and bool(self.rows.any()) and not bool(self.rows.all())

    def dropped_terms(self, options: Options, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Name the columns whose term leaves the score of each row; nothing without any."""
        if options.zeros != "drop_term" or not self.rows.any():
            return ()
        return tuple(
            tuple(name for name, is_zero in zip(names, row, strict=True) if is_zero)
            for row in self.cells.tolist()
        )


def check_zeros(activities: Activities, traits: Traits, options: Options) -> DivisorZeros:
    """Refuse the zeros that a measure divides by, or say what happens to their rows.

    Raises
    ------
    OutOfDomain
        Cells are negative where the measure cannot take them. Under `refuse` there are such zeros, grouped by column, with the first places and the
        choices; or a row that stays makes something of nothing.
    """
    signs = tuple(_check_negatives(activities, traits, options))
    cells = divided_zeros(activities, traits, options)
    rows = np.asarray(cells.any(axis=1))
    dropped = rows if options.zeros == "drop_row" else np.zeros(len(rows), dtype=bool)
    refuses = options.zeros == "refuse"
    problems: list[Problem] = []
    # Where a constant changes nothing, 0 is an amount like any other.
    if not traits.is_translation_invariant(options):
        # A row whose zero is refused anyway is not refused twice.
        problems += _free_lunches(activities, ~(rows if refuses else dropped))
    if refuses:
        problems += _refused(activities, cells, options)
    elif dropped.all():
        problems.append(
            Problem(
                "dea.no_rows",
                message(
                    "Every row has a zero that the measure divides by, so that no row is left."
                ),
                Where(file=activities.source),
                message("leave out the columns of zeros, or choose zeros: drop_term."),
            )
        )
    if problems:
        raise OutOfDomain(problems)
    return DivisorZeros(cells, dropped, (*signs, *_notices(activities, cells, options)))


def _check_negatives(activities: Activities, traits: Traits, options: Options) -> Iterator[Notice]:
    """Refuse negative amounts, or say why they are admissible.

    Raises
    ------
    OutOfDomain
        A measure that depends on where the scale of a column begins meets cells below 0, each named.
    """
    if not any((part < 0).any() for part in activities.parts):
        return
    names, values = activities.roles.names, np.hstack(activities.parts)
    if not traits.is_translation_invariant(options):
        raise OutOfDomain(
            Problem(
                "dea.negative",
                message("{value} is not a possible amount.", value=float(values[row, column])),
                activities.place(int(row), names[column]),
                message(
                    "amounts are not negative: correct the cell. Where it is true (a loss, a net flow), the "
                    "measures range_adjusted and range_directional admit it with returns_to_scale: variable."
                ),
            )
            for row, column in np.argwhere(values < 0)
        )
    below = (values < 0).sum(axis=0).tolist()
    text = message(
        "Negative amounts ({cells}): a constant added to a column changes no score, slack or peer of "
        "{measure} under these returns, so that they are admissible. Under constant returns, and in "
        "measures that take shares of amounts, they have no meaning.",
        cells=listed(
            [f"{name} {count}" for name, count in zip(names, below, strict=True) if count]
        ),
        measure=options.measure,
    )
    yield Notice("dea.negative", text)


def divided_zeros(activities: Activities, traits: Traits, options: Options) -> Flags:
    """Mark the zeros that a measure divides by, shape (n, k).

    In a sum of inefficiencies a column of weight 0 has no term, so that nothing is divided.
    """
    columns = role_mask(activities.roles, traits.divides_by_own(options))
    if traits.is_inefficiency and options.weights:
        names = activities.roles.names
        columns = columns & np.array([options.weights.get(name, 1.0) != 0 for name in names])
    return np.asarray((np.hstack(activities.parts) == 0) & columns)


def _free_lunches(activities: Activities, considered: Flags) -> list[Problem]:
    """Find rows that make something of nothing; no frontier exists with them."""
    used = activities.inputs.sum(axis=1) + activities.bad_outputs.sum(axis=1)
    made = activities.good_outputs.sum(axis=1)
    return [
        Problem(
            "dea.zero_input",
            message("The row produces without any input."),
            activities.place(position),
            message("correct the row or leave it out: no frontier exists with it."),
        )
        for position in np.flatnonzero(considered & (used == 0) & (made > 0)).tolist()
    ]


def _refused(activities: Activities, cells: Flags, options: Options) -> Iterator[Problem]:
    """Group the zeros by column: whole periods and entities first, then single cells."""
    codes = _codes(activities)
    for column in np.flatnonzero(cells.any(axis=0)).tolist():
        left = cells[:, column].copy()
        # One problem for a whole year without data, and not one for each of its rows.
        for what, where, rows in _wholes(activities, column):
            left &= ~rows
            yield Problem(codes[column], what, where, _choices(whole=True))
        positions = np.flatnonzero(left).tolist()
        if positions:
            yield Problem(
                codes[column],
                message(
                    "'{column}' is 0 in {n} rows, and {measure} divides by it: {rows}.",
                    one="'{column}' is 0 in {n} row, and {measure} divides by it: {rows}.",
                    column=activities.roles.names[column],
                    n=len(positions),
                    measure=options.measure,
                    rows=named([activities.labels[i] for i in positions], shown=PLACES),
                ),
                activities.place(positions[0], activities.roles.names[column]),
                _choices(whole=False),
            )


def _choices(*, whole: bool) -> Message:
    """Say what can be done about zeros."""
    if whole:
        return message(
            "empty the cells if the values are missing, or leave out the column. Where the zeros are "
            "true, choose zeros: keep (the rows have no score but stay in the reference set), "
            "drop_row (they leave both) or drop_term (the term leaves their mean)."
        )
    return message(
        "correct the cells. Where the zeros are true, choose zeros: keep (the rows have no score "
        "but stay in the reference set), drop_row (they leave both) or drop_term (the term "
        "leaves their mean)."
    )


def _codes(activities: Activities) -> list[str]:
    roles = activities.roles
    counts = (len(roles.inputs), len(roles.good_outputs), len(roles.bad_outputs))
    return [code for code, count in zip(CODES.values(), counts, strict=True) for _ in range(count)]


def _wholes(activities: Activities, column: int) -> Iterator[tuple[Message, Where, Flags]]:
    """Find the periods and entities of which all rows are 0; one row alone says nothing."""
    is_zero = activities.column(column) == 0
    if not is_zero.any():
        return
    name = activities.roles.names[column]
    file = activities.source
    if is_zero.all() and activities.n > 1:
        what = message(
            "'{column}' is 0 in all {n} rows: it looks like a column of missing values.",
            column=name,
            n=activities.n,
        )
        yield what, Where(file=file, column=name), is_zero
        return
    for word, level in (("period", 1), ("entity", 0)):
        groups: dict[str | int | None, list[int]] = {}
        for row, label in enumerate(activities.labels):
            groups.setdefault(label[level], []).append(row)
        groups.pop(None, None)  # rows without periods are of no group
        keys = [key for key, own in groups.items() if len(own) > 1 and is_zero[own].all()]
        rows = np.zeros(activities.n, dtype=bool)
        for key in keys:
            rows[groups[key]] = True
        if keys:
            what = message(
                "'{column}' is 0 in all {n} rows of {groups}: the values look like missing ones.",
                column=name,
                n=int(rows.sum()),
                groups=named([(str(key), None) for key in keys]),
            )
            first: dict[str, Any] = {word: keys[0]}
            yield what, Where(file=file, column=name, **first), rows


def _notices(activities: Activities, cells: Flags, options: Options) -> Iterator[Notice]:
    codes = _codes(activities)
    # Whole periods and entities of zeros look like missing values, whatever the measure.
    for column, code in enumerate(codes):
        for what, where, _ in _wholes(activities, column):
            yield Notice(code, what, where)
    for column in np.flatnonzero(cells.any(axis=0)).tolist():
        rows = np.flatnonzero(cells[:, column]).tolist()
        name = activities.roles.names[column]
        labels = named([activities.labels[row] for row in rows])
        yield Notice(
            codes[column],
            _consequence(options, name, len(rows), labels),
            activities.place(rows[0], name),
        )


def _consequence(options: Options, name: str, n: int, rows: object) -> Message:
    """Say what a choice does to the rows with a zero in a column."""
    if options.zeros == "drop_term":
        return message(
            "'{column}' is 0 in {n} rows: the term leaves the mean of their scores: {rows}.",
            one="'{column}' is 0 in {n} row: the term leaves the mean of its score: {rows}.",
            column=name,
            n=n,
            rows=rows,
        )
    if options.zeros == "drop_row":
        return message(
            "'{column}' is 0 in {n} rows, which are left out of the scores and of the reference "
            "set: {rows}.",
            one="'{column}' is 0 in {n} row, which is left out of the scores and of the reference "
            "set: {rows}.",
            column=name,
            n=n,
            rows=rows,
        )
    return message(
        "'{column}' is 0 in {n} rows, which have no score but stay in the reference set: {rows}.",
        one="'{column}' is 0 in {n} row, which has no score but stays in the reference set: {rows}.",
        column=name,
        n=n,
        rows=rows,
    )


SAME = 1e-8
"""Scores, each certified to 1e-9 (N2), that differ by less are the same; relative above 1."""
SCORES, VALUES = message("scores"), message("index values")


def influence_notice(
    labels: Sequence[Label], before: Array, after: Array, *, n_zeros: int, of: Message
) -> Notice:
    """Name what the rows with a zero move; `after` is computed without them."""
    change = _score_changes(before, after)
    moved = np.flatnonzero(change > SAME)
    if not len(moved):
        text = message(
            "The rows with a zero that stay in the reference set ({k}) change no other {of}.",
            k=n_zeros,
            of=of,
        )
        return Notice("dea.zeros_kept", text)
    largest = moved[np.argmax(change[moved])]
    text = message(
        "The rows with a zero that stay in the reference set ({k}) change {n} of {total} "
        "other {of}, most of all that of {who}: {new} instead of {old}. Changed: {rows}.",
        k=n_zeros,
        n=len(moved),
        total=len(labels),
        of=of,
        who=named([labels[largest]]),
        new=_written(before[largest]),
        old=_written(after[largest]),
        rows=named([labels[i] for i in moved.tolist()]),
    )
    return Notice("dea.zeros_kept", text)


def _score_changes(before: Array, after: Array) -> Array:
    """Return how far scores are apart; infinite where only one of both exists.

    >>> _score_changes(np.array([1.0, np.nan, 2.0]), np.array([0.5, np.nan, np.nan])).tolist()
    [0.5, 0.0, inf]
    """
    apart = np.abs(before - after) / np.maximum(1.0, np.abs(before))
    has_one = np.isnan(before) != np.isnan(after)
    return np.where(has_one, np.inf, np.nan_to_num(apart))


def _written(score: float) -> str:
    return "—" if np.isnan(score) else f"{score:.4f}"
