"""The head of a report: four lines that are told first, then the abstract and the keywords.

What a reader must know stands in four lines: what was found, how sure that is, how large it is, and what
not to conclude. Each takes the sentences that the analyses declare, the most important first, and ends
before it holds more than a glance takes in. The abstract puts its sentences into the order of an abstract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.analyses.exhibits import AbstractSentence, HeadLine, HeadSentence, Part
from xinzhi_core.wording import (
    LANGUAGES,
    Label,
    Language,
    Wording,
    enumerated,
    in_a_row,
    in_series,
    listed,
    message,
    say,
    sentence_of,
)

LINES: Mapping[HeadLine, Wording] = {
    "found": message("Found"),
    "sure": message("How sure"),
    "large": message("How large"),
    "not_shown": message("Not to conclude"),
}
"""Line -> its title; in this order."""
LEFT = 2.0
"""Place of what the default inference leaves, within the line on how sure a finding is."""
LONGEST: Mapping[Language, int] = {"en": 30, "zh": 60}
"""English words, or Chinese characters, after which a line takes no further sentence."""
PIECES = re.compile(r"[+−]?\d[\d.,]*%?|[A-Za-z]+|\S")
"""What counts as one in a Chinese text."""


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A line with its title, at the head of the report."""

    title: Wording
    sentence: Wording

    @property
    def text(self) -> Wording:
        """The title and the line, as plain text."""
        return message("{title}: {text}", title=self.title, text=self.sentence)


def told_first(declared: Sequence[HeadSentence]) -> tuple[OpeningLine, ...]:
    """Put the declared sentences into lines; a line of which nothing is declared is left out.

    >>> from xinzhi.analyses.exhibits import HeadSentence as Sentence
    >>> lines = told_first([Sentence("sure", "At 5%."), Sentence("found", "B falls.", 1),
    ...     Sentence("found", "A rises."), Sentence("left", "1 of 4 effects")])
    >>> [str(line.text) for line in lines]
    ['Found: A rises. B falls.', 'How sure: At 5%. The default tests leave 1 of 4 effects.']
    """
    return tuple(
        OpeningLine(title, in_a_row(_within(sentences)))
        for line, title in LINES.items()
        if (sentences := _sentences(declared, line))
    )


def _sentences(declared: Sequence[HeadSentence], line: HeadLine) -> list[Wording]:
    """List the sentences of a line in their order; what the default inference leaves is one sentence."""
    chosen = [sentence for sentence in declared if sentence.line == line]
    if line == "sure":
        left, gone = ([s.text for s in declared if s.line == each] for each in ("left", "gone"))
        chosen += [HeadSentence("sure", text, LEFT) for text in _remains(left, gone)]
    return [sentence.text for sentence in sorted(chosen, key=lambda each: each.order)]


def _remains(left: Sequence[Wording], gone: Sequence[Wording]) -> Iterator[Wording]:
    """Say what the default errors, tests and adjustments leave, and of what they leave nothing."""
    if left and gone:
        yield message(
            "The default tests leave {left}, and no {gone}.",
            left=enumerated(left),
            gone=_or(gone),
        )
    elif left:
        yield message("The default tests leave {left}.", left=enumerated(left))
    elif gone:
        yield message("The default tests leave no {gone}.", gone=_or(gone))


def _or(phrases: Sequence[Wording]) -> Wording:
    if len(phrases) < 2:
        return listed(phrases)
    return message("{first} or {last}", first=listed(phrases[:-1]), last=phrases[-1])


def _within(sentences: Sequence[Wording]) -> list[Wording]:
    """Take sentences while the line is short in both languages; the first always stands."""
    taken = [sentences[0]]
    for sentence in sentences[1:]:
        if is_short(in_a_row([*taken, sentence])):
            taken.append(sentence)
    return taken


def is_short(text: Wording) -> bool:
    """Whether a line is taken in at a glance, in each language.

    >>> is_short("one two three"), is_short("word " * 31)
    (True, False)
    """
    return all(
        length_of(say(text, language), language) <= LONGEST[language] for language in LANGUAGES
    )


def length_of(text: str, language: Language) -> int:
    """Count as a word processor does: words of English; in Chinese characters and marks, a number as one.

    >>> length_of("A rises by 0.1.", "en"), length_of("甲 上升0.123。", "zh")
    (4, 5)
    """
    return len(text.split()) if language == "en" else len(PIECES.findall(text))


ORDER: tuple[Part, ...] = (
    *("lead", "method", "level", "classes", "finding", "conclusion", "caveat"),
)
GIVES_WAY: tuple[Part, ...] = ("classes", "level", "method", "finding")
"""Parts that are left out, the first first, where the abstract is too long."""
MOST_NUMBERS = 12
MOST_WORDS: Mapping[Language, int] = {"en": 220, "zh": 350}
"""What an abstract holds at most."""
NUMBER = re.compile(r"(?<![A-Za-z\d.])\d+(?:[.,]\d+)*")


def abstract_of(declared: Sequence[AbstractSentence]) -> tuple[Wording, ...]:
    """Put the sentences in order: the finding first; where nothing is significant one sentence says so.

    Details give way until the abstract has at most 12 numbers, 220 English words, 350 Chinese characters.

    >>> from xinzhi.analyses.exhibits import AbstractSentence as Sentence
    >>> paragraphs = abstract_of([Sentence("nothing", "A is not"), Sentence("level", "The mean is 1."),
    ...     Sentence("neither", "effects through B"), Sentence("caveat", "Never printed.")])
    >>> str(paragraphs[0])
    'A is not; nor are there significant effects through B. The mean is 1.'
    """
    if _select(declared, ("lead", "finding")):
        left, gone = _select(declared, ("left",)), _select(declared, ("gone",))
        caveats = (AbstractSentence("caveat", text) for text in _remains(left, gone))
        declared = [*declared, *caveats]
    else:
        declared = [one for one in declared if one.part not in {"caveat", "conclusion"}]
    nothing = list(_nothing(declared))
    kept = list(ORDER)
    for part in ("", *GIVES_WAY):
        kept = [each for each in kept if each != part]
        first = _select(declared, kept[:1])
        sentences = [*first, *nothing, *_select(declared, kept[1:])]
        if not sentences or _fits(in_a_row(sentences)):
            break
    return (in_a_row(sentences),) if sentences else ()


def _fits(text: Wording) -> bool:
    """Whether an abstract is short in both languages."""
    said = {language: say(text, language) for language in LANGUAGES}
    return all(
        length_of(words, language) <= MOST_WORDS[language]
        and len(NUMBER.findall(words)) <= MOST_NUMBERS
        for language, words in said.items()
    )


def _select(declared: Sequence[AbstractSentence], parts: Sequence[Part]) -> list[Wording]:
    return [sentence.text for part in parts for sentence in declared if sentence.part == part]


def _nothing(declared: Sequence[AbstractSentence]) -> Iterator[Wording]:
    """Say in one sentence what is not significant."""
    clauses, phrases = _select(declared, ("nothing",)), _select(declared, ("neither",))
    effects = _or(phrases)
    if clauses and phrases:
        clauses.append(message("nor are there significant {effects}", effects=effects))
    if clauses:
        yield sentence_of(clauses)
    elif phrases:
        yield message("There are no significant {effects}.", effects=effects)


def keyword_line(keywords: Sequence[Wording]) -> tuple[Wording, ...]:
    """Write the keywords after their heading; in English without those that have no English label."""
    if not keywords:
        return ()
    english = [keyword for keyword in keywords if say(keyword, "en")]
    if len(english) == len(keywords):
        return (_line(keywords),)
    return (Label("", zh=say(_line(keywords), "zh"), en=say(_line(english), "en")),)


def _line(keywords: Sequence[Wording]) -> Wording:
    return message("Keywords: {keywords}", keywords=in_series(keywords))
