"""Lengths of the texts in a workbook: how long one can be, and how long those are that cells have in common."""

from __future__ import annotations

from typing import Final

from xinzhi.errors import DataError, Where
from xinzhi.io.workbook.markup import Attributes, Markup, bare
from xinzhi.wording import message

LONGEST_TEXT: Final = 32_767
"""Characters that a cell can hold."""


class TextScan(Markup):
    """Measures the texts that cells have in common."""

    def __init__(self, part: str, where: Where) -> None:
        super().__init__(part, where)
        self.lengths: list[int] = []
        self.parser.EndElementHandler = self._end

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin a text, or a piece of it."""
        del attributes
        kind = bare(name)
        if kind == "si":
            self.lengths.append(0)
        elif kind == "t" and self.lengths:
            self.parser.CharacterDataHandler = self._text

    def _end(self, name: str) -> None:
        self.ended.append(name)
        self.parser.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        self.lengths[-1] += len(text)
        if self.lengths[-1] > LONGEST_TEXT:
            raise too_long(self.where)


def too_long(where: Where) -> DataError:
    """Say that a text is longer than a cell can hold."""
    return DataError.of(
        message("A cell holds more than {most} characters.", most=LONGEST_TEXT),
        where,
        message("shorten the text, or save the table as csv."),
        code="limit.text",
    )
