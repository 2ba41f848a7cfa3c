"""The table of tests: each with its null hypothesis in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.inference import Inapplicable, Statistic
from xinzhi.wording import Wording, message

NAMES: Mapping[str, Wording] = MappingProxyType(
    {
        "effects_f": message("F test of the fixed effects"),
        "effects_f.entity": message("F test of the entity effects"),
        "effects_f.period": message("F test of the period effects"),
        "hausman": message("Hausman, classic"),
        "hausman.sigmamore": message("Hausman, one error variance"),
        "mundlak": message("Mundlak, clustered"),
        "lm.entity": message("Breusch-Pagan, entities"),
        "lm.period": message("Breusch-Pagan, periods"),
        "serial_correlation": message("Serial correlation"),
        "cross_section_dependence.before_period_effects": message("CD before period effects"),
        "cross_section_dependence.after_period_effects": message("CD after period effects"),
        "unit_root": message("Unit root"),
    }
)
"""Words for tests; one without stands under its own name."""


def statistics_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    statistics: Sequence[Statistic | Inapplicable],
    *,
    notes: tuple[Wording, ...] = (),
) -> Table:
    """List tests one below the other; a test that is not defined gives its reason in a note.

    The rows carry the null hypothesis, the columns the statistic, its distribution and p.
    """
    missing = tuple(
        message("{name}: {reason}", name=NAMES.get(s.name, s.name), reason=s.reason)
        for s in statistics
        if isinstance(s, Inapplicable)
    )
    remarks = tuple(
        message("{name}: {reason}", name=NAMES.get(s.name, s.name), reason=s.remark)
        for s in statistics
        if isinstance(s, Statistic) and s.remark
    )
    return Table(
        id=id,
        title=title,
        stub=message("Null hypothesis"),
        columns=(
            Column("value", message("Statistic")),
            Column("distribution", message("Distribution")),
            Column("p", message("p")),
        ),
        rows=tuple(_row(one) for one in statistics),
        notes=(*missing, *remarks, *notes),
        machine=MappingProxyType({"tests": {one.name: plain_statistic(one) for one in statistics}}),
    )


def _row(one: Statistic | Inapplicable) -> Row:
    if isinstance(one, Inapplicable):
        return Row(NAMES.get(one.name, one.name), (EMPTY, EMPTY, EMPTY), key=one.name)
    cells = (
        Cell(one.value, "statistic"),
        Cell(one.distribution.replace("chi2", "χ²"), "text"),
        Cell(one.p_value, "p_value"),
    )
    words = message("{name}: {null}", name=NAMES.get(one.name, one.name), null=one.null)
    return Row(words, cells, key=one.name)


def plain_statistic(one: Statistic | Inapplicable) -> Mapping[str, object]:
    """Give a test as plain values; a test that is not defined gives its reason."""
    if isinstance(one, Inapplicable):
        return {"inapplicable": str(one.reason)}
    return {
        "value": one.value,
        "distribution": one.distribution,
        "p": one.p_value,
        "null": str(one.null),
    }
