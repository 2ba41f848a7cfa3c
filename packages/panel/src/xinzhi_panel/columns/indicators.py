"""The vocabulary of the subject: indicators with their headings, the marks that qualify a heading, units, identities.

The tables lie in `data`; their provenance is in `data/SOURCES.md`. A file `vocabulary.csv` beside a study adds
entries to them and overrides theirs. How a heading is read with them says `meaning`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import Label, Wording, message

OWN = "vocabulary.csv"
"""File beside a study with entries of one's own."""
DIMENSIONS: Mapping[str, str] = MappingProxyType({"share": "percent", "time": "years"})
"""Dimensions that units of measure call otherwise."""
ROLES = (
    *("input", "good_output", "bad_output", "outcome", "factor", "mediator", "moderator"),
    *("control", "key_entity", "key_period", "group", "deflator", "none"),
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the vocabulary: what a column of this name is."""

    id: str
    zh: str = ""
    en_label: str = ""
    zh_variants: tuple[str, ...] = ()
    en_variants: tuple[str, ...] = ()
    symbol: tuple[str, ...] = ()
    """As papers write it; it never decides what a column is."""
    dimension: str = ""
    usual_unit: str = ""
    other_units: tuple[str, ...] = ()
    price_basis: str = "none"
    """Where the heading has no mark: current, constant, index_previous_year, index_base or none."""
    stock_or_flow: str = "none"
    role_guess: tuple[str, ...] = ("none",)
    step_hint: tuple[str, ...] = ()
    plausible_low: float | None = None
    """Bounds of a Chinese prefecture, whole city, 2000-2024, in `usual_unit`; generous."""
    plausible_high: float | None = None
    sum_of: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    notes: str = ""
    source_kind: str = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings, in Chinese and English."""
        return tuple(filter(None, (self.zh, *self.zh_variants, self.en_label, *self.en_variants)))

    @property
    def label(self) -> Label:
        """Its name in print, in both languages as far as they are known."""
        return Label(self.id, self.zh or None, self.en_label or None)


@dataclass(frozen=True, slots=True)
class IndicatorRelation:
    """A relation between indicators, in the base units of `units.csv`."""

    id: str
    relation: str
    result: str
    operands: tuple[str, ...]
    factor: float
    tolerance: float
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Indicators by id, and their headings."""

    indicators: Mapping[str, Indicator]
    own: frozenset[str] = frozenset()
    """Ids that the file beside the study names."""
    headings: Mapping[str, str] = field(init=False)
    """Folded heading -> id; an entry of one's own wins."""

    def __post_init__(self) -> None:
        ordered = sorted(self.indicators.values(), key=lambda one: one.id in self.own)
        found = {fold(name): one.id for one in ordered for name in one.headings}
        stems: dict[str, set[str]] = {}
        for name, of in found.items():
            stems.setdefault(stem(name), set()).add(of)
        once = {name: next(iter(of)) for name, of in stems.items() if len(of) == 1}
        object.__setattr__(self, "headings", MappingProxyType(once | found))

    def find(self, heading: str) -> Indicator | None:
        """Find the indicator that has a heading, whole and as it stands."""
        return self.indicators.get(self.headings.get(fold(heading), ""))


def fold(text: str) -> str:
    """Fold a heading for comparison: width, case, blanks and strokes do not count.

    >>> fold("ＧＤＰ （亿元）") == fold("gdp(亿元)"), fold("urban_share")
    (True, 'urbanshare')
    """
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).casefold()


EMPTY = re.compile(r"(?:总人数|人数|个数|总数|总量|总额|数量|数|额|量)\Z")
"""Endings that say nothing."""
SHORTEST = 4
"""Characters of a heading that may stand without its ending."""


def stem(folded: str) -> str:
    """Take the ending that says nothing and the particle 的 off a folded heading, where enough is left.

    >>> stem("工业二氧化硫排放量"), stem("医院数"), stem("第二产业占gdp的比重"), stem("消费者价格指数")
    ('工业二氧化硫排放', '医院数', '第二产业占gdp比重', '消费者价格指数')
    """
    plain = folded.replace("的", "")
    bare = plain if plain.endswith(("指数", "系数", "天数")) else EMPTY.sub("", plain)
    return bare if len(bare) >= SHORTEST else plain


def rows(name: str) -> Iterator[dict[str, str]]:
    """Read a table of the vocabulary."""
    text = files("xinzhi_panel.columns").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def parts(text: str) -> tuple[str, ...]:
    """Split a cell of several values.

    >>> parts("input|control"), parts("")
    (('input', 'control'), ())
    """
    return tuple(part for part in text.split("|") if part)


SEVERAL = frozenset(
    (
        *("zh_variants", "en_variants", "symbol", "other_units"),
        *("role_guess", "step_hint", "sum_of", "part_of"),
    )
)
NUMBERS = frozenset(("plausible_low", "plausible_high"))


def _values(row: Mapping[str, str]) -> dict[str, object]:
    """Give the filled cells of a row their types."""
    filled = {key: cell.strip() for key, cell in row.items() if cell and cell.strip()}
    return {
        key: parts(cell) if key in SEVERAL else float(cell) if key in NUMBERS else cell
        for key, cell in filled.items()
    }


@cache
def packaged() -> Vocabulary:
    """Give the vocabulary of the package.

    >>> packaged().find("城镇化率").en_label
    'Urban share of the population'
    """
    read = [Indicator(**_values(row)) for row in rows("headings.csv")]  # type: ignore[arg-type]
    return Vocabulary(MappingProxyType({one.id: one for one in read}))


@cache
def identities() -> tuple[IndicatorRelation, ...]:
    """List the relations between indicators."""
    return tuple(
        IndicatorRelation(
            row["id"],
            row["relation"],
            row["result"],
            parts(row["operands"]),
            float(row["factor"]),
            float(row["tolerance"]),
            row["note"],
        )
        for row in rows("identities.csv")
    )


@cache
def marks() -> tuple[tuple[str, str, str], ...]:
    """List the marks that come off a heading: (mark, kind, value); words for prices alone are searched, not taken off."""
    read = (row for row in rows("marks.csv") if row["kind"] != "price_word")
    return tuple((row["mark"], row["kind"], row["value"]) for row in read)


@cache
def ambiguous() -> Mapping[str, tuple[str, ...]]:
    """List headings that may be several indicators: folded heading -> ids, the likeliest first."""
    return MappingProxyType(
        {
            fold(name): parts(row["may_be"])
            for row in rows("ambiguous.csv")
            for name in parts(row["headings"])
        }
    )


@cache
def sizes() -> Mapping[str, Mapping[str, float | None]]:
    """List units: unit -> what it may measure -> how many base units it is; None where a rate of exchange decides."""
    found: dict[str, dict[str, float | None]] = {}
    for row in rows("units.csv"):
        factor = float(row["factor"]) if row["factor"] else None
        found.setdefault(row["unit"], {})[row["dimension"]] = factor
    return MappingProxyType(found)


def with_own(folder: Path) -> Vocabulary:
    """Read `vocabulary.csv` in a folder over the packaged vocabulary, which it adds to and overrides.

    Columns are those of the packaged table; `id` and one heading are enough. A row with a known id
    changes the cells that are filled, and adds its headings.

    Raises
    ------
    DataError
        A row has no id, a column or a role is unknown, or a number cannot be read.
    """
    path = folder / OWN
    if not path.is_file():
        return packaged()
    indicators = dict(packaged().indicators)
    text = path.read_bytes().decode("utf-8-sig", "replace")
    own: list[str] = []
    problems: list[Problem] = []
    reader = csv.DictReader(text.splitlines())
    known = tuple(Indicator.__dataclass_fields__)
    for name in reader.fieldnames or ():
        if name not in known:
            where = Where(file=OWN, column=name)
            problems.append(unknown_choice(name, "column", known, where))
    for number, row in enumerate(reader, start=2):
        where = Where(file=OWN, row=number)
        if problem := _problem(row, where):
            problems.append(problem)
        if problems:
            continue
        values = _values(row)
        before = indicators.get(str(values["id"]))
        if before is None:
            indicators[str(values["id"])] = Indicator(**values)  # type: ignore[arg-type]
        else:
            more = {
                key: (*getattr(before, key), *parts(row[key]))
                for key in ("zh_variants", "en_variants")
                if key in values
            }
            # A name of one's own is the one in print; the old one stays a heading.
            more["zh_variants"] = (*more.get("zh_variants", before.zh_variants), before.zh)
            indicators[before.id] = replace(before, **(values | more))  # type: ignore[arg-type]
        own.append(str(values["id"]))
    if problems:
        raise DataError(problems)
    return Vocabulary(MappingProxyType(indicators), frozenset(own))


def _problem(row: Mapping[str, str | None], where: Where) -> Problem | None:
    """Say what is wrong with a row of one's own."""
    code = "vocabulary.row"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", (row.get("id") or "").strip()):
        text: Wording = message(
            "A row of the vocabulary needs an `id` of small letters, digits and _: gdp."
        )
        return Problem(code, text, where, message("add it; a known id is overridden."))
    for role in parts((row.get("role_guess") or "").strip()):
        if role not in ROLES:
            return unknown_choice(role, "role_guess", ROLES, replace(where, column="role_guess"))
    for key in sorted(NUMBERS):
        cell = (row.get(key) or "").strip()
        if cell and not re.fullmatch(r"-?\d+(\.\d+)?", cell):
            text = message("'{value}' is not a number.", value=cell)
            remedy = message("write a number, or leave the cell empty.")
            return Problem(code, text, replace(where, column=key), remedy)
    return None
