"""Codes of variables in what a study writes for people: they must not stand there.

Symbols stand in equations and in the table that explains them; files for programs keep all names.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
from ruamel.yaml import YAML

SYMBOLS = ("Symbol", "符号")
"""Heading of the column that names the symbols of the equations."""
FOR_PROGRAMS = ("scripts", "store")


def codes_of(study: Path) -> set[str]:
    """List the variables of a study file that are no words: capitals, or words joined by a line."""
    variables = YAML(typ="safe").load(study.read_text(encoding="utf-8"))["variables"]
    named = {name: one for name, one in variables.items() if isinstance(one, dict)}
    assert all("label" in one for one in named.values())
    return {name for name in named if name != name.lower() or "_" in name}


def codes_in(results: Path, codes: set[str]) -> list[str]:
    """Find codes as whole words in the documents, tables and pictures of a folder of results."""
    words = "|".join(map(re.escape, sorted(codes)))
    pattern = re.compile(rf"(?<![A-Za-z0-9_.])({words})(?![A-Za-z0-9_]|\.\w)")
    found = []
    for path in sorted(results.rglob("*")):
        if path.is_file() and path.relative_to(results).parts[0] not in FOR_PROGRAMS:
            for text in texts_of(path):
                found += [f"{path.name}: {_near(text, one)}" for one in pattern.finditer(text)]
    return found


def _near(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 40) : found.end() + 40].replace("\n", " ")


def texts_of(path: Path) -> Iterator[str]:
    """Read what a person reads in a file; nothing of files for programs."""
    if path.name == "README.md" or path.name.startswith(("equations", "variables")):
        return
    readers = {
        ".html": _html,
        ".md": _plain,
        ".tex": _tex,
        ".docx": _word,
        ".xlsx": _excel,
        ".svg": _svg,
    }
    yield from readers.get(path.suffix, lambda _: iter(()))(path)


def _plain(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for table in re.split(r"\n(?=\*\*|#)", text):
        if not any(f"| {symbol} |" in table for symbol in SYMBOLS):
            yield re.sub(r"\$\$.*?\$\$|\$[^$\n]*\$", " ", table, flags=re.DOTALL)


def _tex(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for table in re.split(r"(?=\\begin\{table)", text):
        if not any(symbol in table for symbol in SYMBOLS):
            without = re.sub(
                r"\$[^$]*\$|\\begin\{equation\}.*?\\end\{equation\}", " ", table, flags=re.DOTALL
            )
            yield re.sub(r"\\(?:label|ref|input|include\w*)\{[^}]*\}", " ", without)


def _html(path: Path) -> Iterator[str]:
    """Text of the page, and the words in the data of pages of entities and of long tables."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<style[^>]*>.*?</style>|<math.*?</math>", " ", text, flags=re.DOTALL)
    parts = re.split(r"(<script[^>]*>.*?</script>)", text, flags=re.DOTALL)
    shown = " ".join(part for part in parts if not part.startswith("<script"))
    for figure in re.split(r"(?=<figure|<section)", shown):
        if not any(f">{symbol}<" in figure for symbol in SYMBOLS):
            yield html.unescape(re.sub(r"<[^>]+>", " ", figure))


def _word(path: Path) -> Iterator[str]:
    document = docx.Document(str(path))
    yield from (one.text for one in document.paragraphs)
    for table in document.tables:
        heads = {cell.text for row in table.rows[:2] for cell in row.cells}
        if not heads & set(SYMBOLS):
            yield from (cell.text for row in table.rows for cell in row.cells)


def _excel(path: Path) -> Iterator[str]:
    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book.worksheets:
        rows = [
            [str(cell) for cell in row if cell is not None]
            for row in sheet.iter_rows(values_only=True)
        ]
        if not any(symbol in row for row in rows[:8] for symbol in SYMBOLS):
            yield "\n".join(" | ".join(row) for row in rows)


def _svg(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield " ".join(
        html.unescape(one) for one in re.findall(r"<text[^>]*>(.*?)</text>", text, re.DOTALL)
    )
