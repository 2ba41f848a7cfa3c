"""The table of tests: each with its null hypothesis in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.inference import Inapplicable, Statistic

NAMES: Mapping[str, Wording] = {
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
    missing = [(test.name, test.reason) for test in statistics if isinstance(test, Inapplicable)]
    remarks = [(t.name, t.remark) for t in statistics if isinstance(t, Statistic) and t.remark]
    return Table(
        id=id,
        title=title,
        stub=message("Null hypothesis"),
        columns=(
            Column("value", message("Statistic")),
            Column("distribution", message("Distribution")),
            Column("p", message("p")),
        ),
        rows=tuple(map(_row, statistics)),
        notes=(
            *(
                message("{name}: {reason}", name=NAMES.get(name, name), reason=reason)
                for name, reason in (*missing, *remarks)
            ),
            *notes,
        ),
        machine={"tests": {test.name: plain_statistic(test) for test in statistics}},
    )


def _row(test: Statistic | Inapplicable) -> Row:
    name = NAMES.get(test.name, test.name)
    if isinstance(test, Inapplicable):
        return Row(name, (EMPTY, EMPTY, EMPTY), key=test.name)
    cells = (
        Cell(test.value, "statistic"),
        Cell(test.distribution.replace("chi2", "χ²"), "text"),
        Cell(test.p_value, "p_value"),
    )
    return Row(message("{name}: {null}", name=name, null=test.null), cells, key=test.name)


def plain_statistic(test: Statistic | Inapplicable) -> Mapping[str, object]:
    """Give a test as plain values; a test that is not defined gives its reason."""
    if isinstance(test, Inapplicable):
        return {"inapplicable": str(test.reason)}
    return {
        "value": test.value,
        "distribution": test.distribution,
        "p": test.p_value,
        "null": str(test.null),
    }
