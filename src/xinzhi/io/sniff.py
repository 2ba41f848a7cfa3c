"""What kind of file it is, by its content and never by its name."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.options import LIMITS, Limits
from xinzhi.io.raw import shown_name
from xinzhi.wording import Message, message

HEAD = 8192
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (OLE, "ole"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"<stata_dta>", "dta"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00", "sas7bdat"),
    (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "xport"),
    (b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!", "xport"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x89HDF", "hdf5"),
    (b"\x93NUMPY", "numpy"),
    (b"RDX", "rdata"),
    (b"RDA", "rdata"),
    (b"X\n\x00\x00\x00", "rds"),
    (b"A\n2\n", "rds"),
    (b"A\n3\n", "rds"),
    (b"{\\rtf", "rtf"),
    (b"\x7fELF", "program"),
    (b"ARROW1", "feather"),
    (b"FEA1", "feather"),
)
PICKLE = re.compile(rb"\x80[\x02-\x05]")
MARKUP = re.compile(
    rb"\s*(?:<\?xml|<!doctype|<html|<table|<meta|<head|<body|<!--|<workbook)", re.IGNORECASE
)
JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
OLD_STATA = frozenset(range(0x68, 0x76))

REMEDIES: dict[str, Message] = {
    "html": message(
        "this is a web page (HTML), whatever its name suggests: open it and save it as xlsx or csv."
    ),
    "xml": message("this is an XML file: open it in a spreadsheet and save it as xlsx or csv."),
    "json": message("give the table as csv or xlsx."),
    "pickle": message(
        "pickle files can run programs and are never loaded: export the table as csv or xlsx."
    ),
    "gzip": message("unpack it first."),
    "pdf": message("copy the table into a spreadsheet and save it as xlsx or csv."),
}
OTHERWISE = message("give the table as csv or xlsx.")
READ = frozenset({"text", "zip", "ole", "dta", "sav", "sas7bdat", "xport", "parquet", "feather"})
PACKED = frozenset({"gzip", "bzip2", "7z", "rar", "xz", "zstd"})
PACKERS: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {
        "gzip": lambda: zlib.decompressobj(wbits=31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lzma.LZMADecompressor,
    }
)
"""What unpacks the first bytes; R packs its files, by gzip unless it is told otherwise."""
R_LINES: Mapping[str, str] = MappingProxyType(
    {"rds": "x <- readRDS({file})", "rdata": "x <- get(load({file})[1])"}
)
"""How R reads its own files."""


def sniff(path: Path, *, limits: Limits = LIMITS) -> str:
    """Tell the kind of a file from its first bytes: one of `READ`.

    Raises
    ------
    DataError
        The path is not a readable file, the file is empty or too large, or of a kind that is not read.
    """
    where = Where(file=shown_name(path))
    head = _head(path, where)
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise DataError.of(
            message(
                "The file has {size} bytes; at most {most} are read.",
                size=size,
                most=limits.file_bytes,
            ),
            where,
            message("split it, or keep only the columns that the study needs."),
            code="limit.bytes",
        )
    if not head.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        _refuse_if_blank(path, where)
    kind = _kind(head)
    if kind in READ:
        return kind
    raise DataError(_unsupported(kind, path, where))


def _head(path: Path, where: Where) -> bytes:
    if path.is_dir():
        raise DataError.of(
            message("'{name}' is a folder, not a file.", name=where.file),
            where,
            message("name the file inside it."),
            code="format.directory",
        )
    try:
        if not path.is_file():
            raise DataError.of(
                message("There is no file '{name}'.", name=where.file),
                where,
                message("check the name and the folder."),
                code="format.not_found",
            )
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except (OSError, ValueError) as error:
        raise DataError.of(
            message(
                "The file cannot be opened: {why}.",
                why=getattr(error, "strerror", None) or str(error),
            ),
            where,
            message("check its permissions and that no other program holds it."),
            code="format.unreadable",
        ) from error


def _refuse_if_blank(path: Path, where: Where) -> None:
    with path.open("rb") as stream:
        while block := stream.read(HEAD * 128):
            if block.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
                return
    raise DataError.of(
        message("The file is empty."),
        where,
        message("export the table again; the file must have a header and rows."),
        code="format.empty",
    )


def _kind(head: bytes) -> str:
    portable = "por" if b"SPSS PORT FILE" in head[:512] else ""
    if kind := _signed(head) or portable:
        # R packs its files: what is inside tells them from other packed files.
        inside = _signed(_unpacked(head, kind)) if kind in PACKERS else ""
        return inside if inside in R_LINES else kind
    if PICKLE.match(head) and head[1:2] != b"\x00" and not head.isascii():
        return "pickle"
    if head[:1] and head[0] in OLD_STATA and head[1:2] in {b"\x01", b"\x02"}:
        return "dta"
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if MARKUP.match(plain):
        return (
            "html" if re.search(rb"<(?:html|table|!doctype html)", plain, re.IGNORECASE) else "xml"
        )
    if JSON.match(plain):
        return "json"
    return "text" if _looks_like_text(head) else "binary"


def _signed(head: bytes) -> str:
    return next((kind for sign, kind in SIGNATURES if head.startswith(sign)), "")


def _unpacked(head: bytes, kind: str) -> bytes:
    """First bytes of what is packed; nothing where they cannot be unpacked."""
    try:
        return bytes(PACKERS[kind]().decompress(head, 64))
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return b""


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return True
    # Pickles of protocol 0 are text.
    if head.startswith((b"(lp", b"(dp", b"ccopy_reg", b"c__builtin__", b"cposix\n", b"cos\n")):
        return False
    control = sum(byte < 32 and byte not in {0, 9, 10, 11, 12, 13, 26} for byte in head)
    # UTF-16 has its zeros in every second place; a binary file has them anywhere.
    zeros = head.count(0)
    even = head[0::2].count(0)
    utf16 = zeros > len(head) // 8 and even in {0, zeros}
    return control <= len(head) // 50 and (zeros <= len(head) // 20 or utf16)


def _unsupported(kind: str, path: Path, where: Where) -> Problem:
    if kind in R_LINES:
        return _r_data(kind, path, where)
    name = path.suffix.casefold()
    mismatch = kind in {"html", "xml"} and name in {".xls", ".xlsx", ".csv", ".xlsm"}
    return Problem(
        "format.mismatch" if mismatch else "format.unsupported",
        message("The content of the file is of kind {kind}, which is not read.", kind=kind.upper()),
        where,
        REMEDIES.get("gzip" if kind in PACKED else kind, OTHERWISE),
    )


def _r_data(kind: str, path: Path, where: Where) -> Problem:
    """Say how R writes its data into a file that is read."""
    read = R_LINES[kind].format(file=_quoted(path.name))
    text = message("The file holds data of R, which only R reads.")
    remedy = message(
        "run in R, in the folder of the file: {csv} (or, with labels: {dta}), and give the new file.",
        csv=f'{read}; write.csv(x, {_quoted(f"{path.stem}.csv")}, row.names = FALSE, fileEncoding = "UTF-8")',
        dta=f"{read}; haven::write_dta(x, {_quoted(f'{path.stem}.dta')})",
    )
    return Problem("format.unsupported", text, where, remedy)


def _quoted(name: str) -> str:
    """Write a name as a text of R."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
