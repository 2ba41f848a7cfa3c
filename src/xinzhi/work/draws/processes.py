"""Processes of this computer that compute chunks."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from joblib.externals.loky import BrokenProcessPool, ProcessPoolExecutor

from xinzhi.work.draws.parcel import Parcel, compute, mapped, packed
from xinzhi.work.engine import Array, Draws

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
HANDED_ON = 0.5
"""Seconds to wait until each chunk is with a worker before these are killed."""


@dataclass(slots=True)
class Processes:
    """A number of processes; they live until the engine is closed."""

    jobs: int
    pool: ProcessPoolExecutor | None = field(default=None, repr=False)
    parcel: Parcel | None = field(default=None, repr=False)
    sent: list[Future[Array]] = field(default_factory=list, repr=False)
    """Chunks that are not done."""

    lost = (BrokenProcessPool,)

    @contextmanager
    def at_work(self, task: Draws, folder: Path | None) -> Iterator[None]:
        """Pack the task; its arrays are mapped by all processes."""
        with mapped(packed(task), folder) as parcel:
            self.parcel = parcel
            try:
                yield
            finally:
                self.parcel = None

    def submit(self, numbers: range) -> Future[Array]:
        """Send a chunk to a process."""
        if self.pool is None:
            self.pool = ProcessPoolExecutor(
                self.jobs, env=THREADS, initializer=_begin, initargs=(os.getpid(),)
            )
        found: Future[Array] = self.pool.submit(compute, self.parcel, numbers)
        self.sent = [*(one for one in self.sent if not one.done()), found]
        return found

    def look(self) -> None:
        """Do nothing: a lost process is told by the chunk that it had."""

    def renew(self) -> None:
        """Start other processes."""
        self.close(at_once=True)

    def close(self, *, at_once: bool) -> None:
        """End the processes."""
        pool, self.pool = self.pool, None
        if pool is not None:
            # The pool forgets what it has not yet handed on, and then looks for it.
            limit = time.monotonic() + HANDED_ON
            while time.monotonic() < limit and not all(_is_on_its_way(one) for one in self.sent):
                time.sleep(0.002)
            pool.shutdown(wait=True, kill_workers=at_once)


def _is_on_its_way(found: Future[Array]) -> bool:
    return found.running() or found.done()


def _begin(driver: int) -> None:
    """Leave interrupts to the driver, and end where it has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "getppid") and os.getppid() == driver:
        threading.Thread(target=_watch, args=(driver,), daemon=True).start()


def _watch(driver: int) -> None:
    while os.getppid() == driver:
        time.sleep(WATCHED)
    os._exit(1)
