"""What our own lists were measured to find: figures that come with the package, made anew by a test.

The records were made by `simulation/labelled.py` and by hand; they are not those of a registry.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xinzhi.panel.ledger import Entry
from xinzhi.prepare.judged_terms import Share
from xinzhi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Measured:
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
def measured() -> tuple[Measured, ...]:
    """Read the packaged figures."""
    path = files("xinzhi.prepare").joinpath("data/measured.csv")
    with path.open(encoding="utf-8") as file:
        return tuple(
            Measured(
                tuple(row["lists"].split("+")),
                row["sample"],
                *(int(row[key]) for key in ("right", "wrong", "missed", "rejected")),
            )
            for row in csv.DictReader(file)
        )


def of_lists(names: Sequence[str]) -> tuple[Measured, ...]:
    """Give the figures of our lists that are among those used."""
    return tuple(one for one in measured() if set(one.lists) <= set(names))


def said(one: Measured) -> Message:
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
