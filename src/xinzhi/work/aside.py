"""What lies where a file of ours belongs, and is not ours: kept, under another name."""

from __future__ import annotations

import itertools
import os
from pathlib import Path


def free_name(path: Path) -> Path:
    """Find a name beside a path that nothing has: first `report.kept.docx`."""
    names = (
        path.with_name(f"{path.stem}.kept{n if n > 1 else ''}{path.suffix}")
        for n in itertools.count(1)
    )
    return next(name for name in names if not os.path.lexists(name))


def set_aside(path: Path) -> Path:
    """Give what lies at a path another name, and return that."""
    kept = free_name(path)
    path.rename(kept)
    return kept


def is_plain(path: Path) -> bool:
    """Tell whether a path is a file itself: no folder, no link."""
    return path.is_file() and not path.is_symlink()
