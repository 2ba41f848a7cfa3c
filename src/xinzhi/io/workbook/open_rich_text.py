"""Superscript characters of open documents (ods): refused, as the library that reads the cells joins them to digits."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from xinzhi.errors import DataError, Where
from xinzhi.io.raw import listed
from xinzhi.io.workbook.rich_text import Followed, feed
from xinzhi.wording import message

SHOWN = 6


def refuse_raised(path: Path, where: Where) -> None:
    """Refuse a document in which any part of a cell is raised; call after `inspect` only.

    Raises
    ------
    DataError
        `excel.raised`, with the texts of the cells.
    """
    document = _Document()
    with zipfile.ZipFile(path) as archive:
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist():
                with archive.open(part) as stream:
                    feed(stream, document)
    if document.found:
        raise DataError.of(
            message(
                "The workbook has superscript characters ({texts}), which cannot be told from digits in "
                "this format.",
                texts=listed((f"'{text}'" for text in document.found), SHOWN),
            ),
            where,
            message("save the workbook as xlsx, or take the superscript characters off."),
            code="excel.raised",
        )


class _Document(Followed):
    """Collects the styles that raise, and the cells of which a part is raised."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}
        self._styles: set[str] = set()
        self._style = self._text = ""
        self._in_cell = self._is_raised = False

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet a style, a cell or a part of its text."""
        bare = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        if tag == "style":
            self._style = bare.get("name", "")
        elif tag == "text-properties" and bare.get("text-position", "").startswith("super"):
            self._styles.add(self._style)
        elif tag == "table-cell":
            self._in_cell, self._is_raised, self._text = True, False, ""
        elif tag == "span" and self._in_cell:
            self._is_raised = self._is_raised or bare.get("style-name", "") in self._styles

    def data(self, text: str) -> None:
        """Take the characters of a cell."""
        if self._in_cell:
            self._text += text

    def finish(self, tag: str) -> None:
        """Note a cell."""
        if tag == "table-cell":
            if self._is_raised:
                self.found[self._text.strip()] = None
            self._in_cell = False
