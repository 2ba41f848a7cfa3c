"""`xinzhi efficiency`: scores of the rows of a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from xinzhi.cli.console import OVERWRITE, format_of, notice_json, output_of, problem_json, warn
from xinzhi.cli.measured import measured_csv, measured_json, print_measured
from xinzhi.cli.words import in_panel, names, numbers
from xinzhi.io.json_text import json_text
from xinzhi.problems import CONSTANT_COLUMN

Format = Literal["table", "json", "csv"]
FORMATS = {".csv": "csv", ".json": "json"}
"""Suffix of a file -> format."""


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
        str | None,
        typer.Option(help="super_sbm (the default) …: see `xinzhi parts`; that of the --index."),
    ] = None,
    returns_to_scale: Annotated[
        str | None,
        typer.Option(
            "--returns-to-scale",
            "--returns",
            help="constant (the default), variable …; generalised by its bounds: 0.8..1.2",
        ),
    ] = None,
    orientation: Annotated[
        str | None, typer.Option(help="none, input or output; the usual one of the measure.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="global, contemporaneous, sequential …; group with --group.")
    ] = None,
    window: Annotated[int | None, typer.Option(min=1, help="Periods of a window frontier.")] = None,
    group: Annotated[str | None, typer.Option(help="Column of groups of a group frontier.")] = None,
    exclude: Annotated[
        str | None,
        typer.Option(
            help="What leaves the frontier for a super score: observation (the default) or entity."
        ),
    ] = None,
    bads: Annotated[
        str | None, typer.Option(help="Bad outputs count as outputs (the default) or inputs.")
    ] = None,
    disposability: Annotated[
        str | None, typer.Option(help="strong (the default), weak or kuosmanen.")
    ] = None,
    weights: Annotated[str | None, typer.Option(help="Weights of columns: a=1,b=2")] = None,
    direction: Annotated[str | None, typer.Option(help="own, mean or a=1,b=2")] = None,
    epsilon: Annotated[float | None, typer.Option(help="Of the epsilon-based measure.")] = None,
    nonseparable: Annotated[
        str | None, typer.Option(help="Columns that move together: a,b")
    ] = None,
    alpha_min: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Least share that stays of what moves together."),
    ] = None,
    noncontrollable: Annotated[
        str | None, typer.Option(help="Columns that no row controls, kept equal (radial): a,b")
    ] = None,
    nondiscretionary: Annotated[
        str | None,
        typer.Option(help="Columns fixed from outside, peers no worse (radial): a,b"),
    ] = None,
    zeros: Annotated[
        str | None,
        typer.Option(
            help="A zero that the measure divides by: refuse (the default), keep, drop_row or "
            "drop_term."
        ),
    ] = None,
    missing: Annotated[
        Literal["refuse", "leave_out"], typer.Option(help="Rows with an empty cell.")
    ] = "refuse",
    fallback: Annotated[
        str | None,
        typer.Option(help="For infeasible super scores: none (the default), form_b or two_stage."),
    ] = None,
    index: Annotated[str | None, typer.Option(help="Index of productivity: gml …")] = None,
    bootstrap: Annotated[
        int | None, typer.Option(min=1, help="Draws of a bootstrap of the scores.")
    ] = None,
    resampling: Annotated[
        Literal["subsampling", "smoothed", "sensitivity"],
        typer.Option(
            help="Of --bootstrap: confidence intervals by subsampling, the bias of radial scores "
            "(smoothed), or the sensitivity to the sample."
        ),
    ] = "subsampling",
    scale: Annotated[
        Literal["distance", "efficiency"],
        typer.Option(help="Of the intervals: distance (1/θ, φ, β) or efficiency (θ, 1/φ)."),
    ] = "distance",
    seed: Annotated[int, typer.Option(min=0, help="Start of the random draws.")] = 1,
    explain: Annotated[
        str | None, typer.Option(help="Explain an entity: NAME or NAME,PERIOD.")
    ] = None,
    solver: Annotated[str, typer.Option(help="auto, highs or exact.")] = "auto",
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    output_format: Annotated[
        Format | None,
        typer.Option("--format", help="Form of the output; table where nothing says another."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File of the output, .csv or .json, instead of stdout.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=OVERWRITE)] = False,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
) -> None:
    """Score the rows of a file, each score proved."""
    from xinzhi.analyses.efficiency.compute import measure_panel
    from xinzhi.frontier.inference.intervals import Resampling, infer
    from xinzhi.frontier.resolve import resolve
    from xinzhi.io.read import read_panel

    form = format_of(output, output_format, FORMATS, "table")
    file = output_of(output, overwrite=overwrite, sources=(data,))
    options = resolve(
        {
            "measure": measure,
            "returns_to_scale": returns_to_scale,
            "orientation": orientation,
            "reference": reference or ("group" if group else None),
            "window": window,
            "group": group,
            "exclude": exclude,
            "bads": bads,
            "disposability": disposability,
            "weights": numbers(weights, "--weights"),
            "direction": _direction(direction),
            "epsilon": epsilon,
            "nonseparable": names(nonseparable) or None,
            "alpha_min": alpha_min,
            "noncontrollable": names(noncontrollable) or None,
            "nondiscretionary": names(nondiscretionary) or None,
            "zeros": zeros,
            "fallback": fallback,
            "solver": solver,
        },
        index=index,
    )
    read = read_panel(data, entity=entity, period=period, sheet=sheet)
    roles = (
        in_panel(names(inputs), read.columns),
        in_panel(names(good_outputs), read.columns),
        in_panel(names(bad_outputs), read.columns),
    )
    measured = measure_panel(
        read.panel, roles, options, index=index, missing=missing, as_in_file=True, jobs=jobs
    )
    inference = None
    if bootstrap is not None:
        plan = Resampling(method=resampling, draws=bootstrap, seed=seed, scale=scale)
        inference = infer(measured.activities, options, plan, groups=measured.groups, jobs=jobs)
        measured = replace(measured, notices=(*measured.notices, *inference.notices))
    doubts = [w for w in read.warnings if w.code != CONSTANT_COLUMN]  # says nothing against a score
    warn((*doubts, *measured.notices), lang)
    if form == "table":
        print_measured(measured, lang, explain=explain, inference=inference)
        return
    warnings = [*map(problem_json, doubts), *map(notice_json, measured.notices)]
    text = (
        json_text(
            {**measured_json(measured, explain=explain, inference=inference), "warnings": warnings}
        )
        + "\n"
        if form == "json"
        else measured_csv(measured, inference)
    )
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write(text)


def _direction(text: str | None) -> str | dict[str, float] | None:
    return text if text in (None, "own", "mean") else numbers(text, "--direction")
