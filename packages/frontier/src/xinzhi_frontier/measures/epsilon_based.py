"""Epsilon-based measure: proportions and slacks in one, weighed by how alike the columns are."""

from __future__ import annotations

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, moved, registered
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Array
from xinzhi_frontier.technology import Flags, slack_program
from xinzhi_frontier.terms import both_sides, role_mask, sides, terms_of

TIED = 1e-9
"""Eigenvalues of a matrix of affinities, each of order 1, that differ by less are the same."""

TRAITS = Traits(
    title=message("epsilon-based measure"),
    references=("10.1016/j.ejor.2010.07.014",),
    divides_by_own=both_sides,
    is_monotone=False,
    has_weights=True,
    has_epsilon=True,
)


@registered("epsilon_based", TRAITS)
def epsilon_based(task: Task) -> Outcome:
    """Measure by a mixture of the radial and the slacks-based measure.

    min (θ - ε_x Σ w_i s_i⁻/x_io) / (φ + ε_y Σ w_r s_r⁺/y_ro + ε_y Σ w_q s_q/b_qo)
    s.t. θ x_o = Xλ + s⁻, φ y_o = Yλ - s⁺, b_o = Bλ + s, θ <= 1 <= φ; orientation keeps one side.
    Form B moves the bads with the inputs, by θ; in form A they have slacks only.

    ε and w of a side come from the affinity of its columns over the reference set, as observed:
    S_ab = 1 - 2 D_ab, D the mean absolute deviation of ln(b/a) over its range; ρ and w are the
    largest eigenvalue of S and its vector, Σ w = 1, ε = (k - ρ) / (k - 1), 0 for a single column.
    Weights and ε of the options replace them. ε = 0 is the radial measure, ε = 1 the SBM.

    References
    ----------
    Tone, K., Tsutsui, M. (2010). An epsilon-based measure of efficiency in DEA - a third pole of
    technical efficiency. EJOR 207, doi 10.1016/j.ejor.2010.07.014 (there on projected values).
    """
    terms = terms_of(task.activities, task.rows, task.options)
    rows, k = task.rows[terms.defined], task.technology.k
    draft = slack_program(task.technology, len(rows), own=2)
    draft.plus[:, :k] = True
    roles = task.activities.roles
    over, under = (role_mask(roles, side) for side in sides(task.options))
    draft.numerator[:, :k] = -_shares(task, over, terms.over[terms.defined])
    draft.denominator[:, :k] = _shares(task, under, terms.under[terms.defined])
    expanded = role_mask(roles, ("goods",)) & under
    # What is 0 has no proportion; where nothing of a side has one, θ or φ is 1.
    is_some = task.activities.values[rows] > 0
    # The own unknowns are 1 - θ and φ - 1, so that both are at least 0.
    for unknown, moves in enumerate((over, expanded)):
        draft.own[:, :k, unknown] = np.where(moves & is_some, 1.0, 0.0)
    draft.numerator[:, -2] = np.where((over & is_some).any(axis=1), -1.0, 0.0)
    draft.denominator[:, -1] = np.where((expanded & is_some).any(axis=1), 1.0, 0.0)
    solutions = task.solve(draft.program(1.0, 1.0), rows, joined=True).spread(terms.defined)
    slacks = moved(task.technology, solutions, "plus")
    proportional = solutions.moves[:, -2:] @ np.array([over, expanded], dtype=float)
    proportional *= task.activities.values[task.rows] > 0
    methods = ("epsilon_based",) * len(solutions)
    return Outcome(task.rows, solutions, methods, slacks, -(slacks + proportional))


def _shares(task: Task, side: Flags, shares: Array) -> Array:
    """Return ε times the weights of a side, shape (q, k)."""
    if not side.any():
        return shares
    values = task.activities.values[task.reference][:, side]
    epsilon, weights = affinity(values)
    if task.options.epsilon is not None:
        epsilon = _checked(task.options)
    if task.options.weights is None:
        mixed = np.where(shares[:, side] > 0, weights, 0.0)
        # Where all columns that count are 0 in the row, the others weigh equally.
        mixed = np.where(mixed.any(axis=1, keepdims=True), mixed, shares[:, side])
        shares = shares.copy()
        shares[:, side] = mixed / mixed.sum(axis=1, keepdims=True)
    return epsilon * shares


def _checked(options: Options) -> float:
    epsilon = options.epsilon
    if epsilon is None or not 0.0 <= epsilon <= 1.0:
        text = message("epsilon is {value}.", value=epsilon)
        remedy = message("it lies between 0 (radial) and 1 (slacks).")
        raise SpecError(Problem("efficiency.epsilon", text, Where(key="epsilon"), remedy))
    return epsilon


def affinity(values: Array) -> tuple[float, Array]:
    """Return ε and w of columns by their affinity; rows with a zero are left out.

    Where the largest eigenvalue is not single, w is what is nearest to equal weights among its
    vectors: it must not depend on the order of the columns.

    >>> epsilon, weights = affinity(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]))
    >>> round(epsilon, 12), weights.round(12).tolist()
    (0.0, [0.5, 0.5])
    """
    k = values.shape[1]
    logs = np.log(values[(values > 0).all(axis=1)])
    alike = np.eye(k)
    for a in range(k):
        for b in range(a):
            alike[a, b] = alike[b, a] = 1.0 - 2.0 * _diversity(logs[:, b] - logs[:, a])
    eigenvalues, vectors = np.linalg.eigh(alike)
    largest = vectors[:, eigenvalues >= eigenvalues[-1] - TIED]
    weights = np.abs(largest @ largest.sum(axis=0))  # (1, ..., 1) projected on their space
    epsilon = (k - eigenvalues[-1]) / (k - 1) if k > 1 else 0.0
    return float(np.clip(epsilon, 0.0, 1.0)), weights / weights.sum()


def _diversity(ratio: Array) -> float:
    width = float(np.ptp(ratio)) if len(ratio) else 0.0
    # Proportional columns differ by rounding alone, whose mean deviation over its range is noise.
    if width <= np.finfo(float).eps * 8 * max(1.0, float(np.abs(ratio).max(initial=0.0))):
        return 0.0
    return float(np.abs(ratio - ratio.mean()).mean() / width)
