"""The one door to numba: functions compiled for given types, kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.options import DefaultOptions

_njit: Any = numba.njit
_config: Any = numba.config
F = TypeVar("F", bound=Callable[..., Any])
FAST = {"nnan", "nsz", "reassoc", "contract"}
"""Freedoms of arithmetic of the product that prices columns: sums in any order, no NaN."""
UNCOUNTED = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}
"""Without counting who holds an array: half of the kernel's time went into that, for nothing, as
functions that allocate nothing return no array. Where numba lacks the option it is only slower."""


def compiled(signature: str, *, fast: bool = False, allocates: bool = False) -> Callable[[F], F]:
    """Compile a function for one signature when its module is imported (decorator).

    What was compiled once is read from the cache folder; where no folder can be written it is
    compiled anew in each process. A function that `allocates` arrays says so.
    """

    def decorate(function: F) -> F:
        with _kept_in(cache_folder()) as kept:
            options: dict[str, Any] = {
                "cache": kept,
                "fastmath": FAST if fast else False,
                "error_model": "numpy",
            }
            options |= {} if allocates else UNCOUNTED
            ready: F = _njit(signature, **options)(function)
        return ready

    return decorate


@cache
def cache_folder() -> Path | None:
    """Return a folder of the user's own that can be written, or None.

    Its name holds a digest of the kernel's source: a new version never meets the code of an old
    one. `NUMBA_CACHE_DIR` overrides the place.
    """
    source = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    folder = _user_folder() / "xinzhi" / f"kernel-{hashlib.sha256(source).hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _user_folder() -> Path:
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given)
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[bool]:
    """Let numba keep what it compiles in a folder, for the functions decorated inside."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(folder) if folder else before
    try:
        yield folder is not None
    finally:
        _config.CACHE_DIR = before
