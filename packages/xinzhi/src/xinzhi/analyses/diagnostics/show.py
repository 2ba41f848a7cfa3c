"""The tables of diagnostics: variance inflation, influence, fixed and random effects, tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.diagnostics.compute import Diagnoses, DiagnosticsSection
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.present import numbers
from xinzhi.present.frames import table_from
from xinzhi.present.numbers import DECIMALS
from xinzhi.present.references import see
from xinzhi.present.statistics import NAMES, statistics_table
from xinzhi.present.table import EMPTY, Cell, CellKind, Column, Row, Table
from xinzhi_core.wording import Wording, in_a_row, message

DECIMALS_OF_VIF = 2


def exhibits(section: DiagnosticsSection, result: Diagnoses, shown: Shown) -> Exhibits:
    """Make the exhibits."""
    tables = tuple(_tables(section, result, shown))
    return Exhibits(tables, prose=tuple(_in_words(section, result, shown, tables)))


def _in_words(
    section: DiagnosticsSection, result: Diagnoses, shown: Shown, tables: Sequence[Table]
) -> Iterator[Wording]:
    """Say in one paragraph what the tests come to; the tables stand in the appendix."""
    sentences = (
        *(sentence for table in tables for sentence in table.reading),
        *(test.verdict for test in result.found if test.verdict),
    )
    if sentences:
        title, number = shown.study.column_title(section.base)
        yield message(
            "Diagnostics of column {n} of {table}{see}: {sentences}",
            n=number,
            table=title,
            see=see(*(table.id for table in tables)),
            sentences=in_a_row(sentences),
        )


def _tables(section: DiagnosticsSection, result: Diagnoses, shown: Shown) -> Iterator[Table]:
    labels, decimals = shown.style.labels, shown.style.decimals
    frames = {test.name: test.table for test in result.found if test.table is not None}
    for name, frame in frames.items():
        if name == "vif":
            yield vif_table(name, message("Variance inflation"), frame, labels=labels)
        elif name == "influence":
            title, entities = message("Influence of single entities"), shown.style.entities
            yield influence_table(
                name, title, frame, labels=labels, entities=entities, decimals=decimals
            )
        elif name == "hausman":
            title = message("Fixed and random effects")
            yield contrast_table(name, title, frame, labels=labels, decimals=decimals)
        else:  # of another package
            headings = {str(column): str(column) for column in frame}
            yield table_from(frame, headings, id=name, title=NAMES.get(name, name), labels=labels)
    # Several tests may give one statistic: it stands once.
    statistics = {s.name: s for test in result.found for s in test.statistics}
    if statistics:
        table, number = shown.study.column_title(section.base)
        about = message("About column {n} of {table}.", n=number, table=table)
        notes = (about, *(test.verdict for test in result.found if test.verdict))
        yield statistics_table("tests", message("Tests"), list(statistics.values()), notes=notes)
    if result.failed:
        yield Table(
            "not_tested",
            message("Tests that could not be computed"),
            (),
            (),
            notes=tuple(
                message("{name}: {reason}", name=test.name, reason=problem.what)
                for test in result.failed
                for problem in test.problems
            ),
            machine={
                "not_computed": {t.name: [str(p.what) for p in t.problems] for t in result.failed}
            },
        )


HIGH = 10.0
"""Customary bound above which collinearity is called strong."""


def vif_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    factors: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
) -> Table:
    """Set the variance inflation factor and its inverse for each regressor, and the mean.

    `factors` has one row a regressor and the columns vif and tolerance (= 1/vif).
    """
    mean = float(factors["vif"].mean()) if len(factors) else math.nan
    plain = {
        str(name): {"vif": float(row["vif"]), "tolerance": float(row["tolerance"])}
        for name, row in factors.iterrows()
    }
    rows = [
        Row(
            labels.get(name, name),
            (Cell(row["vif"], decimals=DECIMALS_OF_VIF), Cell(row["tolerance"], decimals=3)),
            key=name,
        )
        for name, row in plain.items()
    ]
    cells = (Cell(mean, decimals=DECIMALS_OF_VIF), EMPTY)
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(Column("vif", message("VIF")), Column("tolerance", message("1/VIF"))),
        rows=(*rows, Row(message("Mean"), cells, key="mean", rule_above=True)),
        notes=(message("VIF: diagonal of the inverse of the regressors' correlation matrix."),),
        reading=tuple(_reading(factors["vif"], labels)),
        machine={"variables": plain, "mean": mean},
    )


def _reading(factors: pd.Series, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    if factors.empty:
        return
    position = int(factors.to_numpy().argmax())
    worst, largest = str(factors.index[position]), float(factors.iloc[position])
    words = {
        "name": labels.get(worst, worst),
        "vif": numbers.number(largest, DECIMALS_OF_VIF),
        "bound": f"{HIGH:g}",
    }
    if largest > HIGH:
        yield message(
            "Collinearity is strong: the largest VIF, of {name}, is {vif}, above the customary "
            "bound of {bound}; individual coefficients are estimated imprecisely.",
            **words,
        )
    else:
        yield message(
            "The largest VIF, of {name}, is {vif}, below the customary bound of {bound}.", **words
        )


def influence_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    shift: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    entities: Mapping[str, Wording],
    decimals: int = DECIMALS,
) -> Table:
    """Set how far each slope moves, in its standard errors, when an entity is left out.

    `shift` has one row an entity, those that move a slope most, and one column a variable.
    """
    columns = tuple(Column(str(n), labels.get(str(n), str(n))) for n in shift.columns)
    note = message(
        "Change of the coefficient, in standard errors, when all rows of the entity are "
        "left out; the ten entities with the largest influence on a coefficient."
    )
    return Table(
        id=id,
        title=title,
        stub=message("Without"),
        columns=columns,
        rows=_rows(shift, entities, "statistic", decimals),
        notes=(note,),
        machine=MappingProxyType({"shift": _plain(shift)}),
    )


def contrast_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    slopes: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    decimals: int = DECIMALS,
) -> Table:
    """Set the slopes of fixed and of random effects beside each other.

    `slopes` has one row a variable and the columns fixed, random and difference.
    """
    slopes = slopes[["fixed", "random", "difference"]]
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(
            Column("fixed", message("Fixed effects")),
            Column("random", message("Random effects")),
            Column("difference", message("Difference")),
        ),
        rows=_rows(slopes, labels, "number", decimals),
        notes=(
            message("Whether the difference matters is decided by the tests, not by its size."),
        ),
        machine=MappingProxyType({"slopes": _plain(slopes)}),
    )


def _rows(
    frame: pd.DataFrame, labels: Mapping[str, Wording], kind: CellKind, decimals: int
) -> tuple[Row, ...]:
    """Set a frame row by row, each cell under the heading of its column."""
    return tuple(
        Row(
            labels.get(str(name), str(name)),
            tuple(Cell(float(value), kind, decimals=decimals) for value in values),
            key=str(name),
        )
        for name, values in zip(frame.index, frame.to_numpy(), strict=True)
    )


def _plain(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {
        str(name): {str(column): float(value) for column, value in row.items()}
        for name, row in frame.iterrows()
    }
