"""What pydantic refuses, as the messages of a study file: an unknown key with the nearest one, a word that is no choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails, PydanticKnownError

from xinzhi.errors import quoted, suggestion
from xinzhi.options import Refused
from xinzhi.wording import Message, Wording, message

Path = tuple[str | int, ...]


def described(
    details: ErrorDetails, path: Path, root: type[BaseModel]
) -> tuple[str, Wording, Wording]:
    """Describe what pydantic refuses: code, what is wrong, remedy.

    Parameters
    ----------
    details
        One error of pydantic.
    path
        Its place below `root`.
    root
        The study file, or the section of which a function or a command has the options.
    """
    name = path[-1] if path else ""
    kind = details["type"]
    if kind == "extra_forbidden":
        return (
            "study.unknown_key",
            message("There is no key '{key}' here.", key=quoted(name)),
            suggestion(str(name), keys_at(path[:-1], root)),
        )
    if kind == "missing":
        return (
            "study.missing_key",
            message("The key '{key}' is missing.", key=name),
            message("add it."),
        )
    why = details.get("ctx", {}).get("error")
    if isinstance(why, Refused):
        return "study.value", why.what, why.remedy
    if kind == "value_error":
        what, _, remedy = details["msg"].removeprefix("Value error, ").partition(" Remedy: ")
        return "study.value", what, remedy
    if kind == "literal_error":
        expected = str(details.get("ctx", {}).get("expected", ""))
        return (
            "study.value",
            message(
                "'{value}' is not a choice for {key}.",
                value=quoted(details["input"]),
                key=quoted(name),
            ),
            message("write one of {known}.", known=expected),
        )
    return (
        "study.value",
        message(
            "The value of {key} cannot be used: {reason}.",
            key=quoted(name),
            reason=_reason(details),
        ),
        message("found: {value}.", value=quoted(repr(details["input"]))),
    )


OWN: Mapping[str, Message] = MappingProxyType(
    {
        "too_short": message("at least {min_length} must be named, not {actual_length}"),
        "too_long": message("at most {max_length} may be named, not {actual_length}"),
        "model_type": message("options are needed here, keys with values"),
    }
)
"""Kinds of errors that pydantic says in terms of Python."""


def _reason(details: ErrorDetails) -> Message:
    """Say what pydantic says, by its template where it has one, so that it can be translated."""
    said, context = details["msg"], details.get("ctx", {})
    if details["type"] in OWN:
        return replace(OWN[details["type"]], values=context)
    try:
        template = PydanticKnownError(details["type"], context).message_template  # type: ignore[arg-type]
        is_same = template.format(**context) == said
    except (KeyError, TypeError):
        is_same = False
    if not is_same:
        template, context = said.replace("{", "{{").replace("}", "}}"), {}
    return Message(template[:1].lower() + template[1:], MappingProxyType(context))


def keys_at(path: Path, root: type[BaseModel]) -> tuple[str, ...]:
    """List the keys of the section at a place."""
    kind: Any = root
    for part in path:
        kind = _inside(kind, part)
    model = _model(kind)
    if model is None:
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inside(kind: Any, part: str | int) -> Any:
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


def _is_container(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) in (dict, tuple, list)


def _model(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    for argument in get_args(kind):
        if (
            isinstance(argument, type)
            and issubclass(argument, BaseModel)
            and not _is_container(kind)
        ):
            return argument
    return None
