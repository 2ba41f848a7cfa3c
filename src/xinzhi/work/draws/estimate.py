"""What a long computation takes, said before it begins, and how far it has come."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from math import ceil

from xinzhi.events import DrawProgress
from xinzhi.wording import Wording

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds of a chunk: shorter ones cost more than they compute, longer ones lose more when killed."""
CHUNKS = 50
"""Chunks of a worker, where neither limit holds."""
FEWEST = 4
"""Chunks of a worker at least, so that none waits long for the last of another."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is left of a computation takes this."""

    name: Wording
    n: int
    """Draws that are left."""
    seconds: float
    """As a timed sample says."""
    jobs: int
    memory: int | None
    """Bytes of all processes together; None where the system does not say."""


def agreed(estimate: Estimate) -> bool:  # noqa: ARG001 - the answer is always yes
    """Agree to everything."""
    return True


def ignored(within: DrawProgress) -> None:
    """Ignore the progress."""


def choose_chunk(pace: float, n: int, jobs: int) -> int:
    """Choose the draws of a chunk: those of a second in a short computation, of half a minute in a long one.

    Parameters
    ----------
    pace
        Seconds a draw.
    n
        Draws that are left.
    jobs
        Chunks that are computed at once.

    Examples
    --------
    >>> choose_chunk(0.03, 2000, 2), choose_chunk(10.0, 2000, 2), choose_chunk(0.001, 100, 4)
    (33, 3, 7)
    """
    aim = min(LONGEST, max(SHORTEST, pace * n / jobs / CHUNKS))
    size = round(aim / pace) if pace > 0 else n
    return max(1, min(size, ceil(n / (FEWEST * jobs))))


def estimate_memory(jobs: int) -> int | None:
    """Estimate the memory of all processes: each needs what this one has needed so far."""
    try:
        resource = import_module("resource")
    except ImportError:  # not a POSIX system
        return None
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (jobs + (jobs > 1)) * peak * (1 if sys.platform == "darwin" else 1024)
