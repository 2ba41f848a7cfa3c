"""A plain folder that remembers finished work under content-addressed keys.

An entry is one file: a mark, the SHA-256 of the key and the body in hexadecimal, a newline, the body.
The digest binds a body to its key: an entry under another name is not one. Entries are published
atomically and verified when read; a damaged one goes to `quarantine/` and is as good as not there.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from xinzhi.work.lock import is_plain, read_plain, set_aside
from xinzhi_core.write import write_atomically

MARK = b"xinzhi 1 "
"""How an entry begins: a file without it is not ours, and is never removed."""
START = len(MARK) + 64 + 1
SUFFIX = ".npz"


@dataclass(frozen=True, slots=True)
class Store:
    """Entries by key in a folder; the folder is made when the first entry is kept."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """Return the body of an entry, or None where there is no sound one; that is put aside."""
        try:
            content = read_plain(self._path(key))
        except OSError:
            # An entry that another program holds is sound: it is computed again, and stays.
            with contextlib.suppress(OSError):
                if not is_plain(self._path(key)):
                    self.quarantine(key)
            return None
        body = _body(key, content)
        if body is None:
            self.quarantine(key)
        return body

    def content(self, key: str) -> bytes | None:
        """Return the body of an entry, or None where there is no sound one; nothing is moved."""
        try:
            content = read_plain(self._path(key))
        except (OSError, ValueError):  # not there, or something else in its place
            return None
        return _body(key, content)

    def put(self, key: str, body: bytes) -> None:
        """Publish an entry: all of it or nothing."""
        if os.path.lexists(self.folder) and not self.folder.is_dir():
            set_aside(self.folder)
        if self._path(key).is_dir():
            self.quarantine(key)
        write_atomically(self._path(key), _head(key, body) + body)

    def keep_only(self, keys: frozenset[str]) -> None:
        """Remove the entries of earlier runs that no run needs any more."""
        if not self.folder.is_dir():
            return
        for path in self.folder.glob(f"*{SUFFIX}"):
            if path.stem not in keys and _is_entry(path):
                with contextlib.suppress(OSError):  # it only takes space
                    path.unlink()

    def entries(self) -> tuple[str, ...]:
        """List the keys of the entries, sound or not."""
        return tuple(sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}")))

    def quarantine(self, key: str) -> None:
        """Put aside what lies where an entry belongs; what cannot be moved is passed over."""
        path, aside = self._path(key), self.folder / "quarantine"
        if not os.path.lexists(path):
            return
        with contextlib.suppress(OSError):
            if os.path.lexists(aside) and not aside.is_dir():
                set_aside(aside)
            aside.mkdir(exist_ok=True)
            if os.path.lexists(aside / path.name):
                set_aside(aside / path.name)
            path.rename(aside / path.name)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"


def _body(key: str, content: bytes) -> bytes | None:
    # The key is part of the digest: a sound entry that was copied or renamed is refused too.
    body = content[START:]
    return body if content[:START] == _head(key, body) else None


def _head(key: str, body: bytes) -> bytes:
    return MARK + sha256(key.encode() + b"\n" + body).hexdigest().encode() + b"\n"


def _is_entry(path: Path) -> bool:
    """Tell whether a file is an entry of ours, whatever its state."""
    try:
        return read_plain(path, len(MARK)) == MARK
    except OSError:
        return False
