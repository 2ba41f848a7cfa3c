"""wildboottest: the wild cluster bootstrap of one slope, effects as dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from data import REGRESSORS
from wildboottest.wildboottest import wildboottest


def wild_9999(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Test the first slope by 9,999 draws."""
    levels = (frame.index.get_level_values(level) for level in (0, 1))
    dummies = [pd.get_dummies(one, drop_first=True, dtype=float).to_numpy() for one in levels]
    rows = pd.RangeIndex(len(frame))
    values = np.column_stack([frame[list(REGRESSORS)], np.ones(len(frame)), *dummies])
    names = [*REGRESSORS, *(f"d{j}" for j in range(values.shape[1] - len(REGRESSORS)))]
    outcome = pd.Series(frame["y"].to_numpy(), rows, name="y")
    model = sm.OLS(outcome, pd.DataFrame(values, rows, columns=names))
    clusters = pd.Series(pd.factorize(frame.index.get_level_values(0))[0], rows)
    found = wildboottest(model, B=9999, cluster=clusters, param=REGRESSORS[0], show=False, seed=1)
    return {"statistic": [float(found["statistic"].iloc[0])]}
