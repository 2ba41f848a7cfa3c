"""Classes of scores by declared thresholds.

Classes of a score: their names and ranges, as the study file writes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, BeforeValidator

from xinzhi.analyses.section import Section
from xinzhi.options import Refused
from xinzhi_core.errors import quoted
from xinzhi_core.formula.tree import PLAIN, SAME
from xinzhi_core.panel.notebook import ByValue
from xinzhi_core.wording import Message, Wording, listed, message


@dataclass(frozen=True, slots=True)
class ClassRange:
    """Range of a class; an open end is None."""

    low: Decimal | None
    high: Decimal | None
    closed_low: bool = False
    closed_high: bool = False

    def holds(self, score: float | Decimal) -> bool:
        """Whether a score lies in the range; a threshold is the number as it is written.

        >>> ClassRange(None, Decimal("0.30")).holds(0.30)
        False
        """
        # Decimal("0.30") is 0.3 exactly and the float 0.30 is not: thresholds become what scores are.
        written = type(score)
        above = self.low is None or (
            score >= written(self.low) if self.closed_low else score > written(self.low)
        )
        below = self.high is None or (
            score <= written(self.high) if self.closed_high else score < written(self.high)
        )
        return above and below

    def __str__(self) -> str:
        if self.low is None:
            return f"{'<=' if self.closed_high else '<'} {self.high}"
        if self.high is None:
            return f"{'>=' if self.closed_low else '>'} {self.low}"
        return f"{self.low}-{self.high}"


def gaps_between(classes: Mapping[str, ClassRange]) -> Message | None:
    """Say where a score would belong to no class or to two; None where there is no such score.

    >>> low, high = ClassRange(None, Decimal("0.3")), ClassRange(Decimal("0.4"), None)
    >>> print(gaps_between({"low": low, "high": high}))
    No class holds the score 0.3.
    """
    bounds = sorted({b for c in classes.values() for b in (c.low, c.high) if b is not None})
    if not bounds:
        return message("A class needs a threshold.")
    between = [(a + b) / 2 for a, b in pairwise(bounds)]
    # Membership changes at bounds only: one score in each stretch between them stands for all of it.
    for score in sorted([bounds[0] - 1, *bounds, *between, bounds[-1] + 1]):
        holding = [name for name, c in classes.items() if c.holds(score)]
        if not holding:
            return message("No class holds the score {score}.", score=score)
        if len(holding) > 1:
            return message(
                "The score {score} belongs to two classes: {classes}.",
                score=score,
                classes=listed(holding[:2]),
            )
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Classification(ByValue):
    """The class of each row with a score, and how many there are in each period."""

    names: tuple[str, ...]
    """Classes in the order of the study file."""
    intervals: Mapping[str, ClassRange]
    of: pd.Series
    """Class per (entity, period); missing where there is no score."""
    counts: pd.DataFrame
    """Number of entities: periods x classes, and `none` for rows without a score."""

    def to_frame(self) -> pd.DataFrame:
        """Return the counts: one row a period, one column a class."""
        return self.counts

    def __repr__(self) -> str:
        return str(self.counts)

    def _repr_html_(self) -> str:
        return str(self.counts.to_html())


def classify(scores: pd.Series, classes: Mapping[str, ClassRange]) -> Classification:
    """Put each score into its class and count the classes by period.

    Parameters
    ----------
    scores
        Indexed (entity, period); missing scores stay without a class.
    classes
        Name -> range; together they hold every number exactly once (see `gaps_between`).

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("b", 1)], names=["entity", "period"])
    >>> found = classify(pd.Series([0.2, 0.7], index),
    ...     {"low": ClassRange(None, Decimal("0.3")), "high": ClassRange(Decimal("0.3"), None, True)})
    >>> list(found.of)
    ['low', 'high']
    """
    of = pd.Series(
        [
            None if np.isnan(score) else next(name for name, c in classes.items() if c.holds(score))
            for score in scores.to_numpy(dtype=np.float64, na_value=np.nan)
        ],
        index=scores.index,
        dtype=object,
    )
    words = of.fillna("none")
    counts = pd.crosstab(words.index.get_level_values("period"), words.to_numpy())
    counts = counts.reindex(columns=[*classes, "none"], fill_value=0)
    counts.index.name, counts.columns.name = "period", None
    return Classification(names=tuple(classes), intervals=dict(classes), of=of, counts=counts)


def class_labels(classes: Classification) -> dict[str, Wording]:
    """Words for classes: those of the field are translated, a user's own stay as they are."""
    return {name: message(name) for name in classes.names}


def class_ranges(classes: Classification) -> dict[str, Wording]:
    """Words for classes with their ranges, as a legend needs them."""
    return {
        name: message("{name} ({range})", name=message(name), range=str(classes.intervals[name]))
        for name in classes.names
    }


NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
BELOW = re.compile(rf"(<=?)\s*([-+]?{NUMBER})")
ABOVE = re.compile(rf"(>=?)\s*([-+]?{NUMBER})")
BETWEEN = re.compile(rf"({NUMBER})\s*[-–]\s*({NUMBER})")


def interval(text: object) -> ClassRange:
    """Read the range of a class: `< 0.30`, `0.30-0.60`, `> 0.60`, in full-width signs too.

    >>> interval("0.30-0.60").holds(0.6), str(interval("≤ ０.３０"))
    (True, '<= 0.30')
    """
    words = str(text).translate(PLAIN).strip()
    for sign in ("≤", "≥"):
        words = words.replace(sign, SAME[sign])
    if match := BELOW.fullmatch(words):
        return ClassRange(None, Decimal(match[2]), closed_high=match[1] == "<=")
    if match := ABOVE.fullmatch(words):
        return ClassRange(Decimal(match[2]), None, closed_low=match[1] == ">=")
    if match := BETWEEN.fullmatch(words):
        return ClassRange(Decimal(match[1]), Decimal(match[2]), closed_low=True, closed_high=True)
    raise Refused(
        message("'{words}' is not a range.", words=quoted(words)),
        message("write '< 0.30', '0.30-0.60' or '> 0.60'."),
    )


def _read_classes(value: object) -> object:
    return {k: interval(v) for k, v in value.items()} if isinstance(value, dict) else value


def _check_cover(classes: dict[str, ClassRange]) -> dict[str, ClassRange]:
    if problem := gaps_between(classes):
        raise Refused(problem, message("let every number lie in exactly one class."))
    return classes


Classes = Annotated[
    dict[str, ClassRange],
    BeforeValidator(_read_classes, json_schema_input_type=dict[str, str]),
    AfterValidator(_check_cover),
]


class ClassesSection(Section):
    """Classes of one score."""

    score: str
    """The score."""
    classes: Classes
    """Name of a class -> range of scores, such as {low: "< 0.30", high: ">= 0.30"}."""
