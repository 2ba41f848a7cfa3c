"""Processes of this computer that compute chunks.

Who computes chunks: what the driver asks of processes and of a cluster, and this process itself.

A task on its way to workers: what it is made of, and the arrays that it reads, sent once.

Workers of a dask cluster that compute chunks.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from xinzhi_core.engine import Array, Draws, as_rows
from xinzhi_core.errors import Cancelled, MissingExtra, Problem, Stopped
from xinzhi_core.packages import PACKAGES, is_installed
from xinzhi_core.process import end_with
from xinzhi_core.wording import Wording, message
from xinzhi_core.write import PART, SUFFIX


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


MAPPED = 1 << 20
"""Bytes of arrays from which on they lie in a file that all processes of this computer map."""
LINE = 64
"""Arrays begin at multiples of it, as those that numpy makes."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A task as bytes."""

    token: str
    """SHA-256 of all bytes."""
    version: str
    """Of the xinzhi that packed it."""
    body: bytes
    arrays: tuple[bytes, ...] = ()
    """The bytes of its arrays; empty where they lie in a file."""
    file: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    """Where each array begins and ends in the file."""

    @property
    def size(self) -> int:
        """Bytes of the arrays."""
        return sum(map(len, self.arrays)) + sum(stop - start for start, stop in self.spans)


def pack(task: Draws) -> Parcel:
    """Turn a task into bytes; numbers of arrays and frames stay apart from the rest."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(task, protocol=5, buffer_callback=buffers.append)
    arrays = tuple(buffer.raw().tobytes() for buffer in buffers)
    token = sha256(body)
    for array in arrays:
        token.update(array)
    return Parcel(token.hexdigest(), version("xinzhi-core"), body, arrays)


@contextmanager
def map_arrays(parcel: Parcel, folder: Path | None) -> Iterator[Parcel]:
    """Lay large arrays into a file that processes of this computer map, and remove it in the end.

    A file that a killed run left in a results folder is swept by the next one.
    """
    if parcel.size < MAPPED:
        yield parcel
        return
    with tempfile.NamedTemporaryFile(prefix=PART, suffix=SUFFIX, dir=folder, delete=False) as file:
        place, spans = Path(file.name), []
        try:
            for array in parcel.arrays:
                file.write(bytes(-file.tell() % LINE))
                spans.append((file.tell(), file.tell() + len(array)))
                file.write(array)
            file.close()  # what is buffered must be in the file before workers map it
            yield replace(parcel, arrays=(), file=str(place), spans=tuple(spans))
        finally:
            file.close()
            with suppress(OSError):  # Windows: workers map it still; the next sweep takes it
                place.unlink(missing_ok=True)


_ONE = threading.RLock()
"""Held while a worker computes: one chunk at a time, also in a worker of dask that has several threads."""
_last: dict[str, Draws] = {}
"""The task that this worker has opened, by its token."""


def compute(parcel: Parcel, numbers: range) -> Array:
    """Compute draws in a worker, one chunk at a time.

    Raises
    ------
    Stopped
        The worker runs another version of xinzhi.
    """
    ours = version("xinzhi-core")
    if ours != parcel.version:
        raise Stopped(other_version("xinzhi-core", parcel.version, ours, "worker"))
    with _ONE:
        return as_rows(open_task(parcel)(numbers), numbers)


def load(module: str) -> None:
    """Load a module in a worker before its first task: that takes longer than many draws."""
    import_module(module)


def open_task(parcel: Parcel) -> Draws:
    """Open a task in a worker, once: loading what it needs takes longest."""
    with _ONE:
        if parcel.token not in _last:
            # Cleared first: two tasks with their data may not fit into the memory of a worker.
            _last.clear()
            _last[parcel.token] = _unpack(parcel)
        return _last[parcel.token]


def _unpack(parcel: Parcel) -> Draws:
    parts: list[memoryview | bytes] = list(parcel.arrays)
    if parcel.file:
        with Path(parcel.file).open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        parts = [view[start:stop] for start, stop in parcel.spans]
    task: Draws = pickle.loads(parcel.body, buffers=parts)
    return task


def other_version(package: str, ours: str, theirs: Wording, worker: str) -> Problem:
    """Say that a worker would compute with another version."""
    text = message(
        "The worker {worker} has {package} {theirs}, and this computer has {package} {ours}.",
        worker=worker,
        package=package,
        theirs=theirs,
        ours=ours,
    )
    remedy = message("install the same versions on all computers of the cluster.")
    return Problem("engine.version", text, remedy=remedy)


PATIENCE = 8.0
"""Seconds to wait for an answer."""
ALONE = 30.0
"""Seconds to wait for a worker where none is left."""
SAME = (*PACKAGES.values(), "numpy", "scipy", "pandas", "highspy")
"""Packages whose versions, where they are installed here, must be the same everywhere: others would compute other digits."""


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
        for package in filter(is_installed, SAME):
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
    begun: list[Future[object]] = field(default_factory=list, repr=False)
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
    threading.Thread(target=end_with, args=(driver, WATCHED), daemon=True).start()
