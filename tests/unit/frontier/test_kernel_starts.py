"""Starts of the kernel: bases met before, and rows that are their own best answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

import numpy as np
import pytest

from cases_efficiency import activities
from needs import COMPILER
from xinzhi_frontier import measure as task
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.kernel import engine, library
from xinzhi_frontier.kernel.library import PIVOTS, SOLVED
from xinzhi_frontier.kernel.programs import disposal_of, extremes_of, near_order, solve
from xinzhi_frontier.measures.sbm import sbm_program
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import STATUSES
from xinzhi_frontier.technology import technology_of
from xinzhi_frontier.terms import terms_of

TOLERANCE = 1e-9
"""Convention N2: what a certificate promises."""
SOURCE = Path(library.__file__).with_name("kernel.cpp")


@pytest.fixture
def data():
    rng = np.random.default_rng(5)
    return activities(*(np.exp(rng.normal(0, 1, (400, k))) for k in (3, 1, 1)))


def solved(data, *, alone=False, shuffled=False):
    """Solve SBM for all rows together, or each alone; optima in the order of the rows."""
    technology = technology_of(data, returns_to_scale="constant")
    order = near_order(technology, np.arange(data.n))
    if shuffled:
        order = np.random.default_rng(2).permutation(order)
    program = sbm_program(technology, terms_of(data, order[:1], Options("sbm")))
    known = extremes_of(technology, order, disposal_of(program))
    parts = order.reshape(-1, 1) if alone else [order]
    found = [solve(program, known, part) for part in parts]
    back = np.argsort(order)
    return [
        np.concatenate(values)[back]
        for values in zip(
            *((one.value, one.status, one.found[PIVOTS]) for one in found), strict=True
        )
    ]


def test_a_basis_met_before_costs_fewer_pivots_and_changes_no_score(data):
    """Each row alone starts from slacks; together, near ones in turn, most start at their optimum."""
    alone, together, shuffled = (
        solved(data, **how) for how in ({"alone": True}, {}, {"shuffled": True})
    )

    for value, status, _ in (together, shuffled):
        assert (status == SOLVED).all()
        np.testing.assert_allclose(value, alone[0], rtol=TOLERANCE)
    assert together[2].sum() < 0.5 * alone[2].sum()
    assert (together[2] == 0).mean() > 0.5


@pytest.mark.long
@pytest.mark.skipif(which("c++") is None, reason=COMPILER)
@pytest.mark.parametrize("noise", ["1e-12", "1e-2"])
def test_a_spoiled_inverse_costs_time_and_no_score(data, noise, tmp_path):
    """What is kept is a start and no proof: with wrong inverses the same scores are certified."""
    right = evaluate(data, options=Options("sbm"))
    built = tmp_path / library.NAME
    subprocess.run(
        [
            "c++",
            "-std=c++17",
            "-O1",
            "-fPIC",
            "-shared",
            f"-DKERNEL_SPOIL={noise}",
            SOURCE,
            "-o",
            built,
        ],
        check=True,
    )
    code = (
        "import sys, numpy as np; sys.path.insert(0, 'tests/support')\n"
        "from cases_efficiency import activities\n"
        "from xinzhi_frontier.evaluate import evaluate\n"
        "from xinzhi_frontier.options import Options\n"
        "rng = np.random.default_rng(5)\n"
        "rows = activities(*(np.exp(rng.normal(0, 1, (400, k))) for k in (3, 1, 1)))\n"
        "found = evaluate(rows, options=Options('sbm'))\n"
        "assert not found.notices and set(found.statuses) == {'certified'}\n"
        "print(*found.scores.tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[3], env={"XINZHI_KERNEL": str(built), "PATH": ""},
    )  # fmt: skip

    scores = np.array(done.stdout.split(), dtype=float)
    np.testing.assert_allclose(scores, right.scores, rtol=TOLERANCE)


def test_rows_that_barely_stand_out_need_no_second_solver(monkeypatch):
    """200 rows on a nearly flat frontier, all extreme: bases are near singular, multipliers steep."""
    rng = np.random.default_rng(1)
    sizes = 1.0 + 1e-3 * rng.normal(size=(200, 2))
    inputs = np.column_stack([sizes, 1.0 / sizes.prod(axis=1)])
    bads = np.exp(1e-3 * rng.normal(size=(200, 1)))
    seen = []
    ready = engine._read_solutions

    def watched(*words):
        found = ready(*words)
        seen.append({STATUSES[code] for code in found.status.tolist()})
        return found

    monkeypatch.setattr(engine, "_read_solutions", watched)

    found = evaluate(activities(inputs, np.ones((200, 1)), bads), options=Options("super_sbm"))

    assert seen == [{"certified"}, {"certified"}]
    assert max(found.certificate.worst().values()) <= TOLERANCE
    assert found.scores.min() >= 1.0


@pytest.mark.parametrize("measure", ["radial", "directional", "super_radial"])
def test_both_phases_of_a_distance_are_proved_by_the_kernel(data, measure, monkeypatch):
    """At a projection a row of the frontier is degenerate; no row needs the second solver."""
    slow = evaluate(data, options=Options(measure, orientation="input", solver="highs"))
    left = []
    monkeypatch.setattr(task.Task, "_solve_by_row", lambda *words, **_: left.append(words))

    fast = evaluate(data, options=Options(measure, orientation="input"))

    assert left == []
    assert fast.statuses == slow.statuses
    np.testing.assert_allclose(fast.scores, slow.scores, atol=TOLERANCE)
    # Both have the largest sum of relative slacks, though not always the same slacks.
    np.testing.assert_allclose(
        *((one.slacks / data.values).sum(axis=1) for one in (fast, slow)), atol=1e-7
    )
