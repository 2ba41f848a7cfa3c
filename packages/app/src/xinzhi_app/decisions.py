"""What a person can decide about data with one click, each as changes of the study file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from xinzhi.study.file.listing import files_of
from xinzhi.study.result import Reading
from xinzhi.study.schema.study import StudySpec
from xinzhi_app.workspace import DATA
from xinzhi_core.errors import ProblemGroup
from xinzhi_core.wording import Language, Message, Wording, message, say
from xinzhi_panel.io.read import read_table, sheets_of
from xinzhi_panel.io.recognise.cells import cell_text, split_unit

PLAUSIBLE = "plausible."
"""Codes of what is odd and may be true."""
NO_NUMBER, RENAMED = "number.not_numeric", "panel.renamed_city"
SHEETS = ("excel.sheet_ambiguous", "excel.sheet")
"""Codes of workbooks of which a sheet must be named."""
HEADED = 60

Edit = dict[str, object]


@dataclass(frozen=True, slots=True)
class PageDecisions:
    """Decisions for a study, or before there is a study file."""

    spec: StudySpec | None
    folder: Path
    language: Language

    def offer(self, group: ProblemGroup) -> Iterator[dict[str, object]]:
        """Offer what settles problems of one kind."""
        problem = group.first
        column = problem.where.column
        if problem.code == NO_NUMBER and isinstance(problem.what, Message):
            marks = _values(group, "cell")
            if len(marks) <= 3:
                for mark in marks:
                    words = message("'{mark}' means that the value is missing", mark=mark)
                    yield self._read(words, "missing", mark, problem.where.file)
            if column:
                words = message("'{column}' is text", column=column)
                yield self._read(words, "text", column, problem.where.file)
        source = self._source(problem.where.file or "")
        if problem.code in SHEETS and (book := self._path(problem.where.file or "")):
            yield from self._sheets(sheets_of(book), book.name)
        joins = self.spec and source and self.spec.sources[source].read.renamed == "join"
        if problem.code == RENAMED and source and not joins:
            words = message("They are one place: join them under the new name")
            yield self._decision(words, [_put(["sources", source, "read", "renamed"], "join")])
        if problem.code.startswith(PLAUSIBLE) and self.spec:
            for name in group.columns:
                words = message("The values of '{column}' are true", column=name)
                accepted = f"{problem.code} {name}"
                sources = self._sources_with(name)
                yield self._decision(words, [self._append(s, "accept", accepted) for s in sources])

    def _decision(self, words: Wording, edits: list[Edit], **more: object) -> dict[str, object]:
        return {"label": say(words, self.language), "edits": edits, **more}

    def offer_spellings(self, reading: Reading | None) -> list[dict[str, object]]:
        """Offer to read one name of two files as another."""
        coverage = reading.coverage if reading else None
        if coverage is None or self.spec is None:
            return []
        offers, seen = [], set[frozenset[str]]()
        for partial in coverage.partial:
            pair = frozenset((partial.entity, partial.nearest))
            source = self._source(partial.present[0])
            if not partial.nearest or pair in seen or source is None:
                continue
            seen.add(pair)
            rare, common = partial.entity, partial.nearest
            other = next((o for o in coverage.partial if o.entity == partial.nearest), None)
            if other is not None and len(other.present) < len(partial.present):
                rare, common = common, rare
                source = self._source(other.present[0]) or source
            words = message("'{name}' is '{other}'", name=rare, other=common)
            edits = [_put(["sources", source, "spellings", rare], common)]
            offers.append(self._decision(words, edits))
        return offers

    def state_options(self, stated: Mapping[str, object]) -> list[Edit]:
        """State what the reader decided, so that the next reading decides nothing."""
        sources = self.spec.sources if self.spec else {}
        return [
            _put(
                ["sources", name, *(() if key == "sheet" else ("read",)), key],
                list(value) if isinstance(value, (list, tuple)) else value,
            )
            for name, values in stated.items()
            if name in sources and isinstance(values, Mapping)
            for key, value in values.items()
        ]

    def join(self) -> dict[str, object] | None:
        """Say how files are joined, and where that stands."""
        if self.spec is None:
            return None
        names = self.spec.panel.sources
        if len(names) > 1:
            return {"value": self.spec.panel.join, "path": ["panel", "join"]}
        source = self.spec.sources[names[0]]
        return (
            {"value": source.join, "path": ["sources", names[0], "join"]} if source.files else None
        )

    def _sheets(self, names: list[str], file: str) -> Iterator[dict[str, object]]:
        """Offer to read one sheet; before there is a study file, each as a source of its own."""
        source = self._source(file)
        if self.spec is None:
            words = message("Read all these sheets, each as a source of its own")
            yield self._decision(words, [], sheets={file: names})
        for name in names:
            words = message("Read the sheet '{name}'", name=name)
            edits = [_put(["sources", source, "sheet"], name)] if source else []
            yield self._decision(words, edits, sheets={file: [name]})

    def _read(self, words: Wording, key: str, value: str, file: str | None) -> dict[str, object]:
        """State something about a file; before there is a study file, about all."""
        source = self._source(file or "")
        edits = [self._append(source, key, value)] if source else []
        return self._decision(words, edits, read={key: [value]})

    def _append(self, source: str, key: str, value: str) -> Edit:
        """Add a word to a list under `read`."""
        assert self.spec is not None
        stated = getattr(self.spec.sources[source].read, key)
        return _put(["sources", source, "read", key], [*stated, value])

    def _paths(self) -> Iterator[tuple[str, str]]:
        for name, source in (self.spec.sources if self.spec else {}).items():
            for path in files_of(source, self.folder).paths:
                yield name, path

    def _path(self, file: str) -> Path | None:
        """Find a file by the name that messages use."""
        named = [self.folder / path for _, path in self._paths()]
        paths = [*named, self.folder / DATA / file]
        return next((path for path in paths if path.name == file and path.is_file()), None)

    def _source(self, file: str) -> str | None:
        """Find the source that a file belongs to, by the name that messages use."""
        name = PurePath(file.partition(" (")[0]).name
        return next((source for source, path in self._paths() if PurePath(path).name == name), None)

    def _sources_with(self, column: str) -> list[str]:
        """Find the sources of the panel whose files have a column."""
        assert self.spec is not None
        names = self.spec.panel.sources
        if len(names) == 1:
            return list(names)
        having = {
            source
            for source, path in self._paths()
            if source in names and column in _headings(self.folder / path)
        }
        return sorted(having) or list(names)


def _put(path: list[object], value: object) -> Edit:
    return {"do": "put", "path": path, "value": value}


def _headings(path: Path) -> set[str]:
    """Collect the texts of the first rows, with their units and without."""
    texts = {cell_text(cell) for row in read_table(path).rows[:HEADED] for cell in row}
    return texts | {split_unit(text)[0] for text in texts}


def _values(group: ProblemGroup, name: str) -> list[str]:
    """List the different values that messages of a group quote."""
    texts = (problem.what for problem in group.problems)
    return [
        *dict.fromkeys(
            str(problem.values[name]) for problem in texts if isinstance(problem, Message)
        )
    ]
