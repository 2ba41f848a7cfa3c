"""The variables of the tables: columns and scores under their names, transformed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.errors import NotNumeric, OutOfDomain, Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.study.groups import memberships
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variable
from xinzhi.wording import Label, message


def transformed(spec: StudySpec, panel: Panel) -> pd.DataFrame:
    """Compute the variables of the tables, and keep the columns that name effects and clusters.

    ln1p is ln(1+x), of x > -1; ln is the natural logarithm, of x > 0. A value outside is an error
    that names its row; a missing value stays missing.
    """
    section = spec.variables
    panel.require(tuple(v.column for v in section.named.values() if v.column is not None))
    _refuse_text(spec, panel)
    problems: list[Problem] = []
    columns = {
        name: _transform(name, variable, variable.transform or section.transform, panel, problems)
        for name, variable in section.named.items()
    }
    if problems:
        raise OutOfDomain(problems)
    keys = _grouping_columns(spec)
    panel.require(keys)
    frame = pd.DataFrame(columns, index=panel.frame.index)
    keyed = {key: panel.frame[key] for key in keys if key not in frame}
    return frame.assign(**{**keyed, **memberships(spec, panel)})


def _grouping_columns(spec: StudySpec) -> tuple[str, ...]:
    """Columns that serve as effects or clusters, beside entity and period, and no grouping."""
    found: list[str] = []
    for table in spec.tables.values():
        found += [*table.effects, *table.covariance.clusters]
        for column in table.columns:
            found += [*(column.effects or ())]
            found += column.covariance.clusters if column.covariance else ()
    if spec.specification_curve is not None:
        vary = spec.specification_curve.vary
        found += [name for names in vary.effects or () for name in names]
        found += [name for how in vary.covariance or () if how for name in how.clusters]
    known = {"entity", "period", *spec.groups}
    return tuple(n for n in dict.fromkeys(found) if n not in known)


def _refuse_text(spec: StudySpec, panel: Panel) -> None:
    problems = [
        Problem(
            "variables.text",
            message(
                "Column '{column}' holds text, so it cannot be a variable of a table.",
                column=variable.column,
            ),
            Where(key=f"variables.{name}.column"),
            message("name a column of numbers."),
        )
        for name, variable in spec.variables.named.items()
        if variable.column is not None and panel.frame[variable.column].dtype.kind not in "fiub"
    ]
    if problems:
        raise NotNumeric(problems)


def _transform(
    name: str, variable: Variable, transform: str, panel: Panel, problems: list[Problem]
) -> pd.Series:
    source = variable.column or variable.score
    assert source is not None
    values = panel.frame[source].astype(np.float64)
    if transform == "none":
        return values
    shift = 1.0 if transform == "ln1p" else 0.0
    outside = np.flatnonzero((values + shift <= 0).to_numpy())
    problems.extend(
        Problem(
            "derive.log_nonpositive",
            message(
                "{transform} of '{column}' is not defined for the value {value}.",
                transform=transform,
                column=source,
                value=values.iloc[position],
            ),
            panel.place(int(position), source),
            message("mend the value, or declare `transform: none` for {name}.", name=name),
        )
        for position in outside
    )
    if len(outside):
        return values
    return values.map(np.log1p if transform == "ln1p" else np.log)


def labels(spec: StudySpec) -> dict[str, Label]:
    """Labels of the variables of the tables."""
    return {name: variable.label.label(name) for name, variable in spec.variables.named.items()}


def scale_notices(spec: StudySpec, panel: Panel) -> tuple[Notice, ...]:
    """Warn where ln(1+x) is taken of small numbers: the slope is then no elasticity."""
    notices = []
    for name, variable in spec.variables.named.items():
        if variable.column is None or (variable.transform or spec.variables.transform) != "ln1p":
            continue
        largest = panel.frame[variable.column].max()
        if largest < 1:
            notices.append(
                Notice(
                    "variables.small_scale",
                    message(
                        "All values of {name} are below 1 (largest {largest:.3g}), so ln(1+x) is "
                        "nearly x and its slope is not an elasticity.",
                        name=variable.label.label(name),
                        largest=float(largest),
                    ),
                    Where(key=f"variables.{name}", column=variable.column),
                )
            )
    return tuple(notices)
