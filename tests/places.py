"""Where things lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "src" / "xinzhi" / "examples"
SHARED = ROOT.parent / "shared"
REFERENCE = ROOT / "tests" / "reference"
