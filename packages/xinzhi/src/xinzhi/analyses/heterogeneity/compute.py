"""Heterogeneity: the regression by groups, and whether the groups truly differ.

A coefficient that is significant in one group and not in another is not a difference; the difference
has a test of its own, in the fully interacted model and by permuting entities between groups.

Heterogeneity: a regression by groups, and whether the groups truly differ.

Comparisons of groups that a study asks for: one for each grouping, each failing alone.

Verdicts on slopes of groups and on their differences under other standard errors and families.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.analysis import Effect, EstimationData, Given, Shown
from xinzhi.analyses.effects import (
    Effect as EffectAlongPath,
)
from xinzhi.analyses.effects import (
    Pair,
    Quantity,
    compare_with_defaults,
    compare_with_printed,
    default_inference,
    estimate_again,
    negate,
    pair_verdicts,
    slope,
    slope_quantity,
    slopes,
)
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.section import Box, OneOrMore, Refers, TitledSection, as_list
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.options import Refused
from xinzhi_core.errors import DataError, MethodError, Problem, StudyError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.problems import require_columns
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.diagnostics.error_tests import advice_of, with_advice
from xinzhi_econometrics.estimates import CovarianceRule, Estimates
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import Inapplicable, Statistic, f_tail, wald
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.resampling.permutation import Permutation, permute
from xinzhi_econometrics.specification import Regression, frame_of, with_errors, with_keys
from xinzhi_econometrics.verdict import JudgementRule, Verdict, judge

GROUPS = Box(
    message("Groups"),
    message(
        "Columns by which the entities are parted, such as the region: is the effect the same in each group?"
    ),
    order=50,
    role="group",
    name="groups",
)


class HeterogeneitySection(TitledSection):
    """The regression in each group of each grouping, with tests of the differences."""

    base: Annotated[str, Refers("column")] = Field(alias="from")
    """Column of a table that is estimated in each group, such as baseline/1."""
    by: Annotated[OneOrMore, Refers("grouping"), GROUPS]
    """Names under `groups`."""
    difference: Annotated[
        tuple[Literal["interaction", "permutation"], ...], BeforeValidator(as_list)
    ] = ("interaction", "permutation")
    """Tests of the difference: the fully interacted model; random reassignment of entities to groups of the same size."""
    draws: int = Field(default=1000, ge=2, le=100_000)
    """Permutations of entities between two groups."""

    @model_validator(mode="after")
    def _draws_have_effect(self) -> HeterogeneitySection:
        if "draws" in self.model_fields_set and "permutation" not in self.difference:
            raise Refused(
                message("`draws` has no effect without permutation."),
                message("add permutation to `difference`, or remove `draws`."),
            )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class GroupDifference:
    """Whether one slope differs between groups."""

    regressor: str
    interaction: Statistic | Inapplicable
    """Wald test in the fully interacted model."""
    permutations: tuple[Permutation | Inapplicable, ...]
    """One for each pair of groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Heterogeneity:
    """The regression by groups of one grouping."""

    grouping: str
    groups: tuple[tuple[str, Estimates | Inapplicable], ...]
    """In the order that was asked for, else in that of their names."""
    sizes: tuple[tuple[str, int], ...]
    """Entities a group."""
    differences: tuple[GroupDifference, ...]
    joint: Statistic | Inapplicable
    """All slopes of interest together."""
    notices: tuple[Notice, ...]
    declared: Heterogeneity | None = None
    """The same with the declared errors, where these regressions have others."""
    default: Heterogeneity | None = None
    """The same with errors clustered by entity, where it is judged by others."""

    @property
    def judged(self) -> Heterogeneity:
        """The groups as they are judged."""
        return self.declared or self

    @property
    def fitted(self) -> tuple[tuple[str, Estimates], ...]:
        """The groups that could be estimated."""
        return tuple((name, e) for name, e in self.groups if isinstance(e, Estimates))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope of interest: a column a group, and p of the difference."""
        names = [difference.regressor for difference in self.differences]
        table: dict[str, list[float]] = {
            group: [
                float(estimates.estimate[estimates.position(name)])
                if isinstance(estimates, Estimates)
                else np.nan
                for name in names
            ]
            for group, estimates in self.groups
        }
        table["p_interaction"] = [
            d.interaction.p_value if isinstance(d.interaction, Statistic) else np.nan
            for d in self.differences
        ]
        return pd.DataFrame(table, index=pd.Index(names, name="name"))


def compare_groups(
    data: Panel | pd.DataFrame,
    regression: Regression,
    by: str,
    *,
    draws: int = 1000,
    seed: int = 0,
    order: Sequence[str] = (),
) -> Heterogeneity:
    """Estimate a regression in each group and test the differences.

    Parameters
    ----------
    by
        Column of groups, constant within an entity; rows without a group are left out.
    draws, seed
        Of the permutation of entities between each two groups; 0 for none.
    order
        Groups in the order in which they stand; those that it does not name follow by name.

    Raises
    ------
    DataError
        The grouping is not in the data, changes within an entity, or has one group only.
    """
    frame = _with_groups(frame_of(data), by)
    # Errors are resolved on all rows, so that every group has the same kind.
    regression = with_keys(frame, with_errors(frame, regression))
    label = frame[by].map(_label)
    places = {name: place for place, name in enumerate(order)}
    names = sorted(label.unique(), key=lambda name: (places.get(name, len(places)), name))
    fitted = tuple((name, _fit_group(frame.loc[label == name], regression)) for name in names)
    usable = [name for name, estimates in fitted if isinstance(estimates, Estimates)]
    inside = frame.loc[label.isin(usable)].assign(**{by: label})
    tests = _interaction(inside, regression, by, usable)
    permuted = [
        permute(inside, regression, by, pair, draws=draws, seed=seed)
        for pair in combinations(usable, 2)
        if draws
    ]
    return Heterogeneity(
        grouping=by,
        groups=fitted,
        sizes=tuple(
            (name, int(frame.loc[label == name].index.get_level_values(0).nunique()))
            for name in names
        ),
        differences=tuple(
            GroupDifference(name, tests[name], tuple(pair[name] for pair in permuted))
            for name in regression.regressors
        ),
        joint=tests[""],
        notices=_notices(fitted, by),
    )


def _label(value: object) -> str:
    # Codes beside empty cells are floats: 1.0 is the group 1.
    return f"{value:g}" if isinstance(value, float) else str(value)


def _with_groups(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Keep the rows with a group, after checking that it is a grouping of entities."""
    require_columns((by,), frame.columns)
    grouped = frame.loc[frame[by].notna()]
    kinds = grouped[by].groupby(level=0).nunique()
    if (kinds > 1).any():
        raise DataError(
            Problem(
                "groups.change",
                message(
                    "'{name}' changes within {n} entities.",
                    one="'{name}' changes within {n} entity.",
                    name=by,
                    n=int((kinds > 1).sum()),
                ),
                Where(column=by, entity=str(kinds.index[kinds > 1][0])),
                message("use a group that an entity keeps, such as its value in the first year."),
            )
        )
    if grouped[by].nunique() < 2:
        text = message("'{name}' has fewer than two groups.", name=by)
        remedy = message("use a column with two or more groups.")
        raise DataError(Problem("groups.one", text, Where(column=by), remedy))
    return grouped


def _fit_group(frame: pd.DataFrame, regression: Regression) -> Estimates | Inapplicable:
    try:
        return fit_least_squares(frame, regression)
    except MethodError as error:
        return Inapplicable(regression.label or regression.outcome, error.problems[0].what)


def _interaction(
    frame: pd.DataFrame, regression: Regression, by: str, groups: list[str]
) -> dict[str, Statistic | Inapplicable]:
    """Wald tests of equal slopes, name by name and of all (""); every slope and effect is the group's own.

    Entities are nested in groups; other effects are crossed with them (group x year), so that the
    slopes of the one big model are those of the groups' own regressions.
    """
    names = regression.regressors
    if len(groups) < 2:
        why = message("fewer than two groups could be estimated.")
        return {name: Inapplicable("interaction", why) for name in (*names, "")}
    wide, variables = frame.copy(), (*names, *regression.controls)
    for group in groups:
        for name in variables:
            inside = frame[by] == group
            wide[_own(name, group)] = np.where(inside & frame[name].notna(), frame[name], 0.0)
    # An empty cell became 0 above, which is not its value: its row is left out.
    wide = wide.loc[frame[list(variables)].notna().all(axis=1)]
    # Without effects each group keeps a constant of its own.
    effects = tuple(_crossed(wide, effect, by) for effect in regression.effects) or (by,)
    big = replace(
        regression,
        regressors=tuple(_own(name, group) for name in names for group in groups),
        controls=tuple(_own(name, group) for name in regression.controls for group in groups),
        effects=effects,
    )
    try:
        estimates = fit_least_squares(wide, big)
    except MethodError as error:
        reason = error.problems[0].what
        return {name: Inapplicable("interaction", reason) for name in (*names, "")}
    tests = {name: _wald(estimates, (name,), groups) for name in names}
    return {**tests, "": _wald(estimates, names, groups)}


def _own(name: str, group: str) -> str:
    return f"{name} | {group}"


def _crossed(wide: pd.DataFrame, effect: str, by: str) -> str:
    """Name of the effect crossed with the groups; a new column unless entities already nest."""
    if effect == "entity":
        return effect
    name = f"{effect} × {by}"
    level = wide.index.get_level_values(1) if effect == "period" else wide[effect]
    wide[name] = pd.Series(level.astype(str), index=wide.index) + " " + wide[by].astype(str)
    return name


def _wald(
    estimates: Estimates, names: tuple[str, ...], groups: list[str]
) -> Statistic | Inapplicable:
    """Test that the slopes of each name are equal in all groups: F with (q, df)."""
    rows = []
    for name in names:
        first = estimates.position(_own(name, groups[0]))
        for group in groups[1:]:
            row = np.zeros(len(estimates.names))
            row[first], row[estimates.position(_own(name, group))] = 1.0, -1.0
            rows.append(row)
    contrast: Array = np.array(rows)
    # Only the slopes that are compared: a control without an error would make 0 · NaN of V.
    pick = np.flatnonzero(contrast.any(axis=0))
    q, judgement = len(rows), estimates.judgement
    few = None if judgement is None else judgement.few
    df: float = estimates.covariance.df
    if few is not None and any(estimates.judge[j] == "cr2" for j in pick):
        # As slopes are judged with few clusters: the approximate Hotelling test on CR2 errors.
        eta, df = few.joint(contrast)
        scores = few.scores[:, pick] @ contrast[:, pick].T
        value = wald(contrast @ estimates.estimate, scores.T @ scores) * df / eta
    else:
        v = contrast[:, pick] @ estimates.vcov[np.ix_(pick, pick)] @ contrast[:, pick].T
        value = wald(contrast @ estimates.estimate, v)
    if not (np.isfinite(value) and df > 0.0):
        return Inapplicable("interaction", message("there are too few clusters for this test."))
    return Statistic(
        "interaction",
        message("The slopes of {names} are the same in all groups.", names=", ".join(names)),
        value,
        f"F({q}, {df:.4g})",
        f_tail(value, q, df),
    )


def _notices(
    fitted: tuple[tuple[str, Estimates | Inapplicable], ...], by: str
) -> tuple[Notice, ...]:
    return tuple(
        Notice(
            "groups.refused",
            message(
                "Group '{group}' of '{by}' was not estimated: {why}",
                group=name,
                by=by,
                why=refusal.reason,
            ),
            Where(column=by),
        )
        for name, refusal in fitted
        if isinstance(refusal, Inapplicable)
    )


def holm(p_values: Array) -> Array:
    """Adjust p-values for looking at several tests (Holm's step-down).

    p̃_(j) = max_{i<=j} min(1, (m - i + 1) p_(i)); NaN stays NaN and does not count.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    adjusted = np.full(len(p_values), np.nan)
    present = np.flatnonzero(~np.isnan(p_values))
    order = present[np.argsort(p_values[present], kind="stable")]
    m = len(order)
    steps = np.minimum(1.0, p_values[order] * (m - np.arange(m)))
    adjusted[order] = np.maximum.accumulate(steps) if m else steps
    return adjusted


NAN = float("nan")
PAIR = 2
"""Groups whose slopes have a difference with a sign."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupComparisons(InNotebook):
    """The regression by groups, grouping by grouping."""

    groupings: Mapping[str, Heterogeneity | Unavailable]

    @property
    def comparisons(self) -> tuple[Heterogeneity, ...]:
        """The groupings that have an answer."""
        return tuple(c for c in self.groupings.values() if isinstance(c, Heterogeneity))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a grouping and slope; of a grouping that failed, one with why."""
        parts = {
            name: comparison.to_frame()
            if isinstance(comparison, Heterogeneity)
            else pd.DataFrame({"failed": [str(comparison.problems[0].what)]})
            for name, comparison in self.groupings.items()
        }
        return pd.concat(parts, names=["grouping", "row"])


def data_of(equation: Equation, grouping: str) -> EstimationData:
    """Ask for the data of the equation and for the members of a grouping."""
    keys = (*equation.keys, grouping)
    return EstimationData(equation.variables, keys=keys, frontier=equation.frontier)


def compare_in_study(
    section: HeterogeneitySection, equation: Equation, given: Given
) -> GroupComparisons:
    """Compare the groups of each grouping; one that fails leaves the others."""
    draws = section.draws if "permutation" in section.difference else 0
    return GroupComparisons(
        {by: _compare(by, equation, given, draws) for by in dict.fromkeys(section.by)}
    )


def _compare(by: str, equation: Equation, given: Given, draws: int) -> Heterogeneity | Unavailable:
    study = given.study
    try:
        frame, regression = equation.applied(given.frame(data_of(equation, by)))
        order = study.members(by)
        result = compare_groups(frame, regression, by, draws=draws, seed=study.seed, order=order)
    except StudyError as error:
        return Unavailable(by, error.problems)

    def compare_again(other: Regression) -> Heterogeneity:
        # Permutations compare slopes without any errors, so that they stay as they are.
        again = compare_groups(frame, other, by, draws=0, order=order)
        pairs = zip(again.differences, result.differences, strict=True)
        differences = (replace(d, permutations=drawn.permutations) for d, drawn in pairs)
        return replace(again, differences=tuple(differences))

    declared, default = estimate_again(frame, regression, equation.declared, compare_again)
    groups = tuple(
        (name, with_advice(frame, fitted) if isinstance(fitted, Estimates) else fitted)
        for name, fitted in result.groups
    )
    result = replace(result, groups=groups, declared=declared, default=default)
    # Advice that several groups share is given once.
    advice = dict.fromkeys(n for _, estimates in result.fitted for n in advice_of(estimates))
    return replace(result, notices=(*result.notices, *advice))


Key = tuple[str, str]
"""Grouping and slope."""


def judge_differences(
    comparisons: Sequence[Heterogeneity], tests: tuple[str, ...], inference: JudgementRule
) -> dict[Key, Verdict]:
    """Judge whether slopes differ between groups: by the interaction where it was asked for, else by permutation.

    Where a family is declared, p is adjusted for the number of groupings in which a slope is compared.
    The estimate is the slope of the first group less that of the second, of more groups their range.
    """
    by_key = {
        (comparison.grouping, difference.regressor): (
            _contrast(comparison, difference.regressor),
            *_p_value(difference, tests),
        )
        for comparison in (comparison.judged for comparison in comparisons)
        for difference in comparison.differences
    }
    adjusted = _adjusted({key: p for key, (_, _, p) in by_key.items()}, inference)
    return {
        key: judge(contrast, p, inference, p_family=adjusted[key], basis=basis)
        for key, (contrast, basis, p) in by_key.items()
    }


def _adjusted(p_values: Mapping[Key, float], inference: JudgementRule) -> Mapping[Key, float]:
    """Adjust within the family of one slope: its tests in all groupings."""
    if inference.family != "holm":
        return p_values
    adjusted: dict[Key, float] = {}
    for name in dict.fromkeys(name for _, name in p_values):
        keys = [key for key in p_values if key[1] == name]
        steps = holm(np.array([p_values[key] for key in keys]))
        adjusted |= dict(zip(keys, map(float, steps), strict=True))
    return adjusted


def _contrast(comparison: Heterogeneity, name: str) -> float:
    slopes = _slopes(comparison, name)
    if len(slopes) == PAIR:
        return slopes[0] - slopes[1]
    return max(slopes) - min(slopes) if slopes else NAN


def _slopes(comparison: Heterogeneity, name: str) -> list[float]:
    return [float(e.estimate[e.position(name)]) for _, e in comparison.fitted if name in e.names]


def _p_value(difference: GroupDifference, asked: tuple[str, ...]) -> tuple[str, float]:
    """Take the p-value of the interaction where it was asked for, else that of the permutations.

    Of several pairs the smallest p-value counts, times their number (Bonferroni).
    """
    if "interaction" in asked and isinstance(difference.interaction, Statistic):
        return "interaction", difference.interaction.p_value
    pairs = [pair.p_value for pair in difference.permutations if isinstance(pair, Permutation)]
    if "permutation" in asked and pairs:
        return "permutation", min(1.0, len(pairs) * min(pairs))
    return "", NAN


def differences(
    comparisons: Sequence[Heterogeneity], tests: tuple[str, ...], inference: JudgementRule
) -> Iterator[Effect]:
    """List the slopes whose difference has a p-value; of two groups, with the difference itself."""
    verdicts = judge_differences(comparisons, tests, inference)
    for comparison in (comparison.judged for comparison in comparisons):
        fitted = [estimates for _, estimates in comparison.fitted]
        for difference in comparison.differences:
            name = difference.regressor
            verdict = verdicts[comparison.grouping, name]
            if math.isfinite(verdict.p_family):
                yield Effect(
                    (name, fitted[0].regression.outcome),
                    # A range over more than two groups has no sign, and is not an effect.
                    verdict.estimate if len(_slopes(comparison, name)) == PAIR else NAN,
                    NAN,
                    verdict.p_family,
                    sum(estimates.n for estimates in fitted),
                    grouping=comparison.grouping,
                    test=verdict.basis,
                )


def quantities(comparisons: Sequence[Heterogeneity]) -> Iterator[Quantity]:
    """List what draws of the whole study compute again: slopes in each group, then their differences."""
    for comparison in comparisons:
        grouping, fitted = comparison.grouping, comparison.judged.fitted
        names = [difference.regressor for difference in comparison.judged.differences]
        for group, estimates in fitted:
            for name in names:
                key = f"{grouping}/{group}"
                yield slope_quantity(key, estimates, name, grouping=grouping, group=group)
        for (first, left), (second, right) in combinations(fitted, 2):
            for name in names:
                minuend = ((slope(f"{grouping}/{first}", name),),)
                subtrahend = ((slope(f"{grouping}/{second}", name),),)
                yield Quantity(
                    "difference",
                    (name, left.regression.outcome),
                    (*minuend, *negate(subtrahend)),
                    float(
                        left.estimate[left.position(name)] - right.estimate[right.position(name)]
                    ),
                    NAN,
                    NAN,
                    grouping=grouping,
                    group=first,
                    other=second,
                )


Comparisons = Sequence[Heterogeneity]


def group_slopes(comparisons: Comparisons) -> Iterator[EffectAlongPath]:
    """List the slopes in each group, as they are judged."""
    for comparison in comparisons:
        for group, estimates in comparison.judged.fitted:
            yield from slopes(estimates, grouping=comparison.grouping, group=group)


def slopes_otherwise(comparisons: Comparisons, shown: Shown) -> Iterator[Wording]:
    """Say which slopes the printed errors judge otherwise, and what is left of them by default."""
    inference, judged = shown.style.inference, list(group_slopes(comparisons))
    for rule in _declared(comparisons):
        pairs = pair_verdicts(judged, group_slopes(_printed(comparisons)), inference)
        yield from compare_with_printed(pairs, rule, shown)
    if any(comparison.default is not None for comparison in comparisons):
        pairs = pair_verdicts(judged, group_slopes(_by_default(comparisons)), inference)
        yield from compare_with_defaults(pairs, shown)


def differences_otherwise(
    comparisons: Comparisons, tests: tuple[str, ...], shown: Shown
) -> Iterator[Wording]:
    """Say which differences the printed errors, or the default errors and families, judge otherwise."""
    inference = shown.style.inference
    for rule in _declared(comparisons):
        printed = differences(_printed(comparisons), tests, inference)
        pairs = pair_verdicts(differences(comparisons, tests, inference), printed, inference)
        yield from compare_with_printed(pairs, rule, shown)
    yield from compare_with_defaults(default_pairs(comparisons, tests, shown), shown)


def default_pairs(
    comparisons: Comparisons, tests: tuple[str, ...], shown: Shown
) -> tuple[Pair, ...]:
    """Judge the differences as declared, and with the default errors and families where these differ."""
    inference = shown.style.inference
    defaults = default_inference(inference)
    if inference.family == defaults.family and all(c.default is None for c in comparisons):
        return ()
    by_default = differences(_by_default(comparisons), tests, defaults)
    return pair_verdicts(differences(comparisons, tests, inference), by_default, inference)


def _declared(comparisons: Comparisons) -> list[CovarianceRule]:
    """Give the errors that judge, where other ones are printed; one rule at most."""
    declared = (c.declared for c in comparisons if c.declared is not None)
    return [estimates.covariance for judged in declared for _, estimates in judged.fitted][:1]


def _printed(comparisons: Comparisons) -> list[Heterogeneity]:
    return [replace(comparison, declared=None) for comparison in comparisons]


def _by_default(comparisons: Comparisons) -> list[Heterogeneity]:
    return [comparison.default or comparison.judged for comparison in comparisons]
