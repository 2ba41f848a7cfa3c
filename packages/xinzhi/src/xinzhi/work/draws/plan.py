"""How draws are computed, as a person asks for it.

What a long computation takes, said before it begins, and how far it has come.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from xinzhi.events import DrawProgress
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import Wording, message

if TYPE_CHECKING:
    from xinzhi.work.draws.driver import Chunked
    from xinzhi_core.processes import Crew


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


Kind = Literal["serial", "processes", "dask"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Plan:
    """An engine that is not yet at work; results do not depend on it."""

    engine: str | None = None
    """One of `KINDS`; where it is left out, `jobs` and `address` say it."""
    jobs: int | None = None
    """Number of processes of this computer; all cores under `processes` where it is left out."""
    address: str | None = None
    """Of the scheduler of a dask cluster."""
    command: Wording = ""
    """The command that continues what was interrupted."""
    chunk: int | None = None
    """Draws that a worker computes at once, and that this process never computes but the first; chosen by
    a timed sample where it is left out. Results do not depend on it."""
    agree: Callable[[Estimate], bool] = agreed
    cancel: threading.Event | None = None

    def __post_init__(self) -> None:
        if self.engine is not None and self.engine not in KINDS:
            raise SpecError(unknown_choice(self.engine, "engine", KINDS, Where(key="engine")))
        if self.kind == "dask" and not self.address:
            raise _refusal(
                message("The engine dask needs the address of a scheduler."),
                message("give it, such as --address tcp://10.0.0.1:8786."),
            )
        if self.kind != "dask" and self.address:
            raise _refusal(
                message("The engine {engine} uses no address.", engine=self.kind),
                message("leave --address out, or use --engine dask."),
            )
        if self.kind == "serial" and self.jobs not in {None, 1}:
            raise _refusal(
                message("The engine serial is one process."),
                message("leave --jobs out, or use --engine processes."),
            )

    @property
    def kind(self) -> str:
        """The engine that is meant.

        >>> Plan().kind, Plan(jobs=4).kind, Plan(address="tcp://10.0.0.1:8786").kind
        ('serial', 'processes', 'dask')
        """
        if self.engine:
            return self.engine
        return "dask" if self.address else "processes" if (self.jobs or 1) > 1 else "serial"

    def open(
        self, folder: Path | None = None, tell: Callable[[DrawProgress], None] = ignored
    ) -> Chunked:
        """Make the engine.

        Parameters
        ----------
        folder
            Where finished chunks are kept.
        tell
            Called with the progress.

        Raises
        ------
        MissingExtra, Stopped
            The cluster does not exist or cannot be used.
        """
        from xinzhi.work.draws.driver import Chunked

        return Chunked(
            self._crew(),
            folder,
            self.command,
            tell,
            self.agree,
            self.cancel,
            chunk=self.chunk,
            jobs=self.n_jobs,
        )

    @property
    def n_jobs(self) -> int:
        """Processes of this computer."""
        return self.jobs or ((os.cpu_count() or 1) if self.kind == "processes" else 1)

    def _crew(self) -> Crew:
        if self.kind == "serial":
            from xinzhi_core.processes import Here

            return Here(self.cancel)
        if self.kind == "processes":
            from xinzhi_core.processes import Processes

            return Processes(self.n_jobs)
        from xinzhi_core.processes import Cluster

        assert self.address is not None
        return Cluster.connect(self.address)


SERIAL = Plan()
"""Everything in the process that asks."""


def _refusal(sentence: Wording, remedy: Wording) -> SpecError:
    return SpecError(Problem("option.engine", sentence, Where(key="engine"), remedy))
