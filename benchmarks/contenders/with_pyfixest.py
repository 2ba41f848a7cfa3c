"""pyfixest: feols with its own small-sample rule, that of fixest."""

from __future__ import annotations

import pandas as pd
import pyfixest
from data import REGRESSORS

FORMULA = f"y ~ {' + '.join(REGRESSORS)} | entity + period"


def two_way(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with effects of entity and period, errors clustered by entity."""
    return _fit(FORMULA, frame)


def three_way(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with a third effect."""
    return _fit(f"{FORMULA} + group", frame)


def _fit(formula: str, frame: pd.DataFrame) -> dict[str, list[float]]:
    fit = pyfixest.feols(formula, data=frame.reset_index(), vcov={"CRV1": "entity"})
    names = list(REGRESSORS)
    return {"estimate": fit.coef()[names].tolist(), "error": fit.se()[names].tolist()}
