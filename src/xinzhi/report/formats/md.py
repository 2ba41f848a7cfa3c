"""Markdown, one file a language: no word of the user is read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from xinzhi.present.equation import Equation
from xinzhi.present.equation.tex import tex
from xinzhi.present.numbers import write
from xinzhi.present.table import Row, Table
from xinzhi.report.document import Document
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.format import FORMATS, Format, Setting
from xinzhi.report.meanings import meanings
from xinzhi.report.numbering import Numbered, numbered
from xinzhi.wording import Language, Wording, message, say


def write_md(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write tables/*.md, the equations in one file."""
    languages, decimals = setting.languages, setting.decimals
    found = [one for chapter in numbered(document) for one in chapter.blocks]
    tables = [(one, one.block) for one in found if isinstance(one.block, Table)]
    equations = [(one.number, one.block) for one in found if isinstance(one.block, Equation)]
    last, *names = stems(["equations", *(table.id for _, table in tables)])
    written = {
        f"tables/{in_language(last, 'md', language, languages)}": _equations(equations, language)
        for language in languages
        if equations
    }
    return written | {
        f"tables/{in_language(name, 'md', language, languages)}": _text(
            one, table, language, decimals, is_simulated=document.simulated
        ).encode()
        for language in languages
        for name, (one, table) in zip(names, tables, strict=True)
    }


FORMATS.add("md")(Format(write_md))


def _equations(equations: Sequence[tuple[str, Equation]], language: Language) -> bytes:
    """Write equations as TeX between double dollars, which viewers of Markdown know."""
    parts = []
    for number, one in equations:
        words = (
            markdown(part) if isinstance(part, str) else f"${tex(part, language)}$"
            for part in meanings(one, language)
        )
        display = f"$$\n{tex(one.tree, language)} \\tag{{{number}}}\n$$"
        parts += [_said(one.title, language=language), display, "".join(words)]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _text(
    one: Numbered, table: Table, language: Language, decimals: int, *, is_simulated: bool
) -> str:
    say_it = partial(_said, language=language)
    mark = f" {say_it(message('(simulated data)'))}" if is_simulated else ""
    lines = [f"**{say_it(one.caption)}** {say_it(table.title)}{mark}", ""]
    lines += _grid(table, language, decimals)
    for sentences in (table.notes, table.reading):
        lines += ["", *(f"- {say_it(sentence)}" for sentence in sentences)] if sentences else []
    return "\n".join(lines) + "\n"


def _said(wording: Wording, *, language: Language) -> str:
    return markdown(say(wording, language))


def _grid(table: Table, language: Language, decimals: int) -> Iterator[str]:
    """Write the rows; a spanner stands before the heading that it covers."""
    headings = (
        ": ".join(_said(part, language=language) for part in (c.spanner, c.heading) if part)
        for c in table.columns
    )
    yield _line([_said(table.stub, language=language), *headings])
    yield _line(["---", *("---:" for _ in table.columns)])
    for row in table.rows:
        yield _line([_said(row.label, language=language), *_cells(row, language, decimals)])


def _cells(row: Row, language: Language, decimals: int) -> Iterator[str]:
    return (markdown(str(write(cell, language, decimals))) for cell in row.cells)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_SIGNS = re.compile(r"([\\`*_{}\[\]<>|#$~&@!])")
_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def markdown(text: str) -> str:
    r"""Escape words for Markdown; a line break is a space.

    >>> markdown("<b> *x* | a_b"), markdown("- item"), markdown("http://x")
    ('\\<b\\> \\*x\\* \\| a\\_b', '\\- item', 'http\\://x')
    """
    plain = _SIGNS.sub(r"\\\1", _CONTROL.sub(" ", text))
    plain = _LINKS.sub(r"\\\g<0>", plain)
    return _LEADING.sub(_behind_backslash, plain)


def _behind_backslash(found: re.Match[str]) -> str:
    """Keep a word from beginning a list: a backslash before the sign, or before the point."""
    space, start = found.groups()
    return f"{space}{start}\\" if start[0].isdigit() else f"{space}\\{start}"
