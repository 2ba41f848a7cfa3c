"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, ReportError, Where
from xinzhi.wording import message

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Beginnings of a text that a spreadsheet program would take for a formula."""


def write_atomically(path: str | Path, content: bytes | str) -> None:
    r"""Write a file through a temporary one beside it: fsync, replace, fsync of the folder.

    Raises
    ------
    ReportError
        `write.failed`: the disk is full or the folder not writable; nothing half-written stays.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a.txt", "ä")
    ...     (Path(folder) / "a.txt").read_bytes()
    b'\xc3\xa4'
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent
        )
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode(path))
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
        raise ReportError(_failed(path, len(data), error)) from error
    _sync_folder(path.parent)


def _mode(path: Path) -> int:
    """Permissions of the file that is replaced, or those that new files get."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _failed(path: Path, needed: int, error: OSError) -> Problem:
    try:
        free: int | str = shutil.disk_usage(path.parent).free
    except OSError:
        free = "?"
    return Problem(
        "write.failed",
        message(
            "'{name}' cannot be written: {why} ({needed} bytes needed, {free} free).",
            name=path.name,
            why=error.strerror or str(error),
            needed=needed,
            free=free,
        ),
        Where(file=str(path)),
        message("free some space or choose another folder, then run again."),
    )


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems cannot sync a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def csv_text(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV text, index levels first; numbers keep all their digits.

    Text that a spreadsheet program would take for a formula gets a leading apostrophe.

    >>> csv_text(pd.DataFrame({"x": [0.1, None], "t": ["=1+1", "b"]}).set_index("t"))
    "t,x\r\n'=1+1,0.1\r\nb,\r\n"
    """
    named = [name for name in frame.index.names if name is not None]
    table = frame.reset_index(level=named, allow_duplicates=True) if named else frame
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([safe_text(str(name)) for name in table.columns])
    columns = [list(map(_cell, table.iloc[:, i].tolist())) for i in range(table.shape[1])]
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue()


def write_csv(path: str | Path, frame: pd.DataFrame, *, bom: bool = False) -> None:
    """Write a frame as UTF-8 CSV, atomically; `bom` helps spreadsheet programs to see UTF-8."""
    write_atomically(path, ("\ufeff" if bom else "") + csv_text(frame))


def safe_text(text: str) -> str:
    """Put an apostrophe before text that would be taken for a formula.

    >>> safe_text("-2+3"), safe_text("唐山")
    ("'-2+3", '唐山')
    """
    return f"'{text}" if text.startswith(RISKY) else text


def _cell(value: object) -> str:
    if isinstance(value, str):
        return safe_text(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else _digits(float(value))
    return str(value)


def _digits(value: float) -> str:
    whole = value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)
