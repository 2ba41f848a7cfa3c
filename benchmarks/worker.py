"""One contender in a process of its own: runs the work each time a line comes in.

Started by `run.py` as `worker.py DATA MODULE TASK`. The answer to each line is one line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from cases import DATA

MEGA = 2**20 if sys.platform == "darwin" else 2**10
"""`ru_maxrss` counts bytes there and kilobytes elsewhere."""
SHORT, TIMES = 0.1, 20
"""Work that takes fewer seconds is done so many times in a turn: one run would measure the waking."""


def peak_mb() -> float:
    """Return the largest memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGA


def make(name: str) -> Any:
    """Make the data of a case."""
    module, function, *arguments = DATA[name].split(":")
    numbers = [json.loads(word) for word in "".join(arguments).split(",") if word]
    options = {"kept": numbers.pop()} if len(numbers) == 3 else {}
    return getattr(import_module(module), function)(*numbers, **options)


def timed(work: Callable[[], Any], *, times: int = 1) -> tuple[float, Any]:
    """Do the work so many times; return the processor's seconds of once and what came out."""
    start = time.process_time()
    for _ in range(times):
        found = work()
    return (time.process_time() - start) / times, found


def main() -> None:
    """Answer each line of stdin until there is none."""
    data_name, module, task = sys.argv[1:]
    data = make(data_name)
    data_mb = peak_mb()
    imported, contender = timed(lambda: import_module(f"contenders.with_{module}"))
    work = getattr(contender, task)
    answers, times = sys.stdout, 1
    for _ in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            seconds, values = timed(lambda: work(data), times=times)
        times = TIMES if seconds < SHORT and "seconds" not in values else 1
        answer = {
            # a child process has to be asked for its own seconds
            "seconds": values.pop("seconds", seconds),
            "imported": imported,
            "data_mb": data_mb,
            "peak_mb": peak_mb(),
            "rows": len(data),
            "values": values,
        }
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
