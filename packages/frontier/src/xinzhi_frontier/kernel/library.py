"""The compiled kernel (kernel.cpp) on numpy arrays: the one place that knows its C interface.

The library is built with the package (hatch_build.py) and lies beside this file. Where it is missing
or cannot be loaded, everything works by HiGHS, and one notice says so.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, Structure, c_char, c_double, c_int64, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi_frontier.result import Array

Ids = npt.NDArray[np.int64]
Single = npt.NDArray[np.float32]

INTERFACE = 9
"""Version of the C interface; the library must have the same."""
SOLVED, INFEASIBLE, UNSOLVED, UNSETTLED = range(4)
"""What a program ends with. Unsettled: proved but for a point that is exact only for data which
differ by more than the precision of the program: what follows from it holds, its value may not."""
VALUE, DENOMINATOR, PRIMAL, DUAL, GAP, PIVOTS, LOST, CHARGED, STEEPNESS, FOUND = range(10)
"""Columns of `found`: value, denominator, the certificate, pivots; what a residual of 1 of a
membership may move, the largest multiplier that charges for disposal, Σ |u|; their number."""
LARGEST_R = 40
"""Constraints that the kernel takes."""
NAME = {"win32": "_kernel.dll", "darwin": "_kernel.dylib"}.get(sys.platform, "_kernel.so")
OVERRIDE = "XINZHI_KERNEL"
"""Environment variable with the path of another build of the library, as the one with sanitizers."""


class CTechnology(Structure):
    """`CTechnology` of interface.h."""

    _fields_ = [
        *((name, c_void_p) for name in ("rows", "factors", "tallest", "bounded", "plain")),
        ("disposal", c_void_p),
        ("n", c_int64),
        ("r", c_int64),
    ]


class Programs(Structure):
    """`Programs` of interface.h."""

    _fields_ = [
        *((name, c_void_p) for name in ("numerator", "denominator", "allowed", "own", "free_sign")),
        *((name, c_void_p) for name in ("right", "start", "first")),
        *((name, c_int64) for name in ("numerators", "denominators", "alloweds", "owns", "e")),
        *((name, c_double) for name in ("n0", "d0", "precision")),
    ]


class COptima(Structure):
    """`COptima` of interface.h."""

    _fields_ = [
        *((name, c_void_p) for name in ("status", "basis", "basic", "duals", "found")),
        ("q", c_int64),
    ]


class CTable(Structure):
    """`CTable` of interface.h."""

    _fields_ = [("columns", c_void_p), ("n", c_int64), ("stride", c_int64), ("screen", c_void_p)]


class CHull(Structure):
    """`Hull` of hull.h."""

    _fields_ = [
        *((name, c_void_p) for name in ("points", "places", "low", "high", "first")),
        *((name, c_int64) for name in ("count", "k", "leaves")),
    ]


class CComparisons(Structure):
    """`Comparisons` of hull.h."""

    _fields_ = [
        *((name, c_void_p) for name in ("own", "worth", "codes", "others")),
        ("joins", c_int64),
    ]


ARGUMENTS = {
    "kernel_interface": [],
    "kernel_space": [c_int64],
    "kernel_solve": [
        c_void_p, POINTER(CTechnology), POINTER(CTable), c_void_p, c_void_p, c_void_p, c_int64,
        POINTER(Programs), POINTER(COptima),
    ],
    "kernel_solve_second": [
        c_void_p, POINTER(CTechnology), POINTER(CTable), c_void_p, c_void_p, c_void_p, c_int64, c_void_p,
        c_int64, POINTER(Programs), POINTER(COptima),
    ],
    "kernel_solve_without": [
        c_void_p, POINTER(CTechnology), POINTER(CTable), c_void_p, c_void_p, c_void_p, c_void_p, c_int64,
        c_void_p, c_void_p, c_void_p, c_int64, c_void_p, c_int64, POINTER(Programs), POINTER(COptima),
    ],
    "kernel_find_outsiders": [
        c_void_p, POINTER(CTechnology), POINTER(CTable), c_void_p, c_int64, c_void_p,
    ],
    "kernel_grow": [
        c_void_p, POINTER(CTechnology), c_void_p, c_int64, POINTER(c_int64), c_void_p, c_void_p, c_int64,
        c_void_p,
    ],
    "kernel_prune": [
        c_void_p, POINTER(CTechnology), c_void_p, c_int64, POINTER(c_int64), c_void_p,
    ],
    "kernel_wide": [],
    "kernel_prune_wide": [
        c_void_p, POINTER(CTechnology), c_void_p, c_void_p, POINTER(c_int64), c_void_p,
    ],
    "kernel_solve_without_wide": [
        c_void_p, POINTER(CTechnology), c_void_p, c_void_p, c_int64, c_int64, c_void_p, c_void_p, c_void_p,
        c_void_p, c_int64, c_void_p, c_void_p, c_void_p, c_int64, POINTER(Programs), POINTER(COptima),
    ],
    "kernel_price": [
        c_void_p, POINTER(CTechnology), c_void_p, c_int64, c_void_p, c_void_p, c_int64, c_void_p,
        c_void_p,
    ],
    "kernel_confirm": [
        POINTER(CTechnology), POINTER(CTable), c_void_p, c_void_p, c_void_p, c_void_p, c_int64, c_void_p,
        POINTER(Programs), POINTER(COptima),
    ],
    "kernel_invert_supports": [
        POINTER(COptima), c_void_p, c_int64, c_int64, c_int64, c_void_p, c_int64, c_void_p, c_void_p,
    ],
    "kernel_read": [
        POINTER(COptima), c_void_p, c_void_p, c_int64, c_int64, c_int64, *[c_void_p] * 5,
    ],
    "kernel_build_hull": [POINTER(CHull)],
    "kernel_find_dominated": [POINTER(CHull), c_void_p, c_int64, c_void_p],
    "kernel_compare": [
        POINTER(CHull), POINTER(CComparisons), POINTER(Programs), c_int64, c_int64, c_int64, c_void_p,
        c_void_p,
    ],
    "kernel_interleave": [c_void_p, c_void_p, c_int64, c_int64, c_int64, c_void_p],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KernelUnavailable:
    """Why there is no kernel."""

    reason: str


@cache
def load() -> Any:
    """Load the library: its functions, or `KernelUnavailable`."""
    path = Path(os.environ.get(OVERRIDE) or Path(__file__).with_name(NAME))
    if not path.exists():
        return KernelUnavailable(f"{path.name} is missing")
    try:
        library = ctypes.CDLL(str(path))
        for name, arguments in ARGUMENTS.items():
            function = getattr(library, name)
            function.argtypes, function.restype = arguments, c_int64
    except (OSError, AttributeError) as error:
        return KernelUnavailable(str(error))
    if library.kernel_interface() != INTERFACE:
        return KernelUnavailable(f"{path.name} belongs to another version")
    return library


def is_available() -> bool:
    """Tell whether there is a kernel."""
    return not isinstance(load(), KernelUnavailable)


def place(array: npt.NDArray[Any] | None, kind: type[np.generic]) -> int | None:
    """Return where an array lies, once it is what the kernel reads."""
    if array is None:
        return None
    if array.dtype != kind or not array.flags.c_contiguous:
        msg = f"the kernel reads arrays of {kind.__name__} in C order, not of {array.dtype}"
        raise TypeError(msg)
    # The same address, ten times as fast; ctypes takes no buffer that is empty or read-only.
    if array.flags.writeable and array.size:
        return ctypes.addressof(c_char.from_buffer(array.data))
    address: int = array.ctypes.data
    return address


def table_of(columns: Array, screen: Single | None = None) -> CTable:
    """Describe columns that may enter, shape (r, c); `screen` are the same in single precision."""
    c = columns.shape[1]
    return CTable(place(columns, np.float64), c, c, place(screen, np.float32))


def call(name: str, r: int, *arguments: object) -> None:
    """Call a function that needs work space for r constraints."""
    library = load()
    # Work space comes from the caller: the kernel has no heap. Complex numbers are aligned to 16 bytes.
    space = np.empty(library.kernel_space(r) // 16, dtype=np.complex128)
    if getattr(library, name)(space.ctypes.data, *arguments):
        msg = f"the kernel does not take {r} constraints"
        raise ValueError(msg)


def interleave(columns: Array, rows: Ids, bits: int) -> Ids:
    """Return the place of some rows along a Morton curve through the sizes of their amounts."""
    keys = np.empty(len(rows), dtype=np.int64)
    load().kernel_interleave(
        place(columns, np.float64), place(rows, np.int64), len(rows), columns.shape[1], bits,
        place(keys, np.int64),
    )  # fmt: skip
    return keys
