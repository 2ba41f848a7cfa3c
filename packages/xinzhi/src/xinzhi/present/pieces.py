"""Sets of values that an inverted test gives, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xinzhi.present import numbers
from xinzhi.present.numbers import DECIMALS
from xinzhi_core.wording import Wording, message


def pieces_in_words(pieces: Sequence[tuple[float, float]], decimals: int = DECIMALS) -> Wording:
    """Write the pieces of a set of values: intervals, the whole line, or nothing."""
    if not pieces:
        return message("empty")
    if any(math.isinf(low) and math.isinf(high) for low, high in pieces):
        return message("the whole real line")
    return " ∪ ".join(
        f"[{numbers.number(low, decimals)}, {numbers.number(high, decimals)}]"
        for low, high in pieces
    )
