"""The tables of heterogeneity, its paragraph of methods and its reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.heterogeneity import prose, verdicts
from xinzhi.analyses.heterogeneity.comparisons import GroupComparisons
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.heterogeneity.tables import differences_table, groups_table
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.table import Table, not_computed_table
from xinzhi.wording import message

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
        prose=prose.prose(section, result, shown),
        abstract=tuple(prose.abstract(section, result, shown)),
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
