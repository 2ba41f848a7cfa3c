"""Updates the fields of a Word document as Word does, to compare what they would show with what they show.

A SEQ field counts the fields of its identifier in the order of the text; a REF field shows what its bookmark
holds once these are counted. Only WordprocessingML is read, nothing of the package.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass
class Field:
    """A field: what it asks for, and what it shows."""

    instruction: str = ""
    shown: str = ""
    updated: str = ""
    is_result: bool = False

    @property
    def words(self) -> list[str]:
        """The instruction, word by word."""
        return self.instruction.split()


@dataclass
class WordFields:
    """The fields of a document, and the text that stands outside of them."""

    fields: list[Field] = field(default_factory=list)
    bookmarks: dict[str, list[str | Field]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    """Each paragraph with its fields left out."""
    whole: list[str] = field(default_factory=list)
    """Each paragraph as it is shown."""

    def of(self, kind: str) -> list[Field]:
        """List the fields of a kind, such as SEQ."""
        return [one for one in self.fields if one.words[0] == kind]

    def differences(self) -> list[tuple[str, str, str]]:
        """List the fields that would show something else once they are updated."""
        return [(f.instruction, f.shown, f.updated) for f in self.fields if f.shown != f.updated]


class _Reader:
    """Reads the pieces of a document in their order."""

    def __init__(self) -> None:
        self.found = WordFields()
        self.names: dict[str, str] = {}
        self.open: dict[str, list[str | Field]] = {}
        self.current: Field | None = None

    def paragraph(self, paragraph: etree._Element) -> None:
        """Read a paragraph; no field goes beyond it."""
        self.found.plain.append("")
        self.found.whole.append("")
        for one in paragraph.iter():
            read = getattr(self, str(one.tag).removeprefix(W), None)
            if read is not None:
                read(one)
        assert self.current is None, "a field goes beyond its paragraph"

    def bookmarkStart(self, one: etree._Element) -> None:  # noqa: N802 - as Word calls it
        """Open a bookmark."""
        name, number = one.get(f"{W}name"), one.get(f"{W}id")
        assert name not in self.found.bookmarks, f"two bookmarks are called {name}"
        assert number not in self.names, "two bookmarks have one number"
        self.names[number] = name
        self.open[name] = self.found.bookmarks[name] = []

    def bookmarkEnd(self, one: etree._Element) -> None:  # noqa: N802 - as above
        """Close a bookmark."""
        del self.open[self.names[one.get(f"{W}id")]]

    def fldChar(self, one: etree._Element) -> None:  # noqa: N802 - as above
        """Begin a field, its result, or end it."""
        kind = one.get(f"{W}fldCharType")
        if kind == "begin":
            assert self.current is None
            self.current = Field()
            self.found.fields.append(self.current)
            self._hold(self.current)
        elif kind == "separate":
            self.current.is_result = True
        else:
            self.current = None

    def instrText(self, one: etree._Element) -> None:  # noqa: N802 - as above
        """Read what a field asks for."""
        self.current.instruction += one.text

    def t(self, one: etree._Element) -> None:
        """Read text, which a field shows or which stands outside of all."""
        text = one.text or ""
        self.found.whole[-1] += text
        if self.current is None:
            self.found.plain[-1] += text
            self._hold(text)
        else:
            assert self.current.is_result
            self.current.shown += text

    def _hold(self, piece: str | Field) -> None:
        for held in self.open.values():
            held.append(piece)


def fields_of(document: bytes) -> WordFields:
    """Read the fields of a .docx and update them."""
    xml = zipfile.ZipFile(io.BytesIO(document)).read("word/document.xml")
    reader = _Reader()
    for paragraph in etree.fromstring(xml).iter(f"{W}p"):
        reader.paragraph(paragraph)
    assert not reader.open
    _update(reader.found)
    return reader.found


def _update(found: WordFields) -> None:
    counts: Counter[str] = Counter()
    for one in found.of("SEQ"):
        counts[one.words[1]] += 1
        one.updated = str(counts[one.words[1]])
    for one in found.of("REF"):
        held = found.bookmarks.get(one.words[1])
        assert held is not None, f"no bookmark for {one.instruction}"
        one.updated = "".join(part if isinstance(part, str) else part.updated for part in held)
    for one in found.of("PAGE"):
        one.updated = one.shown


NUMBER = re.compile(r"(?:Table|Figure|Equation) \(?A?\d+|[表图式]（?A?\d+")
SHEET = re.compile(r"“[^”]*”")


def loose_references(found: WordFields) -> Iterator[str]:
    """List the paragraphs that name an exhibit outside of a field; sheets of the workbook keep their names."""
    yield from (text for text in found.plain if NUMBER.search(SHEET.sub("", text)))
