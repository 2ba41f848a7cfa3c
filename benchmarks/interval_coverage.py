"""Measures how often the intervals that xinzhi prints hold the true value: `just coverage`."""

from __future__ import annotations

import sys
from pathlib import Path

# The folder of this file must not be on the path: numba would take it for the package `coverage`.
sys.path[0] = str(Path(__file__).parent / "intervals")

from measured import main  # noqa: E402 - after the path is set

if __name__ == "__main__":
    main()
