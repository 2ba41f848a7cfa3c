"""The variables of the tables: columns and scores under their names, transformed.

Values of formulas: columns by the names that formulas use, and dummies once the data are known.

Notices of a study: about its data, about scores as outcomes, about filled cells.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, ResultPart
from xinzhi.analyses.capabilities import Estimated, Measured
from xinzhi.analyses.section import references
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.coverage import coverage_note, size_of
from xinzhi.present.labelled import in_words
from xinzhi.study.result import Reading, Results, place_in_file
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Group, Variable
from xinzhi.study.view import (
    StudyView,
    both,
    columns_behind,
    flat,
    in_turn,
    is_formula,
    label_of,
    memberships,
    parts_of,
    place_of_formula,
    score_names,
)
from xinzhi_core.errors import DataError, MissingColumn, NotNumeric, Problem, StudyError, Where
from xinzhi_core.formula import tree
from xinzhi_core.formula.evaluate import evaluate, without_quotes
from xinzhi_core.formula.levels import combine, effect_parts, is_dummies, level_terms
from xinzhi_core.formula.parse import parse
from xinzhi_core.notices import Notice
from xinzhi_core.panel.calendar import in_years
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel, share_filled
from xinzhi_core.panel.transforms import LOGARITHMS
from xinzhi_core.problems import CONSTANT_COLUMN, missing_column
from xinzhi_core.resampled import coarse
from xinzhi_core.wording import Label, Wording, listed, message
from xinzhi_econometrics.estimates import Estimates


def with_levels(spec: StudySpec, panel: Panel) -> StudySpec:
    """Put one variable for each value, but the base, in the place of each i(column).

    Raises
    ------
    DataError
        The column has no value that could be a base, or too many values.
    """
    asked = [name for name in spec.sets if is_dummies(name)]
    if not asked:
        return spec
    named, sets = dict(spec.variables.named), dict(spec.sets)
    lookup = Lookup(spec, panel, {})
    for text in asked:
        dummies = parse(text).tree
        assert isinstance(dummies, tree.Dummies)
        column = dummies.column.name
        terms = level_terms(dummies, lookup.column(column), lookup.order(column))
        for term in terms:
            words = term.in_words(partial(label_of, spec=spec), partial(_member, column, spec=spec))
            named[term.name] = Variable(expression=term.name, label=both(words))
        sets[text] = tuple(term.name for term in terms)
    variables = spec.variables.model_copy(update={"named": named})
    return spec.model_copy(update={"variables": variables, "sets": flat(sets)})


def _member(column: str, value: str, spec: StudySpec) -> Wording:
    group = spec.groups.get(column)
    return group.labels[value].label(value) if group and value in group.labels else Label(value)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Columns by the names that formulas use."""

    spec: StudySpec
    panel: Panel
    variables: Mapping[str, pd.Series]
    """Variables that have been computed."""

    def column(self, name: str) -> pd.Series:
        """Find a column.

        Raises
        ------
        MissingColumn
            With the nearest name among variables, groupings and columns.
        """
        if name in self.variables:
            return self.variables[name]
        if name in self.spec.groups:
            return self.members(name, self.spec.groups[name])
        frame = self.panel.frame
        # The parser reads full-width signs as plain ones; headings have them as they were typed.
        plain = unicodedata.normalize("NFKC", name)
        for column in (name, *map(str, frame.columns)):
            if column in frame and unicodedata.normalize("NFKC", column) == plain:
                return frame[column]
        keys = {ENTITY: 0, self.panel.keys[0]: 0, PERIOD: 1, self.panel.keys[1]: 1}
        if name in keys and (keys[name] == 0 or self.panel.has_periods):
            values = frame.index.get_level_values(keys[name])
            is_part = keys[name] == 1 and self.panel.per_year > 1
            # A quarter is a fraction of its year, so that it compares with years.
            return pd.Series(in_years(values.to_numpy()) if is_part else values, index=frame.index)
        variables = (variable for variable in self.spec.variables.named if not is_formula(variable))
        names = dict.fromkeys((*variables, *self.spec.groups, *map(str, frame.columns)))
        raise MissingColumn(self.unknown(name, tuple(names)))

    def unknown(self, name: str, names: tuple[str, ...]) -> Problem:
        """Describe a name that nothing has; a value of a column of text lacks quotation marks."""
        problem = missing_column(name, names)
        frame = self.panel.frame
        texts = (column for column in frame if frame[column].dtype.kind not in "fiub")
        for column in texts:
            if (frame[column] == name).any():
                return replace(problem, remedy=without_quotes(name, str(column)))
        return problem

    def members(self, name: str, group: Group) -> pd.Series:
        """Give each row its member of a grouping."""
        alone = self.spec.model_copy(update={"groups": {name: group}})
        return memberships(alone, self.panel)[name]

    def order(self, name: str) -> tuple[str, ...]:
        """List the members of a grouping in the order of the study file."""
        group = self.spec.groups.get(name)
        return tuple(group.named) if group and name not in self.variables else ()

    def values(self, name: str, text: str) -> pd.Series:
        """Evaluate the formula of a variable."""
        formula = parse(text)
        where = place_of_formula(self.spec, name)
        columns = {part: self.column(part) for part in formula.names}
        frame = pd.DataFrame(columns, index=self.panel.frame.index)
        values = evaluate(formula, replace(self.panel, frame=frame), where=where)
        return pd.Series(values, index=frame.index)


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
    refuse_taken_names(spec, panel)
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


def refuse_taken_names(spec: StudySpec, panel: Panel) -> None:
    """Refuse a score, an index or a part of one with the name of a column, where the study file names it."""
    places = {
        name: f"{key}.{name}"
        for key, analysis in ANALYSES
        if isinstance(analysis, Measured)
        for name in spec.sections(key)
    }
    places |= {name: f"variables.{name}" for name in parts_of(spec)}
    clashes = [name for name in places if name in panel.frame]
    if clashes:
        raise DataError(
            Problem(
                "study.name_taken",
                message(
                    "'{name}' is computed and has the name of a column of the data.", name=name
                ),
                Where(key=places[name]),
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


CODE = "plausible.code"
"""Whose figures rows are matters whatever columns a study uses."""


def about_data(spec: StudySpec, reading: Reading, panel: Panel) -> tuple[Problem, ...]:
    """Gather the warnings about the data before anything is measured, each once.

    Parameters
    ----------
    spec, reading
        The study, and how its files were read.
    panel
        After preparation, with or without scores.
    """
    made = (*_flagged(panel), *scale_notices(spec, panel))
    warnings = (
        *(_of_study(warning, spec) for warning in reading.warnings if matters(warning, spec)),
        *(Problem(notice.code, notice.text, notice.where, severity="warning") for notice in made),
    )
    return tuple(dict.fromkeys(warnings))


def gather(spec: StudySpec, reading: Reading, panel: Panel, results: Results) -> tuple[Notice, ...]:
    """Gather the notices of data, scores and samples, each once."""
    notices = [
        *(
            Notice(problem.code, problem.what, problem.where)
            for problem in about_data(spec, reading, panel)
        ),
        *_scores_as_outcomes(spec, size_of(panel.frame.index)),
        *_filled(spec, panel, results),
        *_few_draws(spec),
    ]
    return label_variables(dict.fromkeys(notices), labels(spec))


def matters(warning: Problem, spec: StudySpec) -> bool:
    """Whether a warning concerns a column that the study uses, itself or through its steps."""
    if warning.code == CODE:
        return True
    columns = {warning.where.column, *warning.beside} - {None}
    # Columns of series and records have names of their own, which steps use, not variables.
    others = {Path(p).name for s in spec.sources.values() if s.kind != "panel" for p in s.paths}
    if not columns or warning.where.file in others:
        return True
    # A column by which rows are chosen is constant by that choice.
    used = _columns_read(spec) if warning.code == CONSTANT_COLUMN else used_columns(spec)
    return not columns.isdisjoint(used)


def _of_study(warning: Problem, spec: StudySpec) -> Problem:
    """Name the columns that the study uses where a warning counts columns without a name."""
    if warning.code != CONSTANT_COLUMN or warning.where.column is not None:
        return warning
    used = _columns_read(spec)
    names = [name for name in warning.beside if name in used]
    text = message(
        "{n} further columns that the study uses are constant or empty: {names}.",
        one="{n} further column that the study uses is constant or empty: {names}.",
        n=len(names),
        names=listed(names),
    )
    return replace(warning, what=text, beside=tuple(names))


def used_columns(spec: StudySpec) -> frozenset[str]:
    """List the columns on which a result can rest: variables, inputs and outputs, groups, keys, and all of steps.

    What a step reads reaches the results through what it makes. A step is taken to read every column that
    one of its options names: a name too many tells a reader of a doubt, a name too few hides it.
    """
    return _columns_read(spec) | spec.keys()


def _columns_read(spec: StudySpec) -> frozenset[str]:
    """List the columns whose values results rest on, keys and what chooses rows left out."""
    roles = {
        column
        for score in spec.sections("efficiency").values()
        for column in (*score.inputs, *score.good_outputs, *score.bad_outputs)
    }
    groups = {group.column for group in spec.groups.values()}
    raw = {
        name
        for key, _ in ANALYSES
        for section in spec.sections(key).values()
        for _, name in references(section, "data")
    }
    return frozenset(_columns_of_variables(spec) | roles | groups | raw | _columns_of_steps(spec))


def _columns_of_steps(spec: StudySpec) -> set[str]:
    texts = {text for _, options in spec.prepare for text in _texts(options)}
    return texts.union(*(_names_of(options) for _, options in spec.prepare))


def _texts(value: object) -> Iterator[str]:
    """List the texts among the options of a step, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inside in value.items():
            yield from (*_texts(key), *_texts(inside))
    elif isinstance(value, (list, tuple)):
        for inside in value:
            yield from _texts(inside)


def _names_of(options: Mapping[str, object]) -> Collection[str]:
    """List the columns of an expression; it was parsed when the study was loaded."""
    text = options.get("expression")
    return parse(text).names if isinstance(text, str) else ()


def _columns_of_variables(spec: StudySpec) -> set[str]:
    return {column for name in spec.variables.named for column in columns_behind(spec, name)}


def _flagged(panel: Panel) -> Iterable[Notice]:
    """Report the warnings of preparation steps: doubtful indices, records left out."""
    return (
        Notice(
            f"prepare.{entry.kind}",
            message("{step}: {words}", step=entry.step, words=entry.why),
            Where(key=f"prepare.{entry.step}", column=entry.column),
        )
        for entry in panel.ledger.entries
        if entry.change == "flagged"
    )


def _filled(spec: StudySpec, panel: Panel, results: Results) -> Iterable[Notice]:
    """State for each section how many of the cells behind its regressions were filled, not observed."""
    for key, analysis in ANALYSES:
        if not isinstance(analysis, Estimated):
            continue
        for name, result in results.get(key, {}).items():
            if isinstance(result, Unavailable):
                continue
            shares = [
                _share_filled(spec, panel, estimates) for estimates in analysis.samples(result)
            ]
            if any(shares):
                text = message(
                    "{table}: {shares} of the cells behind its columns were filled, not observed.",
                    table=spec.sections(key)[name].title.label(name),
                    shares=listed([f"{share:.1%}" for share in shares]),
                )
                yield Notice("sample.filled", text, Where(key=f"{key}.{name}"))


def _few_draws(spec: StudySpec) -> Iterable[Notice]:
    """Say where p-values come in steps that are coarse against the declared level."""
    study = StudyView(spec)
    for key, analysis in ANALYSES:
        for name, section in spec.sections(key).items():
            place = ".".join(place_in_file(key, name))
            for option, n, alpha, sides in analysis.drawn(section, study):
                yield from coarse(n, alpha, f"{place}.{option}", sides=sides)


def _share_filled(spec: StudySpec, panel: Panel, estimates: Estimates | None) -> float:
    if estimates is None:
        return 0.0
    asked, named = estimates.regression, spec.variables.named
    used = (asked.outcome, *asked.regressors, *asked.controls)
    sources = [c for v in used if v in named for c in columns_behind(spec, v)]
    return share_filled(panel, [c for c in sources if c in panel.frame], estimates.residuals.index)


def _scores_as_outcomes(spec: StudySpec, size: tuple[int, int]) -> Iterable[Notice]:
    """State what it means that a score is regressed, by whichever analysis."""
    view = StudyView(spec)
    outcomes = {
        equation.regression.outcome
        for key, analysis in ANALYSES
        for section in spec.sections(key).values()
        for equation in analysis.reads(section, view).equations
    }
    for name in sorted(outcomes):
        variable = spec.variables.named[name]
        if variable.score in spec.sections("productivity"):
            text = message(
                "{name} is an index of productivity: its values depend on one another through "
                "estimated frontiers, so the usual standard errors of a regression on it are "
                "approximate.",
                name=variable.label.label(name),
            )
            yield Notice("inference.index_as_outcome", text)
        if variable.score in spec.sections("efficiency"):
            text = message(
                "{name} is an efficiency score: such scores are bounded and depend on one "
                "another through the frontier, so the usual standard errors of a regression "
                "on them are approximate.",
                name=variable.label.label(name),
            )
            yield Notice("inference.scores_as_outcome", text)
            for note in coverage_note("estimated_scores", *size):
                text = message(
                    "{name}, estimated scores as an outcome: {note}",
                    name=variable.label.label(name),
                    note=note,
                )
                yield Notice("inference.scores_as_outcome_coverage", text)


def label_variables(notices: Iterable[Notice], labels: Mapping[str, Label]) -> tuple[Notice, ...]:
    """Replace names of variables by their labels in notices."""
    return tuple(replace(notice, text=in_words(notice.text, labels)) for notice in notices)
