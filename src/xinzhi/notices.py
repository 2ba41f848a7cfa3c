"""What a reader of the results has to know: nothing is decided silently."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.errors import Where
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact about the results that is printed in the report and in results.json."""

    code: str
    """Stable dotted code such as `efficiency.infeasible`."""
    text: Wording
    where: Where = Where()
