"""Slow and obvious: efficiency scores by exact rational arithmetic, one program at a time.

Written from the papers' Charnes-Cooper forms on the raw numbers, with a two-phase tableau simplex
and Bland's rule in whole numbers; shares no code with the package.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

ZERO, ONE = Fraction(0), Fraction(1)


def minimise(cost, rows, right):
    """Minimise cost·z over rows·z = right, z >= 0; None where there is no such z.

    The columns are those of z, then w = cost·z, then the right-hand side; the last line is the equation
    of w. Every equation is multiplied by a positive number that makes it whole, which changes nothing:
    sums of fractions would look for a common denominator each time.
    """
    n, m = len(cost), len(rows)
    table = [
        _whole([*(-v if value < 0 else v for v in line), ZERO, abs(value)])
        for line, value in zip(rows, right, strict=True)
    ]
    # One artificial unknown per equation, named beyond all columns: none enters again, so none has one.
    basis = [n + 2 + i for i in range(m)]
    artificial = [sum(column) for column in zip(*table, strict=True)]
    table.append([*artificial[:n], 1, artificial[-1]])
    if _simplex(table, basis, n) > 0:
        return None
    for i in range(m):
        column = next((j for j in range(n) if table[i][j]), None)
        if basis[i] > n and column is not None:
            if table[i][column] < 0:
                table[i] = [-v for v in table[i]]
            _pivot(table, basis, i, column)
    table[-1] = _whole([*(-Fraction(v) for v in cost), ONE, ZERO])
    for line, name in zip(table, basis, strict=False):
        if name < n:
            table[-1] = _eliminate(table[-1], line, name)
    return _simplex(table, basis, n)


def _simplex(table, basis, n):
    while True:
        goal = table[-1]
        entering = next((j for j in range(n) if goal[j] > 0), None)
        if entering is None:
            return Fraction(goal[-1], goal[n])
        ratios = [
            (Fraction(line[-1], line[entering]), name, i)
            for i, (line, name) in enumerate(zip(table, basis, strict=False))
            if line[entering] > 0
        ]
        if not ratios:
            return -Fraction(10**30)
        _pivot(table, basis, min(ratios)[2], entering)


def _pivot(table, basis, row, column):
    for i, line in enumerate(table):
        if i != row and line[column]:
            table[i] = _eliminate(line, table[row], column)
    basis[row] = column


def _eliminate(line, pivot, column):
    """Subtract from an equation the multiple of another that makes its column 0; that one is positive there."""
    a, b = pivot[column], line[column]
    left = [a * v - b * w for v, w in zip(line, pivot, strict=True)]
    common = gcd(*left)
    return [v // common for v in left] if common > 1 else left


def _whole(line):
    line = [Fraction(v) for v in line]
    common = lcm(*(v.denominator for v in line))
    return [v.numerator * (common // v.denominator) for v in line]


def exact(values):
    """Turn a list of lists of floats into fractions of exactly these numbers."""
    return [[Fraction(v) for v in line] for line in values]


def sbm(x, y, b, o, reference, *, returns="constant", form="A", orientation="none", weights=None):
    """SBM of Tone (2001, 2003): Charnes-Cooper, o joins the reference set."""
    return _slacks_program(
        x, y, b, o, sorted({*reference, o}), 1, returns, form, orientation, weights
    )


def super_sbm(
    x, y, b, o, reference, *, returns="constant", form="A", orientation="none", weights=None
):
    """Super-SBM of Tone (2002), o left out; None where infeasible."""
    rest = [j for j in reference if j != o]
    return _slacks_program(x, y, b, o, rest, -1, returns, form, orientation, weights)


def _slacks_program(x, y, b, o, reference, sign, returns, form, orientation, weights):
    """Unknowns: t, Λ per reference row, S per variable, and (super) free slack per variable.

    sign = 1: SBM, min t - Σ w S⁻/x, t + Σ w S/out = 1, G Λ + S = t G_o.
    sign = -1: super, min t + Σ w S⁻/x, t - Σ w S/out = 1, G Λ - S + F = t G_o.
    """
    m, s1, s2 = len(x[o]), len(y[o]), len(b[o])
    g = [[*x[j], *(-v for v in y[j]), *b[j]] for j in range(len(x))]
    k = m + s1 + s2
    kinds = ["in"] * m + ["out"] * s1 + ["in" if form == "B" else "out"] * s2
    keep = {"none": ("in", "out"), "input": ("in",), "output": ("out",)}[orientation]
    w = weights or [ONE] * k
    share = []
    for i in range(k):
        total = sum(Fraction(w[h]) for h in range(k) if kinds[h] == kinds[i])
        share.append(Fraction(w[i]) / total / abs(g[o][i]) if kinds[i] in keep else ZERO)
    movable = [sign == 1 or kinds[i] in keep for i in range(k)]
    n = len(reference)
    width = 1 + n + k + (k if sign == -1 else 0)
    cost, scale = [ZERO] * width, [ZERO] * width
    cost[0] = scale[0] = ONE
    rows = []
    for i in range(k):
        line = [ZERO] * width
        line[0] = -g[o][i]
        for place, j in enumerate(reference):
            line[1 + place] = g[j][i]
        if movable[i]:
            line[1 + n + i] = Fraction(sign)
            if kinds[i] == "in":
                cost[1 + n + i] = -sign * share[i]
            else:
                scale[1 + n + i] = sign * share[i]
        if sign == -1:
            line[1 + n + k + i] = ONE
        rows.append(line)
    right = [ZERO] * k + [ONE]
    rows.append(scale)
    if returns != "constant":
        free = {"variable": ZERO, "non_increasing": ONE, "non_decreasing": -ONE}[returns]
        rows = [[*line, ZERO] for line in rows]
        cost = [*cost, ZERO]
        rows.append([-ONE] + [ONE] * n + [ZERO] * (width - 1 - n) + [free])
        right.append(ZERO)
    return minimise(cost, rows, right)


def reported(x, y, b, o, reference, **options):
    """Score as reported: SBM below 1, super-SBM where SBM is 1; None where infeasible."""
    x, y, b = exact(x), exact(y), exact(b)
    below = sbm(x, y, b, o, reference, **options)
    return below if below < 1 else super_sbm(x, y, b, o, reference, **options)


def distance(
    x, y, b, o, reference, along, *, returns="constant", disposability="strong", joined=True
):
    """Largest β with G λ + slack + β along = G_o; the bads have no slack where they are weak.

    `along` is what one β improves each variable by, in the order inputs, goods, bads. None where
    there is no such β (only possible where o is left out).
    """
    line = [[v] for v in along]
    rows, right, width = _balance(x, y, b, o, reference, returns, disposability, joined, line)
    extra = [[*row, -row[-1]] for row in rows]
    found = minimise([ZERO] * (width - 1) + [-ONE, ONE], extra, right)
    return None if found is None else -found


def largest_slacks(
    x, y, b, o, reference, along, beta, *, returns="constant", disposability="strong", joined=True
):
    """Largest sum of slacks, each relative to the value of o, with G λ + slack = G_o - β along."""
    lines = [[] for _ in along]
    rows, right, width = _balance(x, y, b, o, reference, returns, disposability, joined, lines)
    right = [value - beta * along[i] if i < len(along) else value for i, value in enumerate(right)]
    own = [*x[o], *y[o], *([] if disposability != "strong" else b[o])]
    cost = [ZERO] * (width - 1 - len(own)) + [-1 / Fraction(v) for v in own] + [ZERO]
    return -minimise(cost, rows, right)


def sum_of_distances(
    x, y, b, o, reference, along, worth, *, returns="constant", disposability="strong"
):
    """Largest Σ worth β with G λ + slack + along β = G_o, one β >= 0 per variable."""
    k = len(along)
    lines = [[along[i] if i == j else ZERO for j in range(k)] for i in range(k)]
    rows, right, width = _balance(x, y, b, o, reference, returns, disposability, True, lines)
    return -minimise([ZERO] * (width - k) + [-Fraction(v) for v in worth], rows, right)


def _balance(x, y, b, o, reference, returns, disposability, joined, own):
    """Rows G λ + slack + own w = G_o, then Σ λ, over (λ, idle μ, slacks, slack of Σ λ, w)."""
    m, s1, s2 = len(x[o]), len(y[o]), len(b[o])
    chosen = sorted({*reference, o}) if joined else [j for j in reference if j != o]
    g = [[*x[j], *(-v for v in y[j]), *b[j]] for j in range(len(x))]
    columns = [g[j] for j in chosen]
    if disposability == "kuosmanen":
        columns += [[*g[j][:m], *[ZERO] * (s1 + s2)] for j in chosen]
    k, n = m + s1 + s2, len(columns)
    free = k if disposability == "strong" else m + s1
    rows = [
        [column[i] for column in columns]
        + [ONE if i == h else ZERO for h in range(free)]
        + [ZERO]
        + [Fraction(v) for v in own[i]]
        for i in range(k)
    ]
    right = list(g[o])
    if returns != "constant":
        slack = {"variable": ZERO, "non_increasing": ONE, "non_decreasing": -ONE}[returns]
        rows.append([ONE] * n + [ZERO] * free + [slack] + [ZERO] * len(own[0]))
        right.append(ONE)
    return rows, right, n + free + 1 + len(own[0])
