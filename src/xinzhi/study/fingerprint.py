"""Fingerprints of everything that a stage depends on, part by part."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from inspect import getsource
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Analysis, Given, Reads
from xinzhi.analyses.section import Section
from xinzhi.errors import StudyError
from xinzhi.panel.panel import Panel
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.study.record import to_bytes
from xinzhi.work.last_run import KERNEL
from xinzhi.work.marker import digest_of

SHORT = 16
LIBRARIES = (
    *("numpy", "pandas", "scipy", "highspy"),
    # What reads files: another version can find other cells in them.
    *("pyarrow", "pyreadstat", "python-calamine"),
)


def of_text(text: str) -> str:
    """Fingerprint of a text."""
    return sha256(text.encode()).hexdigest()[:SHORT]


def of_options(options: object) -> str:
    """Fingerprint of options, as canonical JSON."""
    return of_text(json.dumps(options, sort_keys=True, ensure_ascii=False, default=str))


def of_column(column: pd.Series) -> str:
    """Fingerprint of the values of a column together with their keys."""
    return _with_keys(column, _of_keys(column.index))


def of_columns(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, str]:
    """Fingerprints of columns by name; a column that is not there is left out."""
    keys = _of_keys(frame.index)
    present = [name for name in dict.fromkeys(names) if name in frame]
    return {f"column {name}": _with_keys(frame[name], keys) for name in present}


def _with_keys(column: pd.Series, keys: bytes) -> str:
    return sha256(keys + _body(column)).hexdigest()[:SHORT]


def _of_keys(index: pd.Index) -> bytes:
    """Digest of the keys of all rows: each key once, in the order of its first row, and where it stands."""
    digest = sha256()
    levels, codes = (
        (index.levels, index.codes)
        if isinstance(index, pd.MultiIndex)
        else ([index], [np.arange(len(index))])
    )
    # By first appearance, as levels of pandas keep keys that no row has any more.
    for level, numbers in zip(levels, codes, strict=True):
        order, first = pd.factorize(np.asarray(numbers), use_na_sentinel=False)
        body = _body(level.to_series().iloc[first])
        digest.update(f"{len(body)}:".encode() + body + order.astype("<i8").tobytes())
    return digest.digest()


def _body(column: pd.Series) -> bytes:
    """Values as bytes: equal columns, equal bytes."""
    if column.dtype.kind in "fiub":
        values = np.ascontiguousarray(column.to_numpy(dtype="<f8"))
        # One bit pattern for every NaN, and 0.0 for -0.0: equal columns have equal fingerprints.
        return np.where(np.isnan(values), np.nan, values + 0.0).tobytes()
    # With their lengths, so that "ab", "c" is not "a", "bc" whatever they hold; a missing one is not empty.
    cells = zip(column.tolist(), column.isna().tolist(), strict=True)
    words = (None if is_gone else str(cell) for cell, is_gone in cells)
    return "".join("-" if word is None else f"{len(word)}:{word}" for word in words).encode()


def of_panel(panel: Panel) -> str:
    """Fingerprint what is known of a panel beside its values: units, labels, rows of the file, ledger."""
    about = {f.name: getattr(panel, f.name) for f in fields(panel) if f.name != "frame"}
    return sha256(to_bytes(about)).hexdigest()[:SHORT]


def of_outlines(outlines: Boundaries) -> str:
    """Fingerprint outlines: all of the file, and which of its areas are meant under which names."""
    return of_options([getattr(outlines, f.name) for f in fields(outlines) if f.name != "note"])


@cache
def of_method(package: str) -> str:
    """Fingerprint of a method: its package, what calls it, cities and their names, the libraries."""
    # Code and versions of libraries: a result is never taken from a program that would compute another.
    parts = [f"{library} {version(library)}" for library in ("xinzhi", *LIBRARIES)]
    parts.append(digest_of(Path(os.environ.get(KERNEL, ""))))
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
    contents: list[str] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            contents.extend(sources(item))
        elif item.name.endswith((".py", ".cpp", ".h", ".csv")):
            contents.append(item.name + item.read_text(encoding="utf-8"))
    return contents


def key_of(parts: Mapping[str, str]) -> str:
    """Cache key of a stage: the fingerprint of all its parts."""
    return sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[: 2 * SHORT]


def dependencies(
    analysis: Analysis[Any, Any], section: Section, reads: Reads, given: Given
) -> dict[str, str]:
    """Fingerprint everything but the results of other analyses."""
    options = repr((analysis.options(section), reads, given.study.seed))
    return {
        "options": of_text(options),
        **{f"method {m}": of_method(m) for m in (*reads.methods, "analyses")},
        **_other_package(analysis),
        **_inputs(given, reads),
    }


def _other_package(analysis: Analysis[Any, Any]) -> dict[str, str]:
    """Fingerprint the code of an analysis of another package, so that a change invalidates its results."""
    module = type(analysis).__module__
    is_ours = module.partition(".")[0] == __name__.partition(".")[0]
    return {} if is_ours else {f"method {module}": of_package(module)}


def _inputs(given: Given, reads: Reads) -> dict[str, str]:
    """Fingerprint the columns, frontier by frontier, the panel's, the members and the outlines."""
    prints = _frames(given)
    if isinstance(given.columns, StudyError):
        prints[f"data {', '.join(reads.panel)}"] = _refusal(given.columns)
    elif given.columns is not None:
        _add(prints, of_columns(given.columns.frame, reads.panel))
    for name, column in given.columns_of_a_part.items():
        print_ = _refusal(column) if isinstance(column, StudyError) else of_column(column)
        _add(prints, {f"column {name}": print_})
    for name, members in given.members.items():
        _add(prints, {f"column {name}": of_column(members)})
    for name, content in given.files.items():
        prints[f"file {name}"] = of_text(content.hex())
    for name, outline in given.outlines.items():
        prints[f"outlines {name}"] = (
            _refusal(outline) if isinstance(outline, StudyError) else of_outlines(outline)
        )
    return prints


def _frames(given: Given) -> dict[str, str]:
    """Fingerprint the data of regressions, frontier by frontier."""
    prints: dict[str, str] = {}
    for asked, frame in given.frames.items():
        of = "".join(f" ({option}: {value})" for option, value in asked.frontier)
        if isinstance(frame, StudyError):
            prints[f"data {', '.join(asked.columns)}{of}"] = _refusal(frame)
        else:
            columns = of_columns(frame, asked.columns)
            _add(prints, {f"{column}{of}": print_ for column, print_ in columns.items()})
    return prints


def _add(prints: dict[str, str], more: Mapping[str, str]) -> None:
    """Add fingerprints; where two things of one name are not the same, both count.

    Scores that are measured again under one frontier by one equation and not by another, a grouping and a column.
    """
    for name, print_ in more.items():
        same = prints.setdefault(name, print_) == print_
        prints[name] = print_ if same else of_text(f"{prints[name]} {print_}")


def _refusal(error: StudyError) -> str:
    return of_text(repr(error.problems))
