"""Write the raw sources, byte for byte the same in every run."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

from simulation.blemishes import FULL_WIDTH

NOTE = "注：本表为模拟数据，由 simulation/simulate.py 生成，不是任何城市的真实数据。"
STAMP = (1980, 1, 1, 0, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_workbook(
    path: Path,
    table: pd.DataFrame,
    *,
    sheet: str,
    units: dict[str, str] | None = None,
    full_width: tuple[int, str] | None = None,
) -> None:
    """Write one sheet: header, units, rows, and a note that says that all is simulated.

    Parameters
    ----------
    full_width
        Row position and column of a number that is written with full-width digits.
    """
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page.append(list(table.columns))
    if units is not None:
        page.append([units[column] or None for column in table.columns])
    for position, row in enumerate(table.itertuples(index=False)):
        cells = [None if pd.isna(value) else value for value in row]
        if full_width is not None and position == full_width[0]:
            at = list(table.columns).index(full_width[1])
            cells[at] = str(cells[at]).translate(FULL_WIDTH)
        page.append(cells)
    page.append([NOTE])
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(_without_time(buffer.getvalue()))


def _without_time(content: bytes) -> bytes:
    """Pack a workbook again without the time at which it was written."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in source.namelist():
            data = MODIFIED.sub(rb"\g<1>2025-04-29T00:00:00Z", source.read(name))
            packed.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def write_text_table(path: Path, table: pd.DataFrame, *, encoding: str = "utf-8") -> None:
    """Write a table as comma-separated text."""
    text = table.to_csv(index=False, lineterminator="\n")
    path.write_bytes(text.encode(encoding))


def write_registry(path: Path, table: pd.DataFrame) -> None:
    """Write firm records as Parquet."""
    table.to_parquet(path, index=False, compression="zstd", row_group_size=1_000_000)


def write_terms(path: Path, lists: dict[str, dict[str, list[str]]], heading: str) -> None:
    """Write lists of terms as YAML."""
    lines = [f"# {heading}"]
    for kind, parts in lists.items():
        lines.append(f"{kind}:")
        lines += [f"  {key}: [{', '.join(words)}]" for key, words in parts.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
