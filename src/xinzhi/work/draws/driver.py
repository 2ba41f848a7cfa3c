"""The engine that cuts draws into chunks: what is finished is kept, what is lost is done again."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from xinzhi.errors import Cancelled, Problem, Stopped
from xinzhi.events import Within
from xinzhi.wording import Wording, message
from xinzhi.work.draws.crew import Crew, Here, refuse_cancelled
from xinzhi.work.draws.estimate import Estimate, agreed, chunk_of, ignored, memory_of
from xinzhi.work.draws.kept import Kept, drop_others
from xinzhi.work.draws.table import Table
from xinzhi.work.engine import Array, Draws, steps

SAMPLED = 0.3
"""Seconds of the sample that is timed before the rest."""
SOON = 2.0
"""Seconds of work that this process does itself: others would take longer to start."""
POLLED = 0.2
"""Seconds after which the driver looks whether it should stop."""
SETTLED = 5.0
"""Seconds that the other chunks have to say whether they were lost too."""
MEANWHILE = 0.25
"""Seconds of the pieces that this process computes until the first worker has started."""
AGAIN = 3
"""How often a chunk is computed again whose worker was lost."""
Running = dict[Future[Array], range]


@dataclass(slots=True)
class Chunked:
    """Computes draws in chunks."""

    crew: Crew = field(default_factory=Here)
    folder: Path | None = None
    """Where finished chunks are kept; nothing is kept where None."""
    command: Wording = ""
    """The command that continues."""
    tell: Callable[[Within], None] = ignored
    """Called with the progress."""
    agree: Callable[[Estimate], bool] = agreed
    """Called once before the work, with what it takes; False stops it."""
    cancel: threading.Event | None = None
    """Set from another thread, it stops the work within a second."""
    chunk: int | None = None
    """Draws of a chunk; chosen by a timed sample where None."""
    jobs: int = 1
    """Processes of this computer, for what is computed without draws."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.crew.close(at_once=kind is not None)

    def expect(self, module: str) -> None:
        """Let the crew start."""
        self.crew.expect(module)

    def draws(self, task: Draws, n: int, *, key: str, name: Wording) -> Array:
        """Compute draws 0 to n - 1: those that are kept are read, the others computed and kept."""
        table = Table(n)
        if self.folder is None:
            self._fill(task, table, name, None)
            return table.rows()
        kept = Kept.of(self.folder, key)
        with kept.held(name, n, self.command):
            for numbers, rows in kept.chunks():
                table.add(numbers, rows)
            self._fill(task, table, name, kept)
            kept.complete(table.rows(), self.command)
            drop_others(self.folder, kept)
        return table.rows()

    def _fill(self, task: Draws, table: Table, name: Wording, kept: Kept | None) -> None:
        work = _Work(self, task, table, name, kept)
        try:
            if table.left:
                seconds = work.sample()
                if table.left:
                    work.finish(seconds)
        except BaseException:
            self.crew.close(at_once=True)
            raise


@dataclass(slots=True)
class _Work:
    """One computation on its way."""

    engine: Chunked
    task: Draws
    table: Table
    name: Wording
    kept: Kept | None
    began: float = field(default_factory=time.perf_counter)
    before: int = 0
    """Draws that were there when the crew had its first chunk: until then it starts."""
    pace: float = 0.0
    """Seconds a draw, as the sample says."""
    attempts: Counter[range] = field(default_factory=Counter)

    def sample(self) -> float:
        """Compute first draws here and keep them; give the seconds that one takes."""
        here, first = Here(self.engine.cancel), self.table.missing()[0]
        limit = min(len(first), self.engine.chunk or len(first))
        parts: list[Array] = []
        began, done, seconds = time.perf_counter(), 0, 0.0
        with here.at_work(self.task, None):
            while not parts or (done < limit and time.perf_counter() - began < SAMPLED):
                part = range(first.start + done, first.start + min(2 * done + 1, limit))
                started = time.perf_counter()
                parts.append(here.compute(part))
                # The last piece says most: the first also pays for what is loaded once.
                seconds = (time.perf_counter() - started) / len(part)
                done += len(part)
        self._publish(range(first.start, first.start + done), np.concatenate(parts))
        return seconds

    def finish(self, pace: float) -> None:
        """Compute what is left, here or by the crew."""
        left = self.table.left
        size = self.engine.chunk or chunk_of(pace, left, self.engine.crew.jobs)
        is_soon = self.engine.chunk is None and pace * left < SOON
        crew = Here(self.engine.cancel) if is_soon else self.engine.crew
        self.pace = pace / crew.jobs
        estimate = Estimate(self.name, left, self.pace * left, crew.jobs, memory_of(crew.jobs))
        if not self.engine.agree(estimate):
            raise Cancelled
        if self.kept:
            width = self.table.width
            self.kept.refuse_without_room(left, width, left // size + 1, self.engine.command)
        with crew.at_work(self.task, self.kept.folder if self.kept else None):
            self._compute(crew, deque(self._cut(size)))

    def _cut(self, size: int) -> Iterator[range]:
        for numbers in self.table.missing():
            yield from steps(numbers, size)

    def _compute(self, crew: Crew, waiting: deque[range]) -> None:
        if self.engine.chunk is None:
            self._compute_meanwhile(crew, waiting)
        running: Running = {}
        while waiting or running:
            refuse_cancelled(self.engine.cancel)
            crew.look()
            again = _send(crew, waiting, running)
            again += self._take(wait(running, POLLED, FIRST_COMPLETED).done, running, crew)
            if again:
                # Whoever was lost may have taken the others along.
                again += self._take(wait(running, SETTLED).done, running, crew)
                self._do_again(again)
                waiting.extendleft(sorted(again, key=_start, reverse=True))
                crew.renew()

    def _compute_meanwhile(self, crew: Crew, waiting: deque[range]) -> None:
        """Compute here until the first worker is there: workers start as long as many draws take."""
        size = max(1, round(MEANWHILE / (self.pace * crew.jobs))) if self.pace else 1
        here = Here(self.engine.cancel)
        with here.at_work(self.task, None):
            while waiting and not crew.is_ready():
                numbers = waiting.popleft()
                self._publish(numbers[:size], here.compute(numbers[:size]))
                if numbers[size:]:
                    waiting.appendleft(numbers[size:])

    def _take(self, done: set[Future[Array]], running: Running, crew: Crew) -> list[range]:
        """Keep chunks that are finished; list those whose workers were lost."""
        again = []
        for found in sorted(done, key=lambda one: running[one].start):
            numbers = running.pop(found)
            error = CancelledError() if found.cancelled() else found.exception()
            if error is None:
                self._publish(numbers, found.result())
            elif isinstance(error, crew.lost):
                again.append(numbers)
            else:
                raise _first(error, numbers, running, crew)
        return again

    def _publish(self, numbers: range, rows: Array) -> None:
        if self.kept:
            self.kept.publish(numbers, rows, self.engine.command)
        self.table.add(numbers, rows)
        self.engine.tell(
            Within(self.name, self.table.n - self.table.left, self.table.n, self._rest())
        )

    def _rest(self) -> float | None:
        """Seconds that are left, as far as this run has come; none where it has not begun."""
        if not self.pace:
            return None
        now, there = time.perf_counter(), self.table.n - self.table.left
        if not self.before:
            self.began, self.before = now, there
        elapsed, done = now - self.began, there - self.before
        return (elapsed / done if done else self.pace) * self.table.left

    def _do_again(self, numbers: Iterable[range]) -> None:
        self.attempts.update(numbers)
        worst, n = max(self.attempts.items(), key=lambda one: one[1])
        if n > AGAIN:
            raise Stopped(
                Problem(
                    "engine.workers",
                    message(
                        "Draws {first} to {last} of {name} were begun {n} times, and each time a "
                        "worker was lost.",
                        first=worst.start + 1,
                        last=worst.stop,
                        name=self.name,
                        n=n,
                    ),
                    remedy=message(
                        "a worker is lost where memory runs out, or somebody ends it: run again "
                        "with fewer processes (--jobs); what is finished is kept."
                    ),
                )
            )


def _send(crew: Crew, waiting: deque[range], running: Running) -> list[range]:
    """Give chunks to workers that are free; list the one that found none, where nobody works."""
    while waiting and len(running) < crew.jobs:
        try:
            found = crew.submit(waiting[0])
        except crew.lost:
            return [] if running else [waiting.popleft()]
        running[found] = waiting.popleft()
    return []


def _start(numbers: range) -> int:
    return numbers.start


def _first(error: BaseException, numbers: range, running: Running, crew: Crew) -> BaseException:
    """Find the error of the lowest draws: the same, whoever computes."""
    earlier = {own.start: one for one, own in running.items() if own.start < numbers.start}
    wait(earlier.values())
    for _, one in sorted(earlier.items()):
        found = one.exception()
        if found is not None and not isinstance(found, crew.lost):
            return found
    return error
