"""Slacks-based measure with outputs that cannot be separated: bads fall only if goods fall too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import Message, Wording, message
from xinzhi_frontier.measure import Outcome, Task, Traits, moved, registered, spread_outcome
from xinzhi_frontier.technology import Flags, Positions, Program, slack_program
from xinzhi_frontier.terms import ROLES, SlackTerms, role_mask, terms_of

TRAITS = Traits(
    title=message("slacks-based measure with non-separable bads"),
    references=("10.1007/978-0-387-45283-8",),
    orientations=("none",),
    divides_by_own=lambda _: ROLES,
    is_units_invariant=False,
    has_weights=True,
    has_nonseparable=True,
)


@registered("sbm_nonseparable", TRAITS)
def sbm_nonseparable(task: Task) -> Outcome:
    """Measure by slacks of what moves alone, and by a common α of what moves together.

    min (1 - Σ_S w_i s_i⁻/x_io - (1 - α) Σ_N w_i) /
        (1 + Σ_S w_r s_r⁺/y_ro + Σ_b w_q s_q/b_qo + (1 - α) Σ_N w)
    s.t. separable: x_o = Xλ + s⁻, y_o + s⁺ <= Yλ, b_o = Bλ + s; non-separable: α x_o >= Xλ,
    α y_o <= Yλ, α b_o = Bλ + s; 0 <= α <= 1, and the total of the good outputs stays:
    Σ_S s⁺ = (1 - α) Σ_N y_o. The weights of each side add up to 1. Without separable goods to
    make up for the loss α is 1; with nothing non-separable s⁺ is free and it is the SBM.

    With `drop_term` a zero on N has no share and no part in α, as α · 0 = 0 whatever α is; what is
    left of its constraint is 0 = Bλ + s. Where nothing on N but goods is above 0, nothing falls with
    them: the row is undefined, as a declaration of goods alone is refused.

    References
    ----------
    Cooper, W. W., Seiford, L. M., Tone, K. (2007). Data Envelopment Analysis, 2nd ed., section 13,
    doi 10.1007/978-0-387-45283-8. Tone, K. (2004). Dealing with undesirable outputs in DEA: a
    slacks-based measure (SBM) approach. North American Productivity Workshop III, Toronto.
    """
    together = together_of(task)
    terms = terms_of(task.activities, task.rows, task.options)
    terms = replace(terms, defined=terms.defined & something_falls(task, together))
    rows = task.rows[terms.defined]
    program = _program(task, rows, terms, together)
    solutions = task.solve(program, rows, joined=True)
    shares, k = solutions.moves[:, 2 * task.technology.r :], task.technology.k
    shifts = np.einsum("qrp,qp->qr", program.own, shares)[:, :k]
    # What a separable good gains is its slack; the loss of the others is α, not a slack.
    slacks = moved(task.technology, solutions, "plus") + np.where(together, 0.0, shifts)
    changes = -(slacks + np.where(together, shifts, 0.0))
    outcome = Outcome(rows, solutions, ("sbm_nonseparable",) * len(rows), slacks, changes)
    return spread_outcome(task, terms.defined, outcome)


def _program(task: Task, rows: Positions, terms: SlackTerms, together: Flags) -> Program:
    """Write the programs: an own unknown per separable good r, the share of 1 - α it makes up for.

    With 1 - α = Σ_r a_r and s_r = a_r Σ_N y the constraint on the total holds by construction.
    """
    over, under = terms.over[terms.defined], terms.under[terms.defined]
    goods, bads = (role_mask(task.activities.roles, (role,)) for role in ("goods", "bads"))
    k, alone = task.technology.k, np.flatnonzero(goods & ~together)
    amounts = task.activities.values[rows]
    lost = amounts[:, goods & together].sum(axis=1)
    moves = together & (amounts > 0)
    tied = together.any()
    draft = slack_program(task.technology, len(rows), own=len(alone) if tied else 0)
    draft.plus[:, :k] = True
    counted = ~together & ~goods if tied else ~together
    draft.numerator[:, :k] = np.where(counted, -over, 0.0)
    draft.denominator[:, :k] = np.where(counted | bads, under, 0.0)
    for share, good in enumerate(alone.tolist() if tied else ()):
        # In units of the good: what Σ_N y loses where α = 0.
        gain = lost / task.technology.worth(rows)[:, good]
        draft.own[:, :k, share] = np.where(moves, np.where(goods, -1.0, 1.0), 0.0)
        draft.own[:, good, share] = gain
        unknown = 2 * task.technology.r + share
        draft.numerator[:, unknown] = -np.where(together, over, 0.0).sum(axis=1)
        draft.denominator[:, unknown] = (
            np.where(together, under, 0.0).sum(axis=1) + under[:, good] * gain
        )
    return draft.program(1.0, 1.0)


def something_falls(task: Task, together: Flags) -> Flags:
    """Mark the rows of which something falls with the goods that cannot be separated.

    All rows where nothing is declared non-separable.
    """
    if not together.any():
        return np.ones(len(task.rows), dtype=bool)
    goods = role_mask(task.activities.roles, ("goods",))
    given = task.activities.values[task.rows] > 0
    return np.asarray((given & together & ~goods).any(axis=1))


def together_of(task: Task) -> Flags:
    """Mark the columns that move together, as they are declared.

    Raises
    ------
    SpecError
        None is named, one is unknown, or all are good outputs.
    """
    names, chosen = task.activities.roles.names, task.options.nonseparable
    if chosen is None:
        raise _refuse(
            message("No columns are named as non-separable."),
            message("name the goods and bads that only change together, or use sbm."),
        )
    if unknown := [name for name in chosen if name not in names]:
        raise _refuse(
            message("'{name}' is neither an input nor an output.", name=unknown[0]),
            suggestion(unknown[0], names),
        )
    together = np.array([name in chosen for name in names], dtype=bool)
    if together.any() and not (together & ~role_mask(task.activities.roles, ("goods",))).any():
        raise _refuse(
            message("Only good outputs are named as non-separable: nothing falls with them."),
            message("name the bads or inputs that change with them too, or use sbm."),
        )
    return together


def _refuse(what: Message, remedy: Wording) -> SpecError:
    key = "nonseparable"
    return SpecError(Problem(f"efficiency.{key}", what, Where(key=key), remedy))
