"""The loop over the analyses of a study: reads, data, cache, result or the reason why there is none."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import Analysis, EstimationData, Given, Reads, in_order
from xinzhi.analyses.section import Section
from xinzhi.errors import StudyError
from xinzhi.study import fingerprint
from xinzhi.study.attempts import tried
from xinzhi.study.results import Results, place_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.remeasure import Frames
from xinzhi.study.view import StudyView


def analyse(spec: StudySpec, frames: Frames) -> Results:
    """Compute every analysis that a study asks for; one without an answer says why."""
    study = StudyView(spec)
    return {
        key: {
            name: _computed(key, analysis, name, section, study, frames)
            for name, section in spec.sections(key).items()
        }
        for key, analysis in in_order()
    }


def _computed(
    key: str,
    analysis: Analysis[Any, Any],
    name: str,
    section: Section,
    study: StudyView,
    frames: Frames,
) -> Any:
    reads = analysis.reads(section, study)
    given = given_to(reads, study, frames)
    parts = {
        "options": fingerprint.of_text(_options(analysis, section, reads, study)),
        **{f"method {one}": fingerprint.of_method(one) for one in (*reads.methods, "analyses")},
        **_other_package(analysis),
        **_columns(given),
    }
    return frames.memory.recall(
        ".".join(place_of(key, name)),
        parts,
        lambda: tried(name, lambda: analysis.compute(section, given)),
    )


def given_to(reads: Reads, study: StudyView, frames: Frames) -> Given:
    """Gather what an analysis reads; a variable that could not be computed is an error in its place."""

    def gather(asked: EstimationData) -> pd.DataFrame | StudyError:
        try:
            return frames.of(asked.frontier, asked.variables, asked.as_measured)
        except StudyError as error:
            return error

    return Given(study, {asked: gather(asked) for asked in reads.data})


def _options(analysis: Analysis[Any, Any], section: Section, reads: Reads, study: StudyView) -> str:
    """Write everything that a result depends on beside the data."""
    options = section.model_dump(exclude=set(analysis.shown_only))
    return repr((options, reads, study.seed))


def _other_package(analysis: Analysis[Any, Any]) -> dict[str, str]:
    """Fingerprint the code of an analysis that another package adds: a change of it computes again."""
    module = type(analysis).__module__
    own = module.partition(".")[0] == __name__.partition(".")[0]
    return {} if own else {f"method {module}": fingerprint.of_package(module)}


def _columns(given: Given) -> dict[str, str]:
    """Fingerprint the columns, frontier by frontier."""
    found: dict[str, str] = {}
    for asked, frame in given.frames.items():
        of = "".join(f" ({option}: {value})" for option, value in asked.frontier)
        if isinstance(frame, StudyError):
            found[f"data {', '.join(asked.columns)}{of}"] = fingerprint.of_text(
                repr(frame.problems)
            )
        else:
            columns = fingerprint.of_columns(frame, asked.columns)
            found |= {f"{column}{of}": print_ for column, print_ in columns.items()}
    return found
