"""Tables of regressions.

Equations of a table: what each column asks for, once names and inheritance are resolved.

Words over tables of regressions: titles and headings, those of the study file or made from it.

What is wrong with the options of a table once all its names are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.equation import Equation, Errors
from xinzhi.analyses.implied_change import (
    Effects,
    Members,
    Percentiles,
    Window,
    gather_frontier_options,
)
from xinzhi.analyses.section import (
    BothLanguages,
    Box,
    OneOrMore,
    Refers,
    Section,
    WordChoices,
    Words,
    as_list,
    unknown_name,
)
from xinzhi.options import Refused, refused
from xinzhi.present.options import OPTION_VALUES
from xinzhi.present.regression.fitted import name_of
from xinzhi_core.errors import Problem, SpecError, StudyError
from xinzhi_core.formula import tree
from xinzhi_core.formula.parse import parse
from xinzhi_core.vocabulary import canonical
from xinzhi_core.wording import Label, Wording, listed, message
from xinzhi_econometrics.specification import DEFAULT, LEAST_SQUARES, Regression
from xinzhi_econometrics.variation import Variation


def _estimator(word: object) -> object:
    if not isinstance(word, str):
        return word
    try:
        return canonical("estimator", word)
    except StudyError as error:
        raise refused(error) from error


BASELINE = "baseline"
OUTCOME = Box(
    message("Outcome"),
    message("The variable that is explained, such as the measured efficiency."),
    order=20,
    role="scores",
    name=BASELINE,
)
FACTORS = Box(
    message("Factors"),
    message("What you ask about: variables with which the outcome may go."),
    order=21,
    role="factors",
    name=BASELINE,
    members="factors",
)
CONTROLS = Box(
    message("Controls"),
    message("What else may go with the outcome and is held constant."),
    order=22,
    role="controls",
    name=BASELINE,
    members="controls",
)
Test = Literal["effects_f", "hausman", "mundlak"]
"""Tests that choose the effects of a column; those of one regression stand under `diagnostics`."""
Estimator = Annotated[str, BeforeValidator(_estimator), WordChoices("estimator")]


class Changes(Section):
    """How a regression is estimated, and what is changed before: of a column, or of a single call."""

    estimator: Estimator | None = None
    """least_squares, fractional_logit for shares between 0 and 1, or random_effects; least_squares where nothing is said."""
    singletons: Literal["drop", "keep"] | None = None
    """Rows that are alone in a level of an effect; dropped where nothing is said."""
    instruments: Annotated[dict[str, OneOrMore] | None, Refers("instruments")] = None
    """Endogenous regressor -> its instruments: two-stage least squares."""
    replace: Annotated[dict[str, str], Refers("replacements")] = Field(default_factory=dict)
    """Variable -> the one that takes its place."""
    window: Window | None = None
    """First and last period, both included: [2011, 2022]."""
    winsorise: Percentiles | None = None
    """Percentiles to which all variables of the regression are cut: [1, 99]."""
    drop: Annotated[dict[str, Members], Refers("members")] = Field(default_factory=dict)
    """Group, or entity, -> members whose rows are left out: {coal: non_coal}."""


class TableColumn(Changes):
    """One column of a table: one regression, or a named change of one."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {r"^efficiency\.": {}}})

    x: Annotated[OneOrMore | None, Refers("variables"), FACTORS, CONTROLS] = None
    """Regressors: variables, sets or formulas over them (x^2, a:b, L1.x, x > 1, i(region)); those of a set
    named `controls` count as controls."""
    outcome: Annotated[str | None, Refers("variable")] = None
    """Outcome of this column; that of the table where left out."""
    effects: Effects | None = None
    """Fixed effects of this column; those of the table where left out; [] for none."""
    covariance: Errors | None = None
    """Errors of this column; those of the table where left out."""
    label: BothLanguages = Words()
    """Heading of the column."""
    efficiency: dict[str, object] = Field(default_factory=dict)
    """Option of the frontier -> another value: {returns_to_scale: variable}; scores are measured again."""

    @model_validator(mode="before")
    @classmethod
    def _dotted_options(cls, value: object) -> object:
        return gather_frontier_options(value)


class RegressionTable(Section):
    """A table of regressions on one outcome, or of named changes of one regression."""

    title: BothLanguages = Words()
    """Title of the table."""
    base: Annotated[str | None, Refers("column")] = Field(default=None, alias="from")
    """Column of another table that all columns start from, such as baseline/1."""
    outcome: Annotated[str | None, Refers("variable"), OUTCOME] = None
    """Variable that is explained."""
    effects: Effects = ("entity", "period")
    """Fixed effects: entity, period or columns of the panel; province^period, or province*period, for each
    province in each period; [] for pooled least squares."""
    covariance: Errors = DEFAULT
    """iid, hc1, {cluster: entity}, {two_way: [entity, period]} or {driscoll_kraay: lag}; left out: {cluster: entity} in a panel, iid in a cross-section."""
    instruments: Annotated[dict[str, OneOrMore], Refers("instruments")] = Field(
        default_factory=dict
    )
    """Endogenous regressor -> its instruments, in all columns."""
    estimator: Estimator | None = None
    """Estimator of all columns: least_squares, fractional_logit or random_effects."""
    tau: float | None = Field(default=None, gt=0, lt=1)
    """Share of the worst bias above which instruments count as weak (Montiel Olea and Pflueger): 0.10
    where left out; 0.05, 0.20 and 0.30 are customary too."""
    tests: Annotated[tuple[Test, ...], BeforeValidator(as_list)] = ()
    """Tests of every column in rows under the fit: effects_f, hausman, mundlak."""
    columns: Annotated[
        tuple[TableColumn, ...], Field(min_length=1, examples=[[{"x": ["factors", "controls"]}]])
    ]
    """The regressions, from left to right."""

    @model_validator(mode="after")
    def _says_what_is_regressed(self) -> RegressionTable:
        if self.base is not None:
            return self
        if self.outcome is None:
            raise Refused(
                message("The table says neither `outcome` nor `from`."),
                message(
                    "name the variable that is explained, or the column that it starts from, such as `from: baseline/1`."
                ),
            )
        empty = [n for n, column in enumerate(self.columns, 1) if column.x is None]
        if empty:
            raise Refused(
                message("Column {n} has no `x`.", n=empty[0]),
                message("name its regressors, or start the table `from` a column."),
            )
        return self


class SingleRegression(Changes):
    """The options of one regression outside a study, where outcome and regressors are given by name."""

    base: Annotated[str, Refers("column")] = Field(alias="from")
    """The regression."""
    tau: float | None = Field(default=None, gt=0, lt=1)
    """Share of the worst bias above which instruments count as weak: 0.10 where left out."""

    def table(self) -> RegressionTable:
        """Make the table of one column."""
        changed = {name: getattr(self, name) for name in Changes.model_fields}
        columns = (TableColumn.model_construct(**changed),)
        return RegressionTable.model_construct(base=self.base, tau=self.tau, columns=columns)


Value = TypeVar("Value")


def equations_of(table: RegressionTable, study: Study) -> tuple[Equation, ...]:
    """Resolve the columns of a table."""
    return tuple(column_equation(table, column, study) for column in table.columns)


def column_equation(table: RegressionTable, column: TableColumn, study: Study) -> Equation:
    """Resolve a column: what it starts from, then what the table and the column say."""
    base = study.equation(table.base) if table.base else Equation(Regression("", ()))
    asked = base.regression
    if column.x is not None:
        x = study.expand(column.x)
        # Members of the set `controls` are controls; all other variables are of interest.
        controls = frozenset(study.equation(None).regression.controls)
        asked = replace(
            asked,
            regressors=tuple(name for name in x if name not in controls),
            controls=tuple(name for name in x if name in controls),
        )
    # Defaults of a table that starts from a column must not replace what this column has.
    stated = table.model_fields_set if table.base else {"effects", "covariance"}
    errors = table.covariance if "covariance" in table.model_fields_set else study.inference.errors
    asked = replace(
        asked,
        outcome=column.outcome or table.outcome or asked.outcome,
        effects=_first(column.effects, table.effects if "effects" in stated else asked.effects),
        covariance=_first(
            column.covariance, errors if "covariance" in stated else asked.covariance
        ),
        estimator=column.estimator or table.estimator or asked.estimator,
        singletons=column.singletons or asked.singletons,
        level=study.inference.coverage(),
    )
    instruments = _first(column.instruments, table.instruments or None)
    return Equation(
        regression=asked,
        variation=Variation(
            replace=MappingProxyType({**base.variation.replace, **column.replace}),
            window=_first(column.window, base.variation.window),
            winsorise=_first(column.winsorise, base.variation.winsorise),
        ),
        drop=(*base.drop, *column.drop.items()),
        instruments=base.instruments
        if instruments is None
        else tuple((name, study.expand(names)) for name, names in instruments.items()),
        tau=_first(table.tau, base.tau),
        frontier=tuple({**dict(base.frontier), **column.efficiency}.items()),
        declared=study.inference.errors,
    )


def _first(value: Value | None, otherwise: Value) -> Value:
    # Not `or`: an empty list of effects is a choice.
    return otherwise if value is None else value


PLAIN, VARIED, INSTRUMENTED = (
    words.template
    for words in (
        message("{outcome}: regressions"),
        message("{outcome}: regressions under other choices"),
        message("{outcome}: instrumental variables"),
    )
)
ESTIMATORS: Mapping[str, Wording] = {
    "least_squares": message("least squares"),
    "fractional_logit": message("fractional logit"),
    "random_effects": message("random effects"),
}
ERRORS: Mapping[str, Wording] = {
    "iid": message("iid standard errors"),
    "hc1": message("robust standard errors (HC1)"),
    "cluster": message("clustered standard errors"),
    "two_way": message("two-way clustered standard errors"),
    "driscoll_kraay": message("Driscoll-Kraay standard errors"),
}


def table_title(name: str, tables: Mapping[str, RegressionTable], study: Study) -> Wording:
    """Title of a table of regressions; where the study file gives none, by its outcome."""
    words = tables[name].title
    if words.zh or words.en:
        return words.label("")
    untitled = [table for table in tables.values() if not (table.title.zh or table.title.en)]
    kinds = [_kind(table, study) for table in untitled]
    template, outcome = kind = _kind(tables[name], study)
    title = message(template, outcome=study.label(outcome))
    if kinds.count(kind) == 1:
        return title
    return message("{title} ({name})", title=title, name=name)


def _kind(table: RegressionTable, study: Study) -> tuple[str, str]:
    """Tell what a table without a title holds, and its outcome."""
    # The first column speaks for the table: others may have other outcomes.
    outcome = column_equation(table, table.columns[0], study).regression.outcome
    if table.instruments:
        return INSTRUMENTED, outcome
    return (VARIED if table.base else PLAIN), outcome


def column_headings(
    table: RegressionTable, study: Study, labels: Mapping[str, Wording]
) -> tuple[Wording, ...]:
    """Word what each column of a table changes; nothing where its rows say it."""
    return tuple(_heading(table, column, study, labels) for column in table.columns)


def _heading(
    table: RegressionTable, column: TableColumn, study: Study, labels: Mapping[str, Wording]
) -> Wording:
    if column.label.zh or column.label.en:
        return column.label.label("")
    changes = list(_changes(column, study, labels))
    if table.base is None or changes:
        return listed(changes)
    return message("instrumented") if table.instruments else message("as it is")


def _changes(column: TableColumn, study: Study, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    for old, new in column.replace.items():
        yield message("{new} for {old}", new=name_of(new, labels), old=name_of(old, labels))
    if column.window is not None:
        yield f"{column.window[0]}–{column.window[1]}"
    if column.winsorise is not None:
        low, high = column.winsorise
        yield message("winsorised at {low} and {high}%", low=f"{low:g}", high=f"{high:g}")
    for group, members in column.drop.items():
        yield _dropped(group, tuple(map(str, members)), study)
    if column.covariance is not None:
        yield ERRORS.get(column.covariance.kind, column.covariance.kind)
    if column.estimator is not None:
        yield ESTIMATORS[column.estimator]
    if column.instruments:
        yield message("instrumented")
    for option, value in column.efficiency.items():
        words = OPTION_VALUES.get(option, {}).get(str(value))
        yield words or message("{option}: {value}", option=option, value=str(value))


def _dropped(group: str, members: tuple[str, ...], study: Study) -> Wording:
    if group == "entity":
        return message("without {members}", members=listed([Label(name) for name in members]))
    return message(
        "without {group}: {members}",
        group=study.group_label(group),
        members=listed([study.member_label(group, member) for member in members]),
    )


Problems = Iterator[tuple[tuple[str | int, ...], Problem]]
"""Each with its place in the table."""


def problems(table: RegressionTable, study: Study) -> Problems:
    """Look at whole equations: what stands on both sides, what is changed and is not there."""
    equations = equations_of(table, study)
    if table.tau is not None and not any(equation.instruments for equation in equations):
        what = message("`tau` concerns instruments, and no column of this table has any.")
        remedy = message("name `instruments`, or leave `tau` out.")
        yield ("tau",), Problem("study.no_effect", what, remedy=remedy)
    for number, (column, equation) in enumerate(zip(table.columns, equations, strict=True)):
        for place, problem in _of_column(column, equation):
            yield ("columns", number, *place), problem


def _of_column(column: TableColumn, equation: Equation) -> Problems:
    asked, swap = equation.regression, equation.variation.replace
    variables = (asked.outcome, *asked.regressors, *asked.controls)
    outcome, *right = (swap.get(name, name) for name in variables)
    if outcome in right:
        what = message("The outcome is among the regressors of this column.")
        remedy = message("remove it from x.")
        yield (), Problem("study.outcome_among_regressors", what, remedy=remedy)
    if equation.instruments and asked.estimator != LEAST_SQUARES:
        what = message("Instruments are for least squares, and this column has another estimator.")
        remedy = message("leave one of the two out.")
        yield (), Problem("study.instruments", what, remedy=remedy)
    for old in column.replace:
        for term in variables:
            if term not in swap and old in made_of(term):
                yield ("replace", old), _half_replaced(old, swap[old], term)
        if old not in variables:
            yield ("replace", old), unknown_name("variable of the regression", old, variables)
    for name, _ in equation.instruments:
        if name not in asked.regressors:
            problem = unknown_name("variable of interest", name, asked.regressors)
            yield ("instruments", name), problem


def made_of(name: str) -> tuple[str, ...]:
    """List the variables in a formula; none where a name is a variable by itself."""
    try:
        parsed = parse(name).tree
    except SpecError:  # A heading may hold anything: what does not parse is a name.
        return ()
    return () if isinstance(parsed, tree.Name) else tree.names_in(parsed)


def _half_replaced(old: str, new: str, term: str) -> Problem:
    text = message("'{old}' is replaced, but '{term}' is still made of it.", old=old, term=term)
    remedy = message(
        "replace '{term}' too, by the same formula of '{new}', or take it out of x.",
        term=term,
        new=new,
    )
    return Problem("study.half_replaced", text, remedy=remedy)
