"""`xinzhi table`: estimates of any program, in csv files, as a three-line table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.console import choose_format, language, names, prepare_output, require_first
from xinzhi.cli.flags import DryRun, Overwrite, print_plan, targets
from xinzhi.cli.frame_output import FRAMES, write_frame
from xinzhi.cli.streams import STANDARD, open_given, refuse_two, write_standard
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import message

if TYPE_CHECKING:
    import pandas as pd

COLUMN = "column"
"""Heading of the column that tells the regressions of one file apart."""


def table(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="csv or xlsx files of estimates: name, estimate, std_error, p_value; several regressions "
            "of one file are distinguished by a column `column`; - is standard input."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            help="File of the table: .docx, .xlsx, .csv, .dta, .tex, .html or .md; - is stdout."
        ),
    ] = None,
    output_format: Annotated[
        Literal["docx", "xlsx", "csv", "dta", "tex", "html", "md"] | None,
        typer.Option("--format", help="Form of the output; md unless the file says another."),
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the table.")] = "",
    style: Annotated[
        Literal["usual", "chinese_journal", "aea", "apa"], typer.Option(help="Style of a journal.")
    ] = "usual",
    under: Annotated[
        Literal["std_error", "t", "p", "interval", "none"] | None,
        typer.Option(help="What stands under a coefficient; that of the style where left out."),
    ] = None,
    decimals: Annotated[
        int | None, typer.Option(min=0, max=10, help="Digits after the point.")
    ] = None,
    labels: Annotated[
        list[str] | None, typer.Option("--label", help="NAME=LABEL; once for each name.")
    ] = None,
    left_out: Annotated[
        str, typer.Option(help="Coefficients that are not shown, separated by commas.")
    ] = "",
    dry_run: DryRun = False,
    overwrite: Overwrite = False,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option(help="Language of the table.")] = None,
) -> None:
    """Set estimates of any program side by side as a three-line table."""
    from xinzhi.api.publication import FORMATS
    from xinzhi.api.publication import table as make
    from xinzhi.report.table_frame import table_file

    refuse_two(files)
    endings = {suffix: suffix.removeprefix(".") for suffix in (*FORMATS, *FRAMES)}
    form = choose_format(output, output_format, endings, "md", piped="md")
    target = prepare_output(output, overwrite=overwrite, sources=files)
    fits: dict[str, object] = {}
    for file in files:
        for heading, estimates in _regressions(file):
            fits[heading if heading not in fits else f"{heading} {len(fits) + 1}"] = estimates
    made = make(
        fits,
        title=title,
        labels=_labels(labels or ()),
        style=style,
        under=under,
        decimals=decimals,
        left_out=names(left_out) if left_out else (),
        language=language(lang),
    )
    if dry_run:
        work = message("a table of {n} regressions", one="a table of {n} regression", n=len(fits))
        print_plan(lang, reads=files, computes=(work,), writes=targets(target))
        return
    if form in {"csv", "dta"}:
        plain = table_file(made.table, made.language)
        write_frame(target, plain.frame, form, plain.title, lang=lang)
        return
    content = made.content(f".{form}")
    is_text = form not in {"docx", "xlsx"}
    if target is None or target.path == STANDARD:
        write_standard(content.decode() if is_text else content)
    else:
        target.write(content)


def _regressions(file: Path) -> list[tuple[str, pd.DataFrame]]:
    """Read the estimates of one file, by regression."""
    import pandas as pd

    from xinzhi_panel.io.read import read_table

    with open_given(file) as path:
        rows = read_table(path).rows
    headings = [str(cell if cell is not None else "") for cell in rows[0]]
    frame = pd.DataFrame([list(row) for row in rows[1:]], columns=headings)
    if COLUMN not in frame:
        return [("" if file == STANDARD else file.stem, frame)]
    return [
        (str(key), rows.drop(columns=COLUMN)) for key, rows in frame.groupby(COLUMN, sort=False)
    ]


def _labels(texts: Sequence[str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for text in texts:
        name, sign, label = text.partition("=")
        if not sign:
            raise SpecError(
                Problem(
                    "table.label",
                    message("'{text}' is not NAME=LABEL.", text=text),
                    Where(key="--label"),
                    message("write NAME=LABEL."),
                )
            )
        require_first(labels, name, "--label")
        labels[name] = label
    return labels
