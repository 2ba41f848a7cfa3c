"""Who computes chunks: what the driver asks of processes and of a cluster, and this process itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from xinzhi.errors import Cancelled
from xinzhi.work.engine import Array, Draws, as_rows


class Crew:
    """Computes chunks of one task after the other; it starts to work when it first gets one.

    What a method does here is right for a crew whose workers are always there.
    """

    jobs: int
    """Number of chunks that it computes at once."""
    lost: tuple[type[BaseException], ...]
    """What is raised where workers are lost."""

    def at_work(self, task: Draws, folder: Path | None) -> AbstractContextManager[None]:
        """Give the crew a task with its data, once, and take it back in the end."""
        raise NotImplementedError

    def submit(self, numbers: range) -> Future[Array]:
        """Ask for a chunk. Where workers are lost, asking or the answer raises one of `lost`."""
        raise NotImplementedError

    def expect(self, module: str) -> None:
        """Let workers start and load a module."""

    def is_ready(self) -> bool:
        """Start workers that are not there; tell whether the first one is, or was lost."""
        return True

    def look(self, pending: Collection[Future[Array]]) -> list[Future[Array]]:  # noqa: ARG002 - here none is lost
        """See whether anybody works; list the pending chunks that nobody has any more."""
        return []

    def renew(self) -> None:
        """Find other workers for those that were lost."""

    def abandon(self) -> None:
        """Stop what was begun for a task that failed; another task may follow."""

    def close(self, *, at_once: bool) -> None:
        """Let the workers go, at once even those that compute."""


CHECKED = 0.25
"""Seconds after which this process looks whether it should stop."""


@dataclass(slots=True)
class Here(Crew):
    """Computes in the process that asks."""

    cancel: threading.Event | None = None
    task: Draws | None = None
    piece: int = 1
    """Draws that are computed before it is asked whether to go on."""

    jobs = 1
    lost: tuple[type[BaseException], ...] = ()

    def at_work(self, task: Draws, folder: Path | None) -> AbstractContextManager[None]:  # noqa: ARG002 - nothing travels
        """Take a task."""
        self.task, self.piece = task, 1
        return nullcontext()

    def submit(self, numbers: range) -> Future[Array]:
        """Compute a chunk, piece by piece."""
        future: Future[Array] = Future()
        future.set_result(self.compute(numbers))
        return future

    def compute(self, numbers: range) -> Array:
        """Compute draws on one thread, as workers do: more could change the last digits."""
        assert self.task is not None
        parts, start = [], numbers.start
        while start < numbers.stop:
            refuse_cancelled(self.cancel)
            began = time.perf_counter()
            part = range(start, min(start + self.piece, numbers.stop))
            with threadpool_limits(1):
                parts.append(as_rows(self.task(part), part))
            start = part.stop
            # Doubled while a piece takes less than half of the time between two looks at `cancel`.
            if time.perf_counter() - began < CHECKED / 2:
                self.piece *= 2
        return np.concatenate(parts)


def refuse_cancelled(cancel: threading.Event | None) -> None:
    """Stop where the caller asked for it.

    Raises
    ------
    Cancelled
        It did.
    """
    if cancel is not None and cancel.is_set():
        raise Cancelled
