"""What a person may state about a file, so that the reader decides nothing, and how large it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, Literal

from xinzhi.errors import DataError, MissingExtra, Where
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file; what is None is found by the reader and reported."""

    encoding: str | None = None
    """Encoding of a text file: `utf-8`, `gb18030`, `utf-16`, `big5` …"""
    delimiter: str | None = None
    """What separates the fields of a text file."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of numbers stored as text."""
    header: int | None = None
    """Row of the file that holds the names of the columns."""
    missing: tuple[str, ...] = ()
    """Further marks that mean: no value."""
    text: tuple[str, ...] = ()
    """Columns that are text although they look like numbers."""
    value: str | None = None
    """Name of the values of a wide table (years across the columns)."""
    renamed: Literal["keep", "join"] = "keep"
    """Whether places renamed within the sample are joined under the new name."""
    columns: tuple[str, ...] = ()
    """Columns to read, besides the keys; all where it is empty."""
    entities: tuple[str, ...] = ()
    """Names that are entities although they look like totals, regions or notes."""
    leave_out: tuple[str, ...] = ()
    """Entities whose rows are not read, as remainders and places of another level."""
    sheets: tuple[str, ...] = ()
    """Sheets of a workbook that are parts of one table, a year or a region each."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Column -> unit that its figures are given in, where sheets or files have several."""
    accept: tuple[str, ...] = ()
    """Codes of decisions that are confirmed; they are not reported again."""


NOTHING_STATED = ReadOptions()


MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that an honest table does not meet and a hostile one does."""

    file_bytes: int = 2048 * MEGABYTE
    """Size of the file."""
    line_bytes: int = 4 * MEGABYTE
    """Length of one line of a text file."""
    members: int = 20_000
    """Files inside a workbook."""
    unpacked_bytes: int = 2048 * MEGABYTE
    """Size of the files inside a workbook, unpacked."""
    ratio: float = 200.0
    """Unpacked size over packed size, where more than `ratio_from` is unpacked."""
    ratio_from: int = 64 * MEGABYTE
    columns: int = 16_384
    rows: int = 5_000_000
    cells: int = 60_000_000
    """Rows x columns of the rectangle that holds all cells."""
    characters: int = 500_000_000
    """Of the texts of all cells of a workbook."""
    here_bytes: int = 64 * MEGABYTE
    """Unpacked size of a workbook that is read in this process; a larger one is read in a child."""
    here_cells: int = 4_000_000
    here_characters: int = 32_000_000
    here_text: int = 4096
    """Characters of one cell."""
    is_guarded: bool = False
    """Whether this is the child, whose memory and time are limited."""


LIMITS = Limits()
GUARDED = replace(LIMITS, is_guarded=True)


def library(module: str, where: Where) -> Any:
    """Import a library that reads files of one kind.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        name = module.partition(".")[0]
        raise MissingExtra.of(
            message("Reading this file needs the library {name}.", name=name),
            where,
            message("install it: pip install {name}", name=name),
            code="format.library",
        ) from error


def refuse_too_many(rows: int, where: Where, limits: Limits, *, columns: int = 1) -> None:
    """Refuse a table that is larger than an honest one."""
    if rows > limits.rows or rows * columns > limits.cells:
        raise DataError.of(
            message("The table has more than {most} rows.", most=limits.rows),
            where,
            message("split it, or keep only the rows that the study needs."),
            code="limit.rows",
        )
