"""A task on its way to workers: what it is made of, and the arrays that it reads, sent once."""

from __future__ import annotations

import mmap
import pickle
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from xinzhi.errors import Problem, Stopped
from xinzhi.io.write import PART, SUFFIX
from xinzhi.wording import Wording, message
from xinzhi.work.engine import Array, Draws, as_rows

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
    return Parcel(token.hexdigest(), version("xinzhi"), body, arrays)


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
    ours = version("xinzhi")
    if ours != parcel.version:
        raise Stopped(other_version("xinzhi", parcel.version, ours, "worker"))
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
