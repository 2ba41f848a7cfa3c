"""Scores and indices of productivity of arrays: what a DEA user starts with.

The same measures, proofs and options as behind every other door; numpy alone is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import Message, message
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import ProductivityResult, productivity
from xinzhi_frontier.resolve import resolve
from xinzhi_frontier.result import Activities, ActivityRoles, EfficiencyResult


def score(
    inputs: npt.ArrayLike,
    good_outputs: npt.ArrayLike,
    bad_outputs: npt.ArrayLike | None = None,
    *,
    entities: Sequence[str] | None = None,
    periods: Sequence[int] | None = None,
    groups: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    jobs: int = 1,
    **options: object,
) -> EfficiencyResult:
    """Measure the efficiency of each row, with a certificate of optimality.

    The radial measure of row q, for example, is min θ with Σ λ_j x_j <= θ x_q, Σ λ_j y_j >= y_q, λ >= 0.

    Parameters
    ----------
    inputs, good_outputs, bad_outputs
        Amounts in any units, shape (n, k) each, or (n,) for a single column; finite.
    entities, periods
        Of each row, n of them; rows are numbered from 1 where no entities are given.
    groups
        Group of each row, with `reference="group"`.
    names
        Of all columns, in the order of the arrays; x1, y1 and b1 where none are given.
    jobs
        Processes; the result does not depend on it.
    options
        Fields of `xinzhi_frontier.options.Options`: `measure`, `returns_to_scale`, `orientation`, `reference`,
        `zeros` and so on; what is left out is what the measure usually has.

    Returns
    -------
    EfficiencyResult
        `.scores`, `.slacks`, `.targets`, `.peers`, `.statuses`, `.certificate`, `.notices`, rows as given.

    Raises
    ------
    SpecError
        An option is unknown or does not go with the measure.
    Gap, OutOfDomain
        A cell is empty, infinite, or 0 where the measure divides by it.

    References
    ----------
    Tone (2001), doi 10.1016/S0377-2217(99)00407-5, (2002), doi 10.1016/S0377-2217(01)00324-1.

    Examples
    --------
    >>> labour, capital, gdp = [2.0, 4, 3, 6], [3.0, 1, 3, 3], [1.0, 1, 1, 1]
    >>> found = score(np.column_stack([labour, capital]), gdp, measure="bcc")
    >>> found.scores.round(4).tolist(), found.statuses[0]
    ([1.0, 1.0, 0.8333, 0.5556], 'certified')
    """
    activities = _activities(inputs, good_outputs, bad_outputs, entities, periods, names)
    words = None if groups is None else [str(group) for group in groups]
    return evaluate(activities, options=resolve(_known(options)), groups=words, jobs=jobs)


def productivity_index(
    inputs: npt.ArrayLike,
    good_outputs: npt.ArrayLike,
    bad_outputs: npt.ArrayLike | None = None,
    *,
    entities: Sequence[str],
    periods: Sequence[int],
    index: str = "malmquist",
    names: Sequence[str] | None = None,
    jobs: int = 1,
    **options: object,
) -> ProductivityResult:
    """Compute an index of productivity for each entity and pair of consecutive periods.

    The Malmquist index between t and s is sqrt(D_t(s)/D_t(t) · D_s(s)/D_s(t)), with D_t(s) the score of the row of s
    against the frontier of t.

    Parameters
    ----------
    inputs, good_outputs, bad_outputs
        Amounts in any units, shape (n, k) each, or (n,) for a single column; finite.
    entities, periods
        Of each row; the panel may be unbalanced.
    index
        Name of an index: `malmquist`, `global_malmquist`, `luenberger` and so on.
    names, jobs, options
        As of `score`.

    Returns
    -------
    ProductivityResult
        `.values` and `.components` by pair, `.entities`, `.first`, `.second`.

    Raises
    ------
    DataError
        There are fewer than two periods.
    SpecError
        The index or an option is unknown, or they contradict each other.

    References
    ----------
    Färe, Grosskopf, Norris and Zhang (1994), American Economic Review 84, 66; Chung, Färe and Grosskopf (1997), doi
    10.1006/jema.1997.0146.

    Examples
    --------
    >>> found = productivity_index([2.0, 1, 2, 2], [1.0, 1, 1, 1], entities=list("aabb"), periods=[1, 2, 1, 2])
    >>> found.values.round(6).tolist()
    [2.0, 1.0]
    """
    activities = _activities(inputs, good_outputs, bad_outputs, entities, periods, names)
    asked = resolve(_known(options), index=index)
    return productivity(activities, index=index, options=asked, jobs=jobs)


def _activities(
    inputs: npt.ArrayLike,
    good_outputs: npt.ArrayLike,
    bad_outputs: npt.ArrayLike | None,
    entities: Sequence[str] | None,
    periods: Sequence[int] | None,
    names: Sequence[str] | None,
) -> Activities:
    parts = [_columns(inputs), _columns(good_outputs)]
    n = len(parts[0])
    parts.append(np.empty((n, 0)) if bad_outputs is None else _columns(bad_outputs))
    if any(len(part) != n for part in parts):
        rows = ", ".join(str(len(part)) for part in parts)
        raise _refused(message("The arrays have {rows} rows.", rows=rows), "inputs")
    usual = [
        f"{letter}{k + 1}"
        for letter, part in zip("xyb", parts, strict=True)
        for k in range(part.shape[1])
    ]
    called = usual if names is None else [str(name) for name in names]
    if len(called) != len(usual):
        text = message(
            "'names' has {n} values for {k} columns.",
            one="'names' has {n} value for {k} columns.",
            n=len(called),
            k=len(usual),
        )
        raise _refused(text, "names")
    who = [str(k + 1) for k in range(n)] if entities is None else [str(one) for one in entities]
    when = [None] * n if periods is None else _whole(periods)
    for key, given in (("entities", who), ("periods", when)):
        if len(given) != n:
            text = message(
                "'{key}' has {n} values for {rows}.",
                one="'{key}' has {n} value for {rows}.",
                n=len(given),
                key=key,
                rows=message("{n} rows", one="{n} row", n=len(parts[0])),
            )
            raise _refused(text, key)
    labels = tuple(zip(who, when, strict=True))
    if len({*labels}) != n:
        twice = next(label for label in labels if labels.count(label) > 1)
        name = twice[0] if twice[1] is None else f"{twice[0]} {twice[1]}"
        raise _refused(message("{name} is in more than one row.", name=name), "entities")
    widths = [part.shape[1] for part in parts]
    ends = np.cumsum(widths).tolist()
    roles = ActivityRoles(
        *(tuple(called[end - width : end]) for end, width in zip(ends, widths, strict=True))
    )
    return Activities(labels, parts[0], parts[1], parts[2], roles)


def _whole(periods: Sequence[int]) -> list[int | None]:
    """Refuse periods that are not whole numbers: cutting off a fraction would make two of them one."""
    numbers = np.asarray(periods, dtype=np.float64).ravel()
    odd = numbers[~(np.isfinite(numbers) & (numbers == np.rint(numbers)))]
    if len(odd):
        raise _refused(
            message("The period '{value}' is not a whole number.", value=str(odd[0])), "periods"
        )
    return [int(one) for one in numbers]


def _columns(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    return array.reshape(-1, 1) if array.ndim == 1 else array


def _known(options: Mapping[str, object]) -> Mapping[str, object]:
    """Refuse an option that there is not, with the nearest name."""
    known = [field.name for field in fields(Options)]
    unknown = [name for name in options if name not in known]
    if unknown:
        raise SpecError(
            Problem(
                "option.unknown",
                message("Unknown option '{name}'.", name=name),
                Where(key=name),
                suggestion(name, known),
            )
            for name in unknown
        )
    return options


def _refused(text: Message, key: str) -> SpecError:
    remedy = message("give one row for each unit, and one name for each column.")
    return SpecError(Problem("efficiency.arrays", text, Where(key=key), remedy))
