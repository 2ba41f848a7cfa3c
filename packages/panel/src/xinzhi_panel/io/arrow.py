"""Parquet and Feather files to rows of typed cells; every page of Parquet is checked.

Identifiers in single precision: of whole numbers above 2^24 a float of 32 bits keeps every second one, or fewer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import LIMITS, Cell, Limits, RawTable, library, refuse_too_many, shown_name
from xinzhi_panel.io.recognise.cells import cell_text, loose
from xinzhi_panel.io.workbook.archive import corrupt

EXACT = 2**24
"""Whole numbers up to here are kept to the last digit."""
CODE = "names.single_precision"


def doubt_single(name: str, cells: Sequence[Cell], where: Where) -> Problem | None:
    """Doubt a column of 32-bit floats that holds whole numbers beyond those it keeps; None where it does not."""
    numbers = [cell for cell in cells if isinstance(cell, float)]
    large = next((cell for cell in numbers if abs(cell) > EXACT), None)
    if large is None or not all(number.is_integer() for number in numbers):
        return None
    return Problem(
        CODE,
        message(
            "Column '{name}' is stored in single precision, which keeps whole numbers up to 16 777 216 only: "
            "two codes near {value} may have become one.",
            name=name,
            value=cell_text(large),
        ),
        replace(where, column=name),
        message("store the codes as text, or in Stata as long or double, and save the file again."),
        severity="warning",
    )


def of_keys(warnings: Iterable[Problem], keys: Iterable[str]) -> list[Problem]:
    """Keep such a doubt of the keys alone: of amounts the digits that are lost do not matter."""
    names = set(map(loose, keys))
    return [w for w in warnings if w.code != CODE or loose(w.where.column or "") in names]


STREAM, LEAST = 1 << 24, 1 << 12
"""Bytes that are read ahead, of all columns and of each at least."""
ARROW_EXACT = 2**53
"""Whole numbers up to here are floats without loss; larger ones are codes and stay text."""


def read_arrow(path: Path, kind: str, *, limits: Limits = LIMITS) -> RawTable:
    """Read a Parquet or Feather file; the first row holds the names.

    Raises
    ------
    DataError
        `format.corrupt` where a checksum does not fit, `format.nested`, `limit.rows`.
    MissingExtra
        The library pyarrow is not installed.
    """
    where = Where(file=shown_name(path))
    arrow = library("pyarrow", where)
    with damage_reported(where):
        table = (_parquet if kind == "parquet" else _feather)(path, where, limits)
        table.validate(full=True)  # offsets and texts too, which no checksum of Feather covers
    _refuse_nested(arrow, table.schema, where)
    # By position: two columns may have one name. Levels that pandas stored are not columns.
    places = [i for i, n in enumerate(table.column_names) if not n.startswith("__index_level_")]
    columns = [cells_of(table.column(i)) for i in places]
    rows: list[list[Cell]] = [[table.column_names[i] for i in places]]
    rows += [list(row) for row in zip(*columns, strict=True)]
    doubts = [
        doubt_single(table.column_names[i], cells, where)
        for i, cells in zip(places, columns, strict=True)
        if arrow.types.is_float32(table.column(i).type)
    ]
    return RawTable(where.file or "", rows, kind=kind, warnings=tuple(filter(None, doubts)))


def batches_of(path: Path, cells: int) -> tuple[list[str], object, Iterator[object]]:
    """Open a Parquet file of any size: names of its columns, schema, and record batches of some cells.

    Raises
    ------
    DataError
        As `read_arrow`, and while the batches are read.
    """
    where = Where(file=shown_name(path))
    arrow, parquet = library("pyarrow", where), library("pyarrow.parquet", where)
    with damage_reported(where):
        # A stream of each column is read, never a whole group of rows.
        piece = max(STREAM // max(parquet.read_metadata(path).num_columns, 1), LEAST)
        file = parquet.ParquetFile(
            path, page_checksum_verification=True, pre_buffer=False, buffer_size=piece
        )
    fields = [f for f in file.schema_arrow if not f.name.startswith("__index_level_")]
    _refuse_nested(arrow, arrow.schema(fields), where)
    kinds = [f.type.value_type if arrow.types.is_dictionary(f.type) else f.type for f in fields]
    schema = arrow.schema([(str(i), kind) for i, kind in enumerate(kinds)])
    names = [field.name for field in fields]

    def batches() -> Iterator[object]:
        size = max(cells // max(len(names), 1), 1)
        with damage_reported(where), file:
            for batch in file.iter_batches(size, columns=names, use_threads=False):
                batch.validate(full=True)
                columns = [
                    batch.column(name).cast(kind) for name, kind in zip(names, kinds, strict=True)
                ]
                yield arrow.record_batch(columns, schema=schema)

    return names, schema, batches()


@contextmanager
def damage_reported(where: Where) -> Iterator[None]:
    """Say of a file that pyarrow cannot read that it is damaged, and where."""
    arrow = library("pyarrow", where)
    try:
        yield
    except MemoryError:  # ArrowMemoryError is an ArrowException too, and no damage of the file
        raise
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(corrupt(where, str(error).splitlines()[0])) from error


def _parquet(path: Path, where: Where, limits: Limits) -> Any:
    parquet = library("pyarrow.parquet", where)
    with parquet.ParquetFile(path, page_checksum_verification=True) as file:
        refuse_too_many(file.metadata.num_rows, where, limits, columns=file.metadata.num_columns)
        return file.read()


def _feather(path: Path, where: Where, limits: Limits) -> Any:
    table = library("pyarrow.feather", where).read_table(path, memory_map=False)
    refuse_too_many(table.num_rows, where, limits, columns=table.num_columns)
    return table


def _refuse_nested(arrow: Any, schema: Any, where: Where) -> None:
    nested = [f.name for f in schema if arrow.types.is_nested(f.type)]
    if nested:
        raise DataError.of(
            message("Columns hold lists or records: {names}.", names=", ".join(nested)),
            where,
            message("spread them into plain columns."),
            code="format.nested",
        )


def cells_of(column: Any) -> list[Cell]:
    """Turn a column of Arrow into cells."""
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Cell:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) <= ARROW_EXACT else str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float) and math.isnan(value):
        return None
    return value  # type: ignore[no-any-return]
