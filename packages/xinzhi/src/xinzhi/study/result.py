"""What a study gives back.

run.json: what was run, with what, and what each piece of work depended on.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, AnyAnalysis, in_order
from xinzhi.analyses.unavailable import Failure, Unavailable
from xinzhi.events import Clock
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.study.fingerprint import LIBRARIES
from xinzhi.study.gather.coverage import Coverage
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import ByValue
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, say
from xinzhi_econometrics.export.exported import Exported
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_panel.io.raw import Decision
from xinzhi_panel.io.row_ledger import RowLedger


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read."""

    name: str
    """Name under `sources`."""
    file: str
    """Path as the study file writes it."""
    sha256: str
    n_rows: int | None
    """None where the file is read piece by piece, or is not a table of rows."""
    stated: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What to state under the source so that the next reading decides nothing."""
    ledgers: tuple[RowLedger, ...] = ()
    """What became of every row of the file, for each of its sheets that was read."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The result of the stage `read`: the panel and how it was interpreted."""

    panel: Panel
    files: tuple[SourceFile, ...]
    decisions: tuple[Decision, ...]
    warnings: tuple[Problem, ...]
    coverage: Coverage | None = None
    """How far several files have the same entities."""

    @property
    def ledgers(self) -> tuple[RowLedger, ...]:
        """What became of every row of the files."""
        return tuple(ledger for file in self.files for ledger in file.ledgers)


@dataclass(frozen=True, slots=True)
class Stage:
    """What happened in one stage of the study."""

    name: str
    """Such as `measure.green_efficiency`."""
    seconds: float
    fingerprint: str
    parts: Mapping[str, str]
    """What the fingerprint is made of: options, columns, version of the method."""
    computed: bool
    """False where an earlier run had it."""
    why: Wording
    """Why it was computed or taken from the earlier run."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyResult(ByValue):
    """Everything that a study computed."""

    spec: StudySpec
    folder: Path
    """Folder of the study file: the files that it names are read from there."""
    reading: Reading
    panel: Panel
    """After preparation, with the scores as columns."""
    variables: pd.DataFrame
    """The variables of the tables, transformed; indexed (entity, period)."""
    results: Results
    """Analysis -> name of its section -> result, or `Unavailable`."""
    outlines: Mapping[str, Boundaries]
    """Map -> outlines of its areas."""
    scripts: Exported | None
    """What R and Stata need to estimate the regressions again."""
    not_computed: Mapping[str, Unavailable]
    """Place in the study file, such as `space_and_time.green` -> why there is nothing."""
    is_partial: bool
    """Whether parts of the study were named, and only these were run."""
    notices: tuple[Notice, ...]
    stages: tuple[Stage, ...]
    settings: tuple[str, ...] = ()
    """What replaced values of the study file for this run: `report.decimals=2`."""
    clock: Clock = field(default_factory=Clock)

    def of(self, key: str) -> dict[str, Any]:
        """Give the results of an analysis that could be computed: name of the section -> result."""
        results = self.results.get(key, {})
        return {
            name: result for name, result in results.items() if not isinstance(result, Unavailable)
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the variables of the tables, transformed; indexed (entity, period)."""
        return self.variables

    def __repr__(self) -> str:
        scores, tables = ", ".join(self.of("efficiency")), ", ".join(self.of("tables"))
        return f"{self.spec.title.label('study')}\nscores: {scores or '-'}\ntables: {tables or '-'}"

    def _repr_html_(self) -> str:
        return str(self.variables.to_html(max_rows=20))

    @property
    def failures(self) -> tuple[Unavailable | Inapplicable, ...]:
        """Everything that could not be estimated, or leaves nothing to be tested (E1)."""
        return (*analysis_failures(self.results), *self.not_computed.values())


Results = Mapping[str, Mapping[str, Any]]
"""Analysis -> name of its section -> result, or `Unavailable`."""


def place_of(key: str, name: str) -> tuple[str, ...]:
    """Name a piece of work: the analysis, and its section where there may be several."""
    return (key,) if ANALYSES.get(key).is_single and name == key else (key, name)


def place_in_file(key: str, name: str) -> tuple[str, ...]:
    """Name the place of a section in the study file."""
    under = ANALYSES.get(key).under
    return (under, name) if under else place_of(key, name)


def list_results(results: Results) -> Iterator[tuple[str, AnyAnalysis, str, Any]]:
    """List the results that there are: key, analysis, name of the section, result."""
    for key, analysis in in_order():
        for name, result in results.get(key, {}).items():
            if not isinstance(result, Unavailable):
                yield key, analysis, name, result


def analysis_failures(results: Results) -> Iterator[Failure]:
    """List everything that could not be computed."""
    for key, analysis in in_order():
        for result in results.get(key, {}).values():
            if isinstance(result, Unavailable):
                yield result
            else:
                yield from analysis.failures(result)


def analysis_notices(results: Results) -> Iterator[Notice]:
    """Say of every analysis what a reader must know, and why one has no answer."""
    for key, analysis in in_order():
        for name, result in results.get(key, {}).items():
            place = ".".join(place_in_file(key, name))
            if isinstance(result, Unavailable):
                yield from unavailable_notices(place, result)
                continue
            yield from (_placed(notice, place) for notice in analysis.notices(result))
            for part in analysis.failures(result):
                if isinstance(part, Unavailable):
                    yield from unavailable_notices(place + part.place, part)


def _placed(notice: Notice, section: str) -> Notice:
    """Complete a place inside a section: `.columns[2]` is that of `tables.baseline.columns[2]`."""
    key = notice.where.key or ""
    if not key.startswith("."):
        return notice
    return replace(notice, where=replace(notice.where, key=section + key))


def unavailable_notices(place: str, failure: Unavailable) -> Iterator[Notice]:
    """Say why a part of the study, named by its place in the file, has no answer."""
    for problem in failure.problems:
        where = replace(problem.where, key=place)
        yield Notice(problem.code, problem.what, where, problem.remedy or "")


def build_manifest(result: StudyResult) -> dict[str, object]:
    """Describe a run: versions, seed, hashes of inputs, every option in force, times, certificates."""
    return {
        "xinzhi": _version("xinzhi"),
        "python": platform.python_version(),
        "libraries": {library: _version(library) for library in LIBRARIES},
        "seed": result.spec.seed,
        "simulated": result.spec.simulated,
        "inputs": [
            {
                "source": f.name,
                "file": f.file,
                "sha256": f.sha256,
                "rows": f.n_rows,
                "ledger": [ledger.to_dict() for ledger in f.ledgers],
            }
            for f in result.reading.files
        ],
        "set": list(result.settings),
        "options": result.spec.model_dump(mode="json", by_alias=True),
        "match": result.reading.coverage.to_dict() if result.reading.coverage else None,
        "certificates": {
            name: efficiency.certificate.worst()
            for name, efficiency in result.of("efficiency").items()
        },
        "decisions": [
            {"what": say(d.what, "en"), "where": str(d.where), "count": d.count}
            for d in result.reading.decisions
        ],
        "seconds": {stage: round(took, 4) for stage, took in result.clock.took().items()},
        "stages": [
            {
                "name": stage.name,
                "computed": stage.computed,
                "why": say(stage.why, "en"),
                "seconds": round(stage.seconds, 4),
                "fingerprint": stage.fingerprint,
                "parts": dict(stage.parts),
            }
            for stage in result.stages
        ],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
