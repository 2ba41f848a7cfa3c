"""Reference sets: which rows make the frontier that a row is measured against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.activities import Label
from xinzhi.frontier.options import Options
from xinzhi.frontier.technology import Flags, Positions
from xinzhi.wording import Message, message


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSet:
    """Rows that are measured against the same frontier."""

    evaluated: Positions
    rows: Positions
    """The frontier's rows."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSample:
    """What a kind of reference set can choose from."""

    labels: Sequence[Label]
    """Entity and period of each row."""
    options: Options
    groups: Sequence[str] | None = None
    """Group of each row."""
    reference_rows: Positions | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.labels)

    def distinct(self) -> list[int | None]:
        """Periods in order, each once."""
        periods = {period for _, period in self.labels}
        return sorted(periods, key=lambda period: (period is not None, period or 0))


def reference_sets(
    labels: Sequence[Label],
    *,
    options: Options,
    groups: Sequence[str] | None = None,
    reference_rows: Positions | None = None,
) -> tuple[ReferenceSet, ...]:
    """Divide rows by the frontier that they are measured against.

    contemporaneous: own period; sequential: own and all earlier periods; window: own and the
    w - 1 periods before, as they occur in the data; biennial: own period and the next that occurs (of the last, the one before);
    global: all rows; base: the rows of one period; group: the rows of the own group; rows: the rows that are given.

    References
    ----------
    Tulkens, H., Vanden Eeckaut, P. (1995), doi 10.1016/0377-2217(94)00132-V (sequential, window).
    Pastor, J. T., Lovell, C. A. K. (2005), doi 10.1016/j.econlet.2005.02.013 (global).
    Pastor, J. T., Asmild, M., Lovell, C. A. K. (2011), doi 10.1016/j.seps.2010.09.001 (biennial).
    Berg, S. A., Førsund, F. R., Jansen, E. S. (1992), doi 10.2307/3440261 (base).
    O'Donnell, C. J., Rao, D. S. P., Battese, G. E. (2008), doi 10.1007/s00181-007-0119-4 (group).

    Examples
    --------
    >>> sets = reference_sets([("a", 1), ("a", 2)], options=Options(reference="sequential"))
    >>> [(one.evaluated.tolist(), one.rows.tolist()) for one in sets]
    [([0], [0]), ([1], [0, 1])]
    """
    kind = options.reference
    if options.window is not None and kind != "window":
        what = message("The reference {kind} has no window.", kind=kind)
        raise _lacking(what, key="reference: window")
    if options.base_period is not None and kind != "base":
        what = message("The reference {kind} has no base period.", kind=kind)
        raise _lacking(what, key="reference: base")
    if options.group is not None and kind != "group":
        what = message("The reference {kind} has no groups.", kind=kind)
        raise _lacking(what, key="reference: group")
    return tuple(KINDS[kind](ReferenceSample(labels, options, groups, reference_rows)))


def base_of(options: Options, labels: Sequence[Label]) -> int:
    """Return the base period: the first where none is named.

    Raises
    ------
    SpecError
        The data have no periods, or none of that name.
    """
    periods = sorted({period for _, period in labels if period is not None})
    if not periods:
        raise _lacking(message("Rows without periods have no base period."), key="period")
    if options.base_period is not None and options.base_period not in periods:
        text = message("The data have no rows of the base period {base}.", base=options.base_period)
        remedy = message("choose one from {first} to {last}.", first=periods[0], last=periods[-1])
        raise SpecError(Problem("efficiency.reference", text, Where(key="base_period"), remedy))
    return periods[0] if options.base_period is None else options.base_period


def without(sets: Sequence[ReferenceSet], dropped: Flags) -> tuple[ReferenceSet, ...]:
    """Take rows out of the measured rows and out of every frontier."""
    if not dropped.any():
        return tuple(sets)
    left = []
    for reference in sets:
        rows = reference.rows[~dropped[reference.rows]]
        # One array stays one array: tasks sort a frontier of its own rows only once.
        is_whole = reference.evaluated is reference.rows
        evaluated = rows if is_whole else reference.evaluated[~dropped[reference.evaluated]]
        if not len(evaluated):
            continue
        if not len(rows):
            raise _lacking(
                message("Every row of a frontier has a zero that the measure divides by."),
                key="reference",
            )
        left.append(ReferenceSet(evaluated, rows))
    return tuple(left)


def _by_period(
    sample: ReferenceSample, before: int | None, after: int = 0
) -> Iterator[ReferenceSet]:
    """Measure each period against itself, periods before (all where None) and periods after."""
    places = {period: place for place, period in enumerate(sample.distinct())}
    place = np.array([places[period] for _, period in sample.labels], dtype=np.intp)
    for index in range(len(places)):
        # The last period of a biennial frontier has no next one and takes the one before.
        first = 0 if before is None else max(0, min(index, len(places) - 1 - after) - before)
        evaluated = np.flatnonzero(place == index)
        is_alone = first == index and after == 0
        rows = (
            evaluated if is_alone else np.flatnonzero((first <= place) & (place <= index + after))
        )
        yield ReferenceSet(evaluated, rows)


def _window(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    width = sample.options.window
    if width is None or width < 1:
        raise _lacking(message("A window frontier needs its number of periods."), key="window")
    return _by_period(sample, width - 1)


def _global(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    every = np.arange(sample.n, dtype=np.intp)
    yield ReferenceSet(every, every)


def _base(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    base = base_of(sample.options, sample.labels)
    rows = [i for i, (_, period) in enumerate(sample.labels) if period == base]
    yield ReferenceSet(np.arange(sample.n, dtype=np.intp), np.array(rows, dtype=np.intp))


def _group(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    if sample.groups is None:
        raise _lacking(message("A group frontier needs the group of each row."), key="group")
    for name in sorted(set(sample.groups)):
        rows = np.array([i for i, g in enumerate(sample.groups) if g == name], dtype=np.intp)
        yield ReferenceSet(rows, rows)


def _rows(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    if sample.reference_rows is None or not len(sample.reference_rows):
        raise _lacking(message("A frontier of chosen rows needs these rows."), key="reference_rows")
    rows = np.unique(np.asarray(sample.reference_rows, dtype=np.intp))
    yield ReferenceSet(np.arange(sample.n, dtype=np.intp), rows)


def _lacking(what: Message, *, key: str) -> SpecError:
    remedy = message("give '{key}', or choose another reference.", key=key)
    return SpecError(Problem("efficiency.reference", what, Where(key=key), remedy))


KINDS: dict[str, Callable[[ReferenceSample], Iterator[ReferenceSet]]] = {
    "contemporaneous": lambda sample: _by_period(sample, 0),
    "sequential": lambda sample: _by_period(sample, None),
    "window": _window,
    "biennial": lambda sample: _by_period(sample, 0, 1),
    "global": _global,
    "base": _base,
    "group": _group,
    "rows": _rows,
}
