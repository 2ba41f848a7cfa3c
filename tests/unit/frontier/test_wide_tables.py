"""Many extreme rows: programs begin over near columns, and columns leave a table without a copy of it.

The rows lie on a sphere that bulges towards the origin, so that by construction all of them are extreme, and those
drawn away from the origin are not. Witnesses are the way that small tables go, and scipy's linear programs.
SAME: the same optimum by other pivots, scores of order 1. WIDE: more rows than the kernel's least wide table.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog

from cases_efficiency import activities
from xinzhi_frontier import score
from xinzhi_frontier.kernel import library, programs
from xinzhi_frontier.kernel.engine import describe_reference
from xinzhi_frontier.kernel.programs import (
    confirm,
    disposal_of,
    extremes_of,
    near_order,
    solve_without,
)
from xinzhi_frontier.measure import Task
from xinzhi_frontier.measures.sbm import super_program
from xinzhi_frontier.options import Options
from xinzhi_frontier.technology import technology_of
from xinzhi_frontier.terms import terms_of

pytestmark = pytest.mark.skipif(not library.is_available(), reason="there is no kernel")
SAME = 1e-12
WIDE = 600
INNER = 0.1
"""Share of rows that are drawn away from the origin."""


@cache
def sphere(kind="plain", n=WIDE, m=3, seed=11):
    """Draw rows with one output of 1: inputs on a sphere about (2, …, 2), and which of them are extreme."""
    draw = np.random.default_rng([seed, n, m])
    points = np.abs(draw.normal(size=(n, m))) + 0.02
    inputs = 2.0 - points / np.linalg.norm(points, axis=1)[:, None]
    is_extreme = np.ones(n, dtype=bool)
    outputs, bads = np.ones((n, 1)), None
    if kind == "inner":
        is_extreme = draw.random(n) >= INNER
        inputs[~is_extreme] *= draw.uniform(1.01, 1.5, ((~is_extreme).sum(), 1))
    elif kind == "beneath":
        # Where a neighbour leaves, the surface of the others lies behind these rows.
        is_extreme = draw.random(n) >= INNER
        inputs[~is_extreme] *= draw.uniform(1.0005, 1.002, ((~is_extreme).sum(), 1))
    elif kind == "twice":
        inputs[n // 2 :] = inputs[: n - n // 2]
    elif kind == "rounded":
        inputs = inputs.round(2)
    elif kind == "sizes":
        size = np.exp(draw.normal(0, 1.0, (n, 1)))
        inputs, outputs = inputs * size * [1e4, 1.0, 1e-4], outputs * size
    elif kind == "bads":
        bads = 0.5 + draw.random((n, 1))
    return activities(inputs, outputs, bads), is_extreme


def scores(rows, **options):
    """Score rows, with what became of each."""
    bads = rows.bad_outputs if rows.bad_outputs.shape[1] else None
    found = score(rows.inputs, rows.good_outputs, bads, **options)
    return np.asarray(found.scores), list(found.statuses)


def narrow(monkeypatch):
    """Let all tables go the way of small ones, but for programs of rows that are columns themselves."""
    monkeypatch.setattr(programs, "is_wide", lambda _: False)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", ["plain", "inner", "beneath", "twice", "rounded", "sizes", "bads"])
@pytest.mark.parametrize(
    ("measure", "returns"),
    [
        ("super_sbm", "constant"),
        ("super_sbm", "variable"),
        ("bcc", "variable"),
        ("super_radial", "constant"),
    ],
)
def test_scores_are_those_of_small_tables(kind, measure, returns, monkeypatch):
    """Duplicates, ties, sizes over orders of magnitude, rows inside: the same scores and the same statuses."""
    if kind == "bads" and measure != "super_sbm":
        kind = "plain"
    rows, _ = sphere(kind)
    options = {"measure": measure, "returns_to_scale": returns}
    found, statuses = scores(rows, **options)
    narrow(monkeypatch)
    expected, others = scores(rows, **options)

    assert statuses == others
    np.testing.assert_allclose(found, expected, rtol=SAME, atol=0)
    assert np.isfinite(found).sum() >= 0.9 * rows.n


@pytest.mark.parametrize(("kind", "m"), [("inner", 3), ("inner", 6), ("beneath", 3)])
def test_extreme_rows_are_those_of_the_sphere(kind, m, monkeypatch):
    """Those drawn away from the origin follow from the others, in both ways and from a sample too."""
    rows, is_extreme = sphere(kind, m=m)
    technology = technology_of(rows, returns_to_scale="constant")
    order = near_order(technology, np.arange(rows.n))
    # The first row is none of them.
    order = np.roll(order, -int(np.flatnonzero(~is_extreme[order])[0]))
    disposal = np.ones(2 * technology.r, dtype=bool)
    disposal[technology.r :] = False

    assert 50 < (~is_extreme).sum() < WIDE / 4
    whole = extremes_of(technology, order, disposal)
    monkeypatch.setattr(programs, "SAMPLE", 128)
    sampled = extremes_of(technology, order, disposal)
    narrow(monkeypatch)
    small = extremes_of(technology, order, disposal)
    for extremes in (whole, sampled, small):
        assert extremes.rows.tolist() == small.rows.tolist()
    # How far behind the surface a row must be drawn depends on its neighbours.
    assert kind == "beneath" or small.rows.tolist() == order[is_extreme[order]].tolist()
    assert len(small.rows) < rows.n - 20


def test_scores_of_a_sphere_agree_with_linear_programs():
    """The least share of the inputs of a row with which the others make its output, by scipy."""
    rows, _ = sphere("inner")
    found, _ = scores(
        rows, measure="super_radial", returns_to_scale="constant", orientation="input"
    )
    inputs = rows.inputs
    for row in range(0, rows.n, 60):
        others = np.delete(inputs, row, axis=0)
        shares = np.column_stack([-inputs[row], others.T])
        cost = np.eye(1, len(others) + 1)[0]
        made = np.append(0.0, -np.ones(len(others)))
        expected = linprog(
            cost, np.vstack([shares, made]), [*[0.0] * inputs.shape[1], -1.0], method="highs"
        )
        np.testing.assert_allclose(found[row], expected.fun, rtol=1e-8)


@pytest.mark.parametrize("joins", [False, True])
@pytest.mark.parametrize("per_code", [1, 4, 97])
@pytest.mark.parametrize("kind", ["inner", "beneath", "twice", "bads"])
def test_rows_of_a_code_leave_and_come_back(kind, per_code, joins, monkeypatch):
    """Many columns leave at once, what follows from them enters, the row may join; each program as alone."""
    rows, _ = sphere(kind)
    technology = technology_of(rows, returns_to_scale="constant")
    order = near_order(technology, np.arange(rows.n))
    options = Options()
    task = Task(rows, technology, options, order, order)
    program = replace(super_program(task, terms_of(rows, order, options)), start=None)
    extremes, supports, _ = describe_reference(technology, order, disposal_of(program), None)
    codes = np.random.default_rng(3).permutation(rows.n).astype(np.int64) // per_code
    ways = []
    for is_narrow in (False, True):
        if is_narrow:
            narrow(monkeypatch)
        optima = solve_without(program, extremes, supports, order, codes=codes, joins=joins)
        confirm(program, extremes, order, optima, supports=supports, codes=codes, joins=joins)
        ways.append(optima)

    assert len(extremes.rows) >= 400 or kind == "twice"
    found, expected = ways
    np.testing.assert_array_equal(found.status, expected.status)
    np.testing.assert_allclose(found.value, expected.value, rtol=SAME, atol=SAME)
    assert (found.status == library.SOLVED).mean() > 0.9
