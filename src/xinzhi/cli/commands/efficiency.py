"""`xinzhi efficiency`: scores of the rows of a file; its flags are the options of the study file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand
from typer.main import get_command

from xinzhi.cli.console import OVERWRITE, format_of, notice_json, output_of, problem_json, warn
from xinzhi.cli.measured import measured_csv, measured_json, print_measured
from xinzhi.cli.words import in_panel, names, numbers
from xinzhi.io.json_text import json_text
from xinzhi.problems import CONSTANT_COLUMN

if TYPE_CHECKING:
    from xinzhi.api.declared import Keyword

Format = Literal["table", "json", "csv"]
FORMATS = {".csv": "csv", ".json": "json"}
"""Suffix of a file -> format."""
FLAGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "good_outputs": ("--good-outputs", "--good"),
        "bad_outputs": ("--bad-outputs", "--bad"),
        "returns_to_scale": ("--returns-to-scale", "--returns"),
        "method": ("--resampling",),
        "draws": ("--bootstrap",),
    }
)
"""Option -> its flags, where it has another one than its name, or two."""
OWN: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "entity": (
            Annotated[
                str, typer.Option("--entity", "--dmu", help="Column that names the city or DMU.")
            ],
            inspect.Parameter.empty,
        ),
        "period": (Annotated[str | None, typer.Option(help="Column of the year.")], None),
        "seed": (Annotated[int, typer.Option(min=0, help="Start of the random draws.")], 1),
        "explain": (
            Annotated[str | None, typer.Option(help="Explain an entity: NAME or NAME,PERIOD.")],
            None,
        ),
        "sheet": (Annotated[str | None, typer.Option(help="Sheet of a workbook.")], None),
        "jobs": (Annotated[int, typer.Option(min=1, help="Number of processes.")], 1),
        "output_format": (
            Annotated[
                Format | None,
                typer.Option(
                    "--format", help="Form of the output; table where nothing says another."
                ),
            ],
            None,
        ),
        "output": (
            Annotated[
                Path | None,
                typer.Option(help="File of the output, .csv or .json, instead of stdout."),
            ],
            None,
        ),
        "overwrite": (Annotated[bool, typer.Option("--overwrite", help=OVERWRITE)], False),
        "lang": (
            Annotated[Literal["zh", "en"] | None, typer.Option(help="Language of the console.")],
            None,
        ),
    }
)
"""Flags of the command itself."""


class _Efficiency(TyperCommand):
    """The command, whose flags are loaded when it is asked for."""

    @cached_property
    def made(self) -> Any:
        """The command with its flags."""
        return _command()

    def get_params(self, ctx: Any) -> Any:
        """List the flags."""
        return self.made.get_params(ctx)

    def invoke(self, ctx: Any) -> Any:
        """Run with the flags that were given."""
        return self.made.invoke(ctx)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="efficiency", cls=_Efficiency)(efficiency)


def efficiency() -> None:
    """Score the rows of a file, each score proved."""


def _command() -> Any:
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
            about="Number of draws of a bootstrap of the scores; nothing is resampled without it.",
        ),
    }
    flags = {name: _flag(name, one) for name, one in declared.items() if name not in OWN}
    file = Annotated[Path, typer.Argument(help="The file of data: csv or xlsx.")]
    ordered = dict(sorted({**flags, **OWN}.items(), key=_is_optional))
    parameters = {"data": (file, inspect.Parameter.empty), **ordered}

    def command(**given: Any) -> None:
        _run(declared, given)

    vars(command)["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default
            )
            for name, (kind, default) in parameters.items()
        ]
    )
    command.__annotations__ = {name: kind for name, (kind, _) in parameters.items()}
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name="efficiency")(command)
    return get_command(alone)


def _is_optional(flag: tuple[str, tuple[Any, Any]]) -> bool:
    return flag[1][1] is not inspect.Parameter.empty


def _flag(name: str, keyword: Keyword) -> tuple[Any, Any]:
    """Make a flag of an option: its words, its bounds and its description are those declared."""
    declared: Any = keyword.field.annotation if keyword.field is not None else str
    inner = set(get_args(declared)) - {type(None)}
    kind = next((one for one in (int, float) if declared is one or inner == {one}), str)
    closed: Any = declared if get_origin(declared) is Literal else kind
    bounds = {
        side: getattr(one, bound)
        for one in (keyword.field.metadata if keyword.field is not None else ())
        for side, bound in (("min", "ge"), ("max", "le"))
        if kind is not str and hasattr(one, bound)
    }
    written = ": a,b" if _is_list(keyword) else ": a=1,b=2" if _is_mapping(keyword) else ""
    usual = keyword.usual if keyword.default is None else keyword.default
    shown = "" if usual in (None, (), keyword.default) else f" [default: {usual}]"
    about = " ".join(keyword.about.split())
    text = f"{about.rstrip('.') if written else about}{written}{shown}"
    option: Any = typer.Option(*FLAGS.get(name, ()), help=text, **bounds)
    if keyword.is_required:
        return Annotated[closed, option], inspect.Parameter.empty
    return Annotated[closed | None, option], keyword.default


def _is_list(keyword: Keyword) -> bool:
    from xinzhi.api.arguments import Names

    return keyword.kind in (Names, Names | None)


def _is_mapping(keyword: Keyword) -> bool:
    return any(get_origin(one) is Mapping for one in get_args(keyword.kind))


def _read(name: str, keyword: Keyword, text: Any) -> Any:
    """Read the text of a flag: several names, a number for each, or one word."""
    if _is_list(keyword):
        return names(text) or None
    if not _is_mapping(keyword) or text is None:
        return text
    words = {word for one in get_args(keyword.kind) for word in get_args(one) if word is not str}
    return text if text in words else numbers(text, f"--{name}")


def _run(declared: Mapping[str, Keyword], given: Mapping[str, Any]) -> None:
    from xinzhi.analyses.efficiency.compute import measure_panel
    from xinzhi.frontier.inference.intervals import Resampling, infer
    from xinzhi.frontier.options import Options
    from xinzhi.frontier.resolve import resolve
    from xinzhi.io.read import read_panel

    data, lang, index, jobs = (given[name] for name in ("data", "lang", "index", "jobs"))
    form = format_of(given["output"], given["output_format"], FORMATS, "table")
    file = output_of(given["output"], overwrite=given["overwrite"], sources=(data,))
    asked = {n: _read(n, one, given[n]) for n, one in declared.items() if n in given}
    asked["reference"] = asked["reference"] or ("group" if asked["group"] else None)
    options = resolve({one.name: asked[one.name] for one in fields(Options)}, index=index)
    read = read_panel(data, entity=given["entity"], period=given["period"], sheet=given["sheet"])
    inputs, goods, bads = (
        in_panel(asked[name] or (), read.columns)
        for name in ("inputs", "good_outputs", "bad_outputs")
    )
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
        plan = Resampling(**{one.name: {**given, **asked}[one.name] for one in fields(Resampling)})
        inference = infer(measured.activities, options, plan, groups=measured.groups, jobs=jobs)
        measured = replace(measured, notices=(*measured.notices, *inference.notices))
    doubts = [w for w in read.warnings if w.code != CONSTANT_COLUMN]  # says nothing against a score
    warn((*doubts, *measured.notices), lang)
    if form == "table":
        print_measured(measured, lang, explain=given["explain"], inference=inference)
        return
    text = measured_csv(measured, inference)
    if form == "json":
        document = measured_json(measured, explain=given["explain"], inference=inference)
        warnings = [*map(problem_json, doubts), *map(notice_json, measured.notices)]
        text = json_text({**document, "warnings": warnings}) + "\n"
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write(text)
