"""Names of variables under their labels, wherever a message holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi.present.regression.fitted import name_of, term_of
from xinzhi_core.formula.tree import names_in
from xinzhi_core.wording import Message, Wording


def in_words(text: Wording, labels: Mapping[str, Wording]) -> Wording:
    """Replace names of variables by their labels in a message.

    >>> from xinzhi_core.wording import Label, message
    >>> str(in_words(message("'{name}' was left out", name="hc"), {"hc": Label("hc", en="Skills")}))
    "'Skills' was left out"
    """
    if not isinstance(text, Message):
        return text
    values = {
        key: _called(value, labels)
        if isinstance(value, str)
        else in_words(value, labels)
        if isinstance(value, Message)
        else value
        for key, value in text.values.items()
    }
    return replace(text, values=MappingProxyType(values))


def _called(name: str, labels: Mapping[str, Wording]) -> Wording:
    """Label a variable, also inside a lag or a product."""
    term = term_of(name)
    bare = {name} if term is None else set(names_in(term))
    return name_of(name, labels) if bare & labels.keys() else name
