r"""Tables for LaTeX: booktabs and threeparttable, one file a table, and one that shows them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.report.document import Document
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.format import FORMATS
from xinzhi.report.html_table import spanners_of
from xinzhi.report.latex_text import latex
from xinzhi.report.numbering import tables_of
from xinzhi.tables.numbers import write
from xinzhi.tables.table import Cell, Row, Table
from xinzhi.wording import Language, Wording, message, say

WIDE = 7
"""From so many columns on, a table is set small."""
NEEDS = "% \\usepackage{booktabs,threeparttable}"
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=2.5cm]{geometry}
\usepackage{booktabs,threeparttable}
"""
CHINESE = "\\usepackage{xeCJK} % compile with xelatex\n\\renewcommand{\\tablename}{表}\n"


@FORMATS.add("tex")
def write_tex(
    document: Document, *, languages: Sequence[Language], decimals: int
) -> Mapping[str, bytes]:
    """Write tables/*.tex and, to look at them, a document that holds them all."""
    tables = tables_of(document)
    names = stems(["all_tables", *(table.id for table in tables)])
    files: dict[str, str] = {}
    for language in languages:
        page = _Page(language, decimals, is_simulated=document.simulated)
        all_name, *own = (in_language(name, "tex", language, languages) for name in names)
        for name, stem, table in zip(own, names[1:], tables, strict=True):
            files[name] = page.table(table, stem)
        files[all_name] = _document(own, language)
    return {f"tables/{name}": text.encode() for name, text in files.items()}


def _document(names: Sequence[str], language: Language) -> str:
    inputs = "\n".join(f"\\input{{{name}}}" for name in names)
    chinese = CHINESE if language == "zh" else ""
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
        return "\n".join((NEEDS, *self._lines(table, stem), ""))

    def _lines(self, table: Table, stem: str) -> Iterator[str]:
        mark = f" {self.say(message('(simulated data)'))}" if self.is_simulated else ""
        yield r"\begin{table}[htbp]"
        yield r"\centering" + (r"\footnotesize" if len(table.columns) >= WIDE else "")
        yield r"\begin{threeparttable}"
        yield rf"\caption{{{self.say(table.title)}{mark}}}\label{{tab:{stem}}}"
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
