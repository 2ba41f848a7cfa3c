"""How large an input may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

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


LIMITS = Limits()
