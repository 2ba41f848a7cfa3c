"""Read every file twice: whole, and as files larger than memory are read; both must say the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from xinzhi_core.errors import StudyError
from xinzhi_panel.io import guard, read
from xinzhi_panel.io.guard import document_of_findings
from xinzhi_panel.io.read import ReadResult
from xinzhi_panel.io.text import blocks, stored_text

CELLS, BLOCK = 11, 37
"""Cells of a batch and bytes of a block, so few that even small files have several."""
WHOLE = read._read_large


@contextmanager
def in_small_batches() -> Iterator[None]:
    """Take every file for one that is larger than memory, in small batches."""
    with (
        patch.object(guard, "LARGE", {"text": 0, "parquet": 0}),
        patch.object(guard, "CELLS", CELLS),
        patch.object(stored_text, "CELLS", CELLS),
        patch.object(stored_text, "FIRST", 3),
        patch.object(blocks, "BLOCK", BLOCK),
    ):
        yield


def outcome(work: Any) -> Any:
    """Give what is read, or the problems."""
    try:
        return work()
    except StudyError as error:
        return type(error).__name__, error.problems


def assert_same(whole: Any, parts: Any) -> None:
    """Compare everything that a reading says."""
    if not isinstance(whole, ReadResult) or not isinstance(parts, ReadResult):
        assert parts == whole
        return
    pd.testing.assert_frame_equal(parts.panel.frame, whole.panel.frame, check_exact=True)
    for name in ("rows", "units", "labels", "keys", "source", "has_periods"):
        assert getattr(parts.panel, name) == getattr(whole.panel, name), name
    assert parts.columns == whole.columns
    # As a child process sends them: a date in a sentence is its text.
    assert document_of_findings(parts) == document_of_findings(whole)


def twice(path: Path, *, guarded: bool = False, **options: Any) -> Any:
    """Read a file in both ways, compare, and give the outcome."""
    if not guarded:
        here = patch.object(read, "store_guarded", _here)
    whole = outcome(lambda: read.read_panel(path, **options))
    with in_small_batches(), here:
        parts = outcome(lambda: read.read_panel(path, **options))
    assert_same(whole, parts)
    return whole


def _here(path: Path, folder: Path) -> Any:
    """Put a Parquet file into a store without a child process, in which no patch would be."""
    return guard.table_of_parquet(path, folder, guard.store_parquet(path, folder))
