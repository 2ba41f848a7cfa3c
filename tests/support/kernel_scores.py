"""Super-SBM by the kernel alone, with all that it knows: no HiGHS behind it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from xinzhi_frontier.kernel.engine import bound_of, describe_reference, dual_bound
from xinzhi_frontier.kernel.library import SOLVED, UNSETTLED, UNSOLVED
from xinzhi_frontier.kernel.programs import (
    disposal_of,
    near_order,
    solve,
    solve_without,
    take_programs,
)
from xinzhi_frontier.measures.sbm import sbm_program, super_program
from xinzhi_frontier.solve.certificate import PROVED
from xinzhi_frontier.technology import technology_of
from xinzhi_frontier.terms import terms_of

EFFICIENT = 1.0 - 1e-9
"""Score from which a row is efficient (convention N2)."""


def kernel_scores(rows, options):
    """Score by the kernel; scores, statuses in the order of the rows, and the whole answer."""
    technology = technology_of(rows, returns_to_scale=options.returns_to_scale)
    order = near_order(technology, np.arange(rows.n))
    terms = terms_of(rows, order, options)
    evaluated = order if terms.defined.all() else order[terms.defined]
    names = [label[0] for label in rows.labels]
    codes = np.unique(names, return_inverse=True)[1] if options.exclude == "entity" else order * 0
    if options.exclude == "observation":
        codes = np.arange(rows.n)
    found = _super_scores(
        technology,
        sbm_program(technology, terms),
        super_program(SimpleNamespace(technology=technology), terms_of(rows, evaluated, options)),
        rows=evaluated,
        reference=order,
        codes=codes.astype(np.int64),
    )
    scores, status = np.full(rows.n, np.nan), np.full(rows.n, -1)
    scores[evaluated], status[evaluated] = found.score, found.status
    return scores, status, found


def _super_scores(technology, below, above, *, rows, reference, codes):
    own = below if rows is reference else None
    known, supports, first = describe_reference(technology, reference, disposal_of(below), own)
    first = first or solve(below, known, rows)
    efficient = np.flatnonzero((first.value >= EFFICIENT) & (first.status == SOLVED))
    second = solve_without(
        take_programs(above, efficient), known, supports, rows[efficient], codes=codes
    )
    score = np.minimum(first.value, 1.0)
    score[efficient] = np.maximum(second.value, 1.0)
    status = first.status.astype(np.int64)
    status[efficient] = second.status
    bound = bound_of(first, dual_bound(known, supports, rows, first))
    dual = dual_bound(known, supports, rows[efficient], second, codes=codes)
    bound[efficient] = bound_of(second, dual)
    status[~(bound <= PROVED) | (status == UNSETTLED)] = UNSOLVED
    score[status != SOLVED] = np.nan
    return SimpleNamespace(
        score=score,
        status=status,
        bound=bound,
        efficient=efficient,
        below=first,
        extremes=known,
        supports=supports,
    )
