"""English text is English: a paragraph with a name that has no English label is left out, and reported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from xinzhi.notices import Notice
from xinzhi.report.content import Content
from xinzhi.space.scores import list_names
from xinzhi.wording import Label, Language, Message, Wording, message, say

CHINESE = re.compile("[㐀-䶿一-鿿]")


def in_english(content: Content, languages: Sequence[Language]) -> Content:
    """Leave out of the English text what has no English name, and say which names are missing."""
    if "en" not in languages:
        return content
    texts = (
        *content.abstract,
        *content.keywords,
        *(text for paragraphs in content.prose.values() for text in paragraphs),
    )
    missing = dict.fromkeys(name for text in texts for name in _missing(text))
    if not missing:
        return content
    notice = Notice(
        "report.no_english_label",
        message(
            "These names have no English label, and paragraphs with them are left out of the English "
            "text: {names}.",
            names=list_names(list(missing)),
        ),
    )
    return replace(
        content,
        abstract=tuple(map(_english, content.abstract)),
        keywords=tuple(map(_without, content.keywords)),
        prose={place: tuple(map(_english, texts)) for place, texts in content.prose.items()},
        notices=(*content.notices, notice),
    )


def _missing(text: Wording) -> Iterator[str]:
    """List the names that a text would print in Chinese in English."""
    if isinstance(text, Message):
        for value in text.values.values():
            if isinstance(value, (Message, Label, str)):
                yield from _missing(value)
    elif CHINESE.search(name := say(text, "en")):
        yield name


def _english(text: Wording) -> Wording:
    """Replace the English of a paragraph that would hold Chinese."""
    missing = len(set(_missing(text)))
    if not missing:
        return text
    note = message(
        "This paragraph is left out of the English text: {n} names have no English label.",
        one="This paragraph is left out of the English text: {n} name has no English label.",
        n=missing,
    )
    return Label("", zh=say(text, "zh"), en=say(note, "en"))


def _without(keyword: Wording) -> Wording:
    """Leave a keyword that would be Chinese without English."""
    return Label("", zh=say(keyword, "zh")) if set(_missing(keyword)) else keyword
