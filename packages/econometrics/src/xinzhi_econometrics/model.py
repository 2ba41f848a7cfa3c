"""Partial out the fixed effects and drop collinear columns: a regression ready to be estimated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError, NotIdentified, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Message, message
from xinzhi_econometrics.estimates import Dropped
from xinzhi_econometrics.least_squares import Array, Dependence, dependences
from xinzhi_econometrics.specification import (
    Regression,
    Sample,
    draw,
    require_least_squares,
    with_errors,
)
from xinzhi_econometrics.within import WithinProjection, within

ABSORBED = 1e-10
"""Part of a column's variation that effects must leave for it to count."""
NEARLY_ALIKE = 1e-6
"""Distance of two unit columns below which six or more digits are lost."""
NEARLY_ABSORBED = 1e-4
"""Share of a column's standard deviation that is left within the effects, below which it is named."""
EPS = float(np.finfo(np.float64).eps)
CONSTANT = message("it has one value in all rows used")


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """y~ on X~, both without effects and constant, X~ of full column rank."""

    regression: Regression
    sample: Sample
    """Its design and names are those of X~."""
    within: WithinProjection
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


def build_model(data: Panel | pd.DataFrame, regression: Regression) -> Model:
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
    without_effects = projection.demean(sample.outcome, sample.design)
    return assemble(regression, sample, projection, without_effects)


def assemble(
    regression: Regression, sample: Sample, projection: WithinProjection, without_effects: Array
) -> Model:
    """Put a regression together from columns without effects; drop controls that add nothing.

    Parameters
    ----------
    without_effects
        The outcome and the design of the sample without the effects, shape (n, 1 + k).
    """
    check_size(len(sample.outcome), 1, projection.df)
    outcome, design = without_effects[:, 0], without_effects[:, 1:]
    sizes = Sizes.of(sample.design, design)
    no_variation = _find_no_variation(sample, sizes)
    varying = [j for j in range(design.shape[1]) if j not in no_variation]
    check_size(len(outcome), len(varying), projection.df)
    independent, dependent = dependences(_columns(design, varying), sizes.noise[varying])
    used = tuple(varying[j] for j in independent)
    dependent = tuple(
        Dependence(varying[d.column], tuple(varying[j] for j in d.others)) for d in dependent
    )
    problems = [
        *_problems_of_outcome(sample, outcome),
        *_problems_of_variation(sample, no_variation),
        *_problems_of_dependence(sample, dependent),
    ]
    if problems:
        reported = {m for d in dependent for m in (d.column, *d.others)}
        problems += _nearly_collinear_pairs(sample, reported)
        is_about_variables = any(problem.where.column is not None for problem in problems)
        raise NotIdentified(problems) if is_about_variables else MethodError(problems)
    # Only controls are left here: a variable of interest that is not identified was an error above.
    dropped = _list_dropped(sample, no_variation, dependent)
    names = tuple(sample.names[j] for j in used)
    return Model(
        regression,
        replace(sample, design=_columns(sample.design, used), names=names),
        projection,
        outcome,
        _columns(design, used),
        dropped,
        (*_notices_of_dropped(dropped), *_notices_of_variation(sample, sizes, used)),
    )


def _columns(columns: Array, chosen: Sequence[int]) -> Array:
    """Select columns; all of them without a copy."""
    return columns if len(chosen) == columns.shape[1] else columns[:, chosen]


def _norms(columns: Array) -> Array:
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", columns, columns)))


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Norms of columns, shape (k,) each.

    Tolerances are relative to the column before the transformation: what rounding leaves of an absorbed
    column must not pass for variation.
    """

    raw: Array
    centred: Array
    """Less the mean."""
    left: Array
    """Without effects."""

    @classmethod
    def of(cls, raw: Array, without_effects: Array) -> Sizes:
        """Measure columns before and after the transformation, shape (n, k) each."""
        # Column by column: one copy of a long column at a time, not of the whole design.
        centred = np.array([np.linalg.norm(column - column.mean()) for column in raw.T])
        return cls(_norms(raw), centred, _norms(without_effects))

    @property
    def floor(self) -> Array:
        """Norm below which a transformed column is rounding."""
        # The mean is subtracted with an error of the raw column: one with a large mean and little
        # variation has a higher floor than its own variation would give.
        return np.maximum(ABSORBED * self.centred, 1e3 * EPS * self.raw)

    @property
    def noise(self) -> Array:
        """Rounding error of each transformed column relative to its norm."""
        return np.asarray(64 * EPS * self.raw / np.where(self.left > 0.0, self.left, 1.0))


def _problems_of_outcome(sample: Sample, outcome: Array) -> Iterator[Problem]:
    sizes = Sizes.of(sample.outcome[:, None], outcome[:, None])
    if sizes.left[0] <= sizes.floor[0]:
        text = message("The outcome does not vary within the effects.")
        remedy = message("use fewer effects, or another outcome.")
        yield Problem("reg.outcome_constant", text, remedy=remedy)


def _problems_of_variation(sample: Sample, no_variation: dict[int, Message]) -> Iterator[Problem]:
    for j, why in no_variation.items():
        # Variables of interest stand first; a control that cannot be estimated is dropped.
        if j >= sample.n_of_interest:
            continue
        name = sample.names[j]
        is_constant = why is CONSTANT
        yield Problem(
            "reg.constant" if is_constant else "reg.absorbed",
            message("'{name}' cannot be estimated: {why}.", name=name, why=why),
            Where(column=name),
            message("leave '{name}' out.", name=name)
            if is_constant
            else message("leave '{name}' out, or use effects within which it varies.", name=name),
        )


def _problems_of_dependence(sample: Sample, dependent: tuple[Dependence, ...]) -> Iterator[Problem]:
    for dependence in dependent:
        members = (dependence.column, *dependence.others)
        for j in members:
            # For each variable of interest: which column is called the dependent one is chance of order.
            if j >= sample.n_of_interest:
                continue
            name = sample.names[j]
            what = message(
                "'{name}' cannot be estimated: it is a linear combination of {others} within the effects.",
                name=name,
                others=", ".join(sample.names[i] for i in members if i != j),
            )
            remedy = message("leave one of these variables out.")
            yield Problem("reg.collinear", what, Where(column=name), remedy)


def _nearly_collinear_pairs(sample: Sample, reported: set[int]) -> Iterator[Problem]:
    """Warn of pairs that are nearly collinear even before the effects are partialled out.

    Pairs with a column in `reported`, which is reported as collinear anyway, are skipped.
    """
    centred = sample.design - sample.design.mean(axis=0)
    norms = _norms(centred)
    unit = centred / np.where(norms > 0.0, norms, 1.0)
    for i, j in combinations(range(unit.shape[1]), 2):
        if reported & {i, j} or min(norms[i], norms[j]) == 0.0:
            continue
        # The distance of two directions, whatever their sign.
        apart = float(min(np.linalg.norm(unit[:, i] + sign * unit[:, j]) for sign in (-1.0, 1.0)))
        if apart < NEARLY_ALIKE:
            # Of two unit columns at a small distance d, the condition number is about 2/d.
            condition = 2.0 / max(apart, EPS)
            yield Problem(
                "reg.near_collinear",
                message(
                    "'{first}' and '{second}' are nearly collinear (condition number {condition:.1e}): about {digits} of 16 digits are lost.",
                    first=sample.names[i],
                    second=sample.names[j],
                    condition=condition,
                    digits=round(np.log10(condition)),
                ),
                Where(column=f"{sample.names[i]}, {sample.names[j]}"),
                message("leave one of these variables out."),
                severity="warning",
            )


def _find_no_variation(sample: Sample, sizes: Sizes) -> dict[int, Message]:
    """Find columns without variation within the effects, each with the reason."""
    effects = ", ".join(effect.name for effect in sample.effects)
    no_variation: dict[int, Message] = {}
    for j in np.flatnonzero(sizes.left <= sizes.floor):
        column = sample.design[:, j]
        is_constant = np.ptp(column) <= 1e3 * EPS * np.abs(column).max()
        no_variation[int(j)] = (
            CONSTANT
            if is_constant
            else message("absorbed by the effects {effects}", effects=effects)
        )
    return no_variation


def _list_dropped(
    sample: Sample, no_variation: dict[int, Message], dependent: tuple[Dependence, ...]
) -> tuple[Dropped, ...]:
    reasons = dict(no_variation)
    for dependence in dependent:
        others = ", ".join(sample.names[i] for i in dependence.others)
        reasons[dependence.column] = message("collinear with {others}", others=others)
    return tuple(Dropped(sample.names[j], why) for j, why in sorted(reasons.items()))


def _notices_of_dropped(dropped: tuple[Dropped, ...]) -> Iterator[Notice]:
    for drop in dropped:
        text = message("Control '{name}' was left out: {why}.", name=drop.name, why=drop.reason)
        yield Notice("reg.dropped", text, Where(column=drop.name))


def _notices_of_variation(sample: Sample, sizes: Sizes, used: tuple[int, ...]) -> Iterator[Notice]:
    """Warn of columns with almost no variation within the effects."""
    for j in used:
        if sizes.left[j] < NEARLY_ABSORBED * sizes.centred[j]:
            what = message(
                "Within the effects only {share:.1e} of the standard deviation of '{name}' is left: its slope rests on rounding or on very few rows.",
                share=float(sizes.left[j] / sizes.centred[j]),
                name=sample.names[j],
            )
            yield Notice("reg.nearly_absorbed", what, Where(column=sample.names[j]))


def check_size(n: int, k: int, dfa: int) -> None:
    """Refuse too few rows for the slopes and the effects."""
    if n - k - dfa <= 0:
        what = message(
            "{n} rows do not identify {slopes} and {effects}.",
            one="{n} row does not identify {slopes} and {effects}.",
            n=n,
            slopes=message("{n} slopes", one="{n} slope", n=k),
            effects=message("{n} effects", one="{n} effect", n=dfa),
        )
        remedy = message("use more rows, fewer variables or fewer effects.")
        raise MethodError(Problem("reg.too_few_rows", what, remedy=remedy))
