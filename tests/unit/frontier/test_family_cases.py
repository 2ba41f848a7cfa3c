"""The rest of the family against published figures and independent software."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import load, numbers, tolerance
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options

WEAK = {"disposability": "weak"}
OUTPUT = {"orientation": "output"}
CASES = {
    "julia_radial_io_crs": Options("radial", orientation="input"),
    "julia_radial_io_vrs": Options("radial", "variable", orientation="input"),
    "julia_radial_oo_crs": Options("radial", **OUTPUT),
    "simar_wilson_bootstrap_julia": Options("radial", "variable", orientation="input"),
    "julia_russell_input_crs": Options("russell", orientation="input"),
    "julia_additive_ones_crs": Options("additive"),
    "julia_additive_ones_vrs": Options("additive", "variable"),
    "julia_additive_mip_crs": Options("additive", direction="own"),
    "julia_ddf_observed_crs": Options("directional"),
    "julia_environmental_ddf_strong": Options("directional", **OUTPUT),
    "cfg1997_environmental_ddf_weak": Options("directional", **OUTPUT, **WEAK),
    "teddf_radial_ddf_contemporaneous_crs": Options(
        "directional", reference="contemporaneous", **WEAK
    ),
    "teddf_nonradial_ddf_contemporaneous_crs": Options(
        "nonradial_directional", reference="contemporaneous", **WEAK
    ),
}


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", CASES)
def test_scores_of_cases_are_found(name):
    """Scores equal those of other software, and every one is proved to 1e-9."""
    case, rows = load(name)

    result = evaluate(rows, options=CASES[name])

    expected = numbers(case["expected"]["score"])
    np.testing.assert_allclose(result.scores, expected, rtol=0, atol=tolerance(case))
    assert max(result.certificate.worst().values()) <= 1e-9


@pytest.mark.usefixtures("shared")
def test_slacks_of_the_second_phase():
    """The largest slacks after the radial phase are those of DataEnvelopmentAnalysis.jl."""
    case, rows = load("julia_radial_io_crs")

    result = evaluate(rows, options=CASES["julia_radial_io_crs"])

    slacks = np.array(case["expected"]["slack_x"])
    np.testing.assert_allclose(
        result.slacks[:, : slacks.shape[1]], slacks, rtol=0, atol=tolerance(case)
    )
