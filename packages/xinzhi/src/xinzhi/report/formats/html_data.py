"""Data of a page that its script shows when a reader asks: pages of entities, rows of long lists.

A page of thousands of entities would otherwise be too large to open. Each text stands once in each
language, each form of a table once, and all of it is packed.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence

from xinzhi.present.numbers import write
from xinzhi.present.table import Cell, Row, Table
from xinzhi.report.document import Document, Numbered, Profile, Profiles
from xinzhi.report.formats.html_table import widths_of
from xinzhi_core.wording import Label, Language, Message, Wording, message, say

Packed = Mapping[str, object]
ORDERS = (message("Name"), message("Score"), message("Rank"))
"""Orders of the entities among which a reader chooses: what the script calls name, score and rank."""


class Pool:
    """Keeps each text once, and each form of a table."""

    def __init__(self, languages: Sequence[Language], decimals: int) -> None:
        self.languages = languages
        self.decimals = decimals
        self._places: dict[tuple[str, ...], int] = {}
        self._said: dict[int, tuple[Wording, int]] = {}
        self._forms: dict[tuple[int | tuple[int, ...], ...], int] = {}

    @property
    def words(self) -> list[str | list[str]]:
        """Texts in their order: a list in the order of the languages where they differ."""
        return [list(texts) if len(texts) > 1 else texts[0] for texts in self._places]

    @property
    def forms(self) -> list[dict[str, object]]:
        """Title, headings and notes of the tables, as numbers of texts."""
        return [dict(zip(("title", "head", "notes"), form, strict=True)) for form in self._forms]

    def say(self, wording: Wording) -> int:
        """Give the place of a text; one that many tables share is said once."""
        if id(wording) not in self._said:
            texts = [say(wording, language) for language in self.languages]
            # The wording is kept beside its place, so that no other gets its id.
            self._said[id(wording)] = (wording, self._place(texts))
        return self._said[id(wording)][1]

    def cell(self, cell: Cell) -> int:
        """Give the place of what a cell says; numbers are written alike in all languages."""
        if isinstance(cell.value, (Message, Label)) and not cell.stars:
            return self.say(cell.value)
        if isinstance(cell.value, (int, float)):
            return self._place([str(write(cell, self.languages[0], self.decimals))])
        texts = [str(write(cell, language, self.decimals)) for language in self.languages]
        return self._place(texts)

    def row(self, row: Row) -> list[int]:
        """Give the places of the label of a row and of its cells."""
        return [self.say(row.label), *map(self.cell, row.cells)]

    def form(self, table: Table) -> int:
        """Give the place of the form of a table."""
        head = (table.stub, *(column.heading for column in table.columns))
        form = (
            self.say(table.title),
            tuple(map(self.say, head)),
            tuple(map(self.say, table.notes)),
        )
        return self._forms.setdefault(form, len(self._forms))

    def _place(self, texts: Sequence[str]) -> int:
        key = tuple(texts) if len(set(texts)) > 1 else (texts[0],)
        return self._places.setdefault(key, len(self._places))


def page_data(
    document: Document, long: Iterable[Numbered], languages: Sequence[Language], decimals: int
) -> Packed:
    """Gather the pages of entities and the rows of the long lists; nothing where there are none."""
    pool = Pool(languages, decimals)
    blocks = (block for section in document.sections for block in section.blocks)
    profiles = [block for block in blocks if isinstance(block, Profiles)]
    tables = {n.number: _rows(pool, n.block) for n in long if isinstance(n.block, Table)}
    items = [_profile(pool, item) for block in profiles for item in block.items]
    if not items and not tables:
        return {}
    return {
        "languages": list(languages),
        "items": items,
        "tables": tables,
        "orders": [pool.say(words) for words in ORDERS],
        "mean_of_all": pool.say(message("mean of all")),
        "mean": [[period, round(score, 6)] for block in profiles for period, score in block.mean],
        "forms": pool.forms,
        "words": pool.words,
    }


def _profile(pool: Pool, item: Profile) -> Packed:
    return {
        "key": item.key,
        "name": pool.say(item.name),
        "score": None if item.score is None else round(item.score, 6),
        "rank": item.rank,
        "parts": [[pool.say(part.title), *map(pool.say, part.sentences)] for part in item.parts],
        "series": [
            [period, None if score is None else round(score, 6)] for period, score in item.series
        ],
        "tables": [[pool.form(table), *map(pool.row, table.rows)] for table in item.tables],
    }


def _rows(pool: Pool, table: Table) -> Packed:
    return {
        "widths": widths_of(table, pool.languages[0], pool.decimals),
        "rows": [pool.row(row) for row in table.rows],
    }


def packed(data: Packed) -> str:
    """Write data as text that can stand in an element of a page.

    >>> zlib.decompress(base64.b64decode(packed({"a": 1})))
    b'{"a":1}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
