"""A frame of results into the file that a command is asked for, by its suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from xinzhi.cli.console import Output, choose_format, language, prepare_output, warn
from xinzhi.cli.streams import STANDARD
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import Wording, listed, message
from xinzhi_panel.io.json_text import json_text

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.report.formats.frame_file import FrameFile

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


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Table = TypeVar("Table", bound=_Named)


def choose_tables(
    tables: Sequence[Table], name: str | None, others: Sequence[str] = ()
) -> Sequence[Table]:
    """Keep the table of a name, or all where none is given; `others` are names that are known beside.

    Raises
    ------
    SpecError
        `show.unknown`: there is no such table, with the nearest name.
    """
    if name is None:
        return tables
    chosen = [table for table in tables if table.id == name]
    if not chosen:
        text = message("Unknown table '{name}'.", name=name)
        remedy = suggestion(name, [*(table.id for table in tables), *others])
        raise SpecError(Problem("show.unknown", text, Where(), remedy))
    return chosen


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the results of a command go, and in which form; decided before anything is computed."""

    form: str
    target: Output | None
    lang: str | None = None

    @classmethod
    def of(
        cls,
        output: Path | None,
        output_format: str | None,
        usual: str,
        *,
        overwrite: bool,
        sources: Sequence[Path],
        lang: str | None = None,
    ) -> Destination:
        """Take what `--output`, `--format` and `--overwrite` say; `usual` is the form of the console."""
        form = choose_format(output, output_format, FORMATS, usual)
        return cls(form, prepare_output(output, overwrite=overwrite, sources=sources), lang)

    @property
    def is_console(self) -> bool:
        """Whether the results are shown to a person."""
        return self.form in {"table", "text"}

    def write(
        self,
        document: Callable[[], Mapping[str, object]],
        files: Callable[[], Sequence[FrameFile]],
        choice: str = "--table",
    ) -> None:
        """Write the document, or the tables: one in csv and for Stata, a sheet for each in a workbook.

        Parameters
        ----------
        document, files
            The results as JSON, and as frames.
        choice
            The word of the command that chooses one table.

        Raises
        ------
        SpecError
            `output.which_table`: there are several tables, and the file holds one.
        """
        target = self.target or Output(STANDARD, is_replacing=True)
        if self.form == "json":
            target.write(json_text(document()) + "\n", is_json=True)
            return
        from xinzhi.report.formats.frame_file import workbook

        made = files()
        if len(made) > 1 and self.form != "xlsx":
            text = message(
                "Only one table fits into a file of format {format}, and the answer has several: {names}.",
                format=self.form,
                names=listed([file.id for file in made]),
            )
            remedy = message(
                "name one by {option}, or write a workbook, .xlsx, with a sheet for each.",
                option=choice,
            )
            raise SpecError(Problem("output.which_table", text, Where(key="--output"), remedy))
        if self.form == "xlsx":
            target.write(workbook(made))
            return
        (one,) = made
        write_frame(self.target, one.frame, self.form, one.title, notes=one.notes, lang=self.lang)
