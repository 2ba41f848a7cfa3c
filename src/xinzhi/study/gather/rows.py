"""The rows of the study: its periods, the values and the cities that it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.analyses.section import as_written
from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.io.raw import Decision
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.places.groupings import notices as grouping_notices
from xinzhi.places.names import match_all
from xinzhi.places.registry import City, selection
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
    cities = _cities(listed)
    names = panel.frame.index.get_level_values(ENTITY)
    years = panel.frame.index.get_level_values(PERIOD)
    report = match_all(list(names), years=list(years) if panel.has_periods else None)
    if problems := report.problems(where=Where(file=panel.source)):
        raise DataError(problems)
    places = {(name, year): place for (name, year, _), place in report.places.items()}
    codes = [
        places[name, year if panel.has_periods else None].code
        for name, year in zip(names, years, strict=True)
    ]
    inside = np.array([code in cities for code in codes], dtype=bool)
    chosen = with_entities(
        panel.take(inside), [cities[code].name for code in codes if code in cities]
    )
    chosen = replace(chosen, keys=(ENTITY, PERIOD))
    gone = int((~inside).sum())
    text = message(
        "{n} rows are not cities on the list and are left out.",
        one="{n} row is not a city on the list and is left out.",
        n=gone,
    )
    decisions = (Decision(text, Where(file=panel.source, key="panel.cities"), gone),)
    return chosen, decisions if gone else (), _as_warnings(report.notices())


def with_registry(panel: Panel, listed: str | None) -> Chosen:
    """Add what the registry knows of each city, and name the cities that are not in the data."""
    if listed is None:
        return panel, (), ()
    cities = {city.name: city for city in _cities(listed).values()}
    rows = [cities[name] for name in panel.frame.index.get_level_values(ENTITY)]
    columns: dict[str, list[object]] = {
        "stage": [city.stage for city in rows],
        "is_coal": [float(city.is_coal) for city in rows],
        "income_recon": [city.income for city in rows],
        "region4": [city.region for city in rows],
        "region3_paper": [city.region_paper for city in rows],
        "province": [city.province for city in rows],
    }
    index = panel.frame.index
    new = {k: pd.Series(v, index=index) for k, v in columns.items() if k not in panel.frame}
    chosen = tuple(cities.values())
    doubts = [n for grouping in RECONSTRUCTED for n in grouping_notices(grouping, chosen)]
    return panel.with_columns(new), tuple(_cities_absent(panel, cities)), _as_warnings(doubts)


def _cities(listed: str) -> dict[str, City]:
    return {city.code: city for city in selection(listed, where=Where(key="panel.cities"))}


def _cities_absent(panel: Panel, cities: Mapping[str, City]) -> list[Decision]:
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
