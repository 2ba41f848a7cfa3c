"""`xinzhi explain`: a printed number led back to the cells of the files, from the last run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.commands.show import Out, places, sources_of
from xinzhi.cli.console import Settings, language, tell_notes
from xinzhi.cli.flags import Lang, OneTable, OutputFile, OutputForm, Overwrite
from xinzhi.cli.frame_output import Destination, choose_tables
from xinzhi_core.wording import Language, Wording, listed, message, say

if TYPE_CHECKING:
    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi.report.trace import RawCell, SampleRows, Trace, TracedVariable

SHOWN = 5
"""Rows left out that the console names; JSON lists all."""


def explain(
    study: Annotated[Path, typer.Argument(help="The study file; it has been run.")],
    address: Annotated[
        str,
        typer.Argument(
            help="TABLE.ROW, such as table5.talent; or TABLE.colN.ROW.NUMBER, such as baseline.col3.HEE.se."
        ),
    ],
    row: Annotated[
        str | None,
        typer.Option(
            help="ENTITY or ENTITY,PERIOD: the row whose values are followed to the files."
        ),
    ] = None,
    out: Out = None,
    settings: Settings = None,
    output: OutputFile = None,
    output_format: OutputForm = None,
    table: OneTable = None,
    overwrite: Overwrite = False,
    lang: Lang = None,
) -> None:
    """Lead a printed number back: model, estimate, rows, columns, steps, cells of the files."""
    from xinzhi.report.build import text_of
    from xinzhi.report.trace import trace_json, trace_number
    from xinzhi.study.run import run
    from xinzhi.work.results import look_at

    file, folder = places(study, out)
    sources = sources_of(file, tuple(settings or ())) if output else ()
    to = Destination.of(
        output, output_format, "text", overwrite=overwrite, sources=sources, lang=lang
    )
    place = look_at(folder)
    tell_notes(place, lang)
    result = run(file, results=place, settings=tuple(settings or ()), computes=False)
    followed = None
    if row:
        entity, comma, period = row.replace("，", ",").rpartition(",")
        followed = (entity.strip(), period.strip()) if comma else (row.strip(), "")
    trace = trace_number(result, text_of(result), address, followed)
    spoken = language(lang)
    if to.is_console:
        for indent, words in _lines(trace):
            typer.echo("  " * indent + say(words, spoken))
        return
    to.write(lambda: trace_json(trace), lambda: choose_tables(_as_files(trace, spoken), table))


def _as_files(trace: Trace, spoken: Language) -> list[FrameFile]:
    """Lay out the chain as it is told, the cells of the files, and the rows that are left out."""
    import pandas as pd

    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi.report.trace import RawCell

    chain = pd.DataFrame(
        [(indent, say(words, spoken)) for indent, words in _lines(trace)], columns=["level", "text"]
    )
    cells = pd.DataFrame(
        [
            {"variable": variable.name, **asdict(cell)}
            for variable in trace.variables
            for cell in variable.cells
        ],
        columns=["variable", *(field.name for field in fields(RawCell))],
        dtype=object,
    )
    gone = [
        (entity, period, say(why, spoken))
        for entity, period, why in (trace.rows.left_out if trace.rows else ())
    ]
    left_out = pd.DataFrame(gone, columns=["entity", "period", "why"])
    return [
        FrameFile(chain, message("From the number to the files"), language=spoken, id="chain"),
        FrameFile(cells, message("Cells that were read"), language=spoken, id="cells"),
        FrameFile(left_out, message("Rows left out"), language=spoken, id="left_out"),
    ]


Indented = tuple[int, Wording]
"""Steps to the right, and the words."""


def _lines(trace: Trace) -> Iterator[Indented]:
    """Write the chain, what rests on something above what it rests on."""
    yield (
        0,
        message(
            "{caption}, {title}, column {column}, {row}: {printed}",
            caption=trace.caption,
            title=trace.title,
            column=trace.heading,
            row=trace.row,
            printed=trace.printed,
        ),
    )
    yield (
        1,
        message("In full: {number} ({address})", number=repr(trace.number), address=trace.address),
    )
    model = trace.model
    effects = listed(model.effects or ["—"])
    yield (
        0,
        message(
            "Model: {outcome} on {regressors}; fixed effects: {effects}; standard errors: {errors}",
            outcome=model.outcome,
            regressors=listed([*model.coefficients]),
            effects=effects,
            errors=str(model.covariance.get("kind")),
        ),
    )
    numbers = [f"{key} {value!r}" for key, value in trace.estimate.items() if value is not None]
    yield 0, message("Estimate: {numbers}", numbers=listed(numbers))
    if trace.verdict is not None:
        words = DIRECTIONS[trace.verdict.direction]
        yield (
            0,
            message(
                "Judged: {verdict} at the {level} level, p = {p}, standard errors: {errors}",
                verdict=words,
                level=f"{100 * trace.verdict.level:g}%",
                p=repr(trace.verdict.p),
                errors=trace.verdict.errors,
            ),
        )
    yield from _rows(trace.rows, model.n)
    if trace.followed is not None:
        yield 0, message("Followed: {row}", row=" ".join(trace.followed))
    for variable in trace.variables:
        yield from _variable(variable)


DIRECTIONS = {
    "positive": message("positive, statistically significant"),
    "negative": message("negative, statistically significant"),
    "not_significant": message("not statistically significant"),
    "not_tested": message("not tested"),
}
"""Verdicts in words."""


def _rows(rows: SampleRows | None, n: int) -> Iterator[Indented]:
    if rows is None:
        yield 0, message("Rows used: {n}", n=n)
        return
    span = "–".join(dict.fromkeys(rows.periods)) or "—"
    yield (
        0,
        message(
            "Rows used: {n}; entities: {k}; periods: {span}; left out: {left}",
            n=rows.n,
            k=rows.n_entities,
            span=span,
            left=len(rows.left_out),
        ),
    )
    for entity, period, why in rows.left_out[:SHOWN]:
        yield 1, message("{entity} {period}: {why}", entity=entity, period=period, why=why)


def _variable(variable: TracedVariable) -> Iterator[Indented]:
    yield (
        0,
        message(
            "{label} ({name}): column {column}, transform {transform}, value {value}",
            label=variable.label,
            name=variable.name,
            column=variable.column,
            transform=variable.transform,
            value="—" if variable.value is None else repr(variable.value),
        ),
    )
    if variable.expression:
        yield 1, message("formula: {formula}", formula=variable.expression)
    if variable.score:
        yield 1, message("a score, measured as `efficiency.{name}` says", name=variable.score)
    for step in variable.steps:
        yield (
            1,
            message(
                "{column}, step {step} ({kind}): {why}",
                column=step.column,
                step=step.step,
                kind=step.kind,
                why=step.why,
            ),
        )
        if step.uses or step.files:
            yield 2, message("made of: {names}", names=listed([*step.uses, *step.files]))
    for cell in variable.cells:
        yield 1, _cell(cell)


def _cell(cell: RawCell) -> Wording:
    sheet = f"[{cell.sheet}]" if cell.sheet else ""
    place = cell.cell or (f"{cell.row}:{cell.position}" if cell.position else str(cell.row))
    return message(
        "{column}: {file}{sheet} {place} = {raw}, read as {value}",
        column=cell.column,
        file=cell.file,
        sheet=sheet,
        place=place,
        raw="—" if cell.raw is None else cell.raw,
        value="—" if cell.value is None else repr(cell.value),
    )
