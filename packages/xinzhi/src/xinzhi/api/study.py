"""A study that was run from Python: its tables and figures as objects, beside every result.

Figures as objects: of a study, of a regression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Generic, TypeVar

from xinzhi.api.publication import PublicationTable
from xinzhi.present.chart import Chart
from xinzhi.present.render import FORMATS
from xinzhi.present.table import Table
from xinzhi.report.build import content_of
from xinzhi.report.document import Document, compose
from xinzhi.report.format import drawing_of
from xinzhi.study.result import StudyResult
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.panel.notebook import ByValue
from xinzhi_core.wording import Language, message, say
from xinzhi_core.write import write_atomically


@dataclass(frozen=True, slots=True, eq=False)
class Figure(ByValue):
    """A figure, drawn when it is asked for."""

    chart: Chart
    document: Document
    """The report that it stands in, which says whether the data are simulated."""
    language: Language

    def to_svg(self) -> str:
        """Draw as SVG."""
        return self._drawn("svg").decode("utf-8")

    def to_png(self) -> bytes:
        """Draw as PNG, 300 dots an inch on a page of Word."""
        return self._drawn("png")

    def to_pdf(self) -> bytes:
        """Draw as PDF."""
        return self._drawn("pdf")

    def to_html(self) -> str:
        """Write a figure element with its caption, nothing loaded from outside."""
        title = escape(say(self.chart.title, self.language))
        return f"<figure>{self.to_svg()}<figcaption>{title}</figcaption></figure>"

    def in_language(self, language: Language) -> Figure:
        """Give the same figure in another language."""
        return replace(self, language=language)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write to a file, in the format of its suffix: svg, png, pdf.

        Raises
        ------
        SpecError
            The suffix is none of these.
        ReportError
            The file exists and `overwrite` is not set, or it cannot be written.
        """
        path = Path(path)
        kind = path.suffix.lower().removeprefix(".")
        if kind not in FORMATS:
            text = message("'{suffix}' is not a format of a figure.", suffix=path.suffix)
            where, remedy = Where(file=path.name), suggestion(kind, FORMATS)
            raise SpecError(Problem("figure.format", text, where, remedy))
        write_atomically(path, self._drawn(kind), replace=overwrite)
        return path

    def _drawn(self, kind: str) -> bytes:
        return drawing_of(self.chart, self.language, self.document).pictures([kind])[kind]

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"Figure {self.chart.id}: {say(self.chart.title, self.language)}"


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
