"""Markdown: the report, and each table in a file of its own; no word of the user is read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import tex
from xinzhi.present.numbers import write
from xinzhi.present.table import Table
from xinzhi.report.document import (
    NUMBERING_APPENDIX,
    Document,
    Heading,
    Numbered,
    NumberedSection,
    Paragraph,
    Profiles,
    Warned,
    number_chapters,
)
from xinzhi.report.file_names import in_language, meanings, stems
from xinzhi.report.format import FORMATS, Format, Setting, captions_in, where, with_mark
from xinzhi.report.head import OpeningLine
from xinzhi_core.wording import Language, Wording, say

PICTURES = ("svg", "png")
"""Kinds of pictures that a page of Markdown shows, the better first."""


def write_md(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write report.md, and each of its tables in a file of its own."""
    languages = setting.languages
    chapters = list(number_chapters(document))
    blocks = (numbered for chapter in chapters for numbered in chapter.blocks)
    tables = [(n, n.block) for n in blocks if isinstance(n.block, Table)]
    names = stems([table.id for _, table in tables])
    files: dict[str, str] = {}
    for language in languages:
        page = _MarkdownPage(language, setting, document)
        for name, (numbered, table) in zip(names, tables, strict=True):
            path = f"tables/{in_language(name, 'md', language, languages)}"
            files[path] = page.table(numbered, replace(table, notes=table.all_notes))
        files[in_language("report", "md", language, languages)] = page.whole(chapters)
    return {name: text.encode() for name, text in files.items()}


FORMATS.add("md")(Format(write_md))


@dataclass(frozen=True, slots=True)
class _MarkdownPage:
    """How a report is written in one language."""

    language: Language
    setting: Setting
    document: Document

    def whole(self, chapters: Sequence[NumberedSection]) -> str:
        """Write the title and all chapters."""
        title = with_mark(say(self.document.title, self.language), self.document, self.language)
        parts = [f"# {markdown(title)}"]
        for chapter in chapters:
            if chapter.begins_appendix:
                parts.append(f"# {self._say(NUMBERING_APPENDIX)}")
            parts.append(f"## {self._say(chapter.heading)}")
            parts += map(self._block, chapter.blocks)
        return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"

    def _block(self, numbered: Numbered) -> str:
        block, elsewhere = numbered.block, where(numbered, self.setting)
        if elsewhere is not None:
            return self._say(elsewhere)
        if isinstance(block, Table):
            return self.table(numbered, block)
        if isinstance(block, Chart):
            return self._figure(numbered, block)
        if isinstance(block, NumberedEquation):
            return self._equation(numbered, block)
        return self._words(block)

    def _words(self, block: Heading | OpeningLine | Paragraph | Warned | Profiles) -> str:
        """Write what is words alone."""
        if isinstance(block, OpeningLine):
            return f"**{self._say(block.title)}** {self._say(block.sentence)}"
        mark = "### " if isinstance(block, Heading) else ""
        return f"{mark}{self._say(block.text)}"

    def table(self, numbered: Numbered, table: Table) -> str:
        """Write a table below its caption and above its notes."""
        lines = [self._caption(numbered, table.title), "", *self._grid(table)]
        for sentences in filter(None, (table.notes, table.reading)):
            lines += ["", *(f"- {self._say(sentence)}" for sentence in sentences)]
        return "\n".join(lines) + "\n"

    def _grid(self, table: Table) -> Iterator[str]:
        """Write the rows; a spanner stands before the heading that it covers."""
        headings = (self._say(column.full_heading) for column in table.columns)
        yield _line([self._say(table.stub), *headings])
        yield _line(["---", *("---:" for _ in table.columns)])
        for row in table.rows:
            texts = (str(write(cell, self.language, self.setting.decimals)) for cell in row.cells)
            yield _line([self._say(row.label), *map(markdown, texts)])

    def _figure(self, numbered: Numbered, chart: Chart) -> str:
        """Show a picture where one is written, above its caption."""
        kind = next((kind for kind in PICTURES if kind in self.setting.formats), None)
        notes = (f"- {self._say(note)}" for note in chart.notes)
        lines = [self._caption(numbered, chart.title), *notes]
        if kind is not None:
            (stem,) = stems([chart.id])
            name = in_language(stem, kind, self.language, self.setting.languages)
            lines = [f"![{self._say(chart.title)}](figures/{name})", "", *lines]
        return "\n".join(lines)

    def _equation(self, numbered: Numbered, equation: NumberedEquation) -> str:
        """Write an equation as TeX between double dollars, which viewers of Markdown know."""
        words = (
            markdown(part) if isinstance(part, str) else f"${tex(part, self.language)}$"
            for part in meanings(equation, self.language)
        )
        display = f"$$\n{tex(equation.tree, self.language)} \\tag{{{numbered.number}}}\n$$"
        parts = (self._say(equation.title), display, "".join(words))
        return "\n\n".join(part for part in parts if part)

    def _caption(self, numbered: Numbered, title: Wording) -> str:
        """Write the caption in the languages that the profile asks for, one below the other."""
        return "  \n".join(
            f"**{markdown(say(numbered.caption, language))}** "
            f"{markdown(with_mark(say(title, language), self.document, language))}"
            for language in captions_in(self.document, self.language)
        )

    def _say(self, wording: Wording) -> str:
        return markdown(say(wording, self.language))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_SIGNS = re.compile(r"([\\`*_{}\[\]<>|#$~&@!])")
_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def markdown(text: str) -> str:
    r"""Escape words for Markdown; a line break is a space.

    >>> markdown("<b> *x* | a_b"), markdown("- item"), markdown("http://x")
    ('\\<b\\> \\*x\\* \\| a\\_b', '\\- item', 'http\\://x')
    """
    plain = _SIGNS.sub(r"\\\1", _CONTROL.sub(" ", text))
    plain = _LINKS.sub(r"\\\g<0>", plain)
    # A word does not begin a list: a backslash stands before the sign, or before the point.
    plain = re.sub(r"^(\s*)([-+=])", r"\1\\\2", plain)
    return re.sub(r"^(\s*\d+)(?=[.)])", r"\1\\", plain)
