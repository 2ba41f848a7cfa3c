"""Columns of several tables become one: equal cells are kept once, different ones are errors.

A cell that one table has and another leaves empty is taken from the one that has it; both are counted.
Nothing is decided where tables differ: the cells of both are shown and a person chooses.

Codes beside names: a code that belongs to another place than its name is an error with both.

Tables are stack_tables where they continue one another, and join_tables side by side where they do not.

Two tables continue one another if they share columns of numbers and either hardly a row, or all
columns of numbers of one are in the other: one year a file, one province a file. A column that
tells the entity (a code, a province) is shared by tables of any kind and connects none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from xinzhi.analyses.section import as_written
from xinzhi.study.gather.tables import FileTable
from xinzhi.study.schema.sources import Join
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel, panel_of
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, listed, message
from xinzhi_panel.io.raw import Decision
from xinzhi_panel.io.recognise.cells import loose
from xinzhi_panel.places.names import Identity, Register, identify

HEADINGS = frozenset(
    {
        *(
            "代码",
            "城市代码",
            "地区代码",
            "行政区划代码",
            "行政代码",
            "区划代码",
            "省份代码",
            "市代码",
        ),
        *("省代码", "国家代码", "adcode", "code", "citycode", "city_code", "areacode", "area_code"),
        *("iso3", "iso", "iso2", "countrycode", "country_code", "provincecode", "province_code"),
    }
)
"""Headings of columns that may hold codes of the register; whether they do, the codes say."""
PROVINCES = frozenset(
    {"省份", "省", "所属省份", "所在省份", "省区", "province", "province_zh", "prov"}
)
"""Headings of columns that tell the province of a city."""
MOST = 20


def contradictions(table: FileTable, register: Register) -> Iterator[Problem]:
    """Find rows whose code is that of another place, once for each name and code.

    A column of numbers of another kind (1, 2, 3 …) is none of the register and is left alone, as is
    a code that the register does not know.
    """
    panel = table.panel
    for column in panel.frame.columns:
        if loose(column) in HEADINGS:
            yield from _compare_codes(panel, str(column), register)


def _compare_codes(panel: Panel, column: str, register: Register) -> Iterator[Problem]:
    index = panel.frame.index
    pairs = pd.DataFrame(
        {
            "name": index.get_level_values(ENTITY),
            "year": index.get_level_values(PERIOD) // panel.per_year,
            "code": [_write_code(value) for value in panel.frame[column]],
        }
    )
    # A place has many rows: each name is identified once, with the year of its first row.
    first = pairs[pairs["code"] != ""].drop_duplicates(["name", "code"])
    dated = register == "china_cities" and panel.has_periods
    years = [int(y) if dated else None for y in first["year"]]
    named = list(zip(first["name"], years, [None] * len(first), strict=True))
    coded = list(zip(first["code"], years, [None] * len(first), strict=True))
    places = identify([*named, *coded], register).found
    n_problems = 0
    for position, name, code in zip(first.index, named, coded, strict=True):
        mine, other = places[name], places[code]
        if not (isinstance(mine, Identity) and isinstance(other, Identity)):
            continue
        if mine.code != other.code and n_problems < MOST:
            n_problems += 1
            text = message(
                "{name} stands beside the code {code}, which is that of {other}; its own is {own}.",
                name=name[0],
                code=code[0],
                other=other.name,
                own=mine.code,
            )
            remedy = message(
                "correct the code or the name; until then nobody can tell whose figures these are."
            )
            yield Problem("names.code", text, panel.place(int(position), column), remedy)


def _write_code(value: object) -> str:
    """Write a code as text; nothing where the cell is empty."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


EXAMPLES = 3
SAME = 1e-9
"""Relative difference up to which two numbers are one: what formats round away."""


@dataclass(slots=True)
class GatherFindings:
    """What came up while tables were put together."""

    problems: list[Problem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def combine(panels: Sequence[Panel], findings: GatherFindings) -> Panel:
    """Put tables together on their keys: all rows, all columns, shared cells compared."""
    if len(panels) == 1:
        return panels[0]
    index = panels[0].frame.index
    for panel in panels[1:]:
        index = index.union(panel.frame.index)
    columns = dict.fromkeys(str(c) for panel in panels for c in panel.frame.columns)
    frame = pd.DataFrame(
        {column: _combine_column(column, panels, index, findings) for column in columns},
        index=index,
    )
    _compare_units(panels, findings)
    return panel_of(
        frame,
        labels={k: v for panel in reversed(panels) for k, v in panel.labels.items()},
        units={k: v for panel in reversed(panels) for k, v in panel.units.items()},
        origins={
            column: tuple(
                dict.fromkeys(
                    file
                    for panel in panels
                    if column in panel.frame
                    for file in panel.origins.get(column, (panel.source or "?",))
                )
            )
            for column in columns
        },
        source=", ".join(dict.fromkeys(panel.source or "?" for panel in panels)),
        has_periods=any(panel.has_periods for panel in panels),
        keys=panels[0].keys,
    )


def _combine_column(
    column: str, panels: Sequence[Panel], index: pd.Index, findings: GatherFindings
) -> pd.Series:
    """Put one column together, table by table."""
    bearers = [panel for panel in panels if column in panel.frame]
    n_equal = 0
    cells = [panel.frame[column] for panel in bearers]
    # Numbers in one file and text in another are compared as a person would write them.
    if len({cell.dtype.kind in "fiub" for cell in cells}) > 1:
        cells = [cell.map(as_written, na_action="ignore").astype(object) for cell in cells]
    result = cells[0].reindex(index)
    # Number of the table from which each cell comes; -1 where it is empty so far.
    origin = np.where(result.notna(), 0, -1)
    for number, panel in enumerate(bearers[1:], 1):
        new = cells[number].reindex(index)
        has, had = new.notna().to_numpy(), origin >= 0
        both = has & had
        if both.any():
            n_equal += _compare_cells(column, result, new, both, origin, bearers, number, findings)
        # Only a cell whose row is in an earlier table, too, fills a gap: other rows are new ones.
        is_gap = np.any([index.isin(before.frame.index) for before in bearers[:number]], axis=0)
        if n := int((~had & has & is_gap).sum()):
            findings.decisions.append(_cells_taken(column, panel, n))
        result = result.where(had, new)
        origin = np.where(~had & has, number, origin)
    if n_equal:
        findings.decisions.append(_cells_alike(column, bearers, n_equal))
    return result


def _cells_alike(column: str, bearers: Sequence[Panel], n: int) -> Decision:
    text = message(
        "'{column}' is in {files}; {n} equal cells are kept once.",
        one="'{column}' is in {files}; {n} equal cell is kept once.",
        column=column,
        files=listed(list(dict.fromkeys(panel.source or "?" for panel in bearers))),
        n=n,
    )
    return Decision(text, Where(column=column), n, "files.same_cells")


def _cells_taken(column: str, panel: Panel, n: int) -> Decision:
    text = message(
        "'{column}': {n} cells that are empty in other files are taken from {file}.",
        one="'{column}': {n} cell that is empty in other files is taken from {file}.",
        column=column,
        n=n,
        file=panel.source,
    )
    return Decision(text, Where(file=panel.source, column=column), n, "files.taken_cells")


def _compare_cells(
    column: str,
    result: pd.Series,
    new: pd.Series,
    both: np.ndarray,
    origin: np.ndarray,
    bearers: Sequence[Panel],
    number: int,
    findings: GatherFindings,
) -> int:
    """Count the cells that two tables have alike; show those in which they differ."""
    a, b = result[both], new[both]
    if a.dtype.kind in "fiub":
        differs = ~np.isclose(a.to_numpy(float), b.to_numpy(float), rtol=SAME, atol=0.0)
    else:
        differs = np.array(_texts(column, a), object) != np.array(_texts(column, b), object)
    shared = np.flatnonzero(both)
    for first in np.unique(origin[shared]).tolist():
        wrong = shared[(origin[shared] == first) & differs]
        if len(wrong):
            places = [result.index[position] for position in wrong]
            problem = _cells_differ(column, bearers[first], bearers[number], places)
            findings.problems.append(problem)
    return int((~differs).sum())


def _texts(column: str, cells: pd.Series) -> list[str]:
    """Write cells of text for comparison; provinces by their full names."""
    texts = [loose(as_written(value)) for value in cells]
    if loose(column) not in PROVINCES:
        return texts
    distinct = dict.fromkeys((text, None, None) for text in texts)
    places = identify(distinct, "china_provinces").found
    return [
        place.name if isinstance(place := places[text, None, None], Identity) else text
        for text in texts
    ]


def _cells_differ(
    column: str, first: Panel, other: Panel, places: Sequence[tuple[str, int]]
) -> Problem:
    """Show cells in which two tables differ."""
    shown: list[Wording] = [_both_cells(column, first, other, key) for key in places[:EXAMPLES]]
    here = other.place(_at(other, places[0]), column)
    text = message(
        "'{column}' differs between {first} and {second} in {n} cells: {cells}.",
        one="'{column}' differs between {first} and {second} in {n} cell: {cells}.",
        column=column,
        first=first.source,
        second=other.source,
        n=len(places),
        cells=listed(shown),
    )
    remedy = message(
        "correct one of the files, or choose and rename columns with `columns: {{new: old}}` so "
        "that each stands once."
    )
    return Problem("files.differ", text, here, remedy)


def _both_cells(column: str, first: Panel, other: Panel, key: tuple[str, int]) -> Wording:
    entity, period = key
    place, second = first.place(_at(first, key)), other.place(_at(other, key))
    name = f"{entity} {period_name(period)}" if other.has_periods else entity
    return message(
        "{key}: {a} and {b}",
        key=name,
        a=_in_row(first.frame.loc[key, column], place.row),
        b=_in_row(other.frame.loc[key, column], second.row),
    )


def _in_row(value: object, row: int | None) -> Wording:
    """Write a cell with its row, where a table that was already joined still knows it."""
    written = as_written(value)
    return message("{value} (row {row})", value=written, row=row) if row else written


def _at(panel: Panel, key: tuple[str, int]) -> int:
    return int(panel.frame.index.get_loc(key))  # type: ignore[arg-type]


def _compare_units(panels: Sequence[Panel], findings: GatherFindings) -> None:
    """Refuse one column in two units: its figures would be told apart by a factor."""
    units: dict[str, tuple[str, str | None]] = {}
    for panel in panels:
        for column in map(str, panel.frame.columns):
            unit = panel.units.get(column)
            if unit is None:
                continue
            first_unit, file = units.setdefault(column, (unit, panel.source))
            if first_unit != unit:
                findings.problems.append(
                    Problem(
                        "files.units",
                        message(
                            "'{column}' is measured in {unit} in {first} but in {other} in {second}.",
                            column=column,
                            unit=first_unit,
                            first=file,
                            other=unit,
                            second=panel.source,
                        ),
                        Where(file=panel.source, column=column),
                        message("convert the figures of one file to the unit of the other."),
                    )
                )


HARDLY = 0.1
"""Share of the rows of the smaller table up to which two tables have hardly a row in common."""
SHOWN = 8


def join_tables(panels: Sequence[Panel], how: Join, key: str, findings: GatherFindings) -> Panel:
    """Put tables together and keep the rows that `how` says; count what is left out.

    Parameters
    ----------
    panels
        One for each file, or for each source.
    how
        `outer`, `left` or `inner`.
    key
        Key of the study file that says how, for messages.
    """
    panels = _date_undated(panels, findings)
    stacks = [combine(stack, findings) for stack in stack_tables(panels)]
    if findings.problems:
        return stacks[0]
    whole = combine(stacks, findings)
    if findings.problems or len(stacks) == 1:
        return whole
    index = whole.frame.index
    inside = np.array([index.isin(stack.frame.index) for stack in stacks])
    if how == "outer":
        findings.decisions += _empty_there(stacks, inside)
        return whole
    stays = np.asarray(inside.all(axis=0) if how == "inner" else inside[0], dtype=bool)
    if not stays.any():
        raise DataError(_nothing_common(stacks, key))
    if not stays.all():
        findings.decisions.append(_rows_left_out(whole, stays, how, key))
    if how == "left":
        findings.decisions += _empty_there(stacks[1:], inside[1:, stays])
    return whole.take(stays)


def stack_tables(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Group tables that continue one another, in their order."""
    stacks: list[list[Panel]] = []
    for panel in panels:
        mine = [stack for stack in stacks if any(_continues(panel, member) for member in stack)]
        others = [stack for stack in stacks if stack not in mine]
        stacks = [*others, [*(member for stack in mine for member in stack), panel]]
    # By identity: a panel cannot be hashed.
    order = {id(panel): position for position, panel in enumerate(panels)}
    return sorted(stacks, key=lambda stack: order[id(stack[0])])


def _continues(first: Panel, other: Panel) -> bool:
    a, b = _changing_columns(first), _changing_columns(other)
    if not a & b:
        return False
    if a <= b or b <= a:
        return True
    # Two files of one year each hardly meet; files of different indicators share nearly all rows.
    common = first.frame.index.isin(other.frame.index).sum()
    return bool(common <= HARDLY * min(len(first.frame), len(other.frame)))


def _changing_columns(panel: Panel) -> set[str]:
    """Columns of numbers that change within an entity, or all but codes in a single period."""
    numbers = [
        column
        for column in panel.frame.columns
        if panel.frame[column].dtype.kind in "fiub" and loose(column) not in HEADINGS
    ]
    if len(panel.periods) > 1 and numbers:
        changes = panel.frame[numbers].groupby(level=ENTITY).nunique().gt(1).any()
        numbers = [c for c in numbers if changes[c]]
    return set(map(str, numbers))


def _date_undated(panels: Sequence[Panel], findings: GatherFindings) -> list[Panel]:
    """Repeat a table without periods in every period of its entities, where others have periods."""
    dated = [panel for panel in panels if panel.has_periods]
    if not dated or len(dated) == len(panels):
        return list(panels)
    index = dated[0].frame.index
    for panel in dated[1:]:
        index = index.union(panel.frame.index)
    return [
        panel if panel.has_periods else _repeat_in_periods(panel, index, findings)
        for panel in panels
    ]


def _repeat_in_periods(panel: Panel, index: pd.Index, findings: GatherFindings) -> Panel:
    once = panel.frame.droplevel(PERIOD)
    mine = index[index.get_level_values(ENTITY).isin(once.index)]
    places = once.index.get_indexer(mine.get_level_values(ENTITY))
    frame = once.iloc[places].set_axis(mine, axis=0)
    findings.decisions.append(
        Decision(
            message(
                "{file} has no periods; what it tells of an entity holds in every period.",
                file=panel.source or "?",
            ),
            Where(file=panel.source),
            len(once),
            "files.every_period",
        )
    )
    return panel_of(
        frame,
        labels=panel.labels,
        units=panel.units,
        origins=panel.origins,
        rows=tuple(panel.rows[place] for place in places) if panel.rows else (),
        source=panel.source,
        keys=panel.keys,
    )


def _empty_there(stacks: Sequence[Panel], inside: np.ndarray) -> list[Decision]:
    return [
        Decision(
            message(
                "{n} rows are not in {file}; its columns are empty there.",
                one="{n} row is not in {file}; its columns are empty there.",
                n=int((~rows).sum()),
                file=stack.source or "?",
            ),
            Where(file=stack.source),
            int((~rows).sum()),
        )
        for stack, rows in zip(stacks, inside, strict=True)
        if not rows.all()
    ]


def _rows_left_out(whole: Panel, stays: np.ndarray, how: Join, key: str) -> Decision:
    """Say what a join leaves out: entities as a whole by name, rows by number."""
    entities = whole.frame.index.get_level_values(ENTITY)
    lost = sorted(set(entities[~stays]) - set(entities[stays]))
    n = int((~stays).sum())
    text = message(
        "{n} of {total} rows are left out, as not every file has them (join: {how}).",
        one="{n} of {total} rows is left out, as not every file has it (join: {how}).",
        n=n,
        total=len(stays),
        how=how,
    )
    if lost:
        names: list[Wording] = [*lost[:SHOWN]]
        if (more := len(lost) - SHOWN) > 0:
            names.append(message("and {n} more", n=more))
        text = message(
            "{what} {n} entities are lost altogether: {names}.",
            one="{what} {n} entity is lost altogether: {names}.",
            what=text,
            n=len(lost),
            names=listed(names),
        )
    return Decision(text, Where(key=key), n, "files.left_out_rows")


def _nothing_common(stacks: Sequence[Panel], key: str) -> Problem:
    text = message(
        "No entity and period is in all of {files}.",
        files=listed([stack.source or "?" for stack in stacks]),
    )
    remedy = message("compare the names and the periods of the files, or use join: outer.")
    return Problem("files.nothing_common", text, Where(key=key), remedy)
