"""Verbs of analyses, made from the options that they declare.

A verb takes data, a regression and the options of the section in the study file under the same
names; it gives the result that a study with these data and this regression gives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Origin, Shown, base_key
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.members import as_written
from xinzhi.analyses.unavailable import Failure, Unavailable
from xinzhi.api.arguments import Data, Names, panel_and_order
from xinzhi.api.declared import plain, with_parameters
from xinzhi.api.keys import Key, keyed
from xinzhi.api.of_study import verb_of_study
from xinzhi.api.regression import BOTH, regression_of
from xinzhi.errors import DataError, MissingColumn, Problem, SpecError, StudyError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.present.style import Style
from xinzhi.problems import missing_key
from xinzhi.regression.specification import Regression
from xinzhi.report.exhibits import shown_alone
from xinzhi.study.analyse import analyse
from xinzhi.study.file.load import described
from xinzhi.study.outlines import outline_of_file
from xinzhi.study.result import StudyResult
from xinzhi.vocabulary import bounds_word
from xinzhi.wording import Label, Wording, message

REGRESSION: Mapping[str, tuple[Any, Any]] = {
    "outcome": (str, inspect.Parameter.empty),
    "regressors": (Names, inspect.Parameter.empty),
    "controls": (Names, ()),
    "effects": (Names, BOTH),
    "covariance": (str | None, None),
    "cluster": (Names, ()),
}
"""Keywords of the regression from which an analysis starts: type and default."""
DATA: Mapping[str, tuple[Any, Any]] = {
    "seed": (int, 0),
    "entity": (Key | None, None),
    "period": (Key | None, None),
}
ABOUT: Mapping[str, str] = {
    "data": "A panel, or a frame whose keys are named or told by `entity` and `period`.",
    "outcome, regressors, controls, effects, covariance, cluster": "The regression, as in `xinzhi.fit`.",
    "seed": "Start of all random draws.",
    "entity, period": "Columns or index levels of a frame.",
}
BASE = "the regression"
"""What the one column of the one table of a verb is called."""
MEASURED = "efficiency"
"""Key of the analysis that measures scores."""
SCORE = "score"
"""What the one score of a verb is called."""


@cache
def verbs() -> Mapping[str, Callable[..., Any]]:
    """Make the verbs of all analyses."""
    return MappingProxyType(
        {
            analysis.verb: verb_of_study(key) if analysis.reads_results else verb_of(key)
            for key, analysis in ANALYSES
            if analysis.verb and not analysis.is_written_by_hand
        }
    )


@dataclass(frozen=True, slots=True)
class OneRegression:
    """The study of a verb: one regression, no sets, no labels."""

    equation_: Equation
    seed: int
    measurement: Any = None
    """Options of the one score, of an analysis that reads what a score is measured on."""

    @property
    def first_column(self) -> str:
        """Name the one regression."""
        return BASE

    @property
    def style(self) -> Style:
        """Write as where nothing is declared."""
        return Style()

    @property
    def groupings(self) -> tuple[str, ...]:
        """List no groupings: a verb names columns."""
        return ()

    def origin(self, variable: str) -> Origin:
        """Take a variable as it stands in the data."""
        return Origin(variable, "none")

    def equation(self, reference: str | None) -> Equation:
        """Give the one regression."""
        assert reference == BASE
        return self.equation_

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Keep each name once: there are no sets."""
        return tuple(dict.fromkeys(names))

    def column_title(self, reference: str) -> tuple[Wording, int]:
        """Name the one regression by its outcome."""
        assert reference == BASE
        title = message("{outcome}: regressions", outcome=self.equation_.regression.outcome)
        return title, 1

    def members(self, grouping: str) -> tuple[str, ...]:
        """Leave the order of members to the data."""
        del grouping
        return ()

    def group_label(self, grouping: str) -> Label:
        """Call a grouping by its column."""
        return Label(grouping)

    def member_label(self, grouping: str, member: str) -> Wording:
        """Call a member as the data do."""
        del grouping
        return Label(member)

    def memberships(self, grouping: str, panel: Panel) -> pd.Series:
        """Give each row its value in a column."""
        panel.require((grouping,))
        return panel.frame[grouping].map(as_written, na_action="ignore")

    def section(self, key: str, name: str) -> Any:
        """Give the options of the one score; a verb has no other analyses."""
        return self.measurement if (key, name) == (MEASURED, SCORE) else None

    def sections(self, key: str) -> Mapping[str, Any]:
        """List no other analyses."""
        del key
        return {}

    def score_label(self, score: str) -> Wording:
        """Call a score by its column."""
        return Label(score)

    def label(self, variable: str) -> Label:
        """Call a variable by its column."""
        return Label(variable)


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """A result, and what it shows."""

    result: Any
    exhibits: Exhibits
    notices: tuple[Notice, ...]
    failures: tuple[Failure, ...]


def analysed(key: str, data: Panel, **words: Any) -> Analysed:
    """Run an analysis by its verb, and show the result as a report does."""
    analysis, section, study, result = _result(key, data, words)
    labels: dict[str, Wording] = {name: data.label(name) for name in map(str, data.frame)}
    shown = Shown(
        analysis.id or key, analysis.title, study, Style(labels), data, {key: {key: result}}
    )
    return Analysed(
        result,
        analysis.show(section, result, shown),
        tuple(analysis.notices(result)),
        tuple(analysis.failures(result)),
    )


def analysed_of_study(key: str, study: StudyResult, **words: Any) -> Analysed:
    """Run an analysis that reads results of others, and show the result as a report does."""
    found = analyse(study, key, words)
    result = found.results[key][key]
    failures = tuple(ANALYSES.get(key).failures(result))
    return Analysed(result, shown_alone(found, key).exhibits, found.notices, failures)


def verb_of(key: str) -> Callable[..., Any]:
    """Make the verb of an analysis."""
    analysis = ANALYSES.get(key)

    def verb(data: Data, **words: Any) -> Any:
        return _result(key, data, words)[-1]

    verb.__name__ = verb.__qualname__ = analysis.verb
    verb.__doc__ = _documented(analysis)
    verb.__module__ = __name__
    vars(verb)["__signature__"] = signature_of(analysis)
    return verb


def signature_of(analysis: Analysis[Any, Any]) -> inspect.Signature:
    """List the keywords: data, regression, options, and what all verbs share."""
    options, regression = options_of(analysis), _regression(analysis)
    measurement = _measurement(analysis)
    data = inspect.Parameter("data", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Data)
    return inspect.Signature(
        [
            data,
            *_keywords(regression, required=True),
            *_keywords(measurement, required=True),
            *_keywords(options, required=True),
            *_keywords(regression, required=False),
            *_keywords(measurement, required=False),
            *_keywords(options, required=False),
            *_keywords(DATA, required=False),
        ]
    )


def _regression(analysis: Analysis[Any, Any]) -> Mapping[str, tuple[Any, Any]]:
    """List the keywords of the regression from which an analysis starts; none where it has none."""
    return REGRESSION if "base" in analysis.offered.model_fields else {}


def _measurement(analysis: Analysis[Any, Any]) -> Mapping[str, tuple[Any, Any]]:
    """List the keywords of the score whose inputs and outputs an analysis reads; none where it has none.

    Optional ones are None where they are left out: a measure has usual ones of its own.
    """
    if not analysis.measured:
        return {}
    empty = inspect.Parameter.empty
    return {
        name: (kind, empty if default is empty else analysis.usual.get(name))
        for name, (kind, default) in options_of(ANALYSES.get(MEASURED)).items()
    }


def _result(
    key: str, data: Data, words: Mapping[str, Any]
) -> tuple[Analysis[Any, Any], Any, OneRegression, Any]:
    analysis = ANALYSES.get(key)
    bound = signature_of(analysis).bind(data, **words)
    bound.apply_defaults()
    asked = bound.arguments
    options = {n: asked[n] for n in options_of(analysis) if n in words}
    section = analysis.section_of(_section(analysis, options))
    regression = {n: asked[n] for n in _regression(analysis)}
    equation = Equation(regression_of(**regression) if regression else Regression("", ()))
    measured = {n: asked[n] for n in _measurement(analysis) if asked[n] is not None}
    if "returns_to_scale" in measured:
        measured["returns_to_scale"] = bounds_word(measured["returns_to_scale"])
    measurement = _section(ANALYSES.get(MEASURED), measured) if measured else None
    study = OneRegression(equation, asked["seed"], measurement)
    _refuse(analysis, section, study)
    frame = keyed(data, asked["entity"], asked["period"])
    reads = analysis.reads(section, study)
    in_units = (*reads.panel, *reads.groupings)
    _require((*(name for one in reads.data for name in one.columns), *in_units), frame)
    table = frame.frame if isinstance(frame, Panel) else frame
    panel = None
    if in_units:
        panel, _ = panel_and_order(data, asked["entity"], asked["period"])
        _inspect(analysis, section, study, panel)
    given = Given(
        study,
        dict.fromkeys(reads.data, table),
        columns=panel,
        members={name: study.memberships(name, panel) for name in reads.groupings} if panel else {},
        outlines={name: outline_of_file(name, panel.entities) for name in reads.outlines}
        if panel
        else {},
    )
    return analysis, section, study, _one(analysis, analysis.compute(section, given))


def _one(analysis: Analysis[Any, Any], result: Any) -> Any:
    """Refuse the one part that was asked for where it has no answer; other results keep their parts."""
    failed = [one for one in analysis.failures(result) if isinstance(one, Unavailable)]
    if analysis.called is not None and failed:
        raise StudyError(problem for one in failed for problem in one.problems)
    return result


def _keywords(
    options: Mapping[str, tuple[Any, Any]], *, required: bool
) -> Iterator[inspect.Parameter]:
    for name, (kind, default) in options.items():
        if (default is inspect.Parameter.empty) == required:
            yield inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
            )


def options_of(analysis: Analysis[Any, Any]) -> dict[str, tuple[Any, Any]]:
    """List the keywords of an analysis: type and default by its name in the study file."""
    return {
        name: (
            plain(field.annotation),
            inspect.Parameter.empty
            if field.is_required()
            else field.get_default(call_default_factory=True),
        )
        for name, field in _fields(analysis)
    }


def _fields(analysis: Analysis[Any, Any]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in analysis.offered.model_fields.items():
        if name not in {*analysis.shown_only, analysis.measured, "base"}:
            yield field.alias or name, field


def _section(analysis: Analysis[Any, Any], words: Mapping[str, Any]) -> Any:
    base = {base_key(analysis): BASE} if "base" in analysis.offered.model_fields else {}
    if analysis.measured:
        base[analysis.measured] = SCORE
    try:
        return analysis.offered.model_validate({**base, **words})
    except ValidationError as error:
        found = [(described(one, one["loc"]), one["loc"]) for one in error.errors()]
        raise SpecError(
            Problem(code, what, Where(key=_key(place) or analysis.verb), remedy)
            for (code, what, remedy), place in found
        ) from error


def _key(place: tuple[int | str, ...]) -> str:
    """Write the place of an option: `tests.0`."""
    return ".".join(str(part) for part in place)


def _refuse(analysis: Analysis[Any, Any], section: Any, study: OneRegression) -> None:
    """Refuse what the analysis itself finds wrong, and another frontier: a verb has no scores."""
    problems = [
        replace(problem, where=replace(problem.where, key=_key(place)))
        for place, problem in analysis.problems(section, study)
    ]
    options = {option for one in analysis.reads(section, study).data for option, _ in one.frontier}
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


def _inspect(
    analysis: Analysis[Any, Any], section: Any, study: OneRegression, panel: Panel
) -> None:
    """Refuse data that the analysis cannot use."""
    found = (one for one in analysis.inspect(section, study, panel) if one.severity != "warning")
    if problems := tuple(found):
        raise DataError(problems)


def _require(names: tuple[str, ...], data: Data) -> None:
    """Refuse names that are neither columns nor keys of the data."""
    if isinstance(data, Panel):
        return data.require(tuple(n for n in names if n not in data.keys and n not in BOTH))
    known = [*map(str, data.columns)]
    missing = [n for n in dict.fromkeys(names) if n not in {*known, *data.index.names, *BOTH}]
    if missing:
        raise MissingColumn(missing_key(name, known) for name in missing)
    return None


def _documented(analysis: Analysis[Any, Any]) -> str:
    """Write the docstring: what the analysis says of itself, then its keywords."""
    about_data = {
        k: v for k, v in ABOUT.items() if _regression(analysis) or k != ", ".join(REGRESSION)
    }
    of = ANALYSES.get(MEASURED)
    fields = (*(_fields(of) if analysis.measured else ()), *_fields(analysis))
    own = {name: field.description or "" for name, field in fields}
    return with_parameters(inspect.getdoc(analysis) or "", {**about_data, **own})
