"""The encoding of a text file that is larger than memory: decided as `encoding.decode` does, block by block.

Encodings of two or four bytes a character are left to the reader of whole files.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_panel.io.raw import LIMITS, Limits
from xinzhi_panel.io.text.encoding import (
    BAD,
    COMMON_SHARE,
    GOOD,
    LOST,
    MARKS,
    SAMPLE,
    DecodedText,
    bad_byte,
    common_share,
    long_line,
    lost_characters,
    may_be_wide,
    no_encoding,
    nul_byte,
    refuse_double_encoding,
    unknown_encoding,
)

BLOCK = 4 << 20
HEAD = 4 * LIMITS.line_bytes
"""Characters at the beginning by which fields and damage are recognised."""
WIDE = re.compile(r"utf.?(16|32)", re.IGNORECASE)
DAMAGE = ("\ufffd", LOST)
Worded = Callable[[bytes, int, Where], Problem]


@dataclass(slots=True)
class _Seen:
    """What was met while the bytes went by."""

    nul: int = -1
    longest: int = 0
    longest_at: int = 0
    """Number of the longest line, from 0."""
    n_lines: int = 0
    last_end: int = -1


@dataclass(slots=True)
class _Scan:
    """What was met while a text was decoded."""

    bad: int = -1
    """Place of the first byte that means nothing, or -1."""
    head: str = ""
    """Beginning of the text."""
    lines: int = 0
    firsts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Sign of damage -> its place among the characters, and its row."""


def decide_encoding(
    path: Path, where: Where, *, encoding: str | None, limits: Limits
) -> tuple[DecodedText, bytes] | None:
    """Decide the encoding of a file: the beginning of its text, and the mark to skip.

    None where characters have two or four bytes.

    Raises
    ------
    DataError
        As `encoding.decode`.
    """
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
    mark, marked = next(((m, name) for m, name in MARKS if start.startswith(m)), (b"", ""))
    if WIDE.search(encoding or marked) or (not encoding and not mark and may_be_wide(start)):
        return None
    if encoding:
        mark = mark if marked == encoding.lower() else b""
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise DataError(no_encoding(encoding, where)) from error
        name, by = encoding, "stated"
    elif mark:
        name, by = marked, "mark"
    else:
        name, by = _unmarked(path, where, limits), "bytes"
    scan = _decode_all(path, name, skip=len(mark))
    if scan.bad >= 0:
        raise DataError(_near(path, scan.bad, where, partial(bad_byte, encoding=name)))
    if scan.firsts:
        raise DataError(lost_characters(where, max(scan.firsts.values())[1]))
    refuse_double_encoding(scan.head, where)
    return DecodedText(scan.head, name, by), mark


def _unmarked(path: Path, where: Where, limits: Limits) -> str:
    seen = _look_at_bytes(path)
    if seen.nul >= 0:
        raise DataError(_near(path, seen.nul, where, nul_byte))
    if seen.longest > limits.line_bytes:
        raise DataError(long_line(seen.longest, seen.longest_at + 1, where, limits))
    scan = _decode_all(path, "utf-8")
    if scan.bad < 0:
        return "utf-8"
    if _mostly_utf8(path):
        raise DataError(_near(path, scan.bad, where, partial(bad_byte, encoding="utf-8")))
    start = scan.bad
    scan = _decode_all(path, "gb18030")
    if scan.bad < 0 and common_share(scan.head) >= COMMON_SHARE:
        return "gb18030"
    raise DataError(_near(path, scan.bad if scan.bad >= 0 else start, where, unknown_encoding))


def _blocks(path: Path, skip: int = 0) -> Iterator[bytes]:
    """Give the bytes behind the first ones block by block; the last block is empty."""
    with path.open("rb") as stream:
        stream.seek(skip)
        while block := stream.read(BLOCK):
            yield block
        yield b""


def _look_at_bytes(path: Path) -> _Seen:
    """Look for bytes that no text has, and for the longest line."""
    seen, offset = _Seen(), 0
    for block in _blocks(path):
        if seen.nul < 0 and (place := block.find(0)) >= 0:
            seen.nul = offset + place
        codes = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero((codes == 10) | (codes == 13)) + offset
        if len(ends):
            lengths = np.diff(np.concatenate([[seen.last_end], ends]))
            _longer(seen, int(lengths.max()), seen.n_lines + int(lengths.argmax()))
            seen.n_lines += len(ends)
            seen.last_end = int(ends[-1])
        offset += len(block)
    _longer(seen, offset - seen.last_end, seen.n_lines)
    return seen


def _longer(seen: _Seen, length: int, number: int) -> None:
    if length > seen.longest:
        seen.longest, seen.longest_at = length, number


def _decode_all(path: Path, name: str, *, skip: int = 0) -> _Scan:
    """Decode a whole file, and keep its beginning."""
    scan, offset, n = _Scan(), skip, 0
    decoder = codecs.getincrementaldecoder(name)()
    before = ""
    for block in _blocks(path, skip):
        # Bytes of a character that is cut in two wait in the decoder; they count for the place of an error.
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            scan.bad = offset - pending + error.start
            return scan
        if len(scan.head) < HEAD:
            scan.head += text
        for sign in DAMAGE:
            # A sign of damage may begin in the block before.
            tail = before[len(before) - len(sign) + 1 :] if before else ""
            place = (tail + text).find(sign) - len(tail)
            if place >= -len(tail) and sign not in scan.firsts:
                row = scan.lines + _line_ends(text[: max(place, 0)], before) + 1
                scan.firsts[sign] = n + place, row
        scan.lines += _line_ends(text, before)
        before, n = (before + text)[-2:], n + len(text)
        offset += len(block)
    scan.head = scan.head.lstrip("\ufeff")
    return scan


def _line_ends(text: str, before: str) -> int:
    n = text.count("\n") + text.count("\r") - text.count("\r\n")
    return n - (before.endswith("\r") and text.startswith("\n"))


def _mostly_utf8(path: Path) -> bool:
    """Whether a few bytes are wrong in what is UTF-8 otherwise."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    for block in _blocks(path):
        text = decoder.decode(block, final=not block)
        bad += len(BAD.findall(text))
        good += sum(map(len, GOOD.findall(text)))
    return good > bad


def _near(path: Path, place: int, where: Where, problem: Worded) -> Problem:
    """Word a problem of one byte by the first line of the file and its own, and give its row."""
    first, last, n, offset = b"", b"", 0, 0
    for block in _blocks(path):
        part = block[: max(place - offset, 0)]
        first += b"" if n else re.split(rb"[\r\n]", part, maxsplit=1)[0]
        lines = re.split(rb"\r\n|\r|\n", part)
        n += len(lines) - 1 - (last.endswith(b"\r") and part.startswith(b"\n"))
        last = lines[-1] if len(lines) > 1 else last + lines[-1]
        offset += len(block)
    # A few bytes from the place on suffice to word the problem.
    with path.open("rb") as stream:
        stream.seek(place)
        rest = stream.read(8)
    data = (first + b"\n" if n else b"") + last
    worded = problem(data + rest, len(data), where)
    return replace(worded, where=replace(worded.where, row=n + 1))


def lines_of(path: Path, name: str, mark: bytes) -> Iterator[str]:
    r"""Give the lines of a file, cut at \n, \r\n and \r, with their ends."""
    decoder = codecs.getincrementaldecoder(name)()
    pending, is_first = "", True
    for block in _blocks(path, len(mark)):
        pending += decoder.decode(block, final=not block)
        if is_first and pending:
            pending, is_first = pending.lstrip("\ufeff"), False
        if not block:
            yield from io.StringIO(pending.rstrip("\x1a"), newline="")
            return
        # A carriage return at the end may have its line feed behind it.
        cut = max(pending.rfind("\n"), pending.rfind("\r", 0, len(pending) - 1)) + 1
        # What might be the end of the file waits: marks of its end are cut off there.
        if cut and pending[cut:].strip("\x1a"):
            yield from io.StringIO(pending[:cut], newline="")
            pending = pending[cut:]
