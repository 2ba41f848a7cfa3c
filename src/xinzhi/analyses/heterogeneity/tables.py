"""The tables of heterogeneity: the regression by groups, and tests of the differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from xinzhi.analyses.heterogeneity.comparisons import judge_differences
from xinzhi.analyses.heterogeneity.compute import Difference, Heterogeneity, holm
from xinzhi.errors import Problem
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, size_of
from xinzhi.present.regression import (
    Fitted,
    NotEstimated,
    regression_table,
    with_headings,
)
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import errors_in_words
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable, Statistic
from xinzhi.regression.resampling.permutation import Permutation
from xinzhi.regression.specification import Regression
from xinzhi.regression.verdict import Inference, Verdict
from xinzhi.wording import Wording, message

Member = Callable[[str, str], Wording]
"""From grouping and member to words."""
BOTH = ("interaction", "permutation")


def groups_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sequence[Heterogeneity],
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
    columns = [
        (one.grouping, group, _fitted(estimates, asked))
        for one in found
        for group, estimates in one.groups
    ]
    estimates = [fitted for _, _, fitted in columns]
    table = regression_table(id, title, estimates, style)
    table = with_headings(
        table,
        [member(grouping, group) for grouping, group, _ in columns],
        [groupings[grouping] for grouping, _, _ in columns],
    )
    return replace(table, reading=(), machine=_named(table.machine, columns))


def _fitted(found: Estimates | Inapplicable, asked: Regression) -> Fitted:
    if isinstance(found, Estimates):
        return found
    return NotEstimated(asked, (Problem("groups.refused", found.reason),))


def _named(
    machine: Mapping[str, object], columns: Sequence[tuple[str, str, Fitted]]
) -> dict[str, object]:
    written = machine["columns"]
    assert isinstance(written, list)
    named = [
        {**column, "grouping": grouping, "group": group}
        for column, (grouping, group, _) in zip(written, columns, strict=True)
    ]
    return {**machine, "columns": named}


@dataclass(frozen=True, slots=True)
class _Tested:
    """One slope, or all of them, of one grouping."""

    grouping: str
    name: str
    """Empty for all slopes together."""
    pairs: tuple[Permutation | Inapplicable, ...]
    test: Statistic | Inapplicable
    adjusted: float
    """Holm over the groupings."""
    verdict: Verdict | None
    """Whether the slopes differ; None for all slopes together."""
    permuted: Verdict | None
    """The same by permutation, where that is the other test."""


def differences_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sequence[Heterogeneity],
    *,
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
    tests: tuple[str, ...] = BOTH,
) -> Table:
    """Test whether the slopes differ between groups; a difference of stars is no difference."""
    tested = _tested(found, tests, style.inference)
    return Table(
        id=id,
        title=title,
        stub=message("Grouping, variable"),
        columns=_columns(tests),
        rows=tuple(row for one in tested for row in _rows(one, tests, groupings, member, style)),
        notes=(
            *_notes(tested, tests, groupings, style),
            *errors_in_words(_estimates(found)[:1], style),
            *_coverage_notes(found, tests),
        ),
        reading=tuple(_reading(tested, groupings, style)),
        machine=MappingProxyType(
            {
                "differences": [_plain(one) for one in tested],
                "sizes": {one.grouping: dict(one.sizes) for one in found},
            }
        ),
        part="text",
    )


def _estimates(found: Sequence[Heterogeneity]) -> list[Estimates]:
    """Gather the estimates of all groups, which have one kind of errors."""
    return [e for one in found for _, e in one.groups if isinstance(e, Estimates)]


def _tested(
    found: Sequence[Heterogeneity], tests: tuple[str, ...], inference: Inference
) -> list[_Tested]:
    """Gather the tests; p-values of one variable are adjusted for the number of groupings."""
    verdicts = judge_differences(found, tests, inference)
    others = judge_differences(found, ("permutation",), inference) if tests == BOTH else {}
    names = list(dict.fromkeys(d.regressor for one in found for d in one.differences))
    adjusted = {
        name: holm(np.array([_p(_test_of(one, name)) for one in found])) for name in (*names, "")
    }
    return [
        _Tested(
            one.grouping,
            name,
            _pairs_of(one, name),
            _test_of(one, name),
            float(adjusted[name][i]),
            verdicts.get((one.grouping, name)),
            others.get((one.grouping, name)),
        )
        for i, one in enumerate(found)
        for name in (*names, *([""] if len(names) > 1 else []))
    ]


def _difference(one: Heterogeneity, name: str) -> Difference | None:
    return next((d for d in one.differences if d.regressor == name), None)


def _test_of(one: Heterogeneity, name: str) -> Statistic | Inapplicable:
    if not name:
        return one.joint
    found = _difference(one, name)
    return found.interaction if found else Inapplicable(name, "")


def _pairs_of(one: Heterogeneity, name: str) -> tuple[Permutation | Inapplicable, ...]:
    found = _difference(one, name) if name else None
    return found.permutations if found else ()


def _p(test: Statistic | Inapplicable) -> float:
    return test.p_value if isinstance(test, Statistic) else float("nan")


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
    one: _Tested,
    tests: tuple[str, ...],
    groupings: Mapping[str, Wording],
    member: Member,
    style: Style,
) -> Iterator[Row]:
    """One row a variable; more pairs of groups stand beneath."""
    decimals = style.decimals
    what = name_of(one.name, style.labels) if one.name else message("all together")
    label = message("{grouping}: {name}", grouping=groupings[one.grouping], name=what)
    key = f"{one.grouping}:{one.name or '*'}"
    left = _interaction(one, decimals) if "interaction" in tests else ()
    if "permutation" not in tests:
        yield Row(label, left, key=key)
        return
    pairs = [p for p in one.pairs if isinstance(p, Permutation)]
    first = _pair(one.grouping, pairs[0], member, decimals) if pairs else (EMPTY,) * 3
    yield Row(label, (*left, *first), key=key)
    for number, pair in enumerate(pairs[1:], 2):
        blank = (EMPTY,) * len(left)
        cells = (*blank, *_pair(one.grouping, pair, member, decimals))
        yield Row("", cells, key=f"{key}:{number}")


def _interaction(one: _Tested, decimals: int) -> tuple[Cell, ...]:
    if isinstance(one.test, Inapplicable):
        return (Cell(None), EMPTY, EMPTY, EMPTY)
    return (
        Cell(one.test.value, "statistic", decimals=decimals),
        Cell(one.test.distribution, "text"),
        Cell(one.test.p_value, "p_value"),
        Cell(one.adjusted, "p_value"),
    )


def _pair(grouping: str, one: Permutation, member: Member, decimals: int) -> tuple[Cell, ...]:
    first, second = (member(grouping, group) for group in one.groups)
    return (
        Cell(message("{first} less {second}", first=first, second=second), "text"),
        Cell(one.observed, "estimate", decimals=decimals),
        Cell(one.p_value, "p_value"),
    )


def _notes(
    tested: Sequence[_Tested],
    tests: tuple[str, ...],
    groupings: Mapping[str, Wording],
    style: Style,
) -> Iterator[Wording]:
    if "interaction" in tests:
        yield message(
            "Interaction: Wald test in one model in which every slope and every fixed effect "
            "differs by group (group × period); Holm's method adjusts for the number of "
            "groupings."
        )
    drawn = [p for one in tested for p in one.pairs if isinstance(p, Permutation)]
    if drawn and "permutation" in tests:
        yield message(
            "Permutation: {n} random reassignments of entities to groups of the same size; {lost} "
            "failed.",
            n=numbers.count(len(drawn[0].permuted)),
            lost=numbers.count(max(one.n_lost for one in drawn)),
        )
    for one in tested:
        for reason in _reasons(one, tests):
            yield message(
                "{grouping}: {name}: {reason}",
                grouping=groupings[one.grouping],
                name=name_of(one.name, style.labels) if one.name else message("all together"),
                reason=reason,
            )


def _coverage_notes(found: Sequence[Heterogeneity], tests: tuple[str, ...]) -> Iterator[Wording]:
    """State how often the tests of equal slopes keep a true null hypothesis."""
    sizes = [size_of(one.residuals.index) for one in _estimates(found[:1])]
    if not sizes:
        return
    size = sum(n for n, _ in sizes), max(t for _, t in sizes)
    for test, words in (
        ("interaction", message("Interaction")),
        ("permutation", message("Permutation")),
    ):
        if test in tests:
            for note in coverage_note(f"group_{test}", *size):
                yield message("{what}: {note}", what=words, note=note)


def _reasons(one: _Tested, tests: tuple[str, ...]) -> Iterator[Wording]:
    if "interaction" in tests and isinstance(one.test, Inapplicable):
        yield one.test.reason
    if "permutation" in tests:
        yield from dict.fromkeys(p.reason for p in one.pairs if isinstance(p, Inapplicable))


def _reading(
    tested: Sequence[_Tested],
    groupings: Mapping[str, Wording],
    style: Style,
) -> Iterator[Wording]:
    for one in tested:
        verdict, other = one.verdict, one.permuted
        if verdict is None or verdict.direction == "not_tested":
            continue
        words: dict[str, object] = {
            "grouping": groupings[one.grouping],
            "name": name_of(one.name, style.labels),
            "p": _p_in_words(verdict, style.inference),
        }
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
            yield message(
                "{grouping}, {name}: judged by the interaction; the permutation test ({p}) leads "
                "to another verdict.",
                **{**words, "p": _p_in_words(other, style.inference)},
            )
    if tested:
        yield message(
            "An effect that is statistically significant in one group and not in another is not "
            "in itself evidence of a difference; only these tests compare groups."
        )


def _disagree(one: Verdict, other: Verdict) -> bool:
    return other.direction != "not_tested" and one.is_significant != other.is_significant


def _p_in_words(verdict: Verdict, inference: Inference) -> Wording:
    p = numbers.p_equals(verdict.p)
    if inference.family == "none":
        return p
    return message("{p}, by Holm {holm}", p=p, holm=numbers.p_value(verdict.p_family))


def _plain(one: _Tested) -> dict[str, object]:
    tests = _plain_tests(one.test, one.pairs, one.adjusted)
    verdict = {"verdict": one.verdict.direction, "by": one.verdict.basis} if one.verdict else {}
    return {"grouping": one.grouping, "name": one.name or "*", **tests, **verdict}


def _plain_tests(
    test: Statistic | Inapplicable,
    pairs: Sequence[Permutation | Inapplicable],
    adjusted: float,
) -> dict[str, object]:
    """Give the tests of a difference between groups; `adjusted` is Holm's p over the groupings."""
    return {
        "interaction": {"inapplicable": str(test.reason)}
        if isinstance(test, Inapplicable)
        else {
            "value": test.value,
            "distribution": test.distribution,
            "p": test.p_value,
            "p_holm": adjusted,
        },
        "permutations": [
            {"inapplicable": str(p.reason)}
            if isinstance(p, Inapplicable)
            else {
                "groups": list(p.groups),
                "difference": p.observed,
                "p": p.p_value,
                "draws": len(p.permuted),
                "lost": p.n_lost,
            }
            for p in pairs
        ],
    }
