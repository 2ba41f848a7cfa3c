"""Processes of this computer that compute chunks."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from xinzhi.errors import Problem, Stopped
from xinzhi.wording import message
from xinzhi.work.draws.crew import Crew
from xinzhi.work.draws.parcel import Parcel, compute, load, map_arrays, open_task, pack
from xinzhi.work.engine import Array, Draws

Item = TypeVar("Item")
Value = TypeVar("Value")
THREADS = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)
"""Each process uses one thread: more would change the last digits and wait for each other."""
WATCHED = 0.5
"""Seconds after which a worker looks whether its driver is there."""
SHARES = 16
"""Shares of a process, of what is done with many items."""
HANDED_ON = 0.5
"""Seconds to wait until each chunk is with a worker before these are killed."""


@dataclass(slots=True)
class Processes(Crew):
    """A number of processes; they live until the engine is closed."""

    jobs: int
    pool: Any = field(default=None, repr=False)
    parcel: Parcel | None = field(default=None, repr=False)
    sent: list[Future[Array]] = field(default_factory=list, repr=False)
    """Chunks that are not done."""
    begun: list[Future[Any]] = field(default_factory=list, repr=False)
    """For each process: done when it has loaded what it needs."""

    lost = (BrokenProcessPool,)

    @contextmanager
    def at_work(self, task: Draws, folder: Path | None) -> Iterator[None]:
        """Pack the task; its arrays are mapped by all processes."""
        with map_arrays(pack(task), folder) as parcel:
            self.parcel = parcel
            try:
                yield
            finally:
                self.parcel = None

    def expect(self, module: str) -> None:
        """Start the processes; what a module needs takes longest to load."""
        if self.pool is None:
            self.pool = pool_of(self.jobs)
            self.begun = [self.pool.submit(load, module) for _ in range(self.jobs)]

    def is_ready(self) -> bool:
        """Start the processes; tell whether one of them can compute, or was lost."""
        if self.pool is None:
            self.pool = pool_of(self.jobs)
            self.begun = [self.pool.submit(open_task, self.parcel) for _ in range(self.jobs)]
        return any(future.done() for future in self.begun)

    def submit(self, numbers: range) -> Future[Array]:
        """Send a chunk to a process."""
        if self.pool is None:
            self.pool = pool_of(self.jobs)
        future: Future[Array] = self.pool.submit(compute, self.parcel, numbers)
        self.sent = [*(earlier for earlier in self.sent if not earlier.done()), future]
        return future

    def renew(self) -> None:
        """Start other processes."""
        self.close(at_once=True)

    def abandon(self) -> None:
        """End the processes that still compute; others start with the next task."""
        self.close(at_once=True)

    def close(self, *, at_once: bool) -> None:
        """End the processes."""
        pool, self.pool = self.pool, None
        if pool is not None:
            # A pool that ends forgets what it has not yet handed on, and then looks for it.
            given: list[Future[Any]] = [*self.begun, *self.sent]
            limit = time.monotonic() + HANDED_ON
            while time.monotonic() < limit and not all(x.running() or x.done() for x in given):
                time.sleep(0.002)
            pool.shutdown(wait=True, kill_workers=at_once)


def each(work: Callable[[Item], Value], items: Sequence[Item], jobs: int) -> list[Value]:
    """Do the same with each of a few items, in processes where more than one is asked for; nothing is kept.

    Raises
    ------
    Stopped
        A process was lost.

    Examples
    --------
    >>> each(abs, [-1, 2], 1)
    [1, 2]
    """
    n = min(jobs, len(items))
    if n <= 1:
        return [work(item) for item in items]
    pool = pool_of(n)
    try:
        return list(pool.map(work, items, chunksize=max(1, len(items) // (SHARES * n))))
    except BrokenProcessPool as error:
        raise Stopped(
            Problem(
                "engine.workers",
                message("A process was lost: memory ran out, or somebody ended it."),
                remedy=message("run again with fewer processes (--jobs)."),
            )
        ) from error
    finally:
        pool.shutdown(wait=True)


def pool_of(n: int) -> Executor:
    """Make a pool of processes that end with this one; loky is loaded when the first one is needed."""
    loky = import_module("joblib.externals.loky")
    pool: Executor = loky.ProcessPoolExecutor(
        n, env=THREADS, initializer=_begin, initargs=(os.getpid(),)
    )
    return pool


def _begin(driver: int) -> None:
    """Leave interrupts to the driver, and end where it has ended."""
    # Ctrl-C goes to all processes of a terminal: a worker that died of it would look like a lost one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(driver,), daemon=True).start()


def _watch(driver: int) -> None:
    # A process whose parent was killed gets another one; nothing else tells a worker of it.
    while os.getppid() == driver:
        time.sleep(WATCHED)
    os._exit(1)  # from a thread: `sys.exit` would end that alone
