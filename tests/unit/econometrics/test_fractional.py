"""The fractional logit, against statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from cases_econometrics import simulated_panel
from xinzhi.econometrics.fractional import fractional_logit
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import MethodError, OutOfDomain

TWO_WAY = Regression("score", ("x1",), ("x2",))


def scores(seed: int = 3, *, keep: float = 1.0) -> pd.DataFrame:
    """Draw scores between 0 and 1."""
    data = simulated_panel(seed, n_entities=25, keep=keep)
    noise = np.random.default_rng(seed).normal(size=len(data))
    data["score"] = expit(0.5 * data["x1"] - 0.3 * data["x2"] + noise)
    return data


def witness(data: pd.DataFrame):
    """Fit the same index by statsmodels, errors clustered by entity."""
    entity = data.index.get_level_values(0)
    x = data[["x1", "x2"]].copy()
    for name in ("x1", "x2"):
        x[f"{name}_mean"] = x[name].groupby(level=0).transform("mean")
    years = pd.get_dummies(data.index.get_level_values(1), drop_first=True).astype(float)
    years.index = data.index
    means = years.groupby(level=0).transform("mean")
    varying = means.loc[:, means.std() > 1e-12].add_suffix("m")
    design = np.column_stack([np.ones(len(x)), x, years, varying])
    return GLM(data["score"].to_numpy(), design, family=Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": np.asarray(entity)}, tol=1e-14
    )


@pytest.mark.parametrize("keep", [0.85, 1.0])
def test_statsmodels(keep):
    """Slopes and clustered errors are those of statsmodels, gaps or none."""
    data = scores(keep=keep)
    other = witness(data)

    found = fractional_logit(data, TWO_WAY)

    np.testing.assert_allclose(found.estimate, other.params[1:3], rtol=1e-8)
    np.testing.assert_allclose(found.std_error, other.bse[1:3], rtol=1e-7)


def test_average_partial_effects_are_differences():
    """The average partial effect is the mean change of the fitted score for a small change of x."""
    data = scores()
    found = fractional_logit(data, TWO_WAY)
    other = witness(data)
    design = other.model.exog.copy()
    before = other.predict(design).mean()
    design[:, 1] += 1e-6

    np.testing.assert_allclose(
        found.effect[0], (other.predict(design).mean() - before) / 1e-6, rtol=1e-5
    )
    assert 0 < found.effect_error[0] < found.std_error[0]
    assert list(found.to_frame().index) == ["x1", "x2"]


def test_units_divide_the_slope():
    """X · c gives b / c, however large c is."""
    data = scores()

    found = fractional_logit(data.assign(x1=data["x1"] * 1e7), TWO_WAY)

    np.testing.assert_allclose(
        found.estimate[0] * 1e7, fractional_logit(data, TWO_WAY).estimate[0], rtol=1e-9
    )


def test_super_efficiency_is_outside():
    """Scores above 1 are refused with their number and the first place."""
    data = scores()
    data.iloc[4, data.columns.get_loc("score")] = 1.2

    with pytest.raises(OutOfDomain, match="in 1 row"):
        fractional_logit(data, TWO_WAY)


def test_separated_scores_have_no_maximum():
    """Scores of 0 and 1 that a regressor separates have no finite slope."""
    data = scores()
    data["score"] = (data["x1"] > 0) * 1.0

    with pytest.raises(MethodError):
        fractional_logit(data, TWO_WAY)


def test_entity_effects_are_needed():
    """Without entity effects there are no means to take."""
    with pytest.raises(MethodError, match="entity"):
        fractional_logit(scores(), Regression("score", ("x1",), effects=("period",)))
