"""The abstract: sentences that the analyses declare, in the order of an abstract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.analyses.exhibits import AbstractSentence, Part
from xinzhi.wording import Label, Wording, in_a_row, in_series, listed, message, say, sentence_of

BEFORE: tuple[Part, ...] = ("question", "method", "level", "finding")
AFTER: tuple[Part, ...] = ("conclusion", "caveat")
"""Parts that only findings have."""


def abstract_of(declared: Sequence[AbstractSentence]) -> tuple[Wording, ...]:
    """Put the sentences in order; where nothing is significant one sentence says so, and it ends.

    >>> from xinzhi.analyses.exhibits import AbstractSentence as Sentence
    >>> paragraphs = abstract_of([Sentence("nothing", "A is not"), Sentence("level", "The mean is 1."),
    ...     Sentence("neither", "effects through B"), Sentence("caveat", "Never printed.")])
    >>> str(paragraphs[0])
    'The mean is 1. A is not; nor are there significant effects through B.'
    """
    sentences = [*_select(declared, BEFORE), *_nothing(declared)]
    if _select(declared, ("finding",)):
        sentences += _select(declared, AFTER)
    return (in_a_row(sentences),) if sentences else ()


def _select(declared: Sequence[AbstractSentence], parts: Sequence[Part]) -> list[Wording]:
    return [sentence.text for part in parts for sentence in declared if sentence.part == part]


def _nothing(declared: Sequence[AbstractSentence]) -> Iterator[Wording]:
    """Say in one sentence what is not significant."""
    clauses, phrases = _select(declared, ("nothing",)), _select(declared, ("neither",))
    effects = listed(phrases)
    if len(phrases) > 1:
        effects = message("{first} or {last}", first=listed(phrases[:-1]), last=phrases[-1])
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
