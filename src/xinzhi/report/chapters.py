"""Chapters of the report: a main text that is read from the first line to the last, and an appendix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.exhibits import Place
from xinzhi.notices import together
from xinzhi.present.chart import Chart
from xinzhi.present.table import Part, Table
from xinzhi.report.abstract import keyword_line
from xinzhi.report.bibliography import Style, references
from xinzhi.report.content import Content
from xinzhi.report.document import Block, Heading, Paragraph, Section, Warned
from xinzhi.report.limits import limits_of, with_place
from xinzhi.wording import Wording, in_a_row, message

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
    """Write the abstract, and the keywords under it."""
    return (*map(Paragraph, content.abstract), *map(Paragraph, keyword_line(content.keywords)))


def _data(content: Content) -> tuple[Block, ...]:
    """Describe the sample and its losses in one paragraph."""
    return tuple(map(Paragraph, _in_one(content.sample)))


def _method(content: Content) -> tuple[Block, ...]:
    """Show the framework, write the equations, and describe the options in force."""
    framework = content.charts.get("method", ())
    words = content.methods if content.profile == "full" else _in_one(content.methods)
    return (*framework, *content.equations, *map(Paragraph, words))


def _in_one(sentences: Sequence[Wording]) -> tuple[Wording, ...]:
    """Put sentences into one paragraph, where there are some."""
    return (in_a_row(sentences),) if sentences else ()


def _limits(content: Content) -> tuple[Block, ...]:
    """Write what a critical reader must know."""
    return tuple(map(Paragraph, limits_of(content.notices, content.entities)))


def _references(content: Content) -> tuple[Block, ...]:
    """List the literature of the methods in the style of the profile."""
    style: Style = "gbt_7714" if content.profile == "chinese_journal" else "apa"
    return tuple(map(Paragraph, references(content.references, style)))


TEXT: Mapping[str, Chapter] = {
    "abstract": Chapter(message("Abstract"), 0, _abstract, is_numbered=False),
    "data": Chapter(message("Data"), 10, _data),
    "method": Chapter(message("Method"), 20, _method),
    "efficiency": Chapter(message("Efficiency"), 30),
    "effects": Chapter(message("Effects"), 48),
    "mechanism": Chapter(message("Mechanism"), 54),
    "heterogeneity": Chapter(message("Heterogeneity"), 56),
    "pathways": Chapter(message("Pathways"), 58),
    "robustness": Chapter(message("Robustness"), 59),
    "limits": Chapter(message("Limits"), 60, _limits),
    "references": Chapter(message("References"), 70, _references, is_numbered=False),
}
"""Chapters of the main text; places of analyses name the one to which their exhibits belong."""


def _reading(content: Content) -> tuple[Block, ...]:
    """Say how each file was read, and what each step of the preparation did."""
    return tuple(map(Paragraph, content.data_summary))


def _filled(content: Content) -> tuple[Block, ...]:
    """Count the filled cells."""
    return (*content.tables.get("filled", ()),)


def _cities(content: Content) -> tuple[Block, ...]:
    """Give a page to each entity."""
    return (content.profiles,) if content.profiles else ()


def _notices(content: Content) -> tuple[Block, ...]:
    """Write each notice once, merged with similar ones; or that there are none."""
    texts = dict.fromkeys(
        with_place(notice, content.entities) for notice in together(content.notices)
    )
    if not texts:
        return (Paragraph(message("There is nothing to note.")),)
    return tuple(Warned(text) for text in texts)


def _provenance(content: Content) -> tuple[Block, ...]:
    """Give versions and digests, and how to reproduce the study."""
    return tuple(map(Paragraph, content.provenance))


APPENDIX: Mapping[str, Chapter] = {
    "reading": Chapter(message("Reading log"), 100, _reading),
    "filled": Chapter(message("Filled cells"), 110, _filled),
    "tests": Chapter(message("Tests"), 120),
    "further": Chapter(message("Further tables and figures"), 130),
    "cities": Chapter(message("Entity by entity"), 140, _cities),
    "comparison": Chapter(message("Published figures"), 150),
    "notices": Chapter(message("Notices"), 160, _notices),
    "provenance": Chapter(message("Machine and versions"), 170, _provenance),
}
"""Chapters of the appendix."""


def chapters(content: Content) -> Iterator[Section]:
    """Write the chapters of a report in their order; empty ones are left out."""
    places = _places()
    is_full = content.profile == "full"
    own = {p.chapter or p.key: Chapter(p.title, p.order) for p in reversed(places)}
    text = sorted((own | dict(TEXT)).items(), key=lambda named: named[1].order)
    for key, chapter in text:
        members = [place for place in places if (place.chapter or place.key) == key]
        blocks = (
            *chapter.head(content),
            *(
                block
                for place in members
                for block in (
                    *map(Paragraph, content.prose.get(place.key, ())),
                    *_exhibits(content, place, ("text", "appendix") if is_full else ("text",)),
                )
            ),
        )
        if blocks:
            yield Section(key, chapter.title, blocks, "text", chapter.is_numbered)
    for key, chapter in APPENDIX.items():
        members = [place for place in places if place.appendix == key and not is_full]
        blocks = (*chapter.head(content), *_rest(content, members))
        if blocks:
            yield Section(key, chapter.title, blocks, "text" if is_full else "appendix")


def _places() -> list[Place]:
    """List the places that analyses declare, in their order."""
    declared: dict[str, Place] = {}
    for _, analysis in in_order():
        declared.setdefault(analysis.place.key, analysis.place)
    return list(declared.values())


def _exhibits(content: Content, place: Place, parts: tuple[Part, ...]) -> tuple[Chart | Table, ...]:
    """List the charts, then the tables of a place that stand in a part of the report."""
    every: tuple[Chart | Table, ...] = (
        *content.charts.get(place.key, ()),
        *content.tables.get(place.key, ()),
    )
    return tuple(one for one in every if one.part in parts)


def _rest(content: Content, places: list[Place]) -> Iterator[Block]:
    """Give the exhibits that the main text does not hold, under the titles of their places."""
    for place in places:
        blocks = _exhibits(content, place, ("appendix",))
        if blocks and len(places) > 1:
            yield Heading(place.title)
        yield from blocks
