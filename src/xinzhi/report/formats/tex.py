"""LaTeX, one file a table: no word of the user is read as a command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.present.equation import Equation
from xinzhi.present.equation.tex import tex
from xinzhi.present.numbers import write
from xinzhi.present.table import Cell, Part, Row, Table
from xinzhi.report.document import Document
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.format import FORMATS, Format, Setting
from xinzhi.report.formats.html_table import spanners_of
from xinzhi.report.meanings import meanings
from xinzhi.report.numbering import numbered
from xinzhi.wording import Language, Wording, message, say

WIDE = 7
"""From so many columns on, a table is set small."""
LONG = 45
"""From so many rows on, a table runs over pages."""
LINE, WIDEST = 98, 30
"""Latin characters on a line of 16 cm in small letters, and most of them for one column."""
NEEDS = "% \\usepackage{booktabs,threeparttable,adjustbox,longtable,array}"
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=2.5cm]{geometry}
\usepackage{booktabs,threeparttable,adjustbox,longtable,array,amsmath}
"""
CJK = "\\usepackage{xeCJK} % compile with xelatex\n"
BEGIN_APPENDIX = r"""\clearpage\appendix
\setcounter{table}{0}\renewcommand{\thetable}{A\arabic{table}}"""
CHINESE = "\\renewcommand{\\tablename}{表}\n"


def write_tex(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write tables/*.tex, the equations, and a document that holds them all, to look at them."""
    languages, decimals = setting.languages, setting.decimals
    chapters = list(numbered(document))
    tables = [
        (one.block, chapter.section.part)
        for chapter in chapters
        for one in chapter.blocks
        if isinstance(one.block, Table)
    ]
    equations = [
        one.block
        for chapter in chapters
        for one in chapter.blocks
        if isinstance(one.block, Equation)
    ]
    names = stems(["all_tables", "equations", *(table.id for table, _ in tables)])
    files: dict[str, str] = {}
    for language in languages:
        page = _Page(language, decimals, is_simulated=document.simulated)
        all_name, first, *own = (in_language(name, "tex", language, languages) for name in names)
        for name, stem, (table, _) in zip(own, names[2:], tables, strict=True):
            files[name] = page.table(table, stem)
        parts = [part for _, part in tables]
        if equations:
            files[first] = "\n".join(page.equation(one) for one in equations)
            own, parts = [first, *own], ["text", *parts]
        has_chinese = any(letter >= "\u2e80" for name in own for letter in files[name])
        files[all_name] = _document(own, parts, language, has_chinese=has_chinese)
    return {f"tables/{name}": text.encode() for name, text in files.items()}


FORMATS.add("tex")(Format(write_tex))


def _document(
    names: Sequence[str], parts: Sequence[Part], language: Language, *, has_chinese: bool
) -> str:
    """Show all tables; names in Chinese need its characters in an English document too."""
    lines = [f"\\input{{{name}}}" for name in names]
    if "appendix" in parts:
        lines.insert(parts.index("appendix"), BEGIN_APPENDIX)
    inputs = "\n".join(lines)
    is_chinese = language == "zh"
    chinese = (CJK if has_chinese or is_chinese else "") + (CHINESE if is_chinese else "")
    return f"{PREAMBLE}{chinese}\\begin{{document}}\n{inputs}\n\\end{{document}}\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """How tables are set in one language."""

    language: Language
    decimals: int
    is_simulated: bool

    def say(self, wording: Wording) -> str:
        return latex(say(wording, self.language))

    def table(self, table: Table, stem: str) -> str:
        """Set a table with its caption, its three rules and its notes."""
        lines = self._long(table, stem) if len(table.rows) >= LONG else self._lines(table, stem)
        return "\n".join((NEEDS, *lines, ""))

    def equation(self, equation: Equation) -> str:
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

    def _caption(self, table: Table, stem: str) -> str:
        mark = f" {self.say(message('(simulated data)'))}" if self.is_simulated else ""
        return rf"\caption{{{self.say(table.title)}{mark}}}\label{{tab:{stem}}}"

    def _long(self, table: Table, stem: str) -> Iterator[str]:
        """Set a table that runs over pages, its headings on each; wide columns break their words."""
        size, columns = self._columns(table)
        headings = [*self._headings(table)]
        yield r"\clearpage % tables that float keep their place before this one"
        yield rf"\begingroup\{size}\setlength{{\tabcolsep}}{{2pt}}"
        yield rf"\begin{{longtable}}{{{columns}}}"
        yield self._caption(table, stem) + r"\\"
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
                *(str(write(row.cells[at], self.language, self.decimals)) for row in table.rows),
            ]
            for at, column in enumerate(table.columns)
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
        yield self._caption(table, stem)
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
            at = 2
            for spanner in spanners:
                if spanner.text:
                    yield rf"\cmidrule(lr){{{at}-{at + spanner.width - 1}}}"
                at += spanner.width
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
    return _PATTERN.sub(lambda found: _SPECIAL[found[0]], _CONTROL.sub(" ", text))
