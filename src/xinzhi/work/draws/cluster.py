"""Workers of a dask cluster that compute chunks."""

from __future__ import annotations

import gc
import time
from collections.abc import Collection, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from xinzhi.errors import MissingExtra, Problem, Stopped
from xinzhi.wording import Wording, message
from xinzhi.work.draws.crew import Crew
from xinzhi.work.draws.parcel import Parcel, compute, other_version, pack
from xinzhi.work.engine import Array, Draws

PATIENCE = 8.0
"""Seconds to wait for an answer."""
ALONE = 30.0
"""Seconds to wait for a worker where none is left."""
SAME = ("xinzhi", "numpy", "scipy", "pandas", "highspy")
"""Packages whose versions must be the same everywhere: others would compute other digits."""


@dataclass(slots=True)
class Cluster(Crew):
    """The workers of a cluster; each computes one chunk at once."""

    address: str
    client: Any = field(repr=False)
    """Of distributed."""
    lost: tuple[type[BaseException], ...]
    jobs: int = 1
    _parcel: Parcel | None = field(default=None, repr=False)
    _sent: Any = field(default=None, repr=False)
    _pool: Any = field(default=None, repr=False)
    _seen: float = 0.0
    """When a worker was last seen."""
    _idle: set[Future[Array]] = field(default_factory=set, repr=False)
    """Chunks that were open at the last look, while no worker computed anything."""

    @classmethod
    def connect(cls, address: str) -> Cluster:
        """Connect to a cluster, and compare the versions of all workers.

        Raises
        ------
        MissingExtra
            The package distributed is not installed.
        Stopped
            Nothing answers at the address, no worker has joined, or one has other versions.
        """
        try:
            distributed: Any = import_module("distributed")
            comm: Any = import_module("distributed.comm")
        except ImportError as error:
            raise MissingExtra(
                Problem(
                    "extra.dask",
                    message(
                        "The engine dask needs the package distributed, which is not installed."
                    ),
                    remedy=message('install it with `pip install "xinzhi[dask]"`.'),
                )
            ) from error
        client, why = None, ""
        try:
            client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            why = str(error) or type(error).__name__
        if client is None:
            # A client that could not connect is closed when it is collected. In the thread of the next
            # client, which starts under a lock, that would wait for the lock.
            gc.collect()
            raise Stopped(_silent(address, why))
        cluster = cls(
            address, client, (distributed.KilledWorker, CancelledError, comm.CommClosedError)
        )
        try:
            cluster.meet_workers()
        except BaseException:  # an interruption, too, leaves no connection behind
            cluster.close(at_once=True)
            raise
        return cluster

    def meet_workers(self) -> None:
        """Wait for the first worker, count all and compare their versions."""
        with suppress(TimeoutError):
            self.client.wait_for_workers(1, timeout=PATIENCE)
        workers = self.client.nthreads()
        if not workers:
            raise Stopped(_no_worker(self.address))
        self.jobs, self._seen = len(workers), time.monotonic()
        for package in SAME:
            answers = self.client.run(version, package, on_error="return")
            for worker, answer in sorted(answers.items()):
                is_missing = isinstance(answer, PackageNotFoundError)
                theirs = message("no version") if is_missing else answer
                if theirs != version(package):
                    raise Stopped(other_version(package, version(package), theirs, worker))

    @contextmanager
    def at_work(self, task: Draws, folder: Path | None) -> Iterator[None]:  # noqa: ARG002 - data travel through the net
        """Send the task to all workers."""
        self._parcel = pack(task)
        self._send()
        try:
            yield
        finally:
            self._leave()
            self._parcel = None

    def _send(self) -> None:
        self._sent = self.client.scatter(self._parcel, broadcast=True, hash=False)
        self._pool = self.client.get_executor(pure=False)

    def _leave(self) -> None:
        if self._pool is not None:
            with suppress(CancelledError, OSError):
                self._pool.shutdown(wait=False)
        self._pool = self._sent = None

    def submit(self, numbers: range) -> Future[Array]:
        """Send a chunk to a worker."""
        future: Future[Array] = self._pool.submit(compute, self._sent, numbers)
        return future

    def look(self, pending: Collection[Future[Array]]) -> list[Future[Array]]:
        """See whether anybody works; list the chunks that the scheduler has lost.

        Raises
        ------
        Stopped
            The scheduler does not answer, or no worker is left.
        """
        now = time.monotonic()
        if now - self._seen < PATIENCE:
            return []
        try:
            workers, processing = self.client.nthreads(), self.client.processing()
        except OSError as error:  # also where the connection was closed
            raise Stopped(_silent(self.address, str(error))) from error
        if workers:
            self._seen = now
        elif now - self._seen > ALONE:
            raise Stopped(_no_worker(self.address))
        # A scheduler that loses a worker can forget a task and never say so. What stays open over two
        # looks while no worker computes anything would be waited for without end.
        idle = set() if any(processing.values()) or not workers else set(pending)
        lost, self._idle = idle & self._idle, idle
        return list(lost)

    def renew(self) -> None:
        """Send the data again: they may be lost with a worker."""
        self._leave()
        self.meet_workers()
        self._send()

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster; it goes on for others."""
        self._leave()
        with suppress(CancelledError, OSError):
            self.client.close(timeout=1 if at_once else PATIENCE)


def _silent(address: str, why: Wording) -> Problem:
    text = message("No scheduler answers at {address}: {why}.", address=address, why=why)
    remedy = message(
        "start one with `dask scheduler`, or check the address, the firewall and, for tls://, the "
        "certificates."
    )
    return Problem("engine.address", text, remedy=remedy)


def _no_worker(address: str) -> Problem:
    text = message("The scheduler at {address} has no worker.", address=address)
    remedy = message("start workers with `dask worker {address}`.", address=address)
    return Problem("engine.workers", text, remedy=remedy)
