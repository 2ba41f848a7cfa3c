"""Long lists that stand in the workbook and in the page only; a printed appendix says where."""

from __future__ import annotations

from xinzhi.present.table import UNDER, Table
from xinzhi.report.format import Setting
from xinzhi.report.numbering import Numbered
from xinzhi.wording import Wording, message

LONGEST, LARGEST = 30, 400
"""Rows and cells of a list that a printed appendix still holds."""


def is_list(table: Table) -> bool:
    """Whether each row of a table stands for itself, such as a city, and there are many."""
    has_errors = any(cell.kind in UNDER for row in table.rows for cell in row.cells)
    n_rows, n_columns = len(table.rows), len(table.columns)
    return (n_rows > LONGEST or n_rows * n_columns > LARGEST) and not has_errors


def where(numbered: Numbered, setting: Setting) -> Wording | None:
    """Say in one line where a list of the appendix stands; None where it is printed."""
    table = numbered.block
    if numbered.part == "text" or not isinstance(table, Table) or not is_list(table):
        return None
    values = {"caption": numbered.caption, "title": table.title, "n": len(table.rows)}
    if "xlsx" in setting.formats and "html" in setting.formats:
        return message(
            "{caption}: {title} ({n} rows). See sheet “{caption}” of tables.xlsx, or search it in "
            "report.html.",
            **values,
        )
    if "xlsx" in setting.formats:
        return message(
            "{caption}: {title} ({n} rows). See sheet “{caption}” of tables.xlsx.", **values
        )
    if "html" in setting.formats:
        return message("{caption}: {title} ({n} rows). See report.html.", **values)
    return None
