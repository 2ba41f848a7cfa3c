"""Style of tables and charts: labels, stars and decimals as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.present.numbers import DECIMALS, STARS
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Style:
    """The style that all tables and charts of a study share."""

    labels: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """Variable -> its label."""
    stars: Mapping[str, float] = field(default_factory=lambda: STARS)
    """Marks and the p-values below which they stand."""
    decimals: int = DECIMALS
    entities: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """Entity -> its label."""

    @property
    def level(self) -> float:
        """The weakest level that gets a star: below it an effect counts as significant."""
        return max(self.stars.values(), default=0.05)


PLAIN = Style()
"""Names as they stand in the data, usual stars and decimals."""
