"""`xinzhi analyse`: one analysis by itself; its flags are the options that it declares.

Most take a file of data. Those that read results of others take a study that has been run.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperGroup
from typer.main import get_command

from xinzhi.cli.console import language, print_json, print_table, warn
from xinzhi.cli.words import in_panel, names
from xinzhi.wording import say

if TYPE_CHECKING:
    from xinzhi.analyses.exhibits import Exhibits
    from xinzhi.api.analysis import Analysed
    from xinzhi.errors import Problem
    from xinzhi.notices import Notice


Parameters = Mapping[str, tuple[Any, Any]]
"""Flag -> its type with what typer says of it, and its default; ... where it must be given."""
OUTPUT: Parameters = {
    "format": (Annotated[Literal["table", "json"], typer.Option(help="Form of the output.")], "table"),
    "lang": (Annotated[Literal["zh", "en"] | None, typer.Option(help="Language of the console.")], None),
}  # fmt: skip
"""Flags of every analysis."""
SHARED: Parameters = {
    "entity": (Annotated[str, typer.Option(help="Column that names the city.")], ...),
    "period": (Annotated[str | None, typer.Option(help="Column of the year.")], None),
    "sheet": (Annotated[str | None, typer.Option(help="Sheet of a workbook.")], None),
    **OUTPUT,
}
"""Flags of every analysis of a file of data."""
COLUMNS: Mapping[str, str] = {
    "outcome": "Column that is explained.",
    "regressors": "Columns of interest: a,b",
    "controls": "Columns of controls: c,d",
    "effects": "Fixed effects: entity,period or columns; none for none.",
    "covariance": "iid, hc1, cluster, two_way or driscoll_kraay.",
    "cluster": "Columns of clusters: C or C,D",
    "seed": "Start of all random draws.",
}


class _Analyses(TyperGroup):
    """The analyses, loaded when one of them is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """List the keys of the study file."""
        from xinzhi.analyses.analysis import ANALYSES

        del ctx
        return [key for key, one in ANALYSES if one.verb and not one.is_written_by_hand]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Make the command of an analysis."""
        return _command(cmd_name) if cmd_name in self.list_commands(ctx) else None


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(
        typer.Typer(cls=_Analyses, no_args_is_help=True, rich_markup_mode=None),
        name="analyse",
        help="Run one analysis on a file of data, or on a study that has been run.",
    )


def _command(key: str) -> Any:
    """Make a command whose flags are the keywords of the verb in Python."""
    from xinzhi.analyses.analysis import ANALYSES

    analysis = ANALYSES.get(key)
    command, parameters = _on_study(key) if analysis.reads_results else _on_data(key)
    vars(command)["__signature__"] = inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=kind,
                default=inspect.Parameter.empty if default is ... else default,
            )
            for name, (kind, default) in parameters.items()
        ]
    )
    command.__annotations__ = {name: kind for name, (kind, _) in parameters.items()}
    command.__doc__ = (inspect.getdoc(analysis) or "").partition("\n")[0]
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name=key)(command)
    return get_command(alone)


def _on_data(key: str) -> tuple[Any, Parameters]:
    """Make the function of a command that takes a file of data, and list its flags."""
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.api.analysis import MEASURED, verb_of

    analysis = ANALYSES.get(key)
    keywords = inspect.signature(verb_of(key)).parameters
    about = {
        field.alias or name: field.description or ""
        for one in ((ANALYSES.get(MEASURED), analysis) if analysis.measured else (analysis,))
        for name, field in one.offered.model_fields.items()
    }
    flags = {
        name: _flag(one, {**COLUMNS, **about}.get(name, ""))
        for name, one in keywords.items()
        if name not in {"data", *SHARED}
    }

    def command(**given: Any) -> None:
        _run(key, given)

    data = (Annotated[Path, typer.Argument(help="The file of data: csv or xlsx.")], ...)
    return command, {"data": data, **flags, **SHARED}


def _on_study(key: str) -> tuple[Any, Parameters]:
    """Make the function of a command that takes a study that has been run, and list its flags."""
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.api.of_study import options_of

    flags = {
        name: (Annotated[str | None, typer.Option(help=one.about)], None)
        for name, one in options_of(ANALYSES.get(key)).items()
    }

    def command(**given: Any) -> None:
        _run_on_study(key, given)

    study = (Annotated[Path, typer.Argument(help="The study file; it has been run.")], ...)
    out = (Annotated[Path | None, typer.Option(help="Folder of the results.")], None)
    return command, {"study": study, **flags, "out": out, **OUTPUT}


def _flag(keyword: inspect.Parameter, about: str) -> tuple[Any, Any]:
    """Make a flag: lists are written with commas; the options of the analysis check the rest."""
    if keyword.default is inspect.Parameter.empty:
        return Annotated[str, typer.Option(help=about)], ...
    kind = keyword.annotation if keyword.annotation in {int, float} else str
    shown = keyword.default
    shown = ",".join(map(str, shown)) if isinstance(shown, tuple) else shown
    text = about if shown in (None, "", {}) else f"{about} [default: {shown}]"
    return Annotated[kind | None, typer.Option(help=text)], None


def _is_list(keyword: inspect.Parameter) -> bool:
    """Whether a keyword takes several words."""
    from xinzhi.api.arguments import Names

    kind = keyword.annotation
    return isinstance(keyword.default, tuple) or any(
        one == Names or get_origin(one) is tuple for one in (kind, *get_args(kind))
    )


def _is_section(keyword: inspect.Parameter) -> bool:
    """Whether a keyword is written as in the study file: `{controls: each}`, `[2011, 2022]`."""
    kind = keyword.annotation
    return hasattr(kind, "model_fields") or any(
        get_origin(one) in (Mapping, dict)
        or (get_origin(one) is tuple and ... not in get_args(one))
        for one in (kind, *get_args(kind))
    )


def _run(key: str, given: dict[str, Any]) -> None:
    from xinzhi.api.analysis import analysed, verb_of
    from xinzhi.io.read import read_panel
    from xinzhi.study.file.located import read_yaml

    asked = {name: given.pop(name) for name in SHARED}
    file = given.pop("data")
    read = read_panel(file, entity=asked["entity"], period=asked["period"], sheet=asked["sheet"])
    roles = {asked["entity"]: "entity", asked["period"]: "period"}
    keywords = inspect.signature(verb_of(key)).parameters
    lists = {n for n, one in keywords.items() if _is_list(one)}

    def called(word: str) -> str:
        (own,) = in_panel((word,), read.columns)
        return roles.get(own, own)

    sections = {n for n, one in keywords.items() if _is_section(one)}
    words = {
        name: read_yaml(value, f"--{name}").value
        if name in sections
        else tuple(called(one) for one in names(value) if one != "none")
        if name in lists
        else called(value)
        if isinstance(value, str)
        else value
        for name, value in given.items()
        if value is not None
    }
    shown = analysed(key, read.panel, **words)
    _tell(shown, (*read.warnings, *dict.fromkeys(shown.notices)), asked)


def _run_on_study(key: str, given: dict[str, Any]) -> None:
    from xinzhi.api.analysis import analysed_of_study
    from xinzhi.cli.commands.show import places
    from xinzhi.cli.console import tell_notes
    from xinzhi.study.file.located import read_yaml
    from xinzhi.study.run import run
    from xinzhi.work.results import looked_at

    asked = {name: given.pop(name) for name in OUTPUT}
    file, folder = places(given.pop("study"), given.pop("out"))
    place = looked_at(folder)
    tell_notes(place, asked["lang"])
    words = {n: read_yaml(value, f"--{n}").value for n, value in given.items() if value is not None}
    shown = analysed_of_study(key, run(file, results=place, computes=False), **words)
    _tell(shown, tuple(dict.fromkeys(shown.notices)), asked)


def _tell(shown: Analysed, notices: Iterable[Problem | Notice], asked: Mapping[str, Any]) -> None:
    """Write notices and tables; the exit code says whether a part has no answer."""
    warn(notices, asked["lang"])
    if asked["format"] == "json":
        print_json({table.id: dict(table.machine) for table in shown.exhibits.tables})
    else:
        _print(shown.exhibits, asked["lang"])
    raise typer.Exit(1 if shown.failures else 0)


def _print(exhibits: Exhibits, lang: str | None) -> None:
    from xinzhi.present.numbers import DECIMALS
    from xinzhi.report.digest import grid

    spoken = language(lang)
    for table in exhibits.tables:
        print_table(*grid(table, spoken, DECIMALS))
        for sentence in (*table.notes, *table.reading):
            typer.echo(say(sentence, spoken))
