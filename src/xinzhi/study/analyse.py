"""Run one more analysis on a study that has been run; it reads the existing results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.errors import DataError, Problem, SpecError, Where
from xinzhi.io.files import Files
from xinzhi.study.analyses import Analyses, files_of
from xinzhi.study.cache import Cache
from xinzhi.study.file.located import Located, dotted
from xinzhi.study.file.references import find_unresolved
from xinzhi.study.file.refusals import refusals
from xinzhi.study.notices import label_variables
from xinzhi.study.result import StudyResult, analysis_notices
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import labels, transform_variables
from xinzhi.study.view import StudyView, parts_of, score_names
from xinzhi.vocabulary import in_file


def analyse(study: StudyResult, key: str, options: Mapping[str, Any]) -> StudyResult:
    """Compute an analysis that reads other results, with options that replace those of the study file.

    Parameters
    ----------
    study
        The study, as it was run; nothing of it is computed again.
    key
        Analysis of which a study has one section at most, such as `typology`.
    options
        Keys of the section. Those that are left out are those of the study file, where it has the
        section.

    Returns
    -------
    StudyResult
        The study with the section and its result, and the notices of this one alone.

    Raises
    ------
    SpecError, DataError, MethodError
        With all problems of the options, of the files that they name, or of the computation.
    """
    analysis = ANALYSES.get(key)
    section = _section(study.spec, key, options)
    spec = study.spec.model_copy(update={key: section})
    if problems := find_unresolved(spec, Located({}, "")):
        raise SpecError(replace(p, where=Where(key=p.where.key)) for p in problems)
    view = StudyView(spec)
    problems = [p for p in analysis.inspect(section, view, study.panel) if p.severity != "warning"]
    if problems:
        raise DataError(problems)
    analyses = _resume(study, spec, key)
    result = analysis.compute(section, analyses.given(analysis.reads(section, view)))
    notices = label_variables(analysis_notices({key: {key: result}}), labels(spec))
    return replace(
        study, spec=spec, results={**study.results, key: {key: result}}, notices=tuple(notices)
    )


def _section(spec: StudySpec, key: str, options: Mapping[str, Any]) -> Any:
    """Check the options, those of the study file among them."""
    written_section = getattr(spec, key)
    fields = ANALYSES.get(key).section.model_fields
    written = {
        fields[n].alias or n: getattr(written_section, n)
        for n in getattr(written_section, "model_fields_set", ())
    }
    options = {in_file(name): value for name, value in options.items()}
    try:
        return ANALYSES.get(key).section.model_validate({**written, **options})
    except ValidationError as error:
        raise SpecError(
            Problem(refusal.code, refusal.what, Where(key=dotted(refusal.path)), refusal.remedy)
            for refusal in refusals(error, StudySpec, prefix=(key,))
        ) from error


def _resume(study: StudyResult, spec: StudySpec, key: str) -> Analyses:
    """Restore the state of the analyses at the end of the run."""
    scores = {*score_names(spec), *parts_of(spec)}
    prepared = study.panel.select(
        tuple(name for name in map(str, study.panel.frame) if name not in scores)
    )
    with Files(study.folder) as files:
        contents = files_of(spec, key, key, files)
    analyses = Analyses(spec, prepared, Cache(None, {}), study.outlines, contents)
    analyses.results = {of: dict(results) for of, results in study.results.items()}
    analyses.panel = study.panel
    analyses.variables, analyses.failed = transform_variables(spec, study.panel)
    return analyses
