"""`xinzhi explain-scores`: under which options another program's scores are reproduced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinzhi.cli.commands.efficiency import FLAGS
from xinzhi.cli.console import language, print_json, print_table
from xinzhi.cli.flags import DATA, EMPTY, SHARED, Flag, command, flag, lazy, value
from xinzhi.cli.standard import given_file, refuse_two
from xinzhi.cli.words import in_panel
from xinzhi.io.json_text import finite
from xinzhi.wording import Wording, message, say

if TYPE_CHECKING:
    from xinzhi.api.declared import Keyword
    from xinzhi.frontier.conventions.search import ScoresExplained

OWN: Mapping[str, Flag] = MappingProxyType(
    {
        **SHARED,
        "theirs": (
            Annotated[Path, typer.Option(help="File of the other program's scores.")],
            EMPTY,
        ),
        "column": (
            Annotated[
                str | None, typer.Option(help="Its column of scores, where there are several.")
            ],
            None,
        ),
        "their_entity": (
            Annotated[str | None, typer.Option(help="Its column of names; found where left out.")],
            None,
        ),
        "their_period": (Annotated[str | None, typer.Option(help="Its column of the year.")], None),
        "their_sheet": (Annotated[str | None, typer.Option(help="Its sheet of a workbook.")], None),
        "jobs": (Annotated[int, typer.Option(min=1, help="Number of processes.")], 1),
    }
)
"""Flags of the command itself."""
ROWS = 10
"""Rows that differ, as many as the console shows."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="explain-scores", cls=lazy(_command))(explain_scores)


def explain_scores() -> None:
    """Find the options that reproduce another program's scores, or the nearest and the rows that differ."""


def _command() -> Any:
    """Make the command: its flags are the keywords of the Python function."""
    from xinzhi.api.explained import explain_scores as function

    flags = {
        name: flag(one, *FLAGS.get(name, ()))
        for name, one in function.keywords.items()
        if name not in OWN
    }
    run = lambda given: _run(function.keywords, given)  # noqa: E731
    return command("explain-scores", {"data": DATA, **flags, **OWN}, run)


def _run(declared: Mapping[str, Keyword], given: Mapping[str, Any]) -> None:
    from xinzhi.api.explained import explain_scores as function
    from xinzhi.api.scores import ROLES
    from xinzhi.io.read import read_panel
    from xinzhi.study.first.keys import find_keys

    refuse_two((given["data"], given["theirs"]))
    with given_file(given["data"]) as path:
        read = read_panel(
            path, entity=given["entity"], period=given["period"], sheet=given["sheet"]
        )
    asked = {
        name: value(name, declared[name], given[name])
        for name in declared
        if name in given and name not in OWN and given[name] is not None
    }
    for name in ROLES:
        if name in asked:
            asked[name] = in_panel(asked[name], read.columns)
    entity, period, sheet = given["their_entity"], given["their_period"], given["their_sheet"]
    with given_file(given["theirs"]) as file:
        if entity is None:
            found = find_keys(file, sheet=sheet)
            entity, period = found.entity, period or found.period
        theirs = read_panel(file, entity=entity, period=period, sheet=sheet).panel
    explained = function(
        read.panel, theirs=theirs, column=given["column"], jobs=given["jobs"], **asked
    )
    if given["output_format"] == "json":
        print_json(_json(explained))
    else:
        _print(explained, given["lang"])


def _json(found: ScoresExplained) -> dict[str, Any]:
    rows = found.differing().reset_index()
    return {
        "reproduced": found.is_reproduced,
        "tried": found.n_tried,
        "tolerance": found.tolerance,
        "combinations": [
            {**row, "median": finite(row["median"]), "largest": finite(row["largest"])}
            for row in found.to_frame().to_dict("records")
        ],
        "differing": [
            {
                "entity": row["entity"],
                "period": None if row["period"] is None else int(row["period"]),
                **{name: finite(row[name]) for name in ("theirs", "ours", "difference")},
            }
            for row in rows.to_dict("records")
        ],
        "not_in_data": [list(label) for label in found.not_in_data],
    }


def _print(found: ScoresExplained, lang: str | None) -> None:
    from xinzhi.frontier.conventions.candidates import PRINTED

    def word(text: Wording) -> str:
        return say(text, language(lang))

    best = found.candidates[0]
    head = (
        message(
            "Reproduced: all {n} scores, to {tolerance}.",
            n=found.n,
            tolerance=f"{found.tolerance:g}",
        )
        if found.is_reproduced
        else message(
            "Not reproduced by any of {tried} combinations. The nearest gives {agree} of {n} scores, to {tolerance}.",
            tried=found.n_tried,
            agree=best.n_agree,
            n=found.n,
            tolerance=f"{found.tolerance:g}",
        )
    )
    typer.echo(word(head))
    typer.echo(f"  {found.in_words(best)}")
    typer.echo(word(message("  printed {how}", how=PRINTED[best.convention.printed])))
    others = [
        one for one in (found.exact if found.is_reproduced else found.candidates) if one is not best
    ]
    if others:
        typer.echo(
            word(message("The same scores come from:") if found.is_reproduced else message("Next:"))
        )
    for one in others[:4]:
        typer.echo(
            f"  {one.n_agree}/{found.n}  {found.in_words(one)}; {word(PRINTED[one.convention.printed])}"
        )
    if found.not_in_data:
        names = ", ".join(
            " ".join(str(part) for part in one if part is not None) for one in found.not_in_data[:5]
        )
        typer.echo(
            word(
                message(
                    "{n} rows of the other program are not in the data: {names}.",
                    one="{n} row of the other program is not in the data: {names}.",
                    n=len(found.not_in_data),
                    names=names,
                )
            )
        )
    differing = found.differing()
    if len(differing):
        title = word(message("Rows that differ ({n})", n=len(differing)))
        differing = differing.head(ROWS)
        rows = [
            (
                " ".join(str(part) for part in key if part is not None),
                *(f"{number:.6g}" for number in numbers),
            )
            for key, numbers in zip(
                differing.index.tolist(), differing.to_numpy().tolist(), strict=True
            )
        ]
        print_table(
            title,
            [
                word(message("Row")),
                word(message("Theirs")),
                word(message("Ours")),
                word(message("Difference")),
            ],
            rows,
        )
