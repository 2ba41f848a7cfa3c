"""Firms of strategic emerging industries: by industry code, by terms of the business scope, by review.

A firm whose code and scope do not decide is undecided, and does not count until a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from xinzhi.errors import DataError, Problem, Where
from xinzhi.options import OneOrMore
from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derive
from xinzhi.prepare.emerging_codes import CodeTable, four_digits, terms_of
from xinzhi.prepare.records import Cities, Counted, Seen, records, span_of, spread_on_rows, years_in
from xinzhi.prepare.sources import Terms, encode, table
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied
from xinzhi.prepare.steps.counts import NO_CODE, ledger_entries, locate, screen
from xinzhi.wording import message

NOTHING_REVIEWED: Mapping[str, bool] = MappingProxyType({})
YES, UNDECIDED, NO, NO_CANDIDATE = 3, 2, 1, 0
"""Verdicts; of several classes that list a code, the greatest holds."""


@dataclass(slots=True)
class Decisions:
    """Verdicts counted by their reasons, and the cases that a person must decide."""

    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(class, verdict, reason) -> number of firms."""
    review: list[pd.DataFrame] = field(default_factory=list)

    def note(self, kind: str, verdict: str, reason: str, ends: npt.NDArray[np.object_]) -> None:
        """Count the reasons of one class and verdict; a reason may end in the term it rests on."""
        places, distinct = encode(pd.Series(ends, dtype=object))
        counts = np.bincount(places, minlength=len(distinct))
        for end, n in zip(distinct, counts.tolist(), strict=True):
            self.reasons[kind, verdict, f"{reason}{end}"] += n

    def to_review(self, reviewed: Mapping[str, bool] = NOTHING_REVIEWED) -> pd.DataFrame:
        """List the firms still undecided, with an empty column for the verdict, sorted by id."""
        columns = ["id", "date", "place", "code", "class", "reason", "text", "verdict"]
        if not self.review:
            return pd.DataFrame(columns=columns)
        table = pd.concat(self.review, ignore_index=True).sort_values("id", kind="stable")
        table = table[~table["id"].astype(str).isin(list(reviewed))]
        return table.assign(verdict="")[columns].reset_index(drop=True)


def classify(
    batch: pd.DataFrame,
    table: CodeTable,
    terms: Mapping[str, Terms],
    reviewed: Mapping[str, bool],
    decisions: Decisions,
) -> npt.NDArray[np.bool_]:
    """Decide for each firm of a batch whether it belongs, and write down why.

    A listed code makes a candidate. Of the candidates, those whose scope holds an exclusion do not
    belong; those that hold a term do; of the rest starred codes do not, and unstarred codes, or any
    without a scope, are undecided: they do not count until a person has decided. A code that several
    classes list is decided for each of them; a firm that belongs to one of them belongs.
    """
    codes = _read_codes(batch["code"])
    verdicts = np.full(len(batch), NO_CANDIDATE, dtype=np.int64)
    kinds = np.full(len(batch), None, dtype=object)
    reasons = np.full(len(batch), None, dtype=object)
    for kind, starred in table.classes.items():
        rows = np.flatnonzero(pd.Series(codes, dtype=object).isin(list(starred)))
        stars = np.array([starred[code] for code in codes[rows].tolist()], dtype=bool)
        decided, why = _decide_class(batch["text"].iloc[rows], stars, terms[kind], decisions, kind)
        # A firm belongs if one of its classes takes it: the greatest verdict holds.
        is_greater = decided > verdicts[rows]
        verdicts[rows[is_greater]] = decided[is_greater]
        kinds[rows[is_greater]], reasons[rows[is_greater]] = kind, why[is_greater]
    undecided = verdicts == UNDECIDED
    if undecided.any():
        listed = batch[undecided][["id", "date", "place", "code", "text"]]
        more = {"class": kinds[undecided], "reason": reasons[undecided]}
        decisions.review.append(listed.assign(**more))
    _apply_review(batch, verdicts, reviewed, decisions)
    belongs: npt.NDArray[np.bool_] = verdicts == YES
    return belongs


def _read_codes(codes: pd.Series) -> npt.NDArray[np.object_]:
    places, distinct = encode(codes)
    read = np.array([*[four_digits(code) for code in distinct], None], dtype=object)
    return read[places]


def _decide_class(
    texts: pd.Series,
    starred: npt.NDArray[np.bool_],
    terms: Terms,
    decisions: Decisions,
    kind: str,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Verdicts and reasons of the candidates of one class."""
    places, distinct = encode(texts)
    blank = [not isinstance(t, str) or not t.strip() for t in distinct]
    empty = np.array([*blank, True], dtype=bool)[places]
    out, term = terms.find_excluded(texts), terms.find_included(texts)
    is_out, is_in = pd.notna(out), pd.notna(term)
    rest = ~is_out & ~is_in
    verdicts = np.full(len(texts), NO, dtype=np.int64)
    reasons = np.full(len(texts), None, dtype=object)
    for verdict, word, rows, reason, words in (
        (NO, "no", is_out, "exclusion: ", out),
        (YES, "yes", ~is_out & is_in, "term: ", term),
        (UNDECIDED, "undecided", rest & empty, "no business scope", None),
        (NO, "no", rest & ~empty & starred, "starred code, no term", None),
        (UNDECIDED, "undecided", rest & ~empty & ~starred, "whole code, no term", None),
    ):
        verdicts[rows], reasons[rows] = verdict, reason
        ends = words[rows] if words is not None else np.full(int(rows.sum()), "", dtype=object)
        decisions.note(kind, word, reason, ends)
    return verdicts, reasons


def _apply_review(
    batch: pd.DataFrame,
    verdicts: npt.NDArray[np.int64],
    reviewed: Mapping[str, bool],
    decisions: Decisions,
) -> None:
    """Take over what a person decided on undecided firms."""
    if not reviewed:
        return
    for i in np.flatnonzero(verdicts == UNDECIDED).tolist():
        verdict = reviewed.get(str(batch["id"].iloc[i]))
        if verdict is not None:
            verdicts[i] = YES if verdict else NO
            word = "yes" if verdict else "no"
            decisions.note("", word, "reviewed by hand", np.array([""], object))


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
    """Table of codes: class, code, starred and, to be held against the classification of 2018, group;
    `sample_codes` is a sample for trying out."""
    terms: Annotated[str, Supplied("terms")]
    """Terms of each class: `include`, `exclude`; `sample_terms` is a sample for trying out."""
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
                *(
                    Entry(name, "emerging_firms", name, "flagged", gap)
                    for gap in self.code_table(sources, name).gaps()
                ),
                *_report_undecided(decisions.to_review(reviewed), panel, name),
            ),
        )

    def code_table(self, sources: Sources, step: str) -> CodeTable:
        """Read the codes of the chosen classes."""
        return CodeTable.of(table(sources, self.codes, step=step), self.classes, name=self.codes)

    def count(
        self, panel: Panel, sources: Sources, name: str
    ) -> tuple[Counted, Decisions, Mapping[str, bool]]:
        """Count entries less exits by city and year; keep every decision, and a person's verdicts."""
        first, last = span_of(panel, step=name)
        counted, decisions = Counted(panel.entities, first, last), Decisions()
        codes = self.code_table(sources, name)
        lists = terms_of(sources, self.terms, codes.classes, step=name)
        reviewed: Mapping[str, bool] = {}
        if self.review is not None:
            reviewed = read_review(table(sources, self.review, step=name), name=self.review)
        cities, seen = Cities(panel.entities), Seen()
        for batch in records(sources, self.source, ROLES, step=name).batches(ROLES):
            years = years_in(batch["date"])
            keep = screen(batch, years, counted, seen)
            rows = batch[keep]
            counted.left_out[NO_CODE] += int(pd.isna(_read_codes(rows["code"])).sum())
            belongs = classify(rows, codes, lists, reviewed, decisions)
            _add(counted, rows[belongs], years[keep][belongs], cities)
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


def _reasons(decisions: Decisions) -> str:
    numbers: Counter[tuple[str, str]] = Counter()
    for (kind, verdict, _), n in decisions.reasons.items():
        numbers[kind, verdict] += n
    return ", ".join(
        f"{kind} {verdict} {n}".strip() for (kind, verdict), n in sorted(numbers.items())
    )


def _report_undecided(review: pd.DataFrame, panel: Panel, name: str) -> tuple[Entry, ...]:
    """Report how many firms of the study need a decision, and list the first of them."""
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
