"""What a run of a study would do: which stages it would compute and which the last run holds.

Data are read and prepared, as the fingerprints of all that follows rest on them; nothing is measured,
estimated or written. A stage behind one that would be computed counts as computed too: its result rests
on numbers that are not there yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import Problem
from xinzhi.events import silence
from xinzhi.io.files import Files
from xinzhi.study.analyses import Analyses
from xinzhi.study.cache import Cache, changed_parts, changes_in_words, previous_parts, stage_key
from xinzhi.study.data import read_data
from xinzhi.study.file.load import load
from xinzhi.study.file.quoting import quoting
from xinzhi.study.file.step_inputs import files_read
from xinzhi.study.only import only_parts
from xinzhi.study.result import Stage
from xinzhi.study.run import Stepper
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Wording, message
from xinzhi.work.results import Results
from xinzhi.work.store import Store

Value = TypeVar("Value")
OF_DATA = frozenset({"read", "prepare"})
"""Stages that a preview needs itself."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do."""

    spec: StudySpec
    """The whole study; `--only` leaves out stages, not outputs."""
    reads: tuple[Path, ...]
    stages: tuple[Stage, ...]


class UntouchedStore(Store):
    """A store that is looked at: a damaged entry stays where it lies."""

    def quarantine(self, key: str) -> None:
        """Leave it."""


def look_untouched(folder: Path) -> Results:
    """Look at a folder of results as it lies: nothing is tidied up."""
    results = Results(folder.resolve())
    results.store = UntouchedStore(results.store.folder)
    return results


class _PreviewCache(Cache):
    """Notes what would be computed, and computes only what the preview itself needs."""

    def get_or_compute(
        self, name: str, parts: Mapping[str, str], compute: Callable[[], Value]
    ) -> Any:
        key = stage_key(name, parts)
        stored = self._read(name, key)
        why = message("unchanged") if stored else self._reason(name, parts)
        self.stages.append(Stage(name, 0.0, key, dict(parts), stored is None, why))
        if stored is not None:
            return stored[0]
        if name in OF_DATA:
            return compute()
        return Unavailable(name, (Problem("preview", message("It is only planned.")),))

    def _reason(self, name: str, parts: Mapping[str, str]) -> Wording:
        """Say in the words of the study file why a stage would be computed."""
        changed = changed_parts(self.previous.get(name, {}), parts)
        # Data are told by their columns; what they are a part of says nothing more.
        parts_named = [part for part in changed if not part.startswith("data ")]
        if name in self.previous and parts_named:
            return changes_in_words(parts_named)
        return self._why(name, parts)


def preview(
    path: Path, *, results: Path, only: tuple[str, ...] = (), settings: tuple[str, ...] = ()
) -> Preview:
    """Look ahead at a run; parameters as for `run`.

    Raises
    ------
    SpecError, DataError
        What the run would refuse, before it measures anything.
    """
    whole = load(path, settings)
    spec = only_parts(whole, only)
    cache = _PreviewCache(look_untouched(results).store, previous_parts(results / "run.json"))
    with Files(path.parent) as files, quoting(spec, path):
        data = read_data(spec, path, files, cache, Stepper(silence))
        data.refuse_problems()
        analyses = Analyses(data.spec, data.panel, cache, data.outlines, data.files)
        analyses.measure()
        analyses.compute()
    return Preview(whole, files_read(whole, path), tuple(cache.stages))
