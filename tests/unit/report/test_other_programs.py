"""What other programs make of our files; `just test-all` runs this and says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from made_report import estimates, hostile_document
from xinzhi.present.regression import regression_table
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.format import write_report

pytestmark = pytest.mark.skipif(
    not os.environ.get("XINZHI_TEST_ALL"), reason="slow: run with XINZHI_TEST_ALL=1 (just test-all)"
)


def program(*names, package):
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"needs {names[0]}: apt-get install {package}")
    return found


def run(*command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)


def written(document, folder, *formats):
    for name, content in write_report(document, formats=formats, languages=("en", "zh")).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("engine", "source"), [("pdflatex", "report.tex"), ("xelatex", "report.zh.tex")]
)
def test_latex_compiles_with_odd_names(engine, source, tmp_path):
    """A table with hostile names compiles as it is, in both languages."""
    packages = "texlive-latex-extra texlive-xetex texlive-lang-chinese"
    latex = program(engine, package=packages)
    written(hostile_document(), tmp_path, "tex")
    done = run(latex, "-interaction=nonstopmode", "-halt-on-error", source, folder=tmp_path)

    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


@pytest.mark.parametrize("name", ["report.docx", "tables.xlsx"])
def test_office_opens_our_files(name, tmp_path):
    """LibreOffice reads the Word document and the workbook, and finds the words in them."""
    office = program("soffice", package="libreoffice-writer-nogui libreoffice-calc-nogui")
    table = regression_table("t", "Baseline", [estimates({"x": (-0.5, 0.2, 0.001)})])
    written(Document("Title", (DocumentSection("s", "S", (table,)),)), tmp_path, "docx", "xlsx")
    kind = (
        "txt:Text"
        if name.endswith("docx")
        else "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,2"
    )
    run(
        office,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        kind,
        name,
        folder=tmp_path,
    )
    made = [one for one in tmp_path.iterdir() if one.suffix in {".txt", ".csv"}]

    if not made and name.endswith("xlsx"):
        pytest.skip("needs LibreOffice Calc: apt-get install libreoffice-calc-nogui")
    text = made[0].read_text(encoding="utf-8")
    assert "Baseline" in text
    assert "0.500***" in text
    assert "(0.200)" in text
