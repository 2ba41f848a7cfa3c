"""Running text on heterogeneity: which association differs between which groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinzhi.analyses.abstract import AbstractSentence
from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.heterogeneity.comparisons import Compared, judge_differences
from xinzhi.analyses.heterogeneity.compute import Heterogeneity
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.heterogeneity.verdicts import default_pairs
from xinzhi.analyses.verdict_changes import summarise_remaining
from xinzhi.present import numbers
from xinzhi.present.prose import slopes_of_interest
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import name_of
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.verdict import Inference
from xinzhi.wording import Wording, enumerated, in_a_row, listed, message, sentence_of


@dataclass(frozen=True, slots=True)
class Difference:
    """Whether an association differs between the groups of a grouping."""

    grouping: str
    factor: str
    p_value: float
    """Adjusted for the family of tests where the study declares one."""
    is_significant: bool


def _judged(
    section: HeterogeneitySection, result: Compared, inference: Inference
) -> tuple[Difference, ...]:
    """Judge the differences by the test that the section asks for."""
    found = judge_differences(tuple(result.known.values()), section.difference, inference)
    return tuple(
        Difference(grouping, factor, verdict.p_family, verdict.is_significant)
        for (grouping, factor), verdict in found.items()
        if verdict.direction != "not_tested"
    )


def abstract(
    section: HeterogeneitySection, result: Compared, shown: Shown
) -> Iterator[AbstractSentence]:
    """Say which associations differ between which groups; else that none does."""
    judged = _judged(section, result, shown.style.inference)
    clauses = _clauses(judged, result, shown)
    if clauses:
        yield AbstractSentence("finding", sentence_of(clauses))
        for sentence in _left(section, result, shown):
            yield AbstractSentence("caveat", sentence)
    elif judged:
        groupings = enumerated(_groupings(judged, shown))
        phrase = message("differences between groups by {groupings}", groupings=groupings)
        yield AbstractSentence("neither", phrase)


def prose(section: HeterogeneitySection, result: Compared, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on differences between groups."""
    judged = _judged(section, result, shown.style.inference)
    if not judged:
        return ()
    clauses = _clauses(judged, result, shown)
    without = _groupings(judged, shown, without=True)
    if not clauses:
        sentence = message(
            "No association differs significantly between groups by {groupings}{see}.",
            see=see(shown.name, f"{shown.name}_differences"),
            groupings=enumerated(without),
        )
        return (sentence,)
    exhibits = see(shown.name, f"{shown.name}_differences")
    sentences = [sentence_of(clauses, exhibits), *_left(section, result, shown)]
    if without:
        sentences.append(
            message(
                "By {groupings}, no association differs significantly.",
                groupings=enumerated(without),
            )
        )
    return (in_a_row(sentences),)


def _groupings(
    judged: Sequence[Difference], shown: Shown, *, without: bool = False
) -> list[Wording]:
    """Name the groupings that were tested; or those without any significant difference."""
    names = dict.fromkeys(one.grouping for one in judged)
    if without:
        found = {one.grouping for one in judged if one.is_significant}
        names = dict.fromkeys(name for name in names if name not in found)
    return [shown.study.group_label(name) for name in names]


def _clauses(judged: Sequence[Difference], result: Compared, shown: Shown) -> list[Wording]:
    """Say factor by factor where its association differs, with the slopes of all groups."""
    found = [one for one in judged if one.is_significant]
    clauses: list[Wording] = []
    for factor in dict.fromkeys(one.factor for one in found):
        items = [
            _item(one, result.known[one.grouping], shown) for one in found if one.factor == factor
        ]
        name = name_of(factor, shown.style.labels)
        clauses.append(
            message(
                "the association of {factor} differs by {items}",
                factor=name,
                items=enumerated(items),
            )
            if clauses
            else message(
                "The association of {factor} differs by {items}",
                factor=name,
                items=enumerated(items),
            )
        )
    return clauses


def _item(one: Difference, found: Heterogeneity, shown: Shown) -> Wording:
    style = shown.style
    slopes = [
        message(
            "{group} {b}",
            group=shown.study.member_label(found.grouping, group),
            b=numbers.number(slope.verdict.estimate, style.decimals),
        )
        for group, estimates in found.judged.groups
        if isinstance(estimates, Estimates)
        for slope in slopes_of_interest(estimates, style)
        if slope.name == one.factor
    ]
    return message(
        "{grouping} ({slopes}; {p})",
        grouping=shown.study.group_label(found.grouping),
        slopes=listed(slopes),
        p=_p(one, shown),
    )


def _p(one: Difference, shown: Shown) -> Wording:
    p = numbers.p_equals(one.p_value)
    several = shown.style.inference.family == "holm"
    return message("Holm-adjusted {p}", p=p) if several else p


def _left(section: HeterogeneitySection, result: Compared, shown: Shown) -> Iterator[Wording]:
    """Say how many differences are left with the default errors and families."""
    found = tuple(result.known.values())
    yield from summarise_remaining(
        default_pairs(found, section.difference, shown),
        message("differences between groups"),
        shown,
        has_other_errors=any(one.default is not None for one in found),
    )
