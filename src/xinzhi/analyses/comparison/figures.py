"""One printed figure and the computed one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One printed figure, or the figures of one printed row, and what was computed."""

    path: Path
    printed: Any
    computed: Any
    """None where the study has nothing to set beside it."""
    differs: tuple[str, ...]
    """Parts that do not agree, such as `se`; `value` where the figure has no parts."""
    not_computed: tuple[str, ...] = ()
    """Printed parts that nothing was computed for, such as the error of a constant under effects."""

    @property
    def agrees(self) -> bool:
        """Whether all parts that were computed agree at the printed digits."""
        return not self.differs


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Whether a value of a TOML file is a figure."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def one_number(path: Path, printed: Decimal | int, computed: float | None) -> Compared:
    """Compare a figure without parts."""
    agrees = computed is not None and rounds_to(computed, printed)
    return Compared(path, printed, computed, () if agrees else ("value",))


def row_of_parts(
    path: Path, printed: Mapping[str, Any], computed: Mapping[str, Any] | None
) -> Compared:
    """Compare the parts of a row that both sides have, and name those that were not computed.

    Without a counterpart of the row all parts differ.
    """
    if computed is None:
        return Compared(path, dict(printed), None, tuple(printed))
    wrong = tuple(
        part
        for part, figure in printed.items()
        if part in computed and not _reaches(computed[part], figure)
    )
    ours = {part: value for part, value in computed.items() if part in printed}
    return Compared(path, dict(printed), ours, wrong, tuple(p for p in printed if p not in ours))


def row_of_list(
    path: Path, printed: Sequence[Decimal | int], names: Sequence[str], computed: Mapping[str, Any]
) -> Compared:
    """Compare a printed list, such as mean, SD, smallest and largest."""
    ours = [computed.get(name) for name in names]
    wrong = tuple(
        name
        for name, one, figure in zip(names, ours, printed, strict=True)
        if not _reaches(one, figure)
    )
    return Compared(path, list(printed), ours if computed else None, wrong)


def _reaches(computed: float | None, printed: Decimal | int) -> bool:
    return computed is not None and rounds_to(computed, printed)


def rounds_to(computed: float, printed: Decimal | int) -> bool:
    """Whether a computed number rounds to the printed one.

    >>> rounds_to(0.0304, Decimal("0.030")), rounds_to(0.0306, Decimal("0.030"))
    (True, False)
    >>> rounds_to(float("nan"), Decimal("0.1"))
    False
    """
    if not math.isfinite(computed):
        return False  # what is not defined reaches nothing
    number = Decimal(printed)
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    return abs(Decimal(computed) - number) <= half


def plain(value: Any) -> Any:
    """Write printed figures as numbers that JSON knows."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value
