"""The marker of a results folder: which files xinzhi wrote, with their digests.

A folder without it is not ours, and a file that it does not name was made by somebody else: it is kept, under
another name where a file of ours belongs.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from types import MappingProxyType

from xinzhi.errors import ReportError
from xinzhi.io.write import failed, make_folders
from xinzhi.work.working import read_plain

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
        """Tell whether a file is one of ours, and as we left it."""
        written = self.files.get(name)
        return written is not None and digest_of(folder / name) == written


def read_marker(path: Path) -> Marker | None:
    """Read a marker; None where there is none, an unsound one where it is damaged."""
    if not os.path.lexists(path):
        return None
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        document = json.loads(read_plain(path))
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


def digest_of(path: Path) -> str:
    """SHA-256 of a file itself; empty for a link, a folder and what is not there."""
    try:
        if path.is_symlink() or not path.is_file():
            return ""
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):  # ValueError: no name that a file can have
        return ""


def free_name(path: Path) -> Path:
    """Find a name beside a path that nothing has: first `report.kept.docx`."""
    names = (
        path.with_name(f"{path.stem}.kept{n if n > 1 else ''}{path.suffix}")
        for n in itertools.count(1)
    )
    return next(name for name in names if not os.path.lexists(name))


def set_aside(path: Path) -> Path:
    """Give what lies at a path another name, and return that."""
    free = free_name(path)
    path.rename(free)
    return free


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; one that cannot be made is an error with the reason."""
    try:
        make_folders(folder)
    except OSError as error:
        raise ReportError(failed(folder, 0, error)) from error


def is_plain(path: Path) -> bool:
    """Tell whether a path is a file itself: no folder, no link."""
    return path.is_file() and not path.is_symlink()
