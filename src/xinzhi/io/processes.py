"""Whether a process of this computer lives."""

from __future__ import annotations

import os
import sys


def lives(pid: int) -> bool:
    """Tell whether a process lives; where the system cannot say without harm, it does.

    >>> import os
    >>> lives(os.getpid())
    True
    """
    if sys.platform == "win32":  # there, to send signal 0 is to end the process
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
