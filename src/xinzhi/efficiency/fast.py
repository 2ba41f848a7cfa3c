"""The door to the compiled kernel: its programs and solutions are those of HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from xinzhi.efficiency.program import Program, Solution
from xinzhi.efficiency.technology import Positions, Technology
from xinzhi.errors import MissingExtra, Problem, Where
from xinzhi.wording import message


def kernel_solutions(
    technology: Technology,
    program: Program,
    *,
    rows: Positions,
    reference: Positions,
    names: Sequence[object] | None = None,
) -> list[Solution]:
    """Solve a program per row by the kernel; `unsolved` where another way must be tried.

    Parameters
    ----------
    technology, program, rows, reference
        As for `frontier.Frontier`.
    names
        One per row of the technology: rows of the same name leave the reference set together.

    Raises
    ------
    MissingExtra
        numba is not installed.
    """
    engine: Any = _engine()
    codes = None if names is None else np.unique(np.array(names), return_inverse=True)[1]
    found: list[Solution] = engine.solutions(
        technology,
        program,
        rows=rows,
        reference=reference,
        codes=None if codes is None else codes.astype(np.int64),
    )
    return found


def taken(program: Program, which: Positions) -> Program:
    """Take the programs of some rows."""
    part: Program = import_module("xinzhi.efficiency.kernel.scores").taken(program, which)
    return part


def _engine() -> Any:
    try:
        return import_module("xinzhi.efficiency.kernel.engine")
    except ModuleNotFoundError as error:
        raise MissingExtra(
            Problem(
                "efficiency.kernel",
                message("The compiled kernel needs the library numba."),
                Where(key="solver"),
                message('install it: pip install "xinzhi[fast]", or choose solver: highs.'),
            )
        ) from error
