"""Chunks of draws that are kept as soon as they are finished, so that a killed run goes on.

A chunk is an entry of a `Store`, under the key of its run and its numbers: it is published whole or not
at all, and believed only under its own name with its own digest. What is damaged is put aside and computed
again. Draws do not depend on chunks, so that another run may cut what is left in another way.

Draws that are there, by their numbers.

Draws that a folder of results keeps: how far they are, and whether they are sound.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xinzhi.work.lock import Lock, make_folder, read_plain
from xinzhi.work.store import Store
from xinzhi_core.engine import Array
from xinzhi_core.errors import Problem, ReportError, Stopped, Where
from xinzhi_core.wording import Wording, message, say
from xinzhi_core.write import REMEDIES, sweep_parts, write_atomically

DRAWS = "draws"
"""Folder of draws in the store."""
ABOUT = "draws.json"
SHORT = 32
MOST = 10**9
"""Draws that nobody asks for: a description that says as many is damaged."""
OVERHEAD = 1 << 13
"""Bytes that a chunk takes beside its numbers."""


@dataclass(frozen=True, slots=True)
class About:
    """What a folder of kept draws is about."""

    name: str
    """What a person calls it, in English."""
    key: str
    n: int
    """Draws that the last run asked for."""
    version: str
    """Of xinzhi."""
    started: str
    sha256: str = ""
    """Of all draws, one after the other; empty while some are missing."""


@dataclass(frozen=True, slots=True)
class ChunkStore:
    """The draws of one computation in a folder of their own."""

    folder: Path
    key: str

    @classmethod
    def of(cls, parent: Path, key: str) -> ChunkStore:
        """Find the folder of a computation; another version of xinzhi has another."""
        bound = sha256(f"{key}\nxinzhi {version('xinzhi')}".encode()).hexdigest()[:SHORT]
        return cls(parent / bound, bound)

    @property
    def store(self) -> Store:
        """The entries."""
        return Store(self.folder)

    @contextmanager
    def locked(self, name: Wording, n: int, command: Wording) -> Iterator[None]:
        """Hold the folder: one run at a time computes these draws.

        Raises
        ------
        Stopped
            `results.locked`: another run computes them. `write.failed`: there is no room.
        """
        lock = Lock(self.folder)
        with stopping(command):
            make_folder(self.folder)
            lock.acquire()
        try:
            with stopping(command):
                sweep_parts(self.folder, older_than=0)
                self._describe(name, n)
            yield
        finally:
            lock.release()

    def _describe(self, name: Wording, n: int) -> None:
        before = read_about(self.folder)
        # Another number of draws has another digest: it is noted again when all are there.
        if before is None or (before.n, before.name) != (n, say(name, "en")):
            started = datetime.now(UTC).astimezone().isoformat(" ", "seconds")
            self._write(About(say(name, "en"), self.key, n, version("xinzhi"), started))

    def complete(self, rows: Array, command: Wording) -> None:
        """Note the digest of all draws.

        Raises
        ------
        Stopped
            It cannot be written.
        """
        before, digest = read_about(self.folder), digest_of(rows)
        if before is not None and before.sha256 != digest:
            with stopping(command):
                self._write(replace(before, sha256=digest))

    def _write(self, description: About) -> None:
        text = json.dumps(asdict(description), ensure_ascii=False, indent=1)
        write_atomically(self.folder / ABOUT, text + "\n")

    def numbers(self) -> dict[range, str]:
        """List the chunks by their numbers, sound or not."""
        entries = {}
        for entry in self.store.entries():
            key, _, numbers = entry.partition(".")
            start, _, stop = numbers.partition("-")
            if key == self.key and start.isdecimal() and stop.isdecimal():
                entries[range(int(start), int(stop))] = entry
        return entries

    def read(self) -> Iterator[tuple[range, Path, Array | None]]:
        """Read all chunks: numbers, file and rows, or None where it is damaged; nothing is moved."""
        width = None
        # The first sound chunk says how many numbers a draw has: one of another width is damaged, too.
        for numbers, entry in self.numbers().items():
            body = self.store.content(entry)
            rows = None if body is None else _read_rows(body, numbers)
            if rows is not None and width not in {None, rows.shape[1]}:
                rows = None
            width = width if rows is None else rows.shape[1]
            yield numbers, self.folder / f"{entry}.npz", rows

    def chunks(self) -> Iterator[tuple[range, Array]]:
        """Read all sound chunks; a damaged one is put aside, and its draws are computed again."""
        for numbers, path, rows in self.read():
            if rows is None:
                self.store.quarantine(path.stem)
            else:
                yield numbers, rows

    def publish(self, numbers: range, rows: Array, command: Wording) -> None:
        """Keep a chunk: all of it or nothing.

        Raises
        ------
        Stopped
            It cannot be written.
        """
        body = io.BytesIO()
        np.lib.format.write_array(body, rows, allow_pickle=False)
        with stopping(command):
            # With leading zeros the names of entries sort as their draws do.
            entry = f"{self.key}.{numbers.start:08d}-{numbers.stop:08d}"
            self.store.put(entry, body.getvalue())

    def refuse_without_room(self, n: int, width: int, n_chunks: int, command: Wording) -> None:
        """Check before the start that the draws that are left find room.

        Raises
        ------
        Stopped
            `engine.space`, with the folder, the bytes needed and the bytes free.
        """
        needed = n * width * 8 + n_chunks * OVERHEAD
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise Stopped(
                Problem(
                    "engine.space",
                    message(
                        "The draws need {needed} bytes in '{folder}', and {free} are free.",
                        needed=needed,
                        folder=self.folder,
                        free=free,
                    ),
                    Where(file=str(self.folder)),
                    _continued(command),
                )
            )


def read_about(folder: Path) -> About | None:
    """Read what a folder of draws is about; None where it does not say."""
    try:
        about = About(**json.loads(read_plain(folder / ABOUT)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    is_number = isinstance(about.n, int) and not isinstance(about.n, bool) and 0 <= about.n < MOST
    words = (about.name, about.key, about.version, about.started, about.sha256)
    return about if is_number and all(isinstance(word, str) for word in words) else None


def digest_of(rows: Array) -> str:
    """SHA-256 of draws."""
    return sha256(rows.tobytes()).hexdigest()


def _read_rows(body: bytes, numbers: range) -> Array | None:
    try:
        rows = np.lib.format.read_array(io.BytesIO(body), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return None
    is_sound = rows.dtype == np.float64 and rows.ndim == 2 and len(rows) == len(numbers)
    return rows if is_sound else None


@contextmanager
def stopping(command: Wording) -> Iterator[None]:
    """Stop where something cannot be written, and name the command that continues."""
    try:
        yield
    except ReportError as error:
        first = error.problems[0]
        cause = error.__cause__
        is_full = isinstance(cause, OSError) and cause.errno not in REMEDIES
        remedy = _continued(command) if first.code == "write.failed" and is_full else first.remedy
        raise Stopped(Problem(first.code, first.what, first.where, remedy)) from error


def _continued(command: Wording) -> Wording:
    return message(
        "free some space; `{command}` then continues with what is finished.", command=command
    )


def remove(folder: Path) -> None:
    """Remove the draws of a folder, and the folder where nothing else lies in it."""
    about = read_about(folder)
    for path in (*folder.glob("*.npz"), *folder.glob("quarantine/*.npz")):
        if about is not None and path.name.startswith(f"{about.key}."):
            with contextlib.suppress(OSError):
                path.unlink()
    for gone in ((folder / ABOUT).unlink, (folder / "quarantine").rmdir):
        with contextlib.suppress(OSError):
            gone()
    with contextlib.suppress(OSError):  # not empty: somebody has put a file there
        folder.rmdir()


def drop_others(parent: Path, store: ChunkStore) -> None:
    """Remove draws of the same name that belong to other options or data: the new ones are complete."""
    description = read_about(store.folder)
    for folder in folders(parent):
        other = read_about(folder)
        if description and other and folder != store.folder and other.name == description.name:
            remove(folder)


def folders(parent: Path) -> list[Path]:
    """List the folders of draws."""
    return sorted(path.parent for path in parent.glob(f"*/{ABOUT}"))


@dataclass(slots=True)
class DrawTable:
    """Rows of draws 0 to n - 1, in the order in which they come."""

    n: int
    left: int = field(init=False)
    """Draws that are missing."""
    _there: npt.NDArray[np.bool_] = field(init=False)
    _rows: Array | None = None

    def __post_init__(self) -> None:
        self._there, self.left = np.zeros(self.n, dtype=bool), self.n

    @property
    def width(self) -> int:
        """Numbers of a draw; known with the first."""
        return 0 if self._rows is None else self._rows.shape[1]

    def add(self, numbers: range, rows: Array) -> None:
        """Put draws where they belong; those that nobody asked for are passed over.

        Raises
        ------
        ValueError
            They have another number of numbers than those before.
        """
        if self._rows is None:
            self._rows = np.empty((self.n, rows.shape[1]))
        stop = max(numbers.start, min(numbers.stop, self.n))
        self._rows[numbers.start : stop] = rows[: stop - numbers.start]
        self._there[numbers.start : stop] = True
        self.left = int(self.n - self._there.sum())

    def missing(self) -> list[range]:
        """List what is missing: the longest runs of numbers, in their order.

        >>> table = DrawTable(6)
        >>> table.add(range(2, 4), np.zeros((2, 1)))
        >>> table.missing(), table.left
        ([range(0, 2), range(4, 6)], 4)
        """
        edges = np.flatnonzero(np.diff(np.concatenate(([True], self._there, [True])).astype(int)))
        return [range(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]

    def rows(self) -> Array:
        """Give all draws."""
        assert self._rows is not None
        assert not self.left
        return self._rows


@dataclass(frozen=True, slots=True)
class Listed:
    """The draws of one computation."""

    folder: Path
    about: About
    done: int
    size: int
    """Bytes of its chunks."""

    @property
    def left(self) -> int:
        """Draws that are missing."""
        return self.about.n - self.done


def list_draws(parent: Path) -> list[Listed]:
    """List all draws by their names; chunks are counted, not read."""
    computations = []
    for folder in folders(parent):
        if about := read_about(folder):
            # Chunks of runs that were cut differently can overlap: each draw is counted once.
            present = {k for numbers in ChunkStore(folder, about.key).numbers() for k in numbers}
            size = sum(path.stat().st_size for path in folder.glob("*.npz"))
            computations.append(Listed(folder, about, sum(k < about.n for k in present), size))
    return sorted(computations, key=lambda listed: (listed.about.name, listed.about.started))


def find_faults(listed: Listed) -> Iterator[Problem]:
    """Read all chunks, and find what is damaged; nothing is moved."""
    about = listed.about
    # Only all of them have a digest; a description alone does not say how much room is taken.
    table = None if listed.left else DrawTable(about.n)
    for numbers, path, rows in ChunkStore(listed.folder, about.key).read():
        if rows is None:
            text = message(
                "Draws {first} to {last} of '{name}' are damaged.",
                first=numbers.start + 1,
                last=numbers.stop,
                name=about.name,
            )
            remedy = message("run the study again: they are computed anew.")
            yield Problem("verify.chunk", text, Where(file=str(path)), remedy)
        elif table is not None:
            table.add(numbers, rows)
    if (
        table is not None
        and not table.left
        and about.sha256
        and digest_of(table.rows()) != about.sha256
    ):
        yield other_draws(listed)


def other_draws(listed: Listed) -> Problem:
    """Say that draws are not those that the run gave."""
    text = message("The draws of '{name}' are not those that the run gave.", name=listed.about.name)
    remedy = message("delete them with `xinzhi runs delete` and run the study again.")
    return Problem("verify.draws", text, Where(file=str(listed.folder)), remedy)


def delete(listed: Listed) -> None:
    """Remove draws; they can be computed again. What somebody has put beside them stays."""
    remove(listed.folder)
