"""Files that are larger than memory: which they are, and how their cells come to lie on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from xinzhi.io.arrow import batches_of
from xinzhi.io.options import LIMITS, MEGABYTE, Limits, ReadOptions
from xinzhi.io.raw import RawTable, shown_name
from xinzhi.io.sniff import sniff
from xinzhi.io.stored import CELLS, BatchStore, StoredRows, Storing
from xinzhi.io.text.stored_text import store_text

LARGE: Mapping[str, int] = MappingProxyType({"text": 256 * MEGABYTE, "parquet": 32 * MEGABYTE})
"""Kind of file -> bytes from which on its cells are put on disk."""
UNLIMITED = replace(LIMITS, file_bytes=1024 * LIMITS.file_bytes)
STORE = "cells.arrow"


def large_kind(path: Path, limits: Limits = LIMITS) -> str | None:
    """Give the kind of a file whose cells are put on disk; None for every other file.

    Raises
    ------
    DataError
        As `sniff`.
    """
    if limits is not LIMITS or not path.is_file() or path.stat().st_size < min(LARGE.values()):
        return None
    kind = sniff(path, limits=UNLIMITED)
    return kind if path.stat().st_size >= LARGE.get(kind, UNLIMITED.file_bytes) else None


def table_of_text(path: Path, folder: Path, reading: ReadOptions) -> RawTable | None:
    """Put the cells of a text file into a folder; None where only the reader of whole files can."""
    return store_text(path, folder / STORE, encoding=reading.encoding, delimiter=reading.delimiter)


def store_parquet(path: Path, folder: Path) -> list[str]:
    """Put the cells of a Parquet file into a folder, and give the names of its columns."""
    names, schema, batches = batches_of(path, CELLS)
    storing = Storing(folder / STORE, schema)
    try:
        for batch in batches:
            storing.add(batch)
    finally:
        storing.close()
    return names


def table_of_parquet(path: Path, folder: Path, names: list[str]) -> RawTable:
    """Give the table whose cells lie in a folder."""
    store = BatchStore(folder / STORE, names=list(names))
    return RawTable(shown_name(path), StoredRows(store), kind="parquet")
