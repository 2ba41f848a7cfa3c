"""What a reader of data finds, for the page: done in a process beside the server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from xinzhi.study.checked import Checked, checked_json
from xinzhi.study.file.edit import apply_edits, is_path
from xinzhi.study.file.listing import data_files, files_of
from xinzhi.study.file.load import load
from xinzhi.study.file.step_inputs import files_read
from xinzhi.study.first.preparation import prepared
from xinzhi.study.first.roles import propose_roles
from xinzhi.study.first.study_file import first_study
from xinzhi.study.first.tables import FirstTables, first_tables, vocabulary_beside
from xinzhi.study.result import Reading
from xinzhi.study.run import check_study
from xinzhi.study.schema.study import StudySpec, schema_text
from xinzhi_app.answers import in_words
from xinzhi_app.decisions import SHEETS, PageDecisions
from xinzhi_app.workspace import DATA, STUDY, refuse_outside
from xinzhi_core.errors import (
    UNMATCHED,
    DataError,
    Problem,
    SpecError,
    StudyError,
    Where,
    group_problems,
)
from xinzhi_core.panel.profile import profile_panel
from xinzhi_core.wording import Language, message, say
from xinzhi_core.write import write_atomically
from xinzhi_panel.columns.indicators import with_own
from xinzhi_panel.io.raw import MEGABYTE, RawTable, letters, shown_name, sniff
from xinzhi_panel.io.read import read_table, sheets_of
from xinzhi_panel.io.recognise.cells import cell_text, split_unit
from xinzhi_panel.io.workbook.archive import TooMuchHere, inspect, refuse_bomb

FIRST, BEFORE = ".first.json", "study.previous.yaml"
"""What is decided before there is a study file; the study file that a suggestion replaced."""
ROWS, AROUND, COLUMNS, LONGEST = 25, 8, 200, 80
"""Rows of a preview, rows before the one that is asked for, columns, characters of a cell."""
PREVIEWED = 64 * MEGABYTE
READ = ("missing", "text")
"""What can be decided before there is a study file."""
SEARCHED = 60
EXAMPLES, MARKS = 8, 400


def examine(path: Path) -> dict[str, object]:
    """Refuse a file that does not hold data, before it gets its place."""
    kind = sniff(path)
    refuse_bomb(path)
    if kind == "zip":
        _look_through(path)
    # What the reader refuses is refused here: afterwards a person would wonder what is wrong with it.
    if kind != "text" and path.stat().st_size <= PREVIEWED:
        with _which_sheet():
            read_table(path)
    return {}


@contextmanager
def _which_sheet() -> Iterator[None]:
    """Pass over that nobody has said yet which sheet is meant."""
    try:
        yield
    except DataError as error:
        if error.code not in SHEETS:
            raise


def _look_through(path: Path) -> None:
    """Refuse a workbook that could not be read afterwards; an archive of other things may pass."""
    try:
        inspect(path, Where(file=shown_name(path)))
    except TooMuchHere:  # the child that reads it has its limits
        return
    except DataError as error:
        if error.code != "format.unsupported":
            raise


def look(folder: Path, root: Path, language: Language) -> dict[str, object]:
    """Say which files there are and what is found in them; nothing is written."""
    return _look(folder, root, language, _stamp(folder))


def _stamp(folder: Path) -> tuple[tuple[Path, int, int], ...]:
    """Tell files apart from what they were: those of the study, and those that it names elsewhere."""
    files = {*folder.iterdir(), *(folder / DATA).glob("*")}
    with suppress(StudyError):
        files |= set(files_read(load(folder / STUDY), folder / STUDY))
    files_with_stats = ((path, path.stat()) for path in sorted(files) if path.is_file())
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in files_with_stats)


@lru_cache(maxsize=4)
def _look(folder: Path, root: Path, language: Language, stamp: object) -> dict[str, object]:
    """Look once at files that have not changed: people go back and forth between the pages."""
    del stamp
    study = folder / STUDY
    if not study.is_file():
        return {"files": _files(folder), "has_study": False, "found": _first(folder, language)}
    spec: StudySpec | None = None
    try:
        refuse_outside(study, root)
        spec = load(study)
        checked = check_study(study)
    except StudyError as error:
        findings = _describe(Checked(error.problems), PageDecisions(spec, folder, language), None)
    else:
        findings = _describe(
            checked.summary, PageDecisions(spec, folder, language), checked.data.reading
        )
    return {"files": _files(folder, spec), "has_study": True, "found": findings}


def suggest(folder: Path, root: Path, language: Language, replaces: bool) -> dict[str, object]:  # noqa: FBT001 - arguments travel in their order
    """Write a first study file for the files that were dropped, and say what is found in them."""
    study = folder / STUDY
    if study.is_file() and not replaces:
        return look(folder, root, language)
    try:
        tables = _tables(folder)
    except StudyError:
        if study.is_file():
            raise
        return look(folder, root, language)  # which says what is wrong
    first = first_study(tables, folder, language)
    if study.is_file():
        write_atomically(folder / BEFORE, study.read_bytes())
    write_atomically(folder / "study.schema.json", schema_text())
    for path, content in first.missing(folder).items():
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, content, replace=False)
    write_atomically(study, first.text)
    (folder / FIRST).unlink(missing_ok=True)
    return look(folder, root, language)


def decide(
    folder: Path, root: Path, language: Language, wanted: Mapping[str, Any]
) -> dict[str, object]:
    """Write a decision into the study file; before there is one, keep it for the suggestion."""
    study = folder / STUDY
    read, sheets = wanted.get("read", {}), wanted.get("sheets", {})
    if not (_are_edits(wanted.get("edits")) and _are_lists(read, READ) and _are_lists(sheets)):
        raise SpecError(Problem("app.no_decision", message("The request is not a decision.")))
    if study.is_file():
        write_atomically(study, apply_edits(study.read_text("utf-8"), wanted["edits"]))
        return look(folder, root, language)
    decided = _decided(folder)
    for part in ("read", "sheets"):
        for key, values in wanted.get(part, {}).items():
            before = decided[part].get(key, []) if part == "read" else []
            decided[part][key] = [*dict.fromkeys([*before, *values])]
    write_atomically(folder / FIRST, json.dumps(decided))
    return suggest(folder, root, language, False)


def _are_edits(edits: object) -> bool:
    return isinstance(edits, list) and all(
        isinstance(edit, dict)
        and edit.get("do") == "put"
        and "value" in edit
        and edit.get("path")
        and is_path(edit["path"])
        for edit in edits
    )


def _are_lists(wanted: object, keys: Sequence[str] = ()) -> bool:
    return isinstance(wanted, dict) and all(
        (key in keys or not keys)
        and isinstance(values, list)
        and all(isinstance(value, str) for value in values)
        for key, values in wanted.items()
    )


def _decided(folder: Path) -> dict[str, dict[str, list[str]]]:
    try:
        stored = json.loads((folder / FIRST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        stored = {}
    stored = stored if isinstance(stored, dict) else {}
    decided = {key: stored.get(key, {}) for key in ("read", "sheets")}
    return decided if all(map(_are_lists, decided.values())) else {"read": {}, "sheets": {}}


def _tables(folder: Path) -> FirstTables:
    names = data_files(folder / DATA)[0] if (folder / DATA).is_dir() else ()
    if not names:
        raise DataError(Problem("app.no_data", message("No data file has been added yet.")))
    paths = [folder / DATA / name for name in names]
    decided = _decided(folder)
    sheets = {folder / DATA / name: chosen for name, chosen in decided["sheets"].items()}
    return first_tables(paths, folder, read=decided["read"], sheets=sheets)


def _first(folder: Path, language: Language) -> dict[str, object] | None:
    """Say what is found in files before there is a study file."""
    try:
        reading = _tables(folder).reading
    except StudyError as error:
        if error.code == "app.no_data":
            return None
        return _describe(Checked(error.problems), PageDecisions(None, folder, language), None)
    profile = profile_panel(reading.panel, reading.warnings)
    whole = Checked(
        reading.warnings, reading.panel, reading.decisions, {}, profile, reading.ledgers
    )
    return _describe(whole, PageDecisions(None, folder, language), reading)


def _files(folder: Path, spec: StudySpec | None = None) -> list[dict[str, object]]:
    """List the files of the study: those that it names, and those that were dropped."""
    sources = spec.sources if spec else {}
    named = {
        path: name for name, source in sources.items() for path in files_of(source, folder).paths
    }
    dropped = data_files(folder / DATA)[0] if (folder / DATA).is_dir() else ()
    paths = dict.fromkeys((*named, *(f"{DATA}/{name}" for name in dropped)))
    return [
        {"name": path, "bytes": (folder / path).stat().st_size, "source": named.get(path)}
        for path in paths
        if (folder / path).is_file()
    ]


def _describe(
    checked: Checked, decisions: PageDecisions, reading: Reading | None
) -> dict[str, object]:
    language = decisions.language
    document = checked_json(checked, language)
    offered = decisions.offer_spellings(reading)
    document["groups"] = [
        {
            **in_words([group.first], language)[0],
            "count": len(group.problems),
            "examples": in_words(group.examples(EXAMPLES), language),
            "decisions": offered if group.first.code == UNMATCHED else [*decisions.offer(group)],
        }
        for group in group_problems(checked.problems)
    ]
    document["problems"] = in_words(checked.problems[:MARKS], language)
    document["state"] = decisions.state_options(checked.stated or {})
    coverage = reading.coverage if reading else None
    document["match"] = coverage and {
        **coverage.to_dict(),
        "what": say(coverage.in_words(), language),
        "join": decisions.join(),
    }
    document["roles"] = _roles(reading, decisions) if reading else []
    return document


def _roles(reading: Reading, decisions: PageDecisions) -> list[dict[str, str]] | None:
    """Say what the headings suggest, and why; a person who chose otherwise is not told again."""
    folder, spec, language = decisions.folder, decisions.spec, decisions.language
    vocabulary = with_own(vocabulary_beside([folder / DATA], folder) or folder)
    proposed = propose_roles(reading.panel, vocabulary=vocabulary)
    roles = prepared(proposed, reading.panel, vocabulary).roles
    chosen = (
        {tuple(section.inputs) for section in spec.sections("efficiency").values()} if spec else ()
    )
    if chosen and roles.inputs not in chosen:
        return None
    named: tuple[tuple[str, Sequence[str]], ...] = (
        ("input", roles.inputs),
        ("good", roles.good_outputs),
        ("bad", roles.bad_outputs),
    )
    return [
        {"role": role, "column": name, "why": say(roles.reasons[name], language)}
        for role, names in named
        for name in names
    ]


def preview(path: Path, sheet: str | None, row: int | None) -> dict[str, object]:
    """Give the first rows of a file, or its headings and the rows around one."""
    if path.stat().st_size > PREVIEWED:
        text = message("A file of more than {n} MB is not shown.", n=PREVIEWED // MEGABYTE)
        raise SpecError(Problem("app.no_preview", text))
    try:
        table = read_table(path, sheet=sheet)
    except DataError as error:
        if error.code not in SHEETS:
            raise
        table = read_table(path, sheet=sheets_of(path)[0])
    heading = _heading(table)
    first = max(1, row - AROUND) if row and row > ROWS else 1
    shown = table.rows[first - 1 : first - 1 + ROWS]
    width = min(
        max((len(row_of_file) for row_of_file in (*shown, table.rows[heading - 1])), default=0),
        COLUMNS,
    )
    names = _texts(table.rows[heading - 1], width)
    return {
        "sheet": table.sheet,
        "first": first,
        "total": len(table.rows),
        "letters": [letters(table.first_column + column) for column in range(width)],
        "heading": {"row": heading, "cells": names},
        "columns": {
            key: column for column, name in enumerate(names) for key in (name, split_unit(name)[0])
        },
        "rows": [_texts(row_of_file, width) for row_of_file in shown],
    }


def _texts(row: Sequence[Any], width: int) -> list[str]:
    cells = [cell_text(cell)[:LONGEST] for cell in row[:width]]
    return cells + [""] * (width - len(cells))


def _heading(table: RawTable) -> int:
    """Find the row of headings: the first that is as wide as most rows; the reader looks closer."""
    filled = [sum(bool(cell_text(cell)) for cell in row) for row in table.rows[:SEARCHED]]
    widest = max(filled, default=0)
    return next((n_row + 1 for n_row, n in enumerate(filled) if n >= 0.6 * widest), 1)
