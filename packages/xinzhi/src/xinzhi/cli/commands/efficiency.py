"""`xinzhi efficiency`: scores of the rows of a file; its flags are the options of the study file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xinzhi.cli.console import Output, choose_format, in_panel, notice_json, prepare_output, warn
from xinzhi.cli.flags import (
    DATA,
    OUTPUT,
    SHARED,
    DryRun,
    Flag,
    command,
    flag,
    print_plan,
    targets,
    value,
)
from xinzhi.cli.frame_output import FORMATS, write_frame
from xinzhi.cli.keyed import read_keyed
from xinzhi.cli.score_output import measured_frame, measured_json, print_measured
from xinzhi.cli.streams import STANDARD
from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.problems import CONSTANT_COLUMN
from xinzhi_core.wording import message
from xinzhi_panel.io.json_text import json_text, problem_json

if TYPE_CHECKING:
    from xinzhi.api.declared import Keyword

NOT_BESIDE = Problem(
    "option.no_effect",
    message("Results beside the data are a table: csv, xlsx or dta."),
    Where(key="--with-data"),
    message("name such a file for --output, or leave --with-data out."),
)
FLAGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "good_outputs": ("--good-outputs", "--good"),
        "bad_outputs": ("--bad-outputs", "--bad"),
        "returns_to_scale": ("--returns-to-scale", "--returns"),
        "draws": ("--draws", "--bootstrap"),
    }
)
"""Option -> its flag, then its aliases."""
OWN: Mapping[str, Flag] = MappingProxyType(
    {
        **SHARED,
        "entity": (
            Annotated[
                str | None,
                typer.Option(
                    "--entity",
                    "--dmu",
                    help="Column that names the city or DMU; found by its heading where left out.",
                ),
            ],
            None,
        ),
        "seed": (Annotated[int, typer.Option(min=0, help="Start of the random draws.")], 1),
        "explain": (
            Annotated[str | None, typer.Option(help="Explain an entity: NAME or NAME,PERIOD.")],
            None,
        ),
        "jobs": (Annotated[int, typer.Option(min=1, help="Number of processes.")], 1),
        "with_data": (
            Annotated[
                bool,
                typer.Option(
                    "--with-data", help="Write the results behind the columns of the data, as csv."
                ),
            ],
            False,
        ),
        **OUTPUT,
        "dry_run": (DryRun, False),
    }
)
"""Flags of the command itself."""


def efficiency() -> None:
    """Measure the efficiency of the rows of a file, each score with a certificate."""


def make_command() -> object:
    """Make the command: its flags are the keywords of `evaluate`, the index and the resampling."""
    from xinzhi.api.scores import bootstrap_scores, evaluate, productivity

    declared = {
        **evaluate.keywords,
        **bootstrap_scores.keywords,
        "measure": evaluate.keywords["measure"],
        "index": replace(productivity.keywords["index"], default=None),
        "draws": replace(
            bootstrap_scores.keywords["draws"],
            default=None,
            about="Number of draws; the scores are resampled only if it is given.",
        ),
    }
    flags = {
        name: flag(keyword, *FLAGS.get(name, ()))
        for name, keyword in declared.items()
        if name not in OWN
    }
    return command(
        "efficiency", {"data": DATA, **flags, **OWN}, lambda given: _run(declared, given)
    )


OF_DRAWS = ("resampling", "level", "scale", "size")
"""Flags of the draws; the seed has a value that stands for all commands."""


def _refuse_without_draws(asked: Mapping[str, object], declared: Mapping[str, Keyword]) -> None:
    """Refuse flags of draws where none is asked for: they would change nothing."""
    problems = [
        Problem(
            "efficiency.option",
            message(
                "Without draws, `{option}: {value}` has no effect.", option=name, value=asked[name]
            ),
            Where(key=name),
            message("name `draws`, or leave `{option}` out.", option=name),
        )
        for name in OF_DRAWS
        if asked[name] not in {None, declared[name].default}
    ]
    if problems:
        raise SpecError(problems)


def _run(declared: Mapping[str, Keyword], given: Mapping[str, Any]) -> None:
    from xinzhi.analyses.efficiency.compute import measure_panel
    from xinzhi.api.scores import ROLES, plan_of
    from xinzhi.present.options import measured_as
    from xinzhi_frontier.inference.intervals import infer
    from xinzhi_frontier.options import Options
    from xinzhi_frontier.resolve import resolve

    data, lang, index, jobs = (given[name] for name in ("data", "lang", "index", "jobs"))
    usual = "csv" if given["with_data"] else "table"
    form = choose_format(given["output"], given["output_format"], FORMATS, usual)
    if given["with_data"] and form in {"table", "json"}:
        raise SpecError(NOT_BESIDE)
    file = prepare_output(given["output"], overwrite=given["overwrite"], sources=(data,))
    asked = {
        name: keyword.default if given[name] is None else value(name, keyword, given[name])
        for name, keyword in declared.items()
        if name in given
    }
    if asked["draws"] is None:
        _refuse_without_draws(asked, declared)
    # Who names a column of groups asks for the frontiers of the groups.
    asked["reference"] = asked["reference"] or ("group" if asked["group"] else None)
    options = resolve({field.name: asked[field.name] for field in fields(Options)}, index=index)
    read = read_keyed(given, lang).read
    inputs, goods, bads = (in_panel(asked[name] or (), read.columns) for name in ROLES)
    how = measured_as(options, has_bads=bool(bads), of_index=index is not None)
    if given["dry_run"]:
        work = message("{n} rows: {how}", one="{n} row: {how}", n=len(read.panel.frame), how=how)
        writes = targets(file)
        print_plan(lang, reads=(data,), computes=(work,), writes=writes, as_json=form == "json")
        return
    measured = measure_panel(
        read.panel,
        (inputs, goods, bads),
        options,
        index=index,
        missing=asked["missing"] or "refuse",
        as_in_file=True,
        jobs=jobs,
    )
    inference = None
    if asked["draws"] is not None:
        plan = plan_of({**asked, "seed": given["seed"]})
        inference = infer(measured.activities, options, plan, groups=measured.groups, jobs=jobs)
        measured = replace(measured, notices=(*measured.notices, *inference.notices))
    doubts = [w for w in read.warnings if w.code != CONSTANT_COLUMN]  # says nothing against a score
    warn((*doubts, *measured.notices), lang)
    if form == "table":
        print_measured(measured, lang, explain=given["explain"], inference=inference)
        return
    if form != "json":
        frame = measured_frame(measured, inference, read.panel if given["with_data"] else None)
        notes = [doubt.what for doubt in doubts] + [notice.text for notice in measured.notices]
        write_frame(file, frame, form, how, notes=notes, lang=lang)
        return
    document = measured_json(measured, explain=given["explain"], inference=inference)
    warnings = [*map(problem_json, doubts), *map(notice_json, measured.notices)]
    target = file or Output(STANDARD, is_replacing=True)
    target.write(json_text({**document, "warnings": warnings}) + "\n", is_json=True)
