"""Records counted by city and year: firms founded, cases of environmental penalties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from xinzhi.options import OneOrMore
from xinzhi.prepare.columns import denominator, derive
from xinzhi.prepare.judged_terms import measured_entries
from xinzhi.prepare.records import (
    Cities,
    Counted,
    SeenIdentifiers,
    listed_counts,
    records,
    span_of,
    spread_on_rows,
    years_in,
)
from xinzhi.prepare.step import (
    NO_SOURCES,
    STEPS,
    Sources,
    Step,
    Supplied,
    TermList,
    all_terms,
    read_terms,
)
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Message, message
from xinzhi_panel.columns.units import singles_in

Flags = npt.NDArray[np.bool_]
FUTURE, NO_DATE, REPEATED, OUTSIDE = "future", "no_date", "repeated", "outside"
UNRESOLVED, NO_TERM, NO_CODE = "unresolved", "no_term", "no_code"
REASONS: Mapping[str, Message] = MappingProxyType(
    {
        FUTURE: message(
            "{n} records are dated after the last period",
            one="{n} record is dated after the last period",
        ),
        NO_DATE: message(
            "{n} records have no readable date", one="{n} record has no readable date"
        ),
        REPEATED: message(
            "{n} records repeat an identifier", one="{n} record repeats an identifier"
        ),
        OUTSIDE: message(
            "{n} records lie outside the study", one="{n} record lies outside the study"
        ),
        UNRESOLVED: message(
            "{n} records have a place that cannot be resolved",
            one="{n} record has a place that cannot be resolved",
        ),
        NO_TERM: message(
            "{n} records hold no term of the list, or an exclusion",
            one="{n} record holds no term of the list, or an exclusion",
        ),
        NO_CODE: message(
            "{n} records have no industry that can be read",
            one="{n} record has no industry that can be read",
        ),
    }
)
"""Reason why a record was left out -> its message."""


def count_entries(
    panel: Panel, sources: Sources, name: str, *, step: str, terms: TermList | None = None
) -> Counted:
    """Count records at the city and year in which they are dated.

    Parameters
    ----------
    terms
        Where given, only records whose text holds a term and none of the exclusions count.

    Returns
    -------
    Counts per city and year, and how many records were left out for which reason.
    """
    first, last = span_of(panel, step=step)
    counted = Counted(panel.entities, first, last)
    cities, seen = Cities(panel.entities), SeenIdentifiers()
    roles = ("id", "date", "place", *(("text",) if terms else ()))
    for batch in records(sources, name, roles, step=step).batches(roles):
        years = years_in(batch["date"])
        keep = screen(batch, years, counted, seen)
        if terms is not None:
            fits: Flags = pd.notna(terms.find_included(batch["text"]))
            fits &= pd.isna(terms.find_excluded(batch["text"]))
            counted.left_out[NO_TERM] += int((keep & ~fits).sum())
            keep &= fits
        city = locate(batch["place"], years, keep, counted, cities)
        counted.add(city, years[keep])
    return counted


def screen(
    batch: pd.DataFrame, years: npt.NDArray[np.int64], counted: Counted, seen: SeenIdentifiers
) -> Flags:
    """Leave out repeated identifiers, records without a date and records of the future."""
    counted.total += len(batch)
    repeated = seen.find_repeated(batch["id"])
    undated = ~repeated & (years == 0)
    future = ~repeated & (years > counted.last)
    for reason, flags in ((REPEATED, repeated), (NO_DATE, undated), (FUTURE, future)):
        counted.left_out[reason] += int(flags.sum())
    # The source begins with its first record, wherever that lies and whatever it is about.
    dated = years[~repeated & ~undated]
    if len(dated):
        counted.first_year = min(int(dated.min()), counted.first_year or 9999)
    usable: Flags = ~repeated & ~undated & ~future
    return usable


def locate(
    places: pd.Series,
    years: npt.NDArray[np.int64],
    keep: Flags,
    counted: Counted,
    cities: Cities,
) -> npt.NDArray[np.int64]:
    """Cities of the records that are kept; places without one are listed."""
    city = cities.column(places[keep], years[keep])
    for value, reason in ((-1, OUTSIDE), (-2, UNRESOLVED)):
        counted.left_out[reason] += int((city == value).sum())
    counted.list_places(places[keep][city < 0])
    return city


def ledger_entries(counted: Counted, step: str, kind: str) -> tuple[Entry, ...]:
    """Record in the ledger how many records there were and which were left out."""
    why = message(
        "{total} records were read",
        one="{total} record was read",
        counting="total",
        total=counted.total,
    )
    entries = [Entry(step, kind, step, "counted", why, n=counted.total)]
    for reason, n in sorted(counted.left_out.items()):
        if n:
            why = replace(REASONS[reason], values=MappingProxyType({"n": n}))
            entries.append(Entry(step, kind, step, "flagged", why, n=n))
    if counted.industries:
        which = message(
            "industries not read: {industries}", industries=listed_counts(counted.industries)
        )
        n = sum(counted.industries.values())
        entries.append(Entry(step, kind, step, "flagged", which, n=n))
    if counted.places:
        where = message("places left out: {places}", places=listed_counts(counted.places))
        n = sum(counted.places.values())
        entries.append(Entry(step, kind, step, "flagged", where, n=n))
    return tuple(entries)


@STEPS.add("new_firms")
class NewFirms(Step):
    """Count the firms founded in each city and year, per so many persons where that is asked for.

    n_it, or per · n_it / population_it. Repeated identifiers, dates that cannot be read and places
    outside the study are counted and listed; years before the first record are missing, not 0.
    """

    source: Annotated[str, Supplied("records")] = Field(alias="from")
    """Source of records with id, date and place."""
    population: str | None = None
    """Column of resident population."""
    per: float = 10_000.0
    """Persons for whom the rate is given."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        counted = count_entries(panel, sources, self.source, step=name)
        values = spread_on_rows(panel, counted, counted.n.astype(np.float64))
        if self.population is not None:
            people = denominator(panel, self.population, step=name)
            values = values / (people * singles_in(panel.units.get(self.population))) * self.per
        why = message(
            "records of '{source}' founded in the year{per}",
            source=self.source,
            per=message(", per {per} persons", per=f"{self.per:g}") if self.population else "",
        )
        return derive(
            panel,
            step=name,
            kind="new_firms",
            values=values,
            why=why,
            uses=(self.population,) if self.population else (),
            more=ledger_entries(counted, name, "new_firms"),
        )


@STEPS.add("penalty_cases")
class PenaltyCases(Step):
    """Count the cases of each city and year whose cause holds a term of a list.

    The place of a case is the city of its authority; cases with one number count once; places that
    cannot be resolved are listed. A year before the first record is missing, not 0.
    """

    source: Annotated[str, Supplied("records")] = Field(alias="from")
    """Source of records with id, date, place and text."""
    terms: Annotated[OneOrMore, Supplied("terms")]
    """Lists of terms: `include`, `exclude`, `always`, `ignore`. `environmental_penalties` is a list of our
    own, `sample_causes` a sample for trying out. Of several lists each adds to those before it."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        together = all_terms(read_terms(sources, self.terms, step=name))
        counted = count_entries(panel, sources, self.source, step=name, terms=together)
        return derive(
            panel,
            step=name,
            kind="penalty_cases",
            values=spread_on_rows(panel, counted, counted.n.astype(np.float64)),
            why=message(
                "cases of '{source}' by the terms of '{terms}'",
                source=self.source,
                terms=", ".join(self.terms),
            ),
            uses=(),
            more=(
                *ledger_entries(counted, name, "penalty_cases"),
                *measured_entries(self.terms, name, "penalty_cases"),
            ),
        )
