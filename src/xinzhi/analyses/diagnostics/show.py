"""The tables of diagnostics: variance inflation, influence, fixed and random effects, tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.diagnostics.compute import Diagnoses
from xinzhi.analyses.diagnostics.section import DiagnosticsSection
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present import numbers
from xinzhi.present.numbers import DECIMALS
from xinzhi.present.references import see
from xinzhi.present.statistics import statistics_table
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.diagnostics import Diagnosis
from xinzhi.wording import Wording, in_a_row, message


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
        *(one.verdict for one in result.found if one.verdict),
    )
    if sentences:
        table, number = shown.study.column_title(section.base)
        yield message(
            "Diagnostics of column {n} of {table}{see}: {sentences}",
            n=number,
            table=table,
            see=see(*(table.id for table in tables)),
            sentences=in_a_row(sentences),
        )


def _tables(section: DiagnosticsSection, result: Diagnoses, shown: Shown) -> Iterator[Table]:
    for one in result.found:
        yield from _table(one, shown)
    statistics = list({s.name: s for one in result.found for s in one.statistics}.values())
    if statistics:
        table, number = shown.study.column_title(section.base)
        about = message("About column {n} of {table}.", n=number, table=table)
        verdicts = tuple(one.verdict for one in result.found if one.verdict)
        yield statistics_table("tests", message("Tests"), statistics, notes=(about, *verdicts))
    if result.failed:
        yield _failed(result.failed)


def _table(one: Diagnosis, shown: Shown) -> Iterator[Table]:
    """Set the numbers by variable or by entity, where a test gives some."""
    labels, decimals = shown.style.labels, shown.style.decimals
    if one.table is None:
        return
    if one.name == "vif":
        yield vif_table("vif", message("Variance inflation"), one.table, labels=labels)
    elif one.name == "influence":
        yield influence_table(
            "influence",
            message("Influence of single entities"),
            one.table,
            labels=labels,
            entities=shown.style.entities,
            decimals=decimals,
        )
    elif one.name == "hausman":
        title = message("Fixed and random effects")
        yield contrast_table("hausman", title, one.table, labels=labels, decimals=decimals)


def _failed(failed: Sequence[Unavailable]) -> Table:
    why = [
        message("{name}: {reason}", name=one.name, reason=p.what)
        for one in failed
        for p in one.problems
    ]
    plain = {one.name: [str(p.what) for p in one.problems] for one in failed}
    return Table(
        "not_tested",
        message("Tests that could not be computed"),
        (),
        (),
        notes=tuple(why),
        machine={"not_computed": plain},
    )


HIGH = 10.0
"""Customary bound above which collinearity is called strong."""


def vif_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    factors: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    decimals: int = 2,
) -> Table:
    """Set the variance inflation factor and its inverse for each regressor, and the mean.

    `factors` has one row a regressor and the columns vif and tolerance (= 1/vif).
    """
    rows = [_row(str(name), factors.loc[name], labels, decimals) for name in factors.index]
    mean = float(factors["vif"].mean()) if len(factors) else math.nan
    rows.append(
        Row(
            message("Mean"),
            (Cell(mean, "number", decimals=decimals), EMPTY),
            key="mean",
            rule_above=True,
        )
    )
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(Column("vif", message("VIF")), Column("tolerance", message("1/VIF"))),
        rows=tuple(rows),
        notes=(message("VIF: diagonal of the inverse of the regressors' correlation matrix."),),
        reading=tuple(_reading(factors, labels, decimals)),
        machine={
            "variables": {
                str(name): {"vif": float(row["vif"]), "tolerance": float(row["tolerance"])}
                for name, row in factors.iterrows()
            },
            "mean": mean,
        },
    )


def _row(name: str, found: pd.Series, labels: Mapping[str, Wording], decimals: int) -> Row:
    cells = (
        Cell(float(found["vif"]), "number", decimals=decimals),
        Cell(float(found["tolerance"]), "number", decimals=3),
    )
    return Row(labels.get(name, name), cells, key=name)


def _reading(
    factors: pd.DataFrame, labels: Mapping[str, Wording], decimals: int
) -> Iterator[Wording]:
    if factors.empty:
        return
    at = int(factors["vif"].to_numpy().argmax())
    worst, largest = str(factors.index[at]), float(factors["vif"].iloc[at])
    words = {
        "name": labels.get(worst, worst),
        "vif": numbers.number(largest, decimals),
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
    names = [str(name) for name in shift.columns]
    return Table(
        id=id,
        title=title,
        stub=message("Without"),
        columns=tuple(Column(name, labels.get(name, name)) for name in names),
        rows=tuple(
            Row(
                entities.get(str(entity), str(entity)),
                tuple(
                    Cell(float(value), "statistic", decimals=decimals)
                    for value in shift.loc[entity]
                ),
                key=str(entity),
            )
            for entity in shift.index
        ),
        notes=(
            message(
                "Change of the coefficient, in standard errors, when all rows of the entity are "
                "left out; the ten entities with the largest influence on a coefficient."
            ),
        ),
        machine=MappingProxyType(
            {
                "shift": {
                    str(entity): {name: float(shift.loc[entity, name]) for name in names}
                    for entity in shift.index
                }
            }
        ),
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
    names = ("fixed", "random", "difference")
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(
            Column("fixed", message("Fixed effects")),
            Column("random", message("Random effects")),
            Column("difference", message("Difference")),
        ),
        rows=tuple(
            Row(
                labels.get(str(name), str(name)),
                tuple(Cell(float(slopes.loc[name, c]), decimals=decimals) for c in names),
                key=str(name),
            )
            for name in slopes.index
        ),
        notes=(message("The tests, not the size of the difference, show whether it matters."),),
        machine=MappingProxyType(
            {
                "slopes": {
                    str(name): {c: float(slopes.loc[name, c]) for c in names}
                    for name in slopes.index
                }
            }
        ),
    )
