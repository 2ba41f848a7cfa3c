"""Codes of strategic emerging industries: a table of the user, compared with the classification of 2018.

The classification (order No. 23 of the National Bureau of Statistics, 2018) has 9 classes and 40
groups; each group lists four-digit codes of GB/T 4754-2017, starred where an industry belongs in part.
One code can stand in several groups and classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import pandas as pd

from xinzhi.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi.prepare.sources import Terms, terms
from xinzhi.prepare.step import Sources
from xinzhi.wording import Label, Message, listed, message

FOUR = re.compile(r"\d{4}", re.ASCII)
LAST_DIVISION = 97
"""GB/T 4754-2017 has the divisions 01 to 97; a code begins with one of them."""
STARRED = frozenset(("1", "1.0", "*", "true", "yes", "是"))
NOT_STARRED = frozenset(("0", "0.0", "", "false", "no", "否"))


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the classification, with its groups."""

    key: str
    name: str
    label: Label
    groups: Mapping[str, str]
    """Number, such as 1.2 -> name."""


@cache
def classification() -> Mapping[str, Class]:
    """Read the classes of the classification of 2018 by their keys.

    >>> len(classification()), sum(len(c.groups) for c in classification().values())
    (9, 40)
    """
    path = files("xinzhi.prepare").joinpath("data/emerging_classes.csv")
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=str)
    return MappingProxyType(
        {
            str(key): Class(
                str(key),
                str(rows["class_zh"].iloc[0]),
                Label(str(key), zh=rows["class_zh"].iloc[0], en=rows["class_en"].iloc[0]),
                MappingProxyType(dict(zip(rows["group"], rows["group_zh"], strict=True))),
            )
            for key, rows in table.groupby("key", sort=False)
        }
    )


def key_of(name: str) -> str:
    """Give the key of a class that is called by its Chinese name; other names stay as they are.

    >>> key_of("高端装备制造产业"), key_of("high_end_equipment"), key_of("mine")
    ('high_end_equipment', 'high_end_equipment', 'mine')
    """
    for kind in classification().values():
        if name in (kind.name, kind.name.removesuffix("产业")):
            return kind.key
    return name


@dataclass(frozen=True, slots=True)
class CodeTable:
    """Four-digit industry codes of the chosen classes; starred ones belong to them in part only."""

    classes: Mapping[str, Mapping[str, bool]]
    """Class -> code -> whether it is starred."""
    groups: Mapping[str, frozenset[str]] | None = None
    """Key of a class -> groups of the classification with a code; None if the table names no groups."""

    @classmethod
    def of(cls, table: pd.DataFrame, chosen: tuple[str, ...], *, name: str) -> CodeTable:
        """Read a table with the columns class, code, starred and, if it has one, group.

        Raises
        ------
        DataError
            `prepare.codes`: a column is missing, a code is not four digits of GB/T 4754-2017, a mark is
            not 0 or 1, or a class has no code.
        """
        lacking = [column for column in ("class", "code", "starred") if column not in table.columns]
        if lacking:
            raise DataError(
                _problem(name, message("it has no column {names}", names=listed(lacking)))
            )
        kinds = [key_of(str(kind).strip()) for kind in table["class"]]
        codes = [four_digits(code) for code in table["code"]]
        marks = [
            _mark(mark, code) for mark, code in zip(table["starred"], table["code"], strict=True)
        ]
        problems = [*_wrong_cells(table, codes, marks, name), *_without_codes(chosen, kinds, name)]
        if problems:
            raise DataError(problems)
        classes: dict[str, dict[str, bool]] = {kind: {} for kind in map(key_of, chosen)}
        for kind, code, mark in zip(kinds, codes, marks, strict=True):
            if kind in classes and code is not None and mark is not None:
                # What belongs wholly to one group of a class belongs wholly to the class.
                classes[kind][code] = mark and classes[kind].get(code, True)
        groups = _groups(table, kinds) if "group" in table.columns else None
        return cls({kind: classes[key_of(kind)] for kind in chosen}, groups)

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


def terms_of(sources: Sources, name: str, classes: Iterable[str], *, step: str) -> dict[str, Terms]:
    """Read the terms of each class; one list without classes is that of all of them.

    Raises
    ------
    SpecError
        `prepare.terms`: a class has no terms, with the nearest class that has.
    """
    given = terms(sources, name, step=step)
    lists = {key_of(kind): given[kind] for kind in given}
    lacking = [kind for kind in classes if key_of(kind) not in lists and "" not in lists]
    if lacking:
        raise SpecError(
            Problem(
                "prepare.terms",
                message("'{name}' has no terms of the class '{kind}'.", name=name, kind=kind),
                Where(file=name, key=f"prepare.{step}"),
                suggestion(kind, tuple(given)),
            )
            for kind in lacking
        )
    return {kind: lists.get(key_of(kind)) or lists[""] for kind in classes}


def four_digits(code: object) -> str | None:
    """Write a code with four digits; the letter of the section before it and a star are dropped.

    >>> four_digits("C3491"), four_digits(111.0), four_digits("3491*"), four_digits("9911")
    ('3491', '0111', '3491', None)
    """
    # A spreadsheet makes a number of 0111, and of a column with an empty cell a float.
    if isinstance(code, float) and code.is_integer():
        code = f"{int(code):04d}"
    text = re.sub(r"^[A-T]", "", str(code).strip().rstrip("*"))
    return text if FOUR.fullmatch(text) and 1 <= int(text[:2]) <= LAST_DIVISION else None


def _mark(mark: object, code: object) -> bool | None:
    """Tell whether a code is starred: by its mark, or by a star behind the code itself."""
    text = "" if pd.isna(mark) else str(mark).strip().casefold()  # type: ignore[call-overload]
    if text in STARRED or str(code).strip().endswith("*"):
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
    for i, code in enumerate(codes):
        if code is None:
            what = message("'{code}' is not an industry of four digits", code=table["code"].iloc[i])
            yield _problem(name, what, Where(file=name, row=i + 2, column="code"))
    for i, mark in enumerate(marks):
        if mark is None:
            what = message("'{mark}' is neither 0 nor 1", mark=table["starred"].iloc[i])
            yield _problem(name, what, Where(file=name, row=i + 2, column="starred"))


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
