"""One run at a time per folder: a lock of the operating system, and a file that names its holder.

The system frees the lock when its process ends, however it ends, so that no dead run keeps a living
one out. The words are for people, and for computers that share the folder but not the lock.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from xinzhi.errors import Problem, ReportError, Where
from xinzhi.io.process import began, lives, this_host
from xinzhi.io.write import failed, fill
from xinzhi.problems import LOCKED
from xinzhi.wording import Message, message
from xinzhi.work.marker import is_plain, set_aside

LOCK = ".xinzhi-lock.json"
TRIES = 20
INSTANT = 0.01
MOST_WORDS = 4096
BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
"""What the system says where another process has the lock."""

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30
    """A byte behind the words, so that others can read them."""

    def _seize(handle: int) -> None:
        os.lseek(handle, FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _seize(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock."""

    host: str
    pid: int
    started: str
    began: str = ""
    """When its process began, as the system tells it; empty where it does not."""

    @property
    def is_here(self) -> bool:
        """Whether it is, or was, a process of this computer."""
        return self.host == this_host()

    @property
    def is_dead(self) -> bool:
        """Whether it is sure that it has ended; of another computer nothing is."""
        return self.is_here and not lives(self.pid, self.began)


class Lock:
    """The lock of a folder, from `acquire` to `release`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self.handle: int | None = None

    def acquire(self) -> Message | None:
        """Acquire the lock; report if it was left by a run that did not finish.

        Raises
        ------
        ReportError
            `results.locked`: another run holds it, with host, process and start.
        """
        handle, is_locked = self._open_locked()
        before = _read_holder(handle)
        # A lock of the system proves that no process of this computer has it. Words of another computer
        # are believed: over a network the lock may not reach it, and its processes cannot be looked up.
        if before and not (before.is_here and (is_locked or before.is_dead)):
            os.close(handle)
            raise ReportError(self._problem(before, is_here=before.is_here))
        now = datetime.now(UTC).astimezone().isoformat(" ", "seconds")
        holder = Holder(this_host(), os.getpid(), now, began(os.getpid()))
        self._write_holder(handle, holder)
        if before is None:
            return None
        return message(
            "The run of {started} (process {pid}) did not finish here; this one takes over.",
            started=before.started,
            pid=before.pid,
        )

    def release(self) -> None:
        """Give the lock back and remove its file."""
        if self.handle is None:
            return
        handle, self.handle = self.handle, None
        if sys.platform == "win32":  # no open file can be removed there
            os.ftruncate(handle, 0)
            os.close(handle)
            self._remove()
        else:
            # Removed while it is locked: after closing, the file could be that of the next run.
            self._remove()
            os.close(handle)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # the words stay; the lock itself is free
            self.path.unlink(missing_ok=True)

    def _open_locked(self) -> tuple[int, bool]:
        """Open the file and lock it; tell whether the file system can lock at all."""
        for _ in range(TRIES):
            handle = self._open()
            is_locked = True
            try:
                _seize(handle)
            except OSError as error:
                if error.errno in BUSY:
                    holder = _read_holder(handle)
                    os.close(handle)
                    if holder is None or holder.is_dead:
                        time.sleep(INSTANT)  # somebody looks who holds it, or begins to
                        continue
                    raise ReportError(self._problem(holder, is_here=holder.is_here)) from error
                is_locked = False
            # A lock on a file that the former holder has removed in between excludes nobody.
            if self._is_in_place(handle):
                return handle, is_locked
            os.close(handle)
        raise ReportError(self._problem(None, is_here=True))

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            if os.path.lexists(self.path) and not is_plain(self.path):
                set_aside(self.path)
            return os.open(self.path, flags, 0o644)
        except OSError as error:
            raise ReportError(failed(self.path, 0, error)) from error

    def _is_in_place(self, handle: int) -> bool:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(handle), status)

    def _write_holder(self, handle: int, holder: Holder) -> None:
        """Write who holds the lock; keep the file open, as closing it frees the lock."""
        try:
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            # `fill` closes what it has written: a second handle of the file, not the one that locks.
            fill(os.dup(handle), json.dumps(asdict(holder)).encode())
        except OSError as error:
            self._remove()
            os.close(handle)
            raise ReportError(failed(self.path, MOST_WORDS, error)) from error
        self.handle = handle

    def _problem(self, holder: Holder | None, *, is_here: bool) -> Problem:
        sentence = message("Another run is using '{folder}'.", folder=self.path.parent)
        if holder:
            sentence = message(
                "Another run is using '{folder}': process {pid} on {host}, since {started}.",
                folder=self.path.parent,
                pid=holder.pid,
                host=holder.host,
                started=holder.started,
            )
        remedy = (
            message("wait until it has ended, or choose another folder with --out.")
            if is_here
            else message(
                "if that run has ended, remove {file}; otherwise wait, or choose another folder "
                "with --out.",
                file=self.path,
            )
        )
        return Problem(LOCKED, sentence, Where(file=str(self.path)), remedy)


def find_holder(folder: Path) -> Holder | None:
    """Tell who is at work in a folder now; None where nobody is."""
    flags = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not is_plain(folder / LOCK):  # a pipe would keep its reader waiting for ever
        return None
    try:
        handle = os.open(folder / LOCK, flags)
    except OSError:  # not there, or not ours to open
        return None
    try:
        holder = _read_holder(handle)
        if holder is None or not holder.is_here:
            return holder
        try:
            # Taken for a moment, and freed when the file is closed: `acquire` tries again.
            _seize(handle)
        except OSError as error:
            return holder if error.errno in BUSY or not holder.is_dead else None
        return None
    finally:
        os.close(handle)


def _read_holder(handle: int) -> Holder | None:
    """Read who holds the lock, or held it; None where the file does not say."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        words = json.loads(os.read(handle, MOST_WORDS))
        began_at = str(words.get("began", ""))
        return Holder(str(words["host"]), int(words["pid"]), str(words["started"]), began_at)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ):
        return None
