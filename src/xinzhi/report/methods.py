"""Paragraphs of methods: what was computed, from the options in force, with references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.report.exhibits import Exhibited
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, listed, message


def methods_of(result: StudyResult, shown: Exhibited) -> tuple[Wording, ...]:
    """Describe how scores, variables and regressions were computed.

    The sentences follow from the options in force, so that they cannot say anything else than
    what was done; they are ready for the appendix of a paper.
    """
    return (
        *_variables(result),
        *_groups(result),
        *_last_of_each(shown.methods),
    )


def _variables(result: StudyResult) -> Iterator[Wording]:
    section = result.spec.variables
    by_transform: dict[str, list[Wording]] = {}
    for name, variable in section.named.items():
        transform = section.transform_of(variable)
        by_transform.setdefault(transform, []).append(variable.label.label(name))
    for word, formula in (("ln1p", "ln(1+x)"), ("ln", "ln(x)")):
        if word in by_transform:
            names = listed(by_transform[word])
            yield message("{formula} was taken of {names}.", formula=formula, names=names)


def _groups(result: StudyResult) -> Iterator[Wording]:
    for name, group in result.spec.groups.items():
        if group.split is not None:
            yield message(
                "{grouping}: entities are high where {column} in their first period lies above the "
                "median of all entities, else low.",
                grouping=StudyView(result.spec).group_label(name),
                column=result.panel.label(group.column),
            )


def _last_of_each(sentences: Sequence[Wording]) -> tuple[Wording, ...]:
    """Keep what several sections say once, after what each says of itself."""
    return tuple(reversed(dict.fromkeys(reversed(sentences))))
