"""Enough open files for a run: asked for before the work, not missed after it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from xinzhi.errors import Problem, ReportError, Where
from xinzhi.wording import message

NEEDED, PER_JOB = 64, 8
"""Open files of a run: the libraries that draw need about 20 at once, each process a few more."""


def provide(study: Path, *, jobs: int = 1) -> None:
    """Raise the limit of open files as far as a run needs, where the system lets us.

    Raises
    ------
    ReportError
        The system allows fewer; the library that draws would end the run at its very end.
    """
    try:
        resource = import_module("resource")
    except ImportError:  # not a POSIX system: it has no such limit
        return
    needed = NEEDED + PER_JOB * jobs
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard == resource.RLIM_INFINITY or hard >= needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return
    text = message(
        "The system allows {n} open files, and a run needs {needed}.", n=hard, needed=needed
    )
    remedy = message("allow more, such as with `ulimit -n 1024`, and run again.")
    raise ReportError(Problem("system.open_files", text, Where(file=str(study)), remedy))
