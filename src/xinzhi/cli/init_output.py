"""What `xinzhi init` prints: what was found, what was left out and why, the roles, what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xinzhi.cli.console import tell
from xinzhi.wording import Language, Wording, Message, message, say

if TYPE_CHECKING:
    from xinzhi.study.first.roles import Roles
    from xinzhi.study.first.tables import FirstTables

TOLD = frozenset(("excel.stacked", "excel.other_sheets", "units.converted", "files.left_out_rows"))
"""Codes of decisions that change which figures the study has."""
DOUBTED = frozenset(("names.dissolved", "names.unknown", "excel.column_absent"))
"""Codes of warnings that a person must see before the first run."""


def tell_found(tables: FirstTables, roles: Roles, study: Path, spoken: Language) -> None:
    """Print how the files fit together, the roles with their reasons, and what to do next."""
    reading = tables.reading

    def line(wording: Wording) -> None:
        typer.echo(say(wording, spoken))

    line(_found(tables))
    if reading.coverage is not None:
        line(reading.coverage.in_words())
    said = [d.what for d in reading.decisions if d.code in TOLD]
    said += [w.what for w in reading.warnings if w.code in DOUBTED and isinstance(w.what, Message)]
    for wording in dict.fromkeys(said):
        line(wording)
    if tables.left:
        line(
            message(
                "{n} parts are left out; `study.yaml` holds them with the reason:",
                one="{n} part is left out; `study.yaml` holds it with the reason:",
                n=len(tables.left),
            )
        )
        for one in tables.left:
            typer.echo(f"- {say(one.place, spoken)}: {say(one.why, spoken)}")
            if one.remedy:
                typer.echo(f"  {say(one.remedy, spoken)}")
    for name, why in {**tables.reasons, **roles.reasons}.items():
        typer.echo(f"{name}: {say(why, spoken)}")
    for role, names in (
        (message("inputs"), roles.inputs),
        (message("good outputs"), roles.good_outputs),
        (message("bad outputs"), roles.bad_outputs),
    ):
        listed = ", ".join(names) or say(message("(none)"), spoken)
        typer.echo(f"{say(role, spoken)}: {listed}")
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
            "{file} is written. Check the roles in it, then: cd {folder} && xinzhi run",
            file=study,
            folder=study.parent,
        ),
        spoken,
    )


def _found(tables: FirstTables) -> Message:
    """Say how large the panel is."""
    panel = tables.reading.panel
    n_files = len({file.written for file in tables.files})
    columns = sum(panel.frame[name].dtype.kind in "fiub" for name in panel.frame.columns)
    if not panel.has_periods:
        return message(
            "{entities} entities and {columns} columns of numbers were found in {n} files.",
            one="{entities} entities and {columns} columns of numbers were found in {n} file.",
            entities=panel.n_entities,
            columns=columns,
            n=n_files,
        )
    return message(
        "{entities} entities, {periods} periods ({first} to {last}) and {columns} columns of numbers "
        "were found in {n} files.",
        one="{entities} entities, {periods} periods ({first} to {last}) and {columns} columns of numbers "
        "were found in {n} file.",
        entities=panel.n_entities,
        periods=len(panel.periods),
        first=panel.periods[0],
        last=panel.periods[-1],
        columns=columns,
        n=n_files,
    )
