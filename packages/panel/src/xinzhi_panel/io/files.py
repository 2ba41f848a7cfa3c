"""Files that a run reads, each taken once: what is read and what is hashed are the same bytes.

A file is copied to a folder of our own while it is hashed, and read from there: whoever saves it
during the run changes nothing. A file too large for a copy, or one for which there is no room, is
read where it lies, and refused where it has changed meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import TracebackType
from typing import IO, Self, TypeVar, cast

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.process import lives, this_host
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import MEGABYTE, shown_name

COPIED = 256 * MEGABYTE
"""Files up to this size are copied."""
BLOCK = 4 * MEGABYTE
TRIES = 3
COPIES = "xinzhi-files-"
"""How the names of folders of copies begin; a sign of the computer and the number of the process follow."""
COARSEST = 2.1
"""Seconds: file systems tell no two times apart that lie closer (FAT: two)."""
State = tuple[int, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it was when it was taken."""

    path: Path
    """Where to read it."""
    sha256: str
    """Empty where there is no file to read."""


@dataclass(frozen=True, slots=True)
class _InPlace:
    """A file that is read where it lies."""

    path: Path
    sha256: str
    state: State
    is_fresh: bool
    """Whether it was written so shortly before that its times could stay the same."""


class Files:
    """The files of one run, by their paths; close it when all is read."""

    def __init__(self, folder: Path, *, copied: int = COPIED, remembers: bool = False) -> None:
        self.folder = folder.absolute()
        """Folder of the study file."""
        self.copied = copied
        self._taken: dict[str, Taken] = {}
        self._in_place: list[_InPlace] = []
        self._understood: dict[str, object] | None = {} if remembers else None
        self._copies: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._copies is not None:
            # A copy that a reader still has open is left to the system.
            with contextlib.suppress(OSError):
                self._copies.cleanup()

    def take(self, path: str | Path) -> Taken:
        """Take a file, from the folder of the study file where the path is relative."""
        whole = self.folder / path
        try:
            key = os.path.realpath(whole)
        except (OSError, ValueError):  # no path at all: the reader says so
            return Taken(whole, "")
        if key not in self._taken:
            self._taken[key] = self._take(whole)
        return self._taken[key]

    def understood(self, key: str, understand: Callable[[], T]) -> T:
        """Understand a file, once for each way of reading it where several readings follow one another."""
        if self._understood is None:
            return understand()
        if key not in self._understood:
            self._understood[key] = understand()
        return cast("T", self._understood[key])

    def verify(self) -> None:
        """Refuse what was read where it lay and has changed since; called after it was read.

        Raises
        ------
        DataError
            `file.changed`.
        """
        for file in self._in_place:
            try:
                is_same = _state(file.path.stat()) == file.state
                # Times of a file system are coarse: a second save right after the first leaves them equal.
                if is_same and file.is_fresh:
                    with file.path.open("rb") as stream:
                        is_same = _digest(stream) == file.sha256
            except OSError:
                is_same = False
            if not is_same:
                raise DataError(changed(file.path))

    def _take(self, path: Path) -> Taken:
        if not path.is_file():
            return Taken(path, "")  # the reader says what is wrong
        try:
            with path.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                copy = self._place_for_copy(path) if size <= self.copied else None
                return self._read_unchanged(path, stream, copy)
        except OSError:
            return Taken(path, "")  # the reader says what is wrong

    def _read_unchanged(self, path: Path, stream: IO[bytes], copy: Path | None) -> Taken:
        """Copy and hash, again where the file was written to meanwhile."""
        for _ in range(TRIES):
            before = os.fstat(stream.fileno())
            stream.seek(0)
            digest, copy = _hash_and_copy(stream, copy)
            after = os.fstat(stream.fileno())
            if _state(before) == _state(after):
                break
        else:
            raise DataError(changed(path))
        if copy is not None:
            return Taken(copy, digest)
        is_fresh = time.time() - after.st_mtime < COARSEST
        self._in_place.append(_InPlace(path, digest, _state(after), is_fresh))
        return Taken(path, digest)

    def _place_for_copy(self, path: Path) -> Path | None:
        """Make room for a copy under the same name, as messages name the file."""
        try:
            if self._copies is None:
                _sweep_copies()
                self._copies = TemporaryDirectory(
                    prefix=f"{_of_here()}{os.getpid()}-", ignore_cleanup_errors=True
                )
            folder = Path(self._copies.name) / str(len(self._taken))
            folder.mkdir(exist_ok=True)
        except OSError:
            return None
        return folder / path.name


def _of_here() -> str:
    """Begin the name of a folder of copies; several computers may share the temporary folder."""
    return f"{COPIES}{sha256(this_host().encode()).hexdigest()[:8]}-"


def _sweep_copies() -> None:
    """Remove the copies that killed runs of this computer left behind."""
    for folder in Path(gettempdir()).glob(f"{_of_here()}*"):
        pid = folder.name.removeprefix(_of_here()).partition("-")[0]
        if pid.isdecimal() and not lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _hash_and_copy(stream: IO[bytes], copy: Path | None) -> tuple[str, Path | None]:
    """Hash a stream and copy it; no copy where there is no room for it."""
    if copy is not None:
        try:
            with copy.open("wb") as target:
                return _digest(stream, target), copy
        except OSError:
            copy.unlink(missing_ok=True)
            stream.seek(0)
    return _digest(stream), None


def _digest(stream: IO[bytes], target: IO[bytes] | None = None) -> str:
    digest = sha256()
    while block := stream.read(BLOCK):
        digest.update(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest()


def _state(stat: os.stat_result) -> State:
    """Tell what changes when a file is written to or replaced."""
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def changed(path: Path) -> Problem:
    """Say that a file was saved while it was read."""
    text = message("The file '{name}' was saved while it was read.", name=shown_name(path))
    remedy = message("wait until it is saved, then run again.")
    return Problem("file.changed", text, Where(file=shown_name(path)), remedy)
