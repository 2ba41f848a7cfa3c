"""Make notebooks of pages: each Python block is a cell, run in order, with what it prints and shows.

`uv run python tools/pages/make_notebooks.py` renews them. A page is the source; the notebook beside it is for readers who
want to run it. No kernel is needed: cells run here, in one session and in an empty folder.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("tutorials/polars-to-word.md", "zh/tutorials/polars-to-word.md")
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
ABOUT = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(page: str, folder: Path) -> str:
    """Run the cells of a page in a folder, and write the notebook."""
    session: dict[str, Any] = {}
    cells: list[dict[str, Any]] = []
    with contextlib.chdir(folder):
        for kind, text in parts((DOCS / page).read_text(encoding="utf-8")):
            cell: dict[str, Any] = {
                "id": f"cell-{len(cells)}",
                "metadata": {},
                "source": lines(text),
            }
            if kind == "python":
                number = sum(one["cell_type"] == "code" for one in cells) + 1
                outputs = list(run(text, session, number))
                cell |= {"cell_type": "code", "execution_count": number, "outputs": outputs}
            else:
                cell |= {"cell_type": "markdown"}
            cells.append(cell)
    written = {"cells": cells, "metadata": ABOUT, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def parts(text: str) -> Iterator[tuple[str, str]]:
    """Split a page into prose and Python; what a page shows as output is made anew."""
    at = 0
    for block in BLOCK.finditer(text):
        if prose := text[at : block.start()].strip():
            yield "markdown", prose
        if block[1] == "python":
            yield "python", block[2].rstrip()
        at = block.end()
    if prose := text[at:].strip():
        yield "markdown", prose


def run(code: str, session: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """Run a cell; give what it prints, and its last expression as a notebook shows it."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed, shown = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), session)  # noqa: S102 - our own page
        if isinstance(last, ast.Expr):
            expression = compile(ast.Expression(last.value), f"cell {number}", "eval")
            shown = eval(expression, session)  # noqa: S307 - our own page
    if printed.getvalue():
        yield {"output_type": "stream", "name": "stdout", "text": lines(printed.getvalue())}
    if shown is not None:
        data = {"text/plain": lines(repr(shown))}
        if hasattr(shown, "_repr_html_"):
            data["text/html"] = lines(shown._repr_html_())
        about = {"metadata": {}, "execution_count": number}
        yield {"output_type": "execute_result", "data": data, **about}


def lines(text: str) -> list[str]:
    """Write a text as notebooks store it."""
    return text.splitlines(keepends=True)


def main() -> None:
    """Write all notebooks."""
    for page in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            written = notebook(page, Path(folder))
        (DOCS / page).with_suffix(".ipynb").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
