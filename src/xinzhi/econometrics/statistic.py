"""Test statistics as values; one that does not exist says why."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Statistic:
    """A test with its null hypothesis in words."""

    name: str
    null: Wording
    value: float
    distribution: str
    """Such as `F(19, 169)` or `chi2(2)`."""
    p_value: float
    """Not a number where the value cannot be judged; `remark` says why."""
    remark: Wording = ""


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A test that does not exist for this model, and why."""

    name: str
    reason: Wording
