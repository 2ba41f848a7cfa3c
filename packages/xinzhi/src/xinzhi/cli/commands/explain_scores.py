"""`xinzhi explain-scores`: under which options another program's scores are reproduced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinzhi.cli.commands.efficiency import FLAGS
from xinzhi.cli.console import in_panel, language, print_table
from xinzhi.cli.flags import (
    DATA,
    EMPTY,
    OUTPUT,
    SHARED,
    Flag,
    OneTable,
    command,
    flag,
    value,
)
from xinzhi.cli.frame_output import Destination, choose_tables
from xinzhi.cli.keyed import read_keyed
from xinzhi.cli.streams import open_given, refuse_two
from xinzhi_core.periods import period_key
from xinzhi_core.wording import Language, Wording, message, say

if TYPE_CHECKING:
    from xinzhi.api.declared import Keyword
    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi_frontier.conventions import ScoresExplained

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
        "table": (OneTable, None),
        **OUTPUT,
        "jobs": (Annotated[int, typer.Option(min=1, help="Number of processes.")], 1),
    }
)
"""Flags of the command itself."""
ROWS = 10
"""Rows that differ, as many as the console shows."""


def explain_scores() -> None:
    """Find the options that reproduce another program's scores, or the nearest and the rows that differ."""


def make_command() -> object:
    """Make the command: its flags are the keywords of the Python function."""
    from xinzhi.api.scores import explain_scores as function

    flags = {
        name: flag(keyword, *FLAGS.get(name, ()))
        for name, keyword in function.keywords.items()
        if name not in OWN
    }
    run = lambda given: _run(function.keywords, given)  # noqa: E731
    return command("explain-scores", {"data": DATA, **flags, **OWN}, run)


def _run(declared: Mapping[str, Keyword], given: Mapping[str, Any]) -> None:
    from xinzhi.api.scores import ROLES
    from xinzhi.api.scores import explain_scores as function
    from xinzhi.study.first.key_columns import find_keys
    from xinzhi_panel.places.strangers import read_judged

    refuse_two((given["data"], given["theirs"]))
    to = Destination.of(
        given["output"],
        given["output_format"],
        "table",
        overwrite=given["overwrite"],
        sources=(given["data"], given["theirs"]),
        lang=given["lang"],
    )
    read = read_keyed(given, given["lang"]).read
    asked = {
        name: value(name, declared[name], given[name])
        for name in declared
        if name in given and name not in OWN and given[name] is not None
    }
    for name in ROLES:
        if name in asked:
            asked[name] = in_panel(asked[name], read.columns)
    entity, period, sheet = given["their_entity"], given["their_period"], given["their_sheet"]
    with open_given(given["theirs"]) as file:
        if entity is None:
            keys = find_keys(file, sheet=sheet)
            entity, period = keys.entity, period or keys.period
        theirs = read_judged(file, entity=entity, period=period, sheet=sheet).panel
    explained = function(
        read.panel, theirs=theirs, column=given["column"], jobs=given["jobs"], **asked
    )
    if to.is_console:
        _print(explained, given["lang"])
        return
    files = lambda: choose_tables(_as_files(explained, language(to.lang)), given["table"])  # noqa: E731
    to.write(lambda: _json(explained), files)


def _json(explained: ScoresExplained) -> dict[str, Any]:
    rows = explained.differing().reset_index()
    return {
        "reproduced": explained.is_reproduced,
        "tried": explained.n_tried,
        "tolerance": explained.tolerance,
        "combinations": [
            {**row, "median": float(row["median"]), "largest": float(row["largest"])}
            for row in explained.to_frame().to_dict("records")
        ],
        "differing": [
            {
                "entity": row["entity"],
                "period": None if row["period"] is None else period_key(int(row["period"])),
                **{name: float(row[name]) for name in ("theirs", "ours", "difference")},
            }
            for row in rows.to_dict("records")
        ],
        "not_in_data": [list(label) for label in explained.not_in_data],
    }


def _as_files(explained: ScoresExplained, spoken: Language) -> list[FrameFile]:
    """Lay out the conventions that were tried, best first, and every row under the best of them."""
    import pandas as pd

    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi_frontier.conventions import PRINTED

    tried = explained.to_frame()
    tried["printed"] = [
        say(PRINTED[one.convention.printed], spoken) for one in explained.candidates
    ]
    rows = pd.DataFrame(explained.labels, columns=["entity", "period"], dtype=object)
    if rows["period"].isna().all():
        del rows["period"]
    rows["theirs"], rows["ours"] = explained.theirs, explained.candidates[0].scores
    rows["difference"] = rows["ours"] - rows["theirs"]
    rows["agrees"] = rows["difference"].abs() <= explained.tolerance
    title = message("Rows under: {options}", options=explained.in_words(explained.candidates[0]))
    return [
        FrameFile(tried, message("Combinations of options"), language=spoken, id="combinations"),
        FrameFile(rows, title, language=spoken, id="rows"),
    ]


def _print(explained: ScoresExplained, lang: str | None) -> None:
    from xinzhi_frontier.conventions import PRINTED

    def write(text: Wording) -> None:
        typer.echo(say(text, spoken))

    spoken, is_exact = language(lang), explained.is_reproduced
    best, n, tolerance = explained.candidates[0], explained.n, f"{explained.tolerance:g}"
    if is_exact:
        write(
            message(
                "Reproduced: all {n} scores, to {tolerance}.",
                one="Reproduced: {n} score, to {tolerance}.",
                n=n,
                tolerance=tolerance,
            )
        )
    else:
        write(
            message(
                "Not reproduced by any of {tried} combinations. The nearest gives {agree} of {n} scores, to {tolerance}.",
                tried=explained.n_tried,
                agree=best.n_agree,
                n=n,
                tolerance=tolerance,
            )
        )
    typer.echo(f"  {explained.in_words(best)}")
    write(message("  printed {how}", how=PRINTED[best.convention.printed]))
    candidates = explained.exact if is_exact else explained.candidates
    others = [candidate for candidate in candidates if candidate is not best]
    if others:
        write(message("The same scores come from:") if is_exact else message("Next:"))
    for other in others[:4]:
        printed = say(PRINTED[other.convention.printed], spoken)
        typer.echo(f"  {other.n_agree}/{n}  {explained.in_words(other)}; {printed}")
    if explained.not_in_data:
        write(
            message(
                "{n} rows of the other program are not in the data: {names}.",
                one="{n} row of the other program is not in the data: {names}.",
                n=len(explained.not_in_data),
                names=", ".join(map(_name_row, explained.not_in_data[:5])),
            )
        )
    differing = explained.differing()
    if len(differing):
        title = say(message("Rows that differ ({n})", n=len(differing)), spoken)
        headings = (message("Row"), message("Theirs"), message("Ours"), message("Difference"))
        shown = differing.head(ROWS)
        rows = [
            (_name_row(key), *(f"{number:.6g}" for number in numbers))
            for key, numbers in zip(shown.index.tolist(), shown.to_numpy().tolist(), strict=True)
        ]
        print_table(title, [say(heading, spoken) for heading in headings], rows)


def _name_row(key: Sequence[object]) -> str:
    return " ".join(str(part) for part in key if part is not None)
