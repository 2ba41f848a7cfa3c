"""Formats of the report: a format is a file in `formats/` that turns a document into files.

Long lists that stand in the workbook and in the page only; a printed appendix says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from xinzhi.present.chart import Chart
from xinzhi.present.drawing import Drawing
from xinzhi.present.numbers import DECIMALS
from xinzhi.present.pictures import Pictures
from xinzhi.present.table import UNDER, Table
from xinzhi.report.document import Document, Numbered, charts_of
from xinzhi_core.register import Register
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings that all formats share."""

    languages: Sequence[Language] = LANGUAGES
    """The first is the one a reader meets first."""
    decimals: int = DECIMALS
    """Digits after the point of numbers that do not bring their own."""
    pictures: Pictures = field(default_factory=Pictures)
    """Where pictures come from."""
    formats: Sequence[str] = ()
    """Formats that are written together."""


class ReportWriter(Protocol):
    """Turn a document into files, in one language or in both."""

    def __call__(self, document: Document, setting: Setting) -> Mapping[str, bytes]:
        """Give each file's name, relative to the results folder, and its content."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of the report."""

    write: ReportWriter
    pictures: str = ""
    """Kind of pictures that it needs of every chart."""
    is_first: bool = False
    """Whether a reader can begin with it while the others are made."""


FORMATS: Register[Format] = Register(message("report format"), "xinzhi.report.formats")


def write_report(
    document: Document,
    *,
    formats: Sequence[str],
    languages: Sequence[Language] = LANGUAGES,
    decimals: int = DECIMALS,
    pictures: Pictures | None = None,
    made: Callable[[Mapping[str, bytes]], None] = lambda _: None,
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
    pictures
        Pictures of the last report; they are drawn anew where it is left out.
    made
        Called with the files of each format as soon as they are made, the page first.

    Returns
    -------
    Mapping
        Name of each file, relative to the results folder -> content. Nothing is written here.
    """
    setting = Setting(languages, decimals, pictures or Pictures(), tuple(formats))
    chosen = [FORMATS.get(name) for name in formats]
    files: dict[str, bytes] = {}
    with setting.pictures.drawn_beside(_list_pictures(document, chosen, languages)):
        # The page first, then what needs no pictures: they are drawn meanwhile.
        for each in sorted(chosen, key=lambda each: (bool(each.pictures), not each.is_first)):
            written = each.write(document, setting)
            made(written)
            files |= written
    return files


def _list_pictures(
    document: Document, chosen: Sequence[Format], languages: Sequence[Language]
) -> Iterator[tuple[Drawing, str]]:
    kinds = dict.fromkeys(each.pictures for each in chosen if each.pictures)
    # Without kinds no chart is made ready: that loads the chart library.
    for chart in charts_of(document) if kinds else ():
        for language in languages:
            drawing = drawing_of(chart, language, document)
            yield from ((drawing, kind) for kind in kinds)


def drawing_of(chart: Chart, language: Language, document: Document) -> Drawing:
    """Make a chart of a document ready to be drawn."""
    from xinzhi.present.render import drawing  # noqa: PLC0415 - loads the chart library

    return drawing(chart, language, mark=mark_of(document, language))


def captions_in(document: Document, language: Language) -> tuple[Language, ...]:
    """List the languages of captions: both under each other where a Chinese journal asks for them."""
    return ("zh", "en") if document.profile == "chinese_journal" else (language,)


def mark_of(document: Document, language: Language) -> str:
    """Write the mark of simulated data for pictures and headers."""
    return say(message("(simulated data)"), language) if document.simulated else ""


def with_mark(title: str, document: Document, language: Language) -> str:
    """Write the mark of simulated data behind a title; Chinese has no blank before a bracket."""
    mark = mark_of(document, language)
    return title if mark in title else f"{title}{'' if language == 'zh' else ' '}{mark}"


LONGEST, LARGEST = 30, 400
"""Rows and cells of a list that a printed appendix still holds."""


def is_list(table: Table) -> bool:
    """Whether each row of a table stands for itself, such as a city, and there are many."""
    has_errors = any(cell.kind in UNDER for row in table.rows for cell in row.cells)
    n_rows, n_columns = len(table.rows), len(table.columns)
    return (n_rows > LONGEST or n_rows * n_columns > LARGEST) and not has_errors


def where(numbered: Numbered, setting: Setting) -> Wording | None:
    """Say in one line where a list of the appendix stands; None where it is printed."""
    table = numbered.block
    if numbered.part == "text" or not isinstance(table, Table) or not is_list(table):
        return None
    values = {"caption": numbered.caption, "title": table.title, "n": len(table.rows)}
    if "xlsx" in setting.formats and "html" in setting.formats:
        return message(
            "{caption}: {title} ({n} rows). See sheet “{caption}” of tables.xlsx, or search it in "
            "report.html.",
            **values,
        )
    if "xlsx" in setting.formats:
        return message(
            "{caption}: {title} ({n} rows). See sheet “{caption}” of tables.xlsx.", **values
        )
    if "html" in setting.formats:
        return message("{caption}: {title} ({n} rows). See report.html.", **values)
    return None
