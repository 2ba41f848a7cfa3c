"""Laws of FRONTIER.md section 3 that tie one measure to another, or belong to one alone."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from cases_efficiency import activities
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.laws import random_case
from xinzhi_frontier.measure import Task
from xinzhi_frontier.measures.sbm import super_program
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import INDICES, productivity
from xinzhi_frontier.technology import technology_of
from xinzhi_frontier.terms import terms_of

EXAMPLES = int(os.environ.get("XINZHI_EXAMPLES", "50"))
"""Random cases per law; set higher for a long run."""
LAW = 1e-7
"""Tolerance of a law (FRONTIER.md section 3)."""


def cases(measure, *, seed=2):
    """Draw the random cases of a measure."""
    return (random_case(measure, number, seed=seed) for number in range(EXAMPLES))


def without_bads(case):
    """Return the rows of a case without their bads."""
    return activities(case.rows.inputs, case.rows.good_outputs)


def scores(rows, *args, **kwargs):
    return evaluate(rows, options=Options(*args, **kwargs)).scores


def test_sbm_is_1_if_and_only_if_all_slacks_are_0():
    """SBM = 1 exactly where no column that counts has a slack."""
    for case in cases("sbm"):
        options = replace(case.options, orientation="none")
        result = evaluate(case.rows, options=options)

        no_slack = (result.slacks / case.rows.values).max(axis=1) <= LAW
        np.testing.assert_array_equal(no_slack, result.scores >= 1 - LAW)


def test_super_scores_continue_sbm():
    """Super-SBM is SBM below 1; where SBM = 1 it is at least 1 or infeasible."""
    for case in cases("super_sbm"):
        sbm = evaluate(
            case.rows, options=replace(case.options, measure="sbm", exclude="observation")
        ).scores
        efficient = sbm == 1

        np.testing.assert_allclose(case.result.scores[~efficient], sbm[~efficient], rtol=LAW)
        above = case.result.scores[efficient]
        assert (above[~np.isnan(above)] >= 1).all()


def test_the_super_formula_is_1_where_sbm_is_below():
    """With its own observation out, a row that SBM calls inefficient needs nothing to get worse."""
    for case in cases("sbm"):
        rows, options = case.rows, case.options
        technology = technology_of(rows, returns_to_scale=options.returns_to_scale)
        task = Task(rows, technology, options, technology.order, technology.order)
        below = technology.order[case.result.scores[technology.order] < 1 - LAW]
        program = super_program(task, terms_of(rows, below, options))
        if not len(below):
            continue
        values = task.solve(program, below, without="observation").value

        np.testing.assert_allclose(values, 1.0, rtol=LAW)


def test_sbm_is_at_most_the_radial_score():
    """Without bads: SBM <= input SBM <= θ, and SBM <= output SBM <= 1 / φ."""
    for case in cases("sbm"):
        rows, returns = without_bads(case), case.options.returns_to_scale
        plain = scores(rows, "sbm", returns)
        for side in ("input", "output"):
            sbm, radial = (scores(rows, name, returns, side) for name in ("sbm", "radial"))
            efficiency = 1 / radial if side == "output" else radial
            assert (plain <= sbm + LAW).all()
            assert (sbm <= efficiency + LAW).all()


def test_directional_is_1_minus_radial_along_the_inputs():
    """Without bads and along g = (x, 0) the distance is 1 - θ."""
    for case in cases("directional"):
        rows, returns = without_bads(case), case.options.returns_to_scale
        distance = scores(rows, "directional", returns, "input")
        np.testing.assert_allclose(distance, 1 - scores(rows, "radial", returns, "input"), atol=LAW)


def test_directional_is_translated_and_homogeneous():
    """D(x - a g_x, y + a g_y, b - a g_b) = D - a and D along k g is D / k, for any disposability."""
    for case in cases("directional"):
        rows, rng = case.rows, case.rng
        g = {name: float(rng.uniform(0.1, 1.0)) for name in rows.roles.names}
        k = float(rng.uniform(0.2, 5.0))
        along = {"orientation": "none", "direction": g}
        distance = case.again(**along)
        far = case.again(**{**along, "direction": {name: k * v for name, v in g.items()}})
        beta = 1 / distance - 1
        own = int(np.argmax(beta))
        step = beta[own] / 3
        signs = [-1 if name not in rows.roles.good_outputs else 1 for name in rows.roles.names]
        values = rows.values.copy()
        values[own] += step * np.array(signs) * list(g.values())
        m, s1 = rows.inputs.shape[1], rows.good_outputs.shape[1]
        moved = activities(*np.split(values, [m, m + s1], axis=1), labels=rows.labels)
        nearer = 1 / case.again(moved, **along) - 1

        np.testing.assert_allclose(1 / far - 1, beta / k, rtol=LAW, atol=LAW)
        assert nearer[own] == pytest.approx(beta[own] - step, abs=LAW)


def test_bcc_input_scores_ignore_a_shift_of_outputs():
    """The input-oriented score under variable returns is invariant to translation of outputs."""
    for case in cases("radial"):
        shift = case.rng.uniform(0.1, 20, case.rows.good_outputs.shape[1])
        shifted = activities(case.rows.inputs, case.rows.good_outputs + shift)
        plain = scores(without_bads(case), "radial", "variable", "input")

        np.testing.assert_allclose(scores(shifted, "radial", "variable", "input"), plain, rtol=LAW)


def random_panel(rng):
    """Draw three entities over three periods in whole amounts."""
    m, s1, s2 = (int(rng.integers(low, 3)) for low in (1, 1, 0))
    labels = [(f"e{i}", t) for i in range(3) for t in range(3)]
    parts = (rng.integers(1, 10, (9, size)).astype(float) for size in (m, s1, s2))
    return activities(*parts, labels=labels)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", INDICES.names())
def test_indices_combine_and_global_ones_are_circular(name):
    """Components multiply (add) out to the index; a global index over a path is that of its ends."""
    traits = INDICES.get(name).traits
    for number in range(EXAMPLES):
        rng = np.random.default_rng(np.random.SeedSequence(3, spawn_key=(number,)))
        panel = random_panel(rng)
        measure = str(rng.choice(["radial", "directional", "sbm", "super_sbm"]))
        returns = str(rng.choice(["constant", "variable"]))
        side = "input" if measure == "radial" else "none"
        options = Options(measure, returns, side)
        if "luenberger" in name and measure != "directional":
            options = Options("directional", returns, "output", disposability="weak")
        result = productivity(panel, index=name, options=options)
        parts = [
            part
            for key, part in result.components.items()
            if key not in {"pure_efficiency_change", "scale_change"} or name.startswith("ray_desli")
        ]
        combine = np.sum if traits.is_difference else np.prod
        combined = combine(parts, axis=0)
        known = ~np.isnan(combined)
        np.testing.assert_allclose(combined[known], result.values[known], rtol=LAW, atol=LAW)
        assert traits.is_difference or (result.values[known] > 0).all()
        if traits.is_global and not traits.has_base:
            frontier = evaluate(panel, options=options).scores
            values = result.values.reshape(3, 2)
            path = values.sum(axis=1) if traits.is_difference else values.prod(axis=1)
            first, last = frontier.reshape(3, 3)[:, [0, 2]].T
            np.testing.assert_allclose(
                path, ends_of(name, first, last, options), rtol=LAW, atol=LAW
            )


def ends_of(name, first, last, options):
    """Index from the first to the last period, from scores on the one frontier."""
    if name == "global_luenberger":
        return first - last
    if options.measure == "directional":
        return (1 + first) / (1 + last)
    return last / first
