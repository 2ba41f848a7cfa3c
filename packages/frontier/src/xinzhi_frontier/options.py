"""The options of an efficiency measurement, in the field's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from xinzhi_core.vocabulary import CHOICES, IMPLIED, canonical, canonical_or_same, fold


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure; canonical words only (short forms are understood at the border)."""

    measure: str = "super_sbm"
    """One of the registered measures."""
    returns_to_scale: str = "constant"
    """constant | variable | non_increasing | non_decreasing, or generalised returns by the bounds of
    the sum of intensities: 0.8..1.2"""
    orientation: str = "none"
    """none | input | output, where the measure has it"""
    reference: str = "global"
    """contemporaneous | sequential | window | biennial | global | base | group | rows"""
    window: int | None = None
    """Number of periods of a window frontier, the evaluated one included."""
    base_period: int | None = None
    """Period whose rows make the frontier, of `reference="base"` and of indices with a base period; the
    first of the data where None."""
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
    """Columns that only move together, of `sbm_nonseparable` and `sbm_nonseparable_free`"""
    alpha_min: float | None = None
    """Least share, 0 to 1, that stays of what is non-separable; 0 where None (sbm_nonseparable_free)"""
    noncontrollable: tuple[str, ...] | None = None
    """Columns that do not move: the peers have as much of them as the row (radial)"""
    nondiscretionary: tuple[str, ...] | None = None
    """Columns that do not move in proportion: the peers are no worse in them (radial)"""
    zeros: str = "refuse"
    """A zero that the measure would divide by. refuse: an error that names it; keep: the row has no
    score and stays in the reference set; drop_row: it leaves both; drop_term: its term leaves the
    mean"""
    fallback: str = "none"
    """none | form_b | two_stage: what stands in for an infeasible super score"""
    solver: str = "auto"
    """auto: the compiled kernel, and HiGHS for what it cannot prove; highs: HiGHS alone; exact: rational
    arithmetic alone, for small data"""


def checked(options: Options) -> Options:
    """Return the options in canonical words.

    A short form that implies another option sets it where that still has its default; whether it
    was asked for is known at the border only, where `resolve` refuses a contradiction.

    >>> checked(Options(returns_to_scale="VRS")).returns_to_scale
    'variable'
    >>> checked(Options(measure="bcc")).returns_to_scale
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
    words["measure"] = canonical_or_same("measure", options.measure)
    for option, short_forms in IMPLIED.items():
        implied = short_forms.get(fold(getattr(options, option, "")), {})
        for other, values in implied.items():
            if words[other] == getattr(DEFAULTS, other):
                words[other] = values[0]
    return replace(options, **words)


def in_force(options: Options, *, has_bads: bool = True, of_index: bool = False) -> str:
    """State the options that a score depends on, as they are written.

    An index of productivity has its own frontiers, so that nothing is said of the reference.

    >>> in_force(Options("sbm"), has_bads=False)
    'measure=sbm, returns_to_scale=constant, orientation=none, reference=global, zeros=refuse'
    """
    names = ["measure", "returns_to_scale", "orientation"]
    names += ["base_period"] if of_index else ["reference", "window", "base_period", "group"]
    names += ["exclude"] if options.measure.startswith("super") else []
    names += ["bads", "disposability"] if has_bads else []
    names += ["weights", "direction", "epsilon", "nonseparable", "alpha_min"]
    names += ["noncontrollable", "nondiscretionary"]
    names += ["zeros", "fallback"]
    given = {name: getattr(options, name) for name in names}
    return ", ".join(
        f"{name}={_written(value)}"
        for name, value in given.items()
        if name == "orientation" or value not in (None, "none")
    )


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name}: {number:g}" for name, number in value.items())
        return f"{{{inside}}}"
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else str(value)


DEFAULTS = Options()
