"""A ledger of rows: what became of each row of a file, kept or left out by which rule.

The ledger is a row of runs, from the first row of the file to its last, each with one fate. All counts
are taken from the runs: a row has one fate and no more, so that *rows in the file = kept + left out*
cannot fail to add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from xinzhi_core.wording import Message, Wording, in_series, message

KEPT = "kept"
RULES: Mapping[str, Message] = MappingProxyType(
    {
        "heading": message("titles, names of the columns and units"),
        "blank": message("blank rows"),
        "repeated_heading": message("headings that are repeated"),
        "text": message("text around the table"),
        "group": message("headings of groups"),
        "total": message("totals and averages"),
        "lone_name": message("names without values"),
        "duplicate": message("copies of another row"),
        "sum": message("sums of other rows"),
        "stated": message("entities that are stated to be left out"),
    }
)
"""Rules by which a row is left out, in the words of the ledger; all others are kept."""
FATES = (KEPT, *RULES)
SHOWN = 6
"""Spans of rows that a sentence shows of one rule."""


@dataclass(frozen=True, slots=True)
class RowsLeftOut:
    """The rows that one rule leaves out."""

    rule: str
    """Key of `RULES`."""
    spans: tuple[tuple[int, int], ...]
    """First and last row of each run of rows, in the numbers of the file."""

    @property
    def n(self) -> int:
        """Number of rows."""
        return sum(last - first + 1 for first, last in self.spans)

    def places(self, most: int | None = None) -> str:
        """Write the rows as spans: `1, 14-15`; of many the first ones, and the number of all."""
        shown = [
            str(first) if first == last else f"{first}-{last}" for first, last in self.spans[:most]
        ]
        more = f" … ({self.n})" if len(shown) < len(self.spans) else ""
        return f"{', '.join(shown)}{more}"


@dataclass(frozen=True, slots=True)
class RowLedger:
    """What became of the rows of a file, or of one of its sheets.

    >>> ledger = RowLedger("cities.csv", (("heading", 1), ("kept", 12), ("text", 1)))
    >>> ledger.n_rows, ledger.n_kept, ledger.n_left_out
    (14, 12, 2)
    >>> str(ledger.in_words())
    'cities.csv: 14 rows in the file = 12 kept + 2 left out: titles, names of the columns and units 1 (row 1); text around the table 1 (row 14).'

    Raises
    ------
    ValueError
        A run has no fate that is known, or no row.
    """

    file: str
    runs: tuple[tuple[str, int], ...]
    """Fate and number of rows of each run, from the first row of the file to its last."""
    sheet: str | None = None

    def __post_init__(self) -> None:
        if any(fate not in FATES or n < 1 for fate, n in self.runs):
            msg = f"runs of rows that no ledger has: {self.runs}"
            raise ValueError(msg)

    @classmethod
    def of(cls, file: str, fates: Iterable[str], sheet: str | None = None) -> RowLedger:
        """Make the ledger from the fate of each row."""
        runs = ((fate, sum(1 for _ in rows)) for fate, rows in groupby(fates))
        return cls(file, tuple(runs), sheet)

    @property
    def n_rows(self) -> int:
        """Rows of the file."""
        return sum(n for _, n in self.runs)

    @property
    def n_kept(self) -> int:
        """Rows whose cells are in the table."""
        return sum(n for fate, n in self.runs if fate == KEPT)

    @property
    def n_left_out(self) -> int:
        """Rows that a rule leaves out."""
        return sum(n for fate, n in self.runs if fate != KEPT)

    @property
    def left_out(self) -> tuple[RowsLeftOut, ...]:
        """The rows that are left out, by rule, in the order of the rules."""
        spans: dict[str, list[tuple[int, int]]] = {}
        row = 1
        for fate, n in self.runs:
            spans.setdefault(fate, []).append((row, row + n - 1))
            row += n
        return tuple(RowsLeftOut(rule, tuple(spans[rule])) for rule in RULES if rule in spans)

    def in_words(self) -> Message:
        """Say the ledger in a sentence."""
        name = f"{self.file}, {self.sheet}" if self.sheet else self.file
        if not self.n_left_out:
            return message(
                "{file}: {n} rows in the file, all kept.",
                one="{file}: {n} row in the file, kept.",
                file=name,
                n=self.n_rows,
            )
        return message(
            "{file}: {n} rows in the file = {kept} kept + {left} left out: {rules}.",
            one="{file}: {n} row in the file = {kept} kept + {left} left out: {rules}.",
            file=name,
            n=self.n_rows,
            kept=self.n_kept,
            left=self.n_left_out,
            rules=in_series([_by_rule(left) for left in self.left_out]),
        )

    def to_dict(self) -> dict[str, object]:
        """Write the ledger as JSON."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "rows": self.n_rows,
            "kept": self.n_kept,
            "left_out": [
                {"rule": left.rule, "rows": left.n, "where": left.places()}
                for left in self.left_out
            ],
        }


def _by_rule(left: RowsLeftOut) -> Wording:
    return message(
        "{rule} {n} (rows {rows})",
        one="{rule} {n} (row {rows})",
        n=left.n,
        rule=RULES[left.rule],
        rows=left.places(SHOWN),
    )


def by_file(ledgers: Iterable[RowLedger], most: int | None = None) -> list[Message]:
    """Say the ledger of each file, that of several sheets as their sum; of more than `most` files in one sum."""
    files: dict[str, list[RowLedger]] = {}
    for ledger in ledgers:
        files.setdefault(ledger.file, []).append(ledger)
    if most is not None and len(files) > most:
        everything = [ledger for several in files.values() for ledger in several]
        return [_sum(message("{n} files", n=len(files)), everything)]
    return [
        several[0].in_words()
        if len(several) == 1
        else _sum(message("{file}, {n} sheets", file=file, n=len(several)), several)
        for file, several in files.items()
    ]


def _sum(name: Message, ledgers: Sequence[RowLedger]) -> Message:
    """Say the ledgers of several files, or sheets, in one sentence."""
    counts = {
        rule: sum(left.n for ledger in ledgers for left in ledger.left_out if left.rule == rule)
        for rule in RULES
    }
    return message(
        "{file}: {n} rows = {kept} kept + {left} left out: {rules}.",
        file=name,
        n=sum(ledger.n_rows for ledger in ledgers),
        kept=sum(ledger.n_kept for ledger in ledgers),
        left=sum(ledger.n_left_out for ledger in ledgers),
        rules=in_series(
            [message("{rule} {n}", rule=RULES[rule], n=n) for rule, n in counts.items() if n]
        ),
    )
