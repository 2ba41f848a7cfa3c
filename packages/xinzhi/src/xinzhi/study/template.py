"""A Word file of the user whose look the Word document takes: styles, numbering of headings, page, header, footer.

Only its look is taken. Its own text, comments and pictures are not printed, and the file is never written.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.study.result import SourceFile
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.problems import missing_file
from xinzhi_core.wording import Label, Message, Wording, listed, message
from xinzhi_panel.io.files import Files, changed

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.styles.style import BaseStyle

KEY = "report.template"
"""Place in the study file; the name of the file among the inputs of a run."""
STYLES: Mapping[str, Label] = {
    "Normal": Label("Normal", zh="正文"),
    "Title": Label("Title", zh="标题"),
    "Subtitle": Label("Subtitle", zh="副标题"),
    "Heading 1": Label("Heading 1", zh="标题 1"),
    "Heading 2": Label("Heading 2", zh="标题 2"),
    "Caption": Label("Caption", zh="题注"),
    "Quote": Label("Quote", zh="引用"),
}
"""Styles of Word that a report uses -> what Word calls them."""
TYPES = "[Content_Types].xml"
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OF_TEMPLATE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
MACROS = (b"macroEnabled", b"vbaProject")
MEGABYTE = 1 << 20
LARGEST = 64
"""Megabytes to which a template may unpack."""


@dataclass(frozen=True, slots=True)
class WordTemplate:
    """A template that can be used."""

    name: str
    """As the study file writes it."""
    content: bytes
    """A document of Word, also where the file is a template of Word (dotx)."""
    missing: tuple[str, ...] = ()
    """Styles that the report uses and the file does not have, by their English names."""
    n_columns: int = 1
    """Columns of text on its pages."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Say what of the look does not come from the file."""
        return tuple(self._notices())

    def _notices(self) -> Iterator[Notice]:
        where = Where(file=self.name, key=KEY)
        if self.missing:
            text = message(
                "The template '{name}' does not define these styles, for which the Word document has its own: "
                "{styles}.",
                name=self.name,
                styles=listed([STYLES[style] for style in self.missing]),
            )
            yield Notice("report.template_styles", text, where)
        if self.n_columns > 1:
            text = message(
                "The pages of the template '{name}' have {n} columns of text; the Word document has one, as its "
                "tables need the width.",
                name=self.name,
                n=self.n_columns,
            )
            yield Notice("report.template_columns", text, where)


def input_of_template(spec: StudySpec, files: Files) -> tuple[SourceFile, ...]:
    """Check the template that a study names, and describe it among the files that were read.

    Raises
    ------
    DataError
        The file is not there, is not a Word document, or holds macros.
    """
    name = spec.report.template
    if name is None:
        return ()
    taken = files.take(name)
    read_template(taken.path, name)
    return (SourceFile(KEY, name, taken.sha256, None),)


def template_of(
    spec: StudySpec, folder: Path, inputs: tuple[SourceFile, ...]
) -> WordTemplate | None:
    """Read the template of a study for its report; None where it names none.

    Raises
    ------
    DataError
        The file is not the one that was checked when the study was read: it was saved meanwhile.
    """
    name = spec.report.template
    if name is None:
        return None
    template = read_template(folder / name, name)
    digests = {file.sha256 for file in inputs if file.name == KEY}
    if digests != {sha256((folder / name).read_bytes()).hexdigest()}:
        raise DataError(changed(folder / name))
    return template


def read_template(path: Path, name: str) -> WordTemplate:
    """Read a template and see which styles it has.

    Raises
    ------
    DataError
        The file is not there, is not a Word document, or holds macros.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        problem = missing_file(path, "file.unreadable")
        raise DataError(replace(problem, where=Where(file=path.name, key=KEY))) from error
    except OSError as error:
        text = message(
            "The file '{name}' cannot be read: {reason}.", name=name, reason=error.strerror or ""
        )
        remedy = message("name a file in the folder of the study file.")
        raise DataError(_problem("file.unreadable", name, text, remedy)) from error
    content = _as_document(content, name)
    word = _opened(content, name)
    columns = word.sections[0]._sectPr.xpath("./w:cols/@w:num")  # noqa: SLF001 - python-docx has no columns
    return WordTemplate(
        name,
        content,
        tuple(style for style in STYLES if find_style(word, style) is None),
        int(columns[0]) if columns else 1,
    )


def find_style(word: Word, name: str, kind: int = 1) -> BaseStyle | None:
    """Find a style by its name, in capitals or not; kind 1 is of paragraphs, 3 of tables."""
    return next(
        (
            style
            for style in word.styles
            if style.type == kind and (style.name or "").casefold() == name.casefold()
        ),
        None,
    )


def _as_document(content: bytes, name: str) -> bytes:
    """Refuse what is not a Word document; make a document of a template of Word."""
    other = message("'{name}' is not a Word document.", name=name)
    remedy = message(
        "open it in Word or WPS and save it as .docx; older .doc files need that, too."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > LARGEST * MEGABYTE:
                text = message("'{name}' unpacks to more than {n} megabytes.", name=name, n=LARGEST)
                smaller = message("remove its text and pictures: only its look is used.")
                raise DataError(_problem("report.template_size", name, text, smaller))
            types = archive.read(TYPES)
            has_macros = any(word in types for word in MACROS) or any(
                member.filename.endswith("vbaProject.bin") for member in archive.infolist()
            )
            if has_macros:
                text = message("'{name}' holds macros, which a report must not carry.", name=name)
                without = message("save it as .docx, without its macros.")
                raise DataError(_problem("report.template_macros", name, text, without))
            if MAIN not in types and OF_TEMPLATE not in types:
                raise DataError(_problem("report.template", name, other, remedy))
            return content if OF_TEMPLATE not in types else _converted(archive)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise DataError(_problem("report.template", name, other, remedy)) from error


def _converted(archive: zipfile.ZipFile) -> bytes:
    """Make a document of a template of Word: they differ in the type of one part."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in archive.infolist():
            part = archive.read(member)
            new.writestr(
                member.filename,
                part.replace(OF_TEMPLATE, MAIN) if member.filename == TYPES else part,
            )
    return packed.getvalue()


def _opened(content: bytes, name: str) -> Word:
    import docx  # noqa: PLC0415 - heavy, loads when used
    from docx.opc.exceptions import OpcError  # noqa: PLC0415 - as above

    try:
        word = docx.Document(io.BytesIO(content))
        # Parts are read when they are asked for: what is damaged is met here, not in the report.
        _ = [*word.styles], [section.header.is_linked_to_previous for section in word.sections]
    # What is no XML is a SyntaxError of lxml.
    except (
        *(OpcError, SyntaxError, zipfile.BadZipFile, zlib.error),
        *(KeyError, ValueError, AttributeError, IndexError, EOFError),
    ) as error:
        text = message("The Word document '{name}' is damaged.", name=name)
        remedy = message("open it in Word or WPS, which may repair it, and save it again.")
        raise DataError(_problem("report.template_damaged", name, text, remedy)) from error
    if not len(word.sections):
        text = message("The Word document '{name}' has no page set-up.", name=name)
        remedy = message("open it in Word or WPS, which may repair it, and save it again.")
        raise DataError(_problem("report.template_damaged", name, text, remedy))
    return word


def _problem(code: str, name: str, text: Message, remedy: Wording) -> Problem:
    return Problem(code, text, Where(file=Path(name).name, key=KEY), remedy)
