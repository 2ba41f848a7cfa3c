"""`xinzhi init`: a first study file for somebody's data."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from xinzhi.cli.console import language, names
from xinzhi.cli.flags import PERIOD, SHEET, DryRun, Flag, command, flag, print_plan, target
from xinzhi.cli.help import Command
from xinzhi.cli.init_output import tell_found
from xinzhi_core.errors import DataError, Problem, SpecError, Where
from xinzhi_core.problems import missing_column
from xinzhi_core.wording import message
from xinzhi_panel.io.files import changed

if TYPE_CHECKING:
    from xinzhi.study.first.roles import NamedRoles
    from xinzhi.study.first.tables import FirstTables

FROM = "--from"


class Init(Command):
    """Takes every word behind `--from`, up to the next option, as a file or folder of data."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option in front of each of its words."""
        words: list[str] = []
        is_from = False
        for word in args:
            is_option = word.startswith("-") and word != "-"
            if is_option:
                is_from = word == FROM
            elif is_from and words[-1] != FROM:
                words.append(FROM)
            words.append(word)
        rest: list[str] = super().parse_args(ctx, words)
        return rest


FOLDER: Flag = (Annotated[Path, typer.Argument(help="Folder of the new study.")], Path())
FILES: Flag = (
    Annotated[
        list[Path] | None,
        typer.Option(
            FROM,
            help="Your data: files and folders of files (csv, xlsx, dta, sav …), as many as you like.",
        ),
    ],
    None,
)
LANGUAGE: Flag = (
    Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="Language of the console and of the comments in the study file."),
    ],
    None,
)
MISSING: Flag = (
    Annotated[
        list[str] | None,
        typer.Option("--missing", help="A mark in the data that means no value, such as n.d."),
    ],
    None,
)
TEXT: Flag = (
    Annotated[list[str] | None, typer.Option("--text", help="A column that is text.")],
    None,
)
ENTITY: Flag = (Annotated[str | None, typer.Option(help="Column that names the city.")], None)
FLAGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "inputs": ("--inputs",),
        "good_outputs": ("--good-outputs", "--good", "--outputs"),
        "bad_outputs": ("--bad-outputs", "--bad", "--bads"),
        "outcome": ("--outcome",),
        "regressors": ("--regressors",),
        "controls": ("--controls",),
    }
)
"""Role of columns -> its flag, then its aliases."""
REGRESSION = frozenset(("outcome", "regressors", "controls"))


def init() -> None:
    """Write a first study file for your data."""


def make_command() -> Any:
    """Make the command: the roles of columns are the keywords of `evaluate` and of `fit`."""
    from xinzhi.api.models import fit
    from xinzhi.api.scores import evaluate

    roles: dict[str, Flag] = {}
    for name, spellings in FLAGS.items():
        keywords = fit.keywords if name in REGRESSION else evaluate.keywords
        kind, _ = flag(keywords[name], *spellings)
        # A role that is not named is proposed: none is required here.
        roles[name] = (Annotated[str | None, get_args(kind)[1]], None)
    flags = {
        "folder": FOLDER,
        "data": FILES,
        "sheet": SHEET,
        "entity": ENTITY,
        "period": PERIOD,
        "missing": MISSING,
        "text": TEXT,
        **roles,
        "dry_run": (DryRun, False),
        "lang": LANGUAGE,
    }
    return command("init", flags, _init)


def _init(given: Mapping[str, Any]) -> None:
    from xinzhi.study.first.key_columns import Wanted
    from xinzhi.study.first.study_file import first_study
    from xinzhi.study.first.tables import first_tables
    from xinzhi.study.schema.study import schema_text

    data: list[Path] = given["data"] or []
    folder, lang = given["folder"], given["lang"]
    if not data:
        text = message("The study file does not name the data of the study.")
        remedy = message("add --from FILE; or start from an example: `xinzhi demo`.")
        raise SpecError(Problem("init.no_data", text, Where(), remedy))
    study = folder / "study.yaml"
    if os.path.lexists(study):
        raise SpecError(_exists(study))
    wanted = Wanted(given["entity"], given["period"])
    read = {key: given[key] for key in ("missing", "text") if given[key]}
    tables = first_tables(
        data, folder, sheet=given["sheet"], read=read, wanted=wanted, leaves_out=True
    )
    named = _named(given, tables)
    first = first_study(tables, folder, language(lang), named)
    new = [
        *_copies(tables, folder),
        (folder / "study.schema.json", schema_text().encode()),
        *first.missing(folder).items(),
        (study, first.text.encode()),
    ]
    sources = tuple(file.given for file in tables.files)
    if given["dry_run"]:
        _refuse_others(new, sources)
        writes = [target(file) for file, _ in new if not os.path.lexists(file)]
        print_plan(lang, reads=sources, writes=writes)
        return
    _write(new, sources)
    tell_found(tables, first.preparation, study, language(lang))


def _named(given: Mapping[str, Any], tables: FirstTables) -> NamedRoles:
    """Find the columns that were named for their roles.

    Raises
    ------
    DataError
        A column is not in the data, or could not be read; with the reason.
    """
    from xinzhi.study.first.roles import SCORE, NamedRoles

    panel = tables.reading.panel
    problems: list[Problem] = []
    found: dict[str, tuple[str, ...] | None] = {}
    for role, spellings in FLAGS.items():
        words = names(given[role]) if given[role] is not None else None
        found[role] = None if words is None else tuple(map(panel.called, words))
        for word, name in zip(words or (), found[role] or (), strict=True):
            if name in panel.frame or (role == "outcome" and name == SCORE):
                continue
            where = Where(key=spellings[0], column=word)
            gone = next((left for left in tables.left if word in left.columns), None)
            if gone is not None:
                problems.append(
                    replace(gone.errors[0], where=replace(gone.errors[0].where, key=where.key))
                )
            else:
                problems.append(missing_column(word, panel.frame.columns, where))
    if problems:
        raise DataError(problems)
    outcome = next(iter(found["outcome"] or ()), None)
    return NamedRoles(
        found["inputs"],
        found["good_outputs"],
        found["bad_outputs"],
        outcome,
        found["regressors"] or (),
        found["controls"] or (),
    )


def _copies(tables: FirstTables, folder: Path) -> list[tuple[Path, bytes]]:
    """Give the files as they were read, each under its place in the study."""
    read = {file.sha256 for file in tables.reading.files}
    copies: dict[Path, bytes] = {}
    for file in tables.files:
        content, place = file.given.read_bytes(), folder / file.written
        if copies.setdefault(place, content) != content:
            text = message("Two files would be called {name} in the study.", name=file.written)
            remedy = message("rename one of them, or put them into a folder and give the folder.")
            raise SpecError(Problem("init.same_name", text, Where(file=file.given.name), remedy))
        # The roles are guesses from what was read: a file saved since then may be another table.
        if sha256(content).hexdigest() not in read:
            raise DataError(changed(file.given))
    return list(copies.items())


def _write(new: Sequence[tuple[Path, bytes]], sources: Sequence[Path]) -> None:
    """Write new files, the study file last; what is there is kept, and must be the same."""
    from xinzhi_core.write import write_atomically

    _refuse_others(new, sources)
    for file, content in new:
        if not os.path.lexists(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, content, replace=False)


def _refuse_others(new: Sequence[tuple[Path, bytes]], sources: Sequence[Path]) -> None:
    """Refuse to replace what is neither a source itself nor already what would be written."""
    for file, content in new:
        is_source = file.is_file() and any(file.samefile(source) for source in sources)
        is_same = is_source or (file.is_file() and file.read_bytes() == content)
        if os.path.lexists(file) and not is_same:
            raise SpecError(_exists(file))


def _exists(file: Path) -> Problem:
    text = message("{file} is already there and is not overwritten.", file=file)
    remedy = message("choose another folder, or remove the file first.")
    return Problem("init.exists", text, Where(file=str(file)), remedy)
