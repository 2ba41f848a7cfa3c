"""XML of files that are not trusted, as a stream of events: no entities, no deep nesting, one encoding.

The parser is Expat, as it comes with Python. It reads strictly and in time that grows with the
length, while the library that reads the cells guesses: what passes here means the same to both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Final
from xml.parsers import expat

from xinzhi.errors import DataError, Where
from xinzhi.io.options import MEGABYTE
from xinzhi.wording import Message, message

BLOCK: Final = MEGABYTE
"""Bytes at once; how deep elements are nested is looked at between two blocks."""
DEEPEST: Final = 100
"""Levels of elements; those of workbooks are below twenty."""
WIDE = (b"\xff\xfe", b"\xfe\xff")
PLAIN = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
Attributes = list[str]
"""Names and values in turn."""


class Unfit(ValueError):
    """A part that no spreadsheet program writes; says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


def bare(name: str) -> str:
    """Name of an element or attribute without its prefix.

    >>> bare("x:row"), bare("row")
    ('row', 'row')
    """
    return name.rpartition(":")[2]


def pairs(attributes: Attributes) -> dict[str, str]:
    """Attributes by their names without prefix.

    >>> pairs(["r:id", "rId1", "name", "S"])
    {'id': 'rId1', 'name': 'S'}
    """
    names = map(bare, attributes[::2])
    return dict(zip(names, attributes[1::2], strict=True))


def blocks_of(stream: IO[bytes] | bytes) -> Iterator[bytes]:
    """Cut a stream, or what was read from it, into blocks."""
    if isinstance(stream, bytes):
        for start in range(0, len(stream), BLOCK):
            yield stream[start : start + BLOCK]
        return
    while block := stream.read(BLOCK):
        yield block


class Markup:
    """Reads one part; a class that wants its elements replaces `start`."""

    def __init__(self, part: str, where: Where) -> None:
        self.part = part
        self.where = where
        self.starts = 0
        self.ended: list[str] = []
        self.encoding = ""
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._refuse_entities
        self.parser.StartElementHandler = self._start
        # A method of a list is called without Python, for millions of cells.
        self.parser.EndElementHandler = self.ended.append

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the part to its end.

        Raises
        ------
        DataError
            `security.xml_entity`.
        Unfit
            It is not XML, not in UTF-8, or nested too deep.
        """
        is_first = True
        try:
            for block in blocks:
                if is_first and block.startswith(WIDE):
                    self.encoding = "UTF-16"
                is_first = False
                self.before(block)
                self.parser.Parse(block, False)
                self._refuse_depth()
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            why = expat.ErrorString(error.code) or ""
            raise Unfit(message("{part} is not XML: {why}", part=self.part, why=why)) from error
        if self.encoding and self.encoding.casefold() not in PLAIN:
            raise Unfit(
                message(
                    "{part} is written in {encoding}, not in UTF-8",
                    part=self.part,
                    encoding=self.encoding,
                )
            )

    def before(self, block: bytes) -> None:
        """Look at a block before it is read."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""

    def _start(self, name: str, attributes: Attributes) -> None:
        self.starts += 1
        self.start(name, attributes)

    def _refuse_depth(self) -> None:
        self.starts -= len(self.ended)
        self.ended.clear()
        if self.starts > DEEPEST:
            raise Unfit(
                message("{part} is nested more than {n} levels deep", part=self.part, n=DEEPEST)
            )

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        self.encoding = self.encoding or encoding or ""

    def _refuse_entities(
        self, name: str, system: str | None, public: str | None, has_subset: int
    ) -> None:
        del name, system, public, has_subset
        raise DataError.of(
            message("The workbook declares XML entities, which no spreadsheet program does."),
            self.where,
            message("do not trust this file; ask its author for a csv."),
            code="security.xml_entity",
        )


class Elements(Markup):
    """Hands each element to a function, with its name without prefix."""

    def __init__(
        self, part: str, where: Where, take: Callable[[str, dict[str, str]], None]
    ) -> None:
        super().__init__(part, where)
        self.take = take

    def start(self, name: str, attributes: Attributes) -> None:
        """Hand it on."""
        self.take(bare(name), pairs(attributes))
