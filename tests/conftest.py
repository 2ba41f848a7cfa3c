"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from places import SHARED


@pytest.fixture
def shared() -> Path:
    """Folder of reference material beside the repository; the test is skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` is not beside the repository")
    return SHARED
