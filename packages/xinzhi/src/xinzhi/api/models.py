"""Models: regressions, collinearity, and the test of Hausman."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinzhi.api.analysis import CALL, estimate_one, keywords_of_verb
from xinzhi.api.declared import Data, Keyword, Names, declared
from xinzhi.api.fits import Fits, InstrumentedFit, RegressionFit
from xinzhi.api.regression import REGRESSION, SMALL_SAMPLE, regression_of
from xinzhi_econometrics.diagnostics.hausman import Hausman
from xinzhi_econometrics.diagnostics.hausman import hausman as hausman_test
from xinzhi_econometrics.diagnostics.vif import Vif
from xinzhi_econometrics.diagnostics.vif import vif as vif_of
from xinzhi_econometrics.estimates import require_coverage
from xinzhi_econometrics.inference import LEVEL
from xinzhi_panel.columns.keys import Key, keyed

LEVEL_OF_INTERVALS = Keyword(float, LEVEL, "Level of the confidence intervals.")


def _keywords() -> Mapping[str, Keyword]:
    words = keywords_of_verb("tables")
    call = {name: words.pop(name) for name in CALL}
    del call["seed"]  # nothing is drawn: the wild bootstrap is part of `regress`
    return {**words, **SMALL_SAMPLE, "level": LEVEL_OF_INTERVALS, **call}


@declared(_keywords, together=Fits)
def fit(asked: Mapping[str, Any]) -> RegressionFit | InstrumentedFit:
    """Regress an outcome on columns with fixed effects, with random effects, or by a fractional logit.

    A formula may stand in the place of `outcome`, `regressors`, `effects` and `instruments`, as users of
    fixest write it: `xz.fit(data, "green ~ talent + x^2 + i(region) | city + province^year", cluster="city")`.
    Several outcomes, `c(y1, y2) ~ x`, and terms that change from one regression to the next, `sw(a, b)`,
    `csw(a, b)`, `sw0` and `csw0`, give all regressions in one call.

    The options are those of a column of a table in the study file. `xinzhi.regress` takes them too and
    adds the wild bootstrap where clusters are few.

    Returns
    -------
    RegressionFit
        Slopes in units of the outcome per unit of the regressor, standard errors, fit, what was left out;
        `.to_frame()` has one row a slope, and
        `.marginal_effects` of a fractional logit one row a regressor; `.predict()`, `.plot()`. With
        `instruments`, an `InstrumentedFit` with `.estimates` and the tests of the instruments. Of a
        formula of several regressions, `Fits`: a sequence of them that `xz.table` takes.

    Raises
    ------
    NotIdentified, DataError, SpecError
        With column and remedy.

    References
    ----------
    Cameron, Gelbach and Miller (2011), doi 10.1198/jbes.2010.07136; Driscoll and Kraay (1998), doi
    10.1162/003465398557825; Papke and Wooldridge (2008), doi 10.1016/j.jeconom.2008.05.009.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("abc"), range(4)], names=["entity", "period"])
    >>> x = np.array([0.0, 1, 2, 5, 1, 0, 1, 2, 7, 1, 3, 3])
    >>> frame = pd.DataFrame({"x": x, "y": 2 * x + np.repeat([0.0, 9, 5], 4)}, index=index)
    >>> frame.loc[("a", 0), "y"] += 1
    >>> float(fit(frame, outcome="y", regressors="x", effects="entity").to_frame()["estimate"].iloc[0].round(3))
    1.943
    """
    require_coverage(asked["level"])
    regression = {name: asked[name] for name in (*REGRESSION, *SMALL_SAMPLE)}
    options = {
        name: value
        for name, value in asked.items()
        if name not in {"data", "cluster", *SMALL_SAMPLE}
    }
    return estimate_one(
        asked["data"], **{**options, "covariance": regression_of(regression).covariance}
    )


def vif(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    entity: Key | None = None,
    period: Key | None = None,
) -> Vif:
    """Compute variance inflation factors: the diagonal of the inverse of the regressors' correlation matrix.

    Parameters
    ----------
    data
        A panel, or a frame whose keys are its index levels or are named by `entity` and `period`.
    outcome
        Column that is explained: rows in which it is empty are left out.
    regressors, controls
        Columns that are compared with each other.
    entity, period
        Columns or index levels of a frame.

    Returns
    -------
    Vif
        `.to_frame()` has one row a regressor: the factor and its inverse, the tolerance, both without a unit.

    Raises
    ------
    DataError, SpecError, MethodError
        A column is not there or holds no finite numbers, a name stands twice, or no row is left.

    References
    ----------
    Marquardt (1970), doi 10.1080/00401706.1970.10488699.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("ab"), range(3)], names=["entity", "period"])
    >>> frame = pd.DataFrame({"y": range(6), "x": [1.0, 2, 3, 1, 2, 3], "z": [1.0, 0, 1, 1, 0, 1]}, index)
    >>> vif(frame, outcome="y", regressors=["x", "z"]).to_frame()["vif"].round(3).tolist()
    [1.0, 1.0]
    """
    asked = {"outcome": outcome, "regressors": regressors, "controls": controls}
    return vif_of(keyed(data, entity, period), regression_of(asked))


def hausman(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    effects: Names = "entity",
    entity: Key | None = None,
    period: Key | None = None,
) -> Hausman:
    """Test random against fixed effects: the classic test of Hausman, and sigmamore.

    `xinzhi.diagnose` has Mundlak's test too, which allows clusters.

    Parameters
    ----------
    data
        A panel, or a frame whose keys are its index levels or are named by `entity` and `period`.
    outcome
        Column that is explained.
    regressors, controls
        Columns of the regression.
    effects
        Effects of the regression, the entity among them.
    entity, period
        Columns or index levels of a frame.

    Returns
    -------
    Hausman
        `.to_frame()` has one row a slope under fixed and random effects, and their difference, in units of
        the outcome per unit of the regressor; `.classic` and `.sigmamore` are the tests.

    Raises
    ------
    DataError, SpecError, MethodError
        A column is not there or holds no finite numbers, a name stands twice, or the regression has no
        effects of entities.

    References
    ----------
    Hausman (1978), doi 10.2307/1913827; Mundlak (1978), doi 10.2307/1913646.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([range(30), range(5)], names=["entity", "period"])
    >>> draw = np.random.default_rng(1).normal(size=(2, 150))
    >>> frame = pd.DataFrame({"x": draw[0], "y": draw[0] + draw[1]}, index=index)
    >>> found = hausman(frame, outcome="y", regressors="x")
    >>> found.to_frame().round(3).loc["x"].tolist(), bool(0 <= found.sigmamore.p_value <= 1)
    ([1.242, 1.253, -0.01], True)
    """
    asked = {
        "outcome": outcome,
        "regressors": regressors,
        "controls": controls,
        "effects": effects,
    }
    return hausman_test(keyed(data, entity, period), regression_of(asked))
