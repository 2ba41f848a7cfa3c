"""Long computations on the console: what they will take, whether to begin, how far they have come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from xinzhi.events import STAGES, DrawProgress, Event
from xinzhi_core.wording import Message, message, say

if TYPE_CHECKING:
    from xinzhi.work.draws.plan import Estimate

SHOWN = 30.0
"""Seconds from which on it is said what a computation will take."""
ASKED = 600.0
"""Seconds from which on a person is asked."""
SHORTEST = 0.05
"""Seconds that are told of a stage."""
SPOKEN = 10.0
"""Seconds between two lines of progress."""


def agreement(asked: str | None, *, yes: bool, quiet: bool = False) -> Callable[[Estimate], bool]:
    """Make what says how long a computation will take, and asks on a terminal whether to begin.

    Where nobody can answer, such as in a batch job, it begins.
    """
    from xinzhi.cli.console import language, tell

    def agree(estimate: Estimate) -> bool:
        if estimate.seconds < SHOWN:
            return True
        if not quiet:
            tell(estimate_in_words(estimate), asked)
        # Standard output may be a pipe: only where the question and the answer go counts.
        is_answered = sys.stdin.isatty() and sys.stderr.isatty()
        if yes or estimate.seconds < ASKED or not is_answered:
            return True
        sys.stderr.write(f"{say(message('Begin? (y/n)'), language(asked))} ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in {"y", "yes", "是"}

    return agree


def estimate_in_words(estimate: Estimate) -> Message:
    """Say what is left of a computation, and what it will take."""
    words = message(
        "{name}: {draws} draws are left; they will take about {time}, {jobs} at a time.",
        one="{name}: {draws} draw is left; it will take about {time}, {jobs} at a time.",
        counting="draws",
        name=estimate.name,
        draws=estimate.n,
        time=duration(estimate.seconds),
        jobs=estimate.jobs,
    )
    if estimate.memory is None:
        return words
    return message(
        "{words} Memory: about {size} MB.", words=words, size=round(estimate.memory / 1e6)
    )


def duration(seconds: float) -> Message:
    """Say a time as a person does.

    >>> [str(duration(s)) for s in (0.2, 59, 100, 3000, 10_000)]
    ['1 s', '59 s', '2 min', '50 min', '2.8 h']
    """
    if seconds < 90:
        return message("{x} s", x=max(1, round(seconds)))
    if seconds < 5400:
        return message("{x} min", x=round(seconds / 60))
    return message("{x} h", x=f"{seconds / 3600:.1f}")


def stage_in_words(event: Event) -> Message:
    """Say what a stage has taken, and what the last run took from here on.

    >>> str(stage_in_words(Event("read", 2, 6, seconds=1.26, rest=31.4)))
    'read, 1.3 s; the last run took 31 s from here'
    """
    stage = STAGES[event.stage]
    if event.seconds >= SHORTEST:
        seconds = event.seconds
        time = message("{x} s", x=f"{seconds:.1f}") if seconds < 10 else duration(seconds)
        stage = message("{stage}, {time}", stage=stage, time=time)
    if event.rest is None or event.rest < 1:
        return stage
    return message(
        "{stage}; the last run took {time} from here", stage=stage, time=duration(event.rest)
    )


def draws_in_words(within: DrawProgress) -> Message:
    """Say how far draws have come.

    >>> str(draws_in_words(DrawProgress("Whole study", 120, 2000, 200.0)))
    'Whole study: 120 of 2000 draws, about 3 min left'
    """
    done = message(
        "{name}: {done} of {total} draws", name=within.name, done=within.done, total=within.total
    )
    if within.seconds is None or within.done == within.total:
        return done
    return message("{done}, about {time} left", done=done, time=duration(within.seconds))


def draws_json(within: DrawProgress) -> dict[str, object]:
    """Write how far draws have come for programs."""
    seconds = None if within.seconds is None else round(within.seconds, 1)
    return {
        "name": say(within.name, "en"),
        "done": within.done,
        "total": within.total,
        "seconds_left": seconds,
    }


class Pace:
    """Lets few of many lines pass."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def is_due(self, within: DrawProgress) -> bool:
        """Tell whether the last line is long ago, or this is the last one."""
        now = time.monotonic()
        is_due = now - self.last >= SPOKEN or within.done == within.total
        self.last = now if is_due else self.last
        return is_due
