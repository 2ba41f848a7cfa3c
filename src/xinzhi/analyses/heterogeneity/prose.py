"""Running text on heterogeneity: which association differs between which groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import AbstractSentence
from xinzhi.analyses.heterogeneity.comparisons import GroupComparisons, judge_differences
from xinzhi.analyses.heterogeneity.compute import Heterogeneity
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.heterogeneity.verdicts import default_pairs
from xinzhi.analyses.verdict_changes import summarise_remaining
from xinzhi.present import numbers
from xinzhi.present.prose import slopes_of_interest
from xinzhi.present.references import see
from xinzhi.present.regression.fitted import name_of
from xinzhi.regression.verdict import JudgementRule, Verdict
from xinzhi.wording import Wording, enumerated, in_a_row, listed, message, sentence_of

Judged = Mapping[tuple[str, str], Verdict]
"""Grouping and factor -> whether the association differs between the groups."""


def _judged(
    section: HeterogeneitySection, result: GroupComparisons, inference: JudgementRule
) -> Judged:
    """Judge the differences by the test that the section asks for."""
    verdicts = judge_differences(result.comparisons, section.difference, inference)
    return {key: v for key, v in verdicts.items() if v.direction != "not_tested"}


def abstract(
    section: HeterogeneitySection, result: GroupComparisons, shown: Shown
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


def prose(
    section: HeterogeneitySection, result: GroupComparisons, shown: Shown
) -> tuple[Wording, ...]:
    """Write the paragraph on differences between groups."""
    judged = _judged(section, result, shown.style.inference)
    if not judged:
        return ()
    clauses = _clauses(judged, result, shown)
    significant = {grouping for (grouping, _), verdict in judged.items() if verdict.is_significant}
    without = _groupings([key for key in judged if key[0] not in significant], shown)
    exhibits = see(shown.name, f"{shown.name}_differences")
    if not clauses:
        sentence = message(
            "No association differs significantly between groups by {groupings}{see}.",
            see=exhibits,
            groupings=enumerated(without),
        )
        return (sentence,)
    sentences = [sentence_of(clauses, exhibits), *_left(section, result, shown)]
    if without:
        sentences.append(
            message(
                "By {groupings}, no association differs significantly.",
                groupings=enumerated(without),
            )
        )
    return (in_a_row(sentences),)


def _groupings(keys: Iterable[tuple[str, str]], shown: Shown) -> list[Wording]:
    return [shown.study.group_label(name) for name in dict.fromkeys(name for name, _ in keys)]


def _clauses(judged: Judged, result: GroupComparisons, shown: Shown) -> list[Wording]:
    """Say factor by factor where its association differs, with the slopes of all groups."""
    comparisons = {comparison.grouping: comparison for comparison in result.comparisons}
    significant = {key: verdict for key, verdict in judged.items() if verdict.is_significant}
    clauses: list[Wording] = []
    for factor in dict.fromkeys(factor for _, factor in significant):
        items = enumerated(
            [
                _item(factor, verdict, comparisons[grouping], shown)
                for (grouping, name), verdict in significant.items()
                if name == factor
            ]
        )
        name = name_of(factor, shown.style.labels)
        clauses.append(
            message("the association of {factor} differs by {items}", factor=name, items=items)
            if clauses
            else message("The association of {factor} differs by {items}", factor=name, items=items)
        )
    return clauses


def _item(factor: str, verdict: Verdict, comparison: Heterogeneity, shown: Shown) -> Wording:
    style, grouping = shown.style, comparison.grouping
    slopes = [
        message(
            "{group} {b}",
            group=shown.study.member_label(grouping, group),
            b=numbers.number(slope.verdict.estimate, style.decimals),
        )
        for group, estimates in comparison.judged.fitted
        for slope in slopes_of_interest(estimates, style)
        if slope.name == factor
    ]
    p: Wording = numbers.p_equals(verdict.p_family)
    return message(
        "{grouping} ({slopes}; {p})",
        grouping=shown.study.group_label(grouping),
        slopes=listed(slopes),
        p=message("Holm-adjusted {p}", p=p) if style.inference.family == "holm" else p,
    )


def _left(
    section: HeterogeneitySection, result: GroupComparisons, shown: Shown
) -> Iterator[Wording]:
    """Say how many differences are left with the default errors and families."""
    comparisons = result.comparisons
    yield from summarise_remaining(
        default_pairs(comparisons, section.difference, shown),
        message("differences between groups"),
        shown,
        has_other_errors=any(comparison.default is not None for comparison in comparisons),
    )
