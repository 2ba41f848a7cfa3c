"""Word documents, one a language."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.report.document import Document
from xinzhi.report.file_names import in_language
from xinzhi.report.format import FORMATS, Format, Setting


def write_docx(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write report.docx in the first language, and one more document for each other language."""
    from xinzhi.report.formats.docx_document import word_file  # noqa: PLC0415 - heavy, loads when used

    return {
        in_language("report", "docx", language, setting.languages): word_file(
            document, setting, language
        )
        for language in setting.languages
    }


FORMATS.add("docx")(Format(write_docx, pictures="png"))
