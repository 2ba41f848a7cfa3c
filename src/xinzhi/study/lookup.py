"""Values of formulas: columns by the names that formulas use, and dummies once the data are known."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from xinzhi.errors import MissingColumn, Problem
from xinzhi.formula import tree
from xinzhi.formula.evaluate import evaluate, without_quotes
from xinzhi.formula.levels import is_dummies, level_terms
from xinzhi.formula.parse import parse
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.problems import missing_column
from xinzhi.study.formulas import both, flat, is_formula, label_of, place_of_formula
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Group, Variable
from xinzhi.study.view import memberships
from xinzhi.wording import Label, Wording


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
            return pd.Series(values, index=frame.index)
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
