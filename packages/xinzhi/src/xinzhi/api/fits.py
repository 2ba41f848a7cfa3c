"""Regressions as `xz.fit` returns them: with predictions and a plot of the coefficients.

Formulas in calls from Python and in flags: columns that a regression names by a formula.

Fitted values of a regression, and what it predicts for other rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd
import scipy

from xinzhi.api.declared import Data, panel_and_order
from xinzhi.present.regression.instrumented import instrument_notes
from xinzhi.present.style import Style
from xinzhi.study.view import is_formula
from xinzhi_core.errors import MethodError, Problem, Where
from xinzhi_core.formula import tree
from xinzhi_core.formula.evaluate import evaluate
from xinzhi_core.formula.levels import combine, effect_name, effect_parts, level_terms
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.write import written
from xinzhi_core.panel.notebook import ByValue
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.panel.profile import require_numbers
from xinzhi_core.wording import Label, Language, Wording, message
from xinzhi_econometrics.estimates import DEFERRED, Estimates, defer_tests
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import LEAST_SQUARES, Regression, key_of
from xinzhi_panel.columns.frames import table_of
from xinzhi_panel.columns.keys import Key, keyed

if TYPE_CHECKING:
    from xinzhi.api.study import Figure


def with_formulas(
    data: Data,
    regression: Regression,
    also: Iterable[str],
    keys: tuple[Key | None, Key | None],
) -> tuple[Data, Regression]:
    """Add the columns of formulas to data, and call them by their names in the regression.

    Parameters
    ----------
    also
        Further names that may be formulas, such as instruments; they keep their writing.
    keys
        What names entity and period.
    """
    how = regression.covariance
    variables = (regression.outcome, *regression.regressors, *regression.controls, *also)
    grouped = (*regression.effects, *how.clusters)
    if not any(is_formula(name) for name in (*variables, *grouped)):
        return data, regression
    columns = _Columns(table_of(data), keys)
    changed = replace(
        regression,
        outcome=columns.variable(regression.outcome),
        regressors=tuple(n for name in regression.regressors for n in columns.variables(name)),
        controls=tuple(n for name in regression.controls for n in columns.variables(name)),
        effects=tuple(map(columns.effect, regression.effects)),
        covariance=replace(how, clusters=tuple(map(columns.effect, how.clusters))),
    )
    for name in also:
        columns.variable(name, keeps=True)
    return columns.added(), changed


@dataclass(frozen=True, slots=True, eq=False)
class FormulaTerms:
    """Terms of a regression in the rows of data, as these are given."""

    index: pd.Index
    """Of the frame; (entity, period) of other tables."""
    columns: np.ndarray
    """Shape (rows, terms); empty cells are NaN."""
    levels: Mapping[str, pd.Series]
    """Effect -> level of each row."""


def terms_of(
    data: Data,
    variables: tuple[str, ...],
    effects: tuple[str, ...],
    keys: tuple[Key | None, Key | None],
) -> FormulaTerms:
    """Compute the terms of a regression, columns or formulas, in other data.

    Raises
    ------
    MissingColumn, NotNumeric
        A column is not there, or does not hold numbers.
    """
    columns = _Columns(table_of(data), keys)
    made = [columns.number(name) for name in variables]
    levels = {name: columns.level(name) for name in effects}
    index = columns.data.frame.index if isinstance(columns.data, Panel) else columns.data.index
    values = np.column_stack(made) if made else np.empty((len(index), 0))
    return FormulaTerms(index, values, levels)


@dataclass(slots=True)
class _Columns:
    """Columns that formulas make, in the order of the rows as they are given."""

    data: Panel | pd.DataFrame
    keys: tuple[Key | None, Key | None]
    panel: Panel = field(init=False)
    order: list[int] = field(init=False)
    made: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Lags need a sorted panel; what is made of it is put back into the order of the data.
        panel, self.order = panel_and_order(self.data, *self.keys)
        frame = keyed(self.data, *self.keys)
        if not isinstance(frame, Panel):
            entity, period = (
                str(name) if name is not None else usual
                for name, usual in zip(frame.index.names, (ENTITY, PERIOD), strict=True)
            )
            panel = replace(panel, keys=(entity, period))
        self.panel = panel

    def is_plain(self, name: str) -> bool:
        """Whether a name is one of the data, or no formula: whoever uses it says what is missing."""
        return name in self.panel.frame or name in self.panel.keys or not is_formula(name)

    def variable(self, name: str, *, keeps: bool = False) -> str:
        """Make the column of a formula, and give its name."""
        if self.is_plain(name):
            return name
        formula = parse(name)
        if isinstance(formula.tree, tree.Name):
            return formula.tree.name
        # One name for one term, however it was written: `x ^ 2` and `x^2` are one column.
        column = name if keeps else written(formula.tree)
        self.made[column] = evaluate(formula, self.panel)[self.order]
        return column

    def variables(self, name: str) -> Iterator[str]:
        """Make the columns of a formula; i(column) makes several."""
        formula = None if self.is_plain(name) else parse(name).tree
        if not isinstance(formula, tree.Dummies):
            yield self.variable(name)
            return
        for term in level_terms(formula, self.column(formula.column.name)):
            yield self.variable(term.name)

    def effect(self, name: str) -> str:
        """Make the column of a combined effect."""
        if self.is_plain(name) or len(effect_parts(name)) == 1:
            return name
        column = effect_name(name)
        levels = combine([self.column(part) for part in effect_parts(name)])
        self.made[column] = levels.to_numpy()[self.order]
        return column

    def number(self, name: str) -> np.ndarray:
        """Compute a term, in the order of the rows as given."""
        if self.is_plain(name):
            self.panel.require((name,))
            require_numbers(self.panel.frame, (name,))
            return self.panel.frame[name].to_numpy(dtype=np.float64)[self.order]
        return evaluate(parse(name), self.panel)[self.order]

    def level(self, name: str) -> pd.Series:
        """Find the level of an effect, combined or not, in the order of the rows as given."""
        parts = (name,) if self.is_plain(name) else effect_parts(name)
        columns = [self.column(part) for part in parts]
        return (combine(columns) if len(columns) > 1 else columns[0]).iloc[self.order]

    def column(self, name: str) -> pd.Series:
        """Find a column or a key."""
        keys = {ENTITY: 0, self.panel.keys[0]: 0, PERIOD: 1, self.panel.keys[1]: 1}
        if name in keys and name not in self.panel.frame:
            index = self.panel.frame.index
            return pd.Series(index.get_level_values(keys[name]), index=index)
        self.panel.require((name,))
        return self.panel.frame[name]

    def added(self) -> Data:
        """Add the columns that were made."""
        if isinstance(self.data, Panel):
            index = self.data.frame.index
            return self.data.with_columns({n: pd.Series(v, index) for n, v in self.made.items()})
        return self.data.assign(**self.made)


CLOSE = 1e-7
"""Difference of two solutions, relative to the size of the effects, from which a sum of effects is not
identified."""
CONSTANT = "_cons"


@dataclass(frozen=True, slots=True, eq=False)
class LevelEffects:
    """Levels of a fixed effect, with its values in two solutions of the normal equations.

    Effects are identified up to constants only; a sum over the effects of a row is identified where both
    solutions agree on it.
    """

    name: str
    pairs: Mapping[object, tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class PredictionBasis(ByValue):
    """What predictions are computed from when they are asked for, beside the slopes."""

    data: pd.DataFrame
    """Outcome, regressors and effects as they were estimated, indexed (entity, period)."""
    keys: tuple[Key | None, Key | None]
    """Names of entity and period in the call."""


def basis_of(
    estimates: Estimates, frame: pd.DataFrame, keys: tuple[Key | None, Key | None]
) -> PredictionBasis:
    """Keep the columns of a regression."""
    effects = (name for name, _ in estimates.effects)
    names = {estimates.regression.outcome, *estimates.names, *effects}
    kept = [name for name in frame.columns if name in names]
    return PredictionBasis(frame if len(kept) == len(frame.columns) else frame[kept], keys)


def fitted_values(estimates: Estimates, basis: PredictionBasis) -> pd.Series:
    """Compute outcome less residual in the rows used, indexed (entity, period)."""
    index = estimates.residuals.index
    outcome = basis.data[estimates.regression.outcome].loc[index]
    values = outcome.to_numpy(dtype=np.float64) - estimates.residuals.to_numpy()
    return pd.Series(values, index=index, name="fitted")


def predict(estimates: Estimates, basis: PredictionBasis, newdata: Data) -> pd.Series:
    """Predict the outcome in other rows; missing where a cell is, or where an effect is not known."""
    is_least_squares = estimates.estimator == LEAST_SQUARES
    fixed = {name for name, _ in estimates.effects}
    if estimates.estimator == "random_effects":
        fixed -= {ENTITY}
    if fixed and not is_least_squares:
        # Their dummies and means are not among the coefficients.
        name = estimates.estimator
        text = message(
            "New rows are not predicted by the estimator '{name}' with fixed effects.", name=name
        )
        remedy = message("leave newdata out for the rows that were used, or estimate without them.")
        raise MethodError(Problem("predict.new_rows", text, Where(key="newdata"), remedy))
    slopes = dict(zip(estimates.names, estimates.estimate.tolist(), strict=True))
    constant = slopes.pop(CONSTANT, 0.0)
    names = [name for name, _ in estimates.effects] if is_least_squares else []
    terms = terms_of(newdata, tuple(slopes), tuple(names), basis.keys)
    values = constant + terms.columns @ np.array([*slopes.values()])
    if names:
        values = values + _sums(_effects(estimates, basis), terms)
    if estimates.estimator == "fractional_logit":
        values = scipy.special.expit(values)
    return pd.Series(values, index=terms.index, name="predicted")


def _effects(estimates: Estimates, basis: PredictionBasis) -> tuple[LevelEffects, ...]:
    """Split what the slopes leave of the fitted values into the effects, from two starting points."""
    rows = basis.data.loc[estimates.residuals.index]
    slopes = rows[[*estimates.names]].to_numpy(dtype=np.float64) @ estimates.estimate
    sums = fitted_values(estimates, basis).to_numpy() - slopes
    coded = [(name, *pd.factorize(_levels(rows, name))) for name, _ in estimates.effects]
    ones, n = np.ones(len(sums)), np.arange(len(sums))
    dummies = scipy.sparse.hstack(
        [
            scipy.sparse.csr_array((ones, (n, codes)), (len(sums), len(levels)))
            for _, codes, levels in coded
        ],
        format="csr",
    )
    # LSMR keeps the part of its start that no row sees: where two starts disagree on a sum, the
    # data do not identify it.
    size = float(np.abs(sums).max())
    start = np.random.default_rng(0).normal(size=dummies.shape[1]) * size
    solutions = [
        scipy.sparse.linalg.lsmr(dummies, sums, atol=1e-15, btol=1e-15, maxiter=10_000, x0=x)[0]
        for x in (np.zeros(dummies.shape[1]), start)
    ]
    effects, first = [], 0
    for name, _, levels in coded:
        part = slice(first, first + len(levels))
        pairs = zip(*(solution[part].tolist() for solution in solutions), strict=True)
        effects.append(
            LevelEffects(name, dict(zip(np.asarray(levels).tolist(), pairs, strict=True)))
        )
        first += len(levels)
    return tuple(effects)


def _levels(rows: pd.DataFrame, name: str) -> pd.Series:
    """Give the level of each row."""
    if name in rows.columns:
        return rows[name]
    level = (ENTITY, PERIOD).index(key_of(rows, name))
    return pd.Series(rows.index.get_level_values(level), index=rows.index)


def _sums(effects: Sequence[LevelEffects], terms: FormulaTerms) -> Array:
    """Add the effects of each row; missing where their sum is not identified."""
    unknown = (np.nan, np.nan)
    both = np.zeros((len(terms.index), 2))
    for effect in effects:
        levels = terms.levels[effect.name]
        both += np.array([effect.pairs.get(level, unknown) for level in levels])
    size = max(abs(pair[0]) for effect in effects for pair in effect.pairs.values())
    is_identified = np.abs(both[:, 0] - both[:, 1]) <= CLOSE * size
    return np.where(is_identified, both[:, 0], np.nan)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegressionFit(Estimates):
    """A regression: coefficients with standard errors, fit, residuals, predictions."""

    basis: PredictionBasis | None = field(default=None, repr=False)
    """Data, from which predictions are computed."""

    @classmethod
    def of(cls, estimates: Estimates, basis: PredictionBasis) -> RegressionFit:
        """Take over estimates."""
        deferred = () if estimates.pending is None else DEFERRED
        names = [part.name for part in fields(Estimates) if part.name not in deferred]
        taken = cls(**{name: getattr(estimates, name) for name in names}, basis=basis)
        if taken.pending is not None:
            defer_tests(taken, taken.pending)
        return taken

    def predict(self, newdata: Data | None = None) -> pd.Series:
        """Predict the outcome, in its own units: fixed effects included, those that are random are not.

        Parameters
        ----------
        newdata
            Rows with the regressors, or the columns that their formulas name, and with the levels of the
            effects. Without it: the rows that were used.

        Returns
        -------
        Series
            One value a row. Missing: a cell is empty, or an effect was not estimated for a level.

        Raises
        ------
        MissingColumn, NotNumeric
            A column of the regression is not in the new data, or holds no numbers.
        MethodError
            Random effects with further effects, and fractional logits with effects, predict the rows used only.

        Examples
        --------
        >>> import xinzhi as xz
        >>> data = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [1.0, 2, 4, 5]}, index=list("abcd"))
        >>> found = xz.fit(data, "y ~ x")
        >>> float(found.predict(pd.DataFrame({"x": [10.0]}, index=["e"]))["e"].round(6))
        14.9
        """
        assert self.basis is not None
        if newdata is None:
            return fitted_values(self, self.basis)
        return predict(self, self.basis, newdata)

    def plot(
        self,
        *,
        labels: Mapping[str, str] | None = None,
        title: str = "",
        language: Language = "en",
    ) -> Figure:
        """Draw the coefficients of the regressors with their 95% intervals.

        Parameters
        ----------
        labels
            Name of a regressor -> what readers call it.
        title
            Title of the figure; the outcome where it is left out.
        language
            Of title, axis and notes: en or zh.
        """
        usual = message("Coefficients: {outcome}", outcome=self.regression.outcome)
        return _plot([self], title or usual, labels, language, numbered=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InstrumentedFit(Instrumented):
    """A regression by two-stage least squares: that of the second stage, and tests of the instruments.

    Where instruments are weak, p-value and set of the endogenous regressor are those of Anderson and Rubin.
    """

    @classmethod
    def of(cls, instrumented: Instrumented, basis: PredictionBasis) -> InstrumentedFit:
        """Take over estimates."""
        parts = {part.name: getattr(instrumented, part.name) for part in fields(Instrumented)}
        return cls(**{**parts, "estimates": RegressionFit.of(instrumented.estimates, basis)})

    @property
    def second_stage(self) -> RegressionFit:
        """The estimates, which are judged."""
        assert isinstance(self.estimates, RegressionFit)
        return self.estimates

    @property
    def params(self) -> pd.Series:
        """Coefficients by name."""
        return self.second_stage.params

    @property
    def std_errors(self) -> pd.Series:
        """Standard errors of the second stage by name, also where instruments are weak and p-values are not its own."""
        return self.second_stage.std_errors

    @property
    def tstats(self) -> pd.Series:
        """Ratios of coefficients and standard errors, by name."""
        return self.estimates.tstats

    @property
    def pvalues(self) -> pd.Series:
        """p-values by name, two-sided."""
        return self.second_stage.pvalues

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance of the coefficients, by names."""
        return self.estimates.cov

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.estimates.n

    @property
    def residuals(self) -> pd.Series:
        """Outcome less fitted values, at the endogenous regressors as they are."""
        return self.estimates.residuals

    def __repr__(self) -> str:
        return repr(self.second_stage)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Give confidence intervals by name, one row for each piece of a set.

        Where instruments are weak, that of the endogenous regressor is Anderson and Rubin's set; other
        slopes have none.
        """
        return self.second_stage.conf_int(level)

    def summary(self) -> str:
        """Write the second stage as text: instruments, their strength, and the test that judges."""
        head, *rest = self.second_stage.summary().split("\n")
        said = (str(note) for note in instrument_notes(self, {}))
        return "\n".join(
            [head.replace("by least squares", "by two-stage least squares"), *said, *rest]
        )

    def predict(self, newdata: Data | None = None) -> pd.Series:
        """Predict the outcome at the endogenous regressors as they are; see `RegressionFit.predict`."""
        return self.second_stage.predict(newdata)

    def plot(
        self,
        *,
        labels: Mapping[str, str] | None = None,
        title: str = "",
        language: Language = "en",
    ) -> Figure:
        """Draw the coefficients of the second stage; see `RegressionFit.plot`."""
        return self.second_stage.plot(labels=labels, title=title, language=language)


Fit = RegressionFit | InstrumentedFit


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fits(ByValue, Sequence[Fit]):
    """Several regressions of one call, in the order of the formula; `xz.table` takes them."""

    fits: tuple[Fit, ...]
    formulas: tuple[str, ...]
    """Formula of each."""

    @overload
    def __getitem__(self, index: int) -> Fit: ...
    @overload
    def __getitem__(self, index: slice) -> Fits: ...
    def __getitem__(self, index: int | slice) -> Fit | Fits:
        """Give one regression, or some."""
        if isinstance(index, slice):
            return replace(self, fits=self.fits[index], formulas=self.formulas[index])
        return self.fits[index]

    def __len__(self) -> int:
        """Count the regressions."""
        return len(self.fits)

    def __iter__(self) -> Iterator[Fit]:
        """List the regressions."""
        return iter(self.fits)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope of a regression, indexed (formula, name)."""
        frames = [fit.to_frame() for fit in self.fits]
        return pd.concat(frames, keys=self.formulas, names=["formula", "name"])

    def summary(self) -> str:
        """Write all regressions as text."""
        return "\n\n".join(fit.summary() for fit in self.fits)

    def plot(
        self,
        *,
        labels: Mapping[str, str] | None = None,
        title: str = "",
        language: Language = "en",
    ) -> Figure:
        """Draw the coefficients of all regressions, each with its number; see `RegressionFit.plot`."""
        shown = [fit.second_stage if isinstance(fit, InstrumentedFit) else fit for fit in self.fits]
        return _plot(shown, title or message("Coefficients"), labels, language, numbered=True)

    def __repr__(self) -> str:
        return "\n".join(f"({n}) {text}" for n, text in enumerate(self.formulas, 1))

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html())


def _plot(
    fits: Sequence[RegressionFit],
    title: Wording,
    labels: Mapping[str, str] | None,
    language: Language,
    *,
    numbered: bool,
) -> Figure:
    # Imported where a figure is drawn: altair and the report are not loaded to estimate.
    from xinzhi.api.study import Figure
    from xinzhi.present.coefficients import coefficient_plot
    from xinzhi.report.document import Document

    words: dict[str, Wording] = {name: Label(label) for name, label in (labels or {}).items()}
    chart = coefficient_plot("coefficients", title, fits, Style(words), numbered=numbered)
    return Figure(chart, Document("", ()), language)
