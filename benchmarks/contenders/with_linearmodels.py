"""linearmodels: PanelOLS with the small-sample rule that counts every effect."""

from __future__ import annotations

import pandas as pd
from data import REGRESSORS
from linearmodels.panel import PanelOLS


def two_way(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with effects of entity and period, errors clustered by entity."""
    model = PanelOLS(frame["y"], frame[list(REGRESSORS)], entity_effects=True, time_effects=True)
    fit = model.fit(
        cov_type="clustered",
        cluster_entity=True,
        debiased=True,
        group_debias=True,
        auto_df=False,
        count_effects=True,
    )
    return {"estimate": fit.params.tolist(), "error": fit.std_errors.tolist()}
