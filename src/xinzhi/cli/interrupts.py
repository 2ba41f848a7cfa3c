"""Ctrl-C that is heard wherever it falls.

Python raises `KeyboardInterrupt` in whatever the main thread is doing. Where that is a call back from C, the
end of an object's life or a collection of garbage, nobody can catch it: Python says "Exception ignored in"
and goes on, and the user has asked in vain. Such an interrupt comes to `sys.unraisablehook` alone (Python
documentation, `sys.unraisablehook`); it is sent again a moment later, until it falls where it can be raised.
"""

from __future__ import annotations

import _thread
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

AGAIN = 0.05
"""Seconds after which a lost interrupt is sent again: what had swallowed it has mostly ended by then."""


@contextlib.contextmanager
def heard_interrupts() -> Iterator[None]:
    """Send an interrupt that was lost again while a command works; all else is told as before."""
    before = sys.unraisablehook
    waiting: list[threading.Timer] = []

    def tell(lost: Any) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            before(lost)
            return
        waiting.append(threading.Timer(AGAIN, _interrupt))
        waiting[-1].daemon = True
        waiting[-1].start()

    sys.unraisablehook = tell
    try:
        yield
    finally:
        sys.unraisablehook = before
        for timer in waiting:  # whoever has ended needs no interrupt
            timer.cancel()


def _interrupt() -> None:
    """Interrupt the main thread, also where it sleeps or waits."""
    if hasattr(signal, "pthread_kill"):
        with contextlib.suppress(ProcessLookupError):  # it has ended
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()
