"""What `xinzhi init` prints: what was found, what was left out and why, the roles, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xinzhi.cli.console import tell
from xinzhi_core.periods import period_name
from xinzhi_core.wording import COLONS, Language, Message, Wording, message, say, shell_word

if TYPE_CHECKING:
    from xinzhi.study.first.preparation import Preparation
    from xinzhi.study.first.tables import FirstTables

LEFT_OUT = "files.left_out_rows"
"""Code of what a join leaves out."""
TOLD = frozenset(("excel.stacked", "excel.other_sheets", "units.converted", LEFT_OUT))
"""Codes of decisions that change which figures the study has."""
DOUBTED = frozenset(
    (
        *("names.dissolved", "names.residual", "names.level", "names.unknown", "panel.mixed_level"),
        "excel.column_absent",
    )
)
"""Codes of warnings that a person must see before the first run."""


def tell_found(tables: FirstTables, done: Preparation, study: Path, spoken: Language) -> None:
    """Print how the files fit together, the roles with their reasons, and what to do next."""
    roles = done.roles
    for wording in (*_read(tables), *_left(tables)):
        typer.echo(say(wording, spoken))
    for name, why in {**tables.reasons, **roles.reasons}.items():
        typer.echo(f"{name}{COLONS[spoken]}{say(why, spoken)}")
    for role, names in (
        (message("inputs"), roles.inputs),
        (message("good outputs"), roles.good_outputs),
        (message("bad outputs"), roles.bad_outputs),
    ):
        listed = ", ".join(names) or say(message("(none)"), spoken)
        typer.echo(f"{say(role, spoken)}{COLONS[spoken]}{listed}")
    for missing in done.missing:
        typer.echo(say(missing, spoken))
    for line in done.hints:
        typer.echo(line)
    if not (roles.inputs and roles.good_outputs):
        tell(
            message(
                "No efficiency is measured until you name the inputs and the good outputs in {file}.",
                file=study,
            ),
            spoken,
        )
    tell(
        message(
            "{file} is written. Check the roles in it, then: xinzhi run {study}",
            file=study,
            study=shell_word(study),
        ),
        spoken,
    )


def _read(tables: FirstTables) -> Iterator[Wording]:
    """Say what was found, and what was done with the figures."""
    reading = tables.reading
    decided = [decision for decision in reading.decisions if decision.code in TOLD]
    if tables.left or any(decision.code != LEFT_OUT for decision in decided):
        yield _found(tables)
    if reading.coverage is not None:
        yield reading.coverage.in_words()
    said: list[Wording] = [decision.what for decision in decided]
    said += [warning.what for warning in reading.warnings if warning.code in DOUBTED]
    yield from dict.fromkeys(said)


def _left(tables: FirstTables) -> Iterator[Wording]:
    """Say what is left out, why, and what helps."""
    if not tables.left:
        return
    yield message(
        "{n} parts are left out; `study.yaml` holds them with the reason:",
        one="{n} part is left out; `study.yaml` holds it with the reason:",
        n=len(tables.left),
    )
    for one in tables.left:
        yield message("- {place}: {why}", place=one.place, why=one.why)
        if one.remedy:
            yield message("  {remedy}", remedy=one.remedy)


def _found(tables: FirstTables) -> Message:
    """Say how large the panel is."""
    panel = tables.reading.panel
    n_files = len({file.written for file in tables.files})
    n_columns = sum(panel.frame[name].dtype.kind in "fiub" for name in panel.frame.columns)
    columns = message("{n} columns of numbers", one="{n} column of numbers", n=n_columns)
    entities = message("{n} entities", one="{n} entity", n=panel.n_entities)
    if not panel.has_periods:
        return message(
            "{entities} and {columns} were found in {n} files.",
            one="{entities} and {columns} were found in {n} file.",
            entities=entities,
            columns=columns,
            n=n_files,
        )
    return message(
        "{entities}, {periods} ({first} to {last}) and {columns} were found in {n} files.",
        one="{entities}, {periods} ({first} to {last}) and {columns} were found in {n} file.",
        entities=entities,
        periods=message("{n} periods", one="{n} period", n=len(panel.periods)),
        first=period_name(panel.periods[0]),
        last=period_name(panel.periods[-1]),
        columns=columns,
        n=n_files,
    )
