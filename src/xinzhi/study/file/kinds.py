"""Kinds of errors of pydantic, in our words: each kind of refused value is worded here, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xinzhi.errors import quoted
from xinzhi.wording import Message, Wording, listed, message

WHOLE = message("{key} takes a whole number.")
NUMBER = message("{key} takes a number.")
TRUTH = message("{key} takes true or false.")
TEXT = message("{key} takes a text.")
SCALAR = message("{key} takes texts or numbers.")
LIST = message("{key} takes a list.")
MAPPING = message("{key} takes keys with values.")

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "int_type": WHOLE,
        "int_parsing": WHOLE,
        "int_parsing_size": WHOLE,
        "int_from_float": WHOLE,
        "float_type": NUMBER,
        "float_parsing": NUMBER,
        "decimal_type": NUMBER,
        "decimal_parsing": NUMBER,
        "finite_number": message("{key} takes a finite number."),
        "bool_type": TRUTH,
        "bool_parsing": TRUTH,
        "string_type": TEXT,
        "list_type": LIST,
        "tuple_type": LIST,
        "dict_type": MAPPING,
        "mapping_type": MAPPING,
        "model_type": MAPPING,
        "model_attributes_type": MAPPING,
        "dataclass_type": MAPPING,
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


def in_our_words(kind: str, key: str, context: Mapping[str, Any]) -> Message | None:
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
    return Message(template.template, MappingProxyType(values), template.one)


def choices(context: Mapping[str, Any]) -> Wording:
    """List the choices of a literal, which pydantic gives as English text.

    >>> str(choices({"expected": "'zh', 'en' or 3"}))
    'zh, en, 3'
    """
    expected = str(context.get("expected", "")).replace(" or ", ", ")
    return listed([word or bare for word, bare in CHOICE.findall(expected)])
