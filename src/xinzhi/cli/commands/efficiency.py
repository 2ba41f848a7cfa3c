"""`xinzhi efficiency`: scores of the rows of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xinzhi.cli.console import (
    language,
    notice_json,
    print_table,
    problem_json,
    warn,
)
from xinzhi.cli.words import names, numbers
from xinzhi.io.json_text import finite, json_text
from xinzhi.vocabulary import canonical
from xinzhi.wording import message, say

if TYPE_CHECKING:
    from xinzhi.efficiency.options import Options
    from xinzhi.efficiency.result import EfficiencyResult

ANY_COLUMN = "panel.constant"
"""A constant column says nothing against a score."""
Format = Literal["table", "json", "csv"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="efficiency")(efficiency)


def efficiency(
    data: Annotated[Path, typer.Argument(help="The file of data: csv or xlsx.")],
    inputs: Annotated[str, typer.Option(help="Columns of inputs: a,b")],
    good_outputs: Annotated[
        str, typer.Option("--good-outputs", "--good", help="Columns of good outputs.")
    ],
    entity: Annotated[
        str, typer.Option("--entity", "--dmu", help="Column that names the city or DMU.")
    ],
    period: Annotated[str | None, typer.Option(help="Column of the year.")] = None,
    bad_outputs: Annotated[
        str | None, typer.Option("--bad-outputs", "--bad", help="Columns of bad outputs.")
    ] = None,
    measure: Annotated[
        str, typer.Option(help="sbm, super_sbm …: see `xinzhi parts`.")
    ] = "super_sbm",
    returns_to_scale: Annotated[
        str, typer.Option("--returns-to-scale", "--returns", help="constant, variable …")
    ] = "constant",
    orientation: Annotated[str, typer.Option(help="none, input or output.")] = "none",
    reference: Annotated[
        str, typer.Option(help="global, contemporaneous, sequential or window.")
    ] = "global",
    window: Annotated[int | None, typer.Option(min=1, help="Periods of a window frontier.")] = None,
    exclude: Annotated[
        str, typer.Option(help="What leaves the frontier for a super score: observation or entity.")
    ] = "observation",
    bads: Annotated[str, typer.Option(help="Bad outputs count as outputs or inputs.")] = "outputs",
    weights: Annotated[str | None, typer.Option(help="Weights of columns: a=1,b=2")] = None,
    zeros: Annotated[str, typer.Option(help="refuse or drop_term.")] = "refuse",
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    output_format: Annotated[
        Format, typer.Option("--format", help="Form of the output.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option(help="File of the output instead of stdout.")
    ] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
) -> None:
    """Score the rows of a file, each score proved."""
    from xinzhi.efficiency.activities import Roles, activities_of
    from xinzhi.efficiency.evaluate import evaluate
    from xinzhi.efficiency.options import Options
    from xinzhi.io.read import read_panel

    options = Options(
        measure=canonical("measure", measure),
        returns_to_scale=canonical("returns_to_scale", returns_to_scale),
        orientation=canonical("orientation", orientation),
        reference=canonical("reference", reference),
        window=window,
        exclude=canonical("exclude", exclude),
        bads=canonical("bads", bads),
        weights=numbers(weights, "--weights"),
        zeros=canonical("zeros", zeros),
    )
    roles = Roles(names(inputs), names(good_outputs), names(bad_outputs))
    read = read_panel(data, entity=entity, period=period, sheet=sheet)
    result = evaluate(activities_of(read.panel, roles), options=options, jobs=jobs)
    order = _order_of_file(read.panel.rows, result.n)
    doubts = [w for w in read.warnings if w.code != ANY_COLUMN]
    warn((*doubts, *result.notices), lang)
    warnings = [*map(problem_json, doubts), *map(notice_json, result.notices)]
    if output_format == "table":
        _print(result, order, lang)
    else:
        text = (
            json_text({**as_json(result, roles, order), "warnings": warnings}) + "\n"
            if output_format == "json"
            else _as_csv(result, order)
        )
        _hand_over(text, output)


def _hand_over(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    from xinzhi.io.write import write_atomically

    write_atomically(output, text)


def _order_of_file(rows: tuple[int, ...], n: int) -> list[int]:
    return sorted(range(n), key=lambda i: rows[i]) if rows else list(range(n))


def as_json(result: EfficiencyResult, roles: Any, order: list[int]) -> dict[str, Any]:
    """Write a result as the contract of the command says; rows in the order of the file."""
    columns = {
        "inputs": roles.inputs,
        "good_outputs": roles.good_outputs,
        "bad_outputs": roles.bad_outputs,
    }
    return {
        "options": {**_options(result.options), **{k: list(v) for k, v in columns.items()}},
        "summary": {
            "n": result.n,
            "certified": result.count("certified"),
            "infeasible": result.count("infeasible"),
            "unsolved": result.count("unsolved"),
            "undefined": result.count("undefined"),
            "worst_certificate": result.certificate.worst(),
        },
        "rows": [_row(result, position) for position in order],
    }


def _options(options: Options) -> dict[str, Any]:
    values = {f.name: getattr(options, f.name) for f in fields(options)}
    return {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}


def _row(result: EfficiencyResult, position: int) -> dict[str, Any]:
    dmu, period = result.labels[position]
    return {
        "dmu": dmu,
        "period": period,
        "score": finite(result.scores[position]),
        "status": result.statuses[position],
        "slacks": dict(zip(result.variables, map(finite, result.slacks[position]), strict=True)),
        "targets": dict(zip(result.variables, map(finite, result.targets[position]), strict=True)),
        "peers": [
            {
                "dmu": result.labels[p.position][0],
                "period": result.labels[p.position][1],
                "intensity": p.intensity,
            }
            for p in result.peers[position]
        ],
    }


def _as_csv(result: EfficiencyResult, order: list[int]) -> str:
    from xinzhi.io.write import csv_text

    return csv_text(result.to_frame().iloc[order].reset_index())


def _print(result: EfficiencyResult, order: list[int], lang: str | None) -> None:
    spoken = language(lang)

    def word(text: str) -> str:
        return say(message(text), spoken)

    rows = [
        (
            result.labels[i][0],
            "" if result.labels[i][1] is None else str(result.labels[i][1]),
            "—" if finite(result.scores[i]) is None else f"{result.scores[i]:.6f}",
            word(result.statuses[i]),
        )
        for i in order
    ]
    print_table(
        word("Efficiency"),
        [word(h) for h in ("entity", "period", "score", "status")],
        rows,
        text_columns=2,
    )
    worst = result.certificate.worst()
    typer.echo(
        say(
            message(
                "{certified} of {n} scores certified, {infeasible} infeasible, {unsolved} unsolved, "
                "{undefined} undefined; worst certificate: primal {primal:.1e}, dual {dual:.1e}, "
                "gap {gap:.1e}.",
                n=result.n,
                certified=result.count("certified"),
                infeasible=result.count("infeasible"),
                unsolved=result.count("unsolved"),
                undefined=result.count("undefined"),
                **worst,
            ),
            spoken,
        )
    )
