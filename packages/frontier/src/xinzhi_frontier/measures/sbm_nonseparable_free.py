"""Slacks-based measure of Tone (2003): what cannot be separated shrinks as far as it can."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, moved, registered, spread_outcome
from xinzhi_frontier.measures.sbm_nonseparable import something_falls, together_of
from xinzhi_frontier.result import Array
from xinzhi_frontier.technology import (
    Draft,
    Flags,
    Positions,
    Program,
    may_stand_idle,
    slack_program,
)
from xinzhi_frontier.terms import ROLES, role_mask, terms_of

TRAITS = Traits(
    title=message("slacks-based measure with non-separable outputs that may all fall"),
    references=("10.1007/978-0-387-45283-8",),
    orientations=("none",),
    divides_by_own=lambda _: ROLES,
    has_weights=True,
    has_nonseparable=True,
    has_alpha_min=True,
)


@registered("sbm_nonseparable_free", TRAITS)
def sbm_nonseparable_free(task: Task) -> Outcome:
    """Measure by slacks of what moves alone, and by the α of what shrinks together.

    min (1 - Σ_S w_i s_i⁻/x_io - (1 - α) Σ_N w_i) /
        (1 + Σ_S w_r s_r⁺/y_ro + Σ_S w_q s_q/b_qo + (1 - α) Σ_N w)
    s.t. separable: x_o = Xλ + s⁻, y_o = Yλ - s⁺, b_o = Bλ + s; non-separable: α x_o >= Xλ,
    α y_o <= Yλ, α b_o >= Bλ; alpha_min <= α <= 1. The weights of each side add up to 1. Nothing
    makes up for the goods that fall; with nothing non-separable it is the SBM.

    The bound on α needs no unknown: the least value given α is quasiconvex in α, so that where the
    free optimum lies below the bound, the bound itself is best.

    References
    ----------
    Tone, K. (2003). Dealing with undesirable outputs in DEA: a slacks-based measure (SBM)
    approach. GRIPS Research Report I-2003-0005, equation 30. Cooper, W. W., Seiford, L. M., Tone,
    K. (2007). Data Envelopment Analysis, 2nd ed., section 13, doi 10.1007/978-0-387-45283-8.
    """
    together, least = together_of(task), _alpha_min(task)
    terms = terms_of(task.activities, task.rows, task.options)
    defined = terms.defined & _has_a_meaning(task, together)
    rows, shift = task.rows[defined], _shift(task, task.rows[defined], together)
    side = Shrinking(together, terms.over[defined], terms.under[defined], shift)
    solutions = task.solve(_program(task, side), rows, joined=True)
    fall = solutions.moves[:, 2 * task.technology.r :].sum(axis=1)
    bound = 1.0 - least
    beyond = np.flatnonzero((fall > bound) & (least > 0))
    # n0 and d0 depend on the prices of 1 - α, and are the same for all programs of one call.
    for places in side.alike(beyond):
        program = _program_at(task, side.take(places), rows[places], bound)
        bounded = task.solve(program, rows[places], joined=True)
        solutions, fall[places] = solutions.put(places, bounded), bound
    slacks = moved(task.technology, solutions, "plus")
    # What falls with α is a change, but not a slack.
    changes = -slacks - fall[:, None] * shift
    outcome = Outcome(rows, solutions, ("sbm_nonseparable_free",) * len(rows), slacks, changes)
    return spread_outcome(task, defined, outcome)


@dataclass(frozen=True, slots=True, eq=False)
class Shrinking:
    """What moves together, and the shares of all columns on both sides of the fraction."""

    together: Flags
    over: Array
    under: Array
    shift: Array
    """Shape (q, k): how much each variable improves per unit of 1 - α, in its own units."""

    def take(self, places: Positions) -> Shrinking:
        """Take some rows."""
        return Shrinking(self.together, self.over[places], self.under[places], self.shift[places])

    def prices(self) -> Array:
        """Return what 1 - α takes from the numerator and adds to the denominator, (q, 2)."""
        parts = [
            np.where(self.together, part, 0.0).sum(axis=1) for part in (-self.over, self.under)
        ]
        return np.array(parts).T

    def alike(self, places: Positions) -> list[Positions]:
        """Split rows into those of the same prices: all, unless terms with a zero leave."""
        if not len(places):
            return []
        kinds, kind_of = np.unique(self.prices()[places], axis=0, return_inverse=True)
        return [places[kind_of.reshape(-1) == kind] for kind in range(len(kinds))]


def _program(task: Task, side: Shrinking) -> Program:
    """Write the programs, with 1 - α as the own unknown."""
    tied = int(side.together.any())
    draft = _draft(task, side, own=tied)
    if tied:
        draft.own[:, : task.technology.k, 0] = side.shift
        draft.numerator[:, -1], draft.denominator[:, -1] = side.prices().T
    return draft.program(1.0, 1.0)


def _program_at(task: Task, side: Shrinking, rows: Positions, fall: float) -> Program:
    """Write the programs of rows of the same prices with 1 - α given."""
    technology = task.technology
    n0, d0 = (1.0 + fall * side.prices()[0]).tolist()
    right = technology.right(rows) / technology.own_values(rows)
    right[:, : technology.k] -= fall * side.shift
    return replace(_draft(task, side).program(n0, d0), right=right)


def _draft(task: Task, side: Shrinking, *, own: int = 0) -> Draft:
    draft, k = slack_program(task.technology, len(side.over), own=own), task.technology.k
    draft.plus[:, :k] = True
    draft.numerator[:, :k] = np.where(side.together, 0.0, -side.over)
    draft.denominator[:, :k] = np.where(side.together, 0.0, side.under)
    return draft


def _alpha_min(task: Task) -> float:
    least = task.options.alpha_min or 0.0
    if not 0.0 <= least <= 1.0:
        text = message("alpha_min is {value}.", value=least)
        remedy = message("alpha_min lies between 0 and 1.")
        raise SpecError(Problem("efficiency.alpha_min", text, Where(key="alpha_min"), remedy))
    return least


def _shift(task: Task, rows: Positions, together: Flags) -> Array:
    goods = role_mask(task.activities.roles, ("goods",))
    moves = together & (task.activities.values[rows] > 0)
    return np.where(moves, np.where(goods, -1.0, 1.0), 0.0)


def _has_a_meaning(task: Task, together: Flags) -> Flags:
    """Mark the rows of which α cannot fall without end: something falls, and something is made.

    Raises
    ------
    SpecError
        Where all activity may stop nothing keeps any good up.
    """
    given = task.activities.values[task.rows] > 0
    goods = role_mask(task.activities.roles, ("goods",))
    has_meaning = something_falls(task, together)
    returns = task.technology.returns_to_scale
    if not together.any() or task.options.alpha_min or not may_stand_idle(returns):
        return has_meaning
    alone = goods & ~together
    if not alone.any():
        text = message(
            "Every good output is non-separable: with returns_to_scale {returns} the best "
            "for every row would be to stop.",
            returns=returns,
        )
        remedy = message(
            "choose returns_to_scale: variable, give alpha_min, or leave a good output separable."
        )
        raise SpecError(
            Problem("efficiency.nonseparable", text, Where(key="returns_to_scale"), remedy)
        )
    # A separable good that is above 0 must be made, so that Σ λ cannot go to 0.
    return has_meaning & np.asarray((given & alone).any(axis=1))
