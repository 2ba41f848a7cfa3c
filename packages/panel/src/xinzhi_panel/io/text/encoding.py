"""Bytes to text, strictly: a byte that means nothing is an error with its place.

Text files to rows of cells: the delimiter, and rows that do not fit.

A large file is kept by column (`delimited`) where its quotation marks stand where plain files have them. The
rules that follow are the same for both.
"""

from __future__ import annotations

import csv
import gc
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import (
    LIMITS,
    Limits,
    RawTable,
    ReadingFindings,
    refuse_too_many,
    shown_name,
)
from xinzhi_panel.io.text.delimited import read_columns

MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
"""Byte-order marks, the longer ones first."""
BAD = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8, as `surrogateescape` decodes them."""
GOOD = re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]+")
TOKEN = re.compile(r"[^\x00-\x7f]+")
SAMPLE = 400_000
LOST = "锟斤拷"
"""What two replacement characters of UTF-8 look like when read as GB 18030."""
COMMON_SHARE = 0.85
"""Share of the hanzi that must lie in GB 2312 before bytes are believed to be GB 18030."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A decoded text and how it was decoded."""

    text: str
    encoding: str
    by: str
    """`mark` (byte-order mark), `bytes` (they fit nothing else), `stated`."""


def decode(
    data: bytes, where: Where, *, encoding: str | None = None, limits: Limits = LIMITS
) -> DecodedText:
    """Decode the bytes of a text file; replace nothing, guess nothing.

    Raises
    ------
    DataError
        `encoding.bad_byte`, `encoding.unknown`, `encoding.mojibake`, `encoding.replaced`,
        `layout.nul`, `limit.line`.
    """
    decoded = _stated(data, where, encoding) if encoding else _marked(data, where)
    decoded = decoded or _utf16(data) or _unmarked(data, where, limits)
    # A second mark, and the sign by which CP/M ended a file, are not text.
    text = decoded.text.lstrip("\ufeff").rstrip("\x1a")
    _refuse_damage(text, where)
    return DecodedText(text, decoded.encoding, decoded.by)


def _stated(data: bytes, where: Where, encoding: str) -> DecodedText:
    # Only a mark of the stated encoding is a mark; in any other these bytes are text.
    mark = next((m for m, name in MARKS if data.startswith(m) and name == encoding.lower()), b"")
    try:
        return DecodedText(data.removeprefix(mark).decode(encoding), encoding, "stated")
    except LookupError as error:
        raise DataError(no_encoding(encoding, where)) from error
    except UnicodeDecodeError as error:
        raise DataError(bad_byte(data, error.start, where, encoding)) from error


def no_encoding(encoding: str, where: Where) -> Problem:
    """Say that a stated encoding is none."""
    text = message("Unknown encoding '{name}'.", name=encoding)
    remedy = message("known: utf-8, gb18030, utf-16, big5.")
    return Problem("encoding.name", text, where, remedy)


def _marked(data: bytes, where: Where) -> DecodedText | None:
    for mark, name in MARKS:
        if data.startswith(mark):
            body = data.removeprefix(mark)
            try:
                return DecodedText(body.decode(name), name, "mark")
            except UnicodeDecodeError as error:
                raise DataError(bad_byte(data, error.start + len(mark), where, name)) from error
    return None


def may_be_wide(head: bytes) -> bool:
    """Whether so many bytes are zero that characters may have two of them."""
    return head.count(0) >= max(len(head) // 8, 1)


def _utf16(data: bytes) -> DecodedText | None:
    """UTF-16 without a mark: zeros in every second place only, and many of them."""
    head = data[:SAMPLE]
    zeros = head.count(0)
    if len(data) % 2 or not may_be_wide(head):
        return None
    # Digits, commas and line ends, most of any table, have a zero for their higher byte.
    for name, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        if head[place::2].count(0) == zeros:
            try:
                return DecodedText(data.decode(name), name, "bytes")
            except UnicodeDecodeError:
                return None
    return None


def _unmarked(data: bytes, where: Where, limits: Limits) -> DecodedText:
    if (nul := data.find(0)) >= 0:
        raise DataError(nul_byte(data, nul, where))
    _refuse_long_line(data, where, limits)
    try:
        return DecodedText(data.decode("utf-8"), "utf-8", "bytes")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            raise DataError(bad_byte(data, error.start, where, "utf-8")) from error
        start = error.start
    return _chinese(data, start, where)


def nul_byte(data: bytes, offset: int, where: Where) -> Problem:
    """Say that a byte is one that no table has."""
    text = message("The file holds a NUL byte, which no table has: it is damaged.")
    remedy = message("export or download it again.")
    return Problem("layout.nul", text, _place(data, offset, where), remedy)


def _chinese(data: bytes, start: int, where: Where) -> DecodedText:
    """GB 18030, if all bytes fit and nearly all characters are ordinary ones."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        start = error.start
    else:
        if common_share(text) >= COMMON_SHARE:
            return DecodedText(text, "gb18030", "bytes")
    raise DataError(unknown_encoding(data, start, where))


def unknown_encoding(data: bytes, offset: int, where: Where) -> Problem:
    """Say that bytes fit no encoding that is expected."""
    text = message("The encoding of the file is neither UTF-8 nor, clearly, GB 18030.")
    remedy = message(
        "state the encoding (for example big5 or gb18030), or save the file as CSV UTF-8."
    )
    return Problem("encoding.unknown", text, _place(data, offset, where), remedy)


def common_share(text: str) -> float:
    """Share of the characters beyond ASCII that are ordinary ones (GB 2312)."""
    wide = "".join(TOKEN.findall(text[:SAMPLE]))
    if not wide:
        return 1.0
    return sum(bool(c.encode("gb2312", "ignore")) for c in wide) / len(wide)


def _mostly_utf8(data: bytes) -> bool:
    """Whether a few bytes are wrong in what is UTF-8 otherwise."""
    text = data.decode("utf-8", "surrogateescape")
    return sum(map(len, GOOD.findall(text))) > len(BAD.findall(text))


def bad_byte(data: bytes, offset: int, where: Where, encoding: str) -> Problem:
    """Describe a byte that means nothing in the encoding."""
    text = message(
        "The byte {byte} means nothing in {encoding}.",
        byte=f"0x{data[offset]:02X}",
        encoding=encoding,
    )
    remedy = message("state the encoding, or correct the cell; no character is replaced silently.")
    return Problem("encoding.bad_byte", text, _place(data, offset, where, encoding), remedy)


def _place(data: bytes, offset: int, where: Where, encoding: str = "ascii") -> Where:
    """Place of a byte: row of the file and, by its separators, column name."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    before = data[:offset].decode(encoding if wide else "utf-8", "ignore" if wide else "replace")
    lines = re.split(r"\r\n|\r|\n", before)
    header = (lines[0] if len(lines) > 1 else "").lstrip("\ufeff")
    mark = max(",;\t|，", key=header.count)
    names = header.split(mark)
    position = lines[-1].count(mark)
    column = names[position].strip() if position < len(names) else None
    return Where(file=where.file, row=len(lines), column=column or None)


def _refuse_long_line(data: bytes, where: Where, limits: Limits) -> None:
    if len(data) <= limits.line_bytes:
        return
    codes = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero((codes == 10) | (codes == 13))
    lengths = np.diff(np.concatenate([[-1], ends, [len(data)]]))
    longest = int(lengths.argmax())
    if lengths[longest] > limits.line_bytes:
        raise DataError(long_line(int(lengths[longest]), longest + 1, where, limits))


def long_line(n: int, line: int, where: Where, limits: Limits) -> Problem:
    """Say that a line is longer than those of tables."""
    text = message(
        "One line has {n} bytes; a line of a table has at most {most}.",
        n=n,
        most=limits.line_bytes,
    )
    remedy = message("check that the file is a table with one row a line.")
    return Problem("limit.line", text, Where(file=where.file, line=line), remedy)


def _refuse_damage(text: str, where: Where) -> None:
    place = max(text.find("\ufffd"), text.find(LOST))
    if place >= 0:
        row = len(re.split(r"\r\n|\r|\n", text[:place]))
        raise DataError(lost_characters(where, row))
    refuse_double_encoding(text, where)


def lost_characters(where: Where, row: int) -> Problem:
    """Say that characters were lost before the file came here."""
    text = message("Characters were lost when the text was saved (U+FFFD, 锟斤拷).")
    remedy = message("export it again from the source, as UTF-8.")
    return Problem("encoding.replaced", text, Where(file=where.file, row=row), remedy)


def refuse_double_encoding(text: str, where: Where) -> None:
    """Refuse text that was decoded wrongly and saved again, by its beginning."""
    tokens = list(dict.fromkeys(TOKEN.findall(text[:SAMPLE])))
    for wrong, right in (("cp1252", "utf-8"), ("gb18030", "utf-8"), ("latin-1", "gb2312")):
        mended = [_mended(token, wrong, right) for token in tokens]
        good = [(t, m) for t, m in zip(tokens, mended, strict=True) if m]
        if len(good) >= 2 and len(good) >= 0.7 * len(tokens):
            raise DataError(_mojibake(text, good[0], where))


def _mended(token: str, wrong: str, right: str) -> str | None:
    """Undo a double encoding; None where the token is not one, or no hanzi come out."""
    codes: list[bytes] = []
    for character in token:
        try:
            codes.append(character.encode(wrong))
        except UnicodeEncodeError:
            # cp1252 leaves five bytes without a character; programs that misread a text pass them through.
            if wrong != "cp1252" or ord(character) > 0xFF:
                return None
            codes.append(bytes([ord(character)]))
    try:
        mended = b"".join(codes).decode(right)
    except UnicodeDecodeError:
        return None
    return mended if any("\u3400" <= c <= "\u9fff" for c in mended) else None


def _mojibake(text: str, pair: tuple[str, str], where: Where) -> Problem:
    token, mended = pair
    row = len(re.split(r"\r\n|\r|\n", text[: text.find(token)]))
    return Problem(
        "encoding.mojibake",
        message(
            "The text was encoded twice: it has '{token}' in place of '{mended}'.",
            token=token,
            mended=mended,
        ),
        Where(file=where.file, row=row, column=mended),
        message(
            "export the file again, as UTF-8; correctly decoded it would read '{mended}'.",
            mended=mended,
        ),
    )


DELIMITERS = (",", ";", "\t", "|", "，")
NAMES = {
    ";": message("semicolon"),
    "\t": message("tab"),
    "|": message("vertical bar"),
    "，": message("full-width comma"),
}
LOOKED_AT = 200
TEXT_FORMULA = re.compile(r'="[^"]*"')
BOM = b"\xef\xbb\xbf"
HEAD = 4 * LIMITS.line_bytes
BLOCK = 1 << 20
SEP_LINE = re.compile(r'"?sep=(.)"?\s*(?:\r\n|\r|\n|$)', re.IGNORECASE)


def read_text_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = LIMITS,
) -> RawTable:
    """Read a text file into rows of text cells; blank lines stay, so that row numbers hold."""
    name = shown_name(path)
    where = Where(file=name)
    data = path.read_bytes()
    text = decode(data, where, encoding=encoding, limits=limits)
    findings = ReadingFindings()
    report_encoding(text, where, findings)
    mark, has_sep_line = choose_delimiter(text.text, delimiter, where, findings)
    rows: Sequence[Sequence[str]] | None = None
    if not has_sep_line:
        rows = read_columns(_plain_bytes(data, text), mark)
    if rows is None:
        rows = _rows(text.text, mark, where, limits)
    refuse_too_many(len(rows), where, limits)
    if '="' in text.text:
        rows = _without_text_formulas(rows, where, findings)
    if has_sep_line:
        rows = [[], *rows[1:]]  # an empty row, so that row numbers hold
        report_sep_line(where, findings)
    return RawTable(
        name, rows, delimiter=mark, encoding=text.encoding, decisions=tuple(findings.decisions)
    )


def _plain_bytes(data: bytes, text: DecodedText) -> bytes:
    """Give a text as UTF-8, without marks at its beginning and at its end."""
    if text.encoding != "utf-8":
        return text.text.encode()
    start = 0
    while data.startswith(BOM, start):
        start += len(BOM)
    # Without such marks the bytes are not copied.
    return data[start:].rstrip(b"\x1a")


def report_encoding(text: DecodedText, where: Where, findings: ReadingFindings) -> None:
    """Say how a text was decoded, where anything was decided."""
    reasons = {
        "mark": message("from its byte-order mark"),
        "bytes": message("its bytes are valid in no other that is expected"),
    }
    if text.by in reasons:
        findings.decide(
            "text.encoding",
            message("Encoding {name}: {reason}.", name=text.encoding, reason=reasons[text.by]),
            where,
        )


def choose_delimiter(
    text: str, stated: str | None, where: Where, findings: ReadingFindings
) -> tuple[str, bool]:
    """Choose what separates the fields, and tell whether a first line `sep=` says so.

    What is stated wins over that line, and the line over what most lines show.
    """
    line = SEP_LINE.match(text)
    mark = stated or (line.group(1) if line else find_delimiter(text))
    if not stated and not line and mark != ",":
        sentence = message("Fields are separated by: {mark}.", mark=NAMES.get(mark, mark))
        findings.decide("text.delimiter", sentence, where)
    return mark, line is not None


def report_sep_line(where: Where, findings: ReadingFindings) -> None:
    """Say that the first line is not part of the table."""
    sentence = message("The line 'sep=' of a spreadsheet program is not data.")
    findings.decide("layout.sep_line", sentence, replace(where, row=1))


def find_delimiter(text: str) -> str:
    r"""Find what separates the fields: the mark that gives most lines one same number of fields.

    >>> find_delimiter("a;b\n1,5;2\n"), find_delimiter("a,b\n1,2\n")
    (';', ',')
    """
    sample = [line for line in islice(_lines(text[:HEAD]), LOOKED_AT) if line.strip()]
    best, best_score = ",", (0.0, 0)
    for mark in DELIMITERS:
        counts = _widths(sample, mark)
        usual = max(counts, key=lambda n: (counts[n], n), default=0)
        if usual < 2:
            continue
        # Of marks under which as many lines are alike, the one that makes more fields.
        score = (counts[usual] / sum(counts.values()), usual)
        if score > best_score:
            best, best_score = mark, score
    return best


def _widths(lines: Sequence[str], mark: str) -> Counter[int]:
    """Count the fields of each line; nothing where quotation marks or lengths do not allow it."""
    try:
        rows = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
    except csv.Error:
        return Counter()
    return Counter(len(row) for row in rows if any(cell.strip() for cell in row))


def _lines(text: str) -> Iterator[str]:
    r"""Cut a text into lines at \n, \r\n and \r, block by block, with their ends."""
    start = 0
    while start < len(text):
        cut = text.rfind("\n", start, start + BLOCK) + 1 if start + BLOCK < len(text) else 0
        block = text[start:cut] if cut > start else text[start:]
        start += len(block)
        yield from io.StringIO(block, newline="")


@contextmanager
def no_collection() -> Iterator[None]:
    """Put off the search for cycles of garbage while millions of rows without any are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rows(text: str, mark: str, where: Where, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(_lines(text), delimiter=mark, strict=True, skipinitialspace=True)
    try:
        with no_collection():
            rows.extend(islice(reader, limits.rows + 1))
    except csv.Error as error:
        raise DataError(unclosed_quote(len(rows), str(error), where)) from error
    return rows


def _without_text_formulas(
    rows: Sequence[Sequence[str]], where: Where, findings: ReadingFindings
) -> list[list[str]]:
    """Take off the signs by which exports keep spreadsheets from reading text as numbers."""
    changed = 0
    plain: list[list[str]] = []
    for row in rows:
        cells = list(map(without_text_formula, row))
        changed += sum(a != b for a, b in zip(cells, row, strict=True))
        plain.append(cells)
    if changed:
        report_text_formulas(changed, where, findings)
    return plain


def without_text_formula(cell: str) -> str:
    """Take a text out of a formula that says nothing but this text.

    >>> without_text_formula('="0012"')
    '0012'
    """
    return cell[2:-1] if TEXT_FORMULA.fullmatch(cell) else cell


def report_text_formulas(n: int, where: Where, findings: ReadingFindings) -> None:
    """Say that texts were taken out of formulas."""
    sentence = message('Cells written as ="text" were read as that text.')
    findings.decide("layout.text_formula", sentence, where, n)


def unclosed_quote(n: int, why: str, where: Where) -> Problem:
    """Say that a quotation mark is not closed behind the first n rows."""
    text = message(
        "A quotation mark is not closed, or a field is too long, at or after this row ({why}).",
        why=why,
    )
    remedy = message('close the quotation mark, or double it inside a quoted cell ("").')
    return Problem("layout.quote", text, Where(file=where.file, row=n + 1), remedy)
