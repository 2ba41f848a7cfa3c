"""Writes the reference pages that follow from the code.

Study file, command line, parts, Python.

`uv run python tools/pages/generate_reference.py` writes them into docs/reference; a test holds that they
are in step with the code.
"""

from __future__ import annotations

import dataclasses
import inspect
import runpy
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer.main
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from xinzhi.analyses.section import Section, Words
from xinzhi.cli.main import app
from xinzhi.prepare.step import STEPS, keys_of
from xinzhi.report.format import FORMATS
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variables
from xinzhi_core.vocabulary import CHOICES, IMPLIED
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import INDICES
from xinzhi_panel.columns.kinds import KINDS
from xinzhi_panel.columns.seen import RULES

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
python_page = runpy.run_path(str(Path(__file__).with_name("python_reference.py")))["page"]
MADE = "<!-- Made by tools/pages/generate_reference.py. -->\n"
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any"}
PLAIN[Words] = "text, or `{zh: …, en: …}`"


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> Mapping[str, str]:
    """Return name -> text of each page."""
    written = {
        "study-file.md": study_file(),
        "command-line.md": command_line(),
        "parts.md": parts(),
        "python.md": python_page(),
        "plausibility.md": plausibility(),
    }
    return {name: MADE + "\n".join(lines).rstrip() + "\n" for name, lines in written.items()}


def plausibility() -> Iterator[str]:
    """Write one section for each rule, with what it compares."""
    yield "# Plausibility\n"
    yield "What `xinzhi check` and `xinzhi run` look for in the columns of a panel before any preparation. Each rule"
    yield "names rows and changes none. A column is recognised by its whole heading (年末从业人员数（万人） is 从业人员),"
    yield "never by a part of it, and by its unit; where either leaves doubt, the rule is not asked.\n"
    yield "What is true of your data is stated under `read` of the source, and not said again:\n"
    yield "```yaml"
    yield "sources:"
    yield "  yearbook: {file: cities.xlsx, entity: 城市, period: 年份, read: {accept: [plausible.band, plausible.repeated 人口]}}"
    yield "```\n"
    for _, rule in RULES:
        said = inspect.cleandoc(rule.__doc__ or "")
        yield f"## `{rule.code}`\n"
        yield f"{said}\n"
        rows = list(rule().thresholds())
        yield "| | |"
        yield "| --- | --- |"
        yield from (f"| {cell(name)} | {cell(value)} |" for name, value in rows)
        yield ""
    yield "## Headings that are recognised\n"
    yield "| Column | Headings | Measures |"
    yield "| --- | --- | --- |"
    for name, kind in KINDS.items():
        yield f"| {name} | {cell(', '.join(f'`{one}`' for one in kind.names))} | {kind.dimension} |"


def study_file() -> Iterator[str]:
    """Write one table for each section of the study file."""
    yield "# Study file\n"
    yield "Every key, what may stand there and what holds where it is left out. A dash means that the"
    yield "key must be given. `NAME` stands for a name of your choice. How to write one:"
    yield "[Write a study file](../how-to/study-file.md).\n"
    for place, section in sections("", StudySpec):
        yield f"## {f'`{place}`' if place else 'The file'}\n"
        yield f"{first_line(section)}\n"
        yield "| Key | Value | Default | Meaning |"
        yield "| --- | --- | --- | --- |"
        for name, field in keys(section):
            value, default = in_words(field.annotation), default_of(field)
            yield f"| `{field.alias or name}` | {value} | {default} | {cell(field.description)} |"
        if section is Variables:
            yield "\nEvery other key is the name of a variable."
        yield ""


def sections(place: str, section: type[Section]) -> Iterator[tuple[str, type[Section]]]:
    """Walk a section and all below it, with the place of each in the file."""
    yield place, section
    for name, field in section.model_fields.items():
        inner = next(
            (one for one in leaves(field.annotation) if is_section(one) and one is not Words), None
        )
        if inner is not None:
            key = "" if section is Variables else field.alias or name
            many = {dict: "NAME", tuple: "[]"}.get(container(field.annotation), "")
            inside = ".".join(part for part in (place, key, many) if part).replace(".[]", "[]")
            yield from sections(inside, inner)


def keys(section: type[Section]) -> Iterator[tuple[str, FieldInfo]]:
    """Return the keys of a section; the names of variables stand beside `transform`."""
    for name, field in section.model_fields.items():
        if not (section is Variables and name == "named"):
            yield name, field


def is_section(hint: Any) -> bool:
    """Whether a type is a section of the study file."""
    return inspect.isclass(hint) and issubclass(hint, BaseModel)


def is_union(hint: Any) -> bool:
    """Whether a type is one of several."""
    return get_origin(hint) in (Union, UnionType)


def container(hint: Any) -> Any:
    """Return dict, tuple or None: how many of a section may stand there."""
    origin = get_origin(hint)
    if is_union(hint):
        return next((container(one) for one in get_args(hint) if container(one)), None)
    return origin if origin in (dict, tuple) else None


def leaves(hint: Any) -> Iterator[Any]:
    """Walk the types that a type is made of."""
    yield hint
    for inner in get_args(hint):
        yield from leaves(inner)


def in_words(hint: Any) -> str:
    """Say a type to somebody who writes the file."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(f"`{word}`" for word in inner)
    if is_union(hint):
        words = dict.fromkeys(in_words(one) for one in inner if one is not type(None))
        return " or ".join(words)
    if origin in (tuple, list):
        return "text, or a list" if inner[0] is str else "list"
    if origin is Annotated:
        return in_words(inner[0])
    if is_section(hint) and hint is not Words:
        return "section"
    return PLAIN.get(hint, "mapping" if origin or hint is dict else "see the meaning")


def default_of(field: FieldInfo) -> str:
    """Say what holds where a key is left out."""
    if field.is_required():
        return "—"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", {}, ()) or isinstance(value, Section):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    if isinstance(value, dict):
        return f"`{{{', '.join(f'{key}: {number}' for key, number in value.items())}}}`"
    return f"`{getattr(value, 'kind', value)}`"


def command_line() -> Iterator[str]:
    """Write the help of each command."""
    yield "# Command line\n"
    yield "Results go to stdout, progress and messages to stderr. Exit codes: 0 all done, warnings included;"
    yield "1 errors in data, in the study file or in a name that an option gives (a column, a measure), or a"
    yield "model that could not be estimated; 2 wrong usage (an unknown command or option, a value that is"
    yield "missing or no choice) or a crash;"
    yield "130 interrupted. It is not an error if the reader of a pipe, such as `head`, closes it early.\n"
    yield "`-` in the place of a file is standard input or standard output. Help and messages are Chinese where"
    yield "`--lang zh`, before or behind the command, or the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`) asks.\n"
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        context = command.context_class(command, info_name=f"xinzhi {name}", terminal_width=100)
        yield f"## `xinzhi {name}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def parts() -> Iterator[str]:
    """Write all registered variants, each with what its docstring says."""
    yield "# Parts\n"
    yield "What can be named in a study file, on the command line and in Python.\n"
    yield "## Measures\n"
    for name, measure in MEASURES:
        title = str(measure.traits.title)
        yield from part(name, documented(measure), folder="measures", title=title)
        yield f"Orientation: {', '.join(f'`{word}`' for word in measure.traits.orientations)}.\n"
    yield "## Productivity indices\n"
    for name, index in INDICES:
        yield from part(name, documented(index), folder="indices")
    yield "## Preparation steps\n"
    for name, step in STEPS:
        yield from part(name, step, folder="steps")
        yield from options(step)
    yield "## Diagnostics\n"
    for name, diagnostic in DIAGNOSTICS:
        yield from part(name, diagnostic, folder="diagnostics")
    yield f"## Report formats\n\n{', '.join(f'`{name}`' for name, _ in FORMATS)}\n"
    yield "## Short forms\n"
    yield "Understood wherever the word on the left may stand.\n"
    yield "| Option | Word | Short forms |\n| --- | --- | --- |"
    for option, words in CHOICES.items():
        for word, short in words.items():
            if short:
                yield f"| `{option}` | `{word}` | {', '.join(f'`{one}`' for one in short)} |"
    yield "\nShort forms that name a model set other options too; what contradicts them is refused.\n"
    yield "| Option | Short form | Sets |\n| --- | --- | --- |"
    for option, forms in IMPLIED.items():
        for word, implied in forms.items():
            sets = ", ".join(f"`{other}: {values[0]}`" for other, values in implied.items())
            yield f"| `{option}` | `{word}` | {sets} |"


def documented(registered: Any) -> Any:
    """Return the function whose docstring describes a registered part."""
    functions = (getattr(registered, field.name) for field in dataclasses.fields(registered))
    return next(one for one in functions if callable(one) and one.__doc__)


def part(name: str, documented_by: Any, *, folder: str, title: str = "") -> Iterator[str]:
    """Write a heading and the docstring: prose first, equations as they stand, then sources and the method page."""
    first, _, rest = inspect.cleandoc(documented_by.__doc__ or "").partition("\n")
    yield f"### `{name}`\n"
    yield f"{title.capitalize()}. {first}\n" if title else f"{first}\n"
    text, sources = paragraphs(rest)
    if text:
        yield f"```text\n{text}\n```\n"
    if sources := sources or sources_of_module(documented_by):
        yield f"Sources: {sources}\n"
    page = method_page(name, folder)
    yield f"Question, assumptions, interpretation and proof: [method page](../methods/{folder}/{page}).\n"


def method_page(name: str, folder: str) -> str:
    """Find the page of a folder that has the name in its title or in the table below it."""
    return next(
        page.name
        for page in sorted((FOLDER.parent / "methods" / folder).glob("*.md"))
        if f"`{name}`" in page.read_text(encoding="utf-8").partition("\n## ")[0]
    )


def paragraphs(rest: str) -> tuple[str, str]:
    """Take text and references of a docstring; parameters and examples are for code."""
    kept: dict[str, list[str]] = {"": []}
    section = ""
    for line, below in pairwise([*rest.splitlines(), ""]):
        if below and set(below) == {"-"}:
            section = line
        kept.setdefault(section, []).append(line)
    return "\n".join(kept[""]).strip(), " ".join(kept.get("References", [])[2:]).strip()


def sources_of_module(documented_by: Any) -> str:
    """Take the references of the functions beside a registered one."""
    module = inspect.getmodule(documented_by)
    beside = (
        one
        for one in vars(module).values()
        if getattr(one, "__module__", "") == documented_by.__module__
    )
    found = (paragraphs(inspect.cleandoc(one.__doc__ or ""))[1] for one in beside)
    return " ".join(dict.fromkeys(one for one in found if one))


def options(step: type[Section]) -> Iterator[str]:
    """Write the options of a preparation step."""
    yield "| Option | Value | Default | Meaning |\n| --- | --- | --- | --- |"
    for name, field in keys_of(step):
        value, default = in_words(field.annotation), default_of(field)
        yield f"| `{name}` | {value} | {default} | {cell(field.description)} |"
    yield ""


def cell(text: str | None) -> str:
    """Bring a text to one line of a table."""
    return " ".join((text or "").split()).replace("|", "\\|")


def first_line(kind: type) -> str:
    """Return the first line of a docstring."""
    return inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    main()
    # The types of the functions are made of the same options.
    runpy.run_path(str(Path(__file__).parents[1] / "generate_stub.py"), run_name="__main__")
