"""A frame of results into the file that a command is asked for, by its suffix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xinzhi.cli.console import Output, language, warn
from xinzhi.cli.streams import STANDARD
from xinzhi_core.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {".csv": "csv", ".json": "json", ".xlsx": "xlsx", ".dta": "dta"}
"""Suffix of a file of results -> its format."""
FRAMES = (".csv", ".xlsx", ".dta")
"""Those that hold a table and nothing else."""
MARK = "\ufeff"
"""Without it Excel reads a csv file as of the encoding of the machine; pipes want none."""


def write_frame(
    target: Output | None,
    frame: pd.DataFrame,
    form: str,
    title: Wording,
    *,
    notes: Sequence[Wording] = (),
    lang: str | None = None,
) -> None:
    """Write a frame as csv, as a workbook with its notes, or for Stata; say what the file cannot hold.

    Parameters
    ----------
    target
        Where; None is standard output.
    form
        csv, xlsx or dta.
    title, notes
        What the workbook says on its second sheet.
    """
    target = target or Output(STANDARD, is_replacing=True)
    if form == "csv":
        from itertools import chain

        from xinzhi_panel.io.csv_text import csv_blocks

        mark = "" if target.path == STANDARD else MARK
        target.write(chain([mark], csv_blocks(frame)))
        return
    from xinzhi.report.formats.frame_file import FrameFile

    file = FrameFile(frame, title, notes, language(lang))
    if form == "xlsx":
        target.write(file.xlsx())
        return
    content, lost = file.dta()
    warn(lost, lang)
    target.write(content)
