"""The columns of a panel as rules of plausibility see them: what each is, its values in basic units.

What a statistician sees at a glance: rules that a table of indicators keeps, one a file of `rules`.

A rule names rows; it never changes any. Where a heading or a unit leaves doubt about what a column is, no
rule about it is asked. `accept` in the study file takes off what is true of the data.

Columns in percent, shares, and index numbers, by unit and heading.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Problem
from xinzhi_core.panel.panel import Panel
from xinzhi_core.periods import period_name
from xinzhi_core.register import Register
from xinzhi_core.wording import Wording, in_series, message
from xinzhi_panel.columns.indicators import Vocabulary
from xinzhi_panel.columns.kinds import KIND_OF, KINDS, price_basis
from xinzhi_panel.columns.meaning import HeadingReading, read_heading, size_of
from xinzhi_panel.columns.units import Unit, unit_of
from xinzhi_panel.io.recognise.cells import split_unit

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
SCOPES = ("", "districts")
"""All of the entity, and its districts."""
WHOLE = frozenset(("", "whole_city", "whole_province", "whole_country"))
"""Words of area that say: all of the entity, as a heading without such a word does."""
SAMPLE = 5000
"""Values by which it is judged with how many digits a column is written."""
DIGITS = 3
"""Significant digits below which a value may well return."""
MOST_COLUMNS = 200
"""Columns that are looked at; a wider table is not a table of indicators."""


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers."""

    name: str
    kind: str
    """Empty where its heading does not say without doubt."""
    scope: str
    values: Floats
    """As they stand in the data, (n,)."""
    unit: Unit | None
    is_real: bool
    """Whether it is in constant prices."""
    read: HeadingReading = field(default_factory=HeadingReading)
    """What its heading says by the vocabulary."""

    @property
    def in_basic_units(self) -> Floats | None:
        """Values in persons, yuan, kWh, tonnes; None where the unit is not known, or of something else."""
        if self.unit is None or self.unit.dimension not in {None, KINDS[self.kind].dimension}:
            return None
        return self.values * self.unit.factor

    @property
    def area(self) -> str:
        """Area that it is of, where it is not all of the entity: districts, core, rural …."""
        return "" if self.read.scope in WHOLE else self.read.scope

    @property
    def is_money(self) -> bool:
        """Whether it has prices."""
        return self.read.indicator is not None and self.read.indicator.price_basis != "none"

    @property
    def in_base_units(self) -> Floats | None:
        """Values in the base unit of the indicator in the vocabulary; None where the unit is not certain."""
        indicator = self.read.indicator
        if indicator is None:
            return None
        if not self.read.unit and indicator.dimension == "share":
            return self.values
        if indicator.dimension == "index":
            return self.values
        size = size_of(self.read.unit, indicator.dimension)
        return None if size is None else self.values * size


class SeenPanel:
    """A panel, looked at once for all rules."""

    def __init__(self, panel: Panel, vocabulary: Vocabulary | None = None) -> None:
        self.panel = panel
        self.columns = tuple(_columns(panel, vocabulary))[:MOST_COLUMNS]

    @cached_property
    def follows(self) -> Places:
        """Rows whose next row is the next period of the same entity."""
        if not self.panel.has_periods or len(self.panel.frame) < 2:
            return np.zeros(0, dtype=np.intp)
        entity = np.asarray(self.panel.frame.index.codes[0])  # type: ignore[attr-defined]
        period = self.panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)
        same = (np.diff(entity) == 0) & (np.diff(period) == self.step(period))
        return np.flatnonzero(same)

    @cached_property
    def starts(self) -> Places:
        """First row of each entity."""
        entity = np.asarray(self.panel.frame.index.codes[0])  # type: ignore[attr-defined]
        return np.flatnonzero(np.diff(entity, prepend=-1))

    def is_constant(self, values: Floats) -> Flags:
        """Whether the entity of a row has one value throughout, (n,)."""
        # Rows are sorted by entity, so that each one is a run; NaN is passed over.
        spread = np.fmax.reduceat(values, self.starts) - np.fmin.reduceat(values, self.starts)
        sizes = np.diff(np.append(self.starts, len(values)))
        return np.repeat(~(spread > 0), sizes)

    @cached_property
    def entity(self) -> Places:
        """Number of the entity of each row, from 0, (n,)."""
        codes = np.asarray(self.panel.frame.index.codes[0])  # type: ignore[attr-defined]
        return np.cumsum(np.diff(codes, prepend=codes[:1]) != 0)

    @cached_property
    def period(self) -> Places:
        """Number of the period of each row, from 0, (n,)."""
        years = self.panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)
        return np.searchsorted(np.asarray(self.panel.periods), years)

    @cached_property
    def is_square(self) -> bool:
        """Whether entities by periods are a table that is not mostly empty, of at least two of both."""
        shape = (self.panel.n_entities, len(self.panel.periods))
        return (
            self.panel.has_periods
            and min(shape) > 1
            and shape[0] * shape[1] <= 50 * len(self.entity)
        )

    def square(self, values: Floats) -> Floats:
        """Give values as entities by periods; NaN where there is no row."""
        table = np.full((self.panel.n_entities, len(self.panel.periods)), np.nan)
        table[self.entity, self.period] = values
        return table

    def rows_of(self, cells: Flags) -> Flags:
        """Give flags of entities by periods as flags of rows, (n,)."""
        return cells[self.entity, self.period]

    @staticmethod
    def step(period: npt.NDArray[np.int64]) -> int:
        """Distance of neighbouring periods: 1, or that of a panel every five years."""
        return int(np.gcd.reduce(np.diff(np.unique(period)))) or 1

    @cached_property
    def next_row(self) -> Flags:
        """Whether the next row is the next period of the same entity, (n,)."""
        flags = np.zeros(len(self.panel.frame), dtype=bool)
        flags[self.follows] = True
        return flags

    @cached_property
    def by_kind(self) -> Mapping[tuple[str, str], tuple[NumberColumn, ...]]:
        """(Kind, scope) -> its columns."""
        columns: dict[tuple[str, str], tuple[NumberColumn, ...]] = {}
        for column in self.columns:
            if column.kind:
                key = (column.kind, column.scope)
                columns[key] = (*columns.get(key, ()), column)
        return columns

    def known(self, indicator: str, scope: str) -> NumberColumn | None:
        """Find the one column of an indicator; None where there is none, or several."""
        found = [
            c
            for c in self.columns
            if c.read.id == indicator and not c.read.derived and c.area == scope
        ]
        return found[0] if len(found) == 1 else None

    def one(self, kind: str, scope: str) -> NumberColumn | None:
        """Find the one column of a kind; None where there is none, or several."""
        columns = self.by_kind.get((kind, scope), ())
        return columns[0] if len(columns) == 1 else None


def _columns(panel: Panel, vocabulary: Vocabulary | None) -> list[NumberColumn]:
    columns = []
    for name in map(str, panel.frame.columns):
        values = panel.frame[name]
        if values.dtype.kind not in "fiu":
            continue
        read = read_heading(name, panel.units.get(name), vocabulary)
        # A unit that is stated, or read from the file, wins over one in an English heading.
        unit = unit_of(panel.units.get(name)) or unit_of(read.unit)
        numbers = values.to_numpy(dtype=np.float64)
        label = panel.label(name)
        # The heading of the file may say more than the name that is left of it.
        said = price_basis(*filter(None, (name, label.zh, label.en, panel.units.get(name))))
        is_real = said == "constant" or (said is None and read.is_constant)
        kind = "" if read.derived else KIND_OF.get(read.id, "")
        scope = "" if read.scope in WHOLE else read.scope
        columns.append(NumberColumn(name, kind, scope, numbers, unit, is_real, read))
    return columns


def comparable(first: NumberColumn, second: NumberColumn) -> tuple[Floats, Floats] | None:
    """Give two columns in one unit; None where that is not certain.

    Without any unit both are taken as they stand; with the unit of one alone nothing is certain.
    """
    if first.unit is None and second.unit is None:
        return first.values, second.values
    a, b = first.in_basic_units, second.in_basic_units
    return None if a is None or b is None else (a, b)


def last_digit(values: Floats) -> float:
    """Find the unit of the last digit that a column is written with; of floats, their rounding error.

    >>> last_digit(np.array([1.25, 3.5])), last_digit(np.array([3.0, 4.0]))
    (0.01, 1.0)
    """
    finite = values[np.isfinite(values)][:SAMPLE]
    size = float(np.abs(finite).max(initial=0.0))
    for decimals in range(7):
        scaled = finite * 10.0**decimals
        if (np.abs(scaled - np.round(scaled)) < 1e-6).all():
            return 10.0**-decimals
    return max(1e-9 * size, 1e-300)


def has_digits(values: Floats) -> Flags:
    """Whether values have at least three significant digits.

    >>> has_digits(np.array([1200.0, 1230.0, 12.5, 0.012])).tolist()
    [False, True, True, False]
    """
    size = np.floor(np.log10(np.abs(values)))
    scaled = values / 10.0 ** (size - (DIGITS - 2))
    return np.asarray(np.abs(scaled - np.round(scaled)) > 1e-6)


def is_multiple(values: Floats, digit: float) -> Flags:
    """Whether values are written with a digit and no finer one.

    >>> is_multiple(np.array([1200.0, 1230.5, 0.3]), 0.1).tolist(), is_multiple(np.array([120.0, 123]), 10).tolist()
    ([True, True, True], [True, False])
    """
    scaled = values / digit
    return np.asarray(
        np.abs(scaled - np.round(scaled)) < 1e-6 * np.maximum(1.0, np.abs(scaled) * 1e-6)
    )


EXAMPLES = 3
UNIT_CHANGE, UNIT_JUMP = "plausible.unit_change", "panel.unit_jump"
BREAK, SPIKE = "plausible.common_break", "plausible.spike"


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows that a rule names."""

    code: str
    columns: tuple[str, ...]
    rows: Flags
    """(n,)."""
    what: Wording
    remedy: Wording
    example: Callable[[int], Wording] = field(default=lambda _: "")
    """What stands in a row, for an example."""


class Rule(ABC):
    """One thing that is looked for; its docstring is its page in the documentation."""

    code: ClassVar[str]

    @abstractmethod
    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Find rows."""

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List what the rule compares with, for the documentation."""
        yield from ()


RULES: Register[type[Rule]] = Register(
    message("rule of plausibility"), "xinzhi_panel.columns.rules"
)


def check_plausible(panel: Panel, vocabulary: Vocabulary | None = None) -> tuple[Problem, ...]:
    """Look for what cannot well be true of a table of indicators; every problem is a warning.

    A `vocabulary` of one's own knows more headings than the packaged one.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2019, 2020]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"从业人员": [3.0, 4, 5, 9], "采矿业从业人员": [1.0, 1.2, 6, 2]}, index)
    >>> print(check_plausible(panel_of(frame))[0].what)
    '采矿业从业人员' is above '从业人员', of which it is a part: 1 row, 1 entity, 2019; b 2019 (6 > 5).
    """
    if not len(panel.frame):
        return ()
    seen = SeenPanel(panel, vocabulary)
    findings = [one for _, rule in RULES for one in rule().find(seen) if one.rows.any()]
    return tuple(_problem(one, panel) for one in findings if not _is_told_as_unit(one, findings))


def _is_told_as_unit(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a break of all entities, or a value alone, is a change of unit in most rows: one of both is enough."""
    return finding.code in {BREAK, SPIKE} and any(
        other.code == UNIT_CHANGE
        and other.columns == finding.columns
        and (_changed(other.rows) & finding.rows).sum() >= 0.5 * finding.rows.sum()
        for other in findings
    )


def _changed(rows: Flags) -> Flags:
    """Mark the rows on both sides of a change of unit, which is named by the row in which it begins."""
    return np.asarray(rows | np.append(rows[1:], False))


def with_plausible(
    panel: Panel, warnings: Iterable[Problem], vocabulary: Vocabulary | None = None
) -> tuple[Problem, ...]:
    """Add what is implausible to other warnings; a change of unit is reported once."""
    implausible = check_plausible(panel, vocabulary)
    changed = {problem.where.column for problem in implausible if problem.code == UNIT_CHANGE}
    others = (w for w in warnings if w.code != UNIT_JUMP or w.where.column not in changed)
    return (*others, *implausible)


def accepted(problem: Problem, codes: Collection[str]) -> bool:
    """Whether what is odd was stated to be true, of all columns or of this one.

    >>> from xinzhi_core.errors import Where
    >>> odd = Problem("plausible.repeated", "", Where(column="人口"))
    >>> accepted(odd, ["plausible.repeated"]), accepted(odd, ["plausible.repeated 面积"])
    (True, False)
    """
    return problem.code in codes or f"{problem.code} {problem.where.column}" in codes


def _problem(finding: Finding, panel: Panel) -> Problem:
    rows = np.flatnonzero(finding.rows)
    # The first row by city and year, and not by its place in the file, so that order changes nothing.
    where = replace(panel.place(int(rows[0]), finding.columns[0]), row=None)
    what = message(
        "{what}: {rows}; {examples}.",
        what=finding.what,
        rows=_count(panel, finding.rows),
        examples=_examples(panel, rows, finding),
    )
    remedy = message(
        "{remedy} If it is true: `accept: ['{code}']`, or for this column alone '{code} {column}', under "
        "`read` of the source.",
        remedy=finding.remedy,
        code=finding.code,
        column=finding.columns[0],
    )
    return Problem(
        finding.code, what, where, remedy, severity="warning", beside=tuple(finding.columns[1:])
    )


def _count(panel: Panel, rows: Flags) -> Wording:
    """Count rows and entities, and give the span of periods."""
    entity, period = (np.asarray(codes)[rows] for codes in panel.frame.index.codes)  # type: ignore[attr-defined]
    n = int(rows.sum())
    counted = message(
        "{n} rows, {entities}",
        one="{n} row, {entities}",
        n=n,
        entities=message("{n} entities", one="{n} entity", n=len(np.unique(entity))),
    )
    if not panel.has_periods:
        return counted
    labels = panel.frame.index.levels[1]  # type: ignore[attr-defined]
    first, last = labels[period.min()], labels[period.max()]
    names = tuple(map(period_name, (first, last)))
    span = names[0] if first == last else "–".join(names)
    return message("{rows}, {span}", rows=counted, span=span)


def _examples(panel: Panel, rows: np.ndarray, finding: Finding) -> Wording:
    """Show rows of different entities first."""
    entity = np.asarray(panel.frame.index.codes[0])[rows]  # type: ignore[attr-defined]
    _, firsts = np.unique(entity, return_index=True)
    ordered = dict.fromkeys([*rows[np.sort(firsts)][:EXAMPLES].tolist(), *rows[:EXAMPLES].tolist()])
    chosen = list(ordered)[:EXAMPLES]
    words: list[Wording] = []
    for i in chosen:
        name, period = panel.frame.index[i]
        when = f" {period_name(period)}" if panel.has_periods else ""
        shown = finding.example(i)
        row = f"{name}{when}"
        words.append(message("{text} ({place})", text=row, place=shown) if shown else row)
    return in_series(words)


def of_column(values: Floats, unit: str = "") -> Callable[[int], str]:
    """Show the value in a row."""
    return lambda row: f"{shown(float(values[row]))}{unit}"


def shown(value: float) -> str:
    """Write a value of an example.

    >>> shown(12345678.0), shown(0.123456789)
    ('12345678', '0.123457')
    """
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"


SHARE = re.compile(
    r"占比|比重|比例|份额|城镇化|城市化|覆盖率|绿化率|达标率|合格率|处理率|失业率|就业率|识字率|文盲率|贫困率|识别率|"
    r"及格率|优良率|(?<![a-z])(share|percentage|proportion)(?![a-z])|urbani[sz]ation|(?<![a-z])unemployment_rate"
)
"""Headings of a part of a whole."""
NOT_A_SHARE = re.compile(
    r"增长|增速|增幅|变动|变化|同比|环比|growth|change|进出口|出口|进口|贸易|外贸|开放|存款|贷款|信贷|债务|负债|投资|资本|"
    r"存贷|抚养|trade|export|import|openness|loan|credit|deposit|debt|invest|capital|dependency|fdi|外资|人均|综合利用"
)
"""Words of ratios that can be above their base: trade over GDP, loans over deposits, stocks reused."""
PREVIOUS = re.compile(
    r"(上年|上一年|去年|前一年|上期|previous_?year|last_?year)[^=＝]{0,4}[=＝]\s*100"
)
"""An index of which the previous year is 100."""


def unit_in(panel: Panel, name: str) -> str:
    """Give the unit of a column: declared, or in its heading.

    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1)], names=["entity", "period"])
    >>> unit_in(panel_of(pd.DataFrame({"x（%）": [1.0]}, index=index)), "x（%）")
    '%'
    """
    return panel.units.get(name) or split_unit(name)[1] or ""


def is_percent(panel: Panel, column: NumberColumn) -> bool:
    """Whether a column says that it is in percent."""
    if column.unit is not None:
        return column.unit.dimension == "percent"
    return unit_in(panel, column.name).strip().casefold() in {"%", "％", "pct", "percent", "百分比"}


def is_share(name: str) -> bool:
    """Whether a heading is that of a part of a whole, which cannot be above 100 %.

    >>> is_share("第三产业占比（%）"), is_share("进出口占GDP比重"), is_share("GDP增长率"), is_share("urban_share")
    (True, False, False, True)
    """
    folded = name.casefold().replace("_", " ").replace(" ", "_")
    bare = re.sub(r"_", " ", folded)
    return bool(SHARE.search(bare) or SHARE.search(folded)) and not NOT_A_SHARE.search(folded)


def is_index_of_previous_year(panel: Panel, name: str) -> bool:
    """Whether unit or heading say that the previous year is 100.

    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1)], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"指数（上年=100）": [105.0]}, index=index))
    >>> is_index_of_previous_year(panel, "指数（上年=100）"), is_index_of_previous_year(panel, "x")
    (True, False)
    """
    return bool(PREVIOUS.search(f"{name} {panel.units.get(name, '')}".casefold()))
