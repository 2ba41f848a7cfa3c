"""Charts as files of pictures: SVG for editing, PNG for screens, PDF for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinzhi.present.render import FORMATS as KINDS
from xinzhi.present.render import picture
from xinzhi.report.document import Document
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.font import with_font
from xinzhi.report.format import FORMATS, Format
from xinzhi.report.numbering import charts_of
from xinzhi.wording import Language, message, say


def _writer(kind: str) -> Format:
    def write(
        document: Document, *, languages: Sequence[Language], decimals: int
    ) -> Mapping[str, bytes]:
        del decimals  # charts bring their own
        charts = charts_of(document)
        names = stems([chart.id for chart in charts])
        files: dict[str, bytes] = {}
        for language in languages:
            mark = _mark(document, language)
            drawn = [picture(chart, language, kind, mark=mark) for chart in charts]
            drawn = with_font(drawn) if kind == "svg" and drawn else drawn
            paths = [f"figures/{in_language(name, kind, language, languages)}" for name in names]
            files |= dict(zip(paths, drawn, strict=True))
        return files

    return write


def _mark(document: Document, language: Language) -> str:
    return say(message("(simulated data)"), language) if document.simulated else ""


for _kind in KINDS:
    FORMATS.add(_kind)(_writer(_kind))
