"""Which estimates speak for a city: its group's own where groups differ, else the common one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from xinzhi.analyses.pathways.evidence import Evidence, PathwayEvidence, Verdict
from xinzhi.analyses.pathways.naming import ALL, UNNAMED
from xinzhi.wording import Wording, message

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
        "{path} differs by {grouping}, but there is no estimate for group '{group}': that for all "
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
