"""Problems that several packages raise, each worded once, and codes that other code compares.

A code is a contract: a study states it under `accept`, scripts read it from `--format json`. Codes that
one place raises and nobody compares stand where they are raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from xinzhi_core.errors import MissingColumn, Problem, Where, nearest, suggestion
from xinzhi_core.wording import message

MISSING_COLUMN = "data.missing_column"
NOT_NUMERIC = "data.not_numeric"
DUPLICATE_KEY = "panel.duplicate"
CONSTANT_COLUMN = "panel.constant"
WIDE_TABLE = "layout.wide"
TOO_SLOW = "limit.seconds"
LOCKED = "results.locked"
"""Another run holds the lock of the results folder."""
UNFINISHED = "results.unfinished"
"""A delivery was interrupted while files were put in place."""


NO_COLUMNS = message("the data have no columns: check what was read.")


def first_of_columns(problems: Iterable[Problem], n: int) -> list[Problem]:
    """Keep the first n problems, and the first of each further column.

    Cut at n alone, a table whose first columns hold many would hide the only one of a column that a study reads.

    >>> cells = [Problem("number.sentinel", "", Where(column=name)) for name in "aaabcc"]
    >>> [problem.where.column for problem in first_of_columns(cells, 2)]
    ['a', 'a', 'b', 'c']
    """
    kept: list[Problem] = []
    seen: set[str | None] = set()
    for problem in problems:
        if len(kept) < n or problem.where.column not in seen:
            kept.append(problem)
        seen.add(problem.where.column)
    return kept


def missing_column(name: str, known: Iterable[object], where: Where | None = None) -> Problem:
    """Describe a column that is not in the data, with the nearest one that is.

    >>> print(missing_column("capitl", ["capital", "labour"]))
    Column 'capitl' is not in the data.
      where: column 'capitl'
      remedy: did you mean 'capital'? Known: capital, labour.
    """
    text = message("Column '{name}' is not in the data.", name=name)
    remedy = suggestion(name, tuple(map(str, known))) or NO_COLUMNS
    return Problem(MISSING_COLUMN, text, where or Where(column=name), remedy)


def missing_file(path: Path, code: str) -> Problem:
    """Describe a file that is not there, with the one in its folder that is called most like it.

    >>> print(missing_file(Path("no/such/data.csv"), "format.not_found"))
    File 'data.csv' does not exist.
      where: data.csv
      remedy: check the name and the folder.
    """
    text = message("File '{name}' does not exist.", name=path.name)
    remedy = message("check the name and the folder.")
    try:
        # Names without suffixes: those of two other files of one kind are alike by it alone.
        there = {file.stem: file.name for file in sorted(path.parent.iterdir()) if file.is_file()}
        alike = {file.stem: file.name for file in sorted(path.parent.glob(f"*{path.suffix}"))}
    except (OSError, ValueError):  # no such folder, or a closed one
        there = alike = {}
    near = nearest(path.stem, alike) or nearest(path.stem, there)
    if near is not None:
        found = {**there, **alike}[near]
        remedy = message("did you mean '{near}', which is in that folder?", near=found)
    return Problem(code, text, Where(file=path.name), remedy)


def require_columns(
    names: Iterable[str], known: Iterable[object], where: Where | None = None
) -> None:
    """Refuse all columns that are not in the data at once.

    Raises
    ------
    MissingColumn
        `data.missing_column`, once for each name.
    """
    columns = tuple(map(str, known))
    if missing := [name for name in dict.fromkeys(names) if name not in columns]:
        raise MissingColumn(missing_column(name, columns, where) for name in missing)


def missing_key(name: object, known: Iterable[object]) -> Problem:
    """Describe a name that is neither a column nor an index level of a frame."""
    text = message("'{name}' is neither a column nor an index level.", name=name)
    remedy = suggestion(str(name), tuple(map(str, known))) or NO_COLUMNS
    return Problem(MISSING_COLUMN, text, Where(column=str(name)), remedy)


def text_column(name: str, where: Where) -> Problem:
    """Describe a column of text where numbers are needed."""
    text = message("Column '{name}' holds text, not numbers.", name=name)
    remedy = message("use a column of numbers.")
    return Problem(NOT_NUMERIC, text, where, remedy)


def duplicate_key(entity: str, period: int | str, file: str | None = None) -> Problem:
    """Describe a pair of entity and period that stands in more than one row."""
    text = message(
        "The key {entity} {period} is in more than one row.", entity=entity, period=period
    )
    remedy = message("keep one row for each entity and period.")
    return Problem(DUPLICATE_KEY, text, Where(file=file, entity=entity, period=period), remedy)


def unknown_choice(
    word: object, option: str, choices: Sequence[str], where: Where | None = None
) -> Problem:
    """Describe a word that is not among the choices of an option, with the nearest one."""
    text = message("'{word}' is not a choice for {option}.", word=word, option=option)
    remedy = suggestion(str(word), choices)
    return Problem("option.unknown", text, where or Where(), remedy)


def system_refused(error: OSError) -> Problem:
    """Describe what the operating system refused, and where."""
    return Problem(
        "system.refused",
        message("The system refused: {reason}.", reason=error.strerror or str(error)),
        Where(file=str(error.filename)) if error.filename else Where(),
        message("check the file, its folder and the limits of the system, then run again."),
    )
