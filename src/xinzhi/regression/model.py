"""Partial out the fixed effects and drop collinear columns: a regression ready to be estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError, NotIdentified, Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.regression.estimates import Dropped
from xinzhi.regression.grouping import Array
from xinzhi.regression.least_squares import Dependence, dependences
from xinzhi.regression.sample import Sample, draw
from xinzhi.regression.specification import Regression, require_least_squares, with_errors
from xinzhi.regression.within import Within, within
from xinzhi.wording import Message, message

ABSORBED = 1e-10
"""Part of a column's variation that effects must leave for it to count."""
NEARLY_ABSORBED = 1e-4
NEARLY_ALIKE = 1e-6
"""Distance of two unit columns below which six or more digits are lost."""
EPS = float(np.finfo(np.float64).eps)
CONSTANT = message("it has one value in all rows used")


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """y~ on X~, both without effects and constant, X~ of full column rank."""

    regression: Regression
    sample: Sample
    """Its design and names are those that are kept."""
    within: Within
    outcome: Array
    """y~, shape (n,)."""
    design: Array
    """X~, shape (n, k)."""
    dropped: tuple[Dropped, ...]
    notices: tuple[Notice, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of X~."""
        return self.sample.names

    @property
    def df(self) -> int:
        """Degrees of freedom of the residuals, N - k - dfa."""
        n, k = self.design.shape
        return int(n) - int(k) - self.within.df

    def adjusted_r2(self, residuals: Array) -> float:
        """Compute 1 - (RSS / (N - k - dfa)) / (TSS / (N - 1)), TSS about the mean."""
        centred = self.sample.outcome - self.sample.outcome.mean()
        tss = float(centred @ centred)
        return 1 - (float(residuals @ residuals) / self.df) / (tss / (len(centred) - 1))


def model(data: Panel | pd.DataFrame, regression: Regression) -> Model:
    """Select the rows, partial out the effects, drop controls that are constant, absorbed or collinear.

    Raises
    ------
    SpecError
        The regression names another estimator than least squares.
    NotIdentified
        A variable of interest is constant, absorbed by the effects or collinear.
    MethodError
        An effect has one level; the outcome does not vary; N <= k + dfa.
    """
    require_least_squares(regression)
    regression = with_errors(data, regression)
    sample = draw(data, regression)
    projection = within(sample.effects)
    return assemble(
        regression, sample, projection, projection.demean(sample.outcome, sample.design)
    )


def assemble(regression: Regression, sample: Sample, projection: Within, both: Array) -> Model:
    """Put a regression together from columns without effects; drop controls that add nothing.

    Parameters
    ----------
    both
        The outcome and the design of the sample without the effects, shape (n, 1 + k).
    """
    check_size(len(sample.outcome), 1, projection.df)
    outcome, design = both[:, 0], both[:, 1:]
    # Tolerances are relative to the column before the transformation: what rounding leaves of an
    # absorbed column must not pass for variation.
    size = Sizes(_size(sample.design), _spread(sample.design), _size(design))
    no_variation = _without_variation(sample, size)
    present = [j for j in range(design.shape[1]) if j not in no_variation]
    check_size(len(outcome), len(present), projection.df)
    kept, dependent = dependences(_columns(design, present), size.noise[present])
    kept = tuple(present[j] for j in kept)
    dependent = tuple(
        Dependence(present[d.column], tuple(present[j] for j in d.others)) for d in dependent
    )
    problems = [
        *_outcome_problems(sample, outcome),
        *_no_variation_problems(sample, no_variation),
        *_dependence_problems(sample, dependent),
    ]
    if problems:
        reported = {m for d in dependent for m in (d.column, *d.others)}
        raise _refusal([*problems, *_nearly_collinear_pairs(sample, reported)])
    # Only controls are left here: a variable of interest that is not identified was an error above.
    dropped = _dropped(sample, no_variation, dependent)
    return Model(
        regression,
        replace(
            sample,
            design=_columns(sample.design, kept),
            names=tuple(sample.names[j] for j in kept),
        ),
        projection,
        outcome,
        _columns(design, kept),
        dropped,
        tuple(_drop_notice(drop) for drop in dropped) + _near_notices(sample, size, kept),
    )


def _columns(columns: Array, kept: Sequence[int]) -> Array:
    """Select columns; all of them without a copy."""
    return columns if len(kept) == columns.shape[1] else columns[:, kept]


def _size(columns: Array) -> Array:
    """Norm of each column."""
    size: Array = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    return size


def _spread(columns: Array) -> Array:
    """Norm of each column less its mean."""
    return np.array([np.linalg.norm(column - column.mean()) for column in columns.T])


def _centred(columns: Array) -> Array:
    return np.asarray(columns - columns.mean(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Norms of columns, shape (k,) each."""

    raw: Array
    centred: Array
    left: Array
    """Without effects."""

    @property
    def floor(self) -> Array:
        """Norm below which a transformed column is rounding."""
        return np.maximum(ABSORBED * self.centred, 1e3 * EPS * self.raw)

    @property
    def noise(self) -> Array:
        """Rounding error of each transformed column relative to its norm."""
        return np.asarray(64 * EPS * self.raw / np.where(self.left > 0.0, self.left, 1.0))


def _outcome_problems(sample: Sample, outcome: Array) -> list[Problem]:
    raw = sample.outcome[:, None]
    size = Sizes(_size(raw), _spread(raw), _size(outcome[:, None]))
    if size.left[0] > size.floor[0]:
        return []
    return [
        Problem(
            "reg.outcome_constant",
            message("The outcome does not vary within the effects."),
            remedy=message("use fewer effects, or another outcome."),
        )
    ]


def _no_variation_problems(sample: Sample, no_variation: dict[int, Message]) -> list[Problem]:
    return [
        _no_variation_problem(sample, j, why)
        for j, why in no_variation.items()
        if j < sample.n_of_interest
    ]


def _refusal(problems: list[Problem]) -> MethodError:
    """Choose the error: NotIdentified where a variable is the cause, MethodError otherwise."""
    is_about_variables = any(problem.where.column is not None for problem in problems)
    return NotIdentified(problems) if is_about_variables else MethodError(problems)


def _nearly_collinear_pairs(sample: Sample, reported: set[int]) -> list[Problem]:
    """Warn of pairs that are nearly collinear even before the effects are partialled out.

    Pairs with a column in `reported`, which is reported as collinear anyway, are skipped.
    """
    centred = _centred(sample.design)
    size = _size(centred)
    unit = centred / np.where(size > 0.0, size, 1.0)
    alike = [
        (i, j)
        for i, j in combinations(range(unit.shape[1]), 2)
        if not reported & {i, j}
        and min(size[i], size[j]) > 0.0
        and _distance(unit[:, i], unit[:, j]) < NEARLY_ALIKE
    ]
    return [
        Problem(
            "reg.near_collinear",
            message(
                "'{first}' and '{second}' are nearly collinear (condition number {condition:.1e}): about {digits} of 16 digits are lost.",
                first=sample.names[i],
                second=sample.names[j],
                condition=2.0 / max(_distance(unit[:, i], unit[:, j]), EPS),
                digits=round(np.log10(2.0 / max(_distance(unit[:, i], unit[:, j]), EPS))),
            ),
            Where(column=f"{sample.names[i]}, {sample.names[j]}"),
            message("leave one of these variables out."),
            severity="warning",
        )
        for i, j in alike
    ]


def _distance(first: Array, second: Array) -> float:
    """Distance of two directions, whatever their sign."""
    return float(min(np.linalg.norm(first - second), np.linalg.norm(first + second)))


def _without_variation(sample: Sample, size: Sizes) -> dict[int, Message]:
    """Find columns without variation within the effects, each with the reason."""
    no_variation: dict[int, Message] = {}
    for j in np.flatnonzero(size.left <= size.floor):
        column = sample.design[:, j]
        no_variation[int(j)] = (
            CONSTANT
            if np.ptp(column) <= 1e3 * EPS * np.abs(column).max()
            else message("absorbed by the effects {effects}", effects=_effect_names(sample))
        )
    return no_variation


def _effect_names(sample: Sample) -> str:
    return ", ".join(effect.name for effect in sample.effects)


def _dependence_problems(sample: Sample, dependent: tuple[Dependence, ...]) -> list[Problem]:
    problems: list[Problem] = []
    for found in dependent:
        members = (found.column, *found.others)
        problems += [
            _collinear_problem(sample, j, tuple(m for m in members if m != j))
            for j in members
            if j < sample.n_of_interest
        ]
    return problems


def _no_variation_problem(sample: Sample, j: int, why: Message) -> Problem:
    name = sample.names[j]
    is_constant = why is CONSTANT
    return Problem(
        "reg.constant" if is_constant else "reg.absorbed",
        message("'{name}' cannot be estimated: {why}.", name=name, why=why),
        Where(column=name),
        message("leave '{name}' out.", name=name)
        if is_constant
        else message("leave '{name}' out, or use effects within which it varies.", name=name),
    )


def _collinear_problem(sample: Sample, j: int, others: tuple[int, ...]) -> Problem:
    name = sample.names[j]
    return Problem(
        "reg.collinear",
        message(
            "'{name}' cannot be estimated: it is a linear combination of {others} within the effects.",
            name=name,
            others=", ".join(sample.names[i] for i in others),
        ),
        Where(column=name),
        message("leave one of these variables out."),
    )


def _dropped(
    sample: Sample, no_variation: dict[int, Message], dependent: tuple[Dependence, ...]
) -> tuple[Dropped, ...]:
    reasons = dict(no_variation)
    for found in dependent:
        others = ", ".join(sample.names[i] for i in found.others)
        reasons[found.column] = message("collinear with {others}", others=others)
    return tuple(Dropped(sample.names[j], why) for j, why in sorted(reasons.items()))


def _drop_notice(drop: Dropped) -> Notice:
    return Notice(
        "reg.dropped",
        message("Control '{name}' was left out: {why}.", name=drop.name, why=drop.reason),
        Where(column=drop.name),
    )


def _near_notices(sample: Sample, size: Sizes, kept: tuple[int, ...]) -> tuple[Notice, ...]:
    """Warn of columns with almost no variation within the effects."""
    left, centred = size.left, size.centred
    return tuple(
        Notice(
            "reg.nearly_absorbed",
            message(
                "Within the effects only {share:.1e} of the standard deviation of '{name}' is left: its slope rests on rounding or on very few rows.",
                share=float(left[j] / centred[j]),
                name=sample.names[j],
            ),
            Where(column=sample.names[j]),
        )
        for j in kept
        if left[j] < NEARLY_ABSORBED * centred[j]
    )


def check_size(n: int, k: int, dfa: int) -> None:
    """Refuse too few rows for the slopes and the effects."""
    if n - k - dfa <= 0:
        raise MethodError(
            Problem(
                "reg.too_few_rows",
                message(
                    "{n} rows do not identify {k} slopes and {dfa} effects.", n=n, k=k, dfa=dfa
                ),
                remedy=message("use more rows, fewer variables or fewer effects."),
            )
        )
