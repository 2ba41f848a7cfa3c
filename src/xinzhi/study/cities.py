"""The rows of a panel that are cities of the registry, under their names of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from xinzhi.cities.groupings import notices as grouping_notices
from xinzhi.cities.names import match_all
from xinzhi.cities.registry import City, selection
from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Decision
from xinzhi.panel.panel import ENTITY, PERIOD, Panel, panel_of
from xinzhi.wording import message

Chosen = tuple[Panel, tuple[Decision, ...], tuple[Problem, ...]]


def keep_cities(panel: Panel, listed: str | None) -> Chosen:
    """Keep the cities of a list; name what is unknown, renamed or left out.

    Raises
    ------
    DataError
        Names that are ambiguous or unknown, each with the nearest; two names of one city that
        carry the same period.
    """
    if listed is None:
        return panel, (), ()
    cities = {city.code: city for city in selection(listed, where=Where(key="panel.cities"))}
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
    inside = pd.Series([code in cities for code in codes])
    kept = _renamed(
        panel.take(inside.to_numpy(dtype=bool)), [c for c in codes if c in cities], cities
    )
    doubts = (
        *report.notices(),
        *(n for g in ("coal", "income") for n in grouping_notices(g, tuple(cities.values()))),
    )
    warnings = tuple(Problem(n.code, n.text, n.where, severity="warning") for n in doubts)
    return kept, tuple(_decisions(panel, kept, cities)), warnings


def _renamed(panel: Panel, codes: list[str], cities: Mapping[str, City]) -> Panel:
    """Call each city by its name of today and add what the registry knows of it."""
    found = [cities[code] for code in codes]
    index = pd.MultiIndex.from_arrays(
        [[city.name for city in found], panel.frame.index.get_level_values(PERIOD)],
        names=[ENTITY, PERIOD],
    )
    columns = {
        "stage": [city.stage for city in found],
        "is_coal": [float(city.is_coal) for city in found],
        "income_recon": [city.income for city in found],
        "region3_paper": [city.region_paper for city in found],
        "province": [city.province for city in found],
    }
    new = {k: pd.Series(v, index=index) for k, v in columns.items() if k not in panel.frame}
    again = panel_of(
        panel.frame.set_axis(index, axis=0).assign(**new),
        labels=panel.labels,
        units=panel.units,
        rows=panel.rows,
        source=panel.source,
        has_periods=panel.has_periods,
    )
    return replace(again, ledger=panel.ledger)


def _decisions(panel: Panel, kept: Panel, cities: Mapping[str, City]) -> list[Decision]:
    place = Where(file=panel.source, key="panel.cities")
    gone = len(panel.frame) - len(kept.frame)
    absent = sorted({city.name for city in cities.values()} - set(kept.entities))
    found = []
    if gone:
        text = message("{n} rows are no cities of the list and are left out.", n=gone)
        found.append(Decision(text, place, gone))
    if absent:
        text = message(
            "{n} cities of the list are not in the data: {names}.",
            n=len(absent),
            names=", ".join(absent[:20]) + (" …" if len(absent) > 20 else ""),
        )
        found.append(Decision(text, place, len(absent)))
    return found
