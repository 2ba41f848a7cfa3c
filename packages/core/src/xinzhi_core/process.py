"""Which process a record means: its computer, its number, and when it began.

A number alone names another process on another computer, and on this one after a while, too. Where
a record is of elsewhere, or the process with its number began at another time, nothing is sent to
it, and whether it lives is not said.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

PROC = Path("/proc")
START = 22 - 3
"""Place of the start in the words behind the name of a process (proc(5): field 22; the third is the first)."""


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

    Where the system cannot say without harm, it does; `since` is what `began` told, or empty.

    >>> import os
    >>> lives(os.getpid()), lives(os.getpid(), "another time"), lives(0)
    (True, False, False)
    """
    if pid <= 0:  # numbers that mean whole groups
        return False
    if sys.platform == "win32":  # there, to send signal 0 is to end the process
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    now = began(pid) if since else ""
    return not (since and now) or now == since
