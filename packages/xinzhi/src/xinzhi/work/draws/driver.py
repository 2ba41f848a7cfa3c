"""The engine that cuts draws into chunks: what is finished is kept, what is lost is done again."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from xinzhi.events import DrawProgress
from xinzhi.work.draws.chunk_store import ChunkStore, DrawTable, drop_others
from xinzhi.work.draws.plan import Estimate, agreed, choose_chunk, estimate_memory, ignored
from xinzhi_core.engine import Array, Draws, steps
from xinzhi_core.errors import Cancelled, Problem, Stopped
from xinzhi_core.processes import Crew, Here, refuse_cancelled
from xinzhi_core.wording import Wording, message

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
    tell: Callable[[DrawProgress], None] = ignored
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
        table = DrawTable(n)
        if self.folder is None:
            self._fill(task, table, name, None)
            return table.rows()
        store = ChunkStore.of(self.folder, key)
        with store.locked(name, n, self.command):
            for numbers, rows in store.chunks():
                table.add(numbers, rows)
            self._fill(task, table, name, store)
            store.complete(table.rows(), self.command)
            # Only now: until the new draws are complete, those of the former options can be continued.
            drop_others(self.folder, store)
        return table.rows()

    def _fill(self, task: Draws, table: DrawTable, name: Wording, store: ChunkStore | None) -> None:
        work = _Work(self, task, table, name, store)
        try:
            if table.left:
                seconds = work.sample()
                if table.left:
                    work.finish(seconds)
        except Exception:
            # Only this task failed: another analysis may ask for draws of its own.
            self.crew.abandon()
            raise
        except BaseException:
            self.crew.close(at_once=True)
            raise


@dataclass(slots=True)
class _Work:
    """One computation on its way."""

    engine: Chunked
    task: Draws
    table: DrawTable
    name: Wording
    store: ChunkStore | None
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
        size = self.engine.chunk or choose_chunk(pace, left, self.engine.crew.jobs)
        is_soon = self.engine.chunk is None and pace * left < SOON
        crew = Here(self.engine.cancel) if is_soon else self.engine.crew
        self.pace = pace / crew.jobs
        estimate = Estimate(
            self.name, left, self.pace * left, crew.jobs, estimate_memory(crew.jobs)
        )
        if not self.engine.agree(estimate):
            raise Cancelled
        if self.store:
            width = self.table.width
            self.store.refuse_without_room(left, width, left // size + 1, self.engine.command)
        chunks = (part for numbers in self.table.missing() for part in steps(numbers, size))
        with crew.at_work(self.task, self.store.folder if self.store else None):
            self._compute(crew, deque(chunks))

    def _compute(self, crew: Crew, waiting: deque[range]) -> None:
        if self.engine.chunk is None:
            self._compute_meanwhile(crew, waiting)
        running: Running = {}
        while waiting or running:
            refuse_cancelled(self.engine.cancel)
            again = [running.pop(future) for future in crew.look(running)]
            again += _send(crew, waiting, running)
            again += self._collect(wait(running, POLLED, FIRST_COMPLETED).done, running, crew)
            if again:
                # Whoever was lost may have taken the others along.
                again += self._collect(wait(running, SETTLED).done, running, crew)
                self._count_attempts(again)
                # Before what is waiting, and in their order: the lowest draws are computed first.
                waiting.extendleft(sorted(again, key=attrgetter("start"), reverse=True))
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

    def _collect(self, done: set[Future[Array]], running: Running, crew: Crew) -> list[range]:
        """Keep chunks that are finished; list those whose workers were lost."""
        again = []
        for future in sorted(done, key=lambda chunk: running[chunk].start):
            numbers = running.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                self._publish(numbers, future.result())
            elif isinstance(error, crew.lost):
                again.append(numbers)
            else:
                raise _earliest_error(error, numbers, running, crew)
        return again

    def _publish(self, numbers: range, rows: Array) -> None:
        if self.store:
            self.store.publish(numbers, rows, self.engine.command)
        self.table.add(numbers, rows)
        self.engine.tell(
            DrawProgress(self.name, self.table.n - self.table.left, self.table.n, self._rest())
        )

    def _rest(self) -> float | None:
        """Seconds that are left, as far as this run has come; none where it has not begun."""
        if not self.pace:
            return None
        now, n_done = time.perf_counter(), self.table.n - self.table.left
        if not self.before:
            self.began, self.before = now, n_done
        elapsed, done = now - self.began, n_done - self.before
        return (elapsed / done if done else self.pace) * self.table.left

    def _count_attempts(self, numbers: Iterable[range]) -> None:
        """Count chunks whose workers were lost, and stop at one that ends every worker it gets."""
        self.attempts.update(numbers)
        worst, n = max(self.attempts.items(), key=lambda item: item[1])
        if n > AGAIN:
            raise Stopped(
                Problem(
                    "engine.workers",
                    message(
                        "Draws {first} to {last} of '{name}' were begun {n} times, and each time a "
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
            future = crew.submit(waiting[0])
        except crew.lost:
            return [] if running else [waiting.popleft()]
        running[future] = waiting.popleft()
    return []


def _earliest_error(
    error: BaseException, numbers: range, running: Running, crew: Crew
) -> BaseException:
    """Find the error of the lowest draws: the same, whoever computes."""
    earlier = {chunk.start: f for f, chunk in running.items() if chunk.start < numbers.start}
    wait(earlier.values())
    for _, future in sorted(earlier.items()):
        other = future.exception()
        if other is not None and not isinstance(other, crew.lost):
            return other
    return error
