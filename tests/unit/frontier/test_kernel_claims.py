"""What the compiled code says of its own answers: true of them, and no more than it can prove.

Everything is read before anybody judges it (`confirm`, the bound by membership): a kernel that calls a bad
vertex solved is found out there and costs time, which these tests notice. Work is counted in pivots, which
are the same on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog

from cases_efficiency import activities, hard
from xinzhi_frontier.kernel import library
from xinzhi_frontier.kernel.engine import _membership_program, direct_price
from xinzhi_frontier.kernel.library import INFEASIBLE, SOLVED, UNSETTLED, UNSOLVED
from xinzhi_frontier.kernel.programs import (
    SHARED,
    confirm,
    disposal_of,
    extremes_of,
    near_order,
    solve,
    solve_without,
    supports_of,
)
from xinzhi_frontier.measure import Task
from xinzhi_frontier.measures.radial import proportions
from xinzhi_frontier.measures.sbm import sbm_program, super_program
from xinzhi_frontier.options import Options
from xinzhi_frontier.solve.certificate import PROVED, SETTLED
from xinzhi_frontier.technology import technology_of, unknown_columns
from xinzhi_frontier.terms import largest_slacks, radial_program, terms_of

pytestmark = pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
RETURNS = ("constant", "variable", "non_increasing", "non_decreasing")
KINDS = ("sbm", "radial", "weak")
SAME = 1e-12
"""Two sums of a dozen products in another order, relative to the largest."""


@cache
def usual(n=600, seed=5):
    """Draw rows of sizes within one order."""
    rng = np.random.default_rng(seed)
    return activities(*(np.exp(rng.normal(0, 0.5, (n, k))) for k in (2, 1, 1)))


def programs_of(rows, returns, kind, *, steep=1.0):
    """Write the programs of all rows: slacks, a distance, a distance with equalities."""
    options = Options(returns_to_scale=returns, zeros="drop_term")
    if kind != "sbm":
        disposability = "weak" if kind == "weak" else "strong"
        options = Options("radial", returns, "output", disposability=disposability)
    technology = technology_of(rows, returns_to_scale=returns)
    order = near_order(technology, np.arange(rows.n))
    if kind == "sbm":
        order = order[terms_of(rows, order, options).defined]
        program = sbm_program(technology, terms_of(rows, order, options))
    else:
        task = Task(rows, technology, options, order, order)
        program = radial_program(task, proportions(task) * steep)
    return program, extremes_of(technology, order, disposal_of(program)), order


def line(part, index):
    """One line of a part of a program, which may serve all rows."""
    return part[index if len(part) > 1 else 0]


def claimed(optima, program, extremes, order, index):
    """Compute what the kernel says of a row from basis, values and multipliers, by plain sums."""
    technology = extremes.technology
    e, d = optima.e, technology.own_values(order)[index]
    right = technology.right(order)[index] / d
    columns = unknown_columns(line(program.own, index))
    numerator, denominator = line(program.numerator, index), line(program.denominator, index)
    over, under = program.constants
    residual = -right
    for name, x in zip(optima.basis[index].tolist(), optima.basic[index].tolist(), strict=True):
        if name >= e:
            residual = residual + technology.columns[name - e] / d * x
        elif name >= 0:
            residual = residual + columns[:, name] * x
            over, under = over + numerator[name] * x, under + denominator[name] * x
    u = optima.duals[index]
    value = over / under
    widest = d[technology.bounded].max()
    tallest = np.abs(technology.columns[extremes.reference]).max(axis=0)
    has_zero = ~technology.columns[extremes.reference].all(axis=0)
    tallest = np.maximum(tallest, has_zero)
    plain = technology.bounded & ~has_zero
    lost = np.abs(u) * np.where(plain, 1.0, np.maximum(1.0, tallest * widest / d))
    plus, minus = np.split(extremes.disposal, 2)
    reduced = numerator - value * denominator - u @ columns
    allowed = line(program.allowed, index)
    free = np.array([False] * (2 * program.r) + list(program.free))
    price = technology.columns[extremes.rows] @ (u / d)
    size = technology.columns[extremes.rows] @ np.where(technology.bounded, 1 / d, 0.0)
    wrong = [0.0, *-reduced[allowed & ~free], *np.abs(reduced[free])]
    return {
        "VALUE": value,
        "DENOMINATOR": under,
        "GAP": abs(u @ right + program.constants[0] - value * program.constants[1])
        / max(1.0, abs(over)),
        "LOST": lost.sum(),
        "CHARGED": max(0.0, u[plus].max(initial=0.0), -u[minus].min(initial=0.0)),
        "STEEPNESS": np.abs(u).sum(),
        "PRIMAL": np.abs(residual).max(),
        "DUAL": max(*wrong, (price / np.where(size > 0, size, 1.0)).max()),
    }


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", ["usual", "hard"])
def test_what_is_said_is_true(data, kind, returns):
    """Value, denominator, gap, violations and magnitudes are those of the vertex that is given."""
    rows = usual(60, 9) if data == "usual" else hard(4, 60)
    program, extremes, order = programs_of(rows, returns, kind)
    optima = solve(program, extremes, order)
    said = {name: optima.found[getattr(library, name)] for name in NAMES}
    solved = np.flatnonzero(optima.status == SOLVED)
    assert len(solved) > 0.9 * len(order)

    for index in solved.tolist():
        true = claimed(optima, program, extremes, order, index)
        for name in ("VALUE", "DENOMINATOR", "LOST", "CHARGED", "STEEPNESS"):
            scale = max(1.0, abs(true[name]), true["STEEPNESS"])
            assert abs(said[name][index] - true[name]) <= SAME * scale, (name, index)
        # Violations and gaps are rounding: what is said must not be less, and not be a lot more.
        rounding = 1e-15 * max(1.0, true["STEEPNESS"])
        for name in ("GAP", "DUAL"):
            assert true[name] <= said[name][index] + 100 * rounding, (name, index)
            assert said[name][index] <= true[name] + 1e5 * rounding, (name, index)
        assert said["PRIMAL"][index] <= true["PRIMAL"] + SAME


NAMES = ("VALUE", "DENOMINATOR", "GAP", "LOST", "CHARGED", "STEEPNESS", "PRIMAL", "DUAL")


@pytest.mark.parametrize("returns", ["constant", "variable", "non_decreasing"])
@pytest.mark.parametrize("kind", ["radial", "weak"])
def test_a_bad_proof_is_no_solution(kind, returns):
    """Directions of a billionth have multipliers of a billion: no vertex is proved, and none is said to be."""
    refused = 0
    for steep in 10.0 ** -np.arange(0, 13, 3):
        program, extremes, order = programs_of(usual(60, 3), returns, kind, steep=steep)
        optima = solve(program, extremes, order)
        worst = optima.found[[library.PRIMAL, library.DUAL, library.GAP]].max(axis=0)

        assert (worst[np.isin(optima.status, (SOLVED, UNSETTLED))] <= PROVED).all()
        assert (optima.denominator[optima.status == SOLVED] > 0).all()
        refused += int((optima.status == UNSOLVED).sum())
        if steep == 1.0:
            assert not refused
    assert refused > 100


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_has_to_be_taken_back(kind, returns):
    """The second reading agrees with every status: what is called solved is, and what is not is not."""
    for rows in (usual(200, 2), hard(6, 120)):
        program, extremes, order = programs_of(rows, returns, kind)
        optima = solve(program, extremes, order)
        said = optima.status.copy()
        confirm(program, extremes, order, optima)

        # What is exact only for other data may be off by more than was said of it.
        taken = said != optima.status
        assert set(said[taken].tolist()) <= {UNSETTLED}
        assert taken.sum() <= 0.02 * len(order)


def right_sides(extremes, order, index):
    """The right-hand side of a row and its own values."""
    d = extremes.technology.own_values(order)[index]
    return extremes.technology.right(order)[index] / d, d


@pytest.mark.parametrize("seed", range(4))
def test_infeasible_rows_come_with_their_proof(seed):
    """Under variable returns a row alone beyond the others has no point: u h > 0 and u a <= 0."""
    rows = usual(40, seed + 30)
    options = Options(returns_to_scale="variable", orientation="input")
    technology = technology_of(rows, returns_to_scale="variable")
    order = near_order(technology, np.arange(rows.n))
    task = Task(rows, technology, options, order, order)
    program = super_program(task, terms_of(rows, order, options))
    membership = replace(
        sbm_program(technology, terms_of(rows, order, Options(returns_to_scale="variable"))),
        start=None,
    )
    disposal = disposal_of(program)
    extremes = extremes_of(technology, order, disposal)
    supports = supports_of(extremes, solve(membership, extremes, order, as_they_are=True), order)
    codes = np.arange(rows.n, dtype=np.int64)
    optima = solve_without(program, extremes, supports, order, codes=codes)
    infeasible = np.flatnonzero(optima.status == INFEASIBLE)
    assert 0 < len(infeasible) < len(order)

    for index in infeasible.tolist():
        right, d = right_sides(extremes, order, index)
        u = optima.duals[index]
        largest = np.abs(u).max()
        assert u @ right / largest > PROVED
        np.testing.assert_allclose(optima.value[index], u @ right / largest, rtol=1e-9)
        others = np.delete(technology.columns, order[index], axis=0) / d
        size = others[:, technology.bounded].sum(axis=1)
        assert (others @ u <= PROVED * largest * size).all()
        allowed = line(program.allowed, index)
        priced = u @ unknown_columns(line(program.own, index))
        assert (priced[allowed] <= PROVED * largest).all()


@pytest.mark.parametrize("precision", [-1.0, SETTLED])
def test_a_point_that_is_not_exact_is_said_not_to_be(precision, monkeypatch):
    """With no precision that would do every proved point is unsettled; with the usual one none is."""
    monkeypatch.setattr("xinzhi_frontier.kernel.programs.precision", lambda _: precision)
    program, extremes, order = programs_of(usual(60, 3), "constant", "sbm")
    statuses = set(solve(program, extremes, order).status.tolist())

    assert statuses == ({UNSETTLED} if precision < 0 else {SOLVED})


def alone(program, index):
    """The program of one row."""
    parts = {name: line(getattr(program, name), index)[None] for name in SHARED}
    return replace(program, **parts)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("kind", KINDS)
def test_neighbours_save_work(kind, returns):
    """After its neighbours a row needs a tenth of the pivots that it needs alone; from its own basis none."""
    program, extremes, order = programs_of(usual(), returns, kind)
    optima = solve(program, extremes, order)
    pivots = optima.found[library.PIVOTS]
    some = range(0, len(order), 20)
    cold = [
        solve(alone(program, i), extremes, order[i : i + 1]).found[library.PIVOTS, 0] for i in some
    ]

    assert pivots.mean() <= 0.1 * np.mean(cold)
    assert pivots.max() <= 3 * program.r
    again = solve(replace(program, start=optima.basis), extremes, order)
    assert again.found[library.PIVOTS].sum() <= 0.01 * len(order)
    np.testing.assert_allclose(again.value, optima.value, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("kind", KINDS)
def test_screening_changes_no_bit(kind, returns, monkeypatch):
    """Prices looked through in single precision first: the same basis, the same bits, the same work."""
    program, extremes, order = programs_of(usual(), returns, kind)
    # Every row stands as a column, so that there is something to look through.
    extremes = replace(extremes, rows=np.sort(order))
    found = []
    for least in (1, 10**9):
        monkeypatch.setattr("xinzhi_frontier.kernel.programs.SCREENED", least)
        optima = solve(program, replace(extremes), order)
        found.append((optima.basis, optima.basic, optima.duals, optima.found))

    for screened, plain in zip(*found, strict=True):
        np.testing.assert_array_equal(screened, plain)


@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize("returns", RETURNS)
def test_prices_are_products(returns, coded):
    """The largest u G / d per unit of size over the columns that stay, never below 0, for any multipliers."""
    rows = hard(2, 60)
    program, extremes, order = programs_of(rows, returns, "sbm")
    technology = extremes.technology
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 9, rows.n) if coded else None
    u = rng.normal(size=(len(order), program.r)) * 10.0 ** rng.uniform(-3, 3, (len(order), 1))
    columns = rng.permutation(rows.n)[:41]

    found = direct_price(extremes, columns, order, u, codes=codes)

    d = technology.own_values(order)
    for index, row in enumerate(order.tolist()):
        some = columns if codes is None else columns[codes[columns] != codes[row]]
        price = technology.columns[some] @ (u[index] / d[index])
        size = technology.columns[some] @ np.where(technology.bounded, 1 / d[index], 0.0)
        expected = max(0.0, (price / np.where(size > 0, size, 1.0)).max())
        np.testing.assert_allclose(found[index], expected, rtol=1e-11, atol=1e-300)
    assert (found > 0).any()


@pytest.mark.parametrize("returns", RETURNS)
def test_extreme_rows_are_those_that_no_others_make_up(returns):
    """A row is extreme where a linear program over the other rows cannot make it, by SciPy."""
    rows = usual(40, 8)
    _, extremes, order = programs_of(rows, returns, "radial")
    columns = extremes.technology.columns
    for row in order.tolist():
        others = np.delete(columns, row, axis=0)
        # What may be thrown away: more is made of it, or less, as the slacks of the program say.
        plus, minus = np.split(extremes.disposal, 2)
        slacks = np.hstack([np.eye(len(plus))[:, plus], -np.eye(len(minus))[:, minus]])
        # The unit of a row is its size, so that λ is of order 1.
        done = linprog(
            np.zeros(len(others) + slacks.shape[1]),
            A_eq=np.hstack([others.T, slacks]),
            b_eq=columns[row],
            method="highs",
        )
        assert (row in extremes.rows) == (done.status == 2), row


@pytest.mark.parametrize("returns", RETURNS)
def test_second_phases_begin_where_the_first_ended(returns):
    """From the basis of the distance the largest slacks are a pivot or two away, also without the row itself."""
    rows = usual(200, 4)
    options = Options("radial", returns, "output")
    technology = technology_of(rows, returns_to_scale=returns)
    order = near_order(technology, np.arange(rows.n))
    task = Task(rows, technology, options, order, order)
    direction = proportions(task)
    first = radial_program(task, direction)
    extremes = extremes_of(technology, order, disposal_of(first))
    membership = _membership_program(extremes)
    supports = supports_of(extremes, solve(membership, extremes, order, as_they_are=True), order)
    codes = np.arange(rows.n, dtype=np.int64)

    def whole(program):
        return solve(program, extremes, order)

    def without(program):
        return solve_without(program, extremes, supports, order, codes=codes)

    for run in (whole, without):
        known = run(first)
        solved = known.status == SOLVED
        pivots = {}
        for start in (known.basis, None):
            second = run(largest_slacks(task, direction, known.duals, start))
            assert (second.status[solved] == SOLVED).mean() > 0.95
            said = second.status.copy()
            how = {} if run is whole else {"supports": supports, "codes": codes}
            phase = largest_slacks(task, direction, known.duals, start)
            confirm(phase, extremes, order, second, **how)
            np.testing.assert_array_equal(second.status, said)
            pivots[start is None] = second.found[library.PIVOTS][solved].mean()
            # The distance stays where the first phase left it.
            both = solved & (second.status == SOLVED)
            np.testing.assert_allclose(
                distance(second)[both], distance(known)[both], rtol=1e-8, atol=1e-8
            )
        assert pivots[False] <= 0.6 * pivots[True]


def distance(optima):
    """Value of the only unknown of the measure's own."""
    is_own = optima.basis == optima.e - 1
    return np.where(is_own, optima.basic, 0.0).sum(axis=1)


def test_cold_starts_take_few_pivots():
    """From slacks alone a program takes about twice as many pivots as it has constraints, at most."""
    for returns in RETURNS:
        for kind in KINDS:
            program, extremes, order = programs_of(usual(), returns, kind)
            cold = [
                solve(alone(program, i), extremes, order[i : i + 1]).found[library.PIVOTS, 0]
                for i in range(3, len(order), 20)
            ]
            assert np.mean(cold) <= 2.0 * program.r


def vertex_at(program, extremes, order, index, basis):
    """The vertex of a basis for a row: values, multipliers, value, D, and by how much it is no optimum."""
    technology = extremes.technology
    d = technology.own_values(order)[index]
    right = technology.right(order)[index] / d
    e = program.numerator.shape[1]
    columns = unknown_columns(line(program.own, index))
    numerator, denominator = line(program.numerator, index), line(program.denominator, index)
    is_row = basis >= e
    unknown = np.where(is_row, 0, basis)
    matrix = np.where(
        is_row, (technology.columns[np.maximum(basis - e, 0)] / d).T, columns[:, unknown]
    )
    if np.linalg.cond(matrix) > 1e6:
        return None
    x = np.linalg.solve(matrix, right)
    over = np.where(is_row, 0.0, numerator[unknown])
    under = np.where(is_row, 0.0, denominator[unknown])
    n, below = program.constants[0] + over @ x, program.constants[1] + under @ x
    value = n / below
    u = np.linalg.solve(matrix.T, over - value * under)
    allowed = line(program.allowed, index)
    free = np.array([False] * (2 * program.r) + list(program.free))
    may_fall = ~is_row & free[unknown]
    primal = np.where(~is_row & ~allowed[unknown], np.abs(x), np.where(may_fall, 0.0, -x)).max()
    reduced = numerator - value * denominator - u @ columns
    size = technology.columns[extremes.rows] @ np.where(technology.bounded, 1 / d, 0.0)
    price = technology.columns[extremes.rows] @ (u / d) / np.where(size > 0, size, 1.0)
    dual = max(0.0, *-reduced[allowed & ~free], *np.abs(reduced[free]), price.max())
    return x, u, value, below, max(primal, 0.0), dual


@pytest.mark.one_in(5)
@pytest.mark.parametrize("returns", ["constant", "variable", "non_increasing"])
@pytest.mark.parametrize("kind", KINDS)
def test_only_an_optimum_is_confirmed(kind, returns):
    """The basis of another row, exactly solved for this one: accepted where it is feasible and optimal only.

    Most of them break a sign or price a column; with every number in order only these two can tell.
    """
    program, extremes, order = programs_of(usual(60, 2), returns, kind)
    optima = solve(program, extremes, order)
    counts = {"optimum": 0, "infeasible": 0, "not optimal": 0}
    for j in range(0, len(order), 7):
        basis = optima.basis[j].copy()
        tried = optima.take(np.arange(len(order)))
        true = {}
        for i in range(len(order)):
            found = vertex_at(program, extremes, order, i, basis)
            if found is None or found[3] <= 1e-6:
                continue
            x, u, value, below, primal, dual = found
            # What is neither clearly an optimum nor clearly none is left out.
            if 1e-12 < primal < 1e-6 or 1e-10 < dual < 1e-6:
                continue
            true[i] = (primal > 1e-6, dual > 1e-6)
            tried.status[i], tried.basis[i], tried.basic[i] = SOLVED, basis, x
            tried.duals[i] = u
            tried.found[library.VALUE, i], tried.found[library.DENOMINATOR, i] = value, below
            for name in ("LOST", "CHARGED", "STEEPNESS"):
                said = claimed(tried, program, extremes, order, i)[name]
                tried.found[getattr(library, name), i] = said
        confirm(program, extremes, order, tried)
        for i, (is_infeasible, is_worse) in true.items():
            assert (tried.status[i] == SOLVED) == (not is_infeasible and not is_worse), (i, j)
            counts["optimum"] += not is_infeasible and not is_worse
            counts["infeasible"] += is_infeasible and not is_worse
            counts["not optimal"] += is_worse and not is_infeasible
    assert min(counts["optimum"], counts["infeasible"]) > 5, counts


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("kind", ["radial", "weak"])
def test_the_best_multipliers_do_not_prove_a_worse_point(kind, returns):
    """A row as its own peer is a point of distance 0; with the optimal multipliers only the gap tells."""
    program, extremes, order = programs_of(usual(60, 2), returns, kind)
    optima = solve(program, extremes, order)
    r, far = program.r, optima.value < -1e-6
    optima.basis[:] = np.arange(r)
    optima.basis[:, 0] = optima.e + order
    optima.basic[:], optima.basic[:, 0] = 0.0, 1.0
    optima.found[library.VALUE], optima.found[library.DENOMINATOR] = 0.0, 1.0

    confirm(program, extremes, order, optima)

    assert far.sum() > 30
    assert (optima.status[far] == UNSOLVED).all()
    assert (optima.status[np.abs(optima.value) == 0.0] != INFEASIBLE).all()
    assert (optima.status[~far] == SOLVED).any()
