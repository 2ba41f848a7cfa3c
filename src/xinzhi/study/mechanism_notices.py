"""What a reader must know about the sections of the mechanism."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi.notices import Notice
from xinzhi.study.attempts import unavailable_notices
from xinzhi.study.mechanism import Mechanism
from xinzhi.study.results import Results, analysis_notices
from xinzhi.tables.regression.fitted import LAG, name_of
from xinzhi.wording import Label, Message, Wording


def further_notices(
    mechanism: Mechanism,
    results: Results,
    measured: Iterable[Notice],
    labels: Mapping[str, Label],
) -> tuple[Notice, ...]:
    """Gather the notices of diagnostics, mechanism and scores measured again, each once."""
    found = [
        *measured,
        *_mechanism(mechanism),
        *analysis_notices(results),
    ]
    return labelled(dict.fromkeys(found), labels)


def _mechanism(mechanism: Mechanism) -> Iterator[Notice]:
    for name, columns in mechanism.without_wild.items():
        for position, one in columns.items():
            yield from unavailable_notices(f"tables.{name}.columns[{position + 1}]", one)


def labelled(notices: Iterable[Notice], labels: Mapping[str, Label]) -> tuple[Notice, ...]:
    """Call variables by their labels in the words of notices."""
    return tuple(replace(notice, text=in_words(notice.text, labels)) for notice in notices)


def in_words(text: Wording, labels: Mapping[str, Label]) -> Wording:
    """Put labels in the place of names of variables in a message.

    >>> from xinzhi.wording import message
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


def _called(name: str, labels: Mapping[str, Label]) -> Wording:
    """Call a variable by its label, also where it stands in a lag or a product."""
    bare = {LAG.sub(r"\2", part) for part in name.split(" × ")}
    return name_of(name, labels) if bare & labels.keys() else name
