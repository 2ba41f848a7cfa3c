"""Write packages/xinzhi/src/xinzhi/__init__.pyi: the types of all functions, made from the declared options.

The functions take their keywords from declarations, which type checkers and editors cannot read. Words of
options are listed with their short forms, so that a misspelt one is an error before anything runs.
"""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import xinzhi as xz
from xinzhi.analyses.analysis import ANALYSES, Analysis
from xinzhi.api import VERBS
from xinzhi.api.declared import Data, DeclaredFunction
from xinzhi.api.fits import InstrumentedFit, RegressionFit
from xinzhi_core.vocabulary import CHOICES

STUB = Path(__file__).resolve().parent.parent / "packages/xinzhi/src/xinzhi/__init__.pyi"
IN_FORMULA = ("outcome", "regressors", "effects", "instruments")
"""Keywords of a regression that a formula gives."""
HEAD = """# Types of all functions. Made by tools/generate_stub.py from the declared options.

from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

import pandas as pd

from xinzhi.api.declared import Data
"""


def stub() -> str:
    """Write the stub, formatted as the sources are."""
    functions = {name: getattr(xz, name) for name in dir(xz) if not name.startswith("_")}
    written = {name: one for name, one in functions.items() if is_written_out(name, one)}
    made = {name: one for name, one in functions.items() if name not in written}
    classes = dict.fromkeys(one for name in made for one in results(name, made[name]))
    imports = [
        *(f"from xinzhi.api.{VERBS[name]} import {name} as {name}" for name in written),
        *(
            f"from {one.__module__} import {one.__name__}"
            for one in classes
            if not one.__module__.startswith("pandas")
        ),
        "from xinzhi.study.result import StudyResult",
    ]
    names = ", ".join(repr(name) for name in sorted(functions))
    bodies = [line for name, one in made.items() for line in definitions(name, one)]
    text = "\n".join([HEAD, *imports, "", "__version__: str", f"__all__ = [{names}]", "", *bodies])
    command = [sys.executable, "-m", "ruff"]
    for step in (["check", "--select", "I", "--fix", "-q"], ["format", "-q"]):
        run = subprocess.run(
            [*command, *step, "--stdin-filename", str(STUB), "-"],
            input=text, capture_output=True, text=True, check=False, encoding="utf-8",
        )  # fmt: skip
        text = run.stdout
    return text


def is_written_out(name: str, function: Any) -> bool:
    """Whether the signature stands in the source, where type checkers find it."""
    return name in VERBS and not isinstance(function, DeclaredFunction)


def results(name: str, function: Any) -> tuple[type, ...]:
    """List the classes that a function returns."""
    if isinstance(function, DeclaredFunction):
        hint = get_type_hints(function)["return"]
        return tuple(get_args(hint)) if isinstance(hint, UnionType) else (hint,)
    analysis = next(one for _, one in ANALYSES if one.verb == name)
    return (result_of(type(analysis)),)


def result_of(kind: type) -> type:
    """Find the class of the results in the bases of an analysis."""
    for base in getattr(kind, "__orig_bases__", ()):
        origin = get_origin(base)
        if isinstance(origin, type) and issubclass(origin, Analysis):
            found = [one for one in get_args(base) if isinstance(one, type)]
            return found[1] if len(found) == 2 else result_of_generic(origin)
    return result_of(kind.__base__) if kind.__base__ is not None else object


def result_of_generic(kind: type) -> type:
    """Find the class of the results where only the options of an analysis are open."""
    return next(
        one
        for base in getattr(kind, "__orig_bases__", ())
        for one in get_args(base)
        if isinstance(get_origin(base), type) and isinstance(one, type)
    )


def definitions(name: str, function: Any) -> Iterator[str]:
    """Write a function: that of one regression in three ways."""
    subject, *keywords = inspect.signature(function).parameters.values()
    kind = "Data" if subject.annotation == Data else "StudyResult"
    first = f"{subject.name}: {kind}"
    if name != "fit":
        returned = " | ".join(map(class_name, results(name, function)))
        yield f"def {name}({', '.join([first, '*', *map(parameter, keywords)])}) -> {returned}: ..."
        return
    others = [parameter(one) for one in keywords if one.name not in IN_FORMULA]
    in_words = [one for one in keywords if one.name in IN_FORMULA[:3]]
    given = {one: list(map(parameter, in_words)) for one in (RegressionFit, InstrumentedFit)}
    (instruments,) = (one for one in keywords if one.name == "instruments")
    needed = written(instruments.annotation, "instruments").removesuffix(" | None")
    given[RegressionFit].append("instruments: None = ...")
    given[InstrumentedFit].append(f"instruments: {needed}")
    formula = ", ".join([first, "formula: str", "/", "*", *others])
    yield f"@overload\ndef fit({formula}) -> RegressionFit | Any: ..."
    for returned, own in given.items():
        ordered = [*own, *others]
        yield f"@overload\ndef fit({', '.join([first, '*', *ordered])}) -> {returned.__name__}: ..."


def parameter(one: inspect.Parameter) -> str:
    """Write a keyword with its type."""
    default = "" if one.default is inspect.Parameter.empty else " = ..."
    return f"{one.name}: {written(one.annotation, one.name)}{default}"


def class_name(kind: type) -> str:
    """Name a class as the stub imports it."""
    return f"pd.{kind.__name__}" if kind.__module__.startswith("pandas") else kind.__name__


def written(kind: Any, option: str) -> str:
    """Write the type of a keyword, as a user gives it: words with their short forms, sections as mappings."""
    parts = dict.fromkeys(re.sub(r"\s+", " ", one) for one in pieces(kind, option))
    words = [one for one in parts if one.startswith("Literal[")]
    # Where the words of an option are listed, any other text is a slip.
    rest = [one for one in parts if one not in words and not (words and one == "str")]
    return " | ".join([*words, *rest])


def pieces(kind: Any, option: str) -> Iterator[str]:
    """List the members of a type."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        yield "Any"
    elif origin in {Union, UnionType}:
        for one in sorted(inner, key=lambda one: one is NoneType):
            yield from pieces(one, option)
    elif origin is Annotated:
        yield from pieces(inner[0], option)
    elif option in CHOICES and (kind is str or origin is Literal):
        yield literal(CHOICES[option], inner)
    elif origin is Literal:
        yield f"Literal[{', '.join(map(repr, inner))}]"
    elif inner and isinstance(origin, type):
        yield from of_several(origin, inner, option)
    else:
        yield simple(kind)


def of_several(origin: type, inner: tuple[Any, ...], option: str) -> Iterator[str]:
    """Write a collection; one word may stand for a list of one, and a pair may be written as a text."""
    if origin is tuple and inner[-1] is Ellipsis:
        each = written(inner[0], option)
        is_text = is_pair(inner[0])
        yield f"Sequence[{each} | str]" if is_text else f"Sequence[{each}]"
        if is_text or each.startswith("Literal["):
            yield "str" if is_text else each
    elif origin is tuple:
        yield f"tuple[{', '.join(written(one, option) for one in inner)}]"
    elif issubclass(origin, Mapping):
        yield f"Mapping[{written(inner[0], '')}, {written(inner[1], '')}]"
    else:
        yield f"Sequence[{written(inner[0], '')}]"


def is_pair(kind: Any) -> bool:
    """Whether a type is a pair that is written as a text, such as a path."""
    return get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) is tuple


def simple(kind: Any) -> str:
    """Name a class: a section of options is a mapping, a range of a class a text."""
    if kind is NoneType:
        return "None"
    if kind in {str, int, float, bool}:
        return str(kind.__name__)
    if hasattr(kind, "model_fields"):
        return "Mapping[str, Any]"
    return {"ClassRange": "str", "FactorChange": "str | float"}.get(kind.__name__, "Any")


def literal(words: Mapping[str, tuple[str, ...]], declared: tuple[str, ...]) -> str:
    """List words with their short forms: those that are declared, or all."""
    known = [word for word in words if not declared or word in declared]
    known += [word for word in declared if word not in words]
    every = dict.fromkeys(one for word in known for one in (word, *words.get(word, ())))
    return f"Literal[{', '.join(map(repr, every))}]"


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
