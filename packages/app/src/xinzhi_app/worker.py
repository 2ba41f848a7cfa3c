"""Work that loads data: in a process beside the server, which stays small, quick and alive whatever happens there."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from xinzhi_app.answers import RefusalInWords, in_words
from xinzhi_core.errors import Problem, StudyError
from xinzhi_core.problems import TOO_SLOW, system_refused
from xinzhi_core.wording import Language, message
from xinzhi_panel.io.json_text import finite

PATIENCE = 1.0
"""Seconds that work waits for what is under way, before a second process does it and ends."""
LONGEST = 900.0
"""Seconds after which work is ended: many times what the largest file needs."""
USED = ("xinzhi_app.findings",)
"""Loaded while the person still looks at the page."""


class WorkerProcesses(ProcessPoolExecutor):
    """Processes that can be ended at once."""

    def end(self) -> None:
        """End what is at work, whatever it does: a library in a loop hears nothing else."""
        for process in list((self._processes or {}).values()):
            process.kill()


def processes() -> Executor:
    """Start a process when there is something to do."""
    return WorkerProcesses(1, get_context("spawn"), initializer=_begin)


class Worker:
    """Calls functions, named `module:function`, with plain arguments; they give documents for JSON.

    Named, so that the server loads none of what they import. One process is kept. Where it is busy, a long check does not keep a person from writing: a second one
    is started, and ends with its work, as memory is worth more than its start.
    """

    def __init__(self, start: Callable[[], Executor] = processes) -> None:
        self.start = start
        self.pool: Executor | None = None
        self.turn, self.second = asyncio.Lock(), asyncio.Lock()

    def warm_up(self) -> None:
        """Start the process that is kept."""
        self._process().submit(_load)

    async def __call__(
        self, language: Language, work: str, *arguments: object
    ) -> dict[str, object]:
        """Call a function elsewhere.

        Raises
        ------
        Refusal
            What the function found wrong, in the language.
        """
        try:
            await asyncio.wait_for(self.turn.acquire(), PATIENCE)
        except TimeoutError:
            async with self.second:
                pool = self.start()
                try:
                    return await _submit(pool, work, language, arguments)
                finally:
                    _end(pool)
        try:
            return await _submit(self._process(), work, language, arguments)
        except StudyError:  # a process that ended does nothing more; the next call starts another
            self.close()
            raise
        finally:
            self.turn.release()

    def close(self) -> None:
        """End the process, and what it still does with it."""
        if self.pool is not None:
            # Waited for, as Python's own end of a program may find the pipe of such a pool closed, and says so.
            _end(self.pool, wait=True)
            self.pool = None

    def _process(self) -> Executor:
        if self.pool is None:
            self.pool = self.start()
        return self.pool


def _end(pool: Executor, *, wait: bool = False) -> None:
    if isinstance(pool, WorkerProcesses):
        pool.end()
    pool.shutdown(wait=wait, cancel_futures=True)


async def _submit(
    pool: Executor, work: str, language: Language, arguments: tuple[object, ...]
) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    try:
        doing = loop.run_in_executor(pool, _run, work, language, arguments)
        document = await asyncio.wait_for(doing, LONGEST)
    except TimeoutError as error:
        raise StudyError(
            Problem(
                TOO_SLOW,
                message("The work took more than {n} seconds and was ended.", n=round(LONGEST)),
                remedy=message("save the table as csv, or keep only what is needed."),
            )
        ) from error
    except BrokenProcessPool as error:
        raise StudyError(
            Problem(
                "app.worker",
                message("The process that reads the data was ended by the system."),
                remedy=message("it may need more memory than there is; try a smaller file."),
            )
        ) from error
    if "refused" in document:
        raise RefusalInWords(document["refused"])
    return document


def _begin() -> None:
    """Leave Ctrl-C to the server, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    # Killed, a server ends none of its processes: each waits for it.
    server = parent_process()
    assert server is not None
    server.join()
    os._exit(1)


def _load() -> None:
    for name in USED:
        import_module(name)


def _run(work: str, language: Language, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Do the work, and say what is wrong: errors cross the border between processes as words."""
    module, _, name = work.partition(":")
    try:
        document: dict[str, object] = finite(getattr(import_module(module), name)(*arguments))
    except StudyError as error:
        return {"refused": in_words(error.problems, language)}
    except OSError as error:
        return {"refused": in_words([system_refused(error)], language)}
    return document
