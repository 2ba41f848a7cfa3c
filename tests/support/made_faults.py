"""Faults at chosen calls of the system: a kill, or a disk that is full from there on.

The calls are those of `os` that change a disk below one folder; pathlib and shutil go through them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

CHANGES = (
    *("open", "write", "fsync", "replace", "rename", "link", "mkdir", "unlink", "rmdir", "chmod"),
    "ftruncate",
)
"""Calls that are counted."""
TAKE_SPACE = ("open", "write", "fsync", "link", "mkdir", "replace", "rename")
"""Calls that a full disk can refuse; making a name can need a block too."""


@dataclass
class Calls:
    """Counts the calls that change a disk, and strikes at one of them."""

    strike: Callable[[str, int, tuple[Any, ...]], None]
    names: list[str] = field(default_factory=list)
    """The calls so far, in order."""

    def around(self, name: str) -> Callable[..., Any]:
        """Wrap a call of `os`."""
        real = getattr(os, name)

        def call(*words: Any, **more: Any) -> Any:
            if name != "open" or _makes(words, more):
                self.names.append(name)
                self.strike(name, len(self.names), words)
            # A killed process loses nothing that the system has: to wait for the disk proves nothing.
            return None if name == "fsync" else real(*words, **more)

        return call


def _makes(words: tuple[Any, ...], more: dict[str, Any]) -> bool:
    flags = words[1] if len(words) > 1 else more.get("flags", 0)
    return bool(flags & os.O_CREAT)


@contextlib.contextmanager
def faults(strike: Callable[[str, int, tuple[Any, ...]], None]) -> Iterator[Calls]:
    """Strike where the function wants; it may raise, or kill the process."""
    calls = Calls(strike)
    with contextlib.ExitStack() as stack:
        for name in CHANGES:
            stack.enter_context(mock.patch.object(os, name, calls.around(name)))
        yield calls


def nothing(_name: str, _n: int, _words: tuple[Any, ...]) -> None:
    """Strike nowhere: the calls are only counted."""


def killed_at(number: int) -> Callable[[str, int, tuple[Any, ...]], None]:
    """Kill the process at a call; one that writes has written half by then."""

    def strike(name: str, n: int, words: tuple[Any, ...]) -> None:
        if n == number:
            if name == "write":
                handle, data = words
                with contextlib.suppress(OSError), os.fdopen(os.dup(handle), "wb") as torn:
                    torn.write(bytes(data)[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

    return strike


def full_from(
    number: int, *, once: bool = False, kinds: tuple[str, ...] = TAKE_SPACE
) -> Callable[[str, int, tuple[Any, ...]], None]:
    """Let the disk be full from a call on, or at this call only."""

    def strike(name: str, n: int, _words: tuple[Any, ...]) -> None:
        if name in kinds and (n == number if once else n >= number):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return strike


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder; what a run remembers for itself (`store`) is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != "store"
    }
