"""Where things lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "packages" / "xinzhi" / "src" / "xinzhi" / "examples"
SHARED = ROOT.parent / "shared"
PUBLISHED = EXAMPLES / "resource_cities" / "published.toml"
"""Figures that the paper prints."""
RESOURCE_CITIES = (
    ROOT / "packages" / "panel" / "src" / "xinzhi_panel" / "places" / "data" / "resource_cities.csv"
)
REFERENCE = ROOT / "tests" / "reference"
