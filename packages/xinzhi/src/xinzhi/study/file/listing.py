"""Which files a source is made of: the files that it names, and the data files of its folders."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import message
from xinzhi_panel.columns.indicators import OWN
from xinzhi_panel.io.raw import listed

if TYPE_CHECKING:
    from xinzhi.study.schema.sources import Source

DATA = frozenset(
    {
        *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".dta", ".sav", ".zsav"),
        *(".sas7bdat", ".xpt", ".parquet", ".feather"),
    }
)
"""Ends of the names of data files; what a named file really is, its content says."""
TEXT = ".txt"
"""A file of notes among tables, unless a folder holds nothing else."""
HIDDEN = (".", "~$")
"""How the names of files begin that programs leave in a folder for themselves."""
CONFLICT = re.compile(
    r"冲突(?:的)?(?:副本|文件)|conflict(?:ed)? copy|sync-conflict-", re.IGNORECASE
)
"""What synchronised folders write into the name of a file that two computers have changed."""
COPY = re.compile(
    r"(.+?)(?: ?[(（]\d+[)）]| ?[-–] ?(?:copy|副本)(?: [(（]\d+[)）])?| copy(?: \d+)?)",
    re.IGNORECASE,
)
"""A name that a second download or a file manager makes; statistical offices call different tables so, too."""
BYTES = re.compile("[\udc80-\udcff]")
"""Bytes of a name that the encoding of the system does not have, as Python reads them."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a source."""

    paths: tuple[str, ...]
    """From the folder of the study file, in the order of the source; those of a folder by name."""
    left_out: tuple[str, ...] = ()
    """Names in the folders that are not files of data."""
    empty: tuple[str, ...] = ()
    """Folders without a file of data."""

    def problems(self, name: str) -> tuple[Problem, ...]:
        """Refuse folders without data."""
        return tuple(
            Problem(
                "files.empty_folder",
                message("The folder '{folder}' holds no file of data.", folder=folder),
                Where(key=f"sources.{name}.files"),
                message("put csv, xlsx, dta or sav files into it, or name the files one by one."),
            )
            for folder in self.empty
        )

    def warnings(self, name: str) -> tuple[Problem, ...]:
        """Name what lies in the folders and is not read."""
        if not self.left_out:
            return ()
        return (
            Problem(
                "files.left_out",
                message(
                    "{n} entries of the folder are not files of data, or are copies of others, and are not read: {names}.",
                    one="{n} entry of the folder is not a file of data, or is a copy of another, and is not read: {names}.",
                    n=len(self.left_out),
                    names=listed(self.left_out, most=10),
                ),
                Where(key=f"sources.{name}.files"),
                message("to read one of them, name it under `files`."),
                severity="warning",
            ),
        )


def files_of(source: Source, folder: Path) -> Listing:
    """List the files of a source; a folder stands for the files of data in it."""
    paths: list[str] = []
    left_out: list[str] = []
    empty: list[str] = []
    for path in source.paths:
        if not source.files or not _is_folder(folder / path):
            paths.append(path)
            continue
        data, others = data_files(folder / path)
        paths += [str(PurePath(path, name)) for name in data]
        left_out += others
        empty += [] if data else [path]
    return Listing(tuple(paths), tuple(left_out), tuple(empty))


def data_files(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the names of the files of data in a folder, and of what else lies there.

    Raises
    ------
    DataError
        `files.name`: a name is of bytes that are not text here, so that nothing could be said of the file.
    """
    seen = sorted(
        (entry for entry in folder.iterdir() if not entry.name.startswith(HIDDEN)),
        key=lambda entry: entry.name,
    )
    if strange := [os.fsencode(e.name) for e in seen if BYTES.search(e.name)]:
        text = message(
            "The names of {n} files in the folder '{folder}' are not written in UTF-8; in GB 18030 they read {names}.",
            one="The name of {n} file in the folder '{folder}' is not written in UTF-8; in GB 18030 it reads {names}.",
            n=len(strange),
            folder=folder.name,
            names=listed([name.decode("gb18030", "replace") for name in strange], most=10),
        )
        remedy = message(
            "rename the files; archives from Chinese Windows unpack well with `unzip -O GB18030`."
        )
        raise DataError(Problem("files.name", text, Where(file=str(folder)), remedy))
    # What the headings mean is not data.
    data = [
        e.name
        for e in seen
        if e.suffix.lower() in DATA and e.name.lower() != OWN and not _is_folder(e)
    ]
    data = [name for name in data if not is_copy(folder, name)]
    if any(PurePath(name).suffix.lower() != TEXT for name in data):
        data = [name for name in data if PurePath(name).suffix.lower() != TEXT]
    return tuple(data), tuple(entry.name for entry in seen if entry.name not in data)


def is_copy(folder: Path, name: str) -> bool:
    """Tell whether a file is a conflict copy, or is named as a copy of one beside it and holds the same bytes."""
    path = folder / name
    if CONFLICT.search(path.stem):
        return True
    named = COPY.fullmatch(path.stem)
    original = None if named is None else path.with_stem(named[1])
    with suppress(OSError):  # the reader says what it cannot read
        return original is not None and original.is_file() and cmp(path, original, shallow=False)
    return False


def copies_beside(study: Path) -> tuple[Problem, ...]:
    """Name conflict copies in the folder of a study, and what is named as a copy of its file: none is read."""
    names: list[str] = []
    with suppress(OSError):  # a folder that cannot be listed hides no study
        for path in study.parent.iterdir():
            named = COPY.fullmatch(path.stem)
            is_of_study = named is not None and path.with_stem(named[1]).name == study.name
            is_conflict = CONFLICT.search(path.stem) and path.suffix.lower() in {*DATA, ".yaml"}
            is_named = not path.name.startswith(HIDDEN) and not BYTES.search(path.name)
            if (is_of_study or is_conflict) and is_named:
                names.append(path.name)
    if not names:
        return ()
    text = message(
        "Not read, though named as copies of files of the study: {names}.",
        names=listed(sorted(names), most=10),
    )
    remedy = message(
        "compare them with the files that are read: two computers may have changed them; then remove or rename them."
    )
    where = Where(file=study.name)
    return (Problem("files.copies", text, where, remedy, severity="warning"),)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # no path at all: the reader says so
        return False


def year_of(path: str) -> int | None:
    """Find the one year that the name of a file holds.

    >>> year_of("data/2019年.xlsx"), year_of("gdp.xlsx"), year_of("2008-2019.csv")
    (2019, None, None)
    """
    years = {int(year) for year in YEAR.findall(PurePath(path).stem)}
    return years.pop() if len(years) == 1 else None
