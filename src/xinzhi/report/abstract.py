"""The abstract: sentences that the analyses declare, in the order of an abstract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.analyses.abstract import AbstractSentence, Part
from xinzhi.wording import Label, Wording, in_a_row, in_series, listed, message, say, sentence_of

BEFORE: tuple[Part, ...] = ("question", "method", "level", "finding")
AFTER: tuple[Part, ...] = ("conclusion", "caveat")
"""Parts that only findings have."""


def abstract_of(declared: Sequence[AbstractSentence]) -> tuple[Wording, ...]:
    """Put the sentences in order; where nothing is significant one sentence says so, and it ends.

    >>> from xinzhi.analyses.abstract import AbstractSentence as Sentence
    >>> found = abstract_of([Sentence("nothing", "A is not"), Sentence("level", "The mean is 1."),
    ...     Sentence("neither", "effects through B"), Sentence("caveat", "Never printed.")])
    >>> str(found[0])
    'The mean is 1. A is not; nor are there significant effects through B.'
    """
    sentences = [*_of(declared, BEFORE), *_nothing(declared)]
    if _of(declared, ("finding",)):
        sentences += _of(declared, AFTER)
    return (in_a_row(sentences),) if sentences else ()


def _of(declared: Sequence[AbstractSentence], parts: Sequence[Part]) -> list[Wording]:
    return [one.text for part in parts for one in declared if one.part == part]


def _nothing(declared: Sequence[AbstractSentence]) -> Iterator[Wording]:
    """Say in one sentence what is not significant."""
    clauses, phrases = _of(declared, ("nothing",)), _either(_of(declared, ("neither",)))
    if clauses and phrases:
        clauses = [*clauses, message("nor are there significant {effects}", effects=phrases)]
    if clauses:
        yield sentence_of(clauses)
    elif phrases:
        yield message("There are no significant {effects}.", effects=phrases)


def _either(phrases: Sequence[Wording]) -> Wording:
    if len(phrases) < 2:
        return listed(phrases)
    return message("{first} or {last}", first=listed(phrases[:-1]), last=phrases[-1])


def keyword_line(keywords: Sequence[Wording]) -> tuple[Wording, ...]:
    """Write the keywords after their heading; in English without those that have no English label."""
    if not keywords:
        return ()
    english = [one for one in keywords if say(one, "en")]
    if len(english) == len(keywords):
        return (_line(keywords),)
    return (Label("", zh=say(_line(keywords), "zh"), en=say(_line(english), "en")),)


def _line(keywords: Sequence[Wording]) -> Wording:
    return message("Keywords: {keywords}", keywords=in_series(keywords))
