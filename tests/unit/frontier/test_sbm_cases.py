"""SBM and super-SBM against printed tables and independent software."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from cases_efficiency import activities, load, names, numbers, tolerance
from places import REFERENCE
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options

RETURNS = {"crs": "constant", "vrs": "variable"}
SBM = names("julia_erg", "super_sbm", "tone2001", "tone2002", "undesirable")


def options_of(model):
    """Translate the words of a case into options."""
    reference = model["reference"].split(":")[0]
    return Options(
        measure="super_sbm" if model["super"] else "sbm",
        returns_to_scale=RETURNS[model["rts"]],
        reference="global" if "single" in reference else reference,
        window=2 if reference == "window" else None,
        exclude="entity" if "unit" in model["self_exclusion"] else "observation",
        bads="inputs" if "form B" in model.get("super_form", "") else "outputs",
    )


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", SBM)
def test_scores_of_cases_are_found(name):
    """Scores equal those of other software or of the paper, and are missing where theirs are."""
    case, rows = load(name)

    result = evaluate(rows, options=options_of(case["model"]))

    expected = numbers(case["expected"]["score"])
    np.testing.assert_allclose(result.scores, expected, rtol=0, atol=tolerance(case))


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", SBM)
def test_reported_scores_are_proved(name):
    """Primal, dual and gap of every reported score are at most 1e-9."""
    case, rows = load(name)

    result = evaluate(rows, options=options_of(case["model"]))

    assert max(result.certificate.worst().values()) <= 1e-9


@pytest.mark.parametrize(("table", "measure"), [
    ("tone_2001", "sbm"), ("tone_2002", "sbm"), ("tone_2002", "super_sbm")
])  # fmt: skip
def test_tables_of_tone_are_found(table, measure):
    """The scores that Tone (2001, 2002) printed come out, to the last printed digit."""
    printed = tomllib.loads((REFERENCE / f"{table}.toml").read_text(encoding="utf-8"))

    result = evaluate(
        activities(printed["inputs"], printed["outputs"]), options=Options(measure=measure)
    )

    np.testing.assert_allclose(
        result.scores, printed[measure], rtol=0, atol=printed["unit_of_last_digit"]
    )


def test_an_infeasible_row_has_a_status_and_no_number():
    """FRONTIER.md: under variable returns even the non-oriented super score can be infeasible."""
    rows = activities([[1], [1], [1]], [[1], [1.2], [1.1]], [[1], [6], [7]])

    result = evaluate(rows, options=Options(returns_to_scale="variable"))

    assert result.statuses[0] == "infeasible"
    assert np.isnan(result.scores[0])
    (notice,) = result.notices
    assert notice.code == "efficiency.infeasible"
    assert str(notice.text).startswith(
        "1 of 3 rows has no score because its program has no solution"
    )
    assert "d0" in str(result.notices[0].text)


def test_the_table_of_tone_2003_is_found():
    """Scores of equation 30 with both outputs non-separable, and α, to the last printed digit."""
    printed = tomllib.loads((REFERENCE / "tone_2003.toml").read_text(encoding="utf-8"))
    rows = activities(printed["inputs"], printed["outputs"], printed["bads"])

    result = evaluate(
        rows, options=Options("sbm_nonseparable_free", "variable", nonseparable=("y0", "b0"))
    )

    # The bad output has no slack beside α, so that its target is α times its amount.
    alpha = result.targets[:, 2] / np.hstack(rows.parts)[:, 2]
    np.testing.assert_allclose(
        result.scores,
        printed["sbm_nonseparable_free"],
        rtol=0,
        atol=printed["unit_of_last_digit"],
    )
    np.testing.assert_allclose(alpha, printed["alpha"], rtol=0, atol=printed["unit_of_alpha"])
