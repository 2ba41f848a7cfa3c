"""A printed number led back: its cell, the model, the estimate, the rows, the columns, the cells of the files.

Nothing is computed: the chain is put together of what the last run keeps. An address is
`TABLE.ROW` or `TABLE.COLUMN.ROW.NUMBER`: `table5.talent` is the coefficient of talent in Table 5 as the
report numbers it, `baseline.col3.HEE.se` the standard error in column 3 of the table `baseline`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass

import pandas as pd

from xinzhi.prepare.step import list_inputs
from xinzhi.present.numbers import write
from xinzhi.present.table import Cell, Table
from xinzhi.report.document import Content, Numbered, compose, number_chapters
from xinzhi.study.gather.sources import tables_named_alike
from xinzhi.study.gather.tables import FileTable
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi_core.errors import Problem, SpecError, StudyError, Where, nearest
from xinzhi_core.periods import period_key
from xinzhi_core.wording import Label, Message, Wording, message, said
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.space.scores import list_names
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import RawTable
from xinzhi_panel.io.read import read_table
from xinzhi_panel.io.recognise.cells import loose, split_unit

NUMBERS = ("b", "se", "t", "p", "ci_low", "ci_high")
"""Numbers of a coefficient that an address can name; the first where it names none."""
COLUMN = re.compile(r"col(\d+)")
TABLE = re.compile(r"(?:table)?(A?\d+)", re.IGNORECASE)
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell of a file, from which a value was read."""

    column: str
    """Column of the panel."""
    source: str
    file: str
    sheet: str | None
    row: int
    """Row of the file; the first is 1."""
    position: int | None
    """Place in the row, from 1; None where the file has no column of that name, such as a wide table."""
    cell: str | None
    """Address in a workbook."""
    raw: str | None
    """What stands there."""
    value: float | None
    """What was read, in the unit of the panel."""


@dataclass(frozen=True, slots=True)
class TracedStep:
    """What the preparation did to a column."""

    step: str
    kind: str
    column: str
    change: str
    why: Wording
    n: int
    uses: tuple[str, ...]
    files: tuple[str, ...]
    """Files that the step reads beside the panel."""


@dataclass(frozen=True, slots=True)
class TracedVariable:
    """A variable of the model: its column, what made that, and where the value of one row comes from."""

    name: str
    label: Wording
    column: str
    transform: str
    unit: str | None
    score: str | None
    """The measurement whose score it is."""
    expression: str | None
    """Its formula over other variables."""
    value: float | None
    """Its value in the row that is followed."""
    steps: tuple[TracedStep, ...]
    cells: tuple[RawCell, ...]


@dataclass(frozen=True, slots=True)
class SampleRows:
    """The rows that the estimate rests on."""

    n: int
    n_entities: int
    periods: tuple[str, ...]
    """First and last; none in a cross-section."""
    left_out: tuple[tuple[str, str, Wording], ...]
    """Entity, period and reason of every row of the study that is not used."""


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """What results.json says of a column of a table of regressions; one without an answer has no coefficient."""

    outcome: str = ""
    effects: tuple[str, ...] = ()
    covariance: Mapping[str, object] = field(default_factory=dict)
    n: int = 0
    coefficients: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NumberVerdict:
    """How the study judges a coefficient."""

    direction: str
    level: float
    p: float
    errors: str
    """Errors that judge it, which need not be those that are printed."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The chain behind a number, from the printed cell to the cells of the files."""

    address: str
    """The whole address, with the id of the table."""
    caption: Wording
    title: Wording
    heading: Wording
    row: Wording
    printed: str
    number: float
    model: ModelColumn
    estimate: Mapping[str, object]
    """All that results.json says of the coefficient."""
    verdict: NumberVerdict | None
    """How the study judges the coefficient; None where the table judges nothing by itself."""
    rows: SampleRows | None
    followed: tuple[str, str] | None
    """Entity and period of the row whose values are followed."""
    variables: tuple[TracedVariable, ...]


SAID = frozenset(one.name for one in fields(ModelColumn))


def trace_number(
    result: StudyResult, content: Content, address: str, row: tuple[str, str] | None = None
) -> Trace:
    """Lead a printed number back to the cells that it rests on.

    Parameters
    ----------
    address
        `TABLE[.colN].ROW[.NUMBER]`.
    row
        Entity and period, or an empty text for its first one, whose values are followed to the files; the first row of the sample where left out.

    Raises
    ------
    SpecError
        `explain.unknown`: there is no such table, column, row or number, with the nearest name.
    """
    parts = [part for part in address.strip().split(".") if part]
    numbered = _find_table(content, parts[0] if parts else "")
    table = numbered.block
    assert isinstance(table, Table)
    columns = list(map(_model, table.machine["columns"]))  # type: ignore[call-overload]
    rest, asked = parts[1:], None
    if rest and (match := COLUMN.fullmatch(rest[0])):
        asked, rest = int(match[1]), rest[1:]
        if not 1 <= asked <= len(columns):
            raise _unknown(parts[1], [f"col{n + 1}" for n in range(len(columns))])
    number = rest.pop() if len(rest) > 1 and rest[-1] in NUMBERS else NUMBERS[0]
    name = _find_row(table, columns, ".".join(rest))
    having = (n for n, each in enumerate(columns) if name in each.coefficients)
    at = asked - 1 if asked else next(having)
    model = columns[at]
    value = model.coefficients.get(name, {}).get(number)
    if not isinstance(value, (int, float)):
        raise _unknown(name, [*model.coefficients])
    shown = next(one for one in table.rows if one.key == name)
    fitted = _estimates(result, table.id, at)
    rows, followed = _sample(result, fitted, row)
    named = [each for each in (name, model.outcome) if each in result.spec.variables.named]
    return Trace(
        address=f"{table.id}.col{at + 1}.{name}.{number}",
        caption=numbered.caption,
        title=table.title,
        heading=table.columns[at].heading,
        row=shown.label,
        printed=str(write(_cell_of(table, name, number, at), "en", result.spec.report.decimals)),
        number=float(value),
        model=model,
        estimate=model.coefficients[name],
        verdict=_verdict(result, table.id, at, name),
        rows=rows,
        followed=None if followed is None else (followed[0], str(period_key(followed[1]))),
        variables=_variables(result, named, followed),
    )


def _find_table(content: Content, wanted: str) -> Numbered:
    """Find a table of regressions by its number in the report or by its id."""
    tables = {
        numbered.block.id: numbered
        for chapter in number_chapters(compose(content))
        for numbered in chapter.blocks
        if isinstance(numbered.block, Table) and traced_rows(numbered.block)
    }
    match = TABLE.fullmatch(wanted)
    by_number = {one.number.casefold(): one for one in tables.values()}
    found = tables.get(wanted) or (by_number.get(match[1].casefold()) if match else None)
    if found is None:
        known = [*tables, *(f"table{one.number}" for one in tables.values())]
        raise _unknown(wanted, known)
    return found


def traced_rows(table: Table) -> tuple[str, ...]:
    """List the coefficients of a table that can be led back; none of a table of other things."""
    columns = table.machine.get("columns")
    if not isinstance(columns, Sequence):
        return ()
    models = (each for each in columns if isinstance(each, Mapping))
    return tuple(dict.fromkeys(name for each in models for name in each.get("coefficients", ())))


def _model(said: Mapping[str, object]) -> ModelColumn:
    return ModelColumn(**{key: value for key, value in said.items() if key in SAID})  # type: ignore[arg-type]


def _find_row(table: Table, columns: Sequence[ModelColumn], wanted: str) -> str:
    """Find a coefficient by its name or by what it is called in either language."""
    names = {name: name for each in columns for name in each.coefficients}
    called = {
        words.casefold(): row.key
        for row in table.rows
        if row.key in names
        for words in said(row.label)
    }
    found = names.get(wanted) or called.get(wanted.casefold())
    if found is None:
        raise _unknown(wanted, [*names, *called])
    return found


def _cell_of(table: Table, name: str, number: str, at: int) -> Cell:
    """Give the cell in which a number is printed; the coefficient's where the table does not print it."""
    key = f"{name}:std_error" if number == "se" else name
    row = next((one for one in table.rows if one.key == key), None)
    row = row or next(one for one in table.rows if one.key == name)
    return row.cells[at]


def _unknown(wanted: str, known: Sequence[str]) -> SpecError:
    near = nearest(wanted, known)
    text = message("No printed number is called '{name}'.", name=wanted)
    remedy = (
        message("did you mean '{name}'?", name=near)
        if near
        else message("known: {known}.", known=list_names([*dict.fromkeys(known)]))
    )
    return SpecError(Problem("explain.unknown", text, Where(), remedy))


def _estimates(result: StudyResult, table: str, at: int) -> Estimates | None:
    """Give the estimates of a column as they are judged; None of a table that other analyses make."""
    columns = result.of("tables").get(table)
    fitted = columns.judged[at] if columns is not None else None
    return fitted if isinstance(fitted, Estimates) else None


def _verdict(result: StudyResult, table: str, at: int, name: str) -> NumberVerdict | None:
    """Judge the coefficient as the study does everywhere."""
    fitted = _estimates(result, table, at)
    if fitted is None or name not in fitted.names:
        return None
    place, style = fitted.position(name), StudyView(result.spec).style
    verdict = style.judge(float(fitted.estimate[place]), float(fitted.p_value[place]))
    p = float(fitted.p_value[place])
    return NumberVerdict(verdict.direction, style.level, p, fitted.covariance.kind)


def _sample(
    result: StudyResult, fitted: Estimates | None, row: tuple[str, str] | None
) -> tuple[SampleRows | None, Key | None]:
    """List the rows used and left out, and the row that is followed."""
    every = [(str(entity), int(period)) for entity, period in result.variables.index]
    used = every if fitted is None else [(str(e), int(p)) for e, p in fitted.residuals.index]
    called = {key: (key[0], str(period_key(key[1]))) for key in used}
    followed = next(
        (
            k
            for k in used
            if row is None or called[k][: 1 + bool(row[1])] == row[: 1 + bool(row[1])]
        ),
        None,
    )
    if row is not None and followed is None:
        words = " ".join(filter(None, row))
        near = nearest(row[0], [*dict.fromkeys(entity for entity, _ in used)])
        text = message("The sample of this number has no row '{name}'.", name=words)
        remedy = message("did you mean '{name}'?", name=near) if near else ""
        raise SpecError(Problem("explain.row", text, Where(key="--row"), remedy))
    if fitted is None:
        return None, followed
    periods = sorted({period for _, period in used}) if result.panel.has_periods else []
    asked = fitted.regression
    named = (asked.outcome, *asked.regressors, *asked.controls)
    read = [v for v in dict.fromkeys(named) if v in result.variables]
    missing = result.variables[read].isna()
    kept = set(used)
    left_out = tuple(
        (key[0], str(period_key(key[1])), _reason(missing.iloc[n]))
        for n, key in enumerate(every)
        if key not in kept
    )
    return SampleRows(
        n=fitted.n,
        n_entities=len({entity for entity, _ in used}),
        periods=tuple(str(period_key(p)) for p in (periods[:1] + periods[-1:])),
        left_out=left_out,
    ), followed


def _reason(missing: pd.Series) -> Wording:
    names = [str(name) for name, is_missing in missing.items() if is_missing]
    if names:
        return message("no value of {names}", names=list_names(names))
    return message("outside the sample of this column, or alone in a level of a fixed effect")


def _variables(
    result: StudyResult, names: Sequence[str], followed: Key | None
) -> tuple[TracedVariable, ...]:
    """Trace the coefficient's variable and the outcome to their columns, steps and cells."""
    with Files(result.folder) as files:
        return tuple(_traced(result, names, followed, files))


def _traced(
    result: StudyResult, names: Sequence[str], followed: Key | None, files: Files
) -> Iterator[TracedVariable]:
    view = StudyView(result.spec)
    tables = tables_named_alike(result.spec, files)
    for name in dict.fromkeys(names):
        origin = view.origin(name)
        measured = result.spec.sections("efficiency").get(origin.score or "")
        first = [origin.column]
        if measured is not None:
            first = [*measured.inputs, *measured.good_outputs, *measured.bad_outputs]
        columns, steps = _made_of(result, first)
        cells = [
            cell
            for column in columns
            for table in tables
            if followed is not None and column in table.panel.frame
            for cell in _raw_cells(result, table, column, followed, files)
        ]
        value = None if followed is None else result.variables[name].get(followed)
        yield TracedVariable(
            name=name,
            label=view.label(name),
            column=origin.column,
            transform=origin.transform,
            unit=origin.unit or result.panel.units.get(origin.column),
            score=origin.score,
            expression=result.spec.variables.named[name].expression,
            value=None if value is None else float(value),
            steps=tuple(steps),
            cells=tuple(cells),
        )


def _made_of(result: StudyResult, first: Sequence[str]) -> tuple[list[str], list[TracedStep]]:
    """Walk from columns to all that they are computed from, by the ledger of the preparation."""
    options = dict(result.spec.prepare)
    seen: dict[str, None] = {}
    steps: list[TracedStep] = []
    waiting = [*first]
    while waiting:
        column = waiting.pop(0)
        if column in seen:
            continue
        seen[column] = None
        for entry in result.panel.ledger.entries:
            if entry.column != column:
                continue
            inputs = list_inputs(options.get(entry.step, {}))
            read = [result.spec.sources[n].paths for n in inputs if n in result.spec.sources]
            own = [name for name in inputs if name not in result.spec.sources]
            files = tuple(dict.fromkeys([*(str(p) for paths in read for p in paths), *own]))
            steps.append(
                TracedStep(
                    entry.step,
                    entry.kind,
                    column,
                    entry.change,
                    entry.why,
                    entry.n,
                    entry.uses,
                    files,
                )
            )
            waiting += entry.uses
    return [*seen], steps


def _raw_cells(
    result: StudyResult, table: FileTable, column: str, followed: Key, files: Files
) -> Iterator[RawCell]:
    """Find the cell of a file that holds the value of a column in the row that is followed."""
    at = int(table.panel.frame.index.get_indexer_for(pd.MultiIndex.from_tuples([followed]))[0])
    if at < 0 or not table.panel.rows:
        return
    source, row = result.spec.sources[table.source], table.panel.rows[at]
    where, position, text = Where(row=row), None, None
    # A table of several sheets, or one in years across, has no one cell to name: its row is named.
    with suppress(StudyError):
        raw = read_table(files.take(table.path).path, sheet=source.sheet)
        position = _position(raw, source.columns.get(column, column), row)
        where = raw.where(row, position, column)
        line = raw.rows[row - 1]
        text = None if position is None or position >= len(line) else line[position]
        position = None if position is None else raw.first_column + position
    value = table.panel.frame[column].iloc[at]
    yield RawCell(
        column=column,
        source=table.source,
        file=table.path,
        sheet=where.sheet,
        row=where.row or row,
        position=position,
        cell=where.cell,
        raw=None if text is None else str(text),
        value=float(value) if isinstance(value, (int, float)) and not pd.isna(value) else None,
    )


def _position(raw: RawTable, heading: str, before: int) -> int | None:
    """Find the column of a heading above a row; None where several rows or none name it."""
    for line in raw.rows[: before - 1]:
        for position, cell in enumerate(line):
            if isinstance(cell, str) and loose(heading) in {
                loose(cell),
                loose(split_unit(cell)[0]),
            }:
                return position
    return None


def trace_json(trace: Trace) -> dict[str, object]:
    """Write a chain as JSON: the keys are those of the classes of this module, sentences in English."""
    chain = {one.name: _plain(getattr(trace, one.name)) for one in fields(trace)}
    return {"status": "ok", **chain}


def _plain(part: object) -> object:
    if isinstance(part, (Message, Label)):
        return str(part)
    if is_dataclass(part):
        return {one.name: _plain(getattr(part, one.name)) for one in fields(part)}
    if isinstance(part, Mapping):
        return {str(key): _plain(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_plain(value) for value in part]
    return part if part is None or isinstance(part, (str, int, float, bool)) else str(part)
