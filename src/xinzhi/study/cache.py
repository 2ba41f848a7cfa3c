"""The cache of a study: a result is computed once for the same fingerprint.

What the last run does not hold is named in the words of the study file, with the command for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from xinzhi.analyses.unavailable import is_fault
from xinzhi.errors import Halt, Problem, Where
from xinzhi.study.file.settings import as_words
from xinzhi.study.fingerprint import key_of
from xinzhi.study.record import Unsound, from_bytes, to_bytes
from xinzhi.study.result import Stage
from xinzhi.wording import Message, Wording, listed, message
from xinzhi.work.store import Store
from xinzhi.work.working import read_plain

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


class OutOfDate(Halt):
    """A stage would have to be computed where only the last run may be shown."""

    def __init__(self, piece: str, why: Wording) -> None:
        super().__init__(piece)
        self.piece = piece
        self.why = why

    def problem(self, study: Path, settings: Sequence[str] = ()) -> Problem:
        """Describe what is missing, what changed, and which command computes it."""
        text = message(
            "The last run does not hold {piece}: {why}.",
            piece=name_stage(self.piece),
            why=self.why,
        )
        remedy = message(
            "compute it with `xinzhi run {study}`.", study=study.name + as_words(settings)
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
    head, _, rest = piece.partition(" (")
    options = f" ({rest}" if rest else ""
    if head in whole:
        return (
            message("{words}{options}", words=whole[head], options=options) if rest else whole[head]
        )
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
    return message("changed since then: {parts}", parts=listed([_part(part) for part in parts]))


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
        "method": message("the version of the program"),
        "registry": message("the registry of cities"),
        "panel": message("the section panel"),
        "steps": message("the section prepare"),
        "columns": message("the units, labels or rows of the data"),
        "specification": message("its variables, fixed effects, standard errors or rows"),
        "seed": message("the seed"),
    }
    return words.get(part, message("its options") if not name else part)
