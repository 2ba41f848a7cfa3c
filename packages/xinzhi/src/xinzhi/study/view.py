"""What an analysis may know of a study: names and their meaning, groups, sets; never files.

Formulas of a study: the variables that tables name by a formula, and what these are made of.

A formula that a table names (`x: [talent, talent^2, L1.policy, i(region)]`) becomes a variable of that name,
labelled as a person would write it; `i(region)` becomes a set of variables once the data are known, one for
each value but the base. So every analysis knows variables alone. Names in a formula are variables first,
then groupings, then columns of the panel, then the keys.

Columns of which a percentage means something: those that are measured from a natural zero.

10% more of an amount is an amount; 10% more of a logarithm, a standard score or a difference is not. What made a
column tells: the steps of the study file, else the name that researchers give to a logarithm. Whether the values
have one sign is looked up in the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Origin, ResultPart, in_order, title_of
from xinzhi.analyses.capabilities import Measured
from xinzhi.analyses.efficiency.section import OTHER_ANALYSES
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.regressions.section import column_equation
from xinzhi.analyses.section import Section, Words, as_written
from xinzhi.present.style import Style
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import REST, Group, Variable
from xinzhi_core.errors import DataError, Problem, Where, suggestion
from xinzhi_core.formula.evaluate import evaluate
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import PLAIN
from xinzhi_core.formula.write import in_words
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.vocabulary import with_implied
from xinzhi_core.wording import Label, Wording, message, say
from xinzhi_econometrics.specification import DEFAULT, Regression
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule

SIGNS = re.compile(r"[-+*/^()<>=!&|:'\"`²³≥≤≠]|\A[LFD]\d{0,2}\.|\s(and|or|not|in)\s|\Anot\s")
"""What makes a text a formula and no name."""


def is_formula(text: str) -> bool:
    """Whether a text that names no variable is a formula.

    >>> is_formula("talent^2"), is_formula("L1.talent"), is_formula("talnt")
    (True, True, False)
    """
    return bool(SIGNS.search(text.translate(PLAIN)))


def label_of(name: str, spec: StudySpec) -> Wording:
    """Word a name in a formula: a variable, a grouping, a key, or a column as the data call it."""
    if name in spec.variables.named:
        return spec.variables.named[name].label.label(name)
    if name in spec.groups:
        return spec.groups[name].label.label(name)
    keys: Mapping[str, Wording] = {ENTITY: message("Entity"), PERIOD: message("Period")}
    return keys.get(name, Label(name))


def both(words: Wording) -> Words:
    """Keep words in both languages."""
    return Words(zh=say(words, "zh"), en=say(words, "en"))


def formula_variable(text: str, spec: StudySpec) -> Variable:
    """Make the variable that a formula of a table stands for, labelled as a person would write it."""
    words = in_words(parse(text).tree, lambda name: label_of(name, spec))
    return Variable(expression=text, label=both(words))


def place_of_formula(spec: StudySpec, name: str) -> Where:
    """Find where the formula of a variable stands in the study file."""
    return spec.variables.named[name].where or Where(key=f"variables.{name}")


def flat(sets: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Put the variables that a formula stands for in its place among the members of sets.

    >>> flat({"controls": ("a", "i(b)"), "i(b)": ("b == 1", "b == 2")})["controls"]
    ('a', 'b == 1', 'b == 2')
    """
    return {
        name: tuple(variable for member in members for variable in (sets.get(member) or (member,)))
        for name, members in sets.items()
    }


def names_behind(spec: StudySpec, name: str) -> tuple[str, ...]:
    """List a variable, and all names of the formulas that it is made of."""
    behind: dict[str, None] = {}
    left = [name]
    while left:
        part = left.pop()
        if part in behind:
            continue
        behind[part] = None
        variable = spec.variables.named.get(part)
        if variable is not None and variable.expression is not None:
            left += parse(variable.expression).names
    return tuple(behind)


def columns_behind(spec: StudySpec, name: str) -> tuple[str, ...]:
    """List the columns of the panel that a variable is made of."""
    named = spec.variables.named
    columns = (named[part].column if part in named else part for part in names_behind(spec, name))
    return tuple(dict.fromkeys(column for column in columns if column is not None))


def in_turn(spec: StudySpec) -> Iterator[tuple[str, str]]:
    """List the variables that are formulas, each after those that it is made of."""
    named = spec.variables.named
    done: dict[str, None] = {}

    # Depth first: a name is done after all that it is made of. Circles are refused when a study is loaded.
    def visit(name: str) -> None:
        variable = named.get(name)
        if name in done or variable is None or variable.expression is None:
            return
        for other in parse(variable.expression).names:
            if other != name:
                visit(other)
        done[name] = None

    for name in named:
        visit(name)
    return ((name, str(named[name].expression)) for name in done)


def circles(spec: StudySpec) -> Iterator[tuple[str, str]]:
    """List the variables whose formulas lead back to themselves, with the way."""
    named = spec.variables.named
    reported: set[str] = set()
    for start, variable in named.items():
        if start in reported:  # one error for each circle, not for each name in it
            continue
        ways: list[tuple[str, ...]] = [(start,)]
        seen: set[str] = set()
        while ways and variable.expression is not None:
            way = ways.pop()
            formula = named[way[-1]].expression if way[-1] in named else None
            for other in parse(formula).names if formula is not None else ():
                if other == start:
                    reported |= set(way)
                    yield start, " → ".join((*way, start))
                    ways = []
                    break
                if other not in seen:
                    seen.add(other)
                    ways.append((*way, other))


WITHOUT = frozenset({"log", "log1p", "standardise", "difference"})
"""Steps whose result has no natural zero."""
IN_EXPRESSION = re.compile(r"\b(ln|ln1p|log|log1p|diff)\s*\(|\bD\d*\.", re.IGNORECASE)
"""Functions in an expression whose result has none."""
BY_NAME = re.compile(
    r"^(ln|log|lg|z|std)_|^ln(?=[A-Z(（\u4e00-\u9fff])|^log(?=[A-Z(（\u4e00-\u9fff])|对数|标准化"
)
"""Names of logarithms and standard scores that came so in a file."""


def has_natural_zero(column: str, spec: StudySpec) -> bool:
    """Tell whether a column is measured from a natural zero, as far as its steps and its name say.

    The sign of its values is another question.
    """
    for name, options in reversed(spec.prepare):
        if name != column:
            continue
        kind, source = options.get("step"), options.get("column")
        if kind in WITHOUT or IN_EXPRESSION.search(str(options.get("expression", ""))):
            return False
        # A lag, a filled or a winsorised column is measured as the one that it is made of.
        return not isinstance(source, str) or source == column or has_natural_zero(source, spec)
    return not BY_NAME.search(column)


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study file, seen by an analysis."""

    spec: StudySpec

    @property
    def seed(self) -> int:
        """Start of all random draws."""
        return self.spec.seed

    @property
    def style(self) -> Style:
        """How tables, charts and notices are written."""
        labels = {name: self.label(name) for name in self.spec.variables.named}
        report = self.spec.report
        return Style(labels, report.stars, report.decimals, inference=self.inference)

    @property
    def inference(self) -> JudgementRule:
        """How effects are judged: as declared, else as is customary."""
        declared = getattr(self.spec, "inference", None)
        if declared is None:
            return CUSTOMARY
        errors = declared.errors or DEFAULT
        return JudgementRule(errors, declared.level, declared.indirect, declared.family)

    @property
    def groupings(self) -> tuple[str, ...]:
        """All groupings, in the order of the study file."""
        return tuple(self.spec.groups)

    def origin(self, variable: str) -> Origin:
        """Find where a variable comes from, and how it is transformed."""
        named = self.spec.variables.named[variable]
        column = named.column or (named.score if named.part == ResultPart() else None) or variable
        is_score = named.part == ResultPart() and named.score in self.spec.sections("efficiency")
        score = named.score if is_score else None
        has_zero = has_natural_zero(column, self.spec)
        return Origin(column, self.spec.variables.transform_of(named), score, named.unit, has_zero)

    @property
    def first_column(self) -> str | None:
        """First column of the first table; None in a study without tables."""
        return next((f"{name}/1" for name in self.sections("tables")), None)

    def equation(self, reference: str | None) -> Equation:
        """Resolve a column of a table with all that it inherits; None gives the controls alone."""
        if reference is None:
            controls, errors = tuple(self.spec.sets.get(CONTROLS, ())), self.inference.errors
            level = self.inference.coverage()
            regression = Regression("", (), controls, covariance=errors, level=level)
            return Equation(regression, declared=errors)
        name, position = table_column(reference)
        table = self.sections("tables")[name]
        return column_equation(table, table.columns[position], self)

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Replace names of sets by their variables, each once."""
        variables = (v for name in names for v in self.spec.sets.get(name, (name,)))
        return tuple(dict.fromkeys(variables))

    def column_title(self, reference: str) -> tuple[Wording, int]:
        """Title of the table of a column, and the number of the column from 1."""
        table, position = table_column(reference)
        title = title_of(ANALYSES.get("tables"), table, self.sections("tables"), self)
        return title, position + 1

    def members(self, grouping: str) -> tuple[str, ...]:
        """List the members of a grouping in the order of the study file."""
        return tuple(self.spec.groups[grouping].named) if grouping in self.spec.groups else ()

    def group_label(self, grouping: str) -> Label:
        """Name a grouping, in both languages where the file gives them."""
        group = self.spec.groups.get(grouping)
        return group.label.label(grouping) if group else Label(grouping)

    def member_label(self, grouping: str, member: str) -> Wording:
        """Name a member of a grouping; words of the field are translated where the file names none."""
        group = self.spec.groups.get(grouping)
        if group and member in group.labels:
            return group.labels[member].label(member)
        if group and not group.named and member in {"0", "1"} and is_formula(group.column):
            return message("yes") if member == "1" else message("no")
        # Braces of a value would be taken for the places of a template.
        return message(member) if "{" not in member else member

    def label(self, variable: str) -> Label:
        """Name a variable."""
        return self.spec.variables.named[variable].label.label(variable)

    def column_label(self, column: str) -> Label:
        """Name a column of the data, as the study file does."""
        named = self.spec.panel.labels.get(column)
        return Label(column) if named is None else named.label(column)

    def memberships(self, grouping: str, panel: Panel) -> pd.Series:
        """Give each row of the panel its member of a grouping, or its value in a column."""
        if grouping in self.spec.groups:
            return memberships(self.spec, panel)[grouping]
        panel.require((grouping,))
        return panel.frame[grouping].map(as_written, na_action="ignore")

    def section(self, key: str, name: str) -> Any:
        """Give the options of an analysis; None where the study does not ask for it."""
        return self.spec.sections(key).get(name)

    def sections(self, key: str) -> Mapping[str, Any]:
        """List the sections of an analysis: name -> options."""
        return self.spec.sections(key)

    def score_label(self, score: str) -> Wording:
        """Name a score: by the label of the variable that is made from it."""
        for name, variable in self.spec.variables.named.items():
            is_same = variable.score == score and variable.part == ResultPart()
            is_column = name == score and variable.column == score
            if is_same or is_column or (name == score and variable.score):
                return variable.label.label(score)
        index = self.section("productivity", score)
        return Label(score) if index is None else index.label.label(score)


CONTROLS = "controls"
MOST_DIGITS = 10
"""No list of a study file has items with numbers of so many digits."""


def table_column(reference: str) -> tuple[str, int]:
    """Split `baseline/1` into the table and the position of its column, from 0; -1 if it names none.

    >>> table_column("baseline/2"), table_column("baseline/one"), table_column("baseline/1/2")
    (('baseline', 1), ('baseline', -1), ('baseline', -1))
    """
    table, _, number = reference.partition("/")
    is_number = number.isascii() and number.isdecimal() and len(number) < MOST_DIGITS
    return table, int(number or "1") - 1 if is_number or not number else -1


def score_names(spec: StudySpec) -> tuple[str, ...]:
    """Scores and indices of a study, each of which is a column of the panel."""
    return tuple(
        n
        for key, analysis in in_order()
        if isinstance(analysis, Measured)
        for n in spec.sections(key)
    )


def parts_of(spec: StudySpec) -> dict[str, tuple[str, ResultPart]]:
    """Variables that are columns of the panel themselves: name -> score or index, and its part.

    A variable that is the score itself, or the change of an index, is the column of that name.
    """
    return {
        name: (variable.score, variable.part)
        for name, variable in spec.variables.named.items()
        if variable.score is not None and variable.part != ResultPart()
    }


def columns_by_name(spec: StudySpec) -> tuple[str, ...]:
    """List variables that are columns of the data of the same name: read in the unit of the column."""
    return tuple(n for n, variable in spec.variables.named.items() if variable.column == n)


def sources_of(spec: StudySpec, names: Iterable[str]) -> tuple[str, ...]:
    """Scores and indices that variables are made from, in the order of the file."""
    named = spec.variables.named
    behind = {variable for name in names for variable in names_behind(spec, name)}
    used = {named[name].score for name in behind if name in named}
    return tuple(name for name in score_names(spec) if name in used)


def scores_of(spec: StudySpec, names: Iterable[str]) -> tuple[str, ...]:
    """Scores that variables are made from, in the order of the file."""
    return tuple(n for n in sources_of(spec, names) if n in spec.sections("efficiency"))


def change_options(section: Section, options: Mapping[str, object]) -> Section:
    """Change options of a score; what it says is checked again, what other analyses of the score ask for is left behind.

    A short form among the changes, such as `measure: bcc`, changes all that it implies.
    """
    given = {
        name: getattr(section, name)
        for name in section.model_fields_set
        if name not in OTHER_ANALYSES
    }
    return type(section).model_validate({**given, **with_implied(options)})


HIGH, LOW = "high", "low"


def memberships(spec: StudySpec, panel: Panel) -> dict[str, pd.Series]:
    """Give each row its member of each grouping; a row without a value has none.

    Raises
    ------
    DataError
        The column is not there, or never holds a value that a member names.
    """
    panel.require(
        tuple(
            group.column for group in spec.groups.values() if not _is_formula(group.column, panel)
        )
    )
    return {name: _members(name, group, panel) for name, group in spec.groups.items()}


def _is_formula(column: str, panel: Panel) -> bool:
    return column not in panel.frame and is_formula(column)


def _column(name: str, column: str, panel: Panel) -> pd.Series:
    """Give the column of a grouping; of a formula such as `population > 500`, its values."""
    if not _is_formula(column, panel):
        return panel.frame[column]
    where = Where(key=f"groups.{name}.column")
    values = evaluate(parse(column, where=where), panel, where=where)
    return pd.Series(values, index=panel.frame.index)


def _members(name: str, group: Group, panel: Panel) -> pd.Series:
    values = _column(name, group.column, panel)
    if group.split is not None:
        return _halves(name, group, values)
    written = values.map(as_written, na_action="ignore")
    if not group.named:
        return written.astype(object)
    values_held = set(written.dropna().unique())
    _refuse_unknown(name, group, values_held)
    members = {
        as_written(v): m for m, listed in group.named.items() if listed != REST for v in listed
    }
    rest = next((m for m, listed in group.named.items() if listed == REST), None)
    return written.map(lambda value: members.get(value, rest), na_action="ignore").astype(object)


def _halves(name: str, group: Group, values: pd.Series) -> pd.Series:
    """Split entities at the median of their values in their first period."""
    if values.dtype.kind not in "fiub":
        text = message("Column '{column}' holds text and has no median.", column=group.column)
        remedy = message("name the members, or a column of numbers.")
        raise DataError(
            Problem(
                "groups.text", text, Where(key=f"groups.{name}.split", column=group.column), remedy
            )
        )
    # By the first period that has a value: an entity then keeps its half in all periods.
    first = values.dropna().groupby(level=ENTITY).first()
    halves = (first > first.median()).map({True: HIGH, False: LOW})
    entity = values.index.get_level_values(ENTITY)
    return pd.Series(halves.reindex(entity).to_numpy(dtype=object), index=values.index)


def _refuse_unknown(name: str, group: Group, values_held: set[str]) -> None:
    problems = [
        Problem(
            "groups.unknown_value",
            message(
                "Column '{column}' never holds the value {value}.", column=group.column, value=value
            ),
            Where(key=f"groups.{name}.{member}", column=group.column),
            suggestion(as_written(value), sorted(values_held)[:30]),
        )
        for member, listed in group.named.items()
        if listed != REST
        for value in listed
        if as_written(value) not in values_held
    ]
    if problems:
        raise DataError(problems)
