"""Firms of strategic emerging industries: by industry code, by terms of the business scope, by review.

A firm whose code and scope do not decide is undecided, and does not count until a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
from xinzhi.prepare.columns import derived
from xinzhi.prepare.records import (
    Cities,
    Counted,
    Seen,
    on_rows,
    records,
    span_of,
    years_in,
)
from xinzhi.prepare.sources import Terms, encoded, table
from xinzhi.prepare.sources import terms as read_terms
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied
from xinzhi.prepare.steps.counts import NO_CODE, flagged, placed, screened
from xinzhi.wording import message

FOUR = re.compile(r"\d{4}", re.ASCII)
NOTHING_REVIEWED: Mapping[str, bool] = MappingProxyType({})
YES, NO, UNDECIDED, NO_CANDIDATE = 1, 0, -1, -2


@dataclass(frozen=True, slots=True)
class CodeTable:
    """Four-digit industry codes of the chosen classes; starred ones belong to them in part only."""

    classes: Mapping[str, tuple[str, bool]]
    """Code -> class, and whether it is starred."""

    @classmethod
    def of(cls, table: pd.DataFrame, chosen: tuple[str, ...], *, name: str) -> CodeTable:
        """Read a table with the columns class, code and starred (0 or 1).

        Raises
        ------
        DataError
            `prepare.codes`: a column is missing, a code is not four digits, a class is unknown.
        """
        lacking = [c for c in ("class", "code", "starred") if c not in table.columns]
        codes = [] if lacking else [_four(code) for code in table["code"]]
        wrong = [str(c) for c, d in zip(table.get("code", []), codes, strict=False) if d is None]
        kinds = set() if lacking else set(table["class"].astype(str))
        unknown = sorted(set(chosen) - kinds) if not lacking else []
        if lacking or wrong or unknown:
            raise DataError(
                Problem(
                    "prepare.codes",
                    message(
                        "The table of codes '{name}' is not as needed: {what}.",
                        name=name,
                        what=", ".join([*lacking, *wrong[:5], *unknown]),
                    ),
                    Where(file=name),
                    message("it has columns class, code (four digits) and starred (0 or 1)."),
                )
            )
        stars = table["starred"].map(lambda s: str(s).strip() in {"1", "1.0", "*", "True", "yes"})
        rows = zip(codes, table["class"].astype(str), stars, strict=True)
        return cls({code: (kind, star) for code, kind, star in rows if code and kind in chosen})


def _four(code: object) -> str | None:
    """Write a code with four digits; letters of the section before it are dropped."""
    if isinstance(code, float) and code.is_integer():
        code = f"{int(code):04d}"
    text = re.sub(r"^[A-T]", "", str(code).strip().rstrip("*"))
    return text if FOUR.fullmatch(text) else None


@dataclass(slots=True)
class Decisions:
    """Verdicts counted by their reasons, and the cases that a person must decide."""

    reasons: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(class, verdict, reason) -> number of firms."""
    review: list[pd.DataFrame] = field(default_factory=list)

    def note(self, kind: str, verdict: str, reason: str, ends: npt.NDArray[np.object_]) -> None:
        """Count the reasons of one class and verdict; a reason may end in the term it rests on."""
        places, distinct = encoded(pd.Series(ends, dtype=object))
        counts = np.bincount(places, minlength=len(distinct))
        for end, n in zip(distinct, counts.tolist(), strict=True):
            key = (kind, verdict, f"{reason}{end}")
            self.reasons[key] = self.reasons.get(key, 0) + n

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
    without a scope, are undecided: they do not count until a person has decided.
    """
    codes = _column_of_codes(batch["code"])
    verdicts = np.full(len(batch), NO_CANDIDATE, dtype=np.int64)
    for kind, rows in _by_class(codes, table):
        found = _of_class(batch.iloc[rows], codes[rows], table, terms.get(kind), decisions, kind)
        verdicts[rows] = found
    _apply_review(batch, verdicts, reviewed, decisions)
    belongs: npt.NDArray[np.bool_] = verdicts == YES
    return belongs


def _column_of_codes(codes: pd.Series) -> npt.NDArray[np.object_]:
    places, distinct = encoded(codes)
    read = np.array([*[_four(code) for code in distinct], None], dtype=object)
    return read[places]


def unknown_codes(codes: pd.Series) -> int:
    """Count the codes that are not four digits; empty ones too."""
    places, distinct = encoded(codes)
    lacks = np.array([*(_four(code) is None for code in distinct), True], dtype=bool)
    return int(lacks[places].sum())


def _by_class(
    codes: npt.NDArray[np.object_], table: CodeTable
) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    places, distinct = encoded(pd.Series(codes, dtype=object))
    kinds = [table.classes.get(str(code), (None, False))[0] for code in distinct]
    for kind in sorted({k for k in kinds if k is not None}):
        mine = np.array([*(k == kind for k in kinds), False], dtype=bool)
        yield kind, np.flatnonzero(mine[places])


def _of_class(
    batch: pd.DataFrame,
    codes: npt.NDArray[np.object_],
    table: CodeTable,
    terms: Terms | None,
    decisions: Decisions,
    kind: str,
) -> npt.NDArray[np.int64]:
    """Verdicts of the candidates of one class."""
    texts = batch["text"]
    stars = {code: star for code, (_, star) in table.classes.items()}
    starred = np.array([stars[code] for code in codes.tolist()], dtype=bool)
    places, distinct = encoded(texts)
    blank = [not isinstance(t, str) or not t.strip() for t in distinct]
    empty = np.array([*blank, True], dtype=bool)[places]
    nothing = np.full(len(batch), None, dtype=object)
    out = terms.excluded(texts) if terms else nothing
    term = terms.included(texts) if terms else nothing
    is_out, is_in = _given(out), _given(term)
    rest = ~is_out & ~is_in
    verdicts = np.full(len(batch), NO, dtype=np.int64)
    for verdict, word, at, reason, words in (
        (NO, "no", is_out, "exclusion: ", out),
        (YES, "yes", ~is_out & is_in, "term: ", term),
        (UNDECIDED, "undecided", rest & empty, "no business scope", None),
        (NO, "no", rest & ~empty & starred, "starred code, no term", None),
        (UNDECIDED, "undecided", rest & ~empty & ~starred, "whole code, no term", None),
    ):
        verdicts[at] = verdict
        ends = words[at] if words is not None else np.full(int(at.sum()), "", dtype=object)
        decisions.note(kind, word, reason, ends)
        if verdict == UNDECIDED and at.any():
            rows = batch[at][["id", "date", "place", "code", "text"]]
            decisions.review.append(rows.assign(**{"class": kind, "reason": reason}))
    return verdicts


def _given(words: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    return np.array([word is not None for word in words.tolist()], dtype=bool)


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
    words = {
        "yes": True,
        "1": True,
        "1.0": True,
        "是": True,
        "no": False,
        "0": False,
        "0.0": False,
        "否": False,
    }
    lacking = [c for c in ("id", "verdict") if c not in table.columns]
    given = [] if lacking else [str(v).strip().casefold() for v in table["verdict"].fillna("")]
    wrong = sorted({v for v in given if v and v not in words})
    if lacking or wrong:
        raise DataError(
            Problem(
                "prepare.review",
                message(
                    "The review '{name}' is not as needed: {what}.",
                    name=name,
                    what=", ".join([*lacking, *wrong]),
                ),
                Where(file=name, column="verdict"),
                message("it has the columns id and verdict; write yes or no."),
            )
        )
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
