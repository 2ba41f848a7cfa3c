"""Where things lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "src" / "xinzhi" / "examples"
SHARED = ROOT.parent / "shared"
PUBLISHED = EXAMPLES / "resource_cities" / "published.toml"
"""Figures that the paper prints."""
RESOURCE_CITIES = ROOT / "src" / "xinzhi" / "places" / "data" / "resource_cities.csv"
REFERENCE = ROOT / "tests" / "reference"
