"""Hostile workbooks, made here: each is refused with a message, or read rightly, soon and in little memory."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [("唐山", 2008, 1.5), ("唐山", 2009, 2.5), ("大同", 2008, 3.5), ("大同", 2009, 4.5)]
HEADS = ("城市", "年份", "人口")


def text(cell: str, words: str) -> str:
    """Write a cell with a text of its own."""
    return f'<c r="{cell}" t="inlineStr"><is><t>{words}</t></is></c>'


def table() -> str:
    """Write the rows of the table as XML."""
    lines = ['<row r="1">' + "".join(map(text, ("A1", "B1", "C1"), HEADS)) + "</row>"]
    for i, (city, year, value) in enumerate(ROWS, start=2):
        cells = f'{text(f"A{i}", city)}<c r="B{i}"><v>{year}</v></c><c r="C{i}"><v>{value}</v></c>'
        lines.append(f'<row r="{i}">{cells}</row>')
    return "".join(lines)


TABLE = table()


def sheet(rows: str = TABLE, before: str = "", after: str = "") -> str:
    """Write a sheet."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(
    xml: str | bytes | None = None, shared: str = "", names: tuple[str, ...] = ("数据",)
) -> dict[str, str | bytes]:
    """Give the parts of a workbook."""
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"/>',
        "_rels/.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}">{links}</Relationships>',
    }
    for i in range(1, len(names) + 1):
        found[f"xl/worksheets/sheet{i}.xml"] = sheet() if xml is None else xml
    if shared:
        found["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    return found


def packed(members: dict[str, str | bytes] | list[tuple[str, str | bytes]]) -> bytes:
    """Pack parts; a list may hold a name twice."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name twice is meant
        for name, data in members.items() if isinstance(members, dict) else members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


def book(xml: str | bytes | None = None, shared: str = "", **more: str | bytes) -> bytes:
    """Pack a workbook of one sheet with further parts."""
    return packed(parts(xml, shared) | more)


def one(rows: str) -> bytes:
    """Pack a workbook whose table is followed by rows."""
    return book(sheet(TABLE + rows))


def lying() -> bytes:
    """Say of a sheet that it ends before its bomb: the library would unpack the rest."""
    good = sheet().encode()
    data = packed(parts(good + b" " * 30_000_000))
    size, crc = len(good), zlib.crc32(good)
    found = bytearray(data)
    for sign, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        start = 0
        while (start := data.find(sign, start)) >= 0:
            name = start + (30 if sign.endswith(b"\x04") else 46)
            if data[name : name + len(SHEET)] == SHEET.encode():
                struct.pack_into("<I", found, start + at, crc)
                struct.pack_into("<I", found, start + at + 8, size)
            start += 4
    return bytes(found)


def bomb(inner: bytes) -> bytes:
    """Put an archive of zeros into a workbook, as a part that nobody reads."""
    return book(**{"xl/media/a.zip": inner})


def document(rows: str) -> bytes:
    """Pack an OpenDocument spreadsheet."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="数据">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content}
    )


FLOAT = 'office:value-type="float" office:value="1"'
LONG = "x" * 32_000
DTD = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
READ = ""
"""The table is read as it stands."""

BOOKS: dict[str, tuple[Callable[[], bytes], frozenset[str]]] = {
    name: (make, frozenset(codes.split("|")))
    for name, make, codes in (
        ("the table itself", book, READ),
        ("a comment of many cells", lambda: one("<!--" + "<c " * 1_300_000 + "-->"), READ),
        (
            "a comment beside a formula",
            lambda: one(
                '<row r="6"><!--' + '<c r="A1' * 300_000 + '--><c r="A6"><f>1</f><v>1</v></c></row>'
            ),
            "*",
        ),
        (
            "a far cell without an address",
            lambda: one(
                '<row r="1048570"><c><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            ),
            "limit.cells",
        ),
        (
            "a far cell in single quotes",
            lambda: one("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
            "limit.cells",
        ),
        (
            "a far cell with blanks",
            lambda: one('<row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>'),
            "limit.cells",
        ),
        (
            "a far cell with a prefix",
            lambda: book(
                f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
            ),
            "limit.cells",
        ),
        (
            "a row beyond the last",
            lambda: one('<row r="99999999999"><c><v>1</v></c></row>'),
            "format.corrupt",
        ),
        ("a row below zero", lambda: one('<row r="-1"><c><v>1</v></c></row>'), "format.corrupt"),
        (
            "a column beyond the last",
            lambda: one('<row r="6"><c r="ZZZ6"><v>1</v></c></row>'),
            "format.corrupt",
        ),
        (
            "more cells in a row than columns",
            lambda: one('<row r="6">' + "<c/>" * 20_000 + "</row>"),
            "format.corrupt",
        ),
        (
            "a cell of another row",
            lambda: one('<row r="6"><c r="A7"><v>1</v></c></row>'),
            "format.corrupt",
        ),
        (
            "an address of signs",
            lambda: one('<row r="6"><c r="$A$6"><v>1</v></c></row>'),
            "format.corrupt",
        ),
        (
            "a cell twice",
            lambda: one('<row r="6"><c r="A6"><v>1</v></c><c r="A6"><v>2</v></c></row>'),
            "format.corrupt",
        ),
        ("a row twice", lambda: one('<row r="2"><c r="C2"><v>9</v></c></row>'), "format.corrupt"),
        (
            "a number in two pieces",
            lambda: book(sheet(TABLE.replace("<v>1.5</v>", "<v>1<!-- -->.5</v>"))),
            "format.corrupt",
        ),
        (
            "a number with a sign by its number",
            lambda: book(sheet(TABLE.replace("<v>1.5</v>", "<v>&#49;.5</v>"))),
            "format.corrupt",
        ),
        (
            "a number as raw text",
            lambda: book(sheet(TABLE.replace("<v>1.5</v>", "<v><![CDATA[1.5]]></v>"))),
            "format.corrupt",
        ),
        (
            "a number with an instruction in it",
            lambda: book(sheet(TABLE.replace("<v>1.5</v>", "<v>1<?a b?>.5</v>"))),
            "format.corrupt",
        ),
        (
            "a text of a megabyte 30,000 times",
            lambda: book(
                sheet(
                    "".join(
                        f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>'
                        for i in range(1, 30_001)
                    )
                ),
                f"<si><t>{'x' * 1_000_000}</t></si>",
            ),
            "limit.text",
        ),
        (
            "the longest text 30,000 times",
            lambda: book(
                sheet(
                    "".join(
                        f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>'
                        for i in range(1, 30_001)
                    )
                ),
                f"<si><t>{LONG}</t></si>",
            ),
            "limit.text",
        ),
        (
            "a long text in a cell",
            lambda: one(f'<row r="6">{text("A6", "x" * 33_000)}</row>'),
            "limit.text",
        ),
        (
            "an index of no text",
            lambda: one('<row r="6"><c r="A6" t="s"><v>99</v></c></row>'),
            "format.corrupt",
        ),
        ("declared entities", lambda: book(DTD + sheet()), "security.xml_entity"),
        (
            "entities in a part that is not read",
            lambda: book(**{"docProps/app.xml": DTD + "<a/>"}),
            "security.xml_entity",
        ),
        (
            "entities of another encoding",
            lambda: book(f'<?xml version="1.0" encoding="UTF-16"?>{DTD}<a/>'.encode("utf-16")),
            "security.xml_entity",
        ),
        (
            "a sheet of another encoding",
            lambda: book(f'<?xml version="1.0" encoding="UTF-16"?>{sheet()}'.encode("utf-16")),
            "format.corrupt",
        ),
        (
            "a sheet in latin-1",
            lambda: book(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + sheet("<row/>").encode()),
            "format.corrupt",
        ),
        (
            "elements in elements",
            lambda: book(sheet(TABLE, after="<a>" * 200_000 + "</a>" * 200_000)),
            "format.corrupt",
        ),
        (
            "cells in cells",
            lambda: one("<row>" + "<c>" * 300_000 + "</c>" * 300_000 + "</row>"),
            "format.corrupt",
        ),
        ("an element that does not end", lambda: book(sheet()[:-20]), "format.corrupt"),
        ("an attribute of megabytes", lambda: one(f'<row r="6" a="{"x" * 20_000_000}"/>'), READ),
        (
            "a merged range of all cells",
            lambda: book(
                sheet(after='<mergeCells count="1"><mergeCell ref="E1:XFD1048576"/></mergeCells>')
            ),
            READ,
        ),
        (
            "merged ranges over one another",
            lambda: book(
                sheet(
                    after="<mergeCells>"
                    + '<mergeCell ref="A1:XFD1048576"/>' * 50_000
                    + "</mergeCells>"
                )
            ),
            "format.corrupt",
        ),
        (
            "merged ranges before the cells",
            lambda: book(
                sheet(
                    before="<mergeCells>"
                    + '<mergeCell ref="A1:XFD1048576"/>' * 50_000
                    + "</mergeCells>"
                )
            ),
            "format.corrupt",
        ),
        (
            "a hidden range of all columns",
            lambda: book(sheet(before='<cols><col min="1" max="999999999" hidden="1"/></cols>')),
            READ,
        ),
        (
            "formats of megabytes",
            lambda: book(
                **{
                    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>'
                    + '<xf numFmtId="9"/>' * 200_000
                    + "</cellXfs></styleSheet>"
                }
            ),
            READ,
        ),
        (
            "names in a circle",
            lambda: book(
                **{
                    "xl/workbook.xml": str(parts()["xl/workbook.xml"]).replace(
                        "</sheets>",
                        "</sheets><definedNames>"
                        + '<definedName name="a">b</definedName><definedName name="b">a</definedName>'
                        * 20_000
                        + "</definedNames>",
                    )
                }
            ),
            READ,
        ),
        (
            "a link to another workbook",
            lambda: book(
                **{
                    "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>',
                    "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
                }
            ),
            READ,
        ),
        (
            "a sheet that lies elsewhere",
            lambda: book(
                **{
                    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="../../../etc/passwd"/></Relationships>'
                }
            ),
            "format.corrupt",
        ),
        (
            "two sheets of one part",
            lambda: book(
                **{
                    "xl/workbook.xml": str(parts()["xl/workbook.xml"]).replace(
                        "</sheets>", '<sheet name="b" sheetId="2" r:id="rId1"/></sheets>'
                    )
                }
            ),
            "format.corrupt",
        ),
        (
            "a name of a sheet of a megabyte",
            lambda: packed(parts(names=("x" * 1_000_000,))),
            "format.corrupt",
        ),
        (
            "a thousand sheets",
            lambda: packed(parts(names=tuple(f"s{i}" for i in range(1000)))),
            "excel.sheet_ambiguous",
        ),
        (
            "a part twice",
            lambda: packed([*parts().items(), (SHEET, sheet(TABLE.replace("1.5", "9")))]),
            "format.corrupt",
        ),
        (
            "a part twice in other letters",
            lambda: packed([*parts().items(), ("xl/Worksheets/Sheet1.XML", sheet())]),
            "format.corrupt",
        ),
        ("a part that leads out", lambda: book(**{"../../evil.xml": "<a/>"}), "format.corrupt"),
        (
            "parts with a root",
            lambda: packed({f"/{name}": data for name, data in parts().items()}),
            READ,
        ),
        (
            "parts with other strokes",
            lambda: packed({name.replace("/", "\\"): data for name, data in parts().items()}),
            READ,
        ),
        (
            "many parts",
            lambda: packed(parts() | {f"a{i}": b"" for i in range(20_001)}),
            "security.zip_bomb",
        ),
        ("zeros in a part", lambda: bomb(packed({"a": bytes(30_000_000)})), READ),
        (
            "a part of zeros",
            lambda: book(**{"xl/media/a.bin": bytes(80_000_000)}),
            "security.zip_bomb",
        ),
        ("a sheet that says it is shorter", lying, "*"),
        ("a cut file", lambda: book()[:-200], "format.corrupt"),
        (
            "a repeated row of cells",
            lambda: document(
                f'<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" {FLOAT}/></table:table-row>'
            ),
            "limit.cells",
        ),
        (
            "blanks without end",
            lambda: document(
                '<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="999999"/></text:p></table:table-cell></table:table-row>'
            ),
            "limit.text",
        ),
        (
            "blanks beyond counting",
            lambda: document(
                '<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="99999999999"/></text:p></table:table-cell></table:table-row>'
            ),
            "format.corrupt",
        ),
        (
            "empty cells before another in each row",
            lambda: document(
                '<table:table-row><table:table-cell table:number-columns-repeated="16000"/><table:table-cell/></table:table-row>'
                * 20_000
            ),
            "*",
        ),
        (
            "a document with entities",
            lambda: packed({"content.xml": DTD + "<a/>"}),
            "security.xml_entity",
        ),
    )
}
"""Name -> how it is made, and the codes of which one refuses it; `READ`: it is the table, `*`: either."""
