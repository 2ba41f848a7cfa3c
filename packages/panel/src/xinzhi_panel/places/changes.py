"""What happened to prefecture-level places since 2000: renamed, raised, merged, split, enlarged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from xinzhi_core.wording import Message, message
from xinzhi_panel.places.divisions import Division, divisions, rows

ChangeKind = Literal["renamed", "raised", "merged", "split", "moved"]
CONTINUES = ("renamed", "raised")


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """One dated change of a place."""

    date: str
    """Year, or year and month where it is well documented: `2007`, `2010-12`."""
    kind: ChangeKind
    """`renamed`; `raised` to a city with another code; `merged` into another; `split` up; `moved`:
    a county passed to another prefecture."""
    from_code: str
    from_name: str
    to_codes: tuple[str, ...]
    to_names: tuple[str, ...]
    county: str = ""
    """Name of the county that moved."""

    @property
    def year(self) -> int:
        """First year at whose end the change is in force."""
        return int(self.date[:4])

    def in_words(self) -> Message:
        """Say what happened and when."""
        values = {
            "old": self.from_name,
            "new": "、".join(self.to_names),
            "county": self.county,
            "date": self.date,
            "old_code": self.from_code,
            "new_code": "、".join(self.to_codes),
        }
        sentences: Mapping[ChangeKind, Message] = {
            "renamed": message("{old} was renamed {new} ({date}).", **values),
            "raised": message("{old} ({old_code}) became {new} ({new_code}) in {date}.", **values),
            "merged": message("{old} was abolished and merged into {new} ({date}).", **values),
            "split": message("{old} was abolished and divided among {new} ({date}).", **values),
            "moved": message(
                "{county} passed from {old} to {new} in {date}: its series have a break there.",
                **values,
            ),
        }
        return sentences[self.kind]


@cache
def changes() -> tuple[PlaceChange, ...]:
    """List the changes of whole prefecture-level places, then the counties that moved.

    >>> [c.date for c in changes() if c.from_name == "襄樊市"]
    ['2010-12']
    """
    whole = tuple(
        PlaceChange(
            row["date"],
            cast("ChangeKind", row["kind"]),
            row["from_code"],
            row["from_name"],
            tuple(row["to_code"].split()),
            tuple(row["to_name"].split()),
        )
        for row in rows("changes.csv")
    )
    return whole + moved_counties(whole)


def moved_counties(whole: tuple[PlaceChange, ...]) -> tuple[PlaceChange, ...]:
    """Find counties that kept their name and changed their prefecture, other than by its own fate."""
    successors = {c.from_code: c.to_codes for c in whole if c.kind in CONTINUES}
    by_name: dict[tuple[str, str], list[Division]] = defaultdict(list)
    for division in divisions():
        if division.level == "county":
            by_name[division.code[:2], division.name].append(division)
    names = {d.code: d.name for d in divisions()}
    return tuple(
        PlaceChange(
            str(new.first),
            "moved",
            old.prefecture,
            names[old.prefecture],
            (new.prefecture,),
            (names[new.prefecture],),
            county=new.name,
        )
        for rows_of_name in by_name.values()
        for old in rows_of_name
        for new in rows_of_name
        # One row ends where the other begins: namesakes that exist at once are two counties.
        if old.last is not None
        and new.first == old.last + 1
        and old.prefecture != new.prefecture
        and new.prefecture not in successors.get(old.prefecture, ())
    )


@cache
def successor(code: str) -> str:
    """Code under which a prefecture-level place goes on; its own where it does or is abolished.

    >>> successor("522400"), successor("420600"), successor("371200")
    ('520500', '420600', '371200')
    """
    for change in changes():
        if change.from_code == code and change.kind in CONTINUES and change.to_codes[0] != code:
            return successor(change.to_codes[0])
    return code


def changes_of(code: str) -> tuple[PlaceChange, ...]:
    """List what happened to a place, by date: its own fate and the counties that it won or lost.

    >>> [str(c.in_words()) for c in changes_of("340400")]
    ['寿县 passed from 六安市 to 淮南市 in 2015: its series have a break there.']
    """
    codes = {code} | {c.from_code for c in changes() if successor(c.from_code) == code}
    fates = [c for c in changes() if c.from_code in codes or codes & set(c.to_codes)]
    return tuple(sorted(fates, key=lambda c: c.date))
