"""Records what is made durable and in which order, and states the law of every writer.

Law: a file that has come or changed was made durable (fsync) with the content that it has, before it got its
name, and the folder of its name was made durable after that; so was the folder above every folder that came.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

State = tuple[int, int, int]
"""Device and number, then size and time of the last change in one."""


def identity(status: os.stat_result) -> tuple[int, int]:
    """Tell one file or folder from another, whatever it is called."""
    return status.st_dev, status.st_ino


@dataclass(slots=True)
class Recorded:
    """Events in their order."""

    root: Path
    events: list[tuple[str, Any, Any]] = field(default_factory=list)
    """("sync", file or folder, size and time), ("name", file, new name), ("gone", name, None)."""
    before: dict[Path, Any] = field(default_factory=dict)

    def content(self) -> dict[Path, Any]:
        """List all files and folders with what tells their contents apart."""
        return {
            path: (
                identity(s := path.stat()),
                None if path.is_dir() else (s.st_size, s.st_mtime_ns),
            )
            for path in sorted(self.root.rglob("*"))
            if not path.is_symlink()
        }

    def first_sync(self, path: Path) -> int | None:
        """Find when a file was made durable as it is now."""
        status = path.stat()
        wanted = ("sync", identity(status), (status.st_size, status.st_mtime_ns))
        return next((i for i, event in enumerate(self.events) if event == wanted), None)

    def named(self, path: Path) -> int:
        """Find when a name was last given; -1 where the file was made under it."""
        names = [
            i for i, event in enumerate(self.events) if event[0] == "name" and event[2] == path
        ]
        return max(names, default=-1)

    def synced_after(self, folder: Path, when: int) -> bool:
        """Tell whether a folder was made durable after an event."""
        here = identity(folder.stat())
        return any(e[0] == "sync" and e[1] == here for e in self.events[when + 1 :])

    def broken(self, *, spared: tuple[str, ...] = ()) -> list[str]:
        """Name what breaks the law; `spared` are names of files that need not last."""
        found = []
        for path, state in self.content().items():
            if self.before.get(path) == state or path.name in spared:
                continue
            name, named = str(path.relative_to(self.root)), self.named(path)
            if path.is_dir():
                if path not in self.before and not self.synced_after(path.parent, named):
                    found.append(f"{name}: the folder above it was not made durable")
                continue
            synced = self.first_sync(path)
            if synced is None:
                found.append(f"{name}: its content was not made durable")
            elif synced > named >= 0:
                found.append(f"{name}: it had its name before its content was durable")
            if not self.synced_after(path.parent, max(named, synced or 0)):
                found.append(f"{name}: its name was not made durable")
        return found


@contextmanager
def recorded(root: Path) -> Iterator[Recorded]:
    """Record what the code inside does below a folder."""
    record = Recorded(root)
    record.before = record.content()
    sync, calls = os.fsync, {name: getattr(os, name) for name in ("replace", "rename", "link")}
    unlink = os.unlink

    def synced(handle: int) -> None:
        status = os.fstat(handle)
        sync(handle)
        is_folder = stat.S_ISDIR(status.st_mode)
        state = None if is_folder else (status.st_size, status.st_mtime_ns)
        record.events.append(("sync", identity(status), state))

    def naming(call: Any) -> Any:
        def named(source: Any, target: Any, **more: Any) -> None:
            status = Path(source).stat()
            call(source, target, **more)
            record.events.append(("name", identity(status), Path(target)))

        return named

    def removed(path: Any, **more: Any) -> None:
        unlink(path, **more)
        record.events.append(("gone", Path(os.fsdecode(path)), None))

    with (
        mock.patch.object(os, "fsync", synced),
        mock.patch.object(os, "unlink", removed),
        mock.patch.multiple(os, **{name: naming(call) for name, call in calls.items()}),
    ):
        yield record
