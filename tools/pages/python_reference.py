"""Writes the reference page of the Python functions, of what they return and of the errors, from their docstrings."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import xinzhi as xz
from xinzhi_core import errors
from xinzhi_core.packages import is_ours
from xinzhi_econometrics.estimates import CovarianceRule, Fit
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Certificate

MAIN = ("read", "evaluate", "fit", "run")
"""The verbs that stand first."""
MODULE = re.compile(r"\b(?:\w+\.)+(?=\w)")
UNION = (Union, UnionType)
INTRODUCTION = """# Python

`import xinzhi as xz`, then `xz.read`, `xz.evaluate` and so on. A function takes a `Panel`, or a plain
DataFrame with `entity=` and `period=` or index levels that say which is which, and gives a frozen
result back.
"""


def page() -> Iterator[str]:
    """Write the functions, the options of scores, the results and the errors."""
    others = [name for name in dir(xz) if callable(getattr(xz, name)) and name not in MAIN]
    verbs = {name: getattr(xz, name) for name in (*MAIN, *others)}
    yield INTRODUCTION
    yield "## Functions\n"
    for name, verb in verbs.items():
        yield from function(f"xz.{name}", verb)
    yield "## Options of `evaluate`\n"
    yield from result(Options)
    yield "## Results\n"
    returned = (get_type_hints(verb)["return"] for verb in verbs.values())
    given = (kind for one in returned for kind in (get_args(one) if is_union(one) else (one,)))
    for kind in dict.fromkeys([*given, Certificate, Fit, CovarianceRule, Statistic, Inapplicable]):
        if is_ours(kind.__module__):
            yield from result(kind)
    yield "## Errors\n"
    for kind in (errors.Problem, errors.Where):
        yield from result(kind)
    for kind in vars(errors).values():
        if inspect.isclass(kind) and issubclass(kind, errors.StudyError):
            yield from result(kind)


def function(name: str, verb: Callable[..., Any]) -> Iterator[str]:
    """Write the signature and the sections of the docstring of a function."""
    signature = inspect.signature(verb)
    shown = [one for one in signature.parameters.values() if one.name != "self"]
    yield f"### `{name}`\n"
    yield f"```text\n{called(name, shown)}\n```\n"
    said = sections(inspect.getdoc(verb) or "")
    yield f"{said['']}\n"
    if "Parameters" in said:
        yield "| Parameter | Type | Default | Meaning |\n| --- | --- | --- | --- |"
        for names, meaning in described(said["Parameters"]):
            for one in names.split(", "):
                own = signature.parameters[one.strip("*")]
                yield f"| `{one}` | {kind_of(own.annotation)} | {default(own)} | {cell(meaning)} |"
        yield ""
    for section in ("Returns", "Raises"):
        for names, meaning in described(said.get(section, "")):
            yield f"**{section}** `{names}`: {meaning}\n"
    if "References" in said:
        yield f"Sources: {' '.join(said['References'].split())}\n"
    if "Examples" in said:
        yield f"```pycon\n{said['Examples']}\n```\n"


def result(kind: type) -> Iterator[str]:
    """Write what a class says, its fields and what it can do."""
    yield f"### `{kind.__name__}`\n"
    yield f"{sections(inspect.getdoc(kind) or '')['']}\n"
    if fields := list(fields_of(kind)):
        yield "| Field | Type | Meaning |\n| --- | --- | --- |"
        yield from (
            f"| `{name}` | {code(written)} | {cell(said)} |" for name, written, said in fields
        )
        yield ""
    for name, one in vars(kind).items():
        body = one.fget if isinstance(one, property) else getattr(one, "__func__", one)
        if not name.startswith("_") and inspect.isfunction(body) and body.__doc__:
            brackets = "" if isinstance(one, property) else "()"
            first, _, rest = sections(inspect.getdoc(body) or "")[""].partition("\n\n")
            more = f" {' '.join(rest.split())}" if rest else ""
            yield f"- `.{name}{brackets}`: {' '.join(first.split())}{more}"
    yield ""


def called(name: str, parameters: list[inspect.Parameter]) -> str:
    """Write how a function is called; where that is long, with what must be given only."""
    given = [one for one in parameters if one.default is one.empty]
    lines = [f"{name}({', '.join(_words(kept))})" for kept in (parameters, given)]
    return lines[0] if len(lines[0]) <= 100 else lines[1].removesuffix(")") + ", ...)"


def _words(parameters: list[inspect.Parameter]) -> Iterator[str]:
    """Write parameters without types; a star stands before those that are given by name only."""
    starred = False
    for one in parameters:
        if one.kind is one.KEYWORD_ONLY and not starred:
            yield "*"
        starred = starred or one.kind in (one.KEYWORD_ONLY, one.VAR_POSITIONAL)
        yield str(one.replace(annotation=one.empty))


def sections(text: str) -> Mapping[str, str]:
    """Divide a docstring into its sections; what stands first has no name."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", f"{text}\n", flags=re.MULTILINE)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {"": parts[0].strip(), **{name: said.strip("\n") for name, said in named.items()}}


def described(text: str) -> Iterator[tuple[str, str]]:
    """List the entries of a section: names, and what is indented below them."""
    for found in re.finditer(r"^(\S[^\n]*)\n((?:[ ]{4}[^\n]*\n?|\n)*)", f"{text}\n", re.MULTILINE):
        yield found[1], " ".join(textwrap.dedent(found[2]).split())


def fields_of(kind: type) -> Iterator[tuple[str, str, str]]:
    """List the fields of a class as its source has them: name, type, the text below it."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    for one, below in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            said = below.value if isinstance(below, ast.Expr) else None
            text = said.value if isinstance(said, ast.Constant) else ""
            if not one.target.id.startswith("_") and "ClassVar" not in ast.unparse(one.annotation):
                yield one.target.id, ast.unparse(one.annotation), str(text)


def is_union(hint: Any) -> bool:
    """Whether a type is one of several."""
    return get_origin(hint) in UNION


def kind_of(hint: Any) -> str:
    """Say the type of a parameter in code."""
    return code(hint if isinstance(hint, str) else written(hint))


def written(hint: Any) -> str:
    """Write a type as an annotation has it, without modules."""
    origin, inner = get_origin(hint), get_args(hint)
    if is_union(hint):
        return " | ".join(written(one) for one in inner)
    if origin is Annotated:
        return written(inner[0])
    if origin is Literal:
        return " | ".join(f'"{word}"' for word in inner)
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(written, inner))}]"
    if hint in (None, NoneType):
        return "None"
    return "..." if hint is Ellipsis else MODULE.sub("", inspect.formatannotation(hint))


def default(one: inspect.Parameter) -> str:
    """Say what holds where a parameter is left out; a dash where it must be given."""
    return "—" if one.default is one.empty else code(repr(one.default))


def code(text: str) -> str:
    """Write a text as code in a cell of a table."""
    return f"`{cell(text)}`"


def cell(text: str) -> str:
    """Bring a text to one line of a table."""
    return " ".join(text.split()).replace("|", "\\|")
