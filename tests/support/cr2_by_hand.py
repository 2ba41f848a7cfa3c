"""CR2 of one combination of coefficients from matrices of all rows: shares no code with the package."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

ZERO = 1e-9
"""Eigenvalues below are those of the effects of a cluster, which leave it nothing."""


def rows_of(frame, estimates):
    """Give the rows of a regression with its products, each column as many periods earlier as its name says."""
    made = {estimates.regression.outcome: frame[estimates.regression.outcome]}
    for name in estimates.names:
        made[name] = 1.0
        for part in name.split(" × "):
            of = part.removeprefix("L1.")
            column = frame[of] if of == part else frame[of].groupby(level=0).shift(1)
            made[name] = made[name] * column
    return pd.DataFrame(made).dropna()


def p_of(rows, names, contrast, outcome):
    """Give estimate and p of a combination of the columns."""
    b, error, df = judge_of(rows, names, outcome)(contrast)
    return b, 2 * stats.t.sf(abs(b) / error, df)


def effect_in(frame, estimates, weights):
    """Give estimate, error and degrees of freedom of a weighted sum of the coefficients of a regression."""
    contrast = [weights.get(name, 0.0) for name in estimates.names]
    rows = rows_of(frame, estimates)
    return judge_of(rows, list(estimates.names), estimates.regression.outcome)(contrast)


def judge_of(rows, names, outcome):
    """Regress on columns and on dummies of entities and periods; the answer judges combinations of the columns."""
    keys = [pd.get_dummies(rows.index.get_level_values(at)).to_numpy(float) for at in (0, 1)]
    design = np.hstack([rows[names].to_numpy(float), *keys])
    inverse = np.linalg.pinv(design.T @ design)
    left = np.eye(len(rows)) - design @ inverse @ design.T
    y = rows[outcome].to_numpy(float)
    codes = pd.factorize(rows.index.get_level_values(0))[0]
    adjusted = []
    for g in range(codes.max() + 1):
        of = np.flatnonzero(codes == g)
        values, vectors = np.linalg.eigh(left[np.ix_(of, of)])
        root = np.where(values > ZERO, 1 / np.sqrt(np.maximum(values, ZERO)), 0.0)
        adjusted.append((of, (vectors * root) @ vectors.T @ design[of] @ inverse))

    def judge(contrast):
        c = np.concatenate([contrast, np.zeros(design.shape[1] - len(names))])
        parts = np.array([left[:, of] @ (a @ c) for of, a in adjusted])
        among = parts @ parts.T
        df = np.trace(among) ** 2 / np.sum(among**2)
        return c @ inverse @ design.T @ y, np.sqrt(np.sum((parts @ y) ** 2)), df

    return judge
