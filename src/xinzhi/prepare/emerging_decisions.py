"""Whether firms belong to emerging industries: by industry, by terms of the business scope, by review.

A listed industry makes a candidate; its scope decides. What code and scope do not decide is undecided, and does
not count until a person decides; a firm whose industry cannot be read is undecided if its scope holds a term.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.prepare.emerging_codes import BROAD, NONE_CODED, STARRED_CODE, WHOLE, CodeTable
from xinzhi.prepare.industries import Industry, read_industry
from xinzhi.prepare.sources import encode
from xinzhi.prepare.terms import Terms

NOTHING_REVIEWED: Mapping[str, bool] = MappingProxyType({})
YES, UNDECIDED, NO, NO_CANDIDATE = 3, 2, 1, 0
"""Verdicts; of several classes that list a code, the greatest holds."""
KEPT = 50_000
"""Undecided firms that are kept for review; more are counted, so that memory stays bounded."""
WORDS = {YES: "yes", UNDECIDED: "undecided", NO: "no"}


@dataclass(slots=True)
class Decisions:
    """Verdicts counted by their reasons, and the cases that a person must decide."""

    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(class, verdict, reason) -> number of firms."""
    review: list[pd.DataFrame] = field(default_factory=list)
    listed: int = 0
    """Firms in `review`."""
    unlisted: int = 0
    """Undecided firms beyond those that are kept."""
    differing: int = 0
    """Firms whose cell gives the code of one industry and the name of another."""
    evidence: dict[tuple[str, tuple[str, ...]], Terms] = field(default_factory=dict)
    """Lists of names and products, made once."""

    def note(self, kind: str, verdict: str, reason: str, ends: npt.NDArray[np.object_]) -> None:
        """Count the reasons of one class and verdict; a reason may end in the term it rests on."""
        places, distinct = encode(pd.Series(ends, dtype=object))
        counts = np.bincount(places, minlength=len(distinct))
        for end, n in zip(distinct, counts.tolist(), strict=True):
            self.reasons[kind, verdict, f"{reason}{end}"] += n

    def keep(self, firms: pd.DataFrame) -> None:
        """Keep undecided firms for a person, as long as there are not too many."""
        fits = firms.iloc[: max(KEPT - self.listed, 0)]
        self.unlisted += len(firms) - len(fits)
        self.listed += len(fits)
        if len(fits):
            self.review.append(fits)

    def to_review(self, reviewed: Mapping[str, bool] = NOTHING_REVIEWED) -> pd.DataFrame:
        """List the firms still undecided, with an empty column for the verdict, sorted by id."""
        columns = ["id", "date", "place", "code", "class", "reason", "text", "verdict"]
        if not self.review:
            return pd.DataFrame(columns=columns)
        table = pd.concat(self.review, ignore_index=True).sort_values("id", kind="stable")
        table = table[~table["id"].astype(str).isin(list(reviewed))]
        return table.assign(verdict="")[columns].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was decided on each firm of a batch."""

    verdict: npt.NDArray[np.int64]
    kind: npt.NDArray[np.object_]
    """Class whose verdict holds, None for no candidate."""
    reason: npt.NDArray[np.object_]
    term: npt.NDArray[np.object_]
    """Term, product or name on which a verdict rests, None where it rests on none."""
    unread: npt.NDArray[np.bool_]
    """Firms whose industry could not be read."""

    @property
    def belongs(self) -> npt.NDArray[np.bool_]:
        """Firms that belong."""
        found: npt.NDArray[np.bool_] = self.verdict == YES
        return found


def read_industries(
    codes: pd.Series,
) -> tuple[npt.NDArray[np.int64], list[Industry | None]]:
    """Read a column of industries, each distinct cell once; the place -1 of no cell is the last, None."""
    places, distinct = encode(codes)
    return places, [*map(read_industry, distinct), None]


def classify(
    batch: pd.DataFrame,
    table: CodeTable,
    terms: Mapping[str, Terms],
    reviewed: Mapping[str, bool],
    decisions: Decisions,
    concerns: Callable[[pd.DataFrame], npt.NDArray[np.bool_]] | None = None,
    coded: Mapping[str, tuple[str, ...]] = NONE_CODED,
) -> Verdicts:
    """Decide for each firm of a batch whether it belongs, and write down why.

    A listed industry makes a candidate. Of the candidates, those whose scope holds an exclusion do not
    belong; those that hold a term, a product of the order or the name of an industry that belongs wholly do.
    Of the rest, firms of a broad industry (`C39`, 制造业) do not belong; all others are undecided. An industry
    that several classes list is decided for each of them; a firm that belongs to one of them belongs.

    Parameters
    ----------
    coded
        Terms that hold for one industry: code -> terms.
    concerns
        Tells which undecided firms a person is asked about; all where it is left out.
    """
    places, read = read_industries(batch["code"])
    nothing = np.full(len(batch), None, dtype=object)
    made = Verdicts(
        np.full(len(batch), NO_CANDIDATE, dtype=np.int64),
        nothing.copy(),
        nothing.copy(),
        nothing.copy(),
        np.array([one is None for one in read], dtype=bool)[places],
    )
    decisions.differing += int(np.array([bool(r and r.differs) for r in read])[places].sum())
    for kind in table.classes:
        has = np.array([table.has(kind, one) if one else "" for one in read], dtype=object)[places]
        rows = np.flatnonzero(has != "")
        proofs = [table.evidence(kind, one, coded) if one else () for one in read]
        found = _decide(
            kind, batch["text"].iloc[rows], has[rows], places[rows], proofs, terms[kind], decisions
        )
        _take(made, rows, kind, *found)
    _offer_unread(made, batch["text"], terms, decisions)
    undecided = made.verdict == UNDECIDED
    if undecided.any():
        listed = batch[undecided][["id", "date", "place", "code", "text"]]
        more = {"class": made.kind[undecided], "reason": made.reason[undecided]}
        listed = listed.assign(**more)
        listed = listed[~listed["id"].astype(str).isin(list(reviewed))]
        decisions.keep(listed[concerns(listed)] if concerns else listed)
    _apply_review(batch, made.verdict, reviewed, decisions)
    return made


def _take(
    made: Verdicts,
    rows: npt.NDArray[np.intp],
    kind: str,
    decided: npt.NDArray[np.int64],
    reasons: npt.NDArray[np.object_],
    words: npt.NDArray[np.object_],
) -> None:
    """Let the verdicts of one class hold where they are greater than those before."""
    is_greater = decided > made.verdict[rows]
    chosen = rows[is_greater]
    made.verdict[chosen], made.kind[chosen] = decided[is_greater], kind
    made.reason[chosen], made.term[chosen] = reasons[is_greater], words[is_greater]


def _decide(
    kind: str,
    texts: pd.Series,
    has: npt.NDArray[np.object_],
    places: npt.NDArray[np.int64],
    proofs: Sequence[tuple[str, ...]],
    terms: Terms,
    decisions: Decisions,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Verdicts, reasons and their terms of the candidates of one class."""
    where, distinct = encode(texts)
    blank = [not isinstance(t, str) or not t.strip() for t in distinct]
    empty = np.array([*blank, True], dtype=bool)[where]
    out, term = terms.find_excluded(texts), terms.find_included(texts)
    is_out, is_in = pd.notna(out), pd.notna(term)
    proof = _prove(kind, texts, ~is_out & ~is_in & ~empty, places, proofs, terms, decisions)
    is_proved = pd.notna(proof)
    rest = ~is_out & ~is_in & ~is_proved
    verdicts = np.full(len(texts), NO, dtype=np.int64)
    reasons = np.full(len(texts), None, dtype=object)
    words = np.full(len(texts), None, dtype=object)
    for verdict, rows, reason, found in (
        (NO, is_out, "exclusion: ", out),
        (YES, ~is_out & is_in, "term: ", term),
        (YES, is_proved, "product or industry: ", proof),
        (UNDECIDED, rest & empty, "no business scope", None),
        (UNDECIDED, rest & ~empty & (has == STARRED_CODE), "starred code, no term", None),
        (UNDECIDED, rest & ~empty & (has == WHOLE), "whole code, no term", None),
        (NO, rest & ~empty & (has == BROAD), "broad industry, no term", None),
    ):
        verdicts[rows], reasons[rows] = verdict, reason
        if found is not None:
            words[rows] = found[rows]
        ends = found[rows] if found is not None else np.full(int(rows.sum()), "", dtype=object)
        decisions.note(kind, WORDS[verdict], reason, ends)
    return verdicts, reasons, words


def _prove(
    kind: str,
    texts: pd.Series,
    open_rows: npt.NDArray[np.bool_],
    places: npt.NDArray[np.int64],
    proofs: Sequence[tuple[str, ...]],
    terms: Terms,
    decisions: Decisions,
) -> npt.NDArray[np.object_]:
    """Look for products and names of the industry of each firm, where no term was found."""
    found = np.full(len(texts), None, dtype=object)
    for place in np.unique(places[open_rows]).tolist():
        words = proofs[place]
        if not words:
            continue
        rows = np.flatnonzero(open_rows & (places == place))
        key = (kind, words)
        if key not in decisions.evidence:
            decisions.evidence[key] = terms.with_terms(words)
        found[rows] = decisions.evidence[key].find_included(texts.iloc[rows])
    return found


def _offer_unread(
    made: Verdicts, texts: pd.Series, terms: Mapping[str, Terms], decisions: Decisions
) -> None:
    """Leave a firm without a readable industry undecided, if its scope holds a term of a class."""
    for kind, words in terms.items():
        rows = np.flatnonzero(made.unread & (made.verdict == NO_CANDIDATE))
        if not len(rows):
            return
        some = texts.iloc[rows]
        term = words.find_included(some)
        term[pd.notna(words.find_excluded(some))] = None
        chosen = rows[pd.notna(term)]
        found = term[pd.notna(term)]
        made.verdict[chosen], made.kind[chosen] = UNDECIDED, kind
        made.reason[chosen], made.term[chosen] = "no readable industry, term found", found
        decisions.note(kind, WORDS[UNDECIDED], "no readable industry, term: ", found)


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
            decisions.note(
                "", WORDS[YES if verdict else NO], "reviewed by hand", np.array([""], object)
            )
