"""The words of a study for its entities and periods, in all that its report says.

Analyses speak of entities and periods, as they serve panels of any kind. A report speaks of cities and
years where the study has these: the words are put into the sentences at the last moment, so that names
and numbers within them, and results.json, stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.style import ENTITIES, Noun
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.periods import frequency_of
from xinzhi_core.wording import Language, Message, Terms, Wording, say

T = TypeVar("T")
FIRST_YEAR = 1000
"""Smaller numbers count periods."""


def terms_of(noun: Noun, *, has_years: bool) -> Terms:
    """Gather the words that stand in the place of entity and period.

    >>> from xinzhi_core.wording import message
    >>> city = Noun(message("city"), message("cities"))
    >>> terms_of(city, has_years=True).put("Entities by period: an entity.", "en")
    'Cities by year: a city.'
    """
    words: list[tuple[Language, str, str]] = []
    if noun is not ENTITIES:
        words += _english("entity", "entities", say(noun.one, "en"), say(noun.many, "en"))
        words.append(("zh", "个体", say(noun.one, "zh")))
    if has_years:
        words += _english("period", "periods", "year", "years")
        words.append(("zh", "时期", "年份"))
    return Terms(tuple(words))


def _english(one: str, many: str, own: str, own_many: str) -> Iterator[tuple[Language, str, str]]:
    """List the forms of a word, the longer ones first: with an article, of many, of one, at the head."""
    article = "an" if own[0] in "aeiou" else "a"
    before = "an" if one[0] in "aeiou" else "a"
    for word, term in ((f"{before} {one}", f"{article} {own}"), (many, own_many), (one, own)):
        yield "en", word, term
        yield "en", word[0].upper() + word[1:], term[0].upper() + term[1:]


def are_years(periods: Iterable[int]) -> bool:
    """Whether all periods are years, and not quarters or a count; there is at least one.

    >>> are_years([2008, 2009]), are_years([1, 2, 3]), are_years([8064]), are_years([])
    (True, False, False, False)
    """
    numbers = [int(period) for period in periods]
    return bool(numbers) and all(
        number >= FIRST_YEAR and frequency_of(number) == "Y" for number in numbers
    )


def in_terms(wording: Wording, terms: Terms) -> Wording:
    """Say a text, and what stands within it, in the words of the study."""
    return replace(wording, terms=terms) if isinstance(wording, Message) else wording


def block_in_terms(block: T, terms: Terms) -> T:
    """Say a block of the report in the words of the study: its texts, headings, notes and cells."""
    changed: object = block
    if isinstance(block, Table):
        changed = _table(block, terms)
    elif isinstance(block, Chart):
        changed = replace(
            block,
            title=in_terms(block.title, terms),
            notes=_all(block.notes, terms),
            hints=_all(block.hints, terms),
            reading=_all(block.reading, terms),
        )
    elif isinstance(block, NumberedEquation):
        where = tuple((symbol, in_terms(words, terms)) for symbol, words in block.where)
        changed = replace(block, title=in_terms(block.title, terms), where=where)
    elif isinstance(block, Profiles):
        items = tuple(_profile(item, terms) for item in block.items)
        changed = replace(block, items=items, title=in_terms(block.title, terms), terms=terms)
    elif hasattr(block, "sentence"):
        changed = replace(block, sentence=in_terms(block.sentence, terms))  # type: ignore[type-var]
    else:
        changed = replace(block, text=in_terms(block.text, terms))  # type: ignore[attr-defined, type-var]
    return changed  # type: ignore[return-value]


def _all(texts: Iterable[Wording], terms: Terms) -> tuple[Wording, ...]:
    return tuple(in_terms(text, terms) for text in texts)


def _table(table: Table, terms: Terms) -> Table:
    return replace(
        table,
        title=in_terms(table.title, terms),
        stub=in_terms(table.stub, terms),
        columns=tuple(_column(column, terms) for column in table.columns),
        rows=tuple(_row(row, terms) for row in table.rows),
        notes=_all(table.notes, terms),
        reading=_all(table.reading, terms),
    )


def _column(column: Column, terms: Terms) -> Column:
    spanner = None if column.spanner is None else in_terms(column.spanner, terms)
    return replace(column, heading=in_terms(column.heading, terms), spanner=spanner)


def _row(row: Row, terms: Terms) -> Row:
    return replace(
        row,
        label=in_terms(row.label, terms),
        cells=tuple(_cell(cell, terms) for cell in row.cells),
    )


def _cell(cell: Cell, terms: Terms) -> Cell:
    if not isinstance(cell.value, Message):
        return cell
    return replace(cell, value=in_terms(cell.value, terms))


def _profile(profile: Profile, terms: Terms) -> Profile:
    return replace(
        profile,
        parts=tuple(
            replace(part, title=in_terms(part.title, terms), sentences=_all(part.sentences, terms))
            for part in profile.parts
        ),
        tables=tuple(_table(table, terms) for table in profile.tables),
    )
