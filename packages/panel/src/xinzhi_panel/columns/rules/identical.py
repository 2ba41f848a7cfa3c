"""Entities with the same figures: a city copied and pasted under another name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.panel.panel import ENTITY, PERIOD
from xinzhi_core.wording import Wording, in_series, message
from xinzhi_panel.columns import vocabulary as words
from xinzhi_panel.columns.recognise import found
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Flags,
    Floats,
    NumberColumn,
    Rule,
    SeenPanel,
    has_digits,
    of_column,
)
from xinzhi_panel.io.raw import listed

Ints = npt.NDArray[np.int64]
Groups = list[Ints]
FEWEST = 3
"""Periods, and different values in them, without which two series may well be the same."""
FEWEST_COLUMNS = 2
"""Columns that rows of one or two periods must share, with values of three digits that no other row has."""
MOST = 0.25
"""Share of the entities with the series of another one from which on a column is one of groups."""
CHANCE = 0.02
"""Share of the other cells that meet a cell of another entity from which on values meet by chance."""
SHOWN = 6
GROUP_WORDS = (*words.PRICES, "指数", "index", "价格", "利率", "政策", "policy", "试点", "pilot")
"""Words of what a province or the nation sets for all its cities."""


@RULES.add("identical")
class Identical(Rule):
    """Two entities have the same values: in all columns, or in one of them in every period.

    A single column needs three periods and three values. Left out are columns of groups, as of provinces: those
    in which a quarter of the entities share their series with another one, those that a column of text explains,
    and headings of prices, indices and policies; and columns in which more than 2% of the other cells meet by
    chance, as counts do.
    """

    code = "plausible.identical"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare entities by all columns, then by each of the columns."""
        columns = [column for column in seen.columns if np.isfinite(column.values).any()]
        entity, period = (np.asarray(codes) for codes in seen.panel.frame.index.codes)  # type: ignore[attr-defined]
        if not columns or seen.panel.n_entities < 3:
            return
        # A column at a time: all of them together may be larger than memory.
        table_of = partial(_table, entity=entity, period=period)
        copies = [
            group
            for group in _alike(table_of(column.values) for column in columns)
            if _tells(group, (table_of(column.values) for column in columns), np.unique(period))
        ]
        if sum(map(len, copies)) > seen.panel.n_entities / 2:
            copies = []
        copied = np.concatenate(copies) if copies else np.zeros(0, dtype=np.int64)
        for group in copies:
            yield self.whole(seen, columns, entity, group)
        for column in columns:
            table = table_of(column.values)
            groups = [
                g
                for g in _alike([table])
                if _has_values(table[g[0]]) and not np.isin(g, copied).all()
            ]
            if groups and _is_by_entity(column, table, groups) and not _is_of_group(seen, column):
                yield self.one(seen, column, entity, groups)

    def whole(
        self, seen: SeenPanel, columns: Sequence[NumberColumn], entity: Ints, group: Ints
    ) -> Finding:
        """Name entities that are the same in all columns."""
        return Finding(
            self.code,
            tuple(column.name for column in columns),
            np.isin(entity, group),
            message(
                "{names} have the same values in all {n} columns of numbers ({columns})",
                names=_names(seen, group),
                n=len(columns),
                columns=listed((column.name for column in columns), most=SHOWN),
            ),
            message(
                "one of them seems to be copied from the other: take its own figures from the source."
            ),
            of_column(columns[0].values),
        )

    def one(self, seen: SeenPanel, column: NumberColumn, entity: Ints, groups: Groups) -> Finding:
        """Name entities that are the same in one column."""
        return Finding(
            "plausible.identical_series",
            (column.name,),
            np.isin(entity, np.concatenate(groups)),
            message(
                "'{name}' is the same in every period for {names}",
                name=column.name,
                names=in_series([_names(seen, group) for group in groups[:SHOWN]]),
            ),
            message("look whether the figures of one were pasted under the name of the other."),
            of_column(column.values),
        )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "periods and different values of a series", f"at least {FEWEST}"
        yield "columns of a single period", f"at least {FEWEST_COLUMNS}"
        yield "share of entities with the series of another", f"at most {MOST:.0%}"
        yield "share of other cells that meet", f"at most {CHANCE:.0%}"


def _table(values: Floats, entity: Ints, period: Ints) -> Floats:
    """Spread a column: entities down, periods across, NaN where there is no row."""
    table = np.full((entity.max() + 1, period.max() + 1), np.nan)
    table[entity, period] = values
    return table


def _alike(tables: Iterable[Floats]) -> Groups:
    """Group the rows that are equal in every cell of all tables, empty cells included; rows without a value are none."""
    digests: list[blake2b] = []
    has_value: Flags = np.zeros(0, dtype=bool)
    for table in tables:
        plain = np.where(np.isnan(table), np.nan, table + 0.0)  # one NaN, and one zero
        digests = digests or [blake2b(digest_size=20) for _ in plain]
        for digest, row in zip(digests, plain, strict=True):
            digest.update(row.tobytes())
        filled: Flags = np.asarray(np.isfinite(plain).any(axis=1), dtype=bool)
        has_value = np.asarray(has_value | filled, dtype=bool) if len(has_value) else filled
    places: dict[bytes, list[int]] = {}
    for place in np.flatnonzero(has_value).tolist():
        places.setdefault(digests[place].digest(), []).append(place)
    return [np.array(same, dtype=np.int64) for same in places.values() if len(same) > 1]


def _has_values(series: Floats) -> bool:
    return len(np.unique(series[np.isfinite(series)])) >= FEWEST


def _tells(group: Ints, tables: Iterable[Floats], periods: Ints) -> bool:
    """Whether entities that are alike in all columns have values that no other entity has."""
    telling = 0
    for table in tables:
        mine, others = table[group[0]], np.delete(table, group, axis=0)
        is_own = np.isfinite(mine) & ~(others == mine).any(axis=0)
        own = mine[is_own & (mine != 0)]
        telling += bool(has_digits(own).any()) if len(periods) < FEWEST else _has_values(own)
    return telling >= (FEWEST_COLUMNS if len(periods) < FEWEST else 1)


def _is_by_entity(column: NumberColumn, table: Floats, groups: Groups) -> bool:
    """Whether a column is one of which every entity has its own series."""
    alike = np.concatenate(groups)
    n = int(np.isfinite(table).any(axis=1).sum())
    # A single pair is what is looked for, however few the entities are.
    if len(alike) > max(2, MOST * n) or n - len(alike) < 1 or found(column.name, GROUP_WORDS):
        return False
    others = np.delete(table, alike, axis=0)
    meets, cells = 0, 0
    for values in others.T:
        finite = values[np.isfinite(values)]
        _, n_times = np.unique(finite, return_counts=True)
        meets, cells = meets + int(n_times[n_times > 1].sum()), cells + len(finite)
    return meets <= CHANCE * max(cells, 1)


def _is_of_group(seen: SeenPanel, column: NumberColumn) -> bool:
    """Whether a column that an entity keeps, as the province or its code, tells the value of each period."""
    frame = seen.panel.frame
    for name in frame.columns:
        texts = frame[name]
        # Codes of groups are numbers that an entity keeps.
        if not 1 < texts.nunique() < seen.panel.n_entities or name == column.name:
            continue
        if texts.dtype.kind != "O" and texts.groupby(level=ENTITY).nunique().gt(1).any():
            continue
        keys = [texts.to_numpy(), frame.index.get_level_values(PERIOD).to_numpy()]
        spread = pd.Series(column.values).groupby(keys).nunique()
        shared = texts.groupby(level=ENTITY).first().value_counts()
        if (spread <= 1).all() and (shared > 1).any():
            return True
    return False


def _names(seen: SeenPanel, group: Ints) -> Wording:
    levels = seen.panel.frame.index.levels[0]  # type: ignore[attr-defined]
    return listed((levels[place] for place in group.tolist()), most=SHOWN)
