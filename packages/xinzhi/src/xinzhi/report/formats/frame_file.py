"""A frame of results as a file of its own: a workbook, or a file of Stata.

What a command computes is laid beside the data in the program that its reader has. Numbers stay numbers with
their digits; text stays text, also where a program would take it for a formula; what the file cannot hold is
said.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xinzhi.report.formats.xlsx import ALWAYS, TEXT_ONLY
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Language, Wording, message, say

MOST_ROWS, MOST_COLUMNS = 1_048_575, 16_384
"""Rows below the headings, and columns, of a sheet."""
WIDEST = 40
"""Characters of a column as it is opened."""
LONGEST_NAME, LONGEST_LABEL, LONGEST_TEXT = 32, 80, 2045
"""Characters of a name and of a label of Stata, and bytes of a text that is not a long one."""
RESERVED = frozenset(
    [
        "_all",
        "_b",
        "_coef",
        "_cons",
        "_n",
        "_N",
        "_pi",
        "_pred",
        "_rc",
        "_se",
        "_skip",
        "aggregate",
        "array",
        "boolean",
        "break",
        "byte",
        "case",
        "catch",
        "class",
        "colvector",
        "complex",
        "const",
        "continue",
        "default",
        "delegate",
        "delete",
        "do",
        "double",
        "else",
        "eltypedef",
        "end",
        "enum",
        "explicit",
        "export",
        "external",
        "float",
        "for",
        "friend",
        "function",
        "global",
        "goto",
        "if",
        "in",
        "inline",
        "int",
        "local",
        "long",
        "namespace",
        "new",
        "numeric",
        "NULL",
        "operator",
        "orgtypedef",
        "pointer",
        "polymorphic",
        "pragma",
        "private",
        "protected",
        "public",
        "quad",
        "real",
        "rowvector",
        "scalar",
        "short",
        "signed",
        "static",
        "strL",
        "string",
        "struct",
        "super",
        "switch",
        "template",
        "this",
        "throw",
        "transmorphic",
        "try",
        "typedef",
        "typename",
        "union",
        "unsigned",
        "using",
        "vector",
        "version",
        "virtual",
        "void",
        "volatile",
        "while",
        "with",
    ]
)
"""Words that no variable of Stata is called by; str1, str2, … are others."""
WHOLE = 2**31 - 101
"""Largest whole number that Stata keeps as one."""


@dataclass(frozen=True, slots=True)
class FrameFile:
    """A frame on its way into a file, with what stands in notes beside it."""

    frame: pd.DataFrame
    title: Wording
    notes: Sequence[Wording] = ()
    language: Language = "en"
    id: str = ""
    """Its name among the tables of one command."""

    @property
    def flat(self) -> pd.DataFrame:
        """The columns in their order, named levels of the index first; a level without a name counts rows."""
        named = [name for name in self.frame.index.names if name is not None]
        return self.frame.reset_index(named) if named else self.frame

    def xlsx(self) -> bytes:
        """Write a workbook: a sheet of results with a heading that stays, and one of notes."""
        return workbook([self])

    def _say(self, words: Wording) -> str:
        return say(words, self.language)

    def dta(self) -> tuple[bytes, tuple[Notice, ...]]:
        """Write a file of Stata 14 and later; also say what it holds otherwise than the frame."""
        frame = self.flat
        olds = list(map(str, frame.columns))
        news = stata_names(olds)
        cells = [[_plain(value) for value in frame.iloc[:, at].tolist()] for at in range(len(olds))]
        made = pd.DataFrame(
            {new: _for_stata(column) for new, column in zip(news, cells, strict=True)}
        )
        content = io.BytesIO()
        made.to_stata(
            content,
            write_index=False,
            version=118,  # of Stata 14 and later: text in UTF-8
            variable_labels={new: old[:LONGEST_LABEL] for old, new in zip(olds, news, strict=True)},
            data_label=self._say(self.title)[:LONGEST_LABEL],
            time_stamp=ALWAYS.replace(tzinfo=None),
            convert_strl=[name for name in made if _is_long(made[name])],
        )
        n_infinite = sum(isinstance(cell, float) and math.isinf(cell) for c in cells for cell in c)
        renamed = [f"{old} -> {new}" for old, new in zip(olds, news, strict=True) if old != new]
        return content.getvalue(), tuple(_lost(renamed, n_infinite))


def workbook(files: Sequence[FrameFile]) -> bytes:
    """Write a workbook: a sheet of results for each frame, with a heading that stays, and one of notes.

    Raises
    ------
    SpecError
        `output.too_large`: more rows or columns than a sheet has.
    """
    first, content = files[0], io.BytesIO()
    frames = [file.flat for file in files]
    for frame in frames:
        if len(frame) > MOST_ROWS or frame.shape[1] > MOST_COLUMNS:
            raise SpecError(_too_large(frame))
    with Workbook(content, TEXT_ONLY) as book:
        book.set_properties({"title": say(first.title, first.language), "created": ALWAYS})
        notes: list[Wording] = []
        for n, (file, frame) in enumerate(zip(files, frames, strict=True), 1):
            name = message("Results") if len(files) == 1 else message("Results {n}", n=n)
            _results(book, book.add_worksheet(say(name, file.language)), frame)
            title = file.title if len(files) == 1 else message("{n}. {text}", n=n, text=file.title)
            notes += [title, *file.notes]
        sheet = book.add_worksheet(say(message("Notes"), first.language))
        sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for row, note in enumerate(notes):
            sheet.write_string(row, 0, say(note, first.language))
    return content.getvalue()


def _too_large(frame: pd.DataFrame) -> Problem:
    text = message(
        "A sheet holds {rows} rows and {columns} columns; here are {n} and {k}.",
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
        n=len(frame),
        k=frame.shape[1],
    )
    remedy = message("let the name of the file end in .csv.")
    return Problem("output.too_large", text, Where(key="--output"), remedy)


def _results(book: Workbook, sheet: Worksheet, frame: pd.DataFrame) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    decimal = book.add_format({"num_format": "0.000###"})
    for at, name in enumerate(map(str, frame.columns)):
        sheet.write_string(0, at, name, bold)
        texts = [name]
        for row, value in enumerate(frame.iloc[:, at].tolist(), 1):
            cell = _plain(value)
            if isinstance(cell, bool):
                sheet.write_boolean(row, at, cell)
            elif isinstance(cell, str) or (cell is not None and math.isinf(cell)):
                texts.append(str(cell))
                sheet.write_string(row, at, texts[-1])
            elif cell is not None:
                sheet.write_number(row, at, cell, None if cell.is_integer() else decimal)
        sheet.set_column(at, at, min(max(map(_width, texts)) + 2, WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), max(frame.shape[1] - 1, 0))


def _lost(renamed: Sequence[str], n_infinite: int) -> Iterator[Notice]:
    where = Where(key="--output")
    if renamed:
        text = message(
            "Stata has no such names; the old ones are the labels of the variables: {names}.",
            names=", ".join(renamed),
        )
        yield Notice("output.stata_names", text, where)
    if n_infinite:
        text = message(
            "Stata has no infinite numbers: {n} cells are missing there.",
            one="Stata has no infinite numbers: {n} cell is missing there.",
            n=n_infinite,
        )
        yield Notice("output.stata_infinite", text, where)


def stata_names(names: Iterable[str]) -> list[str]:
    """Name the variables of a file of Stata: letters, digits and _, at most 32, none twice.

    >>> stata_names(["绿色 效率", "1990", "x", "x"])
    ['绿色_效率', '_1990', 'x', 'x_2']
    """
    found: list[str] = []
    for name in names:
        base = re.sub(r"\W", "_", name)
        base = base if base[:1].isalpha() or base[:1] == "_" else f"_{base}"
        if base in RESERVED or re.fullmatch(r"str\d+", base):
            base = f"_{base}"
        new, n = base[:LONGEST_NAME], 1
        while new in found:
            n += 1
            new = f"{base[: LONGEST_NAME - len(str(n)) - 1]}_{n}"
        found.append(new)
    return found


Plain = str | float | bool | None
"""A cell as a program keeps it; None is a missing one."""


def _plain(value: object) -> Plain:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        number = float(value)
        return None if math.isnan(number) else number
    return str(value)


def _for_stata(cells: Sequence[Plain]) -> pd.Series:
    """Give a column as Stata keeps it: text where there is any, else whole numbers or numbers."""
    if any(isinstance(cell, str) for cell in cells):
        return pd.Series(["" if cell is None else str(cell) for cell in cells], dtype=object)
    numbers = np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=float)
    numbers[np.isinf(numbers)] = np.nan
    is_whole = (numbers == np.trunc(numbers)) & (np.abs(numbers) < WHOLE)
    return pd.Series(numbers.astype(np.int32) if len(numbers) and is_whole.all() else numbers)


def _is_long(values: pd.Series) -> bool:
    is_text = values.dtype == object
    return is_text and any(len(text.encode()) > LONGEST_TEXT for text in values)


def _width(text: str) -> int:
    """Characters that a text takes: a Chinese one takes two."""
    return sum(1 if character.isascii() else 2 for character in text)
