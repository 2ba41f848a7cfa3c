"""Help in Chinese: every command and option, with columns that are right for characters of double width.

English help is that of typer. `locale/zh_help.po` holds the texts of options as they are declared,
those of the study file too, and their translations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from xinzhi.cli.console import language
from xinzhi.cli.width import wide, wrapped
from xinzhi_core.wording import descriptions

INDENT = 2
FIRST = 30
"""Width of the first column; what is longer stands on a line of its own."""
WRITTEN = re.compile(
    r"(?P<text>.*?)(?P<how>: a(?:=1)?,b(?:=2)?)?(?: \[default: (?P<usual>.*)\])?", re.DOTALL
)
"""A help: its text, how several names are written, the default."""
EXTRA = re.compile(r" {2}\[(?P<extra>[^\[\]]*)\]$")
TYPES: Mapping[str, str] = {
    "str": "文本",
    "int": "整数",
    "float": "数",
    "int range": "整数",
    "float range": "数",
    "path": "路径",
    "list[str]": "文本",
    "list[Path]": "路径",
}


class _Spoken:
    """Help in the language of the call."""

    def get_help(self, ctx: Any) -> str:
        """Write the help."""
        if language() != "zh":
            return str(super().get_help(ctx))  # type: ignore[misc]
        width = ctx.make_formatter().width
        return "\n".join(_lines(self, ctx, width))

    def get_short_help_str(self, limit: int = 45) -> str:
        """Write the first line of the help, as completion and the list of commands show it."""
        if language() != "zh":
            return str(super().get_short_help_str(limit))  # type: ignore[misc]
        return translated(getattr(self, "help", "") or "")


class Command(_Spoken, TyperCommand):
    """A command."""


class CommandGroup(_Spoken, TyperGroup):
    """A group of commands."""


class App(typer.Typer):
    """Commands with help in both languages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"cls": CommandGroup, "rich_markup_mode": None, **options})

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Add a command."""
        return super().command(name, **{"cls": Command, **options})


def _lines(command: Any, ctx: Any, width: int) -> Iterator[str]:
    """Write usage, description, arguments, options and commands."""
    pieces = [str(piece) for piece in command.collect_usage_pieces(ctx)]
    words = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
    usage = " ".join(words.get(piece, piece) for piece in pieces)
    yield from wrapped(f"{ctx.command_path} {usage}", width, first="用法：", rest=" " * 6)
    yield ""
    yield from wrapped(translated(command.help or ""), width, first="  ", rest="  ")
    rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            rows[parameter.param_type_name].append(_row(record, parameter.help or ""))
    yield from _section("参数", rows["argument"], width)
    yield from _section("选项", rows["option"], width)
    if isinstance(command, TyperGroup):
        names = command.list_commands(ctx)
        commands = [(name, command.get_command(ctx, name)) for name in names]
        yield from _section(
            "命令",
            [
                (name, subcommand.get_short_help_str())
                for name, subcommand in commands
                if subcommand
            ],
            width,
        )


def _row(record: tuple[str, str], about: str) -> tuple[str, str]:
    """Say the help of a parameter, with its type, its bounds and its default."""
    name = re.sub(r"<([^<>]*)>", lambda match: f"<{TYPES.get(match[1], match[1])}>", record[0])
    text = translated(about)
    if extra := EXTRA.search(record[1][len(about) :]):
        remarks = (
            remark.replace("default: ", "默认：", 1) for remark in extra["extra"].split("; ")
        )
        text += f"［{'；'.join('必填' if r == 'required' else r for r in remarks)}］"
    return name, text


def translated(text: str) -> str:
    """Translate a help, without what is added to its declared text; English where there is none."""
    parts = WRITTEN.fullmatch(" ".join(text.split()))
    whole = descriptions().get(" ".join(text.split()))
    if whole or parts is None:
        return whole or text
    base = parts["text"]
    translation = descriptions().get(base) or descriptions().get(f"{base}.") or base
    if parts["how"]:
        translation = f"{translation.rstrip('。')}：{parts['how'][2:]}"
    return f"{translation}［默认：{parts['usual']}］" if parts["usual"] else translation


def _section(heading: str, rows: Sequence[tuple[str, str]], width: int) -> Iterable[str]:
    """Write names and what they are in two columns."""
    if not rows:
        return
    yield ""
    yield f"{heading}："
    column = min(max(wide(name) for name, _ in rows), FIRST) + INDENT
    for name, text in rows:
        start, rest = " " * INDENT + name, " " * (INDENT + column)
        if wide(name) > column - INDENT:
            yield start
            start = rest
        else:
            start += " " * (INDENT + column - wide(start))
        yield from wrapped(text, width, first=start, rest=rest)
