"""What the analyses of a score over space and time share: their part of `space_and_time`, dates, regions.

Each of them reads its options from the section of a score in the study file; in Python they are its
keywords, and the score is a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.exhibits import Place
from xinzhi.analyses.section import Section
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.options import PeriodNumber
from xinzhi.present.table import Table, not_computed_table
from xinzhi_core.errors import DataError, Problem, StudyError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, message
from xinzhi_econometrics.space.scores import choose_periods, list_names

S = TypeVar("S", bound=Section)
Part = TypeVar("Part")
R = TypeVar("R")
KEY = "space_and_time"
SHARED = ("neighbours", "weights", "dates")
"""Options of a score that hold for the analyses with a section of their own inside it."""
ALL, NONE = "all", "none"
"""The one region where none are named; where an entity has no region, a row no class."""


class DatesAndRegions(Section):
    """Dates and regions of a score."""

    regions: str | None = None
    """Grouping under `groups`, or a column of the panel; an entity keeps its region."""
    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""


class ScoreAnalysis(Analysis[S, R]):
    """Analysis of a score: its options are a part of `space_and_time`, with regions and dates."""

    is_declared = False
    under = KEY
    suffix: ClassVar[str]
    """Id of its main exhibit, after the name of the section."""
    caption: ClassVar[Message]
    """Title of its main exhibit; `score` is filled in."""
    inside: ClassVar[str] = ""
    """Where its options lie inside those of the score: `.density` where they have a section of their own."""

    def is_asked(self, key: str, options: Any) -> bool:
        """Whether the options of a score ask for the analysis."""
        return key in options.asked or bool(getattr(options, key, ()))

    def sections(self, key: str, options: Any) -> Mapping[str, S]:
        """Take its options from those of each score that asks for it; what is left out keeps its default."""
        kind: Any = self.section
        # Without validation: the study file has been validated, and the analysis of transitions adds
        # its classes, which stand elsewhere, afterwards.
        return {
            score: kind.model_construct(
                score=score,
                **{
                    name: value
                    for name in kind.model_fields
                    if name != "score" and (value := _value(key, of_score, name)) is not None
                },
            )
            for score, of_score in getattr(options, KEY).items()
            if self.is_asked(key, of_score)
        }

    def reads(self, section: Any, study: Study) -> Reads:
        """Read the score and the regions."""
        del study
        regions = getattr(section, "regions", None)
        groupings = () if regions is None else (regions,)
        return Reads(panel=(section.score,), groupings=groupings, methods=("space", "regression"))

    def inspect(self, section: Any, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse dates that are not in the data, and entities that change their region."""
        where = Where(key=f"{KEY}.{section.score}{self.inside}.dates")
        yield from unknown_dates(getattr(section, "dates", None), panel, where)
        regions = getattr(section, "regions", None)
        if regions is not None:
            try:
                _region_of_entities(study.memberships(regions, panel), regions, panel)
            except StudyError as error:
                yield from error.problems

    def heading(self, section: Any, shown: Shown) -> tuple[str, Wording]:
        """Name the main exhibit."""
        score = shown.study.score_label(section.score)
        return f"{shown.name}_{self.suffix}", replace(self.caption, values={"score": score})

    def notices(self, result: object) -> Iterator[Notice]:
        """Give its notices and those of its parts; one that several parts share loses its place."""
        by_text: dict[tuple[str, str], list[Notice]] = {}
        parts = _parts(result)
        for part in (*parts, *(() if parts and parts[0] is result else (result,))):
            for notice in getattr(part, "notices", ()):
                by_text.setdefault((notice.code, str(notice.text)), []).append(notice)
        # What holds in several parts, such as an entity without a region, is said once, of none of them.
        for same in by_text.values():
            first = same[0]
            yield first if len(set(same)) == 1 else Notice(first.code, first.text)

    def failures(self, result: object) -> Iterator[Unavailable]:
        """List the parts that could not be computed."""
        yield from (part for part in _parts(result) if isinstance(part, Unavailable))


def _value(key: str, of_score: Section, name: str) -> object:
    """Find an option of an analysis; what is shared is that of the score where it names none."""
    own = _own(key, of_score)
    value = getattr(own, name, None)
    if value is not None or name not in SHARED:
        return value
    # Neighbours of one's own have weights of their own, and those of an ellipse weigh places.
    if name == "weights" and getattr(own, "neighbours", KEY) is not None:
        return None
    return getattr(of_score, name, None)


def _own(key: str, of_score: Section) -> Section:
    """Find the options of an analysis: a section of its own inside those of the score, or these."""
    own = getattr(of_score, key, None)
    return own if isinstance(own, Section) else of_score


def _parts(result: object) -> tuple[object, ...]:
    """List the parts of a result; one without parts stands for itself."""
    parts: tuple[object, ...] = getattr(result, "parts", (result,))
    return parts


def unknown_dates(dates: tuple[int, ...] | None, panel: Panel, where: Where) -> Iterator[Problem]:
    """Refuse dates that are not in the data."""
    for period in dates or ():
        if period not in panel.periods:
            yield Problem(
                "space.no_period",
                message("The data have no period {period}.", period=period),
                replace(where, period=period),
                message("known: {known}.", known=list_names(map(period_name, panel.periods))),
            )


def report_place(order: float) -> Place:
    """Give the place of an analysis in the report: all of them stand in one section."""
    return Place("space", message("Space and time"), order, chapter="efficiency")


def choose_dates(dates: tuple[int, ...] | None, panel: Panel) -> tuple[int, ...]:
    """List the dates that are compared, each once, in rising order."""
    return tuple(sorted({*(dates or choose_periods(panel.periods))}))


def assign_regions(regions: str | None, given: Given) -> pd.Series:
    """Give each entity its region; `all` where none are named."""
    if regions is None:
        return pd.Series(ALL, index=pd.Index(given.panel.entities))
    return _region_of_entities(given.members[regions], regions, given.panel)


def region_names(regions: pd.Series) -> tuple[str, ...]:
    """List the regions that have an entity, sorted."""
    return tuple(sorted(map(str, regions.dropna().unique())))


def _region_of_entities(rows: pd.Series, name: str, panel: Panel) -> pd.Series:
    by_entity = rows.dropna().groupby(level=ENTITY)
    changing = by_entity.nunique()
    if (changing > 1).any():
        raise DataError(
            Problem(
                "space.region_changes",
                message("{entity} is in more than one region.", entity=str(entity)),
                Where(entity=str(entity), column=name),
                message("give each entity one region in all periods."),
            )
            for entity in changing.index[changing > 1]
        )
    # Entities without a region stay: the statistics count them apart and say so.
    return by_entity.first().reindex(list(panel.entities))


def region_labels(
    regions: str | None, members: Iterable[object], study: Study
) -> dict[str, Wording]:
    """Word the regions that there are."""
    if regions is None:
        return {}
    names = sorted(str(member) for member in members if member != NONE)
    return {name: study.member_label(regions, name) for name in names}


def region_words(region: object, regions: Mapping[str, Wording]) -> Wording:
    """Word a region; `none` is where an entity has none."""
    if region == NONE:
        return message("No region")
    return regions.get(str(region), str(region))


def part_table(
    table_id: str,
    title: Wording,
    part: Part | Unavailable | None,
    build: Callable[..., Table],
    **words: object,
) -> tuple[Table, ...]:
    """Set the table of a part; none where it was not asked for, the reasons where it has no answer."""
    if part is None:
        return ()
    if isinstance(part, Unavailable):
        return (not_computed_table(table_id, title, part.problems),)
    return (build(table_id, title, part, **words),)
