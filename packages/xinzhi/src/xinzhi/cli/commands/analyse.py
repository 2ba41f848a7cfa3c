"""`xinzhi analyse`: one analysis by itself; its flags are the options that it declares.

Most take a file of data. Those that read results of others take a study that has been run.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinzhi.cli.commands.show import places, sources_of
from xinzhi.cli.console import Settings, language, print_table, tell_notes, warn
from xinzhi.cli.flags import (
    DATA,
    EMPTY,
    LANG,
    OUTPUT,
    SHARED,
    Flag,
    column_namer,
    command,
    flag,
    value,
)
from xinzhi.cli.frame_output import Destination, choose_tables
from xinzhi.cli.help import CommandGroup
from xinzhi.cli.keyed import read_keyed
from xinzhi_core.vocabulary import in_file
from xinzhi_core.wording import Language, message, say

if TYPE_CHECKING:
    from xinzhi.api.analysis import Analysed
    from xinzhi.api.declared import Keyword
    from xinzhi.present.table import Table
    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi_core.errors import Problem
    from xinzhi_core.notices import Notice

STUDY: Flag = (Annotated[Path, typer.Argument(help="The study file; it has been run.")], EMPTY)
SET: Flag = (Settings, None)
TABLE: Flag = (
    Annotated[
        str | None,
        typer.Option(
            help="Only this table, where the answer has several; rows: an index, a degree or a state of each entity and period."
        ),
    ],
    None,
)
OUT: Flag = (Annotated[Path | None, typer.Option(help="Folder of the results.")], None)


class AnalysisCommands(CommandGroup):
    """The analyses, loaded when one of them is asked for."""

    def list_commands(self, ctx: object) -> list[str]:
        """List the keys of the study file."""
        from xinzhi.analyses.analysis import ANALYSES

        del ctx
        return [
            key for key, analysis in ANALYSES if analysis.verb and not analysis.is_written_by_hand
        ]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Make the command of an analysis."""
        return _command(cmd_name) if cmd_name in self.list_commands(ctx) else None


def _command(key: str) -> object:
    """Make a command whose flags are the keywords of the function in Python."""
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.analyses.capabilities import OfResults

    analysis = ANALYSES.get(key)
    about = (inspect.getdoc(analysis) or "").partition("\n")[0]
    return (_on_study if isinstance(analysis, OfResults) else _on_data)(key, about)


def _on_data(key: str, about: str) -> object:
    """Make a command that takes a file of data."""
    from xinzhi.api.analysis import keywords_of_verb

    keywords = keywords_of_verb(key)
    # An option that Python spells with a line below is a flag without one: `as_` is `--as`.
    flags = {
        name: flag(keyword, *([] if in_file(name) == name else [_spelled(name)]))
        for name, keyword in keywords.items()
        if name not in SHARED
    }
    all_flags = {"data": DATA, **flags, "table": TABLE, **SHARED, **OUTPUT}
    return command(key, all_flags, lambda given: _run(key, keywords, given), about)


def _on_study(key: str, about: str) -> object:
    """Make a command that takes a study that has been run; options are written as in its file."""
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.api.functions import options_of

    options = options_of(ANALYSES.get(key))
    flags: dict[str, Flag] = {
        name: (Annotated[str | None, typer.Option(_spelled(name), help=option.about)], None)
        for name, option in options.items()
    }
    all_flags = {
        "study": STUDY,
        **flags,
        "settings": SET,
        "out": OUT,
        "table": TABLE,
        **OUTPUT,
        "lang": LANG,
    }
    return command(key, all_flags, lambda given: _run_on_study(key, tuple(options), given), about)


def _spelled(name: str) -> str:
    return f"--{in_file(name).replace('_', '-')}"


def _run(key: str, keywords: Mapping[str, Keyword], given: Mapping[str, Any]) -> None:
    from xinzhi.api.analysis import analyse_data

    files = (Path(word) for word in given.values() if isinstance(word, str))
    to = _destination(given, (given["data"], *files))
    keyed = read_keyed(given, given["lang"])
    read, called = keyed.read, column_namer(keyed.read, keyed.entity, keyed.period)
    words = {
        name: value(name, keyword, given[name], called)
        for name, keyword in keywords.items()
        if name not in SHARED and given[name] is not None
    }
    shown = analyse_data(key, read.panel, **words)
    _write(shown, (*read.warnings, *dict.fromkeys(shown.notices)), to, given["table"])


def _run_on_study(key: str, options: tuple[str, ...], given: Mapping[str, Any]) -> None:
    from xinzhi.api.functions import analyse_study
    from xinzhi.study.file.located import read_yaml
    from xinzhi.study.run import run
    from xinzhi.work.results import look_at

    file, folder = places(given["study"], given["out"])
    settings = tuple(given["settings"] or ())
    to = _destination(given, sources_of(file, settings) if given["output"] else ())
    place = look_at(folder)
    tell_notes(place, given["lang"])
    words = {
        name: read_yaml(given[name], _spelled(name)).value
        for name in options
        if given[name] is not None
    }
    study = run(file, results=place, settings=settings, computes=False)
    shown = analyse_study(key, study, **words)
    _write(shown, tuple(dict.fromkeys(shown.notices)), to, given["table"])


def _destination(given: Mapping[str, Any], sources: Sequence[Path]) -> Destination:
    return Destination.of(
        given["output"],
        given["output_format"],
        "table",
        overwrite=given["overwrite"],
        sources=sources,
        lang=given["lang"],
    )


def _write(
    shown: Analysed, notices: Iterable[Problem | Notice], to: Destination, name: str | None
) -> None:
    """Write notices and tables; the exit code says whether a part has no answer."""
    from xinzhi.analyses.unavailable import Unavailable
    from xinzhi.report.table_frame import table_file

    failed = (f.problems for f in shown.failures if isinstance(f, Unavailable))
    warn((*notices, *dict.fromkeys(chain.from_iterable(failed))), to.lang)
    spoken = language(to.lang)
    rows = row_by_row(shown.result, spoken)
    if name == ROWS and rows is not None:
        _write_rows(rows, to)
    else:
        tables = choose_tables(shown.exhibits.tables, name, [ROWS] if rows is not None else [])
        if to.is_console:
            _print(tables, spoken)
        else:
            # A workbook has room for the rows too; a file of one table holds them where asked for.
            more = [rows] if rows is not None and name is None and to.form == "xlsx" else []
            to.write(
                lambda: {table.id: dict(table.machine) for table in tables},
                lambda: [*(table_file(table, spoken) for table in tables), *more],
            )
    raise typer.Exit(1 if shown.failures else 0)


ROWS = "rows"
"""Name of the result row by row, beside its tables."""


def row_by_row(result: object, spoken: Language) -> FrameFile | None:
    """Give the rows of a result that has one for each entity and period, such as an index."""
    from xinzhi.report.formats.frame_file import FrameFile

    to_frame = getattr(result, "to_frame", None)
    frame = to_frame() if callable(to_frame) else None
    if frame is None or [*frame.index.names] != ["entity", "period"]:
        return None
    return FrameFile(frame, message("Row by row"), language=spoken, id=ROWS)


def _write_rows(rows: FrameFile, to: Destination) -> None:
    from xinzhi.present.frames import rows_of
    from xinzhi.present.numbers import number

    if not to.is_console:
        to.write(lambda: {ROWS: {"rows": rows_of(rows.frame)}}, lambda: [rows])
        return
    records = rows_of(rows.frame)
    cells = (
        [number(v) if isinstance(v, float) else "" if v is None else str(v) for v in each.values()]
        for each in records
    )
    print_table(say(rows.title, rows.language), [*records[0]] if records else [], cells)


def _print(tables: Iterable[Table], spoken: Language) -> None:
    from xinzhi.present.numbers import DECIMALS
    from xinzhi.report.document import grid

    for table in tables:
        print_table(*grid(table, spoken, DECIMALS))
        for sentence in (*table.notes, *table.reading):
            typer.echo(say(sentence, spoken))
