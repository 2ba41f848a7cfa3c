"""Notes of two lines: what a report prints under its tables and figures, and what its appendix holds.

A note under an exhibit says what the numbers are, how errors were computed and what the stars mean. It
takes the sentences of the notes in their order while they fill at most two lines in both languages. What is
left stands in a chapter of the appendix under the numbers of the exhibits that it belongs to, and the
note ends with a reference to that chapter: nothing is lost. Notes that several exhibits share, such as
what the constant means under fixed effects, stand there once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from xinzhi.present.chart import Chart
from xinzhi.present.references import called
from xinzhi.present.table import Table
from xinzhi_core.wording import LANGUAGES, Label, Language, Wording, in_a_row, listed, message, say

CHAPTER = "notes"
"""Id of the chapter that holds what did not fit."""
LINES = 2
LINE = 48.0
"""Chinese characters in a line of notes, or 100 Latin letters."""
LATIN = LINE / 100
"""Width of a Latin letter, in Chinese characters."""


def chapter_id(section: str) -> str:
    """Tell a chapter from an exhibit of the same name, where a sentence refers to it: no exhibit has a blank."""
    return f"chapter {section}"


POINTER = message("Further notes: {chapter}.", chapter=called(chapter_id(CHAPTER)))
LONGEST_NAME: Mapping[Language, str] = {"en": "Appendix XX", "zh": "附录XX"}
"""How long the name of the chapter can be."""
END: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?<=[.!?]) (?=[A-Z(])"),
    "zh": re.compile(r"(?<=[。！？])(?=[^）”])"),
}
"""Where a sentence ends and another begins."""

Exhibit = TypeVar("Exhibit", bound=Table | Chart)


def lines_of(text: str) -> float:
    """Measure a text in lines of a page, as notes are set: wide characters count as one, others as half.

    >>> lines_of("绿" * 48), lines_of("a" * 100)
    (1.0, 1.0)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return (wide + LATIN * (len(text) - wide)) / LINE


def fits(notes: Sequence[Wording], *, has_more: bool = False) -> bool:
    """Whether notes fill at most two lines in every language; with the reference to further ones.

    >>> fits(["a" * 150]), fits(["a" * 190], has_more=True), fits(["a" * 210])
    (True, False, False)
    """
    for language in LANGUAGES:
        text = say(in_a_row(notes), language)
        if has_more:
            text += say(POINTER, language) + LONGEST_NAME[language] + " "
        if lines_of(text) > LINES:
            return False
    return True


def in_two_lines(exhibit: Exhibit) -> Exhibit:
    """Keep the sentences that two lines hold, up to the first that is too long; the others are `further`.

    A table without rows says in its notes why it is empty: it keeps them all.

    >>> from xinzhi.present.table import Row
    >>> table = in_two_lines(Table("t", "T", (), (Row("x", ()),), notes=("a" * 99, "b" * 120, "c" * 9)))
    >>> [len(note) for note in table.further], len(table.notes)
    ([120, 9], 2)
    """
    if fits(exhibit.notes) or (isinstance(exhibit, Table) and not exhibit.rows):
        return exhibit
    sentences = [sentence for note in exhibit.notes for sentence in sentences_of(note)]
    n = 0
    while n < len(sentences) and fits(sentences[: n + 1], has_more=True):
        n += 1
    return replace(exhibit, notes=(*sentences[:n], POINTER), further=tuple(sentences[n:]))


def sentences_of(note: Wording) -> Sequence[Wording]:
    """Split a note into its sentences where both languages have as many.

    >>> [say(one, "zh") for one in sentences_of(Label("", zh="甲。乙。", en="A rises. B falls."))]
    ['甲。', '乙。']
    """
    parts = {language: END[language].split(say(note, language)) for language in LANGUAGES}
    if len(parts["zh"]) != len(parts["en"]) or len(parts["en"]) == 1:
        return (note,)
    return tuple(Label("", zh=zh, en=en) for zh, en in zip(parts["zh"], parts["en"], strict=True))


def further_notes(exhibits: Sequence[Table | Chart]) -> Iterator[Wording]:
    """Write what did not fit: one paragraph for all notes of the same exhibits, in their order.

    >>> from xinzhi.present.references import with_numbers
    >>> two = [Table(name, name, (), (), further=("Shared.",)) for name in "ab"]
    >>> [str(with_numbers(text, {"a": "Table 1", "b": "Table 2"})) for text in further_notes(two)]
    ['Table 1, Table 2: Shared.']
    """
    of_note: dict[tuple[str, ...], tuple[Wording, list[str]]] = {}
    for exhibit in exhibits:
        for note in exhibit.further:
            texts = tuple(say(note, language) for language in LANGUAGES)
            names = of_note.setdefault(texts, (note, []))[1]
            if exhibit.id not in names:
                names.append(exhibit.id)
    groups: dict[tuple[str, ...], list[Wording]] = {}
    for note, names in of_note.values():
        groups.setdefault(tuple(names), []).append(note)
    for exhibits_of_notes, notes in groups.items():
        numbers = listed([called(name) for name in exhibits_of_notes])
        yield message("{exhibits}: {notes}", exhibits=numbers, notes=in_a_row(notes))
