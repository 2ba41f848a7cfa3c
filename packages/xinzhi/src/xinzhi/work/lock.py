"""One run at a time per folder: a lock of the operating system, and a file that names its holder.

The system frees the lock when its process ends, however it ends, so that no dead run keeps a living
one out. The words are for people, and for computers that share the folder but not the lock.

Folders that a run works in, hidden in the folder of results: never mistaken for somebody else's.

A folder of ours holds a tag. It is made whole, with the tag, under a passing name, and loses the tag
last, so that a kill at any moment leaves either a folder that says whose it is, or none. Where somebody
has a folder, a link or a file of such a name, it stays as it is and the next free name is taken.

The marker of a results folder: which files xinzhi wrote, with their digests.

A folder without it is not ours, and a file that it does not name was made by somebody else: it is kept, under
another name where a file of ours belongs.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from types import MappingProxyType

from xinzhi_core.errors import Problem, ReportError, Where
from xinzhi_core.problems import LOCKED
from xinzhi_core.process import began, lives, this_host
from xinzhi_core.wording import Message, message
from xinzhi_core.write import (
    PART,
    SUFFIX,
    failed,
    fill,
    is_there,
    make_folders,
    mode_at,
    mode_of,
    move,
    patiently,
    sync_folder,
)

TAG = ".xinzhi-working"
WORDS = b"A working folder of xinzhi: it is removed with all that it holds.\n"
BRIEF = 1 << 16
"""Bytes of a tag that are read at most."""


def read_plain(path: Path, most: int = -1) -> bytes:
    """Read a file itself; a pipe or a device, which could keep a reader waiting for ever, is an error.

    Raises
    ------
    OSError
        Not there, not readable, or not a file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        return stream.read(most)


def is_working(folder: Path) -> bool:
    """Tell whether a folder is one that we work in.

    Raises
    ------
    OSError
        Its tag is there and cannot be read now: it may be ours, with files that wait in it.
    """
    if not stat.S_ISDIR(mode_at(folder) or 0) or not is_plain(folder / TAG):
        return False
    return read_plain(folder / TAG, BRIEF) == WORDS


def choose(folder: Path, name: str) -> Path:
    """Choose the place of a working folder: a free one, or one that is ours already."""
    for place in _numbered(folder, name):
        with contextlib.suppress(OSError):  # nobody can tell: the next name
            if not is_there(place) or is_working(place):
                return place
    raise AssertionError(name)


def free(folder: Path, name: str) -> Path:
    """Find the first name for a working folder that nothing has, not even what we could not remove."""
    for place in _numbered(folder, name):
        with contextlib.suppress(OSError):
            if not is_there(place):
                return place
    raise AssertionError(name)


def _numbered(folder: Path, name: str) -> Iterator[Path]:
    return (folder / (f"{name}-{n}" if n > 1 else name) for n in itertools.count(1))


def make(place: Path) -> None:
    """Make a working folder at once, tag and all.

    Raises
    ------
    OSError
        There is no room; nothing is left then.
    """
    passing = Path(tempfile.mkdtemp(prefix=PART, suffix=SUFFIX, dir=place.parent))
    try:
        mode = mode_of(passing)
        passing.chmod(mode | (mode & 0o444) >> 2)  # mkdtemp gives a folder to its owner alone
        tag(passing)
        sync_folder(passing)
        move(passing, place)
    except OSError:
        shutil.rmtree(passing, ignore_errors=True)
        raise
    sync_folder(place.parent)


def tag(folder: Path) -> None:
    """Say that a folder is ours."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    fill(os.open(folder / TAG, flags, 0o600), WORDS)


def remove(folder: Path) -> None:
    """Remove a working folder; one that is not ours stays, and what cannot be removed is passed over."""
    with contextlib.suppress(OSError):
        if not is_working(folder):
            return
        for item in folder.iterdir():
            if item.is_dir() and not item.is_symlink():
                shutil.rmtree(item, ignore_errors=True)
            elif item.name != TAG:
                with contextlib.suppress(OSError):
                    item.unlink()
        if [item.name for item in folder.iterdir()] == [TAG]:
            # The tag goes when it is durable that nothing else is there, and under a passing name: a
            # folder without it, which a kill or a power cut may leave, is swept by that name alone.
            sync_folder(folder)
            passing = folder.with_name(f"{PART}{secrets.token_hex(4)}{SUFFIX}")
            try:
                folder.rename(passing)
            except OSError:  # a full disk may refuse a new name: what is empty goes under its own
                passing = folder
            sync_folder(passing.parent)
            (passing / TAG).unlink()
            passing.rmdir()


def left(folder: Path, name: str) -> list[Path]:
    """List the working folders of a name that lie in a folder."""
    return [place for place in sorted(folder.glob(f"{name}*")) if is_working(place)]


def sweep_unmade(folder: Path) -> None:
    """Remove working folders that a kill left before they were made: empty, or with their tag alone."""
    with contextlib.suppress(OSError):
        for place in folder.glob(f"{PART}*{SUFFIX}"):
            if place.is_dir() and not place.is_symlink():
                if [item.name for item in place.iterdir()] == [TAG]:
                    (place / TAG).unlink()
                with contextlib.suppress(OSError):  # not empty: not ours
                    place.rmdir()


MARKER = ".xinzhi-results.json"
ABOUT = (
    "xinzhi wrote the files that are named here, and replaces them in its next run; it touches no "
    "other file of this folder, and keeps a copy of one that you have changed."
)


@dataclass(frozen=True, slots=True)
class Marker:
    """What we wrote into a folder."""

    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Name within the folder -> SHA-256 of what was written."""
    formats: tuple[str, ...] = ()
    """Formats of the report that lie there."""
    is_sound: bool = True
    """False where the marker is there and cannot be read: then nobody knows what is ours."""

    def to_bytes(self) -> bytes:
        """Write it as it lies in the folder."""
        document = {"about": ABOUT, "formats": list(self.formats), "files": dict(self.files)}
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()

    def is_unchanged(self, folder: Path, name: str) -> bool:
        """Tell whether a file is one of ours, and as we left it; an OSError where nobody can look."""
        written = self.files.get(name)
        return written is not None and read_digest(folder / name) == written


def read_marker(path: Path) -> Marker | None:
    """Read a marker; None where there is none, an unsound one where it is damaged.

    Raises
    ------
    ReportError
        `results.unreadable`: it is there and cannot be read now, so nobody knows what is ours.
    """
    try:
        if not is_there(path):
            return None
        content = read_plain(path) if is_plain(path) else b""
    except OSError as error:
        raise ReportError(unreadable(path, error)) from error
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        document = json.loads(content)
        files, formats = document["files"], document["formats"]
        is_text = all(isinstance(word, str) for word in (*files, *files.values(), *formats))
        # A name that leads out of the folder would let a forged marker have other files removed.
        if is_text and all(map(is_inside, files)):
            return Marker(MappingProxyType(dict(files)), tuple(formats))
    return Marker(is_sound=False)


def is_inside(name: str) -> bool:
    """Tell whether a name stays within the folder, whatever the system."""
    parts = name.replace("\\", "/").split("/")
    return bool(name) and not any(part in {"", ".", ".."} or ":" in part for part in parts)


def read_digest(path: Path) -> str:
    """SHA-256 of a file itself; empty for a link, a folder and what is not there.

    Raises
    ------
    OSError
        It is there and cannot be read: whether it was changed is not known.
    """
    try:
        if not is_plain(path):
            return ""
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):  # ValueError: no name that a file can have
        return ""


def digest_of(path: Path) -> str:
    """As `read_digest`, where what cannot be read may count as not there: nothing is moved for it."""
    with contextlib.suppress(OSError):
        return read_digest(path)
    return ""


def unreadable(path: Path, error: OSError) -> Problem:
    """Say that a file of the results is there and cannot be read now."""
    text = message(
        "The file '{name}' cannot be read: {reason}.",
        name=path.name,
        reason=error.strerror or str(error),
    )
    remedy = message(
        "nothing was changed: close programs that hold this file and allow reading it, then run again."
    )
    return Problem("results.unreadable", text, Where(file=str(path)), remedy)


def free_name(path: Path) -> Path:
    """Find a name beside a path that nothing has: first `report.kept.docx`."""
    names = (
        path.with_name(f"{path.stem}.kept{n if n > 1 else ''}{path.suffix}")
        for n in itertools.count(1)
    )
    return next(name for name in names if not is_there(name))


def set_aside(path: Path) -> Path:
    """Give what lies at a path another name, and return that.

    The new name is durable at once: what is then put in its place could be on the disk before it, and
    would replace the only copy.
    """
    free = free_name(path)
    path.rename(free)
    sync_folder(path.parent)
    return free


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; one that cannot be made is an error with the reason."""
    try:
        make_folders(folder)
    except OSError as error:
        raise ReportError(failed(folder, 0, error)) from error


def is_plain(path: Path) -> bool:
    """Tell whether a path is a file itself: no folder, no link; an OSError where nobody can look."""
    return stat.S_ISREG(mode_at(path) or 0)


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

    def _close(handle: int) -> None:
        # Closing frees the byte too, but only when the system gets to it.
        os.lseek(handle, FAR, os.SEEK_SET)
        with contextlib.suppress(OSError):  # it was another's
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.close(handle)

else:
    import fcntl

    def _seize(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    _close = os.close


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
            _close(handle)
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
            _close(handle)
            self._remove()
        else:
            # Removed while it is locked: after closing, the file could be that of the next run.
            self._remove()
            _close(handle)

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
                    _close(handle)
                    if holder is None or holder.is_dead:
                        time.sleep(INSTANT)  # somebody looks who holds it, or begins to
                        continue
                    raise ReportError(self._problem(holder, is_here=holder.is_here)) from error
                is_locked = False
            # A lock on a file that the former holder has removed in between excludes nobody.
            if self._is_in_place(handle):
                return handle, is_locked
            _close(handle)
        raise ReportError(self._problem(None, is_here=True))

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            if is_there(self.path) and not is_plain(self.path):
                set_aside(self.path)
            # Windows refuses a name whose last file is still being removed.
            return patiently(lambda: os.open(self.path, flags, 0o644))
        except OSError as error:
            raise ReportError(failed(self.path, 0, error)) from error

    def _is_in_place(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False
        except OSError as error:
            _close(handle)
            raise ReportError(failed(self.path, 0, error)) from error

    def _write_holder(self, handle: int, holder: Holder) -> None:
        """Write who holds the lock; keep the file open, as closing it frees the lock."""
        try:
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            # `fill` closes what it has written: a second handle of the file, not the one that locks.
            fill(os.dup(handle), json.dumps(asdict(holder)).encode())
        except OSError as error:
            self._remove()
            _close(handle)
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
    try:
        if not is_plain(folder / LOCK):  # a pipe would keep its reader waiting for ever
            return None
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
        _close(handle)


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
