"""What an analysis hands to the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from xinzhi.analyses.reads import Study
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.table import Table
from xinzhi_core.errors import Problem
from xinzhi_core.wording import Terms, Wording, in_a_row, message


@dataclass(frozen=True, slots=True)
class Place:
    """A group of exhibits, and where in the report they stand: all in rising order."""

    key: str
    title: Wording
    order: float
    chapter: str = ""
    """Chapter of the main text that takes what belongs there; one of its own where it is empty."""
    appendix: str = "further"
    """Chapter of the appendix that takes the rest."""


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """Sentences on the page of an entity under a heading, which may be empty."""

    title: Wording
    sentences: tuple[Wording, ...]


NOT_TO_CONCLUDE = message("Not to conclude: {what}", what="").template
"""On the page of an entity, what the head of the report says is not to be concluded."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The page of one entity."""

    key: str
    name: Wording
    parts: tuple[ProfilePart, ...]
    tables: tuple[Table, ...]
    """Small tables of its own; they have no number in the report."""
    series: tuple[tuple[int, float | None], ...] = ()
    """(period, score) over time."""
    score: float | None = None
    """Its last score."""
    rank: int | None = None
    """Its rank in the period of that score."""

    @property
    def sentences(self) -> tuple[Wording, ...]:
        """The sentences of all parts."""
        return tuple(sentence for part in self.parts for sentence in part.sentences)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Pages of all entities, of which a reader chooses one."""

    title: Wording
    items: tuple[Profile, ...]
    mean: tuple[tuple[int, float], ...] = ()
    """(period, mean score of all)."""
    terms: Terms = Terms()
    """What the study calls its entities."""

    @property
    def text(self) -> Wording:
        """What stands in formats that print no pages."""
        words = message(
            "Each entity has a page of its own in report.html and in tables.xlsx, where these are "
            "written."
        )
        return replace(words, terms=self.terms)


Part = Literal[
    "lead",
    "method",
    "level",
    "classes",
    "finding",
    "nothing",
    "neither",
    "conclusion",
    "caveat",
    "left",
    "gone",
]


@dataclass(frozen=True, slots=True)
class AbstractSentence:
    """One sentence of the abstract, and where it stands; within a part they stand as in the report."""

    part: Part
    """lead: what was found first of all; method; level, classes: what was measured; finding: what else is
    statistically significant; nothing: a clause, without a full stop, on associations none of which is;
    neither: a noun phrase for further effects none of which is; conclusion; caveat: what is left under
    other assumptions; left, gone: noun phrases for effects some or none of which the default inference leaves."""
    text: Wording


@dataclass(frozen=True, slots=True)
class MethodPart:
    """What stands under one heading of the chapter on method: equations, each led to by a sentence, and a paragraph."""

    title: Wording
    """Empty at the head of the chapter."""
    equations: tuple[NumberedEquation, ...]
    sentences: tuple[Wording, ...]


HeadLine = Literal["found", "sure", "left", "gone", "large", "not_shown"]


@dataclass(frozen=True, slots=True)
class HeadSentence:
    """A sentence of the four lines that a reader is told before anything else."""

    line: HeadLine
    """found; sure: how well that is established; left, gone: noun phrases, as "2 of 4 indirect
    effects" and "pathway", for what some or nothing of is left by the default inference; large; not_shown:
    what does not follow."""
    text: Wording
    order: float = 0.0
    """Within its line the lowest comes first; what comes later gives way where the line is full."""


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Tables, paragraphs of methods and references, each in the order of the report."""

    tables: tuple[Table, ...] = ()
    methods: tuple[Wording, ...] = ()
    references: frozenset[str] = frozenset()
    profiles: Profiles | None = None
    """A page for each entity."""
    problems: tuple[Problem, ...] = ()
    """What the study file asks to show and cannot be shown; the rest is."""
    blocks: Mapping[str, object] = field(default_factory=dict)
    """Further blocks of results.json, by their keys."""
    prose: tuple[Wording, ...] = ()
    """Paragraphs of the main text, before the exhibits of its place."""
    abstract: tuple[AbstractSentence, ...] = ()
    """What it adds to the abstract."""
    head: tuple[HeadSentence, ...] = ()
    """What it adds to the four lines before the abstract."""
    keywords: tuple[Wording, ...] = ()
    equations: tuple[NumberedEquation, ...] = ()
    """Equations of the chapter on method."""


def first_sentences(*tables: Table) -> tuple[Wording, ...]:
    """Make a paragraph of the first sentence beside each table."""
    sentences = [table.reading[0] for table in tables if table.reading]
    return (in_a_row(sentences),) if sentences else ()


def whole_reading(table: Table) -> tuple[Wording, ...]:
    """Make a paragraph of all sentences beside a table."""
    return (in_a_row(table.reading),) if table.reading else ()


def main_score(study: Study) -> str | None:
    """Name the score that the study is about: that of the first regression, else the first one."""
    if study.first_column is not None:
        outcome = study.equation(study.first_column).regression.outcome
        if outcome in study.style.labels and (score := study.origin(outcome).score):
            return score
    return next(iter(study.sections("efficiency")), None)
