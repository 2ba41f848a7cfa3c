"""Raw cells of the example altered one at a time, as a slip of the pen would, and whether `check` notices.

A cell counts as noticed where the check of the study names a problem that it does not name of the unaltered
sources, in the altered column or city; an empty cell also where the profile of the column counts it.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from openpyxl import load_workbook

from xinzhi.study.checked import Checked, check_study_file
from xinzhi_core.errors import Problem

KINDS = ("times 100", "a hundredth", "empty", "other unit", "digits swapped", "columns swapped")
"""`other unit`: the figures of one year, of all places, are ten thousand times smaller; `columns swapped`: all figures
of the column stand below the heading of the next one of the same unit."""
TEN_THOUSAND = 10_000
WORKBOOKS = ("simulated_yearbook.xlsx", "simulated_digital_finance.xlsx")
TABLES = (
    *("simulated_new_firms.csv", "simulated_census_2008.csv", "simulated_national_2008.csv"),
    *("simulated_national_employment.csv", "simulated_robots.csv", "simulated_enterprises.csv"),
)


class Place(NamedTuple):
    """A cell: file, row and column, each from 0, and the words of both."""

    file: str
    row: int
    column: int
    heading: str
    period: str


class Book:
    """A source as a grid of cells that can be written with some of them altered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                self.rows: list[list[object]] = [[*row] for row in csv.reader(file)]
            self.head = 0
            return
        self.book = load_workbook(path)
        self.sheet = self.book.active
        self.rows = [list(row) for row in self.sheet.iter_rows(values_only=True)]
        self.head = next(i for i, row in enumerate(self.rows) if "城市" in row)

    def write(self, path: Path, changes: dict[tuple[int, int], object]) -> None:
        """Write the source with some cells altered."""
        if path.suffix == ".csv":
            rows = [[*row] for row in self.rows]
            for (row, column), value in changes.items():
                rows[row][column] = "" if value is None else value
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
            return
        for (row, column), value in changes.items():
            self.sheet.cell(row + 1, column + 1).value = value
        self.book.save(path)
        for row, column in changes:
            self.sheet.cell(row + 1, column + 1).value = self.rows[row][column]

    def places(self, draw: np.random.Generator) -> Iterator[Place]:
        """Pick a cell of every column of numbers."""
        headings = [str(word) for word in self.rows[self.head]]
        year = headings.index("年份") if "年份" in headings else None
        for column, heading in enumerate(headings):
            rows = [
                i
                for i in range(self.head + 1, len(self.rows))
                if column != year and (number(self.rows[i][column]) or 0.0) >= 100
            ]
            if rows:
                row = int(draw.choice(rows))
                period = "" if year is None else str(self.rows[row][year])
                yield Place(self.path.name, row, column, heading, period)

    def changes(self, place: Place, kind: str) -> dict[tuple[int, int], object]:
        """Alter a cell, or the figures of its year; empty where the alteration changes nothing."""
        if kind == "columns swapped":
            return self.swapped_columns(place.column)
        at = (place.row, place.column)
        value = number(self.rows[place.row][place.column])
        assert value is not None
        if kind == "empty":
            return {at: None}
        if kind == "other unit":
            headings = [str(word) for word in self.rows[self.head]]
            year = headings.index("年份") if place.period else None
            return {
                (i, place.column): figure / TEN_THOUSAND
                for i in range(self.head + 1, len(self.rows))
                if (figure := number(self.rows[i][place.column])) is not None
                and (year is None or str(self.rows[i][year]) == place.period)
            }
        if kind == "digits swapped":
            other = swapped(f"{value:.10g}")
            return {} if other is None else {at: float(other)}
        return {at: value * 100 if kind == "times 100" else value / 100}

    def swapped_columns(self, column: int) -> dict[tuple[int, int], object]:
        """Exchange the figures of a column and of the next one of the same unit; empty where there is none."""
        units = self.rows[self.head + 1]
        if number(units[column]) is not None:  # no row of units below the headings
            return {}
        width = len(units)
        alike = [
            other
            for other in ((column + step) % width for step in range(1, width))
            if units[other] == units[column] is not None
        ]
        return (
            {
                (i, one): self.rows[i][other]
                for one, other in ((column, alike[0]), (alike[0], column))
                for i in range(self.head + 2, len(self.rows))
                if any(number(self.rows[i][place]) is not None for place in (one, other))
            }
            if alike
            else {}
        )


def number(cell: object) -> float | None:
    """Read a cell as a number; None where it is none."""
    try:
        return float(str(cell))
    except ValueError:
        return None


def swapped(text: str) -> str | None:
    """Swap the first two neighbouring digits that differ.

    >>> swapped("31362"), swapped("88.0"), swapped("111")
    ('13362', '80.8', None)
    """
    places = [i for i, sign in enumerate(text) if sign.isdigit()]
    for first, second in pairwise(places):
        if text[first] != text[second]:
            signs = [*text]
            signs[first], signs[second] = signs[second], signs[first]
            return "".join(signs)
    return None


class Sources:
    """A copy of the example, its sources, and what the check says of them unaltered."""

    def __init__(self, example: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(example, folder, dirs_exist_ok=True)
        self.books = {name: Book(folder / name) for name in (*WORKBOOKS, *TABLES)}
        self.before = check_study_file(folder / "study.yaml")
        self.known = set(map(_said, self.before.problems))

    def problems(self, place: Place, kind: str) -> tuple[str, ...] | None:
        """Give the codes of the new problems; None where the alteration changes nothing."""
        book = self.books[place.file]
        if not (changes := book.changes(place, kind)):
            return None
        whole = book.path.read_bytes()
        try:
            book.write(book.path, changes)
            checked = check_study_file(self.folder / "study.yaml")
        finally:
            book.path.write_bytes(whole)
        new = [one.code for one in checked.problems if _said(one) not in self.known]
        if kind == "empty" and _missing(checked, place) > _missing(self.before, place):
            new.append("profile")
        return tuple(dict.fromkeys(new))


def _said(problem: Problem) -> tuple[object, ...]:
    where = problem.where
    return (problem.code, where.column, where.entity, where.period, where.row, str(problem.what))


def _missing(checked: Checked, place: Place) -> int:
    """Count the empty cells of a column in the profile."""
    if checked.profile is None:
        return 0
    rows = [row for row in checked.profile.to_dicts() if row.get("column") == place.heading]
    return sum(int(row.get("missing") or 0) for row in rows)
