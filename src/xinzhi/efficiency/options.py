"""The options of an efficiency measurement, in the field's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from xinzhi.vocabulary import CHOICES, canonical


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure; canonical words only (short forms are understood at the border)."""

    measure: str = "super_sbm"
    """One of the registered measures."""
    returns_to_scale: str = "constant"
    """constant | variable | non_increasing | non_decreasing"""
    orientation: str = "none"
    """none | input | output, where the measure has it"""
    reference: str = "global"
    """contemporaneous | sequential | window | biennial | global | group | rows"""
    window: int | None = None
    """Number of periods of a window frontier, the evaluated one included."""
    group: str | None = None
    """Column that names the group of a group frontier."""
    exclude: str = "observation"
    """observation | entity: what leaves the reference set for a super score"""
    bads: str = "outputs"
    """outputs (form A) | inputs (form B)"""
    disposability: str = "strong"
    """strong | weak | kuosmanen, of the bad outputs"""
    weights: Mapping[str, float] | None = None
    """Weight per variable; equal where None."""
    direction: str | Mapping[str, float] | None = None
    """own | mean | a number per variable; of directional measures"""
    epsilon: float | None = None
    """How much slacks count beside proportions, 0 to 1; from the data where None (epsilon-based)"""
    nonseparable: tuple[str, ...] | None = None
    """Columns that only move together, of `sbm_nonseparable`"""
    zeros: str = "refuse"
    """refuse: a row with a zero gets no score; drop_term: the term leaves the mean"""
    fallback: str = "none"
    """none | form_b | two_stage: what stands in for an infeasible super score"""
    solver: str = "auto"
    """auto: the kernel for large work where it is installed, else HiGHS; highs | kernel"""


def checked(options: Options) -> Options:
    """Return the options in canonical words.

    >>> checked(Options(returns_to_scale="VRS")).returns_to_scale
    'variable'

    Raises
    ------
    SpecError
        A word is not a choice for its option.
    """
    words: dict[str, Any] = {
        key: canonical(key, getattr(options, key))
        for key in CHOICES
        if key != "measure" and hasattr(options, key)
    }
    return replace(options, measure=_measure(options.measure), **words)


def _measure(word: str) -> str:
    """Translate short forms; a measure of a user's own is known to the register only."""
    folded = word.strip().casefold().replace("-", "_").replace(" ", "_")
    for name, short_forms in CHOICES["measure"].items():
        if folded in short_forms:
            return name
    return folded
