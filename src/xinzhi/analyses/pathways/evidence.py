"""Estimates as the pathways read them: which effect, for whom, how sure.

A frame of estimates has one row an estimate and these columns:

=============  ==================================================================================
path           the effect as a chain: `HEE -> GTFP` (effect), `HEE -> SEE -> GTFP` (indirect effect
               through a mediator), `HEE -> SEE` and `SEE -> GTFP` with a tool (its interaction)
factor         the first link of the path; may be absent
grouping       how the cities were divided, such as `stage`; empty for all cities
group          the group within the grouping, such as `growing_or_mature`; empty for all cities
tool           the moderator of an interaction, such as `RDER`; empty elsewhere; may be absent
b, se, p, n    estimate, standard error, two-sided p-value, rows used
df             degrees of freedom of t; may be absent (then the normal law gives the interval)
low, high      interval of the test that p belongs to, where that is not the law of b / se
=============  ==================================================================================

A frame of difference tests has the same columns but `group`: b is the difference between the
groups of a grouping where there are two, missing where there are more and p tests them all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.analyses.pathways.naming import ALL, ARROW, UNNAMED, Naming
from xinzhi.errors import DataError, DuplicateKey, OutOfDomain, Problem
from xinzhi.problems import require_columns
from xinzhi.regression.inference import t_quantile
from xinzhi.regression.verdict import Direction, Inference, judge
from xinzhi.space.scores import require
from xinzhi.wording import Wording, message

Verdict = Literal["works", "harms", "small", "null", "untested"]
OF_DIRECTION: Mapping[Direction, Verdict] = MappingProxyType(
    {
        "positive": "works",
        "negative": "harms",
        "not_significant": "null",
        "not_tested": "untested",
    }
)
NUMBERS = ("b", "se", "p", "ci_low", "ci_high", "n")
"""Fields of an estimate that tables show."""


def path_of(*links: str) -> str:
    """Write a path as it stands in the frames.

    >>> path_of("HEE", "SEE", "GTFP")
    'HEE -> SEE -> GTFP'
    """
    return ARROW.join(links)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One estimate, or one difference test."""

    path: str
    grouping: str
    group: str
    tool: str
    b: float
    se: float
    p: float
    n: int
    ci_low: float
    ci_high: float
    """Interval of level 1 - level: it leaves out 0 where p < level, p being of the same law."""

    @property
    def factor(self) -> str:
        """First link of the path."""
        return self.path.split(ARROW)[0]

    @property
    def is_common(self) -> bool:
        """Whether it is an estimate for all cities."""
        return self.grouping == ALL


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When an effect counts."""

    level: float = 0.10
    """An estimate with a p-value below this is statistically significant."""
    minimum_effect: float = 0.0
    """A significant effect that is smaller, in the units of the regression, opens no pathway."""

    def __post_init__(self) -> None:
        require(
            0 < self.level < 1,
            "typology.level",
            message("The level is {level}.", level=self.level),
            message("give a number between 0 and 1, such as 0.05."),
        )
        require(
            0 <= self.minimum_effect < float("inf"),
            "pathways.minimum_effect",
            message("The smallest effect that counts is {effect}.", effect=self.minimum_effect),
            message("give 0 or a positive number."),
        )

    def verdict(self, evidence: Evidence | None) -> Verdict:
        """Judge an estimate.

        >>> odd = Evidence("HEE -> GTFP", "", "", "", b=0.02, se=0.009, p=0.026, n=1840,
        ...     ci_low=0.005, ci_high=0.035)
        >>> Thresholds(0.05).verdict(odd), Thresholds(0.01).verdict(odd)
        ('works', 'null')
        """
        if evidence is None:
            return "untested"
        direction = judge(evidence.b, evidence.p, Inference(level=self.level)).direction
        if direction in {"positive", "negative"} and abs(evidence.b) < self.minimum_effect:
            return "small"
        return OF_DIRECTION[direction]

    def differs(self, test: Evidence | None) -> bool | None:
        """Whether a difference test finds a difference; None without a test."""
        if test is None or not np.isfinite(test.p):
            return None
        # of more than two groups b is missing, and the test has no direction
        b = test.b if np.isfinite(test.b) else 1.0
        return judge(b, test.p, Inference(level=self.level)).is_significant


CUSTOMARY = Thresholds()


@dataclass(frozen=True, slots=True)
class Findings:
    """All estimates and difference tests of a study, found by what they are about."""

    estimates: dict[tuple[str, str, str, str], Evidence]
    """By (path, grouping, group, tool)."""
    differences: dict[tuple[str, str, str], Evidence]
    """By (path, grouping, tool)."""
    thresholds: Thresholds
    naming: Naming = UNNAMED
    """What variables and groups are called in exhibits."""

    def estimate(
        self, path: str, grouping: str = ALL, group: str = ALL, tool: str = ALL
    ) -> Evidence | None:
        """Find an estimate; None where there is none."""
        return self.estimates.get((path, grouping, group, tool))

    def difference(self, path: str, grouping: str, tool: str = ALL) -> Evidence | None:
        """Find a difference test; None where there is none."""
        return self.differences.get((path, grouping, tool))

    def tools(self) -> tuple[str, ...]:
        """Tools of the interactions, sorted."""
        return tuple(sorted({key[3] for key in self.estimates} - {ALL}))

    def groups(self) -> tuple[tuple[str, str], ...]:
        """List (grouping, group) of all estimates as they come, all cities first."""
        found = dict.fromkeys((key[1], key[2]) for key in self.estimates)
        return tuple(sorted(found, key=lambda one: one != (ALL, ALL)))


def findings_of(
    estimates: pd.DataFrame,
    differences: pd.DataFrame | None,
    thresholds: Thresholds,
) -> Findings:
    """Check frames of estimates and difference tests and make them easy to ask.

    Parameters
    ----------
    estimates, differences
        As the head of this module says; no difference tests if None.
    thresholds
        When an effect counts.

    Raises
    ------
    MissingColumn
        A column is missing.
    DuplicateKey
        Two rows are about the same effect in the same group.
    OutOfDomain
        A p-value is not in [0, 1], a standard error is negative, or n is below 1.

    Examples
    --------
    >>> frame = pd.DataFrame([{"path": "HEE -> GTFP", "grouping": "", "group": "",
    ...     "b": 0.02, "se": 0.009, "p": 0.026, "n": 1840}])
    >>> round(findings_of(frame, None, Thresholds(0.05)).estimate("HEE -> GTFP").ci_low, 4)
    0.0024
    """
    found = {
        (e.path, e.grouping, e.group, e.tool): e
        for e in _rows(estimates, ("path", "grouping", "group", "b", "se", "p", "n"), thresholds)
    }
    tests = {}
    if differences is not None:
        columns = ("path", "grouping", "b", "se", "p", "n")
        tests = {(e.path, e.grouping, e.tool): e for e in _rows(differences, columns, thresholds)}
    return Findings(found, tests, thresholds)


def _rows(
    frame: pd.DataFrame, columns: tuple[str, ...], thresholds: Thresholds
) -> Iterable[Evidence]:
    require_columns(columns, frame.columns)
    words = dict.fromkeys(("path", "grouping", "group", "tool"), "")
    texts = frame.reindex(columns=list(words)).astype(object).fillna(words).astype(str)
    texts["path"] = texts["path"].map(lambda path: path_of(*map(str.strip, path.split("->"))))
    if "group" not in columns:
        texts["group"] = ALL  # a test is about all groups of its grouping
    numbers = frame.reindex(columns=["b", "se", "p", "n", "df", "low", "high"]).astype(float)
    _check_keys(texts)
    _check_numbers(texts, numbers)
    return [
        _evidence(tuple(text), tuple(number), thresholds.level)
        for text, number in zip(texts.to_numpy(), numbers.to_numpy(), strict=True)
    ]


def _evidence(text: tuple[str, ...], number: tuple[float, ...], level: float) -> Evidence:
    path, grouping, group, tool = text
    b, se, p, n, df, low, high = (float(value) for value in number)
    if not np.isfinite([low, high]).all():
        reach = -t_quantile(level / 2, df) * se
        low, high = b - reach, b + reach
    return Evidence(path, grouping, group, tool, b, se, p, int(n), low, high)


def _check_keys(texts: pd.DataFrame) -> None:
    lost = texts["path"].str.strip() == ""
    if lost.any():
        raise DataError(
            Problem(
                "pathways.no_path",
                message(
                    "{n} estimates do not name their effect.",
                    one="{n} estimate does not say which effect it is.",
                    n=int(lost.sum()),
                ),
                remedy=message("write the path as a chain: HEE -> GTFP."),
            )
        )
    twice = texts[texts.duplicated()]
    if len(twice):
        raise DuplicateKey(
            Problem(
                "pathways.estimate_twice",
                message("There are two estimates of {what}.", what=_place(row)),
                remedy=message("keep one for each effect, group and tool."),
            )
            for row in twice.to_numpy()
        )


def _check_numbers(texts: pd.DataFrame, numbers: pd.DataFrame) -> None:
    wrong: tuple[tuple[pd.Series, Wording], ...] = (
        (~numbers["p"].between(0, 1) & numbers["p"].notna(), message("a p-value lies in [0, 1]")),
        (numbers["se"] < 0, message("a standard error is not negative")),
        (~(numbers["n"] >= 1), message("an estimate has at least one row")),
        (numbers["b"].abs() == np.inf, message("an estimate is finite")),
        (numbers["se"] == np.inf, message("a standard error is finite")),
    )
    problems = [
        Problem(
            "pathways.number",
            message("The estimate of {what} cannot be: {rule}.", what=_place(row), rule=rule),
        )
        for is_wrong, rule in wrong
        for row in texts[is_wrong].to_numpy()
    ]
    if problems:
        raise OutOfDomain(problems)


def _place(row: Iterable[str]) -> str:
    return ", ".join(word for word in row if word)
