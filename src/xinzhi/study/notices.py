"""Notices of a study: about its data, about scores as outcomes, about filled cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import Problem, Where
from xinzhi.formula.parse import parse
from xinzhi.notices import Notice
from xinzhi.panel.history import share_filled
from xinzhi.panel.panel import Panel
from xinzhi.present.coverage import coverage_note, size_of
from xinzhi.present.labelled import in_words
from xinzhi.problems import CONSTANT_COLUMN
from xinzhi.regression.estimates import Estimates
from xinzhi.resampled import coarse
from xinzhi.study.formulas import columns_behind
from xinzhi.study.result import Reading, Results, place_in_file
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import labels, scale_notices
from xinzhi.study.view import StudyView
from xinzhi.wording import Label, listed, message

CODE = "plausible.code"
"""Whose figures rows are matters whatever columns a study uses."""


def about_data(spec: StudySpec, reading: Reading, panel: Panel) -> tuple[Problem, ...]:
    """Gather the warnings about the data before anything is measured, each once.

    Parameters
    ----------
    spec, reading
        The study, and how its files were read.
    panel
        After preparation, with or without scores.
    """
    made = (*_flagged(panel), *scale_notices(spec, panel))
    warnings = (
        *(_of_study(warning, spec) for warning in reading.warnings if matters(warning, spec)),
        *(Problem(notice.code, notice.text, notice.where, severity="warning") for notice in made),
    )
    return tuple(dict.fromkeys(warnings))


def gather(spec: StudySpec, reading: Reading, panel: Panel, results: Results) -> tuple[Notice, ...]:
    """Gather the notices of data, scores and samples, each once."""
    notices = [
        *(
            Notice(problem.code, problem.what, problem.where)
            for problem in about_data(spec, reading, panel)
        ),
        *_scores_as_outcomes(spec, size_of(panel.frame.index)),
        *_filled(spec, panel, results),
        *_few_draws(spec),
    ]
    return label_variables(dict.fromkeys(notices), labels(spec))


def matters(warning: Problem, spec: StudySpec) -> bool:
    """Whether a warning concerns a column that the study uses, itself or through its steps."""
    if warning.code == CODE:
        return True
    columns = {warning.where.column, *warning.beside} - {None}
    # Columns of series and records have names of their own, which steps use, not variables.
    others = {Path(p).name for s in spec.sources.values() if s.kind != "panel" for p in s.paths}
    if not columns or warning.where.file in others:
        return True
    # A column by which rows are chosen is constant by that choice.
    used = _columns_read(spec) if warning.code == CONSTANT_COLUMN else used_columns(spec)
    return not columns.isdisjoint(used)


def _of_study(warning: Problem, spec: StudySpec) -> Problem:
    """Name the columns that the study uses where a warning counts columns without a name."""
    if warning.code != CONSTANT_COLUMN or warning.where.column is not None:
        return warning
    used = _columns_read(spec)
    names = [name for name in warning.beside if name in used]
    text = message(
        "{n} further columns that the study uses are constant or empty: {names}.",
        one="{n} further column that the study uses is constant or empty: {names}.",
        n=len(names),
        names=listed(names),
    )
    return replace(warning, what=text, beside=tuple(names))


def used_columns(spec: StudySpec) -> frozenset[str]:
    """List the columns on which a result can rest: variables, inputs and outputs, groups, keys, and all of steps.

    What a step reads reaches the results through what it makes. A step is taken to read every column that
    one of its options names: a name too many tells a reader of a doubt, a name too few hides it.
    """
    return _columns_read(spec) | spec.keys()


def _columns_read(spec: StudySpec) -> frozenset[str]:
    """List the columns whose values results rest on, keys and what chooses rows left out."""
    roles = {
        column
        for score in spec.sections("efficiency").values()
        for column in (*score.inputs, *score.good_outputs, *score.bad_outputs)
    }
    groups = {group.column for group in spec.groups.values()}
    return frozenset(_columns_of_variables(spec) | roles | groups | _columns_of_steps(spec))


def _columns_of_steps(spec: StudySpec) -> set[str]:
    texts = {text for _, options in spec.prepare for text in _texts(options)}
    return texts.union(*(_names_of(options) for _, options in spec.prepare))


def _texts(value: object) -> Iterator[str]:
    """List the texts among the options of a step, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield from (*_texts(key), *_texts(inside))
    elif isinstance(value, (list, tuple)):
        for inside in value:
            yield from _texts(inside)


def _names_of(options: Mapping[str, object]) -> Collection[str]:
    """List the columns of an expression; it was parsed when the study was loaded."""
    text = options.get("expression")
    return parse(text).names if isinstance(text, str) else ()


def _columns_of_variables(spec: StudySpec) -> set[str]:
    return {column for name in spec.variables.named for column in columns_behind(spec, name)}


def _flagged(panel: Panel) -> Iterable[Notice]:
    """Report the warnings of preparation steps: doubtful indices, records left out."""
    return (
        Notice(
            f"prepare.{entry.kind}",
            message("{step}: {words}", step=entry.step, words=entry.why),
            Where(key=f"prepare.{entry.step}", column=entry.column),
        )
        for entry in panel.ledger.entries
        if entry.change == "flagged"
    )


def _filled(spec: StudySpec, panel: Panel, results: Results) -> Iterable[Notice]:
    """State for each section how many of the cells behind its regressions were filled, not observed."""
    for key, analysis in ANALYSES:
        for name, result in results.get(key, {}).items():
            columns = () if isinstance(result, Unavailable) else analysis.samples(result)
            shares = [_share_filled(spec, panel, estimates) for estimates in columns]
            if any(shares):
                text = message(
                    "{table}: {shares} of the cells behind its columns were filled, not observed.",
                    table=spec.sections(key)[name].title.label(name),
                    shares=listed([f"{share:.1%}" for share in shares]),
                )
                yield Notice("sample.filled", text, Where(key=f"{key}.{name}"))


def _few_draws(spec: StudySpec) -> Iterable[Notice]:
    """Say where p-values come in steps that are coarse against the declared level."""
    study = StudyView(spec)
    for key, analysis in ANALYSES:
        for name, section in spec.sections(key).items():
            place = ".".join(place_in_file(key, name))
            for option, n, alpha, sides in analysis.drawn(section, study):
                yield from coarse(n, alpha, f"{place}.{option}", sides=sides)


def _share_filled(spec: StudySpec, panel: Panel, estimates: Estimates | None) -> float:
    if estimates is None:
        return 0.0
    asked, named = estimates.regression, spec.variables.named
    used = (asked.outcome, *asked.regressors, *asked.controls)
    sources = [c for v in used if v in named for c in columns_behind(spec, v)]
    return share_filled(panel, [c for c in sources if c in panel.frame], estimates.residuals.index)


def _scores_as_outcomes(spec: StudySpec, size: tuple[int, int]) -> Iterable[Notice]:
    """State what it means that a score is regressed, by whichever analysis."""
    view = StudyView(spec)
    outcomes = {
        equation.regression.outcome
        for key, analysis in ANALYSES
        for section in spec.sections(key).values()
        for equation in analysis.reads(section, view).equations
    }
    for name in sorted(outcomes):
        variable = spec.variables.named[name]
        if variable.score in spec.sections("productivity"):
            text = message(
                "{name} is an index of productivity: its values depend on one another through "
                "estimated frontiers, so the usual standard errors of a regression on it are "
                "approximate.",
                name=variable.label.label(name),
            )
            yield Notice("inference.index_as_outcome", text)
        if variable.score in spec.sections("efficiency"):
            text = message(
                "{name} is an efficiency score: such scores are bounded and depend on one "
                "another through the frontier, so the usual standard errors of a regression "
                "on them are approximate.",
                name=variable.label.label(name),
            )
            yield Notice("inference.scores_as_outcome", text)
            for note in coverage_note("estimated_scores", *size):
                text = message(
                    "{name}, estimated scores as an outcome: {note}",
                    name=variable.label.label(name),
                    note=note,
                )
                yield Notice("inference.scores_as_outcome_coverage", text)


def label_variables(notices: Iterable[Notice], labels: Mapping[str, Label]) -> tuple[Notice, ...]:
    """Replace names of variables by their labels in notices."""
    return tuple(replace(notice, text=in_words(notice.text, labels)) for notice in notices)
