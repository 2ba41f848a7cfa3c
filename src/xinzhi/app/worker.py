"""Work that loads data: in processes beside the server, which stays small, quick and alive whatever happens there."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from xinzhi.app.answers import Refusal, in_words
from xinzhi.errors import Problem, StudyError
from xinzhi.io.json_text import finite
from xinzhi.problems import system_refused
from xinzhi.wording import Language, message

PROCESSES = 2
"""A long check does not keep a person from writing."""
USED = ("xinzhi.app.found",)
"""Loaded while the person still looks at the page."""

Work = Callable[..., Mapping[str, Any]]


class Worker:
    """Calls functions of modules with plain arguments; they give documents for JSON."""

    def __init__(self) -> None:
        self.pool: Executor | None = None

    def warm_up(self) -> None:
        """Start the first process."""
        self._pool().submit(_load)

    async def __call__(self, language: Language, work: Work, *arguments: Any) -> dict[str, Any]:
        """Call a function elsewhere.

        Raises
        ------
        Refusal
            What the function found wrong, in the language.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._pool(), _done, work, language, arguments)
        except BrokenProcessPool as error:
            self.close()
            raise StudyError(_ended()) from error
        if "refused" in found:
            raise Refusal(found["refused"])
        return found

    def close(self) -> None:
        """End the processes; what they still do is left."""
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = None

    def _pool(self) -> Executor:
        if self.pool is None:
            context = get_context("spawn")
            self.pool = ProcessPoolExecutor(PROCESSES, context, initializer=_begin)
        return self.pool


def _begin() -> None:
    """Leave Ctrl-C to the server, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    server = parent_process()
    assert server is not None
    server.join()
    os._exit(1)


def _load() -> None:
    for name in USED:
        import_module(name)


def _done(work: Work, language: Language, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Do the work, and say what is wrong: errors cross the border as words."""
    try:
        found: dict[str, Any] = finite(work(*arguments))
    except StudyError as error:
        return {"refused": in_words(error.problems, language)}
    except OSError as error:
        return {"refused": in_words([system_refused(error)], language)}
    return found


def _ended() -> Problem:
    return Problem(
        "app.worker",
        message("The process that reads the data was ended by the system."),
        remedy=message("it may need more memory than there is; try a smaller file."),
    )
