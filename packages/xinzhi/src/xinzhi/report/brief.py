"""The page of one entity on one sheet of paper: what its page in the report says, and how sure that is.

A sheet is laid out once, and printed as PDF and as Word document: letters become smaller until all
sentences fit, and where even the smallest do not, the last sentences stay in the report, which is said.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape

from docx.document import Document as Word
from docx.enum.text import WD_LINE_SPACING
from docx.shared import Pt, RGBColor
from fontTools.ttLib import TTFont

from xinzhi.analyses.exhibits import NOT_TO_CONCLUDE, Profile, ProfilePart
from xinzhi.present import chart_style as style
from xinzhi.present.drawing import Drawing
from xinzhi.report.document import Content
from xinzhi.report.file_names import in_language, stems
from xinzhi.report.font import shipped
from xinzhi.report.formats.docx_document import ALWAYS, packed
from xinzhi.report.formats.docx_style import open_word
from xinzhi.report.head import LINES
from xinzhi.report.terms import block_in_terms, in_terms
from xinzhi_core.errors import Problem, SpecError, Where, nearest
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Language, Message, Wording, message, said, say
from xinzhi_econometrics.space.scores import list_names

PAGE = (595.28, 841.89)
"""Width and height of A4, in points."""
MARGIN, TOP = 57.0, 54.0
"""Left and right, above and below, in points."""
FILLED = 0.94
"""Share of the height that is used: word processors set other letters, a little wider or higher."""
ROOM = FILLED * (PAGE[1] - 2 * TOP)
"""Height of a sheet, at most."""
SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
"""Sizes of the letters of a sentence, in points; the first that fits is taken."""
NAME, SMALL = 20.0, 8.0
"""Sizes of the name of the entity, and of the lines above and below."""
LEADING = 1.45
"""Distance of two lines, in sizes of their letters."""
CHART = (480.0, 104.0)
"""Width and height of the scores over time, in points."""
GAP = 5.0
"""Room above a heading, in points."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What stands on the sheet of an entity, in both languages."""

    profile: Profile
    study: Wording
    parts: tuple[ProfilePart, ...]
    mean: tuple[tuple[int, float], ...]
    """(Period, mean score of all)."""
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class BriefSheet:
    """A sheet in one language, laid out: every line that is printed."""

    brief: Brief
    language: Language
    size: float
    """Size of the letters of a sentence, in points."""
    head: tuple[str, ...]
    """Lines above the name: the study, and that its data are simulated."""
    name: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    """Headings with their sentences."""
    foot: str
    n_left_out: int = 0
    """Sentences that did not fit."""

    @property
    def has_chart(self) -> bool:
        """Whether there are scores of two periods, which make a line."""
        return sum(score is not None for _, score in self.brief.profile.series) > 1


def briefs_of(content: Content) -> tuple[Brief, ...]:
    """Make the sheets of all entities that have a page in the report.

    Raises
    ------
    SpecError
        `brief.no_pages`: the study has no pages of entities.
    """
    if content.profiles is None:
        raise SpecError(
            Problem(
                "brief.no_pages",
                message("This study has no pages of its entities."),
                Where(),
                message("add `typology` to the study file, and run it."),
            )
        )
    terms = content.terms
    # The same lines as at the head of the report: a reader of this sheet has no other.
    told = (line for line in content.told if line.title in (LINES["sure"], LINES["not_shown"]))
    sure = tuple(
        ProfilePart(in_terms(line.title, terms), (in_terms(line.sentence, terms),)) for line in told
    )
    profiles = block_in_terms(content.profiles, terms)
    return tuple(
        Brief(
            profile=item,
            study=content.title,
            parts=(*item.parts[:1], *sure, *map(_said_above, item.parts[1:])),
            mean=profiles.mean,
            is_simulated=content.simulated,
        )
        for item in profiles.items
    )


def _said_above(part: ProfilePart) -> ProfilePart:
    """Leave out what the lines on how sure all is have said."""
    sentences = (
        words
        for words in part.sentences
        if not (isinstance(words, Message) and words.template == NOT_TO_CONCLUDE)
    )
    return replace(part, sentences=tuple(sentences))


SUFFIX = re.compile("(市|省|自治州|地区|盟|县|区)$")
"""Ends of names that people leave out."""


def find_brief(briefs: Sequence[Brief], wanted: str) -> Brief:
    """Find the sheet of an entity by a name in either language; 大同 is 大同市.

    Raises
    ------
    SpecError
        `brief.unknown`, with the nearest name; `brief.several`: several entities are called so.
    """
    folded = wanted.strip().casefold()
    names = {b.profile.key: {b.profile.key, *said(b.profile.name)} for b in briefs}
    whole = [key for key, own in names.items() if folded in {each.casefold() for each in own}]
    found = whole or [
        key
        for key, own in names.items()
        if folded in {SUFFIX.sub("", each).casefold() for each in own}
    ]
    if len(found) == 1:
        return next(brief for brief in briefs if brief.profile.key == found[0])
    if found:
        text = message("'{name}' is the name of {n} entities.", name=wanted, n=len(found))
        remedy = message("write the whole name: {names}.", names=list_names(found))
        raise SpecError(Problem("brief.several", text, Where(entity=wanted), remedy))
    every = [each for own in names.values() for each in sorted(own)]
    near = nearest(wanted, [*every, *(SUFFIX.sub("", each) for each in every)])
    known = list_names([*names])
    text = message("This study has no entity '{name}'.", name=wanted)
    remedy = (
        message("did you mean '{name}'?", name=near)
        if near
        else message("the study has: {names}.", names=known)
    )
    raise SpecError(Problem("brief.unknown", text, Where(entity=wanted), remedy))


def lay_out(brief: Brief, language: Language) -> BriefSheet:
    """Lay a sheet out in one language, in the largest letters in which all of it fits."""
    sheet = _sheet(brief, language)
    for size in SIZES:
        sheet = replace(sheet, size=size)
        if height_of(sheet) <= ROOM:
            return sheet
    while height_of(sheet) > ROOM and any(len(sentences) > 1 for _, sentences in sheet.parts):
        parts = [*sheet.parts]
        # The longest part gives way: how sure a finding is stands in one sentence, and stays.
        longest = max(range(len(parts)), key=lambda n: len(parts[n][1]))
        parts[longest] = (parts[longest][0], parts[longest][1][:-1])
        sheet = _sheet(brief, language, sheet.n_left_out + 1)
        sheet = replace(sheet, size=SIZES[-1], parts=tuple(parts))
    return sheet


def _sheet(brief: Brief, language: Language, n_left_out: int = 0) -> BriefSheet:
    mark = message("Simulated data: nothing on this page describes a real place.")
    head = (brief.study, *((mark,) if brief.is_simulated else ()))
    foot = message("The report of this study says how each number was computed.")
    if n_left_out:
        foot = message(
            "{n} more sentences on this entity stand in the report of this study.",
            one="{n} more sentence on this entity stands in the report of this study.",
            n=n_left_out,
        )
    return BriefSheet(
        brief=brief,
        language=language,
        size=SIZES[0],
        head=tuple(say(line, language) for line in head),
        name=(say(brief.profile.name, language),),
        parts=tuple(
            (say(part.title, language), tuple(say(one, language) for one in part.sentences))
            for part in brief.parts
        ),
        foot=say(foot, language),
        n_left_out=n_left_out,
    )


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a sheet as it is printed."""

    text: str
    size: float
    above: float = 0.0
    """Room above it, in points."""
    kind: str = "sentence"
    """head, name, chart, title, sentence or foot."""

    @property
    def height(self) -> float:
        """Its height with the room above, in points."""
        return self.above + (CHART[1] if self.kind == "chart" else self.size * LEADING)


def lines_of(sheet: BriefSheet) -> Iterator[SheetLine]:
    """Break a sheet into lines."""
    width = PAGE[0] - 2 * MARGIN
    for text in sheet.head:
        yield from (SheetLine(each, SMALL, kind="head") for each in broken(text, width, SMALL))
    for text in sheet.name:
        yield from (SheetLine(each, NAME, kind="name") for each in broken(text, width, NAME))
    if sheet.has_chart:
        yield SheetLine("", 0, kind="chart")
    for title, sentences in sheet.parts:
        yield SheetLine(title, sheet.size + 1, GAP, "title")
        for sentence in sentences:
            for n, each in enumerate(broken(sentence, width, sheet.size)):
                yield SheetLine(each, sheet.size, 0 if n else 1.5)
    for n, each in enumerate(broken(sheet.foot, width, SMALL)):
        yield SheetLine(each, SMALL, 0 if n else GAP, "foot")


def height_of(sheet: BriefSheet) -> float:
    """Height of a sheet, in points."""
    return sum(line.height for line in lines_of(sheet))


WORDS = re.compile(r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+")  # fmt: skip
"""What stays together: a word, a Chinese character, white space."""
CLOSING, OPENING = "，。；：、）》”’！？,.;:)%", "（《“‘("
"""No line begins with the first, none ends with the second."""


def broken(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines that are no wider than `width` points in letters of `size` points.

    >>> broken("大同市的得分，为0.172。", 60, 10)
    ['大同市的得', '分，为', '0.172。']
    """
    lines, line = [], ""
    for piece in _pieces(text, width / size):
        if line and _width(line + piece.rstrip()) * size > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, most: float) -> list[str]:
    """Cut a text where a line may end; what is wider than a line is cut anywhere."""
    pieces: list[str] = []
    for word in WORDS.findall(text):
        # A mark that closes stays with what stands before it, one that opens with what comes after.
        is_joined = pieces and (word[0] in CLOSING or pieces[-1][-1] in OPENING)
        if is_joined and _width(pieces[-1] + word) <= most:
            pieces[-1] += word
        elif _width(word) <= most:
            pieces.append(word)
        else:
            pieces += word
    return pieces


def _width(text: str) -> float:
    """Width of a text, in sizes of its letters; a letter that the font lacks is as wide as a character."""
    widths = _widths()
    return sum(widths.get(ord(letter), 1.0) for letter in text)


@cache
def _widths() -> dict[int, float]:
    font = TTFont(io.BytesIO(shipped()), lazy=True)
    unit, advance = font["head"].unitsPerEm, font["hmtx"]
    return {code: advance[name][0] / unit for code, name in font.getBestCmap().items()}


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
    return packed(word)


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
