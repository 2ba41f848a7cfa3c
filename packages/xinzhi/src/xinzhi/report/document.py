"""One immutable model of a report, for all formats.

The content of a report, before it is put into chapters.

Compose the report: a main text that is read from the first line to the last, and an appendix.

The digest for the console: the most informative tables, as text.

Numbers of chapters, tables, figures and equations, in the order in which they stand.

The main text has chapters 1, 2, … and tables 1, 2, …; the appendix has chapters A, B, … and tables A1, A2, ….
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.capabilities import ShownLast
from xinzhi.analyses.exhibits import MethodPart, Place, Profile, ProfilePart, Profiles
from xinzhi.analyses.index_chapter import CHAPTER as INDEX
from xinzhi.analyses.index_chapter import FIRST, PARTS
from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.numbers import write
from xinzhi.present.references import ANCHOR, with_numbers
from xinzhi.present.table import Part as table_Part
from xinzhi.present.table import Table
from xinzhi.report.bibliography import Style, references
from xinzhi.report.head import OpeningLine, keyword_line
from xinzhi.report.notes import CHAPTER, chapter_id, further_notes, in_two_lines
from xinzhi.report.terms import block_in_terms, in_terms
from xinzhi.study.schema.report import ProfileName
from xinzhi.study.template import WordTemplate
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice, together
from xinzhi_core.periods import period_name
from xinzhi_core.wording import (
    Language,
    Message,
    Terms,
    Wording,
    in_a_row,
    message,
    say,
)

__all__ = [
    "Block",
    "Document",
    "DocumentSection",
    "Heading",
    "NumberedEquation",
    "Paragraph",
    "Profile",
    "ProfilePart",
    "Profiles",
    "Warned",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Warned:
    """A notice that a reader must see."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter."""

    text: Wording


Block = Paragraph | OpeningLine | Warned | Heading | NumberedEquation | Table | Chart | Profiles


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A chapter of the report."""

    id: str
    title: Wording
    blocks: tuple[Block, ...]
    part: table_Part = "text"
    is_numbered: bool = True
    """Chapters are counted, each part by itself; abstract and references are not."""


@dataclass(frozen=True, slots=True)
class Document:
    """A report: title, subtitle and chapters; `simulated` prints the word on every page."""

    title: Wording
    sections: tuple[DocumentSection, ...]
    subtitle: Wording = ""
    simulated: bool = False
    profile: ProfileName = "full"
    template: WordTemplate | None = None
    """The Word file whose look the Word documents take."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a report."""

    title: Wording
    subtitle: Wording = ""
    simulated: bool = False
    profile: ProfileName = "paper"
    told: tuple[OpeningLine, ...] = ()
    """The four lines that are told first."""
    abstract: tuple[Wording, ...] = ()
    """Paragraphs of the abstract, made of what the analyses declare."""
    keywords: tuple[Wording, ...] = ()
    sample: tuple[Wording, ...] = ()
    """Sentences on the sample and its losses."""
    data_summary: tuple[Wording, ...] = ()
    """The reading log."""
    tables: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    """Tables by place: data, efficiency, classes, models, …"""
    charts: Mapping[str, tuple[Chart, ...]] = field(default_factory=dict)
    """Charts by place."""
    prose: Mapping[str, tuple[Wording, ...]] = field(default_factory=dict)
    """Paragraphs of the main text by place."""
    profiles: Profiles | None = None
    """A page for each entity."""
    terms: Terms = Terms()
    """What the study calls its entities and periods."""
    notices: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What of maps and analyses could not be done; it stands among the notices too."""
    blocks: Mapping[str, object] = field(default_factory=dict)
    """Further blocks of results.json, such as `comparison`."""
    entities: Mapping[str, Wording] = field(default_factory=dict)
    """Entity -> what readers call it."""
    methods: tuple[MethodPart, ...] = ()
    """The chapter on method: the question, then part by part."""
    references: frozenset[str] = frozenset()
    """Literature of the methods, in APA style."""
    provenance: tuple[Wording, ...] = ()
    own: Mapping[str, tuple[Wording, ...]] = field(default_factory=dict)
    """Chapters of the author -> their paragraphs."""
    template: WordTemplate | None = None
    """The Word file whose look the Word documents take."""


SIMULATED = message("Simulated data.")
Writer = Callable[[Content], tuple[Block, ...]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its title, and what stands in it before the exhibits of its places."""

    title: Wording
    order: float
    """Chapters stand in rising order."""
    head: Writer = lambda _: ()
    is_numbered: bool = True


def _told(content: Content) -> tuple[Block, ...]:
    """Put the pictures beside the lines that are told first; without lines they stay in their chapters."""
    if not content.told:
        return ()
    drawn = (chart for charts in content.charts.values() for chart in charts)
    return (*content.told, *(chart for chart in drawn if chart.is_told_first))


def _abstract(content: Content) -> tuple[Block, ...]:
    return (*map(Paragraph, content.abstract), *map(Paragraph, keyword_line(content.keywords)))


def _method(content: Content) -> tuple[Block, ...]:
    """Ask the question, show the framework; then, part by part, write the equations and describe the options."""
    framework = content.charts.get("method", ())
    opening = [
        block for part in content.methods if not part.title for block in _part(part, content)
    ]
    parts = (block for part in content.methods if part.title for block in _part(part, content))
    return (*opening, *framework, *parts)


def _part(part: MethodPart, content: Content) -> Iterator[Block]:
    if part.title:
        yield Heading(part.title)
    yield from part.equations
    words = part.sentences if content.profile == "full" else _join(part.sentences)
    yield from map(Paragraph, words)


def _join(sentences: Sequence[Wording]) -> tuple[Wording, ...]:
    """Put sentences into one paragraph, where there are some."""
    return (in_a_row(sentences),) if sentences else ()


def _references(content: Content) -> tuple[Block, ...]:
    """List the literature of the methods in the style of the profile."""
    style: Style = "gbt_7714" if content.profile == "chinese_journal" else "apa"
    return tuple(map(Paragraph, references(content.references, style)))


def _own(chapter: str) -> Writer:
    """Write a chapter of the author, where there is one."""
    return lambda content: tuple(map(Paragraph, content.own.get(chapter, ())))


TEXT: Mapping[str, Chapter] = {
    "told_first": Chapter(message("In brief"), -1, _told, is_numbered=False),
    "abstract": Chapter(message("Abstract"), 0, _abstract, is_numbered=False),
    "introduction": Chapter(message("Introduction"), 2, _own("introduction")),
    "literature": Chapter(message("Literature"), 4, _own("literature")),
    "hypotheses": Chapter(message("Theory and hypotheses"), 6, _own("hypotheses")),
    "data": Chapter(message("Data"), 10, lambda c: tuple(map(Paragraph, _join(c.sample)))),
    "method": Chapter(message("Method"), 20, _method),
    INDEX: Chapter(message("Composite index"), FIRST),
    "efficiency": Chapter(message("Efficiency"), 30),
    "effects": Chapter(message("Effects"), 48),
    "mechanism": Chapter(message("Mechanism"), 54),
    "heterogeneity": Chapter(message("Heterogeneity"), 56),
    "pathways": Chapter(message("Pathways"), 58),
    "robustness": Chapter(message("Robustness"), 59),
    "limits": Chapter(
        message("Limits"), 60, lambda c: tuple(map(Paragraph, limits_of(c.notices, c.entities)))
    ),
    "conclusion": Chapter(message("Conclusion"), 65, _own("conclusion")),
    "references": Chapter(message("References"), 70, _references, is_numbered=False),
}
"""Chapters of the main text; places of analyses name the one to which their exhibits belong."""


def _notices(content: Content) -> tuple[Block, ...]:
    """Write each notice once, merged with similar ones; or that there are none."""
    texts = dict.fromkeys(with_place(n, content.entities) for n in together(content.notices))
    return tuple(map(Warned, texts)) or (Paragraph(message("Nothing to note.")),)


APPENDIX: Mapping[str, Chapter] = {
    "reading": Chapter(
        message("Reading log"), 100, lambda c: tuple(map(Paragraph, c.data_summary))
    ),
    "filled": Chapter(message("Filled cells"), 110, lambda c: c.tables.get("filled", ())),
    "tests": Chapter(message("Tests"), 120),
    "further": Chapter(message("Further tables and figures"), 130),
    "cities": Chapter(
        message("Entity by entity"), 140, lambda c: (c.profiles,) if c.profiles else ()
    ),
    "comparison": Chapter(message("Published figures"), 150),
    "notices": Chapter(message("Notices"), 160, _notices),
    "provenance": Chapter(
        message("Machine and versions"), 170, lambda c: tuple(map(Paragraph, c.provenance))
    ),
}
"""Chapters of the appendix."""
AFTER_NOTES = ("notices", "provenance")
"""Chapters behind the one that holds what did not fit under tables and figures."""


def compose(content: Content) -> Document:
    """Compose the report: chapters in order; empty ones are left out."""
    sections = tuple(
        replace(
            section,
            title=in_terms(section.title, content.terms),
            blocks=tuple(block_in_terms(block, content.terms) for block in section.blocks),
        )
        for section in _chapters(content)
    )
    if content.simulated:
        sections = tuple(
            replace(section, blocks=tuple(map(_mark, section.blocks))) for section in sections
        )
    sections = tuple(_with_short_notes(sections, content.profile))
    return Document(
        title=content.title,
        subtitle=content.subtitle,
        simulated=content.simulated,
        profile=content.profile,
        template=content.template,
        sections=sections,
    )


def _with_short_notes(
    sections: Sequence[DocumentSection], profile: ProfileName
) -> Iterator[DocumentSection]:
    """Keep notes of two lines under the exhibits; what is left of them is a chapter of its own."""
    short = [
        replace(
            section,
            blocks=tuple(
                in_two_lines(block) if isinstance(block, (Table, Chart)) else block
                for block in section.blocks
            ),
        )
        for section in sections
    ]
    blocks = (block for section in short for block in section.blocks)
    exhibits = [block for block in blocks if isinstance(block, (Table, Chart))]
    notes = tuple(map(Paragraph, further_notes(exhibits)))
    last = [section for section in short if section.id in AFTER_NOTES]
    yield from (section for section in short if section.id not in AFTER_NOTES)
    if notes:
        title = message("Notes to the tables and figures")
        yield DocumentSection(CHAPTER, title, notes, "text" if profile == "full" else "appendix")
    yield from last


def _mark(block: Block) -> Block:
    """Mark tables, figures and pages of entities as simulated."""
    if isinstance(block, (Table, Chart)):
        return replace(block, notes=(SIMULATED, *block.notes))
    if isinstance(block, Profiles):
        mark = ProfilePart("", (SIMULATED,))
        pages = (replace(page, parts=(mark, *page.parts)) for page in block.items)
        return replace(block, items=tuple(pages))
    return block


def _chapters(content: Content) -> Iterator[DocumentSection]:
    places = _places()
    is_full = content.profile == "full"
    parts: tuple[table_Part, ...] = ("text", "appendix") if is_full else ("text",)
    # Reversed: of several places in one chapter the first gives its title.
    declared = {p.chapter or p.key: Chapter(p.title, p.order) for p in reversed(places)}
    text = sorted((declared | dict(TEXT)).items(), key=lambda item: item[1].order)
    for key, chapter in text:
        blocks = [*chapter.head(content)]
        for place in places:
            if (place.chapter or place.key) == key:
                held = [
                    *map(Paragraph, content.prose.get(place.key, ())),
                    *_exhibits(content, place, parts),
                ]
                # The chapter on an index has a part for each thing that is said of it.
                blocks += [Heading(place.title)] if held and key == INDEX else []
                blocks += held
        if blocks:
            yield DocumentSection(key, chapter.title, tuple(blocks), "text", chapter.is_numbered)
    for key, chapter in APPENDIX.items():
        members = [place for place in places if place.appendix == key and not is_full]
        blocks = [*chapter.head(content), *_rest(content, members)]
        if blocks:
            yield DocumentSection(
                key, chapter.title, tuple(blocks), "text" if is_full else "appendix"
            )


def _places() -> list[Place]:
    """List the places that analyses declare, in their order."""
    declared: dict[str, Place] = {}
    for _, analysis in in_order():
        declared.setdefault(analysis.place.key, analysis.place)
    declared |= {place.key: place for place in PARTS.values()}
    return sorted(declared.values(), key=lambda place: place.order)


def _exhibits(
    content: Content, place: Place, parts: tuple[table_Part, ...]
) -> tuple[Chart | Table, ...]:
    """List the charts, then the tables of a place that stand in a part of the report."""
    exhibits: tuple[Chart | Table, ...] = (
        *(c for c in content.charts.get(place.key, ()) if not (content.told and c.is_told_first)),
        *content.tables.get(place.key, ()),
    )
    return tuple(exhibit for exhibit in exhibits if exhibit.part in parts)


def _rest(content: Content, places: list[Place]) -> Iterator[Block]:
    """Give the exhibits that the main text does not hold, under the titles of their places."""
    for place in places:
        blocks = _exhibits(content, place, ("appendix",))
        if blocks and len(places) > 1:
            yield Heading(place.title)
        yield from blocks


WEIGHTS: Sequence[tuple[str, ...]] = (
    (
        "iv.weak",
        "reg.lagged_outcome",
        "reg.staggered",
        "inference.separability",
        "mediation.not_causal",
    ),
    ("inference.scores_as_outcome", "inference.second_stage_coverage"),
    ("advice.serial_correlation", "advice.cross_section_dependence", "advice.heteroskedasticity"),
    ("reg.few_clusters", "reg.few_periods", "pathways.few_clusters", "inference.few_entities"),
    ("influence.sign", "mediation.inconsistent", "pathways.interval", "pathways.other_estimate"),
    ("efficiency.unsolved", "efficiency.infeasible", "efficiency.undefined", "efficiency.left_out"),
    ("sample.filled", "cities.reconstructed_groups", "cities.low_confidence"),
    ("vif.high", "reg.near_collinear", "reg.nearly_absorbed", "reg.dropped", "reg.perfect_fit"),
    ("variables.small_scale", "productivity.infeasible", "group.singleton"),
    ("what_if.meaning", "what_if.outside"),
)
"""Codes of notices in falling weight: what identifies an effect, then what its error rests on, then
the data, then how single numbers are read."""
MOST = 6
"""So many sentences stand in the text; all notices stand in the appendix."""


def limits_of(notices: Sequence[Notice], entities: Mapping[str, Wording]) -> tuple[Wording, ...]:
    """Take the notices that weigh most, similar ones as one, and say where the others stand."""
    # Of each code the first notice, with those that differ from it in a word.
    ranked = [
        notice
        for codes in WEIGHTS
        for code in codes
        for notice in together(n for n in notices if n.code == code)[:1]
    ]
    texts = list(dict.fromkeys(with_place(notice, entities) for notice in ranked))
    return (*texts[:MOST], message("The appendix lists all notices.")) if texts else ()


def with_place(notice: Notice, entities: Mapping[str, Wording]) -> Wording:
    """Write a notice with the entity and the period that it is about."""
    entity, period = notice.where.entity, notice.where.period
    name = "" if entity is None else entities.get(entity, entity)
    place = message("{entity} {period}", entity=name, period=period) if name and period else name
    place = place or ("" if period is None else period_name(period))
    return message("{text} ({place})", text=notice.text, place=place) if place else notice.text


LONGEST = 40
"""Rows of a table that the console still shows; longer ones are in the report."""
Grid = tuple[str, list[str], list[tuple[str, ...]]]


def digest(content: Content, language: Language, decimals: int) -> Iterator[Grid]:
    """Give title, headings and rows of the most informative tables."""
    for section, most in _counts().items():
        short = [t for t in content.tables.get(section, ()) if len(t.rows) <= LONGEST]
        for table in short[:most]:
            yield grid(table, language, decimals)


def _counts() -> dict[str, int]:
    """Count the tables of each section that the console shows; `xinzhi show` lists all."""
    counts: Counter[str] = Counter()
    for _, analysis in in_order():
        if analysis.n_on_console:
            counts[analysis.place.key] += analysis.n_on_console
    return counts


def sentences(content: Content) -> tuple[Wording, ...]:
    """Give the abstract, then what the analyses that show last come to: their tables are too long."""
    last = (analysis.place.key for _, analysis in in_order() if isinstance(analysis, ShownLast))
    tables = (table for place in last for table in reversed(content.tables.get(place, ())))
    return (*content.abstract, *(words for table in tables for words in table.reading))


def n_more(content: Content) -> int:
    """Count the tables that the digest leaves out."""
    total = sum(map(len, content.tables.values()))
    return total - len(list(digest(content, "en", 3)))


def grid(table: Table, language: Language, decimals: int) -> Grid:
    """Turn a table into text, row by row."""
    headings = [say(table.stub, language), *(say(words, language) for words in _headings(table))]
    rows = [
        (say(row.label, language), *(str(write(cell, language, decimals)) for cell in row.cells))
        for row in table.rows
    ]
    return say(table.title, language), headings, rows


def _headings(table: Table) -> list[Wording]:
    """Words over the columns; with what stands above them where they would be alike."""
    plain = [column.heading for column in table.columns]
    if len({str(words) for words in plain}) == len(plain):
        return plain
    return [column.full_heading for column in table.columns]


NUMBERING_APPENDIX = message("Appendix")
EQUATION = "Equation"
"""How the anchors of equations begin."""
PREFIX: dict[table_Part, str] = {"text": "", "appendix": "A"}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A block and its number among its like; none for text."""

    block: Block
    place: int = 0
    part: table_Part = "text"

    @property
    def number(self) -> str:
        """1, 2, … in the text, A1, A2, … in the appendix."""
        return f"{PREFIX[self.part]}{self.place}"

    @property
    def caption(self) -> Message:
        """The words before the title: Table 1, Figure A2; with the name to which a reference can lead."""
        if isinstance(self.block, Table):
            return message("Table {n}", **self._values("Table"))
        if isinstance(self.block, NumberedEquation):
            return message("Equation ({n})", **self._values(EQUATION))
        return message("Figure {n}", **self._values("Figure"))

    def _values(self, kind: str) -> dict[str, str]:
        return {"n": self.number, ANCHOR: f"{kind}{self.number}"}


@dataclass(frozen=True, slots=True)
class NumberedSection:
    """A chapter with its number and its counted blocks."""

    section: DocumentSection
    number: str
    """1, 2, … or A, B, …; empty where the chapter is not counted."""
    blocks: tuple[Numbered, ...]
    begins_appendix: bool = False
    """Whether it is the first chapter of the appendix."""

    @property
    def name(self) -> Wording:
        """The words by which a sentence refers to the chapter."""
        if self.section.part == "appendix":
            return message("Appendix {number}", number=self.number)
        return message("Section {number}", number=self.number)

    @property
    def heading(self) -> Wording:
        """The title behind the number."""
        if not self.number:
            return self.section.title
        return message("{number}  {title}", number=self.number, title=self.section.title)


def number_chapters(document: Document) -> Iterator[NumberedSection]:
    """Count chapters, tables, figures and equations, and put numbers where sentences refer to them."""
    chapters = list(_count(document))
    captions: dict[str, Wording] = {
        numbered.block.id: numbered.caption
        for chapter in chapters
        for numbered in chapter.blocks
        if isinstance(numbered.block, (Table, Chart, NumberedEquation))
    }
    captions |= {chapter_id(c.section.id): c.name for c in chapters if c.number}
    for chapter in chapters:
        blocks = (replace(n, block=_refer(n.block, captions)) for n in chapter.blocks)
        yield replace(chapter, blocks=tuple(blocks))


def _count(document: Document) -> Iterator[NumberedSection]:
    n_of: Counter[tuple[table_Part, type]] = Counter()
    for section in document.sections:
        part = section.part
        begins = part == "appendix" and not n_of[part, DocumentSection]
        n_of[part, DocumentSection] += section.is_numbered
        place = n_of[part, DocumentSection]
        number = _letters(place) if part == "appendix" else str(place)
        blocks = []
        for block in section.blocks:
            if isinstance(block, (Table, Chart, NumberedEquation)):
                n_of[part, type(block)] += 1
                blocks.append(Numbered(block, n_of[part, type(block)], part))
            else:
                blocks.append(Numbered(block, part=part))
        shown = number if section.is_numbered else ""
        yield NumberedSection(section, shown, tuple(blocks), begins)


def _letters(place: int) -> str:
    """Count in capital letters: A to Z, then AA.

    >>> _letters(1), _letters(26), _letters(27)
    ('A', 'Z', 'AA')
    """
    letters = ""
    while place:
        place, rest = divmod(place - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters


def _refer(block: Block, captions: Mapping[str, Wording]) -> Block:
    """Put numbers into the sentences of a block."""
    if isinstance(block, Paragraph):
        return replace(block, text=with_numbers(block.text, captions))
    if isinstance(block, (Table, Chart)):
        return replace(
            block,
            notes=tuple(with_numbers(note, captions) for note in block.notes),
            reading=tuple(with_numbers(sentence, captions) for sentence in block.reading),
        )
    return block


def charts_of(document: Document) -> tuple[Chart, ...]:
    """List the charts of a document in their order."""
    blocks = (block for section in document.sections for block in section.blocks)
    return tuple(block for block in blocks if isinstance(block, Chart))
