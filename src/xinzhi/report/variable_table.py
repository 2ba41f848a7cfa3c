"""The variables of a study: name, symbol, definition, unit, source, how many cells were filled."""

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
from xinzhi.present.units import transformed
from xinzhi.report.named import in_words
from xinzhi.study.result import StudyResult
from xinzhi.study.schema.variables import Variable
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
    columns = [one.column for one in named.values() if one.column]
    counts = filled_by_year(result.panel, columns).to_dict("index")
    filled = {
        str(column): {str(k): float(n) for k, n in one.items()} for column, one in counts.items()
    }
    rows = tuple(_row(result, name, one, filled) for name, one in named.items())
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
                "origin": one.column or one.score or one.expression,
                "transform": result.spec.variables.transform_of(one),
                "unit": one.unit,
                "share_filled": filled.get(one.column or "", {}).get(SHARE, 0.0),
            }
            for name, one in named.items()
        },
        part="text",
    )


def units_of(result: StudyResult) -> dict[str, Wording]:
    """Name the unit of each variable in the tables; a score has none."""
    section = result.spec.variables
    units = {
        name: one.unit or result.panel.units.get(one.column or "")
        for name, one in section.named.items()
    }
    return {
        name: transformed(units[name], section.transform_of(one))
        for name, one in section.named.items()
    }


def _row(result: StudyResult, name: str, one: Variable, filled: Filled) -> Row:
    cells = (
        Cell(name, "text"),
        Cell(_definition(result, one), "text"),
        Cell(units_of(result)[name], "text"),
        Cell(_source(result, one), "text"),
        _filled(filled, one.column or ""),
    )
    return Row(one.label.label(name), cells, key=name)


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


def _definition(result: StudyResult, one: Variable) -> Wording:
    """Say what a variable is: a score, a formula, a column as it was read, or what a step made."""
    if one.score is not None:
        return message("efficiency score (see the method)")
    if one.expression is not None:
        return one.expression
    return made_as(result, str(one.column))


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
    template = re.sub(pattern, lambda found: f"{{{keys[found[0]]}}}", text) if keys else text
    return message(
        template, **{key: name for name, key in keys.items() if f"{{{key}}}" in template}
    )


def _exposure(step: Any) -> Wording:
    return message("exposure to {shocks} by shares of employment", shocks=step.shocks)


def _firms(step: Any) -> Wording:
    del step
    return message("firms in emerging industries at the end of the year")


def _cases(step: Any) -> Wording:
    del step
    return message("penalty cases of the year")


def _stock(step: Any) -> Wording:
    return message(
        "perpetual inventory of {investment}, depreciation {share}",
        investment=step.investment,
        share=percent(step.depreciation),
    )


def _real(step: Any) -> Wording:
    return message("{nominal} at prices of {year}", nominal=step.nominal, year=step.base)


def _index(step: Any) -> Wording:
    return message("entropy-weighted index of {names}", names=listed(list(step.columns)))


DEFINITIONS: Mapping[str, Callable[[Any], Wording]] = {
    "expression": _formula,
    "rate": _rate,
    "exposure": _exposure,
    "dynamic_exposure": _exposure,
    "emerging_firms": _firms,
    "penalty_cases": _cases,
    "capital_stock": _stock,
    "real_output": _real,
    "entropy_index": _index,
}
"""Kind of step -> what it makes, in a line; of other kinds the ledger says it."""


def _made(panel: Panel, column: str) -> Entry | None:
    """Find the step that made a column; none made one that was read."""
    made = [one for one in panel.ledger.entries if one.column == column and one.change in MADE]
    return made[0] if made else None


def _source(result: StudyResult, one: Variable) -> Wording:
    """List the sources, by their names in the study file, from which a variable comes."""
    files = {
        file: name
        for name, source in result.spec.sources.items()
        for file in ((source.file,) if source.file else source.files)
    }
    found = dict.fromkeys(_files(result, one.column, frozenset()) if one.column else ())
    return ", ".join(dict.fromkeys(files.get(file, file) for file in found)) or message("computed")


def _files(result: StudyResult, column: str, above: frozenset[str]) -> Iterator[str]:
    """Follow a column to the files, or the sources of a step, of what it was made of."""
    panel, made = result.panel, _made(result.panel, column)
    if made is None:
        yield from panel.origins.get(column, (panel.source,) if panel.source else ())
        return
    for used in made.uses:
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
            yield from (one for one in value if isinstance(one, str))


def _notes(result: StudyResult) -> Iterator[Wording]:
    panel = result.panel
    yield message(
        "Filled cells: share and periods of the cells that are not as in the source but interpolated, "
        "continued or carried back."
    )
    if panel.has_periods and panel.periods:
        first, last = panel.periods[0], panel.periods[-1]
        yield message("Period: {first} to {last}.", first=first, last=last)
