"""Which process a record means: its computer, its number, and when it began.

A number alone names another process on another computer, and on this one after a while, too. Where
a record is of elsewhere, or the process with its number began at another time, nothing is sent to
it, and whether it lives is not said.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

PROC = Path("/proc")
START = 22 - 3
"""Place of the start in the words behind the name of a process (proc(5): field 22; the third is the first)."""


SYNCHRONIZE, NO_SUCH, ENDED = 0x00100000, 87, 0
"""Of Windows: the right to wait for a process, what it says of a number that none has, and of one that has ended."""


def this_host() -> str:
    """Name of this computer."""
    return socket.gethostname()


def began(pid: int) -> str:
    """Tell when a process began, in words that only it has; empty where the system does not say.

    >>> import os
    >>> began(os.getpid()) == began(os.getpid()), began(-1)
    (True, '')
    """
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        told = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        return f"{boot} {told[START].decode('ascii')}"
    except (OSError, ValueError, IndexError):
        return ""


def lives(pid: int, since: str = "") -> bool:
    """Tell whether a process of this computer lives, and is the one that began then.

    Where the system does not say, it does; `since` is what `began` told, or empty.

    >>> import os
    >>> lives(os.getpid()), lives(os.getpid(), "another time"), lives(0)
    (True, False, False)
    """
    if pid <= 0:  # numbers that mean whole groups
        return False
    if sys.platform == "win32":  # there, to send signal 0 is to end the process
        return _lives_on_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    now = began(pid) if since else ""
    return not (since and now) or now == since


def _lives_on_windows(pid: int) -> bool:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(SYNCHRONIZE, False, pid)
    if not handle:
        # No process has this number; anything else, such as no right to open it, is not proof.
        return ctypes.get_last_error() != NO_SUCH  # type: ignore[attr-defined,no-any-return,unused-ignore]
    try:
        return kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) != ENDED  # type: ignore[no-any-return,unused-ignore]
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def end_with(parent: int, seconds: float, end: Callable[[int], object] = os._exit) -> None:
    """Look every few moments whether the process that asked still lives, and end this one where it does not."""
    # A process whose parent was killed gets another one, but on Windows, which goes on naming the dead.
    while os.getppid() == parent and lives(parent):
        sleep(seconds)
    end(1)  # from a thread: `sys.exit` would end that alone
