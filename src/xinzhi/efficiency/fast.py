"""The door to the compiled kernel: its programs and solutions are those of HiGHS."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.options import Options
from xinzhi.efficiency.program import Program
from xinzhi.efficiency.solutions import Solutions
from xinzhi.efficiency.technology import Positions, Technology
from xinzhi.errors import MissingExtra, Problem, Where
from xinzhi.vocabulary import bounds
from xinzhi.wording import message


def kernel_solutions(
    technology: Technology,
    program: Program,
    *,
    rows: Positions,
    reference: Positions,
    codes: npt.NDArray[np.int64] | None = None,
    memory: dict[bytes, Any],
) -> Solutions:
    """Solve a program per row by the kernel; `unsolved` where another way must be tried.

    Parameters
    ----------
    technology, program, rows, reference
        As for `frontier.Frontier`.
    codes
        One per row of the technology: rows of the same code leave the reference set together.
    memory
        What the kernel knows of the reference set.

    Raises
    ------
    MissingExtra
        numba is not installed, or does not suit the other libraries.
    """
    engine: Any = _engine()
    found: Solutions = engine.solutions(
        technology, program, rows=rows, reference=reference, codes=codes, memory=memory
    )
    return found


WORK = 200_000
"""Rows to measure, in all draws together, from which some ten seconds of compiling pay."""


def settled(options: Options, rows: int) -> Options:
    """Settle what `solver: auto` means: the kernel for large work where it can run, else HiGHS.

    >>> settled(Options(), 1840).solver, settled(Options(solver="kernel"), 1).solver
    ('highs', 'kernel')
    """
    if options.solver != "auto":
        return options
    can_run = not without_kernel(options) and find_spec("numba") is not None
    return replace(options, solver="kernel" if rows >= WORK and can_run else "highs")


def without_kernel(options: Options) -> dict[str, str]:
    """List the options that the kernel does not have, with their values."""
    lacking = {}
    if options.disposability != "strong":
        lacking["disposability"] = options.disposability
    if options.noncontrollable:
        lacking["noncontrollable"] = ", ".join(options.noncontrollable)
    if bounds(options.returns_to_scale):
        lacking["returns_to_scale"] = options.returns_to_scale
    return lacking


def ordered(technology: Technology, rows: Positions, *, solver: str) -> Positions:
    """Order rows as the solver likes them, whatever the order in which they were given.

    That is the canonical order, or for the kernel one in which near rows are alike.
    """
    if solver != "kernel":
        return technology.in_order(rows)
    _engine()
    found: Positions = import_module("xinzhi.efficiency.kernel.order").near_order(technology, rows)
    return found


def taken(program: Program, which: Positions) -> Program:
    """Take the programs of some rows."""
    part: Program = import_module("xinzhi.efficiency.kernel.programs").taken(program, which)
    return part


def _engine() -> Any:
    try:
        return import_module("xinzhi.efficiency.kernel.engine")
    except ImportError as error:
        raise MissingExtra(
            Problem(
                "efficiency.kernel",
                message("The compiled kernel needs the library numba: {why}.", why=str(error)),
                Where(key="solver"),
                message('install it: pip install "xinzhi[fast]", or choose solver: highs.'),
            )
        ) from error
