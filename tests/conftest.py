"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from places import SHARED

# No test depends on the speed of the machine: how long an example takes is no failure.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture
def shared() -> Path:
    """Folder of reference material beside the repository; the test is skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the folder `shared` is not beside the repository")
    return SHARED
