"""Which firms belong to strategic emerging industries, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import DataError, Problem, Where
from xinzhi.prepare.records import encoded
from xinzhi.prepare.terms import Terms
from xinzhi.wording import message

Verdict = Literal["yes", "no", "undecided"]
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
