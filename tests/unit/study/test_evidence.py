"""What the pathways read: the p-values that hold, not those that are printed by habit."""

from __future__ import annotations

import numpy as np

from made_mechanism import STUDY, panel
from xinzhi.analyses.pathways.section import gather_inputs
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.study.file.load import spec_of
from xinzhi.study.view import StudyView
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression

FRAME = panel().rename_axis(["entity", "period"])
ASKED = Regression(
    "green", ("talent", "patents"), ("control",), covariance=Covariance("cluster", ("entity",))
)
TYPOLOGY = "typology: {from: instrumented/1}\n"


def evidence_of(frame):
    """Gather the evidence of one column of two-stage least squares."""
    found = instrument(frame, ASKED, endogenous=("talent",), instruments=("distance",))
    spec = spec_of(STUDY + TYPOLOGY, "study.yaml")
    results = {("tables", "instrumented"): RegressionColumns((found,))}
    rows = gather_inputs(spec.typology, StudyView(spec), results).estimates
    return found, rows.set_index("path")


def test_a_strong_instrument_is_read_by_its_t_test():
    """Nothing changes where the instruments are strong."""
    found, rows = evidence_of(FRAME)

    assert not found.is_weak
    assert rows.loc["talent -> green", "p"] == found.estimates.p_value[0]
    # The error of the test that judges: CR2 with twelve entities.
    assert rows.loc["patents -> green", "se"] == found.estimates.errors[1]


def test_a_weak_instrument_is_read_by_anderson_and_rubin():
    """F of 17 is below 23.1: the endogenous effect has its valid p and no error, others have none."""
    noise = np.random.default_rng(1).normal(size=len(FRAME))
    found, rows = evidence_of(FRAME.assign(distance=FRAME["distance"] + 2 * noise))

    assert 10 < found.effective_f.value < found.limit
    assert rows.loc["talent -> green", "b"] == found.estimates.estimate[0]
    assert rows.loc["talent -> green", "p"] == found.anderson_rubin.p_at_zero
    assert np.isnan(rows.loc["talent -> green", "se"])
    assert np.isnan(rows.loc["patents -> green", "p"])
