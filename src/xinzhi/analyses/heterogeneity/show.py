"""The tables of heterogeneity, its paragraph of methods and its reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.heterogeneity import prose, verdicts
from xinzhi.analyses.heterogeneity.comparisons import Compared
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.heterogeneity.tables import differences_table, groups_table
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.table import Table, not_computed_table
from xinzhi.wording import message

HOLM = (
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal "
    "of Statistics, 6(2), 65–70."
)


def exhibits(section: HeterogeneitySection, result: Compared, shown: Shown) -> Exhibits:
    """Make the exhibits of a section."""
    methods = message(
        "Groups: the regression in each group; differences by a Wald test in the fully interacted "
        "model and by permuting entities between groups."
    )
    by_groups, differences = _groups(section, result, shown), _differences(section, result, shown)
    refused = _not_computed(result, shown)
    return Exhibits(
        (*by_groups, *differences, *refused),
        (methods,),
        frozenset({HOLM}),
        prose=prose.prose(section, result, shown),
        abstract=tuple(prose.abstract(section, result, shown)),
    )


def _groups(section: HeterogeneitySection, result: Compared, shown: Shown) -> tuple[Table, ...]:
    study, found = shown.study, result.known
    if not found:
        return ()
    table = groups_table(
        shown.name,
        message("{title}: by groups", title=shown.title),
        list(found.values()),
        asked=study.equation(section.base).regression,
        groupings={by: study.group_label(by) for by in found},
        member=study.member_label,
        style=shown.style,
    )
    sentences = verdicts.slopes_otherwise(tuple(found.values()), shown)
    return (replace(table, reading=(*table.reading, *sentences)),)


def _differences(
    section: HeterogeneitySection, result: Compared, shown: Shown
) -> tuple[Table, ...]:
    study, found = shown.study, result.known
    if not (found and section.difference):
        return ()
    table = differences_table(
        f"{shown.name}_differences",
        message("{title}: differences between groups", title=shown.title),
        list(found.values()),
        groupings={by: study.group_label(by) for by in found},
        member=study.member_label,
        style=shown.style,
        tests=section.difference,
    )
    sentences = verdicts.differences_otherwise(tuple(found.values()), section.difference, shown)
    return (replace(table, reading=(*table.reading, *sentences)),)


def _not_computed(result: Compared, shown: Shown) -> Iterator[Table]:
    for by, one in result.groupings.items():
        if isinstance(one, Unavailable):
            name = shown.study.group_label(by)
            title = message("{title}: {name}", title=shown.title, name=name)
            yield not_computed_table(f"{shown.name}_{by}", title, one.problems)
