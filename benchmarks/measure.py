"""Measures one case: both contenders alive at once, run in turns.

Seconds are those of the processor on one thread, so that other load on the machine counts little,
and taking turns lets it hit both alike; the ratio is taken turn by turn. This module uses the
standard library only: a child counts the memory of the process that started it.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from case import Case

HERE = Path(__file__).parent
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "RAYON_NUM_THREADS",
    ),
    "1",
)
SLOW = 5.0
"""Seconds of a first run above which three turns are enough."""
TURNS, TURNS_IF_SLOW = 7, 3


@dataclass(frozen=True, slots=True)
class Figures:
    """What one contender needed."""

    first: float
    """Seconds of the import and the first run."""
    seconds: tuple[float, ...]
    """Seconds of the runs after it."""
    peak_mb: float
    data_mb: float
    """Peak before the contender was imported: Python, pandas and the data."""

    @property
    def median(self) -> float:
        """Median of the runs after the first."""
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the table."""

    case: Case
    rows: int
    ours: Figures
    theirs: Figures
    differences: Mapping[str, float]
    """Largest absolute difference of what both found, by kind of number."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Their seconds by ours, turn by turn."""
        pairs = zip(self.theirs.seconds, self.ours.seconds, strict=True)
        return tuple(theirs / ours for theirs, ours in pairs)


class Contender:
    """A process that does the work when asked."""

    def __init__(self, data: str, module: str, task: str) -> None:
        """Start the process."""
        self.process = subprocess.Popen(  # noqa: S603 - our own worker, words of cases.py
            [sys.executable, str(HERE / "worker.py"), data, module, task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **ONE_THREAD, "PYTHONHASHSEED": "0"},
        )
        self.label = f"{module} {task} on {data}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def run(self) -> dict[str, Any]:
        """Let the work be done once."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("run\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            msg = f"{self.label} failed: run worker.py by hand to see why"
            raise RuntimeError(msg)
        answer: dict[str, Any] = json.loads(line)
        return answer


def measure(case: Case) -> Measured:
    """Measure a case: a first run of both, then turns."""
    with (
        Contender(case.data, "xinzhi", case.ours or case.task) as ours,
        Contender(case.data, case.peer, case.task) as theirs,
    ):
        first = (ours.run(), theirs.run())
        is_slow = max(one["seconds"] for one in first) > SLOW
        turns = [(ours.run(), theirs.run()) for _ in range(TURNS_IF_SLOW if is_slow else TURNS)]
    mine, other = zip(first, *turns, strict=True)
    return Measured(
        case=case,
        rows=first[0]["rows"],
        ours=_figures(mine),
        theirs=_figures(other, case.share),
        differences=_differences(mine[-1]["values"], other[-1]["values"]),
    )


def _figures(answers: Sequence[Mapping[str, Any]], share: float = 1.0) -> Figures:
    first, *rest = answers
    return Figures(
        first=first["imported"] + first["seconds"],
        seconds=tuple(one["seconds"] / share for one in rest),
        peak_mb=rest[-1]["peak_mb"],
        data_mb=first["data_mb"],
    )


def _differences(
    ours: Mapping[str, Sequence[float]], theirs: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    return {kind: _largest(ours[kind], theirs[kind]) for kind in ours}


def _largest(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the largest absolute difference; infinite where only one has a number."""
    largest = 0.0
    for one, other in zip(ours, theirs, strict=True):
        if math.isnan(one) != math.isnan(other):
            return math.inf
        if not math.isnan(one):
            largest = max(largest, abs(one - other))
    return largest
