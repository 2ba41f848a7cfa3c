"""What a study measures: its variables with definition, unit and source; inputs and outputs of its scores."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from xinzhi.formula.parse import parse
from xinzhi.panel.history import filled_by_year
from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.step import plan_steps
from xinzhi.present.numbers import percent
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.present.units import transformed, unit_in_words
from xinzhi.report.named import in_words
from xinzhi.study.result import StudyResult
from xinzhi.study.schema.variables import Variable
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, listed, message

MADE = ("derived", "copied")
Filled = Mapping[str, Mapping[str, float]]
"""Column -> period -> number of filled cells, and their share."""
SHARE = "share"


def variable_table(result: StudyResult) -> Iterator[Table]:
    """Set one row a variable; nothing where the study names none."""
    named = result.spec.variables.named
    if not named:
        return
    columns = [variable.column for variable in named.values() if variable.column]
    counts = filled_by_year(result.panel, columns)
    filled = {
        str(column): {str(key): float(n) for key, n in row.items()}
        for column, row in counts.iterrows()
    }
    rows = tuple(_row(result, name, variable, filled) for name, variable in named.items())
    yield Table(
        id="variables",
        title=message("Variables"),
        stub=message("Variable"),
        columns=(
            Column("symbol", message("Symbol")),
            Column("definition", message("Definition")),
            Column("unit", message("Unit")),
            Column("source", message("Source")),
            Column("filled", message("Filled cells")),
        ),
        rows=rows,
        notes=tuple(_notes(result)),
        machine={
            name: {
                "origin": variable.column or variable.score or variable.expression,
                "transform": result.spec.variables.transform_of(variable),
                "unit": variable.unit,
                "share_filled": filled.get(variable.column or "", {}).get(SHARE, 0.0),
            }
            for name, variable in named.items()
        },
        part="text",
    )


def units_of(result: StudyResult) -> dict[str, Wording]:
    """Name the unit of each variable in the tables; a score has none."""
    section = result.spec.variables
    units = result.panel.units
    return {
        name: transformed(
            variable.unit or units.get(variable.column or ""), section.transform_of(variable)
        )
        for name, variable in section.named.items()
    }


def _row(result: StudyResult, name: str, variable: Variable, filled: Filled) -> Row:
    cells = (
        Cell(name, "text"),
        Cell(_definition(result, variable), "text"),
        Cell(units_of(result)[name], "text"),
        Cell(_source(result, variable), "text"),
        _filled(filled, variable.column or ""),
    )
    return Row(variable.label.label(name), cells, key=name)


def _filled(filled: Filled, column: str) -> Cell:
    """Tell the share of the filled cells and their periods."""
    if column not in filled:
        return Cell(0.0, "percent")
    periods = [int(period) for period, n in filled[column].items() if period != SHARE and n]
    share = percent(filled[column][SHARE])
    return Cell(message("{share} ({periods})", share=share, periods=ranges(periods)), "text")


def ranges(periods: Sequence[int]) -> str:
    """Write periods, those that follow each other as one range.

    >>> ranges([2008, 2009, 2010, 2013, 2020, 2021])
    '2008–2010, 2013, 2020–2021'
    """
    runs: list[list[int]] = []
    for period in periods:
        if runs and period == runs[-1][-1] + 1:
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _definition(result: StudyResult, variable: Variable) -> Wording:
    """Say what a variable is: a score, a formula, a column as it was read, or what a step made."""
    if variable.score is not None:
        return message("efficiency score (see the method)")
    return variable.expression or made_as(result, str(variable.column))


def made_as(result: StudyResult, column: str) -> Wording:
    """Say what a column is: as it was read, or what a step made."""
    made = _made(result.panel, column)
    if made is None:
        return result.panel.label(column)
    step = dict(plan_steps(result.spec.prepare)).get(made.step)
    labels = result.panel.labels
    if step is None or made.kind not in DEFINITIONS:
        return in_words(made.why, labels)
    return in_words(DEFINITIONS[made.kind](step), labels)


def _rate(step: Any) -> Wording:
    names = dict.fromkeys((*step.numerator, step.denominator))
    above = " + ".join(step.numerator)
    above = f"({above})" if len(step.numerator) > 1 else above
    return with_names(f"{above} / {step.denominator} × {step.per:g}", names)


def _formula(step: Any) -> Wording:
    text = str(step.expression)
    return with_names(text.replace(" * ", " × "), parse(text).names)


def with_names(text: str, names: Iterable[str]) -> Wording:
    """Make the names of a formula parts of a message, so that readers see labels in their places."""
    # Longest first: 地区生产总值 is a part of 地区生产总值指数.
    ordered = sorted(names, key=len, reverse=True)
    keys = {name: f"x{position}" for position, name in enumerate(ordered)}
    pattern = "|".join(map(re.escape, ordered))
    template = re.sub(pattern, lambda match: f"{{{keys[match[0]]}}}", text) if keys else text
    return message(
        template, **{key: name for name, key in keys.items() if f"{{{key}}}" in template}
    )


def _exposure(step: Any) -> Wording:
    return message("exposure to {shocks} by shares of employment", shocks=step.shocks)


def _stock(step: Any) -> Wording:
    return message(
        "perpetual inventory of {investment}, depreciation {share}",
        investment=step.investment,
        share=percent(step.depreciation),
    )


DEFINITIONS: Mapping[str, Callable[[Any], Wording]] = {
    "expression": _formula,
    "rate": _rate,
    "exposure": _exposure,
    "dynamic_exposure": _exposure,
    "emerging_firms": lambda _: message("firms in emerging industries at the end of the year"),
    "penalty_cases": lambda _: message("penalty cases of the year"),
    "capital_stock": _stock,
    "real_output": lambda step: message(
        "{nominal} at prices of {year}", nominal=step.nominal, year=step.base
    ),
    "entropy_index": lambda step: message(
        "entropy-weighted index of {names}", names=listed(step.columns)
    ),
}
"""Kind of step -> what it makes, in a line; of other kinds the ledger says it."""


def _made(panel: Panel, column: str) -> Entry | None:
    """Find the step that made a column; none made one that was read."""
    entries = panel.ledger.entries
    return next((e for e in entries if e.column == column and e.change in MADE), None)


def _source(result: StudyResult, variable: Variable) -> Wording:
    """List the sources, by their names in the study file, from which a variable comes."""
    files = {
        file: name
        for name, source in result.spec.sources.items()
        for file in ((source.file,) if source.file else source.files)
    }
    origins = _files(result, variable.column, frozenset()) if variable.column else ()
    names = dict.fromkeys(files.get(file, file) for file in origins)
    return ", ".join(names) or message("computed")


def _files(result: StudyResult, column: str, above: frozenset[str]) -> Iterator[str]:
    """Follow a column to the files, or the sources of a step, of what it was made of."""
    panel, made = result.panel, _made(result.panel, column)
    if made is None:
        yield from panel.origins.get(column, (panel.source,) if panel.source else ())
        return
    for used in made.uses:
        # A step may write over a column that it uses: without this the search never ends.
        if used not in above | {column}:
            yield from _files(result, used, above | {column})
    options = dict(result.spec.prepare).get(made.step)
    yield from (name for name in _words(options) if name in result.spec.sources)


def _words(options: object) -> Iterator[str]:
    """List the words among the options of a step, of which some name sources."""
    values = options.values() if isinstance(options, dict) else ()
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (word for word in value if isinstance(word, str))


def _notes(result: StudyResult) -> Iterator[Wording]:
    panel = result.panel
    yield message(
        "Filled cells: share and periods of the cells that are not as in the source but interpolated, "
        "continued or carried back."
    )
    if panel.has_periods and panel.periods:
        first, last = panel.periods[0], panel.periods[-1]
        yield message("Period: {first} to {last}.", first=first, last=last)


ROLES: tuple[tuple[str, Wording], ...] = (
    ("inputs", message("Input")),
    ("good_outputs", message("Good output")),
    ("bad_outputs", message("Bad output")),
)


def indicator_tables(result: StudyResult) -> Iterator[Table]:
    """Set the inputs and outputs of each score, one row a column of the data."""
    view = StudyView(result.spec)
    for name, section in result.spec.sections("efficiency").items():
        columns = {role: getattr(section, role) for role, _ in ROLES}
        rows = tuple(
            _indicator_row(result, column, words, rule=n == 0 and role != "inputs")
            for role, words in ROLES
            for n, column in enumerate(columns[role])
        )
        yield Table(
            id=f"{name}_indicators",
            title=message("{score}: inputs and outputs", score=view.score_label(name)),
            stub=message("Indicator"),
            columns=(
                Column("role", message("Role")),
                Column("definition", message("Definition")),
                Column("unit", message("Unit")),
            ),
            rows=rows,
            machine={"indicators": {role: list(names) for role, names in columns.items()}},
            part="text",
        )


def _indicator_row(result: StudyResult, column: str, role: Wording, *, rule: bool) -> Row:
    label, definition = result.panel.label(column), made_as(result, column)
    cells = (
        Cell(role, "text"),
        Cell("" if definition == label else definition, "text"),
        Cell(unit_in_words(result.panel.units.get(column, "")), "text"),
    )
    return Row(label, cells, key=column, rule_above=rule)
