"""Figures as objects: of a study, of a regression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.io.write import write_atomically
from xinzhi.panel.by_value import ByValue
from xinzhi.present.chart import Chart
from xinzhi.present.render import FORMATS
from xinzhi.report.document import Document
from xinzhi.report.format import drawing_of
from xinzhi.wording import Language, message, say


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
