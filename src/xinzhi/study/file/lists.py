"""Files of codes and terms beside the study file: csv, workbooks, text pasted out of a document, YAML."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from xinzhi.errors import Where
from xinzhi.io.raw import shown_name
from xinzhi.io.read import read_table
from xinzhi.io.sniff import sniff
from xinzhi.io.text.delimited import find_delimiter
from xinzhi.io.text.encoding import decode
from xinzhi.prepare.order_table import lines_of
from xinzhi.study.file.located import read_yaml

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
        return read_yaml(path.read_text(encoding="utf-8-sig"), path.name).value
    if sniff(path) != "text":
        return _framed([list(row) for row in read_table(path, plain=True).rows])
    text = decode(path.read_bytes(), Where(file=shown_name(path))).text
    first = next((line for line in text.splitlines() if line.strip()), "")
    if kind == "codes" and suffix != ".csv" and "," not in first:
        return _framed([list(row) for row in lines_of(text)])
    # 0111 and NA are codes, too: every cell stays a text.
    rows = csv.reader(text.splitlines(keepends=True), delimiter=find_delimiter(text))
    return _framed([row for row in rows if any(map(str.strip, row))])


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
