"""Where the outputs lie, as the console tells it."""

from __future__ import annotations

import os
from pathlib import Path

from xinzhi.cli.run_output import list_places


def test_files_without_a_word_are_told_by_their_folder_and_number():
    """The tables, one file each, do not push the report out of sight: one line for their folder."""
    tables = [(Path("results", "tables", name), "") for name in ("a.tex", "b.tex", "c.tex")]
    report = (Path("results", "report.html"), "the report")

    told = dict(list_places([report, *tables]))

    assert list(told) == [str(report[0]), str(Path("results", "tables")) + os.sep]
    assert str(told[str(Path("results", "tables")) + os.sep]) == "3 more files"


def test_a_single_file_is_told_by_its_name():
    """One file alone in its folder is no crowd."""
    file = Path("results", "report.en.docx")

    assert dict(list_places([(file, "")])) == {str(file): ""}
