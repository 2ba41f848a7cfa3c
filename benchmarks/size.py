"""How large a benchmark is: whole, or so small that a test can see that it runs, as XINZHI_SMOKE=1 asks."""

from __future__ import annotations

import os
from typing import TypeVar

Size = TypeVar("Size")


def sized(whole: Size, small: Size) -> Size:
    """Give the size that is measured, or the one that only shows that the benchmark runs."""
    return small if os.environ.get("XINZHI_SMOKE") else whole
