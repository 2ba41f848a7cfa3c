"""Russell measure: each input, or each output, in its own proportion."""

from __future__ import annotations

from dataclasses import replace

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, registered
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Array
from xinzhi_frontier.technology import slack_program
from xinzhi_frontier.terms import Side, terms_of


def _moving(options: Options) -> Side:
    if options.orientation == "output":
        return ("goods",)
    return ("inputs", "bads") if options.bads == "inputs" else ("inputs",)


def _efficiency(scores: Array, options: Options) -> Array:
    """Return the mean θ, or 1 / mean φ."""
    return 1.0 / scores if options.orientation == "output" else scores


TRAITS = Traits(
    title=message("Russell measure"),
    references=("10.1016/0022-0531(78)90060-1",),
    orientations=("input", "output"),
    divides_by_own=_moving,
    has_weights=True,
    efficiency=_efficiency,
    has_hull=True,
)


@registered("russell", TRAITS)
def russell(task: Task) -> Outcome:
    """Measure by the mean of own proportions.

    input: min Σ w_i θ_i s.t. Σ_j λ_j x_ij = θ_i x_io, θ_i <= 1, Yλ >= y_o, Bλ <= b_o;
    output: max Σ w_r φ_r s.t. Σ_j λ_j y_rj = φ_r y_ro, φ_r >= 1, Xλ <= x_o, Bλ <= b_o.
    The weights add up to 1. The input form is the input-oriented SBM; the enhanced graph form is
    the non-oriented SBM.

    References
    ----------
    Färe, R., Lovell, C. A. K. (1978). Measuring the technical efficiency of production. Journal of
    Economic Theory 19, doi 10.1016/0022-0531(78)90060-1.
    """
    is_output = task.options.orientation == "output"
    # Bads of form A have no proportion here: form B keeps them out of the output mean.
    options = replace(task.options, bads="inputs") if is_output else task.options
    terms = terms_of(task.activities, task.rows, options)
    share = (terms.under if is_output else terms.over)[terms.defined]
    draft = slack_program(task.technology, len(share))
    k = task.technology.k
    draft.plus[:, :k] = True
    draft.numerator[:, :k] = -share
    # θ = 1 - s/x and φ = 1 + s/y: the mean φ is largest where -1 - Σ w s/y is least.
    sign = -1.0 if is_output else 1.0
    solutions = task.solve(draft.program(sign, 1.0), task.rows[terms.defined], joined=True)
    scored = solutions.scored(sign * solutions.value)
    return Outcome.of_slacks(task, scored.spread(terms.defined), "russell")
