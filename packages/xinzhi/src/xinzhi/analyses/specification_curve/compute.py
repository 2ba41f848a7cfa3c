"""The specification curve: one slope under every combination of declared choices.

The regression is estimated under the product of all choices, none of them made after the results were
seen; what is read is the distribution of the slope. Simonsohn, Simmons and Nelson (2020),
doi:10.1038/s41562-020-0912-z.

The specification curve: one slope under every combination of declared choices.

Estimates of one regression under many variations of its rows, variables, effects and errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain, combinations, product
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from xinzhi.analyses.analysis import EstimationData, Given, Study
from xinzhi.analyses.equation import Equation, Errors, Frontier, drop_members
from xinzhi.analyses.implied_change import (
    Effects,
    Members,
    Percentiles,
    Window,
    gather_frontier_options,
)
from xinzhi.analyses.section import (
    BothLanguages,
    Names,
    Refers,
    Section,
    Words,
    as_list,
    as_written,
)
from xinzhi.options import Refused
from xinzhi_core.errors import MethodError, Problem, SpecError
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.batch import Batch
from xinzhi_econometrics.estimates import CovarianceRule
from xinzhi_econometrics.fit import LeastSquaresSolution, fit, infer, solve
from xinzhi_econometrics.inference import Inapplicable, Tests
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.model import Model
from xinzhi_econometrics.specification import (
    LEAST_SQUARES,
    Covariance,
    Mask,
    Regression,
    check_words,
    frame_of,
    with_errors,
)
from xinzhi_econometrics.variation import Variation, changed_regression, changes, rows_kept
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule, are_significant


def _each(value: object) -> object:
    return value if value == "each" else as_list(value)


Each = Annotated[
    Literal["each"] | tuple[Names, ...],
    BeforeValidator(_each, json_schema_input_type=str | list[object]),
]


class Choices(Section):
    """Kind of choice -> the values to try; null stands for what the regression has."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {r"^efficiency\.": {}}})

    controls: Annotated[Each | None, Refers("variables")] = None
    """each: every subset of the controls; or lists of controls."""
    effects: tuple[Effects, ...] | None = None
    """Lists of fixed effects."""
    window: tuple[Window | None, ...] | None = None
    """First and last periods."""
    covariance: tuple[Errors | None, ...] | None = None
    """Kinds of errors."""
    winsorise: tuple[Percentiles | None, ...] | None = None
    """Pairs of percentiles."""
    replace: Annotated[tuple[dict[str, str] | None, ...] | None, Refers("replacements")] = None
    """Variable -> the one that takes its place."""
    drop: Annotated[tuple[dict[str, Members] | None, ...] | None, Refers("members")] = None
    """Group, or entity, -> members left out."""
    efficiency: dict[str, tuple[object, ...]] = Field(default_factory=dict)
    """Option of the frontier -> its values: {returns_to_scale: [constant, variable]}."""

    @model_validator(mode="before")
    @classmethod
    def _dotted_options(cls, value: object) -> object:
        return gather_frontier_options(value)

    @model_validator(mode="after")
    def _something_varies(self) -> Choices:
        if not self.model_fields_set:
            raise Refused(
                message("Nothing varies."), message("name choices, such as `controls: each`.")
            )
        if any(len(groups or {}) > 1 for groups in self.drop or ()):
            raise Refused(
                message("One group is dropped at a time."),
                message("write [{{coal: non_coal}}, {{stage: growing}}]."),
            )
        return self


class SpecificationCurveSection(Section):
    """The product of choices around one regression."""

    title: BothLanguages = Words()
    """Title of the table and the chart."""
    base: Annotated[str, Refers("column")] = Field(alias="of")
    """Column of a table that is varied, such as baseline/1."""
    vary: Choices = Field(examples=[{"controls": "each"}])
    """What varies."""


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """What the curve keeps of one regression."""

    names: tuple[str, ...]
    tests: Tests
    estimate: Array
    n: int
    r2_adjusted: float
    rule: CovarianceRule
    size: tuple[int, int]
    """Entities and periods."""


def estimate_all(
    frame: pd.DataFrame, regression: Regression, variations: tuple[Variation, ...]
) -> list[Specification | Inapplicable]:
    """Estimate a regression under each variation, in their order.

    Raises
    ------
    SpecError, DataError
        A variation names what is not there, or leaves no row.
    """
    if regression.estimator == LEAST_SQUARES:
        return _least_squares(frame, regression, variations)
    return [estimate(frame, regression, variation) for variation in variations]


def estimate(
    frame: pd.DataFrame, regression: Regression, variation: Variation
) -> Specification | Inapplicable:
    """Estimate a regression under one variation; where that fails, say why.

    Raises
    ------
    SpecError, DataError
        The variation names what is not there.
    """
    try:
        fitted = fit(*changes(frame, regression, variation))
    except MethodError as error:
        return _refusal(variation, error)
    assert isinstance(fitted.residuals.index, pd.MultiIndex)
    return Specification(
        fitted.names,
        Tests(fitted.std_error, fitted.statistic, fitted.p_value, fitted.ci_low, fitted.ci_high),
        fitted.estimate,
        fitted.n,
        fitted.fit.r2_adjusted,
        fitted.covariance,
        _size(fitted.residuals.index),
    )


def _least_squares(
    frame: pd.DataFrame, regression: Regression, variations: tuple[Variation, ...]
) -> list[Specification | Inapplicable]:
    """Estimate all variations from arrays that they share; the frame is read once.

    Regressions on the same rows and effects are done one after the other, since their columns are
    partialled out once; those that differ in their errors alone share coefficients and residuals.
    """
    changed = [changed_regression(frame, regression, variation) for variation in variations]
    # An unknown word is a slip in the choices, and not a specification that failed.
    for asked in changed:
        check_words(asked)
    batch = Batch(frame, changed)
    by_rows = {(variation.window, variation.drop): variation for variation in variations}
    masks = {key: rows_kept(frame, variation) for key, variation in by_rows.items()}

    def rows_of(i: int) -> Mask:
        return batch.rows(changed[i], masks[variations[i].window, variations[i].drop])

    # Rows are compared by a digest: different choices may leave the same ones.
    shared: dict[object, dict[object, list[int]]] = {}
    for i, asked in enumerate(changed):
        same_rows = (blake2b(rows_of(i).tobytes()).digest(), asked.effects)
        same_columns = (variations[i].winsorise, asked.outcome, asked.regressors, asked.controls)
        shared.setdefault(same_rows, {}).setdefault(same_columns, []).append(i)
    results: dict[int, Specification | Inapplicable] = {}
    for members in (members for groups in shared.values() for members in groups.values()):
        first = members[0]
        try:
            model = batch.model(changed[first], rows_of(first), variations[first].winsorise)
            solution = solve(model)
        except MethodError as error:
            results |= {i: _refusal(variations[i], error) for i in members}
            continue
        size = _size(model.sample.index)
        for i in members:
            try:
                with_errors = batch.with_errors(model, changed[i].covariance)
                results[i] = _specification(with_errors, solution, size)
            except MethodError as error:
                results[i] = _refusal(variations[i], error)
    return [results[i] for i in range(len(variations))]


def _refusal(variation: Variation, error: MethodError) -> Inapplicable:
    return Inapplicable(variation.name, error.problems[0].what)


def _specification(
    model: Model, solution: LeastSquaresSolution, size: tuple[int, int]
) -> Specification:
    inference = infer(model, solution)
    return Specification(
        solution.names,
        inference.tests,
        solution.slopes,
        len(model.outcome),
        model.adjusted_r2(solution.solved.residuals),
        inference.rule,
        size,
    )


def _size(index: pd.MultiIndex) -> tuple[int, int]:
    """Count the entities and periods."""
    entities, periods = (len(np.unique(np.asarray(codes))) for codes in index.codes)
    return entities, periods


CHOICES = ("controls", "effects", "window", "covariance", "replace", "drop", "winsorise")
MOST = 20_000
"""Combinations beyond which a curve is refused."""
Values = dict[str, tuple[object, ...]]
Panels = tuple[CovarianceRule, int, int]
"""Errors, entities and periods of specifications."""


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationCurve(InNotebook):
    """Estimates of the variables of interest under all combinations."""

    table: pd.DataFrame
    """A row a specification and variable: the choices, estimate, std_error, p_value, ci_low,
    ci_high, n, r2_adjusted, repaired; sorted by variable and estimate."""
    n_specifications: int
    refused: tuple[Inapplicable, ...]
    """Combinations that could not be estimated, with their reasons."""
    rules: tuple[CovarianceRule, ...] = ()
    """Errors of the specifications, one rule for each kind."""
    panels: tuple[Panels, ...] = ()
    """Panels of the specifications, each combination once."""

    @property
    def n_repaired(self) -> int:
        """Specifications whose two-way covariance had negative eigenvalues, set to 0."""
        if self.table.empty:
            return 0
        return int(self.table.loc[self.table["repaired"], "specification"].nunique())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a specification and variable of interest."""
        return self.table

    def summary(self, inference: JudgementRule = CUSTOMARY) -> pd.DataFrame:
        """Return one row a variable: median, range, share positive, share significant."""
        groups = self.table.groupby("name", sort=False)
        return pd.DataFrame(
            {
                "n": groups.size(),
                "median": groups["estimate"].median(),
                "low": groups["estimate"].min(),
                "high": groups["estimate"].max(),
                "share_positive": groups["estimate"].agg(lambda b: float(np.mean(b > 0))),
                "share_significant": groups[["estimate", "p_value"]].apply(
                    lambda part: share_significant(part, inference)
                ),
            }
        )


def share_significant(part: pd.DataFrame, inference: JudgementRule) -> float:
    """Give the share of specifications whose slope is significant."""
    return float(are_significant(part["estimate"], part["p_value"], inference).mean())


def subsets(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """List every subset, from none to all: what `controls: each` means.

    >>> subsets(("a", "b"))
    ((), ('a',), ('b',), ('a', 'b'))
    """
    sizes = range(len(names) + 1)
    return tuple(chain.from_iterable(combinations(names, size) for size in sizes))


def specification_curve(
    data: Panel | pd.DataFrame,
    regression: Regression,
    choices: Mapping[str, tuple[object, ...]],
) -> SpecificationCurve:
    """Estimate the product of all choices.

    Parameters
    ----------
    choices
        Kind of choice (`controls, effects, window, covariance, replace, drop, winsorise`) -> the
        values that a `Variation` takes there; None keeps what the regression has.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), doi:10.1038/s41562-020-0912-z.
    """
    _check(choices)
    combined = list(product(*choices.values()))
    variations = tuple(
        _variation(dict(zip(choices, values, strict=True)), number)
        for number, values in enumerate(combined)
    )
    frame = frame_of(data)
    regression = with_errors(frame, regression)
    estimates = estimate_all(frame, regression, variations)
    pairs = [
        (variation, specification)
        for variation, specification in zip(variations, estimates, strict=True)
        if isinstance(specification, Specification)
    ]
    return SpecificationCurve(
        _table(pairs, regression, tuple(choices)),
        len(combined),
        tuple(refusal for refusal in estimates if isinstance(refusal, Inapplicable)),
        _distinct_rules(specification.rule for _, specification in pairs),
        _distinct_panels((specification.rule, *specification.size) for _, specification in pairs),
    )


def _table(
    pairs: Sequence[tuple[Variation, Specification]],
    regression: Regression,
    choices: tuple[str, ...],
) -> pd.DataFrame:
    """Set the specifications out, a row each variable of interest, under its name in the regression."""
    rows = []
    for variation, specification in pairs:
        tests = specification.tests
        for name in regression.regressors:
            j = specification.names.index(variation.replace.get(name, name))
            rows.append(
                {
                    "specification": int(variation.name),
                    "name": name,
                    **{choice: _in_words(getattr(variation, choice)) for choice in choices},
                    "estimate": float(specification.estimate[j]),
                    "std_error": float(tests.std_error[j]),
                    "p_value": float(tests.p_value[j]),
                    "ci_low": float(tests.ci_low[j]),
                    "ci_high": float(tests.ci_high[j]),
                    "n": specification.n,
                    "r2_adjusted": specification.r2_adjusted,
                    "repaired": specification.rule.was_repaired,
                }
            )
    return _sorted(pd.DataFrame(rows), regression.regressors)


def _sorted(table: pd.DataFrame, regressors: tuple[str, ...]) -> pd.DataFrame:
    """Sort by variable, in the order of the regression, then by estimate."""
    if table.empty:
        return table
    order = {name: i for i, name in enumerate(regressors)}
    return table.sort_values(
        ["name", "estimate", "specification"],
        key=lambda column: column.map(order) if column.name == "name" else column,
        kind="stable",
        ignore_index=True,
    )


def _distinct_panels(panels: Iterable[Panels]) -> tuple[Panels, ...]:
    """Keep the first of each kind of errors and size of panel."""
    first: dict[object, Panels] = {}
    for rule, entities, periods in panels:
        names = tuple(name for name, _ in rule.clusters)
        first.setdefault((rule.kind, names, entities, periods), (rule, entities, periods))
    return tuple(first.values())


def _distinct_rules(rules: Iterable[CovarianceRule]) -> tuple[CovarianceRule, ...]:
    """Keep the first rule of each kind of errors: numbers of clusters differ by sample."""
    first: dict[object, CovarianceRule] = {}
    for rule in rules:
        names = tuple(name for name, _ in rule.clusters)
        first.setdefault((rule.kind, names, rule.is_default), rule)
    return tuple(first.values())


def _check(choices: Mapping[str, tuple[object, ...]]) -> None:
    unknown = [name for name in choices if name not in CHOICES]
    if unknown:
        text = message("'{name}' cannot be varied.", name=unknown[0])
        remedy = message("vary {known}.", known=", ".join(CHOICES))
        raise SpecError(Problem("curve.choice", text, remedy=remedy))
    # In floats, which do not overflow where far too many combinations are asked for.
    count = int(np.prod([len(values) for values in choices.values()], dtype=float))
    if not 0 < count <= MOST:
        text = message(
            "The choices make {n} specifications.",
            one="The choices make {n} specification.",
            n=count,
        )
        remedy = message("name between 1 and {most} combinations.", most=MOST)
        raise SpecError(Problem("curve.size", text, remedy=remedy))


def _variation(chosen: Mapping[str, object], number: int) -> Variation:
    changes = {name: value for name, value in chosen.items() if value is not None}
    return replace(Variation(name=str(number)), **changes)  # type: ignore[arg-type]


def _in_words(value: object) -> str:
    """Say a choice in the words of the study file."""
    if value is None:
        return ""
    if isinstance(value, Covariance):
        return " ".join((value.kind, *value.clusters))
    if isinstance(value, Mapping):
        return ", ".join(f"{new} for {old}" for old, new in value.items())
    if isinstance(value, tuple):
        # "-" is the empty list, such as no controls; an empty cell is what the regression has.
        return ", ".join(str(part) for part in value) or "-"
    return str(value)


def curve_in_study(
    section: SpecificationCurveSection, equation: Equation, given: Given
) -> SpecificationCurve:
    """Estimate every combination; each frontier is a curve of its own, then they are joined."""
    choices = _choices(section.vary, given.study, equation.regression.controls)
    curves = [
        (
            frontier,
            _curve(
                equation, given.frame(data_of(section, equation, frontier, given.study)), choices
            ),
        )
        for frontier in frontiers(section.vary)
    ]
    return _join(curves, equation.regression.regressors)


def frontiers(vary: Choices) -> Iterator[Frontier]:
    """List the frontiers under which the scores are measured."""
    for values in product(*vary.efficiency.values()):
        yield tuple(zip(vary.efficiency, values, strict=True))


def data_of(
    section: SpecificationCurveSection, equation: Equation, frontier: Frontier, study: Study
) -> EstimationData:
    """Ask for the data of all combinations under one frontier."""
    variables, keys = _columns(section.vary, study)
    return EstimationData(
        (*equation.variables, *variables),
        keys=(*equation.keys, *keys),
        frontier=tuple({**dict(equation.frontier), **dict(frontier)}.items()),
    )


def _choices(vary: Choices, study: Study, controls: tuple[str, ...]) -> Values:
    """Choices as a variation takes them."""
    choices: Values = {}
    if vary.controls == "each":
        choices["controls"] = subsets(controls)
    elif vary.controls is not None:
        choices["controls"] = tuple(study.expand(names) for names in vary.controls)
    for kind in ("effects", "window", "covariance", "winsorise", "replace"):
        values = getattr(vary, kind)
        if values is not None:
            choices[kind] = values
    if vary.drop is not None:
        choices["drop"] = tuple(map(_dropped, vary.drop))
    return choices


def _dropped(groups: Mapping[str, Members] | None) -> tuple[str, tuple[str, ...]] | None:
    """Take the one group whose members are left out; the section refuses several."""
    for name, members in (groups or {}).items():
        return name, tuple(map(as_written, members))
    return None


def _columns(vary: Choices, study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the variables that the choices bring in, and the effects, clusters and groupings."""
    lists = () if vary.controls is None or vary.controls == "each" else vary.controls
    variables = [name for names in lists for name in study.expand(names)]
    variables += [new for change in vary.replace or () for new in (change or {}).values()]
    keys = [name for names in vary.effects or () for name in names]
    keys += [name for errors in vary.covariance or () if errors for name in errors.clusters]
    keys += [name for groups in vary.drop or () for name in groups or ()]
    return tuple(dict.fromkeys(variables)), tuple(dict.fromkeys(keys))


def _curve(equation: Equation, data: pd.DataFrame, choices: Values) -> SpecificationCurve:
    frame, regression = equation.applied(data)
    dropped = [group for group in choices.get("drop", ()) if isinstance(group, tuple)]
    for group in dropped:
        drop_members(frame, (group,))  # Refuses members that are not in the data.
    if "drop" in choices:
        # A variation drops by a column: entities stand in one as well.
        frame = frame.assign(entity=frame.index.get_level_values(0))
    curve = specification_curve(frame, regression, choices)
    if "drop" not in curve.table:
        return curve
    # Members are dropped in the words of the study file: `region: West`.
    words = {f"{name}, {members}": f"{name}: {', '.join(members)}" for name, members in dropped}
    return replace(curve, table=curve.table.assign(drop=curve.table["drop"].replace(words)))


def _join(
    curves: list[tuple[Frontier, SpecificationCurve]], regressors: tuple[str, ...]
) -> SpecificationCurve:
    """Put the curves of all frontiers into one, sorted by variable and estimate."""
    if len(curves) == 1 and not curves[0][0]:
        return curves[0][1]
    tables, count = [], 0
    for frontier, curve in curves:
        options = {f"efficiency.{option}": str(value) for option, value in frontier}
        # Numbers of specifications go on from curve to curve, so that each stays unique.
        numbers = (
            {"specification": curve.table["specification"] + count} if len(curve.table) else {}
        )
        tables.append(curve.table.assign(**numbers, **options))
        count += curve.n_specifications
    return SpecificationCurve(
        _sorted(pd.concat(tables, ignore_index=True), regressors),
        count,
        tuple(refusal for _, curve in curves for refusal in curve.refused),
        _distinct_rules(rule for _, curve in curves for rule in curve.rules),
        _distinct_panels(panel for _, curve in curves for panel in curve.panels),
    )
