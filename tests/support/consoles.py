"""Tables of the console, read back as a person reads them: cells under their headings, by the gaps between."""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import pairwise


def spread(line: str) -> str:
    """Lay a line out in columns of the terminal: a wide character takes two."""
    return "".join(
        c + ("\0" if unicodedata.east_asian_width(c) in "WF" else "") for c in line.rstrip()
    )


def table_under(text: str, title: str) -> tuple[list[str], list[list[str]]]:
    """Read the table that stands under a title: headings, rows.

    A table ends where a line does not leave the gaps free that all lines before it leave free.
    """
    lines = text.splitlines()
    at = lines.index(title) + 1
    shown = [spread(lines[at])]
    for line in lines[at + 1 :]:
        if not line.strip() or len(_columns([*shown, spread(line)])) < len(_columns(shown)):
            break
        shown.append(spread(line))
    return _cells(shown)


def table_from(text: str, start: str, n: int) -> tuple[list[str], list[list[str]]]:
    """Read a table whose headings begin with a word, with `n` rows."""
    lines = text.splitlines()
    (at,) = (i for i, line in enumerate(lines) if line.startswith(start))
    return _cells([spread(line) for line in lines[at : at + n + 1]])


def _columns(lines: list[str]) -> list[tuple[int, int]]:
    """Find columns: what stands between gaps of two and more places that are free in all lines."""
    width = max(map(len, lines))
    taken = "".join(
        "x" if any(at < len(line) and line[at] != " " for line in lines) else " "
        for at in range(width)
    )
    gaps = [found.span() for found in re.finditer(r" {2,}", taken)]
    edges = [0, *(end for _, end in gaps), width + 1]
    return list(pairwise(edges))


def _cells(lines: list[str]) -> tuple[list[str], list[list[str]]]:
    columns = _columns(lines)
    head, *rows = (
        [line[start:end].replace("\0", "").strip() for start, end in columns] for line in lines
    )
    return head, rows


def number(text: str) -> float:
    """Read a number of the console; a dash is none."""
    if text in ("—", "nan", ""):
        return math.nan
    return float(text.replace("−", "-").replace(",", ""))


def shows(text: str, value: float | None, digits: str) -> bool:
    """Whether a cell shows a number, to the digits that its format writes, sign included."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return math.isnan(number(text))
    return text == format(value, digits)
