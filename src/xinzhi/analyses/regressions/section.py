"""Tables of regressions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from xinzhi.analyses.changes import Effects, Members, Percentiles, Window, gather_frontier_options
from xinzhi.analyses.section import (
    BothLanguages,
    Box,
    OneOrMore,
    Refers,
    Section,
    WordChoices,
    Words,
    as_list,
)
from xinzhi.analyses.standard_errors import Errors
from xinzhi.errors import StudyError
from xinzhi.options import Refused, refused
from xinzhi.regression.specification import DEFAULT
from xinzhi.vocabulary import canonical
from xinzhi.wording import message


def _estimator(word: Any) -> Any:
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
    efficiency: dict[str, Any] = Field(default_factory=dict)
    """Option of the frontier -> another value: {returns_to_scale: variable}; scores are measured again."""

    @model_validator(mode="before")
    @classmethod
    def _dotted_options(cls, value: Any) -> Any:
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
