"""Pictures of a report: each is drawn once, in processes of their own, and kept for the next report.

The renderer holds the interpreter while it draws, so that threads gain nothing. Pictures do not depend
on how many processes draw them, or on which were drawn before.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress

from xinzhi.present.drawing import Drawing
from xinzhi.work.parts import ReportParts
from xinzhi.work.store import Store
from xinzhi_core.processes import pool_of

FEW = 6
"""Pictures that are drawn in this process: another one would take longer to start."""
MOST = 4
"""Processes that draw, at most."""
Wanted = tuple[Drawing, str]
"""A drawing and the kind of its picture: svg, png or pdf."""


def processes_beside() -> int:
    """Count the processes that can draw while this one writes.

    >>> 1 <= processes_beside() <= MOST
    True
    """
    return min(MOST, max(1, (os.cpu_count() or 1) - 1))


class Pictures(ReportParts):
    """Gives pictures by what they show, however they came to be."""

    def __init__(self, store: Store | None = None, *, processes: int = 0) -> None:
        super().__init__(store)
        self.processes = processes
        """Processes that draw beside this one."""
        self._coming: dict[Drawing, Future[dict[str, bytes]]] = {}
        self._kinds: dict[Drawing, list[str]] = {}
        """Kinds of pictures that a report needs of a drawing: they are drawn from one SVG."""

    @contextmanager
    def drawn_beside(self, wanted: Iterable[Wanted]) -> Iterator[None]:
        """Draw pictures in other processes while this one goes on; those that are kept are not drawn."""
        tasks: dict[Drawing, list[str]] = {}
        self._kinds = tasks
        for drawing, kind in wanted:
            if self._get(drawing.key(kind)) is None:
                kinds = tasks.setdefault(drawing, [])
                kinds += [] if kind in kinds else [kind]
        if not self.processes or sum(map(len, tasks.values())) <= FEW:
            yield
            return
        pool = pool_of(self.processes)
        try:
            # Where no more processes are allowed, this one draws what is left.
            with suppress(OSError):
                for drawing, kinds in tasks.items():
                    self._coming[drawing] = pool.submit(drawing.pictures, kinds)
            yield
        finally:
            for picture in self._coming.values():
                picture.cancel()
            pool.shutdown(wait=True)
            self._coming = {}

    def of(self, drawing: Drawing, kind: str) -> bytes:
        """Give a picture: kept, drawn by another process, or drawn here."""
        key = drawing.key(kind)
        if self._get(key) is None:
            for each, content in self._draw(drawing, kind).items():
                self._keep(drawing.key(each), content)
        return self._known[key]

    def _draw(self, drawing: Drawing, kind: str) -> dict[str, bytes]:
        """Wait for another process, or draw here where it was killed or never started."""
        coming = self._coming.pop(drawing, None)
        if coming is not None:
            with suppress(BrokenProcessPool, CancelledError):
                pictures = coming.result()
                if kind in pictures:
                    return pictures
        return drawing.pictures(dict.fromkeys((kind, *self._kinds.pop(drawing, ()))))
