"""The one door to long computations: draws by their numbers, whoever computes them.

A draw depends on its number alone, so that neither the engine, nor the number of processes, nor the size
of chunks changes a digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from xinzhi_core.wording import Wording

Array = npt.NDArray[np.float64]


class Draws(Protocol):
    """Computes draws by their numbers; it is pickled, and must not change while it computes."""

    def __call__(self, numbers: range) -> Array:
        """Compute draws, shape (len(numbers), k).

        Row i depends on `numbers[i]` alone; a draw without an answer is a row of NaN.
        """


class Engine(Protocol):
    """Computes draws."""

    @property
    def jobs(self) -> int:
        """Number of processes of this computer; no result depends on it."""

    def expect(self, module: str) -> None:
        """Let workers start and load a module, while this process prepares the task for which it will ask."""

    def draws(self, task: Draws, n: int, *, key: str, name: Wording) -> Array:
        """Compute draws 0 to n - 1, shape (n, k).

        Parameters
        ----------
        task
            Computes draws by their numbers. What it raises, this raises.
        n
            Number of draws.
        key
            SHA-256 of all that a draw depends on: options, values of the data, versions of the method
            and of the solver, seed. Draws that an earlier run has kept under it are not computed again.
        name
            What a person calls this: it is shown with the progress.

        Raises
        ------
        Stopped
            The engine cannot go on.
        Cancelled
            The caller, or a person, has asked it to stop.
        """


STEP = 64
"""Draws that this process computes at once."""


@dataclass(frozen=True, slots=True)
class Serial:
    """Computes everything in this process and keeps nothing."""

    jobs: int = 1

    def expect(self, module: str) -> None:
        """Do nothing: this process works."""

    def draws(self, task: Draws, n: int, *, key: str, name: Wording) -> Array:  # noqa: ARG002 - nothing is kept or shown
        """Compute draws 0 to n - 1, one after the other."""
        return np.concatenate([as_rows(task(part), part) for part in steps(range(n), STEP)])


def steps(numbers: range, size: int) -> Iterator[range]:
    """Cut numbers into pieces of a size.

    >>> list(steps(range(5), 2))
    [range(0, 2), range(2, 4), range(4, 5)]
    """
    return (
        range(start, min(start + size, numbers.stop))
        for start in range(numbers.start, numbers.stop, size)
    )


def as_rows(values: Array, numbers: range) -> Array:
    """Give what a task has computed, as it is written; refuse another number of rows.

    Raises
    ------
    ValueError
        The task does not give one row a draw.
    """
    # One byte order on all computers: digests of draws are those of their bytes.
    rows = np.ascontiguousarray(values, dtype="<f8")
    if rows.ndim != 2 or len(rows) != len(numbers):
        msg = f"{len(numbers)} draws have the shape {rows.shape}"
        raise ValueError(msg)
    return rows
