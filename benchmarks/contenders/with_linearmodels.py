"""linearmodels: PanelOLS with the small-sample rule that counts every effect."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pandas as pd
from data import CONTROLS, FACTORS, REGRESSORS, with_mediator
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


def mediation(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Fit both equations on the sample and on three draws of clusters, put together by hand."""
    data = with_mediator(frame)
    pieces = dict(list(data.groupby(level=0)))
    names = np.array(list(pieces))
    draw = np.random.default_rng(1)
    drawn = [names, *(draw.choice(names, len(names)) for _ in range(3))]
    found = [_mediated(_together(pieces, one)) for one in drawn]
    return {"ab": found[0]}


def _together(pieces: dict[str, pd.DataFrame], drawn: np.ndarray) -> pd.DataFrame:
    """Put a draw together: an entity drawn twice enters as two."""
    parts = [pieces[name].set_axis(_numbered(pieces[name], k)) for k, name in enumerate(drawn)]
    return pd.concat(parts)


def _numbered(piece: pd.DataFrame, number: int) -> pd.MultiIndex:
    periods = piece.index.get_level_values(1)
    return pd.MultiIndex.from_arrays([[number] * len(piece), periods], names=piece.index.names)


def _mediated(data: pd.DataFrame) -> list[float]:
    first = _slopes(data, "m", REGRESSORS)
    second = _slopes(data, "y", (*REGRESSORS, "m"))
    return [first[name] * second["m"] for name in FACTORS]


def _slopes(data: pd.DataFrame, outcome: str, names: tuple[str, ...]) -> pd.Series:
    model = PanelOLS(data[outcome], data[list(names)], entity_effects=True, time_effects=True)
    return model.fit().params


def curve(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Fit the factors with each set of controls, both effects, the whole window, plain errors."""
    sizes = range(len(CONTROLS) + 1)
    sets = list(chain.from_iterable(combinations(CONTROLS, size) for size in sizes))
    fits = [_slopes(frame, "y", (*FACTORS, *controls)) for controls in sets]
    return {"estimate": [fit[name] for name in FACTORS for fit in fits]}
