"""What a result was computed from: options, methods and data, each with its fingerprint."""

from __future__ import annotations

from typing import Any

from xinzhi.analyses.analysis import Analysis, Given, Reads
from xinzhi.analyses.section import Section
from xinzhi.errors import StudyError
from xinzhi.study import fingerprint


def dependencies(
    analysis: Analysis[Any, Any], section: Section, reads: Reads, given: Given
) -> dict[str, str]:
    """Fingerprint everything but the results of other analyses."""
    options = repr((analysis.options(section), reads, given.study.seed))
    return {
        "options": fingerprint.of_text(options),
        **{f"method {m}": fingerprint.of_method(m) for m in (*reads.methods, "analyses")},
        **_other_package(analysis),
        **_columns(given, reads),
    }


def _other_package(analysis: Analysis[Any, Any]) -> dict[str, str]:
    """Fingerprint the code of an analysis of another package, so that a change invalidates its results."""
    module = type(analysis).__module__
    is_ours = module.partition(".")[0] == __name__.partition(".")[0]
    return {} if is_ours else {f"method {module}": fingerprint.of_package(module)}


def _columns(given: Given, reads: Reads) -> dict[str, str]:
    """Fingerprint the columns, frontier by frontier, the panel's, the members and the outlines."""
    prints: dict[str, str] = {}
    for asked, frame in given.frames.items():
        of = "".join(f" ({option}: {value})" for option, value in asked.frontier)
        if isinstance(frame, StudyError):
            prints[f"data {', '.join(asked.columns)}{of}"] = _refusal(frame)
        else:
            columns = fingerprint.of_columns(frame, asked.columns)
            prints |= {f"{column}{of}": print_ for column, print_ in columns.items()}
    if isinstance(given.columns, StudyError):
        prints[f"data {', '.join(reads.panel)}"] = _refusal(given.columns)
    elif given.columns is not None:
        prints |= fingerprint.of_columns(given.columns.frame, reads.panel)
    for name, column in given.columns_of_a_part.items():
        prints[f"column {name}"] = (
            _refusal(column) if isinstance(column, StudyError) else fingerprint.of_column(column)
        )
    for name, members in given.members.items():
        prints[f"column {name}"] = fingerprint.of_column(members)
    for name, content in given.files.items():
        prints[f"file {name}"] = fingerprint.of_text(content.hex())
    for name, outline in given.outlines.items():
        prints[f"outlines {name}"] = (
            _refusal(outline)
            if isinstance(outline, StudyError)
            else fingerprint.of_options(outline.topology)
        )
    return prints


def _refusal(error: StudyError) -> str:
    return fingerprint.of_text(repr(error.problems))
