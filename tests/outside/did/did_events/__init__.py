"""Difference in differences with staggered starts, as an analysis of xinzhi."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from did_events.compute import Policy, estimate
from xinzhi.analyses.analysis import (
    ANALYSES,
    Estimation,
    Given,
    RegressionAnalysis,
    Resampled,
    Shown,
    Study,
)
from xinzhi.analyses.exhibits import Exhibits, Place, whole_reading
from xinzhi.analyses.section import Refers, TitledSection
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import table_from
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, message

BORUSYAK = (
    "Borusyak, K., Jaravel, X., & Spiess, J. (2024). Revisiting event-study designs: Robust and efficient "
    "estimation. Review of Economic Studies, 91(6), 3253–3285. doi:10.1093/restud/rdae007"
)
ESTIMATORS = {
    "two_way": message("Two-way fixed effects"),
    "imputation": message("Imputation"),
}


class PolicySection(TitledSection):
    """The effect of a policy that starts in different years."""

    base: Annotated[str, Refers("column", needs_regressors=False)] = Field(alias="from")
    """Column of a table whose outcome, controls and effects are used; the policy takes the place of its regressors."""
    since: Annotated[str, Refers("data")]
    """Column with the first year of the policy; 0 or empty where it never comes."""
    leads: int = Field(default=5, ge=1, le=30)
    """Years before the start that are tested for a common trend."""
    lags: int = Field(default=10, ge=0, le=50)
    """Years after the start that are shown."""


class PolicyAnalysis(RegressionAnalysis[PolicySection, Policy], Resampled):
    """Estimate the effect of a policy with staggered starts: two-way, imputation, event study."""

    section = PolicySection
    raw = ("since",)
    verb = "policy_effect"
    description = "Name -> effect of a policy that starts in different years."
    title = message("Policy effect")
    place = Place("policy", title, 55, chapter="effects")

    def compute(self, section: PolicySection, given: Given) -> Policy:
        """Estimate."""
        data = self.estimation(section, given)
        return estimate(data, section.since, section.leads, section.lags)

    def statistic(
        self, section: PolicySection, result: Policy, data: Estimation
    ) -> Mapping[str, float]:
        """Impute the mean effect again, and that of each year."""
        found = estimate(data, section.since, section.leads, section.lags)
        events = {f"event{e:+d}": b for e, b in found.events["estimate"].items()}
        return {**found.overall["estimate"], **events}

    def statistic_words(
        self, section: PolicySection, result: Policy, study: Study
    ) -> Mapping[str, Wording]:
        """Name estimators and years."""
        years = {f"event{e:+d}": message("Year {e}", e=f"{e:+d}") for e in result.events.index}
        return {**ESTIMATORS, **years}

    def notices(self, result: Policy) -> Iterator[Notice]:
        """Warn of staggered starts and of few treated entities."""
        yield from super().notices(result)
        if result.n_starts > 1:
            text = message("The policy starts in {n} different years: the two-way estimate also compares with entities already treated.", n=result.n_starts)  # fmt: skip
            yield Notice("did.staggered", text)
        if result.n_treated < 10:
            yield Notice("did.few", message("Only {n} entities are treated.", n=result.n_treated))

    def show(self, section: PolicySection, result: Policy, shown: Shown) -> Exhibits:
        """Set both tables."""
        headings = {
            "estimate": message("Effect"), "std_error": message("Standard error"), "p_value": message("p"),
            "low": message("Lower bound"), "high": message("Upper bound"), "n": message("N"),
        }  # fmt: skip
        a = result.overall.loc["imputation"]
        words = {
            "b": numbers.number(a["estimate"], shown.style.decimals),
            "p": numbers.p_equals(a["p_value"]),
        }
        reading = message("Mean effect on the treated by imputation: {b} ({p}); leads jointly {q}.", **words, q=numbers.p_equals(result.pre_p))  # fmt: skip
        overall = table_from(
            result.overall, headings, id=f"{shown.name}_overall", title=shown.title,
            labels=ESTIMATORS, reading=[reading], part="text",
        )  # fmt: skip
        title = message("{title}: years since the start", title=shown.title)
        events = table_from(result.events, headings, id=f"{shown.name}_events", title=title)
        return Exhibits(
            (overall, events), references=frozenset({BORUSYAK}), prose=whole_reading(overall)
        )

    def draw(self, section: PolicySection, result: Policy, shown: Shown) -> Iterator[Chart]:
        """Draw the event study."""
        from xinzhi.present.plots import events  # the chart engine loads when a chart is drawn

        axes = ("event", message("Years since the start")), ("estimate", message("Effect"))
        note = message("95% intervals; years before the start from untreated rows.")
        title = message("{title}: event study", title=shown.title)
        yield events(
            result.events, *axes, id=f"{shown.name}_event_study", title=title, notes=[note]
        )


ANALYSES.add("policy")(PolicyAnalysis())
