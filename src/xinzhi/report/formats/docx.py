"""Word documents, one a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinzhi.report.document import Document
from xinzhi.report.file_names import in_language
from xinzhi.report.format import FORMATS
from xinzhi.wording import Language


@FORMATS.add("docx")
def write_docx(
    document: Document, *, languages: Sequence[Language], decimals: int
) -> Mapping[str, bytes]:
    """Write report.docx in the first language, and one more document for each other language."""
    from xinzhi.report.formats.docx_document import word_file  # noqa: PLC0415 - heavy, loads when used

    return {
        in_language("report", "docx", language, languages): word_file(
            document, language=language, decimals=decimals
        )
        for language in languages
    }
