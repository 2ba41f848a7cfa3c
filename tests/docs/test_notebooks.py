"""The notebooks run from a polars frame to a Word table, in both languages, and hold what they give today."""

from __future__ import annotations

import importlib.util
import json
import re
from types import ModuleType

import docx
import pytest

from places import ROOT

DOCS = ROOT / "docs"


def runner() -> ModuleType:
    """The script that makes the notebooks, loaded from its place."""
    spec = importlib.util.spec_from_file_location(
        "notebooks", ROOT / "tools" / "pages" / "make_notebooks.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NOTEBOOKS = runner()


@pytest.fixture(scope="module", params=NOTEBOOKS.PAGES)
def made(request, tmp_path_factory):
    """A page, the notebook that it gives when it is run, and the folder in which it ran."""
    folder = tmp_path_factory.mktemp("notebook")
    return request.param, NOTEBOOKS.notebook(request.param, folder), folder


def test_a_notebook_holds_what_its_cells_give(made):
    """Also the page shows it below its blocks; `uv run python tools/pages/make_notebooks.py` renews the notebook."""
    page, text, _ = made
    stored = (DOCS / page).with_suffix(".ipynb").read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]

    assert stored == text
    printed = [
        "".join(output["text"])
        for cell in cells
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]
    shown = re.findall(
        r"^```text\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert shown == printed
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_the_word_table_holds_the_estimates(made):
    """Each cell of the regressor is its coefficient with three decimals; stars stand below 10, 5 and 1 %."""
    page, _, folder = made
    session: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "table.docx").unlink()
        for kind, code in NOTEBOOKS.parts((DOCS / page).read_text(encoding="utf-8")):
            if kind == "python":
                list(NOTEBOOKS.run(code, session, 1))
    fits = session["fits"]
    (table,) = docx.Document(str(folder / "table.docx")).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    row = next(row for row in rows if row[0] in {"Human capital index", "人力资本指数"})

    assert len(fits) == 4
    for cell, fit in zip(row[1:], fits, strict=True):
        p = fit.pvalues["human_capital_index"]
        stars = "*" * sum(p < level for level in (0.1, 0.05, 0.01))
        assert cell.replace("−", "-") == f"{fit.params['human_capital_index']:.3f}{stars}"
