"""pyfixest: feols with its own small-sample rule, that of fixest."""

from __future__ import annotations

import pandas as pd
import pyfixest
from data import REGRESSORS

FORMULA = f"y ~ {' + '.join(REGRESSORS)} | entity + period"


def two_way(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with effects of entity and period, errors clustered by entity."""
    fit = pyfixest.feols(FORMULA, data=frame.reset_index(), vcov={"CRV1": "entity"})
    names = list(REGRESSORS)
    return {"estimate": fit.coef()[names].tolist(), "error": fit.se()[names].tolist()}
