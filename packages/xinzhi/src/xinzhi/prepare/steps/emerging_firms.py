"""Firms of strategic emerging industries: by industry, by terms of the business scope, by review.

A firm whose industry and scope do not decide is undecided, and does not count until a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from xinzhi.options import OneOrMore
from xinzhi.prepare.columns import derive
from xinzhi.prepare.emerging_codes import (
    CodeTable,
    EmergingDecisions,
    classify,
    terms_of,
    terms_of_codes,
)
from xinzhi.prepare.judged_terms import measured_entries
from xinzhi.prepare.records import (
    Cities,
    Counted,
    SeenIdentifiers,
    records,
    span_of,
    spread_on_rows,
    years_in,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied, table
from xinzhi.prepare.steps.counts import NO_CODE, ledger_entries, locate, screen
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message


def read_review(table: pd.DataFrame, *, name: str) -> dict[str, bool]:
    """Read a table of reviewed firms back: columns id and verdict (yes, no or empty).

    Raises
    ------
    DataError
        `prepare.review`: a column is missing, or a verdict is neither.
    """
    # 1.0 is what a spreadsheet with an empty cell in the column makes of 1.
    words = dict.fromkeys(("yes", "1", "1.0", "是"), True)
    words |= dict.fromkeys(("no", "0", "0.0", "否"), False)
    lacking = [c for c in ("id", "verdict") if c not in table.columns]
    given = [] if lacking else [str(v).strip().casefold() for v in table["verdict"].fillna("")]
    wrong = sorted({v for v in given if v and v not in words})
    if lacking or wrong:
        what = message(
            "The review '{name}' is not as needed: {what}.",
            name=name,
            what=", ".join([*lacking, *wrong]),
        )
        remedy = message("it has the columns id and verdict; write yes or no.")
        raise DataError(Problem("prepare.review", what, Where(file=name, column="verdict"), remedy))
    return {str(i): words[v] for i, v in zip(table["id"], given, strict=True) if v}


ROLES = ("id", "date", "closed", "place", "code", "text")


@STEPS.add("emerging_firms")
class EmergingFirms(Step):
    """Count the firms of the chosen emerging industries that exist at the end of each year.

    A firm counts in year t if it was founded by then and not closed by then, its industry
    (GB/T 4754-2017: a code of two to four digits, a name) is in the table of codes, and its business scope
    holds a term of its class and no exclusion. Undecided firms do not count; `results/review_NAME.csv`
    lists them: write yes or no under `verdict` and name the file under `review`.
    """

    source: Annotated[str, Supplied("records")] = Field(alias="from")
    """Source of records with id, date, closed, place, code and text."""
    codes: Annotated[OneOrMore, Supplied("codes")]
    """Tables of codes: class, code, starred and, to be held against the classification of 2018, group; or
    the table of the order as it is published (xlsx, csv, pasted text). `emerging_codes` is a list of our
    own, `sample_codes` a sample for trying out. Of several tables the later one decides on a code."""
    terms: Annotated[OneOrMore, Supplied("terms")]
    """Lists of terms of each class: `include`, `exclude`, `ignore`, `trade`. `emerging_terms` is a list of
    our own, `sample_terms` a sample for trying out. Of several lists each adds to those before it."""
    classes: OneOrMore
    """Classes that are counted: those of the classification of 2018 by their Chinese names or as
    new_technology, high_end_equipment, new_materials, biotechnology, new_energy_vehicles, new_energy,
    environment, digital_creative, related_services; or classes of your own."""
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
        return derive(
            panel,
            step=name,
            kind="emerging_firms",
            values=spread_on_rows(panel, counted, stock),
            why=why,
            uses=(),
            more=(
                *ledger_entries(counted, name, "emerging_firms"),
                *measured_entries((*self.codes, *self.terms), name, "emerging_firms"),
                *(
                    Entry(name, "emerging_firms", name, "flagged", gap)
                    for gap in self.code_table(sources, name).gaps()
                ),
                *_report_differing(decisions, name),
                *_report_undecided(decisions, reviewed, name),
            ),
        )

    def code_table(self, sources: Sources, step: str) -> CodeTable:
        """Read the codes of the chosen classes."""
        tables = [(name, table(sources, name, step=step)) for name in self.codes]
        return CodeTable.of_tables(tables, self.classes)

    def count(
        self, panel: Panel, sources: Sources, name: str
    ) -> tuple[Counted, EmergingDecisions, Mapping[str, bool]]:
        """Count entries less exits by city and year; keep every decision, and a person's verdicts."""
        first, last = span_of(panel, step=name)
        counted, decisions = Counted(panel.entities, first, last), EmergingDecisions()
        codes = self.code_table(sources, name)
        lists = terms_of(sources, self.terms, codes.classes, step=name)
        coded = terms_of_codes(sources, self.terms, step=name)
        reviewed: Mapping[str, bool] = {}
        if self.review is not None:
            reviewed = read_review(table(sources, self.review, step=name), name=self.review)
        cities, seen = Cities(panel.entities), SeenIdentifiers()

        def concerns(firms: pd.DataFrame) -> npt.NDArray[np.bool_]:
            inside: npt.NDArray[np.bool_] = (
                cities.column(firms["place"], years_in(firms["date"])) >= 0
            )
            return inside

        for batch in records(sources, self.source, ROLES, step=name).batches(ROLES):
            years = years_in(batch["date"])
            keep = screen(batch, years, counted, seen)
            rows = batch[keep]
            made = classify(rows, codes, lists, reviewed, decisions, concerns, coded)
            counted.left_out[NO_CODE] += int(made.unread.sum())
            counted.list_industries(rows["code"][made.unread])
            _add(counted, rows[made.belongs], years[keep][made.belongs], cities)
        return counted, decisions, reviewed


def _add(
    counted: Counted, firms: pd.DataFrame, founded: npt.NDArray[np.int64], cities: Cities
) -> None:
    """Enter firms in their year (those of old in the first one) and take them out when they close."""
    city = locate(firms["place"], founded, np.ones(len(firms), dtype=bool), counted, cities)
    closed = years_in(firms["closed"])
    enters = np.maximum(founded, counted.first)
    counted.add(city, enters)
    inside = (closed > 0) & (closed <= counted.last) & (city >= 0)
    # A firm that closed before the first year, or before it was founded by an error of its dates,
    # leaves in the year it enters: it never counts, and no stock is negative.
    leaves = np.maximum(closed, enters)
    np.subtract.at(counted.n, (city[inside], leaves[inside] - counted.first), 1)


def _reasons(decisions: EmergingDecisions) -> str:
    numbers: Counter[tuple[str, str]] = Counter()
    for (kind, verdict, _), n in decisions.reasons.items():
        numbers[kind, verdict] += n
    return ", ".join(
        f"{kind} {verdict} {n}".strip() for (kind, verdict), n in sorted(numbers.items())
    )


def _report_differing(decisions: EmergingDecisions, name: str) -> tuple[Entry, ...]:
    """Report how many firms have the code of one industry and the name of another."""
    if not decisions.differing:
        return ()
    why = message(
        "{n} records give the code of one industry and the name of another: the name was taken, as older "
        "editions of the classification have other codes",
        one="{n} record gives the code of one industry and the name of another: the name was taken, as older "
        "editions of the classification have other codes",
        n=decisions.differing,
    )
    return (Entry(name, "emerging_firms", name, "flagged", why, n=decisions.differing),)


def _report_undecided(
    decisions: EmergingDecisions, reviewed: Mapping[str, bool], name: str
) -> tuple[Entry, ...]:
    """Report how many firms of the study need a decision, and list the first of them."""
    review = decisions.to_review(reviewed)
    n = len(review) + decisions.unlisted
    if not n:
        return ()
    why = message(
        "{n} firms are undecided and do not count until they are reviewed",
        one="{n} firm is undecided and does not count until it is reviewed",
        n=n,
    )
    first = review.fillna("").astype(str)
    records = (tuple(first.columns), *first.itertuples(index=False, name=None))
    return (Entry(name, "emerging_firms", name, "flagged", why, n=n, records=records),)
