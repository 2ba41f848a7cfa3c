"""Charts as files of pictures: SVG for editing, PNG for screens, PDF for print."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.present.render import FORMATS as KINDS
from xinzhi.report.document import Document, charts_of
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.font import with_font
from xinzhi.report.format import FORMATS, Format, ReportWriter, Setting, drawing_of


def _writer(kind: str) -> ReportWriter:
    def write(document: Document, setting: Setting) -> Mapping[str, bytes]:
        languages = setting.languages
        charts = charts_of(document)
        names = stems([chart.id for chart in charts])
        files: dict[str, bytes] = {}
        for language in languages:
            drawings = (drawing_of(chart, language, document) for chart in charts)
            drawn = [setting.pictures.of(drawing, kind) for drawing in drawings]
            drawn = with_font(drawn, setting.pictures) if kind == "svg" and drawn else drawn
            paths = [f"figures/{in_language(name, kind, language, languages)}" for name in names]
            files |= dict(zip(paths, drawn, strict=True))
        return files

    return write


for _kind in KINDS:
    FORMATS.add(_kind)(Format(_writer(_kind), pictures=_kind))
