"""A plain folder that remembers finished work under content-addressed keys.

An entry is one file: the SHA-256 of the body in hexadecimal, a newline, the body. Entries are
published atomically and verified when read; a damaged one goes to `quarantine/` and is as good as
not there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from xinzhi.io.write import write_atomically

DIGEST = 64


@dataclass(frozen=True, slots=True)
class Store:
    """Entries by key in a folder; the folder is made when the first entry is kept."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """Return the body of an entry, or None where there is no sound one."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        body = content[DIGEST + 1 :]
        if content[:DIGEST] != sha256(body).hexdigest().encode():
            self._quarantine(path)
            return None
        return body

    def put(self, key: str, body: bytes) -> None:
        """Publish an entry: all of it or nothing."""
        write_atomically(self._path(key), sha256(body).hexdigest().encode() + b"\n" + body)

    def keep_only(self, keys: frozenset[str]) -> None:
        """Remove the entries of earlier runs that no run needs any more."""
        if self.folder.is_dir():
            for path in self.folder.glob("*.npz"):
                if path.stem not in keys:
                    path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"

    def _quarantine(self, path: Path) -> None:
        aside = self.folder / "quarantine"
        aside.mkdir(exist_ok=True)
        os.replace(path, aside / path.name)  # noqa: PTH105 - the same words as in io.write
