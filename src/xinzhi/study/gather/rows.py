"""The rows of the study: its periods, the values and the cities that it keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.analyses.section import as_written
from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.io.raw import Decision
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.places.divisions import Level
from xinzhi.places.groupings import notices as grouping_notices
from xinzhi.places.identity import Identity, identify
from xinzhi.places.names import match_all
from xinzhi.places.places import places
from xinzhi.places.registry import City, selection
from xinzhi.places.traits import SOURCES, Trait, listed_places, traits_of
from xinzhi.study.gather.renaming import with_entities
from xinzhi.study.schema.sources import PanelSection
from xinzhi.wording import listed, message


def keep_rows(panel: Panel, section: PanelSection) -> tuple[Panel, tuple[Decision, ...]]:
    """Keep the periods and the values that the study file names; count what is left out."""
    decisions = []
    start, end = section.periods.start, section.periods.end
    periods = panel.frame.index.get_level_values(PERIOD)
    inside = pd.Series(True, index=panel.frame.index)
    if panel.has_periods and start is not None:
        inside &= periods >= start
    if panel.has_periods and end is not None:
        inside &= periods <= end
    if n := int((~inside).sum()):
        decisions.append(
            Decision(
                message(
                    "{n} rows lie outside the periods of the study.",
                    one="{n} row lies outside the periods of the study.",
                    n=n,
                ),
                Where(file=panel.source, key="panel.periods"),
                n,
            )
        )
    for word, values in section.keep.items():
        column = panel.called(word)
        panel.require((column,), where=Where(key=f"panel.keep.{word}"))
        holds = panel.frame[column].map(as_written).isin({as_written(value) for value in values})
        _refuse_unknown(panel, column, values)
        if n := int((inside & ~holds).sum()):
            listed = ", ".join(map(str, values))
            decisions.append(
                Decision(
                    message(
                        "{n} rows are left out because {column} is not {values}.",
                        one="{n} row is left out because {column} is not {values}.",
                        n=n,
                        column=column,
                        values=listed,
                    ),
                    Where(file=panel.source, key=f"panel.keep.{column}"),
                    n,
                )
            )
        inside &= holds
    if not inside.any():
        text = message("No row of the data is left after panel.periods and panel.keep.")
        remedy = message("compare them with the values in the data.")
        raise DataError(Problem("panel.empty", text, Where(file=panel.source, key="panel"), remedy))
    return panel.take(inside.to_numpy(dtype=bool)), tuple(decisions)


def _refuse_unknown(panel: Panel, column: str, values: Sequence[str | int | float]) -> None:
    present = {as_written(v) for v in panel.frame[column].dropna().unique()}
    problems = [
        Problem(
            "panel.unknown_value",
            message("Column '{column}' never holds the value {value}.", column=column, value=value),
            Where(file=panel.source, key=f"panel.keep.{column}"),
            suggestion(as_written(value), sorted(present)[:30]),
        )
        for value in values
        if as_written(value) not in present
    ]
    if problems:
        raise DataError(problems)


RECONSTRUCTED = ("coal", "income")
OF_THE_LISTS = ("stage", "is_coal", "income_recon", "region4", "region3_paper", "province")
"""What defines the lists of resource-based cities; their doubts are told by the groupings."""
OF_PROVINCES = ("province", "level", "region4", "region3_paper")
"""What provinces have; a municipality among them is a province and not a city."""
EVERY = ("prefectures", "provinces")
"""Lists that no place of their level is left out of."""
SHOWN = 20
Chosen = tuple[Panel, tuple[Decision, ...], tuple[Problem, ...]]


def keep_cities(panel: Panel, listed: str | None) -> Chosen:
    """Keep the cities of a list, each under its name of today; name what is renamed or left out.

    Raises
    ------
    DataError
        Names that are ambiguous or unknown, each with the nearest.
    DuplicateKey
        Two names of one city carry the same period.
    """
    if listed is None:
        return panel, (), ()
    codes, notices = _provinces(panel) if listed == "provinces" else _prefectures(panel)
    cities = None if listed in EVERY else _cities(listed)
    inside = np.array([cities is None or code in cities for code in codes], dtype=bool)
    kept = [code for code, stays in zip(codes, inside, strict=True) if stays]
    chosen = with_entities(panel.take(inside), [places()[code].name for code in kept])
    chosen = replace(chosen, keys=(ENTITY, PERIOD))
    gone = int((~inside).sum())
    text = message(
        "{n} rows are not cities on the list and are left out.",
        one="{n} row is not a city on the list and is left out.",
        n=gone,
    )
    decisions = (Decision(text, Where(file=panel.source, key="panel.cities"), gone),)
    return chosen, decisions if gone else (), _as_warnings(notices)


def _prefectures(panel: Panel) -> tuple[list[str], tuple[Notice, ...]]:
    """Find the code of the place of each row, through spellings and former names."""
    names = panel.frame.index.get_level_values(ENTITY)
    years = panel.frame.index.get_level_values(PERIOD)
    report = match_all(list(names), years=list(years) if panel.has_periods else None)
    if problems := report.problems(where=Where(file=panel.source)):
        raise DataError(problems)
    found = {(name, year): place.code for (name, year, _), place in report.places.items()}
    dated = panel.has_periods
    codes = [found[name, year if dated else None] for name, year in zip(names, years, strict=True)]
    return codes, report.notices()


def _provinces(panel: Panel) -> tuple[list[str], tuple[Notice, ...]]:
    """Find the code of the province of each row."""
    names = list(panel.frame.index.get_level_values(ENTITY))
    found = identify([(name, None, None) for name in names], "china_provinces").found
    codes: dict[str, str] = {}
    problems = []
    for (name, _, _), meant in found.items():
        if isinstance(meant, Identity):
            codes[name] = meant.code
            continue
        near = ", ".join(meant.candidates)
        remedy = (
            message("did you mean {names}?", names=near) if near else message("check the name.")
        )
        problems.append(Problem("cities.unknown", meant.why, Where(file=panel.source), remedy))
    if problems:
        raise DataError(problems)
    return [codes[name] for name in names], ()


def with_registry(panel: Panel, listed: str | None, named: Collection[str] = ()) -> Chosen:
    """Add what the registry knows of each place, and name the cities that are not in the data.

    `named` holds the words of the study file: of a column that stands in it the source and the
    confidence are told.
    """
    if listed is None:
        return panel, (), ()
    everywhere = listed in EVERY
    level: Level = "province" if listed == "provinces" else "prefecture"
    known = listed_places(level) if everywhere else tuple(_cities(listed).values())
    codes = {place.name: place.code for place in places().values() if place.level == level}
    codes |= {place.name: place.code for place in known}
    entities = panel.frame.index.get_level_values(ENTITY)
    rows = [traits_of(codes[name]) for name in entities]
    new = {
        trait: _column([row.get(trait) for row in rows], panel.frame.index)
        for trait in (OF_PROVINCES if listed == "provinces" else SOURCES)
        if trait not in panel.frame and any(trait in row for row in rows)
    }
    doubts = [
        notice
        for grouping in (() if everywhere else RECONSTRUCTED)
        for notice in grouping_notices(grouping, tuple(_cities(listed).values()))
    ]
    members = [traits_of(codes[name]) for name in panel.entities]
    silent = () if everywhere else OF_THE_LISTS
    told = [_told(trait, members) for trait in new if trait in named and trait not in silent]
    absent = tuple(_cities_absent(panel, [place.name for place in known]))
    return panel.with_columns(new), absent, _as_warnings((*told, *doubts))


def _column(traits: Sequence[Trait | None], index: pd.Index) -> pd.Series:
    """Make a column of values: numbers, or words as every panel holds them."""
    values = pd.Series([None if one is None else one.value for one in traits], index=index)
    return values if values.dtype.kind in "fiub" else values.astype(object)


def _told(trait: str, members: Sequence[Mapping[str, Trait]]) -> Notice:
    """Say where the values of a trait come from and how sure they are."""
    sure = Counter(member[trait].confidence for member in members if trait in member)
    text = message(
        "Column '{column}' comes with the register of places: {source}. Of {all} places {high} have "
        "a value of high confidence, {medium} of medium, {low} of low, {none} have none.",
        column=trait,
        source=SOURCES[trait],
        all=len(members),
        high=sure["high"],
        medium=sure["medium"],
        low=sure["low"],
        none=len(members) - sure.total(),
    )
    return Notice("cities.traits", text)


def _cities(listed: str) -> dict[str, City]:
    return {city.code: city for city in selection(listed, where=Where(key="panel.cities"))}


def _cities_absent(panel: Panel, cities: Iterable[str]) -> list[Decision]:
    absent = sorted(set(cities) - set(panel.entities))
    if not absent:
        return []
    text = message(
        "{n} cities of the list are not in the data: {names}.",
        one="{n} city of the list is not in the data: {names}.",
        n=len(absent),
        names=listed(absent[:SHOWN] + (["…"] if len(absent) > SHOWN else [])),
    )
    return [Decision(text, Where(file=panel.source, key="panel.cities"), len(absent))]


def _as_warnings(notices: Iterable[Notice]) -> tuple[Problem, ...]:
    return tuple(Problem(n.code, n.text, n.where, severity="warning") for n in notices)
