"""Fingerprints of everything that a stage depends on, part by part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from inspect import getsource

import numpy as np
import pandas as pd

SHORT = 16
LIBRARIES = ("numpy", "pandas", "scipy", "highspy")


def of_text(text: str) -> str:
    """Fingerprint of a text."""
    return sha256(text.encode()).hexdigest()[:SHORT]


def of_options(options: object) -> str:
    """Fingerprint of options, as canonical JSON."""
    return of_text(json.dumps(options, sort_keys=True, ensure_ascii=False, default=str))


def of_column(column: pd.Series) -> str:
    """Fingerprint of the values of a column together with their keys."""
    index = "\x1f".join(f"{key}" for key in column.index)
    if column.dtype.kind in "fiub":
        values = np.ascontiguousarray(column.to_numpy(dtype="<f8"))
        # One bit pattern for every NaN, and 0.0 for -0.0: equal columns have equal fingerprints.
        body = np.where(np.isnan(values), np.nan, values + 0.0).tobytes()
    else:
        body = "\x1f".join("\x00" if pd.isna(v) else str(v) for v in column).encode()
    return sha256(index.encode() + b"\x1e" + body).hexdigest()[:SHORT]


def of_columns(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, str]:
    """Fingerprints of columns by name; a column that is not there is left out."""
    return {f"column {n}": of_column(frame[n]) for n in dict.fromkeys(names) if n in frame}


@cache
def of_method(package: str) -> str:
    """Fingerprint of a method: its package, what calls it, cities and their names, the libraries."""
    # Code and versions of libraries: a result is never taken from a program that would compute another.
    parts = [f"{library} {version(library)}" for library in ("xinzhi", *LIBRARIES)]
    root = files("xinzhi")
    for name in (package, "panel", "places", "study"):
        parts.extend(sources(root.joinpath(name)))
    return of_text("\x1e".join(parts))


@cache
def of_package(module: str) -> str:
    """Fingerprint of the package that a module belongs to, whoever wrote it."""
    root = import_module(module.partition(".")[0])
    if not hasattr(root, "__path__"):
        return of_text(getsource(root))
    return of_text("\x1e".join(sources(files(root))))


def sources(folder: Traversable) -> list[str]:
    """Read everything that results of a package depend on: code, the compiled kernel's, and tables."""
    found: list[str] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            found.extend(sources(item))
        elif item.name.endswith((".py", ".cpp", ".csv")):
            found.append(item.name + item.read_text(encoding="utf-8"))
    return found


def key_of(parts: Mapping[str, str]) -> str:
    """Cache key of a stage: the fingerprint of all its parts."""
    return sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[: 2 * SHORT]
