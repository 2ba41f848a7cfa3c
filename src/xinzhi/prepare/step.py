"""What a preparation step is, and how its options are read from a study file.

A step is a frozen dataclass: its fields are the options, its docstring says what it computes, and
`apply` returns another panel with the ledger written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType, UnionType
from typing import (
    Any,
    ClassVar,
    Literal,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.panel.panel import Panel
from xinzhi.register import Register
from xinzhi.wording import Message, message

KEY = "key"
"""Metadata of a field whose option has a name that Python reserves, such as `from`."""
Sources = Mapping[str, object]
"""What a step may need besides the panel, by the names of the study file: tables indexed by their
keys (`pandas.DataFrame`), records, lists of terms."""
NO_SOURCES: Sources = MappingProxyType({})
NO_NEEDS: Mapping[str, str] = MappingProxyType({})


class Step(Protocol):
    """One declared change of the panel."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    NEEDS: ClassVar[Mapping[str, str]]
    """Option that names a source -> what the source must be: `table`, `records`, `terms`."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Return the panel with the step done under this name; never change the one given."""
        ...


STEPS: Register[type[Step]] = Register("preparation step", "xinzhi.prepare.steps")

Chosen = TypeVar("Chosen", bound=Step)


def make_step(kind: type[Step], options: Mapping[str, object], where: Where) -> Step:
    """Make a step from its options; all that is wrong with them is raised at once.

    Raises
    ------
    SpecError
        `option.unknown` with the nearest key, `option.missing`, `option.type`.
    """
    hints = get_type_hints(kind)
    known = {str(f.metadata.get(KEY, f.name)): f for f in dataclasses.fields(kind)}
    problems = [_unknown(key, tuple(known), where) for key in options if key not in known]
    values: dict[str, object] = {}
    for name, field in known.items():
        place = dataclasses.replace(where, key=f"{where.key}.{name}")
        if name not in options:
            if (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            ):
                problems.append(_absent(name, place))
            continue
        value = _fit(options[name], hints[field.name])
        if value is _UNFIT:
            problems.append(_wrong_type(name, options[name], hints[field.name], place))
        else:
            values[field.name] = value
    if problems:
        raise SpecError(problems)
    return _make(kind, values)


def _make(kind: Callable[..., Step], values: Mapping[str, object]) -> Step:
    return kind(**values)


def _unknown(key: str, known: tuple[str, ...], where: Where) -> Problem:
    return Problem(
        "option.unknown",
        message("There is no option '{name}'.", name=key),
        dataclasses.replace(where, key=f"{where.key}.{key}"),
        suggestion(key, ("step", *known)),
    )


def _absent(name: str, where: Where) -> Problem:
    return Problem(
        "option.missing",
        message("The option '{name}' is needed.", name=name),
        where,
        message("add it."),
    )


def _wrong_type(name: str, value: object, hint: object, where: Where) -> Problem:
    return Problem(
        "option.type",
        message(
            "The option '{name}' is {expected}, not {value}.",
            name=name,
            expected=_in_words(hint),
            value=repr(value)[:60],
        ),
        where,
        message("write {expected}.", expected=_in_words(hint)),
    )


_UNFIT = object()


def _fit(value: object, hint: Any) -> object:
    """Fit a value of a study file to the type of an option; `_UNFIT` where it does not fit."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        fits = (_fit(value, part) for part in get_args(hint))
        return next((fit for fit in fits if fit is not _UNFIT), _UNFIT)
    if origin is Literal:
        return value if value in get_args(hint) else _UNFIT
    if origin is tuple:
        return _fit_all(value, get_args(hint))
    if origin in {Mapping, dict} or hint in {Mapping, dict}:
        return MappingProxyType(dict(value)) if isinstance(value, Mapping) else _UNFIT
    return _fit_plain(value, hint)


def _fit_all(value: object, parts: tuple[Any, ...]) -> object:
    if isinstance(value, str) and parts[0] is str:
        value = [value]
    if not isinstance(value, (list, tuple)):
        return _UNFIT
    if len(parts) == 2 and parts[1] is Ellipsis:
        fits = tuple(_fit(part, parts[0]) for part in value)
    elif len(parts) == len(value):
        fits = tuple(_fit(part, hint) for part, hint in zip(value, parts, strict=True))
    else:
        return _UNFIT
    return _UNFIT if any(fit is _UNFIT for fit in fits) or not fits else fits


def _fit_plain(value: object, hint: Any) -> object:
    if hint is type(None):
        return None if value is None else _UNFIT
    if isinstance(value, bool):
        return value if hint is bool else _UNFIT
    if hint is float and isinstance(value, (int, float)):
        return float(value)
    return value if isinstance(value, hint) else _UNFIT


def _in_words(hint: Any) -> Message:
    origin = get_origin(hint)
    if origin is Literal:
        return message("one of: {choices}", choices=", ".join(map(str, get_args(hint))))
    if origin is tuple:
        return message("a list")
    if origin in {Union, UnionType}:
        parts = [part for part in get_args(hint) if part is not type(None)]
        return _in_words(parts[0])
    return WORDS.get(hint, message("a mapping"))


WORDS: dict[object, Message] = {
    str: message("a text"),
    float: message("a number"),
    int: message("a whole number"),
    bool: message("true or false"),
}
