"""The memory of a study: a piece of work is done once for the same fingerprint."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from xinzhi.study.fingerprint import key_of
from xinzhi.study.out_of_date import OutOfDate, changes_in_words
from xinzhi.study.record import Unsound, from_bytes, to_bytes
from xinzhi.study.result import Stop
from xinzhi.wording import Message, message
from xinzhi.work.store import Store

Value = TypeVar("Value")


class Memory:
    """Does pieces of work, or takes them from an earlier run, and notes which and why."""

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
        self.stops: list[Stop] = []

    def recall(self, name: str, parts: Mapping[str, str], compute: Callable[[], Value]) -> Value:
        """Return the value of a piece of work, computed only where its parts have changed."""
        started = time.perf_counter()
        key = key_of({**parts, "piece": name})
        found = self._remembered(name, key)
        if found is None:
            self._refuse_to_compute(name, parts)
            value = compute()
            why = self._why(name, parts)
            if self.store:
                self.store.put(key, to_bytes((name, value)))
        else:
            (value,) = found
            why = message("unchanged")
        seconds = time.perf_counter() - started
        self.stops.append(Stop(name, seconds, key, dict(parts), found is None, why))
        return value

    def _remembered(self, name: str, key: str) -> tuple[Any] | None:
        """Take a value from the store; a record that is unsound, or of other work, is put aside."""
        body = self.store.get(key) if self.store else None
        if body is None or self.store is None:
            return None
        try:
            piece, value = from_bytes(body)
        except (Unsound, TypeError, ValueError):
            piece = value = None
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
        changed = self._changed(before, parts)
        raise OutOfDate(
            name,
            changes_in_words(changed)
            if changed
            else message("its stored result was damaged or removed"),
        )

    def _changed(self, before: Mapping[str, str], parts: Mapping[str, str]) -> list[str]:
        """Parts of a piece of work that differ from those of the last run."""
        return sorted(p for p in {**before, **parts} if before.get(p) != parts.get(p))

    def _why(self, name: str, parts: Mapping[str, str]) -> Message:
        before = self.previous.get(name)
        if before is None:
            return message("not computed before")
        changed = self._changed(before, parts)
        if not changed:
            return message("the stored result was damaged or removed")
        return message("changed: {parts}", parts=", ".join(changed))


def forget_the_rest(store: Store, stops: Iterable[Stop]) -> None:
    """Remove from the store what a whole run did not need; only once its results are in place."""
    store.keep_only(frozenset(stop.fingerprint for stop in stops))


def previous_parts(manifest: Path) -> dict[str, dict[str, str]]:
    """Read the parts of the last run from its run.json; nothing where there is none."""
    try:
        stops: list[dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))["stops"]
        return {str(stop["name"]): dict(stop["parts"]) for stop in stops}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
