"""Files of codes and terms beside the study file: csv, workbooks, text pasted out of a document, YAML."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from xinzhi.prepare.order_table import lines_of
from xinzhi.study.file.located import read_yaml
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import shown_name, sniff
from xinzhi_panel.io.read import read_table
from xinzhi_panel.io.text.encoding import decode, find_delimiter
from xinzhi_panel.io.workbook.sheets import AMBIGUOUS

LISTS = (".yaml", ".yml")


def read_list(path: Path, kind: str) -> object:
    """Read a file that a step names: a mapping out of YAML, else a table with every cell as it stands.

    Parameters
    ----------
    kind
        `terms`, `codes` or `table`, as the step declares it.

    Raises
    ------
    DataError
        The file is not readable or not decodable.
    """
    suffix = path.suffix.lower()
    if suffix in LISTS or (kind == "terms" and suffix not in {".csv", ".tsv", ".xlsx", ".xls"}):
        return read_yaml(_text(path), path.name).value
    if sniff(path) != "text":
        return _framed(_rows_of_workbook(path))
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if kind == "codes" and suffix != ".csv" and "," not in first:
        return _framed([list(row) for row in lines_of(text)])
    # 0111 and NA are codes, too: every cell stays a text.
    rows = csv.reader(text.splitlines(keepends=True), delimiter=find_delimiter(text))
    return _framed([row for row in rows if any(map(str.strip, row))])


def _text(path: Path) -> str:
    return decode(path.read_bytes(), Where(file=shown_name(path))).text


def _rows_of_workbook(path: Path) -> list[list[object]]:
    """Read the one sheet of a workbook; a step has no option that names one of several."""
    try:
        return [list(row) for row in read_table(path, plain=True).rows]
    except DataError as error:
        raise DataError(map(_with_way_out, error.problems)) from error


def _with_way_out(problem: Problem) -> Problem:
    if problem.code != AMBIGUOUS:
        return problem
    remedy = message(
        "keep the list as the one sheet of a workbook, or save its sheet as csv: a list has no option `sheet`."
    )
    return replace(problem, remedy=remedy)


def _framed(rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """Make a table of rows of any length; the first holds the headings."""
    if not rows:
        return pd.DataFrame()
    width = max(map(len, rows))
    full = [
        ["" if cell is None else cell for cell in row] + [""] * (width - len(row)) for row in rows
    ]
    headings = [str(cell).strip() for cell in full[0]]
    return pd.DataFrame(full[1:], columns=headings, dtype=object)
