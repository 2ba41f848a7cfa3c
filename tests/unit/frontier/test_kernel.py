"""The compiled kernel against exact arithmetic, against HiGHS, and by its own proofs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import oracles_efficiency as oracle
from cases_efficiency import activities, hard
from kernel_scores import kernel_scores
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.kernel.engine import direct_price, moved_by_residuals, solutions
from xinzhi_frontier.kernel.library import INFEASIBLE, SOLVED, UNSOLVED
from xinzhi_frontier.kernel.programs import (
    disposal_of,
    extremes_of,
    near_order,
    solve,
    take_programs,
)
from xinzhi_frontier.measure import Task
from xinzhi_frontier.measures.additive import additive
from xinzhi_frontier.measures.radial import proportions
from xinzhi_frontier.measures.sbm import sbm_program, super_program
from xinzhi_frontier.options import Options
from xinzhi_frontier.solutions import CODE, Solutions
from xinzhi_frontier.technology import technology_of
from xinzhi_frontier.terms import radial_program, terms_of

TOLERANCE = 1e-9
"""Convention N2: what a certificate promises, relative to the score where it is above 1."""
RETURNS = ("constant", "variable", "non_increasing", "non_decreasing")
KERNEL = {"certified": SOLVED, "infeasible": INFEASIBLE, "unsolved": UNSOLVED}


def tied(seed):
    """Draw whole numbers with many ties, duplicates, one row only at times; and options."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 8))
    m, s1, s2 = (int(rng.integers(low, high)) for low, high in ((1, 4), (1, 3), (0, 3)))
    values = rng.integers(1, 5, (n, m + s1 + s2)).astype(float)
    if n > 2 and rng.random() < 0.5:
        values[1] = values[0]
    options = Options(
        returns_to_scale=str(rng.choice(["constant", "variable"])),
        bads=str(rng.choice(["outputs", "inputs"])),
        orientation=str(rng.choice(["none", "none", "input", "output"])),
    )
    return np.split(values, [m, m + s1], axis=1), options


@pytest.mark.one_in(4)
@pytest.mark.parametrize("start", range(0, 200, 20))
def test_scores_equal_exact_arithmetic(start):
    """Ties and duplicates, n from 1: score and infeasibility are those of exact arithmetic."""
    for seed in range(start, start + 20):
        parts, options = tied(seed)
        x, y, b = (part.tolist() for part in parts)
        scores, status, _ = kernel_scores(activities(*parts), options)
        for o in range(len(x)):
            exact = oracle.reported(
                x,
                y,
                b,
                o,
                range(len(x)),
                returns=options.returns_to_scale,
                form="B" if options.bads == "inputs" else "A",
                orientation=options.orientation,
            )
            assert status[o] == (INFEASIBLE if exact is None else SOLVED), (seed, o)
            if exact is not None:
                assert abs(scores[o] - float(exact)) <= TOLERANCE * max(1.0, float(exact)), seed


@pytest.mark.parametrize("exclude", ["observation", "entity"])
@pytest.mark.parametrize("returns", RETURNS)
def test_hard_data_agree_with_highs(returns, exclude):
    """Sizes over ten orders, duplicates, zeros: what the kernel proves is what HiGHS proves."""
    for seed, orientation in enumerate(("none", "input", "output")):
        rows = hard(seed)
        options = Options(
            returns_to_scale=returns, exclude=exclude, orientation=orientation, zeros="drop_term"
        )
        scores, status, _ = kernel_scores(rows, options)
        other = evaluate(rows, options=options)
        codes = np.array([KERNEL.get(one, -1) for one in other.statuses])
        solved = status != UNSOLVED
        assert solved.mean() > 0.97
        np.testing.assert_array_equal(status[solved], codes[solved])
        both = status == SOLVED
        np.testing.assert_allclose(scores[both], other.scores[both], rtol=TOLERANCE, atol=TOLERANCE)


def test_a_tiny_row_may_be_scaled_without_bound():
    """Non-decreasing returns: an intensity of 4e8 is found, which Σ λ >= 1 does not bound."""
    rows = hard(0)
    options = Options(returns_to_scale="non_decreasing", zeros="drop_term")
    x, y, b = (oracle.exact(part.tolist()) for part in rows.take([216, 77, 113]).parts)
    least = float(oracle.sbm(x, y, b, 0, range(3), returns="non_decreasing"))

    scores, _, _ = kernel_scores(rows, options)
    by_highs = evaluate(rows, options=replace(options, solver="highs"))

    assert scores[216] <= least + TOLERANCE
    assert by_highs.statuses[216] == "certified"
    assert by_highs.scores[216] <= least + TOLERANCE


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_printed_bound_holds_for_every_column(returns):
    """The bound by membership is never below what pricing all columns finds."""
    rows = hard(7)
    options = Options(returns_to_scale=returns, zeros="drop_term")
    _, _, found = kernel_scores(rows, options)
    terms = terms_of(rows, found.extremes.reference, options)
    evaluated = found.extremes.reference[terms.defined]
    below = np.setdiff1d(np.flatnonzero(found.status == SOLVED), found.efficient)

    priced = direct_price(
        found.extremes, found.extremes.reference, evaluated[below], found.below.duals[below]
    )

    assert priced.max() <= TOLERANCE
    assert np.all(priced <= np.maximum(found.bound[below], 1e-12))


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("seed", [0, 11, 23])
def test_frame_rows_are_efficient_and_the_others_follow(seed, returns):
    """Every extreme row has SBM = 1, and each other row is written by extreme rows.

    With Σ λ >= 1 a small row follows from others by intensities of 1e8, whose rounding is no violation.
    """
    rows = hard(seed)
    _, _, found = kernel_scores(rows, Options(returns_to_scale=returns, zeros="drop_term"))
    frame = np.isin(found.extremes.reference, found.extremes.rows)

    scored = found.below.status == SOLVED
    assert np.all(found.below.value[frame & scored] >= 1.0 - TOLERANCE)
    assert found.supports.residual.max() <= TOLERANCE


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_radial_programs_agree_with_highs(returns, orientation):
    """Proportions, an unknown that may have any sign: the kernel finds the distances of HiGHS."""
    rows = hard(3)
    options = Options(measure="radial", returns_to_scale=returns, orientation=orientation)
    technology = technology_of(rows, returns_to_scale=returns)
    order = near_order(technology, np.arange(rows.n))
    task = Task(rows, technology, options, order, order)
    program = radial_program(task, proportions(task))
    optima = solve(program, extremes_of(technology, order, disposal_of(program)), order)
    sign = -1.0 if orientation == "input" else 1.0
    solved = optima.status == SOLVED

    assert solved.mean() > 0.97
    expected = evaluate(rows, options=options).scores[order]
    np.testing.assert_allclose(
        1.0 - sign * optima.value[solved], expected[solved], rtol=TOLERANCE, atol=TOLERANCE
    )


@pytest.mark.parametrize("returns", RETURNS)
def test_additive_programs_agree_with_highs(returns, monkeypatch):
    """The largest sum of slacks is that of HiGHS."""
    rows = hard(5)
    options = Options(
        measure="additive", returns_to_scale=returns, direction="own", zeros="drop_term"
    )
    technology = technology_of(rows, returns_to_scale=returns)
    order = near_order(technology, np.arange(rows.n))
    task = Task(rows, technology, options, order, order)
    seen = []
    solve_all = Task.solve

    def watched(self, program, which, **how):
        seen.append((program, which))
        return solve_all(self, program, which, **how)

    monkeypatch.setattr(Task, "solve", watched)
    additive(task)
    ((program, which),) = seen
    expected = solve_all(task, program, which, joined=True).score
    optima = solve(program, extremes_of(technology, order, disposal_of(program)), which)
    solved = optima.status == SOLVED

    assert solved.mean() > 0.97
    np.testing.assert_allclose(
        optima.value[solved], expected[solved], rtol=TOLERANCE, atol=TOLERANCE
    )


@pytest.mark.parametrize("n", range(1, 6))
def test_few_rows(n):
    """One to five rows: alone a row has nobody to be compared with, and nothing hangs."""
    rng = np.random.default_rng(n)
    rows = activities(
        rng.uniform(1, 2, (n, 2)), rng.uniform(1, 2, (n, 1)), rng.uniform(1, 2, (n, 1))
    )
    for returns in RETURNS:
        options = Options(returns_to_scale=returns)
        scores, status, _ = kernel_scores(rows, options)
        other = evaluate(rows, options=options)
        assert [KERNEL[one] for one in other.statuses] == status.tolist()
        np.testing.assert_allclose(scores, other.scores, rtol=TOLERANCE)


def test_order_of_rows_changes_nothing():
    """Rows shuffled: the same score for each (convention D5)."""
    rng = np.random.default_rng(1)
    x, y, b = (np.exp(rng.normal(0, 1, (300, k))) for k in (3, 1, 1))
    labels = [(f"e{i:03d}", None) for i in range(300)]
    shuffled = rng.permutation(300)
    first, _, _ = kernel_scores(activities(x, y, b, labels=labels), Options())
    again, _, _ = kernel_scores(
        activities(x[shuffled], y[shuffled], b[shuffled], labels=[labels[i] for i in shuffled]),
        Options(),
    )
    np.testing.assert_array_equal(first[shuffled], again)


@pytest.mark.parametrize("without", ["", "observation", "entity"])
def test_solutions_are_those_of_highs(without):
    """Value, status, target and proof of a measure's programs, whatever leaves the frontier."""
    rows = hard(13)
    options = Options(zeros="drop_term")
    technology = technology_of(rows, returns_to_scale="constant")
    order = technology.order
    task = Task(rows, technology, options, order, order)
    terms = terms_of(rows, order, options)
    defined = order[terms.defined]
    program = super_program(task, terms_of(rows, defined, options))
    if not without:
        program = sbm_program(technology, terms)
    names = [label[0] for label in rows.labels] if without == "entity" else np.arange(rows.n)
    codes = np.unique(names, return_inverse=True)[1].astype(np.int64) if without else None

    found = solutions(technology, program, rows=defined, reference=order, codes=codes, cache={})
    other = task.solve(program, defined, without=without)

    solved = found.status != CODE["unsolved"]
    assert solved.mean() > 0.97
    np.testing.assert_array_equal(found.status[solved], other.status[solved])
    np.testing.assert_allclose(
        found.value[solved], other.value[solved], rtol=TOLERANCE, atol=TOLERANCE
    )
    made = (found.intensities[:, :, None] * technology.raw[found.positions]).sum(axis=1)
    own = technology.raw[defined]
    size = np.where(own == 0, technology.units, np.abs(own))
    plus, minus = found.moves[:, :5], found.moves[:, 5:10]
    np.testing.assert_allclose(
        (made / size + plus - minus)[solved], (own / size)[solved], atol=1e-8
    )


@pytest.mark.one_in(4)
@pytest.mark.parametrize("measure", ["super_sbm", "radial", "super_radial", "additive"])
def test_solver_kernel_gives_the_result_of_highs(measure):
    """The kernel changes the way and not the result; what it cannot prove HiGHS does."""
    rng = np.random.default_rng(8)
    x, y, b = (np.exp(rng.normal(0, 1, (150, k))) for k in (2, 1, 1))
    rows = activities(x, y, b, labels=tuple((f"e{i // 3:02d}", i % 3) for i in range(150)))
    for returns, reference in (("constant", "global"), ("variable", "contemporaneous")):
        chosen = {"measure": measure, "returns_to_scale": returns, "reference": reference}
        if "radial" in measure:
            chosen["orientation"] = "input"
        fast = evaluate(rows, options=Options(**chosen, solver="auto"))
        slow = evaluate(rows, options=Options(**chosen, solver="highs"))
        assert fast.statuses == slow.statuses
        np.testing.assert_allclose(fast.scores, slow.scores, rtol=TOLERANCE, atol=TOLERANCE)
        assert fast.certificate.worst()["dual"] <= TOLERANCE


def test_what_the_kernel_cannot_prove_goes_to_highs(monkeypatch):
    """A kernel that proves nothing costs time and no score."""
    from xinzhi_frontier.kernel import engine

    rng = np.random.default_rng(9)
    rows = activities(*(rng.uniform(1, 2, (20, k)) for k in (2, 1, 1)))
    right = evaluate(rows, options=Options(solver="highs")).scores
    monkeypatch.setattr(
        engine, "_read_solutions", lambda _, __, rows, ___, ____: Solutions.nothing(len(rows), 8, 4)
    )

    result = evaluate(rows, options=Options(solver="auto"))

    np.testing.assert_allclose(result.scores, right, rtol=TOLERANCE)


@pytest.mark.parametrize("returns", RETURNS)
def test_what_residuals_move_is_priced_constraint_by_constraint(returns):
    """At an optimum nothing moves; a basic value off by δ moves |u|·|column δ|, own unknowns too."""
    rng = np.random.default_rng(21)
    rows = activities(*(np.exp(rng.normal(0, 0.5, (30, k))) for k in (2, 2, 1)))
    technology = technology_of(rows, returns_to_scale=returns)
    order = near_order(technology, np.arange(rows.n))
    options = Options("radial", returns, "output")
    task = Task(rows, technology, options, order, order)
    program = radial_program(task, proportions(task))
    known = extremes_of(technology, order, disposal_of(program))
    optima = solve(program, known, order)
    # What rests on an artificial unknown is bounded roughly, and left to HiGHS.
    vertices = np.flatnonzero((optima.basis >= 0).all(axis=1))
    program, order, optima = (
        take_programs(program, vertices),
        order[vertices],
        optima.take(vertices),
    )
    own = known.technology.own_values(order)
    assert len(order) > 25
    rest = moved_by_residuals(known.technology, program, order, optima)
    assert rest.max() <= TOLERANCE

    for place in range(program.r):
        basic = optima.basic.copy()
        basic[:, place] += 1e-3
        moved = moved_by_residuals(known.technology, program, order, replace(optima, basic=basic))
        for row, name in enumerate(optima.basis[:, place].tolist()):
            unit = np.hstack([np.eye(program.r), -np.eye(program.r), program.own[row]])
            column = (
                unit[:, name]
                if name < optima.e
                else known.technology.columns[name - optima.e] / own[row]
            )
            expected = np.abs(optima.duals[row]) @ np.abs(column) * 1e-3
            # By the triangle inequality no further apart than what moved before, but for rounding.
            assert abs(moved[row] - expected) <= rest[row] + TOLERANCE * max(expected, 1e-3)
