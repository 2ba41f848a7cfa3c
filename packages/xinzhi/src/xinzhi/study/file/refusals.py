"""What pydantic refuses, as the messages of a study file: an unknown key with the nearest one, a word that is not a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from xinzhi.options import Refused
from xinzhi_core.errors import quoted, suggestion
from xinzhi_core.wording import Message, Wording, listed, message

Path = tuple[str | int, ...]
BRANCH = re.compile(r"(literal|tuple|dict|list|union|function-[a-z]+)\[.*\]|\[key\]", re.DOTALL)
"""What pydantic puts into a place for a branch of several types, and for a key instead of its value."""
SPELLINGS = {"True": "true", "False": "false", "None": "null"}
"""Word of Python -> word of a study file."""
SPELT = re.compile(r"'[^']*'|\"[^\"]*\"|\b(?:True|False|None)\b")
"""Texts between quotation marks, which stay, and these words."""
SCALARS = frozenset(("str", "int", "float"))

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        **dict.fromkeys(
            ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
            message("{key} takes a whole number."),
        ),
        **dict.fromkeys(
            ("float_type", "float_parsing", "decimal_type", "decimal_parsing"),
            message("{key} takes a number."),
        ),
        **dict.fromkeys(("bool_type", "bool_parsing"), message("{key} takes true or false.")),
        **dict.fromkeys(("list_type", "tuple_type"), message("{key} takes a list.")),
        **dict.fromkeys(
            ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"),
            message("{key} takes keys with values."),
        ),
        "string_type": message("{key} takes a text."),
        "finite_number": message("{key} takes a finite number."),
        "greater_than": message("{key} must be greater than {gt}."),
        "greater_than_equal": message("{key} must be at least {ge}."),
        "less_than": message("{key} must be less than {lt}."),
        "less_than_equal": message("{key} must be at most {le}."),
        "too_short": message(
            "{key} needs at least {n} entries.", one="{key} needs at least {n} entry."
        ),
        "too_long": message(
            "{key} takes {n} entries at most.", one="{key} takes {n} entry at most."
        ),
        "string_too_short": message(
            "{key} needs at least {n} characters.", one="{key} needs at least {n} character."
        ),
        "string_too_long": message(
            "{key} takes {n} characters at most.", one="{key} takes {n} character at most."
        ),
        "string_pattern_mismatch": message("{key} must have the form {pattern}."),
    }
)
"""Kind of pydantic -> what is wrong; the bounds come from pydantic under its own names, a length as `n`."""
CHOICE = re.compile(r"'([^']*)'|([^\s,']+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value, or a key, that is refused."""

    path: Path
    """Its place below what was read, by the keys and positions that the user wrote."""
    given: object
    """What stands there."""
    is_ours: bool
    """Whether a check of ours refused it, not its type."""
    code: str
    what: Wording
    remedy: Wording


def refusals(
    error: ValidationError, root: type[BaseModel], *, prefix: Path = (), option: str = ""
) -> Iterator[Refusal]:
    """Describe what pydantic refuses: each place once, and what holds a refused part is not named beside it.

    Parameters
    ----------
    error
        What pydantic says.
    root
        The study file, or the section of which a function or a command has the options.
    prefix
        Place below `root` of what was read.
    option
        What a value without a place is called.
    """
    first: dict[Path, ErrorDetails] = {}
    for details in error.errors():
        first.setdefault((*prefix, *_path_written(details["loc"])), details)
    # Of a union pydantic reports each branch, and a part with what holds it: the innermost is meant.
    inside = {path[:n] for path in first for n in range(len(path))}
    for path, details in first.items():
        if path not in inside:
            # A key that is none is called by what holds it.
            named = path[:-1] if "[key]" in details["loc"] else path
            key = next((str(part) for part in reversed(named) if isinstance(part, str)), option)
            code, sentence, remedy = _describe(details, path, key, root)
            is_ours = details["type"] == "value_error"
            yield Refusal(path, details["input"], is_ours, code, sentence, remedy)


LISTS = frozenset(("list_type", "tuple_type"))
"""What pydantic calls a value in the place of a list."""


def _path_written(place: Path) -> Path:
    """Leave out what pydantic puts into a place besides what the user wrote."""
    parts = [
        part
        for part in place
        if part != "named" and not (isinstance(part, str) and BRANCH.fullmatch(part))
    ]
    return tuple(parts[:-1] if _is_scalar(place) else parts)


def _is_scalar(place: Path) -> bool:
    """Whether an item of a list is a text or a number: pydantic names the branch that it tried."""
    return len(place) > 1 and isinstance(place[-2], int) and place[-1] in SCALARS


def _describe(
    details: ErrorDetails, path: Path, key: str, root: type[BaseModel]
) -> tuple[str, Wording, Wording]:
    """Give code, what is wrong, and the remedy."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return (
            "study.unknown_key",
            message("Unknown key '{key}'.", key=quoted(key)),
            suggestion(key, keys_at(path[:-1], root)),
        )
    if kind == "missing" and isinstance(path[-1], str):
        return (
            "study.missing_key",
            message("The key '{key}' is missing.", key=key),
            message("add it."),
        )
    if kind == "value_error":
        why = context["error"]
        is_ours = isinstance(why, Refused)
        return "study.value", why.what if is_ours else str(why), why.remedy if is_ours else ""
    if kind == "literal_error":
        return (
            "study.value",
            message(
                "'{value}' is not a choice for {key}.",
                value=quoted(details["input"]),
                key=quoted(key),
            ),
            message("write one of {known}.", known=choices(context)),
        )
    if kind in LISTS and isinstance(details["input"], str):
        one = message("write [{value}].", value=quoted(details["input"]))
        return "study.value", _unsuitable(details, path, key), one
    found = SPELT.sub(lambda match: SPELLINGS.get(match[0], match[0]), repr(details["input"]))
    remedy = message("found: {value}.", value=quoted(found))
    return "study.value", _unsuitable(details, path, key), remedy


def _unsuitable(details: ErrorDetails, path: Path, key: str) -> Message:
    kind = details["type"]
    if kind == "missing":
        return message("Entry {n} of {key} is missing.", n=int(path[-1]) + 1, key=quoted(key))
    if kind == "invalid_key" or "[key]" in details["loc"]:
        return message("The keys of {key} are texts.", key=quoted(key))
    if _is_scalar(details["loc"]):
        return message("{key} takes texts or numbers.", key=quoted(key))
    return in_our_words(kind, key, details.get("ctx", {})) or message(
        "The value of {key} cannot be used: {reason}.",
        key=quoted(key),
        reason=details["msg"][:1].lower() + details["msg"][1:],
    )


def keys_at(path: Path, root: type[BaseModel]) -> tuple[str, ...]:
    """List the keys of the section at a place."""
    kind: object = root
    for part in path:
        kind = _inside(kind, part)
    model = _model(kind)
    if model is None:
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inside(kind: object, part: str | int) -> object:
    model = _model(kind)
    if model is not None:
        by_key = {field.alias or name: field for name, field in model.model_fields.items()}
        if part in by_key:
            return by_key[str(part)].annotation
        named = model.model_fields.get("named")
        return get_args(named.annotation)[1] if named else None
    arguments = get_args(kind)
    if kind is not None and getattr(kind, "__origin__", None) in (dict, Mapping):
        return arguments[1]
    for argument in arguments:
        if _model(argument) is not None or get_args(argument):
            return _inside(argument, part) if _is_container(argument) else argument
    return None


def _is_container(kind: object) -> bool:
    return getattr(kind, "__origin__", None) in (dict, tuple, list)


def _model(kind: object) -> type[BaseModel] | None:
    # `Section | None` stands for the section; the section of `dict[str, Section]` is one level below.
    kinds = (kind,) if _is_container(kind) else (kind, *get_args(kind))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def in_our_words(kind: str, key: str, context: Mapping[str, object]) -> Message | None:
    """Say what is wrong with a value; None of a kind that has no words.

    >>> str(in_our_words("too_short", "columns", {"min_length": 1}))
    'columns needs at least 1 entry.'
    >>> str(in_our_words("less_than", "tau", {"lt": 1.0}))
    'tau must be less than 1.'
    """
    template = KINDS.get(kind)
    if template is None:
        return None
    length = context.get("min_length", context.get("max_length"))
    bounds = {k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
    values = {"key": quoted(key), "n": length, **bounds}
    return replace(template, values=MappingProxyType(values))


def choices(context: Mapping[str, object]) -> Wording:
    """List the choices of a literal, which pydantic gives as English text.

    >>> str(choices({"expected": "'zh', 'en' or 3"}))
    'zh, en, 3'
    """
    expected = str(context.get("expected", "")).replace(" or ", ", ")
    return listed([word or bare for word, bare in CHOICE.findall(expected)])
