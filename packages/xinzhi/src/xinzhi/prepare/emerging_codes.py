"""Codes of strategic emerging industries: tables of the user and ours, compared with the classification of 2018.

The classification (order No. 23 of the National Bureau of Statistics, 2018) has 9 classes and 40
groups; each group lists four-digit codes of GB/T 4754-2017, starred where an industry belongs in part.
One code can stand in several groups and classes. The table of the order is read as it is published.

Whether firms belong to emerging industries: by industry, by terms of the business scope, by review.

A listed industry makes a candidate; its scope decides. What code and scope do not decide is undecided, and does
not count until a person decides; a firm whose industry cannot be read is undecided if its scope holds a term.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.prepare.emerging_classes import classification, key_of, names_of_classes
from xinzhi.prepare.industries import TAILS, Industry, industries, read_industry
from xinzhi.prepare.order_table import (
    ENDING,
    GENERAL,
    ROW,
    looks_like_order,
    products_of,
    read_order,
)
from xinzhi.prepare.step import Sources, TermList, encode, read_terms
from xinzhi_core.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi_core.wording import Message, listed, message
from xinzhi_panel.io.workbook.formats import STARS

FOUR = re.compile(r"\d{4}", re.ASCII)
LAST_DIVISION = 97
"""GB/T 4754-2017 has the divisions 01 to 97; a code begins with one of them."""
WIDE = str.maketrans("＊﹡（）［］", "**()[]")
STARRED = frozenset((*STARS, "1", "1.0", "true", "yes", "是", "部分"))
NOT_STARRED = frozenset(("0", "0.0", "", "false", "no", "否"))
REMOVED = frozenset(("-", "remove", "删除"))
"""Marks of a code that a table takes out of those before it."""
COLUMNS = ("class", "code", "starred")
WHOLE, STARRED_CODE, BROAD, UNLISTED = "whole", "starred", "broad", ""
"""How a table has an industry: wholly, in part, only something under it, not at all."""
SHORTEST_NAME = 3
RESEARCH = ("研发", "研制", "研究开发")
"""What shows that a firm of an industry that belongs wholly does what its code says."""
CODED = re.compile(r"\d{4}")
"""A class of terms that is an industry."""


NONE_CODED: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CodeTable:
    """Four-digit industry codes of the chosen classes; starred ones belong to them in part only."""

    classes: Mapping[str, Mapping[str, bool]]
    """Class -> code -> whether it is starred."""
    groups: Mapping[str, frozenset[str]] | None = None
    """Key of a class -> groups of the classification with a code; None if the table names no groups."""
    products: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Class -> code -> products and services by which the order describes what belongs."""

    @classmethod
    def of(cls, table: pd.DataFrame, chosen: tuple[str, ...], *, name: str) -> CodeTable:
        """Read one table, see `of_tables`."""
        return cls.of_tables([(name, table)], chosen)

    @classmethod
    def of_tables(
        cls, tables: Sequence[tuple[str, pd.DataFrame]], chosen: tuple[str, ...]
    ) -> CodeTable:
        """Read tables with the columns class, code, starred and, if they have one, group; or the order.

        What a later table says of a code holds.

        Raises
        ------
        DataError
            `prepare.codes`: a column is missing, a code is not four digits of GB/T 4754-2017, a mark is
            not 0 or 1, or a class has no code.
        """
        classes: dict[str, dict[str, bool | None]] = {kind: {} for kind in map(key_of, chosen)}
        products: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in classes}
        groups: dict[str, frozenset[str]] = {}
        known: list[str] = []
        for name, given in tables:
            rows = _rows(given, name)
            kinds, found = _read(rows, name)
            known += kinds
            for kind, codes in found.items():
                if kind in classes:
                    classes[kind].update(codes)
            if "products" in rows.columns:
                _describe(rows, kinds, products)
            if "group" in rows.columns:
                for kind, more in _groups(rows, kinds).items():
                    groups[kind] = groups.get(kind, frozenset()) | more
        names = ", ".join(name for name, _ in tables)
        if lacking := [*_without_codes(chosen, known, names)]:
            raise DataError(lacking)
        kept = {
            kind: {code: mark for code, mark in codes.items() if mark is not None}
            for kind, codes in classes.items()
        }
        return cls(
            {kind: kept[key_of(kind)] for kind in chosen},
            groups or None,
            {kind: products[key_of(kind)] for kind in chosen},
        )

    def has(self, kind: str, industry: Industry) -> str:
        """Tell how a class has an industry: `WHOLE`, `STARRED_CODE`, `BROAD` or `UNLISTED`."""
        codes = self.classes[kind]
        if industry.written in codes:
            return STARRED_CODE if codes[industry.written] else WHOLE
        if not any(map(industry.holds, codes)):
            return UNLISTED
        exact = all(len(code) == 4 for code in industry.codes)
        under = [code for code in industries().classes if industry.holds(code)]
        if all(code in codes and not codes[code] for code in under):
            return WHOLE
        return STARRED_CODE if exact else BROAD

    def evidence(
        self, kind: str, industry: Industry, coded: Mapping[str, tuple[str, ...]] = NONE_CODED
    ) -> tuple[str, ...]:
        """List what shows that a firm of an industry belongs, besides the terms of the class.

        These are the products by which the order describes its codes, the names of codes that belong
        wholly, and the terms of a list that hold for one industry (`coded`).
        """
        codes, products = self.classes[kind], self.products.get(kind, {})
        under = [code for code in codes if code == industry.written or industry.holds(code)]
        words = [word for code in under for word in products.get(code, ())]
        # Of many industries at once a short word may be that of another.
        shortest = 1 if any(len(code) == 4 for code in industry.codes) else SHORTEST_NAME
        words += [word for code in under for word in coded.get(code, ()) if len(word) >= shortest]
        words += [word for code in under if not codes[code] for word in _words_of(code)]
        if under and self.has(kind, industry) == WHOLE:
            words += RESEARCH
        return tuple(dict.fromkeys(words))

    def gaps(self) -> Iterator[Message]:
        """Say which groups of the classification the table leaves without a code.

        A table without the column `group` cannot be held against the classification; that is said.
        """
        official = [
            classification()[key] for key in map(key_of, self.classes) if key in classification()
        ]
        if official and self.groups is None:
            yield message(
                "the table has {n} codes for {classes} and no column `group`, so that nobody can tell "
                "whether it covers the {m} groups that the classification of 2018 has there",
                one="the table has {n} code for {classes} and no column `group`, so that nobody can tell whether it covers the {m} groups that the classification of 2018 has there",
                n=sum(map(len, self.classes.values())),
                classes=listed([kind.label for kind in official]),
                m=sum(len(kind.groups) for kind in official),
            )
            return
        for kind in official:
            covered = (self.groups or {}).get(kind.key, frozenset())
            empty = [
                f"{number} {name}" for number, name in kind.groups.items() if number not in covered
            ]
            if empty:
                yield message(
                    "of the {m} groups of {name}, {n} have no code: {groups}",
                    one="of the {m} groups of {name}, {n} has no code: {groups}",
                    n=len(empty),
                    m=len(kind.groups),
                    name=kind.label,
                    groups=listed(empty),
                )


def classes_in(tables: Sequence[tuple[str, pd.DataFrame]]) -> tuple[str, ...]:
    """List the classes of which tables have a code, in their order."""
    kinds = [
        key_of(str(kind).strip()) for name, given in tables for kind in _rows(given, name)["class"]
    ]
    return tuple(dict.fromkeys(kind for kind in kinds if kind))


def terms_of(
    sources: Sources, names: str | Sequence[str], classes: Iterable[str], *, step: str
) -> dict[str, TermList]:
    """Read the terms of each class; one list without classes is that of all of them.

    Raises
    ------
    SpecError
        `prepare.terms`: a class has no terms, with the nearest class that has.
    """
    names = (names,) if isinstance(names, str) else tuple(names)
    given = read_terms(sources, names, step=step)
    lists: dict[str, TermList] = {}
    for kind, words in given.items():
        if CODED.fullmatch(kind):
            continue
        key = key_of(kind)
        lists[key] = lists[key].joined(words) if key in lists else words
    lacking = [kind for kind in classes if key_of(kind) not in lists and "" not in lists]
    if lacking:
        name = ", ".join(names)
        raise SpecError(
            Problem(
                "prepare.terms",
                message("'{name}' has no terms of the class '{kind}'.", name=name, kind=kind),
                Where(file=name, key=f"prepare.{step}"),
                suggestion(kind, tuple(given)),
            )
            for kind in lacking
        )
    return {
        kind: own.joined(lists[""]) if own is not None and "" in lists else own or lists[""]
        for kind in classes
        for own in [lists.get(key_of(kind))]
    }


def terms_of_codes(
    sources: Sources, names: str | Sequence[str], *, step: str
) -> dict[str, tuple[str, ...]]:
    """Read the terms that hold for one industry: its code stands in the place of a class."""
    names = (names,) if isinstance(names, str) else tuple(names)
    given = read_terms(sources, names, step=step)
    return {kind: words.include for kind, words in given.items() if CODED.fullmatch(kind)}


def four_digits(code: object) -> str | None:
    """Write a code with four digits; the letter of the section before it and a star are dropped.

    >>> four_digits("C3491"), four_digits(111.0), four_digits("3491*"), four_digits("9911")
    ('3491', '0111', '3491', None)
    """
    # A spreadsheet makes a number of 0111, and of a column with an empty cell a float.
    if isinstance(code, float) and code.is_integer():
        code = f"{int(code):04d}"
    text = re.sub(r"^[A-T]", "", ENDING.sub("", _narrow(code)))
    return text if FOUR.fullmatch(text) and 1 <= int(text[:2]) <= LAST_DIVISION else None


def _narrow(code: object) -> str:
    """Write full-width stars and brackets as narrow ones; digits stay, so that only ASCII is a code."""
    return str(code).strip().translate(WIDE)


def _rows(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give the rows of a table as they are, or those of the order read out of its cells.

    Raises
    ------
    DataError
        `prepare.codes`: it has neither the columns of a table of codes nor the form of the order.
    """
    lacking = [column for column in COLUMNS if column not in table.columns]
    if not lacking:
        return table
    cells = [tuple(table.columns), *table.itertuples(index=False, name=None)]
    if looks_like_order(cells):
        read = read_order(cells, names_of_classes())
        if len(read):
            return read
    raise DataError(_problem(name, message("it has no column {names}", names=listed(lacking))))


def _read(table: pd.DataFrame, name: str) -> tuple[list[str], dict[str, dict[str, bool | None]]]:
    """Read the classes and codes of one table; a code that it takes out is None."""
    kinds = [key_of(str(kind).strip()) for kind in table["class"]]
    codes = [four_digits(code) for code in table["code"]]
    gone = [str(mark).strip().casefold() in REMOVED for mark in table["starred"]]
    marks = [
        False if out else _mark(mark, code)
        for mark, code, out in zip(table["starred"], table["code"], gone, strict=True)
    ]
    if problems := [*_wrong_cells(table, codes, marks, name)]:
        raise DataError(problems)
    found: dict[str, dict[str, bool | None]] = {}
    for kind, code, mark, out in zip(kinds, codes, marks, gone, strict=True):
        if code is None or mark is None:
            continue
        rest = found.setdefault(kind, {})
        # What belongs wholly to one group of a class belongs wholly to the class.
        rest[code] = None if out else mark and rest.get(code, True) is not False
    return kinds, found


def _describe(
    table: pd.DataFrame, kinds: list[str], products: dict[str, dict[str, tuple[str, ...]]]
) -> None:
    """Add the products that a table names beside its codes."""
    for kind, cell, text in zip(kinds, table["code"], table["products"], strict=True):
        code = four_digits(cell)
        if kind not in products or code is None or not isinstance(text, str):
            continue
        words = products_of(text, industries().names.get(code, ""))
        products[kind][code] = tuple(dict.fromkeys((*products[kind].get(code, ()), *words)))


@cache
def _words_of(code: str) -> tuple[str, ...]:
    """Give the name of an industry as terms: whole, and without the ending that says it is made.

    >>> _words_of("3973"), _words_of("3741")
    (('集成电路制造', '集成电路'), ('飞机制造',))
    """
    name = industries().names.get(code, "")
    if not name or name.startswith("其他"):
        return ()
    tail = next((tail for tail in TAILS if name.endswith(tail)), "")
    core = name.removesuffix(tail)
    return (
        (name, core)
        if len(core) >= SHORTEST_NAME and core not in GENERAL and core != name
        else (name,)
    )


def _mark(mark: object, code: object) -> bool | None:
    """Tell whether a code is starred: by its mark, or by a star behind the code itself."""
    text = "" if pd.isna(mark) else str(mark).strip().casefold()  # type: ignore[call-overload]
    if text in STARRED or ENDING.search(_narrow(code)):
        return True
    return False if text in NOT_STARRED else None


def _groups(table: pd.DataFrame, kinds: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """List the groups with a code by class; 1.2.3 belongs to 1.2."""
    groups_of: dict[str, set[str]] = {}
    for kind, group in zip(kinds, table["group"].astype(str), strict=True):
        groups_of.setdefault(kind, set()).add(".".join(group.strip().split(".")[:2]))
    return MappingProxyType({kind: frozenset(groups) for kind, groups in groups_of.items()})


def _wrong_cells(
    table: pd.DataFrame, codes: list[str | None], marks: list[bool | None], name: str
) -> Iterator[Problem]:
    """Find codes and marks that could not be read; the heading is row 1 of the file."""
    rows = list(map(int, table[ROW])) if ROW in table else range(2, len(table) + 2)
    for i, code in enumerate(codes):
        if code is None:
            what = message("'{code}' is not an industry of four digits", code=table["code"].iloc[i])
            yield _problem(name, what, Where(file=name, row=rows[i], column="code"))
    for i, mark in enumerate(marks):
        if mark is None:
            what = message("'{mark}' is neither 0 nor 1", mark=table["starred"].iloc[i])
            yield _problem(name, what, Where(file=name, row=rows[i], column="starred"))


def _without_codes(chosen: Iterable[str], kinds: list[str], name: str) -> Iterator[Problem]:
    for kind in chosen:
        if key_of(kind) not in kinds:
            text = message(
                "The table of codes '{name}' has no class '{kind}'.", name=name, kind=kind
            )
            remedy = suggestion(kind, tuple(dict.fromkeys(kinds)))
            yield Problem("prepare.codes", text, Where(file=name, column="class"), remedy)


def _problem(name: str, what: Message, where: Where | None = None) -> Problem:
    text = message("The table of codes '{name}' is not as needed: {what}.", name=name, what=what)
    remedy = message(
        "it has the columns class, code (four digits of GB/T 4754-2017), starred (0 or 1) and, to be "
        "held against the classification, group (such as 1.2)."
    )
    return Problem("prepare.codes", text, where or Where(file=name), remedy)


NOTHING_REVIEWED: Mapping[str, bool] = MappingProxyType({})
YES, UNDECIDED, NO, NO_CANDIDATE = 3, 2, 1, 0
"""Verdicts; of several classes that list a code, the greatest holds."""
KEPT = 50_000
"""Undecided firms that are kept for review; more are counted, so that memory stays bounded."""
WORDS = {YES: "yes", UNDECIDED: "undecided", NO: "no"}


@dataclass(slots=True)
class EmergingDecisions:
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
    evidence: dict[tuple[str, tuple[str, ...]], TermList] = field(default_factory=dict)
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
    terms: Mapping[str, TermList],
    reviewed: Mapping[str, bool],
    decisions: EmergingDecisions,
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
    terms: TermList,
    decisions: EmergingDecisions,
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
    terms: TermList,
    decisions: EmergingDecisions,
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
    made: Verdicts, texts: pd.Series, terms: Mapping[str, TermList], decisions: EmergingDecisions
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
    decisions: EmergingDecisions,
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
