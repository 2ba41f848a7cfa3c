"""Formats of the report: a format is a file in `formats/` that turns a document into files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from xinzhi.present.numbers import DECIMALS
from xinzhi.register import Register
from xinzhi.report.document import Document
from xinzhi.wording import LANGUAGES, Language


class Format(Protocol):
    """Turn a document into files, in one language or in both."""

    def __call__(
        self, document: Document, *, languages: Sequence[Language], decimals: int
    ) -> Mapping[str, bytes]:
        """Give each file's name, relative to the results folder, and its content."""


FORMATS: Register[Format] = Register("report format", "xinzhi.report.formats")


def write_report(
    document: Document,
    *,
    formats: Sequence[str],
    languages: Sequence[Language] = LANGUAGES,
    decimals: int = DECIMALS,
) -> Mapping[str, bytes]:
    """Turn a document into the files of all the formats asked for.

    Parameters
    ----------
    document
        What to say.
    formats
        Names of registered formats.
    languages
        In which languages; the first is the one a reader meets first.
    decimals
        Digits after the point of numbers that do not bring their own.

    Returns
    -------
    Mapping
        Name of each file, relative to the results folder -> content. Nothing is written here.
    """
    files: dict[str, bytes] = {}
    for name in formats:
        files |= FORMATS.get(name)(document, languages=languages, decimals=decimals)
    return files
