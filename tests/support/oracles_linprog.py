"""Slow and obvious: two measures as their papers print them, one SciPy program a row.

Fractions are solved by Charnes and Cooper's t; data are divided by the evaluated row. Shares no code
with the package.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def fraction(over, under, equal, right, at_most=(), bound=()):
    """Minimise (1 + over·z) / (1 + under·z) over equal·z = right, at_most·z <= bound, z >= 0."""
    equal, right = np.array(equal), np.array(right, dtype=float)
    rows = np.vstack([np.hstack([equal, -right[:, None]]), np.append(under, 1.0)])
    ends = np.append(np.zeros(len(right)), 1.0)
    more = {}
    if len(at_most):
        columns = np.hstack([np.array(at_most), -np.array(bound, dtype=float)[:, None]])
        more = {"A_ub": columns, "b_ub": np.zeros(len(columns))}
    done = linprog(np.append(over, 1.0), A_eq=rows, b_eq=ends, method="highs", **more)
    assert done.status == 0, done.message
    return done.fun


def intensities(returns, n, width):
    """Constraints on Σ λ: equalities, right-hand sides, inequalities, bounds."""
    line = np.append(np.ones(n), np.zeros(width - n))
    if isinstance(returns, tuple):
        return [], [], [line, -line], [returns[1], -returns[0]]
    return {
        "constant": ([], [], [], []),
        "variable": ([line], [1.0], [], []),
        "non_increasing": ([], [], [line], [1.0]),
        "non_decreasing": ([], [], [-line], [-1.0]),
    }[returns]


def epsilon_based(x, y, o, *, returns, orientation, epsilon, weights):
    """Tone and Tsutsui (2010): min (θ - ε Σ w s⁻/x_o) / (φ + ε Σ v s⁺/y_o).

    θ x_o = Xλ + s⁻, φ y_o = Yλ - s⁺, θ <= 1 <= φ; unknowns λ, s⁻, s⁺, 1 - θ, φ - 1.
    """
    n, m, s = len(x), x.shape[1], y.shape[1]
    x, y = x / x[o], y / y[o]
    width = n + m + s + 2
    over, under = np.zeros(width), np.zeros(width)
    if orientation != "output":
        over[n : n + m], over[-2] = -epsilon[0] * weights[0], -1.0
    if orientation != "input":
        under[n + m : n + m + s], under[-1] = epsilon[1] * weights[1], 1.0
    equal = [np.concatenate([x[:, i], np.eye(m)[i], np.zeros(s), [1.0, 0.0]]) for i in range(m)] + [
        np.concatenate([y[:, r], np.zeros(m), -np.eye(s)[r], [0.0, -1.0]]) for r in range(s)
    ]
    more, ends, at_most, bound = intensities(returns, n, width)
    return fraction(over, under, equal + more, [1.0] * (m + s) + ends, at_most, bound)


def affinity(values):
    """ε and weights of columns: S = 1 - 2 D, D the mean deviation of ln(b/a) over its range."""
    k = values.shape[1]
    alike = np.ones((k, k))
    for a in range(k):
        for b in range(k):
            if a != b:
                c = np.log(values[:, b] / values[:, a])
                alike[a, b] -= 2 * np.mean(np.abs(c - c.mean())) / (c.max() - c.min())
    # Perron's vector by repeated multiplication, another way than the package's.
    w = np.ones(k) / k
    for _ in range(20_000):
        w = alike @ w
        w /= w.sum()
    rho = (alike @ w).sum()
    return (k - rho) / (k - 1) if k > 1 else 0.0, w


def nonseparable(x, y, b, o, together, *, returns):
    """Cooper, Seiford and Tone (2007), section 13: α scales what cannot be separated.

    min (1 - Σ_S s⁻/(m x) - (1-α) m_N/m) / (1 + (Σ_S s⁺/y + Σ s_b/b + (1-α) Σ_N 1) / s), separable
    x = Xλ + s⁻, y + s⁺ <= Yλ, b = Bλ + s; others α x >= Xλ, α y <= Yλ, α b = Bλ + s; 0 <= α <= 1;
    Σ_S s⁺ = (1-α) Σ_N y. Unknowns λ, a slack per column, a = 1 - α.
    A zero has no share: its column reads 0 = Xλ + s whatever α is (`drop_term`).
    """
    z, kinds = np.hstack([x, y, b]), ["x"] * x.shape[1] + ["y"] * y.shape[1] + ["b"] * b.shape[1]
    n, k = z.shape
    unit, width = np.where(z[o] > 0, z[o], 1.0), n + k + 1
    given, m = (z[o] > 0).astype(float), kinds.count("x")
    sizes = {"x": given[:m].sum(), "y": given[m:].sum(), "b": given[m:].sum()}
    over, under, total = np.zeros(width), np.zeros(width), np.zeros(width)
    equal, right, at_most, bound = [total], [0.0], [np.eye(width)[-1]], [1.0]
    for i, kind in enumerate(kinds):
        line = np.append(z[:, i] / unit[i], np.zeros(k + 1))
        slack, alpha = np.eye(width)[n + i], given[i] * np.eye(width)[-1]
        share = given[i] / sizes[kind]
        side, sign = (over, -1.0) if kind == "x" else (under, 1.0)
        if together[i]:
            side += sign * share * alpha
        if kind == "y":
            at_most.append(-(line - (-alpha if together[i] else slack)))
            bound.append(-given[i])
            if together[i]:
                total -= unit[i] * alpha
            else:
                side += share * slack
                total += unit[i] * slack
        elif kind == "x" and together[i]:
            at_most.append(line + alpha)
            bound.append(given[i])
        else:
            equal.append(line + slack + (alpha if together[i] else 0))
            right.append(given[i])
            side += sign * share * slack
    more, ends, less, limits = intensities(returns, n, width)
    return fraction(over, under, equal + more, right + ends, at_most + less, bound + limits)


def nonseparable_free(x, y, b, o, together, *, returns, alpha_min=0.0):
    """Tone (2003), equation 30: α in [alpha_min, 1] scales what cannot be separated, goods too.

    min (1 - (Σ_S s⁻/x + m_N (1-α))/m) / (1 + (Σ_S s⁺/y + Σ_S s/b + (1-α) Σ_N 1) / s), separable
    x = Xλ + s⁻, y = Yλ - s⁺, b = Bλ + s; others α x >= Xλ, α y <= Yλ, α b >= Bλ. Unknowns λ, a slack
    per column, 1 - α.
    """
    z, m = np.hstack([x, y, b]), x.shape[1]
    signs = np.repeat([1.0, -1.0, 1.0], [m, y.shape[1], b.shape[1]])
    n, k = z.shape
    unit, width = np.eye(n + k + 1), n + k + 1
    over, under, equal, at_most = np.zeros(width), np.zeros(width), [], [unit[-1]]
    right, bound = [], [1.0 - alpha_min]
    for i, sign in enumerate(signs):
        line = np.append(z[:, i] / z[o, i], np.zeros(k + 1))
        shrinks = unit[-1] if together[i] else unit[n + i]
        if i < m:
            over -= shrinks / m
        else:
            under += shrinks / (k - m)
        if together[i]:
            at_most.append(sign * (line + shrinks))
            bound.append(sign)
        else:
            equal.append(line + sign * shrinks)
            right.append(1.0)
    more, ends, less, limits = intensities(returns, n, width)
    if not equal + more:
        equal, right = [np.zeros(width)], [0.0]
    return fraction(over, under, equal + more, right + ends, at_most + less, bound + limits)


def longest(values, o, reference, *, signs, direction, returns="constant", weights=None, equal=()):
    """Longest way from row o to combinations of reference rows: max β, or max Σ w β of a β per column.

    `signs` is 1 where less is better and -1 where more is; a column in `equal` has no slack.
    """
    less = np.asarray(signs) * values
    n, k = len(reference), values.shape[1]
    common = weights is None
    ways = np.asarray(direction, dtype=float)[:, None] if common else np.diag(direction)
    costs = np.ones(1) if common else np.asarray(weights, dtype=float)
    columns = np.hstack([less[reference].T, ways])
    is_equal = np.isin(np.arange(k), equal)
    more, ends, at_most, bound = intensities(returns, n, columns.shape[1])
    done = linprog(
        np.append(np.zeros(n), -costs),
        A_ub=np.vstack([columns[~is_equal], *at_most]),
        b_ub=np.append(less[o][~is_equal], bound),
        A_eq=np.vstack([columns[is_equal], *more]) if is_equal.any() or more else None,
        b_eq=np.append(less[o][is_equal], ends) if is_equal.any() or more else None,
        bounds=[(0, None)] * n + [(None, None) if common else (0, None)] * len(costs),
        method="highs",
    )
    return -done.fun if done.status == 0 else np.nan
