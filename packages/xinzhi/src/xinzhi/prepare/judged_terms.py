"""How well lists of codes and terms tell records: precision and recall on records that a person judged.

precision = tp / (tp + fp), recall = tp / (tp + fn); interval of a share x / n after Wilson,
(p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n), which stays inside [0, 1] and has a length at p = 1.

Reference: Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal
of the American Statistical Association 22, doi 10.1080/01621459.1927.10502953.

What our own lists were measured to find: figures that come with the package, made anew by a test.

The records were made by `simulation/labelled.py` and by hand; they are not those of a registry.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.prepare.emerging_codes import (
    NONE_CODED,
    UNDECIDED,
    CodeTable,
    EmergingDecisions,
    classify,
)
from xinzhi.prepare.step import TermList
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.wording import Message, listed, message

Z = 1.959963984540054
"""Quantile of the normal distribution for intervals of 95 %."""
YES = frozenset(("1", "1.0", "yes", "y", "true", "t", "是", "对", "√", "✓"))
NO = frozenset(("0", "0.0", "no", "n", "false", "f", "否", "不是", "错", "×", "x"))
Outcome = Literal["right", "wrong", "missed", "rejected"]
SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """A share of records, with its interval of 95 %; None where no record is counted."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Interval after Wilson.

        >>> [round(end, 4) for end in Share(9, 10).interval], Share(0, 0).interval
        ([0.5958, 0.9821], None)
        """
        if not self.n:
            return None
        p, n = self.hits / self.n, self.n
        middle = p + Z**2 / (2 * n)
        half = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
        whole = 1 + Z**2 / n
        return max((middle - half) / whole, 0.0), min((middle + half) / whole, 1.0)


@dataclass(frozen=True, slots=True)
class JudgedRecords:
    """Records with a person's judgement, and what the lists say of them."""

    table: pd.DataFrame
    """One row a record: id, text, truth, taken, outcome, review, reason, term; firms have code and class."""
    unjudged: int = 0
    """Records without a judgement, which are left out."""

    def count(self, outcome: Outcome) -> int:
        """Count the records of an outcome."""
        return int((self.table["outcome"] == outcome).sum())

    @property
    def precision(self) -> Share:
        """Share of the records taken that are right."""
        right = self.count("right")
        return Share(right, right + self.count("wrong"))

    @property
    def recall(self) -> Share:
        """Share of the right records that are taken."""
        right = self.count("right")
        return Share(right, right + self.count("missed"))

    @property
    def in_review(self) -> int:
        """Missed records that are undecided: a person is asked about them."""
        return int(((self.table["outcome"] == "missed") & self.table["review"]).sum())

    def by_term(self) -> pd.DataFrame:
        """Count records taken, rightly and wrongly, by the term on which they rest; most errors first."""
        taken = self.table[self.table["taken"]]
        counts = pd.DataFrame(
            {
                "right": taken.groupby("term")["outcome"].apply(
                    lambda o: int((o == "right").sum())
                ),
                "wrong": taken.groupby("term")["outcome"].apply(
                    lambda o: int((o == "wrong").sum())
                ),
            }
        )
        counts = counts.rename_axis("term").reset_index()
        return counts.sort_values(
            ["wrong", "right", "term"], ascending=[False, False, True]
        ).reset_index(drop=True)


def judge_penalties(records: pd.DataFrame, terms: TermList, *, name: str) -> JudgedRecords:
    """Hold a list of terms against judged penalty cases.

    Parameters
    ----------
    records
        Columns id, text and truth.

    Raises
    ------
    DataError
        `terms.truth`: a judgement is neither yes nor no, or all are empty.
    """
    truth, given = _truths(records, name)
    kept = records[given].reset_index(drop=True)
    term, out = terms.find_included(kept["text"]), terms.find_excluded(kept["text"])
    taken = pd.notna(term) & pd.isna(out)
    reason = np.where(pd.notna(out), "exclusion", np.where(pd.isna(term), "no term", "term"))
    decided = {"review": False, "reason": reason, "term": np.where(pd.notna(out), out, term)}
    return JudgedRecords(_table(kept, truth, taken, decided), int((~given).sum()))


def judge_firms(
    records: pd.DataFrame,
    codes: CodeTable,
    terms: Mapping[str, TermList],
    *,
    name: str,
    coded: Mapping[str, tuple[str, ...]] = NONE_CODED,
) -> JudgedRecords:
    """Hold tables of codes and lists of terms against judged firms.

    Parameters
    ----------
    records
        Columns id, code, text and truth.

    Raises
    ------
    DataError
        `terms.truth`: a judgement is neither yes nor no, or all are empty.
    """
    truth, given = _truths(records, name)
    kept = records[given].reset_index(drop=True)
    made = classify(
        kept.assign(date=None, place=None), codes, terms, {}, EmergingDecisions(), coded=coded
    )
    reason = np.where(
        pd.notna(made.reason), made.reason, np.where(made.unread, "no readable industry", "no code")
    )
    reason = np.array([str(words).rstrip(": ") for words in reason], dtype=object)
    decided = {
        "review": made.verdict == UNDECIDED,
        "reason": reason,
        "term": made.term,
        "class": made.kind,
    }
    return JudgedRecords(_table(kept, truth, made.belongs, decided), int((~given).sum()))


def _table(
    records: pd.DataFrame,
    truth: npt.NDArray[np.bool_],
    taken: npt.NDArray[np.bool_],
    decided: Mapping[str, Any],
) -> pd.DataFrame:
    outcome = np.where(
        truth, np.where(taken, "right", "missed"), np.where(taken, "wrong", "rejected")
    )
    return records.assign(truth=truth, taken=taken, outcome=outcome, **decided)


def _truths(
    records: pd.DataFrame, name: str
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Read the judgements; give those that there are, and which records have one."""
    words = ["" if pd.isna(v) else str(v).strip().casefold() for v in records["truth"]]
    wrong = [i for i, word in enumerate(words) if word and word not in YES | NO]
    if wrong or not any(words):
        shown: Sequence[str] = [f"{words[i]!r} ({i + 2})" for i in wrong[:SHOWN_ROWS]]
        what = (
            message("These judgements (rows) are neither yes nor no: {cells}.", cells=listed(shown))
            if wrong
            else message("No record has a judgement.")
        )
        remedy = message("write 1 or 0, yes or no, 是 or 否 in the column of --truth.")
        raise DataError(Problem("terms.truth", what, Where(file=name), remedy))
    given = np.array([bool(word) for word in words], dtype=bool)
    return np.array([word in YES for word in words if word], dtype=bool), given


@dataclass(frozen=True, slots=True)
class SampleOutcome:
    """Outcome of one list on one sample of made records."""

    lists: tuple[str, ...]
    """Names of the lists that were used together."""
    sample: str
    """`generated`: put together by a generator; `written`: by hand, after the lists."""
    right: int
    wrong: int
    missed: int
    rejected: int

    @property
    def n(self) -> int:
        """Records of the sample."""
        return self.right + self.wrong + self.missed + self.rejected

    @property
    def precision(self) -> Share:
        """Share of the records taken that are right."""
        return Share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Share:
        """Share of the right records that are taken."""
        return Share(self.right, self.right + self.missed)


@cache
def measured() -> tuple[SampleOutcome, ...]:
    """Read the packaged figures."""
    path = files("xinzhi.prepare").joinpath("data/measured.csv")
    with path.open(encoding="utf-8") as file:
        return tuple(
            SampleOutcome(
                tuple(row["lists"].split("+")),
                row["sample"],
                *(int(row[key]) for key in ("right", "wrong", "missed", "rejected")),
            )
            for row in csv.DictReader(file)
        )


def of_lists(names: Sequence[str]) -> tuple[SampleOutcome, ...]:
    """Give the figures of our lists that are among those used."""
    return tuple(one for one in measured() if set(one.lists) <= set(names))


def said(one: SampleOutcome) -> Message:
    """Say what a list was measured to find."""
    return message(
        "{lists} on {n} made records ({sample}): precision {precision}, recall {recall}; on records of a "
        "registry it was not measured",
        lists=" + ".join(one.lists),
        n=one.n,
        sample=SAMPLES[one.sample],
        precision=shown(one.precision),
        recall=shown(one.recall),
    )


SAMPLES = {
    "generated": message("from a generator"),
    "written": message("written by hand after the lists"),
}


def shown(share: Share) -> str:
    """Write a share with its interval.

    >>> shown(Share(9, 10))
    '0.90 [0.60, 0.98]'
    """
    if share.interval is None:
        return "–"
    low, high = share.interval
    return f"{share.hits / share.n:.2f} [{low:.2f}, {high:.2f}]"


def measured_entries(names: Sequence[str], step: str, kind: str) -> tuple[Entry, ...]:
    """Write down what the lists of a step were measured to find."""
    return tuple(Entry(step, kind, step, "counted", said(one), n=one.n) for one in of_lists(names))
