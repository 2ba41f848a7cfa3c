"""Sheets of entities as files: PDF through the renderer of the figures, and Word.

Both print the lines of one layout; a Word file breaks its lines itself, in letters that are no wider.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape

from docx.document import Document as Word
from docx.enum.text import WD_LINE_SPACING
from docx.shared import Pt, RGBColor

from xinzhi.present import chart_style as style
from xinzhi.present.drawing import Drawing
from xinzhi.report.brief import (
    CHART,
    GAP,
    LEADING,
    MARGIN,
    NAME,
    PAGE,
    SMALL,
    TOP,
    Brief,
    BriefSheet,
    lay_out,
    lines_of,
)
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.formats.docx_document import ALWAYS, repacked
from xinzhi.report.formats.docx_style import open_word
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Language, message, say

FOLDER = "briefs"
"""Folder of the sheets within that of the results."""


def brief_names(
    briefs: Sequence[Brief],
    formats: Iterable[str],
    languages: Sequence[Language],
    written: Sequence[Language] = (),
) -> Mapping[tuple[str, str, Language], str]:
    """Name the files of all sheets: (entity, format, language) -> name within the folder of the results.

    The names are those of all entities together and of the languages of the report, so that a sheet has
    one name, whichever entities and languages are `written`.
    """
    keys = [brief.profile.key for brief in briefs]
    return {
        (key, form, language): f"{FOLDER}/{in_language(stem, form, language, languages)}"
        for key, stem in zip(keys, stems(keys), strict=True)
        for form in formats
        for language in written or languages
    }


def brief_pdf(sheet: BriefSheet) -> bytes:
    """Print a sheet as a PDF file of one page."""
    return Drawing(page_svg(sheet)).pictures(("pdf",))["pdf"]


COLOURS: Mapping[str, str] = {"head": style.MUTED, "foot": style.MUTED, "title": style.BLUE}
"""Kind of a line -> colour of its letters; others are black."""


def page_svg(sheet: BriefSheet) -> str:
    """Draw a sheet, each line as text that can be searched and copied."""
    y, parts = TOP, []
    for line in lines_of(sheet):
        y += line.height
        if line.kind == "chart":
            chart = "".join(_chart(sheet))
            parts.append(f'<g transform="translate({MARGIN},{y - CHART[1]:.2f})">{chart}</g>')
            continue
        colour = style.WARNING if _is_warning(sheet, line.text) else COLOURS.get(line.kind, "#000")
        base = y - line.size * (LEADING - 1)
        parts.append(_text(line.text, MARGIN, base, line.size, colour))
    width, height = PAGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="#fff"/>'
        f"{''.join(parts)}</svg>"
    )


def _is_warning(sheet: BriefSheet, text: str) -> bool:
    """Whether a line says that the data are simulated."""
    return sheet.brief.is_simulated and text in sheet.head[1:]


def _text(words: str, x: float, y: float, size: float, colour: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-family="{style.FONT}" font-size="{size:g}" '
        f'fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def chart_svg(sheet: BriefSheet) -> str:
    """Draw the scores over time by themselves."""
    width, height = CHART
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}"><rect width="{width:g}" height="{height:g}" fill="#fff"/>'
        f"{''.join(_chart(sheet))}</svg>"
    )


LEFT, RIGHT, ABOVE, BELOW = 24.0, 96.0, 10.0, 18.0
"""Room around the lines of the chart, in points."""
LETTERS = 8.0


def _chart(sheet: BriefSheet) -> Iterator[str]:
    """Draw the score of the entity over time, the mean of all, and the frontier, where the score is 1."""
    own = [(p, s) for p, s in sheet.brief.profile.series if s is not None]
    mean = sheet.brief.mean
    x, y = _scales([*own, *mean])
    first, last = (pick([period for period, _ in (*own, *mean)]) for pick in (min, max))
    for score, colour in ((0.0, style.RULE), (1.0, style.FAINT)):
        yield (
            f'<line x1="{LEFT}" x2="{CHART[0] - RIGHT}" y1="{y(score):.2f}" y2="{y(score):.2f}" '
            f'stroke="{colour}" stroke-width="0.75"/>'
        )
        yield _text(f"{score:g}", LEFT - 5, y(score) + 3, LETTERS, style.MUTED, "end")
    for period, anchor in ((first, "start"), (last, "end")):
        yield _text(period_name(period), x(period), CHART[1] - 4, LETTERS, style.MUTED, anchor)
    lines = [(own, style.BLUE, 1.75, sheet.name[0])]
    if mean:
        words = say(message("mean of all"), sheet.language)
        lines.insert(0, (list(mean), style.RULE, 1.25, words))
    ends = [points[-1][1] for points, *_ in lines]
    apart = len(ends) > 1 and abs(y(ends[0]) - y(ends[1])) < LETTERS * 1.2
    for n, (points, colour, width, words) in enumerate(lines):
        path = " ".join(f"{x(period):.2f},{y(score):.2f}" for period, score in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        # Two ends that lie close together would print one name over the other.
        lower = ends[n] <= min(ends) and (n == 0 or ends[0] != ends[1])
        shift = (LETTERS * 0.7 if lower else -LETTERS * 0.7) if apart else 0.0
        dark = style.MUTED if colour == style.RULE else colour
        label = f"{words[:12]} {points[-1][1]:.2f}"
        yield _text(label, CHART[0] - RIGHT + 5, y(points[-1][1]) + 3 + shift, LETTERS, dark)


def _scales(
    points: Sequence[tuple[int, float]],
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Give the places of periods and scores within the chart, in points."""
    periods = [period for period, _ in points]
    first, span = min(periods), max(periods) - min(periods) or 1
    top = max(1.0, *(score for _, score in points))
    wide, high = CHART[0] - LEFT - RIGHT, CHART[1] - ABOVE - BELOW
    return (
        lambda period: LEFT + wide * (period - first) / span,
        lambda score: CHART[1] - BELOW - high * score / top,
    )


def brief_docx(sheet: BriefSheet) -> bytes:
    """Write a sheet as a Word document of one page."""
    word = open_word(sheet.size, None)
    section = word.sections[0]
    section.top_margin = section.bottom_margin = Pt(TOP)
    section.left_margin = section.right_margin = Pt(MARGIN)
    word.core_properties.title = f"{sheet.name[0]}: {sheet.head[0]}"[:255]
    word.core_properties.author = ""
    word.core_properties.created = word.core_properties.modified = ALWAYS
    for n, text in enumerate(sheet.head):
        _paragraph(word, text, SMALL, colour=style.WARNING if n else style.MUTED)
    for text in sheet.name:
        _paragraph(word, text, NAME, "Heading 1")
    if sheet.has_chart:
        _picture(word, sheet)
    for title, sentences in sheet.parts:
        _paragraph(word, title, sheet.size + 1, "Heading 2", above=GAP, colour=style.BLUE)
        for text in sentences:
            _paragraph(word, text, sheet.size, above=1.5)
    _paragraph(word, sheet.foot, SMALL, above=GAP, colour=style.MUTED)
    content = io.BytesIO()
    word.save(content)
    return repacked(content.getvalue())


def _paragraph(
    word: Word, text: str, size: float, kind: str = "Normal", *, above: float = 0, colour: str = ""
) -> None:
    paragraph = word.add_paragraph(style=kind)
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(above), Pt(0)
    # Exactly so high: fonts of other systems bring line heights of their own.
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * LEADING)
    run = paragraph.add_run("".join(c if c.isprintable() else " " for c in text))
    run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())


def _picture(word: Word, sheet: BriefSheet) -> None:
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    png = Drawing(chart_svg(sheet)).pictures(("png",))["png"]
    # The line of a picture is higher than the picture; both have room for the chart together.
    height = Pt(CHART[1] * 0.94)
    picture = paragraph.add_run().add_picture(io.BytesIO(png), height=height)
    about = message("{name}: score over time", name=sheet.brief.profile.name)
    picture._inline.docPr.set("descr", say(about, sheet.language))  # noqa: SLF001 - python-docx has no word for it


FORMS: Mapping[str, Callable[[BriefSheet], bytes]] = {"docx": brief_docx, "pdf": brief_pdf}
"""Formats of sheets."""


def brief_files(
    briefs: Iterable[Brief],
    names: Mapping[tuple[str, str, Language], str],
) -> Mapping[str, bytes]:
    """Write sheets under their names, each in every format and language that has one."""
    wanted = {brief.profile.key: brief for brief in briefs}
    sheets: dict[tuple[str, Language], BriefSheet] = {}
    files: dict[str, bytes] = {}
    for (key, form, language), name in names.items():
        if key in wanted:
            if (key, language) not in sheets:
                sheets[key, language] = lay_out(wanted[key], language)
            files[name] = FORMS[form](sheets[key, language])
    return files
