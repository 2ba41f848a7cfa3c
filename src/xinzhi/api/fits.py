"""Regressions as `xz.fit` returns them: with predictions and a plot of the coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, overload

import pandas as pd

from xinzhi.api.arguments import Data
from xinzhi.api.predict import PredictionBasis, fitted_values, predict
from xinzhi.panel.by_value import ByValue
from xinzhi.present.regression.instrumented import instrument_notes
from xinzhi.present.style import Style
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.instruments.estimate import Instrumented
from xinzhi.wording import Label, Language, Wording, message

if TYPE_CHECKING:
    from xinzhi.api.figure import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegressionFit(Estimates):
    """A regression: coefficients with standard errors, fit, residuals, predictions."""

    basis: PredictionBasis | None = field(default=None, repr=False)
    """Data, from which predictions are computed."""

    @classmethod
    def of(cls, estimates: Estimates, basis: PredictionBasis) -> RegressionFit:
        """Take over estimates."""
        parts = {part.name: getattr(estimates, part.name) for part in fields(Estimates)}
        return cls(**parts, basis=basis)

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
    from xinzhi.api.figure import Figure
    from xinzhi.present.coefficients import coefficient_plot
    from xinzhi.report.document import Document

    words: dict[str, Wording] = {name: Label(label) for name, label in (labels or {}).items()}
    chart = coefficient_plot("coefficients", title, fits, Style(words), numbered=numbered)
    return Figure(chart, Document("", ()), language)
