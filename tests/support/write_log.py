"""Every operation that changes a folder, in its order, and the disk that these operations make.

The calls of `os` and `open` are replaced for a while: each is done, and noted. What goes past them is not
noted, so that `WriteLog.replayed` must be compared with the real folder: it is the same byte for byte, or
the log is wrong.
"""

from __future__ import annotations

import builtins
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

Entry = tuple[int, str]
"""A name in a folder: the number of the folder, and the name."""
ROOT = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of one file, of names, or a wait for the disk (`sync`)."""

    kind: str
    """write, resize, mode, enter (a name comes), leave (a name goes), move, sync."""
    node: int
    at: Entry | None = None
    """Where the name comes, or goes."""
    source: Entry | None = None
    """Whence a name is moved."""
    start: int = 0
    data: bytes = b""
    number: int = 0
    """New size, or mode."""


@dataclass(slots=True)
class Disk:
    """Files and folders by number, as some operations leave them."""

    files: dict[int, bytearray] = field(default_factory=dict)
    modes: dict[int, int] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})

    @classmethod
    def of(cls, root: Path) -> Disk:
        """Read a folder."""
        disk = cls()
        numbers = {root: ROOT}
        for number, path in enumerate(sorted(root.rglob("*")), 1):
            assert not path.is_symlink(), path
            numbers[path] = number
            disk.modes[number] = path.stat().st_mode & 0o777
            if path.is_dir():
                disk.folders[number] = {}
            else:
                disk.files[number] = bytearray(path.read_bytes())
            disk.folders[numbers[path.parent]][path.name] = number
        return disk

    def copy(self) -> Disk:
        """Give a disk of its own."""
        return Disk(
            {n: bytearray(data) for n, data in self.files.items()},
            dict(self.modes),
            {n: dict(names) for n, names in self.folders.items()},
        )

    def apply(self, one: Operation) -> None:
        """Do an operation."""
        if one.kind == "write":
            data = self.files[one.node]
            data.extend(bytes(max(0, one.start - len(data))))
            data[one.start : one.start + len(one.data)] = one.data
        elif one.kind == "resize":
            data = self.files[one.node]
            del data[one.number :]
            data.extend(bytes(one.number - len(data)))
        elif one.kind == "mode":
            self.modes[one.node] = one.number
        for entry, node in ((one.source, None), (one.at, one.node)):
            if entry is None or entry[0] not in self.folders:
                continue
            folder, name = entry
            if node is None or one.kind == "leave":
                self.folders[folder].pop(name, None)
            else:
                self.folders[folder][name] = node

    def tree(self, number: int = ROOT, within: str = "") -> dict[str, bytes | None]:
        """List what can be reached: path -> content, None of a folder."""
        found: dict[str, bytes | None] = {}
        for name, node in sorted(self.folders[number].items()):
            path = f"{within}{name}"
            if node in self.folders:
                found[path] = None
                found |= self.tree(node, f"{path}/")
            else:
                found[path] = bytes(self.files[node])
        return found

    def lay(self, root: Path) -> None:
        """Make a real folder of it."""
        root.mkdir(parents=True)
        for path, content in self.tree().items():
            if content is None:
                (root / path).mkdir()
            else:
                (root / path).write_bytes(content)

    def node_at(self, parts: tuple[str, ...]) -> int | None:
        """Find what a path leads to."""
        node: int | None = ROOT
        for part in parts:
            node = None if node not in self.folders else self.folders[node].get(part)
        return node


class _Raw(io.RawIOBase):
    """A file whose writes go through `os.write`, so that they are noted."""

    def __init__(self, handle: int, name: Any) -> None:
        self.handle, self.name = handle, name

    def fileno(self) -> int:
        return self.handle

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return os.write(self.handle, data)

    def readinto(self, room: Any) -> int:
        data = os.read(self.handle, len(room))
        room[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return os.lseek(self.handle, offset, whence)

    def truncate(self, size: int | None = None) -> int:
        size = self.tell() if size is None else size
        os.ftruncate(self.handle, size)
        return size

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.close(self.handle)


@dataclass(slots=True)
class WriteLog:
    """The operations below a folder."""

    root: Path
    before: Disk
    now: Disk
    operations: list[Operation] = field(default_factory=list)
    open_files: dict[int, tuple[int, tuple[int, int]]] = field(default_factory=dict)
    """Handle -> number of the file, and what tells whether the handle is still of it."""
    born: int = 0

    def replayed(self) -> Disk:
        """Do all operations again, on the folder as it was."""
        disk = self.before.copy()
        for one in self.operations:
            disk.apply(one)
        return disk

    def note(self, one: Operation) -> None:
        """Note an operation that was done."""
        self.operations.append(one)
        self.now.apply(one)

    def entry(self, path: Any, within: int | None = None) -> Entry | None:
        """Find the folder and the name of a path; None outside."""
        text = Path(os.fsdecode(path))
        if within is not None and not text.is_absolute():
            folder = self.of_handle(within)
            return None if folder is None else (folder, str(text))
        whole = Path(os.path.abspath(text))  # noqa: PTH100 - no link is followed
        if self.root not in whole.parents:
            return None
        folder = self.now.node_at(whole.relative_to(self.root).parent.parts)
        return None if folder is None else (folder, whole.name)

    def node(self, path: Any, within: int | None = None) -> int | None:
        """Find the number of what a path, or a handle, leads to."""
        if isinstance(path, int):
            return self.of_handle(path)
        if within is None and Path(os.path.abspath(os.fsdecode(path))) == self.root:  # noqa: PTH100
            return ROOT
        entry = self.entry(path, within)
        return None if entry is None else self.now.folders[entry[0]].get(entry[1])

    def of_handle(self, handle: int) -> int | None:
        """Find the file of a handle, which may have been closed and be another file's by now."""
        node, identity = self.open_files.get(handle, (None, None))
        return node if node is not None and identity == _identity(handle) else None

    def new(self) -> int:
        """Give a number to what comes."""
        self.born -= 1
        return self.born


def _identity(handle: int) -> tuple[int, int]:
    status = os.fstat(handle)
    return status.st_dev, status.st_ino


Call = Callable[..., Any]


def _watched_files(log: WriteLog, real: dict[str, Call]) -> dict[str, Call]:  # noqa: C901 - a call each
    """Wrap the calls that change the content of files."""

    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        entry = None if isinstance(path, int) else log.entry(path, dir_fd)
        node = log.node(path, dir_fd)
        handle: int = real["open"](path, flags, mode, dir_fd=dir_fd)
        if node is None and entry is not None:
            node = log.new()
            log.now.files[node], log.before.files[node] = bytearray(), bytearray()
            log.note(Operation("enter", node, at=entry))
            log.note(Operation("mode", node, number=stat.S_IMODE(os.fstat(handle).st_mode)))
        elif node in log.now.files and flags & os.O_TRUNC:
            log.note(Operation("resize", node))
        if node is not None:
            log.open_files[handle] = node, _identity(handle)
        return handle

    def wrote(handle: int, data: Any) -> int:
        node = log.of_handle(handle)
        start = 0 if node is None else os.lseek(handle, 0, os.SEEK_CUR)
        n: int = real["write"](handle, data)
        if node is not None:
            log.note(Operation("write", node, start=start, data=bytes(data)[:n]))
        return n

    def resized(handle: Any, size: int) -> None:
        real["ftruncate"](handle, size)
        if (node := log.of_handle(handle)) is not None:
            log.note(Operation("resize", node, number=size))

    def synced(handle: int) -> None:
        if (node := log.of_handle(handle)) is not None:
            log.note(Operation("sync", node))

    def copied(handle: int) -> int:
        other: int = real["dup"](handle)
        if (node := log.of_handle(handle)) is not None:
            log.open_files[other] = node, _identity(other)
        return other

    def marked(path: Any, mode: int, **more: Any) -> None:
        real["chmod"](path, mode, **more)
        if (node := log.node(path, more.get("dir_fd"))) in log.now.modes:
            log.note(Operation("mode", node, number=mode))

    return {
        "open": opened, "write": wrote, "ftruncate": resized, "fsync": synced, "dup": copied,
        "chmod": marked,
    }  # fmt: skip


def _watched_names(log: WriteLog, real: dict[str, Call]) -> dict[str, Call]:  # noqa: C901 - a call each
    """Wrap the calls that change names."""

    def moving(name: str) -> Call:
        def moved(source: Any, target: Any, **more: Any) -> None:
            node, old, new = log.node(source), log.entry(source), log.entry(target)
            real[name](source, target, **more)
            assert (old is None) == (new is None), "moved into the folder, or out of it"
            if node is not None:
                log.note(Operation("move", node, at=new, source=old))

        return moved

    def linked(source: Any, target: Any, **more: Any) -> None:
        real["link"](source, target, **more)
        if (node := log.node(source)) is not None:
            log.note(Operation("enter", node, at=log.entry(target)))

    def leaving(name: str) -> Call:
        def left(path: Any, *, dir_fd: int | None = None) -> None:
            node = log.node(path, dir_fd)
            real[name](path, dir_fd=dir_fd)
            if node is not None:
                log.note(Operation("leave", node, at=log.entry(path, dir_fd)))

        return left

    def made(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        real["mkdir"](path, mode, dir_fd=dir_fd)
        if (entry := log.entry(path, dir_fd)) is not None:
            node = log.new()
            log.now.folders[node], log.before.folders[node] = {}, {}
            log.note(Operation("enter", node, at=entry))

    def refused(*words: Any, **_: Any) -> None:
        raise AssertionError(words)  # no writer of ours uses it: the log would miss it

    return {
        "replace": moving("replace"), "rename": moving("rename"), "link": linked,
        "unlink": leaving("unlink"), "remove": leaving("remove"), "rmdir": leaving("rmdir"),
        "mkdir": made, "symlink": refused, "sendfile": refused, "truncate": refused,
    }  # fmt: skip


def _opener(log: WriteLog, real: Call) -> Call:
    """Wrap `open`: files that are written go through `os`."""

    def opened(file: Any, mode: str = "r", buffering: int = -1, *words: Any, **more: Any) -> Any:
        writes = bool(set(mode) & set("wax+"))
        is_ours = writes and (
            log.of_handle(file) is not None
            if isinstance(file, int)
            else log.entry(file) is not None
        )
        if not is_ours:
            return real(file, mode, buffering, *words, **more)
        flags = os.O_RDWR | (0 if mode.startswith("r") else os.O_CREAT)
        flags |= {"w": os.O_TRUNC, "x": os.O_EXCL}.get(mode[0], 0)
        raw = _Raw(file if isinstance(file, int) else os.open(file, flags, 0o666), file)
        if mode.startswith("a"):
            raw.seek(0, 2)
        if buffering == 0:
            return raw
        stream = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return stream if "b" in mode else io.TextIOWrapper(stream, *words, **more)

    return opened


@contextmanager
def write_log(root: Path) -> Iterator[WriteLog]:
    """Note what the code inside does below a folder."""
    root = root.resolve()
    log = WriteLog(root, Disk.of(root), Disk.of(root))
    names = [
        "open",
        "write",
        "ftruncate",
        "fsync",
        "dup",
        "chmod",
        "replace",
        "rename",
        "link",
        "unlink",
        "remove",
        "rmdir",
        "mkdir",
    ]
    real = {name: getattr(os, name) for name in names}
    watched = {**_watched_files(log, real), **_watched_names(log, real)}
    opened = _opener(log, io.open)
    with (
        mock.patch.multiple(os, **watched),
        mock.patch.object(io, "open", opened),
        mock.patch.object(builtins, "open", opened),
    ):
        yield log
