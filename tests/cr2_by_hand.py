"""CR2 of one combination of coefficients from matrices of all rows: shares no code with the package."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

ZERO = 1e-9
"""Eigenvalues below are those of the effects of a cluster, which leave it nothing."""


def p_of(rows, names, contrast, outcome):
    """Regress on columns and on dummies of entities and periods; give estimate and p of a combination of the columns."""
    keys = [pd.get_dummies(rows.index.get_level_values(at)).to_numpy(float) for at in (0, 1)]
    design = np.hstack([rows[names].to_numpy(float), *keys])
    inverse = np.linalg.pinv(design.T @ design)
    left = np.eye(len(rows)) - design @ inverse @ design.T
    c = np.concatenate([contrast, np.zeros(design.shape[1] - len(names))])
    y = rows[outcome].to_numpy(float)
    b = c @ inverse @ design.T @ y
    codes = pd.factorize(rows.index.get_level_values(0))[0]
    parts, scores = [], []
    for g in range(codes.max() + 1):
        of = np.flatnonzero(codes == g)
        values, vectors = np.linalg.eigh(left[np.ix_(of, of)])
        root = np.where(values > ZERO, 1 / np.sqrt(np.maximum(values, ZERO)), 0.0)
        along = (vectors * root) @ vectors.T @ design[of] @ inverse @ c
        parts.append(left[:, of] @ along)
        scores.append(along @ (left @ y)[of])
    among = np.array(parts) @ np.array(parts).T
    df = np.trace(among) ** 2 / np.sum(among**2)
    return b, 2 * stats.t.sf(abs(b) / np.sqrt(np.sum(np.square(scores))), df)
