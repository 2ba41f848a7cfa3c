"""The tables of heterogeneity, its paragraph of methods and its reference."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.heterogeneity.compute import Compared, Heterogeneity
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.heterogeneity.tables import differences_table, groups_table
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.table import Table, not_computed_table
from xinzhi.wording import Wording, message

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
    return Exhibits(tuple(_tables(section, result, shown)), (methods,), frozenset({HOLM}))


def _tables(section: HeterogeneitySection, result: Compared, shown: Shown) -> Iterator[Table]:
    study = shown.study
    found = {k: one for k, one in result.groupings.items() if isinstance(one, Heterogeneity)}
    groupings: dict[str, Wording] = {by: study.group_label(by) for by in found}
    if found:
        yield groups_table(
            shown.name,
            message("{title}: by groups", title=shown.title),
            list(found.values()),
            asked=study.equation(section.base).regression,
            groupings=groupings,
            member=study.member_label,
            style=shown.style,
        )
    if found and section.difference:
        yield differences_table(
            f"{shown.name}_differences",
            message("{title}: differences between groups", title=shown.title),
            list(found.values()),
            groupings=groupings,
            member=study.member_label,
            style=shown.style,
            tests=section.difference,
        )
    for by, one in result.groupings.items():
        if isinstance(one, Unavailable):
            title = message("{title}: {name}", title=shown.title, name=study.group_label(by))
            yield not_computed_table(f"{shown.name}_{by}", title, one.problems)
