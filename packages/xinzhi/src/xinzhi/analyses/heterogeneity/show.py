"""The tables of heterogeneity, its paragraph of methods and its reference.

The tables of heterogeneity: the regression by groups, and tests of the differences.

Running text on heterogeneity: which association differs between which groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import count_remaining, summarise_remaining
from xinzhi.analyses.exhibits import AbstractSentence, Exhibits, HeadSentence
from xinzhi.analyses.heterogeneity import compute as verdicts
from xinzhi.analyses.heterogeneity.compute import (
    GroupComparisons,
    Heterogeneity,
    HeterogeneitySection,
    default_pairs,
    holm,
    judge_differences,
)
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, size_of
from xinzhi.present.prose import slopes_of_interest
from xinzhi.present.references import see
from xinzhi.present.regression import Fitted, NotEstimated, regression_table, with_headings
from xinzhi.present.regression.fitted import errors_in_words, name_of, staggered_in_words
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table, not_computed_table
from xinzhi_core.errors import Problem
from xinzhi_core.wording import Wording, enumerated, in_a_row, listed, message, sentence_of
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.resampling.permutation import Permutation
from xinzhi_econometrics.specification import Regression
from xinzhi_econometrics.verdict import JudgementRule, Verdict

Member = Callable[[str, str], Wording]
"""From grouping and member to words."""
BOTH = ("interaction", "permutation")


def groups_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    comparisons: Sequence[Heterogeneity],
    *,
    asked: Regression,
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
) -> Table:
    """Set the regression of each group side by side, the grouping above.

    Parameters
    ----------
    asked
        The regression that was asked for in each group; a group without one says why.
    groupings, member
        Words for groupings and their members.
    """
    columns: list[tuple[str, str, Fitted]] = [
        (
            comparison.grouping,
            group,
            NotEstimated(asked, (Problem("groups.refused", fitted.reason),))
            if isinstance(fitted, Inapplicable)
            else fitted,
        )
        for comparison in comparisons
        for group, fitted in comparison.groups
    ]
    table = regression_table(id, title, [fitted for _, _, fitted in columns], style)
    table = with_headings(
        table,
        [member(grouping, group) for grouping, group, _ in columns],
        [groupings[grouping] for grouping, _, _ in columns],
    )
    written = table.machine["columns"]
    assert isinstance(written, list)
    named = [
        {**column, "grouping": grouping, "group": group}
        for column, (grouping, group, _) in zip(written, columns, strict=True)
    ]
    return replace(table, reading=(), machine={**table.machine, "columns": named})


@dataclass(frozen=True, slots=True)
class _Tested:
    """One slope, or all of them, of one grouping."""

    grouping: str
    name: str
    """Empty for all slopes together."""
    test: Statistic | Inapplicable
    pairs: tuple[Permutation | Inapplicable, ...]
    adjusted: float
    """Holm over the groupings."""
    verdict: Verdict | None
    """Whether the slopes differ; None for all slopes together."""
    permuted: Verdict | None
    """The same by permutation, where that is the other test."""

    def words(self, groupings: Mapping[str, Wording], style: Style) -> dict[str, object]:
        """Word the grouping and the slope."""
        name = name_of(self.name, style.labels) if self.name else message("all together")
        return {"grouping": groupings[self.grouping], "name": name}


def differences_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    comparisons: Sequence[Heterogeneity],
    *,
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
    tests: tuple[str, ...] = BOTH,
) -> Table:
    """Test whether the slopes differ between groups; a difference of stars is not a difference."""
    tested = _tested(comparisons, tests, style.inference)
    # All groups have one kind of errors: the first estimates stand for all.
    every = [estimates for c in comparisons for _, estimates in c.fitted]
    first = every[:1]
    return Table(
        id=id,
        title=title,
        stub=message("Grouping, variable"),
        columns=_columns(tests),
        rows=tuple(row for test in tested for row in _rows(test, tests, groupings, member, style)),
        notes=(
            *_notes(tested, tests, groupings, style),
            *errors_in_words(first, style),
            *staggered_in_words(every, style.labels),
            *_coverage_notes(comparisons, tests),
        ),
        reading=tuple(_reading(tested, groupings, style)),
        machine=MappingProxyType(
            {
                "differences": [_plain(test) for test in tested],
                "sizes": {c.grouping: dict(c.sizes) for c in comparisons},
            }
        ),
        part="text",
    )


def _tested(
    comparisons: Sequence[Heterogeneity], tests: tuple[str, ...], inference: JudgementRule
) -> list[_Tested]:
    """Gather the tests; p-values of one variable are adjusted for the number of groupings."""
    verdicts = judge_differences(comparisons, tests, inference)
    others = judge_differences(comparisons, ("permutation",), inference) if tests == BOTH else {}
    names = list(dict.fromkeys(d.regressor for c in comparisons for d in c.differences))
    if len(names) > 1:
        names.append("")
    adjusted = {
        name: holm(np.array([_p_value(_tests_of(c, name)[0]) for c in comparisons]))
        for name in names
    }
    return [
        _Tested(
            comparison.grouping,
            name,
            *_tests_of(comparison, name),
            float(adjusted[name][i]),
            verdicts.get((comparison.grouping, name)),
            others.get((comparison.grouping, name)),
        )
        for i, comparison in enumerate(comparisons)
        for name in names
    ]


def _tests_of(
    comparison: Heterogeneity, name: str
) -> tuple[Statistic | Inapplicable, tuple[Permutation | Inapplicable, ...]]:
    """Take the tests of one slope; of all together where the name is empty."""
    if not name:
        return comparison.joint, ()
    for difference in comparison.differences:
        if difference.regressor == name:
            return difference.interaction, difference.permutations
    return Inapplicable(name, ""), ()


def _p_value(test: Statistic | Inapplicable) -> float:
    return test.p_value if isinstance(test, Statistic) else math.nan


def _columns(tests: tuple[str, ...]) -> tuple[Column, ...]:
    interaction = (
        Column("f", message("F"), message("Interaction")),
        Column("distribution", message("Distribution"), message("Interaction")),
        Column("p", message("p"), message("Interaction")),
        Column("holm", message("p, Holm"), message("Interaction")),
    )
    permutation = (
        Column("groups", message("Groups"), message("Permutation of entities")),
        Column("difference", message("Difference"), message("Permutation of entities")),
        Column("p_permutation", message("p"), message("Permutation of entities")),
    )
    return (
        *(interaction if "interaction" in tests else ()),
        *(permutation if "permutation" in tests else ()),
    )


def _rows(
    tested: _Tested,
    tests: tuple[str, ...],
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
) -> Iterator[Row]:
    """One row a variable; more pairs of groups stand beneath."""
    label = message("{grouping}: {name}", **tested.words(groupings, style))
    key = f"{tested.grouping}:{tested.name or '*'}"
    left = _interaction(tested, style.decimals) if "interaction" in tests else ()
    if "permutation" not in tests:
        yield Row(label, left, key=key)
        return
    pairs = [
        _pair(tested.grouping, pair, member, style.decimals)
        for pair in tested.pairs
        if isinstance(pair, Permutation)
    ]
    first, *others = pairs or [(EMPTY,) * 3]
    yield Row(label, (*left, *first), key=key)
    for number, cells in enumerate(others, 2):
        yield Row("", (*(EMPTY,) * len(left), *cells), key=f"{key}:{number}")


def _interaction(tested: _Tested, decimals: int) -> tuple[Cell, ...]:
    if isinstance(tested.test, Inapplicable):
        return (Cell(None), EMPTY, EMPTY, EMPTY)
    return (
        Cell(tested.test.value, "statistic", decimals=decimals),
        Cell(tested.test.distribution, "text"),
        Cell(tested.test.p_value, "p_value"),
        Cell(tested.adjusted, "p_value"),
    )


def _pair(grouping: str, pair: Permutation, member: Member, decimals: int) -> tuple[Cell, ...]:
    first, second = (member(grouping, group) for group in pair.groups)
    return (
        Cell(message("{first} less {second}", first=first, second=second), "text"),
        Cell(pair.observed, "estimate", decimals=decimals),
        Cell(pair.p_value, "p_value"),
    )


def _notes(
    tested: Sequence[_Tested],
    tests: tuple[str, ...],
    groupings: Mapping[str, Wording],
    style: Style,
) -> Iterator[Wording]:
    if "interaction" in tests:
        yield message(
            "Interaction: Wald test in one model in which all slopes and fixed effects differ by "
            "group; Holm's method adjusts for the number of groupings."
        )
    drawn = [pair for test in tested for pair in test.pairs if isinstance(pair, Permutation)]
    if drawn and "permutation" in tests:
        yield message(
            "Permutation: {n} random reassignments of entities to groups of the same size; {lost} "
            "failed.",
            n=numbers.count(len(drawn[0].permuted)),
            lost=numbers.count(max(pair.n_lost for pair in drawn)),
        )
    for test in tested:
        for reason in _reasons(test, tests):
            words = test.words(groupings, style)
            yield message("{grouping}: {name}: {reason}", reason=reason, **words)


def _coverage_notes(
    comparisons: Sequence[Heterogeneity], tests: tuple[str, ...]
) -> Iterator[Wording]:
    """State how often the tests of equal slopes keep a true null hypothesis."""
    sizes = [size_of(e.residuals.index) for c in comparisons[:1] for _, e in c.fitted]
    if not sizes:
        return
    # Together the groups of one grouping are the panel whose coverage was simulated.
    size = sum(n for n, _ in sizes), max(t for _, t in sizes)
    for test, words in (
        ("interaction", message("Interaction")),
        ("permutation", message("Permutation")),
    ):
        if test in tests:
            for note in coverage_note(f"group_{test}", *size):
                yield message("{what}: {note}", what=words, note=note)


def _reasons(tested: _Tested, tests: tuple[str, ...]) -> Iterator[Wording]:
    """Say why a test that was asked for has no answer."""
    if "interaction" in tests and isinstance(tested.test, Inapplicable):
        yield tested.test.reason
    if "permutation" in tests:
        yield from dict.fromkeys(p.reason for p in tested.pairs if isinstance(p, Inapplicable))


def _reading(
    tested: Sequence[_Tested], groupings: Mapping[str, Wording], style: Style
) -> Iterator[Wording]:
    for test in tested:
        verdict, other = test.verdict, test.permuted
        if verdict is None or verdict.direction == "not_tested":
            continue
        words = test.words(groupings, style)
        words["p"] = _p_in_words(verdict, style.inference)
        if verdict.is_significant:
            yield message(
                "{grouping}: the slope of {name} differs between the groups ({p}).", **words
            )
        else:
            yield message(
                "{grouping}: the difference between the groups in the slope of {name} is not "
                "statistically significant ({p}).",
                **words,
            )
        if other is not None and verdict.basis != other.basis and _disagree(verdict, other):
            words["p"] = _permuted_in_words(test.pairs, other, style.inference)
            yield message(
                "{grouping}, {name}: judged by the interaction; the permutation test ({p}) leads "
                "to another verdict.",
                **words,
            )
    if tested:
        yield message(
            "An effect that is statistically significant in one group and not in another is not "
            "in itself evidence of a difference; only these tests compare groups."
        )


def _disagree(verdict: Verdict, other: Verdict) -> bool:
    return other.direction != "not_tested" and verdict.is_significant != other.is_significant


def _permuted_in_words(
    pairs: Sequence[Permutation | Inapplicable], verdict: Verdict, inference: JudgementRule
) -> Wording:
    """Word the p of all pairs together beside the smallest that the table prints."""
    p = _p_in_words(verdict, inference)
    printed = [pair.p_value for pair in pairs if isinstance(pair, Permutation)]
    if len(printed) < 2:
        return p
    smallest = numbers.p_equals(min(printed))
    return message(
        "of {n} pairs the smallest {smallest}; for all together {p}",
        n=len(printed),
        smallest=smallest,
        p=p,
    )


def _p_in_words(verdict: Verdict, inference: JudgementRule) -> Wording:
    p = numbers.p_equals(verdict.p)
    if inference.family == "none":
        return p
    return message("{p}, by Holm {holm}", p=p, holm=numbers.p_value(verdict.p_family))


def _plain(tested: _Tested) -> dict[str, object]:
    test, verdict = tested.test, tested.verdict
    plain: dict[str, object] = {
        "grouping": tested.grouping,
        "name": tested.name or "*",
        "interaction": {"inapplicable": str(test.reason)}
        if isinstance(test, Inapplicable)
        else {
            "value": test.value,
            "distribution": test.distribution,
            "p": test.p_value,
            "p_holm": tested.adjusted,
        },
        "permutations": [
            {"inapplicable": str(pair.reason)}
            if isinstance(pair, Inapplicable)
            else {
                "groups": list(pair.groups),
                "difference": pair.observed,
                "p": pair.p_value,
                "draws": len(pair.permuted),
                "lost": pair.n_lost,
            }
            for pair in tested.pairs
        ],
    }
    return plain | ({"verdict": verdict.direction, "by": verdict.basis} if verdict else {})


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
    """Say which associations differ by which grouping; else that none does."""
    judged = _judged(section, result, shown.style.inference)
    clauses = _in_brief(judged, shown)
    if clauses:
        yield AbstractSentence("finding", sentence_of(clauses))
        for is_left, phrase in _remaining(section, result, shown):
            yield AbstractSentence("left" if is_left else "gone", phrase)
    elif judged:
        groupings = enumerated(_groupings(judged, shown))
        phrase = message("differences between groups by {groupings}", groupings=groupings)
        yield AbstractSentence("neither", phrase)


def head(
    section: HeterogeneitySection, result: GroupComparisons, shown: Shown
) -> Iterator[HeadSentence]:
    """Count how many differences between groups are left by default."""
    for is_left, phrase in _remaining(section, result, shown):
        yield HeadSentence("left" if is_left else "gone", phrase, 1)


def _remaining(
    section: HeterogeneitySection, result: GroupComparisons, shown: Shown
) -> Iterator[tuple[bool, Wording]]:
    """Say whether and how many significant differences are left by default, where another test judges."""
    if counts := count_remaining(default_pairs(result.comparisons, section.difference, shown)):
        k, n = counts
        some = message(
            "{k} of {n} differences between groups",
            one="{k} of {n} difference between groups",
            counting="n",
            k=k,
            n=n,
        )
        yield k > 0, some if k else message("difference between groups")


def _in_brief(judged: Judged, shown: Shown) -> list[Wording]:
    """Say factor by factor by which groupings its association differs."""
    significant = [key for key, verdict in judged.items() if verdict.is_significant]
    clauses: list[Wording] = []
    for factor in dict.fromkeys(factor for _, factor in significant):
        words = {
            "factor": name_of(factor, shown.style.labels),
            "groupings": enumerated(_groupings([k for k in significant if k[1] == factor], shown)),
        }
        clauses.append(
            message("the association of {factor} differs by {groupings}", **words)
            if clauses
            else message("The association of {factor} differs by {groupings}", **words)
        )
    return clauses


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


HOLM = (
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal "
    "of Statistics, 6(2), 65–70."
)


def exhibits(section: HeterogeneitySection, result: GroupComparisons, shown: Shown) -> Exhibits:
    """Make the exhibits of a section."""
    methods = message(
        "Groups: the regression in each group; differences by a Wald test in the fully interacted "
        "model and by permuting entities between groups."
    )
    return Exhibits(
        tuple(_tables(section, result, shown)),
        (methods,),
        frozenset({HOLM}),
        prose=prose(section, result, shown),
        abstract=tuple(abstract(section, result, shown)),
        head=tuple(head(section, result, shown)),
    )


def _tables(
    section: HeterogeneitySection, result: GroupComparisons, shown: Shown
) -> Iterator[Table]:
    study, comparisons, tests = shown.study, result.comparisons, section.difference
    groupings = {c.grouping: study.group_label(c.grouping) for c in comparisons}
    if comparisons:
        table = groups_table(
            shown.name,
            message("{title}: by groups", title=shown.title),
            comparisons,
            asked=study.equation(section.base).regression,
            groupings=groupings,
            member=study.member_label,
            style=shown.style,
        )
        sentences = verdicts.slopes_otherwise(comparisons, shown)
        yield replace(table, reading=(*table.reading, *sentences))
    if comparisons and tests:
        table = differences_table(
            f"{shown.name}_differences",
            message("{title}: differences between groups", title=shown.title),
            comparisons,
            groupings=groupings,
            member=study.member_label,
            style=shown.style,
            tests=tests,
        )
        sentences = verdicts.differences_otherwise(comparisons, tests, shown)
        yield replace(table, reading=(*table.reading, *sentences))
    for by, comparison in result.groupings.items():
        if isinstance(comparison, Unavailable):
            title = message("{title}: {name}", title=shown.title, name=study.group_label(by))
            yield not_computed_table(f"{shown.name}_{by}", title, comparison.problems)
