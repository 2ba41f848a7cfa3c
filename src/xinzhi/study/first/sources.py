"""The files of a first study, and the sources that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from xinzhi.places.identity import Register
from xinzhi.study.first.key_columns import TableKeys
from xinzhi.study.schema.sources import Join

Names = Register | Literal["text"]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of data, where it is and where the study will have it."""

    given: Path
    written: str
    """From the folder of the study file."""
    keys: TableKeys
    sheet: str | None = None
    """The sheet that was chosen, where a workbook holds several tables."""
    columns: tuple[str, ...] = ()
    """Columns that are read, where one of the file cannot be."""

    @property
    def alone(self) -> str:
        """What keeps it a source of its own: a sheet, a choice of sheets or of columns."""
        chosen = (self.sheet or "", *self.keys.sheets, *self.columns)
        return "/".join((self.written, *chosen)) if any(chosen) else ""


@dataclass(frozen=True, slots=True)
class FirstSource:
    """Files with the same keys."""

    name: str
    files: tuple[DataFile, ...]
    folder: str = ""
    """The folder that holds exactly these files, as the study will have it."""
    period_in_names: bool = False
    """Whether the names of the files tell the period."""
    read: Mapping[str, object] = field(default_factory=dict)
    """What is stated about its files, as `read` of a source."""

    @property
    def keys(self) -> TableKeys:
        """Keys of all its files."""
        return self.files[0].keys

    def options(self, names: Names | None, join: Join, *, given: bool) -> dict[str, object]:
        """Write the options of the study file, with the paths that were given or those of the study."""
        paths = [str(file.given) if given else file.written for file in self.files]
        several = len(paths) > 1
        as_list = several or self.period_in_names
        options: dict[str, object] = {"files": paths} if as_list else {"file": paths[0]}
        if several and self.folder and not given:
            options["files"] = self.folder
        options["entity"] = self.keys.entity
        if self.keys.period:
            options["period"] = self.keys.period
        if self.period_in_names:
            options["period_from"] = "file_name"
        if self.keys.sheet and not several:
            options["sheet"] = self.keys.sheet
        if self.files[0].columns:
            options["columns"] = list(self.files[0].columns)
        if names:
            options["names"] = names
        if several:
            options["join"] = join
        stated = {"sheets": self.keys.sheets} if self.keys.sheets else {}
        if self.read or stated:
            options["read"] = {**self.read, **stated}
        return options
