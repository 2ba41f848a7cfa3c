"""Bytes to text, strictly: a byte that means nothing is an error with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.options import LIMITS, Limits
from xinzhi.wording import message

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
    text = message("There is no encoding '{name}'.", name=encoding)
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
