"""Slow, obvious re-implementations that econometrics is held against."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd


def exact_least_squares(y: list[str], x: list[list[str]]) -> tuple[list[Fraction], Fraction]:
    """Solve the normal equations in exact rational arithmetic: slopes and RSS."""
    rows = [[Fraction(cell) for cell in row] for row in x]
    right = [Fraction(cell) for cell in y]
    k = len(rows[0])
    a = [[sum(row[i] * row[j] for row in rows) for j in range(k)] for i in range(k)]
    b = [sum(row[i] * value for row, value in zip(rows, right, strict=True)) for i in range(k)]
    slopes = exact_solve(a, b)
    fitted = [sum(c * s for c, s in zip(row, slopes, strict=True)) for row in rows]
    return slopes, sum((v - f) ** 2 for v, f in zip(right, fitted, strict=True))


def exact_solve(a: list[list[Fraction]], b: list[Fraction]) -> list[Fraction]:
    """Gauss-Jordan elimination over the rationals."""
    m = [[*row, value] for row, value in zip(a, b, strict=True)]
    for i in range(len(m)):
        pivot = next(r for r in range(i, len(m)) if m[r][i] != 0)
        m[i], m[pivot] = m[pivot], m[i]
        m[i] = [cell / m[i][i] for cell in m[i]]
        for r in range(len(m)):
            if r != i and m[r][i] != 0:
                factor = m[r][i]
                m[r] = [c - factor * p for c, p in zip(m[r], m[i], strict=True)]
    return [row[-1] for row in m]


def dummies(frame: pd.DataFrame, effects: tuple[str, ...]) -> np.ndarray:
    """All dummies of all effects side by side, constant included by them."""
    keys = frame.reset_index()
    return np.hstack([pd.get_dummies(keys[effect]).to_numpy(float) for effect in effects])


def dummy_regression(
    frame: pd.DataFrame, outcome: str, slopes: tuple[str, ...], effects: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, int]:
    """Least squares on explicit dummies: slopes, residuals, rank of the dummies."""
    d = dummies(frame, effects)
    x = np.hstack([frame[list(slopes)].to_numpy(float), d])
    y = frame[outcome].to_numpy(float)
    b = np.linalg.lstsq(x, y, rcond=1e-12)[0]
    return b[: len(slopes)], y - x @ b, int(np.linalg.matrix_rank(d))


def sandwich(x: np.ndarray, residuals: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Clustered covariance without any factor, by a loop over clusters."""
    bread = np.linalg.inv(x.T @ x)
    meat = np.zeros_like(bread)
    for cluster in np.unique(clusters):
        rows = clusters == cluster
        score = x[rows].T @ residuals[rows]
        meat += np.outer(score, score)
    return bread @ meat @ bread
