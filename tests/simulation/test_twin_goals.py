"""The packaged raw sources give the printed figures, by a second way to every number.

Reader, steps and frontier are those of the package; the regressions are done here with explicit
dummies, so that nothing of the simulation or of the econometrics stands on both sides.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import twin_sources as twin
from simulation.models import models
from simulation.places import read_places
from simulation.printed import published

# What the print itself rules out, and the two adjusted R² that ask for waves in the year means; docs
# of the example say why. The list is exact: each of them is missed.
MISSED = {
    "table5.col3.adj_r2",
    "table5.col3._cons",
    "table5.col4.adj_r2",
    "table7.col4.adj_r2",
    "table5.col3.UR",
    "table6.col2.RDE",
}
# Printed errors are met within this share (HC1); the paper does not say which errors it printed.
ERRORS = 0.25
FIT, CONSTANT = 0.005, 0.002
LARGEST = np.expm1(0.931)


def half(printed):
    return 0.5 * 10.0 ** Decimal(printed).as_tuple().exponent * (1 + 1e-9)


@pytest.fixture(scope="module")
def variables():
    """Take all variables as ln(1+x), (cities x years), from the raw files."""
    return twin.variables()


def test_tables_2_and_4_are_as_printed(variables):
    """Mean, SD, smallest, largest and VIF agree at the printed digits."""
    table2 = published()["table2"]
    for name, printed in table2.items():
        x = variables[name]
        for figure, value in zip(printed, (x.mean(), x.std(ddof=1), x.min(), x.max()), strict=True):
            assert abs(float(figure) - value) <= half(figure), name
    names = [name for name in published()["table4"] if name != "mean"]
    inverse = np.linalg.inv(np.corrcoef([variables[name].ravel() for name in names]))
    for name, vif in zip(names, np.diag(inverse), strict=True):
        for printed, value in zip(published()["table4"][name], (vif, 1 / vif), strict=True):
            assert abs(float(printed) - value) <= half(printed), name


@pytest.mark.parametrize("model", [m for m in models() if m.lag == 0], ids=lambda m: m.key)
def test_regressions_are_as_printed(variables, model):
    """All slopes agree at the printed digits, R² within 0.005, constants 0.002, errors 25 %."""
    table, column = model.key.split(".")
    printed = published()[table][column]
    b, errors, r2, constant = twin.regression(model, variables)
    missed = set()
    if abs(r2 - float(printed["adj_r2"])) > FIT:
        missed.add(f"{model.key}.adj_r2")
    if abs(constant - float(printed["_cons"]["b"])) > CONSTANT:
        missed.add(f"{model.key}._cons")
    for name, slope, error in zip(model.regressors, b, errors, strict=True):
        if name not in printed:
            continue
        assert abs(float(printed[name]["b"]) - slope) <= half(printed[name]["b"]), name
        if abs(error / float(printed[name]["se"]) - 1) > ERRORS:
            missed.add(f"{model.key}.{name}")
    assert missed == {path for path in MISSED if path.startswith(f"{model.key}.")}


@pytest.mark.parametrize("model", [m for m in models() if m.lag], ids=lambda m: m.key)
def test_moderation_has_the_stated_signs(variables, model):
    """Paths of Figure 3 that the text states are significant with their sign, others are not."""
    stated = published()["moderation"][model.key.split(".")[1]]
    b, errors, *_ = twin.regression(model, variables)
    for name, t in zip(model.regressors, b / errors, strict=True):
        if "*" in name:
            sign = stated.get(f"{name.partition('*')[0]} -> {model.outcome}")
            low, high = {"+": (1.96, np.inf), "-": (-np.inf, -1.96), None: (-1.64, 1.64)}[sign]
            assert low <= t <= high, name


def test_the_story_of_space_and_time_is_as_printed(variables):
    """Largest score, classes, regions of the best and worst, and the six that stay."""
    places, gtfp = read_places(), published()["gtfp"]
    scores = np.expm1(variables["GTFP"])
    assert scores.max() == pytest.approx(LARGEST, abs=1e-6)
    worst = []
    for year in gtfp["years_mapped"]:
        order = np.argsort(scores[:, year - 2008])
        worst.append({places[i].name for i in order[:20]})
        if year in (2008, 2023):
            at = scores[:, year - 2008]
            counts = [(at < 0.3).sum(), ((at >= 0.3) & (at <= 0.6)).sum(), (at > 0.6).sum()]
            assert counts == {2008: [89, 9, 17], 2023: [40, 57, 18]}[year]
            regions = [places[i].region for i in order[-20:]]
            for region in ("central", "west", "northeast"):
                assert regions.count(region.title()) == gtfp[f"top20_{year}"][region], region
    stayers = {name.removesuffix("市") for name in set.intersection(*worst)}
    assert len(stayers) == gtfp["always_bottom20"]["cities"]
    assert stayers > set(gtfp["always_bottom20"]["northeast"])
