"""The framework of a score: its inputs and outputs, how each is measured, its unit."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.present.units import unit_in_words
from xinzhi.report.variable_table import made_as
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, message

ROLES: tuple[tuple[str, Wording], ...] = (
    ("inputs", message("Input")),
    ("good_outputs", message("Good output")),
    ("bad_outputs", message("Bad output")),
)


def indicator_tables(result: StudyResult) -> Iterator[Table]:
    """Set the inputs and outputs of each score, one row a column of the data."""
    view = StudyView(result.spec)
    for name, measured in result.spec.sections("efficiency").items():
        columns = {role: getattr(measured, role) for role, _ in ROLES}
        rows = tuple(
            _row(result, column, words, rule=at == 0 and role != "inputs")
            for role, words in ROLES
            for at, column in enumerate(columns[role])
        )
        yield Table(
            id=f"{name}_indicators",
            title=message("{score}: inputs and outputs", score=view.score_label(name)),
            stub=message("Indicator"),
            columns=(
                Column("role", message("Role")),
                Column("definition", message("Definition")),
                Column("unit", message("Unit")),
            ),
            rows=rows,
            machine={"indicators": {role: list(found) for role, found in columns.items()}},
            part="text",
        )


def _row(result: StudyResult, column: str, role: Wording, *, rule: bool) -> Row:
    label, definition = result.panel.label(column), made_as(result, column)
    cells = (
        Cell(role, "text"),
        Cell("" if definition == label else definition, "text"),
        Cell(unit_in_words(result.panel.units.get(column, "")), "text"),
    )
    return Row(label, cells, key=column, rule_above=rule)
