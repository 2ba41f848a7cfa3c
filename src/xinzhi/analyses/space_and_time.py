"""What the analyses of a score over space and time share: their part of `space_and_time`, dates, regions.

Each of them reads its options from the section of a score in the study file; in Python they are its
keywords, and the score is a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import Analysis, Given, Reads, Study
from xinzhi.analyses.exhibits import Place
from xinzhi.analyses.section import Section
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import DataError, Problem, StudyError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, Panel
from xinzhi.present.table import Table, not_computed_table
from xinzhi.space.scores import evenly_apart, named
from xinzhi.wording import Wording, message

S = TypeVar("S", bound=Section)
Part = TypeVar("Part")
R = TypeVar("R")
KEY = "space_and_time"
ALL, NONE = "all", "none"
"""The one region where none are named; where an entity has no region, a row no class."""


class OverTime(Section):
    """Dates and regions of a score."""

    regions: str | None = None
    """Grouping under `groups`, or a column of the panel; an entity keeps its region."""
    dates: tuple[int, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""


class ScoreAnalysis(Analysis[S, R]):
    """What these analyses share: options that are a part of `space_and_time`, a score, regions and dates."""

    is_declared = False
    under = KEY
    named_by = "score"

    def sections(self, key: str, options: Any) -> Mapping[str, S]:
        """Find the scores of which it is asked for."""
        kind: Any = self.section
        return sections_of(
            kind, options, lambda one: key in one.asked or bool(getattr(one, key, ()))
        )

    def reads(self, section: Any, study: Study) -> Reads:
        """Read the score and the regions."""
        del study
        return reads_of(section.score, getattr(section, "regions", None))

    def inspect(self, section: Any, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse dates that are not in the data, and entities that change their region."""
        yield from inspect_dates(section.score, getattr(section, "dates", None), panel)
        yield from inspect_regions(getattr(section, "regions", None), study, panel)

    def notices(self, result: Any) -> Iterator[Notice]:
        """Give those of its parts, once where they hold for several."""
        yield from once(n for one in _parts(result) for n in getattr(one, "notices", ()))

    def failures(self, result: Any) -> Iterator[Unavailable]:
        """List the parts that have no answer."""
        yield from (one for one in _parts(result) if isinstance(one, Unavailable))


def _parts(result: Any) -> tuple[Any, ...]:
    """List the parts of a result; one without parts stands for itself."""
    parts: tuple[Any, ...] = getattr(result, "parts", (result,))
    return parts


def at(order: float) -> Place:
    """Give the place of an analysis in the report: all of them stand in one section."""
    return Place("space", message("Space and time"), order, chapter="efficiency")


def sections_of(
    kind: type[S], options: Any, is_asked: Callable[[Any], bool] = lambda _: True
) -> dict[str, S]:
    """Take the options of one analysis from the sections of all scores; those left out keep their default."""
    return {
        score: kind.model_construct(
            score=score,
            **{
                name: value
                for name in kind.model_fields
                if name != "score" and (value := getattr(one, name, None)) is not None
            },
        )
        for score, one in getattr(options, KEY).items()
        if is_asked(one)
    }


def reads_of(score: str, regions: str | None = None, **further: Any) -> Reads:
    """Read a score, and the regions of the entities."""
    groupings = (regions,) if regions is not None else ()
    return Reads(panel=(score,), groupings=groupings, methods=("space", "regression"), **further)


def dates_of(dates: tuple[int, ...] | None, panel: Panel) -> tuple[int, ...]:
    """List the dates that are compared, in rising order."""
    return tuple(sorted(dates or evenly_apart(panel.periods)))


def regions_of(regions: str | None, given: Given) -> pd.Series:
    """Give each entity its region; `all` where none are named."""
    if regions is None:
        return pd.Series(ALL, index=pd.Index(given.panel.entities))
    return _region_of_entities(given.members[regions], regions, given.panel)


def inspect_dates(score: str, dates: tuple[int, ...] | None, panel: Panel) -> Iterator[Problem]:
    """Refuse dates that the data do not have."""
    for period in dates or ():
        if period not in panel.periods:
            yield Problem(
                "space.no_period",
                message("The data have no period {period}.", period=period),
                Where(key=f"{KEY}.{score}.dates", period=period),
                message("known: {known}.", known=named(panel.periods)),
            )


def inspect_regions(regions: str | None, study: Study, panel: Panel) -> Iterator[Problem]:
    """Refuse entities that change their region."""
    if regions is not None:
        try:
            _region_of_entities(study.memberships(regions, panel), regions, panel)
        except StudyError as error:
            yield from error.problems


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
    return by_entity.first().reindex(list(panel.entities))


def region_labels(
    regions: str | None, members: Iterable[object], study: Study
) -> dict[str, Wording]:
    """Word the regions that there are."""
    known = sorted(str(member) for member in members if member != NONE)
    return {member: study.member_label(regions, member) for member in known} if regions else {}


def once(notices: Iterable[Notice]) -> Iterator[Notice]:
    """Say once what holds in several periods, and then of no single one."""
    by_text: dict[tuple[str, str], list[Notice]] = {}
    for notice in notices:
        by_text.setdefault((notice.code, str(notice.text)), []).append(notice)
    for same in by_text.values():
        first = same[0]
        yield first if len(set(same)) == 1 else Notice(first.code, first.text)


def region_words(region: object, regions: Mapping[str, Wording]) -> Wording:
    """Word a region; `none` is where an entity has none."""
    if region == NONE:
        return message("No region")
    return regions.get(str(region), str(region))


def part_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Part | Unavailable | None,
    build: Callable[..., Table],
    **words: Any,
) -> Iterator[Table]:
    """Set the table of a part; nothing where it was not asked for, the reasons where it has no answer."""
    if isinstance(found, Unavailable):
        yield not_computed_table(id, title, found.problems)
    elif found is not None:
        yield build(id, title, found, **words)
