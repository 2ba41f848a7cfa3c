"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from xinzhi_core.errors import Problem, ReportError, Where
from xinzhi_core.wording import message

T = TypeVar("T")
PART, SUFFIX = ".xinzhi-", ".part"
"""How the names of temporary files begin and end."""
PARTS = f"{PART}*{SUFFIX}"
HOUR = 3600.0
SHOWN = 80
"""Characters of a name that are shown where it is too long."""
IN_THE_WAY = message("move away what lies there, or choose another folder, then run again.")
NO_RIGHT = message(
    "close programs that hold this file and allow writing there, or choose another folder, then run again."
)
REMEDIES = {
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY), IN_THE_WAY),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY), NO_RIGHT),
    errno.ENAMETOOLONG: message("choose a shorter name, or a folder with a shorter path."),
    errno.ELOOP: message("these links lead in a circle: choose another folder."),
}
"""What the system says that has nothing to do with room -> what helps."""
GONE = message(
    "look whether the folder can still be reached and written, or choose another one, then run again."
)
NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, 0))
"""What the system says where room is missing; 0: a disk of which nothing is known."""
SHARED = frozenset((5, 32, 33))
"""What Windows says while another program (a virus scanner, a synchronised folder, Excel) holds a file."""
LONG_ON_WINDOWS = 206
"""What Windows says of a path that is too long; Python takes it for a file that is not there."""
WAITS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds between the trials of a move; one who only looks at a file has let it go by then."""


def write_atomically(
    path: str | Path, content: bytes | str | Iterable[str], *, replace: bool = True
) -> None:
    r"""Write a file through a temporary one beside it: fsync, replace, fsync of the folder.

    Parameters
    ----------
    path, content
        Where, and what; text, whole or block by block, is written as UTF-8.
    replace
        False refuses a name that is there, whatever it is.

    Raises
    ------
    ReportError
        `write.failed`: the disk is full or the folder not writable; nothing half-written stays.
        `write.exists`: the name is there and must not be replaced.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a.txt", "ä")
    ...     (Path(folder) / "a.txt").read_bytes()
    b'\xc3\xa4'
    """
    path = Path(path)
    whole = content.encode("utf-8") if isinstance(content, str) else content
    blocks = (whole,) if isinstance(whole, bytes) else (block.encode("utf-8") for block in whole)
    needed = len(whole) if isinstance(whole, bytes) else 0
    part: Path | None = None
    try:
        make_folders(path.parent)
        handle, name = tempfile.mkstemp(prefix=PART, suffix=SUFFIX, dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb", buffering=0) as stream:
            for block in blocks:
                needed = max(needed, stream.tell() + len(block))
                write_all(stream.fileno(), block)
            part.chmod(mode_of(path))  # mkstemp gives a file to its owner alone
            os.fsync(stream.fileno())  # of the permissions, too
        place(part, path, replace=replace)
    except OSError as error:
        if part is not None:
            with contextlib.suppress(OSError):
                part.chmod(0o600)  # Windows removes no file to read only, as the replaced one was
                part.unlink(missing_ok=True)
        if isinstance(error, FileExistsError) and not replace:
            raise ReportError(there(path)) from error
        raise ReportError(failed(path, needed, error)) from error
    sync_folder(path.parent)


def place(part: Path, path: Path, *, replace: bool) -> None:
    """Give a complete file its name, which must be free where it is not replaced."""
    if replace:
        move(part, path)
        return
    # A link refuses a name that is there; a renaming would replace it.
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.rename(path)
    else:
        part.unlink()


def move(source: Path, target: Path) -> None:
    """Give a file another name, in the place of what has it; an OSError as the system says it last."""
    patiently(lambda: source.replace(target))


def patiently(call: Callable[[], T]) -> T:
    """Do what Windows refuses while another program has a file open, and wait a little for that program.

    Scanners and synchronised folders open each new file for a moment. Any other refusal, and one that
    lasts, is an error as the system says it.
    """
    for wait in WAITS:
        try:
            return call()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in SHARED:
                raise
            time.sleep(wait)
    return call()


def mode_at(path: Path) -> int | None:
    """Tell what lies at a path itself, as `st_mode`; None where nothing does.

    Raises
    ------
    OSError
        The system does not let us look: that is not to say that nothing is there. (`Path.exists`, and on
        Windows and from Python 3.14 on `Path.is_file`, take the one for the other.)
    """
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_there(path: Path) -> bool:
    """Tell whether anything has this name, a link that leads nowhere too; raise where nobody can look."""
    return mode_at(path) is not None


def fill(handle: int, data: bytes) -> None:
    """Write all bytes to an open file, make them durable and close it."""
    try:
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes to an open file."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sweep_parts(folder: Path, *, older_than: float = HOUR) -> None:
    """Remove temporary files that a killed process left behind, and nothing else."""
    with contextlib.suppress(OSError):  # a folder that nobody can look into now is swept next time
        for path in folder.glob(PARTS):
            with contextlib.suppress(OSError):  # one that is held keeps no other
                is_folder = path.is_dir() and not path.is_symlink()
                if not is_folder and time.time() - path.lstat().st_mtime >= older_than:
                    path.unlink(missing_ok=True)


def mode_of(path: Path) -> int:
    """Permissions of the file that is replaced, or those that new files get."""
    if path.is_file():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def there(path: Path) -> Problem:
    """Say that a file is there and is not overwritten."""
    text = message("{file} is already there and is not overwritten.", file=path)
    remedy = message("choose another name, or remove the file first.")
    return Problem("write.exists", text, Where(file=str(path)), remedy)


def failed(path: Path, needed: int, error: OSError) -> Problem:
    """Say that a file cannot be written: why, and where room is missing how much is needed and free."""
    code = (
        errno.ENAMETOOLONG
        if getattr(error, "winerror", None) == LONG_ON_WINDOWS
        else error.errno or 0
    )
    if (remedy := REMEDIES.get(code, None if code in NO_ROOM else GONE)) is not None:
        text = message(
            "'{name}' cannot be written: {why}.",
            name=path.name if len(path.name) <= SHOWN else f"{path.name[:SHOWN]}…",
            why=error.strerror or str(error),
        )
        return Problem("write.failed", text, Where(file=str(path)), remedy)
    free: int | str = "?"
    nearest = next((folder for folder in path.parents if folder.is_dir()), None)
    if nearest is not None:
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(nearest).free
    text = message(
        "'{name}' cannot be written: {why} ({needed} bytes needed, {free} free).",
        one="'{name}' cannot be written: {why} ({needed} byte needed, {free} free).",
        counting="needed",
        name=path.name,
        why=error.strerror or str(error),
        needed=needed,
        free=free,
    )
    remedy = message("free some space or choose another folder, then run again.")
    return Problem("write.failed", text, Where(file=str(path)), remedy)


def make_folders(folder: Path) -> None:
    """Make a folder and those above it, and their names durable: what lies in them is lost with them."""
    new = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    folder.mkdir(parents=True, exist_ok=True)
    for made in new:
        sync_folder(made.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the file system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
