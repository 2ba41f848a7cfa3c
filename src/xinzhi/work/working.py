"""Folders that a run works in, hidden in the folder of results: never mistaken for somebody else's.

A folder of ours holds a tag. It is made whole, with the tag, under a passing name, and loses the tag
last, so that a kill at any moment leaves either a folder that says whose it is, or none. Where somebody
has a folder, a link or a file of such a name, it stays as it is and the next free name is taken.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import stat
import tempfile
from pathlib import Path

from xinzhi.io.write import PART, SUFFIX, fill, mode_of, sync_folder

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
    """Tell whether a folder is one that we work in."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    with contextlib.suppress(OSError):
        return read_plain(folder / TAG, BRIEF) == WORDS
    return False


def choose(folder: Path, name: str) -> Path:
    """Choose the place of a working folder: a free one, or one that is ours already."""
    numbered = (f"{name}-{n}" if n > 1 else name for n in itertools.count(1))
    places = (folder / one for one in numbered)
    return next(place for place in places if not os.path.lexists(place) or is_working(place))


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
        passing.rename(place)
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
    if not is_working(folder):
        return
    for item in folder.iterdir():
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item, ignore_errors=True)
        elif item.name != TAG:
            with contextlib.suppress(OSError):
                item.unlink()
    with contextlib.suppress(OSError):
        if [item.name for item in folder.iterdir()] == [TAG]:
            (folder / TAG).unlink()
            folder.rmdir()


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
