"""Pictures of a report: each is drawn once, in processes of their own, and kept for the next report.

The renderer holds the interpreter while it draws, so that threads gain nothing. Pictures do not depend
on how many processes draw them, or on which were drawn before.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress

from xinzhi.errors import ReportError
from xinzhi.present.drawing import Drawing, pictures_of
from xinzhi.work.draws.processes import pool_of
from xinzhi.work.store import Store

FEW = 6
"""Pictures that are drawn in this process: another one would take longer to start."""
MOST = 4
Wanted = tuple[Drawing, str]


def processes_beside() -> int:
    """Count the processes that can draw while this one writes.

    >>> 1 <= processes_beside() <= MOST
    True
    """
    return min(MOST, max(1, (os.cpu_count() or 1) - 1))


class Pictures:
    """Gives pictures by what they show, however they came to be."""

    def __init__(self, store: Store | None = None, *, processes: int = 0) -> None:
        self.store = store
        self.processes = processes
        """Processes that draw beside this one."""
        self.keys: set[str] = set()
        """Entries of the store that this report needs."""
        self._known: dict[str, bytes] = {}
        self._coming: dict[Drawing, Future[dict[str, bytes]]] = {}

    @contextmanager
    def drawn_beside(self, wanted: Iterable[Wanted]) -> Iterator[None]:
        """Draw pictures in other processes while this one goes on; those that are kept are not drawn."""
        tasks: dict[Drawing, list[str]] = {}
        for drawing, kind in wanted:
            if self._kept(drawing.key(kind)) is None:
                kinds = tasks.setdefault(drawing, [])
                kinds += [] if kind in kinds else [kind]
        if not self.processes or sum(map(len, tasks.values())) <= FEW:
            yield
            return
        pool = pool_of(self.processes)
        try:
            # Where no more processes are allowed, this one draws what is left.
            with suppress(OSError):
                for one, kinds in tasks.items():
                    self._coming[one] = pool.submit(pictures_of, one, kinds)
            yield
        finally:
            for found in self._coming.values():
                found.cancel()
            pool.shutdown(wait=True)
            self._coming = {}

    def of(self, drawing: Drawing, kind: str) -> bytes:
        """Give a picture: kept, drawn by another process, or drawn here."""
        key = drawing.key(kind)
        found = self._kept(key)
        if found is not None:
            return found
        for one, content in self._drawn(drawing, kind).items():
            self._keep(drawing.key(one), content)
        return self._known[key]

    def _drawn(self, drawing: Drawing, kind: str) -> dict[str, bytes]:
        coming = self._coming.pop(drawing, None)
        if coming is not None:
            try:
                found = coming.result()
            except (
                BrokenProcessPool,
                CancelledError,
            ):  # killed, or not started: this process draws
                found = {}
            if kind in found:
                return found
        return drawing.pictures((kind,))

    def _kept(self, key: str) -> bytes | None:
        if key not in self._known and self.store is not None and self.store.folder.is_dir():
            body = self.store.get(key)
            if body is not None:
                self._known[key] = zlib.decompress(body)
                self.keys.add(key)
        return self._known.get(key)

    def _keep(self, key: str, content: bytes) -> None:
        self._known[key] = content
        if self.store is not None:
            try:
                self.store.put(key, zlib.compress(content, 1))
            except ReportError:  # the disk is full: what is delivered needs the room more
                self.store = None
                return
            self.keys.add(key)
