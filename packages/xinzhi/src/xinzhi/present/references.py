"""References from a sentence to the exhibits that it speaks of, by their ids.

An analysis does not know the number that an exhibit gets in the report: it writes `see("baseline")` into
a sentence, and the report puts " (Table 3)" there once exhibits are counted. A reference to what the
report does not hold prints nothing, so that the sentence stays whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi_core.wording import Message, Wording, listed, message

IDS = "ids of exhibits"
ID = "id of an exhibit"
"""Names of values that no template can print."""
ANCHOR = "anchor"
"""Name of the value of a caption that no template prints: a name of the exhibit, such as TableA10."""


def see(*ids: str) -> Message:
    """Refer to exhibits, in brackets: a value for a place without a space before it.

    >>> str(message("Efficiency rose{see}.", see=see("by_period")))
    'Efficiency rose.'
    """
    return Message("", MappingProxyType({IDS: ids}))


def called(exhibit: str) -> Message:
    """Name an exhibit, or a chapter, by its number: the words of its caption.

    >>> str(with_numbers(message("{table}: errors.", table=called("base")), {"base": "Table 5"}))
    'Table 5: errors.'
    """
    return Message("", MappingProxyType({ID: exhibit}))


def with_numbers(text: Wording, captions: Mapping[str, Wording]) -> Wording:
    """Put the captions of exhibits into the places that refer to them.

    >>> rose = message("Efficiency rose{see}.", see=see("by_period"))
    >>> str(with_numbers(rose, {"by_period": "Table 2"}))
    'Efficiency rose (Table 2).'
    """
    if not isinstance(text, Message):
        return text
    ids = text.values.get(IDS)
    if isinstance(ids, tuple):
        exhibits = [captions[exhibit] for exhibit in ids if exhibit in captions]
        return message(" ({exhibits})", exhibits=listed(exhibits)) if exhibits else ""
    if isinstance(exhibit := text.values.get(ID), str):
        return captions.get(exhibit, "")
    values = {
        key: with_numbers(value, captions) if isinstance(value, Message) else value
        for key, value in text.values.items()
    }
    return replace(text, values=MappingProxyType(values))
