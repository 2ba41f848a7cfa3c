"""Firms of strategic emerging industries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from xinzhi.options import OneOrMore
from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived
from xinzhi.prepare.counting import NO_CODE, flagged, placed, screened
from xinzhi.prepare.emerging import CodeTable, Decisions, classify, read_review, unknown_codes
from xinzhi.prepare.records import Cities, Counted, Seen, on_rows, records, span_of, years_in
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied
from xinzhi.prepare.tables import table
from xinzhi.prepare.terms import terms as read_terms
from xinzhi.wording import message

LISTED = 50_000
"""Undecided firms that are listed for review at a time."""
ROLES = ("id", "date", "closed", "place", "code", "text")


@STEPS.add("emerging_firms")
class EmergingFirms(Step):
    """Count the firms of the chosen emerging industries that exist at the end of each year.

    A firm counts in year t if it was founded by then and not closed by then, its four-digit code
    (GB/T 4754-2017) is in the table of codes, and its business scope holds a term of its class and
    no exclusion. Undecided firms do not count; `results/review_NAME.csv` lists them: write yes or no
    under `verdict` and name the file under `review`.
    """

    source: Annotated[str, Supplied("records")] = Field(alias="from")
    """Source of records with id, date, closed, place, code and text."""
    codes: Annotated[str, Supplied("table")]
    """Table of codes: class, code, starred; `sample_codes` is a sample for trying out."""
    terms: Annotated[str, Supplied("terms")]
    """Terms of each class: `include`, `exclude`; `sample_terms` is a sample for trying out."""
    classes: OneOrMore
    """Classes that are counted."""
    review: Annotated[str | None, Supplied("table")] = None
    """Table of firms that a person decided: id, verdict."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; reasons are in the ledger."""
        counted, decisions, reviewed = self.count(panel, sources, name)
        stock = np.cumsum(counted.n, axis=1).astype(np.float64)
        why = message(
            "stock at the end of the year, classes {classes}; {reasons}",
            classes=", ".join(self.classes),
            reasons=_reasons(decisions),
        )
        return derived(
            panel,
            step=name,
            kind="emerging_firms",
            values=on_rows(panel, counted, stock),
            why=why,
            uses=(),
            more=(
                *flagged(counted, name, "emerging_firms"),
                *_undecided(decisions.to_review(reviewed), panel, name),
            ),
        )

    def count(
        self, panel: Panel, sources: Sources, name: str
    ) -> tuple[Counted, Decisions, Mapping[str, bool]]:
        """Count entries less exits by city and year; keep every decision, and a person's verdicts."""
        first, last = span_of(panel, step=name)
        counted, decisions = Counted(panel.entities, first, last), Decisions()
        codes = CodeTable.of(table(sources, self.codes, step=name), self.classes, name=self.codes)
        lists = read_terms(sources, self.terms, step=name)
        reviewed: Mapping[str, bool] = {}
        if self.review is not None:
            reviewed = read_review(table(sources, self.review, step=name), name=self.review)
        cities, seen = Cities(panel.entities), Seen()
        for batch in records(sources, self.source, ROLES, step=name).batches(ROLES):
            years = years_in(batch["date"])
            keep = screened(batch, years, counted, seen)
            counted.left_out[NO_CODE] += unknown_codes(batch["code"][keep])
            rows = batch[keep]
            belongs = classify(rows, codes, lists, reviewed, decisions)
            _add(counted, rows[belongs], years[keep][belongs], cities)
        return counted, decisions, reviewed


def _add(
    counted: Counted, firms: pd.DataFrame, founded: npt.NDArray[np.int64], cities: Cities
) -> None:
    """Enter firms in their year (those of old in the first one) and take them out when they close."""
    everything = np.ones(len(firms), dtype=bool)
    city = placed(firms["place"], founded, everything, counted, cities)
    closed = years_in(firms["closed"])
    gone = (closed > 0) & (closed <= counted.last)
    enters = np.maximum(founded, counted.first)
    leaves = np.maximum(closed, counted.first)
    counted.add(city, enters)
    inside = gone & (city >= 0)
    np.subtract.at(counted.n, (city[inside], np.maximum(leaves, enters)[inside] - counted.first), 1)


def _reasons(decisions: Decisions) -> str:
    kinds: dict[tuple[str, str], int] = {}
    for (kind, verdict, _), n in decisions.reasons.items():
        kinds[kind, verdict] = kinds.get((kind, verdict), 0) + n
    return ", ".join(
        f"{kind} {verdict} {n}".strip() for (kind, verdict), n in sorted(kinds.items())
    )


def _undecided(review: pd.DataFrame, panel: Panel, name: str) -> tuple[Entry, ...]:
    """Say how many firms of the study a person has to decide, and list the first of them."""
    city = Cities(panel.entities).column(review["place"], years_in(review["date"]))
    review = review[city >= 0]
    n = len(review)
    if not n:
        return ()
    why = message(
        "{n} firms are undecided and do not count until they are reviewed",
        one="{n} firm is undecided and does not count until it is reviewed",
        n=n,
    )
    first = review.head(LISTED).fillna("").astype(str)
    records = (tuple(first.columns), *first.itertuples(index=False, name=None))
    return (Entry(name, "emerging_firms", name, "flagged", why, n=n, records=records),)
