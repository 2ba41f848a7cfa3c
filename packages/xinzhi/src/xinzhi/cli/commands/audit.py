"""`xinzhi audit`: whether the figures of published tables are consistent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.console import language, print_json
from xinzhi.cli.flags import Form, Lang
from xinzhi.cli.streams import open_given
from xinzhi_core.wording import Wording, message, say

if TYPE_CHECKING:
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


def audit(
    file: Annotated[
        Path, typer.Argument(help="A TOML file of printed tables; - is standard input.")
    ],
    output_format: Form = "text",
    every: Annotated[
        bool, typer.Option("--all", help="Print the consistent figures too, as text.")
    ] = False,
    lang: Lang = None,
) -> None:
    """Check the consistency of published regression tables."""
    from xinzhi_econometrics.replication.audit import audit as audit_tables
    from xinzhi_econometrics.replication.published_tables import read

    with open_given(file) as path:
        checked = audit_tables(read(path))
    if output_format == "json":
        print_json({"checks": [as_json(check) for check in checked.checks]})
    else:
        _print(checked, lang, every=every)


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


def _print(checked: Audit, lang: str | None, *, every: bool) -> None:
    spoken = language(lang)
    shown = [check for check in checked.checks if every or check.verdict != "consistent"]
    for verdict, words in VERDICTS.items():
        for check in shown:
            if check.verdict == verdict:
                place = " · ".join(part for part in (check.table, check.column, check.row) if part)
                check_name = say(CHECKED[check.check], spoken)
                typer.echo(f"{say(words, spoken)}: {place}: {check_name} {check.printed}")
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
