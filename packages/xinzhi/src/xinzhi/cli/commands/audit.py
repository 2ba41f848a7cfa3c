"""`xinzhi audit`: whether the figures of published tables are consistent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.console import language
from xinzhi.cli.flags import Lang, OutputFile, OutputForm, Overwrite
from xinzhi.cli.frame_output import Destination
from xinzhi.cli.streams import open_given
from xinzhi_core.wording import COLONS, Language, Wording, message, say

if TYPE_CHECKING:
    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi_econometrics.replication.audit import Audit, Check

VERDICTS: dict[str, Wording] = {
    "inconsistent": message("inconsistent"),
    "undecidable": message("undecidable"),
    "consistent": message("consistent"),
}

CHECKED: dict[str, Wording] = {
    "stars": message("stars"),
    "test_stars": message("stars of the test"),
    "sobel_effect": message("Sobel effect"),
    "sobel_z": message("Sobel z"),
    "nested_r2": message("adjusted R² of the nested model"),
    "total_effect": message("total effect"),
    "constant": message("constant"),
    "n": message("N"),
    "vif": message("VIF"),
    "share": message("mediated share"),
    "identity": message("figure"),
}


COLUMNS = (
    *("table", "column", "row", "check", "verdict", "printed"),
    *("reachable_low", "reachable_high", "arithmetic"),
)
"""Columns of the checks in a file."""


def audit(
    file: Annotated[
        Path, typer.Argument(help="A TOML file of printed tables; - is standard input.")
    ],
    output: OutputFile = None,
    output_format: OutputForm = None,
    overwrite: Overwrite = False,
    every: Annotated[
        bool, typer.Option("--all", help="Print the consistent figures too, as text.")
    ] = False,
    lang: Lang = None,
) -> None:
    """Check the consistency of published regression tables."""
    from xinzhi_econometrics.replication.audit import audit as audit_tables
    from xinzhi_econometrics.replication.published_tables import read

    to = Destination.of(
        output, output_format, "text", overwrite=overwrite, sources=(file,), lang=lang
    )
    with open_given(file) as path:
        checked = audit_tables(read(path))
    if to.is_console:
        _print(checked, lang, every=every)
        return
    to.write(
        lambda: {"checks": [as_json(check) for check in checked.checks]},
        lambda: [_as_file(checked, language(lang))],
    )


def as_json(check: Check) -> dict[str, object]:
    """Write a check as the contract of the command says."""
    return {
        "table": check.table,
        "column": check.column,
        "row": check.row,
        "check": check.check,
        "verdict": check.verdict,
        "printed": check.printed,
        "reachable": list(check.reachable),
        "arithmetic": say(check.arithmetic, "en"),
    }


def _as_file(checked: Audit, spoken: Language) -> FrameFile:
    """Lay the checks out, one row a figure; what can be reached is its lowest and highest value."""
    import pandas as pd

    from xinzhi.report.formats.frame_file import FrameFile

    rows = [
        {
            **as_json(check),
            "reachable_low": min(check.reachable, default=None),
            "reachable_high": max(check.reachable, default=None),
            "arithmetic": say(check.arithmetic, spoken),
        }
        for check in checked.checks
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return FrameFile(frame, message("Checks of published figures"), language=spoken, id="checks")


def _print(checked: Audit, lang: str | None, *, every: bool) -> None:
    spoken = language(lang)
    shown = [check for check in checked.checks if every or check.verdict != "consistent"]
    for verdict, words in VERDICTS.items():
        for check in shown:
            if check.verdict == verdict:
                place = " · ".join(part for part in (check.table, check.column, check.row) if part)
                check_name = say(CHECKED[check.check], spoken)
                typer.echo(
                    f"{say(words, spoken)}{COLONS[spoken]}{place}: {check_name} {check.printed}"
                )
                typer.echo(f"    {say(check.arithmetic, spoken)}")
    typer.echo(
        say(
            message(
                "{n} figures checked: {inconsistent} inconsistent, {undecidable} undecidable, "
                "{consistent} consistent. Inconsistent: no value inside the printed rounding gives "
                "the figure.",
                one="{n} figure checked: {inconsistent} inconsistent, {undecidable} undecidable, {consistent} consistent. Inconsistent: no value inside the printed rounding gives the figure.",
                n=len(checked.checks),
                **{verdict: checked.count(verdict) for verdict in VERDICTS},  # type: ignore[arg-type]
            ),
            spoken,
        )
    )
