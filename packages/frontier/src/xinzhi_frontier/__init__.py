"""Efficiency measurement by data envelopment: scores, slacks, targets, peers, each one proved.

>>> import numpy as np
>>> from xinzhi_frontier import score
>>> score(np.array([[2.0], [4.0]]), np.array([[1.0], [1.0]]), measure="ccr").scores.round(9).tolist()
[1.0, 0.5]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinzhi_core.lazy import doors

if TYPE_CHECKING:
    from xinzhi_frontier.arrays import productivity_index, score

__all__ = ["productivity_index", "score"]

__getattr__ = doors(__name__, dict.fromkeys(__all__, "xinzhi_frontier.arrays"))
