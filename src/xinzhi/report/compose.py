"""Compose the report: a main text that is read from the first line to the last, and an appendix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.exhibits import Place
from xinzhi.notices import Notice, together
from xinzhi.present.chart import Chart
from xinzhi.present.table import Part, Table
from xinzhi.report.abstract import keyword_line
from xinzhi.report.bibliography import Style, references
from xinzhi.report.content import Content
from xinzhi.report.document import (
    Block,
    Document,
    DocumentSection,
    Heading,
    Paragraph,
    Profiles,
    Warned,
)
from xinzhi.wording import Wording, in_a_row, message

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


def _abstract(content: Content) -> tuple[Block, ...]:
    return (*map(Paragraph, content.abstract), *map(Paragraph, keyword_line(content.keywords)))


def _method(content: Content) -> tuple[Block, ...]:
    """Show the framework, write the equations, and describe the options in force."""
    framework = content.charts.get("method", ())
    words = content.methods if content.profile == "full" else _join(content.methods)
    return (*framework, *content.equations, *map(Paragraph, words))


def _join(sentences: Sequence[Wording]) -> tuple[Wording, ...]:
    """Put sentences into one paragraph, where there are some."""
    return (in_a_row(sentences),) if sentences else ()


def _references(content: Content) -> tuple[Block, ...]:
    """List the literature of the methods in the style of the profile."""
    style: Style = "gbt_7714" if content.profile == "chinese_journal" else "apa"
    return tuple(map(Paragraph, references(content.references, style)))


TEXT: Mapping[str, Chapter] = {
    "abstract": Chapter(message("Abstract"), 0, _abstract, is_numbered=False),
    "data": Chapter(message("Data"), 10, lambda c: tuple(map(Paragraph, _join(c.sample)))),
    "method": Chapter(message("Method"), 20, _method),
    "efficiency": Chapter(message("Efficiency"), 30),
    "effects": Chapter(message("Effects"), 48),
    "mechanism": Chapter(message("Mechanism"), 54),
    "heterogeneity": Chapter(message("Heterogeneity"), 56),
    "pathways": Chapter(message("Pathways"), 58),
    "robustness": Chapter(message("Robustness"), 59),
    "limits": Chapter(
        message("Limits"), 60, lambda c: tuple(map(Paragraph, limits_of(c.notices, c.entities)))
    ),
    "references": Chapter(message("References"), 70, _references, is_numbered=False),
}
"""Chapters of the main text; places of analyses name the one to which their exhibits belong."""


def _notices(content: Content) -> tuple[Block, ...]:
    """Write each notice once, merged with similar ones; or that there are none."""
    texts = dict.fromkeys(with_place(n, content.entities) for n in together(content.notices))
    return tuple(map(Warned, texts)) or (Paragraph(message("There is nothing to note.")),)


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


def compose(content: Content) -> Document:
    """Compose the report: chapters in order; empty ones are left out."""
    sections = tuple(_chapters(content))
    if content.simulated:
        sections = tuple(
            replace(section, blocks=tuple(map(_mark, section.blocks))) for section in sections
        )
    return Document(
        title=content.title,
        subtitle=content.subtitle,
        simulated=content.simulated,
        profile=content.profile,
        sections=sections,
    )


def _mark(block: Block) -> Block:
    """Mark tables, figures and pages of entities as simulated."""
    if isinstance(block, (Table, Chart)):
        return replace(block, notes=(SIMULATED, *block.notes))
    if isinstance(block, Profiles):
        pages = (replace(page, sentences=(SIMULATED, *page.sentences)) for page in block.items)
        return replace(block, items=tuple(pages))
    return block


def _chapters(content: Content) -> Iterator[DocumentSection]:
    places = _places()
    is_full = content.profile == "full"
    parts: tuple[Part, ...] = ("text", "appendix") if is_full else ("text",)
    # Reversed: of several places in one chapter the first gives its title.
    declared = {p.chapter or p.key: Chapter(p.title, p.order) for p in reversed(places)}
    text = sorted((declared | dict(TEXT)).items(), key=lambda item: item[1].order)
    for key, chapter in text:
        blocks = [*chapter.head(content)]
        for place in places:
            if (place.chapter or place.key) == key:
                blocks += map(Paragraph, content.prose.get(place.key, ()))
                blocks += _exhibits(content, place, parts)
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
    return list(declared.values())


def _exhibits(content: Content, place: Place, parts: tuple[Part, ...]) -> tuple[Chart | Table, ...]:
    """List the charts, then the tables of a place that stand in a part of the report."""
    exhibits: tuple[Chart | Table, ...] = (
        *content.charts.get(place.key, ()),
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
    place = place or ("" if period is None else str(period))
    return message("{text} ({place})", text=notice.text, place=place) if place else notice.text
