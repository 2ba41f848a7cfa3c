"""The scores of a study measured again on some of its rows, and the data made from them.

The cache of a study: a result is computed once for the same fingerprint.

What the last run does not hold is named in the words of the study file, with the command for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, EstimationData, ResultPart, in_order, measure
from xinzhi.analyses.capabilities import Measured
from xinzhi.analyses.equation import Frontier
from xinzhi.analyses.reads import ScoresAgain, Source
from xinzhi.analyses.unavailable import is_fault
from xinzhi.study.file.load import as_words
from xinzhi.study.fingerprint import Unsound, from_bytes, key_of, to_bytes
from xinzhi.study.result import Stage
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import Changes, transform_variables
from xinzhi.study.view import (
    StudyView,
    change_options,
    columns_behind,
    parts_of,
    score_names,
    scores_of,
)
from xinzhi.work.lock import read_plain
from xinzhi.work.store import Store
from xinzhi_core.errors import Halt, OutOfDomain, Problem, StudyError, Where
from xinzhi_core.panel.numbering import by_name
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.transforms import LOGARITHMS
from xinzhi_core.wording import Message, Wording, listed, message, shell_word
from xinzhi_econometrics.least_squares import Array, Codes

Value = TypeVar("Value")


class Cache:
    """Computes stages, or takes them from an earlier run, and records which and why."""

    def __init__(
        self,
        store: Store | None,
        previous: Mapping[str, Mapping[str, str]],
        *,
        computes: bool = True,
    ) -> None:
        self.store = store
        self.previous = previous
        self.computes = computes
        self.stages: list[Stage] = []

    def get_or_compute(
        self, name: str, parts: Mapping[str, str], compute: Callable[[], Value]
    ) -> Value:
        """Return the result of a stage; it is computed only if something that it depends on has changed."""
        started = time.perf_counter()
        key = stage_key(name, parts)
        stored = self._read(name, key)
        # A fault of the program is kept to be shown, and never for an answer: the next run tries again.
        is_retried = stored is not None and self.computes and is_fault(stored[0])
        if is_retried:
            stored = None
        if stored is None:
            self._refuse_to_compute(name, parts)
            # What raises is not stored; an analysis without an answer is a value (`Unavailable`) and is.
            value = compute()
            why = (
                message("last time it ended with a fault of xinzhi")
                if is_retried
                else self._why(name, parts)
            )
            if self.store:
                self.store.put(key, to_bytes((name, value)))
        else:
            (value,) = stored
            why = message("unchanged")
        seconds = time.perf_counter() - started
        self.stages.append(Stage(name, seconds, key, dict(parts), stored is None, why))
        return value

    def _read(self, name: str, key: str) -> tuple[Any] | None:
        """Read a result from the store; a record that is damaged, or of another stage, is put aside.

        It comes in a tuple, as a result can be None.
        """
        body = self.store.get(key) if self.store else None
        if body is None or self.store is None:
            return None
        try:
            piece, value = from_bytes(body)
        except (Unsound, TypeError, ValueError):
            piece = value = None
        # A record is only believed if it carries the name of the stage: a file that was copied or
        # renamed in the store is computed again.
        if not isinstance(piece, str) or piece != name:
            self.store.quarantine(key)
            return None
        return (value,)

    def _refuse_to_compute(self, name: str, parts: Mapping[str, str]) -> None:
        if self.computes:
            return
        if not self.previous:
            raise OutOfDate(name, None)
        before = self.previous.get(name)
        if before is None:
            raise OutOfDate(name, message("the study file did not ask for it then"))
        changed = changed_parts(before, parts)
        raise OutOfDate(
            name,
            changes_in_words(changed)
            if changed
            else message("its stored result was damaged or removed"),
        )

    def _why(self, name: str, parts: Mapping[str, str]) -> Message:
        before = self.previous.get(name)
        if before is None:
            return message("not computed before")
        changed = changed_parts(before, parts)
        if not changed:
            return message("the stored result was damaged or removed")
        return message("changed: {parts}", parts=", ".join(changed))


def changed_parts(before: Mapping[str, str], parts: Mapping[str, str]) -> list[str]:
    """List the parts of a stage that differ from those of the last run."""
    return sorted(p for p in {**before, **parts} if before.get(p) != parts.get(p))


def stage_key(name: str, parts: Mapping[str, str]) -> str:
    """Give the key of a stage; its name belongs to it: two with equal parts must not share a record."""
    return key_of({**parts, "piece": name})


def prune(store: Store, stages: Iterable[Stage], others: Iterable[str] = ()) -> None:
    """Remove from the store what a whole run did not use, once its results are in place.

    `others` are keys of entries that are not stages, such as pictures of the report.
    """
    store.keep_only(frozenset((*(stage.fingerprint for stage in stages), *others)))


def previous_parts(manifest: Path) -> dict[str, dict[str, str]]:
    """Read the parts of the last run from its run.json; nothing where there is none."""
    try:
        stages: list[dict[str, Any]] = json.loads(read_plain(manifest))["stages"]
        return {str(stage["name"]): dict(stage["parts"]) for stage in stages}
    # It only explains why something is computed; no result depends on it.
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def seconds_before(manifest: Path) -> dict[str, float]:
    """Read what each stage of the last run took from its run.json; nothing where there is none."""
    try:
        took: dict[str, float] = json.loads(read_plain(manifest))["seconds"]
        return {str(stage): float(seconds) for stage, seconds in took.items()}
    # It is only told; no result depends on it.
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


class OutOfDate(Halt):
    """A stage would have to be computed where only the last run may be shown."""

    def __init__(self, piece: str, why: Wording | None) -> None:
        super().__init__(piece)
        self.piece = piece
        self.why = why
        """None where there is no last run."""

    def problem(self, study: Path, settings: Sequence[str] = ()) -> Problem:
        """Describe what is missing, what changed, and which command computes it."""
        text = (
            message("The study has not been run yet, or its run.json cannot be read.")
            if self.why is None
            else message(
                "The last run does not hold {piece}: {why}.",
                piece=name_stage(self.piece),
                why=self.why,
            )
        )
        remedy = message(
            "compute it with `xinzhi run {study}`.",
            study=shell_word(study.name) + as_words(settings),
        )
        return Problem("study.not_computed", text, Where(), remedy)


PIECES: Mapping[str, str] = MappingProxyType({"inference": "inference.scores"})
"""First word of the name of a stage -> its section of the study file, where they differ."""


def name_stage(piece: str) -> Wording:
    """Name a stage as the study file does.

    >>> str(name_stage("efficiency.green (returns_to_scale: variable)"))
    "'green' under efficiency (returns_to_scale: variable)"
    >>> str(name_stage("tables.baseline")), str(name_stage("describe"))
    ("'baseline' under tables", 'the section describe')
    """
    whole: Mapping[str, Wording] = {
        "read": message("the data as they are read now"),
        "prepare": message("the prepared data"),
    }
    if piece in whole:
        return whole[piece]
    head, _, rest = piece.partition(" (")
    options = f" ({rest}" if rest else ""
    kind, _, name = head.partition(".")
    if not name:
        return message("the section {name}", name=piece)
    return message(
        "'{name}' under {section}{options}",
        name=name,
        section=PIECES.get(kind, kind),
        options=options,
    )


def changes_in_words(parts: Sequence[str]) -> Wording:
    """Name what changed since the last run.

    >>> str(changes_in_words(["options", "file cities.csv", "column gdp"]))
    'changed since then: its options, the file cities.csv, the values of gdp'
    """
    # Several packages of another version are one reason.
    reasons = {str(reason): reason for reason in map(_part, parts)}
    return message("changed since then: {parts}", parts=listed([*reasons.values()]))


def _part(part: str) -> Wording:
    kind, _, name = part.partition(" ")
    if name and kind == "file":
        return message("the file {name}", name=name)
    if name and kind == "column":
        return message("the values of {name}", name=name)
    if name and kind == "method":
        return message("the version of the program")
    if name and kind == "source":
        return message("the section sources.{name}", name=name)
    words: Mapping[str, Wording] = {
        "options": message("its options"),
        "registry": message("the registry of cities"),
        "panel": message("the section panel"),
        "steps": message("the section prepare"),
        "columns": message("the units, labels or rows of the data"),
    }
    return words.get(part, message("its options") if not name else part)


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedMeasurement:
    """A score or an index under one frontier, and its columns."""

    frontier: Frontier
    """Options of the frontier that differ from those of the study."""
    key: str
    """Of its analysis."""
    section: Any
    parts: tuple[tuple[str, ResultPart], ...]
    """Columns that are made from it."""
    lean: ScoresAgain | None
    """Measures draws of rows without anything but scores, where the analysis can."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAgain:
    """Measures rows of a study again; everything beside the scores is that of the study."""

    spec: StudySpec
    prepared: Panel
    """The data after preparation, without scores."""
    asked: tuple[EstimationData, ...]
    """Data of the analyses, each with its frontier."""
    members: Mapping[str, pd.Series]
    """Grouping -> member of each row of the study."""
    loop: Callable[[StudySpec, Panel, Cache], Any]
    """Makes the loop over the analyses, for scores that rest on others."""
    measurements: tuple[RepeatedMeasurement, ...] = field(init=False)

    def __post_init__(self) -> None:
        measurements = [self._describe(name, ()) for name in score_names(self.spec)]
        for frontier in dict.fromkeys(data.frontier for data in self.asked if data.frontier):
            names = {n for data in self.asked if data.frontier == frontier for n in data.variables}
            again = scores_of(self.spec, sorted(names))
            measurements += [self._describe(name, frontier) for name in again]
        object.__setattr__(self, "measurements", tuple(measurements))

    def _describe(self, name: str, frontier: Frontier) -> RepeatedMeasurement:
        measures = (
            (key, analysis) for key, analysis in in_order() if isinstance(analysis, Measured)
        )
        key, analysis = next(pair for pair in measures if name in self.spec.sections(pair[0]))
        section = self.spec.sections(key)[name]
        section = change_options(section, dict(frontier)) if frontier else section
        others = [(n, part) for n, (source, part) in parts_of(self.spec).items() if source == name]
        reads = analysis.reads(section, StudyView(self.spec))
        columns = self.prepared.select((*reads.panel, *reads.panel_of_a_part))
        # Slacks and targets are not among what a lean measurement gives.
        lean = None if others else analysis.measured_again(section, columns)
        return RepeatedMeasurement(frontier, key, section, ((name, ResultPart()), *others), lean)

    @property
    def index(self) -> pd.Index:
        """Entity and period of each row."""
        return self.prepared.frame.index

    @property
    def data(self) -> Array:
        """The prepared columns that scores and variables are made of, in the order of their names."""
        panel = self.prepared.frame
        behind = {
            column
            for data in self.asked
            for name in data.columns
            for column in columns_behind(self.spec, name)
        }
        for score in self.measurements:
            reads = ANALYSES.get(score.key).reads(score.section, StudyView(self.spec))
            behind |= {*reads.panel, *reads.panel_of_a_part}
        columns = {
            name: panel[name].to_numpy(np.float64)
            for name in behind
            if name in panel and panel[name].dtype.kind in "fiub"
        }
        return by_name(columns) if columns else np.empty((len(panel), 0))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Columns with their frontiers."""
        return tuple(
            (name, score.frontier) for score in self.measurements for name, _ in score.parts
        )

    @property
    def rates(self) -> tuple[float, ...]:
        """Rate of each source; an index has that of the score that it is made of."""
        return tuple(
            self._rate(score.key, score.section) for score in self.measurements for _ in score.parts
        )

    def _rate(self, key: str, section: object) -> float:
        analysis = ANALYSES.get(key)
        own = analysis.rate(section) if isinstance(analysis, Measured) else np.nan
        if not np.isnan(own):
            return own
        sources = analysis.reads(section, StudyView(self.spec)).results
        rates = (self._rate(other, self.spec.sections(other)[name]) for other, name in sources)
        return min((rate for rate in rates if not np.isnan(rate)), default=float("nan"))

    @property
    def variables(self) -> Mapping[tuple[str, Frontier], int]:
        """Variables that are a source or its logarithm."""
        return {name: number for number, (name, _, _) in enumerate(self._moving())}

    def _moving(self) -> list[tuple[tuple[str, Frontier], int, str]]:
        """List moving variables: name with frontier, number of the source, transform."""
        numbers = {source: number for number, source in enumerate(self.sources)}
        section = self.spec.variables
        moving: list[tuple[tuple[str, Frontier], int, str]] = []
        for name, variable in section.named.items():
            if variable.score is None or variable.expression is not None:
                continue
            column = variable.score if variable.part == ResultPart() else name
            moving += [
                ((name, frontier), number, section.transform_of(variable))
                for (source, frontier), number in numbers.items()
                if source == column
            ]
        return moving

    def measured(self, rows: Codes) -> Array:
        """Measure rows on the frontiers that they make."""
        columns: list[Array] = []
        for score in self.measurements:
            if score.lean is not None:
                columns.append(score.lean(rows))
            else:
                columns += self._measure_whole(score, rows)
        return np.column_stack(columns) if columns else np.empty((len(rows), 0))

    def _measure_whole(self, score: RepeatedMeasurement, rows: Codes) -> list[Array]:
        """Measure with everything that the analysis finds, where parts of it are variables."""
        is_chosen = np.zeros(len(self.index), dtype=bool)
        is_chosen[rows] = True
        analysis, panel = ANALYSES.get(score.key), self.prepared.take(is_chosen)
        alone = self.spec.model_copy(update={score.key: {score.parts[0][0]: score.section}})
        loop = self.loop(alone, panel, Cache(None, {}))
        reads = analysis.reads(score.section, StudyView(alone))
        for key, name in reads.results:
            loop.result(key, name)
        result = analysis.compute(score.section, loop.given(reads))
        # In the order in which the rows are asked for; the loop measures them in that of the panel.
        drawn = self.index[rows]
        return [
            measure(score.key).column(result, part).reindex(drawn).to_numpy(np.float64)
            for _, part in score.parts
        ]

    def moving(self, scores: Array) -> Array:
        """Make the variables that move with the scores; one without a value for some row has none."""
        columns = []
        for _, number, transform in self._moving():
            values = scores[:, number]
            if transform != "none":
                logarithm = LOGARITHMS[transform]
                outside = bool((values <= logarithm.lowest).any())
                values = np.full(len(values), np.nan) if outside else logarithm.of(values)
            columns.append(values)
        return np.column_stack(columns) if columns else np.empty((len(scores), 0))

    def frames(
        self,
        rows: Codes,
        scores: Array,
        asked: Collection[EstimationData],
        changes: Changes = MappingProxyType({}),
    ) -> Mapping[EstimationData, pd.DataFrame | StudyError]:
        """Make the data of the analyses from these rows, which ascend, and their scores."""
        is_chosen = np.zeros(len(self.index), dtype=bool)
        is_chosen[rows] = True
        panel = self.prepared.take(is_chosen)
        members = {name: column[is_chosen] for name, column in self.members.items()}
        index = panel.frame.index
        columns = {
            source: pd.Series(scores[:, number], index)
            for number, source in enumerate(self.sources)
        }
        made = {}
        for frontier in dict.fromkeys(data.frontier for data in asked):
            usual = {
                name: column
                for (name, changed_frontier), column in columns.items()
                if not changed_frontier
            }
            other = {
                name: column
                for (name, changed_frontier), column in columns.items()
                if changed_frontier == frontier
            }
            columned = panel.with_columns({**usual, **other})
            made[frontier] = transform_variables(self.spec, columned, members, changes)
        return {data: _frame(data, *made[data.frontier]) for data in asked}


def _frame(
    asked: EstimationData, variables: pd.DataFrame, failed: Mapping[str, Any]
) -> pd.DataFrame | StudyError:
    problems = [p for name in asked.columns for p in failed.get(name, ())]
    return OutOfDomain(problems) if problems else variables
