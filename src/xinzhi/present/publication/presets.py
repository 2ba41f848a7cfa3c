"""What journals ask of a regression table: stars, what stands under a coefficient, digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from xinzhi.present.numbers import DECIMALS, STARS

Under = Literal["std_error", "t", "p", "interval", "none"]
"""What stands under a coefficient."""
NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Preset:
    """How a table is printed; every part can be told otherwise."""

    stars: Mapping[str, float] = field(default_factory=lambda: STARS)
    """Marks and the p-values below which they stand."""
    under: Under = "std_error"
    decimals: int = DECIMALS


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "usual": Preset(),
        "chinese_journal": Preset(under="t"),
        "aea": Preset(stars=NONE),
        "apa": Preset(
            stars=MappingProxyType({"*": 0.05, "**": 0.01, "***": 0.001}),
            under="interval",
            decimals=2,
        ),
    }
)
"""usual: stars at 10, 5 and 1 %, errors in parentheses; chinese_journal: the same with t-statistics, as
most journals in Chinese have it; aea: no stars, as the American Economic Association asks; apa: stars at
5, 1 and 0.1 %, intervals, two digits (APA, Publication Manual, 7th edition)."""
