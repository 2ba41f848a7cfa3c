"""Large and hostile files, read as a user reads them: `xinzhi check FILE`, start of Python included.

`just bench reading` makes the files in a temporary folder, checks each in a process of its own,
and writes a section of `results.md`. The limits are those of the design.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xlsxwriter
from alone import lines, machine, needed, put_section
from size import sized

ROWS = sized(1_000_000, 2_000)
COLUMNS = ("城市", "年份", "人口", "产值", "用电量", "就业", "污染")
YEARS = 16
KEYS = ("--entity", "城市", "--period", "年份")


@dataclass(frozen=True, slots=True)
class File:
    """A file, whether it is to be read, and within which seconds of the clock and megabytes."""

    name: str
    make: Callable[[Path], None]
    code: int
    seconds: float
    megabytes: float


def _numbers() -> np.ndarray:
    return np.random.default_rng(20250429).uniform(1, 1000, (ROWS, len(COLUMNS) - 2)).round(2)


def _csv(path: Path) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(COLUMNS) + "\n")
        for i, values in enumerate(_numbers().tolist()):
            cells = ",".join(map(str, values))
            stream.write(f"c{i // YEARS},{2007 + i % YEARS},{cells}\n")


def _xlsx(path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    for i, values in enumerate(_numbers().tolist(), start=1):
        sheet.write_row(i, 0, (f"c{(i - 1) // YEARS}", 2007 + (i - 1) % YEARS, *values))
    book.close()


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            for _ in range(4096):
                stream.write(bytes(1 << 20))
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _line(path: Path) -> None:
    path.write_bytes("城市,年份,人口\n".encode() + b"1," * (25 << 20))


def _small(path: Path) -> None:
    cells = [f"c{i // 4},{2007 + i % 4},{i + 1}" for i in range(24)]
    path.write_text("\n".join(["城市,年份,人口", *cells]), encoding="utf-8")


FILES = (
    File("csv, 24 rows: the start of Python", _small, 0, 5, 500),
    File("csv, 1,000,000 rows of 7 columns", _csv, 0, 5, 1000),
    File("xlsx, 1,000,000 rows of 7 columns", _xlsx, 0, 30, 1500),
    File("zip bomb, 4 GB unpacked", _bomb, 1, 1, 500),
    File("one line of 50 MB", _line, 1, 2, 500),
)


def main() -> None:
    """Make the files, check each, write the section.

    Files are made in processes of their own: a child counts the memory of the one that started it.
    """
    if sys.argv[1:2] == ["--make"]:
        FILES[int(sys.argv[2])].make(Path(sys.argv[3]))
        return
    rows = []
    for file in FILES:
        with tempfile.TemporaryDirectory() as folder:
            path = (
                Path(folder)
                / f"file.{'csv' if 'xlsx' not in file.name and 'zip' not in file.name else 'xlsx'}"
            )
            needed([sys.executable, __file__, "--make", str(FILES.index(file)), str(path)])
            command = [sys.executable, "-c", "from xinzhi.cli.main import main; main()"]
            figures = needed([*command, "check", str(path), *KEYS, "--lang", "en"])
        print(file.name, figures.said[-300:], file=sys.stderr)
        if figures.code != file.code:
            raise SystemExit(figures.code)
        limit = f"{file.seconds:g} s, {file.megabytes:g} MB"
        rows.append((file.name, "read" if file.code == 0 else "refused", *figures.cells(), limit))
    heads = ("file", "outcome", "processor, s", "clock, s", "peak memory, MB", "limit")
    table = lines(heads, rows)
    print(table)
    put_section("Reading", f"{(__doc__ or '').strip()}\n\n{table}\n\n{machine()}")


if __name__ == "__main__":
    main()
