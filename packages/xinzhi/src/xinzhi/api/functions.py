"""Functions of all analyses by name, and those of analyses that read other results.

The latter take a study that has been run. Their options are the keys of the section in the study file;
one that is left out is that of the study file, where it has the section.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from xinzhi.analyses.analysis import ANALYSES, AnyAnalysis
from xinzhi.analyses.capabilities import OfResults
from xinzhi.api.analysis import Analysed, verb_of
from xinzhi.api.declared import Keyword, insert_keywords, keywords_of, signature_of
from xinzhi.report.exhibits import shown_alone
from xinzhi.study.analyses import analyse
from xinzhi.study.result import StudyResult

STUDY = inspect.Parameter("study", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=StudyResult)
ABOUT = {"study": "A study that has been run, as `xinzhi.run` returns it."}


@cache
def functions() -> Mapping[str, Callable[..., object]]:
    """Make the functions by name: of data, or of a study that has been run."""
    return MappingProxyType(
        {
            analysis.verb: (verb_of_study if isinstance(analysis, OfResults) else verb_of)(key)
            for key, analysis in ANALYSES
            if analysis.verb and not analysis.is_written_by_hand
        }
    )


def verb_of_study(key: str) -> Callable[..., object]:
    """Make the function of an analysis that reads other results."""
    analysis = ANALYSES.get(key)
    keywords = options_of(analysis)
    signature = signature_of(keywords, subject=STUDY)

    def verb(study: StudyResult, **words: object) -> object:
        # Only the check counts: a keyword that is left out must stay so, as the study file decides it.
        signature.bind(study, **words)
        return shown_alone(analyse(study, key, words), key).answer

    verb.__name__ = verb.__qualname__ = analysis.verb
    verb.__doc__ = insert_keywords(inspect.getdoc(analysis) or "", keywords, ABOUT)
    verb.__module__ = __name__
    vars(verb)["__signature__"] = signature
    return verb


def analyse_study(key: str, study: StudyResult, **words: object) -> Analysed:
    """Run an analysis that reads other results, and show the result as a report does."""
    analysed = analyse(study, key, words)
    result = analysed.results[key][key]
    failures = tuple(ANALYSES.get(key).failures(result))
    return Analysed(result, shown_alone(analysed, key).exhibits, analysed.notices, failures)


def options_of(analysis: AnyAnalysis) -> dict[str, Keyword]:
    """List the keywords of the section; None stands for what the study file says."""
    return {
        name: replace(keyword, default=None)
        for name, keyword in keywords_of(analysis.section, {"title"}).items()
    }
