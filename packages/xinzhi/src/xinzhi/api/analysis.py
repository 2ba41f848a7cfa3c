"""Functions of analyses, made from the options that they declare.

A function takes data, a regression and the options of the section in the study file under the same
names; its result is that of a study with these data and this regression.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import (
    ANALYSES,
    AnyAnalysis,
    EstimationData,
    Given,
    Origin,
    Shown,
    base_key,
    draw_problems,
    offered,
)
from xinzhi.analyses.capabilities import OfFiles, OfScore, TableOfColumns
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.regressions.compute import estimate
from xinzhi.analyses.regressions.section import equations_of
from xinzhi.analyses.section import Refers, Section, as_written
from xinzhi.analyses.unavailable import Failure, Unavailable
from xinzhi.api.declared import (
    Data,
    Keyword,
    insert_keywords,
    keywords_of,
    names_of,
    panel_and_order,
    signature_of,
)
from xinzhi.api.fits import InstrumentedFit, RegressionFit, basis_of, with_formulas
from xinzhi.api.regression import (
    REGRESSION,
    key_of,
    refuse_unusable,
    regression_of,
    require,
    validate,
)
from xinzhi.present.style import Style
from xinzhi.study.outlines import content_of, read_outline
from xinzhi_core.errors import (
    DataError,
    Problem,
    SpecError,
    StudyError,
    Where,
)
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.vocabulary import bounds_word
from xinzhi_core.wording import Label, Wording, message
from xinzhi_econometrics.diagnostics.error_tests import with_advice_when_read
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.specification import Regression, check_words, with_errors
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule
from xinzhi_panel.columns.keys import Key, keyed
from xinzhi_panel.io.files import Files

CALL: Mapping[str, Keyword] = MappingProxyType(
    {
        "seed": Keyword(int, 0, "Start of all random draws."),
        "entity": Keyword(
            Key | None, None, "Column or index level of a frame that names its rows."
        ),
        "period": Keyword(Key | None, None, "The same for the period."),
    }
)
"""Keywords of a call, for which a study file has no key."""
BASE = "the regression"
"""Name of the only column of the only table of a call."""
MEASURED = "efficiency"
"""Key of the analysis that measures scores."""
SCORE = "score"
"""Name of the only score of a call."""


@dataclass(frozen=True, slots=True)
class OneRegression:
    """The study that a call stands for: one regression, no sets, no labels."""

    base_equation: Equation
    seed: int
    measurement: object = None
    """Options of the one score, of an analysis that reads what a score is measured on."""
    inference: JudgementRule = CUSTOMARY
    """Customary, but for the level of the intervals of one regression."""

    @property
    def first_column(self) -> str:
        """Name the one regression."""
        return BASE

    @property
    def style(self) -> Style:
        """Give the default style."""
        return Style()

    @property
    def groupings(self) -> tuple[str, ...]:
        """List no groupings: a call names columns."""
        return ()

    def origin(self, variable: str) -> Origin:
        """Take a variable untransformed from the data."""
        return Origin(variable, "none")

    def equation(self, reference: str | None) -> Equation:
        """Give the one regression."""
        assert reference == BASE
        return self.base_equation

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Keep each name once: there are no sets."""
        return tuple(dict.fromkeys(names))

    def column_title(self, reference: str) -> tuple[Wording, int]:
        """Name the one regression by its outcome."""
        assert reference == BASE
        title = message("{outcome}: regressions", outcome=self.base_equation.regression.outcome)
        return title, 1

    def members(self, grouping: str) -> tuple[str, ...]:
        """Leave the order of members to the data."""
        del grouping
        return ()

    def group_label(self, grouping: str) -> Label:
        """Name a grouping by its column."""
        return Label(grouping)

    def member_label(self, grouping: str, member: str) -> Wording:
        """Name a member as in the data."""
        del grouping
        return Label(member)

    def memberships(self, grouping: str, panel: Panel) -> pd.Series:
        """Give each row its value in a column."""
        panel.require((grouping,))
        return panel.frame[grouping].map(as_written, na_action="ignore")

    def section(self, key: str, name: str) -> object:
        """Give the options of the only score; a call has no other analyses."""
        return self.measurement if (key, name) == (MEASURED, SCORE) else None

    def sections(self, key: str) -> Mapping[str, object]:
        """List no other analyses."""
        del key
        return {}

    def column_label(self, column: str) -> Label:
        """Name a column by itself."""
        return Label(column)

    def score_label(self, score: str) -> Wording:
        """Name a score by its column."""
        return Label(score)

    def label(self, variable: str) -> Label:
        """Name a variable by its column."""
        return Label(variable)


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """A result, and what it shows."""

    result: object
    exhibits: Exhibits
    notices: tuple[Notice, ...]
    failures: tuple[Failure, ...]


def analyse_data(key: str, data: Panel, **words: object) -> Analysed:
    """Run an analysis, and show the result as a report does."""
    call = _call(key, data, words)
    analysis, section, result = call.analysis, call.section, _result(call)
    labels: dict[str, Wording] = {name: data.label(name) for name in map(str, data.frame)}
    shown = Shown(
        analysis.id or key, analysis.title, call.study, Style(labels), data, {key: {key: result}}
    )
    return Analysed(
        result,
        analysis.show(section, result, shown),
        tuple(analysis.notices(result)),
        tuple(analysis.failures(result)),
    )


def estimate_one(data: Data, level: float, **words: Any) -> RegressionFit | InstrumentedFit:
    """Estimate one regression by the keywords of `xinzhi.regress`, with intervals of a level."""
    call = _call("tables", data, words)
    judging = replace(CUSTOMARY, level=1.0 - level)
    (equation,) = equations_of(call.section, replace(call.study, inference=judging))
    frame, regression = equation.applied(call.given.frame(EstimationData.of(equation)))
    # A copy of the columns that are read: predictions and tests, which are computed when they are asked
    # for, are those of the data as they were now.
    frame = frame[[name for name in frame.columns if name in set(equation.columns)]].copy()
    estimates = estimate(frame, regression, equation, with_advice_when_read)
    keys = (words.get("entity"), words.get("period"))
    if isinstance(estimates, Instrumented):
        return InstrumentedFit.of(estimates, basis_of(estimates.estimates, frame, keys))
    return RegressionFit.of(estimates, basis_of(estimates, frame, keys))


def verb_of(key: str) -> Callable[..., object]:
    """Make the function of an analysis."""
    analysis, keywords = ANALYSES.get(key), keywords_of_verb(key)

    def verb(data: Data, **words: object) -> object:
        return _result(_call(key, data, words))

    verb.__name__ = verb.__qualname__ = analysis.verb
    verb.__doc__ = insert_keywords(inspect.getdoc(analysis) or "", keywords)
    verb.__module__ = __name__
    vars(verb)["__signature__"] = signature_of(keywords)
    return verb


def keywords_of_verb(key: str) -> dict[str, Keyword]:
    """List the keywords: regression, measurement, options, and those that all functions share."""
    analysis = ANALYSES.get(key)
    return {
        **_regression_keywords(analysis),
        **_score_keywords(analysis),
        **options_of(analysis),
        **CALL,
    }


def _regression_keywords(analysis: AnyAnalysis) -> Mapping[str, Keyword]:
    """List the keywords of the regression from which an analysis starts; none where it has none."""
    if "base" not in offered(analysis).model_fields:
        return {}
    if _needs_regressors(offered(analysis)):
        return REGRESSION
    regressors = replace(REGRESSION["regressors"], default=())
    return {**REGRESSION, "regressors": regressors}


def _needs_regressors(options: type[Section]) -> bool:
    """Whether the regression from which an analysis starts must have a regressor: as its option says."""
    base = options.model_fields.get("base")
    marks = base.metadata if base is not None else ()
    return all(mark.needs_regressors for mark in marks if isinstance(mark, Refers))


def _score_keywords(analysis: AnyAnalysis) -> Mapping[str, Keyword]:
    """List the keywords of the score whose inputs and outputs an analysis reads; none where it has none.

    Optional ones are None where they are left out: a measure has usual ones of its own.
    """
    if not isinstance(analysis, OfScore):
        return {}
    return {
        name: option if option.is_required else replace(option, default=analysis.usual.get(name))
        for name, option in options_of(ANALYSES.get(MEASURED)).items()
    }


def options_of(analysis: AnyAnalysis) -> dict[str, Keyword]:
    """List the options of an analysis by their names in the study file."""
    stated = {analysis.measured} if isinstance(analysis, OfScore) else set()
    return keywords_of(offered(analysis), {*analysis.shown_only, *stated, "base"})


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """A call with checked arguments: the analysis, its options, the study and the data."""

    analysis: AnyAnalysis
    section: Any
    study: OneRegression
    given: Given


def _call(key: str, data: Data, words: Mapping[str, object]) -> _Call:
    """Check the keywords of a call and gather the data that the analysis reads."""
    analysis = ANALYSES.get(key)
    bound = signature_of(keywords_of_verb(key)).bind(data, **words)
    bound.apply_defaults()
    asked = bound.arguments
    # Only what was given: an option that has no effect is refused even where it repeats its default.
    options = {n: asked[n] for n in options_of(analysis) if n in words}
    section = _section(analysis, options)
    if isinstance(analysis, TableOfColumns):
        section = analysis.section_of(section)
    measured = {n: asked[n] for n in _score_keywords(analysis) if asked[n] is not None}
    if "returns_to_scale" in measured:
        measured["returns_to_scale"] = bounds_word(measured["returns_to_scale"])
    measurement = _section(ANALYSES.get(MEASURED), measured) if measured else None
    keys = (asked["entity"], asked["period"])
    regression = Regression("", ())
    # An option of the analysis may have the name of one of the errors: `lag` of a moderation.
    if words_of_regression := {name: asked[name] for name in _regression_keywords(analysis)}:
        instruments = asked.get("instruments") or {}
        further = [name for names in instruments.values() for name in names_of(names)]
        data, regression = with_formulas(data, regression_of(words_of_regression), further, keys)
    study = OneRegression(
        Equation(regression, declared=regression.covariance), asked["seed"], measurement
    )
    _refuse(analysis, section, study)
    return _Call(analysis, section, study, _gather(analysis, section, study, data, keys))


def _gather(
    analysis: AnyAnalysis,
    section: object,
    study: OneRegression,
    data: Data,
    keys: tuple[Key | None, Key | None],
) -> Given:
    """Gather the data that an analysis reads; names that are not there are an error."""
    frame = keyed(data, *keys)
    reads = analysis.reads(section, study)
    in_units = (*reads.panel, *reads.groupings)
    require((*(name for data in reads.data for name in data.columns), *in_units), frame)
    frame = frame.frame if isinstance(frame, Panel) else frame
    # Inputs and outputs are checked where they are measured, with remedies of their own.
    in_own_units = () if isinstance(analysis, OfScore) else reads.panel
    variables = (name for data in reads.data for name in (*data.variables, *data.as_measured))
    refuse_unusable(frame, (*variables, *in_own_units))
    if study.base_equation.regression.outcome:
        asked = with_errors(frame, study.base_equation.regression)
        check_words(asked, needs_regressor=_needs_regressors(offered(analysis)))
    frames = dict.fromkeys(reads.data, frame)
    if not in_units:
        return Given(study, frames)
    panel, _ = panel_and_order(data, *keys)
    with Files(Path()) as opened:
        files = {name: content_of(name, opened, analysis.verb) for name in reads.files}
    problems = list(analysis.inspect(section, study, panel))
    if isinstance(analysis, OfFiles):
        problems += analysis.inspect_files(section, files)
        # Names are looked at in files that can be read.
        problems += () if problems else analysis.inspect_names(section, files, panel)
    if errors := [problem for problem in problems if problem.severity != "warning"]:
        raise DataError(errors)
    return Given(
        study,
        frames,
        columns=panel,
        members={name: study.memberships(name, panel) for name in reads.groupings},
        outlines={name: read_outline(name, panel.entities) for name in reads.outlines},
        files=files,
    )


def _result(call: _Call) -> object:
    """Compute; if the requested part failed, raise its errors."""
    result = call.analysis.compute(call.section, call.given)
    failures = call.analysis.failures(result)
    failed = [failure for failure in failures if isinstance(failure, Unavailable)]
    # A call for one part of a section has no other part to return.
    if isinstance(call.analysis, TableOfColumns) and failed:
        raise StudyError(problem for failure in failed for problem in failure.problems)
    return result


def _section(analysis: AnyAnalysis, words: Mapping[str, Any]) -> Any:
    base = {base_key(analysis): BASE} if "base" in offered(analysis).model_fields else {}
    if isinstance(analysis, OfScore):
        base[analysis.measured] = SCORE
    options, given = offered(analysis), {**base, **words}
    return validate(lambda: options.model_validate(given), analysis.verb, options)


def _refuse(analysis: AnyAnalysis, section: Any, study: OneRegression) -> None:
    """Raise the errors of the analysis itself, and refuse options of the frontier: a call has no scores."""
    problems = [
        replace(problem, where=replace(problem.where, key=key_of(place)))
        for place, problem in (
            *analysis.problems(section, study),
            *draw_problems(analysis, section, study),
        )
    ]
    reads = analysis.reads(section, study)
    options = {option for data in reads.data for option, _ in data.frontier}
    problems += [
        Problem(
            "study.no_effect",
            message("No variable of this column is a score, so no frontier can be changed."),
            Where(key=f"efficiency.{option}"),
            message("remove the option, or regress a score."),
        )
        for option in sorted(options)
    ]
    if problems:
        raise SpecError(problems)
