"""Looking into a workbook before anything unpacks it: limits, damage, entities, hidden things."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.options import LIMITS, Limits
from xinzhi.io.raw import letters
from xinzhi.io.workbook.formats import Places, Shown, Styled, number_of, search_styles, styles_of
from xinzhi.wording import Message, message

BLOCK = 4 * 1024 * 1024
DOCTYPE = re.compile(rb"<\s*!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_P = rb"<(?:\w+:)?"
HIDDEN_ROW = re.compile(_P + rb'row\b[^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
HIDDEN_COLUMN = re.compile(_P + rb'col\b[^>]*?\bhidden="(?:1|true)"[^>]*')
ERROR_CELL = re.compile(
    _P + rb'c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>(.{0,400}?)</(?:\w+:)?c>', re.DOTALL
)
FORMULA = re.compile(_P + rb'c\b[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>\s*<(?:\w+:)?f\b', re.DOTALL)
UNCOMPUTED = re.compile(
    _P + rb'c\b[^>]*?\br="([A-Z]{1,3}\d+)"[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>|</(?:\w+:)?c>)"
)
FAR = re.compile(rb'\br="([A-Z]{2,3})\d')
LAST_ROW = re.compile(_P + rb'row\b[^>]*?\br="(\d+)"')
ROW_START = re.compile(_P + rb"row\b")
LISTED = 200


@dataclass(slots=True)
class SheetMarks:
    """What stands in the XML of one sheet and in no cell value."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    error_cells: dict[str, str] = field(default_factory=dict)
    formulas: int = 0
    uncomputed: list[str] = field(default_factory=list)
    shown: dict[Shown, Places] = field(default_factory=dict)
    """Cells that show another number than the stored one."""
    last_column: int = 26
    last_row: int = 0


def inspect(path: Path, where: Where, *, limits: Limits = LIMITS) -> dict[str, SheetMarks]:
    """Read the directory, then every XML member once: damage, entities and marks per sheet part.

    Raises
    ------
    DataError
        `format.corrupt`, `security.zip_bomb`, `security.xml_entity`, `limit.cells`,
        `format.encrypted`.
    """
    marks: dict[str, SheetMarks] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, where, limits)
            formats = search_styles(styles_of(archive))
            for member in archive.infolist():
                name = member.filename.casefold()
                with archive.open(member) as stream:
                    if not name.endswith((".xml", ".rels", ".vml")):
                        while stream.read(BLOCK):  # the checksum is compared at the end
                            pass
                        continue
                    sheet = SheetMarks()
                    _scan(stream, sheet, where, formats if "worksheets/" in name else None)
                    if "worksheets/" in name and name.endswith(".xml"):
                        _refuse_far(sheet, where, limits)
                        marks[member.filename] = sheet
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error
    except (RuntimeError, NotImplementedError) as error:
        raise DataError.of(
            message("The workbook is encrypted or packed in an unusual way."),
            where,
            message("save it without a password, as xlsx or csv."),
            code="format.encrypted",
        ) from error
    return marks


def refuse_bomb(path: Path, *, limits: Limits = LIMITS) -> None:
    """Refuse a packed file that would unpack to too much; needs no library to be loaded.

    Raises
    ------
    DataError
        `security.zip_bomb`.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, Where(file=path.name), limits)
    except zipfile.BadZipFile:
        # The reader says what is damaged.
        return


def corrupt(where: Where, why: str | Message = "") -> Problem:
    """Describe a damaged file."""
    text = message("The file is damaged ({why}).", why=why or message("its parts do not fit"))
    remedy = message("download or export it again.")
    return Problem("format.corrupt", text, where, remedy)


def _refuse_bomb(archive: zipfile.ZipFile, where: Where, limits: Limits) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    # Small workbooks are packed well by honest programs, too.
    bomb = unpacked > limits.ratio_from and unpacked / packed > limits.ratio
    if bomb or unpacked > limits.unpacked_bytes or len(members) > limits.members:
        raise DataError.of(
            message(
                "The file would unpack to {unpacked} bytes in {n} parts, {ratio} times its size.",
                unpacked=unpacked,
                n=len(members),
                ratio=round(unpacked / packed),
            ),
            where,
            message(
                "this is not an ordinary workbook: do not open it unless you trust its source."
            ),
            code="security.zip_bomb",
        )


def _scan(
    stream: IO[bytes], marks: SheetMarks, where: Where, formats: tuple[Styled, ...] | None
) -> None:
    """Look through a part; `formats` are given for a sheet, whose marks are collected."""
    for first, block in _blocks(stream):
        head = block[:BLOCK] if first else b""
        # Without its zeros a part in UTF-16 is searched as well.
        if DOCTYPE.search(head) or DOCTYPE.search(head.replace(b"\0", b"")):
            raise DataError.of(
                message("The workbook declares XML entities, which no spreadsheet program does."),
                where,
                message("do not trust this file; ask its author for a csv."),
                code="security.xml_entity",
            )
        if formats is not None:
            _collect(block, marks)
            for form in formats:
                form.collect(block, marks.shown)


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Cut a member into blocks that end before a row, so that no cell is cut in two."""
    rest, first = b"", True
    while block := stream.read(BLOCK):
        block = rest + block
        rows = [match.start() for match in ROW_START.finditer(block, max(0, len(block) - BLOCK))]
        cut = rows[-1] if rows else len(block)
        yield first, block[:cut]
        rest, first = block[cut:], False
    if rest:
        yield first, rest


def _collect(block: bytes, marks: SheetMarks) -> None:
    if b"hidden=" in block:
        marks.hidden_rows += map(int, HIDDEN_ROW.findall(block))
        for column in HIDDEN_COLUMN.findall(block):
            marks.hidden_columns += _span(column)
    if b't="e"' in block:
        for cell, inside in ERROR_CELL.findall(block):
            value = re.search(rb"<(?:\w+:)?v>([^<]*)<", inside)
            marks.error_cells[cell.decode()] = (
                value.group(1).decode("utf-8", "replace") if value else "?"
            )
    if re.search(rb"<(?:\w+:)?f\b", block):
        marks.formulas += len(FORMULA.findall(block))
        marks.uncomputed += [
            c.decode() for c in UNCOMPUTED.findall(block) if len(marks.uncomputed) < LISTED
        ]
    for far in set(FAR.findall(block)):
        marks.last_column = max(marks.last_column, number_of(far.decode()))
    rows = LAST_ROW.findall(block[-200_000:])
    marks.last_row = max([marks.last_row, *map(int, rows)])


def _span(column: bytes) -> list[int]:
    low = re.search(rb'\bmin="(\d+)"', column)
    high = re.search(rb'\bmax="(\d+)"', column)
    if not low or not high:
        return []
    return list(range(int(low.group(1)), min(int(high.group(1)), int(low.group(1)) + LISTED) + 1))


def _refuse_far(sheet: SheetMarks, where: Where, limits: Limits) -> None:
    if sheet.last_row * sheet.last_column > limits.cells:
        raise DataError.of(
            message(
                "The sheet reaches to {cell}: {n} cells are more than can be read.",
                cell=f"{letters(sheet.last_column)}{sheet.last_row}",
                n=sheet.last_row * sheet.last_column,
            ),
            where,
            message("delete stray cells far from the table, or save the table as csv."),
            code="limit.cells",
        )
