"""A study that was run from Python: its tables and figures as objects, beside every result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Generic, TypeVar

from xinzhi.api.figure import Figure
from xinzhi.api.publication import PublicationTable
from xinzhi.errors import suggestion
from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.report.build import content_of
from xinzhi.report.compose import compose
from xinzhi.report.document import Document
from xinzhi.study.result import StudyResult
from xinzhi.wording import say

T = TypeVar("T")


class NamedExhibits(Mapping[str, T], Generic[T]):
    """Exhibits by their ids, in the order of the report."""

    def __init__(self, kind: str, makers: Mapping[str, Callable[[], T]]) -> None:
        """Keep what makes each exhibit."""
        self._kind, self._makers = kind, makers

    def __getitem__(self, name: str) -> T:
        """Make one exhibit; a name that is not there is a KeyError with the nearest."""
        if name not in self._makers:
            near = suggestion(name, tuple(self._makers))
            msg = f"{self._kind} {name!r}: {say(near, 'en')}"
            raise KeyError(msg)
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        """List the ids."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Count the exhibits."""
        return len(self._makers)

    def __repr__(self) -> str:
        return f"{self._kind}: {', '.join(self._makers)}"


@dataclass(frozen=True, slots=True, eq=False)
class ComputedStudy(StudyResult):
    """Everything that a study computed, with its tables and figures.

    `study.tables["baseline"].to_docx()`, `study.figures["GTFP_map"].to_png()`.
    """

    @classmethod
    def taken_from(cls, result: StudyResult) -> ComputedStudy:
        """Take over a result."""
        return cls(**{part.name: getattr(result, part.name) for part in fields(result)})

    @property
    def document(self) -> Document:
        """The report: chapters with tables, figures and sentences."""
        return compose(content_of(self))

    @property
    def tables(self) -> NamedExhibits[PublicationTable]:
        """Tables by their ids, as in results.json."""
        report = self.spec.report
        return NamedExhibits(
            "table",
            {
                block.id: partial(PublicationTable, block, report.languages[0], report.decimals)
                for block in _blocks(self.document)
                if isinstance(block, Table)
            },
        )

    @property
    def figures(self) -> NamedExhibits[Figure]:
        """Figures by their ids, as the files of `figures/` are called."""
        document = self.document
        return NamedExhibits(
            "figure",
            {
                block.id: partial(Figure, block, document, self.spec.report.languages[0])
                for block in _blocks(document)
                if isinstance(block, Chart)
            },
        )


def _blocks(document: Document) -> Iterator[object]:
    return (block for chapter in document.sections for block in chapter.blocks)
