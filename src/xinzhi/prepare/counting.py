"""Counting records by city and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.records import Cities, Counted, Seen, listed_counts, records, span_of, years_in
from xinzhi.prepare.step import Sources
from xinzhi.prepare.terms import Terms
from xinzhi.wording import Message, message

Flags = npt.NDArray[np.bool_]
FUTURE, NO_DATE, REPEATED, OUTSIDE, UNRESOLVED, NO_TERM, NO_CODE = (
    *("future", "no_date", "repeated", "outside", "unresolved", "no_term", "no_code"),
)
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
            "{n} records have no industry code of four digits",
            one="{n} record has no industry code of four digits",
        ),
    }
)
"""Why a record was left out -> how that is said."""


def count_entries(
    panel: Panel, sources: Sources, name: str, *, step: str, terms: Terms | None = None
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
    cities, seen = Cities(panel.entities), Seen()
    roles = ("id", "date", "place", *(("text",) if terms else ()))
    for batch in records(sources, name, roles, step=step).batches(roles):
        years = years_in(batch["date"])
        keep = screened(batch, years, counted, seen)
        if terms is not None:
            fits = matching(terms, batch["text"])
            counted.left_out[NO_TERM] += int((keep & ~fits).sum())
            keep &= fits
        city = placed(batch["place"], years, keep, counted, cities)
        counted.add(city, years[keep])
    return counted


def screened(
    batch: pd.DataFrame, years: npt.NDArray[np.int64], counted: Counted, seen: Seen
) -> Flags:
    """Leave out repeated identifiers, records without a date and records of the future."""
    counted.total += len(batch)
    repeated = seen.repeated(batch["id"])
    undated = ~repeated & (years == 0)
    future = ~repeated & (years > counted.last)
    for reason, flags in ((REPEATED, repeated), (NO_DATE, undated), (FUTURE, future)):
        counted.left_out[reason] += int(flags.sum())
    dated = years[~repeated & ~undated]
    if len(dated):
        counted.first_year = min(int(dated.min()), counted.first_year or 9999)
    kept: Flags = ~repeated & ~undated & ~future
    return kept


def matching(terms: Terms, texts: pd.Series) -> Flags:
    """Whether each text holds a term and none of the exclusions."""
    holds = np.array([term is not None for term in terms.included(texts)], dtype=bool)
    if holds.any() and terms.exclude:
        out = np.array([term is not None for term in terms.excluded(texts)], dtype=bool)
        holds &= ~out
    return holds


def placed(
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
    counted.lose(places[keep][city < 0])
    return city


def flagged(counted: Counted, step: str, kind: str) -> tuple[Entry, ...]:
    """Say in the ledger how many records there were and which were left out."""
    reasons = {reason: n for reason, n in sorted(counted.left_out.items()) if n}
    why = message("{total} records were read", total=counted.total)
    entries = [Entry(step, kind, step, "counted", why, n=counted.total)]
    entries += [
        Entry(
            step,
            kind,
            step,
            "flagged",
            replace(REASONS[reason], values=MappingProxyType({"n": n})),
            n=n,
        )
        for reason, n in reasons.items()
    ]
    if counted.places:
        where = message("places left out: {places}", places=listed_counts(counted.places))
        n = sum(counted.places.values())
        entries.append(Entry(step, kind, step, "flagged", where, n=n))
    return tuple(entries)
