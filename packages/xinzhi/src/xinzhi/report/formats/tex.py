"""LaTeX: the report, and each table in a file of its own; no word of the user is read as a command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import tex
from xinzhi.present.numbers import write
from xinzhi.present.table import Cell, Row, Table
from xinzhi.report.document import (
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
from xinzhi.report.format import FORMATS, Format, Setting, captions_in, mark_of, where
from xinzhi.report.formats.html_table import spanners_of
from xinzhi.report.head import OpeningLine
from xinzhi_core.wording import Language, Wording, message, say

WIDE = 7
"""From so many columns on, a table is set small."""
LONG = 45
"""From so many rows on, a table runs over pages."""
LINE, WIDEST = 98, 30
"""Latin characters on a line of 16 cm in small letters, and most of them for one column."""
NEEDS = "% \\usepackage{booktabs,threeparttable,adjustbox,longtable,array}"
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=2.5cm]{geometry}
\usepackage{booktabs,threeparttable,adjustbox,longtable,array,amsmath,graphicx}
"""
PICTURES = ("pdf", "png")
"""Kinds of pictures that LaTeX takes in, the better first."""
CJK = "\\usepackage{xeCJK} % compile with xelatex\n"
BEGIN_APPENDIX = r"""\clearpage\appendix
\setcounter{table}{0}\renewcommand{\thetable}{A\arabic{table}}
\setcounter{figure}{0}\renewcommand{\thefigure}{A\arabic{figure}}"""
CHINESE = "\\renewcommand{\\tablename}{表}\n\\renewcommand{\\figurename}{图}\n"


def write_tex(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write report.tex, and each of its tables in a file of its own."""
    languages = setting.languages
    chapters = list(number_chapters(document))
    blocks = (numbered.block for chapter in chapters for numbered in chapter.blocks)
    tables = [block for block in blocks if isinstance(block, Table)]
    # By identity: two tables may share an id, and their files differ.
    stem_of = dict(zip(map(id, tables), stems([table.id for table in tables]), strict=True))
    files: dict[str, str] = {}
    for language in languages:
        page = Page(language, setting, document)
        names = {
            key: f"tables/{in_language(stem, 'tex', language, languages)}"
            for key, stem in stem_of.items()
        }
        files |= {names[id(table)]: page.table(table, stem_of[id(table)]) for table in tables}
        body = "\n".join(page.chapter(chapter, names) for chapter in chapters)
        files[in_language("report", "tex", language, languages)] = page.whole(
            body,
            is_chinese=any(letter >= "\u2e80" for name in names.values() for letter in files[name]),
        )
    return {name: text.encode() for name, text in files.items()}


FORMATS.add("tex")(Format(write_tex))


@dataclass(frozen=True, slots=True)
class Page:
    """How tables are set in one language."""

    language: Language
    setting: Setting
    document: Document

    @property
    def decimals(self) -> int:
        """Digits after the point where a number brings none of its own."""
        return self.setting.decimals

    def whole(self, body: str, *, is_chinese: bool) -> str:
        """Set the document around its chapters; names in Chinese need its characters in English too."""
        is_chinese = is_chinese or self.language == "zh" or any(c >= "\u2e80" for c in body)
        names = CHINESE if self.language == "zh" else ""
        mark = latex(mark_of(self.document, self.language))
        title = f"\\title{{{self.say(self.document.title)}}}\n\\date{{{mark}}}\n"
        chinese = (CJK if is_chinese else "") + names
        return f"{PREAMBLE}{chinese}{title}\\begin{{document}}\n\\maketitle\n{body}\n\\end{{document}}\n"

    def chapter(self, chapter: NumberedSection, names: Mapping[int, str]) -> str:
        """Set a chapter; the first of the appendix begins it."""
        star = "" if chapter.section.is_numbered else "*"
        lines = [BEGIN_APPENDIX] if chapter.begins_appendix else []
        lines.append(f"\\section{star}{{{self.say(chapter.section.title)}}}")
        return "\n".join((*lines, *(self.block(n, names) for n in chapter.blocks), ""))

    def block(self, numbered: Numbered, names: Mapping[int, str]) -> str:
        """Set a paragraph, an equation, a figure, or take in a table."""
        block, elsewhere = numbered.block, where(numbered, self.setting)
        if elsewhere is not None:
            return f"{self.say(elsewhere)}\n"
        if isinstance(block, Table):
            return f"\\input{{{names[id(block)]}}}\n"
        if isinstance(block, NumberedEquation):
            return self.equation(block)
        if isinstance(block, Chart):
            return self.figure(block)
        return self._words(block)

    def _words(self, block: Heading | OpeningLine | Paragraph | Warned | Profiles) -> str:
        """Set what is words alone."""
        if isinstance(block, Heading):
            return f"\\subsection*{{{self.say(block.text)}}}"
        if isinstance(block, OpeningLine):
            return f"\\textbf{{{self.say(block.title)}}} {self.say(block.sentence)}\n"
        return f"{self.say(block.text)}\n"

    def figure(self, chart: Chart) -> str:
        """Take in a picture where one is written; else say what it shows."""
        kind = next((kind for kind in PICTURES if kind in self.setting.formats), None)
        (stem,) = stems([chart.id])
        lines = [r"\begin{figure}[htbp]", r"\centering"]
        if kind is not None:
            path = in_language(stem, kind, self.language, self.setting.languages)
            lines.append(rf"\includegraphics[width=\linewidth]{{figures/{path}}}")
        lines += [self.captioned(chart.title, f"fig:{stem}"), r"\end{figure}", ""]
        return "\n".join(lines)

    def captioned(self, title: Wording, label: str) -> str:
        """Set a caption, under it the one in the other language where both are asked for."""
        first, *others = captions_in(self.document, self.language)
        texts = [self._marked(title, language) for language in (first, *others)]
        kind = message("Table") if label.startswith("tab") else message("Figure")
        counter = r"\thetable" if label.startswith("tab") else r"\thefigure"
        more = "".join(
            rf"\\{latex(say(kind, language))}~{counter}\quad {text}"
            for language, text in zip(others, texts[1:], strict=True)
        )
        short = rf"[{texts[0]}]" if more else ""
        return rf"\caption{short}{{{texts[0]}{more}}}\label{{{label}}}"

    def _marked(self, title: Wording, language: Language) -> str:
        mark = mark_of(self.document, language)
        return latex(f"{say(title, language)} {mark}".rstrip())

    def say(self, wording: Wording) -> str:
        """Write words so that LaTeX reads none of them as a command."""
        return latex(say(wording, self.language))

    def table(self, table: Table, stem: str) -> str:
        """Set a table with its caption, its three rules and its notes."""
        lines = self._long(table, stem) if len(table.rows) >= LONG else self._lines(table, stem)
        return "\n".join((NEEDS, *lines, ""))

    def equation(self, equation: NumberedEquation) -> str:
        """Set a numbered equation between what it says and what its symbols stand for."""
        words = "".join(
            latex(part) if isinstance(part, str) else f"${tex(part, self.language)}$"
            for part in meanings(equation, self.language)
        )
        label = rf"\label{{eq:{re.sub(r'[^A-Za-z0-9]+', '-', equation.id)}}}"
        display = (
            f"\\begin{{equation}}{label}\n{tex(equation.tree, self.language)}\n\\end{{equation}}"
        )
        return f"{self.say(equation.title)}\n{display}\n\\noindent {words}\n"

    def _long(self, table: Table, stem: str) -> Iterator[str]:
        """Set a table that runs over pages, its headings on each; wide columns break their words."""
        size, columns = self._columns(table)
        headings = [*self._headings(table)]
        yield r"\clearpage % tables that float keep their place before this one"
        yield rf"\begingroup\{size}\setlength{{\tabcolsep}}{{2pt}}"
        yield rf"\begin{{longtable}}{{{columns}}}"
        yield self.captioned(table.title, f"tab:{stem}") + r"\\"
        for end in (r"\endfirsthead", r"\endhead"):
            yield from (r"\toprule", *headings, r"\midrule", end)
        yield r"\bottomrule\endfoot"
        for row in table.rows:
            yield from self._row(row)
        yield r"\end{longtable}"
        yield from (rf"\noindent {self.say(note)}\par" for note in table.notes)
        yield r"\endgroup"

    def _columns(self, table: Table) -> tuple[str, str]:
        """Choose the size of the letters and the columns of a long table, by what they hold."""
        texts = [[table.stub, *(row.label for row in table.rows)]]
        texts += [
            [
                column.heading,
                *(str(write(row.cells[i], self.language, self.decimals)) for row in table.rows),
            ]
            for i, column in enumerate(table.columns)
        ]
        widths = [max(_width(say(text, self.language)) for text in column) + 2 for column in texts]
        if sum(widths) <= LINE:
            return "footnotesize", "l" + "c" * (len(widths) - 1)
        asked = [min(width, WIDEST) for width in widths]
        return "tiny", "".join(
            rf">{{\raggedright\arraybackslash}}p{{{0.92 * width / sum(asked):.3f}\linewidth}}"
            for width in asked
        )

    def _lines(self, table: Table, stem: str) -> Iterator[str]:
        yield r"\begin{table}[htbp]"
        yield r"\centering" + (r"\footnotesize" if len(table.columns) >= WIDE else "")
        yield r"\begin{adjustbox}{max width=\linewidth,max totalheight=0.9\textheight}"
        yield r"\begin{threeparttable}"
        yield self.captioned(table.title, f"tab:{stem}")
        yield rf"\begin{{tabular}}{{l*{{{max(len(table.columns), 1)}}}{{c}}}}"
        yield r"\toprule"
        yield from self._headings(table)
        yield r"\midrule"
        for row in table.rows:
            yield from self._row(row)
        yield r"\bottomrule"
        yield r"\end{tabular}"
        yield from self._notes(table)
        yield r"\end{threeparttable}"
        yield r"\end{adjustbox}"
        yield r"\end{table}"

    def _headings(self, table: Table) -> Iterator[str]:
        spanners = spanners_of(table)
        if spanners:
            texts = (f"\\multicolumn{{{s.width}}}{{c}}{{{self.say(s.text)}}}" for s in spanners)
            yield f" & {' & '.join(texts)} \\\\"
            first = 2
            for spanner in spanners:
                if spanner.text:
                    yield rf"\cmidrule(lr){{{first}-{first + spanner.width - 1}}}"
                first += spanner.width
        headings = (self.say(column.heading) for column in table.columns)
        yield " & ".join((self.say(table.stub), *headings)) + r" \\"

    def _row(self, row: Row) -> Iterator[str]:
        if row.rule_above:
            yield r"\midrule"
        yield " & ".join((self.say(row.label), *(self._cell(cell) for cell in row.cells))) + r" \\"

    def _cell(self, cell: Cell) -> str:
        text = write(cell, self.language, self.decimals)
        stars = rf"\textsuperscript{{{text.stars}}}" if text.stars else ""
        return latex(text.text) + stars

    def _notes(self, table: Table) -> Iterator[str]:
        if table.notes:
            yield r"\begin{tablenotes}\footnotesize"
            for note in table.notes:
                yield rf"\item {self.say(note)}"
            yield r"\end{tablenotes}"


def _width(text: str) -> int:
    return sum(2 if letter > "\u2e7f" else 1 for letter in text)


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"{\char96}",
    "'": "{'}",
    '"': r"{\char34}",
    # Grouped, so that they neither join into dashes nor begin an option of the line break before.
    "-": "{-}",
    "*": "{*}",
    "[": "{[}",
    "]": "{]}",
    # Signs that fonts of LaTeX lack.
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "≠": r"$\neq$",
    "±": r"$\pm$",
    "∞": r"$\infty$",
    "²": r"\textsuperscript{2}",
    "³": r"\textsuperscript{3}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "ȳ": r"$\bar{y}$",
    "χ": r"$\chi$",
    "→": r"$\rightarrow$",
    "÷": r"$\div$",
    "\u00a0": "~",
}
_PATTERN = re.compile("|".join(re.escape(sign) for sign in _SPECIAL))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def latex(text: str) -> str:
    r"""Escape words for LaTeX; a line break is a space.

    >>> latex("50% of $\\input{x}$"), latex("−0.5**")
    ('50\\% of \\$\\textbackslash{}input\\{x\\}\\$', '$-$0.5{*}{*}')
    """
    return _PATTERN.sub(lambda match: _SPECIAL[match[0]], _CONTROL.sub(" ", text))
