"""Commands whose flags are made from declared options: name, words, bounds and description are those declared.

`--dry-run`: what a command would read, compute, and write; nothing is written.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer
from typer.main import get_command

from xinzhi.cli.console import Output, in_panel, language, names, numbers, print_json
from xinzhi.cli.help import App, Command
from xinzhi.cli.streams import STANDARD
from xinzhi_core.vocabulary import in_file
from xinzhi_core.wording import Wording, message, say

if TYPE_CHECKING:
    from xinzhi.api.declared import Keyword
    from xinzhi.study.run import Preview
    from xinzhi_panel.io.read import ReadResult


DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say what would be read, computed and written, and write nothing."
    ),
]


def print_plan(
    asked: str | None,
    *,
    reads: Iterable[Path] = (),
    computes: Sequence[Wording] = (),
    stored: Sequence[Wording] = (),
    writes: Sequence[Wording] = (),
    as_json: bool = False,
) -> None:
    """Print what a command would do, under headings; a heading without a line is left out."""
    if as_json:
        named = {"computes": computes, "stored": stored, "writes": writes}
        words = {name: [say(line, "en") for line in lines] for name, lines in named.items()}
        print_json({"status": "dry_run", "reads": [*map(str, reads)], **words})
        return
    spoken = language(asked)
    parts: tuple[tuple[Wording, Sequence[Wording]], ...] = (
        (message("Would read:"), [str(path) for path in dict.fromkeys(reads)]),
        (message("Would compute:"), computes),
        (message("Would take from the last run:"), stored),
        (message("Would write:"), writes),
    )
    for heading, lines in parts:
        if lines:
            typer.echo(say(heading, spoken))
        for line in lines:
            typer.echo(f"  {say(line, spoken)}")
    typer.echo(say(message("Dry run: nothing was written."), spoken))


def targets(output: Output | None) -> tuple[Wording, ...]:
    """Say where the output of a command would go."""
    if output is None or output.path == STANDARD:
        return (message("standard output"),)
    return (target(output.path),)


def target(path: Path) -> Wording:
    """Say of a file whether it would be new or replace one."""
    if os.path.lexists(path):
        return message("{file} (replaces the file that is there)", file=path)
    return message("{file} (new)", file=path)


def print_preview(preview: Preview, results: Path, asked: str | None) -> None:
    """Print what a run of a study would do."""
    from xinzhi.report.deliver import certain, planned
    from xinzhi.study.again import name_stage
    from xinzhi.work.results import Results

    place = Results(results.resolve())
    names = certain(preview.spec)
    place.refuse_others(planned(preview.spec), preview.reads)
    others = message("tables, figures and scripts in {folder}, as the study asks", folder=results)
    if rest := [name for name in place.marker.files if name not in names]:
        others = message(
            "{n} more files of the last run in {folder}, which are replaced or removed",
            one="{n} more file of the last run in {folder}, which is replaced or removed",
            n=len(rest),
            folder=results,
        )
    print_plan(
        asked,
        reads=preview.reads,
        computes=[
            message("{piece}: {why}", piece=name_stage(stage.name), why=stage.why)
            for stage in preview.stages
            if stage.computed
        ],
        stored=[name_stage(stage.name) for stage in preview.stages if not stage.computed],
        writes=[*(target(results / name) for name in names), others],
    )


Lang = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language of the console.")]
Form = Annotated[Literal["text", "json"], typer.Option("--format", help="Form of the output.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Let --output replace a file that is there.")
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        help="File of the output, .csv, .xlsx, .dta or .json, instead of stdout; - is stdout, as csv.",
    ),
]
OutputForm = Annotated[
    Literal["text", "json", "csv", "xlsx", "dta"] | None,
    typer.Option("--format", help="Form of the output; text unless the file says another."),
]
OneTable = Annotated[
    str | None, typer.Option("--table", help="Only this table, where the answer has several.")
]
Flag = tuple[object, object]
"""Annotation and default of a parameter of a command."""
EMPTY = inspect.Parameter.empty
DATA: Flag = (
    Annotated[Path, typer.Argument(help="The file of data: csv or xlsx; - is standard input.")],
    EMPTY,
)
ENTITY: Flag = (
    Annotated[
        str | None,
        typer.Option(help="Column that names the city; found by its heading where left out."),
    ],
    None,
)
PERIOD: Flag = (Annotated[str | None, typer.Option(help="Column of the year.")], None)
SHEET: Flag = (Annotated[str | None, typer.Option(help="Sheet of a workbook.")], None)
LANG: Flag = (Lang, None)
SHARED: Mapping[str, Flag] = MappingProxyType(
    {"entity": ENTITY, "period": PERIOD, "sheet": SHEET, "lang": LANG}
)
"""Flags of every command that computes from one file of data."""
OUTPUT: Mapping[str, Flag] = MappingProxyType(
    {
        "output": (OutputFile, None),
        "output_format": (
            Annotated[
                Literal["table", "json", "csv", "xlsx", "dta"] | None,
                typer.Option(
                    "--format", help="Form of the output; table unless the file says another."
                ),
            ],
            None,
        ),
        "overwrite": (Overwrite, False),
    }
)
"""Flags of every command whose results can go into a file."""


def lazy(make: Callable[[], object], base: type[Command] = Command) -> type[Command]:
    """Make a class of commands whose declarations load only when the command is called.

    Without it every `xinzhi --help` would import the numerical libraries.
    """

    class Lazy(base):  # type: ignore[misc, valid-type]
        """The command, whose flags are made when they are asked for."""

        @cached_property
        def made(self) -> Any:
            """The command with its flags."""
            return make()

        def get_params(self, ctx: object) -> object:
            """List the flags."""
            return self.made.get_params(ctx)

        def invoke(self, ctx: object) -> object:
            """Run with the flags that were given."""
            return self.made.invoke(ctx)

    return Lazy


def command(
    name: str, flags: Mapping[str, Flag], run: Callable[[dict[str, object]], None], about: str = ""
) -> object:
    """Make a command of flags, the required ones first."""

    def called(**given: object) -> None:
        run(given)

    parameters = dict(sorted(flags.items(), key=lambda named: named[1][1] is not EMPTY))
    # Typer makes flags from the signature of a function: this one is declared, not written.
    vars(called)["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default
            )
            for name, (kind, default) in parameters.items()
        ]
    )
    called.__annotations__ = {name: kind for name, (kind, _) in parameters.items()}
    called.__doc__ = about
    alone = App(add_completion=False)
    alone.command(name=name)(called)
    return get_command(alone)


def flag(keyword: Keyword, *spellings: str) -> Flag:
    """Make the flag of an option; it is None where it is not given.

    Parameters
    ----------
    keyword
        The option as a keyword of Python.
    spellings
        The flags where they are not the name alone: the name first, then its aliases.
    """
    kinds = _alternatives(keyword.kind)
    inner = {type(word) for kind in kinds for word in _words(kind)} or kinds
    kind = next((number for number in (int, float) if inner == {number}), str)
    # Only words that are declared as such are closed: others have short forms, such as `vrs`.
    declared = _alternatives(keyword.field.annotation) if keyword.field is not None else set()
    (only,) = declared if len(declared) == 1 else (None,)
    closed: Any = only if kind is str and _words(only) else kind
    bounds = {
        side: getattr(limit, bound)
        for limit in (keyword.field.metadata if keyword.field is not None else ())
        for side, bound in (("min", "ge"), ("max", "le"))
        if kind is not str and hasattr(limit, bound)
    }
    option: object = typer.Option(*spellings, help=_help(keyword), **bounds)
    if keyword.is_required:
        return Annotated[closed, option], EMPTY
    return Annotated[closed | None, option], None


def _help(keyword: Keyword) -> str:
    """Describe an option, the syntax of several names, and the default."""
    written = ": a,b" if is_list(keyword) else ": a=1,b=2" if _is_numbers(keyword) else ""
    usual = keyword.usual if keyword.default is None else keyword.default
    usual = ",".join(map(str, usual)) if isinstance(usual, tuple) else usual
    shown = "" if usual in (None, "", {}, EMPTY) else f" [default: {usual}]"
    about = " ".join(keyword.about.split())
    return f"{about.rstrip('.') if written else about}{written}{shown}"


def _alternatives(kind: object) -> set[object]:
    """List the types that a value may have, None left out."""
    is_union = get_origin(kind) in (Union, UnionType)
    return set(get_args(kind) if is_union else (kind,)) - {type(None)}


def _words(kind: object) -> tuple[object, ...]:
    return get_args(kind) if get_origin(kind) is Literal else ()


def is_list(keyword: Keyword) -> bool:
    """Whether an option takes several words."""
    return isinstance(keyword.default, tuple) or any(
        get_origin(kind) is Sequence or (get_origin(kind) is tuple and ... in get_args(kind))
        for kind in _alternatives(keyword.kind)
    )


def _is_numbers(keyword: Keyword) -> bool:
    """Whether an option takes a number for each name."""
    return any(
        get_origin(kind) is Mapping and float in get_args(kind)
        for kind in _alternatives(keyword.kind)
    )


def _is_yaml(keyword: Keyword) -> bool:
    """Whether an option is written as in the study file: `{controls: each}`, `[2011, 2022]`."""
    return any(
        hasattr(kind, "model_fields")
        or get_origin(kind) is Mapping
        or (get_origin(kind) is tuple and ... not in get_args(kind))
        for kind in _alternatives(keyword.kind)
    )


def column_namer(read: ReadResult, entity: str, period: str | None) -> Callable[[str], str]:
    """Make the function that gives a column its name in the panel.

    A heading with its unit stands for the name without it, the key columns for `entity` and `period`.
    """
    roles = {entity: "entity", **({period: "period"} if period else {})}

    def called(word: str) -> str:
        (name,) = in_panel((word,), read.columns)
        return roles.get(name, name)

    return called


def value(
    name: str, keyword: Keyword, text: object, called: Callable[[str], str] = lambda word: word
) -> Any:
    """Read the text of a flag as the keyword takes it; numbers are read already."""
    if not isinstance(text, str):
        return text
    option = f"--{in_file(name).replace('_', '-')}"
    if _is_numbers(keyword) and not text.lstrip().startswith("{"):
        words = {word for kind in _alternatives(keyword.kind) for word in _words(kind)}
        return text if text in words else numbers(text, option)
    if _is_yaml(keyword):
        from xinzhi.study.file.located import read_yaml

        return renamed(name, read_yaml(text, option).value, called)
    if is_list(keyword):
        return tuple(called(word) for word in names(text) if word != "none")
    return called(text)


def renamed(key: str, written: object, called: Callable[[str], str]) -> object:
    """Give columns in a mapping or a list their names in the panel; members to drop are not columns."""
    if isinstance(written, dict):
        return {
            called(name): inner if key == "drop" else renamed(name, inner, called)
            for name, inner in written.items()
        }
    if isinstance(written, list):
        return [renamed(key, inner, called) for inner in written]
    return called(written) if isinstance(written, str) else written
