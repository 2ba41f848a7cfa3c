"""Second stage: the truncated regression of Simar and Wilson (2007), with its bootstrap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    EstimationData,
    Given,
    Reads,
    RequiredDraws,
    Shown,
    Study,
)
from xinzhi.analyses.capabilities import OfScore
from xinzhi.analyses.efficiency.compute import by_row_index, measured_rows, options_of
from xinzhi.analyses.exhibits import Exhibits, Place, whole_reading
from xinzhi.analyses.second_stage.show import (
    SecondStageSection,
    coverage_note,
    second_stage_methods,
    second_stage_table,
)
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_frontier.inference.second_stage import SecondStage, second_stage

SIMAR_2007 = (
    "Simar, L., & Wilson, P. W. (2007). Estimation and inference in two-stage, semi-parametric models "
    "of production processes. Journal of Econometrics, 136(1), 31–64. "
    "doi:10.1016/j.jeconom.2005.07.009"
)


class SecondStageAnalysis(Analysis[SecondStageSection, SecondStage], OfScore):
    """Regress radial distances on variables by truncated regression, with bootstrap intervals.

    The distance is 1/θ, or φ with output orientation; a positive coefficient is more inefficiency.
    The second stage assumes that its variables do not move the frontier (separability).

    Returns
    -------
    SecondStage
        `.to_frame()` has one row per coefficient: estimate, std_error, interval, in units of the score per
        unit of the regressor, and p_value.

    Raises
    ------
    SpecError, DataError, MethodError
        A measure or an option that the bootstrap is not defined for; cells without numbers; too few rows.

    References
    ----------
    Simar, L., Wilson, P. W. (2007), doi 10.1016/j.jeconom.2005.07.009.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([range(40), [1]], names=["entity", "period"])
    >>> draw = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"age": draw.uniform(0, 1, 40), "labour": draw.uniform(1, 2, 40)}, index)
    >>> frame["output"] = frame["labour"] / (1.1 + 2 * frame["age"] + draw.uniform(0, 0.2, 40))
    >>> roles = {"inputs": "labour", "good_outputs": "output"}
    >>> found = xz.second_stage(frame, **roles, regressors="age", draws=50, bias_draws=20)
    >>> bool(found.to_frame().loc["age", "ci_low"] > 0)
    True
    """

    section = SecondStageSection
    verb = "second_stage"
    description = (
        "Name -> what the efficiencies of a radial score depend on (Simar and Wilson 2007)."
    )
    title = message("Second stage")
    place = Place("second_stage", message("Second stage"), 48, chapter="effects")

    def drawn(self, section: SecondStageSection, study: Study) -> Iterator[RequiredDraws]:
        """List the draws of the coefficients."""
        own = 1.0 - study.inference.coverage(section.level)
        yield RequiredDraws("draws", section.draws, min(study.inference.level, own))

    def reads(self, section: SecondStageSection, study: Study) -> Reads:
        """Read what the score is measured on, and the variables."""
        return Reads(
            (EstimationData((), study.expand(section.regressors)),),
            panel=study.section("efficiency", section.score).columns,
            results=(("efficiency", section.score),),
            asked=(study.inference.coverage(section.level),),
            methods=("frontier", "regression"),
        )

    def compute(self, section: SecondStageSection, given: Given) -> SecondStage:
        """Measure the distances and regress them."""
        measurement = given.study.section("efficiency", section.score)
        names = given.study.expand(section.regressors)
        activities = measured_rows(measurement, given.panel)
        frame = given.frame(EstimationData((), names))
        # The variables in the order of the rows that were measured, which they explain one by one.
        rows = frame[list(names)].reindex(by_row_index(activities.labels))
        return second_stage(
            activities,
            options=options_of(measurement),
            variables=rows.to_numpy(dtype=np.float64),
            names=names,
            algorithm=section.algorithm,
            draws=section.draws,
            bias_draws=section.bias_draws,
            seed=given.study.seed,
            level=given.study.inference.coverage(section.level),
            jobs=given.jobs,
        )

    def notices(self, result: SecondStage) -> Iterator[Notice]:
        """Say what is assumed, which rows are left out, and how often such intervals hold."""
        yield from result.notices
        if result.has_interval:
            yield Notice("inference.second_stage_coverage", coverage_note(result))

    def show(self, section: SecondStageSection, result: SecondStage, shown: Shown) -> Exhibits:
        """Set the coefficients, and say how they were estimated."""
        measurement = shown.study.section("efficiency", section.score)
        score, options = shown.study.score_label(section.score), options_of(measurement)
        measured = (options, bool(measurement.bad_outputs))
        table = second_stage_table(shown.name, shown.title, result, score, shown.style, measured)
        methods = second_stage_methods(result, score, shown.title, options)
        references = frozenset({SIMAR_2007})
        return Exhibits((table,), (methods,), references, prose=whole_reading(table))


ANALYSES.add("second_stage")(SecondStageAnalysis())
