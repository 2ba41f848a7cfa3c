"""A section as it could stand in a study: its required options, with names that the study has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from xinzhi.analyses.maps.compute import BUILT_IN
from xinzhi.analyses.section import Box, Refers, Section

Values = Mapping[str, object]
"""A study file as it was read, valid or not."""


def example(section: type[Section], values: Values) -> dict[str, object]:
    """Fill the required options; one for which the study has no name is left out, and then asked for."""
    values_of_section = {}
    for name, field in section.model_fields.items():
        option = _option(field, values)
        if option is not None:
            values_of_section[field.alias or name] = option
    return values_of_section


def entries(value: object) -> list[object]:
    """Give a list, or the one word that stands for it, as a list.

    >>> entries("a"), entries(["a", "b"]), entries(None)
    (['a'], ['a', 'b'], [])
    """
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def mapping(value: Any) -> dict[str, Any]:
    """Give a mapping; what is none, as in a file that is being written, holds nothing.

    >>> mapping({"a": 1}), mapping("a"), mapping(None)
    ({'a': 1}, {}, {})
    """
    return value if isinstance(value, dict) else {}


def _option(field: FieldInfo, values: Values) -> object:
    marks = {type(mark): mark for mark in field.metadata}
    refers = marks.get(Refers)
    if not (field.is_required() or field.examples):
        is_outcome = Box in marks and refers is not None and refers.kind == "variable"
        return next(_scores(values), None) if is_outcome else None
    several = get_origin(field.annotation) is tuple
    if refers is None and field.examples:
        return _known(field.examples[0], values)
    if refers is None:
        return [] if several else _first_choice(field)
    names = named(refers.kind, values)
    if Box in marks and refers.kind == "variables":
        names = [*_unused(values), *names]
    lengths = (getattr(mark, "min_length", None) for mark in field.metadata)
    least = next(filter(None, lengths), 1)
    return names[:least] if several else next(iter(names), None)


def _unused(values: Values) -> Iterator[str]:
    """List the variables that no regression has yet."""
    sets, tables = mapping(values.get("sets")), mapping(values.get("tables"))
    used = {str(name) for members in sets.values() for name in entries(members)}
    used |= {str(mapping(options).get("outcome")) for options in tables.values()}
    variables = mapping(values.get("variables"))
    return (name for name, options in variables.items() if mapping(options) and name not in used)


def _first_choice(field: FieldInfo) -> object:
    is_choice = get_origin(field.annotation) is Literal
    return get_args(field.annotation)[0] if is_choice else None


def _known(example: object, values: Values) -> object:
    """Keep of the names of an example those of sets that the study has."""
    if isinstance(example, Mapping):
        return {key: _known(word, values) for key, word in example.items()}
    if not isinstance(example, list):
        return example
    sets = mapping(values.get("sets"))
    return [_known(word, values) for word in example if not isinstance(word, str) or sets.get(word)]


def _scores(values: Values) -> Iterator[str]:
    """List the variables that are scores."""
    variables = mapping(values.get("variables"))
    return (name for name, options in variables.items() if mapping(options).get("from"))


def named(kind: str, values: Values) -> list[str]:
    """List names of a kind, the likeliest first."""
    tables = {
        n: options for n, options in mapping(values.get("tables")).items() if mapping(options)
    }
    variables = [n for n, options in mapping(values.get("variables")).items() if mapping(options)]
    columns = [
        str(mapping(options).get("column", name))
        for name, options in mapping(values.get("variables")).items()
        if mapping(options) and not {"from", "expression"} & {*mapping(options)}
    ]
    sets = [name for name, members in mapping(values.get("sets")).items() if members]
    groups, scores = (list(mapping(values.get(key))) for key in ("groups", "efficiency"))
    asked = sets or variables
    outcomes = [options["outcome"] for options in tables.values() if options.get("outcome")]
    names = {
        "column": [f"{name}/1" for name in tables],
        "estimates": list(tables),
        "grouping": groups,
        "group": groups,
        "score": scores,
        "measured": scores,
        "outlines": [BUILT_IN],
        "diagnostic": ["vif"],
        "paths": [f"{first} -> {outcome}" for first in asked[:1] for outcome in outcomes],
        "variable": variables,
        "data": columns,
    }
    return names.get(kind, asked)
