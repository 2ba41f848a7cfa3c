"""Estimates as the pathways read them: which effect, for whom, how sure.

A frame of estimates has one row an estimate and these columns:

=============  ==================================================================================
path           the effect as a chain: `HEE -> GTFP` (effect), `HEE -> SEE -> GTFP` (indirect effect
               through a mediator), `HEE -> SEE` and `SEE -> GTFP` with a tool (its interaction)
factor         the first link of the path; may be absent
grouping       how the cities were divided, such as `stage`; empty for all cities
group          the group within the grouping, such as `growing_or_mature`; empty for all cities
tool           the moderator of an interaction, such as `RDER`; empty elsewhere; may be absent
b, se, p, n    estimate, standard error on which p rests, two-sided p-value, rows used
df             degrees of freedom of t; may be absent (then the normal law gives the interval)
low, high      interval of the test that p belongs to, where that is not the law of b / se
=============  ==================================================================================

A frame of difference tests has the same columns but `group`: b is the difference between the
groups of a grouping where there are two, missing where there are more and p tests them all at once.

What variables, paths and groups are called in sentences: by their labels, never by their codes.

Which estimates speak for a city: its group's own where groups differ, else the common one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from xinzhi.present.regression.fitted import name_of
from xinzhi_core.errors import DataError, DuplicateKey, OutOfDomain, Problem
from xinzhi_core.problems import require_columns
from xinzhi_core.wording import Wording, distinct, listed, message, said
from xinzhi_econometrics.inference import t_quantile
from xinzhi_econometrics.verdict import Direction, JudgementRule, judge

ALL = ""
"""Grouping and group of estimates for all cities; tool of effects without a tool."""
ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Naming:
    """Labels of a study; names without a label are kept."""

    variables: Mapping[str, Wording] = field(default_factory=dict)
    groupings: Mapping[str, Wording] = field(default_factory=dict)
    members: Mapping[tuple[str, str], Wording] = field(default_factory=dict)

    def words(self) -> dict[str, Wording]:
        """Give all labels by names alone; a group whose name stands in several groupings has none."""
        counts = Counter(group for _, group in self.members)
        groups = {g: label for (_, g), label in self.members.items() if counts[g] == 1}
        # Of a group, a grouping and a variable of one name the variable is meant.
        return {**groups, **self.groupings, **self.variables}

    def variable(self, name: str) -> Wording:
        """Word a variable."""
        return name_of(name, self.variables)

    def path(self, path: str, tool: str = ALL) -> Wording:
        """Word a path, and the moderator on which it depends.

        >>> str(Naming({"HEE": "Talent"}).path("HEE -> GTFP", "RDER"))
        'RDER on Talent → GTFP'
        """
        links = path.split(ARROW)
        words = self.variable(links[0])
        for link in links[1:]:
            words = message("{first} → {second}", first=words, second=self.variable(link))
        if tool:
            return message("{tool} on {path}", tool=self.variable(tool), path=words)
        return words

    def grouping(self, name: str) -> Wording:
        """Word a grouping."""
        return self.groupings.get(name, name)

    def member(self, grouping: str, group: str) -> Wording:
        """Word a group without its grouping."""
        return self.members.get((grouping, group), group)

    def group(self, grouping: str, group: str) -> Wording:
        """Word a group with its grouping; all entities where it is empty."""
        if grouping == ALL:
            return message("All")
        return message(
            "{grouping}: {group}",
            grouping=self.grouping(grouping),
            group=self.member(grouping, group),
        )

    def groups(self, pairs: tuple[tuple[str, str], ...]) -> Wording:
        """Word several groups that an entity belongs to at once; all entities where there are none.

        Two groupings may have one label, such as two divisions into stages: it stands once, before both groups.

        >>> both = Naming({}, {"stage": "Stage", "stage4": "Stage"})
        >>> str(both.groups((("stage", "growing or mature"), ("stage4", "mature"))))
        'Stage: growing or mature / mature'
        """
        members: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for pair in pairs:
            members.setdefault(said(self.grouping(pair[0])), []).append(pair)
        return listed([self._of_one_label(same) for same in members.values()]) or message(
            "all entities"
        )

    def _of_one_label(self, pairs: list[tuple[str, str]]) -> Wording:
        """Word the groups of groupings that have one label."""
        words = self.group(*pairs[0])
        names = distinct([self.member(*pair) for pair in pairs])
        for name in names[1:]:
            words = message("{first} / {second}", first=words, second=name)
        return words


UNNAMED = Naming()
"""Without labels: names as they stand in the study file."""


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


def join_path(*links: str) -> str:
    """Write a path as it stands in the frames.

    >>> join_path("HEE", "SEE", "GTFP")
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
    def is_common(self) -> bool:
        """Whether it is an estimate for all cities."""
        return self.grouping == ALL

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Grouping and group that it is about; none for an estimate for all cities."""
        return () if self.is_common else ((self.grouping, self.group),)

    def to_dict(self) -> dict[str, object]:
        """Give the estimate for results.json."""
        return {name: getattr(self, name) for name in ("path", "grouping", "group", *NUMBERS)}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When an effect counts."""

    level: float = 0.10
    """An estimate with a p-value below this is statistically significant."""
    minimum_effect: float = 0.0
    """A significant effect that is smaller, in the units of the regression, opens no pathway."""

    def verdict(self, evidence: Evidence | None) -> Verdict:
        """Judge an estimate.

        >>> odd = Evidence("HEE -> GTFP", "", "", "", b=0.02, se=0.009, p=0.026, n=1840,
        ...     ci_low=0.005, ci_high=0.035)
        >>> Thresholds(0.05).verdict(odd), Thresholds(0.01).verdict(odd)
        ('works', 'null')
        """
        if evidence is None:
            return "untested"
        direction = judge(evidence.b, evidence.p, JudgementRule(level=self.level)).direction
        # Size is asked after significance: what is not significant is not called small.
        if direction in {"positive", "negative"} and abs(evidence.b) < self.minimum_effect:
            return "small"
        return OF_DIRECTION[direction]

    def differs(self, test: Evidence | None) -> bool | None:
        """Whether a difference test finds a difference; None without a test."""
        if test is None or not np.isfinite(test.p):
            return None
        # The joint test of more than two groups has no b and no direction: only its p-value counts.
        b = test.b if np.isfinite(test.b) else 1.0
        return judge(b, test.p, JudgementRule(level=self.level)).is_significant


@dataclass(frozen=True, slots=True)
class PathwayEvidence:
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
        groups = dict.fromkeys((grouping, group) for _, grouping, group, _ in self.estimates)
        return tuple(sorted(groups, key=lambda group: group != (ALL, ALL)))


def build_findings(
    estimates: pd.DataFrame,
    differences: pd.DataFrame | None,
    thresholds: Thresholds,
) -> PathwayEvidence:
    """Check frames of estimates and difference tests and make them easy to ask.

    The frames are those that the head of this module describes.

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
    >>> round(build_findings(frame, None, Thresholds(0.05)).estimate("HEE -> GTFP").ci_low, 4)
    0.0024
    """
    columns = ("path", "grouping", "group", "b", "se", "p", "n")
    rows = _read_rows(estimates, columns, thresholds.level)
    tests: list[Evidence] = []
    if differences is not None:
        # A test is about all groups of its grouping: what a column `group` says of it is dropped.
        tests = _read_rows(
            differences.assign(group=ALL), ("path", "grouping", *columns[3:]), thresholds.level
        )
    return PathwayEvidence(
        {(e.path, e.grouping, e.group, e.tool): e for e in rows},
        {(e.path, e.grouping, e.tool): e for e in tests},
        thresholds,
    )


def _read_rows(frame: pd.DataFrame, required: tuple[str, ...], level: float) -> list[Evidence]:
    require_columns(required, frame.columns)
    empty = dict.fromkeys(("path", "grouping", "group", "tool"), "")
    texts = frame.reindex(columns=list(empty)).astype(object).fillna(empty).astype(str)
    # Paths are compared as texts, so that spaces around arrows are made the same first.
    texts["path"] = texts["path"].map(lambda path: join_path(*map(str.strip, path.split("->"))))
    numbers = frame.reindex(columns=["b", "se", "p", "n", "df", "low", "high"]).astype(float)
    _check_keys(texts)
    _check_numbers(texts, numbers)
    return [
        _evidence(tuple(text), tuple(map(float, row)), level)
        for text, row in zip(texts.to_numpy(), numbers.to_numpy(), strict=True)
    ]


def _evidence(text: tuple[str, ...], row: tuple[float, ...], level: float) -> Evidence:
    path, grouping, group, tool = text
    b, se, p, n, df, low, high = row
    # Sobel or bootstrap judge by another law than b / se; their own interval is kept.
    if not np.isfinite([low, high]).all():
        reach = -t_quantile(level / 2, df) * se
        low, high = b - reach, b + reach
    return Evidence(path, grouping, group, tool, b, se, p, int(n), low, high)


def _check_keys(texts: pd.DataFrame) -> None:
    nameless = texts["path"].str.strip() == ""
    if nameless.any():
        text = message(
            "{n} estimates do not name their effect.",
            one="{n} estimate does not say which effect it is.",
            n=int(nameless.sum()),
        )
        remedy = message("write the path as a chain: HEE -> GTFP.")
        raise DataError(Problem("pathways.no_path", text, remedy=remedy))
    repeated = texts[texts.duplicated()]
    if len(repeated):
        raise DuplicateKey(
            Problem(
                "pathways.estimate_twice",
                message("There are two estimates of {what}.", what=_place(row)),
                remedy=message("keep one for each effect, group and tool."),
            )
            for row in repeated.to_numpy()
        )


def _check_numbers(texts: pd.DataFrame, numbers: pd.DataFrame) -> None:
    rules: tuple[tuple[pd.Series, Wording], ...] = (
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
        for is_broken, rule in rules
        for row in texts[is_broken].to_numpy()
    ]
    if problems:
        raise OutOfDomain(problems)


def _place(row: Iterable[str]) -> str:
    return ", ".join(filter(None, row))


def frame_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a frame as dictionaries of Python values, as JSON knows them."""
    rows = frame.astype(object).to_dict(orient="records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def empowerment(findings: PathwayEvidence, outcome: str) -> pd.DataFrame:
    """Set out the effect of each factor on the outcome in each group.

    Returns
    -------
    pandas.DataFrame
        Indexed (grouping, group, factor), all cities first: `b`, `se`, `p`, `ci_low`, `ci_high`,
        `n`, `verdict` (works, harms, small, null, untested), `difference_p` (missing without a test),
        `speaks`: `own` where the groups differ, else `common` (the estimate for all speaks for the
        group too); `in_force`: the verdict of the one that speaks.

    Examples
    --------
    >>> frame = pd.DataFrame({"path": ["HEE -> GTFP"] * 2, "grouping": ["", "stage"],
    ...     "group": ["", "mature"], "b": [0.02, 0.03], "se": [0.01, 0.01], "p": [0.046, 0.003],
    ...     "n": [1840, 900]})
    >>> empowerment(build_findings(frame, None, Thresholds()), "GTFP")["speaks"].tolist()
    ['common', 'common']
    """
    thresholds = findings.thresholds
    # A path with a tool is an interaction, one of three links or more a mediated effect.
    paths = [path.split(ARROW) for path, _, _, tool in findings.estimates if tool == ALL]
    factors = dict.fromkeys(p[0] for p in paths if len(p) == 2 and p[1] == outcome)
    rows = []
    for (grouping, group), factor in product(findings.groups(), factors):
        path = join_path(factor, outcome)
        estimate = findings.estimate(path, grouping, group)
        if estimate is None:
            continue
        test = None if grouping == ALL else findings.difference(path, grouping)
        # Without a significant difference the group has no estimate of its own: the common one
        # speaks, even where the group's is significant and that for all is not.
        differs = bool(thresholds.differs(test))
        rows.append(
            {
                "grouping": grouping,
                "group": group,
                "factor": factor,
                **{name: getattr(estimate, name) for name in NUMBERS},
                "verdict": thresholds.verdict(estimate),
                "difference_p": float("nan") if test is None else test.p,
                "speaks": "own" if differs else "common",
                "in_force": thresholds.verdict(estimate if differs else findings.estimate(path)),
            }
        )
    keys = ["grouping", "group", "factor"]
    columns = [*keys, *NUMBERS, "verdict", "difference_p", "speaks", "in_force"]
    return pd.DataFrame(rows, columns=columns).set_index(keys)


Judgement = Literal["works", "harms", "small", "null", "untested", "contested"]


@dataclass(frozen=True, slots=True)
class ApplicableEstimate:
    """An estimate that speaks for a city, and why this one."""

    evidence: Evidence
    verdict: Verdict
    difference: Evidence | None = None
    """The test by which the city's group has its own estimate; None for the common estimate."""


@dataclass(frozen=True, slots=True)
class ResolvedEstimates:
    """What all estimates that speak for a city say of one path."""

    path: str
    judgement: Judgement
    applicable: tuple[ApplicableEstimate, ...]
    cautions: tuple[Wording, ...] = ()


def resolve(
    findings: PathwayEvidence, path: str, groups: Mapping[str, str], tool: str = ALL
) -> ResolvedEstimates:
    """Find what the estimates say of a path for a city.

    A group's own estimate speaks only where the groups are shown to differ: that one group's
    estimate is significant and another's is not shows no difference between them (Gelman and
    Stern 2006). Where several groupings show differences, all their estimates speak, and if they
    disagree the judgement is `contested`.

    `tool` is the moderator of an interaction; `groups` has the groupings in which the city has a group.

    References
    ----------
    Gelman, A. and Stern, H. (2006), The American Statistician 60, 328-331,
    doi:10.1198/000313006X152649.
    """
    applicable, cautions = [], []
    for grouping in _groupings(findings, path, tool):
        test = findings.difference(path, grouping, tool)
        group = groups.get(grouping)
        estimate = None if group is None else findings.estimate(path, grouping, group, tool)
        differs = findings.thresholds.differs(test)
        if differs and estimate is not None:
            verdict = findings.thresholds.verdict(estimate)
            applicable.append(ApplicableEstimate(estimate, verdict, test))
        elif differs or (differs is None and estimate is not None):
            cautions.append(_doubt(path, grouping, group, has_test=bool(differs)))
    # The estimate for all applies only where no grouping gives the city one of its own.
    common = findings.estimate(path, tool=tool)
    if not applicable and common is not None:
        applicable = [ApplicableEstimate(common, findings.thresholds.verdict(common))]
    judgement = combine(estimate.verdict for estimate in applicable)
    return ResolvedEstimates(path, judgement, tuple(applicable), tuple(cautions))


def combine(verdicts: Iterable[Verdict]) -> Judgement:
    """Judge several verdicts together: one voice, or contested.

    >>> combine(["works", "works"]), combine(["works", "null"]), combine([])
    ('works', 'contested', 'untested')
    """
    distinct = set(verdicts)
    if not distinct or "untested" in distinct:
        return "untested"
    return distinct.pop() if len(distinct) == 1 else "contested"


def _groupings(findings: PathwayEvidence, path: str, tool: str) -> tuple[str, ...]:
    from_tests = {g for p, g, t in findings.differences if (p, t) == (path, tool)}
    from_groups = {g for p, g, _, t in findings.estimates if (p, t) == (path, tool)}
    return tuple(sorted((from_tests | from_groups) - {ALL}))


def _doubt(path: str, grouping: str, group: str | None, *, has_test: bool) -> Wording:
    words = {"path": UNNAMED.path(path), "grouping": grouping}
    if not has_test:
        return message(
            "Whether {path} differs by {grouping} was not tested: the estimate for all is used.",
            **words,
        )
    return message(
        "{path} differs by {grouping}, but group '{group}' has no estimate of its own: that for all "
        "entities is used.",
        group=group or "-",
        **words,
    )


Help = Literal["helps", "hinders", "mixed", "none", "untested"]


def summarise_help(steps: Iterable[ResolvedEstimates]) -> Help:
    """Sum up what a tool does to the steps of a pathway, from its interaction with each.

    `helps`: it strengthens a step and weakens none; `hinders`: the reverse; `mixed`: it strengthens one
    and weakens the other, or estimates disagree; `none`: neither; `untested`: no estimate.

    >>> summarise_help([ResolvedEstimates("a", "works", ()), ResolvedEstimates("b", "null", ())])
    'helps'
    """
    judgements = {step.judgement for step in steps}
    if "contested" in judgements or {"works", "harms"} <= judgements:
        return "mixed"
    if "works" in judgements:
        return "helps"
    if "harms" in judgements:
        return "hinders"
    return "none" if judgements & {"null", "small"} else "untested"
