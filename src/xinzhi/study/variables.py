"""The variables of the tables: columns and scores under their names, transformed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, ResultPart
from xinzhi.errors import DataError, MissingColumn, NotNumeric, Problem, StudyError, Where
from xinzhi.formula.effects import combine, effect_parts
from xinzhi.formula.parse import parse
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.study.formulas import in_turn, place_of_formula
from xinzhi.study.lookup import Lookup
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variable
from xinzhi.study.view import StudyView, memberships, parts_of, score_names
from xinzhi.wording import Label, message

Failed = Mapping[str, tuple[Problem, ...]]
"""Variable -> why it could not be computed."""
Changes = Mapping[str, Callable[[pd.Series], pd.Series]]
"""Variable -> what becomes of its values."""


def check_variables(spec: StudySpec, panel: Panel) -> None:
    """Refuse what no table could use, before anything is measured.

    Raises
    ------
    DataError
        A column is not there or holds text, a grouping names a value that its column never holds,
        or a score has the name of a column.
    """
    named, scores = spec.variables.named.values(), (*score_names(spec), *parts_of(spec))
    panel.require(tuple(v.column for v in named if v.column is not None))
    _refuse_text(spec, panel)
    keys = tuple(part for key in _grouping_columns(spec) for part in effect_parts(key))
    keys_of_study = {ENTITY, PERIOD, *spec.groups, *scores, *panel.keys}
    panel.require(tuple(key for key in keys if key not in keys_of_study))
    # A grouping of a score can be checked only once the score is measured.
    groups = {name: group for name, group in spec.groups.items() if group.column not in scores}
    memberships(spec.model_copy(update={"groups": groups}), panel)
    refuse_taken_names(scores, panel)
    _refuse_unknown_names(spec, panel)


def _refuse_unknown_names(spec: StudySpec, panel: Panel) -> None:
    """Refuse formulas with names that neither the study nor the data know."""
    computed = dict.fromkeys((*spec.variables.named, *score_names(spec)))
    lookup = Lookup(spec, panel, dict.fromkeys(computed, pd.Series(dtype=float)))
    problems = []
    for name, text in in_turn(spec):
        for column in parse(text).names:
            try:
                lookup.column(column)
            except MissingColumn as error:
                problem = error.problems[0]
                sentence = message(
                    "{what} (in the formula {formula})", what=problem.what, formula=text
                )
                problems.append(replace(problem, what=sentence, where=place_of_formula(spec, name)))
    if problems:
        raise MissingColumn(problems)


def refuse_taken_names(scores: Iterable[str], panel: Panel) -> None:
    """Refuse a score with the name of a column."""
    clashes = [name for name in scores if name in panel.frame]
    if clashes:
        raise DataError(
            Problem(
                "study.name_taken",
                message(
                    "'{name}' is computed and has the name of a column of the data.", name=name
                ),
                Where(key=name),
                message("give the score, the index or the variable another name."),
            )
            for name in clashes
        )


def transform_variables(
    spec: StudySpec,
    panel: Panel,
    members: Mapping[str, pd.Series] | None = None,
    changes: Changes = MappingProxyType({}),
) -> tuple[pd.DataFrame, Failed]:
    """Compute the variables of the tables, and keep the columns that name effects and clusters.

    `members` are those of the groupings where they are known already; `changes` change variables before
    anything is made from them.

    ln1p is ln(1+x), of x > -1; ln is the natural logarithm, of x > 0. A value outside names its row:
    the variable is empty then, and what uses it is not computed. A missing value stays missing.
    """
    section = spec.variables
    panel.require(tuple(v.column for v in section.named.values() if v.column is not None))
    _refuse_text(spec, panel)
    problems: dict[str, tuple[Problem, ...]] = {}
    columns = {
        name: _transform(name, variable, section.transform_of(variable), panel, problems)
        for name, variable in section.named.items()
        if variable.expression is None
    }
    # Before the formulas: what is made of a changed variable changes with it.
    columns |= {name: change(columns[name]) for name, change in changes.items() if name in columns}
    for name, text in in_turn(spec):
        values = _formula(name, text, spec, panel, columns, problems)
        columns[name] = changes[name](values) if name in changes else values
    frame = pd.DataFrame({name: columns[name] for name in section.named}, index=panel.frame.index)
    members = memberships(spec, panel) if members is None else members
    keys = _grouping_columns(spec)
    keyed = {key: _key(key, panel, members) for key in keys if key not in frame}
    return frame.assign(**{**keyed, **members}), problems


def _formula(
    name: str,
    text: str,
    spec: StudySpec,
    panel: Panel,
    columns: Mapping[str, pd.Series],
    problems: dict[str, tuple[Problem, ...]],
) -> pd.Series:
    """Compute a variable that is a formula, after those that it is made of."""
    lookup = Lookup(spec, panel, columns)
    before = tuple(p for part in parse(text).names for p in problems.get(part, ()))
    try:
        values = pd.Series(np.nan, index=panel.frame.index) if before else lookup.values(name, text)
    except StudyError as error:
        before, values = error.problems, pd.Series(np.nan, index=panel.frame.index)
    if before:
        problems[name] = before
        return values
    transform = spec.variables.transform_of(spec.variables.named[name])
    return _logarithm(name, name, values, transform, panel, problems)


def _key(name: str, panel: Panel, members: Mapping[str, pd.Series]) -> pd.Series:
    """Give the column of an effect or cluster; of several, their combinations."""
    parts = effect_parts(name)
    index = panel.frame.index
    levels = {ENTITY: 0, panel.keys[0]: 0, PERIOD: 1, panel.keys[1]: 1}
    columns = []
    for part in parts:
        if part in members:
            columns.append(members[part])
        elif part not in panel.frame and part in levels:
            columns.append(pd.Series(index.get_level_values(levels[part]), index=index))
        else:
            panel.require((part,))
            columns.append(panel.frame[part])
    return columns[0] if len(parts) == 1 else combine(columns)


def _grouping_columns(spec: StudySpec) -> tuple[str, ...]:
    """Columns that serve as effects or clusters, beside entity and period, and no grouping."""
    columns: list[str] = []
    for key, analysis in ANALYSES:
        for section in spec.sections(key).values():
            data = analysis.reads(section, StudyView(spec)).data
            columns += [name for asked in data for name in asked.keys]
    keys_of_study = {"entity", "period", *spec.groups}
    return tuple(n for n in dict.fromkeys(columns) if n not in keys_of_study)


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
    name: str,
    variable: Variable,
    transform: str,
    panel: Panel,
    problems: dict[str, tuple[Problem, ...]],
) -> pd.Series:
    source = variable.column or (variable.score if variable.part == ResultPart() else name)
    assert source is not None
    if source not in panel.frame:  # a run of some parts leaves the scores of the others out
        sentence = message("The score '{name}' was not measured in this run.", name=source)
        problems[name] = (Problem("variables.no_score", sentence, Where(key=f"variables.{name}")),)
        return pd.Series(np.nan, index=panel.frame.index)
    values = panel.frame[source].astype(np.float64)
    return _logarithm(name, source, values, transform, panel, problems)


def _logarithm(
    name: str,
    source: str,
    values: pd.Series,
    transform: str,
    panel: Panel,
    problems: dict[str, tuple[Problem, ...]],
) -> pd.Series:
    if transform == "none":
        return values
    logarithm = LOGARITHMS[transform]
    outside = np.flatnonzero((values <= logarithm.lowest).to_numpy())
    here = tuple(
        Problem(
            "derive.log_nonpositive",
            message(
                "{transform} of '{column}' is not defined for the value {value}.",
                transform=transform,
                column=source,
                value=values.iloc[position],
            ),
            panel.place(int(position), source),
            message("correct the value, or declare `transform: none` for {name}.", name=name),
        )
        for position in outside
    )
    if len(outside):
        problems[name] = here
        return pd.Series(np.nan, index=values.index)
    return pd.Series(logarithm.of(values.to_numpy()), index=values.index)


def labels(spec: StudySpec) -> dict[str, Label]:
    """Labels of groupings, and of the variables of the tables."""
    groupings = {name: group.label.label(name) for name, group in spec.groups.items()}
    variables = {
        name: variable.label.label(name) for name, variable in spec.variables.named.items()
    }
    return {**groupings, **variables}


def scale_notices(spec: StudySpec, panel: Panel) -> tuple[Notice, ...]:
    """Warn where ln(1+x) is taken of small numbers: the slope is then no elasticity."""
    notices = []
    for name, variable in spec.variables.named.items():
        if variable.column is None or spec.variables.transform_of(variable) != "ln1p":
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
