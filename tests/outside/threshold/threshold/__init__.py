"""Panel threshold regression (Hansen 1999), as an analysis of xinzhi."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from threshold.compute import CRITICAL, Threshold, estimate
from threshold.show import exhibits, regime_labels
from xinzhi.analyses.analysis import (
    ANALYSES,
    Estimation,
    Given,
    RegressionAnalysis,
    Resampled,
    Shown,
    Study,
)
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.section import OneOrMore, Refers, TitledSection
from xinzhi.present.chart import Chart
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, message


class ThresholdSection(TitledSection):
    """A regression whose slopes change where a variable passes a threshold (Hansen 1999)."""

    base: Annotated[str, Refers("column")] = Field(alias="from")
    """Column of a table that is estimated by regimes, such as baseline/1."""
    threshold: Annotated[str, Refers("variable")]
    """Variable whose level decides the regime."""
    regime: Annotated[OneOrMore, Refers("variables")]
    """Regressors whose slopes differ by regime."""
    at_most: Literal[1, 2, 3] = 1
    """Largest number of thresholds that is tested, one after the other."""
    trim: float = Field(default=0.05, gt=0, lt=0.5)
    """Least share of the rows in a regime."""
    draws: int = Field(default=300, ge=19, le=100_000)
    """Draws of the bootstrap of each test."""
    rule: Literal["hansen", "xthreg"] = Field(default="hansen", alias="as")
    """Divisor of the error variance: hansen N(T-1); xthreg T(N-1), as Stata's command prints F."""


class ThresholdAnalysis(RegressionAnalysis[ThresholdSection, Threshold], Resampled):
    """Find thresholds of a variable at which slopes change, and test them by a bootstrap (Hansen 1999)."""

    section = ThresholdSection
    variables = ("threshold",)
    verb = "threshold"
    description = "Name -> slopes that change where a variable passes a threshold."
    title = message("Panel threshold regression")
    place = Place("threshold", title, 57, chapter="heterogeneity")

    def compute(self, section: ThresholdSection, given: Given) -> Threshold:
        """Search, test, estimate by regimes."""
        options = section.model_dump(include={"at_most", "trim", "draws", "rule"})
        data = self.estimation(section, given)
        regime = given.study.expand(section.regime)
        more = {"seed": given.study.seed, "level": given.study.inference.level}
        return estimate(data, section.threshold, regime, **options, **more)

    def statistic(
        self, section: ThresholdSection, result: Threshold, data: Estimation
    ) -> Mapping[str, float]:
        """Search as many thresholds as split the regimes, and estimate the slopes in these."""
        n, regime = len(result.used), result.regime
        found = estimate(
            data, section.threshold, regime, at_most=n, trim=section.trim, draws=0, n_used=n
        )
        slopes = zip(found.estimates.names, found.estimates.estimate, strict=False)
        of_regimes = {name: slope for name, slope in slopes if ".regime" in name}
        return {**{f"threshold{k}": c for k, c in enumerate(found.used, 1)}, **of_regimes}

    def statistic_words(
        self, section: ThresholdSection, result: Threshold, study: Study
    ) -> Mapping[str, Wording]:
        """Name thresholds and regimes."""
        q = study.label(section.threshold)
        named = {
            f"threshold{k}": message("Threshold {k} of {q}", k=k, q=q)
            for k in range(1, len(result.used) + 1)
        }
        return {**named, **regime_labels(result, q, study)}

    def show(self, section: ThresholdSection, result: Threshold, shown: Shown) -> Exhibits:
        """Set the tests and the slopes."""
        return exhibits(section, result, shown)

    def draw(self, section: ThresholdSection, result: Threshold, shown: Shown) -> Iterator[Chart]:
        """Draw the likelihood ratio of the first threshold."""
        from xinzhi.present.plots import curve  # the chart engine loads when a chart is drawn

        x, y = (
            ("value", shown.study.label(section.threshold)),
            ("ratio", message("Likelihood ratio")),
        )
        title = message("{title}: likelihood ratio", title=shown.title)
        note = message("Dashed: 7.35; the values below it form the 95% interval.")
        yield curve(
            result.ratio,
            x,
            y,
            levels=(CRITICAL,),
            id=f"{shown.name}_ratio",
            title=title,
            notes=[note],
        )

    def notices(self, result: Threshold) -> Iterator[Notice]:
        """Warn of what makes such a test misleading."""
        yield from super().notices(result)
        asked = result.estimates.regression
        for code, is_so, text in (
            ("none", not result.is_significant, message("The threshold that is printed is not significant.")),
            ("periods", "period" not in asked.effects, message("Without period effects common shocks pass for a threshold.")),
            ("curve", result.q in result.regime, message("The threshold variable is a regressor: a smooth curve looks like a threshold.")),
        ):  # fmt: skip
            if is_so:
                yield Notice(f"threshold.{code}", text)


ANALYSES.add("threshold")(ThresholdAnalysis())
