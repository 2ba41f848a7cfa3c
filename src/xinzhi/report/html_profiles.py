"""The pages of all entities as data of the HTML page: every text once, in each language."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.report.document import Document, Profile, Profiles
from xinzhi.tables.numbers import write
from xinzhi.tables.table import Cell, Table
from xinzhi.wording import Language, Wording, message, say


def profile_data(
    document: Document, languages: Sequence[Language], decimals: int
) -> dict[str, object]:
    """Gather the pages; texts are numbers into `words`, where each stands once.

    A text is a string where all languages say the same, else a list in the order of `languages`.
    """
    pool = _Pool(languages, decimals)
    blocks = (block for section in document.sections for block in section.blocks)
    found = [block for block in blocks if isinstance(block, Profiles)]
    items = [pool.profile(item) for block in found for item in block.items]
    return {
        "languages": list(languages),
        "items": items,
        "mean_of_all": pool.say(message("mean of all")),
        "mean": [[period, round(score, 6)] for block in found for period, score in block.mean],
        "words": list(pool.words),
    }


class _Pool:
    """Keeps each text once."""

    def __init__(self, languages: Sequence[Language], decimals: int) -> None:
        self.languages = languages
        self.decimals = decimals
        self.places: dict[tuple[str, ...], int] = {}

    @property
    def words(self) -> list[str | list[str]]:
        """Texts in their order."""
        return [list(texts) if len(texts) > 1 else texts[0] for texts in self.places]

    def place(self, texts: Sequence[str]) -> int:
        """Give the place of a text among the words."""
        key = tuple(texts) if len(set(texts)) > 1 else (texts[0],)
        return self.places.setdefault(key, len(self.places))

    def say(self, wording: Wording) -> int:
        return self.place([say(wording, language) for language in self.languages])

    def cell(self, cell: Cell) -> int:
        texts = [str(write(cell, language, self.decimals)) for language in self.languages]
        return self.place(texts)

    def profile(self, item: Profile) -> dict[str, object]:
        return {
            "key": item.key,
            "name": self.say(item.name),
            "sentences": [self.say(sentence) for sentence in item.sentences],
            "series": [
                [period, None if score is None else round(score, 6)]
                for period, score in item.series
            ],
            "tables": [self.table(table) for table in item.tables],
        }

    def table(self, table: Table) -> dict[str, object]:
        return {
            "title": self.say(table.title),
            "head": [self.say(table.stub), *(self.say(c.heading) for c in table.columns)],
            "rows": [
                [self.say(row.label), *(self.cell(cell) for cell in row.cells)]
                for row in table.rows
            ],
            "notes": [self.say(note) for note in table.notes],
        }
