"""Super-efficiency by slacks: SBM, and for its efficient rows the distance to the others."""

from __future__ import annotations

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.fallback import FALLBACKS, divides_by_none
from xinzhi_frontier.measure import Outcome, Task, Traits, joined_outcome, moved, registered
from xinzhi_frontier.measures.sbm import across, sbm, super_program
from xinzhi_frontier.solve.certificate import PROVED
from xinzhi_frontier.terms import both_sides, terms_of

TRAITS = Traits(
    title=message("super-efficiency slacks-based measure"),
    references=("10.1016/S0377-2217(01)00324-1", "10.1016/S0377-2217(99)00407-5"),
    is_super=True,
    has_fallback=True,
    divides_by_own=both_sides,
    has_weights=True,
    has_hull=True,
)


@registered("super_sbm", TRAITS, across=across)
def super_sbm(task: Task) -> Outcome:
    """Measure by SBM, and efficient rows by how much worse the others' frontier is.

    Where SBM = 1, with the row (or its entity) out of the reference set:

    min (1 + Σ_i w_i s_i⁻/x_io) / (1 - Σ_r w_r s_r⁺/y_ro - Σ_q w_q s_q/b_qo)
    s.t. Xλ - s⁻ <= x_o, Yλ + s⁺ >= y_o, Bλ - s <= b_o, all >= 0, denominator > 0 (form A).
    Form B counts the bads in the numerator, with plus. A program without a point is `infeasible`.

    References
    ----------
    Tone, K. (2002). A slacks-based measure of super-efficiency in data envelopment analysis.
    European Journal of Operational Research 143, doi 10.1016/S0377-2217(01)00324-1.
    """
    # The joining SBM keeps the row in its reference set: what is left out of it depends on its score.
    joined = sbm(task)
    efficient = joined.solutions.score >= 1.0 - PROVED
    rows = task.rows[efficient]
    terms = terms_of(task.activities, rows, task.options)
    program = super_program(task, terms)
    above = task.solve(program, rows, without=task.options.exclude)
    worse = moved(task.technology, above, "minus")
    # Where no slack is needed only rounding is below 1.
    scored = above.scored(np.maximum(above.value, 1.0))
    outcome = Outcome(rows, scored, ("super",) * len(rows), worse, worse)
    infeasible = outcome.solutions.infeasible
    if task.options.fallback != "none" and infeasible.any():
        infeasible = infeasible & divides_by_none(task, rows)
        fallback = FALLBACKS[task.options.fallback](task, rows[infeasible])
        outcome = joined_outcome(outcome, infeasible, fallback)
    return joined_outcome(joined, efficient, outcome)
